"""Tiles of ground and labels, painted by one thread of their own while the window goes on.

The window asks for a view; what is there it copies, what is not yet it gets when the painter tells. A tile whose
look is out of date stays on screen until its successor is painted. The painter touches no object of the window: it
speaks through a line, and what it fails to paint stays paper while the error goes to the window's thread.
"""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QColor, QImage

from ui.bridge.garbage import Hold
from ui.map.labels import Label, LabelBook
from ui.map.paint import GroundPainter

if TYPE_CHECKING:
    from ui.bridge.lines import Line
    from ui.map.style import MapStyle
    from ui.map.view import Bounds, View

TILE_PX: Final = 512
_MOST_TILES: Final = 96  # a megabyte each
_SWITCH_S: Final = 0.0005
_RING: Final = 1  # tiles painted ahead around the window
Key = tuple[int, int]


@dataclass(slots=True)
class _Tile:
    image: QImage
    version: int


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the window wants just now. ``version`` grows with each change of look."""

    view: View
    style: MapStyle
    version: int


class TileStore:
    """The tiles of the scale in view. All methods belong to the window's thread.

    ``line`` hears None when something was painted, and the exception where painting failed.
    """

    def __init__(self, line: Line) -> None:
        self._line = line
        self._hold: Hold | None = None
        self._lock = threading.Condition()
        self._thread: threading.Thread | None = None  # noqa: TID251
        self._is_closed = False
        self._wish: _Wish | None = None
        self._tiles: dict[Key, _Tile] = {}
        self._scale: tuple[float, float] = (0.0, 0.0)
        self._labels: tuple[Label, ...] = ()
        self._labels_for: tuple[int, Key] | None = None
        self._is_told = False  # a ready signal is on its way
        self._is_empty = False  # what is wanted is paper
        self._first = 0  # version before which all is of a ground that is gone

    def want(self, view: View, style: MapStyle, version: int) -> None:
        """Ask for what ``view`` shows. Called at each frame; costs nothing when it is all there."""
        with self._lock:
            scale = (view.mpp, view.ratio)
            if scale != self._scale:
                self._scale = scale
                self._tiles = {}
                self._labels = ()
                self._labels_for = None
            # paper needs no painter: before a registry is read, its thread would only be in the way
            self._wish = None if style.scene.is_empty else _Wish(view, style, version)
            self._is_empty = self._wish is None
            if self._is_empty:  # nothing of the ground before is left, nor what is still being painted of it
                self._tiles, self._labels, self._labels_for = {}, (), None
                self._first = version
            self._is_told = False
            self._lock.notify()
        if self._wish is not None and self._thread is None and not self._is_closed:
            # Python's default of 5 ms would let the painter hold up a frame at each call into Qt
            sys.setswitchinterval(_SWITCH_S)
            self._hold = Hold()
            # the one thread of the map
            self._thread = threading.Thread(  # noqa: TID251
                target=self._run, name="map tiles", daemon=True
            )
            self._thread.start()

    def drawn(self) -> None:
        """Note that the window has drawn what there was: tell again when there is more."""
        with self._lock:
            self._is_told = False

    def keep(self, old: int, new: int, dirty: list[Bounds]) -> None:
        """Carry tiles over from one version to the next, but for those that meet a box of ``dirty`` [m]."""
        with self._lock:
            mpp, ratio = self._scale
            side = TILE_PX / ratio * mpp if ratio else 0.0
            for (tx, ty), tile in self._tiles.items():
                west, north = tx * side, -ty * side
                reach = 8 * mpp
                meets = any(
                    box[0] <= west + side + reach
                    and box[2] >= west - reach
                    and box[1] <= north + reach
                    and box[3] >= north - side - reach
                    for box in dirty
                )
                if tile.version == old and not meets:
                    tile.version = new

    def tiles(self) -> dict[Key, QImage]:
        """Return the tiles that are there, at the scale last wanted."""
        with self._lock:
            return {key: tile.image for key, tile in self._tiles.items()}

    def labels(self) -> tuple[Label, ...]:
        """Return the labels that are there."""
        with self._lock:
            return self._labels

    def is_sharp(self) -> bool:
        """Whether everything wanted was painted as wanted."""
        with self._lock:
            wish = self._wish
            if wish is None:
                return self._is_empty
            return self._labels_for == _label_mark(wish) and not any(
                (tile := self._tiles.get(key)) is None or tile.version != wish.version
                for key in visible_tiles(wish.view)
            )

    def stop(self) -> None:
        """Have the thread end after what it is painting, without waiting for it."""
        with self._lock:
            self._is_closed = True
            self._lock.notify()
        self._line.close()

    def close(self) -> None:
        """End the thread and wait for it."""
        self.stop()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._hold is not None:
            self._hold.end()

    # -- the thread ----------------------------------------------------------------------------

    def _run(self) -> None:
        hand = _Hand()
        while (order := self._wait()) is not None:
            wish, key = order
            word: Exception | None = None
            try:
                if key is not None:
                    self._keep_tile(wish, key, hand.paint(wish, key))
                else:
                    self._keep_labels(wish, hand.lay_out(wish))
            except Exception as error:  # noqa: BLE001  # the window's thread raises it
                word = error
                if key is not None:
                    self._keep_tile(wish, key, _paper(wish))
                else:
                    self._keep_labels(wish, ())
            self._tell(word)

    def _wait(self) -> tuple[_Wish, Key | None] | None:
        """Return what to do next, a tile or (None) the labels; None when all is over."""
        with self._lock:
            while not self._is_closed and (wish := self._next_wish()) is None:
                self._lock.wait()
            if self._is_closed:
                return None
            assert wish is not None
            return wish, self._next_tile(wish)

    def _next_wish(self) -> _Wish | None:
        """Return the wish if anything of it is left to do."""
        wish = self._wish
        if wish is None:
            return None
        if self._labels_for != _label_mark(wish) or self._next_tile(wish, with_ring=True) is not None:
            return wish
        return None

    def _next_tile(self, wish: _Wish, *, with_ring: bool = False) -> Key | None:
        """Return what to paint next: in view and nearest the middle first, then labels, then the ring around.

        A tile that was carried over to a look which the window is about to want is not out of date.
        """
        is_labelled = self._labels_for == _label_mark(wish)
        for key in visible_tiles(wish.view, ring=_RING if with_ring or is_labelled else 0):
            tile = self._tiles.get(key)
            if tile is None or tile.version < wish.version:
                return key
        return None

    def _keep_tile(self, wish: _Wish, key: Key, image: QImage) -> None:
        view = wish.view
        with self._lock:
            if self._scale == (view.mpp, view.ratio) and wish.version >= self._first:
                self._tiles[key] = _Tile(image, wish.version)
                if len(self._tiles) > _MOST_TILES and self._wish is not None:
                    kept = visible_tiles(self._wish.view, ring=_RING + 1)
                    self._tiles = {k: t for k, t in self._tiles.items() if k in kept}

    def _keep_labels(self, wish: _Wish, labels: tuple[Label, ...]) -> None:
        with self._lock:
            if self._scale == (wish.view.mpp, wish.view.ratio) and wish.version >= self._first:
                self._labels = labels
                self._labels_for = _label_mark(wish)

    def _tell(self, error: Exception | None) -> None:
        with self._lock:
            if self._is_closed or (self._is_told and error is None):
                return
            self._is_told = True
        self._line.say(error)


class _Hand:
    """What the painter keeps from one tile to the next. Belongs to the painter's thread."""

    def __init__(self) -> None:
        self._painter: GroundPainter | None = None
        self._book: LabelBook | None = None
        self._book_for: object = None

    def paint(self, wish: _Wish, key: Key) -> QImage:
        """Return one tile, painted."""
        view = wish.view
        if self._painter is None or self._painter.scene is not wish.style.scene:
            self._painter = GroundPainter(wish.style.scene, self._painter)
        image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
        left, top = key[0] * TILE_PX, key[1] * TILE_PX
        self._painter.paint(image, left, top, view.mpp / view.ratio, wish.style, ratio=view.ratio)
        image.setDevicePixelRatio(view.ratio)
        return image

    def lay_out(self, wish: _Wish) -> tuple[Label, ...]:
        """Return the labels around a view."""
        mark = (wish.view.mpp, wish.view.ratio, wish.style.scene, wish.style.hidden)
        if self._book is None or self._book_for != mark:
            self._book, self._book_for = LabelBook(wish.view.mpp, wish.view.ratio), mark
        return self._book.lay_out(_around(wish.view), wish.style)


