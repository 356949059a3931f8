"""A city's own lists: a new version of a scheme, names that a frame leaves open, refused with their place."""

from __future__ import annotations

import csv
from dataclasses import replace

import openpyxl
import pytest

from app.errors import Conflict, InvalidInput
from app.services.bring_in.city_lists import commit_list, open_names, plan_list
from app.services.bring_in.list_templates import write_list_template
from app.services.edit import edit
from app.services.profile.profiles import city_profiles, profile_from_text
from app.services.profile.text import with_choice_words, with_fact_words, with_scheme
from app.text import Text
from tests.app.builders import a_small_registry, an_empty_registry, held

SCHEME = "five_haves_ten_goods"


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def a_list(path, *rows, stars=()):
    book = openpyxl.Workbook()
    page = book.active
    page.title = "评价办法"
    for row in rows:
        page.append(row)
    if stars:
        beside = book.create_sheet("星级")
        for row in stars:
            beside.append(row)
    book.save(path)
    return path


HEADS = ["方面", "项目编号", "项目名称", "英文", "满分", "权重"]
ROWS = [
    ["5 个有", "1", "有组织", "Organisation", 10, 1],
    ["新方面", "2", "有队伍", None, 5, 2],
]


@pytest.mark.parametrize("profile", city_profiles())
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["schemes", "words"])
def test_that_a_list_s_template_comes_back_without_a_change(tmp_path, profile, lang, kind):
    registry = an_empty_registry(tmp_path, profile=profile)
    try:
        path = tmp_path / "l.xlsx"
        report = write_list_template(registry, kind, path, lang=lang)
        assert report.rows > 0
        plan = plan_list(registry, path, kind)
        assert plan.counts["create"] == plan.counts["change"] == 0
        assert plan.counts["same"] >= 1
        assert plan.left_columns == ()
        assert commit_list(registry, plan).change is None
    finally:
        registry.close()


@pytest.mark.system(3)
@pytest.mark.system(14)
@pytest.mark.system(30)
def test_that_a_city_s_list_is_a_new_version_and_old_assessments_keep_theirs(registry, tmp_path):
    old = {"subject": "C1", "scheme": SCHEME, "item": "goods1", "score": "1", "on": "2026-02-01"}
    first = edit.add(registry, "assessments", old).codes[0]
    stars = [
        ["评价办法", "星级", "得分率", "等次", "奖励", "本市已定"],
        [SCHEME, 5, "90%", "示范", 50000, "是"],
        [SCHEME, 3, 0.6, "合格", None, None],
    ]
    path = a_list(tmp_path / "l.xlsx", HEADS, *ROWS, stars=stars)
    changes = commit_list(registry, plan_list(registry, path, "schemes"))
    assert changes.kinds == {"profile"}
    versions = registry.profile.schemes[SCHEME]
    assert [scheme.version for scheme in versions] == [1, 2]
    new = versions[1]
    assert [(i.id, i.words.zh, i.words.en, i.maximum, i.weight) for i in new.items] == [
        ("1", "有组织", "Organisation", 10, 1),
        ("2", "有队伍", "有队伍", 5, 2),
    ]
    named = {group.id: group.words.zh for group in new.groups}
    assert [named[item.group] for item in new.items] == ["5 个有", "新方面"]
    assert [(b.stars, b.at_least, b.words.zh, b.reward_yuan) for b in new.bands] == [
        (5, 0.9, "示范", 50000),
        (3, 0.6, "合格", None),
    ]
    assert (new.open_items, new.bands_assumed, versions[0].open_items) == (0, False, 15)
    assert registry.dataset.find(first).get("scheme_version") == 1
    second = edit.add(registry, "assessments", {**old, "item": "2", "score": "5"}).codes[0]
    assert registry.dataset.find(second).get("scheme_version") == 2
    with pytest.raises(InvalidInput, match="5"):
        edit.add(registry, "assessments", {**old, "item": "2", "score": "6", "on": "2026-03-01"})
    edit.remove(registry, second, "错了")
    assert plan_list(registry, path, "schemes").counts == {"create": 0, "change": 0, "same": 1}


def test_that_a_list_is_taken_back_as_one_step_unless_assessments_rest_on_it(registry, tmp_path):
    path = a_list(tmp_path / "l.xlsx", HEADS, *ROWS)
    before = registry.profile.text
    change = commit_list(registry, plan_list(registry, path, "schemes")).change
    code = edit.add(
        registry,
        "assessments",
        {"subject": "C1", "scheme": SCHEME, "item": "1", "score": "9", "on": "2026-02-01"},
    ).codes[0]
    with pytest.raises(Conflict, match="@2") as caught:
        registry.undo(change)
    assert caught.value.problems[0].code == code
    registry.undo()
    registry.undo()
    assert registry.profile.text == before


