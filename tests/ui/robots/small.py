"""A small registry to open: one street, one community, two grids, five compounds, two organisations, one firm."""

from __future__ import annotations

import uuid
from pathlib import Path

import shapely

from app.domain.record import Record, make_record
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry

WEST, SOUTH, STEP = 117.30, 31.86, 0.004
COMMUNITY = "340102003001"
GRIDS = (f"{COMMUNITY}001", f"{COMMUNITY}002")
NAMES = ("大关东一苑", "大关东二苑", "大关东三苑", "", "三塘人家")


def box(column: float, row: float, width: float = 1.0, height: float = 1.0) -> shapely.Polygon:
    """Return a rectangle of the grid that everything stands on, in degrees."""
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + width * STEP, south + height * STEP)


def records() -> list[Record]:
    """Return the registry's content."""

    def made(kind: str, code: str, /, **values: object) -> Record:
        return make_record(kind, str(uuid.uuid4()), code, **values)  # type: ignore[arg-type]

    found = [
        made("districts", "340102", name="瑶海区", geometry=box(0, 0, 4, 2)),
        made("streets", "340102003", name="长淮街道", district="340102", geometry=box(0, 0, 4, 2)),
        made("communities", COMMUNITY, name="临泉社区", street="340102003", geometry=box(0, 0, 4, 2)),
        made("grids", GRIDS[0], name="第一网格", community=COMMUNITY, geometry=box(0, 0, 2, 2)),
        made("grids", GRIDS[1], name="第二网格", community=COMMUNITY, geometry=box(2, 0, 2, 2)),
        made("organisations", "O000001", name="第一网格支部", type="grid_branch", members=31),
        made("organisations", "O000002", name="三塘人家支部", type="branch", members=12),
        made("firms", "F000001", name="安居物业"),
        made("attachments", "A000001", organisation="O000001", to=GRIDS[0]),
        made("attachments", "A000002", organisation="O000002", to="C000005"),
        made("engagements", "E000001", firm="F000001", compound="C000005", stage="contract"),
    ]
    for place, name in enumerate(NAMES):
        found.append(
            made(
                "compounds",
                f"C{place + 1:06d}",
                name=name or None,
                kind="old",
                address=f"临泉路 {place + 1} 号",
                households=100 + place,
                geometry=box(0.1 + 0.8 * place, 0.3, 0.6, 1),
            )
        )
    return found


def write_small(path: Path) -> Path:
    """Write the registry and return its path."""
    create_registry(path, load_profile("yaohai"), name="试验", records=records()).close()
    return path
