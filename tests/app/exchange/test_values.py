"""What people write in a cell: a table of forms by type, and forms drawn anew that are never read wrongly."""

from __future__ import annotations

import string
from datetime import UTC, date, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.errors import InvalidInput
from app.exchange.values.answers import read_answer, read_choice
from app.exchange.values.cells import CellReader
from app.exchange.values.chinese_number import chinese_number
from app.exchange.values.days import read_written_day, read_year
from app.exchange.values.numbers import (
    count_units,
    heading_scale,
    read_area,
    read_count,
    read_money,
    read_plain_number,
    read_rate,
)
from app.exchange.values.outcome import NOTHING_KNOWN, Unclear
from app.exchange.values.persons import without_person
from app.exchange.values.places import read_coordinate, read_pair
from app.exchange.values.plain import folded
from app.exchange.values.written_codes import written_code
from app.services.profile.profiles import load_profile

TODAY = date(2026, 11, 22)
HOUSEHOLDS = count_units("households")
ASKED, NOTHING, REFUSED = "asked", "nothing", "refused"


def outcome(read, *given, **named):
    try:
        found = read(*given, **named)
    except Unclear as question:
        return ASKED, [option.value for option in question.options if option.value != "leave"]
    except InvalidInput:
        return REFUSED, []
    return (NOTHING, []) if found is NOTHING_KNOWN else (found.value, found.said is not None)


@pytest.mark.parametrize(
    ("written", "value", "is_said"),
    [
        ("120", 120, False), ("１２０", 120, False), ("1,200", 1200, False), ("1，200", 1200, False), ("120\xa0", 120, False),
        ("120.0", 120, False), (120.0, 120, False), (0, 0, False), ("0", 0, False), ("120户", 120, False), ("120 户", 120, False),
        ("１２０户", 120, False), ("120家", 120, False), ("120个", 120, False), ("120（户）", 120, False), ("120户。", 120, False),
        ("共120户", 120, False), ("1 200", 1200, False), ("1,234,567户", 1234567, False), ("0户", 0, False),
        ("约120", 120, True), ("约120户", 120, True), ("120左右", 120, True), ("120户左右", 120, True), ("120余户", 120, True),
        ("120多户", 120, True), ("近120", 120, True), ("大约120户", 120, True), ("≈120", 120, True), ("~120", 120, True),
        ("120+", 120, True), ("120户（含商铺）", 120, True), ("一百二十", 120, True), ("一百二十户", 120, True), ("壹佰贰拾", 120, True),
        ("二十", 20, True), ("1.2万", 12000, False), ("1.2万户", 12000, False), ("3千户", 3000, False), ("3百", 300, False),
        ("一千二", 1200, True), ("三百五", 350, True), ("一千零二", 1002, True), ("120戶", 120, False), ("120（约）", 120, True),
        ("120①", 120, False), ("120²", 120, False), ("120户³", 120, False),
    ],
)  # fmt: skip
def test_that_counts_are_read(written, value, is_said):
    assert outcome(read_count, written, HOUSEHOLDS) == (value, is_said)


@pytest.mark.parametrize(
    "written", ["-", "—", "——", "－", "/", "／", "\\", "不详", "未知", "待查", "N/A", "n/a", "NULL", "…", "*", "？", "暂缺", "未统计", "待核实"]
)  # fmt: skip
def test_that_nothing_known_writes_nothing_and_is_never_0(written):
    for read in (
        lambda raw: read_count(raw, HOUSEHOLDS),
        lambda raw: read_year(raw, TODAY),
        read_money,
        read_rate,
    ):
        assert outcome(read, written)[0] == NOTHING
    assert outcome(read_written_day, written, today=TODAY)[0] == NOTHING
    assert outcome(read_answer, written)[0] in (NOTHING, "unknown")


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("无", ["0"]), ("120人", ["120"]), ("120套", ["120"]), ("100-120", ["100", "120"]), ("100～120户", ["100", "120"]),
        ("100至120", ["100", "120"]), ("1,20", ["1", "20"]), ("120/130", ["120", "130"]), ("1号楼60，2号楼60", ["1", "60", "2"]),
        ("1.2E+03", []), ("120㎡", ["120"]),
    ],
)  # fmt: skip
def test_that_unclear_counts_are_asked_about(written, offered):
    assert outcome(read_count, written, HOUSEHOLDS) == (ASKED, offered)


