"""Benchmarks tell what they measured, on which ground; they never assert a time."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import shapely

from app.bench.clock import ratio, told
from app.bench.ground import SIZES, make_ground
from app.errors import InvalidInput
from ui.cli.bench.opening import run_window
from ui.cli.bench.suites import SUITES, run_benchmarks

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


def test_that_our_coverage_agrees_with_the_overlay_it_is_measured_against():
    (suite,) = run_benchmarks("coverage")["suites"]
    peer = suite["peers"]["geopandas.overlay"]
    assert peer["largest_difference_households"] < 1e-6
    assert suite["ratio_to"]["geopandas.overlay"] > 0


def test_that_a_run_names_seed_size_versions_and_no_machine():
    found = run_benchmarks("coverage")
    assert found["seed"] == 20_260_101
    assert found["size"] == "district"
    assert found["versions"]["shapely"]
    assert set(found["machine"]) == {"system", "processor", "cores", "load", "python"}
    assert json.loads(json.dumps(found)) == found


def test_that_an_unknown_suite_or_size_is_refused_with_those_there_are():
    with pytest.raises(InvalidInput, match="journal"):
        run_benchmarks("jornal")
    with pytest.raises(InvalidInput, match="province"):
        run_benchmarks("coverage", size="world")
    assert SUITES == ("open", "coverage", "import", "journal", "canvas")


def test_that_figures_are_told_as_median_and_spread():
    assert told([0.3, 0.1, 0.2]) == {
        "median_s": 0.2,
        "p95_s": 0.3,
        "least_s": 0.1,
        "most_s": 0.3,
        "rounds": 3,
    }
    assert told([0.001], unit="ms")["median_ms"] == 1.0
    assert ratio([1.0, 3.0], np.array([4.0]).tolist()) == 0.5


def test_that_python_files_of_the_current_folder_are_never_run(tmp_path, monkeypatch, yaohai_sample):
    ran = tmp_path / "ran"
    for name in ("json.py", "time.py", "app.py", "ui.py", "PySide6.py", "sitecustomize.py"):
        (tmp_path / name).write_text(f"open({str(ran)!r}, 'a').write({name!r})\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    copied = Path(shutil.copy(yaohai_sample, tmp_path / "y.gpkg"))
    assert run_window("open", copied)["painted_s"] > 0
    assert not ran.exists()


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
