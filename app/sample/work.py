"""What the cities' systems hold beside organisations and firms, as a sample draws it.

Drawn last and by dice of its own, so that nothing that stood in a sample before changes with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.days.term import parted_in_years
from app.domain.period import ONE_DAY
from app.sample.rows import SYNTHETIC

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.domain.profile.declared import FactSpec, Scheme
    from app.domain.profile.profile import Profile
    from app.domain.record import Record, Value
    from app.sample.ground import Ground, Site
    from app.sample.names import Names
    from app.sample.rows import Dice, Rows

CATEGORIES: Final = ("物业费", "停车", "漏水", "噪声", "公共部位", "电梯", "违建", "绿化")
_NEEDS: Final = (
    ("增设非机动车充电棚", "闲置自行车棚一处", "充电棚改造"),
    ("补种绿化", "苗木由街道苗圃供给", "中心花坛补绿"),
    ("楼道照明修复", "物业维修班每周一次", "楼道灯更换"),
    ("增设停车位", "错时共享车位", "路边车位重划"),
    ("老人就餐", "社区食堂送餐", "小区助餐点"),
    ("垃圾投放点改造", "环卫所旧站房", "分类投放房"),
)


@dataclass(slots=True, kw_only=True)
class Work:
    """What the parts share. ``rows`` hold all that was drawn before."""

    rows: Rows
    dice: Dice
    names: Names
    ground: Ground
    profile: Profile

    def scheme(self, scheme_id: str) -> Scheme:
        """Return the newest version of a scheme that the profile declares."""
        found = self.profile.scheme(scheme_id)
        assert found is not None, scheme_id  # noqa: S101  # narrows the type
        return found

    def facts_in(self, group: str) -> list[FactSpec]:
        """Return the facts that the profile declares under a heading."""
        return [spec for spec in self.profile.facts.values() if spec.group == group]

    def serving(self) -> dict[str, Record]:
        """Return the latest open engagement of each compound and scattered building."""
        return {e.text("compound"): e for e in self.rows.of("engagements") if e.valid_until is None}

    def number(self, subject: str, key: str, value: float, since: date) -> None:
        """Add a number as a fact: a whole one for a count, else as money is kept."""
        self.rows.fact(subject, key, repr(value), since)

    def rate(self, subject: str, key: str, percent: float, since: date) -> None:
        """Add a rate, given in percent, as a fact."""
        self.rows.fact(subject, key, repr(round(percent / 100, 6)), since)

    def sites_of(self, *kinds: str) -> list[Site]:
        """Return the sites of some kinds in another order."""
        return self.dice.shuffled([site for site in self.ground.sites if site.kind in kinds])

    def answer(
        self, subject: str, keys: Iterable[str], shares: tuple[float, float, float], day: date
    ) -> None:
        """Answer yes, no or unknown to each key, in the given shares; the rest was not asked."""
        yes, no, unknown = shares
        for key in keys:
            draw = float(self.dice.rng.random())
            for value, share in (("yes", yes), ("no", no), ("unknown", unknown)):
                if draw < share:
                    self.rows.fact(subject, key, value, day)
                    break
                draw -= share

    def assess(self, subject: str, scheme: Scheme, on: date, quality: float, *, missing: float = 0.0) -> None:
        """Score a subject, about ``quality`` of the maximum; ``missing``: the share that was not assessed."""
        scores: dict[str, float | None] = {}
        for item in scheme.items:
            share = min(1.0, max(0.0, quality + 0.3 * (float(self.dice.rng.random()) - 0.5)))
            score = round(share * item.maximum, 1)
            scores[item.id] = None if self.dice.chance(missing) else score
        self.rows.assess(subject, scheme, on, scores)

    def list_firms(self, reasons: Mapping[str, str], *, regraded: float = 0.0) -> None:
        """Put firms on the red or black list on a day and for a reason; a share of the others had another grade."""
        for firm in self.rows.of("firms"):
            listed, day = firm.text("list"), self.dice.between(date(2020, 3, 2), date(2022, 9, 30))
            if listed in reasons:
                said = f"{SYNTHETIC}：{day} 列入{'红' if listed == 'red' else '黑'}榜，{reasons[listed]}"
                self.rows.amend(firm.code, list="none")
                self.rows.change(firm.code, "list", listed, day)
                self.rows.say(firm.code, said)
            elif regraded and self.dice.chance(regraded):
                grade = firm.text("grade")
                self.rows.amend(firm.code, grade="B")
                self.rows.change(firm.code, "grade", grade, day)

    def taper(self, engagement: Record, yuan: int) -> None:
        """Let a subsidy begin with an engagement and fall to nothing in the years that the profile declares."""
        first, years = engagement.valid_from, self.profile.adoption.taper_years
        assert first is not None  # noqa: S101  # narrows the type
        self.rows.amend(engagement.code, subsidy_yuan=float(yuan))
        for passed, (_, last) in enumerate(parted_in_years(first, years), 1):
            left = float(round(yuan * (years - passed) / years)) or None
            self.rows.change(engagement.code, "subsidy_yuan", left, last + ONE_DAY)

    def three_lists(self, sites: Sequence[Site], first: date, last: date) -> None:
        """Give each compound a need, the resource that meets it, and for most the project that came of it."""
        for number, site in enumerate(sites):
            need, resource, project = _NEEDS[number % len(_NEEDS)]
            noted = self.dice.between(first, last)
            met = noted + timedelta(days=self.dice.number(5, 25))
            done = met + timedelta(days=self.dice.number(20, 90)) if number % 3 else None
            asked = self.rows.entry(site.code, "needs", need, noted)
            self.rows.change(asked, "state", "matched", met)
            entries = [asked, self.rows.entry(site.code, "resources", resource, met, answers=asked)]
            if number % 4:
                entries.append(self.rows.entry(site.code, "projects", project, met + ONE_DAY, answers=asked))
            if done is not None:
                for entry in entries:
                    self.rows.change(entry, "state", "done", done)
                    self.rows.amend(entry, closed=done)

    def disputes(
        self, count: int, levels: Sequence[tuple[str, float]], first: date, last: date, settled: date
    ) -> None:
        """Add disputes opened from ``first`` to ``last``, all of them handled by ``settled``.

        Some were handed up from the level where they began; one in fifty was answered and not closed.
        """
        rungs = [name for name, _ in levels]
        drawn = self.dice.rng.choice(len(rungs), size=count, p=[share for _, share in levels])
        days = sorted(self.dice.between(first, last) for _ in range(count))
        for opened, begins in zip(days, drawn, strict=True):
            level = rungs[int(begins)]
            code = self._dispute(level, opened)
            done = min(settled, opened + timedelta(days=self.dice.number(6, 45)))
            is_handed_up = int(begins) + 1 < len(rungs) and self.dice.chance(0.07)
            if is_handed_up:
                handed = opened + timedelta(days=self.dice.number(2, 5))
                self.rows.change(code, "level", rungs[int(begins) + 1], handed)
                self.rows.change(code, "state", "escalated", handed)
            if self.dice.chance(0.02):
                self.rows.change(code, "state", "answered", done)
                continue
            if is_handed_up:
                self.rows.change(code, "state", "closed", done)
            self.rows.amend(code, state="closed", closed=done)

    def waiting(self, count: int, level: str, first: date, last: date) -> None:
        """Add disputes that nobody has handled yet."""
        for number in range(count):
            opened = self.dice.between(first, last)
            code = self._dispute(level, opened)
            for step, state in enumerate(("accepted", "negotiated")[: number % 3], 1):
                self.rows.change(code, "state", state, opened + timedelta(days=3 * step))

    def _dispute(self, level: str, opened: date) -> str:
        site = self.ground.sites[self.dice.number(0, len(self.ground.sites) - 1)]
        place = "compound" if level in ("compound", "grid") else "community"
        values: dict[str, Value] = {place: site.code if place == "compound" else site.community}
        values |= {"level": level, "category": CATEGORIES[self.dice.number(0, len(CATEGORIES) - 1)]}
        return self.rows.add(
            "cases", self.rows.code("cases"), {**values, "state": "opened", "opened": opened}
        )
