"""What Jinjiang's systems hold (S0, and S2 for the city's committees): totals as published, all else made up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from app.sample.plots import Plots

if TYPE_CHECKING:
    from app.domain.record import Record, Value
    from app.sample.ground import Site
    from app.sample.work import Work

_MEDIATORS: Final = 1674  # of 16 categories
_CASES: Final = 3221  # handled since the three levels began
_SATISFIED: Final = 97.0  # % of owners
_SOURCE_DAY: Final = date(2022, 10, 26)  # when the source was printed
_BEGAN: Final = date(2020, 11, 2)
_BEFORE: Final = (date(2021, 3, 1), date(2022, 9, 30))
_ROUND: Final = (date(2026, 3, 2), date(2026, 10, 30))  # this year's survey
_LEVELS: Final = (("compound", 0.63), ("community", 0.29), ("street", 0.08))
_OFFICES, _PARKS = 14, 5


def work(add: Work) -> None:
    """Add everything; the order matters to nothing but the dice."""
    _add_party_work(add)
    _add_towers(add)
    _add_mediators(add)
    add.disputes(_CASES, _LEVELS, _BEGAN, _SOURCE_DAY, date(2022, 12, 30))
    add.waiting(24, "compound", date(2026, 8, 3), date(2026, 10, 30))
    _pair(add)
    _taper(add)
    _add_time_bank(add)
    add.three_lists(add.sites_of("old")[:40], date(2021, 3, 1), date(2022, 6, 30))
    _assess(add)
    _add_committees(add)
    _add_fees(add)
    add.rate("510104", "owner_satisfaction", _SATISFIED, date(2022, 9, 30))


def _add_party_work(add: Work) -> None:
    """Let party work reach all 777 old and all 343 managed compounds; of the other 90 it isn't known."""
    for site in add.ground.sites:
        if site.kind in ("old", "commercial"):
            add.rows.fact(site.code, "party_work", "yes", add.dice.between(*_BEFORE))
            if add.dice.chance(0.97):  # and found so again in this year's round
                add.rows.fact(site.code, "party_work", "yes", add.dice.between(*_ROUND))


def _add_towers(add: Work) -> None:
    """Office towers and industrial parks: counted apart, each with a firm and assessed by a scheme of its own."""
    plots = Plots(add.rows, add.ground, add.dice)
    grids = add.dice.shuffled(sorted(add.ground.grids))
    firms = [record.code for record in add.rows.of("firms")]
    for kind, word, count, scale in (("office", "大厦", _OFFICES, 1.6), ("park", "产业园", _PARKS, 3.0)):
        scheme = add.scheme(f"{kind}_standard")
        for number, site in enumerate(plots.find(kind, grids, count, scale)):
            site.code = add.rows.code("compounds")
            site.name = add.names.compound("commercial")[:2] + word
            values: dict[str, Value] = {"name": site.name, "kind": kind, "grid": site.grid}
            values |= {"community": site.community, "street": site.street, "households": 0, "residents": 0}
            values["address"] = add.names.address(add.ground.streets[site.street][1])
            add.rows.add("compounds", site.code, values, shape=site.shape)
            firm = firms[(7 * number + len(kind)) % len(firms)]
            add.rows.engage(
                firm, site.code, "contract", add.dice.between(date(2017, 3, 1), date(2021, 6, 30))
            )
            if number % 3:
                add.assess(site.code, scheme, add.dice.between(*_BEFORE), 0.8)


def _add_mediators(add: Work) -> None:
    """16 categories of mediators on three levels, 1,674 people in all, as counts."""
    keys = [spec.key for spec in add.facts_in("mediators")]
    places = [(street, keys, 2) for street in sorted(add.ground.streets)]
    places += [(community, add.dice.shuffled(keys)[:6], 2) for community in sorted(add.ground.communities)]
    left = _MEDIATORS - sum(len(own) * each for _, own, each in places)
    sites = add.sites_of("old", "commercial")[:left]
    places += [(site.code, [keys[add.dice.number(0, 2)]], 1) for site in sites]
    for place, own, each in places:
        day = add.dice.between(date(2021, 1, 4), date(2022, 9, 30))
        for key in own:
            add.number(place, key, each, day)


