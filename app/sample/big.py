"""Samples for trying the program's speed: one synthetic district laid out and repeated, mirrored, as a chequerboard.

Nothing in them is real, codes (99....) and names included; the districts keep 60 m apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from shapely.geometry import Polygon

from app.persistence.loading import BackdropShape
from app.sample.names import Names, ordinal
from app.sample.rows import Dice
from app.text import Text
from geo.cityscape import City, CommunityPlan, DistrictPlan, build
from geo.courtyards import river
from geo.crs import Zone, zone_for
from geo.tessellate import Core, Terrain, merged, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from app.domain.record import Value
    from app.jobs import Ticket
    from app.sample.rows import Rows

NOTE: Final = Text(
    "样例数据：全部合成，区、街道、社区的名称和代码也是编的，只为试速度，不对应任何真实地方，也不含来源公布的数字。",
    "Sample data: all synthetic, the names and codes of districts, streets and communities included; made to try "
    "the program's speed. It stands for no real place and holds none of the sources' figures.",
)
_FIRST, _LAST = date(2016, 3, 1), date(2022, 11, 30)
_GAP: Final = 60.0  # [m]


@dataclass(frozen=True, slots=True, kw_only=True)
class BigPlan:
    """``side`` districts a side; each with streets × communities × grids, and compounds a community at most."""

    side: int
    streets: int
    communities: int
    grids: int
    compounds: int  # of one district
    width: float  # of a district [m]
    facts: float  # facts a compound


PLANS: Final = {
    "city": BigPlan(side=5, streets=10, communities=6, grids=10, compounds=1000, width=8200.0, facts=1.0),
    "province": BigPlan(
        side=10, streets=10, communities=10, grids=10, compounds=3000, width=12_400.0, facts=0.3
    ),
}


@dataclass(frozen=True, slots=True)
class _Model:
    """One district in degrees, its middle at the origin."""

    whole: NDArray[np.object_]
    streets: NDArray[np.object_]
    communities: NDArray[np.object_]  # by street, then community
    grids: NDArray[np.object_]
    grid_community: list[int]
    compounds: NDArray[np.object_]
    compound_grid: list[int]
    areas: NDArray[np.float64]
    roads: NDArray[np.object_]
    ranks: list[int]


def fill_big(
    size: str, middle: tuple[float, float], city: str, region: str, rows: Rows, dice: Dice, ticket: Ticket
) -> Iterator[list[BackdropShape]]:
    """Add the records of a big sample around a place [degrees], district by district; yield the roads of each.

    No record names one of another district.
    """
    plan = PLANS[size]
    zone = zone_for(middle[0])
    ticket.step(Text("画一个区", "Drawing one district"), 0, plan.side**2 + 1)
    drawn_at = (float(zone.meridian), middle[1])  # where north is up, so that mirrored outlines fit together
    model = _model(plan, zone, drawn_at, dice)
    names = Names(dice.rng)
    step = zone.lonlat(zone.xy(np.array([drawn_at])) + (plan.width + _GAP))[0] - np.array(drawn_at)
    for number in range(plan.side**2):
        ticket.step(Text("铺开各区", "Repeating it"), number + 1, plan.side**2 + 1)
        column, line = number % plan.side, number // plan.side
        offset = np.array(middle) + step * (column - plan.side / 2 + 0.5, line - plan.side / 2 + 0.5)
        mirror = np.array([1.0 if number % 2 else -1.0, 1.0 if (number // 2) % 2 else -1.0])
        yield _add_district(number, plan, model, _Move(mirror, offset), rows, dice, names, city, region)


def big_outlines(size: str, seed: int) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return the compounds and the grids of a big sample in metres; of ``district`` one district of a city."""
    plan = PLANS.get(size) or replace(PLANS["city"], side=1)
    middle = (117.0, 31.8)
    zone = zone_for(middle[0])
    model = _model(plan, zone, middle, Dice(np.random.default_rng(seed)))
    step = zone.lonlat(zone.xy(np.array([middle])) + (plan.width + _GAP))[0] - np.array(middle)
    moves = [
        _Move(
            np.array([1.0 if column % 2 else -1.0, 1.0 if line % 2 else -1.0]),
            np.array(middle) + step * (column - plan.side / 2 + 0.5, line - plan.side / 2 + 0.5),
        )
        for line in range(plan.side)
        for column in range(plan.side)
    ]
    compounds, grids = (
        zone.to_metres(np.concatenate([move(shapes) for move in moves]))
        for shapes in (model.compounds, model.grids)
    )
    return compounds, grids


