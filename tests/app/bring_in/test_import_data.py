"""Import: one plan for preview and commit, every problem with its place, the same file twice changes nothing."""

from __future__ import annotations

import csv
import hashlib
import json
from datetime import date

import openpyxl
import pytest
import shapely

from app.errors import Conflict, InvalidInput
from app.services.bring_in.import_data import (
    ImportRequest,
    commit_import,
    plan_import,
)
from app.services.bring_in.look import look
from app.services.edit import edit
from app.services.registry.registry import Registry
from tests.app.builders import LAT, LON, a_small_registry, square

TODAY = date(2026, 11, 22)


@pytest.fixture
def registry(tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.bring_in.import_data.today", lambda: TODAY)
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def a_csv(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def a_geojson(path, *features, crs=None):
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": p,
                "geometry": None if g is None else shapely.geometry.mapping(g),
            }
            for p, g in features
        ],
    }
    path.write_text(json.dumps({**document, **({"crs": crs} if crs else {})}), "utf-8")
    return path


def plan(registry, path, kind, **options):
    return plan_import(registry, ImportRequest(source=path, kind=kind, **options))


def brought_in(registry, path, kind, **options):
    made = plan(registry, path, kind, **options)
    assert made.problems == ()
    return commit_import(registry, made)


def content(registry):
    return hashlib.sha256(registry.path.read_bytes()).hexdigest()


def assert_refused_unwritten(registry, path, kind, **options):
    """Refuse, and leave the file byte for byte as it was. Returns the problems."""
    registry.close()
    before = content(registry)
    again = Registry.open(registry.path, by="tester")
    try:
        with pytest.raises(InvalidInput) as caught:
            commit_import(again, plan(again, path, kind, **options))
    finally:
        again.close()
    assert content(registry) == before
    assert caught.value.problems
    return caught.value.problems


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


def test_that_one_import_is_one_change_and_one_undo(registry, tmp_path):
    before = dict(registry.dataset.of("compounds"))
    path = a_csv(tmp_path / "a.csv", ["name", "gate_guard"], *([f"小区{n}", "有"] for n in range(5)))
    brought_in(registry, path, "compounds")
    assert len(registry.dataset.of("facts")) >= 5
    assert registry.history(limit=1)[0].verb == "import"
    registry.undo()
    assert set(registry.dataset.of("compounds")) == set(before)


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


def test_that_an_outline_finds_the_record_that_only_a_roster_named(registry, tmp_path):
    edit.add(registry, "compounds", {"code": "C7", "name": "只有名字"})
    path = a_geojson(tmp_path / "a.geojson", ({"name": "只有名字"}, square(0.015, 0.015)))
    made = plan(registry, path, "compounds")
    assert (made.rows[0].code, made.rows[0].action) == ("C7", "change")
    assert made.rows[0].cells[0].field == "geometry"


def test_that_a_code_of_another_kind_is_refused(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "name", "type"], ["C1", "支部", "branch"])
    assert assert_refused_unwritten(registry, path, "organisations")[0].column == "code"


def test_that_an_outline_that_crosses_itself_is_refused_with_its_place(registry, tmp_path):
    bow = shapely.Polygon([(LON, LAT), (LON + 0.002, LAT + 0.002), (LON + 0.002, LAT), (LON, LAT + 0.002)])
    line = shapely.LineString([(LON, LAT), (LON + 0.1, LAT)])
    path = a_geojson(
        tmp_path / "a.geojson", ({"name": "a"}, square(0, 0)), ({"name": "b"}, bow), ({"name": "c"}, line)
    )
    problems = assert_refused_unwritten(registry, path, "compounds")
    assert [p.row for p in problems] == [2, 3]
    assert "117.301, 31.861" in problems[0].message.en
    assert "LineString" in problems[1].message.en


def test_that_z_is_dropped_and_a_single_part_unwrapped(registry, tmp_path):
    flat = square(0.015, 0.015)
    high = shapely.force_3d(shapely.MultiPolygon([flat]), 12.0)
    code = brought_in(registry, a_geojson(tmp_path / "a.geojson", ({"name": "a"}, high)), "compounds").codes[
        0
    ]
    assert registry.dataset.find(code).geometry.equals_exact(flat, 0)


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:2263", "foot"),
        ("EPSG:4214", "local parameters"),
        ("EPSG:99999", "No CRS"),
        ("EPSG:28992", "4490"),
        ("EPSG:5773", "geographic"),
    ],
)
def test_that_a_crs_that_can_not_be_converted_is_refused(registry, tmp_path, crs, words):
    path = a_geojson(tmp_path / "a.geojson", ({"name": "a"}, square(0, 0)))
    with pytest.raises(InvalidInput) as caught:
        plan(registry, path, "compounds", crs=crs)
    assert words in caught.value.message.en


