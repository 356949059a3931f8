"""A field joined from several columns, and a column split into several fields, by the user's word."""

from __future__ import annotations

import pytest

from app.errors import InvalidInput
from tests.app.exchange.qinglan import EAST, WEST, compounds, dataset, said, set_by, sheet_plan

HEAD = ("小区名称", "路名", "门牌", "社区网格", "户数")
ROWS = (
    ("甲院", "柳溪路", "12号", "柳东社区/老旧小区", 80),
    ("乙院", "柳溪路", 14, "柳西社区、商品房", 81),
)


def of(*rows, kind="compounds", **options):
    return sheet_plan(dataset(*compounds()), kind, *rows, **options)


def meanings(plan):
    return {(one.column, one.field): one.by for one in plan.columns}


def test_that_columns_are_joined_into_a_field_by_the_users_word():
    plan = of(HEAD, *ROWS, joins={"address": "路名+门牌"}, leave=("社区网格",))
    assert set_by(plan, "name", "address") == [("甲院", "柳溪路12号"), ("乙院", "柳溪路14")]
    assert meanings(plan)["路名+门牌", "address"] == "user"
    assert [left.column for left in plan.left_columns] == ["社区网格"]


def test_that_parts_that_would_run_into_one_are_kept_apart_and_empty_ones_left_out():
    rows = (("甲院", "Block", 3, None, 1), ("乙院", None, 4, None, 1), ("丙院", None, None, None, 1))
    plan = of(HEAD, *rows, joins={"address": "路名+门牌"})
    assert set_by(plan, "address") == [("Block 3",), ("4",), (None,)]


def test_that_a_column_is_split_at_any_usual_mark():
    plan = of(HEAD, *ROWS, splits={"社区网格": "community/kind"})
    assert set_by(plan, "community", "kind") == [(EAST, "old"), (WEST, "commercial")]
    assert meanings(plan)["社区网格/1", "community"] == "user"


def test_that_a_mark_that_is_written_parts_at_it_alone():
    rows = (("甲院", None, None, "柳溪路1号、2号#老旧小区", 80),)
    plan = of(HEAD, *rows, splits={"社区网格": "address#kind"})
    assert set_by(plan, "address", "kind") == [("柳溪路1号、2号", "old")]


def test_that_a_cell_with_other_parts_refuses_its_row_and_is_never_split_by_guess():
    plan = of(HEAD, *ROWS, ("丙院", None, None, "柳东社区", 82), splits={"社区网格": "community/kind"})
    assert [row.action for row in plan.rows] == ["create", "create", "refuse"]
    assert "'柳东社区' 是 1 段，要拆成 2 项" in said(plan)


def test_that_what_is_made_of_a_private_persons_column_stays_out():
    head = ("小区名称", "联系人", "联系电话", "户数")
    rows = (("甲院", "张三", "13855512345", 80), ("乙院", "李四", "13855512346", 81))
    plan = of(head, *rows, joins={"address": "联系人+联系电话"})
    assert set_by(plan, "address") == [(None,), (None,)]
    assert {(left.column, left.why) for left in plan.left_columns} == {
        ("联系人", "personal"), ("联系电话", "personal"), ("联系人+联系电话", "personal"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"joins": {"address": "路名+门号"}}, "没有列 '门号'"),
        ({"joins": {"address": "路名"}}, "两列以上"),
        ({"joins": {"adress": "路名+门牌"}}, "没有字段 'adress'"),
        ({"splits": {"社区网格": "community"}}, "两个以上的字段"),
        ({"splits": {"社区网格": "community/kind#name"}}, "两个以上的字段"),
        ({"splits": {"社区": "community/kind"}, "mapping": {"kind": "门牌"}}, "kind 写了两次"),
    ],
)
def test_that_a_word_that_fits_nothing_is_refused_with_what_there_is(options, words):
    with pytest.raises(InvalidInput) as refused:
        of(HEAD, *ROWS, **options)
    assert words in " ".join(problem.message.zh for problem in refused.value.problems)


def test_that_a_heading_with_a_plus_is_one_column():
    head = ("小区名称", "路+号", "楼", "户数")
    plan = of(head, ("甲院", "柳溪路1号", "3栋", 80), joins={"address": "路+号+楼"})
    assert set_by(plan, "address") == [("柳溪路1号3栋",)]
