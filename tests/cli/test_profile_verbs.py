"""The verbs template, profile, scheme, and import of a city's own lists."""

from __future__ import annotations

import hashlib
from pathlib import Path

import openpyxl
import pytest

SCHEME = "five_haves_ten_goods"
LIFTS = (
    '\n[[facts]]\nkey = "lifts"\nof = ["compounds"]\ntype = "count"\nwords = { zh = "电梯", en = "Lifts" }\n'
)


def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


@pytest.fixture
def profile_file(call, path, tmp_path):
    """Return the registry's own profile as a file."""
    file = tmp_path / "city.toml"
    call("profile", path, "--out", file)
    return file


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_a_template_and_its_import_are_one_round(call, path, tmp_path, lang):
    out = tmp_path / "t.xlsx"
    report = call("template", path, "compounds", out, "--street", "340102001", "--lang", lang)
    assert (report["kind"], report["rows"], report["left_empty"]) == ("compounds", 2, 0)
    found = call("import", path, out, "--as", "compounds")
    assert found["counts"] == {"create": 0, "change": 0, "same": 2, "skip": 0, "refuse": 0}
    assert (found["change"], found["left_columns"]) == (None, [])
    assert call("template", path, "compounds", out, "--empty")["rows"] == 0


def test_that_a_template_of_nothing_known_is_refused(call, path, tmp_path):
    before = digest(path)
    assert "castles" in call("template", path, "castles", tmp_path / "t.xlsx", status=2)["error"]["message"]
    call("template", path, "compounds", tmp_path / "t.csv", status=2)
    call("template", path, "compounds", tmp_path / "t.xlsx", "--street", "999", status=2)
    call("template", path, "compounds", path, status=2)
    assert digest(path) == before
    assert not (tmp_path / "t.xlsx").exists()


def test_that_a_wrong_template_exits_2_with_sheet_row_and_column(call, path, tmp_path):
    out = tmp_path / "t.xlsx"
    call("template", path, "compounds", out)
    book = openpyxl.load_workbook(out)
    book.worksheets[0]["C2"].value = "城堡"
    book.save(out)
    before = digest(path)
    problem = call("import", path, out, "--as", "compounds", status=2)["error"]["problems"][0]
    assert (problem["sheet"], problem["row"], problem["column"]) == ("小区 compounds", 2, "类型")
    assert digest(path) == before


def test_that_the_profile_is_shown_written_checked_and_replaced(call, path, profile_file):
    shown = call("profile", path)
    assert shown["profile"] == "yaohai@3"
    scheme = next(row for row in shown["declared"] if row["id"] == SCHEME)
    assert (scheme["what"], scheme["version"], scheme["items"], scheme["open_items"]) == ("scheme", 1, 15, 15)
    text = profile_file.read_text("utf-8")
    profile_file.write_text("\ufeff" + text + LIFTS, "utf-8")
    before = digest(path)
    assert [row["section"] for row in call("profile", path, "--check", profile_file)["sections"]] == [
        "facts.lifts"
    ]
    assert "--why" in call("profile", path, "--set", profile_file, status=2)["error"]["message"]
    assert digest(path) == before
    changes = call("profile", path, "--set", profile_file, "--why", "加电梯")
    assert (changes["verb"], changes["codes"]) == ("profile", [])
    assert call("profile", path, "--set", profile_file, "--why", "再来")["change"] is None
    call("set", path, "C1", "lifts=4")
    step = call("history", path)["changes"][1]
    assert (step["verb"], step["why"]) == ("profile", "加电梯")
    assert [(d["kind"], d["field"], d["before"]) for d in step["details"]] == [
        ("profile", "facts.lifts", None)
    ]
    assert "lifts" in call("undo", path, step["change"], status=3)["error"]["message"]
    assert call("verify", path)["ok"]


