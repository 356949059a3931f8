"""Two desks change the same record: the window writes over nothing that its user has not seen, and asks field by field."""

from __future__ import annotations

from contextlib import closing

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView, QToolButton, QWidget
from shapely import affinity

from app.services.edit import edit
from app.services.registry.registry import Registry
from app.text import Text
from tests.ui.robots.find import the
from tests.ui.robots.listing import ListingRobot, settled

C1, C2 = "C000001", "C000002"
SAID = Text("改了", "Changed")
SHEET = ListingRobot("conflict", "conflicts")
part, rows = SHEET.part, SHEET.rows


@pytest.fixture
def theirs(window, registry_path):
    """The same registry at another desk."""
    with closing(Registry.open(registry_path, by="李娜")) as registry:
        yield registry


def value(window, code, field):
    return window.window.context.record(code).get(field)


def heard(window, code, field, wanted):
    """Wait until the window has heard of what the other desk wrote."""
    window.window.files.heard.emit()
    window.until(lambda: value(window, code, field) == wanted)
    settled(window)


def typing(window, code, field, text):
    """Begin to type into a field of the inspector, and stay in it."""
    window.pick(code)
    button = the(QToolButton, "inspector.edit", inside=window.window)
    if not button.isChecked():
        button.click()
    window.type_into(f"field.{field}", text)
    return the(QLineEdit, f"field.{field}", inside=window.window)


def asked(window, code=C1, field="address", text="我的路 1 号", other="他们的路 2 号", theirs=None):
    """Have both desks change one field, and wait for the panel."""
    box = typing(window, code, field, text)
    edit.set_values(theirs, [code], {field: other})
    QTest.keyClick(box, Qt.Key.Key_Return)
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") != [])
    heard(window, code, field, other)
    return part(window, QTableView, "conflicts")


@pytest.mark.parametrize("has_heard", [False, True])
def test_that_what_another_desk_wrote_while_a_field_was_typed_is_not_written_over(window, theirs, has_heard):
    box = typing(window, C1, "address", "我的路 1 号")
    edit.set_values(theirs, [C1], {"address": "他们的路 2 号", "households": "555"})
    if has_heard:
        heard(window, C1, "address", "他们的路 2 号")
        assert box.text() == "我的路 1 号"
    QTest.keyClick(box, Qt.Key.Key_Return)
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") != [])
    heard(window, C1, "address", "他们的路 2 号")
    assert window.focus() == "conflict.conflicts"
    ((record, field, before, mine, other, who, choice),) = rows(window)
    assert (record, field) == ("大关东一苑", "地址")
    assert (before, mine, other, choice) == ("临泉路 1 号", "我的路 1 号", "他们的路 2 号", "没定")
    assert who.startswith("李娜 今天")
    part(window, QPushButton, "commit").click()
    assert the(QLabel, "conflict.error", inside=window.window).isVisible(), "nothing is chosen beforehand"
    QTest.keyClick(part(window, QTableView, "conflicts"), Qt.Key.Key_2)
    assert rows(window)[0][-1] == "我方"
    QTest.keyClick(
        part(window, QTableView, "conflicts"), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier
    )
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") == [])
    settled(window)
    assert (value(window, C1, "address"), value(window, C1, "households")) == ("我的路 1 号", 555)
    window.action("edit.undo").trigger()
    window.until(lambda: value(window, C1, "address") == "他们的路 2 号")
    assert value(window, C1, "households") == 555


def test_that_one_may_change_ones_own_mind_quickly_and_other_fields_merge(window, theirs):
    window.pick(C1)
    context, registry = window.window.context, window.window.context.registry
    for text in ("一", "二", "三"):  # before the window has shown the one before

        def job(_ticket, text=text):
            return edit.set_values(registry, [C1], {"address": text})

        context.edit(job, SAID)
    window.until(lambda: value(window, C1, "address") == "三")
    edit.set_values(theirs, [C1], {"households": "555"})
    box = typing(window, C1, "address", "四")
    QTest.keyClick(box, Qt.Key.Key_Return)
    window.until(lambda: value(window, C1, "address") == "四")
    settled(window)
    assert value(window, C1, "households") == 555
    assert window.window.findChildren(QWidget, "conflict.dialog") == []


