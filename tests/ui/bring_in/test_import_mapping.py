"""The table of columns in the import sheet: what the user chooses there is final."""

from __future__ import annotations

from itertools import product

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QTableView

from app.exchange import reader
from tests.ui.robots.find import the
from ui.dialogs.bring_in.import_file import ImportDialog


@pytest.fixture
def opened(qtbot, context, host, tmp_path, monkeypatch):
    """Return a function that opens the sheet on a table; the file is read by the child once."""
    kept = {}
    read, listed = reader.read_source, reader.list_layers

    def read_once(path, **given):
        found = kept.get(path) or read(path, **given)
        return kept.setdefault(path, found)

    def list_once(path, ticket=None):
        found = kept.get((path,)) or listed(path, ticket)
        return kept.setdefault((path,), found)

    monkeypatch.setattr("app.services.bring_in.import_data.reader.read_source", read_once)
    monkeypatch.setattr("app.services.bring_in.import_data.reader.list_layers", list_once)

    def open_on(text, kind="compounds"):
        roster = tmp_path / "roster.csv"
        roster.write_text(text, encoding="utf-8")
        dialog = ImportDialog(context, host, kind=kind)
        dialog._soon.setInterval(0)
        dialog.open()
        dialog.path.setText(str(roster))
        QTest.keyClick(dialog.path, Qt.Key.Key_Return)
        mapping = the(QTableView, "import.mapping", inside=host)
        qtbot.waitUntil(lambda: mapping.model().rowCount() > 0)
        qtbot.waitUntil(lambda: not context.tasks.is_busy)
        return dialog

    return open_on


def box_of(host, row):
    return the(QComboBox, f"import.mapping.{row}", inside=host)


def choose(qtbot, dialog, row, field):
    """Choose in a box and wait for what is made of it."""
    box = box_of(dialog, row)
    box.setCurrentIndex(box.findData(field))
    settle(qtbot, dialog)


def settle(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog._soon.isActive() and dialog._task is None)
    qtbot.waitUntil(lambda: not dialog.context.tasks.is_busy)


def test_that_every_box_keeps_every_choice(qtbot, context, host, opened):
    dialog = opened("区名,类型,类型,户数\n甲,多层,x,70\n乙,高层,y,80\n", kind="districts")
    fields = [box_of(host, 0).itemData(at) for at in range(box_of(host, 0).count())]
    assert {"", "name", "code", "wkt", "party_complete"} <= set(fields)
    for row, field in product(range(4), fields):
        if box_of(host, row).currentData() != field:
            choose(qtbot, dialog, row, field)
        assert box_of(host, row).currentData() == field
        others = [box_of(host, other).currentData() for other in range(4) if other != row]
        assert not field or field not in others


def test_that_not_taken_stays_not_taken_and_no_row_is_refused_for_it(qtbot, context, host, opened):
    dialog = opened("小区名称,门卫\n甲,也许\n乙,无\n")
    assert box_of(host, 1).currentData() == "gate_guard"
    assert dialog._plan.counts["refuse"] == 1
    choose(qtbot, dialog, 1, "")
    assert box_of(host, 1).currentData() == ""
    assert dialog._plan.counts["refuse"] == 0
    assert [left.column for left in dialog._plan.left_columns] == ["门卫"]


def test_that_the_column_chosen_for_a_field_wins_over_the_proposal(qtbot, context, host, opened):
    dialog = opened("小区名称,入住户数,户数\n甲,70,80\n")
    choose(qtbot, dialog, 1, "households")
    assert [box_of(host, row).currentData() for row in range(3)] == ["name", "households", ""]
    assert {c.field: c.after for c in dialog._plan.rows[0].cells}["households"] == 70


def test_that_a_column_of_persons_says_why_it_stays_closed(qtbot, context, host, opened):
    opened("小区名称,户主姓名\n甲,张某\n")
    box = box_of(host, 1)
    assert not box.isEnabled()
    assert "个人信息" in box.currentText()


