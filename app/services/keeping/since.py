"""What changed since somebody last looked: the steps of the journal, by street and by person."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

import shapely

from app.domain.days.typed_day import read_typed_day
from app.domain.kinds import KINDS
from app.domain.period import today
from app.domain.purging import PURGED
from app.errors import InvalidInput, Problem
from app.persistence.journal_values import RECORD
from app.services.check.describe import history_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from app.domain.record import Record
    from app.persistence.journal_values import Change, Detail
    from app.services.check.describe import History
    from app.services.registry.registry import Registry

LAST: Final = "last"
_STEP: Final = re.compile(r"\d{1,7}")  # eight digits are a day
# what a row that is no place is about, the nearest first
PLACES: Final = (
    "compound",
    "to",
    "subject",
    "grid",
    "community",
    "street",
    "firm",
    "organisation",
)
_DEEPEST: Final = 4  # an attachment to a firm, its street


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The steps of one street ("" = of no street) or one person, newest first, and the records they touched there."""

    key: str
    name: str
    steps: tuple[int, ...]
    codes: tuple[str, ...]
    others: tuple[str, ...]  # of a street: who; of a person: in which streets, by name


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Everything after step ``seq``. ``changes`` are all steps; the groups leave out what was taken back since."""

    seq: int
    changes: tuple[Change, ...]
    history: History  # the same steps, as they are told
    by_street: tuple[Group, ...]
    by_person: tuple[Group, ...]

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the news as `history --since` prints them: the journal's own shape, and the groups beside it."""
        return {
            **self.history.as_json(lang),
            "since": self.seq,
            "by_street": [
                {
                    "street": group.key or None,
                    "name": group.name or None,
                    "count": len(group.steps),
                    "steps": list(group.steps),
                    "codes": list(group.codes),
                    "people": list(group.others),
                }
                for group in self.by_street
            ],
            "by_person": [
                {
                    "by": group.key,
                    "count": len(group.steps),
                    "steps": list(group.steps),
                    "codes": list(group.codes),
                    "streets": list(group.others),
                }
                for group in self.by_person
            ],
        }


def step_of(registry: Registry, written: str, last: int) -> int:
    """Return the number of the step after which the news begin: of a day's beginning, a step, or ``last``.

    Raises InvalidInput for anything else.
    """
    said = written.strip().lower()
    if said == LAST:
        return last
    if _STEP.fullmatch(said):
        return int(said)
    try:
        day = read_typed_day(written)
    except InvalidInput as error:
        message = Text(
            f"--since 要写一天、一步的号码或 last：{error.message.zh}",
            f"--since takes a day, a step's number or last: {error.message.en}",
        )
        raise InvalidInput(message, (Problem(message=message, column="since", value=written),)) from error
    return step_before(registry, day)


def step_before(registry: Registry, day: date) -> int:
    """Return the number of the last step before a day of the user's own clock."""
    return registry.last_step_before(datetime.combine(day, time.min).astimezone())


def news_after(registry: Registry, seq: int) -> News:
    """Return what was done after a step: every step, and what still holds of it by street and by person."""
    changes = registry.history(after=seq)
    standing = [change for change in changes if stands(change, {c.change for c in changes})]
    places = _Places(registry, changes)
    streets: dict[str, list[tuple[Change, str]]] = defaultdict(list)
    people: dict[str, list[tuple[Change, str]]] = defaultdict(list)
    seen: dict[str, list[str]] = defaultdict(list)
    for change in standing:
        touched = [(d.code if d.kind in KINDS else "", places.street_of(d)) for d in change.details]
        for code, street in touched:
            streets[street].append((change, code))
            people[change.by].append((change, code))
            seen[change.by].append(street)
    named = {street: places.name_of(street) for street in streets}
    return News(
        seq=seq,
        changes=tuple(changes),
        history=history_of(registry, changes),
        by_street=tuple(
            _group(street, named[street], streets[street], (c.by for c, _ in streets[street]))
            for street in sorted(streets, key=lambda code: (not code, code))
        ),
        by_person=tuple(
            _group(by, by, people[by], (named[street] for street in seen[by] if street))
            for by in sorted(people)
        ),
    )


def stands(change: Change, shown: set[str]) -> bool:
    """Whether a step still does something: one that was taken back does not, nor does what took a new one back."""
    if change.undone_by is not None:
        return False
    return change.verb not in ("undo", "redo") or change.undoes not in shown


def _group(key: str, name: str, found: Sequence[tuple[Change, str]], others: Iterable[str]) -> Group:
    return Group(
        key=key,
        name=name,
        steps=tuple(dict.fromkeys(change.seq for change, _ in found)),
        codes=tuple(dict.fromkeys(code for _, code in found if code)),
        others=tuple(sorted(set(others))),
    )


class _Places:
    """In which street things lie; of what is there no more, in which it lay when it was taken out."""

    def __init__(self, registry: Registry, changes: Iterable[Change]) -> None:
        self._gone: dict[str, dict[str, Any]] = {
            detail.code: detail.before
            for change in changes
            for detail in change.details
            if detail.kind in KINDS and KINDS[detail.kind].coded and detail.field == RECORD and detail.before
        }
        self._engine = registry.engine
        self._dataset, self._day = self._engine.dataset, today()
        self._kept: dict[str, str] = {}

    def name_of(self, street: str) -> str:
        """Return a street's name, "" for none."""
        record = self._dataset.find(street) if street else None
        return "" if record is None else record.text("name")

    def street_of(self, detail: Detail) -> str:
        """Return the street of what a detail is about; "" where it is in none."""
        found = self._of_code(detail.code, 0)
        if found or self._dataset.find(detail.code) is not None:
            return found
        for whole in (detail.after, detail.before):
            if isinstance(whole, dict) and "fields" in whole:
                return self._of_whole(whole, 0)
        return ""

    def _of_code(self, code: str, depth: int) -> str:
        if code not in self._kept:
            record, gone = self._dataset.find(code), self._gone.get(code)
            found = ""
            if depth <= _DEEPEST and record is not None:
                found = self._of_record(record, depth)
            elif depth <= _DEEPEST and gone is not None:
                found = self._of_whole(gone, depth)
            self._kept[code] = found
        return self._kept[code]

    def _of_whole(self, whole: dict[str, Any], depth: int) -> str:
        return self._of_fields(whole["fields"], depth) or self._around(whole.get("geometry"))

    def _of_record(self, record: Record, depth: int) -> str:
        if record.kind == "streets":
            return record.code
        if KINDS[record.kind].is_layer:
            placed = self._engine.derived_many(record.kind, self._day).get(record.code)
            return "" if placed is None else placed.street or ""
        if record.kind == "organisations":
            rows = self._dataset.attachments_of(record.code)
            return self._of_code(rows[0].text("to"), depth + 1) if rows else ""
        return self._of_fields({name: record.get(name) for name in KINDS[record.kind].index}, depth)

    def _of_fields(self, fields: Mapping[str, Any], depth: int) -> str:
        for name in PLACES:
            if fields.get(name) is not None and (found := self._of_code(str(fields[name]), depth + 1)):
                return found
        return ""

    def _around(self, hex_wkb: str | None) -> str:
        if hex_wkb is None or hex_wkb == PURGED:
            return ""
        point = shapely.from_wkb(hex_wkb).representative_point()
        for street in self._dataset.in_force("streets", self._day):
            outline = street.geometry_on(self._day)
            if outline is not None and outline.contains(point):
                return street.code
        return ""