def _pair(add: Work) -> None:
    """Firms with a party organisation are each paired with an old compound that has no firm."""
    served = add.serving()
    alone = [site for site in add.sites_of("old") if site.code not in served]
    firms = [record.code for record in add.rows.of("firms")][:105]
    for number, site in enumerate(alone[:118]):
        add.rows.link("pairing", firms[number % len(firms)], site.code, add.dice.between(*_BEFORE))


def _taper(add: Work) -> None:
    """Visit the 96 courtyards before they are taken on; in most a subsidy tapers to nothing."""
    listed = [fact.text("subject") for fact in add.rows.of("facts") if fact.get("key") == "three_no_listed"]
    first: dict[str, date] = {}
    paid: dict[str, Record] = {}
    for record in add.rows.of("engagements"):
        began, code = record.valid_from, record.text("compound")
        if began is not None:
            first[code] = min(began, first.get(code, began))
        if record.valid_until is None:
            paid[code] = record
    for number, code in enumerate(sorted(listed)):
        add.rows.fact(code, "adoption_visit", "yes", first[code] - timedelta(days=add.dice.number(20, 90)))
        if number % 4:
            add.taper(paid[code], 3000 * add.dice.number(8, 24))


def _add_time_bank(add: Work) -> None:
    for site in add.sites_of("old")[:64]:
        hours = add.dice.number(40, 900)
        add.number(site.code, "time_bank_hours", hours, date(2022, 6, 30))
        if add.dice.chance(0.6):
            add.number(site.code, "time_bank_hours", hours + add.dice.number(20, 400), date(2026, 6, 30))


def _assess(add: Work) -> None:
    """Three dozen compounds by the 13 items of the standard and the 17 of the evaluation, some items left open."""
    standard, evaluation = add.scheme("residential_standard"), add.scheme("service_evaluation")
    for number, site in enumerate(add.sites_of("old", "commercial")[:36]):
        quality = 0.5 + 0.45 * float(add.dice.rng.random())
        missing = 0.15 if number % 4 == 0 else 0.0
        add.assess(site.code, standard, add.dice.between(*_BEFORE), quality, missing=missing)
        if number % 3 != 1:
            add.assess(site.code, evaluation, date(2026, 5, 1 + number % 28), quality, missing=missing)


def _add_committees(add: Work) -> None:
    """Supervisory committees, paid secretaries, cross-posting; and where the street stands in (S2)."""
    keys = ("supervisory_committee", "paid_secretary", "cross_posting")
    for site in add.sites_of("old", "commercial")[:150]:
        add.answer(site.code, keys, (0.5, 0.3, 0.1), add.dice.between(*_ROUND))
    served = add.serving()
    alone: list[Site] = [site for site in add.sites_of("old", "unknown") if site.code not in served]
    for number, site in enumerate(alone[:60]):
        key = ("street_trusteeship", "committee_duties_by_street")[number % 2]
        add.rows.fact(site.code, key, "yes" if number % 5 else "no", add.dice.between(*_BEFORE))


def _add_fees(add: Work) -> None:
    """Add what was due and what was paid in 80 old compounds, and what people said they would pay."""
    for site in add.sites_of("old")[:80]:
        due = 1000.0 * add.dice.number(30, 240)
        for year in (2022, 2025):
            share = 0.5 + 0.4 * float(add.dice.rng.random())
            add.number(site.code, "fees_due_yuan", due, date(year, 12, 31))
            add.number(site.code, "fees_collected_yuan", float(round(due * share)), date(year, 12, 31))
        for year in (2022, 2026):
            add.rate(site.code, "willingness_to_pay", add.dice.number(45, 96), date(year, 6, 30))