def test_that_another_kind_is_proposed_for_anew(qtbot, context, host, opened):
    dialog = opened("name,address\n甲,路1号\n")
    choose(qtbot, dialog, 1, "source")
    dialog.kind.setCurrentIndex(dialog.kind.findData("stations"))
    settle(qtbot, dialog)
    assert box_of(host, 1).currentData() == "address"


def test_that_a_file_that_cant_be_planned_still_shows_its_columns(qtbot, context, host, opened):
    dialog = opened("甲,乙\n1,2\n")
    assert dialog._plan is None
    assert dialog.problem_model.rowCount() == 1
    choose(qtbot, dialog, 0, "name")
    assert dialog._plan.counts["create"] == 1


def test_that_a_question_is_answered_once_for_all_its_rows_and_otherwise_later(qtbot, context, host, opened):
    dialog = opened("小区名称,建成年份\n甲,98\n乙,98\n丙,1999\n")
    questions = the(QTableView, "import.questions", inside=host)
    assert questions.model().rowCount() == 1
    assert dialog.tabs.tabText(3).endswith("1")
    box = the(QComboBox, "import.questions.0", inside=host)
    box.setCurrentIndex(box.findData("1998"))
    qtbot.waitUntil(lambda: dialog._plan.counts["refuse"] == 0)
    qtbot.waitUntil(lambda: len(host.findChildren(QComboBox, "import.questions.0")) == 1)  # made anew
    box = the(QComboBox, "import.questions.0", inside=host)
    assert box.currentData() == "1998"
    box.setCurrentIndex(box.findData("leave"))
    qtbot.waitUntil(lambda: all(cell.field != "built_year" for cell in dialog._plan.rows[0].cells))
    assert dialog._plan.counts["create"] == 3


def test_that_a_field_that_two_columns_could_be_is_chosen_among_the_questions(qtbot, context, host, opened):
    dialog = opened("小区名称,户数,总户数\n甲,80,100\n乙,81,101\n")
    assert not dialog.commit.isEnabled()
    box = the(QComboBox, "import.questions.0", inside=host)
    box.setCurrentIndex(box.findData("总户数"))
    qtbot.waitUntil(lambda: not dialog._plan.asked_fields)
    qtbot.waitUntil(lambda: len(host.findChildren(QComboBox, "import.mapping.0")) == 1)  # made anew
    assert [box_of(host, row).currentData() for row in range(3)] == ["name", "", "households"]
    assert dialog.commit.isEnabled()


def test_that_a_bad_cell_costs_the_cell_alone_where_the_user_says_so(qtbot, context, host, opened):
    dialog = opened("小区名称,户数\n甲,好些\n乙,7\n丙,8\n")
    assert dialog._plan.counts["refuse"] == 1
    box = the(QCheckBox, "import.bad_cells", inside=host)
    assert box.isVisible()
    box.click()
    qtbot.waitUntil(lambda: dialog._plan.counts["create"] == 3)
    assert len(dialog._plan.problems) == 1


def test_that_one_value_and_a_choice_of_rows_can_be_said_in_the_window(qtbot, context, host, opened):
    dialog = opened("站点名称,用途\n甲站,开\n乙站,关\n", kind="stations")
    assert dialog._plan.counts["refuse"] == 2
    field = the(QComboBox, "import.value.field", inside=host)
    field.setCurrentIndex(field.findData("kind"))
    line = the(QLineEdit, "import.value.value", inside=host)
    line.setText("网格驿站")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog._plan.counts["create"] == 2)
    column = the(QComboBox, "import.only.column", inside=host)
    column.setCurrentIndex(column.findData("用途"))
    line = the(QLineEdit, "import.only.value", inside=host)
    line.setText("开")
    QTest.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog._plan.counts["skip"] == 1)
    assert dialog._plan.counts["create"] == 1
