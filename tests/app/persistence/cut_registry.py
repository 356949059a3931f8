"""A registry whose lines cut a compound: one street of two communities of two grids each, all drawn, no gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely
from shapely import box

from app.services.edit import edit
from tests.app.builders import LAT, LON, an_empty_registry

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.registry.registry import Registry

STREET = "340102001"
LEFT, RIGHT = f"{STREET}001", f"{STREET}002"
SIDE = 0.01


def ground(west: float, south: float, east: float, north: float):
    """Return a rectangle in hundredths of a degree from the test place."""
    return box(LON + west * SIDE, LAT + south * SIDE, LON + east * SIDE, LAT + north * SIDE)


def grid(community: str, number: int) -> str:
    """Return the code of a grid: 1 is the lower, 2 the upper."""
    return f"{community}00{number}"


def a_cut_registry(folder: Path, *, is_street_drawn: bool = True, name: str = "cut.gpkg") -> Registry:
    """Communities left and right of a line, grids below and above another.

    C1 lies across the communities' line, 70 % left (lower grids); C2 across the left grids' line, no households;
    C3 whole in the left upper grid; C4 has no outline; C5 is a point on the line.
    """
    registry = an_empty_registry(folder, name)
    cells = {(west, south): ground(west, south, west + 1, south + 1) for west in (0, 1) for south in (0, 1)}
    whole = shapely.coverage_union_all(list(cells.values()))  # with the corners of its parts as vertices
    edit.add(registry, "districts", {"code": "340102", "name": "瑶海区", "geometry": whole})
    street = {"code": STREET, "name": "明光路街道", "district": "340102"}
    edit.add(registry, "streets", {**street, "geometry": whole} if is_street_drawn else street)
    for community, words, west in ((LEFT, "临泉路社区", 0), (RIGHT, "凤阳路社区", 1)):
        edit.add(
            registry,
            "communities",
            {
                "code": community,
                "name": words,
                "street": STREET,
                "geometry": shapely.coverage_union_all([cells[west, 0], cells[west, 1]]),
            },
        )
        for number, south in ((1, 0), (2, 1)):
            edit.add(
                registry,
                "grids",
                {
                    "code": grid(community, number),
                    "name": f"第{number}网格",
                    "community": community,
                    "geometry": cells[west, south],
                },
            )
    for code, words, households, outline in (
        ("C1", "大关东三苑", 400, ground(0.93, 0.2, 1.03, 0.3)),
        ("C2", "大关东二苑", None, ground(0.3, 0.92, 0.4, 1.02)),
        ("C3", "三塘人家", 120, ground(0.5, 1.5, 0.6, 1.6)),
    ):
        edit.add(
            registry,
            "compounds",
            {"code": code, "name": words, "kind": "old", "households": households, "geometry": outline},
        )
    edit.add(registry, "compounds", {"code": "C4", "name": "无图苑", "kind": "old", "grid": grid(LEFT, 1)})
    edit.add(
        registry,
        "compounds",
        {"code": "C5", "name": "一点苑", "kind": "old", "geometry": f"POINT ({LON + SIDE} {LAT + SIDE / 2})"},
    )
    edit.add(registry, "organisations", {"code": "O1", "name": "第一支部", "type": "branch"})
    return registry