def test_that_metres_come_in_by_their_crs(registry, tmp_path):
    place = shapely.box(LON, LAT, LON + 0.001, LAT + 0.001)
    metres = registry.zone.to_metres([place])[0]
    path = a_geojson(tmp_path / "a.geojson", ({"name": "a"}, metres))
    assert "--crs" in plan(registry, path, "compounds").problems[0].message.en
    made = plan(registry, path, "compounds", crs=registry.zone.epsg)
    assert made.crs == registry.zone.epsg
    assert shapely.hausdorff_distance(made.rows[0].outline, place) < 1e-9


def test_that_swapped_coordinates_are_recognised(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["name", "lon", "lat"], ["a", LAT, LON])
    assert "swapped" in plan(registry, path, "compounds", crs="EPSG:4490").problems[0].message.en


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_that_a_shifted_datum_is_taken_back(registry, tmp_path, datum):
    from geo.datum import from_wgs84

    true = square(0.015, 0.015)
    shifted = shapely.transform(true, lambda p: from_wgs84(p, datum))
    path = a_geojson(tmp_path / "a.geojson", ({"name": "a"}, shifted))
    made = plan(registry, path, "compounds", datum=datum)
    assert made.datum == datum
    assert shapely.hausdorff_distance(made.rows[0].outline, true) < 1e-9
    with pytest.raises(InvalidInput):
        plan(registry, path, "compounds", datum="wgs72")


def test_that_a_wrong_map_names_what_there_is(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["小区名称"], ["a"])
    with pytest.raises(InvalidInput) as caught:
        plan(registry, path, "compounds", mapping={"height": "小区名称", "name": "楼盘"})
    assert [p.column for p in caught.value.problems] == ["height", "楼盘"]
    assert "households" in caught.value.problems[0].message.en
    assert "小区名称" in caught.value.problems[1].message.en
    with pytest.raises(InvalidInput):
        plan(registry, path, "castles")


def test_that_personal_columns_are_left_out_and_named(registry, tmp_path):
    identity = "11010519491231002X"
    path = a_csv(
        tmp_path / "a.csv",
        ["小区名称", "户主姓名", "address", "备注", "联系电话"],
        ["a", "张三", identity, "13800138000", "0551-1234567"],
    )
    made = plan(registry, path, "compounds")
    assert {left.column: left.why for left in made.left_columns} == dict.fromkeys(
        ["户主姓名", "address", "备注", "联系电话"], "personal"
    )
    assert identity not in json.dumps(made.as_json("zh"))
    path = a_csv(
        tmp_path / "a.csv", ["name", "address"], ["a", "路1号"], ["b", "路2号"], ["c", f"路3号 {identity}"]
    )
    assert [p.row for p in plan(registry, path, "compounds").problems] == [3]