def test_that_a_plain_csv_is_a_list_too_and_numbers_are_made(registry, tmp_path):
    path = tmp_path / "指标.csv"
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(
            [
                ["某市小区评价标准"],
                ["类别", "评价内容", "分值", "备注"],
                ["党建", "支部健全", "10", "x"],
                ["", "阵地规范", "5", ""],
            ]
        )
    plan = plan_list(registry, path, "schemes", scheme=SCHEME)
    assert plan.left_columns == ("备注",)
    commit_list(registry, plan)
    assert [(i.id, i.words.zh, i.maximum) for i in registry.profile.scheme(SCHEME).items] == [
        ("1", "支部健全", 10),
        ("2", "阵地规范", 5),
    ]


def test_that_only_what_the_city_has_filled_in_is_no_longer_open(registry, tmp_path):
    path = tmp_path / "l.xlsx"
    write_list_template(registry, "schemes", path)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D3"].value = "有场所"
    book.save(path)
    plan = plan_list(registry, path, "schemes")
    assert (plan.changes[0].items, plan.changes[0].open_items) == (15, 14)
    commit_list(registry, plan)
    assert registry.profile.scheme(SCHEME).items[1].words.zh == "有场所"
    assert registry.profile.scheme(SCHEME).open_items == 14


@pytest.mark.parametrize(
    ("rows", "stars", "place", "said"),
    [
        ([["", "1", "甲", "", 0, 1]], (), ("评价办法", 2, "满分"), "大于 0"),
        ([["", "1", "甲", "", "十分", 1]], (), ("评价办法", 2, "满分"), "数字"),
        ([["", "1", "甲", "", 5, -1]], (), ("评价办法", 2, "权重"), "0 或以上"),
        ([["", "1", "甲", "", 5, 1], ["", "1", "乙", "", 5, 1]], (), ("评价办法", 3, "项目编号"), "两次"),
        ([["", "", "甲", "", 5, 1], ["", "", "甲", "", 5, 1]], (), ("评价办法", 3, "项目名称"), "第 2 行"),
        ([["", "1", "甲", "", 1e300, 1]], (), ("评价办法", 2, "满分"), "不超过"),
        ([["", "a b", "甲", "", 5, 1]], (), ("评价办法", 2, "项目编号"), "空格"),
        ([["", "1", "找 13812345678", "", 5, 1]], (), ("评价办法", 2, "项目名称"), "号码"),
        ([["", "1", "甲" * 501, "", 5, 1]], (), ("评价办法", 2, "项目名称"), "太长"),
        (ROWS, [["星级", "得分率"], [5, 0.5], [3, 0.9]], ("星级", 3, "得分率"), "低于"),
        (ROWS, [["星级", "得分率"], [5, "很高"]], ("星级", 2, "得分率"), "0 至 1"),
        (ROWS, [["星级", "得分率"], [5, 0.5], [5, 0.4]], ("星级", 3, "星级"), "两次"),
        (ROWS, [["星级", "得分率"], [2.5, 0.5]], ("星级", 2, "星级"), "整数"),
        (ROWS, [["星级", "得分率", "本市已定"], [5, 0.5, "也许"]], ("星级", 2, "本市已定"), "有"),
    ],
)
def test_that_a_wrong_list_is_refused_with_its_place_and_nothing_written(
    registry, tmp_path, rows, stars, place, said
):
    path = a_list(tmp_path / "l.xlsx", HEADS, *rows, stars=stars)
    before = held(registry.path)
    with pytest.raises(InvalidInput) as caught:
        plan_list(registry, path, "schemes")
    problem = caught.value.problems[0]
    assert (problem.sheet, problem.row, problem.column) == place
    assert said in problem.message.zh
    assert held(registry.path) == before


