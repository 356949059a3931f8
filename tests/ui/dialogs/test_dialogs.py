"""The sheets, each alone: what they propose, what they refuse, what they write."""

from __future__ import annotations

import shapely
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableView,
    QWidget,
)

from app.domain.period import today
from tests.ui.robots.find import the
from ui.dialogs.adoption.adopt import AdoptDialog
from ui.dialogs.adoption.firm_credit import CreditDialog
from ui.dialogs.attach.attach import AttachDialog
from ui.dialogs.attach.candidates import matching, organisation_candidates
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.dialogs.edit.draw import CompoundDialog, StationDialog
from ui.dialogs.export_file import ExportDialog
from ui.dialogs.mediation.case import CaseDialog
from ui.dialogs.registry_files import NewDialog, OpenDialog
from ui.map.export import FORMATS


def shown(dialog):
    dialog.open()
    return dialog


def enter(widget):
    QTest.keyClick(widget, Qt.Key.Key_Return)


def test_that_no_sheet_is_modal_or_a_window_of_its_own(context, host):
    for dialog in (
        AttachDialog(context, "organisations", ["C000001"], host),
        ImportDialog(context, host),
        ExportDialog(context, host, formats=FORMATS),
        OpenDialog(context, host),
        NewDialog(context, host),
    ):
        shown(dialog)
        assert not dialog.isModal()
        assert not dialog.isWindow()
        assert host.rect().contains(dialog.geometry().center())
        dialog.reject()


def test_that_tab_goes_from_the_last_field_to_the_buttons(context, host):
    host.activateWindow()
    for dialog in (
        AttachDialog(context, "organisations", ["C000001"], host),
        NewDialog(context, host),
        CaseDialog(context, "C000001", host),
        CreditDialog(context, "F000001", host),
    ):
        shown(dialog)
        list(dialog._fields.values())[-1][0].setFocus()
        walked = []
        for _ in range(3):
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
            walked.append(QApplication.focusWidget().objectName())
        assert walked.index(f"{dialog.name}.cancel") == walked.index(f"{dialog.name}.commit") + 1, walked
        dialog.reject()


def test_that_a_closed_sheet_gives_the_focus_back_and_is_gone(context, host):
    box = QLineEdit(host)
    box.show()
    host.activateWindow()
    box.setFocus()
    dialog = shown(OpenDialog(context, host))
    QTest.keyClick(the(QLineEdit, "open.path", inside=host), Qt.Key.Key_Escape)
    assert host.findChildren(QWidget, "open.dialog") == []
    assert box.hasFocus()
    assert not dialog.isVisible()


def test_that_the_own_grid_s_branch_is_offered_first(context):
    registry = context.registry
    target = registry.dataset.find("C000001")
    derived = registry.engine.derived("C000001", today())
    found = organisation_candidates(
        registry.dataset, registry.profile, registry.zone, target, derived, today()
    )
    assert [c.code for c in found] == ["O000001", "O000002"]
    assert found[0].note.zh.startswith("本网格")
    assert [c.code for c in matching(found, "stRJ")] == ["O000002"]
    assert [c.code for c in matching(found, "O000002")] == ["O000002"]
    assert matching(found, "zzz") == []


def test_that_enter_before_the_choices_are_found_still_attaches(qtbot, context, host):
    dialog = shown(AttachDialog(context, "organisations", ["C000001"], host))
    enter(dialog.box)
    qtbot.waitUntil(lambda: bool(context.registry.dataset.attachments_to("C000001")))


def test_that_initials_that_nothing_has_are_said(qtbot, context, host):
    dialog = shown(AttachDialog(context, "organisations", ["C000001"], host))
    qtbot.waitUntil(lambda: the(QListWidget, "attach.list", inside=host).count() == 3)
    QTest.keyClicks(dialog.box, "qqqq")
    enter(dialog.box)
    assert "qqqq" in the(QLabel, "attach.what.error", inside=host).text()
    assert context.registry.dataset.attachments_to("C000001") == ()


def test_that_a_second_attachment_of_the_same_pair_is_refused_in_the_sheet(qtbot, context, host):
    dialog = shown(AttachDialog(context, "organisations", ["C000005"], host))
    qtbot.waitUntil(lambda: the(QListWidget, "attach.list", inside=host).count() == 3)
    QTest.keyClicks(dialog.box, "O000002")
    enter(dialog.box)
    error = the(QLabel, "attach.from.error", inside=host)
    qtbot.waitUntil(error.isVisible)
    assert "重叠" in error.text()


def test_that_an_engagement_takes_its_stage(qtbot, context, host):
    shown(AttachDialog(context, "firms", ["C000001"], host))
    stage = the(QComboBox, "attach.role", inside=host)
    stage.setCurrentIndex(stage.findData("trusteeship"))
    the(QPushButton, "attach.commit", inside=host).click()
    qtbot.waitUntil(lambda: bool(context.registry.dataset.engagements_with("C000001")))
    assert context.registry.dataset.engagements_with("C000001")[0].text("stage") == "trusteeship"


def test_that_a_drawn_outline_that_crosses_itself_is_refused_in_the_sheet(qtbot, context, host):
    bow = shapely.Polygon([(117.3, 31.8), (117.31, 31.81), (117.31, 31.8), (117.3, 31.81)])
    dialog = shown(CompoundDialog(context, bow, host))
    before = len(context.registry.dataset.of("compounds"))
    dialog.commit.click()
    qtbot.waitUntil(dialog.error.isVisible)
    assert len(context.registry.dataset.of("compounds")) == before


