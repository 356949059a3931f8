"""Rows that only create a record are told and kept by column: as reading and deciding them one by one has them."""

from __future__ import annotations

import random

import numpy as np
import pytest

from app.domain.identity.many import counted_forms, normal_names, wholes_of
from app.domain.identity.names import normal_name
from app.domain.identity.nearness import whole_of
from app.domain.identity.spelling import counted
from app.exchange.picture import Grid, Sheet
from app.exchange.planning.newcomers import Screen
from app.exchange.sheets.choose import wanted_for
from app.exchange.sheets.ordinary import Rows
from app.exchange.sheets.table import tables_in
from app.exchange.values.cells import CellReader
from app.exchange.values.outcome import Meaning
from app.services.profile.profiles import load_profile
from tests.app.exchange.qinglan import TODAY, compounds, dataset, planned

FIELDS = {  # heading → what its cells are made of
    "小区代码": ("", "Q9{n}", "C00{n}", "C001", "q-{n}", "12{n}", "340102199003070018"),
    "小区名称": ("{a}{b}苑", "{a}{b}苑", "{a}{b}{a}小区", "第{n}期{b}园", "芷兰苑", "桂雨花园{n}期", "", "不详", "-", "{a}（{b}）#"),
    "小区类型": ("商品房", "老旧小区", "老旧", "", "城堡", "不详"),
    "地址": ("{a}{b}路{n}号", "{a}路{n}号-1", "", "清空", "无", "13800138000", "{b}街 {n} 号", "x\u0007"),
    "户数": ("{n}", "{n}户", "约{n}", "", "-", "不详", "1.5", "12～15"),
    "建成年份": ("1998", "2005年", "", "89年"),
    "社区": ("柳东社区", "柳西社区居委会", "", "无此社区", "340190001001"),
    "街道": ("", "柳溪街道", "河东街道"),
    "起始日期": ("", "2020-01-01", "2019年3月", "昨天"),
    "终止日期": ("", "2010-01-01", "2025-01-01"),
    "门卫": ("有", "无", "", "√", "不详", "换人"),
    "来源": ("", "普查", "街道报送"),
    "备注": ("", "好", "清空"),
}  # fmt: skip


def made(seed, count):
    """Return a table of headings and rows, most of them about new compounds."""
    rnd = random.Random(seed)
    header = ["小区名称", *rnd.sample(sorted(set(FIELDS) - {"小区名称"}), rnd.randint(2, 9))]
    rows = []
    for _ in range(count):
        cells = []
        for heading in header:
            forms = FIELDS[heading]
            form = forms[0] if rnd.random() < 0.85 else rnd.choice(forms)
            letters = {"a": rnd.choice("桐柳荷槐梅竹松枫"), "b": rnd.choice("溪庭湾岸林景和泰")}
            cells.append(form.format(n=rnd.randint(100, 999), **letters) or None)
        rows.append(cells)
        if rnd.random() < 0.02:
            rows.append(list(cells))
    return header, rows


def shown(plan):
    """Return everything that a plan says, without the ids, which are drawn anew for each."""
    return (
        plan.as_json("zh"),
        [str(problem) for problem in plan.problems],
        [[(e.record._replace(id=""), e.before) for e in row.edits] for row in plan.rows],
        [(row.because, row.name, row.state) for row in plan.rows],
        [edit.record.code for edit in plan.edits],
        plan.names,
    )


def told_by_column(plan):
    return len(plan.rows) - len(list(plan.rows.others))


@pytest.mark.parametrize("seed", range(12))
def test_that_rows_told_by_column_are_as_reading_them_one_by_one_has_them(seed, monkeypatch):
    header, rows = made(seed, 150)
    data = dataset(*compounds())
    options = {
        "drop_bad_cells": seed % 2 == 1,
        "answers": {"7": "new", "9": "leave"} if seed % 3 == 0 else {},
    }
    found = planned(data, "compounds", header, *rows, **options)
    monkeypatch.setattr(Screen, "newcomers", lambda _: None)
    one_by_one = planned(data, "compounds", header, *rows, **options)
    assert told_by_column(one_by_one) == 0
    assert shown(found) == shown(one_by_one)


