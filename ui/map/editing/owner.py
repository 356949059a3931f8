"""What is said beside ground that two outlines would have: how much it is, and whose it becomes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import QPointF

from app.text import Text
from ui.map.editing.marks import paint_card
from ui.map.editing.measures import area_words

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from ui.map.editing.tools import Host
    from ui.map.editing.work import Work

_OVERLAP: Final = Text("与 {} 重叠 {}", "Shares {1} with {0}")
_STAYS: Final = Text("会裁齐，归 {}。按 Tab 换归属", "Will be clipped, stays with {}. Tab changes the owner")
_COMES: Final = Text("会归 {}。按 Tab 换归属", "Will go to {}. Tab changes the owner")


def paint_owner(painter: QPainter, host: Host, work: Work) -> None:
    """Say beside the largest overlap how much it is, and whose it will be."""
    one, lang, palette = max(work.shared, key=lambda shared: shared.area), host.lang, host.style_now.palette
    spot = shapely.point_on_surface(one.shape)
    pixel = QPointF(*host.view.to_px(float(spot.x), float(spot.y))) + QPointF(0, 40)
    words = _OVERLAP.format(one.name, area_words(one.area, lang)).in_(lang)
    fate = (_COMES.format(work.name) if work.is_taking else _STAYS.format(one.name)).in_(lang)
    paint_card(painter, pixel, [words, fate], palette, host.free_room, palette.error)
