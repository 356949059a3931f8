"""Who is who: rows of one file about one thing, the record a row means, references by name."""

from __future__ import annotations

import pytest
from shapely import box

from app.errors import InvalidInput
from tests.app.exchange.qinglan import EAST, SOUTH, WEST, compounds, dataset, planned, plot, rec, told

NAMED = ["小区名称", "社区", "户数"]


@pytest.fixture
def base():
    return dataset(*compounds())


def said(plan, number):
    (row,) = [row for row in plan.rows if row.number == number]
    return " ".join(problem.message.zh for problem in row.problems)


# the file with itself


def test_that_rows_of_one_file_about_one_thing_are_one_record_and_contradictions_name_both(base):
    plan = planned(
        base,
        "compounds",
        NAMED,
        ["芷兰里", "柳东社区", "150"],
        ["芷兰里", "柳东社区", "150"],
        ["芷兰庭", "柳东社区", "160"],
        ["芷兰庭", "柳东社区居委会", "170"],
        ["新月湾", "柳西社区", "100"],
        ["新月湾小区", "柳西社区", "100"],
        ["海棠湾", "柳西社区", "100"],
        ["海棠湾", "柳西社区", "120"],
    )
    assert plan.counts == {"create": 1, "change": 1, "same": 2, "skip": 0, "refuse": 4}
    assert told(plan)[:2] == [(1, "change", "Q002"), (2, "same", "Q002")]
    assert "第 3、4 行" in said(plan, 3)
    assert "160、170" in said(plan, 4)


def test_that_what_one_row_says_beyond_another_of_the_same_thing_is_taken(base):
    header = ["小区名称", "社区", "户数", "人口"]
    rows = [["新月湾", "柳西", "100", ""], ["新月湾", "柳西", "", "260"]]
    (first, second) = planned(base, "compounds", header, *rows).rows
    assert {"households": 100, "residents": 260}.items() <= cells_of(first).items()
    assert (second.action, second.code) == ("same", first.code)


@pytest.mark.parametrize(
    ("header", "rows", "counts"),
    [
        (["小区名称", "社区", "地址"], [["甲", "柳东", "柳路1号"], ["甲", "柳东", "柳路2号"]], (2, 0, 0)),
        (["小区名称", "社区", "地址"], [["甲", "柳东", "柳路1号"], ["甲", "柳西", "柳路1号"]], (2, 0, 0)),
        (["小区名称", "小区代码", "社区"], [["甲", "X1", "柳东"], ["甲", "X2", "柳东"]], (2, 0, 0)),
        (
            ["小区名称", "社区"],
            [["银杏园一期", "柳东"], ["银杏园1期", "柳东"], ["银杏园二期", "柳东"]],
            (2, 1, 0),
        ),
        (["小区名称", "社区", "户数"], [["甲", "柳东", "5"], ["甲", "", "5"]], (1, 1, 0)),
        (
            ["小区名称", "社区", "户数"],
            [["甲", "柳东", "5"], ["甲", "柳西", "6"], ["甲", "", "5"]],
            (3, 0, 0),
        ),
    ],
)
def test_that_what_tells_things_apart_keeps_them_apart(base, header, rows, counts):
    plan = planned(base, "compounds", header, *rows)
    assert (plan.counts["create"], plan.counts["same"], plan.counts["refuse"]) == counts


def test_that_firms_stations_and_outlines_repeat_alike(base):
    firms = planned(base, "firms", ["企业名称"], ["青岚物业有限公司"], ["青岚物业有限责任公司"])
    assert (firms.counts["create"], firms.counts["same"]) == (1, 1)
    stations = planned(base, "stations", ["站点名称", "类型"], ["柳驿", "grid_post"], ["柳驿", "grid_post"])
    assert (stations.counts["create"], stations.counts["same"]) == (1, 1)
    one = [["甲"], ["甲"], ["乙"]]
    drawn = planned(base, "compounds", ["name"], *one, outlines=[plot(40), plot(40), plot(40)])
    assert drawn.counts["refuse"] == 3
    twice = planned(base, "compounds", ["name"], *one[:2], outlines=[plot(40), plot(40)])
    assert (twice.counts["create"], twice.counts["same"]) == (1, 1)


