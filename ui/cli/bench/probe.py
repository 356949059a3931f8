"""The driver of `bench --against`: run by a checkout's own Python on its own code, it opens the window and acts in it.

``python probe.py open|hands|pan REGISTRY STARTED CHECKOUT`` prints one JSON line. It knows nothing of either checkout but
``main.open_window`` and promised names of widgets and actions, so that the same hands measure both. A thing has come to an
end when for a while the window has painted nothing and no thread has worked; the last painting is the moment that counts.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMainWindow

WIDTH, HEIGHT = 1366, 698
QUIET_S: Final = 0.5  # without a painting and without work: the window has settled
IDLE: Final = 0.1  # share of a processor that a window at rest may use: the beat below, a timer
PATIENCE_S: Final = 120.0
ASK_MS: Final = 25  # between two looks whether what is waited for has come
BEAT_MS: Final = 25  # how often the loop is asked whether it is alive
FRAMES: Final = 60  # of each drag
FRAME_S: Final = 1 / 60
PAN_PX: Final = 16.0  # a frame
_IN_AND_OUT: Final = (1, 1, 1, 1, -1, -1, -1, -1)  # notches of the wheel, one a frame
ROUNDS: Final = 2  # of each act in one process; the processes alternate


def main(what: str, registry: str, started: float, checkout: Path) -> dict[str, Any]:
    """Open the window, wait until it has settled, act in it; return seconds, by what was done."""
    from PySide6.QtWidgets import QApplication

    program = importlib.import_module("main")  # of the checkout that is measured, whichever it is

    if not Path(str(program.__file__)).resolve().is_relative_to(checkout.resolve()):
        raise RuntimeError(f"not the checkout's own code was found, but {program.__file__}")
    application = QApplication([])
    application.setCursorFlashTime(0)  # a blinking cursor paints for ever
    watch = _Watch(application)
    window = program.open_window(Path(registry))
    watch.look_at(window)
    window.resize(WIDTH, HEIGHT)
    watch.until(lambda: _has_map(window) and watch.last_painted > 0)
    painted = time.time() - started
    watch.until(lambda: _has_figures(window))
    figures = time.time() - started
    settled = watch.settle() - started
    found: dict[str, Any] = {
        "open": {
            "painted_s": [painted],
            "figures_s": [figures],
            "settled_s": [settled],
            "freeze_s": [watch.longest],
        }
    }
    if what == "hands":
        found |= _hands(window, watch)
    if what == "pan":
        found["pan"] = _frames(window, watch)
    window.close()
    application.processEvents()
    return found


class _Watch:
    """When a window was last painted, and the longest time in which the application's loop was deaf.

    Attributes
    ----------
    last_painted : float
        Moment of the last painting [s since 1970], 0 before the first.
    longest : float
        The longest time in which nothing was answered [s].

    """

    def __init__(self, application: Any) -> None:
        from PySide6.QtCore import QTimer

        self._application = application
        self.last_painted = 0.0
        self.longest = 0.0
        self._beaten = time.time()
        self._beat = QTimer(application)
        self._beat.timeout.connect(self._note_beat)
        self._beat.start(BEAT_MS)

    def look_at(self, window: QMainWindow) -> None:
        """Note its paintings: whatever in a window is painted anew, the window itself is asked for it.

        The application is not watched: events of widgets that are half made would come by here.
        """
        window.installEventFilter(_on_painting(self._application, self._note_painting))

    def begin(self) -> None:
        """Forget the freezes so far."""
        self._beaten = time.time()
        self.longest = 0.0

    def until(self, true: Callable[[], bool]) -> None:
        """Let the window work until something is true; TimeoutError after `PATIENCE_S`."""
        from PySide6.QtCore import QEventLoop, QTimer

        if true():
            return
        waiting = QEventLoop()
        asking = QTimer(interval=ASK_MS)
        asking.timeout.connect(lambda: waiting.exit(0) if true() else None)
        asking.start()
        limit = QTimer(singleShot=True, interval=round(PATIENCE_S * 1000))
        limit.timeout.connect(lambda: waiting.exit(1))
        limit.start()
        if waiting.exec() != 0:
            raise TimeoutError("the window did not come so far")

    def settle(self) -> float:
        """Let the window work until it has painted nothing for `QUIET_S`; return when it last did."""
        begun = time.time()
        since, worked = begun, time.process_time()

        def is_at_rest() -> bool:
            nonlocal since, worked
            if self.last_painted > since:
                since, worked = self.last_painted, time.process_time()
            waited = time.time() - since
            if waited <= QUIET_S:
                return False
            used = time.process_time() - worked
            since, worked = time.time(), time.process_time()
            return used < IDLE * waited

        self.until(is_at_rest)
        return max(self.last_painted, begun)

    def _note_painting(self) -> None:
        self.last_painted = time.time()

    def _note_beat(self) -> None:
        now = time.time()
        self.longest = max(self.longest, now - self._beaten)
        self._beaten = now


def _on_painting(parent: Any, note: Callable[[], None]) -> Any:
    """Return an event filter that notes the paintings of what it is installed on."""
    from PySide6.QtCore import QEvent, QObject

    class Painting(QObject):
        """Notes, and lets every event pass."""

        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() in (QEvent.Type.Paint, QEvent.Type.UpdateRequest):
                note()
            return False

    return Painting(parent)


def _frames(window: QMainWindow, watch: _Watch) -> dict[str, list[float]]:
    """Drag the map with the middle button and turn the wheel, at three scales, at `FRAME_S` a frame.

    A frame lasts from the event until all that it asks for is painted. Beside it a picture as large as the map is copied.
    """
    from PySide6.QtWidgets import QWidget

    canvas = _the(window, QWidget, "map.canvas")
    found: dict[str, list[float]] = {}
    for scale, notches in (("full", 0), ("middle", 6), ("street", 8)):
        _turn_wheel(canvas, notches)
        watch.settle()
        found[f"{scale}_pan_s"] = _drag(canvas)
        watch.settle()
        found[f"{scale}_zoom_s"] = [_frame(partial(_turn_wheel, canvas, up)) for up in _IN_AND_OUT]
        began = time.time()
        found[f"{scale}_sharp_s"] = [round(watch.settle() - began, 3)]
    found["copy_s"] = _copies(canvas)
    return found


def _drag(canvas: Any) -> list[float]:
    """Return the seconds of each frame of a drag that always leads over ground not yet painted."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    middle = Qt.MouseButton.MiddleButton
    at = QPointF(canvas.width() / 2, canvas.height() / 2)

    def send(kind: QEvent.Type, button: Qt.MouseButton, held: Qt.MouseButton) -> None:
        glob = QPointF(canvas.mapToGlobal(at.toPoint()))
        event = QMouseEvent(kind, at, glob, button, held, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(canvas, event)

    send(QEvent.Type.MouseButtonPress, middle, middle)
    frames = []
    for _ in range(FRAMES):
        at += QPointF(-PAN_PX, -PAN_PX / 4)
        frames.append(_frame(lambda: send(QEvent.Type.MouseMove, Qt.MouseButton.NoButton, middle)))
    send(QEvent.Type.MouseButtonRelease, middle, Qt.MouseButton.NoButton)
    return frames


def _turn_wheel(canvas: Any, notches: int) -> None:
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    if notches == 0:
        return
    at = QPointF(canvas.width() / 2, canvas.height() / 2)
    event = QWheelEvent(
        at,
        QPointF(canvas.mapToGlobal(at.toPoint())),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def _frame(act: Callable[[], Any]) -> float:
    """Return how long an event and all that it asks to be painted take; then let the window have the rest of the frame."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    began = time.perf_counter()
    act()
    QApplication.sendPostedEvents()
    QApplication.processEvents()
    spent = time.perf_counter() - began
    while (left := FRAME_S - (time.perf_counter() - began)) > 0:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, max(int(left * 1000), 1))
    return spent


def _copies(canvas: Any) -> list[float]:
    from PySide6.QtGui import QImage, QPainter

    target, picture = (QImage(canvas.size(), QImage.Format.Format_RGB32) for _ in range(2))
    seconds = []
    for _ in range(FRAMES):
        began = time.perf_counter()
        painter = QPainter(target)
        painter.drawImage(0, 0, picture)
        painter.end()
        seconds.append(time.perf_counter() - began)
    return seconds


def _hands(window: QMainWindow, watch: _Watch) -> dict[str, Any]:
    """Do what people do, `ROUNDS` times each; an act whose widgets this program lacks is left out with the reason."""
    acts: dict[str, Callable[[QMainWindow, int], Callable[[], Any]]] = {
        "theme": _theme,
        "language": _language,
        "edit": _edit,
        "sort": _sort,
        "filter": _filter,
    }
    found: dict[str, Any] = {}
    for name, prepare in acts.items():
        seconds: dict[str, list[float]] = {"returned_s": [], "settled_s": [], "freeze_s": []}
        try:
            for number in range(ROUNDS):
                act = prepare(window, number)
                watch.settle()
                watch.begin()
                begun = time.time()
                act()
                returned = time.time()
                seconds["returned_s"].append(returned - begun)
                seconds["settled_s"].append(max(watch.settle(), returned) - begun)
                seconds["freeze_s"].append(max(watch.longest, returned - begun))
            if name == "edit" and not _action(window, "edit.undo").isEnabled():
                raise LookupError("nothing was written")
        except LookupError as missing:
            found[name] = {"left_out": str(missing)}
        else:
            found[name] = seconds
    return found


def _theme(window: QMainWindow, _number: int) -> Callable[[], Any]:
    return partial(_action(window, "view.dark").trigger)


def _language(window: QMainWindow, _number: int) -> Callable[[], Any]:
    return partial(_action(window, "view.language").trigger)


def _edit(window: QMainWindow, number: int) -> Callable[[], Any]:
    """Say of one compound after the other that it has a gate guard, or has none: whichever it does not say now."""
    from PySide6.QtWidgets import QComboBox, QTableView

    table = _the(window, QTableView, "table.compounds")
    _action(window, "mode.entry").trigger()
    table.setCurrentIndex(table.model().index(3 + number, 0))
    table.selectRow(3 + number)
    _work(lambda: window.findChild(QComboBox, "fact.gate_guard") is not None)
    box = _the(window, QComboBox, "fact.gate_guard")

    def choose() -> None:
        other = next(place for place in range(box.count()) if place != box.currentIndex())
        box.setCurrentIndex(other)
        box.activated.emit(other)

    return choose


def _sort(window: QMainWindow, number: int) -> Callable[[], Any]:
    from PySide6.QtCore import Qt
    from PySide6.QtWidgets import QTableView

    table = _shown(window, QTableView, "table.compounds")
    order = Qt.SortOrder.DescendingOrder if number % 2 == 0 else Qt.SortOrder.AscendingOrder
    return lambda: table.sortByColumn(0, order)


def _filter(window: QMainWindow, number: int) -> Callable[[], Any]:
    from PySide6.QtWidgets import QLineEdit

    box = _shown(window, QLineEdit, "table.filter")
    return lambda: box.clear() if number % 2 else box.insert("1")


def _work(true: Callable[[], bool]) -> None:
    """Let the window work until something is true, two seconds at most: what is not there then is left out."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    limit = time.time() + 2
    while not true() and time.time() < limit:
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def _has_map(window: QMainWindow) -> bool:
    from PySide6.QtWidgets import QWidget

    canvas = window.findChild(QWidget, "map.canvas")
    return canvas is not None and bool(canvas.visible_codes())  # type: ignore[attr-defined]  # a promised name


def _has_figures(window: QMainWindow) -> bool:
    from PySide6.QtWidgets import QAbstractItemView

    table = window.findChild(QAbstractItemView, "coverage.table")
    return table is not None and table.model() is not None and table.model().rowCount() > 1


def _action(window: QMainWindow, name: str) -> Any:
    from PySide6.QtGui import QAction

    return _the(window, QAction, name)


def _shown(window: QMainWindow, kind: type, name: str) -> Any:
    """Return a widget after its page, if it lies on one of several, was turned to."""
    from PySide6.QtWidgets import QTabWidget, QWidget

    _action(window, "mode.entry").trigger()
    found: QWidget = _the(window, kind, name)
    if not found.isVisible() and not _action(window, "view.bottom").isChecked():
        _action(window, "view.bottom").trigger()
    part: QWidget | None = found
    while part is not None:
        for book in window.findChildren(QTabWidget):
            if book.indexOf(part) >= 0:
                book.setCurrentWidget(part)
        part = part.parentWidget()
    _work(found.isVisible)
    if not found.isVisible():
        raise LookupError(f"{name} is not shown")
    return found


def _the(window: QMainWindow, kind: type, name: str) -> Any:
    found = window.findChild(kind, name)
    if found is None:
        raise LookupError(name)
    return found


if __name__ == "__main__":
    sys.path[0] = sys.argv[4]  # the checkout's folder in place of this file's
    print(json.dumps(main(sys.argv[1], sys.argv[2], float(sys.argv[3]), Path(sys.argv[4]))))  # noqa: T201  # read by the program that started this one
