"""The backups' sheet: the time line, a record then and now, and bringing an outline, a record, a part or all of it back."""

from __future__ import annotations

import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit

from app.persistence.care import verify_file
from app.services.edit.edit import remove, set_values
from app.services.keeping import backups
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from tests.ui.robots.small import box
from ui.dialogs.backups import sheet as sheet_module
from ui.dialogs.backups.models import CODE_ROLE
from ui.dialogs.backups.rules import RulesSheet
from ui.dialogs.backups.sheet import BackupsSheet


@pytest.fixture
def then(context):
    """Make a backup, then change an outline, an address and a fact of one compound, and remove another."""
    registry = context.registry
    before = registry.find("C000001")
    backups.make(registry.path)
    changed = {"geometry": box(0.2, 0.4, 0.4, 0.6), "address": "临泉路 99 号", "gate_guard": "yes"}
    set_values(registry, ["C000001"], changed)
    remove(registry, "C000003", "拆了")
    return before


@pytest.fixture
def sheet(qtbot, context, host, then):
    sheet = BackupsSheet(context, host)
    sheet.open()
    qtbot.waitUntil(lambda: sheet.changed_model.rowCount() == 2)
    return sheet


def column(table, number):
    model = table.model()
    return [str(model.index(row, number).data() or "") for row in range(model.rowCount())]


def now(context, code="C000001"):
    return context.registry.dataset.find(code)


def test_that_it_tells_what_changed_since_and_each_part_then_and_now(sheet):
    assert column(sheet.list, 3) == ["核过"]
    assert "小区 2" in sheet.since.text()
    assert column(sheet.changed, 2) == ["C000001", "C000003"]
    assert column(sheet.compare, 0)[:3] == ["边界", "地址", "门卫"]
    assert column(sheet.compare, 1)[1:3] == ["临泉路 1 号", "空"]
    assert column(sheet.compare, 2)[1] == "临泉路 99 号"
    assert column(sheet.compare, 3)[:4] == ["不同", "不同", "不同", "同"]
    assert sheet.changed.model().index(0, 0).data(CODE_ROLE) == "C000001"


def test_that_what_is_written_while_a_backup_is_read_is_compared_too(qtbot, context, host, monkeypatch):
    registry = context.registry
    backups.make(registry.path)
    compare = sheet_module.moved_since

    def slowly(then, dataset):
        found = compare(then, dataset)
        if dataset.find("C000001").get("address") != "临泉路 99 号":
            set_values(registry, ["C000001"], {"address": "临泉路 99 号"})
        return found

    monkeypatch.setattr(sheet_module, "moved_since", slowly)
    sheet = BackupsSheet(context, host)
    sheet.open()
    qtbot.waitUntil(lambda: column(sheet.changed, 2) == ["C000001"])
    assert "小区 1" in sheet.since.text()


def test_that_the_outline_alone_comes_back_as_one_change_that_is_taken_back(qtbot, context, sheet, then):
    later = now(context)
    qtbot.keyClick(sheet.compare, Qt.Key.Key_B)
    qtbot.waitUntil(lambda: now(context).geometry == then.geometry)
    assert now(context).get("address") == "临泉路 99 号"
    assert [change.verb for change in context.registry.history(limit=1)] == ["restore"]
    qtbot.waitUntil(lambda: column(sheet.compare, 0)[:2] == ["地址", "门卫"])
    assert not sheet.restore_outline.isEnabled()
    context.undo()
    qtbot.waitUntil(lambda: now(context).geometry == later.geometry)
    qtbot.waitUntil(sheet.restore_outline.isEnabled)


def test_that_one_part_comes_back(qtbot, context, sheet):
    assert not sheet.restore_field.isEnabled()
    sheet.compare.selectRow(1)
    sheet.restore_field.click()
    qtbot.waitUntil(lambda: now(context).get("address") == "临泉路 1 号")
    assert context.registry.dataset.facts("C000001").keys() == {"gate_guard"}
    qtbot.waitUntil(lambda: "地址" not in column(sheet.compare, 0)[:2])


