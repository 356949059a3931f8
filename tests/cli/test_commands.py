"""The command line keeps its promises: JSON shapes, exit statuses, and a file that a refusal leaves alone."""

from __future__ import annotations

import gc
import hashlib
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from ui.cli import verbs
from ui.cli.frame import Verb
from ui.cli.run import run, verb_called, verb_names
from ui.cli.verbs import LATER, MODULE_OF

ROOT = Path(__file__).resolve().parents[2]
GRID = "340102001001001"


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def test_that_every_verb_of_the_contract_is_there():
    wanted = (
        "new sample import list show add set remove attach detach split merge coverage explain measures gaps site zones "
        "check fix waive history undo redo share collect export backup verify restore purge bench"
    )
    assert set(wanted.split()) <= set(verb_names())


@pytest.mark.parametrize("name", verb_names())
def test_that_a_verb_is_found_in_the_module_that_is_loaded_for_it(name):
    assert verb_called(name).name == name


def test_that_a_verb_in_another_s_process_leaves_its_garbage_to_be_collected(call, path):
    before = gc.get_freeze_count()
    call("list", path, "compounds")
    assert gc.isenabled()
    assert gc.get_freeze_count() == before


def test_that_every_module_of_verbs_and_every_verb_in_it_is_known():
    found = {}
    room = Path(verbs.__file__).parent
    for file in room.rglob("[a-z]*.py"):
        name = ".".join(file.relative_to(room).with_suffix("").parts)
        module = importlib.import_module(f"ui.cli.verbs.{name}")
        found |= {verb.name: name for verb in vars(module).values() if isinstance(verb, Verb)}
    assert found == MODULE_OF


def test_that_help_tells_the_verbs_in_the_order_of_their_table(capsys):
    assert run(["--help"]) == 0
    told = re.findall(r"^  ([a-z][a-z-]+)  ", capsys.readouterr().out, re.MULTILINE)
    assert told == list(MODULE_OF)


