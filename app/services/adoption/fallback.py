"""Compounds that somebody must answer for in place of a missing or failing party, and who does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.coverage.measures import parse_measure
from app.domain.answer import Answer
from app.domain.period import today
from app.errors import InvalidInput, Problem
from app.services.edit import edit
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.engine import CoverageEngine
    from app.domain.edits import Changes
    from app.services.registry.registry import Registry

MEASURE: Final = "fallback"
TRUSTEESHIP: Final = "street_trusteeship"
DUTIES: Final = "committee_duties_by_street"
MISSING_WORDS: Final[dict[str, Text]] = {
    "property": Text("没有物业", "no property service"),
    "committee_none": Text("没有业委会", "no owners' committee"),
    "committee_suspended": Text("业委会停摆", "owners' committee suspended"),
}
DUTY_WORDS: Final[dict[str, Text]] = {
    TRUSTEESHIP: Text("街道临时托管", "Temporary trusteeship by the street"),
    DUTIES: Text("街道代行业委会职责", "Street takes over the committee's duties"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A compound whose parties are missing or fail. ``status``: covered, uncovered or unknown, as coverage has it.

    ``missing``: which; ``taken``: the duties that are taken over on the day; ``next``: those that are not.
    """

    code: str
    name: str
    street: str
    missing: tuple[str, ...]
    status: str
    taken: tuple[str, ...]
    next: tuple[str, ...]

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the need as the verb prints it."""
        return {
            "code": self.code,
            "name": self.name,
            "street": self.street or None,
            "missing": list(self.missing),
            "status": self.status,
            "taken": list(self.taken),
            "next": list(self.next),
        }


def needs_of(engine: CoverageEngine, day: date, street: str = "") -> list[Need]:
    """Return the base of the profile's measure ``fallback``, what nobody has taken over on top."""
    if MEASURE not in engine.profile.measures:
        message = Text("口径没有声明指标 fallback。", "The profile declares no measure `fallback`.")
        raise InvalidInput(message, (Problem(message=message, column="measure", value=MEASURE),))
    judged = engine.judgement(parse_measure(engine.profile, MEASURE), day, None)
    answers, units = engine.book.on(day), engine.places.units(day)
    found = []
    for code, pieces in judged.pieces.items():
        line = answers.line_of(code)
        at = [level.codes[n] if n >= 0 else "" for level, n in zip(units.levels, line, strict=True)]
        if street and street not in at:
            continue
        missing = []
        if answers.property(code).answer is Answer.NO:
            missing.append("property")
        committee = engine.dataset.fact_on(code, "owners_committee", day)
        state = "" if committee is None else committee.text("value")
        if state in ("none", "suspended"):
            missing.append(f"committee_{state}")
        taken = tuple(key for key in DUTY_WORDS if answers.said(code, key).answer is Answer.YES)
        wanted = [TRUSTEESHIP] if "property" in missing else []
        wanted += [DUTIES] if any(part.startswith("committee") for part in missing) else []
        found.append(
            Need(
                code=code,
                name=engine.name_on(code, day),
                street=at[1],
                missing=tuple(missing),
                status=pieces[0].where,
                taken=taken,
                next=tuple(key for key in wanted if key not in taken),
            )
        )
    order = ("uncovered", "unknown", "covered")
    return sorted(found, key=lambda need: (order.index(need.status), not need.next, need.street, need.code))


def take_over(
    registry: Registry,
    compound: str,
    duty: str,
    *,
    since: date | None = None,
    until: date | None = None,
    why: str | None = None,
) -> Changes:
    """Record that the street takes a duty over, from a day on, as one change."""
    if duty not in DUTY_WORDS:
        message = Text(
            f"没有职责 {duty!r}。有：{'、'.join(DUTY_WORDS)}。",
            f"There is no duty {duty!r}: {', '.join(DUTY_WORDS)}.",
        )
        raise InvalidInput(message, (Problem(message=message, code=compound, column="duty", value=duty),))
    words = DUTY_WORDS[duty].zh
    reason = f"{words}：{why.strip()}" if why and why.strip() else words
    return edit.set_values(
        registry, [compound], {duty: "yes"}, since=since or today(), until=until, why=reason
    )
