"""A workbook holds the records too, as their readers may have them."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest

from app.errors import InvalidInput
from app.services.bring_out.export_data import ExportRequest, export
from app.services.edit import edit
from tests.app.builders import a_small_registry

DAY = date(2026, 3, 1)


@pytest.fixture
def registry(tmp_path):
    found = a_small_registry(tmp_path)
    edit.add(found, "firms", {"code": "F9", "name": "乙物业", "list": "black"})
    edit.attach(found, "F9", ["C1"], role="trusteeship", since=date(2025, 1, 1))
    engagement = found.dataset.engagements_with("C1")[-1]
    edit.set_values(found, [engagement.code], {"guards": "3"}, since=date(2025, 1, 1))
    edit.add(found, "zones", {"code": "Z1", "name": "一片区", "firm": "F9"})
    edit.attach(found, "Z1", ["C1"], since=date(2025, 1, 1))
    edit.set_values(found, ["C1"], {"willingness_to_pay": "85%", "activities": "有"}, since=date(2025, 1, 1))
    for item, score in (("haves1", "1"), ("haves2", "0.5"), ("goods1", "")):
        values = {"subject": "C1", "scheme": "five_haves_ten_goods", "item": item, "score": score}
        edit.add(found, "assessments", {**values, "on": "2025-05-01"})
    edit.add(
        found,
        "entries",
        {"compound": "C2", "list": "needs", "text": "加装路灯", "state": "noted", "opened": "2027-01-01"},
    )
    yield found
    found.close()


def sheets(registry, tmp_path, **request):
    path = tmp_path / "out.xlsx"
    export(registry, path, ExportRequest(as_of=DAY, ledgers=True, **request))
    book = openpyxl.load_workbook(path)
    found = {}
    for sheet in book:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        found[sheet.title] = [dict(zip(rows[1], row, strict=True)) for row in rows[2:]]
    return found


def test_that_records_leave_in_words_with_their_facts_and_ratings(registry, tmp_path):
    found = sheets(registry, tmp_path)
    (compound,) = [row for row in found["小区台账"] if row["代码"] == "C1"]
    assert compound["缴费意愿"] == 0.85
    assert compound["自治活动"] == "有"
    assert compound["5 个有和 10 个好：得分率最低"] == pytest.approx(1.5 / 15)
    assert compound["5 个有和 10 个好：得分率最高"] == pytest.approx(14.5 / 15)
    assert compound["5 个有和 10 个好：评分日期"] == datetime(2025, 5, 1)  # noqa: DTZ001  # a cell knows no zone
    (engagement,) = [row for row in found["物业服务台账"] if row["物业企业"] == "F9"]
    assert (engagement["阶段"], engagement["保安"], engagement["物业企业名称"]) == ("托管", 3, "乙物业")
    (zone,) = found["片区台账"]
    assert zone["名称"] == "一片区"
    (link,) = found["关系台账"]
    assert (link["主体名称"], link["对象"]) == ("一片区", "C1")


def test_that_what_is_noted_later_stays(registry, tmp_path):
    assert "清单条目台账" not in sheets(registry, tmp_path)


def test_that_the_public_gets_no_fact_no_firm_and_no_list(registry, tmp_path):
    found = sheets(registry, tmp_path, audience="public")
    assert not {"物业服务台账", "关系台账", "评分台账", "物业企业台账"} & set(found)
    public_of_a_zone = {"代码", "名称", "物业企业", "街道", "街道名称", "小区数", "面积（平方米）"}
    assert all(set(row) <= public_of_a_zone for row in found["片区台账"])
    assert set(found["小区台账"][0]) <= {
        "代码", "名称", "类型", "已挂接党组织", "物业服务在期", "本指标", "区", "区名称", "街道", "街道名称", "社区", "社区名称",
        "网格", "网格名称", "面积（平方米）",
        "经度（EPSG:4490）", "纬度（EPSG:4490）",
    }  # fmt: skip


def test_that_a_units_workbook_holds_what_goes_with_it_alone(registry, tmp_path):
    grid_of = {code: registry.engine.derived(code, DAY).grid for code in ("C1", "C2")}
    here = sheets(registry, tmp_path, unit=grid_of["C1"], by="grid")
    assert [row["代码"] for row in here["小区台账"]] == ["C1"]
    assert [row["代码"] for row in here["片区台账"]] == ["Z1"]
    assert "F9" in {row["代码"] for row in here["物业企业台账"]}
    there = sheets(registry, tmp_path, unit=grid_of["C2"], by="grid")
    assert "片区台账" not in there
    assert "F9" not in {row["代码"] for row in there.get("物业企业台账", [])}


@pytest.mark.parametrize("measure", ["not_three_no", "three_defences", "adopted", "not_blacklisted"])
def test_that_the_public_gets_no_figures_of_safety_below_the_street(registry, tmp_path, measure):
    with pytest.raises(InvalidInput):
        sheets(registry, tmp_path, audience="public", measure=measure, by="grid")