def test_that_most_rows_of_an_ordinary_table_are_told_by_column():
    header = ["小区名称", "社区", "户数", "门卫"]
    rows = [[f"新苑{place}", "柳东社区", str(place), "有"] for place in range(200)]
    rows[20] = ["芷兰苑", "柳东社区", "1", "有"]
    rows[30] = rows[31] = ["新月湾", "柳东社区", "30", "有"]
    plan = planned(dataset(*compounds()), "compounds", header, *rows)
    assert told_by_column(plan) == 197


def test_that_houses_of_one_number_in_many_compounds_are_told_by_column():
    header = ["楼栋名称", "所属小区", "层数"]
    data = dataset(*compounds())
    names = [record.text("name") for record in data.of("compounds").values()]
    rows = [[f"{house}栋", name, "6"] for name in names[:4] for house in range(1, 31)]
    plan = planned(data, "buildings", header, *rows)
    assert plan.counts["create"] == 120
    assert told_by_column(plan) == 120


def test_that_a_row_asked_for_twice_is_the_same_and_its_ids_are_no_other_plans():
    header, rows = ["小区名称", "户数"], [[f"新苑{place}", "5"] for place in range(100)]
    data = dataset(*compounds())
    plan, other = (planned(data, "compounds", header, *rows) for _ in range(2))
    assert plan.rows[3] == plan.rows[3]
    assert plan.edits == plan.edits
    ids = [edit.record.id for one in (plan, other) for edit in one.edits]
    assert len(set(ids)) == 200


def test_that_rows_are_left_out_by_their_tick_and_shown_by_what_becomes_of_them():
    header = ["小区名称", "社区", "户数"]
    rows = [[f"新苑{place}", "柳东社区", "5"] for place in range(100)]
    rows[10] = ["芷兰苑", "柳东社区", "777"]
    plan = planned(dataset(*compounds()), "compounds", header, *rows)
    less = plan.leaving({"4", "11"})
    assert (less.counts["create"], less.counts["change"], less.counts["skip"]) == (98, 0, 2)
    assert [row.number for row in less.rows if row.action == "skip"] == [4, 11]
    assert plan.answered("skip").counts["skip"] == 1
    arranged = plan.rows.arranged(("refuse", "change", "create", "skip", "same"))
    assert [row.number for row in arranged][:3] == [11, 1, 2]
    assert [row.number for row in plan.rows.arranged(("change", "create"), {"change"})] == [11]
    assert arranged.place_of("11") == 0
    assert arranged.place_of("3") == 3
    assert arranged.place_of("101") == -1


LETTERS = (
    "桐柳荷一二三十零〇○壹贰第期区栋幢号楼村苑园小区住宅 \t\u3000\u200b0123ⅡⅣIVx（）()#＃-－~裏臺㎡①龥\n"
)


def texts(seed, count=400):
    rnd = random.Random(seed)
    return ["".join(rnd.choice(LETTERS) for _ in range(rnd.randint(0, 8))) for _ in range(count)]


@pytest.mark.parametrize("seed", range(5))
def test_that_many_names_have_the_forms_that_each_has(seed):
    names = texts(seed)
    for kind in ("compounds", "grids", "communities", "firms", "buildings"):
        assert normal_names(kind, names) == [normal_name(kind, name) for name in names]
    assert counted_forms(names) == [counted(name) for name in names]
    forms = counted_forms(names)
    assert wholes_of(forms) == [whole_of(form) for form in forms]
    assert normal_names("compounds", []) == []


