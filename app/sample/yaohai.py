"""Yaohai, Hefei, as S3 describes it: 560 compounds, 314 of them old three-no ones; 474 of 596 grids with a branch."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from app.sample.fill import EARLIER, FIRST, LAST, Filling
from app.sample.ground import Pilot

if TYPE_CHECKING:
    from app.sample.ground import Site

MODEL: Final = "340102008"  # 和平路街道: every compound has a party group, a firm and a property office
_COMPOUNDS: Final = {
    "340102001": 34,
    "340102003": 45,
    "340102004": 47,
    "340102005": 58,
    "340102006": 44,
    "340102007": 36,
    "340102008": 48,
    "340102010": 41,
    "340102011": 56,
    "340102012": 52,
    "340102014": 36,
    "340102100": 29,
    "340102401": 31,
}
PILOT: Final = Pilot(
    districts=("340102",),
    cores=(((117.315, 31.868), 4300.0, 28.0),),
    bearing=0.12,
    rivers=(((117.262, 31.906), (117.425, 31.795), 70.0), ((117.345, 32.01), (117.352, 31.85), 26.0)),
    ponds=(((117.352, 31.874), 190.0), ((117.325, 31.905), 130.0), ((117.355, 32.0), 420.0)),
    compounds=_COMPOUNDS,
    grids=596,
    lone=84,
    outside=3,
    orphans=2,
)
_GRIDS_WITH_BRANCH: Final = 474
_OF_COMPOUNDS: Final = 74  # of those, branches of a compound ("compound branches included")
_LISTED: Final = date(2019, 12, 31)  # the list of the 314 old three-no compounds
_BENEFIT: Final = 22_100  # residents of the 30 compounds and 20 buildings in trusteeship


def fill(filling: Filling) -> None:
    """Add everything that stands on the ground."""
    _set_kinds(filling)
    sites = filling.ground.sites
    model = [site for site in sites if site.street == MODEL]
    rest = [site for site in sites if site.street != MODEL]
    old = filling.dice.shuffled([site for site in rest if site.kind == "old" and site.grid])
    cared_for = sorted(old[:60], key=lambda site: site.area)[:30]
    in_buildings = [filling.dice.number(35, 85) for _ in range(20)]
    shares = [site.area for site in cared_for]
    people = filling.dice.parted(_BENEFIT - sum(in_buildings), shares, least=60)
    for site, count in zip(cared_for, people, strict=True):
        site.residents, site.households = count, round(count / 2.5)
    filling.add_compounds(unnamed=3, without_households=9, strays=3, no_outline=2)
    filling.add_lone(in_buildings)
    filling.add_buildings(0.22, 9)
    filling.add_committees()
    branches = _add_party(filling, model, rest)
    _add_grid_branches(filling, branches)
    left_alone = _add_property(filling, model, rest, cared_for)
    _add_facts(filling, left_alone)
    _add_stations(filling, model)
    filling.add_surveys(0.6)


def _set_kinds(filling: Filling) -> None:
    """560 = 210 commercial + 36 resettlement + 314 old, 28 old among the 48 of the model street."""
    dice, sites = filling.dice, filling.ground.sites
    outskirts = {"340102100", "340102401"}
    for is_model, old, resettled in ((True, 28, 4), (False, 286, 32)):
        own = [site for site in sites if (site.street == MODEL) == is_model]
        keys = {id(s): float(dice.rng.random()) + 0.5 * (s.street in outskirts or not s.grid) for s in own}
        own.sort(key=lambda site: keys[id(site)])
        for number, site in enumerate(own):
            site.kind = "old" if number < old else "commercial"
        for site in own[len(own) - resettled :]:
            site.kind = "resettlement"


def _add_party(filling: Filling, model: list[Site], rest: list[Site]) -> dict[str, str]:
    """Covered 387, uncovered 109, unknown 64 of 560; return a branch by its grid where one may count for it."""
    dice, rows = filling.dice, filling.rows
    branches: dict[str, str] = {}
    alliance = rows.organisation(
        "和平路街道红色物管联盟党支部", "alliance", filling.committee[MODEL], date(2018, 9, 1), 21
    )
    rows.attach(alliance, MODEL, date(2018, 9, 1))
    for site in model:
        filling.add_party(site, "group", "党小组", (date(2018, 3, 1), date(2019, 12, 31)))
    busy = dice.shuffled([site for site in rest if site.street == "340102011"])
    others = dice.shuffled([site for site in rest if site.street != "340102011"])
    yes, no, unknown = (
        busy[:36] + others[:303],
        busy[36:48] + others[303:400],
        busy[48:] + others[400:],
    )
    for number, site in enumerate(yes):
        type_, word = ("group", "党小组") if number % 5 == 4 else ("branch", "党支部")
        organisation = filling.add_party(site, type_, word)
        if type_ == "branch" and site.grid:
            branches[site.grid] = organisation
    for number, site in enumerate(no):
        if number % 12 == 0:  # there was one, and it was dissolved
            filling.add_party(
                site, "group", "党小组", (FIRST, date(2018, 6, 30)), dice.between(date(2020, 1, 1), LAST)
            )
            continue
        if number % 4 == 0:
            rows.fact(site.code, "party_organisation", "no", dice.between(*EARLIER))
        rows.fact(site.code, "party_organisation", "no", filling.survey_day())
    for number, site in enumerate(unknown):
        if number % 6 == 0:
            rows.fact(site.code, "party_organisation", "unknown", filling.survey_day())
        elif number % 20 == 1:  # said to have one, but no record
            rows.fact(site.code, "party_organisation", "yes", filling.survey_day())
    return branches


def _add_grid_branches(filling: Filling, branches: dict[str, str]) -> None:
    dice, rows, grids = filling.dice, filling.rows, filling.ground.grids
    shared = dice.shuffled(sorted(branches))[:_OF_COMPOUNDS]
    for grid in sorted(shared):
        rows.attach(branches[grid], grid, dice.between(date(2020, 1, 6), LAST), role="小区党支部兼网格支部")
    left = dice.shuffled([grid for grid in sorted(grids) if grid not in set(shared)])
    own = left[: _GRIDS_WITH_BRANCH - _OF_COMPOUNDS]
    filling.add_grid_branches(sorted(own), (date(2018, 1, 8), LAST))
    for grid in sorted(set(left) - set(own)):
        filling.confirm(grid, "party_organisation", "no", dice.between(date(2020, 8, 3), LAST))


def _add_property(filling: Filling, model: list[Site], rest: list[Site], cared_for: list[Site]) -> set[str]:
    """Let firms serve compounds; return the old compounds that are known to have none."""
    left_alone: set[str] = set()
    dice, rows = filling.dice, filling.rows
    firms = filling.add_firms(64, 55, {0: "red", 1: "red", 2: "red", 3: "red", 60: "black", 62: "black"})
    tender, centre, fallback, usual = firms[0], firms[1], firms[2], firms[3:]

    def usual_firm() -> str:
        return usual[min(len(usual) - 1, int(len(usual) * float(dice.rng.random()) ** 1.4))]

    for site in model:
        if site.kind == "old":  # by tender in February 2018, with a subsidy
            filling.engage(site, tender, "contract", date(2018, 2, 1), trial=dice.chance(0.2))
        else:
            filling.engage(site, usual_firm(), "contract", dice.between(FIRST, LAST))
    for site in cared_for:
        filling.engage(site, centre, "trusteeship", dice.between(date(2020, 3, 2), date(2021, 12, 31)))
    for building in filling.ground.lone[:20]:
        filling.engage(building, centre, "trusteeship", dice.between(date(2020, 3, 2), date(2021, 12, 31)))
    managed = {id(site) for site in cared_for}
    for kind, yes, no in (("commercial", 0.93, 0.03), ("resettlement", 0.84, 0.1), ("old", 0.25, 0.51)):
        own = dice.shuffled([s for s in rest if s.kind == kind and id(s) not in managed])
        served, none = round(yes * len(own)), round(no * len(own))
        for number, site in enumerate(own[:served]):
            stage = "fallback" if kind == "old" and number % 7 == 3 else "contract"
            firm = fallback if stage == "fallback" else usual_firm()
            filling.engage(
                site, firm, stage, dice.between(FIRST, LAST), trial=kind == "old" and number % 3 == 0
            )
            if number % 60 == 31:  # a survey that contradicts the record
                rows.fact(site.code, "property_firm", "no", filling.survey_day())
        if kind == "old":
            left_alone |= {site.code for site in own[served : served + none]}
        for number, site in enumerate(own[served : served + none]):
            if number % 11 == 0:  # the firm withdrew
                last = dice.between(date(2019, 1, 1), date(2021, 12, 31))
                rows.engage(usual_firm(), site.code, "contract", dice.between(FIRST, date(2018, 6, 30)), last)
            else:
                if number % 3 == 0:
                    rows.fact(site.code, "property_firm", "no", dice.between(*EARLIER))
                rows.fact(site.code, "property_firm", "no", filling.survey_day())
        for site in own[served + none :]:
            if dice.chance(0.3):
                rows.fact(site.code, "property_firm", "unknown", filling.survey_day())
    return left_alone


def _add_facts(filling: Filling, left_alone: set[str]) -> None:
    """Add the list of the 314, and what a survey found of authority and defence, which is not everything."""
    dice, rows = filling.dice, filling.rows
    for site in filling.ground.sites:
        day = filling.survey_day()
        filling.add_common_facts(site, day)
        is_old = site.kind == "old"
        is_model = site.street == MODEL
        is_three_no = site.code in left_alone and dice.chance(0.55)
        if is_old:
            rows.fact(site.code, "three_no_listed", "yes", _LISTED)
        for key, yes, no in (
            ("authority", 0.5, 0.36),
            ("defence_people", 0.36, 0.5),
            ("defence_hardware", 0.4, 0.46),
            ("defence_technical", 0.34, 0.44),
        ):
            if not is_three_no and not dice.chance(0.9 if is_old else 0.8):
                continue
            if is_old and dice.chance(0.15):
                rows.fact(site.code, key, "no", dice.between(date(2019, 9, 2), date(2019, 12, 20)))
            if is_model or not is_old:
                yes, no = 0.92, 0.03
            if is_three_no:
                yes, no = 0.0, 1.0
            value = ("yes", "no", "unknown")[int(dice.rng.choice(3, p=(yes, no, 1.0 - yes - no)))]
            rows.fact(site.code, key, value, day)


def _add_stations(filling: Filling, model: list[Site]) -> None:
    dice, ground = filling.dice, filling.ground
    for site in model:
        day = dice.between(date(2018, 3, 1), date(2019, 12, 31))
        filling.station_in(site, f"{site.name or '小区'}红色物管办", "property_office", day)
    first_grid = {
        street: min(g for g, own in ground.grids.items() if own[1] == street) for street in ground.streets
    }
    opened = {"340102004": date(2019, 9, 10), MODEL: date(2019, 12, 5)}
    for street, grid in first_grid.items():
        name = f"{ground.streets[street][1]}物业纠纷调解室"
        day = opened.get(street, dice.between(date(2020, 1, 6), date(2021, 6, 30)))
        at = ground.grid_points[grid]
        filling.add_station(name, "mediation_room", at, (grid, ground.grids[grid][0]), day)
    grids = dice.shuffled(sorted(ground.grids))
    filling.stations_in_grids(
        sorted(grids[:110]), "驿站", "grid_post", (date(2019, 1, 7), date(2025, 12, 31))
    )
    filling.stations_in_grids(
        sorted(grids[110:150]), "党群服务站", "service_position", (date(2018, 1, 8), date(2024, 12, 31))
    )
    filling.stations_in_grids(
        sorted(grids[150:163]), "邻里中心", "neighbourhood_centre", (date(2019, 1, 7), date(2023, 12, 31))
    )
    filling.stations_in_grids(
        sorted(grids[163:185]), "物业服务中心", "property_centre", (date(2020, 3, 2), date(2024, 12, 31))
    )
