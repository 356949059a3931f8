"""The sheets of templates, and of the profile with a city's own lists: each alone, and in the whole window."""

from __future__ import annotations

import openpyxl
import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QTableView, QWidget

from app.services.bring_in.import_data import ImportRequest, plan_import
from app.services.bring_in.profile_change import change_profile
from app.services.bring_in.template_data import write_template
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.dialogs.bring_in.profile import ProfileDialog
from ui.dialogs.bring_in.template import TemplateDialog

SCHEME = "five_haves_ten_goods"
LIFTS = (
    '\n[[facts]]\nkey = "lifts"\nof = ["compounds"]\ntype = "count"\nwords = { zh = "电梯", en = "Lifts" }\n'
)


def shown(dialog):
    dialog.open()
    return dialog


def column(table, number):
    model = table.model()
    return [str(model.index(row, number).data() or "") for row in range(model.rowCount())]


def filled_in(path):
    book = openpyxl.load_workbook(path)
    page = book.worksheets[0]
    for row in range(2, page.max_row + 1):
        page.cell(row, 4).value = f"本市项目 {row - 1}"
    book.save(path)


def test_that_a_template_is_written_and_read_back_without_a_change(qtbot, context, host, tmp_path):
    dialog = shown(TemplateDialog(context, host, kind="organisations"))
    assert dialog.path.text().endswith("-organisations.xlsx")
    dialog.kind.setCurrentIndex(dialog.kind.findData("compounds"))
    assert dialog.path.text().endswith("-compounds.xlsx")
    path = tmp_path / "t.xlsx"
    dialog.path.setText(str(path))
    dialog.commit.click()
    told = the(QLabel, "template.result", inside=host)
    qtbot.waitUntil(told.isVisible)
    assert "5 行" in told.text()
    plan = plan_import(context.registry, ImportRequest(source=path, kind="compounds"))
    assert plan.counts["same"] == len(plan.rows) == 5


def test_that_a_template_can_be_empty_or_of_one_street(qtbot, context, host, tmp_path):
    dialog = shown(TemplateDialog(context, host))
    street = the(QComboBox, "template.street", inside=host)
    street.setCurrentIndex(street.findData("340102003"))
    assert "340102003" in dialog.path.text()
    the(QComboBox, "template.filling", inside=host).setCurrentIndex(1)
    dialog.path.setText(str(tmp_path / "t.xlsx"))
    dialog.commit.click()
    told = the(QLabel, "template.result", inside=host)
    qtbot.waitUntil(told.isVisible)
    assert "0 行" in told.text()


def test_that_a_template_that_can_t_be_written_is_said_under_its_path(qtbot, context, host, tmp_path):
    dialog = shown(TemplateDialog(context, host))
    dialog.path.setText(str(tmp_path / "t.csv"))
    dialog.commit.click()
    error = the(QLabel, "template.path.error", inside=host)
    qtbot.waitUntil(error.isVisible)
    assert "xlsx" in error.text()
    assert dialog.commit.isEnabled()
    dialog.path.setText("")
    dialog.commit.click()
    assert error.isVisible()


def test_that_the_import_sheet_leads_to_the_template_of_its_kind(qtbot, window):
    window.action("registry.import").trigger()
    kind = window.box("import.kind")
    kind.setCurrentIndex(kind.findData("stations"))
    the(QPushButton, "import.template", inside=window.window).click()
    assert window.box("template.kind").currentData() == "stations"


def test_that_a_template_tells_the_import_sheet_its_kind(qtbot, context, host, tmp_path):
    path = tmp_path / "t.xlsx"
    write_template(context.registry, "organisations", path)
    dialog = shown(ImportDialog(context, host))
    assert dialog.kind.currentData() == "compounds"
    dialog.path.setText(str(path))
    dialog.path.editingFinished.emit()
    plan = the(QTableView, "import.plan", inside=host)
    qtbot.waitUntil(lambda: plan.model().rowCount() == 2)
    assert dialog.kind.currentData() == "organisations"
    assert dialog.states.sum.text().startswith("0 + 0 + 2 + 0 + 0 =")


def test_that_the_sheet_lists_what_is_declared_and_what_is_open(context, host):
    dialog = shown(ProfileDialog(context, host))
    assert not dialog.isModal()
    table = the(QTableView, "profile.table", inside=host)
    names = column(table, 1)
    assert "五有院落" in names
    place = names.index("5 个有和 10 个好")
    assert [column(table, n)[place] for n in (0, 2, 3, 4)] == ["评价办法", "1", "15", "15"]
    assert "待填" in the(QLabel, "profile.summary", inside=host).text()