# the file with the registry


def test_that_an_outline_under_another_name_is_the_same_record_and_the_name_its_change(base):
    plan = planned(base, "compounds", ["name"], ["碧水华庭"], outlines=[plot(0)])
    (row,) = plan.rows
    assert (row.action, row.code, [cell.field for cell in row.cells]) == ("change", "Q001", ["name"])


def test_that_an_outline_drawn_a_few_metres_off_is_proposed_with_its_share(base):
    (row,) = planned(base, "compounds", ["name"], ["碧水华庭"], outlines=[plot(0, shift=0.0002)]).rows
    assert (row.action, row.state) == ("refuse", "asked")
    (one,) = row.candidates
    assert one.code == "Q001"
    assert "80%" in one.evidence.zh
    assert one.distance == pytest.approx(0.2, abs=0.01)


def test_that_outline_and_name_that_mean_two_records_are_refused(base):
    (row,) = planned(base, "compounds", ["name", "社区"], ["芷兰里", "柳东"], outlines=[plot(0)]).rows
    assert {one.code for one in row.candidates} == {"Q001", "Q002"}


def test_that_a_name_drawn_next_to_where_it_lies_is_asked_about(base):
    (row,) = planned(base, "compounds", ["name"], ["芷兰苑"], outlines=[plot(0, shift=-0.003)]).rows
    assert row.state == "asked"
    assert "相距" in row.candidates[0].evidence.zh


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("桂雨花园1期", "Q007"),
        ("桂雨花园Ⅱ期", "Q008"),
        ("桂雨花\u5712（二期）", "Q008"),
        ("桂雨花园第2期", "Q008"),
        ("芷兰 苑", "Q001"),
        ("芷兰\u200b苑", "Q001"),
        ("芷\u862d苑", "Q001"),
        ("芷兰苑小区", "Q001"),
        ("【芷兰苑】", "Q001"),
    ],
)
def test_that_a_name_of_the_same_normal_form_is_the_same_and_no_change_of_name(base, written, code):
    (row,) = planned(base, "compounds", NAMED, [written, "柳东社区", ""]).rows
    assert (row.action, row.code) == ("same", code)


@pytest.mark.parametrize("written", ["芷兰院", "芷蓝苑", "芷兰新苑", "兰芷苑"])
def test_that_a_name_one_letter_off_in_the_same_community_is_proposed_and_never_created(base, written):
    (row,) = planned(base, "compounds", NAMED, [written, "柳东社区", "101"]).rows
    assert (row.action, row.state) == ("refuse", "asked")
    assert row.candidates[0].code == "Q001"
    assert "户数相同" in row.candidates[0].evidence.zh
    assert row.as_json("zh")["candidates"][0] == {
        "code": "Q001",
        "name": "芷兰苑",
        "evidence": row.candidates[0].evidence.zh,
        "distance": row.candidates[0].distance,
    }


@pytest.mark.parametrize(
    ("written", "at"),
    [("桂雨花园三期", "柳东"), ("芷兰苑", "柳西"), ("芷兰院", "松南社区"), ("听雨轩", "柳东")],
)
def test_that_another_number_another_community_and_another_name_are_new(base, written, at):
    (row,) = planned(base, "compounds", NAMED, [written, at, ""]).rows
    assert row.action == "create"


def test_that_a_record_without_a_recorded_community_stands_where_its_outline_lies():
    ground = box(117.2, 31.89, 117.3, 31.91)
    drawn = rec("communities", EAST, name="柳东社区居委会", street="990001001", outline=ground)
    data = dataset(drawn, rec("compounds", "Q1", name="芷兰苑", kind="old", outline=plot(3)))
    here = planned(data, "compounds", NAMED, ["芷兰苑", "柳东社区", ""]).rows[0]
    assert here.code == "Q1"
    assert here.because.zh == "名称 + 社区"
    assert planned(data, "compounds", NAMED, ["芷兰院", "柳东社区", ""]).rows[0].state == "asked"
    assert planned(data, "compounds", NAMED, ["芷兰苑", "柳西社区", ""]).rows[0].state == "asked"
    assert planned(data, "compounds", NAMED, ["芷兰院", "柳西社区", ""]).rows[0].action == "create"


