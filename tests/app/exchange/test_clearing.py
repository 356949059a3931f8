"""A cell that says 清空 clears what is registered; an empty one never does."""

from __future__ import annotations

import pytest

from app.services.bring_in.import_data import commit_import
from tests.app.exchange import qinglan
from tests.app.exchange.qinglan import compounds, dataset, said

HEAD = ("小区编号", "小区名称", "户数", "地址", "网格", "结束日期")


def changes(plan):
    return [{cell.field: (cell.before, cell.after) for cell in row.cells} for row in plan.rows]


@pytest.mark.parametrize("word", ["清空", "（清空）", "[清空]", "clear"])
def test_that_a_written_word_clears_and_is_said(word):
    plan = qinglan.planned(
        dataset(*compounds()), "compounds", HEAD, ("Q001", "芷兰苑", word, None, None, None)
    )
    assert changes(plan) == [{"households": (101, None)}]
    assert "写着“清空”，清掉登记的值，1 处" in said(plan)


def test_that_what_is_empty_stays_and_what_has_nothing_is_the_same():
    rows = (("Q001", "芷兰苑", None, None, None, None), ("Q002", "芷兰里", None, "清空", "清空", "清空"))
    plan = qinglan.planned(dataset(*compounds()), "compounds", HEAD, *rows)
    assert [row.action for row in plan.rows] == ["same", "same"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (("小区编号", "小区名称"), ("Q001", "清空")),
        (("小区编号", "小区名称"), ("清空", "芷兰苑")),
        (("小区名称", "门卫"), ("芷兰苑", "清空")),
    ],
)
def test_that_what_names_a_record_and_a_fact_are_never_cleared(head, row):
    others = tuple("有" if at == 1 and head[1] == "门卫" else f"甲{at}院" for at in range(len(head)))
    plan = qinglan.planned(dataset(*compounds()), "compounds", head, row, others)
    assert plan.rows[0].action == "refuse"
    assert "不能清空" in said(plan)


def test_that_a_cleared_cell_is_written_and_comes_back_by_undo(planned, district, tmp_path):
    source = tmp_path / "a.csv"
    source.write_text("小区编号,小区名称,户数\nQ001,芷兰苑,清空\n", "utf-8")
    commit_import(district, planned(source, on_conflict="update"))
    assert district.dataset.of("compounds")["Q001"].get("households") is None
    district.undo()
    assert district.dataset.of("compounds")["Q001"].get("households") == 101
