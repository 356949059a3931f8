"""Cases and the three lists in the window: dialogs by keyboard, tables, filters, counts that lead to places."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from app.domain.period import today
from app.services.edit import edit
from app.services.mediation.cases import close_case, open_case, state_on
from app.services.mediation.lists import note_entry
from tests.ui.robots.find import the
from tests.ui.robots.small import COMMUNITY
from tests.ui.robots.topics import tell, topic
from ui.widgets.coverage_cell import CODE_ROLE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def registry_of(window):
    return window.window.context.registry


def entries(window):
    return registry_of(window).dataset.of("entries")


def rows(view):
    model = view.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def pick_row(view, code):
    model = view.model()
    row = next(n for n in range(model.rowCount()) if model.index(n, 0).data(CODE_ROLE) == code)
    view.setFocus()
    view.setCurrentIndex(model.index(row, 0))


@pytest.mark.story
@pytest.mark.system(4)
def test_that_a_case_is_opened_handed_up_and_closed_with_the_keyboard_alone(window):
    window.pick("C000001")
    window.canvas.setFocus()
    window.press("j")
    window.until(lambda: window.focus() == "case.category")
    QTest.keyClicks(window.window.focusWidget(), "noise")
    window.press("Enter")
    window.until(lambda: len(registry_of(window).dataset.of("cases")) == 1)
    (case,) = registry_of(window).dataset.of("cases").values()
    assert [case.get(f) for f in ("compound", "level", "category", "state", "opened")] == [
        "C000001", "compound", "noise", "opened", today(),
    ]  # fmt: skip
    found = topic(window, "mediation")
    table = window.view("mediation.table")
    pick_row(table, case.code)
    the(QPushButton, "mediation.step", inside=found.bar).click()
    box = the(QComboBox, "case_step.step", inside=window.window)
    assert [box.itemData(n) for n in range(3)] == ["accepted", "escalated", "negotiated"]
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Down)
    QTest.keyClick(box, Qt.Key.Key_Return)
    window.until(lambda: registry_of(window).dataset.find(case.code).text("level") == "community")
    window.until(lambda: not found.is_asking and table.model().index(0, 4).data() == "上交")
    assert window.window.context.current.code == "C000001", "the map stays where it was"


def test_that_a_step_before_the_last_is_refused_under_its_field(window):
    tell(window, lambda r: open_case(r, {"compound": "C000001"}))
    found = topic(window, "mediation")
    pick_row(window.view("mediation.table"), "M000001")
    the(QPushButton, "mediation.step", inside=found.bar).click()
    window.type_into("case_step.on", "2020-01-01")
    window.press("Enter")
    error = the(QLabel, "case_step.on.error", inside=window.window)
    window.until(error.isVisible)
    assert "早于" in error.text()
    window.type_into("case_step.on", "2020-13-01")
    window.press("Enter")
    assert "13 月" in error.text()
    assert state_on(registry_of(window).dataset.find("M000001"), today()) == "opened"


def test_that_a_closed_case_offers_no_step_and_neither_does_a_day_of_the_past(window):
    tell(window, lambda r: open_case(r, {"compound": "C000001", "opened": "2026-01-01"}))
    found = topic(window, "mediation")
    step = the(QPushButton, "mediation.step", inside=found.bar)
    pick_row(window.view("mediation.table"), "M000001")
    assert step.isEnabled()
    tell(window, lambda r: close_case(r, "M000001"))
    window.until(lambda: not found.is_asking)
    pick_row(window.view("mediation.table"), "M000001")
    assert not step.isEnabled()


@pytest.mark.system(4)
def test_that_cases_are_filtered_counted_and_each_count_leads_to_its_places(window):
    def write(registry):
        for compound, category in (("C000001", "漏水"), ("C000002", "停车"), ("C000002", "漏水")):
            open_case(registry, {"compound": compound, "category": category, "opened": "2026-01-05"})
        open_case(registry, {"community": COMMUNITY, "level": "street", "opened": "2026-01-06"})
        return close_case(registry, "M000002", on=today())

    tell(window, write)
    found = topic(window, "mediation")
    table = window.view("mediation.table")
    assert [row[0] for row in rows(table)] == ["M000004", "M000003", "M000002", "M000001"]
    state = window.box("mediation.state")
    state.setCurrentIndex(state.findData("open"))
    window.until(lambda: table.model().rowCount() == 3)
    assert window.label("mediation.summary").startswith("3 件，未办结 3 件")
    level = window.box("mediation.level")
    level.setCurrentIndex(level.findData("street"))
    window.until(lambda: [row[0] for row in rows(table)] == ["M000004"])
    level.setCurrentIndex(0)
    state.setCurrentIndex(0)
    view = window.box("mediation.view")
    view.setCurrentIndex(view.findData("units"))
    by = window.box("mediation.by")
    by.setCurrentIndex(by.findData("grid"))
    window.until(lambda: not found.is_asking and table.model().rowCount() == 4)
    names = [
        table.model().headerData(c, Qt.Orientation.Horizontal) for c in range(table.model().columnCount())
    ]
    assert names[:3] == ["网格", "合计", "未办结"]
    assert [row[1] for row in rows(table)][-1] == "4"
    spot = table.model().index(0, names.index("办结"))
    assert spot.data() == "1"
    table.clicked.emit(spot)
    window.until(lambda: window.selected() == ["C000002"])
    view.setCurrentIndex(view.findData("categories"))
    window.until(
        lambda: (
            [row[0] for row in rows(table)] == ["漏水", "停车", "未写类别", "合计"]
            or [row[0] for row in rows(table)] == ["漏水", "未写类别", "停车", "合计"]
        )
    )


@pytest.mark.system(4)
def test_that_mediators_stand_by_category_and_level_and_what_nobody_counted_is_a_dash(window):
    tell(window, lambda r: edit.set_values(r, ["C000001"], {"mediators_volunteers": "5"}))
    topic(window, "mediation")
    view = window.box("mediation.view")
    view.setCurrentIndex(view.findData("mediators"))
    table = window.view("mediation.table")
    window.until(lambda: table.model().rowCount() == 16)
    said = {row[0]: row[1:] for row in rows(table)}
    assert said["党员志愿者"] == ["5", "—", "—", "5"]
    assert said["社区法律顾问"] == ["—"] * 4
    assert window.label("mediation.summary").startswith("16 类，已填 1 类，共 5 人")


@pytest.mark.story
@pytest.mark.system(11)
def test_that_the_three_lists_stand_side_by_side_and_a_project_is_matched_and_done(window):
    window.pick("C000001")
    window.canvas.setFocus()
    window.press("q")
    window.until(lambda: window.focus() == "entry.text")
    window.type_into("entry.text", "加装电梯")
    window.press("Enter")
    window.until(lambda: len(entries(window)) == 1)
    tell(window, lambda r: note_entry(r, {"community": COMMUNITY, "list": "projects", "text": "电梯加装"}))
    found = topic(window, "lists")
    needs, projects = window.view("lists.needs"), window.view("lists.projects")
    assert [row[0] for row in rows(needs)] == ["加装电梯"]
    assert needs.model().index(0, 2).data() == "大关东一苑"
    pick_row(needs, "N000001")
    pick_row(projects, "N000002")
    the(QPushButton, "lists.match", inside=found.bar).click()
    assert window.box("entry_step.need").currentData() == "N000001"
    the(QPushButton, "entry_step.commit", inside=window.window).click()
    window.until(lambda: entries(window)["N000001"].text("state") == "matched")
    window.until(lambda: not found.is_asking and projects.model().index(0, 3).data() == "加装电梯")
    assert needs.model().index(0, 3).data() == "N000002"
    assert "已对接 1" in window.label("lists.needs.summary")
    pick_row(projects, "N000002")
    the(QPushButton, "lists.done", inside=found.bar).click()
    the(QPushButton, "entry_step.commit", inside=window.window).click()
    window.until(lambda: {e.text("state") for e in entries(window).values()} == {"done"})
    state = window.box("lists.state")
    state.setCurrentIndex(state.findData("open"))
    window.until(lambda: not found.is_asking and not needs.model().rowCount())


def test_that_a_private_number_in_an_entry_is_refused_under_its_field(window):
    window.pick("C000001")
    window.action("entry.note").trigger()
    window.type_into("entry.text", "请联系 13800138000")
    window.press("Enter")
    error = the(QLabel, "entry.text.error", inside=window.window)
    window.until(error.isVisible)
    assert "手机号" in error.text()
    assert not entries(window)
    assert the(QLineEdit, "entry.text", inside=window.window).text() == "请联系 13800138000"


def test_that_without_an_open_need_there_is_nothing_to_match(window):
    found = topic(window, "lists")
    hint = the(QLabel, "lists.hint", inside=window.window)
    assert hint.isVisible()
    tell(window, lambda r: note_entry(r, {"compound": "C000001", "list": "resources", "text": "活动室"}))
    window.until(lambda: not hint.isVisible())
    pick_row(window.view("lists.resources"), "N000001")
    the(QPushButton, "lists.match", inside=found.bar).click()
    assert the(QLabel, "entry_step.no_need", inside=window.window).isVisible()
    assert not the(QPushButton, "entry_step.commit", inside=window.window).isEnabled()


@pytest.mark.system(4)
def test_that_the_inspector_lists_a_compound_s_cases_as_of_the_day_with_their_next_step(window):
    def write(registry):
        open_case(registry, {"compound": "C000001", "category": "漏水", "opened": "2026-01-05"})
        note_entry(registry, {"compound": "C000001", "list": "needs", "text": "加装电梯"})
        return close_case(registry, "M000002", on=today())

    tell(window, lambda r: open_case(r, {"compound": "C000001", "category": "停车"}), write)
    window.pick("C000001")
    inspector = window.window.inspector
    window.until(lambda: bool(inspector.findChildren(QPushButton, "inspector.step.M000001")))
    assert not inspector.findChildren(QPushButton, "inspector.step.M000002"), "it is closed"
    chips = the(QWidget, "inspector.cases.M000002", inside=inspector)
    assert chips.words() == ["小区", "办结", "2026-01-05"]
    the(QPushButton, "inspector.step.N000001", inside=inspector).click()
    the(QPushButton, "entry_step.commit", inside=window.window).click()
    window.until(lambda: entries(window)["N000001"].text("state") == "done")
    the(QPushButton, "inspector.case.open", inside=inspector).click()
    assert the(QWidget, "case.dialog", inside=window.window).isVisible()
    window.press("Esc")
    window.window.context.set_as_of(date(2026, 2, 1))
    window.until(lambda: the(QWidget, "inspector.cases.M000002", inside=inspector).words()[1] == "受理")