def test_that_a_record_which_another_row_means_is_no_candidate(base):
    plan = planned(
        base,
        "compounds",
        NAMED,
        ["荷风院", "松南社区", ""],
        ["荷风苑", "松南社区", ""],
        ["荷风里", "松南社区", ""],
    )
    assert [row.action for row in plan.rows] == ["create", "same", "same"]


def test_that_another_address_of_the_same_name_is_asked_about():
    data = dataset(rec("compounds", "Q1", name="甲园", community=EAST, address="青岚路12号", kind="old"))
    header = ["小区名称", "社区", "地址"]
    same, other = (
        planned(data, "compounds", header, ["甲园", "柳东", "青岚区青岚路12号"]),
        planned(data, "compounds", header, ["甲园", "柳东", "青岚路88号"]),
    )
    assert same.rows[0].code == "Q1"
    assert other.rows[0].state == "asked"


def test_that_a_new_name_at_the_same_house_with_the_same_households_is_asked_about():
    data = dataset(
        rec(
            "compounds",
            "Q1",
            name="棉纺厂宿舍",
            community=EAST,
            address="青岚路12号",
            households=80,
            kind="old",
        )
    )
    header = ["小区名称", "社区", "地址", "户数"]
    (row,) = planned(data, "compounds", header, ["锦绣家园", "柳东", "青岚路12号", "80"]).rows
    assert row.state == "asked"
    assert row.candidates[0].code == "Q1"


def test_that_a_firm_is_known_by_its_legal_form_left_out_and_another_credit_code_is_another_firm():
    data = dataset(rec("firms", "F1", name="青岚安居物业有限公司", credit_code="91340100MA2N7QXK34"))
    assert planned(data, "firms", ["企业名称"], ["青岚安居物业"]).rows[0].code == "F1"
    (row,) = planned(data, "firms", ["企业名称"], ["青岚安居物业服务有限公司"]).rows
    assert row.state == "asked"


# codes that deny the rest


def test_that_serial_numbers_under_a_heading_of_codes_become_no_codes(base):
    header = ["编号", "小区名称", "社区", "户数"]
    plan = planned(base, "compounds", header, *[[str(n), f"柳堤{n}号院", "柳东", "7"] for n in (1, 2, 3)])
    assert [row.code for row in plan.rows] == ["C000001", "C000002", "C000003"]
    assert any("顺序号" in note.zh for note in plan.notes)
    mapped = planned(base, "compounds", header, ["1", "柳堤院", "柳东", "7"], mapping={"code": "编号"})
    assert mapped.rows[0].code == "1"


def test_that_codes_which_look_like_codes_stay_codes(base):
    header = ["编号", "小区名称", "社区"]
    plan = planned(base, "compounds", header, ["JD-001", "甲", "柳东"], ["JD-002", "乙", "柳东"])
    assert [row.code for row in plan.rows] == ["JD-001", "JD-002"]


def test_that_a_code_against_name_and_place_is_refused_and_a_rename_by_code_is_not(base):
    header = ["小区代码", "小区名称", "社区"]
    plan = planned(
        base, "compounds", header, ["Q001", "北坡一号院", "松南社区"], ["Q002", "芷兰新里", "柳东"]
    )
    assert [row.action for row in plan.rows] == ["refuse", "change"]
    assert plan.rows[0].candidates[0].code == "Q001"
    other = planned(base, "compounds", header, ["Q001", "荷风里", "松南社区"]).rows[0]
    assert {one.code for one in other.candidates} == {"Q001", "Q026"}


