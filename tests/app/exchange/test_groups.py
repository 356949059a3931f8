"""Columns that speak once for a group of rows, without merged cells: asked about once, carried or left as was answered."""

from __future__ import annotations

import pytest

from app.domain.values import is_empty
from tests.app.exchange.qinglan import EAST, WEST, compounds, dataset, rec, said, set_by, sheet_plan

HEAD = ("小区名称", "社区", "户数")
ROWS = (
    ("甲院", "柳东社区", 80),
    ("乙院", None, 81),
    ("丙院", None, 82),
    ("丁院", "柳西社区", 83),
    ("戊院", None, 84),
)
WHOLE = [("甲院", EAST), ("乙院", EAST), ("丙院", EAST), ("丁院", WEST), ("戊院", WEST)]


def of(*rows, kind="compounds", more=(), **options):
    return sheet_plan(dataset(*compounds(), *more), kind, *rows, **options)


def test_that_a_column_that_speaks_once_for_a_group_is_asked_about_once():
    plan = of(HEAD, *ROWS)
    assert [row.action for row in plan.rows] == ["create", "refuse", "refuse", "create", "refuse"]
    assert {row.state for row in plan.rows if row.action == "refuse"} == {"asked"}
    (question,) = plan.questions
    assert (question.column, question.rows, question.as_json("zh")["answer"]) == ("社区", 3, "社区")
    assert [option.value for option in question.options] == ["carry", "leave"]
    assert question.why.zh == (
        "第 3–4 行的“社区”空着，上面写的是“柳东社区”；这一列这样空着的有 3 行。照上面填，还是留空？"
    )
    assert "--answer '社区=carry'" in plan.rows[1].problems[0].message.zh


def test_that_it_is_carried_where_the_user_says_so_and_said():
    plan = of(HEAD, *ROWS, answers={"社区": "carry"})
    assert set_by(plan, "name", "community") == WHOLE
    assert "列“社区”空着的 3 行按你说的照上面填：第 3–4 行 柳东社区，第 6 行 柳西社区。" in said(plan)
    assert plan.questions == ()


def test_that_it_stays_empty_where_the_user_says_so_and_is_said():
    plan = of(HEAD, *ROWS, answers={"社区": "leave"})
    assert [code for _, code in set_by(plan, "name", "community")] == [EAST, None, None, WEST, None]
    assert "按你说的留空" in said(plan)


def test_that_two_levels_are_asked_about_each_and_a_total_ends_no_group():
    rows = [("柳溪街道", *ROWS[0]), *((None, *row) for row in ROWS[1:3]), ("小计", None, None, 243)]
    rows += [(None, *row) for row in ROWS[3:]]
    plan = of(("街道", *HEAD), *rows)
    assert [(question.column, question.rows) for question in plan.questions] == [("街道", 4), ("社区", 3)]
    plan = of(("街道", *HEAD), *rows, answers={"街道": "carry", "社区": "carry"})
    assert set_by(plan, "name", "community") == WHOLE


def test_that_nothing_is_carried_into_another_wider_unit():
    rows = [
        ("柳溪街道", *ROWS[0]),
        *((None, *row) for row in ROWS[1:3]),
        ("松坪街道", "丁院", None, 83),
        (None, "戊院", None, 84),
    ]
    plan = of(("街道", *HEAD), *rows)
    assert [(question.column, question.rows) for question in plan.questions] == [("街道", 3), ("社区", 2)]
    plan = of(("街道", *HEAD), *rows, answers={"街道": "carry", "社区": "carry"})
    assert [code for (code,) in set_by(plan, "community")] == [EAST] * 3 + [None] * 2


def test_that_rows_are_chosen_by_what_was_carried():
    plan = of(HEAD, *ROWS, answers={"社区": "carry"}, only=(("社区", "柳西社区"),))
    assert set_by(plan, "name", "community") == WHOLE[3:]


def test_that_buildings_below_the_name_of_their_compound_are_asked_about():
    names = [record.text("name") for record in compounds()][:2]
    head, rows = (
        ("小区", "楼栋名称", "层数"),
        [(names[0], "1栋", 6), (None, "2栋", 6), (None, "3栋", 7), (names[1], "1栋", 5)],
    )
    plan = of(head, *rows, kind="buildings")
    assert [(question.column, question.rows) for question in plan.questions] == [("小区", 2)]
    plan = of(head, *rows, kind="buildings", answers={"小区": "carry"})
    assert [row.action for row in plan.rows] == ["create"] * 4


@pytest.mark.parametrize(
    "communities",
    [
        ("柳东社区", "柳东社区", None, "柳西社区", "柳西社区", "柳西社区"),  # a register with a gap
        (None, "柳东社区", None, None, "柳西社区", None),  # nothing stands above the first
        ("柳东社区", "柳西社区", None, "柳东社区", None, None),  # comes back to what it had left
        ("柳东社区",) * 6,
        (None,) * 6,
    ],
)
def test_that_empty_cells_of_another_kind_are_only_empty(communities):
    rows = [
        (f"{first}院", community, 80 + at)
        for at, (first, community) in enumerate(zip("甲乙丙丁戊己", communities, strict=True))
    ]
    plan = of(HEAD, *rows)
    assert plan.questions == ()
    assert [is_empty(code) for (code,) in set_by(plan, "community")] == [name is None for name in communities]


def test_that_units_to_be_made_wait_for_the_answer():
    plan = of(HEAD, *ROWS, parents=True)
    assert [question.column for question in plan.questions] == ["社区"]


def test_that_a_long_table_gives_the_same_as_a_short_one():
    rows = [
        (f"新苑{at}号院", "柳东社区" if at == 0 else "柳西社区" if at == 50 else None, at)
        for at in range(100)
    ]
    plan = of(HEAD, *rows)
    assert [(question.column, question.rows) for question in plan.questions] == [("社区", 98)]
    plan = of(HEAD, *rows, answers={"社区": "carry"})
    assert [code for (code,) in set_by(plan, "community")] == [EAST] * 50 + [WEST] * 50


def test_that_a_firm_for_several_compounds_is_asked_about():
    firm = rec("firms", "F000001", name="青岚安居物业有限公司")
    codes = [record.code for record in compounds()][:3]
    head = ("企业", "小区代码", "阶段")
    rows = [("青岚安居物业有限公司", codes[0], "签约"), (None, codes[1], "签约"), (None, codes[2], "签约")]
    plan = of(head, *rows, kind="engagements", more=(firm,))
    assert [(question.column, question.rows) for question in plan.questions] == [("企业", 2)]
    plan = of(head, *rows, kind="engagements", more=(firm,), answers={"企业": "carry"})
    assert [row.action for row in plan.rows] == ["create"] * 3