def test_that_a_verb_loads_no_module_of_another(path):
    code = (
        "import sys; from ui.cli.run import run; run(sys.argv[1:]);"
        "print([m for m in sys.modules if m.startswith('ui.cli.verbs.')], file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "list", path, "compounds"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "['ui.cli.verbs.records']"


@pytest.mark.parametrize("name", LATER)
def test_that_a_verb_of_a_later_issue_says_so_and_exits_2(call, path, name):
    assert "error" in call(name, path, "x", status=2)


def test_that_a_new_registry_is_empty_and_a_taken_path_is_refused(call, tmp_path):
    out = tmp_path / "n.gpkg"
    call("new", out, "--profile", "quzhou", "--name", "衢州")
    assert call("list", out, "compounds")["count"] == 0
    before = digest(out)
    assert "不覆盖" in call("new", out, "--profile", "quzhou", status=2)["error"]["message"]
    assert digest(out) == before


def test_that_a_profile_with_wrong_keys_is_refused_with_line_and_key(call, tmp_path):
    file = tmp_path / "city.toml"
    file.write_text('id = "x"\n[three_no]\ndefence = "some"\nparts = ["moat"]\n', "utf-8")
    error = call("new", tmp_path / "n.gpkg", "--profile", file, status=2)["error"]
    assert {(problem["column"], problem["row"]) for problem in error["problems"]} == {
        ("three_no.defence", 3),
        ("three_no.parts", 4),
    }


def test_that_a_city_profile_of_ones_own_adds_a_fact(call, tmp_path):
    file = tmp_path / "city.toml"
    file.write_text(
        'id = "mine"\nversion = 2\n[[facts]]\nkey = "lift"\nof = ["compounds"]\ntype = "count"\n'
        'words = { zh = "电梯", en = "Lifts" }\n',
        "utf-8",
    )
    out = tmp_path / "n.gpkg"
    call("new", out, "--profile", file)
    code = call("add", out, "compounds", "name=甲", "lift=4")["codes"][0]
    assert call("list", out, "compounds", "--where", "lift=4")["records"][0]["facts"] == {"lift": 4}
    assert call("show", out, code)["facts"][0]["value"] == 4


@pytest.mark.both_stores
def test_that_add_set_attach_detach_undo_redo_tell_change_verb_and_codes(call, path):
    added = call("add", path, "compounds", "name=新苑", "kind=老旧", f"grid={GRID}", "gate_guard=无")
    assert added["verb"] == "add"
    code = added["codes"][0]
    assert code == "C000001"
    assert call("set", path, code, "authority=有", "--why", "走访")["codes"] == [code]
    attachment = call("attach", path, "O1", code)["codes"][0]
    engagement = call("attach", path, "F1", code, "--role", "体验", "--from", "2024-01-01")["codes"][0]
    assert (attachment[0], engagement[0]) == ("A", "E")
    shown = call("show", path, code)
    assert {row["key"]: row["value"] for row in shown["facts"]} == {"gate_guard": "no", "authority": "yes"}
    assert shown["engagements"][0]["stage"] == "trial"
    assert shown["derived"]["grid"] == GRID
    assert set(shown) == {
        "kind", "code", "record", "derived", "geometry", "facts", "attachments", "engagements", "links", "ratings", "findings", "history",
        "lineage",
    }  # fmt: skip
    call("detach", path, attachment, "--on", "2026-01-01", "--why", "错挂")
    undone = call("undo", path)
    assert undone["verb"] == "undo"
    assert call("redo", path)["verb"] == "redo"
    assert call("show", path, code)["attachments"] == []


@pytest.mark.both_stores
def test_that_coverage_has_the_shape_and_sums_of_the_contract(call, path):
    call("attach", path, "O1", "C1")
    found = call("coverage", path, "--measure", "party", "--by", "grid")
    assert found["profile"] == "yaohai@3"
    assert [row["unit"] for row in found["rows"]] == [GRID, "340102001001002"]
    assert (found["total"]["covered"], found["total"]["unknown"], found["total"]["total"]) == (1, 1, 2)
    assert (found["total"]["rate"], found["total"]["low"], found["total"]["high"]) == (1.0, 0.5, 1.0)
    assert found["crs"] == "EPSG:4548"
    entry = call("explain", path, "--measure", "party", "--by", "grid", "--unit", GRID)["covered"][0]
    assert (entry["code"], entry["reason"], entry["placed_by"]) == ("C1", "in_force", "outline")


@pytest.mark.parametrize(
    "arguments",
    [
        ("coverage", "--measure", "no_such", "--by", "grid"),
        ("coverage", "--measure", "party", "--by", "galaxy"),
        ("coverage", "--measure", "platform", "--by", "grid", "--weight", "area"),
        ("coverage", "--measure", "station:grid_post:x", "--by", "grid"),
        ("explain", "--measure", "party", "--by", "grid", "--unit", "999"),
        ("list", "ghosts"),
        ("list", "compounds", "--where", "colour=red"),
        ("show", "C404"),
        ("set", "C1", "households=-4"),
        ("set", "C1", "valid_from=2024-02-01", "valid_until=2024-01-01"),
        ("set", "C1", "geometry=POLYGON ((117 31, 117.1 31.1, 117.1 31, 117 31.1, 117 31))"),
        ("set", "C1", "geometry=@no/such/file.geojson"),
        ("add", "firms", "name=甲", "credit_code=91350100M000100Y44"),
        ("attach", "O1", "C404"),
        ("attach", "C1", "C2"),
        ("detach", "C1", "--why", "x"),
        ("detach", "C1"),
        ("undo", "no-such-change"),
        ("redo",),
        ("check", "--rule", "no_such_rule"),
        ("history", "C404"),
        ("show",),
        ("no-such-verb",),
    ],
)
def test_that_wrong_input_exits_2_says_why_and_leaves_every_byte(call, path, arguments):
    before = digest(path)
    error = call(arguments[0], path, *arguments[1:], status=2)["error"]
    assert error["message"]
    assert digest(path) == before


def test_that_a_person_reads_a_table_and_english_by_option(path, capsys):
    assert run(["coverage", path, "--measure", "party", "--by", "grid", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "Unplaced" in out
    assert run(["list", path, "compounds"]) == 0
    assert "大关东三苑" in capsys.readouterr().out


def test_that_verify_of_a_damaged_file_exits_5_and_names_the_record(call, path):
    import sqlite3

    raw = sqlite3.connect(path)
    raw.execute("UPDATE compound SET name = 'x' WHERE code = 'C2'")
    raw.commit()
    raw.close()
    found = call("verify", path, status=5)
    assert found["ok"] is False
    assert [(row["table"], row["code"]) for row in found["damaged"]] == [("compound", "C2")]


def test_that_history_names_fields_before_and_after(call, path):
    call("set", path, "C1", "households=500", "--why", "数错了")
    change = call("history", path, "C1")["changes"][0]
    assert change["details"] == [
        {"kind": "compounds", "code": "C1", "field": "households", "before": 412, "after": 500}
    ]
    assert change["why"] == "数错了"


@pytest.mark.both_stores
def test_that_measures_and_check_have_their_shapes(call, path):
    measures = call("measures", path)["measures"]
    assert {"party", "property", "grid_branch", "station:grid_post:500"} <= {m["id"] for m in measures}
    assert {"id", "words", "definition", "subject", "base", "weights", "source"} <= set(measures[0])
    found = call("check", path)
    assert found["count"] == len(found["findings"])
    assert set(found["findings"][0]) == {
        "id",
        "rule",
        "severity",
        "codes",
        "message",
        "measure",
        "fixable",
        "waived_until",
    }