@pytest.mark.story
@pytest.mark.system(3)
@pytest.mark.system(14)
@pytest.mark.system(30)
def test_that_a_city_s_list_goes_out_as_a_template_and_comes_in_as_a_version(qtbot, window, tmp_path):
    window.action("registry.profile").trigger()
    path = tmp_path / "l.xlsx"
    window.type_into("profile.path", str(path))
    the(QPushButton, "profile.template", inside=window.window).click()
    window.until(lambda: "已写好" in window.label("profile.result"))
    filled_in(path)
    the(QPushButton, "profile.commit", inside=window.window).click()
    context = window.window.context
    window.until(lambda: len(context.registry.profile.schemes[SCHEME]) == 2)
    table = the(QTableView, "profile.table", inside=window.window)
    window.until(lambda: column(table, 1).count("5 个有和 10 个好") == 2)
    assert context.registry.profile.scheme(SCHEME).items[0].words.zh == "本市项目 1"
    dialog = the(QWidget, "profile.dialog", inside=window.window)
    assert dialog.isVisible()
    window.until(lambda: window.action("edit.undo").isEnabled())
    window.action("edit.undo").trigger()
    window.until(lambda: len(context.registry.profile.schemes[SCHEME]) == 1)
    window.until(lambda: column(table, 1).count("5 个有和 10 个好") == 1)


def test_that_a_wrong_list_is_shown_with_every_place(qtbot, context, host, tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("项目编号,项目名称,满分\n1,甲,0\n1,乙,5\n", "utf-8")
    dialog = shown(ProfileDialog(context, host))
    dialog.path.setText(str(path))
    dialog.commit.click()
    problems = the(QTableView, "profile.problems", inside=host)
    qtbot.waitUntil(problems.isVisible)
    assert column(problems, 0) == ["1", "2"]
    assert column(problems, 1) == ["满分", "项目编号"]
    assert the(QLabel, "profile.path.error", inside=host).isVisible()
    assert len(context.registry.profile.schemes[SCHEME]) == 1
    qtbot.waitUntil(dialog.commit.isEnabled)


def test_that_another_profile_shows_at_once_what_it_declares(qtbot, window, tmp_path):
    context = window.window.context
    file = tmp_path / "city.toml"
    file.write_text(context.registry.profile.text + LIFTS, "utf-8")
    window.pick("C000001")
    window.action("registry.profile").trigger()
    window.type_into("profile.path", str(file))
    the(QPushButton, "profile.replace", inside=window.window).click()
    error = the(QLabel, "profile.why.error", inside=window.window)
    window.until(error.isVisible)
    window.type_into("profile.why", "加电梯")
    the(QPushButton, "profile.replace", inside=window.window).click()
    window.until(lambda: "lifts" in context.registry.profile.facts)
    window.until(lambda: bool(window.window.findChildren(QWidget, "fact.lifts")))
    assert context.registry.history(limit=1)[0].why == "加电梯"
    assert context.selection == ["C000001"]


def test_that_the_profile_goes_out_as_a_file_and_comes_back_edited(qtbot, context, host, tmp_path):
    dialog = shown(ProfileDialog(context, host))
    dialog.what.setCurrentIndex(dialog.what.findData("profile"))
    file = tmp_path / "city.toml"
    dialog.path.setText(str(file))
    dialog.template.click()
    told = the(QLabel, "profile.result", inside=host)
    qtbot.waitUntil(told.isVisible)
    assert file.read_text("utf-8") == context.registry.profile.text
    file.write_text(file.read_text("utf-8") + LIFTS, "utf-8")
    dialog.why.setText("加电梯")
    dialog.commit.click()
    qtbot.waitUntil(lambda: "lifts" in context.registry.profile.facts)
    qtbot.waitUntil(lambda: "yaohai@3" in told.text())


def test_that_a_window_shows_the_profile_that_another_program_put_in(window):
    other = Registry.open(window.window.context.registry.path, by="other")
    try:
        change_profile(other, other.profile.text + LIFTS, why="加电梯")
    finally:
        other.close()
    window.pick("C000001")
    window.until(lambda: bool(window.window.findChildren(QWidget, "fact.lifts")))
    assert "lifts" in window.window.context.registry.profile.facts


def test_that_a_profile_that_drops_what_is_used_is_refused_in_the_sheet(qtbot, context, host, tmp_path):
    file = tmp_path / "city.toml"
    file.write_text(context.registry.profile.text.replace("five_haves_ten_goods", "other"), "utf-8")
    values = {"subject": "C000001", "scheme": SCHEME, "item": "goods1", "score": "1", "on": "2026-02-01"}
    edit.add(context.registry, "assessments", values)
    dialog = shown(ProfileDialog(context, host))
    dialog.path.setText(str(file))
    dialog.why.setText("试")
    dialog.replace.click()
    error = the(QLabel, "profile.path.error", inside=host)
    qtbot.waitUntil(error.isVisible)
    assert f"{SCHEME}@1" in error.text()
    assert "1 条评分" in error.text()


def test_that_both_are_in_the_palette_and_the_menu(window):
    for name in ("registry.template", "registry.profile"):
        action = the(QAction, name, inside=window.window)
        assert action.isEnabled()
        assert action.text().endswith("…")


def test_that_the_import_sheet_names_its_button(context, host):
    shown(ImportDialog(context, host))
    assert the(QPushButton, "import.template", inside=host).accessibleName()
