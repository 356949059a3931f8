"""Warnings of places on the command line: status 0, `warnings` in the document, the sentence on standard error."""

from __future__ import annotations

import csv

from ui.cli.run import run

FAR = "geometry=POINT(17.30 31.87)"


def test_that_add_and_set_write_as_given_and_say_so(call, path, capsys):
    found = call("add", path, "stations", "name=驿站甲", "kind=grid_post", FAR)
    assert found.keys() == {"change", "verb", "codes", "warnings"}
    (warning,) = found["warnings"]
    assert warning["code"] == found["codes"][0]
    assert warning["column"] == "geometry"
    assert warning["value"] == "17.3, 31.87"
    assert "117.3, 31.87" in warning["message"]
    assert call("set", path, "C1", "geometry=POINT(39.5 76)")["warnings"][0]["code"] == "C1"
    assert call("set", path, "C1", "name=甲")["warnings"] == []
    assert call("undo", path)["warnings"] == []
    assert run(["set", path, "C1", "geometry=POINT(27.3 31.86)", "--lang", "en"]) == 0
    out, err = capsys.readouterr()
    assert "outside China" in err
    assert "outside China" not in out


def test_that_read_as_takes_the_reading(call, path):
    changed = call("set", path, "C1", "geometry=POINT(31.862 117.302)", "--read-as", "swapped")
    assert changed["warnings"] == []
    assert call("show", path, "C1")["geometry"] == "POINT (117.302 31.862)"
    error = call("set", path, "C1", "geometry=POINT(31.862 117.302)", status=2)["error"]
    assert "--read-as swapped" in error["problems"][0]["message"]
    error = call("set", path, "C1", "geometry=POINT(39528000 3526000)", "--lang", "en", status=2)["error"]
    assert "the eastings carry zone 39: EPSG:4527" in error["problems"][0]["message"]
    done = call("set", path, "C1", "geometry=POINT(39528600 3526600)", "--read-as", "EPSG:4527")
    assert done["warnings"] == []


def test_that_an_import_puts_them_into_its_notes(call, path, tmp_path):
    source = tmp_path / "a.csv"
    with source.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [["name", "kind", "lon", "lat"], ["驿站甲", "grid_post", "17.30", "31.85"]]
        )
    asked = ("import", path, source, "--as", "stations", "--crs", "EPSG:4490")
    assert "117.3, 31.85" in call(*asked, "--dry-run")["notes"][0]
    done = call(*asked)
    assert done["committed"]
    assert len(done["notes"]) == 1
    findings = call("check", path, "--rule", "far_away")["findings"]
    assert [finding["rule"] for finding in findings] == ["far_away"]
    assert call("check", path, "--rule", "zone_differs")["count"] == 0
