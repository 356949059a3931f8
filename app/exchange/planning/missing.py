"""What is registered where a file speaks of, but not in it: a file as a state of the world. Nothing is ever ended by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain.identity.names import normal_name
from app.domain.identity.units import LEVELS
from app.domain.kinds import KINDS, UNIT_KINDS
from app.errors import InvalidInput, Problem
from app.exchange.who.references import References
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.identity.units import Tree
    from app.domain.record import Record
    from app.exchange.planning.outcome import Outcome

_SHOWN: Final = 12
_BY: Final = (
    "community",
    "street",
    "district",
)  # the level that a file is taken to speak of, the first that is said


class Missing(NamedTuple):
    """A record in force that no row of the file means, and the unit that it is registered in."""

    code: str
    name: str
    unit: str

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the record as the contract's further key prints it."""
        return {"code": self.code, "name": self.name, "unit": self.unit}


class Absent(NamedTuple):
    """What a file leaves out, and what is said of it."""

    records: tuple[Missing, ...] = ()
    notes: tuple[Text, ...] = ()


def absent(
    dataset: Dataset, tree: Tree, kind: str, outcomes: Sequence[Outcome], whole_of: str | None, today: date
) -> Absent:
    """Return the records of ``kind`` that a file leaves out in the units of which it knows others.

    ``whole_of``: code or name of the unit of which the user says that the file is the whole.

    Raises
    ------
    InvalidInput
        If ``whole_of`` is no unit.

    """
    meant = {o.before.code for o in outcomes if o.before is not None}
    known = bool(meant)
    meant.update(one.code for o in outcomes if o.is_asked for one in o.candidates)  # these are asked about
    meant.update(_refused(dataset, kind, outcomes))
    if whole_of is not None:
        unit = unit_named(dataset, tree, whole_of)
        left = [r for r in _out(dataset, kind, meant, today) if unit.code in tree.of_record(r).values()]
        found = tuple(Missing(r.code, _name(r), unit.code) for r in left)
        return Absent(found, (_whole(unit, found),))
    if not known or not any(level in KINDS[kind].by_name for level in _BY):
        return Absent()
    spoken = {_lowest(tree.of_record(o.before)) for o in outcomes if o.before is not None} - {None}
    by_unit: dict[str, list[Record]] = {}
    for record in _out(dataset, kind, meant, today):
        at = _lowest(tree.of_record(record))
        if at is not None and at in spoken:
            by_unit.setdefault(at, []).append(record)
    found = tuple(Missing(r.code, _name(r), unit) for unit, records in by_unit.items() for r in records)
    return Absent(found, tuple(_note(dataset, unit, records) for unit, records in by_unit.items()))


def _refused(dataset: Dataset, kind: str, outcomes: Sequence[Outcome]) -> set[str]:
    """Return the records of which rows speak that are refused for what they say: they are not missing."""
    names = {normal_name(kind, o.draft.name) for o in outcomes if o.before is None and o.draft.problems}
    names.discard("")
    if not names or "name" not in KINDS[kind].by_name:
        return set()
    return {r.code for r in dataset.of(kind).values() if normal_name(kind, r.text("name")) in names}


def unit_named(dataset: Dataset, tree: Tree, said: str) -> Record:
    """Return the unit that a code or a name means; raise InvalidInput where none or several do."""
    record = dataset.find(said)
    if record is not None and record.kind in UNIT_KINDS:
        return record
    meant = References(dataset, tree).find(UNIT_KINDS, said, {})
    found = None if meant.code is None else dataset.find(meant.code)
    if found is None:
        message = Text(
            f"--whole-of：没有叫“{said}”的单位，或有几个。写它的代码。",
            f"--whole-of: no unit is called {said!r}, or several are. Write its code.",
        )
        raise InvalidInput(message, (Problem(message=message, value=said),))
    return found


def _out(dataset: Dataset, kind: str, meant: Collection[str], today: date) -> list[Record]:
    return [r for r in dataset.in_force(kind, today) if r.code not in meant]


def _lowest(chain: dict[str, str]) -> str | None:
    return next((chain[level] for level in _BY if level in chain and level in LEVELS), None)


def _name(record: Record) -> str:
    return record.text("name") if "name" in KINDS[record.kind].index else ""


def _listed(names: Sequence[str]) -> Text:
    more = len(names) - _SHOWN
    shown = "、".join(names[:_SHOWN])
    if more <= 0:
        return Text(shown, shown.replace("、", ", "))
    return Text(f"{shown} 等", f"{shown.replace('、', ', ')} and {more} more")


def _note(dataset: Dataset, unit: str, records: Sequence[Record]) -> Text:
    at = dataset.find(unit)
    name = unit if at is None else at.text("name")
    listed = _listed([_name(record) or record.code for record in records])
    return Text(
        f"登记在{name}、这个文件里没有的有 {len(records)} 个：{listed.zh}。",
        f"Registered in {name}, not in this file: {len(records)}: {listed.en}.",
    )


def _whole(unit: Record, found: Sequence[Missing]) -> Text:
    name = unit.text("name")
    if not found:
        return Text(
            f"这个文件是{name}的全部：登记的都在文件里。",
            f"This file is the whole of {name}: nothing is missing.",
        )
    listed = _listed([f"{one.name or one.code}（{one.code}）" if one.name else one.code for one in found])
    return Text(
        f"这个文件是{name}的全部，登记着而文件里没有的有 {len(found)} 个：{listed.zh}。"
        "没有替你终止；确实没有了的，一条条写上结束日期，或移除。",
        f"This file is the whole of {name}; registered but not in it: {len(found)}: {listed.en}. "
        "Nothing was ended: give each that is gone its last day, or remove it.",
    )