def test_that_a_removed_record_is_stepped_to_and_comes_back(qtbot, context, sheet):
    qtbot.keyClick(sheet.changed, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: "C000003" in sheet.named.text())
    assert "现在没有这一条" in sheet.named.text()
    assert not sheet.restore_outline.isEnabled()
    qtbot.keyClick(sheet.changed, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: now(context, "C000003") is not None)
    qtbot.waitUntil(lambda: column(sheet.changed, 2) == ["C000001"])


def test_that_a_record_is_found_by_name_and_a_wrong_name_is_said(qtbot, sheet):
    box_ = the(QLineEdit, "backups.record", inside=sheet)
    box_.setText("三塘")
    qtbot.keyClick(box_, Qt.Key.Key_Return)
    assert "C000005" in sheet.named.text()
    assert not sheet.restore_record.isEnabled()
    box_.setText("没有的名字")
    qtbot.keyClick(box_, Qt.Key.Key_Return)
    assert "没有的名字" in sheet.error.text()


def test_that_z_shows_the_outline_of_then_alone_while_it_is_held(qtbot, sheet):
    both = sheet.outlines.grab().toImage()
    qtbot.keyPress(sheet.list, Qt.Key.Key_Z)
    alone = sheet.outlines.grab().toImage()
    qtbot.keyRelease(sheet.list, Qt.Key.Key_Z)
    assert alone != both
    assert sheet.outlines.grab().toImage() == both


def test_that_all_of_it_is_written_as_a_new_file_and_the_present_one_stays(
    qtbot, context, sheet, then, tmp_path
):
    target = tmp_path / "当时.gpkg"
    sheet.path.setText(str(target))
    raw = context.registry.last_step
    with qtbot.waitSignal(sheet.opened) as heard:
        sheet.commit.click()
    assert heard.args == [target]
    assert context.registry.last_step == raw
    again = Registry.open(target)
    assert shapely.equals(again.find("C000001").geometry, then.geometry)
    again.close()
    sheet.commit.click()
    qtbot.waitUntil(lambda: "已经在了" in sheet._fields["path"][1].text())


def test_that_one_is_made_by_hand_and_read_back_again(qtbot, context, sheet):
    sheet.now.click()
    qtbot.waitUntil(lambda: column(sheet.list, 1) == ["手动", "手动"])
    qtbot.waitUntil(lambda: sheet.list.currentIndex().row() == 0 and "和现在一样" in sheet.since.text())
    newest = backups.newest(context.registry.path)
    newest.path.write_bytes(newest.path.read_bytes()[:-4096])
    sheet.verify.click()
    qtbot.waitUntil(lambda: column(sheet.list, 3) == ["打不开", "核过"])
    assert verify_file(context.registry.path) == []


def test_that_without_a_backup_it_says_so(qtbot, context, host):
    sheet = BackupsSheet(context, host)
    sheet.open()
    qtbot.waitUntil(lambda: "还没有备份" in sheet.total.text())
    assert not sheet.commit.isEnabled()
    assert not sheet.restore_record.isEnabled()


def test_that_the_rules_are_remembered_and_a_folder_that_is_not_there_is_refused(context, host, tmp_path):
    sheet = RulesSheet(context, host)
    sheet.open()
    sheet.folder.setText(str(tmp_path / "没有"))
    sheet.commit.click()
    assert backups.rules_kept().folder is None
    sheet.folder.setText(str(tmp_path))
    sheet.on.setCurrentIndex(1)
    sheet.most.setValue(700)
    sheet.commit.click()
    assert backups.rules_kept() == backups.Rules(folder=tmp_path, is_on=False, most_bytes=700 << 20)


def test_that_every_column_of_the_list_is_in_sight(sheet):
    QApplication.processEvents()
    assert sheet.list.horizontalScrollBar().maximum() == 0
    assert sheet.list.columnWidth(0) >= sheet.list.sizeHintForColumn(0)
