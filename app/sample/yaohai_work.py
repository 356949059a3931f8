"""What Yaohai's systems hold (S3, and S4, which names no place): resources of trusteeship, posts, zones, indices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from app.sample.yaohai import MODEL

if TYPE_CHECKING:
    from app.domain.record import Value
    from app.sample.ground import Site
    from app.sample.work import Work

_RESOURCES: Final = (("guards", 92), ("cleaners", 34), ("vehicles", 18))  # of 30 compounds and 20 buildings
_INDEX: Final = 97.02  # % of the district, first half of 2020: the only one the source gives
_HALF_YEAR: Final = date(2020, 6, 30)
_LEVELS: Final = (("grid", 0.55), ("community", 0.33), ("street", 0.12))
_CENTRES: Final = {"340102004": date(2019, 9, 10), MODEL: date(2019, 12, 5)}  # the two that the source names
_ROUND: Final = (date(2026, 3, 2), date(2026, 10, 30))
_ZONES: Final = 8
_ACROSS: Final = 160.0  # neighbours in a zone lie at most this far apart [m]


def work(add: Work) -> None:
    """Add everything; the order matters to nothing but the dice."""
    _staff_trusteeships(add)
    _fill_posts(add)
    _open_centres(add)
    _measure_indices(add)
    _bundle_zones(add)
    _survey_fees(add)
    _assess(add)
    _inspect_stations(add)
    add.list_firms({"red": "半年考评前列", "black": "弃管失责，街道通报"})
    _ally(add)
    _add_committees(add)
    add.disputes(240, _LEVELS, date(2019, 12, 9), date(2022, 9, 30), date(2022, 12, 30))
    add.waiting(12, "grid", date(2026, 8, 3), date(2026, 10, 30))
    add.waiting(4, "street", date(2026, 8, 3), date(2026, 10, 30))


def _staff_trusteeships(add: Work) -> None:
    """Part guards, cleaners and vehicles over the 50 trusteeships, by the people they serve."""
    people = {
        record.code: float(str(record.get("residents") or 30))
        for kind in ("compounds", "buildings")
        for record in add.rows.of(kind)
    }
    cared_for = [record for record in add.rows.of("engagements") if record.get("stage") == "trusteeship"]
    weights = [people[record.text("compound")] for record in cared_for]
    for key, total in _RESOURCES:
        for record, count in zip(cared_for, add.dice.parted(total, weights), strict=True):
            if count and record.valid_from is not None:
                add.number(record.code, key, count, record.valid_from)


def _fill_posts(add: Work) -> None:
    """Whether each of the five posts of a grid is filled, in most of the 596 grids."""
    keys = ("grid_head", "enforcement_officer", "police_officer", "property_staff", "information_officer")
    for grid in sorted(add.ground.grids):
        if add.dice.chance(0.9):
            day = add.dice.between(*_ROUND)
            add.answer(grid, keys[:1], (0.97, 0.02, 0.01), day)
            add.answer(grid, keys[1:], (0.86, 0.08, 0.03), day)


def _open_centres(add: Work) -> None:
    """Open a mediation sub-centre in each of the 13 streets and zones; the source names two and plans the rest."""
    for street, (_, name) in sorted(add.ground.streets.items()):
        grids = [grid for grid, own in sorted(add.ground.grids.items()) if own[1] == street]
        grid = grids[len(grids) // 2]
        day = _CENTRES.get(street, add.dice.between(date(2020, 8, 5), date(2022, 6, 30)))
        values: dict[str, Value] = {"name": f"{name}物业纠纷调解分中心", "kind": "mediation_centre"}
        values |= {"grid": grid, "community": add.ground.grids[grid][0], "address": add.names.address(name)}
        at = add.ground.grid_points[grid]
        add.rows.add("stations", add.rows.code("stations"), values, since=day, shape=at)


def _measure_indices(add: Work) -> None:
    """Add the district's published figure, and half-yearly ones of the streets, which are made up."""
    add.rate("340102", "safety_and_satisfaction", _INDEX, _HALF_YEAR)
    for street in sorted(add.ground.streets):
        level = 94.5 + 3.0 * float(add.dice.rng.random())
        for half in range(14):
            year, day = 2020 + half // 2, (6, 30) if half % 2 == 0 else (12, 31)
            if date(year, *day) > date(2026, 6, 30):
                break
            level = min(99.4, level + 0.9 * float(add.dice.rng.random()) - 0.35)
            for key, off in (
                ("safety_and_satisfaction", 0.0),
                ("safety_index", 0.6),
                ("satisfaction_index", -0.6),
            ):
                if key == "safety_and_satisfaction" or half > 10:
                    add.rate(street, key, round(level + off, 2), date(year, *day))