@pytest.mark.parametrize("written", ["-5", -5, 1.5, "好些", True, "1e400", float("inf")])
def test_that_what_is_no_count_is_refused_or_asked(written):
    assert outcome(read_count, written, HOUSEHOLDS)[0] in (REFUSED, ASKED)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1998", 1998), ("１９９８", 1998), (1998, 1998), (1998.0, 1998), ("1998.0", 1998), ("1998年", 1998), ("1998.6", 1998),
        (1998.6, 1998), ("1998-06-01", 1998), ("1998/6/1", 1998), ("1998年6月", 1998), ("1998年6月1日", 1998), (date(1998, 6, 1), 1998),
        (datetime(1998, 6, 1, 10, tzinfo=UTC), 1998), ("1998年建成", 1998), ("1998年底", 1998), ("约1998年", 1998), ("1998年左右", 1998),
        ("1998（翻建）", 1998), ("二〇〇三年", 2003), ("一九九八", 1998), ("1998-06-01 00:00:00", 1998), ("199806", 1998), ("2027", 2027),
    ],
)  # fmt: skip
def test_that_years_are_read(written, value):
    assert outcome(read_year, written, TODAY)[0] == value


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("98", ["1998"]), (98, ["1998"]), ("98年", ["1998"]), ("05", ["2005"]), ("90年代", ["1990", "1999"]),
        ("上世纪八十年代", ["1980", "1989"]), ("1990年代", ["1990", "1999"]), ("2003-2005", ["2003", "2005"]),
        ("2003、2005", ["2003", "2005"]), ("2003年至2005年", ["2003", "2005"]), ("1998年以前", ["1998"]), ("35947", ["1998"]),
        ("1700", []), ("2090", []), ("19988", ["1954"]),
    ],
)  # fmt: skip
def test_that_unclear_years_are_asked_about(written, offered):
    assert outcome(read_year, written, TODAY) == (ASKED, offered)


@pytest.mark.parametrize(
    ("written", "value", "is_said"),
    [
        ("2023.5.1", "2023-05-01", False), ("2023年5月1日", "2023-05-01", False), ("2023/5/1", "2023-05-01", False),
        ("45047", "2023-05-01", False), (45047, "2023-05-01", False), (45047.0, "2023-05-01", False), (45047.4375, "2023-05-01", True),
        (date(2023, 5, 1), "2023-05-01", False), ("2023-5-1 00:00", "2023-05-01", False), ("20230501", "2023-05-01", False),
        (20230501, "2023-05-01", False), ("2023-5-1 10:30", "2023-05-01", True), ("2022-03-01 12:00", "2022-03-01", True),
        ("2023年5月1号", "2023-05-01", False), ("2023 年 5 月 1 日", "2023-05-01", False), ("2023。5。1", "2023-05-01", False),
        ("2022-03-01T00:00:00+08:00", "2022-03-01", True), ("2026-06-30T16:00:00Z", "2026-07-01", True),
        ("2023年5月", "2023-05-01", True), ("2023-05", "2023-05-01", True), ("2023.5", "2023-05-01", True), ("202305", "2023-05-01", True),
        ("23/5/1", "2023-05-01", True), ("23.5.1", "2023-05-01", True), ("13/5/2023", "2023-05-13", True),
        ("二〇二三年五月一日", "2023-05-01", False), ("May 1, 2023", "2023-05-01", False), ("1 May 2023", "2023-05-01", False),
        ("2023年5月1日上午10:30", "2023-05-01", True), ("2023-05-01 10:30:15.5", "2023-05-01", True),
    ],
)  # fmt: skip
def test_that_days_are_read(written, value, is_said):
    found = outcome(read_written_day, written, today=TODAY)
    assert (str(found[0]), found[1]) == (value, is_said)


