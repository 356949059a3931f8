"""What Quzhou's systems hold (S1): 113 departments, 3,300 buildings surveyed, stars and rewards, lists of firms."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np

from app.domain.rating import rate
from geo.courtyards import bearing_of, slabs
from geo.tessellate import rounded

if TYPE_CHECKING:
    from app.domain.record import Record, Value
    from app.sample.ground import Site
    from app.sample.work import Work

_DEPARTMENTS: Final = 113
_BUILDINGS: Final = 3_300  # with the 62,000 households surveyed in them
_SURVEYED_ON: Final = date(2020, 3, 31)
_POSTS: Final = {
    "enforcement": "综合行政执法部门",
    "police": "公安部门",
    "housing": "住房和建设部门",
    "market": "市场监管部门",
    "fire": "消防部门",
}
_REWARD: Final = {5: 100_000, 4: 60_000, 3: 30_000}  # yuan a compound; the source gives no amounts
_LEVELS: Final = (("compound", 0.6), ("community", 0.3), ("street", 0.1))
_PLACES_OF_DEPARTMENT: Final = 2  # grids each department is linked to besides its community


def work(add: Work) -> None:
    """Add everything; the order matters to nothing but the dice."""
    departments = _add_departments(add)
    _link_departments(add, departments)
    _add_liaison(add, departments)
    _survey_buildings(add)
    _assess(add)
    add.list_firms({"red": "年度评价优秀", "black": "擅自撤场，投诉查实"}, regraded=0.3)
    _ally(add, departments)
    add.disputes(120, _LEVELS, date(2019, 6, 3), date(2022, 9, 30), date(2022, 12, 30))
    add.waiting(10, "compound", date(2026, 8, 3), date(2026, 10, 30))


def _add_departments(add: Work) -> list[str]:
    codes = []
    for number in range(_DEPARTMENTS):
        posts = list(_POSTS.values())
        name = posts[number] if number < len(posts) else f"市级联系单位第{number + 1:03}号"
        values: dict[str, Value] = {"name": name, "post": "联格联络岗"}
        code = add.rows.code("departments")
        codes.append(add.rows.add("departments", code, values, since=date(2019, 3, 4)))
    return codes


def _link_departments(add: Work, departments: list[str]) -> None:
    """Every department has a community and two of its grids; the register of these links is complete."""
    communities = add.dice.shuffled(sorted(add.ground.communities))
    grids: dict[str, list[str]] = defaultdict(list)
    for grid, (community, _) in sorted(add.ground.grids.items()):
        grids[community].append(grid)
    for number, department in enumerate(departments):
        community = communities[number % len(communities)]
        day = add.dice.between(date(2019, 3, 4), date(2020, 5, 29))
        add.rows.link("department_link", department, community, day)
        own = grids[community]
        for step in range(_PLACES_OF_DEPARTMENT):
            grid = own[(_PLACES_OF_DEPARTMENT * (number // len(communities)) + step) % len(own)]
            add.rows.link("department_link", department, grid, day)
    for district in add.ground.districts:
        add.rows.fact(district, "departments_complete", "yes", date(2020, 6, 30))


def _add_liaison(add: Work, departments: list[str]) -> None:
    """Five departments keep a contact post in each compound of the pilot."""
    for site in add.sites_of("commercial", "resettlement")[:40]:
        day = add.dice.between(date(2020, 1, 6), date(2020, 12, 31))
        for department, post in zip(departments, _POSTS, strict=False):
            add.rows.link("liaison", department, site.code, day, role=post)


def _survey_buildings(add: Work) -> None:
    """Part the counts of the compounds surveyed over 3,300 buildings."""
    sites = {site.code: site for site in add.ground.sites}
    surveyed = [
        record
        for record in add.rows.of("households")
        if record.get("on") == _SURVEYED_ON and record.text("subject") in sites
    ]
    drawn: dict[str, list[Record]] = defaultdict(list)
    for building in add.rows.of("buildings"):
        drawn[building.text("compound")].append(building)
    free = [record for record in surveyed if not drawn[record.text("subject")]]
    left = _BUILDINGS - sum(len(drawn[record.text("subject")]) for record in surveyed)
    parts = add.dice.parted(left, [float(str(record.get("surveyed"))) for record in free], least=1)
    wanted = {record.text("subject"): part for record, part in zip(free, parts, strict=True)}
    for record in surveyed:
        code = record.text("subject")
        own = [building.code for building in drawn[code]] or _draw(add, sites[code], wanted[code])
        weights = [1.0 + float(add.dice.rng.random()) for _ in own]
        counts = [
            add.dice.parted(int(str(record.get(field))), weights) for field in ("households", "surveyed")
        ]
        for building, households, done in zip(own, *counts, strict=True):
            add.rows.count_households(building, _SURVEYED_ON, households=max(households, done), surveyed=done)


def _draw(add: Work, site: Site, count: int) -> list[str]:
    """Add the buildings of a compound; those for which its courtyard has no room stay without outline."""
    bearing = bearing_of(site.bearing_shape)
    south = (bearing + np.pi / 4) % (np.pi / 2) - np.pi / 4
    shapes = slabs(site.bearing_shape, float(south), count, add.dice.rng)
    stored = list(rounded(add.ground.zone.to_degrees(np.array(shapes, dtype=object)))) if shapes else []
    codes = []
    for number in range(count):
        values: dict[str, Value] = {"name": f"{number + 1}幢", "compound": site.code, "units": 2}
        values |= {"storeys": 6 if site.kind == "old" else 11, "grid": site.grid or None}
        shape = stored[number] if number < len(stored) else None
        codes.append(add.rows.add("buildings", add.rows.code("buildings"), values, shape=shape))
    return codes


def _assess(add: Work) -> None:
    """Score four dozen compounds by the 54 indicators; who has three stars or more was rewarded, the firm with its part."""
    scheme = add.scheme("five_stars")
    served = add.serving()
    for number, site in enumerate(add.sites_of("commercial", "old", "resettlement")[:48]):
        on = add.dice.between(date(2021, 9, 1), date(2022, 9, 30))
        quality = (0.95, 0.88, 0.78, 0.68, 0.5)[number % 5]
        add.assess(site.code, scheme, on, quality, missing=0.15 if number % 6 == 0 else 0.0)
        if number % 4 == 1:
            add.assess(site.code, scheme, date(2026, 4, 1 + number % 28), min(0.97, quality + 0.05))
        scored = [row for row in add.rows.of("assessments") if row.text("subject") == site.code]
        first = {row.text("item"): row.get("score") for row in scored if row.get("on") == on}
        stars = rate(scheme, {k: None if v is None else float(str(v)) for k, v in first.items()}).stars
        reward = _REWARD.get(stars or 0)
        if reward is not None:
            add.number(site.code, "reward_yuan", float(reward), date(2022, 11, 30))
            if site.code in served and scheme.firm_share is not None:
                part = float(round(reward * scheme.firm_share * (0.5, 1.0)[number % 2]))
                add.number(site.code, "firm_reward_yuan", part, date(2022, 11, 30))


def _ally(add: Work, departments: list[str]) -> None:
    """Bind the firms, committees, compounds and departments of each urban street into an alliance."""
    organisations = {record.text("to"): record.text("organisation") for record in add.rows.of("attachments")}
    served = add.serving()
    for number, (street, (district, name)) in enumerate(sorted(add.ground.streets.items())):
        sites = add.dice.shuffled([site for site in add.ground.sites if site.street == street])
        if len(sites) < 20:
            continue
        day = add.dice.between(date(2019, 6, 3), date(2020, 6, 30))
        branch = add.rows.organisation(
            f"{name}红色物业联盟党支部", "alliance", organisations[street], day, add.dice.number(8, 30)
        )
        add.rows.attach(branch, street, day)
        values: dict[str, Value] = {"name": f"{name}红色物业联盟", "organisation": branch}
        values |= {"district": district, "street": street}
        alliance = add.rows.add("alliances", add.rows.code("alliances"), values, since=day)
        members = [site.code for site in sites[:6]]
        members += sorted({served[site.code].text("firm") for site in sites if site.code in served})[:5]
        members += sorted({organisations[s.community] for s in sites if s.community in organisations})[:4]
        members += departments[5 + 3 * number : 8 + 3 * number]
        for member in members:
            add.rows.link("alliance_member", alliance, member, day)
