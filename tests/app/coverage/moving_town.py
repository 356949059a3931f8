"""A small town in which anything that has a place moves: borders, compounds, parents, days; at random, by a seed."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING

import shapely

from tests.app.coverage.builders import (
    a_building,
    a_community,
    a_compound,
    a_dataset,
    a_district,
    a_grid,
    a_station,
    a_street,
    on_earth,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.record import Record

DAYS = (date(2019, 3, 1), date(2021, 7, 1), date(2024, 6, 1))
TURNS = (date(2020, 5, 31), date(2022, 12, 31))  # last days of what was
SIDE, STEP = 4, 100.0  # grids a side, metres
UNITS = ("districts", "streets", "communities", "grids")
PARENTS = {"grids": "community", "communities": "street", "streets": "district"}


class MovingTown:
    """Draws changes at random; ``dataset`` is the newest of them."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.number = 0
        self.corner = {(i, j): (STEP * i, STEP * j) for i in range(SIDE + 1) for j in range(SIDE + 1)}
        self.cells = {self._code("G"): (i, j) for i in range(SIDE) for j in range(SIDE)}
        self.dataset = a_dataset(*self._units(), *[self._a_compound() for _ in range(14)])

    def change(self) -> str:
        """Make one change of one sort or, rarely, several at once."""
        sorts: list[Callable[[], None]] = [
            self.move_compound, self.move_compound, self.add_compound, self.remove, self.change_parent,
            self.move_border, self.move_border, self.redraw_unit, self.split, self.merge, self.end, self.begin_or_run,
            self.erase, self.move_since, self.move_station, self.move_building, self.rename, self.name_since,
        ]  # fmt: skip
        done = self.dice.choice(sorts)
        done()
        return done.__name__

    # sorts of change

    def move_compound(self) -> None:
        self.put(self.one("compounds")._replace(geometry=self._plot()))

    def add_compound(self) -> None:
        self.put(self._a_compound())

    def remove(self) -> None:
        kind = self.dice.choice(["compounds", "compounds", "grids", "communities", "stations", "buildings"])
        if len(self.dataset.of(kind)) > 3:
            self.dataset = self.dataset.with_changes([], [self.one(kind)])

    def change_parent(self) -> None:
        kind = self.dice.choice([*PARENTS, "compounds"])
        field = PARENTS.get(kind) or self.dice.choice(["grid", "community", "street"])
        self.put(self.one(kind).with_values(**{field: self._some_code(field)}))

    def name_since(self) -> None:
        """Name another unit from a day on."""
        kind = self.dice.choice([*PARENTS, "compounds"])
        field = PARENTS.get(kind) or self.dice.choice(["grid", "community", "street"])
        record = self.one(kind)
        was = (self.dice.choice(TURNS), record.get(field))
        record = record._replace(past={**record.past, field: (was,)})
        self.put(record.with_values(**{field: self._some_code(field)}))

    def move_border(self) -> None:
        """Move a corner that grids share, and the borders of all that have it."""
        at = (self.dice.randrange(SIDE + 1), self.dice.randrange(SIDE + 1))
        self.corner[at] = tuple(STEP * n + self.dice.uniform(-30, 30) for n in at)
        cells = [code for code, (i, j) in self.cells.items() if at in self._corners(i, j)]
        units = [self.dataset.find(code) for code in cells]
        self.put(
            *[
                u._replace(geometry=self._cell(u.code))
                for u in units
                if u is not None and u.geometry is not None
            ]
        )

    def redraw_unit(self) -> None:
        """Draw one unit otherwise without its neighbours: it overlaps them, or leaves a gap."""
        kind = self.dice.choice(UNITS[1:])
        self.put(self.one(kind)._replace(geometry=self._patch()))

    def split(self) -> None:
        unit = self.one("grids")
        if unit.geometry is None or unit.geometry.area == 0:
            return
        west, south, east, north = unit.geometry.bounds
        half = shapely.box(west, south, (west + east) / 2, north)
        parts = [unit.geometry & half, unit.geometry - half]
        new = a_grid(self._code("G"), community=unit.get("community"), geometry=parts[1])
        self.put(unit._replace(geometry=parts[0]), new)

    def merge(self) -> None:
        one, other = self.one("grids"), self.one("grids")
        if one is not other and one.geometry is not None and other.geometry is not None:
            self.dataset = self.dataset.with_changes(
                [one._replace(geometry=one.geometry | other.geometry)], [other]
            )

    def end(self) -> None:
        kind = self.dice.choice(UNITS[1:])
        unit = self.one(kind)._replace(valid_until=self.dice.choice(TURNS))
        if kind in ("streets", "communities"):
            unit = unit.with_values(successor=self.dice.choice([None, self.one(kind).code]))
        self.put(unit)

    def begin_or_run(self) -> None:
        unit = self.one(self.dice.choice(UNITS[1:]))
        self.put(
            unit._replace(
                valid_from=self.dice.choice([None, date(2020, 6, 1), date(2023, 1, 1)]), valid_until=None
            )
        )

    def erase(self) -> None:
        kind = self.dice.choice([*UNITS, "grids", "compounds"])
        self.put(self.one(kind)._replace(geometry=None))

    def move_since(self) -> None:
        """Draw something otherwise from a day on, or as it had been until then."""
        record = self.one(self.dice.choice(["compounds", "compounds", "grids", "communities"]))
        shape = self._plot() if record.kind == "compounds" else self._patch()
        turn = self.dice.choice(TURNS)
        if self.dice.random() < 0.3:
            self.put(record._replace(past={**record.past, "geometry": ((turn, shape),)}))
        elif self.dice.random() < 0.3:
            self.put(record._replace(past={}))
        else:
            past = {**record.past, "geometry": ((turn, record.geometry),)}
            self.put(record._replace(geometry=shape, past=past))

    def move_station(self) -> None:
        code = self.dice.choice([*self.dataset.of("stations"), self._code("S")])
        self.put(
            a_station(
                code, geometry=self.dice.choice([on_earth(shapely.Point(*self._spot())), self._plot(), None])
            )
        )

    def move_building(self) -> None:
        code = self.dice.choice([*self.dataset.of("buildings"), self._code("B")])
        self.put(
            a_building(
                code, compound=self.dice.choice([None, self.one("compounds").code]), geometry=self._plot()
            )
        )

    def rename(self) -> None:
        self.put(self.one(self.dice.choice([*UNITS, "compounds"])).with_values(name="新名"))

    # what they are made of

    def put(self, *records: Record) -> None:
        self.dataset = self.dataset.with_changes(records)

    def one(self, kind: str) -> Record:
        return self.dice.choice(sorted(self.dataset.of(kind).values(), key=lambda record: record.code))

    def _code(self, letter: str) -> str:
        self.number += 1
        return f"{letter}{self.dice.randrange(900):03}{self.number:03}"  # new ones come between the old

    def _some_code(self, field: str) -> str | None:
        kind = {"community": "communities"}.get(field, f"{field}s")
        return self.dice.choice([None, *[self.one(kind).code for _ in range(3)]])

    def _units(self) -> list[Record]:
        half, side = STEP * SIDE / 2, STEP * SIDE
        rows = [a_district("D1", geometry=on_earth(shapely.box(-10, -10, side + 10, side + 10)))]
        for n in range(2):
            west = on_earth(shapely.box(half * n, 0, half * n + half, side))
            rows.append(a_street(f"T{n}", district="D1", geometry=west))
            for m in range(2):
                low = shapely.box(half * n, half * m, half * n + half, half * m + half)
                rows.append(a_community(f"M{n}{m}", street=f"T{n}", geometry=on_earth(low)))
        for code, (i, j) in self.cells.items():
            rows.append(a_grid(code, community=f"M{i * 2 // SIDE}{j * 2 // SIDE}", geometry=self._cell(code)))
        return rows

    def _corners(self, i: int, j: int) -> list[tuple[int, int]]:
        return [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]

    def _cell(self, code: str):
        return on_earth(shapely.Polygon([self.corner[at] for at in self._corners(*self.cells[code])]))

    def _spot(self) -> tuple[float, float]:
        return (self.dice.uniform(-40, STEP * SIDE + 40), self.dice.uniform(-40, STEP * SIDE + 40))

    def _plot(self):
        east, north = self._spot()
        wide, high = self.dice.uniform(5, 80), self.dice.uniform(5, 80)
        if self.dice.random() < 0.1:
            return on_earth(
                shapely.Point(STEP * self.dice.randrange(SIDE + 1), STEP * self.dice.randrange(SIDE + 1))
            )
        if self.dice.random() < 0.1:
            return on_earth(
                shapely.Polygon(
                    [(east, north), (east + wide, north + high), (east + wide, north), (east, north + high)]
                )
            )
        return on_earth(
            shapely.Polygon(
                [(east, north), (east + wide, north + 3), (east + wide, north + high), (east, north + high)]
            )
        )

    def _patch(self):
        east, north = self._spot()
        return on_earth(
            shapely.box(east, north, east + self.dice.uniform(60, 160), north + self.dice.uniform(60, 160))
        )

    def _a_compound(self) -> Record:
        at = {"geometry": self._plot()} if self.dice.random() < 0.7 else {}
        if self.dice.random() < 0.5:
            at |= {"grid": self.dice.choice(list(self.cells)), "street": self.dice.choice([None, "T0", "T1"])}
        return a_compound(self._code("C"), **at)
