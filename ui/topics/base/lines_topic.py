"""A topic whose answer is rows and columns that depend on what was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from ui.topics.base.lines import CODES_ROLE, LinesModel, show_in
from ui.topics.base.topic import TableTopic
from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QModelIndex

    from ui.topics.base.lines import Head, Line


class LinesTopic(TableTopic):
    """A table of ``Line``; a row or cell that is activated shows the records that it stands for."""

    @override
    def make_model(self) -> LinesModel:
        return LinesModel(self._context.lang, self)

    def show_lines(self, heads: Sequence[Head], lines: Sequence[Line]) -> None:
        """Show other columns and rows."""
        show_in(self.table, self.model, heads, lines)

    @override
    def codes_of(self, row: int) -> Sequence[str]:
        model = self.model
        assert isinstance(model, LinesModel)
        return model.line(row).codes

    def line_of(self, index: QModelIndex) -> Line | None:
        """Return the row behind an index of the table, None where there is none."""
        model = self.model
        assert isinstance(model, LinesModel)
        return model.line(self.place_of(index)) if index.isValid() else None

    def go_to(self, code: str) -> None:
        """Have the row of a code current, wherever it stands now; "" leaves things as they are."""
        rows = self.table.model()
        for row in range(rows.rowCount() if code else 0):
            if rows.index(row, 0).data(CODE_ROLE) == code:
                self.table.setCurrentIndex(rows.index(row, 0))
                return

    @override
    def activate(self, index: QModelIndex) -> None:
        codes: Sequence[str] = index.data(CODES_ROLE) or ()
        if codes:
            self._context.show_compounds(list(codes), self.words_of(self.place_of(index)))
