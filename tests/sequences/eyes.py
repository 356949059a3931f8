"""What must be so after every step, read off the window itself and compared with the registry's own answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtWidgets import QTableView, QTreeView, QWidget

from app.coverage.measures import measure_words
from tests.ui.robots.find import the
from ui import words
from ui.panels.coverage.model import Column

if TYPE_CHECKING:
    from ui.main_window import MainWindow

CODE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
FOOTERS = {"unplaced", "total"}
_EVERYWHERE = QModelIndex()


def differences(window: MainWindow) -> list[str]:
    """Return what the window shows otherwise than the registry says, in words; empty where all agrees."""
    context = window.context
    if context.registry is None:
        return []
    stale = _stale(window)
    return stale or [
        *_coverage(window),
        *_compounds(window),
        *_places(window),
        *_inspector(window),
    ]


def _stale(window: MainWindow) -> list[str]:
    context = window.context
    assert context.registry is not None
    figured, question = context.figured, context.question
    engine = context.registry.engine
    if (figured.question, figured.as_of) != (question, context.as_of):
        return ["the figures answer another question"]
    return [
        f"the figures by {level} are not those of the registry"
        for level, coverage in figured.coverages.items()
        if coverage != engine.coverage(question.query(context.as_of, level))
    ]


def shown_rows(view: QTableView) -> list[int]:
    """Return the rows of a table that can be seen by scrolling."""
    return [
        row for row in range(view.model().rowCount()) if not view.isRowHidden(row) and view.rowHeight(row) > 0
    ]


def _code(model: QAbstractItemModel, row: int) -> str:
    return str(model.index(row, 0).data(CODE_ROLE))


def _coverage(window: MainWindow) -> list[str]:
    context = window.context
    coverage = context.figured.coverages[context.question.by]
    view = the(QTableView, "coverage.table", inside=window)
    model = view.model()
    seen = [_code(model, row) for row in shown_rows(view)]
    units = {row.unit for row in coverage.rows}
    wrong = []
    if sorted(code for code in seen if code not in FOOTERS) != sorted(units):
        wrong.append(f"coverage.table shows {seen}, in force are {sorted(units)}")
    for name in FOOTERS:
        footer = the(QTableView, f"coverage.{name}", inside=window)
        if [_code(footer.model(), row) for row in shown_rows(footer)] != [name]:
            wrong.append(f"coverage.{name} is not one row")
    for part in ("covered", "uncovered", "unknown", "total"):
        whole = sum(getattr(row.figures, part) for row in coverage.rows) + getattr(
            coverage.unplaced.figures, part
        )
        total = getattr(coverage.total.figures, part)
        if abs(whole - total) > 1e-9 * max(1.0, abs(total)):
            wrong.append(f"{part}: rows and unplaced are {whole}, the total is {total}")
    return wrong + _printed_sums(window, view)


def _printed_sums(window: MainWindow, view: QTableView) -> list[str]:
    """What is printed adds up too, where whole things are counted."""
    context = window.context
    coverage = context.figured.coverages[context.question.by]
    if coverage.query.count != "whole" or coverage.weight not in {"compounds", "households", "residents"}:
        return []
    model = view.model()
    wrong = []
    for column in (Column.COVERED, Column.UNCOVERED, Column.UNKNOWN, Column.TOTAL):
        rows = [row for row in shown_rows(view) if _code(model, row) not in FOOTERS]
        parts = sum(_number(model.index(row, column).data()) for row in rows)
        footers = [
            the(QTableView, f"coverage.{name}", inside=window).model() for name in ("unplaced", "total")
        ]
        unplaced, total = (_number(footer.index(0, column).data()) for footer in footers)
        if parts + unplaced != total:
            wrong.append(f"printed in column {column.name}: {parts} and {unplaced} are not {total}")
    return wrong


def _number(text: Any) -> int:
    digits = re.sub(r"[^\d]", "", str(text or ""))
    return int(digits) if digits else 0


def _compounds(window: MainWindow) -> list[str]:
    context = window.context
    assert context.registry is not None
    view = the(QTableView, "table.compounds", inside=window)
    model = view.model()
    codes = [_code(model, row) for row in range(model.rowCount())]
    wrong = []
    if len(shown_rows(view)) != model.rowCount():
        wrong.append("table.compounds hides rows of its model")
    if len(set(codes)) != len(codes):
        wrong.append(f"table.compounds shows a row twice: {codes}")
    in_force = {r.code for r in context.registry.dataset.in_force("compounds", context.as_of)}
    if not set(codes) <= in_force:
        wrong.append(f"table.compounds shows {sorted(set(codes) - in_force)}, which are not in force")
    is_filtered = window.table.filter.text() or window.table.show_all.isVisibleTo(window.table)
    if not is_filtered and set(codes) != in_force:
        wrong.append(f"table.compounds lacks {sorted(in_force - set(codes))}")
    name = measure_words(context.registry.profile, context.question.measure).in_(context.lang)
    headers = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    if name in headers:
        column = headers.index(name)
        for row, code in enumerate(codes):
            said = words.STATUS[context.status(code)].in_(context.lang)
            if model.index(row, column).data() != said:
                wrong.append(
                    f"table.compounds says {model.index(row, column).data()} of {code}, which is {said}"
                )
    elif model.columnCount():
        wrong.append(f"table.compounds has no column {name}: {headers}")
    return wrong


def _places(window: MainWindow) -> list[str]:
    context = window.context
    view = the(QTreeView, "places.tree", inside=window)
    figures = {
        row.unit: row.figures for coverage in context.figured.coverages.values() for row in coverage.rows
    }
    wrong = []
    waiting = [_EVERYWHERE]
    while waiting:
        above = waiting.pop()
        for row in range(view.model().rowCount(above)):
            index = view.model().index(row, 0, above)
            waiting.append(index)
            known = figures.get(index.data(CODE_ROLE))
            said = str(index.data(Qt.ItemDataRole.AccessibleTextRole))
            counts = re.split(r"[：:]", said, maxsplit=1)
            if known is None or len(counts) < 2:
                continue
            numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", counts[1])]
            if numbers[:3] != [int(f"{n:.0f}") for n in (known.covered, known.uncovered, known.unknown)]:
                wrong.append(f"places.tree says {said!r}, the figures are {known}")
    return wrong


def _inspector(window: MainWindow) -> list[str]:
    context = window.context
    record = context.current
    if record is None or len(context.selection) != 1 or record.kind != "compounds":
        return []
    if not window.inspector.isVisibleTo(window):
        return []
    chips = the(QWidget, "inspector.chips", inside=window).accessibleName()
    status = context.status(record.code)
    if status == "left_out":
        return []
    assert context.registry is not None
    name = measure_words(context.registry.profile, context.question.measure)
    said = words.STATUS[status]
    expected = f"{name.zh.removesuffix('覆盖')}{said.zh}" if context.lang == "zh" else f"{name.en}: {said.en}"
    return [] if expected in chips else [f"the inspector says {chips!r} of {record.code}, not {expected!r}"]
