"""A format more in the list is offered by the dialog, the picker, the publish mode, the help of the verb and README."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel

from app.domain.leaving.format import Format
from app.text import Text
from scripts.verbs_doc import with_lists
from tests.ui.robots.find import the
from ui.cli.run import run
from ui.dialogs.export_file import ExportDialog
from ui.map.export import FORMATS
from ui.panels.publish import PublishPanel


@pytest.fixture
def atlas():
    """The list of formats with one more: a file that holds the names of its layers."""
    return FORMATS.with_(
        Format(
            name="svg",
            words=Text("图册（PDF）", "Atlas (PDF)"),
            ending=".svg",
            layers=("street", "compound"),
            write=lambda path, leaving, _ticket: path.write_text(" ".join(leaving.layers), "utf-8"),
            fields_in=lambda path, _leaving: {f"{name}.code" for name in path.read_text("utf-8").split()},
        )
    )


def test_that_the_dialog_offers_every_format_of_the_list_and_writes_the_one_chosen(
    qtbot, context, host, atlas, tmp_path
):
    dialog = ExportDialog(context, host, formats=atlas)
    dialog.show()
    chosen = the(QComboBox, "export.format", inside=host)
    assert [chosen.itemText(n) for n in range(chosen.count())] == [each.words.zh for each in atlas]
    dialog.path.setText(str(tmp_path / "a.html"))
    chosen.setCurrentIndex(chosen.findData("svg"))
    assert dialog.path.text() == str(tmp_path / "a.svg")
    with qtbot.waitSignal(dialog.exported) as written:
        dialog.commit.click()
    assert written.args[0].fields_left == ("compound.code", "street.code")
    assert (tmp_path / "a.svg").read_text("utf-8").split() == ["street", "compound"]


def test_that_the_publish_mode_names_every_format_of_the_list(context, host, atlas):
    panel = PublishPanel(context, {"registry.export": QAction(host)}, lambda: atlas, host)
    panel.show()
    said = [label.text() for label in panel.findChildren(QLabel)]
    assert " · ".join(each.words.zh for each in atlas) in said


def test_that_help_refusal_and_readme_name_every_format_of_the_list(
    monkeypatch, atlas, registry_path, capsys
):
    monkeypatch.setattr("ui.map.export.FORMATS", atlas)
    assert run(["export", "--help"]) == 0
    assert (
        "OUT(.html|.pdf|.xlsx|.csv|.gpkg|.geojson.zip|.geojson|.shp.zip|.parquet|.kml|.png|.svg)"
        in "".join(capsys.readouterr().out.split())
    )
    assert run(["export", str(registry_path), str(registry_path.with_name("a.bmp"))]) == 2
    refused = capsys.readouterr().err
    assert [each.name for each in atlas if each.ending not in refused] == []
    assert run(["export", str(registry_path), str(registry_path.with_name("a.svg"))]) == 0
    monkeypatch.setattr("scripts.verbs_doc.FORMATS", atlas)
    made = with_lists("| 命令 | 做什么 |\n| --- | --- |\n\n| verb | does |\n| --- | --- |\n\n")
    assert "图册（PDF）" in made
    assert "Atlas (PDF)" in made
