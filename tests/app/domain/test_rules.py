"""What a registry refuses, each with its place; nothing is written."""

from __future__ import annotations

from datetime import date

import pytest
from shapely import Polygon

from app.domain.codes.codes import credit_check_character, normal_code, normal_credit_code
from app.domain.edits import Remove
from app.domain.period import read_day
from app.domain.rules.rules import problems_of
from app.domain.rules.said import why_broken
from app.errors import InvalidInput
from app.services.edit import edit
from tests.app.builders import LAT, LON, a_small_registry, square

BOW_TIE = Polygon([(LON, LAT), (LON + 0.001, LAT + 0.001), (LON + 0.001, LAT), (LON, LAT + 0.001)])


@pytest.fixture
def registry(tmp_path):
    opened = a_small_registry(tmp_path)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("kind", "values", "said"),
    [
        ("compounds", {"name": "甲", "kind": "castle"}, "castle"),
        ("compounds", {"name": "甲", "street": "340102999"}, "340102999"),
        ("compounds", {"name": "甲", "street": "C1"}, "9 位"),
        ("compounds", {"name": "甲", "grid": "C1"}, "不能用"),
        ("compounds", {"name": "甲", "households": "-1"}, "负数"),
        ("compounds", {"name": "甲", "colour": "red"}, "colour"),
        ("compounds", {"name": "甲", "geometry": BOW_TIE}, "自相交"),
        ("compounds", {"name": "甲", "geometry": "LINESTRING (117 31, 118 32)"}, "LineString"),
        ("compounds", {"name": "甲", "geometry": square(500, 500)}, "经度、纬度"),
        ("compounds", {"name": "甲", "valid_from": "2024-02-01", "valid_until": "2024-01-01"}, "之后"),
        ("compounds", {"name": "甲", "valid_from": "2024-13-01"}, "没有 13 月"),
        ("compounds", {"code": "C1", "name": "甲"}, "已经是"),
        ("compounds", {"code": "甲", "name": "甲"}, "代码"),
        ("firms", {"name": "乙", "credit_code": "91350100M000100Y42"}, "校验位"),
        ("firms", {"credit_code": "91350100M000100Y43"}, "name"),
        ("stations", {"name": "站"}, "缺“类型”。可以写：网格驿站、"),
        ("streets", {"name": "无码街道"}, "code"),
        ("households", {"subject": "C1", "on": "2024-01-01", "imported": "5", "matched": "6"}, "大于"),
        ("households", {"subject": "C1", "on": "2024-01-01", "households": "5", "surveyed": "6"}, "大于"),
        ("facts", {"subject": "C1", "key": "no_such", "value": "有"}, "no_such"),
        ("facts", {"subject": "C1", "key": "authority", "value": "也许"}, "也许"),
        ("cases", {"level": "street", "state": "opened", "opened": "2024-01-01"}, "一个"),
        ("ghosts", {"name": "甲"}, "ghosts"),
    ],
)
def test_that_bad_input_is_refused_with_what_is_wrong(registry, kind, values, said):
    before = registry.history()[0].seq
    with pytest.raises(InvalidInput) as refused:
        edit.add(registry, kind, values)
    text = str(refused.value) + "".join(
        problem.message.zh + str(problem.column) for problem in refused.value.problems
    )
    assert said in text
    assert registry.history()[0].seq == before


def test_that_the_same_attachment_does_not_run_twice_on_a_day(registry):
    edit.attach(registry, "O1", ["C1"], since=date(2024, 1, 1), until=date(2024, 12, 31))
    with pytest.raises(InvalidInput, match="重叠"):
        edit.attach(registry, "O1", ["C1"], since=date(2024, 12, 31))
    edit.attach(registry, "O1", ["C1"], since=date(2025, 1, 1))


def test_that_one_firm_does_not_serve_a_compound_twice_on_a_day(registry):
    edit.attach(registry, "F1", ["C1"], role="trial", since=date(2024, 1, 1))
    with pytest.raises(InvalidInput, match="重叠"):
        edit.attach(registry, "F1", ["C1"], role="contract", since=date(2024, 3, 1))


def test_that_organisations_do_not_run_in_a_circle(registry):
    edit.add(registry, "organisations", {"code": "O2", "name": "党委", "type": "committee", "parent": "O1"})
    with pytest.raises(InvalidInput, match="圈"):
        edit.set_values(registry, ["O1"], {"parent": "O2"})


def test_that_a_parent_of_another_kind_is_refused_with_its_kind(registry):
    with pytest.raises(InvalidInput, match="C1"):
        edit.set_values(registry, ["O1"], {"parent": "C1"})


def test_that_a_unit_in_use_is_not_removed(registry):
    with pytest.raises(InvalidInput, match="用着"):
        edit.remove(registry, "340102001001", "并走了")


def test_that_what_keeps_a_record_is_named_in_words_where_its_code_is_the_program_s_own(registry):
    edit.set_values(registry, ["C1"], {"authority": "no"}, since=date(2024, 1, 1))
    (fact,) = registry.dataset.of("facts").values()
    held = registry.dataset.find("C1")
    ((_, problem),) = problems_of(registry.dataset, [Remove(held)], registry.profile)
    assert fact.code not in problem.message.zh
    assert "主管单位 2024-01-01" in problem.message.zh


