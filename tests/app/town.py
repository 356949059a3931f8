"""A town for zones: compounds on a grid of 100 m, two streets, two communities in the first."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from shapely import box

from app.domain.record import Record, make_record
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry, create_registry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

WEST, SOUTH = 117.30, 31.86
EAST_M, NORTH_M = 1 / 94_600, 1 / 110_900  # degrees to a metre, about
STREETS = ("340102001", "340102002")
COMMUNITIES = ("340102001001", "340102001002", "340102002001")


def ground(east: float, north: float, wide: float, high: float):
    """Return a rectangle, in metres from the town's corner."""
    west, south = WEST + east * EAST_M, SOUTH + north * NORTH_M
    return box(west, south, west + wide * EAST_M, south + high * NORTH_M)


def made(kind: str, code: str, /, **values: object) -> Record:
    return make_record(kind, str(uuid.uuid4()), code, **values)


def the_ground() -> list[Record]:
    """Return the district, its streets (west and east of 1,000 m) and communities (the west one parted at 500 m)."""
    rows = [made("districts", "340102", name="瑶海区", geometry=ground(-50, -50, 2100, 1100))]
    for place, code in enumerate(STREETS):
        shape = ground(-50 + 1050 * place, -50, 1050, 1100)
        rows.append(
            made("streets", code, name=("东街道", "西街道")[1 - place], district="340102", geometry=shape)
        )
    for code, west, wide in zip(COMMUNITIES, (-50, 500, 1000), (550, 500, 1050), strict=True):
        shape = ground(west, -50, wide, 1100)
        rows.append(made("communities", code, name=f"社区{code[-4:]}", street=code[:9], geometry=shape))
    return rows


def compounds(
    cells: Sequence[tuple[int, int]], households: Sequence[int | None], size: float = 80.0
) -> list[Record]:
    """Return a compound for each cell (column, row) of 100 m; ``None`` = nobody counted its households."""
    return [
        made(
            "compounds", f"C{place + 1:06d}", name=f"小区{place + 1}", kind="old", households=count,
            residents=None if count is None else 3 * count, geometry=ground(100 * i, 100 * j, size, size),
        )
        for place, ((i, j), count) in enumerate(zip(cells, households, strict=True))
    ]  # fmt: skip


def a_town(folder: Path, *more: Record, households: Mapping[tuple[int, int], int | None]) -> Registry:
    """Write a town and open it."""
    rows = [*the_ground(), *compounds(list(households), list(households.values())), *more]
    return create_registry(folder / "town.gpkg", load_profile("yaohai"), records=rows, by="tester")
