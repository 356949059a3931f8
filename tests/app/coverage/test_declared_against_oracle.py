"""Declared measures of every kind of subject against the slow oracle, and what always adds up."""

from __future__ import annotations

from datetime import date
from importlib import resources

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.coverage.engine import CoverageEngine
from app.coverage.explain import explain
from app.coverage.measures import parse_measure
from app.domain.dataset import Dataset
from app.domain.kinds import LEVELS
from app.domain.profile.reader import read_profile
from tests.app.coverage.builders import ZONE, a_fact, a_query, a_record
from tests.app.coverage.oracle_declared import DECLARED, OTHERS, DeclaredOracle, city_text
from tests.app.coverage.test_against_oracle import (
    COLUMNS,
    DAYS,
    adds_up,
    agrees,
    answers,
    periods,
    registries,
)

_FOLDER = resources.files("resources") / "profiles"
_OWN = (_FOLDER / "yaohai.toml").read_text("utf-8")
PROFILE = read_profile(_OWN + city_text(), (_FOLDER / "common.toml").read_text("utf-8"))
MEASURES = [*DECLARED, *OTHERS]
SOME = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def codes_of(rows, *kinds):
    return [row.code for row in rows if row.kind in kinds]


@st.composite
def cities(draw):
    """A random registry with links, cases, lists, assessments and numbers besides."""
    rows = [row._replace(values=row.values) for row in draw(registries())]
    compounds, grids = codes_of(rows, "compounds"), codes_of(rows, "grids")
    communities, streets = codes_of(rows, "communities"), codes_of(rows, "streets")
    stations, units = (
        codes_of(rows, "stations"),
        codes_of(rows, "districts", "streets", "communities", "grids"),
    )
    for place, row in enumerate(rows):
        if row.kind == "stations":
            rows[place] = row.with_values(
                compound=draw(st.sampled_from([None, *compounds])), grid=draw(st.sampled_from([None, *grids]))
            )
        if row.kind == "firms":
            rows[place] = row.with_values(list=draw(st.sampled_from([None, "none", "red", "black"])))
        if row.kind == "organisations":
            rows[place] = row.with_values(secretary=draw(st.sampled_from([None, "yes", "no"])))
    rows.append(a_record("departments", "D0", name="局", **draw(periods())))
    for number in range(draw(st.integers(0, 4))):
        target = draw(st.sampled_from([*compounds, *grids]))
        role = draw(st.sampled_from([None, "fire", "police", "market"]))
        own = {"relation": "post", "subject": "D0", "to": target, "role": role}
        rows.append(a_record("links", f"K{number}", **own, **draw(periods())))
    for number in range(draw(st.integers(0, 3))):
        owner = draw(st.sampled_from([*compounds, *communities]))
        placed = {"compound" if owner in compounds else "community": owner}
        opened = draw(st.sampled_from(DAYS))
        state = draw(st.sampled_from(["opened", "closed"]))
        rows.append(a_record("cases", f"M{number}", level="community", state=state, opened=opened, **placed))
        state = draw(st.sampled_from(["noted", "matched", "done"]))
        listed = draw(st.sampled_from(["needs", "projects"]))
        rows.append(
            a_record("entries", f"N{number}", list=listed, text="灯", state=state, opened=opened, **placed)
        )
    for number in range(draw(st.integers(0, 5))):
        score = draw(st.sampled_from([None, 0.0, 1.0, 2.0]))
        own = {
            "subject": draw(st.sampled_from(compounds)),
            "scheme": "care",
            "item": draw(st.sampled_from("ab")),
        }
        rows.append(a_record("assessments", f"V{number}", **own, score=score, on=draw(st.sampled_from(DAYS))))
    facts = {}
    wanted = [(unit, "posts_complete", "yes") for unit in units if draw(st.integers(0, 5)) == 0]
    wanted += [(unit, "party_organisation", draw(answers)) for unit in grids if draw(st.booleans())]
    wanted += [(code, "sign", draw(answers)) for code in [*stations, *grids] if draw(st.booleans())]
    wanted += [(code, "defence_technical", draw(answers)) for code in compounds if draw(st.booleans())]
    for key, subjects in (("lamps", [*compounds, *grids]), ("lamps_lit", compounds)):
        wanted += [(code, key, str(draw(st.integers(0, 6)))) for code in subjects if draw(st.booleans())]
    kept = st.sampled_from(["0.0", "0.25", "0.9", "1.0"])
    wanted += [(c, "kept", draw(kept)) for c in [*compounds, *streets, *stations] if draw(st.booleans())]
    for subject, key, value in wanted:
        fact = a_fact(subject, key, value, draw(st.sampled_from([date(2020, 1, 1), date(2022, 6, 1)])))
        facts[fact.code] = fact
    own = [row for row in rows if row.kind != "facts" or row.code not in facts]
    last = {
        (row.get("subject"), row.get("item"), row.get("on")): row for row in own if row.kind == "assessments"
    }
    return [row for row in own if row.kind != "assessments"] + [*last.values(), *facts.values()]


