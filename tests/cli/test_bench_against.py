"""Benchmarks: parties measured in turns, the ratios, what is told, and a party that can't. No time is asserted."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from app.errors import InvalidInput
from tests.ui.robots.small import write_small
from ui.cli.bench import peers
from ui.cli.bench.sides import HANDS, PROBE, ROOT, Side, both_sides
from ui.cli.bench.suites import SUITES, run_benchmarks
from ui.cli.bench.turns import LeftOutError, compared, in_turns
from ui.cli.run import run

# A program with the same verbs that does nothing but write down what it was asked.
PROGRAM = """
import json, pathlib, sys
verb, *rest = sys.argv[1:]
with open(pathlib.Path(__file__).with_name("asked"), "a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
if verb == "--help":
    sys.exit(0)
if verb == "explain":
    sys.exit("explain is not built yet")
if verb in {"sample", "new"}:
    pathlib.Path(rest[0]).write_text("a registry")
if verb == "export":
    pathlib.Path(rest[1]).write_bytes(bytes(2_000_000))
"""


@pytest.fixture
def other(tmp_path):
    """Return a checkout that knows the verbs, all but one."""
    folder = tmp_path / "另 一份"
    folder.mkdir()
    (folder / "main.py").write_text(PROGRAM, "utf-8")
    (folder / "pyproject.toml").write_text('[project]\nversion = "0.0.7"\n', "utf-8")
    return folder


@pytest.fixture
def like_ours(monkeypatch, other):
    """Let our side be such a program too, and no peer be there: what is tried here is the driver."""
    monkeypatch.setattr("ui.cli.bench.sides.ROOT", other)
    monkeypatch.setattr("ui.cli.bench.peers.is_there", lambda _: False)


def test_that_the_parties_take_turns_at_being_first_and_the_first_round_does_not_count():
    order = []

    def act(name, number):
        order.append((number, name))
        return {"verb_s": [float(number)]}

    found, left_out = in_turns({name: partial(act, name) for name in ("ours", "theirs", "peer")}, 3)
    firsts = [name for number in range(4) for at, name in order if at == number][::3]
    assert firsts == ["peer", "ours", "peer", "ours"]
    assert found == {name: {"verb_s": [1.0, 2.0, 3.0]} for name in ("ours", "theirs", "peer")}
    assert left_out == {}


def test_that_a_party_that_can_not_is_left_out_with_its_words_and_not_asked_again():
    asked = []

    def refuse(number):
        asked.append(number)
        raise LeftOutError("not built yet")

    found, left_out = in_turns({"ours": lambda _: {"verb_s": [1.0]}, "theirs": refuse}, 2)
    assert found == {"ours": {"verb_s": [1.0, 1.0]}}
    assert left_out == {"theirs": "not built yet"}
    assert asked == [0]


def test_that_a_ratio_is_our_median_by_theirs_and_a_mark_of_one_party_has_none():
    found = compared(
        {
            "ours": {"open_s": [1.0, 9.0, 2.0], "new_s": [1.0], "held_mb": [10.0]},
            "theirs": {"open_s": [8.0, 4.0, 3.0]},
            "a peer": {"open_s": [0.5, 0.5, 0.5], "held_mb": [40.0]},
        }
    )
    assert found["open_s"]["ratio_to"] == {"theirs": 0.5, "a peer": 4.0}
    assert (found["open_s"]["ours"]["median_s"], found["open_s"]["theirs"]["median_s"]) == (2.0, 4.0)
    assert found["open_s"]["ours"]["rounds"] == 3
    assert found["new_s"]["ratio_to"] == {}
    assert (found["held_mb"]["ours"]["median_mb"], found["held_mb"]["ratio_to"]) == (10.0, {"a peer": 0.25})


def test_that_verbs_are_measured_on_files_of_each_side_and_what_one_lacks_is_left_out(other, like_ours):
    found = run_benchmarks("verb", against=other, rounds=2)
    (suite,) = found["suites"]
    assert set(suite["measured"]) == {f"{verb}_s" for verb in ("help", "coverage", "check", "set", "sample")}
    assert all(
        figures["ours"]["rounds"] == figures["theirs"]["rounds"] == 2
        for figures in suite["measured"].values()
    )
    assert all("not built yet" in why for why in suite["left_out"].values())
    assert len(suite["left_out"]) == 2
    asked = (other / "asked").read_text("utf-8").splitlines()
    assert sum(line.startswith("coverage ") for line in asked) == 2 * 3
    registries = {line.split()[1] for line in asked if line.startswith("coverage ")}
    assert len(registries) == 2, "each side reads its own file"


def test_that_what_is_exported_is_told_with_its_size(other, like_ours):
    (suite,) = run_benchmarks("page", against=other, rounds=1)["suites"]
    assert suite["measured"]["page_mb"]["theirs"]["median_mb"] == 2.0
    assert suite["measured"]["page_mb"]["ratio_to"] == {"theirs": 1.0}


def test_that_a_long_workbook_is_measured_in_processor_time_and_memory_beyond_a_row(
    other, like_ours, monkeypatch
):
    monkeypatch.setattr("ui.cli.bench.work.BOOK_ROWS", 3)
    (suite,) = run_benchmarks("import", against=other, rounds=2)["suites"]
    marks = ("whole", "one_row", "plan")
    assert {f"workbook.{mark}{unit}" for mark in marks for unit in ("_cpu", "_mb")} <= set(suite["measured"])
    assert suite["measured"]["workbook.whole_mb"]["ours"]["median_mb"] > 0
    assert suite["measured"]["workbook.whole_cpu"]["theirs"]["rounds"] == 2
    asked = (other / "asked").read_text("utf-8").splitlines()
    assert {line.split()[-1] for line in asked if line.startswith("import ") and "xlsx" in line} == {
        "--dry-run"
    }


def test_that_a_run_tells_seed_load_size_and_what_both_sides_are_and_no_machine(other, like_ours):
    found = run_benchmarks("book", against=other, rounds=1)
    assert json.loads(json.dumps(found)) == found
    assert found["sides"]["theirs"]["version"] == "0.0.7"
    assert found["sides"]["theirs"]["own_python"] is False
    assert found["sides"]["theirs"]["numpy"]
    assert (found["seed"], found["rounds"], found["size"]) == (20_260_101, 1, "district")
    assert found["input"] == {"compounds": 1210, "grids": 596}
    assert len(found["suites"][0]["load"]) == 2
    assert set(found["machine"]) == {"system", "processor", "cores", "python"}
    assert found["versions"]["shapely"]


def test_that_a_checkout_with_an_environment_of_its_own_is_run_by_it(other, tmp_path):
    (other / ".venv" / "bin").mkdir(parents=True)
    (other / ".venv" / "bin" / "python").symlink_to(sys.executable)
    ours, theirs = both_sides(other, tmp_path / "work")
    assert theirs.python == other / ".venv" / "bin" / "python"
    assert theirs.told()["own_python"] is True
    assert (ours.python, ours.checkout) == (Path(sys.executable), ROOT)


def test_that_an_unknown_suite_or_size_is_refused_with_those_there_are():
    with pytest.raises(InvalidInput, match="save"):
        run_benchmarks("sav")
    with pytest.raises(InvalidInput, match="province"):
        run_benchmarks("figure", size="world")
    assert SUITES == ("open", "figure", "edit", "save", "pan", "import", "page", "book", "rollup", "verb")


def test_that_a_folder_without_a_program_and_a_broken_one_are_refused_with_a_sentence(
    other, tmp_path, capsys
):
    assert run(["bench", "--against", str(tmp_path), "--lang", "en"]) == 2
    assert "no main.py" in capsys.readouterr().err
    (other / "main.py").write_text("raise SystemExit('half a checkout')", "utf-8")
    with pytest.raises(InvalidInput, match="half a checkout"):
        run_benchmarks("verb", against=other)


def test_that_people_are_shown_medians_ratio_and_both_versions(other, like_ours, capsys):
    assert run(["bench", "page", "--against", str(other), "--rounds", "1"]) == 0
    told = capsys.readouterr()
    assert "page_mb" in told.out
    assert "theirs" in told.out
    assert "0.0.7" in told.err


def our_own(tmp_path):
    side = Side("ours", ROOT, Path(sys.executable), tmp_path / "side")
    side.folder.mkdir(exist_ok=True)
    return side


@pytest.mark.slow
def test_that_the_same_hands_open_the_window_and_act_in_it_by_promised_names_alone(tmp_path):
    registry = write_small(tmp_path / "small.gpkg")
    found = our_own(tmp_path).probe("hands", registry)
    opened = found.pop("open")
    assert opened["painted_s"][0] <= opened["figures_s"][0]
    assert set(found) == {"theme", "language", "edit", "sort", "filter"}
    for act, seconds in found.items():
        assert "left_out" not in seconds, f"{act}: {seconds}"
        assert {mark: len(values) for mark, values in seconds.items()} == {
            "returned_s": 2,
            "settled_s": 2,
            "freeze_s": 2,
        }, act
        assert all(a <= b for a, b in zip(seconds["returned_s"], seconds["settled_s"], strict=True))


@pytest.mark.slow
def test_that_the_map_is_dragged_and_zoomed_by_events_at_three_scales(tmp_path):
    found = our_own(tmp_path).probe("pan", write_small(tmp_path / "small.gpkg"))["pan"]
    assert {f"{scale}_{act}_s" for scale in ("full", "middle", "street") for act in ("pan", "zoom")} < set(
        found
    )
    assert len(found["street_pan_s"]) == len(found["copy_s"]) == 60


@pytest.mark.parametrize(
    ("what", "marks"),
    [
        ("open", {"open_s", "open_cpu", "open_mb", "first_figures_cpu", "with_figures_mb"}),
        ("figure", {"first_by_grid_s", "first_by_grid_cpu", "all_levels_s", "all_levels_cpu"}),
        ("edit", {"fact_cpu", "outline_cpu", "border_cpu", "full_cpu", "fact.commit_s", "border.figures_s"}),
        ("save", {"one_page_synced_s", "fact_s", "number_s", "outline_s"}),
    ],
)
def test_that_the_driver_without_a_window_does_what_it_is_named_for(tmp_path, yaohai_sample, what, marks):
    side = our_own(tmp_path)
    registry = tmp_path / "y.gpkg"
    registry.write_bytes(Path(yaohai_sample).read_bytes())
    found = side.hands(what, registry, 2)
    assert marks <= set(found)
    assert all(figures and min(figures) >= 0 for figures in found.values()), found


def test_that_peers_do_their_work_on_our_registry_and_say_what_they_leave_out(tmp_path, yaohai_sample):
    side = our_own(tmp_path)
    assert set(peers.NOTES) >= set(peers.NEEDS)
    for name, ending, mark in (
        ("geopandas layers", "", "open_s"),
        ("geopandas.overlay", "", "first_by_grid_cpu"),
        ("folium", ".html", "page_mb"),
        ("pandas", ".xlsx", "book_mb"),
        ("sqlite3, one row", ".sqlite", "fact_s"),
    ):
        assert side.peer(name, Path(yaohai_sample), tmp_path / f"out{ending}")[mark][0] > 0, name


def test_that_python_files_of_the_current_folder_are_never_run(tmp_path, monkeypatch):
    ran = tmp_path / "ran"
    for name in ("json.py", "time.py", "app.py", "ui.py", "PySide6.py", "sitecustomize.py"):
        (tmp_path / name).write_text(f"open({str(ran)!r}, 'a').write({name!r})\n", "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    found = our_own(tmp_path).probe("open", write_small(tmp_path / "small.gpkg"))
    assert found["open"]["painted_s"][0] > 0
    assert not ran.exists()


def test_that_the_drivers_refuse_to_measure_other_code_than_the_checkouts(tmp_path):
    (tmp_path / "empty").mkdir()
    side = Side("theirs", tmp_path / "empty", Path(sys.executable), tmp_path)
    with pytest.raises(LeftOutError, match="main"):
        side.probe("open", tmp_path / "none.gpkg")
    with pytest.raises(LeftOutError, match=r"Registry|own code"):
        side.hands("open", tmp_path / "none.gpkg", 1)


@pytest.mark.parametrize("driver", [PROBE, HANDS])
def test_that_the_drivers_import_nothing_of_ours(driver):
    code = (
        "import runpy, sys; runpy.run_path(sys.argv[1], run_name='driver');"
        "print([n for n in sys.modules if n.partition('.')[0] in ('app', 'geo', 'ui', 'PySide6')])"
    )
    command = [sys.executable, "-c", code, str(driver)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
