"""Units that the rows of a file name and nobody has registered: made on request, before the rows are planned."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.codes.codes import normal_code
from app.domain.codes.maker import CodeMaker, provisional_code
from app.domain.edits import Put
from app.domain.identity.names import normal_name
from app.domain.identity.units import Tree
from app.domain.kinds import KINDS
from app.domain.record import make_record
from app.domain.values import is_empty
from app.errors import InvalidInput
from app.exchange.picture import Below
from app.exchange.values.plain import folded
from app.exchange.values.written_codes import written_code
from app.exchange.who.answers import answered_names
from app.exchange.who.referring import Referrer
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.exchange.mapping.columns import Columns
    from app.exchange.reading import SourceRow
    from app.exchange.request import ImportRequest

_LEVELS: Final = (
    ("district", "districts", None),
    ("street", "streets", "district"),
    ("community", "communities", "street"),
    ("grid", "grids", "community"),
)
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Made:
    """The units to be made, and the dataset in which they are; ``notes``: what is said of them."""

    dataset: Dataset
    edits: tuple[Put, ...] = ()
    notes: tuple[Text, ...] = ()


def made_parents(dataset: Dataset, request: ImportRequest, columns: Columns) -> Made:
    """Return the units that the rows name by code and name, or by name alone, and that are not registered.

    A name alone gets a provisional code, of the unit that its row names above it. Nothing is made for a name that
    several have, nor where the row does not say what the unit lies in.
    """
    maker = _Maker(dataset, request, columns)
    for level, kind, above in _LEVELS:
        if kind == request.kind:
            break
        if level in columns.of and level in KINDS[request.kind].by_name:
            maker.make(level, kind, above)
    return maker.made()


class _Maker:
    def __init__(self, dataset: Dataset, request: ImportRequest, columns: Columns) -> None:
        self._dataset, self._request, self._columns = dataset, request, columns
        self._records: dict[str, Record] = {}
        self._provisional: set[str] = set()
        self._lost: dict[str, set[str]] = {}

    def make(self, level: str, kind: str, above: str | None) -> None:
        """Make what the rows name at one level, once each."""
        own, now = KINDS[self._request.kind].by_name[level], self._now
        referrer = Referrer(now, self._request.kind, Tree(now), answered_names(self._request.answers))
        seen: dict[tuple[object, ...], str | None] = {}
        for row in self._columns.rows:
            said = self._said(row, level)
            if said is None:
                continue
            name, parent = self._beside(row, level), None if above is None else self._parent(row, above)
            key = (said, name, parent)
            if key in seen:
                continue
            values: dict[str, Any] = {} if above is None or parent is None else {above: parent}
            try:
                found = referrer.refer(own, said, values)
            except InvalidInput:
                seen[key] = (
                    None
                    if said in referrer.asked and self._is_several(referrer, said)
                    else self._add(kind, said, parent, above, level)
                )
                continue
            code = found.code
            if code is None or now.of(kind).get(code) is not None:
                continue
            seen[key] = self._add_coded(kind, code, name, parent, above)

    def made(self) -> Made:
        """Return what was made, with a sentence for each kind."""
        notes = []
        for _, kind, _above in _LEVELS:
            made = [record for record in self._records.values() if record.kind == kind]
            if made:
                words = KINDS[kind].words
                shown = "、".join(f"{r.text('name') or r.code}（{r.code}）" for r in made[:_SHOWN])
                more = "…" if len(made) > _SHOWN else ""
                notes.append(
                    Text(
                        f"一并新建{words.zh} {len(made)} 个：{shown}{more}。",
                        f"{len(made)} {words.en.lower()} are made with them: {shown}{more}.",
                    )
                )
        if self._provisional:
            notes.append(
                Text(
                    f"其中 {len(self._provisional)} 个没有正式代码，编了 900 到 999 的临时代码；正式代码以后作为后继单位导入。",
                    f"{len(self._provisional)} of them have no official code and got provisional ones (900 to 999); the true code comes later as a successor.",
                )
            )
        for level, names in self._lost.items():
            words = KINDS[self._request.kind].by_name[level].words
            shown = "、".join(sorted(names)[:_SHOWN])
            notes.append(
                Text(
                    f"{words.zh}“{shown}”没有写在哪个单位里，没有新建。",
                    f"{words.en} {shown}: no row says what it lies in; not made.",
                )
            )
        return Made(self._now, tuple(Put(record) for record in self._records.values()), tuple(notes))

    @property
    def _now(self) -> Dataset:
        return self._dataset.with_changes(list(self._records.values())) if self._records else self._dataset

    def _said(self, row: SourceRow, level: str) -> str | None:
        place = self._columns.of.get(level)
        raw = self._columns.constants.get(level) if place is None else row.cells[place]
        if is_empty(raw) or isinstance(raw, Below):
            return None
        try:
            return (
                written_code(raw)
                if not isinstance(raw, str) or folded(raw).isascii()
                else folded(raw).strip()
            )
        except InvalidInput:
            return None  # its digits are lost: the row hears so

    def _beside(self, row: SourceRow, level: str) -> str:
        place = self._columns.beside.get(level)
        return "" if place is None or is_empty(row.cells[place]) else folded(str(row.cells[place])).strip()

    def _parent(self, row: SourceRow, level: str) -> str | None:
        """Return the code of the unit that a row names one level up, registered or made; the only one of the registry else."""
        kind = next(kind for one, kind, _ in _LEVELS if one == level)
        said, now = self._said(row, level) if level in self._columns.of else None, self._now
        if said is None:
            alone = list(now.of(kind))
            return alone[0] if level == "district" and len(alone) == 1 else None
        if level in KINDS[self._request.kind].by_name:
            own = KINDS[self._request.kind].by_name[level]
            try:
                return Referrer(now, self._request.kind, Tree(now), {}).refer(own, said, {}).code
            except InvalidInput:
                return None
        return None

    def _is_several(self, referrer: Referrer, said: str) -> bool:
        own = [code for code, _ in referrer.asked.get(said, ())]
        kinds = {record.kind for code in own if (record := self._now.find(code)) is not None}
        names = [record.text("name") for code in own if (record := self._now.find(code)) is not None]
        kind = next(iter(kinds), "")
        return sum(normal_name(kind, name) == normal_name(kind, said) for name in names) > 1

    def _add_coded(
        self, kind: str, code: str, name: str, parent: str | None, above: str | None
    ) -> str | None:
        try:
            code = normal_code(kind, code)
        except InvalidInput:
            return None
        if not name and KINDS[kind].by_name["name"].required:
            return None  # a code alone names nothing: the row hears that nobody has it
        return self._put(kind, code, name, parent, above)

    def _add(self, kind: str, name: str, parent: str | None, above: str | None, level: str) -> str | None:
        """Make a unit by its name, with a code that the program gives."""
        if kind == "districts" or parent is None:
            self._lost.setdefault(level, set()).add(name)
            return None
        used = {*self._now.used_codes, *self._records}
        code = CodeMaker(self._now).make(kind, parent) if kind == "grids" else provisional_code(parent, used)
        if kind != "grids":
            self._provisional.add(code)
        return self._put(kind, code, name, parent, above)

    def _put(self, kind: str, code: str, name: str, parent: str | None, above: str | None) -> str:
        values: dict[str, Any] = {"name": name or None}
        if above is not None and parent is not None and above in KINDS[kind].by_name:
            values[above] = parent
        self._records[code] = make_record(kind, str(uuid.uuid4()), code, **values)
        return code


def needed_parents(parents: Sequence[Put], edits: Iterable[Edit]) -> list[Put]:
    """Return the units, the widest first, that some records of ``edits`` lie in, and those that they lie in themselves."""
    by_code = {put.record.code: put for put in parents}
    needed: set[str] = set()
    waiting = [edit.record for edit in edits]
    while waiting:
        record = waiting.pop()
        for value in record.values:
            if isinstance(value, str) and value in by_code and value not in needed:
                needed.add(value)
                waiting.append(by_code[value].record)
    return [put for put in parents if put.record.code in needed]
