"""What scripts rely on, sentence by sentence: spellings, padded codes, reasons, days in order, one document always."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import StorageFault
from app.persistence.care import copy_registry
from app.services.registry.info import is_address
from tests.app.builders import LAT, LON
from ui.cli.output import Output
from ui.cli.run import run
from ui.cli.verbs import records as verbs_records


@pytest.fixture
def refused(call, path):
    """Refuse, and leave every byte, of a registry on a server every step. Returns the error."""

    def content():
        if is_address(path):
            return call("history", path)
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()

    def do(*arguments, status=2):
        before = content()
        document = call(arguments[0], path, *arguments[1:], status=status)
        assert content() == before
        return document["error"]

    return do


def a_csv(path, text, encoding="utf-8"):
    path.write_text(text, encoding)
    return path


def test_that_a_padded_code_finds_its_unit_everywhere(call, path, tmp_path):
    padded = "340102001000"
    assert call("show", path, padded)["code"] == "340102001"
    assert call("show", path, "340102000000")["kind"] == "districts"
    assert call("set", path, padded, "name=明光街道")["codes"] == ["340102001"]
    assert call("attach", path, "O1", padded)["verb"] == "attach"
    assert call("history", path, padded)["count"] == call("history", path, "340102001")["count"]
    explained = call("explain", path, "--measure", "party", "--by", "street", "--unit", padded)
    assert explained["unit"] == "340102001"
    call("export", path, tmp_path / "a.csv", "--unit", padded)


@pytest.mark.parametrize(
    ("condition", "codes"),
    [
        ("three_no=未知", ["C1", "C2"]),
        ("three_no=UNKNOWN", ["C1", "C2"]),
        ("street=340102001000", ["C1", "C2"]),
        ("street=", ["C1", "C2"]),
        ("grid=340102001001002", ["C2"]),
        ("district=340102000000", ["C1", "C2"]),
        ("kind=老旧", ["C1"]),
        ("valid_from=", ["C1", "C2"]),
        ("code=C2", ["C2"]),
        ("name = 大关东三苑", ["C1"]),
    ],
)
def test_that_where_takes_every_spelling_and_where_a_compound_lies(call, path, condition, codes):
    found = call("list", path, "compounds", "--where", condition)
    assert [row["code"] for row in found["records"]] == codes


def test_that_where_takes_days_and_numbers_as_written(call, path):
    call("set", path, "C1", "valid_from=2020-03-01")
    found = call("list", path, "compounds", "--where", "valid_from=2020/3/1")
    assert found["count"] == 1
    area = repr(found["records"][0]["derived"]["area_m2"])
    assert call("list", path, "compounds", "--where", f"area_m2={area}0")["count"] == 1


@pytest.mark.parametrize("condition", ["three_no=maybe", "valid_from=soon", "lon=east"])
def test_that_where_refuses_what_no_record_can_hold(refused, condition):
    assert refused("list", "compounds", "--where", condition)["message"]


def test_that_a_compound_without_kind_is_unknown(call, path):
    (code,) = call("add", path, "compounds", "name=新")["codes"]
    assert call("show", path, code)["record"]["kind"] == "unknown"


def test_that_a_field_is_not_set_from_a_day_after_its_last(refused):
    error = refused("set", "C1", "name=乙", "--from", "2026-05-02", "--until", "2026-05-01")
    assert error["problems"][0]["column"] == "valid_until"


@pytest.mark.parametrize("verb", ["remove", "detach"])
def test_that_a_blank_reason_is_no_reason(call, path, refused, verb):
    (code,) = call("attach", path, "O1", "C1")["codes"]
    assert "--why" in refused(verb, code, "--why", " ")["message"]


@pytest.mark.both_stores
def test_that_an_overlap_names_the_period_that_is_there_already(call, path, refused):
    (code,) = call("attach", path, "O1", "C1", "--from", "2026-05-01")["codes"]
    message = refused("add", "attachments", "organisation=O1", "to=C1")["message"]
    assert f"已有 {code}（2026-05-01 – …）" in message


@pytest.mark.both_stores
def test_that_an_undo_that_later_steps_lean_on_is_a_conflict(call, path, refused):
    first = call("add", path, "compounds", "code=C9")["change"]
    call("attach", path, "O1", "C9")
    assert refused("undo", first, status=3)["kind"] == "conflict"


def test_that_a_bug_and_an_interruption_leave_one_document_too(call, path, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    raised = [RuntimeError("boom"), KeyboardInterrupt()]

    def fail(_output, _path):
        raise raised.pop(0)

    monkeypatch.setattr(verbs_records, "opened", fail)
    assert call("list", path, "compounds", status=1)["error"]["kind"] == "bug"
    assert call("list", path, "compounds", status=130)["error"]["kind"] == "interrupted"


@pytest.mark.parametrize("text", ["name,kind\n", "something\nelse\n"])
def test_that_a_table_that_says_nothing_is_refused(refused, tmp_path, text):
    source = a_csv(tmp_path / "a.csv", text)
    problem = refused("import", source, "--as", "compounds")["problems"][0]
    assert problem["file"] == "a.csv"


def test_that_semicolons_separate_cells_though_outlines_are_full_of_commas(call, path, tmp_path):
    ring = ", ".join(f"{LON + x} {LAT + y}" for x, y in ((0, 0), (0.001, 0), (0.001, 0.001), (0, 0)))
    source = a_csv(tmp_path / "a.csv", f'名称;wkt\n新园;"POLYGON(({ring}))"\n')
    found = call("import", path, source, "--as", "compounds", "--crs", "EPSG:4490")
    assert found["left_columns"] == []
    assert found["rows"][0]["cells"][0]["after"] == "新园"


def test_that_rows_that_contradict_each_other_are_all_refused(call, path, refused, tmp_path):
    source = a_csv(tmp_path / "a.csv", "code,name\n340102002,甲\n340102003,乙\n340102003,丙\n")
    error = refused("import", source, "--as", "streets")
    assert [problem["row"] for problem in error["problems"]] == [2, 3]
    assert call("import", path, source, "--as", "streets", "--partial")["counts"]["create"] == 1
    again = call("import", path, source, "--as", "streets", "--partial")
    assert again["counts"] == {"create": 0, "change": 0, "same": 1, "skip": 0, "refuse": 2}
    facts = a_csv(tmp_path / "b.csv", "subject,key,value\nC1,gate_guard,有\nC1,gate_guard,无\n")
    assert len(refused("import", facts, "--as", "facts", "--on-conflict", "update")["problems"]) == 2


def test_that_a_row_said_twice_alike_is_the_same(call, path, tmp_path):
    source = a_csv(tmp_path / "a.csv", "code,name\n340102002,甲\n340102002,甲\n")
    counts = call("import", path, source, "--as", "streets")["counts"]
    assert (counts["create"], counts["same"]) == (1, 1)


def test_that_one_compound_may_be_surveyed_on_two_days_in_one_file(call, path, tmp_path):
    source = a_csv(tmp_path / "a.csv", "code,gate_guard,surveyed\nC1,有,2024-01-01\nC1,无,2025-01-01\n")
    call("import", path, source, "--as", "compounds", "--on-conflict", "update")
    facts = call("show", path, "C1")["facts"]
    assert [(f["value"], f["valid_from"]) for f in facts] == [("yes", "2024-01-01"), ("no", "2025-01-01")]


@pytest.mark.parametrize("ending", ["gpkg", "csv", "geojson"])
def test_that_an_export_goes_to_any_name(call, path, tmp_path, ending):
    out = tmp_path / "a b#?%中文" / f"图 #1?100%.{ending}"
    out.parent.mkdir()
    call("export", path, out)
    assert out.stat().st_size


@pytest.mark.both_stores
def test_that_an_import_that_was_undone_comes_in_again(call, path, tmp_path):
    source = a_csv(tmp_path / "a.csv", "code,name\n340102002,甲\n340102003,乙\n")
    for _ in range(2):
        assert call("import", path, source, "--as", "streets")["counts"]["create"] == 2
        assert call("list", path, "streets")["count"] == 3
        call("undo", path)
        assert call("list", path, "streets")["count"] == 1
    call("redo", path)
    assert call("verify", path)["ok"]
    assert call("remove", path, "340102003", "--why", "并入")["codes"] == ["340102003"]
    error = call("add", path, "streets", "code=340102003", "name=丙", status=2)["error"]
    assert "用过" in error["message"]


@pytest.mark.both_stores
def test_that_an_undone_code_is_not_given_to_another_kind(call, path, refused):
    call("add", path, "compounds", "code=X1")
    call("undo", path)
    assert "用过" in refused("add", "stations", "code=X1", "name=站", "kind=grid_post")["message"]
    assert call("add", path, "compounds", "code=X1")["codes"] == ["X1"]


@pytest.mark.parametrize(
    ("sql", "table"),
    [
        ("DELETE FROM change_detail WHERE code = 'C1'", "compound"),
        ("PRAGMA foreign_keys=OFF; DELETE FROM change WHERE seq = 3", "change"),
    ],
)
def test_that_a_hole_in_the_journal_is_damage(call, path, sql, table):
    with closing(sqlite3.connect(path)) as file:
        file.executescript(sql)
    found = call("verify", path, status=5)
    assert not found["ok"]
    assert table in {row["table"] for row in found["damaged"]}
    assert found["error"]["kind"] == "integrity"
    assert len(found["error"]["problems"]) == len(found["damaged"])


def test_that_a_backup_that_fails_leaves_nothing_beside_it(path, tmp_path, monkeypatch):
    folder = tmp_path / "full"
    folder.mkdir()

    def fail(draft, _target):
        draft.with_name(draft.name + "-journal").write_bytes(b"left by a full disk")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.persistence.files.aside.put_new", fail)
    with pytest.raises(StorageFault):
        copy_registry(Path(path), folder / "b.gpkg")
    assert list(folder.iterdir()) == []


def test_that_a_table_with_coordinates_names_its_crs(call, path, refused, tmp_path):
    source = a_csv(tmp_path / "a.csv", f"name,kind,lon,lat\n站,grid_post,{LON},{LAT}\n")
    assert "--crs" in refused("import", source, "--as", "stations")["message"]
    dry = ("import", path, source, "--as", "stations", "--dry-run")
    assert call(*dry, "--crs", "EPSG:4490")["crs"] == "EPSG:4490"
    assert call(*dry, "--datum", "gcj02")["datum"] == "gcj02"
    empty = a_csv(tmp_path / "b.csv", "name,kind,lon,lat\n站,grid_post,,\n")
    assert call("import", path, empty, "--as", "stations")["counts"]["create"] == 1


def test_that_no_output_ever_replaces_a_registry(call, path, refused, tmp_path):
    for_csv = ("coverage", "--measure", "party", "--by", "street", "--csv")
    assert "台账" in refused(*for_csv, path)["message"]
    other = tmp_path / "other.gpkg"
    call("backup", path, other)
    before = other.read_bytes()
    assert "台账" in refused(*for_csv, other)["message"]
    assert "台账" in refused("export", other)["message"]
    assert other.read_bytes() == before
    call("export", path, tmp_path / "out.gpkg")
    call("export", path, tmp_path / "out.gpkg")  # an export gives way to the next


def test_that_a_registry_in_a_folder_that_can_not_be_written_is_read_and_copied(
    call, path, refused, tmp_path, monkeypatch
):
    monkeypatch.setattr("os.access", lambda _path, mode: mode != os.W_OK)
    assert call("list", path, "compounds")["count"] == 2
    assert refused("set", "C1", "name=乙", status=4)["kind"] == "storage"
    assert call("verify", path)["ok"]
    call("backup", path, tmp_path / "copy.gpkg")


def test_that_a_place_that_can_not_be_written_is_a_storage_fault(call, tmp_path, monkeypatch):
    def fail(*_arguments, **_named):
        raise sqlite3.OperationalError("unable to open database file")

    monkeypatch.setattr("app.persistence.store.sqlite3.connect", fail)
    out = tmp_path / "n.gpkg"
    assert call("new", out, "--profile", "yaohai", status=4)["error"]["kind"] == "storage"
    assert list(tmp_path.iterdir()) == []


def test_that_a_day_kept_as_a_number_is_read_from_files(call, path, tmp_path):
    source = a_csv(tmp_path / "a.csv", "code,gate_guard,surveyed,valid_from\nC1,有,44621,36526.0\n")
    call("import", path, source, "--as", "compounds", "--on-conflict", "update")
    shown = call("show", path, "C1")
    assert shown["facts"][0]["valid_from"] == "2022-03-01"
    assert shown["record"]["valid_from"] == "2000-01-01"


@pytest.mark.both_stores
def test_that_history_names_facts_by_their_key(call, path):
    call("set", path, "C1", "gate_guard=有", "--why", "入户")
    call("set", path, "C1", "gate_guard=无", "--why", "看错")
    for verb in ("history", "show"):
        found = call(verb, path, "C1")
        changes = found["changes"] if verb == "history" else found["history"]
        assert [change["details"] for change in changes[:2]] == [
            [{"kind": "facts", "code": "C1", "field": "gate_guard", "before": "yes", "after": "no"}],
            [{"kind": "facts", "code": "C1", "field": "gate_guard", "before": None, "after": "yes"}],
        ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("remove", "C1"), "缺 --why"),
        (("show",), "缺 CODE"),
        (("history", "--nope"), "没有选项 --nope"),
        (("list", "compounds", "--lang", "fr"), "--lang 只能是 zh、en"),
        (("list", "compounds", "--as-of", "2026-13-01"), "--as-of：没有 13 月"),
    ],
)
def test_that_wrong_usage_is_said_in_chinese(refused, arguments, said):
    assert said in refused(*arguments)["message"]


def test_that_an_interruption_after_the_answer_adds_no_second_document(call, path, monkeypatch):
    said = Output.document

    def then_stop(self, document):
        said(self, document)
        monkeypatch.undo()
        raise KeyboardInterrupt

    monkeypatch.setattr(Output, "document", then_stop)
    assert call("history", path, status=130)["count"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("expiring", "--as-of", "9999-12-31"),
        ("adopt", "C1", "trial", "--firm", "F1", "--on", "9999-12-31"),
        ("adopt", "C1", "end", "--on", "0001-01-01"),
        ("detach", "A1", "--on", "0001-01-01", "--why", "试"),
        ("set", "C1", "households=5", "--from", "0001-01-01"),
    ],
)
def test_that_a_day_from_which_no_term_can_be_counted_is_refused(refused, arguments):
    assert "1000" in refused(*arguments)["message"]


def test_that_a_change_until_the_last_day_of_all_is_one_for_ever(call, path):
    call("set", path, "C1", "households=5", "--from", "2026-05-01", "--until", "9999-12-31")
    call("set", path, "C1", "households=6", "--from", "2026-06-01")
    days = {"2026-05-31": 5, "2026-06-01": 6, "2030-01-01": 6}
    for day, count in days.items():
        assert call("show", path, "C1", "--as-of", day)["record"]["households"] == count


def test_that_a_number_below_its_least_is_refused_in_the_readers_language(refused):
    assert refused("tree", "--levels", "-1")["message"] == "用法不对：--levels 要写 0 或以上的整数。"


@pytest.mark.parametrize(("given", "column"), [(("name",), "name"), (("name=甲", "name=乙"), "name")])
def test_that_a_field_without_a_value_or_given_twice_is_told_with_its_place(refused, given, column):
    (problem,) = refused("set", "C1", *given)["problems"]
    assert problem["column"] == column


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["covrage", "x.gpkg"], "没有命令 covrage。是不是 coverage？"),
        (["zzz"], "没有命令 zzz。--help 列出有哪些。"),
        (["verify", "x.gpkg", "y.gpkg"], "多写了 y.gpkg。"),
        (["coverage", "x.gpkg", "--by"], "--by 后面要写值。"),
        (["list", "x.gpkg", "compounds", "--json=1"], "--json 后面不写值。"),
        (["coverage", "x.gpkg", "--messure", "party"], "没有选项 --messure。是不是 --measure？"),
        (["coverage"], "缺 REGISTRY。"),
    ],
)
def test_that_a_wrong_call_is_told_in_chinese(capsys, words, said):
    assert run(words) == 2
    assert f"用法不对：{said}" in capsys.readouterr().err
