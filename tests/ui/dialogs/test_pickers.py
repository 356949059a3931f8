"""The file picker offers what the sheet reads or writes, begins where the work is, and speaks the window's language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel, QPushButton

from app.services.bring_in.import_data import READABLE
from app.text import Text
from tests.ui.robots.find import the
from ui.bridge.qt_words import speak
from ui.dialogs.base.picker import make_folder_picker
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.dialogs.bring_in.profile import ProfileDialog
from ui.dialogs.bring_in.template import TemplateDialog
from ui.dialogs.export_file import ExportDialog
from ui.dialogs.registry_files import NewDialog, OpenDialog
from ui.map.export import FORMATS


def export_sheet(context, host):
    return ExportDialog(context, host, formats=FORMATS)


SHEETS = {
    OpenDialog: {".gpkg"},
    NewDialog: {".gpkg"},
    ImportDialog: set(READABLE),
    export_sheet: {each.ending for each in FORMATS},
    TemplateDialog: {".xlsx"},
    ProfileDialog: {".xlsx", ".csv", ".toml"},
}
WRITE = {NewDialog, export_sheet, TemplateDialog}


@pytest.fixture
def pick(context, host):
    """Open a sheet's picker; a path may be typed first."""

    def open_picker(make, typed=None):
        sheet = make(context, host)
        sheet.open()
        if typed is not None:
            sheet.path.setText(str(typed))
        the(QPushButton, f"{sheet.name}.pick", inside=sheet).click()
        picker = sheet.findChild(QFileDialog)
        assert picker.isVisible()
        return sheet, picker

    return open_picker


@pytest.mark.parametrize("make", SHEETS)
def test_that_the_picker_offers_what_the_sheet_takes(pick, make):
    _, picker = pick(make)
    offered = {ending for said in picker.nameFilters() for ending in re.findall(r"\*((?:\.\w+)+)", said)}
    assert offered == SHEETS[make]
    assert (picker.acceptMode() == QFileDialog.AcceptMode.AcceptSave) == (make in WRITE)
    assert any("(*)" in said for said in picker.nameFilters()) == (make not in WRITE)


@pytest.mark.parametrize("make", SHEETS)
def test_that_it_begins_at_the_path_typed_then_where_it_was_last_then_beside_the_registry(
    pick, make, context, tmp_path
):
    typed, last = tmp_path / "写", tmp_path / "上次"
    typed.mkdir()
    last.mkdir()
    sheet, picker = pick(make, "")
    assert Path(picker.directory().absolutePath()) == context.registry.path.parent
    picker.reject()
    sheet._on_picked(str(last / "a.xlsx"))
    sheet.reject()
    _, picker = pick(make, "")
    assert Path(picker.directory().absolutePath()) == last
    picker.reject()
    _, picker = pick(make, typed / "b.xlsx")
    assert Path(picker.directory().absolutePath()) == typed


def test_that_a_new_file_gets_its_ending(pick, tmp_path):
    sheet, picker = pick(NewDialog, tmp_path / "新台账")
    picker.selectFile("新台账")
    picker.accept()
    assert sheet.path.text() == str(tmp_path / "新台账.gpkg")


def test_that_the_kind_chosen_in_the_picker_gives_the_ending(pick, tmp_path):
    sheet, picker = pick(export_sheet, tmp_path / "页.html")
    assert picker.selectedNameFilter().endswith("(*.html)")
    csv = next(said for said in picker.nameFilters() if "*.csv" in said)
    picker.selectNameFilter(csv)
    picker.filterSelected.emit(csv)
    picker.selectFile("表")
    picker.accept()
    assert sheet.path.text() == str(tmp_path / "表.csv")
    assert sheet.format.currentData() == "csv"


def of_a_folder(context, host):
    return make_folder_picker(Text("选一个文件夹", "Choose a folder"), Path.home(), context.lang, host)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("make", [export_sheet, of_a_folder])
def test_that_the_picker_speaks_the_windows_language(pick, context, host, make, lang):
    speak(QApplication.instance(), lang)
    context.lang = lang
    picker = make(context, host) if make is of_a_folder else pick(make)[1]
    said = [picker.windowTitle(), *picker.nameFilters()]
    said += [label.text() for label in picker.findChildren(QLabel)]
    said += [part for b in picker.findChildren(QAbstractButton) for part in (b.text(), b.toolTip())]
    model = picker.findChildren(QFileDialog) or [picker]
    said += [
        str(model[0].labelText(label))
        for label in (
            QFileDialog.DialogLabel.LookIn,
            QFileDialog.DialogLabel.FileName,
            QFileDialog.DialogLabel.FileType,
            QFileDialog.DialogLabel.Accept,
            QFileDialog.DialogLabel.Reject,
        )
    ]
    said = [one for one in said if one and one != "…"]
    if lang == "en":
        assert not [one for one in said if re.search(r"[一-鿿]", one)]
    else:
        assert not [
            one
            for one in said
            if not re.search(r"[一-鿿]", one)
            and not one.startswith("GeoJSON (")
            and not one.startswith("GeoPackage (")
        ]
