"""May this be written on this day? Actions, keys, menus, palette, buttons, boxes and sheets answer alike."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QListWidget, QToolButton, QWidget

from app.domain.period import today
from app.persistence.files.lease import Lease
from app.services.edit import edit
from app.text import Text
from tests.ui.robots.find import the
from tests.ui.robots.topics import tell, topic
from ui.actions import ACTIONS, LETTERS, Needs

PAST, FUTURE = date(2025, 6, 1), today() + timedelta(days=30)
WRITING = [spec for spec in ACTIONS if Needs.WRITABLE in spec.needs]
# everything in panels and topics that writes, by the beginning of its name
WRITERS = (
    "inspector.attach",
    "inspector.engage",
    "inspector.relate",
    "inspector.change_credit",
    "inspector.adopt",
    "inspector.detach.",
    "inspector.undo.",
    "inspector.assess.",
    "inspector.case.open",
    "inspector.entry.note",
    "inspector.remove",
    "field.",
    "fact.",
    "bulk.",
    "rest.",
    "journal.undo",
    "adoption.next",
    "adoption.trusteeship",
    "adoption.duties",
    "alliances.new",
    "alliances.rename",
    "alliances.join",
    "alliances.leave",
    "zones.move",
    "zones.take_out",
    "zones.new",
    "zones.merge",
    "zones.end",
    "zones.assign",
    "zones.commit",
    "radar.renew",
    "radar.until",
    "radar.confirm",
    "mediation.new",
    "mediation.step",
    "lists.new",
    "lists.match",
    "lists.done",
    "fusion.accept",
)
HEADS = ("adoption", "alliances", "zones", "radar", "mediation", "lists", "fusion")


def may_be_used(widget: QWidget) -> bool:
    """Whether a hand could write with it."""
    if getattr(widget, "is_read_only", False):
        return False
    if isinstance(widget, QLineEdit) and widget.isReadOnly():
        return False
    return widget.isEnabled()


def writers(window) -> list[QWidget]:
    return [
        widget
        for widget in window.findChildren(QWidget)
        if isinstance(widget, QAbstractButton | QComboBox | QLineEdit)
        and widget.objectName().startswith(WRITERS)
        and not widget.objectName().endswith(".error")
    ]


def changes_of(window) -> int:
    return len(window.window.context.registry.history(limit=1000))


def settle(window) -> None:
    window.until(lambda: not window.window.tasks.is_busy)


@pytest.mark.parametrize("day", [PAST, FUTURE])
def test_that_nothing_can_be_written_on_another_day(window, day):
    window.pick("C000005")
    window.until(lambda: bool(window.label("three_no.status")))
    context = window.window.context
    context.set_as_of(day)
    settle(window)
    reason = context.why_locked
    assert day.isoformat() in reason
    before = changes_of(window)
    for spec in WRITING:
        action = window.action(spec.id)
        assert not action.isEnabled(), spec.id
        assert reason in action.toolTip(), spec.id
    for name in HEADS:
        topic(window, name)
        settle(window)
        shown = [w for w in writers(window.window) if w.isVisibleTo(window.window)]
        assert any(w.objectName().startswith(f"{name}.") for w in shown), name
        assert not [w.objectName() for w in shown if may_be_used(w)]
    for codes in (["F000001"], ["340102003001"], ["C000001", "C000002"], ["C000005"]):
        context.select(codes, "test")
        settle(window)
        found = [w for w in writers(window.window) if w.isVisibleTo(window.window)]
        assert len(found) > 4
        for widget in found:
            assert not may_be_used(widget), widget.objectName()
            assert reason in widget.toolTip(), widget.objectName()
    heard: list[Text] = []
    context.said.connect(heard.append)
    for letter in LETTERS:
        window.canvas.setFocus()
        QTest.keyClicks(window.canvas, letter)
        settle(window)
    assert reason in {said.in_("zh") for said in heard}
    assert not [
        d for d in window.window.findChildren(QWidget) if d.objectName().endswith(".dialog") and d.isVisible()
    ]
    window.window.palette_panel.open()
    rows = the(QListWidget, "palette.results", inside=window.window)
    offered = {str(rows.item(n).data(Qt.ItemDataRole.UserRole + 1)) for n in range(rows.count())}
    assert not offered & {spec.id for spec in WRITING}
    assert changes_of(window) == before


@pytest.mark.parametrize("day", [PAST, FUTURE])
def test_that_a_step_chosen_before_can_not_be_taken_back_on_another_day(window, day):
    tell(window, lambda r: edit.set_values(r, ["C000001"], {"households": 4321}))
    context = window.window.context
    table = window.view("journal.table")
    window.until(lambda: table.model().rowCount() > 1)
    settle(window)
    table.setCurrentIndex(table.model().index(0, 0))
    undo = the(QAbstractButton, "journal.undo", inside=window.window)
    live = table.model().index(0, 5).data(Qt.ItemDataRole.ForegroundRole).color()
    assert undo.isEnabled()
    before = changes_of(window)
    heard: list[Text] = []
    context.said.connect(heard.append)
    context.set_as_of(day)
    settle(window)
    assert not undo.isEnabled()
    assert context.why_locked in undo.toolTip()
    assert table.model().index(0, 5).data(Qt.ItemDataRole.ForegroundRole).color() != live
    table.clicked.emit(table.model().index(0, 5))
    settle(window)
    assert heard == [context.lock]
    assert changes_of(window) == before
    context.set_as_of(today())
    assert undo.isEnabled()


@pytest.mark.parametrize("day", [PAST, FUTURE])
def test_that_a_write_that_was_under_way_when_the_day_changed_is_refused_with_the_reason(window, day):
    context = window.window.context
    window.pick("C000001")
    window.canvas.setFocus()
    window.press("B")
    sheet = the(QWidget, "attach.dialog", inside=window.window)
    before = changes_of(window)
    context.set_as_of(day)
    the(QAbstractButton, "attach.commit", inside=sheet).click()
    settle(window)
    assert context.why_locked in the(QWidget, "attach.error", inside=sheet).text()
    assert changes_of(window) == before
    refused: list[Exception] = []
    context.edit(
        lambda _t: edit.set_values(context.registry, ["C000001"], {"name": "不该写"}),
        Text("", ""),
        on_error=refused.append,
    )
    context.undo()
    settle(window)
    assert [error.message for error in refused] == [context.lock]
    assert changes_of(window) == before


@pytest.mark.parametrize("lease", [None, Lease("李四", "街道办二号机", "2026-11-30T09:00:00")])
def test_that_a_registry_that_can_only_be_read_gives_the_same_answer(window, lease):
    context = window.window.context
    registry = context.registry
    registry.is_read_only, registry.lease = True, lease
    context.set_registry(registry)
    window.wait_for_registry()
    window.pick("C000005")
    settle(window)
    reason = context.why_locked
    assert reason == ("这个文件只能读，改不了" if lease is None else lease.words.zh)
    for spec in WRITING:
        assert not window.action(spec.id).isEnabled(), spec.id
        assert reason in window.action(spec.id).toolTip()
    found = [w for w in writers(window.window) if w.isVisibleTo(window.window)]
    assert found
    assert not [w.objectName() for w in found if may_be_used(w)]


def test_that_today_takes_every_reason_away_again(window):
    window.pick("C000005")
    context = window.window.context
    tips = {w.objectName(): w.toolTip() for w in writers(window.window)}
    context.set_as_of(PAST)
    settle(window)
    context.set_as_of(today())
    settle(window)
    assert window.action("compound.attach_party").isEnabled()
    assert the(QAbstractButton, "inspector.attach", inside=window.window).isEnabled()
    for widget in writers(window.window):
        assert "2025-06-01" not in widget.toolTip(), widget.objectName()
        if widget.objectName() in tips:
            assert widget.toolTip() == tips[widget.objectName()], widget.objectName()
    draw = the(QToolButton, "tool.draw", inside=window.window)
    assert draw.isEnabled()
    assert "2025" not in draw.toolTip()


def test_that_a_drawing_tool_is_put_down_where_nothing_may_be_written(window):
    window.action("map.draw").trigger()
    assert window.canvas.tool() == "draw"
    window.window.context.set_as_of(PAST)
    assert window.canvas.tool() == "select"
