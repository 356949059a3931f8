"""Import: one plan for preview and commit, every problem with its place, the same file twice changes nothing."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.errors import Conflict, InvalidInput
from app.services.bring_in.import_data import (
    ImportRequest,
    commit_import,
)
from app.services.bring_in.look import look
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.app.bring_in.tables import (
    TODAY,
    a_csv,
    a_geojson,
    assert_refused_unwritten,
    brought_in,
    plan,
)
from tests.app.builders import LAT, LON, a_small_registry, square


@pytest.mark.both_stores
def test_that_a_roster_in_chinese_is_understood_without_a_map(registry, tmp_path):
    path = a_csv(
        tmp_path / "三无台账.csv",
        [
            "小区名称",
            "类型",
            "户数（户）",
            "所属街道",
            "社区",
            "网格编码",
            "门卫",
            "调查日期",
            "经度",
            "纬度",
            "备注",
        ],
        [
            "新小区",
            "老旧",
            "1,204",
            "明光路街道",
            "340102001001",
            "340102001001001",
            "无",
            "2026年11月18日",
            LON,
            LAT,
            "x",
        ],
    )
    made = plan(registry, path, "compounds", crs="EPSG:4490")
    assert made.problems == ()
    assert [(left.column, left.why) for left in made.left_columns] == [("备注", "unmapped")]
    changes = commit_import(registry, made)
    record = registry.dataset.find(changes.codes[0])
    assert record.get("kind") == "old"
    assert record.get("households") == 1204
    assert record.get("street") == "340102001"
    assert record.geometry.geom_type == "Point"
    fact = registry.dataset.fact_on(record.code, "gate_guard", TODAY)
    assert (fact.get("value"), fact.valid_from) == ("no", date(2026, 11, 18))


def test_that_the_same_file_again_is_all_same_whoever_made_the_codes(registry, tmp_path):
    features = [
        ({"name": n}, square(0.01 + k * 0.002, 0.01)) for k, n in enumerate(["甲", "甲", "", "", "乙"])
    ]
    features += [({"name": "无边界"}, None), ({"name": "甲"}, square(0.01, 0.01)), ({"name": ""}, None)]
    path = a_geojson(tmp_path / "a.geojson", *features)
    first = brought_in(registry, path, "compounds")
    assert len(first.codes) == 6  # one 甲 stands there twice with its outline
    again = plan(registry, path, "compounds")
    assert again.counts == {"create": 0, "change": 0, "same": 7, "skip": 1, "refuse": 0}
    assert commit_import(registry, again).change is None
    reversed_path = a_geojson(tmp_path / "b.geojson", *reversed(features))
    assert plan(registry, reversed_path, "compounds").counts["same"] == 7


@pytest.mark.both_stores
def test_that_one_import_is_one_change_and_one_undo(registry, tmp_path):
    before = dict(registry.dataset.of("compounds"))
    path = a_csv(tmp_path / "a.csv", ["name", "gate_guard"], *([f"小区{n}", "有"] for n in range(5)))
    brought_in(registry, path, "compounds")
    assert len(registry.dataset.of("facts")) >= 5
    assert registry.history(limit=1)[0].verb == "import"
    registry.undo()
    assert set(registry.dataset.of("compounds")) == set(before)


@pytest.mark.both_stores
def test_that_a_changed_row_asks_updates_or_skips(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "households", "residents"], ["C1", "500", ""])
    made = plan(registry, path, "compounds")
    assert [tuple(cell) for cell in made.rows[0].cells] == [("households", 412, 500)]
    with pytest.raises(Conflict) as caught:
        commit_import(registry, made)
    assert caught.value.problems[0].row == 1
    assert commit_import(registry, made.answered("skip")).change is None
    assert plan(registry, path, "compounds", on_conflict="skip").counts["skip"] == 1
    assert commit_import(registry, made.answered("update")).change
    record = registry.dataset.find("C1")
    assert (record.get("households"), record.get("name")) == (500, "大关东三苑")


def test_that_a_row_that_asks_tells_what_differs_from_what_is_not_there_yet(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["代码", "户数", "门卫"], ["C1", "500", "无"])
    with pytest.raises(Conflict) as caught:
        commit_import(registry, plan(registry, path, "compounds"))
    (problem,) = caught.value.problems
    assert problem.message.zh == "与登记的不同：户数；登记里还空着：门卫。"


@pytest.mark.both_stores
def test_that_a_plan_that_somebody_overtook_is_a_conflict(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "households"], ["C1", "500"])
    made = plan(registry, path, "compounds", on_conflict="update")
    edit.set_values(registry, ["C1"], {"residents": "9"})
    with pytest.raises(Conflict):
        commit_import(registry, made)
    path = a_csv(tmp_path / "a.csv", ["name"], ["新"])
    made = plan(registry, path, "compounds")
    edit.add(registry, "compounds", {"name": "别人的"})
    with pytest.raises(Conflict):
        commit_import(registry, made)


def test_that_an_empty_cell_writes_nothing_and_unknown_is_written(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "name", "gate_guard", "authority"], ["C1", "", "", "未知"])
    brought_in(registry, path, "compounds", on_conflict="update")
    assert registry.dataset.find("C1").get("name") == "大关东三苑"
    assert registry.dataset.fact_on("C1", "gate_guard", TODAY) is None
    assert registry.dataset.fact_on("C1", "authority", TODAY).get("value") == "unknown"


def test_that_all_problems_come_at_once_with_file_row_column_and_value(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv",
        ["code", "name", "户数", "类型", "社区", "开始日期", "结束日期", "门卫"],
        ["C9", "a", "-3", "老旧", "", "", "", ""],
        ["C10", "b", "3", "城堡", "", "", "", ""],
        ["C11", "c", "3", "old", "340102001999", "", "", ""],
        ["C12", "d", "3", "old", "", "2026-13-01", "", ""],
        ["C13", "e", "3", "old", "", "2026-02-01", "2026-01-01", ""],
        ["C14", "f", "3", "old", "", "", "", "有/无"],
        ["C15", "g", "3", "old", "", "", "", "有"],
        ["C15", "h", "3", "old", "", "", "", "有"],
        ["bad code!", "i", "3", "old", "", "", "", "无"],
    )
    problems = assert_refused_unwritten(registry, path, "compounds")
    places = {(p.row, p.column): p for p in problems}
    assert set(places) == {
        (1, "户数"),
        (2, "类型"),
        (3, "社区"),
        (4, "开始日期"),
        (5, "结束日期"),
        (6, "门卫"),
        (7, "code"),
        (8, "code"),
        (9, "code"),
    }
    assert places[3, "社区"].value == "340102001999"
    assert all(p.file == "a.csv" and p.message.zh and p.message.en for p in problems)


@pytest.mark.both_stores
def test_that_partial_takes_the_rest(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "name", "households"], ["C8", "a", "-1"], ["C9", "b", "1"])
    made = plan(registry, path, "compounds", partial=True)
    assert (made.counts["create"], made.counts["refuse"]) == (1, 1)
    commit_import(registry, made)
    assert registry.dataset.find("C9") is not None
    assert registry.dataset.find("C8") is None


def test_that_what_leans_on_a_refused_row_is_refused_with_it(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv",
        ["code", "name", "type", "parent"],
        ["O8", "上级", "城堡", ""],
        ["O9", "下级", "branch", "O8"],
        ["O10", "旁支", "branch", ""],
    )
    made = plan(registry, path, "organisations", partial=True)
    assert [row.action for row in made.rows] == ["refuse", "refuse", "create"]


def test_that_a_tree_of_organisations_comes_in_by_code_and_by_name(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv",
        ["党组织名称", "组织类型", "上级党组织"],
        ["甲支部", "党支部", "某党委"],
        ["某党委", "党委", ""],
        ["乙小组", "group", "甲支部"],
    )
    changes = brought_in(registry, path, "organisations")
    by_name = {o.get("name"): o for o in registry.dataset.of("organisations").values()}
    assert by_name["乙小组"].get("parent") == by_name["甲支部"].code
    assert by_name["甲支部"].get("parent") == by_name["某党委"].code
    assert len(changes.codes) == 3
    assert plan(registry, path, "organisations").counts["same"] == 3


def test_that_a_circle_of_parents_is_refused(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv",
        ["code", "name", "type", "parent"],
        ["O1", "a", "branch", "O2"],
        ["O2", "b", "branch", "O1"],
    )
    assert assert_refused_unwritten(registry, path, "organisations")[0].column == "parent"


def test_that_firms_are_found_by_credit_code_and_a_wrong_check_character_is_refused(registry, tmp_path):
    path = a_csv(tmp_path / "f.csv", ["企业名称", "统一社会信用代码"], ["安居物业", "91340100MA2N7QXK3L"])
    (problem,) = assert_refused_unwritten(registry, path, "firms")
    right = problem.message.en.split("should be ")[1][0]
    registry = Registry.open(registry.path)
    code = f"91340100MA2N7QXK3{right}"
    path = a_csv(tmp_path / "f.csv", ["企业名称", "统一社会信用代码"], ["安居物业", code])
    firm = brought_in(registry, path, "firms").codes[0]
    assert plan(registry, path, "firms").counts["same"] == 1
    path = a_csv(
        tmp_path / "e.csv",
        ["统一社会信用代码", "小区", "阶段", "开始日期", "物业费"],
        [code, "大关东三苑", "体验", "2026/3/1", "1.2"],
    )
    brought_in(registry, path, "engagements")
    (engagement,) = registry.dataset.engagements_with("C1")
    assert (engagement.get("firm"), engagement.get("stage")) == (firm, "trial")
    assert plan(registry, path, "engagements").counts["same"] == 1
    overlap = a_csv(
        tmp_path / "e.csv",
        ["firm", "compound", "stage", "valid_from"],
        [code, "C1", "contract", "2026-09-01"],
    )
    assert plan(registry, overlap, "engagements").problems[0].row == 1
    registry.close()


def test_that_two_possible_matches_are_refused_and_not_guessed(registry, tmp_path):
    edit.add(registry, "compounds", {"name": "大关东三苑", "community": "340102001001"})
    path = a_csv(tmp_path / "a.csv", ["name", "households"], ["大关东三苑", "9"])
    made = plan(registry, path, "compounds")
    assert made.rows[0].action == "refuse"
    assert "C1" in made.problems[0].message.en
    narrowed = a_csv(
        tmp_path / "a.csv", ["name", "households", "community"], ["大关东三苑", "9", "340102001001"]
    )
    assert plan(registry, narrowed, "compounds").rows[0].action == "change"


def test_that_a_code_of_another_kind_is_refused(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "name", "type"], ["C1", "支部", "branch"])
    assert assert_refused_unwritten(registry, path, "organisations")[0].column == "code"


def test_that_a_wrong_map_names_what_there_is(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["小区名称"], ["a"])
    with pytest.raises(InvalidInput) as caught:
        plan(registry, path, "compounds", mapping={"height": "小区名称", "name": "楼盘"})
    assert [p.column for p in caught.value.problems] == ["height", "楼盘"]
    assert "households" in caught.value.problems[0].message.en
    assert "小区名称" in caught.value.problems[1].message.en
    with pytest.raises(InvalidInput):
        plan(registry, path, "castles")


def test_that_a_grid_without_code_is_numbered_within_its_community(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv", ["网格名称", "社区"], ["三", "340102001001"], ["四", "340102001001"], ["五", ""]
    )
    assert brought_in(registry, path, "grids").codes == ("340102001001003", "340102001001004", "G000001")


def test_that_streets_need_their_code_or_the_district_of_a_provisional_one(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["name"], ["新街道"])
    (row,) = plan(registry, path, "streets").rows
    assert [row.code, *registry.dataset.of("districts")] == ["340102900", "340102"]


@pytest.mark.parametrize(
    ("kind", "header", "row"),
    [
        ("facts", ["subject", "key", "value"], ["C1", "业委会", "筹备"]),
        ("facts", ["subject", "key", "value", "valid_from"], ["C1", "gate_guard", "有", "2024-05-01"]),
        (
            "households",
            ["subject", "on", "households", "imported", "matched"],
            ["C1", "2026-01-01", "412", "400", "300"],
        ),
        ("cases", ["小区", "level", "state", "opened"], ["C1", "社区", "受理", "2026-01-05"]),
        (
            "assessments",
            ["subject", "scheme", "item", "score", "on"],
            ["C1", "5 个有和 10 个好", "goods1", "0.5", "2026-01-05"],
        ),
        ("stations", ["name", "类型", "lon", "lat"], ["驿站", "网格驿站", LON, LAT]),
        ("buildings", ["name", "小区", "层数"], ["1幢", "大关东三苑", "6"]),
    ],
)
def test_that_every_kind_comes_in_and_comes_in_once(registry, tmp_path, kind, header, row):
    path = a_csv(tmp_path / "a.csv", header, row)
    crs = "EPSG:4490" if "lon" in header else None
    assert brought_in(registry, path, kind, crs=crs).change
    assert plan(registry, path, kind, crs=crs).counts["same"] == 1


def test_that_an_attachment_comes_in_once(registry, tmp_path):
    edit.add(registry, "organisations", {"code": "O77", "name": "支部", "type": "branch"})
    path = a_csv(tmp_path / "a.csv", ["organisation", "to", "valid_from"], ["O77", "C1", "2026-01-01"])
    brought_in(registry, path, "attachments")
    assert plan(registry, path, "attachments").counts["same"] == 1
    twice = a_csv(tmp_path / "a.csv", ["organisation", "to"], ["O77", "C2"], ["O77", "C2"])
    counts = plan(registry, twice, "attachments").counts
    assert (counts["create"], counts["same"]) == (1, 1)


def test_that_a_registry_is_not_imported_into_itself(registry, tmp_path):
    (tmp_path / "link.gpkg").symlink_to(registry.path)
    for path in (registry.path, tmp_path / "link.gpkg"):
        with pytest.raises(InvalidInput) as caught:
            plan(registry, path, "compounds")
        assert "itself" in caught.value.message.en


def test_that_another_registry_can_be_imported(registry, tmp_path):
    (tmp_path / "other").mkdir()
    other = a_small_registry(tmp_path / "other", "b.gpkg")
    edit.set_values(other, ["C1"], {"households": "777"})
    other.close()
    made = plan(registry, other.path, "compounds", on_conflict="update")
    assert [c.field for row in made.rows for c in row.cells] == ["households"]
    assert made.counts["same"] == len(made.rows) - 1


def test_that_the_plan_prints_as_the_contract_says(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["name", "户数", "x"], ["新", "5", "1"])
    made = plan(registry, path, "compounds")
    document = made.as_json("en")
    assert list(document) == [
        "source",
        "layer",
        "kind",
        "crs",
        "datum",
        "encoding",
        "committed",
        "change",
        "counts",
        "rows",
        "left_columns",
        "notes",
        "columns",
        "questions",
        "besides",
        "missing",
        "edited",
        "habits",
    ]
    assert document["columns"] == [
        {"column": "name", "field": "name", "by": "heading"},
        {"column": "户数", "field": "households", "by": "heading"},
    ]
    assert document["rows"][0] == {
        "row": 1,
        "source": "a.csv",
        "layer": "a",
        "code": "C000001",
        "action": "create",
        "cells": [
            {"field": "name", "before": None, "after": "新"},
            {"field": "households", "before": None, "after": 5},
            {"field": "kind", "before": None, "after": "unknown"},
        ],
        "problems": [],
        "state": None,
        "candidates": [],
    }
    assert document["left_columns"] == [{"column": "x", "why": "unmapped"}]
    assert (document["committed"], document["change"]) == (False, None)
    json.dumps(document)


def test_that_the_dialog_sees_headings_and_their_meaning(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["小区名称", "户数", "x"], ["新", "5", "1"])
    seen = look(registry, ImportRequest(source=path, kind="compounds")).preview
    assert seen.columns == ("小区名称", "户数", "x")
    assert seen.taken == {"小区名称": "name", "户数": "households"}
    assert {"wkt", "surveyed", "gate_guard"} <= set(seen.fields)
