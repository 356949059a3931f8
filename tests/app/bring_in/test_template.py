"""Import templates: made from the declaration, read back as they are, and refused with a place where they are wrong."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date

import openpyxl
import pytest

from app.domain.kinds import OFFERED_KINDS
from app.errors import InvalidInput, RegistryError
from app.exchange.template_names import sheet_name, template_kind
from app.exchange.templates.columns import template_columns
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.bring_in.template_data import write_template
from app.services.edit import edit
from app.services.profile.profiles import city_profiles, load_profile
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry, an_empty_registry

TODAY = date(2026, 11, 22)


@pytest.fixture
def registry(tmp_path):
    registry = a_small_registry(tmp_path)
    yield registry
    registry.close()


def counts(registry, path, kind):
    plan = plan_import(registry, ImportRequest(source=path, kind=kind))
    assert [(left.column, left.why) for left in plan.left_columns] == []
    return plan, {action: n for action, n in plan.counts.items() if n}


def assert_nothing_to_do(registry, kind, folder, lang="zh"):
    path = folder / f"{kind}-{lang}.xlsx"
    report = write_template(registry, kind, path, lang=lang)
    if report.rows == 0:
        return 0
    plan, found = counts(registry, path, kind)
    changed = [(row.number, row.cells, row.problems) for row in plan.rows if row.action != "same"]
    assert found == {"same": report.rows}, changed[:3]
    assert plan.taken.keys() == {c.field for c in template_columns(registry.profile, kind, lang)}
    return report.rows


def changed_book(path, *, cells=(), rows=(), sheet=0):
    """Change cells of a workbook, ``(heading, row, value)``, and add rows, each heading → value."""
    book = openpyxl.load_workbook(path)
    page = book.worksheets[sheet]
    places = {cell.value: cell.column for cell in page[1]}
    for heading, row, value in cells:
        if heading not in places:
            places[heading] = page.max_column + 1
            page.cell(1, places[heading]).value = heading
        page.cell(row, places[heading]).value = value
    last = page.max_row
    for at, row in enumerate(rows, last + 1):
        for heading, value in row.items():
            page.cell(at, places[heading]).value = value
    book.save(path)
    return path


@pytest.mark.slow
@pytest.mark.parametrize(("profile", "lang"), [("yaohai", "zh"), ("jinjiang", "zh"), ("quzhou", "en")])
def test_that_every_template_of_every_sample_comes_back_without_a_change(
    made_sample, tmp_path, profile, lang
):
    path = shutil.copyfile(made_sample(profile, 0), tmp_path / "s.gpkg")
    registry = Registry.open(path, by="tester")
    try:
        filled = sum(assert_nothing_to_do(registry, kind, tmp_path, lang) > 0 for kind in OFFERED_KINDS)
        assert filled >= 15
    finally:
        registry.close()


@pytest.mark.parametrize("profile", city_profiles())
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_every_heading_of_every_kind_means_its_own_column(tmp_path, profile, lang):
    """A kind whose columns no profile changes is tried with the first of them alone."""
    registry = an_empty_registry(tmp_path, profile=profile)
    first = city_profiles()[0]
    try:
        for kind in OFFERED_KINDS:
            columns = template_columns(registry.profile, kind, lang)
            if profile != first and columns == template_columns(load_profile(first), kind, lang):
                continue
            headings = [column.heading for column in columns]
            assert len(set(headings)) == len(headings)
            path = tmp_path / f"{kind}.xlsx"
            write_template(registry, kind, path, lang=lang, is_empty=True)
            assert not plan_import(registry, ImportRequest(source=path, kind=kind)).rows  # nothing to do
            changed_book(path, rows=[dict.fromkeys(headings, "x")])
            plan = plan_import(registry, ImportRequest(source=path, kind=kind))
            assert plan.taken == {column.field: column.heading for column in columns}
    finally:
        registry.close()


def test_that_a_sheet_is_known_by_its_name_and_a_strangers_is_not():
    for kind in OFFERED_KINDS.values():
        for lang in ("zh", "en"):
            assert template_kind(sheet_name(kind, lang)) == kind.name
            assert len(sheet_name(kind, lang)) <= 31
        assert template_kind(kind.words.zh) is None


def test_that_values_come_back_that_a_sheet_would_bend(registry, tmp_path):
    odd = [
        "=1+1",
        "+A1",
        "00123",
        "1e5",
        "是",
        "_x0041_",
        "a\nb",
        "'x",
        "@SUM",
        "http://a.b",
        "２０２６",
        "true",
    ]
    for text in odd:
        edit.add(registry, "compounds", {"name": text, "address": text, "valid_from": "1899-12-31"})
    edit.add(
        registry,
        "organisations",
        {"name": "=支部", "type": "branch", "founded": "1921-07-01", "members": "0"},
    )
    edit.add(
        registry,
        "engagements",
        {"firm": "F1", "compound": "C1", "stage": "trial", "fee_yuan_m2_month": 0.1 + 0.2},
    )
    edit.set_values(registry, ["C1"], {"gate_guard": "no"}, since=date(2025, 3, 1))
    edit.set_values(registry, ["C1"], {"gate_guard": "unknown"}, since=TODAY)
    for kind in ("compounds", "organisations", "engagements", "facts"):
        assert assert_nothing_to_do(registry, kind, tmp_path)
    book = openpyxl.load_workbook(tmp_path / "compounds-zh.xlsx")
    assert {cell.data_type for row in book.worksheets[0].iter_rows(min_row=2) for cell in row} <= {
        "s",
        "n",
        "d",
        "inlineStr",
    }


def test_that_a_template_explains_offers_and_guards(registry, tmp_path):
    path = tmp_path / "t.xlsx"
    write_template(registry, "compounds", path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["小区 compounds", "说明", "代码表"]
    page = book.worksheets[0]
    head = {cell.value: cell for cell in page[1]}
    assert page.freeze_panes is not None
    assert all(cell.comment is not None and cell.comment.text.strip() for cell in page[1])
    assert "人" in head["人口"].comment.text or "整数" in head["人口"].comment.text
    assert "340102001001 临泉路社区" in {cell.value for column in book["代码表"].columns for cell in column}
    rules = {min(r.sqref.ranges, key=str).min_col: r for r in page.data_validations.dataValidation}
    assert rules[head["类型"].column].type == "list"
    assert rules[head["门卫"].column].type == "list"
    assert rules[head["网格"].column].errorStyle == "warning"
    said = [str(cell.value) for row in book["说明"].iter_rows() for cell in row]
    assert any("没有改过的文件导入，一条也不变" in text for text in said)
    assert {c.heading for c in template_columns(registry.profile, "compounds", "zh")} <= set(said)


def test_that_a_filled_in_template_is_taken_as_one_change(registry, tmp_path):
    path = tmp_path / "t.xlsx"
    write_template(registry, "compounds", path)
    changed_book(
        path,
        cells=[("户数", 2, 500), ("门卫", 2, "无"), ("调查日期", 2, date(2026, 11, 1))],
        rows=[
            {
                "名称": "新苑",
                "类型": "回迁",
                "社区": "340102001001 临泉路社区",
                "经度（EPSG:4490）": 117.305,
                "纬度（EPSG:4490）": 31.865,
            }
        ],
    )
    plan, found = counts(registry, path, "compounds")
    assert found == {"create": 1, "change": 1, "same": 1}
    commit_import(registry, plan.answered("update"))
    assert registry.dataset.find("C1").get("households") == 500
    assert registry.dataset.fact_on("C1", "gate_guard", TODAY).valid_from == date(2026, 11, 1)
    new = next(r for r in registry.dataset.of("compounds").values() if r.get("name") == "新苑")
    assert (new.get("kind"), new.get("community"), new.geometry.x) == (
        "resettlement",
        "340102001001",
        117.305,
    )
    registry.undo()
    assert registry.dataset.find("C1").get("households") == 412


def test_that_rows_without_their_code_are_known_by_what_they_say(registry, tmp_path):
    edit.add(
        registry,
        "engagements",
        {"firm": "F1", "compound": "C1", "stage": "trial", "valid_from": "2026-01-01"},
    )
    edit.add(registry, "attachments", {"organisation": "O1", "to": "C1"})
    edit.add(
        registry,
        "assessments",
        {
            "subject": "C1",
            "scheme": "five_haves_ten_goods",
            "item": "goods1",
            "score": "1",
            "on": "2026-02-01",
        },
    )
    edit.add(registry, "links", {"relation": "pairing", "subject": "F1", "to": "C1"})
    edit.add(
        registry,
        "entries",
        {"compound": "C1", "list": "needs", "text": "加装电梯", "state": "noted", "opened": "2026-03-01"},
    )
    edit.add(registry, "departments", {"name": "区住建局", "post": "物业科"})
    for kind in (
        "engagements",
        "attachments",
        "assessments",
        "links",
        "entries",
        "departments",
        "organisations",
    ):
        path = tmp_path / f"{kind}.xlsx"
        rows = write_template(registry, kind, path).rows
        book = openpyxl.load_workbook(path)
        for (cell,) in book.worksheets[0].iter_rows(min_row=2, max_col=1):
            cell.value = None
        book.save(path)
        _, found = counts(registry, path, kind)
        assert found == {"same": rows}, kind


def test_that_a_score_without_a_version_means_the_one_there_is_and_a_new_one_takes_the_newest(
    registry, tmp_path
):
    edit.add(
        registry,
        "assessments",
        {
            "subject": "C1",
            "scheme": "five_haves_ten_goods",
            "item": "goods1",
            "score": "1",
            "on": "2026-02-01",
        },
    )
    path = tmp_path / "a.csv"
    path.write_text(
        "对象,评价办法,项目,得分,日期\nC1,5 个有和 10 个好,goods1,1,2026-02-01\nC1,five_haves_ten_goods,haves1,0.5,2026-02-01\n",
        "utf-8",
    )
    plan, found = counts(registry, path, "assessments")
    assert found == {"same": 1, "create": 1}
    changes = commit_import(registry, plan)
    assert registry.dataset.find(changes.codes[0]).get("scheme_version") == 1


@pytest.mark.parametrize(
    ("kind", "cells", "rows", "place"),
    [
        ("compounds", [("备注", 2, "x")], [], (1, "备注")),
        ("compounds", [("类型", 3, "城堡")], [], (3, "类型")),
        ("compounds", [("户数", 2, "很多")], [], (2, "户数")),
        ("compounds", [("开始日期", 2, "去年")], [], (2, "开始日期")),
        ("compounds", [("网格", 2, "340102001001001 第九网格")], [], (2, "网格")),
        ("compounds", [("代码", 2, "F1")], [], (2, "代码")),
        ("compounds", [("门卫", 2, "有时")], [], (2, "门卫")),
        ("organisations", [], [{"类型": "党委"}], (3, "名称")),
        ("stations", [], [{"名称": "驿站", "类型": ""}], (2, "类型")),
        (
            "assessments",
            [],
            [
                {
                    "对象": "C1",
                    "评价办法": "5 个有和 10 个好",
                    "项目": "goods1",
                    "得分": 3,
                    "日期": "2026-02-01",
                }
            ],
            (2, "得分"),
        ),
        ("links", [], [{"关系": "pairing", "主体": "O1", "对象": "C1"}], (2, "主体")),
    ],
)
def test_that_a_wrong_template_is_refused_with_its_place_and_nothing_written(
    registry, tmp_path, kind, cells, rows, place
):
    path = tmp_path / "t.xlsx"
    write_template(registry, kind, path)
    changed_book(path, cells=cells, rows=rows)
    registry.close()
    before = hashlib.sha256(registry.path.read_bytes()).hexdigest()
    again = Registry.open(registry.path, by="tester")
    with pytest.raises(RegistryError) as caught:
        commit_import(again, plan_import(again, ImportRequest(source=path, kind=kind)))
    again.close()
    assert hashlib.sha256(registry.path.read_bytes()).hexdigest() == before
    problem = caught.value.problems[0]
    assert (problem.row, problem.column) == place
    assert problem.sheet == sheet_name(OFFERED_KINDS[kind], "zh")
    assert problem.message.zh
    assert problem.message.en


def test_that_a_template_of_another_kind_says_which_it_is(registry, tmp_path):
    path = tmp_path / "t.xlsx"
    write_template(registry, "firms", path)
    with pytest.raises(InvalidInput) as caught:
        plan_import(registry, ImportRequest(source=path, kind="compounds"))
    assert "物业企业" in caught.value.message.zh
    assert caught.value.problems[0].sheet == "物业企业 firms"


def test_that_one_street_s_template_holds_only_what_belongs_to_it(registry, tmp_path):
    edit.add(registry, "streets", {"code": "340102002", "name": "别处", "district": "340102"})
    edit.add(registry, "compounds", {"code": "C9", "name": "别处小区", "street": "340102002"})
    edit.add(registry, "firms", {"code": "F9", "name": "别处物业"})
    edit.add(registry, "engagements", {"firm": "F9", "compound": "C9", "stage": "trial"})
    edit.add(registry, "engagements", {"firm": "F1", "compound": "C1", "stage": "trial"})
    edit.set_values(registry, ["C9"], {"gate_guard": "no"})
    for kind, here in (
        ("compounds", 2),
        ("firms", 1),
        ("engagements", 1),
        ("facts", 0),
        ("streets", 1),
        ("districts", 1),
        ("grids", 2),
    ):
        assert write_template(registry, kind, tmp_path / f"{kind}.xlsx", street="340102001").rows == here, (
            kind
        )
    with pytest.raises(InvalidInput, match="不是街道"):
        write_template(registry, "compounds", tmp_path / "x.xlsx", street="340102")


def test_that_a_private_number_in_a_file_of_old_does_not_leave(registry, tmp_path, monkeypatch):
    monkeypatch.setattr("app.domain.rules.rules.newly_personal", lambda record, before: ())
    edit.add(registry, "firms", {"name": "甲", "address": "找 13812345678"})
    report = write_template(registry, "firms", tmp_path / "d.xlsx")
    assert (report.rows, report.left_empty) == (2, 1)
    assert "13812345678" not in str(
        [[c.value for c in r] for r in openpyxl.load_workbook(report.path).worksheets[0]]
    )
    _, found = counts(registry, report.path, "firms")
    assert found == {"same": 2}


def test_that_a_template_never_overwrites_a_registry_and_is_a_workbook(registry, tmp_path):
    with pytest.raises(InvalidInput, match="xlsx"):
        write_template(registry, "firms", tmp_path / "t.csv")
    disguised = tmp_path / "r.xlsx"
    shutil.copy(registry.path, disguised)
    with pytest.raises(InvalidInput, match="台账"):
        write_template(registry, "firms", disguised)
    with pytest.raises(InvalidInput, match="这一类"):
        write_template(registry, "castles", tmp_path / "t.xlsx")


def test_that_a_profile_of_ones_own_gives_its_columns(tmp_path):
    from app.services.registry.registry import create_registry

    file = tmp_path / "city.toml"
    file.write_text(
        'id = "mine"\n[[facts]]\nkey = "lifts"\nof = ["compounds", "districts"]\ntype = "count"\nunit = "部"\n'
        'words = { zh = "户数", en = "Households" }\n'
        '[[facts]]\nkey = "owner"\nof = ["compounds"]\ntype = "text"\nwords = { zh = "业主姓名", en = "Owner name" }\n',
        "utf-8",
    )
    registry = create_registry(tmp_path / "m.gpkg", load_profile(str(file)), by="tester")
    try:
        columns = {c.field: c for c in template_columns(registry.profile, "compounds", "zh")}
        assert columns["lifts"].heading == "户数（lifts）"
        assert columns["lifts"].unit == "部"
        assert "owner" not in columns  # an import would leave it out
        code = edit.add(registry, "compounds", {"name": "甲", "households": "9", "lifts": "4"}).codes[0]
        edit.add(registry, "districts", {"code": "340102", "lifts": "7"})
        assert assert_nothing_to_do(registry, "districts", tmp_path) == 1
        path = tmp_path / "c.xlsx"
        write_template(registry, "compounds", path)
        changed_book(path, cells=[("户数（lifts）", 2, 5)])
        plan, found = counts(registry, path, "compounds")
        assert found == {"change": 1}
        assert plan.rows[0].code == code
        assert [cell.field for cell in plan.rows[0].cells] == ["lifts"]
    finally:
        registry.close()
