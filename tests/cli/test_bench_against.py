"""Two checkouts measured in turns: the order, the ratios, what is told, and a side that can't."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.errors import InvalidInput
from tests.ui.robots.small import write_small
from ui.cli.bench.against import compared, in_turns, run_against
from ui.cli.bench.sides import PROBE, ROOT, LeftOutError, Side, both_sides
from ui.cli.run import run

# A program with the same verbs that does nothing but write down what it was asked.
PROGRAM = """
import json, pathlib, sys
verb, *rest = sys.argv[1:]
with open(pathlib.Path(__file__).with_name("asked"), "a") as asked:
    asked.write(" ".join(sys.argv[1:]) + "\\n")
if verb == "--help":
    sys.exit(0)
if verb == "explain" or (verb == "bench" and rest[0] not in {"coverage"}):
    sys.exit("There is no suite ?. There are: open coverage.")
if verb == "bench":
    print(json.dumps({"suites": [{"suite": rest[0], "ours": {"median_s": 2.0}}]}))
if verb in {"sample", "new"}:
    pathlib.Path(rest[0]).write_text("a registry")
"""


@pytest.fixture
def other(tmp_path):
    """Return a checkout that knows the verbs, all but one, and of the suites only `coverage`."""
    folder = tmp_path / "另 一份"
    folder.mkdir()
    (folder / "main.py").write_text(PROGRAM, "utf-8")
    (folder / "pyproject.toml").write_text('[project]\nversion = "0.0.7"\n', "utf-8")
    return folder


@pytest.fixture
def like_ours(monkeypatch, other):
    """Let our side be such a program too: what is tried here is the driver."""
    monkeypatch.setattr("ui.cli.bench.sides.ROOT", other)


def sides(tmp_path):
    return tuple(Side(name, tmp_path, Path(sys.executable), tmp_path) for name in ("ours", "theirs"))


def test_that_the_sides_take_turns_at_being_first_and_the_first_round_does_not_count(tmp_path):
    order = []

    def act(side, number):
        order.append((number, side.name))
        return {"verb": [float(number)]}

    seconds = in_turns(sides(tmp_path), 3, act)
    assert [name for _, name in order] == [
        "theirs",
        "ours",
        "ours",
        "theirs",
        "theirs",
        "ours",
        "ours",
        "theirs",
    ]
    assert seconds == {"ours": {"verb": [1.0, 2.0, 3.0]}, "theirs": {"verb": [1.0, 2.0, 3.0]}}


def test_that_a_ratio_is_our_median_by_theirs_and_a_mark_of_one_side_has_none():
    found = compared({"ours": {"open": [1.0, 9.0, 2.0], "new": [1.0]}, "theirs": {"open": [8.0, 4.0, 3.0]}})
    assert found["open"]["ratio"] == 0.5
    assert (found["open"]["ours"]["median_s"], found["open"]["theirs"]["median_s"]) == (2.0, 4.0)
    assert found["open"]["ours"]["rounds"] == 3
    assert "ratio" not in found["new"]
    assert "theirs" not in found["new"]


def test_that_verbs_are_measured_on_files_of_each_side_and_what_one_lacks_is_left_out(other, like_ours):
    found = run_against(other, "verbs", rounds=2)
    (suite,) = found["suites"]
    assert set(suite["measured"]) == {
        *("sample", "coverage", "check", "set", "import", "export_xlsx", "export_html"),
    }
    assert all(
        figures["ours"]["rounds"] == figures["theirs"]["rounds"] == 2
        for figures in suite["measured"].values()
    )
    assert list(suite["left_out"]) == ["explain"]
    assert "no suite" in suite["left_out"]["explain"]
    asked = (other / "asked").read_text("utf-8").splitlines()
    assert sum(line.startswith("coverage ") for line in asked) == 2 * 3
    registries = {line.split()[1] for line in asked if line.startswith("coverage ")}
    assert len(registries) == 2, "each side reads its own file"


def test_that_a_long_workbook_is_measured_in_processor_time_and_memory_beyond_a_row(
    other, like_ours, monkeypatch
):
    monkeypatch.setattr("ui.cli.bench.against.BOOK_ROWS", 3)
    (suite,) = run_against(other, "workbook", rounds=2)["suites"]
    marks = ("whole", "one_row", "plan")
    assert set(suite["measured"]) == {f"workbook.{mark}{unit}" for mark in marks for unit in ("", "_mb")}
    assert suite["measured"]["workbook.whole_mb"]["ours"]["median_mb"] > 0
    assert suite["measured"]["workbook.whole"]["theirs"]["rounds"] == 2
    asked = (other / "asked").read_text("utf-8").splitlines()
    assert {line.split()[-1] for line in asked if line.startswith("import ")} == {"--dry-run"}


def test_that_a_run_tells_seed_load_and_what_both_sides_are(other, like_ours):
    found = run_against(other, "coverage", rounds=1)
    assert json.loads(json.dumps(found)) == found
    assert found["theirs"]["version"] == "0.0.7"
    assert found["theirs"]["own_python"] is False
    assert found["theirs"]["numpy"]
    assert (found["seed"], found["rounds"], len(found["machine"]["load"])) == (20_260_101, 1, 2)


def test_that_a_suite_both_know_is_their_own_and_one_the_other_lacks_is_timed_from_outside(other, like_ours):
    (known,) = run_against(other, "coverage", rounds=1)["suites"]
    assert known["measured"]["coverage"]["ratio"] == 1.0
    assert "from_outside" not in known
    (lacking,) = run_against(other, "journal", rounds=1)["suites"]
    assert lacking["from_outside"] is True
    assert set(lacking["measured"]) == {"set"}


def test_that_a_checkout_with_an_environment_of_its_own_is_run_by_it(other, tmp_path):
    (other / ".venv" / "bin").mkdir(parents=True)
    (other / ".venv" / "bin" / "python").symlink_to(sys.executable)
    ours, theirs = both_sides(other, tmp_path / "work")
    assert theirs.python == other / ".venv" / "bin" / "python"
    assert theirs.told()["own_python"] is True
    assert (ours.python, ours.checkout) == (Path(sys.executable), ROOT)


def test_that_a_folder_without_a_program_and_a_broken_one_are_refused_with_a_sentence(
    other, tmp_path, capsys
):
    assert run(["bench", "--against", str(tmp_path), "--lang", "en"]) == 2
    assert "no main.py" in capsys.readouterr().err
    (other / "main.py").write_text("raise SystemExit('half a checkout')", "utf-8")
    with pytest.raises(InvalidInput, match="half a checkout"):
        run_against(other)
    with pytest.raises(InvalidInput, match="verbs window open"):
        run_against(other, "speed")


def test_that_people_are_shown_medians_ratio_and_both_versions(other, like_ours, capsys):
    assert run(["bench", "coverage", "--against", str(other), "--rounds", "1"]) == 0
    told = capsys.readouterr()
    assert "coverage" in told.out
    assert "2.0" in told.out
    assert "0.0.7" in told.err


def probed(what, registry, checkout, tmp_path):
    side = Side("ours", checkout, Path(sys.executable), tmp_path / "side")
    side.folder.mkdir(exist_ok=True)
    return side.probe(what, registry)


@pytest.mark.slow
def test_that_the_same_hands_open_the_window_and_act_in_it_by_promised_names_alone(tmp_path):
    registry = write_small(tmp_path / "small.gpkg")
    found = probed("hands", registry, ROOT, tmp_path)
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


def test_that_the_driver_refuses_to_measure_other_code_than_the_checkouts(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(LeftOutError, match="main"):
        probed("open", tmp_path / "none.gpkg", tmp_path / "empty", tmp_path)


def test_that_the_driver_imports_nothing_of_ours():
    code = (
        "import runpy, sys; runpy.run_path(sys.argv[1], run_name='driver');"
        "print([n for n in sys.modules if n.partition('.')[0] in ('app', 'geo', 'ui', 'PySide6')])"
    )
    command = [sys.executable, "-c", code, str(PROBE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