@pytest.mark.parametrize(("name", "kind"), [("name", "compounds"), ("address", "compounds"), ("code", "grids"), ("code", "communities"), ("code", "compounds")])  # fmt: skip
def test_that_a_text_told_to_be_a_value_as_it_stands_is_read_as_such(name, kind):
    reader = CellReader(kind, name, load_profile("yaohai"), heading="", today=TODAY, cells=list, answers={})
    more = "无 不详 - —— n/a NULL unknown 13800138000 1e5 1E5 12-34 123-456 001 A1 340190001001 340190001001.0 C000001 东1-2号"
    forms = [text for text in {*texts(3, 3000), *more.split()} if text.strip()]
    odd = reader.odd_texts(forms)
    assert odd is not None
    plain = [form for form in forms if form not in set(odd)]
    assert len(plain) > 0
    assert [reader.read(form).meaning for form in plain] == [Meaning(form) for form in plain]


def test_that_names_beside_codes_and_firms_in_place_of_answers_are_told_by_column(monkeypatch):
    header = ["小区名称", "社区代码", "社区名称", "物业企业", "户数"]
    data = dataset(*compounds())
    (code, name), (other, _) = [(r.code, r.text("name")) for r in data.of("communities").values()][:2]
    rows = [[f"新苑{place}", code, name, "无", "5"] for place in range(120)]
    rows[3][1], rows[4][2], rows[5][2], rows[6][3] = other, "无此社区", None, "绿城物业服务有限公司"
    found = planned(data, "compounds", header, *rows)
    monkeypatch.setattr(Screen, "newcomers", lambda _: None)
    assert shown(found) == shown(planned(data, "compounds", header, *rows))
    assert told_by_column(found) >= 116


SHEET = [
    ["某街道小区台账", None, None, None],
    ["小区名称", "社区", "户数", "地址"],
    ["一、柳东社区", None, None, None],
    *([f"新苑{place}", "柳东社区", place, f"柳路{place}号"] for place in range(70)),
    [None, None, None, None],
    ["小计", None, sum(range(70)), None],
    ["二、柳西社区", None, None, None],
    *([f"西苑{place}", "同上" if place else "柳西社区", place, None] for place in range(5)),
    [None, None, 10, None],
    ["小区名称", "社区", "户数", "地址"],
    ["和平村", "柳西社区", 3, None],
    ["注：以上为上报数", None, None, None],
    ["填表人：某某", None, None, "日期：2026年"],
]


def test_that_a_sheet_by_column_is_the_table_that_looking_at_each_row_gives(monkeypatch):
    columns = [list(cells) for cells in zip(*SHEET, strict=True)]
    wanted = wanted_for({"name": ["小区名称"], "community": ["社区"], "households": ["户数"]}, ["name"], {})
    for widths in (None, [len(row) for row in SHEET]):
        sheet = Sheet("表", Grid(columns, len(SHEET), widths))
        (table,) = tables_in(sheet, wanted, counts_from_header=False)
        with monkeypatch.context() as patch:
            patch.setattr(Rows, "need_a_look", lambda self, *_: np.ones(len(self.grid), bool))
            (each,) = tables_in(sheet, wanted, counts_from_header=False)
        assert list(table.rows) == list(each.rows)
        assert (table.apart, table.notes, table.names) == (each.apart, each.notes, each.names)
        assert [aside.number for aside in table.apart] == [3, 75, 76, 82, 83, 85, 86]
        assert len(table.rows) == 76
        assert table.rows[-2].cells[:2] == ["西苑4", "柳西社区"]
        assert [row.cells[-1] for row in (table.rows[0], table.rows[-1])] == ["柳东社区", "柳西社区"]


def test_that_a_grid_grows_where_a_cell_is_put_and_its_rows_end_where_they_are_filled():
    grid = Grid([["a", "b"], [None, 1]], 2)
    grid.put(3, 2, "z")
    assert list(grid) == [["a"], ["b", 1], [], [None, None, "z"]]
    assert (len(grid), grid.width, grid.width_of(0), grid[-1]) == (4, 3, 1, [None, None, "z"])
    assert list(Grid.of([["a", None], []])) == [["a", None], []]
    assert grid.column(9) == [None] * 4