def _paper(wish: _Wish) -> QImage:
    """Return the tile that stands where painting failed."""
    image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
    image.fill(QColor(wish.style.palette.paper))
    image.setDevicePixelRatio(wish.view.ratio)
    return image


def visible_tiles(view: View, *, ring: int = 0) -> dict[Key, None]:
    """Return the tiles that a view needs, nearest its middle first; those of the ring after them."""
    width, height = round(view.width * view.ratio), round(view.height * view.ratio)
    first_x, last_x = view.left // TILE_PX, (view.left + width - 1) // TILE_PX
    first_y, last_y = view.top // TILE_PX, (view.top + height - 1) // TILE_PX
    middle_x, middle_y = (first_x + last_x) / 2, (first_y + last_y) / 2

    def rank(key: Key) -> tuple[bool, float]:
        is_out = not (first_x <= key[0] <= last_x and first_y <= key[1] <= last_y)
        return is_out, (key[0] - middle_x) ** 2 + (key[1] - middle_y) ** 2

    keys = [
        (tx, ty)
        for tx in range(first_x - ring, last_x + ring + 1)
        for ty in range(first_y - ring, last_y + ring + 1)
    ]
    return dict.fromkeys(sorted(keys, key=rank))


def _label_mark(wish: _Wish) -> tuple[int, Key]:
    """Labels are asked for again when the look changes, or when the view has moved by half a tile."""
    half = TILE_PX // 2
    return wish.version, (wish.view.left // half, wish.view.top // half)


def _around(view: View) -> tuple[float, float, float, float]:
    """Return the ground of a view and half a tile around it."""
    reach = TILE_PX / 2 / view.ratio * view.mpp
    west, south, east, north = view.bounds
    return west - reach, south - reach, east + reach, north + reach
