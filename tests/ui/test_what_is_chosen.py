"""What is acted on is what is shown as chosen: findings choose their subject, a filter hides nobody in silence."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QTableView, QWidget

from app.services.edit import edit
from tests.ui.robots.find import the
from tests.ui.robots.small import GRIDS
from tests.ui.robots.topics import tell


def settle(window) -> None:
    window.until(lambda: not window.window.tasks.is_busy)


@pytest.fixture
def straddling(window):
    """The row of the compound that the border of two grids cuts, in sight."""
    window.action("mode.check").trigger()
    panel = window.window.findings
    panel.check_now()
    window.until(lambda: panel.is_checked)
    finding = next(f for f in panel.findings if f.rule == "straddles")
    model = panel.table.model()
    row = next(n for n in range(model.rowCount()) if model.index(n, 0).data(panel_role()) is finding)
    table = the(QTableView, "findings.table", inside=window.window)
    index = model.index(row, 1)
    table.scrollTo(index)
    spot = table.visualRect(index).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    settle(window)
    return finding


def panel_role() -> int:
    from ui.panels.findings.findings import FINDING_ROLE

    return FINDING_ROLE


def test_that_a_finding_selects_its_subject_alone(window, straddling):
    subject, *others = straddling.codes
    assert set(GRIDS) <= set(others)
    assert window.window.context.selection == [subject]
    assert window.selected() == [subject]
    assert not window.window.inspector.bulk.isVisibleTo(window.window)
    assert window.label("inspector.title")
    assert set(window.window.map_area.zone_layer.marked) == set(others)
    names = [name for sketch in window.canvas.style_now.sketches for name in sketch.names]
    assert {"第一网格", "第二网格"} <= set(names)
    window.window.context.select(["C000001"], "test")
    assert window.window.map_area.zone_layer.marked == ()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_its_sentence_has_names_and_no_command(straddling, lang):
    said = straddling.message.in_(lang)
    assert "第一网格" in said
    assert not [grid for grid in GRIDS if grid in said]
    assert "fuse" not in said.replace("fusion", "")


def test_that_its_row_leads_to_what_settles_it(window, straddling):
    button = the(QPushButton, "findings.settle", inside=window.window)
    assert button.isEnabled()
    assert button.text() == "界线融合…"
    button.click()
    fusion = the(QWidget, "fusion", inside=window.window)
    window.until(lambda: fusion.isVisibleTo(window.window) and not fusion.is_asking)
    window.until(lambda: fusion.current is not None and fusion.current.code == straddling.codes[0])


def test_that_a_finding_in_the_inspector_does_the_same(window, straddling):
    window.window.context.select(list(straddling.codes), "test")
    window.window.context.select([straddling.codes[0]], "test")
    settle(window)
    the(QPushButton, f"inspector.finding.{straddling.id}.show", inside=window.window).click()
    assert window.window.context.selection == [straddling.codes[0]]
    assert window.window.map_area.zone_layer.marked


# what a filter hides


def shown_hidden(window) -> str:
    label = the(QLabel, "bulk.hidden", inside=window.window)
    return label.text() if label.isVisibleTo(window.window) else ""


def filtered(window, text: str) -> None:
    window.window.table.filter.setText(text)
    window.until(lambda: not window.window.table._typing.isActive())


def check_chosen(window) -> None:
    """The bulk panel writes for rows of the table, or names those that are not there."""
    context = window.window.context
    if len(context.selection) < 2:
        return
    acted_on = set(window.window.inspector.bulk._codes)
    hidden = acted_on - set(window.codes())
    said = shown_hidden(window)
    assert bool(hidden) == bool(said)
    if hidden:
        assert f"其中 {len(hidden)} 个不在表里" in said
        for code in hidden:
            assert (context.record(code).text("name") or "未命名") in said


def test_that_rows_put_out_of_sight_are_named_before_they_are_written(window):
    window.pick("C000001", "C000002")
    assert not shown_hidden(window)
    filtered(window, "C000003")
    assert window.codes() == ["C000003"]
    said = shown_hidden(window)
    assert said.startswith("其中 2 个不在表里：")
    assert "大关东一苑" in said
    assert "大关东二苑" in said
    window.window.table.show_everything()
    assert not shown_hidden(window)


def test_that_it_holds_after_any_sequence(window):
    dice = random.Random(16)
    codes = window.codes()
    context = window.window.context
    acts = [
        lambda: filtered(window, dice.choice(["", "C000003", "大关东", "没有"])),
        window.window.table.show_everything,
        lambda: context.select(dice.sample(codes, dice.randint(0, 4)), "map"),
        lambda: window.pick(*dice.sample(window.codes(), min(2, len(window.codes())))),
        lambda: window.window.table.show_only(dice.sample(codes, 2), None),
        lambda: window.window.table._on_head(0),
        lambda: tell(window, lambda r: edit.set_values(r, ["C000001"], {"households": dice.randint(1, 900)})),
    ]
    for _ in range(60):
        dice.choice(acts)()
        check_chosen(window)


@pytest.mark.parametrize("name", ["journal.table", "findings.table", "gaps.table"])
def test_that_the_row_a_key_acts_on_is_marked(window, name):
    tell(window, lambda r: edit.set_values(r, ["C000001"], {"households": 4321}))
    table = window.view(name)
    mode = {"journal.table": "entry", "findings.table": "check", "gaps.table": "review"}[name]
    window.window.set_mode(mode)
    if mode == "entry":
        window.press("Ctrl+H")
    window.until(lambda: table.isVisible() and table.model().rowCount() > 0)
    window.canvas.setFocus()
    table.selectionModel().clear()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert {index.row() for index in table.selectionModel().selectedRows()} == {table.currentIndex().row()}
    if name == "journal.table":
        window.canvas.setFocus()
        table.selectionModel().clear()
        table.setFocus(Qt.FocusReason.MouseFocusReason)
        before = len(window.window.context.registry.history(limit=100))
        window.press("u")
        window.until(lambda: not window.window.tasks.is_busy)
        assert len(window.window.context.registry.history(limit=100)) == before