@pytest.mark.parametrize(
    ("written", "offered"),
    [
        ("5月1日", ["2026-05-01"]), ("5/1", ["2026-05-01"]), ("1/5/2023", ["2023-05-01", "2023-01-05"]),
        ("2023年", ["2023-01-01", "2023-12-31"]), ("2023", ["2023-01-01", "2023-12-31"]),
        ("2023-5-1至2024-4-30", ["2023-05-01", "2024-04-30"]), ("2023年5月上旬", []),
    ],
)  # fmt: skip
def test_that_unclear_days_are_asked_about(written, offered):
    assert outcome(read_written_day, written, today=TODAY) == (ASKED, offered)


def test_that_a_short_day_follows_its_column_and_a_month_is_asked_where_the_day_counts():
    assert outcome(read_written_day, "23/5/1", today=TODAY, column=["23/5/1", "31/12/22"])[0] == ASKED
    assert outcome(read_written_day, "23/5/1", today=TODAY, column=["23/5/1", "1/5/2023"])[0] == ASKED
    assert outcome(read_written_day, "2023年2月", today=TODAY, is_as_of=True) == (
        ASKED,
        ["2023-02-01", "2023-02-28"],
    )
    assert outcome(read_written_day, "2023-02-30", today=TODAY)[0] == REFUSED


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *((w, "yes") for w in ("是", "有", "1", 1, 1.0, True, "Y", "yes", "TRUE", "√", "✓", "✔", "☑", "已有", "已建", "已成立", "已配备", "具备")),
        *((w, "no") for w in ("否", "无", "0", 0, False, "N", "false", "×", "\u2717", "没有", "未建", "未成立", "未配备", "暂无", "尚无", "x")),
        *((w, "unknown") for w in ("未知", "不详", "不清楚", "待核实", "待查", "unknown")),
        *((w, NOTHING) for w in ("/", "-", "—", "……", "☐有 ☐无", "□有□无")),
        ("有（24小时）", "yes"), ("有，24小时", "yes"), ("无（2023年核）", "no"), ("☑有 ☐无", "yes"), ("有□无☑", "no"), ("□是 ■否", "no"),
    ],
)  # fmt: skip
def test_that_answers_are_read(written, value):
    assert outcome(read_answer, written)[0] == value


@pytest.mark.parametrize(
    "written", ["有（已停用）", "无（正在筹建）", "换届中", "部分有", "在建", "2人", "也许", "有（原有）", "安居物业有限公司", "○"]
)  # fmt: skip
def test_that_unclear_answers_are_asked_about(written):
    assert outcome(read_answer, written)[0] == ASKED


@pytest.mark.parametrize(
    ("name", "written", "value"),
    [
        *(("owners_committee", w, "elected") for w in ("在任", "elected", "有", "已成立", "在任（第二届）")),
        *(("owners_committee", w, "none") for w in ("无", "没有", "未成立", "none", "×", "尚未成立")),
        *(("owners_committee", w, "preparing") for w in ("筹备", "筹备中", "正在筹备", "筹建中")),
        ("owners_committee", "未知", "unknown"), ("owners_committee", "待核实", "unknown"), ("owners_committee", "停摆", "suspended"),
        ("owners_committee", "换届中", ASKED), ("owners_committee", "/", NOTHING),
        *(("organisation_type", w, "branch") for w in ("支部", "党支部", "branch", "Branch", " 党 支部".replace(" ", ""))),
        ("organisation_type", "总支", "general_branch"), ("organisation_type", "党小组", "group"), ("organisation_type", "联合党支部", ASKED),
        ("organisation_type", "网格党支部", "grid_branch"),
        *(("compound_kind", w, "old") for w in ("老旧", "老旧小区", "老小区", "old", "OLD")),
        *(("compound_kind", w, "commercial") for w in ("商品房", "商品房小区", "商品住宅")),
        *(("compound_kind", w, "resettlement") for w in ("回迁", "回迁小区", "安置房", "安置小区", "拆迁安置")),
        *(("compound_kind", w, ASKED) for w in ("多层", "高层", "老旧小区楼", "building", "商品房、安置房")),
        ("compound_kind", "不详", "unknown"), ("case_level", "小区级", "compound"), ("case_state", "已办结", "closed"),
        ("firm_list", "红名单", "red"), ("firm_list", "不在榜", "none"), ("stage", "正式", "contract"), ("stage", "托管", "trusteeship"),
    ],
)  # fmt: skip
def test_that_choices_are_read(name, written, value):
    assert outcome(read_choice, written, name, load_profile("yaohai").choices[name])[0] == value


