"""The panel of change: the figures of the command, each part to its subjects, each unit to its change, keys for all of it."""

from __future__ import annotations

import shutil
from datetime import date

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView

from app.coverage.change.rows import coverage_apart
from app.services.snapshots import comparing, snapshots
from tests.ui.robots.find import the
from tests.ui.robots.panel_context import opened_context
from ui.bridge.comparing import half_years
from ui.panels.change.ladder import COLUMNS
from ui.panels.change.panel import ChangePanel
from ui.widgets.coverage_cell import CODE_ROLE

BEFORE, NOW = date(2026, 1, 1), date(2026, 11, 30)


@pytest.fixture(scope="module")
def copied(yaohai_sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("change") / "y.gpkg"
    shutil.copyfile(yaohai_sample, path)
    return path


@pytest.fixture
def context(qtbot, copied, settings_file):
    yield from opened_context(copied, settings_file)


@pytest.fixture
def panel(qtbot, context):
    panel = ChangePanel(context)
    qtbot.addWidget(panel)
    panel.resize(476, 900)
    panel.show()
    return panel


@pytest.fixture
def compared(qtbot, context, panel):
    """Return the panel with the change by street since January."""
    context.set_as_of(NOW)
    context.ask(by="street", against=BEFORE)
    change = context.comparing
    qtbot.waitUntil(lambda: change.change is not None and change.change.query.by == "street", timeout=30_000)
    return panel


def text(panel, name):
    return the(QLabel, name, inside=panel).text()


MEASURES = (
    "party",
    "firms_with_party",
    "five_haves",
    "station:grid_post:500",
)  # answers of every class: a fact of
# compounds, of other subjects, of several facts together, and of distances


def test_that_the_panel_shows_what_the_command_says_of_every_class_of_measure(panel, context):
    panel.hide()
    engine = context.registry.engine
    seen = set()
    for measure in MEASURES:
        context.question = type(context.question)(measure=measure, by="street", against=BEFORE)
        change = coverage_apart(engine, context.question.query(NOW))
        context.comparing.change = change
        context.comparing.taken.emit()
        said = change.as_json("zh")
        first, *parts, last = panel.chart.rungs
        assert [
            {"part": rung.part, **dict(zip(COLUMNS, rung.moves, strict=True)), "codes": list(rung.codes)}
            for rung in parts
        ] == [{key: part[key] for key in ("part", *COLUMNS, "codes")} for part in said["total"]["parts"]]
        assert list(first.starts) == [said["total"]["before"][name] for name in COLUMNS]
        assert list(last.starts) == [said["total"][name] for name in COLUMNS]
        assert list((parts or [first])[-1].ends) == pytest.approx(list(last.starts))
        for each in panel.units.units:
            row = next(row for row in said["rows"] if row["unit"] == each.unit)
            for figures, told in ((each.before, row["before"]), (each.now, row)):
                assert (figures.rate, figures.low, figures.high) == (told["rate"], told["low"], told["high"])
        seen |= {rung.part for rung in parts}
    assert "settled_no" in seen


def test_that_the_head_says_why_the_rate_fell_and_that_nothing_was_lost(compared):
    assert text(compared, "compare.rate") == "92.6% → 78.0%"
    assert text(compared, "compare.lowest") == "69.1% → 69.1%"
    said = text(compared, "compare.sentence")
    assert "查清为无 78" in said
    assert "失去覆盖 0" in said


def test_that_enter_on_a_part_lists_and_selects_exactly_those(qtbot, compared, context):
    chart = compared.chart
    assert [row.key for row in chart.rows] == ["", "settled_no", ""]
    chart.setFocus()
    QTest.keyClick(chart, Qt.Key.Key_Down)
    assert chart.accessibleDescription().startswith("查清为无, 78: 未覆盖 +78, 未知 −78")
    QTest.keyClick(chart, Qt.Key.Key_Return)
    codes = sorted(context.comparing.change.total.parts[0].codes)
    assert sorted(context.selection) == codes
    table = the(QTableView, "compare.subjects", inside=compared)
    qtbot.waitUntil(table.isVisible, timeout=30_000)
    model = table.model()
    assert sorted(model.index(row, 0).data(CODE_ROLE) for row in range(model.rowCount())) == codes
    assert {model.index(row, 1).data() for row in range(78)} == {"未知 · 未调查"}
    assert text(compared, "compare.who") == "查清为无 · 78 个"
    table.setCurrentIndex(model.index(3, 0))
    table.activated.emit(model.index(3, 0))
    assert context.selection == [model.index(3, 0).data(CODE_ROLE)]


def test_that_a_click_on_a_unit_takes_its_change_apart_and_the_button_goes_back(qtbot, compared, context):
    units = compared.units
    place = next(n for n, row in enumerate(units.rows) if row.key == "340102011")
    qtbot.mouseClick(units, Qt.MouseButton.LeftButton, pos=QPoint(60, 24 + 26 * place + 13))
    assert context.selection == ["340102011"]
    assert "长淮街道" in text(compared, "compare.title")
    row = next(row for row in context.comparing.change.rows if row.unit == "340102011")
    assert text(compared, "compare.rate") == f"{row.before.rate:.1%} → {row.figures.rate:.1%}"
    assert [rung.part for rung in compared.chart.rungs[1:-1]] == [part.part for part in row.parts]
    the(QPushButton, "compare.total", inside=compared).click()
    assert text(compared, "compare.rate") == "92.6% → 78.0%"


def test_that_every_row_of_every_chart_can_be_reached_and_says_what_it_draws(qtbot, compared, context):
    qtbot.waitUntil(lambda: bool(context.comparing.trend), timeout=30_000)
    for chart in (compared.chart, compared.units, compared.course, compared.multiples):
        assert chart.accessibleName()
        assert chart.focusPolicy() == Qt.FocusPolicy.StrongFocus
        QTest.keyClick(chart, Qt.Key.Key_Home)
        for row in chart.rows:
            assert chart.accessibleDescription().startswith(row.said)
            QTest.keyClick(chart, Qt.Key.Key_Down)


def test_that_the_course_is_the_figures_of_half_years_and_leads_to_one_of_them(qtbot, compared, context):
    qtbot.waitUntil(lambda: bool(context.comparing.trend), timeout=30_000)
    engine = context.registry.engine
    for day, coverage in zip(half_years(NOW), context.comparing.trend, strict=True):
        asked = type(context.question)(by="street").query(day)
        assert coverage.as_json("zh") == engine.coverage(asked).as_json("zh")
    assert [day for day, _ in compared.course.days] == [str(day) for day in half_years(NOW)]
    compared.course.chosen.emit("2025-12-31")
    assert context.question.against == date(2025, 12, 31)


def test_that_the_days_are_asked_and_shown(qtbot, compared, context):
    first, last = (the(QLineEdit, f"compare.{name}", inside=compared) for name in ("from", "to"))
    assert (first.text(), last.text()) == ("2026-01-01", "2026-11-30")
    first.setText("2025-06-30")
    first.returnPressed.emit()
    assert context.question.against == date(2025, 6, 30)
    last.setText("2026-06-30")
    last.returnPressed.emit()
    assert context.as_of == date(2026, 6, 30)
    first.setText("")
    first.returnPressed.emit()
    assert context.question.against is None
    qtbot.waitUntil(lambda: context.comparing.change is None, timeout=30_000)
    the(QPushButton, "compare.empty_act", inside=compared).click()
    assert context.question.against == date(2025, 12, 31)


def test_that_another_question_stops_the_change_that_is_being_found(qtbot, compared, context):
    started = []
    context.tasks.started.connect(started.append)
    context.figured = type(context.figured)(context.question, NOW)
    context.figures_changed.emit()
    change = next(task for task in started if task.words is not None and "比较" in task.words.zh)
    context.ask(measure="property")
    assert change.ticket.is_cancelled
    qtbot.waitUntil(lambda: context.comparing.change.query.measure == "property", timeout=30_000)


def test_that_a_kept_table_is_compared_with_as_it_was_printed(qtbot, compared, context):
    registry = context.registry
    asked = type(context.question)(measure="property", by="community", weight="households").query(BEFORE)
    changes, kept = snapshots.keep(registry, asked, name="一月的表")
    context.announce(changes)
    usual = the(QComboBox, "compare.usual", inside=compared)
    usual.setCurrentIndex(usual.findData(kept.code))
    usual.activated.emit(usual.currentIndex())
    question = context.question
    assert (question.measure, question.by, question.weight) == ("property", "community", "households")
    qtbot.waitUntil(lambda: context.comparing.change.query.measure == "property", timeout=30_000)
    change = context.comparing.change
    assert change.as_json("zh") == comparing.coverage_against(registry, kept, NOW).as_json("zh")
    assert compared.chart.rungs[0].words.zh == "一月的表"
    assert usual.currentData() == kept.code
    compared.chart.chosen.emit(compared.chart.rungs[1].part)
    table = the(QTableView, "compare.subjects", inside=compared)
    qtbot.waitUntil(table.isVisible, timeout=30_000)
    assert table.model().rowCount() == len(compared.chart.rungs[1].codes)
    context.ask(by="street")
    qtbot.waitUntil(lambda: context.comparing.change.query.by == "street", timeout=30_000)
    assert context.comparing.kept is None, "another question is none of the table's"
