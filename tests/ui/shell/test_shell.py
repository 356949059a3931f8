"""The window's skeleton, through its robot."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPushButton,
    QTableView,
    QToolButton,
    QWidget,
)

from app.domain.period import today
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from tests.ui.robots.small import COMMUNITY, GRIDS


def test_that_no_button_or_field_is_anonymous(window):
    nobody_is_anonymous(window.window)


def nobody_is_anonymous(root):
    for kind in (QPushButton, QToolButton, QLineEdit, QTableView):
        for widget in root.findChildren(kind):
            if widget.objectName().startswith("qt_") or isinstance(
                widget.parent(), QLineEdit | QTableView | QComboBox | QAbstractSpinBox
            ):
                continue  # parts of Qt's own widgets
            named = widget.objectName()
            assert named, widget.parent().objectName()
            assert widget.accessibleName() or getattr(widget, "text", str)(), named


def test_that_the_window_is_there_before_the_registry_is(open_window, registry_path):
    robot = open_window(registry_path)
    assert robot.window.isVisible()
    assert robot.window.context.registry is None
    robot.wait_for_registry()
    assert "small.gpkg" in robot.window.windowTitle()


def test_that_without_a_registry_the_first_page_offers_three_starts(open_window):
    robot = open_window()
    for name in ("first_run.open", "first_run.new", "first_run.sample"):
        assert the(QPushButton, name, inside=robot.window).isVisible()
    assert not robot.action("registry.import").isEnabled()


def test_that_a_file_that_is_no_registry_is_refused_with_words(open_window, tmp_path):
    path = tmp_path / "x.gpkg"
    path.write_bytes(b"no database at all")
    robot = open_window(path)
    robot.until(lambda: the(QWidget, "window.banner", inside=robot.window).isVisible())
    assert robot.label("window.banner.text")


def test_that_tree_table_and_map_select_the_same(window):
    window.pick("C000002", "C000003")
    assert sorted(window.selected()) == ["C000002", "C000003"]
    window.canvas.select(["C000005"])
    chosen = window.table.selectionModel().selectedRows()
    assert [index.data(Qt.ItemDataRole.UserRole + 1) for index in chosen] == ["C000005"]
    index = window.tree_index("C000005")
    assert window.places.selectionModel().isSelected(index)
    window.until(lambda: not window.window.tasks.is_busy)  # the tree is not being laid out anew
    window.places.setCurrentIndex(window.tree_index(GRIDS[0]))
    window.until(lambda: window.selected() == [GRIDS[0]])


def test_that_the_filter_and_a_sort_arrange_the_table(window):
    window.type_into("table.filter", "dgd")
    window.until(lambda: len(window.codes()) == 3)
    window.type_into("table.filter", "三塘")
    window.until(lambda: window.codes() == ["C000005"])
    window.type_into("table.filter", "")
    window.until(lambda: len(window.codes()) == 5)
    column = [window.table.model().headerData(c, Qt.Orientation.Horizontal) for c in range(12)].index("户")
    window.table.model().sort(column, Qt.SortOrder.DescendingOrder)
    assert window.codes()[0] == "C000005"


def test_that_the_search_box_finds_by_initials_code_and_address(window):
    service = window.window.search
    window.until(lambda: bool(service.find("strj")))
    for typed in ("strj", "三塘", "c000005", "临泉路 5"):
        window.type_into("search.box", typed)
        assert window.list("search.results").item(0).data(Qt.ItemDataRole.UserRole + 1) == "C000005", typed
    window.press("Enter")
    assert window.selected() == ["C000005"]


def test_that_a_compound_is_found_by_six_keys(window):
    window.until(lambda: bool(window.window.search.find("dgds")))
    window.canvas.setFocus()
    window.keys = 0
    window.press("Ctrl+K", "d", "g", "d", "s", "Enter")
    assert window.selected() == ["C000003"]
    assert window.keys == 6


def test_that_an_edit_is_said_in_a_toast_and_taken_back_from_it(window):
    registry = window.window.context.registry
    window.pick("C000001")
    window.until(lambda: len(window.window.findChildren(QWidget, "fact.authority")) == 1)
    box = window.box("fact.authority")
    box.setCurrentIndex(box.findData("yes"))
    window.until(lambda: the(QWidget, "toast", inside=window.window).isVisible())
    assert registry.dataset.fact_on("C000001", "authority", today()).get("value") == "yes"
    the(QPushButton, "toast.undo", inside=window.window).click()
    window.until(lambda: registry.dataset.fact_on("C000001", "authority", today()) is None)


def test_that_undo_and_redo_say_what_they_will_do(window):
    registry = window.window.context.registry
    assert window.action("edit.undo").isEnabled()  # the import
    window.window.context.edit(
        lambda _: edit.set_values(registry, ["C000001"], {"authority": "no"}), window_words("主管单位 → 无")
    )
    window.until(lambda: "主管单位" in window.action("edit.undo").text())
    window.action("edit.undo").trigger()
    window.until(lambda: window.action("edit.redo").isEnabled())
    assert "主管单位" in window.action("edit.redo").text()
    window.action("edit.redo").trigger()
    window.until(lambda: registry.dataset.fact_on("C000001", "authority", today()) is not None)


def window_words(zh):
    from app.text import Text

    return Text(zh, zh)


def test_that_the_journal_lists_steps_and_takes_one_back(window):
    registry = window.window.context.registry
    window.window.context.edit(
        lambda _: edit.set_values(registry, ["C000002"], {"authority": "no"}), window_words("x")
    )
    journal = window.view("journal.table")
    window.until(lambda: journal.model().rowCount() == 2)
    assert "主管单位" in journal.model().index(0, 1).data()
    journal.setCurrentIndex(journal.model().index(0, 0))
    the(QPushButton, "journal.undo", inside=window.window).click()
    window.until(lambda: registry.dataset.fact_on("C000002", "authority", today()) is None)


def test_that_what_another_process_writes_shows_within_seconds(window, registry_path):
    code = (
        "import sys; from pathlib import Path; from app.services.registry.registry import Registry; from app.services.edit import edit;"
        "r = Registry.open(Path(sys.argv[1])); edit.set_values(r, ['C000001'], {'name': '改过的名字'}); r.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(registry_path)], check=True)
    window.until(lambda: any(row[0] == "改过的名字" for row in window.rows()))


def test_that_a_second_window_on_the_same_file_raises_the_first(window, open_window, registry_path):
    second = open_window(registry_path)
    second.until(lambda: the(QWidget, "window.banner", inside=second.window).isVisible())
    assert second.window.context.registry is None


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 698), (1093, 558)])
def test_that_the_map_keeps_its_room_in_every_mode(open_window, registry_path, size):
    robot = open_window(registry_path, size=size).wait_for_registry()
    for mode in ("entry", "review", "check", "publish"):
        robot.action(f"mode.{mode}").trigger()
        QApplication.processEvents()
        assert robot.canvas.width() >= 420, (size, mode)
        assert robot.canvas.height() >= 320, (size, mode)
        assert robot.window.width() == size[0], (size, mode)


def test_that_another_language_keeps_registry_and_selection(window):
    window.pick("C000001")
    window.action("view.language").trigger()
    window.wait_for_registry()
    assert window.selected() == ["C000001"]
    assert window.action("edit.redo").text() == "Redo"
    assert window.table.model().headerData(0, Qt.Orientation.Horizontal) == "Compound"


def test_that_the_dark_theme_is_remembered(window, open_window):
    window.action("view.dark").trigger()
    window.wait_for_registry()
    assert window.window.palette().window().color().name() == "#12161a"
    assert window.window.context.settings.theme == "dark"
    window.action("view.dark").trigger()


def test_that_the_rest_of_a_community_is_answered_no_in_one_step(window):
    registry = window.window.context.registry
    before = len(registry.history())
    window.window.commands.rest_no(COMMUNITY, "authority")
    window.until(lambda: len(registry.history()) == before + 1)
    window.until(lambda: not window.window.tasks.is_busy)  # written, but not yet what the window reads
    answers = {registry.dataset.fact_on(code, "authority", today()).get("value") for code in window.codes()}
    assert answers == {"no"}


def test_that_a_half_drawn_outline_is_kept_and_offered_again(open_window, registry_path):
    robot = open_window(registry_path).wait_for_registry()
    robot.action("map.draw").trigger()
    robot.canvas.set_draft([(117.301, 31.861), (117.302, 31.861), (117.302, 31.862)])
    robot.canvas.tell_draft()
    robot.window.close()
    again = open_window(registry_path).wait_for_registry()
    assert the(QWidget, "map.banner", inside=again.window).isVisible()
    the(QPushButton, "map.banner.action", inside=again.window).click()
    assert len(again.canvas.draft()) == 3


def test_that_a_read_only_registry_can_be_looked_at_but_not_changed(open_window, registry_path, monkeypatch):
    monkeypatch.setattr("app.services.registry.registry.is_read_only_file", lambda _path: True)
    robot = open_window(registry_path).wait_for_registry()
    assert robot.label("status.saved") == "只读"
    assert not robot.action("registry.import").isEnabled()
    assert robot.action("registry.export").isEnabled()


def test_that_nothing_heavy_is_imported_at_start():
    code = (
        "import sys, main, ui.main_window;"
        "heavy = {'pandas', 'geopandas', 'pyogrio', 'folium', 'openpyxl', 'xlsxwriter', 'pypinyin'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


def test_that_the_registry_can_be_opened_by_others_after_the_window_is_closed(window, registry_path):
    window.window.close()
    Registry.open(registry_path).close()
