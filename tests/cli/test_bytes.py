"""Names and words that are no text: shown escaped where a file is called so, refused where they are to be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from ui.cli.run import run

ROOT = Path(__file__).resolve().parents[2]
_BAD = os.fsdecode(b"x\xff")
_POSIX = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture
def path(tmp_path):
    opened = a_small_registry(tmp_path)
    opened.close()
    return opened.path


@pytest.fixture(params=["name", "folder"])
def place(request, tmp_path):
    """Give where to write: under a name that is no UTF-8, or in a folder of such a name."""
    if request.param == "name":
        return tmp_path / _BAD
    folder = tmp_path / _BAD
    folder.mkdir()
    return folder / "out"


@pytest.mark.parametrize("ending", ["html", "csv", "xlsx", "gpkg", "png", "geojson"])
def test_that_an_export_to_such_a_name_is_made_and_told(path, place, ending, capsys, qapp):
    out = place.with_name(f"{place.name}.{ending}")
    assert run(["export", str(path), str(out)]) == 0
    assert out.stat().st_size
    assert r"x\xff" in capsys.readouterr().out
    assert [left.name for left in out.parent.iterdir() if left.name.startswith(".")] == []


@pytest.mark.parametrize("verb", ["new", "backup", "restore"])
def test_that_a_registry_of_such_a_name_is_made_told_and_opened(path, place, verb, capsys):
    out = place.with_name(f"{place.name}.gpkg")
    given = [str(out), "--profile", "yaohai"] if verb == "new" else [str(path), str(out)]
    assert run([verb, *given]) == 0
    assert r"x\xff" in capsys.readouterr().out
    assert run(["verify", str(out)]) == 0
    if verb != "new":
        assert run(["set", str(out), "C1", "households=9"]) == 0


def test_that_such_a_name_stands_in_json_as_it_is(path, tmp_path, capsys):
    out = tmp_path / f"{_BAD}.gpkg"
    assert run(["backup", str(path), str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["path"] == str(out)


def test_that_a_table_of_such_a_name_is_imported(path, tmp_path, capsys):
    source = tmp_path / f"{_BAD}.csv"
    source.write_text("code,name,households\nC1,甲,5\n", "utf-8")
    assert run(["import", str(path), str(source), "--as", "compounds", "--on-conflict", "update"]) == 0
    assert r"x\xff.csv" in capsys.readouterr().out
    registry = Registry.open(path)
    assert registry.find("C1").get("households") == 5
    registry.close()


def test_that_half_a_character_in_a_strangers_file_is_refused_with_its_place(path, tmp_path, capsys):
    source = tmp_path / "a.geojson"
    square = [[[117.3, 31.8], [117.31, 31.8], [117.31, 31.81], [117.3, 31.8]]]
    feature = {
        "type": "Feature",
        "properties": {"code": "C9", "name": "甲\ud800"},
        "geometry": {"type": "Polygon", "coordinates": square},
    }
    source.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), "ascii")
    assert run(["import", str(path), str(source), "--as", "compounds"]) == 2
    said = capsys.readouterr().err
    assert "不成字的编码" in said
    assert "第 1 行" in said


@pytest.mark.parametrize(
    "words",
    [
        ["set", "PATH", "C1", f"name={_BAD}"],
        ["set", "PATH", _BAD, "households=1"],
        ["set", "PATH", "C1", "households=1", "--why", _BAD],
        ["list", "PATH", "compounds", f"--{_BAD}"],
        ["list", "PATH", _BAD],
        [_BAD, "PATH"],
        ["coverage", "PATH", "--by", "street", "--measure", _BAD],
        ["verify", f"{_BAD}.gpkg"],
        ["import", "PATH", f"{_BAD}.csv", "--as", "compounds"],
    ],
    ids=repr,
)
def test_that_words_that_cant_be_read_are_refused_and_shown_escaped(path, words, capsys):
    before = path.read_bytes()
    assert run([str(path) if word == "PATH" else word for word in words]) == 2
    said = capsys.readouterr().err
    assert r"x\xff" in said or r"x\udcff" in said
    assert path.read_bytes() == before


def test_that_a_user_of_such_a_name_writes(path, monkeypatch):
    monkeypatch.setenv("COMPOUND_REGISTRY_USER", _BAD)
    assert run(["set", str(path), "C1", "households=9"]) == 0
    registry = Registry.open(path)
    assert registry.history(limit=1)[0].by == r"x\xff"
    registry.close()


def test_that_a_name_too_long_for_the_disk_is_refused_with_its_bytes(path, tmp_path, capsys):
    assert run(["export", str(path), str(tmp_path / f"{'长' * 90}.csv")]) == 2
    assert "274 字节" in capsys.readouterr().err


def _in_posix(*words):
    """Run a verb where nothing but ASCII is expected, and return its status and what it said."""
    done = subprocess.run(
        [sys.executable, "main.py", *words],
        env={**os.environ, **_POSIX},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_that_a_chinese_name_is_written_and_told_where_only_ascii_is_expected(path, tmp_path):
    out = tmp_path / "小区.html"
    status, said, _ = _in_posix("export", str(path), str(out))
    assert (status, out.is_file()) == (0, True)
    assert "小区.html" in said


def test_that_a_chinese_value_that_cant_be_decoded_is_refused_and_shown(path):
    status, _, said = _in_posix("set", str(path), "C1", "name=小区")
    assert status == 2
    assert "name=小区" in said
    assert "UTF-8" in said
