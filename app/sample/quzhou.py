"""Kecheng and Qujiang, Quzhou, as S1 describes them: 164,253 households on the platform, 118,541 of them matched."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.sample.fill import EARLIER, FIRST, LAST, Filling
from app.sample.ground import Pilot

if TYPE_CHECKING:
    from app.sample.ground import Site

QUJIANG: Final = "330803"
_COMPOUNDS: Final = {
    "330802005": 42,
    "330802006": 40,
    "330802007": 58,
    "330802008": 38,
    "330802009": 52,
    "330802010": 34,
    "330802012": 30,
    "330802013": 26,
    "330802100": 4,
    "330802101": 3,
    "330802205": 2,
    "330803001": 84,
    "330803002": 22,
    "330803112": 4,
}
PILOT: Final = Pilot(
    districts=("330802", QUJIANG),
    cores=(((118.868, 28.95), 3000.0, 14.0), ((118.958, 28.985), 2300.0, 34.0)),
    bearing=0.3,
    rivers=(((118.66, 28.87), (119.16, 29.05), 190.0), ((118.83, 28.62), (118.86, 28.93), 90.0)),
    ponds=(((118.955, 28.80), 900.0), ((118.86, 28.935), 140.0)),
    compounds=_COMPOUNDS,
    grids=560,
    outside=2,
)
_IMPORTED, _MATCHED = 164_253, 118_541
_COUNTED: Final = date(2020, 6, 30)
_SURVEYED: Final = 62_000  # households, in the spring of 2020
_ELIGIBLE: Final = 43  # compounds of Qujiang


def fill(filling: Filling) -> None:
    """Add everything that stands on the ground."""
    dice, sites = filling.dice, filling.ground.sites
    for site in sites:
        draw = float(dice.rng.random())
        site.kind = "old" if draw < 0.34 else "commercial" if draw < 0.88 else "resettlement"
    on_platform = dice.shuffled(sites)[: round(0.92 * len(sites))]
    imported = dice.parted(_IMPORTED, [site.area for site in on_platform], least=20)
    for site, count in zip(on_platform, imported, strict=True):
        site.households = round(count * (1.01 + 0.08 * float(dice.rng.random())))
    filling.add_compounds(unnamed=3, without_households=6, strays=3)
    filling.add_buildings(0.12, 8)
    filling.add_committees()
    shares = [count * (0.85 + 0.3 * float(dice.rng.random())) for count in imported]
    matched = dice.parted(_MATCHED, shares)
    for site, count, of_them in zip(on_platform, imported, matched, strict=True):
        filling.rows.count_households(site.code, _COUNTED, imported=count, matched=of_them)
    _add_survey(filling)
    _add_party(filling)
    _add_property(filling)
    _add_facts(filling)
    _add_stations(filling)


def _add_survey(filling: Filling) -> None:
    """Survey compound after compound until 62,000 households are reached; nothing is known of the others."""
    left = _SURVEYED
    for site in filling.dice.shuffled(filling.ground.sites):
        if not left:
            break
        if not site.households:
            continue
        done = min(left, round(site.households * (0.72 + 0.28 * float(filling.dice.rng.random()))))
        left -= done
        filling.rows.count_households(site.code, date(2020, 3, 31), households=site.households, surveyed=done)


def _add_party(filling: Filling) -> None:
    """Give the 43 eligible compounds of Qujiang each a functional branch; grid branches in most others."""
    dice, rows, sites = filling.dice, filling.rows, filling.ground.sites
    qujiang = dice.shuffled([site for site in sites if site.district == QUJIANG and site.grid])
    eligible = {site.code for site in qujiang[:_ELIGIBLE]}
    for site in sites:
        if site.code in eligible:
            day = dice.between(date(2019, 3, 4), date(2020, 5, 29))
            rows.fact(site.code, "branch_eligible", "yes", day)
            filling.add_party(site, "functional_branch", "功能型党支部", (day, date(2020, 6, 30)))
            continue
        if site.district == QUJIANG:
            rows.fact(site.code, "branch_eligible", "no", dice.between(date(2019, 3, 4), date(2020, 5, 29)))
        draw = float(dice.rng.random())
        if draw < 0.66:
            filling.add_party(site, "grid_branch", "网格支部")
        elif draw < 0.84:
            if dice.chance(0.3):
                rows.fact(site.code, "party_organisation", "no", dice.between(*EARLIER))
            rows.fact(site.code, "party_organisation", "no", filling.survey_day())
        elif draw < 0.88:
            rows.fact(site.code, "party_organisation", "unknown", filling.survey_day())
    grids = [grid for grid, own in filling.ground.grids.items() if own[0] in filling.ground.communities]
    grids = dice.shuffled(sorted(grids))
    filling.add_grid_branches(sorted(grids[: round(0.7 * len(grids))]), (date(2018, 1, 8), LAST))


def _add_property(filling: Filling) -> None:
    dice, rows = filling.dice, filling.rows
    firms = filling.add_firms(58, 36, {0: "red", 1: "red", 40: "black"})
    for site in filling.ground.sites:
        draw = float(dice.rng.random())
        served = {"commercial": 0.9, "resettlement": 0.8}.get(site.kind, 0.42)
        if draw < served:
            firm = firms[int(len(firms) * float(dice.rng.random()) ** 1.3)]
            stage = "fallback" if site.kind == "old" and draw < 0.06 else "contract"
            filling.engage(site, firm, stage, dice.between(FIRST, LAST), trial=draw < 0.1)
        elif draw < served + 0.6 * (1 - served):
            if dice.chance(0.3):
                rows.fact(site.code, "property_firm", "no", dice.between(*EARLIER))
            rows.fact(site.code, "property_firm", "no", filling.survey_day())


def _add_facts(filling: Filling) -> None:
    dice, rows = filling.dice, filling.rows
    for site in filling.ground.sites:
        day = filling.survey_day()
        filling.add_common_facts(site, day)
        yes, no = (0.46, 0.42) if site.kind == "old" else (0.88, 0.05)
        for key in ("authority", "defence_people", "defence_hardware", "defence_technical"):
            if dice.chance(0.8):
                value = ("yes", "no", "unknown")[int(dice.rng.choice(3, p=(yes, no, 1.0 - yes - no)))]
                rows.fact(site.code, key, value, day)


def _add_stations(filling: Filling) -> None:
    dice, ground = filling.dice, filling.ground
    centres: list[Site] = dice.shuffled([site for site in ground.sites if site.grid])
    for site in centres[:24]:
        name = f"{site.name or '小区'}邻里中心"
        filling.station_in(site, name, "neighbourhood_centre", dice.between(date(2019, 1, 7), LAST))
    grids = dice.shuffled(sorted(grid for grid, own in ground.grids.items() if own[0] in ground.communities))
    filling.stations_in_grids(sorted(grids[:90]), "驿站", "grid_post", (date(2019, 1, 7), date(2025, 12, 31)))
    filling.stations_in_grids(
        sorted(grids[90:160]), "党群服务站", "service_position", (date(2018, 1, 8), date(2024, 12, 31))
    )
    filling.stations_in_grids(
        sorted(grids[160:190]), "调解室", "mediation_room", (date(2019, 6, 3), date(2024, 12, 31))
    )
