"""A table is kept in the window as it is published, named anew and taken away, each taken back as one step."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView

from app.services.snapshots.comparing import is_still_so
from app.services.snapshots.snapshots import snapshots
from tests.ui.robots.find import the


def test_that_the_table_asked_for_is_kept_named_anew_and_taken_away(window):
    registry = window.window.context.registry
    window.action("snapshot.keep").trigger()
    assert window.focus() == "snapshot.name"
    asked = the(QLabel, "snapshot.asked", inside=window.window).text()
    the(QLineEdit, "snapshot.name", inside=window.window).setText("一季度通报")
    the(QPushButton, "snapshot.commit", inside=window.window).click()
    window.until(lambda: len(snapshots(registry)) == 1)
    (kept,) = snapshots(registry)
    query = window.window.context.question.query(window.window.context.as_of)
    assert (kept.name, kept.query) == ("一季度通报", replace(query, weight=kept.query.weight))
    assert is_still_so(registry, kept)

    window.until(lambda: not window.window.tasks.is_busy)
    window.action("snapshot.keep").trigger()
    table = the(QTableView, "snapshot.table", inside=window.window)
    shown = [table.model().index(0, column).data() for column in range(5)]
    assert (shown[0], shown[1], shown[2]) == ("P000001", "一季度通报", asked)
    button = the(QPushButton, "snapshot.rename", inside=window.window)
    assert not button.isEnabled(), "nothing is chosen"
    table.selectRow(0)
    button.click()
    assert the(QLabel, "snapshot.name.error", inside=window.window).text()
    the(QLineEdit, "snapshot.name", inside=window.window).setText("通报一")
    button.click()
    window.until(lambda: snapshots(registry)[0].name == "通报一")
    window.until(lambda: table.model().index(0, 1).data() == "通报一")
    table.selectRow(0)
    remove = the(QPushButton, "snapshot.remove", inside=window.window)
    remove.click()
    assert the(QLabel, "snapshot.why.error", inside=window.window).text()
    the(QLineEdit, "snapshot.why", inside=window.window).setText("重复")
    remove.click()
    window.until(lambda: not snapshots(registry))
    window.until(lambda: table.model().rowCount() == 0)
    window.action("edit.undo").trigger()
    window.until(lambda: len(snapshots(registry)) == 1)
    window.until(lambda: table.model().rowCount() == 1)