@pytest.mark.parametrize("profile", ["yaohai", "jinjiang", "quzhou"])
def test_that_every_choice_is_read_by_its_code_and_its_words(profile):
    for name, choices in load_profile(profile).choices.items():
        for code, words in choices.items():
            for written in (code, words.zh, words.en, f" {words.zh}　", words.en.upper()):
                assert outcome(read_choice, written, name, choices)[0] == code


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("30000", 30000.0), ("3万元", 30000.0), ("3万", 30000.0), ("1.5万元", 15000.0), ("￥1,200.50", 1200.5), ("1200元", 1200.0),
        ("约3万元", 30000.0), ("2亿元", 2e8), (1200.5, 1200.5), ("5千元", 5000.0), ("八万元", 80000.0), ("3万多元", 30000.0),
    ],
)  # fmt: skip
def test_that_money_is_read(written, value):
    assert outcome(read_money, written)[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.5", 1.5), ("1.5元", 1.5), ("1.5元/㎡·月", 1.5), ("1.5元/平方米·月", 1.5), ("1.5元/平方米/月", 1.5), ("1.5元/平米", 1.5),
        ("1.5元/月·平方米", 1.5), ("18元/㎡·年", ASKED), ("150元/户", ASKED), ("1.2-1.8元", ASKED), ("免费", ASKED), ("3万", ASKED),
    ],
)  # fmt: skip
def test_that_a_fee_keeps_its_unit(written, value):
    assert outcome(read_money, written, per_area=True)[0] == value


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("85%", 0.85), ("85％", 0.85), ("0.85", 0.85), (0.85, 0.85), ("百分之八十五", 0.85), ("约85%", 0.85), ("85", ASKED), (85, ASKED),
        ("850%", REFUSED), ("85.5 %", 0.855), ("八成", REFUSED), ("100%", 1.0), ("0", 0.0),
    ],
)  # fmt: skip
def test_that_rates_are_read(written, value):
    assert outcome(read_rate, written)[0] == value


def test_that_scores_are_read():
    assert outcome(read_plain_number, "85.5分")[0] == 85.5
    assert outcome(read_plain_number, "0.5")[0] == 0.5
    assert outcome(read_plain_number, "85/100")[0] == ASKED


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (990001001001001, "990001001001001"), ("990001001001002", "990001001001002"), ("'990001001001003", "990001001001003"),
        ("’990001001001003", "990001001001003"), (990001001001001.0, "990001001001001"), ("990001 001 001", "990001001001"),
        ('="990001001"', "990001001"), ("９９０００１", "990001"), ("Q001", "Q001"), (" C-01 ", "C-01"), ("990001001.0", "990001001"),
    ],
)  # fmt: skip
def test_that_codes_are_read_as_they_were_meant(written, code):
    assert written_code(written) == code