def _bundle_zones(add: Work) -> None:
    """Bundle neighbouring old compounds, and scattered buildings between them, for one firm."""
    sites: list[Site] = [site for site in add.ground.sites if site.kind == "old" and site.grid]
    sites += add.ground.lone
    shapes = add.ground.zone.to_metres(np.array([site.shape for site in sites], dtype=object))
    tree = shapely.STRtree(shapes)
    served, taken, made = add.serving(), set[int](), 0
    for start in add.dice.shuffled(range(len(sites))):
        near = tree.query(shapes[start], predicate="dwithin", distance=_ACROSS)
        members = sorted(int(n) for n in near if int(n) not in taken)[:9]
        if made == _ZONES or start in taken or len(members) < 3 or sites[start].code not in served:
            continue
        made += 1
        taken |= set(members)
        firm, street = served[sites[start].code].text("firm"), sites[start].street
        values: dict[str, Value] = {"name": f"{add.ground.streets[street][1]}第{made}片区", "firm": firm}
        values |= {"street": street, "households": 1000}
        day = add.dice.between(date(2020, 9, 1), date(2022, 6, 30))
        zone = add.rows.add("zones", add.rows.code("zones"), values, since=day)
        for number in members:
            add.rows.link("zone_member", zone, sites[number].code, day)


def _survey_fees(add: Work) -> None:
    """Add what people say they would pay, and what was due and collected, in a third of the old compounds."""
    for site in add.sites_of("old")[:100]:
        add.rate(site.code, "willingness_to_pay", add.dice.number(30, 92), add.dice.between(*_ROUND))
        if add.dice.chance(0.6):
            due = 1000.0 * add.dice.number(20, 180)
            share = 0.35 + 0.55 * float(add.dice.rng.random())
            add.number(site.code, "fees_due_yuan", due, date(2025, 12, 31))
            add.number(site.code, "fees_collected_yuan", float(round(due * share)), date(2025, 12, 31))
    trusted = [
        r for r in add.rows.of("engagements") if r.get("stage") == "trusteeship" and r.get("subsidy_yuan")
    ]
    for record in trusted[:20]:
        add.taper(record, int(float(str(record.get("subsidy_yuan")))))


def _assess(add: Work) -> None:
    """Three dozen compounds by the five haves and ten goods, some of them not to the end."""
    scheme = add.scheme("five_haves_ten_goods")
    model = [site for site in add.ground.sites if site.street == MODEL][:16]
    for number, site in enumerate(model + add.sites_of("commercial", "old", "resettlement")[:24]):
        quality = 0.55 + 0.42 * float(add.dice.rng.random())
        missing = 0.2 if number % 4 == 3 else 0.0
        add.assess(site.code, scheme, add.dice.between(*_ROUND), quality, missing=missing)


def _inspect_stations(add: Work) -> None:
    """Look into most stations for the six haves."""
    keys = ("premises", "equipment", "signs", "flag", "reading_matter", "rules")
    for station in add.rows.of("stations"):
        if add.dice.chance(0.75):
            add.answer(station.code, keys, (0.88, 0.07, 0.03), add.dice.between(*_ROUND))


def _ally(add: Work) -> None:
    """Bind the compounds of the model street and their firms into its alliance."""
    branch = next(record.code for record in add.rows.of("organisations") if record.get("type") == "alliance")
    day = date(2018, 9, 1)
    values: dict[str, Value] = {"name": "和平路街道红色物管联盟", "organisation": branch}
    values |= {"district": MODEL[:6], "street": MODEL}
    alliance = add.rows.add("alliances", add.rows.code("alliances"), values, since=day)
    served = add.serving()
    sites = [site for site in add.ground.sites if site.street == MODEL]
    firms = sorted({served[site.code].text("firm") for site in sites if site.code in served})
    for member in [*(site.code for site in sites), *firms]:
        add.rows.link("alliance_member", alliance, member, day + timedelta(days=add.dice.number(0, 200)))


def _add_committees(add: Work) -> None:
    """Who sits in two places at once, and where visits were paid before a compound was taken on."""
    keys = ("supervisory_committee", "paid_secretary", "cross_posting")
    for site in add.sites_of("commercial", "old", "resettlement")[:180]:
        add.answer(site.code, keys, (0.45, 0.35, 0.1), add.dice.between(*_ROUND))
    for record in add.rows.of("engagements"):
        if record.get("stage") == "trusteeship" and record.text("compound").startswith("C"):
            assert record.valid_from is not None  # noqa: S101  # narrows the type
            day = record.valid_from - timedelta(days=add.dice.number(20, 90))
            add.rows.fact(record.text("compound"), "adoption_visit", "yes", day)
    served = add.serving()
    waiting = [site for site in add.sites_of("old") if site.code not in served]
    for site in waiting[:24]:  # visited this year, and nobody has taken them on
        add.rows.fact(site.code, "adoption_visit", "yes", add.dice.between(*_ROUND))
