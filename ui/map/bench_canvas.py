"""How fast the map draws: frames while panning and zooming, and a full redraw, over any number of polygons."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from PySide6.QtCore import QCoreApplication, QEventLoop
from PySide6.QtGui import QImage

from geo.crs import zone_for
from ui.map.canvas import MapCanvas
from ui.map.paint import GroundPainter
from ui.map.scene import Layer, MapScene, as_areas
from ui.map.style import MapStyle
from ui.map.tiles import TILE_PX, visible_tiles

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.map.view import View

_EAST, _NORTH, _PITCH_M = 500_000.0, 3_500_000.0, 150.0
_STATUSES: Final = ("covered", "covered", "uncovered", "unknown")
_FRAME_S: Final = 1 / 60


def many_compounds(count: int, *, seed: int = 1) -> MapScene:
    """Return a scene of ``count`` courtyards of 6 to 14 corners, one every 150 m, without units."""
    rng = np.random.default_rng(seed)
    side = int(np.ceil(np.sqrt(count)))
    corners = rng.integers(6, 15, count)
    starts = np.concatenate([[0], np.cumsum(corners + 1)])
    owner = np.repeat(np.arange(count), corners + 1)
    turn = (np.arange(starts[-1]) - starts[:-1][owner]) / corners[owner] * 2 * np.pi
    away = rng.uniform(35, 65, starts[-1])
    away[starts[1:] - 1] = away[starts[:-1]]
    turn[starts[1:] - 1] = turn[starts[:-1]]
    xy = np.column_stack(
        [
            _EAST + (owner % side) * _PITCH_M + away * np.cos(turn),
            _NORTH + (owner // side) * _PITCH_M + away * np.sin(turn),
        ]
    )
    shapes = np.asarray(shapely.polygons(shapely.linearrings(xy, indices=owner)), dtype=object)
    names = tuple(f"第{i}苑" for i in range(count))
    layer = Layer("compounds", tuple(f"C{i:06d}" for i in range(count)), names, as_areas(shapes))
    return MapScene(zone_for(117.0), {"compounds": layer})


def frame_times(canvas: MapCanvas, *, frames: int = 180, step_px: int = 16) -> dict[str, Any]:
    """Return milliseconds of each frame while panning live and while zooming, at 60 frames a second.

    A frame is what the window's thread does for one move: taking it in and drawing. ``sharp_ms``: how long after
    the last zoom step everything is painted.
    """
    wait_sharp(canvas)
    half = frames // 2
    panning = [
        _frame(canvas, partial(_pan, canvas, -step_px if i < half else step_px)) for i in range(frames)
    ]
    wait_sharp(canvas)
    zooming = [
        _frame(canvas, partial(_zoom, canvas, 1.1 if (i // 10) % 2 == 0 else 1 / 1.1))
        for i in range(frames // 3)
    ]
    began = time.perf_counter()
    wait_sharp(canvas)
    sharp = time.perf_counter() - began
    return {
        "pan_ms": _percentiles(panning),
        "zoom_ms": _percentiles(zooming),
        "under_16_ms": float(np.mean(np.array(panning + zooming) < 16.0)),
        "sharp_ms": sharp * 1000,
    }


def full_redraw(scene: MapScene, style: MapStyle, view: View) -> float:
    """Return milliseconds to paint every tile of a view, paths made before."""
    painter = GroundPainter(scene)
    for attempt in range(2):
        began = time.perf_counter()
        for tx, ty in visible_tiles(view):
            image = QImage(TILE_PX, TILE_PX, QImage.Format.Format_RGB32)
            painter.paint(image, tx * TILE_PX, ty * TILE_PX, view.mpp, style)
        if attempt:
            break
    return (time.perf_counter() - began) * 1000


def bench_canvas(count: int, *, frames: int = 180, width: int = 1600, height: int = 1000) -> dict[str, Any]:
    """Return the figures for ``count`` polygons at three scales: all, the middle, a street. Needs a QApplication."""
    scene = many_compounds(count)
    codes = scene.layer("compounds").codes
    statuses = {code: _STATUSES[i % len(_STATUSES)] for i, code in enumerate(codes)}
    canvas = MapCanvas()
    canvas.resize(width, height)
    canvas.set_statuses(statuses)
    canvas.set_scene(scene)
    canvas.show()
    found: dict[str, Any] = {"polygons": count}
    try:
        fitted = canvas.view
        for name, mpp in (("all", fitted.mpp), ("middle", min(fitted.mpp, 12.0)), ("street", 1.0)):
            canvas.set_view(fitted.resized(width, height, fitted.ratio))
            canvas.move_view(canvas.view.zoomed(fitted.mpp / mpp, width / 2, height / 2))
            found[name] = frame_times(canvas, frames=frames)
            found[name]["full_redraw_ms"] = full_redraw(scene, canvas.style_now, canvas.view)
    finally:
        canvas.close()
    return found


def wait_sharp(canvas: MapCanvas, limit_s: float = 120.0) -> None:
    """Let the window's thread run until everything is painted; TimeoutError after ``limit_s``."""
    until = time.perf_counter() + limit_s
    while not canvas.is_sharp():
        if time.perf_counter() > until:
            raise TimeoutError("the map did not become sharp")
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


def _pan(canvas: MapCanvas, by_px: float) -> None:
    canvas.pan_by(by_px, by_px / 4)


def _zoom(canvas: MapCanvas, factor: float) -> None:
    canvas.move_view(canvas.view.zoomed(factor, canvas.width() / 3, canvas.height() / 3))


def _frame(canvas: MapCanvas, act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    canvas.repaint()
    QCoreApplication.processEvents()
    spent = time.perf_counter() - began
    while (left := _FRAME_S - (time.perf_counter() - began)) > 0:
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, max(int(left * 1000), 1))
    return spent * 1000


def _percentiles(times: list[float]) -> dict[str, float]:
    return {name: float(np.percentile(times, at)) for name, at in (("p50", 50), ("p95", 95), ("p99", 99))} | {
        "max": max(times)
    }
