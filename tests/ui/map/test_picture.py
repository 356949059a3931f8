"""The map without a window: from records to a scene, and from a scene to a PNG."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import shapely
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.domain.dataset import Dataset
from app.domain.record import Record, make_record
from app.jobs import Cancelled, Ticket
from geo.crs import zone_for
from tests.ui.map.fake_scene import fake_fills, fake_scene, fake_statuses
from ui.map.build_scene import build_scene
from ui.map.export.picture import Caption, write_map_png
from ui.map.paint import GroundPainter
from ui.map.palette import LIGHT
from ui.map.style import MapStyle

DAY = date(2026, 11, 21)


def _dataset() -> Dataset:
    square = shapely.box(117.30, 31.87, 117.31, 31.88)
    rows = [
        make_record("districts", "1", "340102", name="瑶海区", geometry=square),
        make_record("communities", "2", "340102008001", name="甲社区"),
        make_record(
            "grids", "3", "340102008001001", name="第一网格", community="340102008001", geometry=square
        ),
        make_record("compounds", "4", "C1", name="一苑", geometry=shapely.box(117.302, 31.872, 117.304, 31.874)),
        make_record("compounds", "5", "C2", name="只有点", geometry=shapely.Point(117.306, 31.876)),
        make_record("compounds", "6", "C3", name="没有界线"),
        make_record(
            "compounds", "7", "C4", name="早没了", valid_until=date(2020, 1, 1), geometry=shapely.box(117.30, 31.87, 117.301, 31.871)
        ),
        make_record("stations", "8", "S1", name="驿站", kind="grid_post", geometry=shapely.Point(117.305, 31.873)),
    ]  # fmt: skip
    kinds: dict[str, dict[str, Record]] = {}
    for row in rows:
        kinds.setdefault(row.kind, {})[row.code] = row
    return Dataset(kinds)


def test_that_a_scene_holds_what_is_in_force_and_has_ground() -> None:
    scene = build_scene(_dataset(), zone_for(117.3), DAY)
    assert scene.layer("compounds").codes == ("C1", "C2")
    assert scene.layer("compounds").areas[0] == pytest.approx(189 * 222, rel=0.02)
    assert scene.layer("compounds").areas[1] > 50
    assert scene.stations.codes == ("S1",)
    assert scene.label("C2") == "只有点"
    assert scene.find("C3") is None
    # a community without outline has the ground of its grids
    inside = scene.inside("compounds", "340102008001")
    assert inside is not None
    assert inside.tolist() == [True, True]


def test_that_building_a_scene_can_be_stopped() -> None:
    ticket = Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled):
        build_scene(_dataset(), zone_for(117.3), DAY, ticket=ticket)


def test_that_an_empty_registry_has_an_empty_scene() -> None:
    scene = build_scene(Dataset({}), zone_for(117.0), DAY)
    assert scene.bounds is None
    assert len(scene.layer("compounds")) == 0


def _write(path: Path, stations: tuple[tuple[str, str], ...] = (), **more: object) -> QImage:
    scene = fake_scene(120)
    caption = Caption(
        stations=stations,
        title="瑶海区 · 党组织覆盖",
        subtitle="党组织覆盖率",
        as_of=DAY,
        source="样例",
        synthetic="合成数据",
    )
    write_map_png(
        path,
        scene,
        caption,
        statuses=fake_statuses(scene),
        fills=fake_fills(scene),
        size=(800, 700),
        ratio=1.0,
        **more,  # type: ignore[arg-type]
    )
    return QImage(str(path))


def test_that_a_picture_shows_the_map_and_says_what_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    image = _write(tmp_path / "a.png")
    assert (image.width(), image.height()) == (800, 700)
    colours = {image.pixelColor(x, y).name().upper() for x in range(30, 770, 3) for y in range(80, 570, 3)}
    assert {LIGHT.covered, LIGHT.uncovered, LIGHT.wash[4]} <= colours
    below = {image.pixelColor(x, y).name().upper() for x in range(24, 250) for y in range(600, 690)}
    assert set(LIGHT.wash) <= below
    warned = {image.pixelColor(x, y).name().upper() for x in range(600, 790) for y in range(585, 690)}
    assert LIGHT.warning in warned


def test_that_a_picture_says_which_badge_is_which_station_and_where_north_is(
    qtbot: QtBot, tmp_path: Path
) -> None:
    def inked(image: QImage, left: int, right: int, top: int, bottom: int, colour: str) -> int:
        return sum(
            image.pixelColor(x, y).name().upper() == colour
            for x in range(left, right)
            for y in range(top, bottom)
        )

    plain = _write(tmp_path / "a.png")
    told = _write(tmp_path / "b.png", stations=(("grid_post", "网格驿站"), ("mediation_room", "调解室")))
    line = (320, 600, 672, 694)  # below the review line
    assert inked(plain, *line, LIGHT.ink) == 0
    assert inked(told, *line, LIGHT.ink) > 300
    assert inked(plain, 735, 770, 84, 110, LIGHT.t1) > 60  # the arrow in the corner of the map


def test_that_the_same_map_is_the_same_file(qtbot: QtBot, tmp_path: Path) -> None:
    _write(tmp_path / "a.png")
    _write(tmp_path / "b.png")
    _write(tmp_path / "c.png", is_dark=True)
    first, second, dark = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert first == second
    assert first != dark


def test_that_a_picture_that_cannot_be_written_is_an_error(qtbot: QtBot, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="could not be written"):
        _write(tmp_path / "nowhere" / "a.png")


def test_that_far_out_only_uncovered_compounds_leave_a_dot(qtbot: QtBot) -> None:
    scene = fake_scene(60)
    code = scene.layer("compounds").codes[30]
    x, y = scene.layer("compounds").anchors[30]
    mpp = 100.0
    found = []
    for status in ("uncovered", "covered"):
        image = QImage(100, 100, QImage.Format.Format_RGB32)
        style = MapStyle(scene, statuses={code: status}, hidden=frozenset({"streets", "districts", "ground"}))
        GroundPainter(scene).paint(image, int(x / mpp) - 50, int(-y / mpp) - 50, mpp, style)
        colours = [image.pixelColor(px, py).name().upper() for px in range(100) for py in range(100)]
        found.append(colours.count(LIGHT.uncovered_edge))
    assert found == [9, 0]
