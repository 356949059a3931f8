"""What ends, goes, moves or gets another name asks for its day and its reason, where the hand is."""

from __future__ import annotations

from datetime import timedelta

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from app.domain.period import today
from app.services.edit import edit
from app.services.mediation.alliances import alliances_on, join_alliance
from tests.ui.robots.find import the
from tests.ui.robots.topics import tell, topic
from ui.actions import LETTERS

REASON = "zhi bu che xiao"


def settle(window) -> None:
    window.until(lambda: not window.window.tasks.is_busy)


def steps(window) -> list[tuple[str, str | None]]:
    return [(c.verb, c.why) for c in window.window.context.registry.history()][:-1]


def line(window, name) -> QLineEdit:
    return the(QLineEdit, name, inside=window.window)


def button(window, name) -> QPushButton:
    return the(QPushButton, name, inside=window.window)


def is_open(window, name) -> bool:
    return any(d.isVisible() for d in window.window.findChildren(QWidget, f"{name}.dialog"))


def show(window, code):
    window.window.context.select([code], "test")
    settle(window)


@pytest.fixture
def related(window):
    """A compound with a branch, a firm and membership in an alliance."""
    tell(
        window,
        lambda r: edit.add(r, "alliances", {"name": "邻里联盟"}),
        lambda r: join_alliance(r, alliances_on(r.dataset, today())[0].code, ["C000005"]),
    )
    show(window, "C000005")
    return window


@pytest.mark.parametrize("kind", ["attachments", "engagements", "links"])
def test_that_what_is_detached_asks_for_day_and_reason(related, kind):
    window, registry = related, related.window.context.registry
    field = "compound" if kind == "engagements" else "to"
    code = next(row.code for row in registry.dataset.of(kind).values() if row.text(field) == "C000005")
    before = steps(window)
    scroll = the(QScrollArea, "inspector.scroll", inside=window.window)
    scroll.ensureWidgetVisible(button(window, f"inspector.detach.{code}"))
    place, width = scroll.verticalScrollBar().value(), window.window.inspector.width()
    QTest.mouseClick(button(window, f"inspector.detach.{code}"), Qt.MouseButton.LeftButton)
    assert steps(window) == before
    assert window.focus() == "end.on"
    assert line(window, "end.on").text() == today().isoformat()
    day = today() - timedelta(days=30)
    line(window, "end.on").selectAll()
    window.press(*day.isoformat())
    window.press("Enter")
    assert window.focus() == "end.why"
    assert line(window, "end.why").text() == ""
    window.press("Enter")
    assert the(QLabel, "end.why.error", inside=window.window).text()
    assert steps(window) == before
    window.press(*REASON, "Enter")
    window.until(lambda: not is_open(window, "end"))
    settle(window)
    assert steps(window) == [("detach", REASON), *before]
    row = registry.dataset.find(code)
    began = row is not None and row.valid_until == day - timedelta(days=1)
    assert began or row is None  # one that would end before it began is taken back
    assert scroll.verticalScrollBar().value() == place
    assert window.window.inspector.width() == width


def test_that_esc_leaves_everything_as_it_was(related):
    window, before = related, steps(related)
    QTest.mouseClick(button(window, "inspector.detach.A000002"), Qt.MouseButton.LeftButton)
    window.press("Esc")
    assert not is_open(window, "end")
    assert steps(window) == before
    assert window.window.context.selection == ["C000005"]


def test_that_no_letter_reaches_an_action_while_the_sheet_is_there(related):
    window, before = related, steps(related)
    view = window.canvas.view
    for name in ("end.on", "end.why", "end.commit", "end.cancel"):
        QTest.mouseClick(button(window, "inspector.detach.A000002"), Qt.MouseButton.LeftButton)
        the(QWidget, name, inside=window.window).setFocus()
        window.press(*(letter for letter in LETTERS if name.startswith("end.")), "1", "2", "0")
        QTest.keyClick(window.window.focusWidget(), Qt.Key.Key_Delete)
        assert is_open(window, "end")
        assert not is_open(window, "attach")
        assert not is_open(window, "remove")
        assert window.window.context.selection == ["C000005"]
        assert window.canvas.tool() == "select"
        assert window.canvas.view == view
        window.press("Esc")
    assert steps(window) == before


def test_that_leaving_an_alliance_asks_too(related):
    window, before = related, steps(related)
    found = topic(window, "alliances")
    settle(window)
    found.leave_chosen()
    assert is_open(window, "end")
    assert steps(window) == before
    line(window, "end.why").setText(REASON)
    button(window, "end.commit").click()
    window.until(lambda: len(steps(window)) == len(before) + 1)
    assert steps(window)[0][1] == REASON


# taken out, renamed, moved


@pytest.fixture
def station(window):
    registry = window.window.context.registry
    kind = next(iter(registry.profile.choices["station_kind"]))
    tell(
        window,
        lambda r: edit.add(
            r, "stations", {"name": "便民点", "kind": kind, "geometry": shapely.Point(117.306, 31.864)}
        ),
    )
    code = next(iter(registry.dataset.of("stations")))
    window.until(lambda: code in window.canvas.style_now.scene.stations.index)
    return code


