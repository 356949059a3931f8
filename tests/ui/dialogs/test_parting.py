"""The sheets of a split and a merge: what goes where is shown, said otherwise by keys, and written as one change."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView

from app.services.lineage.told import lineage_of
from tests.app.lineage.lived_in import ACROSS_A, DAY, A, B, C, a_quarter
from tests.ui.robots.find import the
from tests.ui.robots.panel_context import opened_context
from ui.dialogs.lineage.ask import ask_merge, ask_split


@pytest.fixture(scope="session")
def kept_quarter(tmp_path_factory):
    registry = a_quarter(tmp_path_factory.mktemp("quarter"))
    registry.close()
    return registry.path.read_bytes()


@pytest.fixture
def quarter(qtbot, kept_quarter, tmp_path, settings_file):
    path = tmp_path / "q.gpkg"
    path.write_bytes(kept_quarter)
    yield from opened_context(path, settings_file)


class Hand:
    """What a hand does with a sheet."""

    def __init__(self, sheet, qtbot):
        self.sheet, self.qtbot = sheet, qtbot
        self.name = sheet.name
        self.ends = []
        sheet.finished.connect(self.ends.append)
        qtbot.waitUntil(lambda: sheet.plan is not None or bool(self.error()))

    def the(self, kind, name):
        return the(kind, f"{self.name}.{name}", inside=self.sheet)

    @property
    def table(self):
        return self.the(QTableView, "items")

    def error(self):
        label = self.the(QLabel, "error")
        return "" if label.isHidden() else label.text()

    def row(self, key):
        model = self.table.model()
        return next(row for row in range(model.rowCount()) if model.at(row).key == key)

    def take(self, key, *keys):
        self.sheet.go_to(self.row(key))
        self.table.setFocus()
        self.qtbot.waitUntil(self.table.hasFocus)
        for one in keys:
            QTest.keyClick(self.table, one)

    def where(self, key):
        return self.table.model().index(self.row(key), 2).data()

    def commit(self):
        QTest.keyClick(self.sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def commit_all(self):
        self.commit()
        if not self.ends and self.error():
            self.commit()
        self.qtbot.waitUntil(lambda: self.ends == [1] or "●" not in (self.error() or "●"))


@pytest.fixture
def hand(quarter, host, qtbot):
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)

    def open_one(ask, *given, **more):
        sheet = ask(quarter, *given, parent=host, **more)
        return Hand(sheet, qtbot)

    return open_one


def test_that_the_parts_lie_over_the_map_until_the_sheet_ends(hand, quarter):
    laid = []
    quarter.sketch_asked.connect(laid.append)
    split = hand(ask_split, A, by=ACROSS_A)
    (sketch,) = laid
    assert sketch.names == ("1", "2")
    assert sketch.shapes[0].area == pytest.approx(split.sheet.plan.targets[0].area_m2)
    split.sheet.reject()
    assert laid[1:] == [None]


def test_that_what_goes_where_is_told_with_its_counts(hand, quarter):
    split = hand(ask_split, A, by=ACROSS_A)
    parts = split.the(QTableView, "parts").model()
    assert [parts.index(row, 2).data() for row in range(2)] == ["和平苑（1）", "和平苑（2）"]
    assert split.where("B000003") == "2"
    assert split.where("households") == "200 / 100"
    sums = split.the(QLabel, "sums").text()
    plan = split.sheet.plan
    assert f"{len(plan.items)} 样" in sums
    assert f"归第 2 份 {plan.counted(1)}" in sums
    assert "要看的 2 样" in sums
    assert split.table.model().index(0, 0).data() == "●"  # what is to be looked at stands first
    split.sheet.reject()


def test_that_keys_send_things_elsewhere_and_it_is_written_as_one_change(hand, quarter):
    split = hand(ask_split, A, by=ACROSS_A)
    split.take("A000001", Qt.Key.Key_2)
    split.take("E000001", Qt.Key.Key_A)
    split.take("gate_guard", Qt.Key.Key_0)
    split.take("M000001", Qt.Key.Key_2)
    assert (split.where("A000001"), split.where("E000001"), split.where("gate_guard")) == (
        "2",
        "1、2",
        "留在原来那条",
    )
    split.the(QLineEdit, "why").setText("wei qiang")
    split.commit_all()
    dataset = quarter.registry.dataset
    first, second = quarter.selection
    assert lineage_of(dataset, A).as_json("zh")["to"] == sorted([first, second])
    assert [row.text("organisation") for row in dataset.attachments_to(second)] == ["O000001"]
    assert [len(dataset.engagements_with(code)) for code in (first, second)] == [1, 1]
    assert dataset.facts(first) == {}
    assert dataset.find("M000001").get("compound") == second
    (change,) = [one for one in quarter.registry.history() if one.verb == "split"]
    assert change.why == "wei qiang"


def test_that_what_no_source_can_say_is_asked_before_it_is_written(hand, quarter):
    split = hand(ask_split, A, by=ACROSS_A)
    split.commit()
    assert "●" in split.error()
    assert split.ends == []
    assert split.sheet.plan.asked == 2
    assert split.table.hasFocus()
    (row,) = split.table.selectionModel().selectedRows()  # though Ctrl is held
    assert row.data() == "●"
    split.sheet.reject()
    assert quarter.registry.dataset.find(A).valid_until is None


def test_that_a_number_is_typed_in_its_row(hand, quarter, qtbot):
    split = hand(ask_split, A, by=ACROSS_A)
    split.take("residents", Qt.Key.Key_Return)
    editor = (
        the(QLineEdit, "qt_edit_textBox", inside=split.table)
        if split.table.findChild(QLineEdit, "qt_edit_textBox")
        else split.table.findChild(QLineEdit)
    )
    editor.selectAll()
    QTest.keyClicks(editor, "500/?")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: split.where("residents") == "500 / ?")
    assert split.sheet.plan.asked == 1
    split.commit_all()
    assert [quarter.record(code).get("residents") for code in quarter.selection] == [500, None]


def test_that_a_part_gets_another_name(hand, quarter, qtbot):
    split = hand(ask_split, A, by=ACROSS_A)
    parts = split.the(QTableView, "parts")
    parts.setFocus()
    qtbot.waitUntil(parts.hasFocus)
    parts.selectRow(1)
    QTest.keyClick(parts, Qt.Key.Key_Return)
    editor = parts.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "dong yuan")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: parts.model().index(1, 2).data() == "dong yuan")
    split.commit_all()
    assert quarter.record(quarter.selection[1]).get("name") == "dong yuan"


def test_that_where_a_thing_can_go_is_offered_in_words(hand):
    split = hand(ask_split, A, by=ACROSS_A)
    box = split.the(QComboBox, "to")
    split.take("B000001")
    assert box.count() == 2  # a building stands somewhere
    assert box.currentText().startswith("第")  # and the box says where it goes now
    split.take("A000001")
    assert [box.itemText(n) for n in range(2, box.count())] == ["每一份", "留在原来那条"]
    box.setCurrentIndex(1)
    box.activated.emit(1)
    assert split.where("A000001") == "2"
    split.take("B000001", Qt.Key.Key_0)
    assert "要归到一份里" in split.error()
    split.sheet.reject()


def test_that_another_day_plans_anew_and_what_was_said_stays(hand, qtbot):
    split = hand(ask_split, A, by=ACROSS_A)
    split.take("A000001", Qt.Key.Key_2)
    day = split.the(QLineEdit, "on")
    day.selectAll()
    QTest.keyClicks(day, DAY.isoformat())
    QTest.keyClick(day, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: split.sheet.plan is not None and split.sheet.plan.day == DAY)
    assert split.where("A000001") == "2"
    split.sheet.reject()


def test_that_a_split_that_cannot_be_says_why_and_offers_no_button(hand, quarter):
    split = hand(ask_split, C, by=ACROSS_A)
    assert "穿过" in split.error()
    assert not split.the(QPushButton, "commit").isEnabled()
    split.sheet.reject()


def test_that_records_are_merged_into_a_new_one_or_into_one_of_them(hand, quarter, qtbot):
    merge = hand(ask_merge, [A, B])
    assert merge.where("gate_guard") == f"1 {A}"
    merge.take("gate_guard", Qt.Key.Key_2)
    assert merge.where("gate_guard") == f"2 {B}"
    box = merge.the(QComboBox, "into")
    box.setCurrentIndex(box.findData(B))
    qtbot.waitUntil(lambda: merge.sheet.plan is not None and merge.sheet.plan.into is not None)
    assert [target.code for target in merge.sheet.plan.targets] == [B]
    merge.commit_all()
    assert quarter.selection == [B]
    assert lineage_of(quarter.registry.dataset, B).as_json("zh") == {"from": [A], "to": []}


def test_that_what_lies_apart_says_so_and_a_tick_means_it(hand, qtbot):
    merge = hand(ask_merge, [A, C])
    assert "不相邻" in merge.error()
    assert "--" not in merge.error()
    merge.sheet.torn.setChecked(True)
    qtbot.waitUntil(lambda: merge.sheet.plan is not None)
    assert merge.error() == ""
    merge.sheet.reject()


def test_that_pressing_twice_writes_once(hand, quarter, qtbot):
    refused = []
    quarter.refused.connect(refused.append)
    merge = hand(ask_merge, [A, B])
    merge.commit()
    assert "●" in merge.error()
    merge.commit()
    merge.commit()
    qtbot.waitUntil(lambda: merge.ends == [1])
    qtbot.waitUntil(lambda: not quarter.tasks.is_busy)
    assert refused == []
    assert [change.verb for change in quarter.registry.history()].count("merge") == 1


def test_that_a_sheet_that_was_closed_before_it_was_planned_lays_nothing_over_the_map(quarter, host, qtbot):
    laid, refused = [], []
    quarter.sketch_asked.connect(laid.append)
    quarter.refused.connect(refused.append)
    ask_split(quarter, A, by=ACROSS_A, parent=host).reject()
    ask_split(quarter, C, by=ACROSS_A, parent=host).reject()
    qtbot.waitUntil(lambda: not quarter.tasks.is_busy)
    assert laid == refused == []