def test_that_a_new_code_for_what_is_registered_under_another_is_asked_about(base):
    (row,) = planned(base, "compounds", ["小区代码", "小区名称", "社区"], ["JD-9", "芷兰苑", "柳东"]).rows
    assert row.state == "asked"
    assert "代码不同" in row.candidates[0].evidence.zh


# references


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("柳东社区居委会", EAST),
        ("柳东社区", EAST),
        ("柳东", EAST),
        ("柳 东社区居委会", EAST),
        ("柳东居民委员会", EAST),
        ("柳\u6771社\u5340", EAST),
        ("柳溪街道柳东社区", EAST),
        ("'990001001001", EAST),
        ("松南社区", SOUTH),
        ("松南村", "990001002002"),
    ],
)
def test_that_a_community_is_known_by_what_people_call_it(base, written, code):
    (row,) = planned(base, "compounds", ["小区名称", "社区"], ["新院", written]).rows
    assert cells_of(row).get("community") == code, said_of(row)


@pytest.mark.parametrize(
    ("community", "grid", "code"),
    [
        ("柳东", "第一网格", EAST + "001"),
        ("柳东", "1号网格", EAST + "001"),
        ("柳东", "网格01", EAST + "001"),
        ("柳东", "001", EAST + "001"),
        ("柳西", "第二网格", WEST + "002"),
        ("", "柳西第2网格", WEST + "002"),
        ("柳西", "柳西社区第2网格", WEST + "002"),
    ],
)
def test_that_a_grid_is_known_by_its_number_within_the_community_of_the_row(base, community, grid, code):
    header = ["小区名称", "社区", "网格"]
    (row,) = planned(base, "compounds", header, ["新院", community, grid]).rows
    assert cells_of(row).get("grid") == code, said_of(row)


def test_that_a_name_that_nobody_or_several_have_names_the_nearest_and_the_way_to_say_it(base):
    nobody = planned(base, "compounds", ["小区名称", "社区"], ["新院", "柳冬社区"])
    assert "没有叫“柳冬社区”的社区" in said(nobody, 1)
    assert "柳东社区居委会" in said(nobody, 1)
    answered = planned(
        base, "compounds", ["小区名称", "社区"], ["新院", "柳冬社区"], answers={"柳冬社区": EAST}
    )
    assert answered.rows[0].action == "create"
    several = planned(base, "compounds", ["小区名称", "社区"], ["新院", "松南"])
    assert "有 2 个" in said(several, 1)
    assert SOUTH in said(several, 1)


def test_that_a_code_which_a_spreadsheet_cut_is_said_to_be_cut(base):
    plan = planned(base, "compounds", ["小区名称", "网格"], ["新院", "9.90001E+14"])
    assert "丢" in said(plan, 1)


def test_that_a_row_that_contradicts_itself_is_refused(base):
    header = ["小区名称", "社区", "网格"]
    plan = planned(base, "compounds", header, ["新院", "柳西社区居委会", EAST + "001"])
    assert "网格" in said(plan, 1)
    assert "社区" in said(plan, 1)


def test_that_firms_and_compounds_are_referred_to_by_their_normal_names(base):
    data = dataset(*compounds(), rec("firms", "F1", name="青岚安居物业服务有限公司"))
    header = ["企业", "小区", "阶段"]
    (row,) = planned(data, "engagements", header, ["青岚安居物业", "桂雨花园1期", "contract"]).rows
    assert {"firm": "F1", "compound": "Q007"}.items() <= cells_of(row).items(), said_of(row)


# answers


def test_that_every_question_is_answered_by_an_option(base):
    rows = [["荷风院", "松南社区", "125"], ["芷兰院", "柳东", ""], ["芷兰亭", "柳东", ""]]
    answers = {"1": "Q025", "2": "new", "3": "leave"}
    plan = planned(base, "compounds", NAMED, *rows, answers=answers)
    assert told(plan) == [(1, "change", "Q025"), (2, "create", "C000001"), (3, "skip", None)]
    assert [cell.field for cell in plan.rows[0].cells] == ["name"]
    with pytest.raises(InvalidInput, match="没有第 9 行"):
        planned(base, "compounds", NAMED, *rows, answers={"9": "new"})


