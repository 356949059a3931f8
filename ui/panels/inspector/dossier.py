"""What is known of one record on one day, gathered for the inspector: values only, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from app.domain.kinds import KINDS, LEVELS, UNIT_KINDS
from app.text import Text
from ui import words
from ui.models.named import display_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.coverage.results import Derived, ThreeNo
    from app.domain.dataset import Dataset
    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from geo.crs import Zone

NEAREST: Final = 3
FAR_M: Final = 1000  # beyond a walk: written as a warning
YEARS: Final = 4
ONE_DAY: Final = timedelta(days=1)
_ENDS: Final = ("firm", "organisation", "subject", "compound", "community", "to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A fact as it stands on the day: its value, and since when; None where nobody surveyed it."""

    spec: FactSpec
    value: str | None
    since: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One attachment or engagement, with the other end's name and the days on which it really runs."""

    code: str
    other: str
    name: str
    detail: str  # organisation type or stage, a code of the profile's choices
    role: str
    first: date | None
    last: date | None
    is_running: bool
    members: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A station and how far it is from the record's outline [m]."""

    code: str
    name: str
    kind: str
    metres: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Days without any engagement, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1


def title_of(dataset: Dataset, record: Record, lang: str) -> str:
    """Return what a record is called above its page: its name, or what it joins."""
    ends = ends_of(record)
    return " ↔ ".join(name_of(dataset, end, lang) for end in ends) if ends else display_name(record, lang)


def ends_of(record: Record) -> list[str]:
    """Return the codes of what a record without a name joins, such as an engagement's firm and compound."""
    index = KINDS[record.kind].index
    return [] if "name" in index else [record.text(end) for end in _ENDS if end in index and record.text(end)]


def name_of(dataset: Dataset, code: str, lang: str) -> str:
    """Return the name behind a code, the code itself where there is no such record."""
    record = dataset.find(code)
    return code if record is None else display_name(record, lang)


def place_path(dataset: Dataset, record: Record, derived: Derived | None, lang: str) -> list[tuple[str, str]]:
    """Return (code, name) from the district down to the record's own parent."""
    if derived is not None and record.kind not in UNIT_KINDS:
        found = (derived.district, derived.street, derived.community, derived.grid)
        codes = [code for code in found if code]
    else:
        codes = _recorded_ancestors(dataset, record) or ends_of(record)
    return [(code, name_of(dataset, code, lang)) for code in codes if code != record.code]


def _recorded_ancestors(dataset: Dataset, record: Record) -> list[str]:
    codes: list[str] = []
    current: Record | None = record
    while current is not None:
        above = [name for name in KINDS[current.kind].parents if name in LEVELS]
        parent = next((current.text(name) for name in above if current.text(name)), "")
        if not parent or parent in codes:
            break
        codes.append(parent)
        current = dataset.find(parent)
    return codes[::-1]


def facts_held(dataset: Dataset, profile: Profile, record: Record, day: date) -> dict[str, Held]:
    """Return every fact that this kind may have, in the profile's order, surveyed or not."""
    held = {}
    for spec in profile.facts_of(record.kind):
        fact = dataset.fact_on(record.code, spec.key, day)
        held[spec.key] = Held(
            spec=spec,
            value=None if fact is None else fact.text("value"),
            since=None if fact is None else fact.valid_from,
        )
    return held


def organisations_of(dataset: Dataset, code: str, day: date, lang: str) -> list[Link]:
    """Return the attachments to this record, the running ones first, the newest first among the ended."""
    links = []
    for attachment in dataset.attachments_to(code):
        organisation = dataset.find(attachment.text("organisation"))
        links.append(
            _link(attachment, organisation, attachment.text("organisation"), "type", "role", day, lang)
        )
    return _newest_first(links)


