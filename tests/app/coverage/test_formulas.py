"""The page of formulas is made from the declarations, and says what the engine computes, measure by measure."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path

import pytest

from app.coverage.engine import CoverageEngine
from app.coverage.measures import measure_names, parse_measure
from app.domain.dataset import Dataset
from app.domain.kinds import KINDS
from app.services.profile.profiles import city_profiles
from app.services.registry.registry import Registry
from tests.app.coverage.builders import a_query
from tests.app.coverage.formulas import PAGE, FormulaOracle, cut, formulas_of, read
from tests.app.coverage.test_against_oracle import agrees

ROOT = Path(__file__).parents[3]
DAY = date(2026, 11, 30)


def test_that_the_page_is_what_the_profiles_declare_today():
    spec = importlib.util.spec_from_file_location("make_measures", ROOT / "scripts" / "make_measures.py")
    made = importlib.util.module_from_spec(spec)
    sys.modules["make_measures"] = made
    spec.loader.exec_module(made)
    assert PAGE.read_text("utf-8") == made.document(), "run scripts/make_measures.py"


def test_that_the_grammar_is_read_as_the_page_says():
    assert read("NOT ALL(a, NOT ANY(b=x/y, firm:list!=c), d)") == {
        "not": {"all": ["a", {"not": {"any": ["b=x|y", "firm:list!=c"]}}, "d"]}
    }


@pytest.mark.parametrize("city", city_profiles())
def test_that_each_formula_of_the_page_computes_the_engines_figures(made_sample, city):
    registry = Registry.open(made_sample(city, 1 if city == "yaohai" else 0))
    records = [r for kind in KINDS for r in registry.dataset.of(kind).values()]
    profile, zone = registry.profile, registry.zone
    registry.close()
    rows = cut(records, min(r.code for r in records if r.kind == "communities"))
    engine = CoverageEngine(Dataset({}).with_changes(rows), profile, zone)
    oracle = FormulaOracle(rows, profile, zone, DAY)
    page = formulas_of(city)
    assert sorted(page) == sorted(measure_names(profile))
    for place, (name, formula) in enumerate(page.items()):
        assert formula.weights == list(parse_measure(profile, name).spec.weights)
        weight = formula.weights[place % len(formula.weights)]
        count, kind = ("whole", "split")[place % 2], (None, None, "all")[place % 3]
        oracle.formula = formula
        expected = oracle.coverage(name, "grid", weight, count, kind)
        found = engine.coverage(a_query(name, "grid", as_of=DAY, weight=weight, count=count, kind=kind))
        try:
            agrees(found, expected)
        except AssertionError as error:
            raise AssertionError((name, formula, weight, count, kind)) from error
