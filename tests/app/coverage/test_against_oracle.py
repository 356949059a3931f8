"""The engine against the slow oracle, on random small registries full of holes and overlaps."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.coverage.engine import CoverageEngine
from app.coverage.explain import explain
from app.coverage.measures import parse_measure
from app.domain.dataset import Dataset
from tests.app.coverage.builders import (
    ZONE,
    a_box,
    a_building,
    a_community,
    a_compound,
    a_district,
    a_fact,
    a_firm,
    a_grid,
    a_household_count,
    a_point,
    a_profile,
    a_query,
    a_record,
    a_station,
    a_street,
    an_organisation,
)
from tests.app.coverage.oracle import Oracle

DAYS = [date(2020, 1, 1), date(2022, 6, 1), date(2024, 6, 1)]
CHECKLIST = [
    "party_organisation",
    "residents_committee",
    "self_governance",
    "service_platform",
    "residents_convention",
    "activities",
    "branch_eligible",
]
COLUMNS = ("covered", "uncovered", "unknown", "without_weight")
PROFILES = {
    "yaohai": a_profile("yaohai"),
    "jinjiang": a_profile("jinjiang"),
    "quzhou": a_profile("quzhou"),
    "strict": a_profile("yaohai", defence='"all"', stages='["contract", "fallback"]'),
}
SOME = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)

steps = st.integers(0, 6).map(lambda n: 50 * n)


@st.composite
def boxes(draw, smallest=1):
    west, south = draw(steps), draw(steps)
    wide, high = draw(st.integers(smallest, 4)), draw(st.integers(smallest, 4))
    return a_box(west, south, west + 50 * wide, south + 50 * high)


outlines = st.one_of(st.none(), boxes(), boxes())
places = st.one_of(
    st.none(), boxes(), boxes(), st.builds(a_point, steps.map(lambda x: x + 25), steps.map(lambda x: x + 50))
)
firsts = st.sampled_from([None, None, None, date(2021, 1, 1), date(2023, 1, 1)])
lasts = st.sampled_from([None, None, None, None, date(2021, 12, 31), date(2023, 12, 31)])
answers = st.sampled_from(["yes", "no", "unknown"])


@st.composite
def periods(draw):
    first, last = draw(firsts), draw(lasts)
    if first and last and first > last:
        first, last = last, first
    return {"valid_from": first, "valid_until": last}


def one_or_none(codes):
    return st.sampled_from([None, *codes])


@st.composite
def with_past(draw, record, field, values):
    """Let a field have had another value up to some day."""
    if draw(st.integers(0, 5)):
        return record
    until = draw(st.sampled_from([date(2021, 6, 30), date(2022, 12, 31)]))
    return record._replace(past={field: ((until, draw(values)),)})


@st.composite
def registries(draw):
    districts = ["340101", "340102"][: draw(st.integers(1, 2))]
    streets = [f"34010{n}001" for n in (1, 2)][: draw(st.integers(0, 2))]
    streets.append("340102009")
    communities = [f"340102001{n:03}" for n in (1, 2, 3)][: draw(st.integers(0, 3))]
    grids = ["G1", "G2", "G3", "G4"][: draw(st.integers(0, 4))]
    compounds = ["C1", "C2", "C3", "C4"][: draw(st.integers(1, 4))]
    buildings = ["B1", "B2"][: draw(st.integers(0, 2))]
    rows = [a_district(code, geometry=draw(outlines), **draw(periods())) for code in districts]
    for code in streets:
        row = a_street(
            code,
            geometry=draw(outlines),
            district=draw(one_or_none(districts)),
            successor=draw(one_or_none([s for s in streets if s != code])),
            **draw(periods()),
        )
        rows.append(draw(with_past(row, "district", one_or_none(districts))))
    for code in communities:
        row = a_community(
            code,
            geometry=draw(outlines),
            street=draw(one_or_none(streets)),
            successor=draw(one_or_none([s for s in communities if s != code])),
            **draw(periods()),
        )
        rows.append(draw(with_past(row, "geometry", outlines)))
    for code in grids:
        parents = {
            "community": draw(one_or_none(communities)),
            "street": draw(one_or_none(streets)),
            "district": draw(one_or_none(districts)),
        }
        row = a_grid(code, geometry=draw(outlines), **parents, **draw(periods()))
        rows.append(draw(with_past(row, "community", one_or_none(communities))))
    numbers = st.one_of(st.none(), st.integers(0, 50))
    for code in compounds:
        row = a_compound(
            code,
            geometry=draw(places),
            kind=draw(st.sampled_from([None, "old", "commercial", "office"])),
            grid=draw(one_or_none(grids)),
            community=draw(one_or_none(communities)),
            street=draw(one_or_none(streets)),
            households=draw(numbers),
            residents=draw(numbers),
            **draw(periods()),
        )
        rows.append(
            draw(
                st.one_of(
                    with_past(row, "geometry", places),
                    with_past(row, "kind", st.sampled_from(["old", "park"])),
                    with_past(row, "households", numbers),
                    with_past(row, "grid", one_or_none(grids)),
                )
            )
        )
    for code in buildings:
        row = a_building(
            code,
            geometry=draw(places),
            compound=draw(st.sampled_from([None, None, "C1"])),
            grid=draw(one_or_none(grids)),
            community=draw(one_or_none(communities)),
            households=draw(numbers),
            **draw(periods()),
        )
        rows.append(draw(with_past(row, "compound", st.sampled_from([None, "C1"]))))
    for number in range(draw(st.integers(0, 2))):
        row = a_station(f"S{number}", geometry=draw(places), **draw(periods()))
        rows.append(draw(with_past(row, "kind", st.just("mediation_room"))))
    subjects = compounds + buildings
    rows += draw(related(subjects, grids))
    rows += draw(facts(compounds, grids, [*districts, *streets, *communities, *grids]))
    for subject in subjects:
        for on in DAYS[: draw(st.integers(0, 2))]:
            imported, households = draw(numbers), draw(numbers)
            rows.append(
                a_household_count(
                    subject,
                    on,
                    imported=imported,
                    matched=None if imported is None else draw(st.sampled_from([None, imported // 2])),
                    households=households,
                    surveyed=None if households is None else draw(st.sampled_from([None, households // 3])),
                )
            )
    return rows


@st.composite
def related(draw, subjects, grids):
    rows = []
    types = st.sampled_from(["branch", "group", "alliance", "functional_branch"])
    for number in range(2):
        rows.append(an_organisation(f"O{number}", type=draw(types), **draw(periods())))
        rows.append(a_firm(f"F{number}", **draw(periods())))
    targets = st.sampled_from([*subjects, *subjects, *grids, "F0", "F1"])
    for number in range(draw(st.integers(0, 5))):
        organisation = draw(st.sampled_from(["O0", "O1"]))
        rows.append(
            a_record(
                "attachments", f"A{number}", organisation=organisation, to=draw(targets), **draw(periods())
            )
        )
    for number in range(draw(st.integers(0, 4))):
        row = a_record(
            "engagements",
            f"E{number}",
            firm=draw(st.sampled_from(["F0", "F1"])),
            compound=draw(st.sampled_from(subjects)),
            stage=draw(st.sampled_from(["trial", "contract"])),
            **draw(periods()),
        )
        rows.append(draw(with_past(row, "stage", st.just("trial"))))
    return rows


@st.composite
def facts(draw, compounds, grids, units):
    rows = {}
    keys = st.sampled_from(
        [*a_profile().three_no.fact_keys, "managing_body", "gate_guard", "three_no_listed", *CHECKLIST]
    )
    subjects = st.sampled_from(compounds)
    wanted = [(draw(subjects), draw(keys), draw(answers)) for _ in range(draw(st.integers(0, 12)))]
    for compound in compounds:
        if draw(st.booleans()):
            state = draw(st.sampled_from(["elected", "none", "preparing", "unknown"]))
            wanted.append((compound, "owners_committee", state))
            absent = draw(answers)
            wanted += [(compound, key, absent) for key in ("authority", "defence_people", "defence_hardware")]
    wanted += [
        (draw(st.sampled_from(["F0", "F1", *grids])), "party_organisation", draw(answers))
        for _ in range(draw(st.integers(0, 2)))
    ]
    wanted += [
        (draw(st.sampled_from(units)), draw(st.sampled_from(["party_complete", "property_complete"])), "yes")
        for _ in range(draw(st.integers(0, 2)))
    ]
    for subject, key, value in wanted:
        since = draw(st.sampled_from(DAYS))
        until = draw(st.sampled_from([None, None, since + timedelta(days=200)]))
        fact = a_fact(subject, key, value, since, until)
        rows[fact.code] = fact
    return list(rows.values())


CLASSIC = [
    *("party", "property", "firm_party", "firms_with_party", "not_three_no", "three_no_served", "committee"),
    *("three_carriages", "five_haves", "grid_branch", "platform", "survey"),
]


def all_measures(profile):
    more = ["functional_branch"] if "functional_branch" in profile.measures else []
    return [*CLASSIC, *more, "station:grid_post:80"]


def same(figures, expected):
    for column, number in zip(COLUMNS, expected, strict=True):
        assert getattr(figures, column) == pytest.approx(number, rel=1e-6, abs=1e-6), column


@SOME
@given(
    registries(),
    st.sampled_from(list(PROFILES)),
    st.sampled_from(DAYS),
    st.sampled_from(["district", "street", "community", "grid"]),
    st.sampled_from(["whole", "split"]),
    st.sampled_from([None, None, "old", "scattered", "all"]),
    st.data(),
)
def test_that_the_engine_agrees_with_the_oracle_in_every_row(records, name, day, by, count, kind, data):
    profile = PROFILES[name]
    engine = CoverageEngine(Dataset({}).with_changes(records), profile, ZONE)
    oracle = Oracle(records, profile, ZONE, day)
    for measure in all_measures(profile):
        weight = data.draw(st.sampled_from(parse_measure(profile, measure).spec.weights))
        found = engine.coverage(a_query(measure, by, as_of=day, count=count, kind=kind, weight=weight))
        expected = oracle.coverage(measure, by, weight, count, kind)
        agrees(found, expected)
        adds_up(found, count, weight, measure)


def agrees(found, expected):
    """Assert that every row, the unplaced and the total are what the oracle found."""
    assert [row.unit for row in found.rows] == sorted(expected["rows"])
    for row in found.rows:
        same(row.figures, expected["rows"][row.unit])
    same(found.unplaced.figures, expected["unplaced"])
    same(found.total.figures, expected["total"])
    assert list(found.unplaced_codes) == expected["codes"]
    assert found.base_unknown == expected["base_unknown"]


def adds_up(found, count, weight, measure):
    for column in COLUMNS:
        parts = [getattr(row.figures, column) for row in (*found.rows, found.unplaced)]
        total = getattr(found.total.figures, column)
        if count == "whole" and weight != "area" and not measure.startswith("station"):
            assert sum(parts) == total
            assert all(isinstance(part, int) for part in parts)
        else:
            assert sum(parts) == pytest.approx(total, rel=1e-9, abs=1e-12)


@SOME
@given(
    registries(),
    st.sampled_from(list(PROFILES)),
    st.sampled_from(DAYS),
    st.sampled_from(["district", "street", "community", "grid"]),
    st.sampled_from(["whole", "split"]),
    st.sampled_from([None, "all"]),
    st.data(),
)
def test_that_the_amounts_behind_a_row_add_up_to_it(records, name, day, by, count, kind, data):
    profile = PROFILES[name]
    engine = CoverageEngine(Dataset({}).with_changes(records), profile, ZONE)
    measure = data.draw(st.sampled_from(all_measures(profile)))
    weight = data.draw(st.sampled_from(parse_measure(profile, measure).spec.weights))
    query = a_query(measure, by, as_of=day, count=count, kind=kind, weight=weight)
    found = engine.coverage(query)
    for unit in ["unplaced", "total", *(row.unit for row in found.rows)]:
        told = explain(engine, query, unit)
        for column in COLUMNS[:3]:
            amounts = [entry.amount for entry in getattr(told, column)]
            assert sum(amounts) == pytest.approx(getattr(told.row.figures, column), rel=1e-9, abs=1e-9)
        counted = {e.code for e in (*told.covered, *told.uncovered, *told.unknown)}
        without = [e for e in told.left_out if e.reason == "no_weight"]
        assert counted.isdisjoint(e.code for e in told.left_out)
        if count == "whole" or unit == "total":
            assert len(without) == told.row.figures.without_weight
    everybody = explain(engine, query, "total")
    codes = {
        e.code for e in (*everybody.covered, *everybody.uncovered, *everybody.unknown, *everybody.left_out)
    }
    if parse_measure(profile, measure).spec.subject == "compound":
        assert codes == {record.code for record in Oracle(records, profile, ZONE, day).subjects()}