@pytest.mark.parametrize("where", ["map.canvas", "table.compounds", "inspector"])
def test_that_delete_takes_the_record_out_after_its_reason(window, where):
    registry = window.window.context.registry
    show(window, "C000003")
    before = steps(window)
    box = the(QWidget, where, inside=window.window)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Delete)
    assert is_open(window, "remove")
    assert window.focus() == "remove.why"
    window.press("Enter")
    assert steps(window) == before
    window.press(*REASON, "Enter")
    window.until(lambda: registry.dataset.find("C000003") is None)
    settle(window)
    assert steps(window) == [("remove", REASON), *before]
    window.until(lambda: window.window.steps.can_undo)
    window.action("edit.undo").trigger()
    window.until(lambda: registry.dataset.find("C000003") is not None)


def test_that_the_sheet_says_what_goes_and_what_is_in_the_way(window):
    show(window, "C000005")
    window.action("record.remove").trigger()
    said = the(QLabel, "remove.goes", inside=window.window).text()
    assert "挂接 1" in said
    window.press("Esc")
    show(window, "340102003001001")
    window.action("record.remove").trigger()
    assert is_open(window, "remove")


@pytest.mark.parametrize("code", ["O000002", "F000001", "C000005"])
def test_that_what_was_right_until_a_day_ends_then(window, code):
    registry = window.window.context.registry
    show(window, code)
    window.action("record.remove").trigger()
    how = the(QComboBox, "remove.how", inside=window.window)
    assert not line(window, "remove.on").isEnabled()
    how.setCurrentIndex(how.findData("from"))
    assert line(window, "remove.on").isEnabled()
    line(window, "remove.why").setText(REASON)
    button(window, "remove.commit").click()
    window.until(lambda: registry.dataset.find(code).valid_until == today() - timedelta(days=1))
    assert steps(window)[0][1] == REASON


@pytest.mark.parametrize("code", ["O000002", "F000001", "C000005", "340102003001001"])
def test_that_a_record_is_renamed_with_its_reason(window, code):
    registry = window.window.context.registry
    show(window, code)
    window.action("record.rename").trigger()
    line(window, "rename.name").setText("新名称")
    button(window, "rename.commit").click()
    assert the(QLabel, "rename.why.error", inside=window.window).text()
    how = the(QComboBox, "rename.how", inside=window.window)
    how.setCurrentIndex(how.findData("from"))
    line(window, "rename.why").setText(REASON)
    button(window, "rename.commit").click()
    window.until(lambda: registry.dataset.find(code).text("name") == "新名称")
    record = registry.dataset.find(code)
    assert record.on("name", today()) == "新名称"
    assert record.on("name", today() - timedelta(days=1)) != "新名称"


def test_that_a_station_is_dragged_with_a_reason(window, station):
    registry, canvas = window.window.context.registry, window.canvas
    before, was = steps(window), registry.dataset.find(station).geometry
    spot = canvas.position_of(station)
    QTest.mouseMove(canvas, spot)
    window.until(lambda: canvas.cursor().shape() == Qt.CursorShape.SizeAllCursor)
    assert not canvas.hint_bar.isHidden()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=spot)
    QTest.mouseMove(canvas, spot + QPoint(30, 10))
    QTest.mouseMove(canvas, spot + QPoint(40, 20))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=spot + QPoint(40, 20))
    assert is_open(window, "move")
    assert steps(window) == before
    assert window.focus() == "move.why"
    window.press(*REASON, "Enter")
    window.until(lambda: len(steps(window)) == len(before) + 1)
    assert steps(window)[0] == ("set", REASON)
    now = registry.dataset.find(station).geometry
    assert not now.equals(was)


def test_that_a_station_is_moved_by_typing_and_removed(window, station):
    registry = window.window.context.registry
    show(window, station)
    window.action("station.move").trigger()
    line(window, "move.lon").setText("117.31")
    line(window, "move.lat").setText("west")
    line(window, "move.why").setText(REASON)
    button(window, "move.commit").click()
    assert the(QLabel, "move.lat.error", inside=window.window).text()
    line(window, "move.lat").setText("31.865")
    button(window, "move.commit").click()
    window.until(lambda: abs(registry.dataset.find(station).geometry.x - 117.31) < 1e-6)
    window.canvas.setFocus()
    QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
    window.press(*REASON, "Enter")
    window.until(lambda: registry.dataset.find(station) is None)


def test_that_nothing_is_removed_where_several_or_none_are_selected(window):
    for codes in ([], ["C000001", "C000002"], ["340102003001"]):
        window.window.context.select(codes, "test")
        window.canvas.setFocus()
        QTest.keyClick(window.canvas, Qt.Key.Key_Delete)
        assert not is_open(window, "remove")
        assert not window.action("record.remove").isEnabled()