def test_that_a_wrong_profile_names_line_and_key_and_changes_nothing(call, path, profile_file):
    profile_file.write_text(profile_file.read_text("utf-8") + LIFTS.replace('"count"', '"castle"'), "utf-8")
    before = digest(path)
    for how in (["--check", profile_file], ["--set", profile_file, "--why", "试"]):
        problem = call("profile", path, *how, status=2)["error"]["problems"][0]
        assert problem["file"] == str(profile_file)
        assert profile_file.read_text("utf-8").splitlines()[problem["row"] - 1] == 'type = "castle"'
    call("profile", path, "--check", profile_file, "--set", profile_file, status=2)
    call("profile", path, "--check", "nowhere.toml", status=2)
    assert digest(path) == before


def test_that_a_profile_that_drops_what_is_used_is_refused_with_how_many(call, path, profile_file):
    call(
        "add",
        path,
        "assessments",
        "subject=C1",
        f"scheme={SCHEME}",
        "item=goods1",
        "score=1",
        "on=2026-02-01",
    )
    profile_file.write_text(profile_file.read_text("utf-8").replace(SCHEME, "other"), "utf-8")
    error = call("profile", path, "--set", profile_file, "--why", "试", status=2)["error"]
    assert f"{SCHEME}@1" in error["message"]
    assert "1 条评分" in error["message"]


@pytest.mark.system(14)
@pytest.mark.system(30)
def test_that_a_city_s_list_comes_in_by_import_or_by_scheme(call, path, tmp_path):
    out = tmp_path / "s.xlsx"
    assert call("template", path, "schemes", out)["rows"] == 15
    assert call("import", path, out, "--as", "schemes")["counts"]["same"] == 1
    book = openpyxl.load_workbook(out)
    for row in range(2, 17):
        book.worksheets[0].cell(row, 4).value = f"项目 {row - 1}"
        book.worksheets[0].cell(row, 6).value = 10
    book.save(out)
    planned = call("import", path, out, "--as", "schemes", "--dry-run")
    assert (planned["committed"], planned["counts"]["create"]) == (False, 1)
    found = call("import", path, out, "--as", "schemes")
    assert found["committed"]
    assert [(c["name"], c["version"], c["items"], c["open_items"]) for c in found["changes"]] == [
        (SCHEME, 2, 15, 0)
    ]
    values = ["subject=C1", f"scheme={SCHEME}", "item=goods1", "on=2026-02-01"]
    code = call("add", path, "assessments", *values, "score=9.5")["codes"][0]
    assert call("show", path, code)["record"]["scheme_version"] == 2
    assert "10" in call("add", path, "assessments", *values, "score=11", status=2)["error"]["message"]
    plain = tmp_path / "l.csv"
    plain.write_text("项目名称,满分\n甲,60\n乙,40\n", "utf-8")
    assert call("scheme", path, SCHEME, plain)["changes"][0]["version"] == 3
    call("scheme", path, "castle", plain, status=2)
    assert (
        "--map"
        in call("import", path, plain, "--as", "schemes", "--map", "zh=x", status=2)["error"]["message"]
    )
    problem = call("scheme", path, SCHEME, _broken(plain), status=2)["error"]["problems"][0]
    assert (problem["row"], problem["column"]) == (1, "满分")


def _broken(plain):
    plain.write_text("项目名称,满分\n甲,没有\n", "utf-8")
    return plain


@pytest.mark.system(4)
def test_that_a_city_names_the_categories_of_mediators_that_the_source_only_counts(call, path, tmp_path):
    out = tmp_path / "w.xlsx"
    assert call("template", path, "words", out)["rows"] == 16
    book = openpyxl.load_workbook(out)
    for row in book.worksheets[0].iter_rows(min_row=2):
        row[2].value = row[2].value or f"本市第 {row[0].row - 1} 类"
    book.save(out)
    found = call("import", path, out, "--as", "words")
    assert (found["counts"]["change"], found["counts"]["same"]) == (11, 5)
    declared = call("profile", path)["declared"]
    assert not [row for row in declared if row["what"] == "fact"]  # nothing is open any more
    call("set", path, "C1", "mediators_06=3")
    assert call("undo", path)["verb"] == "undo"
    assert call("undo", path)["verb"] == "undo"
    assert [row["open_items"] for row in call("profile", path)["declared"] if row["what"] == "fact"] == [11]
