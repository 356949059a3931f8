"""The coverage panel and what stands beside it: footers, sorting, weights, reasons, gaps."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QTableView

from app.coverage.results import Coverage, Figures, Query, Row
from app.services.edit import edit
from app.text import Text
from tests.ui.robots.find import the
from tests.ui.robots.panel_context import opened_context
from ui import theme
from ui.models.missing import missing_to
from ui.panels.coverage.coverage import CoveragePanel
from ui.panels.coverage.gaps import Column as GapsColumn
from ui.panels.coverage.gaps import GapsPanel
from ui.panels.coverage.model import FOOTERS, Column, CoverageTableModel, FooterModel
from ui.panels.coverage.strip import Strip
from ui.panels.inspector.inspector import InspectorPanel
from ui.shell.layout.tabs import TABS
from ui.widgets.coverage_cell import CODE_ROLE, Bar, short_words


def figures(covered, uncovered, unknown):
    return Figures(covered=covered, uncovered=uncovered, unknown=unknown)


def row(unit, *counts):
    return Row(unit=unit, name=f"格{unit}", figures=figures(*counts))


def coverage(*rows):
    return Coverage(
        query=Query(measure="party", by="grid", as_of=date(2026, 1, 1)),
        weight="compounds",
        subject="compound",
        profile="yaohai@3",
        crs="EPSG:4548",
        rule=None,
        base_unknown=0,
        rows=rows,
        unplaced=row("", 0, 1, 0),
        unplaced_codes=("C9",),
        total=row("", 3, 3, 2),
    )


@pytest.fixture
def model(qapp):
    model = CoverageTableModel("zh")
    model.show_coverage(coverage(row("1", 1, 0, 2), row("2", 2, 2, 0)), lambda r: r.name)
    return model


@pytest.fixture
def context(qtbot, registry_path, settings_file):
    yield from opened_context(registry_path, settings_file)


@pytest.fixture
def panel(qtbot, context):
    panel = CoveragePanel(context)
    qtbot.addWidget(panel)
    panel.resize(1200, 330)
    panel.show()
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 2)
    return panel


def codes(model):
    return [model.index(n, 0).data(CODE_ROLE) for n in range(model.rowCount())]


@pytest.mark.parametrize("order", list(Qt.SortOrder))
@pytest.mark.parametrize("column", list(Column))
def test_that_every_unit_is_a_row_however_the_table_is_sorted(model, column, order):
    model.sort(column, order)
    assert sorted(codes(model)) == ["1", "2"]


def test_that_a_chosen_unit_stays_chosen_when_the_table_is_sorted(model):
    held = QPersistentModelIndex(model.index(0, 0))
    assert held.data(CODE_ROLE) == "1"
    model.sort(Column.UNIT, Qt.SortOrder.DescendingOrder)
    assert (held.row(), held.data(CODE_ROLE)) == (1, "1")


def test_that_rates_sort_by_number_and_not_as_text(model):
    model.sort(Column.RATE, Qt.SortOrder.DescendingOrder)
    assert codes(model) == ["1", "2"]


def test_that_a_rate_of_which_less_than_half_is_known_says_so(model):
    assert model.index(0, Column.RATE).data() == "已知 1/3"
    assert model.index(0, Column.RANGE).data() == "33–100%"
    assert model.index(1, Column.RATE).data() == "50.0%"
    assert model.index(1, Column.RANGE).data() == "已查清"


@pytest.mark.parametrize("unit", FOOTERS)
def test_that_a_footer_shows_its_one_row(qapp, unit):
    footer = FooterModel("zh", unit)
    assert codes(footer) == []
    footer.show_coverage(coverage(row("1", 1, 0, 2)))
    assert codes(footer) == [unit]


def test_that_unknown_never_helps_to_reach_a_target():
    assert missing_to(figures(8, 1, 1), 0.9) == 1
    assert missing_to(figures(9, 0, 1), 0.9) == 0
    assert missing_to(figures(0.5, 0.0, 0.5), 1.0) == pytest.approx(0.5)


def test_that_a_click_on_a_count_selects_exactly_those_compounds(qtbot, panel, context):
    view = the(QTableView, "coverage.total", inside=panel)
    spot = view.visualRect(view.model().index(0, Column.COVERED)).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.waitUntil(lambda: context.selection == ["C000005"])
    shown = the(QTableView, "explain.covered", inside=panel).model()
    assert [shown.index(0, c).data() for c in (0, 2, 3)] == ["三塘人家", "在期", "A000002"]
    assert the(QLabel, "explain.definition", inside=panel).text().startswith("有在期党组织")


def test_that_amounts_of_money_are_shown_whole_with_their_unit(qtbot, panel, context):
    gaps = GapsPanel(context)
    qtbot.addWidget(gaps)
    gaps.resize(500, 400)
    gaps.show()
    strip = Strip(context, TABS)
    qtbot.addWidget(strip)
    registry = context.registry
    fees = {"fees_due_yuan": 5_301_000, "fees_collected_yuan": 3_309_057}
    context.edit(
        lambda _ticket: edit.set_values(registry, ["C000001"], fees, why="台账"), Text("收缴", "Fees")
    )
    context.ask(measure="fees_collected")
    total = the(QTableView, "coverage.total", inside=panel)
    qtbot.waitUntil(lambda: total.model().index(0, Column.COVERED).data() == "3,309,057")
    face = QFontMetrics(theme.font(13, bold=True))
    for column in (Column.COVERED, Column.TOTAL):
        needed = face.horizontalAdvance(str(total.model().index(0, column).data()))
        assert total.columnWidth(column) >= needed + 8
        assert panel.table.columnWidth(column) == total.columnWidth(column)
    table = gaps.table
    for column in range(1, table.model().columnCount()):
        if column != GapsColumn.RANGE and not table.isColumnHidden(column):
            assert table.columnWidth(column) >= table.sizeHintForColumn(column), column
    assert "5,301,000 元" in gaps.summary.text()
    strip.show_figure()
    assert strip.figure.text().startswith("3,309,057/5,301,000 元 · 62.4%")
    weight = the(QComboBox, "coverage.weight", inside=panel)
    assert weight.currentText() == "按金额或数量（元）"


def test_that_long_numbers_leave_a_place_its_name():
    assert short_words(Bar(48, 10, 2)) == "48/58"
    assert short_words(Bar(3_309_057, 1_991_943, 0)) == "62.4%"
    assert short_words(Bar(0, 0, 0)) == "—"
    assert short_words(Bar(0, 0, 45)) == "?/45"


def test_that_enter_on_a_count_does_what_a_click_does(qtbot, panel, context):
    view = the(QTableView, "coverage.total", inside=panel)
    view.setCurrentIndex(view.model().index(0, Column.TOTAL))
    QTest.keyClick(view, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(context.selection) == 5)


def test_that_weights_follow_the_measure(panel, context):
    weight = the(QComboBox, "coverage.weight", inside=panel)
    measure = the(QComboBox, "coverage.measure", inside=panel)
    assert weight.count() == 4
    measure.setCurrentIndex(measure.findData("platform"))
    assert [weight.itemData(n) for n in range(weight.count())] == ["households"]
    assert context.question.weight is None


def test_that_a_comparison_shows_the_figures_of_the_other_day(qtbot, panel, context):
    box = the(QComboBox, "coverage.against", inside=panel)
    box.setEditText("2020-01-01")
    box.lineEdit().editingFinished.emit()
    qtbot.waitUntil(lambda: panel.coverage.query.against == date(2020, 1, 1))
    assert not panel.table.isColumnHidden(Column.BEFORE)
    total = the(QTableView, "coverage.total", inside=panel)
    assert not total.isColumnHidden(Column.BEFORE)
    assert total.model().index(0, Column.BEFORE).data() == "100.0% ±0"


def test_that_a_day_that_is_none_is_said_and_asks_nothing(panel, context):
    box = the(QComboBox, "coverage.against", inside=panel)
    box.setEditText("2020-13-01")
    box.lineEdit().editingFinished.emit()
    assert the(QLabel, "coverage.error", inside=panel).text() == "没有 13 月。写成 2020-11-01？"
    assert context.question.against is None


def test_that_figures_follow_an_edit(qtbot, panel, context):
    registry = context.registry
    context.edit(lambda _t: edit.attach(registry, "O000001", ["C000001"]), lambda _c: None)
    total = the(QTableView, "coverage.total", inside=panel)
    qtbot.waitUntil(lambda: total.model().index(0, Column.COVERED).data() == "2")


def test_that_a_gap_leads_to_what_is_not_covered(qtbot, context):
    gaps = GapsPanel(context)
    qtbot.addWidget(gaps)
    gaps.show()
    table = the(QTableView, "gaps.table", inside=gaps)
    qtbot.waitUntil(lambda: table.model().rowCount() == 2)
    missing = [table.model().index(n, 1).data() for n in range(2)]
    assert missing == sorted(missing, reverse=True), "the largest gap comes first"
    table.clicked.emit(table.model().index(0, 0))
    qtbot.waitUntil(lambda: bool(context.selection))
    assert "C000005" not in context.selection


def test_that_the_inspector_shows_path_links_and_no_sections_that_make_no_sense(qtbot, context):
    inspector = InspectorPanel(context)
    qtbot.addWidget(inspector)
    inspector.resize(372, 900)
    inspector.show()
    with qtbot.waitSignal(inspector.filled):
        context.select(["C000005"])
    assert the(QLabel, "inspector.title", inside=inspector).text() == "三塘人家"
    assert "长淮街道" in the(QLabel, "inspector.path", inside=inspector).text()
    assert the(QLabel, "three_no.status", inside=inspector).text() == "判定：不是三无"
    with qtbot.waitSignal(inspector.filled):
        context.select(["340102003001001"])
    assert not inspector.page.three_no.isVisible()
    assert inspector.page.organisations.isVisible()


def test_that_names_from_the_data_are_never_read_as_markup(qtbot, context):
    registry = context.registry
    edit.set_values(registry, ["340102003"], {"name": "<b>街</b>"})
    inspector = InspectorPanel(context)
    qtbot.addWidget(inspector)
    with qtbot.waitSignal(inspector.filled):
        context.select(["C000001"])
    assert "<b>街" in the(QLabel, "inspector.path", inside=inspector).text()


def test_that_what_is_wrong_with_a_field_is_said_under_it(qtbot, context):
    inspector = InspectorPanel(context)
    qtbot.addWidget(inspector)
    inspector.show()
    context.select(["C000001"])
    inspector.open_fields()
    qtbot.waitUntil(lambda: not context.tasks.is_busy)  # what comes late fills the page once more
    box = the(QLineEdit, "field.built_year", inside=inspector)
    box.setText("很久以前")
    box.editingFinished.emit()
    error = the(QLabel, "field.built_year.error", inside=inspector)
    qtbot.waitUntil(error.isVisible)
    assert "不是数字" in error.text()
