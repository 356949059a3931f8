"""What the import sheet corrects by a click, the command corrects by an option."""

from __future__ import annotations


def test_that_rows_and_cells_are_said_by_options(path, call, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("名单,2026\n小区名称,户数\n甲院,many\n合计,5\n乙院,6\n", encoding="utf-8")
    told = call("import", path, roster, "--as", "compounds", "--dry-run", status=2)
    assert told["counts"]["refuse"] == 1
    assert told["edited"] == []
    said = ("--cell", "1:户数=12户", "--part", "4=record", "--part", "5=apart")
    told = call("import", path, roster, "--as", "compounds", *said)
    assert told["counts"] == {"create": 2, "change": 0, "same": 0, "skip": 1, "refuse": 0}
    assert told["edited"] == [{"row": "1", "column": "户数", "before": "many", "after": "12户"}]
    assert call("history", path)["changes"][0]["why"] == "roster.csv [1 户数 many → 12户]"
    names = {record["name"] for record in call("list", path, "compounds")["records"]}
    assert {"甲院", "合计"} <= names
    assert "乙院" not in names


def test_that_a_part_or_a_cell_that_cant_be_is_refused(path, call, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text("小区名称,户数\n甲院,5\n", encoding="utf-8")
    for option in (("--part", "9=record"), ("--part", "1=title"), ("--cell", "1:没有=5")):
        told = call("import", path, roster, "--as", "compounds", "--dry-run", *option, status=2)
        assert told["error"]["problems"]