def test_that_a_station_needs_a_name(context, host):
    dialog = shown(StationDialog(context, 117.301, 31.861, host))
    dialog.commit.click()
    assert the(QLabel, "station.name.error", inside=host).isVisible()


def test_that_a_path_without_a_file_is_said_under_it(context, host, tmp_path):
    dialog = shown(OpenDialog(context, host))
    dialog.path.setText(str(tmp_path / "none.gpkg"))
    enter(dialog.path)
    assert "没有文件" in the(QLabel, "open.path.error", inside=host).text()


def test_that_a_file_that_is_no_registry_stays_closed_and_is_said(qtbot, context, host, tmp_path):
    stranger = tmp_path / "stranger.gpkg"
    stranger.write_bytes(b"")
    dialog = shown(OpenDialog(context, host))
    dialog.path.setText(str(stranger))
    dialog.commit.click()
    qtbot.waitUntil(lambda: the(QLabel, "open.path.error", inside=host).isVisible())
    assert dialog.commit.isEnabled()


def test_that_a_new_registry_is_handed_over_open(qtbot, context, host, tmp_path):
    dialog = shown(NewDialog(context, host))
    dialog.path.setText(str(tmp_path / "new"))
    the(QLineEdit, "new.name", inside=host).setText("试一试")
    with qtbot.waitSignal(dialog.opened) as opened:
        dialog.commit.click()
    registry = opened.args[0]
    assert registry.path == tmp_path / "new.gpkg"
    assert registry.info.name == "试一试"
    registry.close()


def test_that_a_taken_path_is_never_overwritten(qtbot, context, host, tmp_path):
    taken = tmp_path / "taken.gpkg"
    taken.write_bytes(b"mine")
    dialog = shown(NewDialog(context, host))
    dialog.path.setText(str(taken))
    dialog.commit.click()
    qtbot.waitUntil(lambda: the(QLabel, "new.path.error", inside=host).isVisible())
    assert taken.read_bytes() == b"mine"


def test_that_a_column_can_be_given_another_meaning(qtbot, context, host, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("code,多少户\nC000001,55\n", encoding="utf-8")
    dialog = shown(ImportDialog(context, host))
    dialog.path.setText(str(roster))
    enter(dialog.path)
    mapping = the(QTableView, "import.mapping", inside=host)
    qtbot.waitUntil(lambda: mapping.model().rowCount() == 2)
    box = the(QComboBox, "import.mapping.1", inside=host)
    box.setCurrentIndex(box.findData("residents"))
    plan = the(QTableView, "import.plan", inside=host)
    qtbot.waitUntil(lambda: "人口 — → 55" in str(plan.model().index(0, 4).data()))


def test_that_reading_can_be_stopped(qtbot, context, host, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("code,households\nC000001,55\n", encoding="utf-8")
    dialog = shown(ImportDialog(context, host))
    dialog.path.setText(str(roster))
    enter(dialog.path)
    the(QPushButton, "import.stop", inside=host).click()
    qtbot.waitUntil(lambda: not context.tasks.is_busy)
    assert the(QTableView, "import.plan", inside=host).model().rowCount() == 0
    assert not the(QPushButton, "import.stop", inside=host).isVisible()


def test_that_refused_rows_can_be_left_and_the_rest_taken(qtbot, context, host, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("code,households\nC000001,55\nC000002,many\n", encoding="utf-8")
    dialog = shown(ImportDialog(context, host))
    dialog.path.setText(str(roster))
    enter(dialog.path)
    problems = the(QTableView, "import.problems", inside=host)
    qtbot.waitUntil(lambda: problems.model().rowCount() == 1)
    assert not dialog.commit.isEnabled()
    the(QCheckBox, "import.partial", inside=host).click()
    dialog.commit.click()
    qtbot.waitUntil(lambda: context.registry.dataset.find("C000001").get("households") == 55)


def test_that_the_format_follows_the_path_and_the_path_the_format(context, host, tmp_path):
    dialog = shown(ExportDialog(context, host, formats=FORMATS))
    chosen = the(QComboBox, "export.format", inside=host)
    dialog.path.setText(str(tmp_path / "a.xlsx"))
    dialog.path.editingFinished.emit()
    assert chosen.currentData() == "xlsx"
    chosen.setCurrentIndex(chosen.findData("csv"))
    assert dialog.path.text().endswith("a.csv")


def test_that_an_export_onto_the_registry_itself_is_refused(qtbot, context, host):
    dialog = shown(ExportDialog(context, host, formats=FORMATS))
    dialog.path.setText(str(context.registry.path))
    dialog.commit.click()
    qtbot.waitUntil(dialog.error.isVisible)
    assert "不能导出到台账自己" in dialog.error.text()


def test_that_no_label_stands_without_its_field(context, host):
    context.select(["C000001"], "test")
    adopt = shown(AdoptDialog(context, "C000001", host))
    for dialog in (
        shown(AttachDialog(context, "organisations", ["C000001"], host)),
        shown(AttachDialog(context, "firms", ["C000001"], host)),
        adopt,
    ):
        for step in range(adopt.step.count()) if dialog is adopt else (0,):
            if dialog is adopt:
                adopt.step.setCurrentIndex(step)
            rows = [
                (dialog.form.itemAtPosition(row, 0), dialog.form.itemAtPosition(row, 1))
                for row in range(dialog.form.rowCount())
            ]
            pairs = [
                (label.widget(), field.layout().itemAt(0).widget())
                for label, field in rows
                if label and field
            ]
            assert len(pairs) > 2
            assert not [label.text() for label, field in pairs if label.isHidden() is not field.isHidden()]