def test_that_a_cell_of_the_table_and_an_answer_are_asked_too(window, theirs):
    table = window.table
    column = [
        table.model().headerData(c, Qt.Orientation.Horizontal) for c in range(table.model().columnCount())
    ]
    window.pick(C2)
    place = column.index("户")
    table.setCurrentIndex(table.model().index(window.codes().index(C2), place))
    table.write_in("7")
    edit.set_values(theirs, [C2], {"households": "8"})
    heard(window, C2, "households", 8)
    table.finish()
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") != [])
    assert [row[1:5] for row in rows(window)] == [["户数", "101", "7", "8"]]
    refused = the(QWidget, "table.refused", inside=window.window)
    assert refused.isHidden(), "it is asked in one place"
    part(window, QPushButton, "theirs").click()
    part(window, QPushButton, "commit").click()
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") == [])
    settled(window)
    assert value(window, C2, "households") == 8


def test_that_a_field_says_what_was_chosen_and_no_longer_that_it_waits(window, theirs):
    asked(window, theirs=theirs)
    part(window, QPushButton, "theirs").click()
    part(window, QPushButton, "commit").click()
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") == [])
    settled(window)
    assert the(QLineEdit, "field.address", inside=window.window).text() == "他们的路 2 号"
    assert not the(QLabel, "field.address.error", inside=window.window).isVisible()


def test_that_what_is_put_off_waits_over_the_windows_end_with_what_was_chosen(
    window, theirs, open_window, registry_path
):
    table = asked(window, theirs=theirs)
    QTest.keyClick(table, Qt.Key.Key_1)
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert window.window.findChildren(QWidget, "conflict.dialog") == []
    assert "1 项和别人改的不一样" in the(QLabel, "map.banner.text", inside=window.window).text()
    window.window.close()
    again = open_window(registry_path).wait_for_registry()
    again.until(lambda: "1 项和别人改的不一样" in the(QLabel, "map.banner.text", inside=again.window).text())
    again.action("conflict.open").trigger()
    assert [row[3:5] + row[6:] for row in rows(again)] == [["我的路 1 号", "他们的路 2 号", "原来"]]
    edit.set_values(theirs, [C1], {"address": "第三种"})
    heard(again, C1, "address", "第三种")
    again.until(lambda: rows(again)[0][4] == "第三种")
    assert rows(again)[0][6] == "没定", "a choice does not outlive its sides"
    part(again, QPushButton, "all_mine").click()
    part(again, QPushButton, "commit").click()
    again.until(lambda: value(again, C1, "address") == "我的路 1 号")
    settled(again)
    assert again.window.context.settings.conflicts(str(registry_path)) == []


def test_that_a_record_taken_out_elsewhere_is_asked_and_a_sheet_decides_on_what_it_showed(window, theirs):
    window.pick(C2)
    window.action("record.remove").trigger()
    window.type_into("remove.why", "登错了")
    edit.set_values(theirs, [C2], {"name": "新名"})
    heard(window, C2, "name", "新名")
    the(QPushButton, "remove.commit", inside=window.window).click()
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") != [])
    assert [row[1:5] for row in rows(window)] == [["整条记录", "在册", "删掉", "留着，改过"]]
    assert not part(window, QPushButton, "base").isEnabled()
    assert window.window.findChildren(QWidget, "remove.dialog") == []
    part(window, QPushButton, "mine").click()
    part(window, QPushButton, "commit").click()
    window.until(lambda: window.window.context.record(C2) is None)
    settled(window)


def test_that_outlines_lie_over_the_map_each_in_its_own_tone(window, theirs):
    context = window.window.context
    registry, shape = context.registry, context.record(C1).geometry
    seen = context.shown
    edit.set_values(theirs, [C1], {"geometry": affinity.translate(shape, 0.0002)})
    settled(window)
    shown = []
    context.sketch_asked.connect(shown.append)
    context.edit(
        lambda _t: edit.set_values(registry, [C1], {"geometry": affinity.translate(shape, -0.0002)}),
        SAID,
        seen=seen,
    )
    window.until(lambda: window.window.findChildren(QWidget, "conflict.dialog") != [])
    window.until(lambda: shown != [] and shown[-1] is not None)
    assert [(one.tone, one.is_proposed) for one in shown[-1]] == [
        ("base", True),
        ("mine", False),
        ("theirs", True),
    ]
    assert "最多移 19 米" in rows(window)[0][3]
    part(window, QPushButton, "later").click()
    assert shown[-1] is None
