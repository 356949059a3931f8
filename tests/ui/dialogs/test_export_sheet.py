"""The export sheet: one file or one for each unit, with the question of the screen, told in words before and after."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel

from tests.ui.robots.find import the
from ui.dialogs.export_file import ExportDialog
from ui.map.export import FORMATS


@pytest.fixture
def sheet(context, host):
    """Return what opens the sheet anew."""

    def opened():
        dialog = ExportDialog(context, host, formats=FORMATS)
        dialog.open()
        return dialog

    return opened


def choose(host, name, value):
    box = the(QComboBox, f"export.{name}", inside=host)
    assert box.findData(value) >= 0
    box.setCurrentIndex(box.findData(value))


def test_that_one_file_for_each_street_is_written_in_the_ticked_formats_and_remembered(
    qtbot, context, host, sheet, tmp_path
):
    dialog = sheet()
    assert dialog.path.selectedText() == dialog.path.text() != ""
    choose(host, "each", "street")
    assert dialog.path.text().endswith("-street")
    assert not the(QComboBox, "export.format", inside=host).isVisible()
    for name in ("html", "csv", "kml"):
        the(QCheckBox, f"export.formats.{name}", inside=host).setChecked(name != "html")
    dialog.path.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(dialog.exported) as written:
        dialog.commit.click()
    assert [file.path.name for file in written.args[0].files] == [
        "340102003-长淮街道.csv", "340102003-长淮街道.kml",
    ]  # fmt: skip
    said = the(QLabel, "export.result", inside=host).text()
    assert "2 份" in said
    assert "小区：代码、名称" in said
    assert "compound." not in said
    assert context.registry.history()[0].verb == "export"
    dialog.close()
    again = sheet()
    assert again.each.currentData() == "street"
    assert [name for name, box in again.ticks.items() if box.isChecked()] == ["csv", "kml"]
    again.path.setText(str(tmp_path / "out"))
    again.commit.click()
    qtbot.waitUntil(again.error.isVisible)
    assert "换掉同名的文件" in again.error.text()


def test_that_the_sheet_asks_what_the_screen_asks(qtbot, context, host, sheet, tmp_path):
    context.ask(measure="property", by="community", weight="households", kind="old", count="split")
    context.set_place("340102003")
    dialog = sheet()
    given = dialog.question.given()
    assert {name: given[name] for name in ("measure", "by", "weight", "kind", "count", "unit")} == {
        "measure": "property", "by": "community", "weight": "households", "kind": "old", "count": "split",
        "unit": "340102003",
    }  # fmt: skip
    choose(host, "format", "csv")
    dialog.path.setText(str(tmp_path / "a.csv"))
    with qtbot.waitSignal(dialog.exported):
        dialog.commit.click()
    text = (tmp_path / "a.csv").read_text("utf-8-sig")
    query = context.question.query(context.as_of)
    (row,) = context.registry.engine.coverage(query).rows
    assert f'"{row.unit}","{row.name}",{row.figures.covered:g}' in text.replace(".0,", ",")
    assert "按面积分摊" in text


def test_that_what_cannot_leave_is_said_before_and_not_offered(context, host, sheet):
    context.ask(measure="not_three_no", by="grid")
    dialog = sheet()
    assert dialog.commit.isEnabled()
    choose(host, "audience", "public")
    hint = the(QLabel, "export.hint", inside=host)
    assert (dialog.commit.isEnabled(), hint.isVisible()) == (False, True)
    assert "公众版" in hint.text()
    choose(host, "by", "street")
    assert (dialog.commit.isEnabled(), hint.isVisible()) == (True, False)


def test_that_the_day_compared_with_goes_along_or_the_sheet_says_that_it_does_not(context, host, sheet):
    context.ask(against=date(2025, 12, 31))
    dialog = sheet()
    assert dialog.question.given()["days"] == (date(2025, 12, 31),)
    choose(host, "format", "csv")
    assert "2025-12-31" in the(QLabel, "export.hint", inside=host).text()
    choose(host, "format", "html")
    assert not the(QLabel, "export.hint", inside=host).isVisible()


def test_that_a_workbook_takes_the_ledgers_along_when_they_are_ticked(qtbot, host, sheet, tmp_path):
    dialog = sheet()
    box = the(QCheckBox, "export.ledgers", inside=host)
    assert not box.isVisible()  # a page has none
    choose(host, "format", "xlsx")
    assert box.isVisible()
    fields = {}
    for is_asked in (False, True):
        box.setChecked(is_asked)
        dialog.path.setText(str(tmp_path / f"{is_asked}.xlsx"))
        with qtbot.waitSignal(dialog.exported) as written:
            dialog.commit.click()
        fields[is_asked] = written.args[0].fields_left
        qtbot.waitUntil(dialog.commit.isEnabled)
    assert "compound.name" in fields[True]
    assert not any(field.startswith("compound.") for field in fields[False])