@dataclass(frozen=True, slots=True)
class _Move:
    mirror: NDArray[np.float64]
    offset: NDArray[np.float64]

    def __call__(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        moved: NDArray[np.object_] = shapely.transform(
            shapes, lambda points: np.round(points * self.mirror + self.offset, 7)
        )
        return moved


def _model(plan: BigPlan, zone: Zone, middle: tuple[float, float], dice: Dice) -> _Model:
    x, y = (float(v) for v in zone.xy(np.array([middle]))[0])
    half = plan.width / 2
    steps = np.linspace(-half, half, 24)[1:-1]
    wave = 0.9 * _GAP * np.abs(np.sin(steps / 611.0)) + 2.0  # wiggles inwards only
    edge = np.column_stack([steps, -half + wave])
    corners = np.array([[-half, -half], [half, -half], [half, half], [-half, half]])
    turns = [np.array([[0, -1], [1, 0]]), np.array([[-1, 0], [0, -1]]), np.array([[0, 1], [-1, 0]])]
    sides = [edge, *(edge @ turn.T for turn in turns)]
    ring = np.vstack([np.vstack([corners[i : i + 1], side]) for i, side in enumerate(sides)])
    outline = Polygon(ring + np.array([x, y]))
    total = plan.streets * plan.communities
    counts = dice.parted(
        plan.compounds, [0.8 + 0.4 * float(dice.rng.random()) for _ in range(total)], least=2
    )
    plans = [
        [
            CommunityPlan(grids=plan.grids, compounds=counts[street * plan.communities + community])
            for community in range(plan.communities)
        ]
        for street in range(plan.streets)
    ]
    terrain = Terrain(cores=(Core(x=x, y=y, reach=0.35 * plan.width, density=3.0),), bearing=0.15)
    water = river([(x - half, y - 0.3 * half), (x + half, y + 0.2 * half)], 60.0, 0.05, dice.rng)
    laid = build([DistrictPlan(outline, plans)], terrain, water, dice.rng, straddling=0.05)
    return _in_degrees(laid, plan, zone, middle)


def _in_degrees(laid: City, plan: BigPlan, zone: Zone, middle: tuple[float, float]) -> _Model:
    def stored(shapes: list[Polygon]) -> NDArray[np.object_]:
        return rounded(zone.to_degrees(np.array(shapes, dtype=object)))

    def centred(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        on_origin: NDArray[np.object_] = shapely.transform(
            shapes, lambda points: np.round(points - middle, 7)
        )
        return on_origin

    grids = stored(laid.grids)
    homes = [place.street * plan.communities + place.community for place in laid.places]
    by_community: list[list[Polygon]] = [[] for _ in range(plan.streets * plan.communities)]
    for grid, home in zip(grids, homes, strict=True):
        by_community[home].append(grid)
    streets = [
        merged([g for own in by_community[s * plan.communities : (s + 1) * plan.communities] for g in own])
        for s in range(plan.streets)
    ]
    wide = [(rank, line) for rank, line in laid.roads if rank <= 2]
    return _Model(
        whole=centred(np.array([merged(list(grids))], dtype=object)),
        streets=centred(np.array(streets, dtype=object)),
        communities=centred(np.array([merged(own) for own in by_community], dtype=object)),
        grids=centred(grids),
        grid_community=homes,
        compounds=centred(stored([plot.shape for plot in laid.compounds])),
        compound_grid=[plot.grid for plot in laid.compounds],
        areas=shapely.area(np.array([plot.shape for plot in laid.compounds], dtype=object)),
        roads=centred(rounded(zone.to_degrees(np.array([line for _, line in wide], dtype=object)))),
        ranks=[rank for rank, _ in wide],
    )


def _add_district(
    number: int,
    plan: BigPlan,
    model: _Model,
    move: _Move,
    rows: Rows,
    dice: Dice,
    names: Names,
    city: str,
    region: str,
) -> list[BackdropShape]:
    district = f"99{number // 99 + 1:02}{number % 99 + 1:02}"
    rows.add("districts", district, {"name": f"样例第{number + 1}区"}, shape=move(model.whole)[0])
    head = rows.organisation(f"样例第{number + 1}区委", "committee", None, _FIRST, 50)
    codes: list[str] = []
    branches: list[str] = []
    shapes = iter(move(model.communities))
    for street, shape in enumerate(move(model.streets), 1):
        code = f"{district}{street:03}"
        name = f"样例{number + 1}区第{ordinal(street)}街道"
        rows.add("streets", code, {"name": name, "district": district}, shape=shape)
        office = rows.organisation(name + "党工委", "committee", head, _FIRST, 80)
        for community in range(1, plan.communities + 1):
            codes.append(f"{code}{community:03}")
            own = f"第{ordinal(street)}街道{ordinal(community)}社区"
            rows.add("communities", codes[-1], {"name": own, "street": code}, shape=next(shapes))
            branches.append(rows.organisation(own + "联合党支部", "branch", office, _FIRST, 60))
    grids: list[str] = []
    counted = [0] * len(codes)
    for home, shape in zip(model.grid_community, move(model.grids), strict=True):
        counted[home] += 1
        grids.append(f"{codes[home]}{counted[home]:03}")
        values: dict[str, Value] = {"name": f"第{ordinal(counted[home])}网格", "community": codes[home]}
        rows.add("grids", grids[-1], values, shape=shape)
        if dice.chance(0.75):
            rows.attach(branches[home], grids[-1], dice.between(_FIRST, _LAST))
    firms = _add_firms(rows, names, codes, city, region)
    kinds = ("old", "commercial", "resettlement", "unknown")
    picked = dice.rng.choice(4, size=len(model.compounds), p=(0.52, 0.4, 0.06, 0.02)).tolist()
    draws = dice.rng.random((len(model.compounds), 4)).tolist()
    for place, shape in enumerate(move(model.compounds)):
        grid = model.compound_grid[place]
        home = model.grid_community[grid]
        kind, (a, b, c, d) = kinds[picked[place]], draws[place]
        households = max(12, round(model.areas[place] / 10_000 * (100 + 70 * a)))
        code = rows.code("compounds")
        values = {"name": f"样例小区{code[1:]}", "kind": kind, "households": households}
        values |= {"residents": round(households * (2.1 + 0.6 * b)), "built_year": 1960 + int(60 * c)}
        values |= {"grid": grids[grid], "community": codes[home], "street": codes[home][:9]}
        rows.add("compounds", code, values, shape=shape)
        if a < 0.6:
            rows.attach(branches[home], code, dice.between(_FIRST, _LAST))
        elif d < plan.facts:
            rows.fact(code, "party_organisation", "no" if c < 0.7 else "unknown", _LAST)
        if b < (0.35 if kind == "old" else 0.85):
            rows.engage(firms[int(len(firms) * c)], code, "contract", dice.between(_FIRST, _LAST))
        elif d < plan.facts:
            rows.fact(code, "property_firm", "no" if a < 0.7 else "unknown", _LAST)
        if d < plan.facts:
            rows.fact(code, "authority", ("yes", "no", "unknown")[int(3 * c)], _LAST)
    return [
        BackdropShape("road", rank, line) for rank, line in zip(model.ranks, move(model.roads), strict=True)
    ]


def _add_firms(rows: Rows, names: Names, communities: list[str], city: str, region: str) -> list[str]:
    firms: list[str] = []
    for number in range(24):
        code = rows.code("firms")
        street = communities[number * 7 % len(communities)][:9]
        values: dict[str, Value] = {
            "name": f"{city}样例{code}物业服务有限公司",
            "street": street,
            "list": "none",
        }
        rows.add("firms", code, {**values, "credit_code": names.credit_code(region)})
        if number % 3 == 0:
            rows.fact(code, "party_organisation", "no", _LAST)
        else:
            branch = rows.organisation(f"样例{code}物业党支部", "branch", None, _FIRST, 7)
            rows.attach(branch, code, _FIRST)
        firms.append(code)
    return firms
