"""What is typed, pasted, filled down or cleared in the table becomes one change, or a list of what was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QObject, Qt, Signal, Slot

from app.domain.period import today
from app.errors import InvalidInput, Problem, RegistryError
from app.services.edit.sheet_edits import CellEdit, plan_cells, read_block, write_cells
from app.services.registry.disagreed import Disagreed
from app.text import Text
from ui.models.columns import cell_choices
from ui.models.compound_table import CODE_ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.models.compound_table import CompoundTableModel
    from ui.panels.table.refused import RefusedBar
    from ui.panels.table.view import CompoundTable

_ONE: Final = Text("{}「{}」", "{} '{}'")
_MANY: Final = Text("表里改了 {} 格", "{: cell|cells} of the table")
_SAME: Final = Text("和已登记的一样，没有可写的。", "The same as is registered: nothing to write.")
_NO_CELL: Final = Text("先点表里的一格，再粘贴。", "Click a cell of the table first, then paste.")
_NOTHING: Final = Text("剪贴板里没有文字。", "The clipboard holds no text.")
_NO_ABOVE: Final = Text(
    "上面没有可以往下填的格：选几行，或选第一行以下的一行。",
    "There is nothing above to fill down: select several rows, or one below the first.",
)
_EMPTY_ABOVE: Final = Text(
    "上面那一格是空的，没有可往下填的。", "The cell above is empty: nothing to fill down."
)
_READ_ONLY: Final = Text(
    "“{}”这一列是算出来的或有自己的登记办法，不在表里写。",
    "'{}' is derived or has its own way to be entered: not written here.",
)
_TOO_LOW: Final = Text(
    "粘贴的有 {} 行，从这一格起表里只有 {} 行。去掉筛选，或少复制几行。",
    "{: row was|rows were} pasted, but from this cell down the table shows {}. Take the filter off, or copy fewer rows.",
)
_TOO_WIDE: Final = Text(
    "粘贴的有 {} 列，从这一格起表里只有 {} 列。添上要的列，或少复制几列。",
    "{: column was|columns were} pasted, but from this cell on the table shows {}. Add the columns, or copy fewer.",
)
_REFUSED: Final = Text(
    "有 {} 处写不进去，什么都没有写。按下面的原因改好再来。",
    "{} refused; nothing was written. Mend what is said below and try again.",
)


class TableEditor(QObject):
    """Writes cells of the table's rows as they are shown. ``writing``: a change is on its way."""

    writing = Signal()

    def __init__(
        self, context: WindowContext, table: CompoundTable, model: CompoundTableModel, bar: RefusedBar
    ) -> None:
        super().__init__(table)
        self._context, self._table, self._model, self._bar = context, table, model, bar
        self._rest: list[CellEdit] = []
        table.set_choices(self._choices)
        table.begin_on(self._shown)
        model.typed.connect(self._on_typed)
        table.pasted.connect(self.paste)
        table.filled.connect(self.fill_down)
        table.cleared.connect(self.clear)
        table.edit_refused.connect(self._on_edit_refused)
        bar.rest.clicked.connect(self._write_rest)
        bar.closed.connect(self._on_closed)
        bar.chosen.connect(self._show_cell)
        context.leaving.connect(table.finish)
        context.registry_opened.connect(self._forget)

    def _shown(self) -> Dataset | None:
        return self._context.shown

    def _choices(self, column: int) -> list[tuple[str, str]]:
        registry = self._context.registry
        if registry is None:
            return []
        return cell_choices(registry.profile, self._model.column_id(column), self._context.lang)

    def _rows(self) -> list[int]:
        """Return the selected rows, top down; the current one where none is."""
        rows = sorted({index.row() for index in self._table.selectionModel().selectedRows()})
        current = self._table.currentIndex()
        return rows if len(rows) > 1 or not current.isValid() else [current.row()]

    def _head(self, column: int) -> str:
        return str(self._model.headerData(column, Qt.Orientation.Horizontal))

    def _cell(self, row: int, column: int, raw: str) -> CellEdit:
        code = str(self._model.index(row, 0).data(CODE_ROLE))
        return CellEdit(code, self._model.column_id(column), raw, row + 1, self._head(column))

    # what a user does

    @Slot(int, int, str)
    def _on_typed(self, row: int, column: int, typed: str) -> None:
        self._write([self._cell(row, column, typed)], seen=self._table.begun)

    @Slot(str)
    def paste(self, text: str) -> None:
        """Write what the clipboard holds from the current cell to the right and down, over the rows as shown."""
        current, block = self._table.currentIndex(), read_block(text)
        if not current.isValid() or not block:
            self._context.said.emit(_NOTHING if current.isValid() else _NO_CELL)
            return
        rows, left = self._rows(), current.column()
        across = [self._head(left + place) for place in range(self._columns_from(left, len(block[0])))]
        if len(block) > 1 and block[0] == across:
            block = block[1:]  # copied with its header
        if len(block) == 1 and len(block[0]) == 1 and len(rows) > 1:
            block = block * len(rows)
        elif len(rows) != len(block):
            rows = list(range(rows[0], min(rows[0] + len(block), self._model.rowCount())))
        problems = []
        if len(rows) < len(block):
            problems.append(Problem(message=_TOO_LOW.format(len(block), len(rows))))
        if len(across) < len(block[0]):
            problems.append(Problem(message=_TOO_WIDE.format(len(block[0]), len(across))))
        cells: list[CellEdit] = []
        for place, head in enumerate(across):
            column = left + place
            said = [
                (row, line[place])
                for row, line in zip(rows, block, strict=False)
                if line[place] and line[place] != self._model.shown(row, column)
            ]
            if said and not self._model.is_editable(column):
                message = _READ_ONLY.format(head)
                problems.append(Problem(message=message, row=said[0][0] + 1, column=head, value=said[0][1]))
            else:
                cells += [self._cell(row, column, raw) for row, raw in said]
        self._write(cells, problems)

    def _columns_from(self, left: int, wanted: int) -> int:
        return min(wanted, self._model.columnCount() - left)

    @Slot()
    def fill_down(self) -> None:
        """Write the value of the topmost selected row into the others; with one row, that of the row above it."""
        current, rows = self._table.currentIndex(), self._rows()
        if not current.isValid():
            return
        if len(rows) == 1:
            rows = [rows[0] - 1, rows[0]]
        if rows[0] < 0:
            self._context.said.emit(_NO_ABOVE)
            return
        column = current.column()
        if not self._model.is_editable(column):
            self._on_edit_refused()
            return
        value = self._registered(rows[0], column)
        if not value:
            self._context.said.emit(_EMPTY_ABOVE)
            return
        self._write([self._cell(row, column, value) for row in rows[1:]])

    def _registered(self, row: int, column: int) -> str:
        """Return a cell's value as it is registered, not as it is rounded to be shown."""
        registry, name = self._context.registry, self._model.column_id(column)
        code = str(self._model.index(row, 0).data(CODE_ROLE))
        record = self._context.record(code)
        if registry is None or record is None:
            return ""
        if name in registry.profile.facts:
            fact = registry.dataset.fact_on(code, name, today())
            return "" if fact is None else fact.text("value")
        return record.text(name)

    @Slot()
    def clear(self) -> None:
        """Empty the current cell alone; an answer becomes unknown."""
        current = self._table.currentIndex()
        if not current.isValid():
            return
        if not self._model.is_editable(current.column()):
            self._on_edit_refused()
            return
        values = [value for value, _ in self._choices(current.column())]
        raw = "unknown" if "unknown" in values else ""
        self._write([self._cell(current.row(), current.column(), raw)])

    @Slot()
    def _on_edit_refused(self) -> None:
        lock = self._context.lock
        head = self._head(self._table.currentIndex().column())
        self._context.said.emit(lock if lock is not None else _READ_ONLY.format(head))

    # writing

    def _write(
        self,
        cells: Sequence[CellEdit],
        problems: Sequence[Problem] = (),
        *,
        leaves_wrong: bool = False,
        seen: Dataset | None = None,
    ) -> None:
        registry = self._context.registry
        if registry is None:
            return
        self._on_closed()
        self._bar.hide()
        if not cells and not problems:
            self._context.said.emit(_SAME)
            return

        def job(_ticket: Ticket) -> Changes:
            if problems:
                plan = plan_cells(registry.dataset, registry.profile, cells)
                found = (*problems, *plan.problems)
                raise InvalidInput(_REFUSED.format(len(found)), found)
            return write_cells(registry, cells, leaves_wrong=leaves_wrong)

        def failed(error: Exception) -> None:
            self._model.forget_written()
            if isinstance(error, RegistryError) and not isinstance(
                error, Disagreed
            ):  # that is asked elsewhere
                self._show_refused(error, cells)

        self.writing.emit()
        if not problems:
            self._model.show_written({(cell.code, cell.field): self._as_shown(cell) for cell in cells})
        one = cells[0] if len(cells) == 1 else None
        said = _MANY.format(len(cells)) if one is None else _ONE.format(one.column, one.raw)
        task = self._context.edit(job, said, on_error=failed, seen=seen)
        task.succeeded.connect(self._on_written)

    def _as_shown(self, cell: CellEdit) -> str:
        registry = self._context.registry
        if registry is None:
            return cell.raw
        choices = dict(cell_choices(registry.profile, cell.field, self._context.lang))
        return choices.get(cell.raw, cell.raw or "—")

    @Slot(object)
    def _on_written(self, changes: Any) -> None:
        if changes.change is None:
            self._model.forget_written()
            self._context.said.emit(_SAME)

    def _show_refused(self, error: RegistryError, cells: Sequence[CellEdit]) -> None:
        wrong = {(problem.code, problem.column) for problem in error.problems}
        self._rest = [cell for cell in cells if (cell.code, cell.column) not in wrong]
        fields = {cell.column: cell.field for cell in cells}
        lang = self._context.lang
        self._model.mark_refused(
            {
                (problem.code, fields[problem.column]): problem.message.in_(lang)
                for problem in error.problems
                if problem.code is not None and problem.column in fields
            }
        )
        has_rest = bool(self._rest) and self._context.lock is None and bool(error.problems)
        self._bar.show_problems(self._context.sentence(error), error.problems, has_rest=has_rest)

    @Slot()
    def _write_rest(self) -> None:
        self._write(self._rest, leaves_wrong=True)

    @Slot()
    def _on_closed(self) -> None:
        self._rest = []
        self._model.mark_refused({})

    @Slot()
    def _forget(self) -> None:
        self._on_closed()
        self._bar.hide()

    @Slot(str, str)
    def _show_cell(self, code: str, head: str) -> None:
        row = self._model.row_of(code)
        heads = [self._head(column) for column in range(self._model.columnCount())]
        if row >= 0 and head in heads:
            self._table.setCurrentIndex(self._model.index(row, heads.index(head)))
            self._table.scrollTo(self._table.currentIndex())