def test_that_a_sheet_is_read_under_its_title_and_total_rows_are_skipped(registry, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "汇总"
    sheet.append(["瑶海区小区台账"])
    sheet.merge_cells("A1:C1")
    sheet.append(["填报：某街道", None, None])
    sheet.append(["小区名称", "户数", "建成年份"])
    sheet.append(["甲", 10, 1998])
    sheet.append([None, None, None])
    sheet.append(["乙", "好些", 1999])
    sheet.append(["合计", 30, None])
    book.save(tmp_path / "a.xlsx")
    made = plan(registry, tmp_path / "a.xlsx", "compounds")
    assert [(row.number, row.action) for row in made.rows] == [(4, "create"), (6, "refuse"), (7, "skip")]
    assert (made.problems[0].sheet, made.problems[0].row, made.problems[0].column) == ("汇总", 6, "户数")


def test_that_excel_days_and_number_codes_are_read(registry, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["社区代码", "社区名称", "街道代码", "valid_from"])
    book.active.append([340102001002, "新社区", 340102001000, date(2022, 3, 1)])
    book.save(tmp_path / "a.xlsx")
    brought_in(registry, tmp_path / "a.xlsx", "communities")
    record = registry.dataset.find("340102001002")
    assert (record.get("street"), record.valid_from) == ("340102001", date(2022, 3, 1))


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


def test_that_matched_above_imported_is_refused(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv", ["subject", "on", "imported", "matched"], ["C1", "2026-01-01", "10", "11"]
    )
    assert assert_refused_unwritten(registry, path, "households")[0].column == "matched"


def test_that_a_fact_without_a_day_is_the_same_tomorrow(registry, tmp_path, monkeypatch):
    roster = a_csv(tmp_path / "a.csv", ["code", "gate_guard"], ["C1", "有"])
    facts = a_csv(tmp_path / "f.csv", ["subject", "key", "value"], ["C1", "authority", "无"])
    brought_in(registry, roster, "compounds", on_conflict="update")
    brought_in(registry, facts, "facts")
    monkeypatch.setattr("app.services.bring_in.import_data.today", lambda: date(2026, 12, 24))
    assert plan(registry, roster, "compounds").counts["same"] == 1
    assert plan(registry, facts, "facts").counts["same"] == 1


def test_that_a_column_whose_code_repeats_is_no_code(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["code", "name"], *(["7203", f"n{k}"] for k in range(12)))
    made = plan(registry, path, "compounds")
    assert made.counts["create"] == 12
    assert "code" in made.notes[0].en
    assert plan(registry, path, "compounds", mapping={"code": "code"}).counts["refuse"] == 12


def test_that_a_firms_name_is_not_taken_for_an_answer(registry, tmp_path):
    path = a_csv(tmp_path / "a.csv", ["小区名称", "物业企业"], ["甲", "安居物业"], ["乙", "乐居物业"])
    made = plan(registry, path, "compounds")
    assert made.counts["create"] == 2
    assert made.taken["property_firm"] == "物业企业"  # a name says that there is one; whom it names is asked
    assert [question.column for question in made.questions] == ["物业企业"]


@pytest.mark.parametrize(
    ("heading", "word", "right"),
    [("门卫", "也许", "有"), ("物业企业", "也许", "无"), ("类型", "老旧小区楼", "老旧")],
)
def test_that_a_word_that_is_no_choice_is_refused_among_words_that_are(
    registry, tmp_path, heading, word, right
):
    path = a_csv(tmp_path / "a.csv", ["小区名称", heading], ["甲", word], ["乙", right])
    (problem,) = assert_refused_unwritten(registry, path, "compounds")
    assert (problem.row, problem.column, problem.value) == (1, heading, word)
    alone = plan(registry, a_csv(tmp_path / "b.csv", ["小区名称", heading], ["甲", word]), "compounds")
    assert alone.counts["create"] == 1
    assert [left.column for left in alone.left_columns] == [heading]
    assert any(word in note.zh for note in alone.notes)


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


def test_that_a_bad_cell_costs_the_cell_where_the_user_agrees(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv",
        ["小区名称", "户数", "建成年份", "社区"],
        ["甲", "很多", "1998", "340102001001"],
        ["乙", "5", "98", "340102001001"],
        ["丙", "5", "1999", "3.40102E+11"],
    )
    assert plan(registry, path, "compounds").counts["refuse"] == 3
    made = plan(registry, path, "compounds", drop_bad_cells=True)
    assert [row.action for row in made.rows] == ["create", "create", "refuse"]
    first, second, third = ({c.field: c.after for c in row.cells} for row in made.rows)
    assert ("households" in first, first["built_year"]) == (False, 1998)
    assert ("built_year" in second, second["households"]) == (False, 5)
    assert [(p.row, p.column) for p in made.problems] == [(1, "户数"), (2, "建成年份"), (3, "社区")]
    assert not third


def test_that_an_answer_settles_a_form_in_every_row_and_is_asked_once(registry, tmp_path):
    path = a_csv(
        tmp_path / "a.csv", ["小区名称", "建成年份", "户数"], ["甲", "98", "无"], ["乙", 98, "无"], ["丙", "90年代", "120户"]
    )  # fmt: skip
    made = plan(registry, path, "compounds")
    asked = {(question.column, question.form, question.rows) for question in made.questions}
    assert asked == {("建成年份", "98", 2), ("户数", "无", 2), ("建成年份", "90年代", 1)}
    assert [row.state for row in made.rows] == ["asked"] * 3
    answers = {"建成年份:98": "1998", "建成年份:90年代": "leave", "户数": "0"}
    made = plan(registry, path, "compounds", answers=answers)
    assert made.problems == made.questions == ()
    said = [{c.field: c.after for c in row.cells} for row in made.rows]
    assert [(row.get("built_year"), row.get("households")) for row in said] == [
        (1998, 0),
        (1998, 0),
        (None, 120),
    ]


def test_that_a_text_comes_in_without_the_person_where_the_user_agrees(registry, tmp_path):
    number = "13800138000"
    path = a_csv(
        tmp_path / "a.csv",
        ["小区名称", "地址"],
        ["甲", f"路1号 张某 {number}"],
        ["乙", "路2号"],
        ["丙", "路3号"],
    )
    made = plan(registry, path, "compounds")
    assert made.rows[0].state == "asked"
    assert "路1号" in made.problems[0].message.zh
    assert number not in json.dumps(made.as_json("zh"))
    made = plan(registry, path, "compounds", answers={"地址": "cut"})
    assert {c.field: c.after for c in made.rows[0].cells}["address"] == "路1号"
    assert number not in json.dumps(made.as_json("zh"))