# what the file leaves out


def test_that_what_is_registered_where_the_file_speaks_of_but_not_in_it_is_mentioned(base):
    plan = planned(base, "compounds", NAMED, ["荷风里", "松南社区", "131"])
    assert [one.code for one in plan.missing] == ["Q025"]
    assert any("松南社区居委会" in note.zh and "荷风苑" in note.zh for note in plan.notes)
    asked = planned(base, "compounds", NAMED, ["荷风里", "松南社区", ""], ["荷风雅苑", "松南社区", "125"])
    assert asked.missing == ()
    assert planned(base, "compounds", NAMED, ["新院", "松南社区", ""]).missing == ()
    clash = [["荷风里", "松南社区", ""], ["荷风苑", "松南社区", "1"], ["荷风苑", "松南社区", "2"]]
    assert planned(base, "compounds", NAMED, *clash).missing == ()


@pytest.mark.parametrize("unit", ["990001001", "柳溪街道", "柳溪"])
def test_that_a_file_that_is_the_whole_of_a_unit_lists_what_is_to_be_ended_and_ends_nothing(base, unit):
    plan = planned(base, "compounds", NAMED, ["芷兰苑", "柳东", "101"], whole_of=unit)
    assert [one.code for one in plan.missing] == ["Q002", "Q003", "Q007", "Q008"]
    assert plan.edits == ()
    assert "没有替你终止" in plan.notes[-1].zh
    with pytest.raises(InvalidInput, match="没有叫"):
        planned(base, "compounds", NAMED, ["芷兰苑", "柳东", "101"], whole_of="天街")


def test_that_a_name_nobody_has_is_asked_about_once_however_many_rows_write_it(base):
    rows = [[f"新院{n}号", "柳冬社区"] for n in (1, 2, 3)]
    error = planned(base, "compounds", ["小区名称", "社区"], *rows).refusal()
    (problem,) = error.problems
    assert problem.row == 1
    assert "还有 2 行这样写：2、3" in problem.message.zh


def cells_of(row):
    return {cell.field: cell.after for cell in row.cells}


def said_of(row):
    return [problem.message.zh for problem in row.problems]


@pytest.mark.parametrize(
    ("name", "count", "codes"),
    [
        ("芷兰苑A区", 90, ["Q001"]), ("芷兰苑东区", 90, ["Q001"]), ("桂雨花园一、二期", 90, ["Q007", "Q008"]), ("桂雨花园1-2期", 90, ["Q007", "Q008"]),
        ("桂雨花园1~2期", 90, ["Q007", "Q008"]), ("芷兰苑、芷兰里", 90, ["Q001", "Q002"]), ("芷兰苑/芷兰里", 90, ["Q001", "Q002"]),
        ("柳溪路芷兰苑", 101, ["Q001"]), ("芷兰苑（老旧）", 101, ["Q001"]),
    ],
)  # fmt: skip
def test_that_a_part_several_parts_and_joined_names_are_proposed_and_never_created(name, count, codes):
    plan = planned(
        dataset(*compounds()), "compounds", ("小区名称", "社区", "户数"), (name, "柳东社区", count)
    )
    assert plan.rows[0].state == "asked"
    assert [one.code for one in plan.rows[0].candidates] == codes


@pytest.mark.parametrize(
    ("name", "count"),
    [("桂雨花园三期", 107), ("桂雨花园十二期", 107), ("芷兰苑广场", 90), ("柳溪路芷兰苑", 90), ("兰苑", 101)],
)
def test_that_what_only_shares_a_part_of_its_name_is_new(name, count):
    plan = planned(
        dataset(*compounds()), "compounds", ("小区名称", "社区", "户数"), (name, "柳东社区", count)
    )
    assert plan.counts["create"] == 1
