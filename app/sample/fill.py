"""What every city's sample has: compounds with their counts, the tree of party organisations, firms, surveys.

Whatever counts begins in 2022 at the latest and has no last day, so that a published figure holds on every day
from 2023-01-01 on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.domain.days.term import last_of_months
from app.sample.names import ordinal, short_name
from geo.courtyards import bearing_of, slabs
from geo.tessellate import rounded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry import Point
    from shapely.geometry.base import BaseGeometry

    from app.domain.record import Value
    from app.sample.ground import Ground, Site
    from app.sample.names import Names
    from app.sample.rows import Dice, Rows

FIRST: Final = date(2016, 3, 1)
LAST: Final = date(2022, 11, 30)  # the last day on which anything that counts may begin
SURVEY: Final = (date(2026, 3, 2), date(2026, 10, 30))  # the round that most of the facts are from
EARLIER: Final = (date(2019, 9, 2), date(2022, 10, 28))
_PER_HECTARE: Final = {"old": 150, "commercial": 125, "resettlement": 165, "unknown": 110}


@dataclass(slots=True)
class Filling:
    """What the parts of a sample share while it is filled."""

    rows: Rows
    dice: Dice
    names: Names
    ground: Ground
    city: str
    region: str  # 6 digits of the registration authority in credit codes
    committee: dict[str, str] = field(
        default_factory=dict
    )  # street, community or district → its organisation

    def add_compounds(
        self, *, unnamed: int, without_households: int, strays: int, no_outline: int = 0
    ) -> None:
        """Add the compounds. ``strays``: recorded in a neighbouring grid of the community that they don't lie in."""
        dice = self.dice
        order = dice.shuffled([n for n, site in enumerate(self.ground.sites) if site.grid])
        nameless, order = set(order[:unnamed]), order[unnamed:]
        open_ = [n for n in order if not self.ground.sites[n].households]
        uncounted = set(open_[:without_households])
        order = [n for n in order if n not in uncounted]
        astray, order = set(order[:strays]), order[strays:]
        unseen = set(order[:no_outline])
        siblings: dict[str, list[str]] = {}
        for grid, (community, _) in self.ground.grids.items():
            siblings.setdefault(community, []).append(grid)
        for number, site in enumerate(self.ground.sites):
            site.code = self.rows.code("compounds")
            site.name = None if number in nameless else self.names.compound(site.kind)
            if number not in uncounted and not site.households:
                density = _PER_HECTARE[site.kind] * (0.7 + 0.6 * float(dice.rng.random()))
                site.households = max(12, round(site.area / 10_000 * density))
            if site.households and not site.residents and dice.chance(0.95):
                site.residents = round(site.households * (2.05 + 0.75 * float(dice.rng.random())))
            others = [grid for grid in siblings[site.community] if grid != site.grid]
            grid = others[dice.number(0, len(others) - 1)] if number in astray and others else site.grid
            values: dict[str, Value] = {
                "name": site.name,
                "kind": site.kind,
                "address": self.names.address(self.ground.streets[site.street][1]),
                "households": site.households or None,
                "residents": site.residents or None,
                "buildings": max(1, round(site.households / dice.number(38, 84))),
                "built_year": self._year(site.kind),
                "grid": grid or None,
                "community": site.community,
                "street": site.street,
            }
            self.rows.add("compounds", site.code, values, shape=None if number in unseen else site.shape)

    def _year(self, kind: str) -> int | None:
        if self.dice.chance(0.06):
            return None
        first, last = {"old": (1958, 1999), "resettlement": (2004, 2016), "commercial": (2000, 2021)}.get(
            kind, (1985, 2015)
        )
        return self.dice.number(first, last)

    def add_buildings(self, share: float, most: int) -> None:
        """Draw the buildings of some compounds."""
        for site in self.ground.sites:
            if not self.dice.chance(share):
                continue
            bearing = bearing_of(site.bearing_shape)
            south = (bearing + np.pi / 4) % (np.pi / 2) - np.pi / 4  # windows to the south
            drawn = slabs(site.bearing_shape, float(south), most, self.dice.rng)
            if not drawn:
                continue
            shapes = rounded(self.ground.zone.to_degrees(np.array(drawn, dtype=object)))
            for number, shape in enumerate(shapes, 1):
                values: dict[str, Value] = {"name": f"{number}幢", "compound": site.code, "units": 3}
                values |= {"storeys": 6 if site.kind == "old" else 18, "grid": site.grid or None}
                self.rows.add("buildings", self.rows.code("buildings"), values, shape=shape)

    def add_lone(self, residents: Sequence[int] = ()) -> None:
        """Add the scattered buildings; the first ones have the given numbers of residents."""
        for number, site in enumerate(self.ground.lone):
            site.code = self.rows.code("buildings")
            site.residents = residents[number] if number < len(residents) else self.dice.number(18, 130)
            site.households = max(1, round(site.residents / 2.5))
            values: dict[str, Value] = {
                "name": self.names.address("") + "楼",
                "grid": site.grid,
                "community": site.community,
                "units": self.dice.number(1, 3),
                "storeys": self.dice.number(3, 7),
                "households": site.households,
                "residents": site.residents,
                "built_year": self.dice.number(1955, 1998),
            }
            self.rows.add("buildings", site.code, values, shape=site.shape)

    def add_committees(self) -> None:
        """Add the tree of committees and attach them to their streets and communities."""
        for code, name in self.ground.districts.items():
            self.committee[code] = self.rows.organisation(
                f"{name}委", "committee", None, date(1956, 7, 1), 60
            )
            self.rows.attach(self.committee[code], code, FIRST)
        for code, (district, name) in self.ground.streets.items():
            day = self.dice.between(date(1990, 1, 1), date(2008, 12, 31))
            parent = self.committee[district]
            members = self.dice.number(80, 260)
            self.committee[code] = self.rows.organisation(f"{name}党工委", "committee", parent, day, members)
            self.rows.attach(self.committee[code], code, FIRST)
        for code, (street, name) in self.ground.communities.items():
            type_, word = ("committee", "党委") if self.dice.chance(0.7) else ("general_branch", "党总支")
            day = self.dice.between(date(2002, 1, 1), date(2015, 12, 31))
            parent, members = self.committee[street], self.dice.number(90, 420)
            self.committee[code] = self.rows.organisation(
                short_name(name) + word, type_, parent, day, members
            )
            self.rows.attach(self.committee[code], code, FIRST)

    def add_party(
        self,
        site: Site,
        type_: str = "branch",
        word: str = "党支部",
        span: tuple[date, date] = (FIRST, LAST),
        until: date | None = None,
    ) -> str:
        """Give a compound an organisation of its own and return its code."""
        day = self.dice.between(*span)
        name = f"{site.name or '未命名小区'}{word}"
        parent = self.committee[site.community]
        organisation = self.rows.organisation(name, type_, parent, day, self.dice.number(3, 46))
        self.rows.attach(organisation, site.code, day, until)
        return organisation

    def add_grid_branches(self, grids: Iterable[str], span: tuple[date, date]) -> None:
        """Give each of the grids a grid branch."""
        for grid in grids:
            community = self.ground.grids[grid][0]
            day = self.dice.between(*span)
            name = f"{short_name(self.ground.communities[community][1])}第{ordinal(int(grid[12:]))}网格党支部"
            parent = self.committee[community]
            branch = self.rows.organisation(name, "grid_branch", parent, day, self.dice.number(5, 38))
            self.rows.attach(branch, grid, day)

    def add_firms(self, count: int, with_party: int, lists: Mapping[int, str] | None = None) -> list[str]:
        """Add firms; the first ``with_party`` have a branch, of the others it is known that they have none."""
        codes: list[str] = []
        streets = list(self.ground.streets)
        for number in range(count):
            code = self.rows.code("firms")
            street = streets[self.dice.number(0, len(streets) - 1)]
            name = self.names.firm()
            grade = ("A", "B", "C")[min(2, int(3 * float(self.dice.rng.random()) ** 1.5))]
            values: dict[str, Value] = {"name": self.city + name, "street": street, "grade": grade}
            values["credit_code"] = self.names.credit_code(self.region)
            values["address"] = self.names.address(self.ground.streets[street][1])
            values["list"] = (lists or {}).get(number, "none")
            self.rows.add("firms", code, values)
            day = self.dice.between(date(2017, 1, 1), LAST)
            if number < with_party:
                parent = self.committee[street]
                branch = self.rows.organisation(f"{name[:4]}物业党支部", "branch", parent, day, 9)
                self.rows.attach(branch, code, day)
            else:
                self.confirm(code, "party_organisation", "no", day)
            codes.append(code)
        return codes

    def engage(self, site: Site, firm: str, stage: str, since: date, *, trial: bool = False) -> None:
        """Let a firm serve a compound from a day on, for ever; with ``trial`` its first three months are one."""
        fee = round((0.3 if site.kind == "old" else 1.1) + 0.9 * float(self.dice.rng.random()), 2)
        subsidy = float(self.dice.number(5, 60) * 1000) if stage in ("trusteeship", "fallback") else None
        if trial:
            last = last_of_months(since, 3)
            self.rows.engage(firm, site.code, "trial", since, last, fee=0.0)
            since = last + timedelta(days=1)
        self.rows.engage(firm, site.code, stage, since, fee=fee, subsidy=subsidy)

    def survey_day(self) -> date:
        """Return the day of a compound's latest survey: mostly this year's round, a few long ago."""
        return self.dice.between(*(EARLIER if self.dice.chance(0.03) else SURVEY))

    def confirm(self, subject: str, key: str, value: str, since: date) -> None:
        """Add a fact that begins early, and mostly its confirmation by this year's round."""
        self.rows.fact(subject, key, value, since)
        if self.dice.chance(0.92):
            self.rows.fact(subject, key, value, self.dice.between(*SURVEY))

    def add_common_facts(self, site: Site, day: date) -> None:
        """Add what was surveyed beside three-no: committee, five haves; something stays unknown everywhere."""
        dice, rows = self.dice, self.rows
        if dice.chance(0.86):
            states = ("elected", "none", "preparing", "suspended", "unknown")
            shares = (0.14, 0.52, 0.14, 0.06, 0.14) if site.kind == "old" else (0.55, 0.14, 0.13, 0.08, 0.1)
            state = states[int(dice.rng.choice(5, p=shares))]
            if state == "elected" and dice.chance(0.3):
                rows.fact(site.code, "owners_committee", "preparing", dice.between(*EARLIER))
            rows.fact(site.code, "owners_committee", state, day)
        if dice.chance(0.8):
            rows.fact(site.code, "residents_committee", "yes" if dice.chance(0.94) else "unknown", day)
        if dice.chance(0.55):
            for key in ("self_governance", "service_platform", "residents_convention", "activities"):
                value = ("yes", "no", "unknown")[int(dice.rng.choice(3, p=(0.66, 0.24, 0.1)))]
                rows.fact(site.code, key, value, day)

    def add_surveys(self, share: float) -> None:
        """Count households anew in a share of the compounds, on two days in some."""
        for site in self.ground.sites:
            if not site.households or not self.dice.chance(share):
                continue
            before = self.dice.chance(0.3)
            if before:
                counted = round(site.households * 0.98)
                done = round(counted * 0.4 * float(self.dice.rng.random()))
                self.rows.count_households(site.code, date(2022, 6, 30), households=counted, surveyed=done)
            done = round(site.households * min(1.0, 0.35 + 0.8 * float(self.dice.rng.random())))
            on = self.dice.between(date(2026, 4, 1), date(2026, 9, 30))
            self.rows.count_households(site.code, on, households=site.households, surveyed=done)

    def add_station(
        self,
        name: str,
        kind: str,
        at: Point | BaseGeometry,
        place: tuple[str, str],
        since: date,
        compound: str = "",
    ) -> None:
        """Add a service station at a point. ``place``: its grid and its community."""
        values: dict[str, Value] = {
            "name": name,
            "kind": kind,
            "grid": place[0] or None,
            "community": place[1],
        }
        values["address"] = self.names.address(self.ground.streets[place[1][:9]][1])
        values["compound"] = compound or None
        self.rows.add("stations", self.rows.code("stations"), values, since=since, shape=at)

    def station_in(self, site: Site, name: str, kind: str, since: date) -> None:
        """Add a station inside a compound."""
        x, y = (round(v, 7) for v in shapely.get_coordinates(shapely.point_on_surface(site.shape))[0])
        at = shapely.Point(x, y)
        self.add_station(name, kind, at, (site.grid, site.community), since, site.code)

    def stations_in_grids(self, grids: Iterable[str], word: str, kind: str, span: tuple[date, date]) -> None:
        """Add a station in each of the grids."""
        for grid in grids:
            community = self.ground.grids[grid][0]
            stem = short_name(self.ground.communities[community][1])
            name = f"{stem}第{ordinal(int(grid[12:]))}网格{word}"
            self.add_station(
                name, kind, self.ground.grid_points[grid], (grid, community), self.dice.between(*span)
            )