def firms_of(dataset: Dataset, code: str, day: date, lang: str) -> list[Link]:
    """Return the engagements with this compound or building, the running ones first."""
    links = []
    for engagement in dataset.engagements_with(code):
        firm = dataset.find(engagement.text("firm"))
        link = _link(engagement, firm, engagement.text("firm"), "", "", day, lang)
        links.append(replace(link, detail=engagement.text("stage")))
    return _newest_first(links)


def served_by(dataset: Dataset, firm: str, day: date, lang: str) -> list[Link]:
    """Return the engagements of a firm, the running ones first; the other end is what it serves."""
    links = []
    own = dataset.find(firm)
    for engagement in dataset.engagements_of(firm):
        compound = dataset.find(engagement.text("compound"))
        link = _link(engagement, own, engagement.text("compound"), "", "", day, lang)
        name = link.other if compound is None else display_name(compound, lang)
        links.append(replace(link, name=name, detail=engagement.text("stage")))
    return _newest_first(links)


def _link(
    row: Record, other: Record | None, other_code: str, detail: str, role: str, day: date, lang: str
) -> Link:
    first, last = row.valid_from, row.valid_until
    if other is not None:  # it runs only while its organisation or firm does
        if other.valid_from is not None:
            first = other.valid_from if first is None else max(first, other.valid_from)
        if other.valid_until is not None:
            last = other.valid_until if last is None else min(last, other.valid_until)
    members = other.get("members") if other is not None and other.kind == "organisations" else None
    return Link(
        code=row.code,
        other=other_code,
        name=other_code if other is None else display_name(other, lang),
        detail=other.text(detail) if other is not None and detail else "",
        role=row.text(role) if role else "",
        first=first,
        last=last,
        is_running=(first is None or first <= day) and (last is None or day <= last),
        members=members if isinstance(members, int) else None,
    )


def _newest_first(links: list[Link]) -> list[Link]:
    return sorted(links, key=lambda k: (not k.is_running, -(k.first or date.min).toordinal(), k.code))


def timeline_span(day: date) -> tuple[date, date]:
    """Return the first and last day of the four calendar years that the timeline shows."""
    return date(day.year - YEARS + 1, 1, 1), date(day.year, 12, 31)


def gaps_between(links: Sequence[Link], day: date) -> list[Gap]:
    """Return the stretches without a firm after the first known engagement, up to ``day``."""
    begun = sorted(
        ((k.first or date.min, k.last or date.max) for k in links if (k.first or date.min) <= day),
    )
    gaps: list[Gap] = []
    reached: date | None = None
    for first, last in begun:
        if reached is not None and reached != date.max and first > reached + ONE_DAY:
            gaps.append(Gap(first=reached + ONE_DAY, last=first - ONE_DAY))
        reached = last if reached is None else max(reached, last)
    if reached is not None and reached < day:
        gaps.append(Gap(first=reached + ONE_DAY, last=day))
    return gaps


class StationFinder:
    """Nearest stations in true metres; projects the stations once for each state of the registry."""

    def __init__(self) -> None:
        self._seen: Mapping[str, Record] | None = None
        self._zone: Zone | None = None
        self._records: list[Record] = []
        self._outlines: Any = np.empty(0, dtype=object)

    def nearest(self, dataset: Dataset, zone: Zone, record: Record, day: date, lang: str) -> list[Near]:
        """Return the nearest stations in force, nearest first; none where the record has no outline."""
        outline = record.geometry_on(day)
        if outline is None or outline.is_empty:
            return []
        stations = dataset.of("stations")
        if stations is not self._seen or zone != self._zone:
            self._records = [s for s in stations.values() if s.geometry is not None]
            self._outlines = zone.to_metres([s.geometry for s in self._records])
            self._seen, self._zone = stations, zone
        here = zone.to_metres([outline])[0]
        distances = shapely.distance(self._outlines, here)
        order = np.argsort(distances, kind="stable")
        found: list[Near] = []
        for place in order:
            station = self._records[int(place)]
            if station.code == record.code or not station.is_in_force(day):
                continue
            found.append(
                Near(
                    code=station.code,
                    name=display_name(station, lang),
                    kind=station.text("kind"),
                    metres=float(distances[place]),
                )
            )
            if len(found) == NEAREST:
                break
        return found


