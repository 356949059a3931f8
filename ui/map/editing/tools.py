"""What the mouse and keys do on the map: one strategy object for each tool."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, NamedTuple, Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from typing_extensions import override

from app.text import Text
from ui.map.badges import badge
from ui.map.frame import outline_pen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent
    from shapely import Geometry, Polygon

    from ui.map.editing.siting import SiteMarks
    from ui.map.editing.work import Work
    from ui.map.style import MapStyle
    from ui.map.view import View

DRAG_PX: Final = 4


class Hint(NamedTuple):
    """A key of the hint bar and what it does. An empty key is a sentence of its own."""

    key: Text
    words: Text
    is_error: bool = False


_STATION_HINTS: Final = [
    Hint(Text("拖动", "Drag"), Text("移动站点", "move the station")),
    Hint(Text("Delete", "Delete"), Text("选中后删除", "remove it once selected")),
]


class Host(Protocol):
    """What a tool may ask of the canvas."""

    @property
    def is_over_station(self) -> bool:
        """Whether the mouse is over a station."""

    @property
    def view(self) -> View:
        """The ground in the window."""

    @property
    def sites(self) -> SiteMarks:
        """Places of new stations that lie over the map."""

    @property
    def style_now(self) -> MapStyle:
        """Scene and colours."""

    def width(self) -> int:
        """Return the window's width [px]."""

    def height(self) -> int:
        """Return the window's height [px]."""

    @property
    def lang(self) -> str:
        """The language of the words, zh or en."""

    def feature_at(self, x: float, y: float) -> str | None:
        """Return what lies under a pixel."""

    def features_in(self, box: QRectF) -> list[str]:
        """Return what a rectangle selects."""

    def select(self, codes: Sequence[str], modifiers: Qt.KeyboardModifier) -> None:
        """Select as a user: Shift adds, Ctrl toggles."""

    def pan_by(self, dx: float, dy: float) -> None:
        """Drag the ground."""

    def update(self) -> None:
        """Draw again."""

    def tell_hints(self) -> None:
        """Show the tool's hints again."""

    @property
    def free_room(self) -> QRectF:
        """The part of the window over which no tools and hints lie [px]."""

    def finish_tool(self) -> None:
        """Go back to selecting."""

    def move_station(self, code: str, at: QPointF) -> None:
        """Tell that a station was dragged to a pixel."""

    def place_station(self, at: QPointF) -> None:
        """Tell that a new station was put on a pixel."""

    def tell_draft(self) -> None:
        """Tell that the half-drawn outline changed."""

    def take_polygon(self, outline: Polygon, *, is_taking: bool) -> None:
        """Tell that an outline [m] was closed; ``is_taking``: ground that it shares with others becomes its own."""

    def outline_at(self, x: float, y: float) -> tuple[str, Geometry] | None:
        """Return name and outline [m] of the smallest thing at a place [m] whose outline may be copied."""

    def hand_over(self, points: Sequence[tuple[float, float]]) -> None:
        """Go on drawing with these corners [m]."""

    def selection(self) -> list[str]:
        """Return what is selected."""

    def begin_work(self, code: str) -> Work:
        """Return an edit of a record's outline; raises ``InvalidInput`` where it can't be changed."""

    def begin_join(self, codes: Sequence[str]) -> Work:
        """Return what becomes of outlines made one; raises ``InvalidInput`` where they can't be."""

    def tell_work(self, work: Work | None) -> None:
        """Tell what the edit under the hand comes to; None where there is none."""

    def finish_work(self, work: Work) -> None:
        """Have an edit written."""

    def show_point(self, at: tuple[float, float]) -> None:
        """Bring a place [m] into sight."""

    def ask_numbers(self) -> None:
        """Open the field in which a corner is said in numbers."""


