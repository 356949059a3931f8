"""Others in the window: who is here, what they changed since I last looked, by a file and by a server alike."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton

from app.domain.edits import Put
from app.domain.record import make_record
from app.services.edit import edit
from app.services.keeping.looked import key_of
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from ui import theme
from ui.shell.together.news_tree import NewsTree


@pytest.fixture(params=["file", "server"])
def places(request, registry_path, small_registry):
    """Return where the registry is for me and for somebody else, and who that one is."""
    if request.param == "file":
        return registry_path, registry_path, "李娜"
    address = request.getfixturevalue("on_server")(small_registry)
    theirs = request.getfixturevalue("server").address(address.name)
    return address, Path(theirs), "keeper"


@pytest.fixture
def theirs(places):
    with closing(Registry.open(places[1], by=places[2])) as registry:
        yield registry


def badge(window, name="news"):
    button = the(QToolButton, f"together.{name}", inside=window.window)
    return "" if button.isHidden() else button.text()


def lines(window):
    tree = the(NewsTree, "together.list", inside=window.window)
    rows = (tree.topLevelItem(row) for row in range(tree.topLevelItemCount()))
    return [tuple(item.text(column) for column in range(3)) for item in rows]


def is_barred(window, code):
    """Whether the bar of what is new is painted beside a name."""
    table, model = window.table, window.table.model()
    box = table.visualRect(model.index(model.row_of(code), 0))
    colour = table.viewport().grab().toImage().pixelColor(box.left() + 1, box.center().y())
    return colour == QColor(theme.current().accent)


def told(window):
    window.until(lambda: window.window.context.others.news is not None)


def test_that_what_others_change_is_told_marked_gone_to_and_seen(places, open_window, theirs):
    window = open_window(places[0]).wait_for_registry()
    context, who = window.window.context, places[2]
    told(window)
    assert badge(window) == ""
    window.window.work.open_tab("table")
    window.pick("C000002")
    window.view("table.compounds").setFocus()
    hand = window.focus()
    edit.set_values(theirs, ["C000001"], {"households": "7", "gate_guard": "yes"})
    window.until(lambda: badge(window) == "别人改了 1 处")
    assert (context.selection, window.focus()) == (["C000002"], hand), "neither hand nor choice is taken"
    model = window.table.model()
    window.until(lambda: model.is_new("C000001"))
    assert [is_barred(window, code) for code in ("C000001", "C000003")] == [True, False]
    window.until(lambda: window.window.map_area.canvas.noted() == {"C000001"})
    window.action("view.together").trigger()
    assert lines(window) == [("大关东一苑 C000001", "户数 100 → 7；门卫 有", who)]
    assert (context.selection, window.focus()) == (["C000002"], "together.list")
    edit.set_values(theirs, ["C000003"], {"households": "8"})
    window.until(lambda: [row[0] for row in lines(window)] == ["大关东三苑 C000003", "大关东一苑 C000001"])
    tree = the(NewsTree, "together.list", inside=window.window)
    assert tree.current_edit().code == "C000001", "the line at hand stays at hand"
    window.press("Enter")
    assert context.selection == ["C000001"]
    seen = the(QPushButton, "together.seen", inside=window.window)
    seen.setFocus()
    seen.click()
    window.until(lambda: lines(window) == [] and badge(window) == "")
    assert window.focus() == "together.close", (
        "a button that has nothing left to do keeps the hand in the panel"
    )
    assert not the(QPushButton, "journal.looked", inside=window.window).isEnabled(), "one mark for both"
    assert context.settings.looked(key_of(context.registry)) == context.registry.last_step
    window.until(lambda: window.window.map_area.canvas.noted() == set())
    assert not is_barred(window, "C000001")
    window.press("Esc")
    assert window.focus() == hand


def test_that_opening_it_again_tells_what_came_meanwhile_and_blocks_nothing(places, open_window, theirs):
    first = open_window(places[0]).wait_for_registry()
    told(first)
    first.window.close()
    edit.set_values(theirs, ["C000001"], {"households": "7"})
    made = [make_record("firms", f"f{n}", f"F9{n:05}", name=f"企业{n}") for n in range(60)]
    theirs.commit([Put(record) for record in made], verb="import", why="f.xlsx", is_bulk=True)
    window = open_window(places[0]).wait_for_registry()
    said = the(QLabel, "map.banner.text", inside=window.window)
    window.until(lambda: "别人改了 2 处" in said.text())
    assert said.text().startswith("自您上次打开（今天 ")
    assert badge(window) == "别人改了 2 处"
    the(QPushButton, "map.banner.action", inside=window.window).click()
    assert [row[0] for row in lines(window)] == ["导入 60 条记录", "大关东一苑 C000001"]
    assert window.window.context.others.unseen == {"C000001"}, "an import marks nothing"
    window.window.set_language("en")
    window.until(lambda: window.window.renewal.is_over)
    assert badge(window) == "2 changed by others"


def test_that_what_is_being_typed_stays_and_its_field_says_that_others_changed_it(
    places, open_window, theirs
):
    window = open_window(places[0]).wait_for_registry()
    told(window)
    window.pick("C000001")
    window.action("record.edit").trigger()
    box = window.window.inspector.page.identity.form.boxes["address"]
    box.setFocus(Qt.FocusReason.OtherFocusReason)
    box.setText("我正在写")
    edit.set_values(theirs, ["C000001"], {"address": "别人写的", "households": "7"})
    window.until(lambda: badge(window) != "")
    note = the(QLabel, "field.address.error", inside=window.window)
    window.until(lambda: "别人写的" in note.text())
    assert not note.isHidden()
    assert (box.text(), box.hasFocus()) == ("我正在写", True)
    assert window.window.inspector.page.identity.form.boxes["households"].text() == "7"


@pytest.mark.parametrize("places", ["server"], indirect=True)
def test_that_who_is_here_is_told_and_who_edits_the_record_shown(places, open_window, theirs):
    window = open_window(places[0]).wait_for_registry()
    window.until(lambda: badge(window, "people") == "只有您在")
    theirs.hear(lambda: None, lambda: None)
    window.until(lambda: badge(window, "people") == "2 人在")
    window.pick("C000001")
    theirs.edits_record("C000001")
    said = the(QLabel, "inspector.elsewhere", inside=window.window)
    window.until(lambda: said.isVisible() and said.text() == f"{places[2]} 正在改这条")
    window.action("view.together").trigger()
    desks = the(QLabel, "together.desks", inside=window.window)
    assert "全区" in desks.text()
    assert "正在改 大关东一苑" in desks.text()
    window.action("record.edit").trigger()
    window.window.inspector.page.identity.form.boxes["address"].setFocus()
    window.until(lambda: "C000001" in {d.record for d in theirs.desks() or () if d.login != places[2]})
    window.window.map_area.canvas.setFocus()
    window.until(lambda: {d.record for d in theirs.desks() or () if d.login != places[2]} == {""})
    window.action("map.reshape").trigger()
    window.until(lambda: "C000001" in {d.record for d in theirs.desks() or () if d.login != places[2]})
    theirs.edits_record("")
    window.until(said.isHidden)
    theirs.close()
    window.until(lambda: badge(window, "people") == "只有您在")
