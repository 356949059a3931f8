"""What is shown on the map is shown beside what stays over it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QWidget

from tests.ui.map.fake_scene import fake_scene
from ui.map.canvas import MapCanvas
from ui.widgets.over_map import beside, cover_map

ROOM = QRect(0, 0, 1000, 600)


@pytest.mark.parametrize(
    ("over", "free"),
    [
        ([], ROOM),
        ([QRect(600, 0, 400, 600)], QRect(0, 0, 600, 600)),
        ([QRect(200, 350, 800, 250)], QRect(0, 0, 1000, 350)),
        ([QRect(600, 0, 400, 600), QRect(0, 350, 700, 250)], QRect(0, 0, 600, 350)),
        ([QRect(1200, 0, 100, 100)], ROOM),
        ([QRect(100, 100, 880, 480)], ROOM),  # what is left shows nothing
    ],
)
def test_that_the_largest_part_beside_panels_is_found(over, free):
    assert beside(ROOM, over) == free


def test_that_a_record_is_shown_beside_what_stays_over_the_map(qtbot):
    canvas = MapCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(1100, 900)
    canvas.set_scene(fake_scene(300))
    sheet, panel = QWidget(canvas), QWidget(canvas)
    sheet.setGeometry(500, 0, 600, 900)
    panel.setGeometry(0, 600, 700, 300)
    for over in (sheet, panel):
        cover_map(over)
    canvas.show()
    qtbot.waitExposed(canvas)
    free = QRect(0, 0, 500, 600)
    for code, show in (
        ("C0007", lambda: canvas.zoom_to(["C0007"])),
        ("C0099", lambda: canvas.bring_into_view("C0099")),
    ):
        show()
        west, south, east, north = canvas.style_now.scene.bounds_of([code])
        (left, top), (right, bottom) = canvas.view.to_px(west, north), canvas.view.to_px(east, south)
        box = QRect(round(left), round(top), round(right - left), round(bottom - top))
        assert free.contains(box), (code, box)
    panel.hide()
    sheet.hide()
    canvas.zoom_to(["C0007"])
    assert canvas.position_of("C0007").x() == pytest.approx(550, abs=60)  # the middle of all again
    canvas.close()