def test_that_removing_a_compound_takes_its_facts_along_and_undo_brings_them_back(registry):
    edit.set_values(registry, ["C1"], {"authority": "no", "gate_guard": "no"}, since=date(2024, 1, 1))
    edit.attach(registry, "O1", ["C1"])
    edit.remove(registry, "C1", "拆迁")
    assert not registry.dataset.of("facts")
    registry.undo()
    assert len(registry.dataset.facts("C1")) == 2
    assert len(registry.dataset.attachments_to("C1")) == 1


def test_that_detaching_on_a_day_makes_the_day_before_the_last(registry):
    (code,) = edit.attach(registry, "O1", ["C1"], since=date(2024, 1, 1)).codes
    edit.detach(registry, code, on=date(2024, 7, 1), why="换届")
    assert registry.find(code).valid_until == date(2024, 6, 30)
    with pytest.raises(InvalidInput, match="结束"):
        edit.detach(registry, code, on=date(2024, 8, 1), why="换届")


def test_that_an_attachment_that_would_end_before_it_began_is_taken_back(registry):
    (code,) = edit.attach(registry, "O1", ["C1"], since=date(2024, 1, 1)).codes
    edit.detach(registry, code, on=date(2024, 1, 1), why="错挂")
    assert not registry.dataset.attachments_to("C1")


def test_that_many_compounds_are_set_as_one_change(registry):
    changes = edit.set_values(registry, ["C1", "C2"], {"authority": "无"}, since=date(2024, 1, 1))
    assert len(registry.dataset.of("facts")) == 2
    registry.undo(changes.change)
    assert not registry.dataset.of("facts")


def test_that_the_rest_of_a_community_is_answered_no_and_what_is_known_stays(registry):
    edit.set_values(registry, ["C1"], {"gate_guard": "yes"}, since=date(2020, 1, 1))
    edit.rest_no(registry, "340102001001", "gate_guard", since=date(2024, 1, 1))
    found = {
        code: registry.dataset.fact_on(code, "gate_guard", date(2024, 6, 1)).get("value")
        for code in ("C1", "C2")
    }
    assert found == {"C1": "yes", "C2": "no"}


def test_that_a_compound_that_has_ended_is_left_out_of_the_rest(registry):
    edit.set_values(registry, ["C2"], {"valid_until": "2023-12-31"})
    edit.rest_no(registry, "340102001001", "gate_guard", since=date(2024, 1, 1))
    assert [fact.text("subject") for fact in registry.dataset.of("facts").values()] == ["C1"]


def test_that_a_fact_or_count_given_again_keeps_what_is_not_said_and_takes_what_is(registry):
    said = {"subject": "C1", "key": "authority", "valid_from": "2024-01-01"}
    edit.add(registry, "facts", {**said, "value": "yes", "source": "普查"})
    edit.add(registry, "facts", {**said, "value": "no"})
    assert [fact.source for fact in registry.dataset.of("facts").values()] == ["普查"]
    edit.add(registry, "facts", {**said, "value": "no", "source": "复查"})
    assert [fact.source for fact in registry.dataset.of("facts").values()] == ["复查"]
    edit.add(registry, "households", {"subject": "C1", "on": "2024-01-01", "households": "400"})
    edit.add(registry, "households", {"subject": "C1", "on": "2024-01-01", "surveyed": "9", "source": "普查"})
    (count,) = registry.dataset.household_counts("C1")
    assert (count.get("households"), count.get("surveyed"), count.source) == (400, 9, "普查")


def test_that_a_day_of_survey_is_refused_where_nothing_can_be_surveyed(registry):
    with pytest.raises(InvalidInput, match="surveyed"):
        edit.add(registry, "organisations", {"name": "二支部", "type": "branch", "surveyed": "2024-01-01"})


def test_that_a_firm_is_found_by_its_credit_code(registry):
    assert registry.find("91350100M000100Y43").code == "F1"
    edit.attach(registry, "91350100m000100y43", ["C1"])
    assert len(registry.dataset.engagements_with("C1")) == 1


@pytest.mark.parametrize(
    "written", ["2022-03-01", "2022/3/1", "2022年3月1日", "2022-03-01 00:00:00", date(2022, 3, 1)]
)
def test_that_a_day_is_read_however_it_is_written(written):
    assert read_day(written) == date(2022, 3, 1)


def test_that_padded_codes_are_shortened():
    assert normal_code("streets", "340102008000") == "340102008"
    assert normal_code("districts", "340102000000") == "340102"


@pytest.mark.parametrize("first", ["91350100M000100Y4", "9151010400000000X"])
def test_that_any_wrong_last_character_of_a_credit_code_is_refused(first):
    right = credit_check_character(first)
    for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY":
        if letter == right:
            assert normal_credit_code(first + letter) == first + letter
        else:
            with pytest.raises(InvalidInput, match=right):
                normal_credit_code(first + letter)


def test_that_a_broken_outline_is_told_in_our_words_with_its_place():
    bow = Polygon([(117, 31), (118, 32), (118, 31), (117, 32)])
    said = why_broken(bow)
    assert (said.zh, said.en) == (
        "轮廓在 117.5, 31.5 处自相交。改好再来。",
        "The outline crosses itself at 117.5, 31.5. Correct it first.",
    )