def test_that_what_a_list_lacks_or_names_wrongly_is_said(registry, tmp_path):
    with pytest.raises(InvalidInput, match="缺列"):
        plan_list(registry, a_list(tmp_path / "a.xlsx", ["方面", "满分"], ["x", 1]), "schemes")
    with pytest.raises(InvalidInput, match="没有一行"):
        plan_list(registry, a_list(tmp_path / "b.xlsx", HEADS), "schemes")
    with pytest.raises(InvalidInput, match="没有评价办法"):
        plan_list(registry, a_list(tmp_path / "c.xlsx", HEADS, *ROWS), "schemes", scheme="castle")
    with pytest.raises(InvalidInput, match="没有评价办法") as caught:
        plan_list(registry, a_list(tmp_path / "d.xlsx", ["评价办法", *HEADS], ["城堡", *ROWS[0]]), "schemes")
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (2, "评价办法")
    with pytest.raises(InvalidInput, match="没有 'castles'"):
        plan_list(registry, tmp_path / "d.xlsx", "castles")


def test_that_of_several_schemes_a_list_must_say_which(tmp_path):
    registry = an_empty_registry(tmp_path, profile="jinjiang")
    try:
        path = a_list(tmp_path / "l.xlsx", HEADS, *ROWS)
        with pytest.raises(InvalidInput, match="哪个评价办法"):
            plan_list(registry, path, "schemes")
        name = next(iter(registry.profile.schemes))
        assert plan_list(registry, path, "schemes", scheme=name).changes[0].version == 2
        words = registry.profile.schemes[name][0].words.zh
        named = a_list(tmp_path / "n.xlsx", ["评价办法", *HEADS], [words, *ROWS[0]])
        assert [change.name for change in plan_list(registry, named, "schemes").changes] == [name]
    finally:
        registry.close()


def test_that_categories_that_a_source_only_counts_get_the_city_s_names(registry, tmp_path):
    waiting = [name for _, name, _, is_open in open_names(registry.profile) if is_open]
    assert len([name for name in waiting if name.startswith("mediators_")]) == 11
    edit.set_values(registry, ["C1"], {"mediators_06": "3"})
    path = tmp_path / "w.xlsx"
    write_list_template(registry, "words", path)
    for words in ("热心业主", "老干部"):
        book = openpyxl.load_workbook(path)
        page = book.worksheets[0]
        row = next(row for row in page.iter_rows(min_row=2) if row[1].value == "mediators_06")
        row[2].value = words
        book.save(path)
        commit_list(registry, plan_list(registry, path, "words"))
        assert registry.profile.facts["mediators_06"].words.zh == words
    assert registry.profile.facts["mediators_06"].unit == "人"
    assert registry.dataset.facts("C1")["mediators_06"][0].get("value") == "3"
    assert registry.profile.text.count('key = "mediators_06"') == 1


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (["castles", "x", "甲"], "属于"),
        (["facts", "castle", "甲"], "代码"),
        (["choices.stage", "新 阶段", "甲"], "代码"),
        (["facts", "mediators_06", "甲" * 200], "名称"),
    ],
)
def test_that_wrong_names_are_refused_with_their_place(registry, tmp_path, row, column):
    path = a_list(tmp_path / "w.xlsx", ["属于", "代码", "名称"], row)
    with pytest.raises(InvalidInput) as caught:
        plan_list(registry, path, "words")
    assert (caught.value.problems[0].row, caught.value.problems[0].column) == (2, column)


def test_that_a_profile_s_author_finds_the_rest_as_it_was(registry):
    text = registry.profile.text + "\n# a note at the end\n"
    scheme = registry.profile.schemes[SCHEME][0]
    longer = with_scheme(text, replace(scheme, version=2))
    assert longer.startswith(text.rstrip())
    read = profile_from_text(longer).schemes[SCHEME][1]
    assert replace(read, version=1) == replace(scheme, items=read.items)
    odd = Text('引号 " 反斜 \\ 换\n行 \x7f', "'=1")
    spec = registry.profile.facts["gate_guard"]
    once = with_fact_words(text, spec, odd)
    twice = with_fact_words(once, spec, Text("门岗", "Gate"))
    assert profile_from_text(once).facts["gate_guard"].words == odd
    assert profile_from_text(twice).facts["gate_guard"].words == Text("门岗", "Gate")
    assert profile_from_text(twice).facts["gate_guard"].stale_days == spec.stale_days
    added = with_choice_words(
        with_choice_words(text, "stage", "pilot", odd), "stage", "pilot", Text("试点", "pilot")
    )
    assert profile_from_text(added).choices["stage"]["pilot"] == Text("试点", "pilot")
    spread = (
        text
        + '\n[[facts]]\nkey = "x"\nof = ["compounds"]\ntype = "text"\n[facts.words]\nzh = "甲"\nen = "a"\n'
    )
    with pytest.raises(InvalidInput, match="一行"):
        with_fact_words(spread, profile_from_text(spread).facts["x"], odd)