@pytest.mark.parametrize("written", ["9.90001E+14", "9.90001e14", 9.1e17, "3.40102e+11"])
def test_that_a_code_whose_digits_are_lost_is_refused_with_that_reason(written):
    with pytest.raises(InvalidInput, match="截断"):
        written_code(written)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("⽅庙街道", "方庙街道"), ("⽼旧", "老旧"), ("和平⾥⼩区", "和平里小区"), ("⻓淮街道", "长淮街道"), ("⻔卫", "门卫"),
        ("ＡＢ１２　区", "AB12 区"), ("甲\u200b乙\ufeff", "甲乙"), ("天河（一期）", "天河（一期）"), ("金\uf98a", "金力"), ("甲\u00a0乙", "甲 乙"),
    ],
)  # fmt: skip
def test_that_what_looks_alike_is_the_same_text(written, said):
    assert folded(written) == said


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("青岚路1号 张某 13000000000", "青岚路1号"), ("青岚路1号，联系人：王某某，电话13000000000", "青岚路1号"),
        ("青岚路1号（13000000000）", "青岚路1号"), ("青岚路1号 马家街 13000000000", "青岚路1号 马家街"), ("青岚路2号", "青岚路2号"),
    ],
)  # fmt: skip
def test_that_a_text_is_offered_without_the_person(written, left):
    assert without_person(written) == left


@pytest.mark.parametrize(
    ("written", "pair"),
    [
        ("117.225180,31.904636", (117.22518, 31.904636)), ("31.904636，117.225180", (117.22518, 31.904636)),
        ("117.225180 31.904636", (117.22518, 31.904636)), ("(117.22518, 31.904636)", (117.22518, 31.904636)),
        ("E117.22518,N31.904636", (117.22518, 31.904636)), ("东经117.22518 北纬31.904636", (117.22518, 31.904636)),
        ("117°13'30.648\"，31°54'16.69\"", (117.22518, 31.904636)), ("31°54′16.69″N 117°13′30.648″E", (117.22518, 31.904636)),
        ("117.22518", None), ("青岚路1号", None), ("2,3", None), ("117.2,31.9,5", None), ("POINT (117 31)", None),
    ],
)  # fmt: skip
def test_that_both_coordinates_in_one_cell_are_told_apart(written, pair):
    found = read_pair(written)
    assert found == (None if pair is None else pytest.approx(pair, abs=1e-5))


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (117.22518, 117.22518), ("117.22518", 117.22518), ("117°14'30\"", 117.2416667), ("117°14′30″", 117.2416667), ("117度14分30秒", 117.2416667),
        ("117°14.5'", 117.2416667), ("东经117.5°", 117.5), ("117.5°E", 117.5), ("521300", 521300.0), ("117°75'", None), ("甲", None),
    ],
)  # fmt: skip
def test_that_a_coordinate_is_read(written, value):
    found = read_coordinate(written)
    assert found == (None if value is None else pytest.approx(value, abs=1e-6))


UNITS = st.sampled_from(["", "户", " 户", "家", "个", "（户）"])
FRAMES = st.sampled_from(["{}", "约{}", "{}左右", "共{}", " {} ", "{}。", "\u3000{}", "{}\u200b"])


def grouped(number):
    return f"{number:,}"


def wide(number):
    return str(number).translate(str.maketrans(string.digits, "０１２３４５６７８９"))


@pytest.mark.parametrize(
    ("heading", "written", "value"),
    [
        ("补贴（万元）", "3", 30_000), ("补贴（万元）", 3.5, 35_000), ("补贴（万元）", "3万", 30_000), ("补贴（万元）", "3元", 3),
        ("补贴（单位：千元）", "3", 3000), ("补贴（元）", "3", 3), ("补贴", "3.0（万元）", 30_000), ("补贴", "3百万", 3_000_000),
    ],
)  # fmt: skip
def test_that_the_unit_in_a_heading_counts_for_what_has_none(heading, written, value):
    reader = CellReader(
        "engagements",
        "subsidy_yuan",
        load_profile("yaohai"),
        heading=heading,
        today=TODAY,
        cells=list,
        answers={},
    )
    assert reader.read(written).meaning.value == pytest.approx(value)


