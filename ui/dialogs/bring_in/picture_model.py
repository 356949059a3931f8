"""A sheet as it stands, with what was recognised in it: made cell by cell, only where somebody looks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from typing_extensions import override

from app.domain.field_words import field_words
from app.services.bring_in.look import APART, HEADING, RECORD, shown_cell
from app.text import Text
from ui import theme
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QObject

    from app.domain.profile.profile import Profile
    from app.services.bring_in.look import Preview, SeenRow, SeenSheet, SeenTable

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
PART_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 3
_NOT_TAKEN: Final = Text("不导入", "not taken")
_PERSONAL: Final = Text("个人信息", "personal")
_HIDDEN: Final = Text("藏起的", "hidden")
_SHORT: Final = {
    "title": Text("标题", "title"),
    HEADING: Text("列名", "heading"),
    "units": Text("单位", "units"),
    APART: Text("不读", "not read"),
    "other": Text("另一张", "other"),
}
_NO_PERSON: Final = "· · ·"  # in place of what is about private persons
_EDITED: Final = Text("手改的，文件里是：{}", "Typed by hand; the file says: {}")


class Marks(NamedTuple):
    """What to draw over a sheet besides its parts. ``problems``: (row's key, column) → what is wrong there."""

    kind: str
    preview: Preview | None
    profile: Profile | None
    problems: Mapping[tuple[str, str], str]
    edits: Mapping[str, str]


@dataclass(slots=True)
class _Shown:
    sheet: SeenSheet | None = None
    marks: Marks = field(default_factory=lambda: Marks("compounds", None, None, {}, {}))


class PictureModel(QAbstractTableModel):
    """Rows and columns of the sheet as the sheet counts them. ``PART_ROLE``: what a row was taken for."""

    typed = Signal(str, str, str)  # row, column, value

    def __init__(self, lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._shown = _Shown()

    @property
    def sheet(self) -> SeenSheet | None:
        """The sheet that is shown."""
        return self._shown.sheet

    def show_sheet(self, sheet: SeenSheet | None, marks: Marks) -> bool:
        """Show a sheet; return whether it is another one, or of another shape, than the one before."""
        before = self._shown.sheet
        is_same = (
            sheet is not None
            and before is not None
            and (before.name, len(before.rows), before.width, before.merged)
            == (sheet.name, len(sheet.rows), sheet.width, sheet.merged)
        )
        if is_same:
            self._shown = _Shown(sheet, marks)
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            for orientation, count in (
                (Qt.Orientation.Horizontal, self.columnCount()),
                (Qt.Orientation.Vertical, self.rowCount()),
            ):
                self.headerDataChanged.emit(orientation, 0, count - 1)
        else:
            self.beginResetModel()
            self._shown = _Shown(sheet, marks)
            self.endResetModel()
        return not is_same

    def part(self, row: int) -> SeenRow | None:
        """Return what a row of the model was taken for; None for one that says nothing, or lies outside any table."""
        sheet = self.sheet
        return None if sheet is None else sheet.parts.get(row + 1)

    def table(self, row: int, column: int = 0) -> SeenTable | None:
        """Return the table that a cell of the model belongs to."""
        sheet = self.sheet
        return None if sheet is None else sheet.table_at(row + 1, column)

    def label(self, row: int, column: int) -> str | None:
        """Return what the column of a cell is called, None outside the table that is read."""
        table = self.table(row, column)
        return None if table is None or not table.is_read else table.label(column)

    def column_label(self, column: int) -> str | None:
        """Return what a column is called in the first table that is read and has it."""
        sheet = self.sheet
        tables = () if sheet is None else sheet.tables
        return next((said for t in tables if t.is_read and (said := t.label(column)) is not None), None)

    def key(self, row: int, column: int) -> str | None:
        """Return what the row of a cell is called by answers and in the plan; None outside any table."""
        table = self.table(row, column)
        return None if table is None else table.key(row + 1)

    def is_closed(self, label: str | None) -> bool:
        """Whether a column is about private persons: no choice opens it."""
        preview = self._shown.marks.preview
        return preview is not None and label in preview.closed

    def field_of(self, label: str) -> str:
        """Return the field that a column was taken for; "" for none."""
        preview = self._shown.marks.preview
        return "" if preview is None else preview.taken.get(label, "")

    def words_of(self, label: str) -> str:
        """Return in words what a column was taken for."""
        marks = self._shown.marks
        if marks.preview is None:
            return ""
        name = marks.preview.taken.get(label)
        if name is not None:
            return field_words(marks.kind, name, marks.profile).in_(self._lang)
        if label in marks.preview.closed:
            return _PERSONAL.in_(self._lang)
        return _NOT_TAKEN.in_(self._lang) if label in marks.preview.columns else ""

    # Qt

    @override
    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() or self.sheet is None else len(self.sheet.rows)

    @override
    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() or self.sheet is None else self.sheet.width

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        part = self.part(index.row())
        label = self.label(index.row(), index.column())
        if part is not None and part.part == RECORD and label is not None and not self.is_closed(label):
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not self.flags(index) & Qt.ItemFlag.ItemIsEditable:
            return False
        label, key = self.label(index.row(), index.column()), self.key(index.row(), index.column())
        if label is None or key is None or str(value) == self._text(index.row(), index.column()):
            return False
        self.typed.emit(key, label, str(value))
        return True

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                label = self.label(row, column)
                is_closed = self.is_closed(label) and self._is_record(row)
                return _NO_PERSON if is_closed and self._raw(row, column) else self._text(row, column)
            case Qt.ItemDataRole.EditRole:
                return self._text(row, column)
            case Qt.ItemDataRole.ForegroundRole | Qt.ItemDataRole.BackgroundRole:
                return self._colour(row, column, is_ground=role == Qt.ItemDataRole.BackgroundRole)
            case Qt.ItemDataRole.FontRole:
                part = self.part(row)
                is_bold = part is not None and part.part == HEADING
                return theme.font(13, bold=True) if is_bold or self._edit(row, column) is not None else None
            case Qt.ItemDataRole.AccessibleTextRole:
                said = (
                    self._text(row, column),
                    self._row_words(row),
                    self.words_of(self.label(row, column) or ""),
                )
                return "，".join(one for one in said if one)
        if role == TIP_ROLE:
            return self._tip(row, column)
        if role == PART_ROLE:
            part = self.part(row)
            return "" if part is None else part.part
        return None

    @override
    @with_plain_tips
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if self.sheet is None:
            return None
        if orientation == Qt.Orientation.Horizontal:
            return self._column_head(section, role)
        if role == Qt.ItemDataRole.DisplayRole:
            part = self.part(section)
            short = None if part is None else _SHORT.get(part.part)
            said = (short.in_(self._lang) if short is not None else "", self._number(section))
            return "  ".join(one for one in said if one)
        if role == TIP_ROLE:
            return self._row_words(section)
        return None

    def _number(self, row: int) -> str:
        """Return the number of a row as the plan counts it: in a text table from the first under its headings."""
        table = self.table(row)
        number = row + 1 - (0 if table is None else table.counted_from)
        return str(number) if number > 0 else ""

    def _column_head(self, column: int, role: int) -> Any:
        label = self.column_label(column)
        words = "" if label is None else self.words_of(label)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{_letters(column)}  {words}" if words else _letters(column)
        if role == TIP_ROLE:
            return f"{label} → {words}" if words else _letters(column)
        if role == Qt.ItemDataRole.FontRole:
            return theme.font(13, bold=label is not None and bool(self.field_of(label)))
        return None

    def _row_words(self, row: int) -> str:
        sheet, part = self.sheet, self.part(row)
        said = [] if part is None else [part.words.in_(self._lang)]
        if sheet is not None and row + 1 in sheet.hidden_rows:
            said.append(_HIDDEN.in_(self._lang))
        return "，".join(said)

    def _is_record(self, row: int) -> bool:
        part = self.part(row)
        return part is not None and part.part == RECORD

    def _raw(self, row: int, column: int) -> str:
        sheet = self.sheet
        cells = () if sheet is None else sheet.rows[row]
        return shown_cell(cells[column]) if column < len(cells) else ""

    def _text(self, row: int, column: int) -> str:
        typed = self._edit(row, column)
        return self._raw(row, column) if typed is None else typed

    def _edit(self, row: int, column: int) -> str | None:
        edits = self._shown.marks.edits
        if not edits:
            return None
        return edits.get(f"{self.key(row, column)}:{self.label(row, column)}")

    def _problem(self, row: int, column: int) -> str | None:
        problems = self._shown.marks.problems
        label = self.label(row, column) if problems else None
        return None if label is None else problems.get((self.key(row, column) or "", label))

    def _tip(self, row: int, column: int) -> str:
        said = [self._problem(row, column) or ""]
        if self._edit(row, column) is not None:
            said.append(_EDITED.format(self._raw(row, column) or "–").in_(self._lang))
        part = self.part(row)
        if part is not None and part.part != RECORD:
            said.append(self._row_words(row))
        return "\n".join(one for one in said if one)

    def _colour(self, row: int, column: int, *, is_ground: bool) -> QColor | None:
        t, part = theme.current(), self.part(row)
        name = None if part is None else part.part
        if name in {HEADING, "units"}:
            return QColor(t.win if is_ground else t.t1)
        if self._problem(row, column) is not None:
            return QColor(t.error_ground if is_ground else t.error)
        if self._edit(row, column) is not None:
            return QColor(t.accent_ground if is_ground else t.t1)
        if is_ground:
            return None
        label = self.label(row, column)
        is_left = name != RECORD or label is None or not self.field_of(label)
        return QColor(t.t3 if is_left else t.t1)


def _letters(column: int) -> str:
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
