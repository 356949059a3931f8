"""A small quarter that much hangs on: compounds A (west, two thirds) and B beside it, buildings, a firm, a branch."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from shapely import LineString

from app.services.registry.registry import Registry
from tests.app.town import EAST_M, NORTH_M, SOUTH, WEST, a_town, ground, made

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 6, 1)
BEFORE = date(2026, 5, 31)
SINCE = date(2020, 1, 1)
A, B, C = "C000001", "C000002", "C000003"
GRIDS = ("340102001001001", "340102001001002")


def line(*points: tuple[float, float]) -> LineString:
    """Return a line through points in metres from the town's corner."""
    return LineString([(WEST + east * EAST_M, SOUTH + north * NORTH_M) for east, north in points])


ACROSS_A = line((60, -10), (60, 110))  # A lies from 0 to 90 m: two thirds and one


def a_quarter(folder: Path) -> Registry:
    """Return a registry: grids 0–200 m and 200–400 m; compounds A 0–90, B 90–170 (they share a wall), C 300–390."""
    rows = [
        made("grids", GRIDS[0], name="第一网格", community="340102001001", geometry=ground(0, -20, 200, 200)),
        made("grids", GRIDS[1], name="第二网格", community="340102001001", geometry=ground(200, -20, 200, 200)),
        made(
            "compounds", A, name="和平苑", kind="old", households=300, residents=901, buildings=3, built_year=1998,
            grid=GRIDS[0], geometry=ground(0, 0, 90, 100), valid_from=SINCE,
        ),
        made(
            "compounds", B, name="安居里", kind="commercial", households=120, residents=None, buildings=2,
            grid=GRIDS[0], geometry=ground(90, 0, 80, 100),
        ),
        made("compounds", C, name="远庭", kind="old", households=50, grid=GRIDS[1], geometry=ground(300, 0, 90, 100)),
        made("buildings", "B000001", name="1", compound=A, households=100, geometry=ground(5, 5, 20, 20)),
        made("buildings", "B000002", name="2", compound=A, households=100, geometry=ground(5, 50, 20, 20)),
        made("buildings", "B000003", name="3", compound=A, households=100, geometry=ground(65, 5, 20, 20)),
        made("stations", "S000001", name="驿站", kind="service_position", compound=A, geometry=ground(70, 50, 1, 1).centroid),
        made("organisations", "O000001", name="第一支部", type="branch"),
        made("organisations", "O000002", name="第二支部", type="branch"),
        made("firms", "F000001", name="安心物业"),
        made("attachments", "A000001", organisation="O000001", to=A, role="lead", valid_from=SINCE),
        made("attachments", "A000002", organisation="O000002", to=A, valid_from=SINCE, valid_until=date(2021, 1, 1)),
        made("attachments", "A000003", organisation="O000001", to=B, role="lead", valid_from=SINCE),
        made("engagements", "E000001", firm="F000001", compound=A, stage="contract", valid_from=SINCE),
        made("facts", f"{A}:gate_guard:2020-01-01", subject=A, key="gate_guard", value="yes", valid_from=SINCE),
        made("facts", f"{A}:gate_guard:2019-01-01", subject=A, key="gate_guard", value="no", valid_from=date(2019, 1, 1)),
        made("facts", f"{B}:gate_guard:2021-01-01", subject=B, key="gate_guard", value="no", valid_from=date(2021, 1, 1)),
        made(
            "facts", f"{GRIDS[0]}:party_complete:2021-01-01", subject=GRIDS[0], key="party_complete", value="yes",
            valid_from=date(2021, 1, 1),
        ),
        made("households", f"{A}:2025-01-01", subject=A, on=date(2025, 1, 1), households=300, imported=299, matched=299, surveyed=7),
        made("cases", "M000001", compound=A, level="compound", state="opened", opened=date(2026, 5, 1)),
        made("cases", "M000002", compound=A, level="compound", state="closed", opened=date(2025, 5, 1), closed=date(2025, 6, 1)),
    ]  # fmt: skip
    return a_town(folder, *rows, households={})
