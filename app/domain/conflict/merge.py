"""What was decided on older data, on the data as it is now: what stands, and what somebody has to choose."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.domain.conflict.borders import Border, joined
from app.domain.conflict.cells import GEOMETRY, Cell, cell, changed, is_same, name_in, with_cells
from app.domain.conflict.codes import codes_for, following, is_made, taken, without
from app.domain.conflict.disagreement import CODE, DELETED, HARD, KEPT, OUTLINE, REMOVED, Disagreement
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS, UNIT_KINDS
from app.domain.period import periods_overlap
from app.domain.rules.pairs import pairs_of
from app.domain.rules.rules import OWNED, owned_by

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record

_DAYS: Final = ("valid_from", "valid_until")


class Merged(NamedTuple):
    """``edits`` of the newer data: all that stands together with it and all that was chosen.

    ``disagreements``: what is still to be chosen; while there is one, nothing should be written. ``recoded``: the code that a
    record was to have, which somebody else's has by now, and the one that it gets.
    """

    edits: tuple[Edit, ...]
    disagreements: tuple[Disagreement, ...]
    recoded: Mapping[str, str]


def merge(
    edits: Sequence[Edit],
    seen: Dataset,
    now: Dataset,
    profile: Profile,
    choices: Mapping[str, str] | None = None,
    *,
    recodes: bool = True,
) -> Merged:
    """Return what becomes of ``edits`` on ``now``, which whoever decided them had not seen: ``seen`` is what they had.

    Parameters
    ----------
    edits
        Decided on ``seen``, or on ``now`` by somebody who still saw ``seen``.
    seen, now
        The data as whoever decided them had it, and as it is. Of what the edits don't rest on, ``seen`` need hold nothing
        (``app.domain.conflict.part``).
    profile
        What may stand only once at a time is declared in it.
    choices
        A disagreement's id → what was chosen for it. An id changes with its sides, so that no choice outlives them.
    recodes
        Whether a code that the program may have made at both desks is made anew without a question; False where
        whoever decided on ``now`` gave it by hand.

    """
    return _Merging(seen, now, profile, choices or {}).merged(edits, recodes=recodes)


class _Merging:
    def __init__(self, seen: Dataset, now: Dataset, profile: Profile, choices: Mapping[str, str]) -> None:
        self._seen, self._now, self._profile, self._choices = seen, now, profile, choices
        self._open: list[Disagreement] = []
        self._words: dict[str, str] = {}  # id → what holds for it, "" while it is open
        self._cells: dict[tuple[str, str], tuple[Record, list[tuple[str, Cell]]]] = {}
        self._other: list[Edit] = []  # what comes or goes whole
        self._back: dict[str, Record] = {}  # records brought back, by code
        self._borders: dict[str, list[Border]] = {}

    def merged(self, edits: Sequence[Edit], *, recodes: bool) -> Merged:
        edits, codes = self._with_own_codes(edits, recodes=recodes)
        gone = {edit.record.code for edit in edits if isinstance(edit, Remove)}
        given = {edit.record.code for edit in edits if isinstance(edit, Put)}
        for edit in edits:
            if isinstance(edit, Remove):
                self._remove(edit.record, gone)
            elif (lost := self._lost(edit.record, given)) is not None:
                self._edit_of_removed(edit, lost)
            elif edit.before is None:
                self._add(edit.record)
            else:
                self._change(edit.record, edit.before)
        self._settle_borders()
        changed_ = [
            Put(with_cells(current, cells)._replace(version=current.version + 1), current)
            for current, cells in self._cells.values()
        ]
        back = [Put(record) for record in self._back.values()]
        return Merged((*back, *changed_, *self._other), tuple(self._open), codes)

    # what a choice says

    def _ask(self, found: Disagreement) -> str:
        """Return what was chosen; "" while nothing is, and then it is told once."""
        chosen = self._choices.get(found.id, "")
        if chosen in found.choices:
            return chosen
        if found.id not in self._words:
            self._words[found.id] = ""
            self._open.append(found)
        return ""

    def _about(self, record: Record, **said: Any) -> Disagreement:
        """Return a disagreement about a record; of a row without a code of its own its subject bears it."""
        code = record.code if KINDS[record.kind].coded else record.text(KINDS[record.kind].fields[0].name)
        fact = record.kind == "facts"
        return Disagreement(
            **{
                "kind": HARD,
                "code": code,
                "codes": (code,),
                "record": record.kind,
                "name": name_in(record, self._now, self._seen),
                "since": record.valid_from if fact else None,
                **said,
            }
        )

    # codes

    def _with_own_codes(
        self, edits: Sequence[Edit], *, recodes: bool
    ) -> tuple[Sequence[Edit], dict[str, str]]:
        """Return edits in which no new record has a code of somebody else's: another, by a choice if it was given by hand."""
        found = taken(edits, self._seen, self._now)
        if not found:
            return edits, {}
        kept = [one for one in found if (recodes and is_made(one)) or self._choose_code(one) == "mine"]
        left = {one.code for one in found} - {one.code for one in kept}
        codes = codes_for(kept, edits, self._now)
        return following(without(edits, left), codes), codes

    def _choose_code(self, mine: Record) -> str:
        """Ask whether a record comes in beside the one that has its code."""
        other = self._now.find(mine.code)
        name = name_in(mine, self._seen, self._now)
        there = REMOVED if other is None else name_in(other, self._now)
        return self._ask(self._about(mine, kind=CODE, field="code", name=name, mine=name, theirs=there))

    # a record changed

    def _change(self, mine: Record, before: Record) -> None:
        current = self._now.of(mine.kind).get(mine.code)
        if current is None:
            self._edit_of_removed(Put(mine, before), mine.code)
            return
        was = self._seen.of(mine.kind).get(mine.code)
        is_older = was is None or before.version < was.version  # decided on what stood there before that
        if is_older and before.version != current.version and (was is not None or mine.kind != "facts"):
            was = before
        for name in changed(before, mine):
            self._put_cell(mine, current, was, name)

    def _put_cell(self, mine: Record, current: Record, was: Record | None, name: str) -> None:
        ours, theirs, base = cell(mine, name), cell(current, name), self._base(mine, was, name)
        is_made_by_both = was is None and mine.id != current.id
        if name == GEOMETRY and mine.kind in UNIT_KINDS:
            self._borders.setdefault(mine.kind, []).append(Border(current, ours, theirs, base))
        elif theirs == ours or (theirs == base and not is_made_by_both):
            self._take(current, name, ours)
        elif is_made_by_both or base != ours or mine.kind == "facts":
            self._choose_cell(current, name, base, ours, theirs)

    def _base(self, mine: Record, was: Record | None, name: str) -> Cell:
        if was is None and mine.kind == "facts" and name == "value" and mine.valid_from is not None:
            held = self._seen.fact_on(mine.text("subject"), mine.text("key"), mine.valid_from)
            return cell(held, name)
        return cell(was, name)

    def _choose_cell(self, current: Record, name: str, base: Cell, ours: Cell, theirs: Cell) -> None:
        is_fact = current.kind == "facts" and name == "value"
        told = self._about(
            current,
            kind=OUTLINE if name == GEOMETRY else HARD,
            field=current.text("key") if is_fact else name,
            base=base.value,
            mine=ours.value,
            theirs=theirs.value,
            choices=_with_base(base),
        )
        chosen = self._ask(told)
        if chosen in ("mine", "base"):
            self._take(current, name, ours if chosen == "mine" else base)

    def _take(self, current: Record, name: str, value: Cell) -> None:
        if cell(current, name) != value:
            key = (current.kind, current.code)
            self._cells.setdefault(key, (current, []))[1].append((name, value))

    # a record added

    def _add(self, mine: Record) -> None:
        current = self._now.of(mine.kind).get(mine.code)
        if current is not None and KINDS[mine.kind].coded and current.id == mine.id:
            return  # it was brought back before
        if current is None:
            current = self._same_pair(mine)
        if current is not None and self._is_new_to_me(current):
            self._add_the_same(mine, current)
        elif mine.kind == "facts":
            self._add_fact(mine)
        else:
            self._other.append(Put(mine))

    def _is_new_to_me(self, current: Record) -> bool:
        return self._seen.of(current.kind).get(current.code) is None

    def _add_the_same(self, mine: Record, current: Record) -> None:
        """Lay a row over the one that somebody else made of the same thing: where one says nothing the other holds."""
        for name in changed(current, mine):
            ours, theirs = cell(mine, name), cell(current, name)
            is_span = name in _DAYS and KINDS[mine.kind].is_once  # no last day is one: for good
            if is_span or (ours.value is not None and theirs.value is not None):
                self._put_cell(mine, current, None, name)
            elif ours.value is not None:
                self._take(current, name, ours)

    def _same_pair(self, mine: Record) -> Record | None:
        """Return a row that somebody else made of what may stand only once at a time, None if there is none."""
        pairs = pairs_of(mine, self._profile)
        if not pairs:
            return None
        field = KINDS[mine.kind].identity[0]
        for row in self._now.children(mine.kind, field, mine.text(field)):
            if (
                self._is_new_to_me(row)
                and not pairs.isdisjoint(pairs_of(row, self._profile))
                and periods_overlap(mine.valid_from, mine.valid_until, row.valid_from, row.valid_until)
            ):
                return row
        return None

    def _add_fact(self, mine: Record) -> None:
        """Add a fact, unless another came to hold on its first day meanwhile and says otherwise."""
        subject, key, first = mine.text("subject"), mine.text("key"), mine.valid_from
        was = None if first is None else self._seen.fact_on(subject, key, first)
        held = None if first is None else self._now.fact_on(subject, key, first)
        said, there, base = (cell(one, "value").value for one in (mine, held, was))
        if held is None or there in (base, said):
            self._other.append(Put(mine))
            return
        told = self._about(
            mine, field=key, base=base, mine=said, theirs=there, choices=_with_base(Cell(base))
        )
        chosen = self._ask(told)
        if chosen in ("mine", "base"):
            self._other.append(Put(mine.with_values(value=said if chosen == "mine" else base)))

    # a record taken out

    def _remove(self, mine: Record, gone: Iterable[str]) -> None:
        current = self._now.of(mine.kind).get(mine.code)
        if current is None:
            return
        owner = next((code for code in _owners(mine) if code in gone), None)
        root = mine if owner is None else (self._seen.find(owner) or self._now.find(owner) or mine)
        before, after = (_whole(dataset, root) for dataset in (self._seen, self._now))
        moved = [row for key, row in after.items() if not is_same(before.get(key), row)]
        if moved:
            told = self._about(root, kind=DELETED, field="", base=KEPT, mine=REMOVED, theirs=_said(moved))
            if self._ask(told) != "mine":
                return
        if mine.code == root.code and mine.kind == root.kind:
            self._other += [Remove(row) for row in after.values()]
        elif (mine.kind, mine.code) not in after:
            self._other.append(Remove(current))

    def _lost(self, record: Record, given: Iterable[str]) -> str | None:
        """Return the code of a record that was taken out meanwhile and that this one leads to, None if there is none."""
        for field in KINDS[record.kind].fields:
            code = record.text(field.name) if field.to else ""
            is_gone = code and code not in given and self._now.find(code) is None
            if is_gone and self._seen.find(code) is not None:
                return code
        return None

    def _edit_of_removed(self, edit: Put, code: str) -> None:
        root = self._seen.find(code) or edit.before or edit.record
        told = self._about(
            root, kind=DELETED, field="", base=KEPT, mine=KEPT, theirs=REMOVED, choices=("mine", "theirs")
        )
        if self._ask(told) != "mine":
            return
        self._bring_back(root)
        mine = edit.record
        there = self._back.get(mine.code)
        self._back[mine.code] = mine._replace(version=max(mine.version, 2 if there else 1))

    def _bring_back(self, root: Record) -> None:
        for row in (root, *owned_by(self._seen, root.code)):
            is_there = self._now.of(row.kind).get(row.code) is not None
            if not is_there and row.code not in self._back:
                self._back[row.code] = row._replace(version=row.version + 1)

    # borders: one choice, so that units go on tiling

    def _settle_borders(self) -> None:
        for kind, borders in self._borders.items():
            found = joined(kind, borders, self._seen, self._now)
            chosen = "mine"
            if found.is_contested:
                first = found.borders[0]
                told = self._about(
                    first.current,
                    kind=OUTLINE,
                    field=GEOMETRY,
                    codes=tuple(border.current.code for border in found.borders),
                    base=first.base.value,
                    mine=first.mine.value,
                    theirs=first.theirs.value,
                    choices=_with_base(first.base),
                )
                chosen = self._ask(told)
            for border in found.borders if chosen in ("mine", "base") else ():
                self._take(border.current, GEOMETRY, border.mine if chosen == "mine" else border.base)


def _whole(dataset: Dataset, root: Record) -> dict[tuple[str, str], Record]:
    """Return a record and all that hangs on it, as a dataset has them, by kind and code."""
    rows = [dataset.of(root.kind).get(root.code), *owned_by(dataset, root.code)]
    return {(row.kind, row.code): row for row in rows if row is not None}


def _owners(row: Record) -> list[str]:
    return [row.text(field) for field in OWNED.get(row.kind, ())]


def _with_base(base: Cell) -> Any:
    return ("mine", "theirs") if base.value is None else ("base", "mine", "theirs")


def _said(moved: Sequence[Record]) -> str:
    """Return the side of who changed what somebody else takes out: another as soon as that changes again."""
    return KEPT + ":" + ",".join(sorted(f"{row.code}@{row.version}" for row in moved))


def told_by(found: Disagreement, by: str | None, at: str | None) -> Disagreement:
    """Return a disagreement with who wrote the other side, and when."""
    return replace(found, by=by, at=at)
