"""Columns joined, split and carried down by options of the command, told as the user's word."""

from __future__ import annotations


def test_that_columns_are_joined_split_and_carried_down_by_options(path, call, tmp_path):
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "小区名称,路名,门牌,类型=户数\n甲院,柳溪路,12号,老旧小区/80\n乙院,,14号,商品房/81\n丙院,,16号,商品房/82\n",
        encoding="utf-8",
    )
    asked = ("--join", "address=路名+门牌", "--split", "类型=户数=kind/households", "--answer", "路名=carry")
    told = call("import", path, roster, "--as", "compounds", "--dry-run", *asked)
    cells = [{cell["field"]: cell["after"] for cell in row["cells"]} for row in told["rows"]]
    assert [row["address"] for row in cells] == ["柳溪路12号", "柳溪路14号", "柳溪路16号"]
    assert [(row["kind"], row["households"]) for row in cells] == [
        ("old", 80),
        ("commercial", 81),
        ("commercial", 82),
    ]
    assert {"column": "路名+门牌", "field": "address", "by": "user"} in told["columns"]
    assert any("按你说的照上面填" in note for note in told["notes"])
    told = call("import", path, roster, "--as", "compounds", "--dry-run", "--join", "address=路名", status=2)
    assert told["error"]["problems"]