@SOME
@given(
    cities(),
    st.sampled_from(DAYS),
    st.sampled_from(LEVELS),
    st.sampled_from(["whole", "split"]),
    st.sampled_from([None, None, "old", "scattered", "all"]),
    st.data(),
)
def test_that_declared_measures_agree_with_the_oracle_in_every_row(records, day, by, count, kind, data):
    engine = CoverageEngine(Dataset({}).with_changes(records), PROFILE, ZONE)
    oracle = DeclaredOracle(records, PROFILE, ZONE, day)
    for measure in MEASURES:
        weight = data.draw(st.sampled_from(parse_measure(PROFILE, measure).spec.weights))
        found = engine.coverage(a_query(measure, by, as_of=day, count=count, kind=kind, weight=weight))
        expected = oracle.coverage(measure, by, weight, count, kind)
        agrees(found, expected)
        is_whole = not parse_measure(PROFILE, measure).is_fractional
        adds_up(found, count if is_whole else "split", weight, measure)


@SOME
@given(
    cities(),
    st.sampled_from(MEASURES),
    st.sampled_from(LEVELS),
    st.sampled_from(["whole", "split"]),
    st.sampled_from([None, "all"]),
)
def test_that_the_amounts_behind_every_row_add_up_to_it(records, measure, by, count, kind):
    engine = CoverageEngine(Dataset({}).with_changes(records), PROFILE, ZONE)
    query = a_query(measure, by, as_of=DAYS[-1], count=count, kind=kind)
    found = engine.coverage(query)
    for unit in ["unplaced", "total", *(row.unit for row in found.rows)]:
        told = explain(engine, query, unit)
        for column in COLUMNS[:3]:
            amounts = [entry.amount for entry in getattr(told, column)]
            assert sum(amounts) == pytest.approx(getattr(told.row.figures, column), rel=1e-9, abs=1e-9)
        counted = {e.code for e in (*told.covered, *told.uncovered, *told.unknown)}
        assert counted.isdisjoint(e.code for e in told.left_out)
    own = {"compound": ("compounds",), "firm": ()}
    subject = parse_measure(PROFILE, measure).spec.subject
    everybody = explain(engine, query, "total")
    listed = {
        e.code for name in ("covered", "uncovered", "unknown", "left_out") for e in getattr(everybody, name)
    }
    kinds = own.get(subject, (f"{subject}s" if subject != "community" else "communities",))
    if subject in ("station", "case", "compound", "building"):
        assert set(codes_of(records, *kinds)) <= listed
    status = engine.status_of(measure, DAYS[-1])
    assert {code for code, told in status.items() if told[0] != "left_out"} == set(
        engine.judgement(parse_measure(PROFILE, measure), DAYS[-1], None).pieces
    )
