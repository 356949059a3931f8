"""Benchmarks tell what they measured, on which ground; they never assert a time."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import shapely

from app.bench.cells import make_cells
from app.bench.clock import ratio, told
from app.bench.coverage import GROUNDS, coverage
from app.bench.ground import SIZES, make_ground

ROOT = Path(__file__).parents[3]


def test_that_the_ground_is_the_same_for_a_seed_and_another_for_another():
    first, again, other = make_ground("district", 7), make_ground("district", 7), make_ground("district", 8)
    assert shapely.equals_exact(first.compounds, again.compounds).all()
    assert not shapely.equals_exact(first.compounds, other.compounds).all()


def test_that_the_ground_is_valid_and_its_grids_tile():
    ground = make_ground("district", 1)
    assert (len(ground.compounds), len(ground.grids)) == SIZES["district"]
    assert shapely.is_valid(ground.compounds).all()
    assert shapely.coverage_is_valid(ground.grids)


def test_that_the_kernel_agrees_on_both_grounds_with_the_peers_it_is_measured_against():
    found = coverage("district", 1, rounds=1)
    assert list(found) == list(GROUNDS)
    for ground in found.values():
        assert {"STRtree + prepared + GEOS", "geopandas.overlay"} <= set(ground["ratio_to"])
        assert max(ground["largest_difference_households"].values()) < 1e-5
        assert all(took > 0 for by in ground["ratio_to"].values() for took in by.values())
    assert found["sample"]["within_one_grid"] > 0.9
    assert 0.3 < found["harder"]["within_one_grid"] < 0.6


def test_that_the_harder_ground_tiles_and_is_the_same_for_a_seed():
    compounds, grids = make_cells(400, 150, 3)
    assert (len(compounds), len(grids)) == (400, 150)
    assert shapely.is_valid(compounds).all()
    assert shapely.coverage_is_valid(grids)
    assert shapely.equals_exact(grids, make_cells(400, 150, 3)[1]).all()
    assert not shapely.equals_exact(grids, make_cells(400, 150, 4)[1]).all()


def test_that_figures_are_told_as_median_and_spread():
    assert told([0.3, 0.1, 0.2]) == {
        "median_s": 0.2,
        "p95_s": 0.3,
        "least_s": 0.1,
        "most_s": 0.3,
        "rounds": 3,
    }
    assert told([1.04], unit="mb", digits=1)["median_mb"] == 1.0
    assert ratio([1.0, 3.0], np.array([4.0]).tolist()) == 0.5


def test_that_every_python_we_start_by_module_or_by_text_leaves_the_current_folder_out():
    started = 0
    for path in (p for room in ("app", "geo", "ui", "scripts") for p in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.List | ast.Tuple) or not node.elts:
                continue
            said = [part.value if isinstance(part, ast.Constant) else None for part in node.elts]
            is_python = "python" in ast.unparse(node.elts[0]).lower() or "executable" in ast.unparse(
                node.elts[0]
            )
            if is_python and {"-m", "-c"} & set(said[1:]) and path.name != "run_tests.py":
                started += 1
                assert "-P" in said, (path.name, ast.unparse(node))
    assert started >= 5