def verdict_words(three_no: ThreeNo) -> Text:
    """Return the derived status as a sentence: three-no, not three-no, or open and by how many parts."""
    if three_no.status == "yes":
        return Text("判定：三无", "Verdict: three-no")
    if three_no.status == "no":
        return Text("判定：不是三无", "Verdict: not three-no")
    missing = sum(part.answer == "unknown" for part in three_no.parts)
    return Text(f"判定：待定，差 {missing} 项", f"Verdict: open, {missing} unknown")


def possible_whys(three_no: ThreeNo) -> list[Text]:
    """Return every reason that could stand here once the parts are answered otherwise."""
    found = []
    for answers in product(("yes", "no", "unknown"), repeat=len(three_no.parts)):
        parts = tuple(
            replace(part, answer=answer) for part, answer in zip(three_no.parts, answers, strict=True)
        )
        status = "no" if "yes" in answers else "unknown" if "unknown" in answers else "yes"
        found.append(why_words(replace(three_no, status=status, parts=parts)))
    return found


def why_words(three_no: ThreeNo) -> Text:
    """Return what would change the status."""
    by_answer: dict[str, list[Text]] = {"yes": [], "no": [], "unknown": []}
    for part in three_no.parts:
        by_answer[part.answer].append(words.PART_HEADINGS[part.part])
    if three_no.status == "yes":
        return Text(
            "各项都无。任一项变为“有”就不再是三无。",
            "Every part is absent. Any one turning to yes ends it.",
        )
    if three_no.status == "no":
        zh, en = _joined(by_answer["yes"])
        if len(by_answer["yes"]) == 1 and not by_answer["unknown"]:
            return Text(
                f"{zh}为“有”，所以不是；若变为“无”则是三无。",
                f"{en} is present, so it is not; if it turned to no, it would be three-no.",
            )
        return Text(f"{zh}为“有”，所以不是。", f"{en}: present, so it is not.")
    zh, en = _joined(by_answer["unknown"])
    known = len(by_answer["no"])
    known_zh = f"已知 {known} 项为无；" if known else ""
    known_en = f"{known} known absent; " if known else ""
    if len(by_answer["unknown"]) == 1:
        return Text(
            f"{known_zh}{zh}若为“无”则是三无，若为“有”则不是。",
            f"{known_en}three-no if {en} is no, not if yes.",
        )
    return Text(
        f"{known_zh}{zh}都为“无”才是三无，任一为“有”就不是。",
        f"{known_en}three-no only if {en} are all no.",
    )


def _joined(said: Sequence[Text]) -> tuple[str, str]:
    return "、".join(text.zh for text in said), ", ".join(text.en for text in said)


def hectares(area_m2: float | None) -> str:
    """Return an area in hectares with two decimals; "" where there is none."""
    return "" if area_m2 is None else f"{area_m2 / 10_000:,.2f}"


def metres(distance_m: float) -> str:
    """Return a distance in whole metres with separators."""
    return f"{distance_m:,.0f}"


def measured_line(record: Record, derived: Derived | None, lang: str) -> str:
    """Return code · buildings · households · residents · area: only what is recorded."""
    zh = lang == "zh"
    parts = [record.code]
    index = KINDS[record.kind].index
    units = {
        "buildings": ("栋", "buildings"),
        "households": ("户", "households"),
        "residents": ("人", "residents"),
    }
    for name, (word_zh, word_en) in units.items():
        value = record.get(name) if name in index else None
        if isinstance(value, int):
            parts.append(f"{value:,} {word_zh if zh else word_en}")
    if derived is not None and derived.area_m2:
        parts.append(f"{hectares(derived.area_m2)} {'公顷' if zh else 'ha'}")
    return " · ".join(parts)
