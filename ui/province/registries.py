"""The registries of a province, each with its state: added up, being read, changed since, or left out and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt
from typing_extensions import override

from app.services.rollup.part import Failure
from app.text import Text
from ui.models.listed import Index, ListedModel
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from ui.province.state import ProvinceState

LEFT_OUT: Final = Text("没有汇总", "Left out")
CHANGED: Final = Text("之后改过", "Changed since")
READ: Final = Text("读完", "Read")
READING: Final = Text("正在读", "Being read")
ADDED: Final = Text("已汇总", "Added up")
NOT_YET: Final = Text("还没有读", "Not read yet")
_STALE: Final = Text(
    "汇总之后又改过，数字还是改之前的。按“重新计算这一本”。",
    "It changed after it was added up; its figures are those from before. Press 'Compute this one again'.",
)
_UNASKED: Final = Text("还没有读：按“全部重新计算”。", "Not read yet: press 'Compute all again'.")


class Column(IntEnum):
    """Columns from left to right."""

    NAME = 0
    FILE = 1
    STATE = 2


@dataclass(frozen=True, slots=True)
class Line:
    """A registry as the list tells it; ``why`` is "" where nothing is to be done."""

    source: str
    title: str
    state: Text
    why: Text

    @property
    def file(self) -> str:
        """Its file's name."""
        return Path(self.source).name


def lines_of(state: ProvinceState) -> list[Line]:
    """Return the registries: first those that need somebody, then those being read, then the others."""
    reasons = state.reasons()
    found = [_line(state, source, reasons.get(source)) for source in state.sources]
    order = (LEFT_OUT, CHANGED, NOT_YET, READING, READ, ADDED)
    return sorted(found, key=lambda line: order.index(line.state))


def _line(state: ProvinceState, source: str, reason: Text | None) -> Line:
    one = state.newest(source)
    title = state.name_of(source)
    nothing = Text("", "")
    if source in state.waiting:
        return Line(source, title, READING, nothing)
    if isinstance(one, Failure):
        return Line(source, title, LEFT_OUT, one.why)
    if source in state.outdated:
        return Line(source, title, CHANGED, _STALE)
    if reason is not None:
        return Line(source, title, LEFT_OUT, reason)
    if source not in state.answers and one is not None:
        return Line(source, title, READ, nothing)
    return Line(source, title, *((NOT_YET, _UNASKED) if one is None else (ADDED, nothing)))


class RegistriesModel(ListedModel):
    """The list as Qt sees it; ``CODE_ROLE`` gives where a registry lies."""

    HEADERS = (Text("区县", "District"), Text("台账", "Registry"), Text("状态", "State"))

    def shows(self, lines: list[Line]) -> bool:
        """Whether these are the registries that it shows now."""
        return tuple(lines) == self._rows

    def line(self, place: int) -> Line:
        """Return the registry at a place."""
        one: Line = self._rows[place]
        return one

    def place_of(self, source: str) -> int | None:
        """Return where a registry stands, None if it isn't here."""
        return next((n for n, line in enumerate(self._rows) if line.source == source), None)

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        line = self.line(index.row())
        if role == CODE_ROLE:
            return line.source
        if role == TIP_ROLE:
            return f"{line.source}\n{line.why.in_(self._lang)}".strip()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{line.title} {line.file} {line.state.in_(self._lang)} {line.why.in_(self._lang)}".strip()
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return (line.title, line.file, line.state.in_(self._lang))[Column(index.column())]
