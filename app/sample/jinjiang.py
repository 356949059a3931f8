"""Jinjiang, Chengdu, as S0 describes it: 1,210 compounds, 777 of them old, 96 three-no courtyards in 6 streets."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.sample.fill import EARLIER, FIRST, LAST, Filling
from app.sample.ground import Pilot

if TYPE_CHECKING:
    from app.sample.ground import Site

_COMPOUNDS: Final = {
    "510104017": 104,
    "510104018": 108,
    "510104019": 96,
    "510104022": 92,
    "510104023": 96,
    "510104026": 158,
    "510104030": 122,
    "510104032": 104,
    "510104035": 132,
    "510104036": 94,
    "510104037": 101,
}
PILOT: Final = Pilot(
    districts=("510104",),
    cores=(((104.087, 30.652), 3000.0, 7.0), ((104.112, 30.607), 3600.0, 3.0)),
    bearing=0.55,
    rivers=(((104.052, 30.655), (104.098, 30.545), 75.0), ((104.118, 30.68), (104.09, 30.585), 30.0)),
    ponds=(((104.14, 30.587), 260.0), ((104.108, 30.575), 150.0)),
    compounds=_COMPOUNDS,
    grids=640,
    outside=3,
)
_STREETS_WITH_LIST: Final = ("510104017", "510104022", "510104023", "510104026", "510104030", "510104032")
_LISTED: Final = date(2020, 6, 30)
_SINCE: Final = (date(2021, 1, 4), date(2022, 9, 30))  # when the 99 newly covered ones began
_OLD_NEVER, _OLD_PARTY, _OTHER_NEVER = 162, 378, 20  # 162 old and 20 of unknown kind without a firm: 182
_FIRMS, _FIRMS_WITH_PARTY = 163, 105


def fill(filling: Filling) -> None:
    """Add everything that stands on the ground."""
    dice, sites = filling.dice, filling.ground.sites
    order = dice.shuffled(sites)
    keys = {id(site): float(dice.rng.random()) - 0.2 * (site.street in _STREETS_WITH_LIST) for site in order}
    order.sort(key=lambda site: keys[id(site)])
    for number, site in enumerate(order):
        site.kind = "old" if number < 777 else "commercial"
    for site in dice.shuffled(order[777:])[:90]:
        site.kind = "unknown"
    filling.add_compounds(unnamed=4, without_households=12, strays=4)
    filling.add_buildings(0.07, 6)
    filling.add_committees()
    _add_party(filling)
    _add_property(filling)
    for site in sites:
        filling.add_common_facts(site, filling.survey_day())
    _add_stations(filling)
    filling.add_surveys(0.4)


def _add_party(filling: Filling) -> None:
    """Give all 777 old and all 343 commercial compounds an organisation, and some of the 90 others."""
    dice, rows = filling.dice, filling.rows
    for number, site in enumerate(filling.ground.sites):
        if site.kind != "unknown":
            type_, word = ("group", "党小组") if number % 6 == 0 else ("branch", "党支部")
            filling.add_party(site, type_, word)
        elif number % 3 == 0:
            filling.add_party(site)
        elif number % 3 == 1:
            rows.fact(site.code, "party_organisation", "no", filling.survey_day())
    grids = dice.shuffled(sorted(filling.ground.grids))
    filling.add_grid_branches(sorted(grids[:430]), (date(2018, 1, 8), LAST))
    for grid in sorted(grids[430:560]):
        filling.confirm(grid, "party_organisation", "no", dice.between(*EARLIER))


def _add_property(filling: Filling) -> None:
    """Covered 1,028 of 1,210, of the others all known to have none; 99 of the 1,028 began after 2020.

    The three-no rule here is gate guard, firm, managing body. Only the 96 listed compounds may ever lack all
    three: every other one has a gate guard or a managing body from the first survey on.
    """
    dice = filling.dice
    firms = filling.add_firms(_FIRMS, _FIRMS_WITH_PARTY, {0: "red", 3: "red", 9: "red", 120: "black"})
    organised, others = firms[:_FIRMS_WITH_PARTY], firms[_FIRMS_WITH_PARTY:]
    sites = filling.ground.sites
    old = dice.shuffled([site for site in sites if site.kind == "old"])
    commercial = dice.shuffled([site for site in sites if site.kind == "commercial"])
    unclear = dice.shuffled([site for site in sites if site.kind == "unknown"])
    listed: list[Site] = []
    for street in _STREETS_WITH_LIST:
        listed += [site for site in old if site.street == street and site.grid][:16]
    chosen = {site.code for site in listed}
    rest = [site for site in old if site.code not in chosen]
    bare, served = rest[:_OLD_NEVER], rest[_OLD_NEVER:]
    bare += unclear[:_OTHER_NEVER]
    new = listed + served[:3]
    began = {site.code for site in new}
    old_served = dice.shuffled(listed + served)
    turns = _Turns(organised, others)
    for number, site in enumerate(old_served):
        firm = turns.next(with_party=number < _OLD_PARTY)
        if site.code in began:
            filling.engage(site, firm, "contract", dice.between(*_SINCE), trial=dice.chance(0.6))
        else:
            stage = "trusteeship" if number % 13 == 5 else "contract"
            filling.engage(site, firm, stage, dice.between(FIRST, date(2020, 9, 30)), trial=number % 9 == 0)
    for number, site in enumerate(commercial + unclear[_OTHER_NEVER:]):
        firm = turns.next(with_party=number % 5 != 0)
        filling.engage(site, firm, "contract", dice.between(FIRST, date(2020, 9, 30)))
    for number, site in enumerate(bare):
        _survey_bare(filling, site, firms[number % len(firms)], number)
    for site in sites:
        if site.code in chosen:
            _survey_listed(filling, site)
        elif site not in bare and dice.chance(0.75):
            _survey_served(filling, site)


class _Turns:
    """Deals out firms so that each of them serves somebody."""

    def __init__(self, organised: list[str], others: list[str]) -> None:
        self._firms = {True: organised, False: others}
        self._given = {True: 0, False: 0}

    def next(self, *, with_party: bool) -> str:
        firms = self._firms[with_party]
        number = self._given[with_party]
        self._given[with_party] += 1
        return firms[number % len(firms) if number < 2 * len(firms) else (number * number) % len(firms)]


def _survey_bare(filling: Filling, site: Site, firm: str, number: int) -> None:
    """Write down that a compound has no firm but is kept by its own people."""
    dice, rows = filling.dice, filling.rows
    day, first = dice.between(*EARLIER), date(2019, 9, 2)
    if number % 14 == 0:  # there was a firm, and it withdrew before 2020
        last = dice.between(date(2018, 6, 1), date(2019, 12, 31))
        rows.engage(firm, site.code, "contract", dice.between(FIRST, date(2018, 3, 31)), last)
        day, first = max(day, last), FIRST
    kept = ("managing_body", "gate_guard")[number % 2]
    filling.confirm(site.code, kept, "yes", first)
    filling.confirm(site.code, "property_firm", "no", day)
    other = ("gate_guard", "managing_body")[number % 2]
    rows.fact(site.code, other, ("no", "yes", "unknown")[number % 3], filling.survey_day())


def _survey_listed(filling: Filling, site: Site) -> None:
    """Write down that a listed courtyard had none of the three, and what a later survey found."""
    dice, rows = filling.dice, filling.rows
    day = dice.between(date(2020, 3, 2), date(2020, 6, 12))
    for key in ("property_firm", "gate_guard", "managing_body"):
        rows.fact(site.code, key, "no", day)
    rows.fact(site.code, "three_no_listed", "yes", _LISTED)
    later = filling.survey_day()
    rows.fact(site.code, "property_firm", "yes", max(later, date(2023, 3, 1)))
    if dice.chance(0.8):
        rows.fact(site.code, "gate_guard", "yes", max(later, date(2023, 3, 1)))
    if dice.chance(0.6):
        rows.fact(site.code, "managing_body", "yes", max(later, date(2023, 3, 1)))


def _survey_served(filling: Filling, site: Site) -> None:
    """Write down what a served compound has; never that it lacks both guard and managing body."""
    dice, rows = filling.dice, filling.rows
    day = filling.survey_day()
    lacks = "gate_guard" if dice.chance(0.5) else "managing_body"
    for key in ("gate_guard", "managing_body"):
        if not dice.chance(0.85):
            continue
        value = "no" if key == lacks and dice.chance(0.2) else "unknown" if dice.chance(0.08) else "yes"
        rows.fact(site.code, key, value, day)


def _add_stations(filling: Filling) -> None:
    """Add 332 service positions, mediation rooms on three levels, posts and centres."""
    dice, ground = filling.dice, filling.ground
    in_grids = dice.shuffled(sorted(ground.grids))
    span = (date(2018, 1, 8), LAST)
    filling.stations_in_grids(sorted(in_grids[:212]), "党群服务阵地", "service_position", span)
    for site in dice.shuffled([s for s in ground.sites if s.kind == "commercial" and s.grid])[:120]:
        name = f"{site.name or '小区'}党群服务阵地"
        filling.station_in(site, name, "service_position", dice.between(*span))
    rooms = [min(g for g, own in ground.grids.items() if own[0] == code) for code in ground.communities]
    filling.stations_in_grids(rooms, "调解室", "mediation_room", (date(2020, 3, 2), date(2025, 6, 30)))
    filling.stations_in_grids(
        sorted(in_grids[212:280]), "驿站", "grid_post", (date(2019, 1, 7), date(2025, 12, 31))
    )
    filling.stations_in_grids(
        sorted(in_grids[280:312]), "物业服务中心", "property_centre", (date(2020, 3, 2), date(2024, 12, 31))
    )
