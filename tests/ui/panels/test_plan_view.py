"""The least work of the row at hand: in words, act by act, with other plans; every name leads to its polygon."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.coverage.gaps import gap_of
from tests.ui.robots.panel_context import opened_context
from tests.ui.robots.walker import cut_texts, overlaps
from ui.panels.coverage.gaps import GapsPanel
from ui.panels.coverage.plan import TOTAL, PlanView
from ui.panels.coverage.plan_model import ROW_ROLE, Column


@pytest.fixture
def context(qtbot, registry_path, settings_file):
    yield from opened_context(registry_path, settings_file)


@pytest.fixture
def panel(qtbot, context):
    panel = GapsPanel(context)
    qtbot.addWidget(panel)
    panel.resize(560, 700)
    panel.show()
    qtbot.waitUntil(lambda: panel.plan.gap is not None, timeout=30_000)
    return panel


def planned(panel):
    return panel.plan.gap.plan


def rows_of(panel):
    model = panel.plan.table.model()
    return [model.index(row, 0).data(ROW_ROLE) for row in range(model.rowCount())]


def test_that_all_together_is_shown_first_and_a_unit_when_the_hand_is_on_it(qtbot, panel, context):
    coverage = context.figured.coverages[context.question.by]
    whole = gap_of(context.registry.engine, coverage.query, None, context.target)
    assert planned(panel) == whole.plan
    assert [row.code for row in rows_of(panel)] == [chosen.act.on for chosen in whole.plan.acts]
    assert str(whole.plan.cost) in panel.plan.headline.text()
    panel.table.setCurrentIndex(panel.table.model().index(0, 0))
    unit = panel.table.model().line(0).unit
    own = gap_of(context.registry.engine, coverage.query, unit, context.target)
    qtbot.waitUntil(lambda: panel.plan.gap is not None and panel.plan.gap.row.unit == unit, timeout=30_000)
    assert planned(panel) == own.plan
    context.set_target(0)
    qtbot.waitUntil(lambda: panel.plan.gap is not None and not planned(panel).acts, timeout=30_000)
    assert panel.plan.headline.text() == "已达标"
    assert not panel.plan.table.isVisible()


def test_that_an_act_leads_to_whom_it_covers_and_acts_are_handed_on_as_codes(panel, context):
    rows, asked = rows_of(panel), []
    panel.assign_asked.connect(asked.append)
    panel.plan.tasks.click()
    table = panel.plan.table
    table.selectRow(0)
    spot = table.visualRect(table.model().index(0, Column.WHO)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert context.selection == [rows[0].code]
    panel.plan.tasks.click()
    assert asked == [[row.code for row in rows], [rows[0].code]]


def test_that_another_plan_can_be_looked_at(panel):
    plan = planned(panel)
    assert panel.plan.choice.count() == 1 + len(plan.alternatives)
    for place, other in enumerate((plan, *plan.alternatives)):
        panel.plan.choice.setCurrentIndex(place)
        assert [row.code for row in rows_of(panel)] == [chosen.act.on for chosen in other.acts]


def test_that_a_plan_is_sought_when_the_view_is_open_and_that_of_somebody_else_is_taken(
    qtbot, panel, context
):
    coverage = context.figured.coverages[context.question.by]
    view = PlanView(context)
    qtbot.addWidget(view)
    view.section.set_open(False)
    view.show()
    view.show_unit(coverage, TOTAL)
    assert view.gap is None
    view.section.set_open(True)
    qtbot.waitUntil(lambda: view.gap is not None, timeout=30_000)
    assert view.gap.plan == planned(panel)
    view.show_unit(coverage, coverage.rows[0].unit, "", panel.plan.gap)
    assert view.gap is panel.plan.gap
    view.show_unit(None, None)
    assert view.gap is None


def test_that_the_plan_stands_folded_where_the_rows_need_the_room_until_somebody_opens_it(
    qtbot, panel, context
):
    head = panel.plan.section.header
    assert head.isChecked(), "two rows leave it room"
    panel.resize(520, 559)
    assert not head.isChecked()
    assert panel.head.summary.isVisible()
    QTest.mouseClick(head, Qt.MouseButton.LeftButton)
    for size in ((520, 559), (440, 421)):
        panel.resize(*size)
        qtbot.waitUntil(lambda: panel.plan.table.isVisible() and panel.plan.gap is not None, timeout=30_000)
        QApplication.processEvents()
        assert cut_texts(panel) + overlaps(panel) == []
        assert panel.table.viewport().height() >= 26
    for tall in (339, 700):
        panel.resize(520, tall)
        assert panel.plan.isVisible() == (tall == 700)
    assert head.isChecked()
    assert panel.head.summary.isVisible()
    QTest.mouseClick(head, Qt.MouseButton.LeftButton)
    other = GapsPanel(context)
    qtbot.addWidget(other)
    other.resize(520, 900)
    other.show()
    assert not other.plan.section.header.isChecked(), "as it was chosen"
