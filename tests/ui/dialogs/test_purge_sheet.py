"""What must not be kept is taken out for good in the window: first shown where it stands, then gone with its reason."""

from __future__ import annotations

import re

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QWidget

from app.domain.purging import PURGED
from app.services.edit import edit
from app.services.keeping.backups import make
from tests.ui.panels.test_findings_worked_off import button as finding_button
from tests.ui.panels.test_findings_worked_off import checked, click
from tests.ui.robots.find import the
from tests.ui.robots.topics import tell

PLANTED, WHY = "张三丰", "ben ren yao qiu"


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    """Keep reports and temporary files of these tests together."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))


def line(window, name) -> QLineEdit:
    return the(QLineEdit, f"purge.{name}", inside=window.window)


def commit(window) -> QPushButton:
    return the(QPushButton, "purge.commit", inside=window.window)


def found(window) -> str:
    label = the(QLabel, "purge.found", inside=window.window)
    return label.text() if label.isVisible() else ""


def settle(window) -> None:
    window.until(lambda: not window.window.tasks.is_busy)


def registry_of(window):
    return window.window.context.registry


def test_that_a_text_is_shown_where_it_stands_and_goes_only_then(window):
    tell(window, lambda r: edit.set_values(r, ["C000003"], {"name": f"{PLANTED}园"}))
    registry = registry_of(window)
    make(registry.path)
    window.action("record.purge").trigger()
    assert window.focus() == "purge.what"
    line(window, "what").setText(PLANTED)
    before = registry.last_step
    commit(window).click()
    window.until(lambda: "C000003" in found(window))
    settle(window)
    assert re.search(r"备份：\d 份里有", found(window)), "the window keeps some by itself, too"
    assert registry.last_step == before, "looking writes nothing"
    assert window.focus() == "purge.why"
    assert "不能撤销" in commit(window).text()
    commit(window).click()
    assert the(QLabel, "purge.why.error", inside=window.window).text()
    line(window, "why").setText(WHY)
    commit(window).click()
    window.until(lambda: registry.last_step > before and not commit(window).isVisible())
    settle(window)
    assert registry.find("C000003").get("name") == f"{PURGED}园"
    assert registry.history(limit=1)[0].why == WHY
    assert "已彻底清除" in found(window)
    assert PLANTED not in line(window, "what").text()
    toast = the(QWidget, "toast", inside=window.window)
    assert not toast.undo.isVisible(), "nothing offers to take it back"


def test_that_another_text_is_looked_for_again_before_it_goes(window):
    tell(window, lambda r: edit.set_values(r, ["C000003"], {"name": f"{PLANTED}园"}))
    window.action("record.purge").trigger()
    line(window, "what").setText(PLANTED)
    line(window, "why").setText(WHY)
    commit(window).click()
    window.until(lambda: "不能撤销" in commit(window).text())
    line(window, "what").setText("不存在的人")
    assert found(window) == ""
    assert "不能撤销" not in commit(window).text()
    before = registry_of(window).last_step
    line(window, "why").setFocus()
    commit(window).click()
    window.until(lambda: "都没有" in found(window))
    assert window.focus() == "purge.what"
    settle(window)
    assert "不能撤销" not in commit(window).text()
    assert registry_of(window).last_step == before


def test_that_the_record_shown_is_offered_by_its_code_and_what_is_refused_is_told_there(window):
    tell(window, lambda r: edit.set_values(r, ["C000003"], {"address": PLANTED}))
    tell(window, lambda r: edit.set_values(r, ["C000003"], {"address": "别处"}))
    window.window.context.select(["C000003"], "test")
    settle(window)
    window.action("record.purge").trigger()
    how = the(QComboBox, "purge.how", inside=window.window)
    assert (how.currentData(), line(window, "what").text()) == ("code", "C000003")
    line(window, "what").setText("C999")
    commit(window).click()
    error = the(QLabel, "purge.what.error", inside=window.window)
    window.until(lambda: "没有编码" in error.text())
    line(window, "what").setText("C000003")
    line(window, "why").setText(WHY)
    commit(window).click()
    window.until(lambda: "还在台账里" in found(window))
    settle(window)
    commit(window).click()
    window.until(lambda: not commit(window).isVisible())
    settle(window)
    assert registry_of(window).find("C000003").get("address") == "别处"
    assert registry_of(window).path.read_bytes().count(PLANTED.encode()) == 0


def test_that_a_finding_of_a_personal_number_leads_there_with_the_number(window, monkeypatch):
    with monkeypatch.context() as old:
        old.setattr("app.domain.rules.rules.newly_personal", lambda record, before: ())
        tell(window, lambda r: edit.set_values(r, ["C000003"], {"name": "找 138-1234-5678"}))
    window.action("mode.check").trigger()
    checked(window)
    click(window, "personal_number")
    assert "彻底清除" in finding_button(window, "settle").text()
    finding_button(window, "settle").click()
    window.until(lambda: window.window.findChildren(QWidget, "purge.dialog") != [])
    assert line(window, "what").text() == "13812345678"
    line(window, "why").setText(WHY)
    commit(window).click()
    window.until(lambda: "C000003" in found(window))
    settle(window)
    commit(window).click()
    window.until(lambda: registry_of(window).find("C000003").get("name") == f"找 {PURGED}")
    settle(window)
    checked(window)
    assert "personal_number" not in {f.rule for f in window.window.findings.findings}
