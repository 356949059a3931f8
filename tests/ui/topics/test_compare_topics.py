"""The organisation tree and two three-no rules, as a user opens, filters and clicks them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QTreeView

from app.services.edit import edit
from tests.ui.robots.find import the
from tests.ui.robots.small import COMMUNITY, GRIDS
from tests.ui.robots.topics import tell, topic
from ui.models.organisation_tree import PLACE_ROLE, Column
from ui.widgets.coverage_cell import CODE_ROLE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
STREET = "340102003"


def below(model, above):
    return {
        str(model.index(row, 0, above).data(CODE_ROLE)): model.index(row, 0, above)
        for row in range(model.rowCount(above))
    }


def opened(tree, *codes):
    """Open places one below the other; return the index of the last."""
    index = QModelIndex()
    for code in codes:
        if index.isValid():
            tree.expand(index)
        index = below(tree.model(), index)[code]
    return index


@pytest.mark.story
@pytest.mark.system(1)
def test_that_the_tree_is_opened_level_by_level_and_names_the_broken_link(window):
    tell(window, lambda r: edit.attach(r, "O000001", ["C000001"]))
    found = topic(window, "organisations")
    tree = the(QTreeView, "organisations.tree", inside=window.window)
    model = tree.model()
    grid = opened(tree, "340102", STREET, COMMUNITY, GRIDS[0])
    assert grid.siblingAtColumn(Column.BELOW).data() == "小区 1/2"
    assert model.canFetchMore(grid), "a level nobody opened is not made"
    tree.expand(grid)
    rows = below(model, grid)
    assert next(iter(rows)) == "O000001", "organisations stand above the places below"
    own = rows["O000001"]
    assert own.siblingAtColumn(Column.KIND).data() == "网格支部"
    assert own.siblingAtColumn(Column.BROKEN).data() == "没有上级党组织"
    QTest.keyClick(tree, Qt.Key.Key_Down)
    tree.clicked.emit(rows["C000001"])
    assert window.selected() == ["C000001"]
    the(QPushButton, "organisations.show_broken", inside=found.bar).click()
    window.until(lambda: {"C000001", "C000005", GRIDS[0]} <= set(window.window.context.selection))


@pytest.mark.system(1)
def test_that_a_mended_chain_is_told_and_what_was_open_stays_open(window):
    tell(
        window,
        lambda r: edit.add_and_attach(
            r, "organisations", {"code": "O000010", "name": "社区党委", "type": "committee"}, [COMMUNITY]
        ),
    )
    found = topic(window, "organisations")
    tree = the(QTreeView, "organisations.tree", inside=window.window)
    opened(tree, "340102", STREET, COMMUNITY, GRIDS[0])
    tree.expand(opened(tree, "340102", STREET, COMMUNITY, GRIDS[0]))
    assert window.label("organisations.summary").startswith("区 未知 · 街道 未知 · 社区 1/1")
    tell(window, lambda r: edit.set_values(r, ["O000001"], {"parent": "O000010"}))
    window.until(lambda: not found.is_asking)
    own = below(tree.model(), opened(tree, "340102", STREET, COMMUNITY, GRIDS[0]))["O000001"]
    assert tree.isExpanded(own.parent())
    assert own.siblingAtColumn(Column.BROKEN).data() == ""
    assert own.siblingAtColumn(Column.PARENT).data() == "社区党委"
    the(QCheckBox, "organisations.broken", inside=found.bar).setChecked(True)
    left = opened(tree, "340102", STREET, COMMUNITY)
    tree.expand(left)
    assert {str(index.data(PLACE_ROLE)) for index in below(tree.model(), left).values()} == {
        COMMUNITY,
        GRIDS[1],
    }


def facts_of(code, **values):
    return lambda registry: edit.set_values(registry, [code], values)


@pytest.mark.story
@pytest.mark.system(6)
def test_that_an_edited_rule_shows_what_flips_why_and_where(window):
    none = dict.fromkeys(("property_firm", "authority", "defence_people", "defence_hardware"), "no")
    tell(window, facts_of("C000001", **none), facts_of("C000002", **{**none, "defence_people": "yes"}))
    found = topic(window, "rules")
    table, matrix = window.view("rules.table"), window.view("rules.matrix")
    assert table.model().rowCount() == 0, "a rule against itself flips nothing"
    assert the(QCheckBox, "rules.part.authority", inside=found.bar).isChecked()
    switch = window.box("rules.defence")
    switch.setCurrentIndex(switch.findData("all"))
    window.until(lambda: not found.is_asking and table.model().rowCount() == 1)
    said = [table.model().index(0, column).data() for column in range(4)]
    assert said == ["大关东二苑", "非三无 → 三无", "安防：有→无（人防 有，物防 无）", "长淮街道"]
    assert window.label("rules.summary").endswith("5 个小区里 1 个判定不同。")
    spot = matrix.model().index(1, 1)
    assert spot.data() == "1"
    matrix.clicked.emit(spot)
    window.until(lambda: window.selected() == ["C000002"])
    matrix.clicked.emit(matrix.model().index(0, 1))
    window.until(lambda: window.selected() == ["C000001"])
    the(QCheckBox, "rules.part.defence", inside=found.bar).setChecked(False)
    window.until(lambda: not found.is_asking and not window.box("rules.defence").isEnabled())
    assert found._diff.after.rule.parts == ("has_firm", "authority")
    by = window.box("rules.by")
    by.setCurrentIndex(by.findData("grid"))
    units = window.view("rules.units")
    window.until(lambda: units.isVisible() and not found.is_asking)
    assert not table.isVisible()
    assert sorted(units.model().index(row, 1).data() for row in range(2)) == ["2", "3"]


def test_that_another_city_s_rule_and_a_file_s_are_taken_and_a_wrong_path_is_said(window, tmp_path):
    tell(window, facts_of("C000001", gate_guard="yes"))
    found = topic(window, "rules")
    other = window.box("rules.other")
    other.setCurrentIndex(other.findData("jinjiang"))
    window.until(lambda: not found.is_asking)
    assert the(QCheckBox, "rules.part.gate_guard", inside=found.bar).isChecked()
    assert not the(QCheckBox, "rules.part.authority", inside=found.bar).isChecked()
    assert [row.before for row in found._diff.flips] == ["unknown"]
    file = tmp_path / "ours.toml"
    file.write_text('id = "ours"\n[three_no]\nparts = ["gate_guard"]\n', "utf-8")
    other.setCurrentIndex(other.count() - 1)
    window.until(lambda: window.label("rules.summary") == "写口径文件的路径。")
    path = the(QLineEdit, "rules.path", inside=found.bar)
    path.setText(str(file))
    path.editingFinished.emit()
    window.until(lambda: not found.is_asking and found._diff is not None)
    assert found._diff.after.rule.parts == ("gate_guard",)
    path.setText(str(tmp_path / "none.toml"))
    path.editingFinished.emit()
    window.until(lambda: "读不了" in window.label("rules.summary"))
    assert window.view("rules.table").model().rowCount() == 0


def test_that_a_rule_that_asks_for_nothing_is_refused_in_words(window):
    found = topic(window, "rules")
    for box in found.parts.values():
        box.setChecked(False)
    window.until(lambda: "至少要问一项" in window.label("rules.summary"))
