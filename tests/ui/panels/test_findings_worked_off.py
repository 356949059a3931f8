"""Findings come to an end: each row leads to what settles it, is mended with a preview, or is left alone until a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QTableView, QWidget

from app.domain.period import today
from app.services.check.check import RULES, Finding
from app.services.edit import edit
from app.services.registry.registry import Registry
from app.text import Text
from tests.ui.robots.find import the
from tests.ui.robots.small import COMMUNITY, GRIDS, box
from tests.ui.robots.topics import tell
from ui.actions import BY_ID
from ui.map.hands import Drawn
from ui.models.settling import OPEN_RULES, settled_by
from ui.panels.findings.model import FINDING_ROLE, Column


def checked(window):
    """Have everything checked as it is now, and return the panel."""
    panel = window.window.findings
    window.until(lambda: not window.window.tasks.is_busy)
    panel.check_now()
    window.until(lambda: panel._task is None and panel.is_checked and not window.window.tasks.is_busy)
    return panel


def rows(window) -> list[Finding]:
    model = the(QTableView, "findings.table", inside=window.window).model()
    return [model.index(n, 0).data(FINDING_ROLE) for n in range(model.rowCount())]


def click(window, rule, column=Column.MESSAGE) -> Finding:
    table = the(QTableView, "findings.table", inside=window.window)
    row = next(n for n, finding in enumerate(rows(window)) if finding.rule == rule)
    index = table.model().index(row, column)
    table.scrollTo(index)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualRect(index).center())
    return rows(window)[row]


def button(window, name) -> QPushButton:
    return the(QPushButton, f"findings.{name}", inside=window.window)


def origins(window) -> dict[str, str]:
    choice = the(QComboBox, "findings.origin", inside=window.window)
    return {choice.itemData(n): choice.itemText(n) for n in range(choice.count())}


@pytest.fixture
def at_work(window):
    window.action("mode.check").trigger()
    checked(window)
    return window


def test_that_every_rule_leads_somewhere_or_is_named_as_open():
    for rule in RULES:
        finding = Finding(rule=rule, severity="notice", codes=("X",), message=Text("", ""))
        found = settled_by(finding, "compounds")
        assert (found is None) == (rule in OPEN_RULES), rule
        assert found is None or found[1] in BY_ID


def test_that_a_yes_without_record_leads_to_the_sheet_of_what_is_missing():
    for key, action in (("party_organisation", "attach_party"), ("property_firm", "attach_firm")):
        finding = Finding(
            rule="yes_without_record",
            severity="warning",
            codes=("X",),
            message=Text("", ""),
            measure={key: 1.0},
        )
        assert settled_by(finding, "compounds")[1] == f"compound.{action}"


def test_that_a_unit_without_border_leads_to_the_import_and_a_compound_to_drawing():
    finding = Finding(rule="no_outline", severity="notice", codes=("X",), message=Text("", ""))
    assert settled_by(finding, "compounds")[1] == "map.draw"
    assert settled_by(finding, "grids")[1] == "registry.import"


def test_that_a_fresh_outline_can_be_that_of_a_compound_nobody_had_drawn(at_work):
    tell(at_work, lambda r: edit.set_values(r, ["C000005"], {"geometry": ""}))
    checked(at_work)
    click(at_work, "no_outline")
    button(at_work, "settle").click()
    assert at_work.action("map.draw").isChecked()
    outline, registry = box(2.5, 0.5), at_work.window.context.registry
    at_work.window.dialogs.add_compound(Drawn(outline))
    sheet = the(QWidget, "compound.dialog", inside=at_work.window)
    of = the(QComboBox, "compound.of", inside=sheet)
    assert of.currentData() == "C000005"
    count = len(registry.dataset.of("compounds"))
    the(QPushButton, "compound.commit", inside=sheet).click()
    at_work.until(lambda: registry.find("C000005").geometry is not None)
    drawn, neighbour = registry.find("C000005").geometry, registry.find("C000004").geometry
    assert drawn.within(outline.buffer(1e-9))
    assert drawn.intersection(neighbour).area < 1e-14, "what another compound has is clipped off"
    assert registry.find("C000005").text("name") == "三塘人家"
    assert len(registry.dataset.of("compounds")) == count


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_a_sentence_can_be_read_whole(at_work, lang):
    at_work.window.set_language(lang)
    at_work.until(lambda: at_work.window.renewal.is_over)
    finding = click(at_work, "straddles")
    label = the(QLabel, "findings.detail", inside=at_work.window)
    assert finding.message.in_(lang) in label.text()
    assert label.wordWrap()
    assert label.height() >= label.heightForWidth(label.width())


def test_that_an_unnamed_compound_leads_to_the_sheet_for_its_name(at_work):
    click(at_work, "unnamed")
    button(at_work, "settle").click()
    assert the(QWidget, "rename.dialog", inside=at_work.window).isVisible()


def test_that_fix_says_before_what_it_will_do_and_is_one_step(at_work):
    tell(at_work, lambda r: edit.set_values(r, [GRIDS[0]], {"community": ""}))
    checked(at_work)
    finding = click(at_work, "grid_without_community")
    assert f"空 → 临泉社区 {COMMUNITY}" in at_work.label("findings.detail")
    button(at_work, "fix").click()
    registry = at_work.window.context.registry
    at_work.until(lambda: registry.find(GRIDS[0]).text("community") == COMMUNITY)
    assert registry.history(limit=1)[0].verb == "fix"
    checked(at_work)
    assert finding.id not in {f.id for f in rows(at_work)}
    at_work.window.context.undo()
    at_work.until(lambda: not registry.find(GRIDS[0]).text("community"))


def test_that_fix_is_offered_only_where_there_is_one_right_mend(at_work):
    click(at_work, "straddles")
    assert not button(at_work, "fix").isEnabled()
    assert button(at_work, "settle").isEnabled()
    assert button(at_work, "waive").isEnabled()


def test_that_waive_asks_for_day_and_reason_and_puts_the_finding_apart(at_work):
    finding, registry = click(at_work, "unnamed"), at_work.window.context.registry
    count = at_work.window.findings.open_count
    button(at_work, "waive").click()
    sheet = the(QWidget, "waive.dialog", inside=at_work.window)
    commit = the(QPushButton, "waive.commit", inside=sheet)
    until, why = the(QLineEdit, "waive.until", inside=sheet), the(QLineEdit, "waive.why", inside=sheet)
    before = len(registry.history())
    commit.click()
    assert the(QLabel, "waive.why.error", inside=sheet).isVisible()
    day = today() + timedelta(days=9)
    until.setFocus()
    until.selectAll()
    QTest.keyClicks(until, day.isoformat())
    QTest.keyClick(until, Qt.Key.Key_Return)
    assert why.hasFocus()
    assert len(registry.history()) == before
    QTest.keyClicks(why, "xia yue gua pai")
    QTest.keyClick(why, Qt.Key.Key_Return)
    at_work.until(lambda: len(registry.history()) == before + 1)
    (row,) = registry.dataset.of("waivers").values()
    assert (row.text("finding"), row.text("why"), row.valid_until) == (finding.id, "xia yue gua pai", day)
    panel = checked(at_work)
    assert rows(at_work)[-1].id == finding.id
    assert rows(at_work)[-1].waived_until == day
    assert origins(at_work)["waived"].endswith(" 1")
    assert panel.open_count == count - 1
    assert f"免查至 {day}" in (click(at_work, "unnamed") and at_work.label("findings.detail"))


def test_that_a_personal_number_and_a_past_day_stay_in_the_sheet(at_work):
    registry = at_work.window.context.registry
    click(at_work, "unnamed")
    button(at_work, "waive").click()
    sheet = the(QWidget, "waive.dialog", inside=at_work.window)
    until, why = the(QLineEdit, "waive.until", inside=sheet), the(QLineEdit, "waive.why", inside=sheet)
    before = len(registry.history())
    why.setText("问13812345678")
    the(QPushButton, "waive.commit", inside=sheet).click()
    at_work.until(lambda: the(QLabel, "waive.why.error", inside=sheet).isVisible())
    why.setText("在改")
    until.setText("2020-01-01")
    the(QPushButton, "waive.commit", inside=sheet).click()
    at_work.until(lambda: the(QLabel, "waive.until.error", inside=sheet).isVisible())
    assert len(registry.history()) == before


def test_that_what_my_changes_made_stands_apart_and_first(at_work):
    old = {finding.id for finding in rows(at_work)}
    assert origins(at_work)["mine"].endswith(" 0")
    tell(at_work, lambda r: edit.set_values(r, ["C000001"], {"name": ""}))
    checked(at_work)
    assert origins(at_work)["mine"].endswith(" 1")
    assert origins(at_work)["before"].endswith(f" {len(old)}")
    first = rows(at_work)[0]
    assert (first.rule, first.codes) == ("unnamed", ("C000001",))
    choice = the(QComboBox, "findings.origin", inside=at_work.window)
    choice.setCurrentIndex(choice.findData("mine"))
    assert [finding.codes for finding in rows(at_work)] == [("C000001",)]
    choice.setCurrentIndex(choice.findData("before"))
    assert {finding.id for finding in rows(at_work)} == old


def test_that_changes_made_before_the_first_check_are_mine_too(window):
    tell(window, lambda r: edit.set_values(r, ["C000001"], {"name": ""}))
    window.action("mode.check").trigger()
    checked(window)
    assert rows(window)[0].codes == ("C000001",)
    assert origins(window)["mine"].endswith(" 1")


def test_that_what_another_process_changed_is_not_mine(at_work):
    window = at_work.window
    other = Registry.open(window.context.registry.path, by="王")
    edit.set_values(other, ["C000001"], {"name": ""})
    other.close()
    window.context.announce(window.context.registry.refresh())
    checked(at_work)
    assert ("C000001",) in [f.codes for f in rows(at_work) if f.rule == "unnamed"]
    assert origins(at_work)["mine"].endswith(" 0")


def test_that_another_language_keeps_what_is_mine(at_work):
    tell(at_work, lambda r: edit.set_values(r, ["C000001"], {"name": ""}))
    checked(at_work)
    at_work.window.set_language("en")
    at_work.until(lambda: at_work.window.renewal.is_over)
    assert origins(at_work)["mine"].endswith(" 1")
    assert "my changes" in origins(at_work)["mine"]


def test_that_all_findings_with_one_right_mend_are_mended_as_one_step_and_proved_before(at_work):
    tell(at_work, lambda r: edit.set_values(r, list(GRIDS), {"community": ""}))
    checked(at_work)
    click(at_work, "grid_without_community")
    words = the(QLabel, "findings.detail", inside=at_work.window)
    at_work.until(lambda: "面积" in words.text() and "换单元" in words.text())
    registry = at_work.window.context.registry
    before = registry.last_step
    assert button(at_work, "fix_all").text() == "修正这里 2 项"
    button(at_work, "fix_all").click()
    at_work.until(lambda: registry.last_step == before + 1)
    assert [registry.find(code).text("community") for code in GRIDS] == [COMMUNITY, COMMUNITY]
    at_work.until(lambda: not at_work.window.tasks.is_busy)
    at_work.action("edit.undo").trigger()
    at_work.until(lambda: registry.find(GRIDS[0]).text("community") == "")


def test_that_a_finding_becomes_a_task_of_a_post(at_work):
    tell(at_work, lambda r: edit.set_values(r, [GRIDS[0]], {"community": ""}))
    checked(at_work)
    finding = click(at_work, "grid_without_community")
    button(at_work, "task").click()
    sheet = the(QWidget, "task.dialog", inside=at_work.window)
    the(QComboBox, "task.owner", inside=sheet).setEditText("第一网格 网格长")
    the(QPushButton, "task.commit", inside=sheet).click()
    registry = at_work.window.context.registry
    at_work.until(lambda: len(registry.dataset.of("tasks")) == 1)
    (task,) = registry.dataset.of("tasks").values()
    assert (task.text("subject"), task.text("finding")) == (GRIDS[0], finding.id)