class Tool:
    """A tool that does nothing; the others override what they need."""

    name: ClassVar[str] = ""
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.ArrowCursor
    shows_tips: ClassVar[bool] = False
    shows_draft: ClassVar[bool] = False  # what it has half done shows whatever the tool in hand

    def __init__(self, host: Host) -> None:
        self.host = host

    def start(self) -> None:
        """Be taken in hand."""

    def stop(self) -> None:
        """Be put down for another tool."""

    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take the left button going down."""

    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        """Follow the mouse."""

    def release(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Take the left button going up."""

    def double_click(self, at: QPointF) -> None:
        """Take the second press of a double click."""

    def key(self, event: QKeyEvent) -> bool:
        """Return whether the key was for the tool."""
        del event
        return False

    @property
    def wants_tab(self) -> bool:
        """Whether Tab means something to the tool just now, and is not the way to the next control."""
        return False

    @property
    def can_undo(self) -> bool:
        """Whether the gesture has an act to take back."""
        return False

    def undo(self) -> None:
        """Take back the gesture's last act."""

    def take_numbers(self, text: str) -> Text | None:
        """Take a corner said in numbers; return what is wrong with it, None where it was taken."""
        del text
        return None

    def paint(self, painter: QPainter) -> None:
        """Draw what is not finished."""

    def hints(self) -> list[Hint]:
        """Return what the hint bar says; empty = no bar."""
        return []


class PanTool(Tool):
    """Drags the ground."""

    name = "pan"
    cursor = Qt.CursorShape.OpenHandCursor

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._last: QPointF | None = None

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._last = at

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        if is_down and self._last is not None:
            self.host.pan_by(at.x() - self._last.x(), at.y() - self._last.y())
            self._last = at

    @override
    def release(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._last = None


class SelectTool(Tool):
    """Selects by click and by rectangle; drags a station, or a place for a new one, elsewhere."""

    name = "select"
    shows_tips = True

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self._from: QPointF | None = None
        self._to: QPointF | None = None
        self._station: str | None = None
        self._site: int | None = None

    @override
    def press(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self._from, self._to = at, None
        self._site = self.host.sites.place_at(self.host.view, at)
        code = self.host.feature_at(at.x(), at.y())
        is_station = code is not None and code in self.host.style_now.scene.stations.index
        self._station = code if is_station else None

    @override
    def move(self, at: QPointF, modifiers: Qt.KeyboardModifier, *, is_down: bool) -> None:
        if not is_down or self._from is None:
            return
        if self._to is None and (at - self._from).manhattanLength() < DRAG_PX:
            return
        self._to = at
        if self._site is not None:
            self.host.sites.drag(self.host.view, self._site, at, is_done=False)
        self.host.update()

    @override
    def release(self, at: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        start, end, station, site = self._from, self._to, self._station, self._site
        self._from = self._to = self._station = self._site = None
        if start is not None and site is not None:
            self._put(site, at, is_moved=end is not None)
            return
        if start is None:
            return
        if end is None and (at - start).manhattanLength() >= DRAG_PX:
            end = at
        if end is None:
            code = self.host.feature_at(at.x(), at.y())
            self.host.select([code] if code else [], modifiers)
        elif station is not None:
            self.host.move_station(station, at)
        else:
            self.host.select(self.host.features_in(QRectF(start, at).normalized()), modifiers)
        self.host.update()

    def _put(self, site: int, at: QPointF, *, is_moved: bool) -> None:
        """Leave a place for a new station where it was dragged, or choose it."""
        if is_moved:
            self.host.sites.drag(self.host.view, site, at, is_done=True)
        else:
            self.host.sites.chosen.emit(site)

    @override
    def key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Escape and self._to is not None:
            self._from = self._to = self._station = self._site = None
            self.host.sites.let_go()
            self.host.update()
            return True
        return False

    @override
    def hints(self) -> list[Hint]:
        return _STATION_HINTS if self.host.is_over_station else []

    @override
    def paint(self, painter: QPainter) -> None:
        if self._from is None or self._to is None or self._site is not None:
            return
        style = self.host.style_now
        palette = style.palette
        if self._station is not None:
            stations = style.scene.stations
            place = stations.index[self._station]
            was = QPointF(*self.host.view.to_px(*stations.xy[place]))
            pen = outline_pen(palette.accent, 1.5)
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawLine(was, self._to)
            image = badge(stations.kinds[place], palette, self.host.view.ratio)
            painter.drawImage(self._to - QPointF(11.5, 11.5), image)
            return
        ground = QColor(palette.accent)
        ground.setAlpha(30)
        painter.setBrush(ground)
        painter.setPen(QPen(QColor(palette.accent), 1))
        painter.drawRect(QRectF(self._from, self._to).normalized())