def test_that_a_count_in_tens_of_thousands_is_multiplied_and_said():
    assert outcome(read_count, 3, HOUSEHOLDS, heading_scale("人口（万人）")) == (30_000, True)
    assert outcome(read_count, "3万", HOUSEHOLDS, heading_scale("人口（万人）")) == (30_000, False)
    assert outcome(read_count, "300", HOUSEHOLDS, heading_scale("人口（人）")) == (300, False)


@pytest.mark.parametrize(
    ("written", "value", "is_said"),
    [
        ("1200㎡", 1200, False), ("1200平方米", 1200, False), ("1,200 m²", 1200, False), ("1200", 1200, False), ("1.2万㎡", 12_000, True),
        ("3亩", 2000, True), ("1.5公顷", 15_000, True), ("约1200平米", 1200, True), ("1200户", ASKED, ["1200"]), ("-", NOTHING, []),
    ],
)  # fmt: skip
def test_that_areas_are_read_in_square_metres(written, value, is_said):
    assert outcome(read_area, written) == (value, is_said)


@pytest.mark.parametrize(
    ("written", "offered"),
    [("民国35年", ["1946"]), ("民國三十五年", ["1946"]), ("九八年", ["1998"]), ("120，130", ["120130", "120", "130"]), ("1 2 0", ["120"])],
)  # fmt: skip
def test_that_what_is_only_likely_is_offered(written, offered):
    read = read_year if "年" in written else read_count
    assert outcome(read, written, TODAY if read is read_year else HOUSEHOLDS) == (ASKED, offered)


@given(st.integers(0, 10**7), st.sampled_from([str, grouped, wide]), UNITS, FRAMES)
def test_that_a_generated_count_is_never_read_as_another(number, write, unit, frame):
    found = outcome(read_count, frame.format(write(number) + unit), HOUSEHOLDS)[0]
    may_be_two = write is grouped and 100_000 < number < 1_000_000  # 120,130
    assert found == number or (may_be_two and found == ASKED)


@given(st.dates(date(1950, 1, 1), date(2035, 12, 31)), st.sampled_from(["{y}-{m}-{d}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "{y}{m:02}{d:02}", "{y}-{m:02}-{d:02} 08:15", "{y}-{m:02}-{d:02}T00:00:00"]))  # fmt: skip
def test_that_a_generated_day_is_never_read_as_another(day, form):
    written = form.format(y=day.year, m=day.month, d=day.day)
    assert outcome(read_written_day, written, today=TODAY)[0] == day
    found = outcome(read_year, written, TODAY)
    assert found[0] == (day.year if day.year <= TODAY.year + 1 else ASKED)


@given(st.text(max_size=12))
@example("12三")
@example("1万2")
@example("-0")
def test_that_any_text_is_read_asked_about_or_refused_and_nothing_else(text):
    for read in (
        lambda raw: read_count(raw, HOUSEHOLDS),
        lambda raw: read_year(raw, TODAY),
        read_money,
        read_rate,
        read_answer,
    ):
        outcome(read, text)
    outcome(read_written_day, text, today=TODAY)
    assert folded(folded(text)) == folded(text)


@given(st.integers(0, 99_999_999))
def test_that_numbers_in_characters_say_what_they_say(number):
    assert chinese_number(in_characters(number)) == number


def in_characters(number):
    """Write a number in characters, after the rules that schools teach."""
    if number >= 10_000:
        rest = number % 10_000
        gap = "零" if 0 < rest < 1000 else ""
        return in_characters(number // 10_000) + "万" + gap + (in_characters(rest) if rest else "")
    digits, text, was_zero = "零一二三四五六七八九", "", False
    for step, word in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // step % 10
        if digit:
            text += ("零" if was_zero and text else "") + digits[digit] + word
        was_zero = digit == 0
    return text or "零"
