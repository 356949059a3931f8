"""A file is what it holds, whatever it is called; what can't be read is told in plain words with the next step."""

from __future__ import annotations

import json

import openpyxl
import pytest

from app.errors import InvalidInput
from app.exchange import reader
from app.exchange.reader import read_source

HTML = """<html><head><meta charset="{0}"><style>td {{x: y}}</style></head><body><table>
<tr><th rowspan=2>小区名称</th><th rowspan="2">社区</th><th colspan="2">规模</th></tr><tr><th>户数</th><th>人口</th></tr>
<tr><td>网页甲院</td><td rowspan="2">990001001001</td><td>81</td><td>&nbsp;</td></tr>
<tr style="display: none"><td>网页乙院</td><td>82</td><td>200</td></tr></table></body></html>"""
XML = """<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"
 xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="小区"><Table>
<Row ss:Index="2"><Cell><Data ss:Type="String">小区名称</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">户数</Data></Cell></Row>
<Row><Cell ss:MergeAcross="1"><Data ss:Type="String">旧甲院</Data></Cell><Cell><Data ss:Type="Number">81</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


def refusal(path, **options):
    with pytest.raises(InvalidInput) as caught:
        read_source(path, **options)
    return caught.value.message.zh


def values(plan, *fields):
    return [tuple({c.field: c.after for c in row.cells}.get(f) for f in fields) for row in plan.rows]


def test_that_a_web_page_called_a_workbook_is_read(planned):
    assert values(planned("html_named_xls.xls"), "name", "households") == [("网页甲院", 81), ("网页乙院", 82)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
@pytest.mark.parametrize("name", ["a.xls", "a.csv", "a.et"])
def test_that_a_page_is_read_as_it_is_seen(planned, tmp_path, encoding, name):
    (tmp_path / name).write_bytes(HTML.format(encoding).encode(encoding))
    plan = planned(tmp_path / name)
    assert values(plan, "name", "community", "households", "residents") == [
        ("网页甲院", "990001001001", 81, None),
        ("网页乙院", "990001001001", 82, 200),
    ]
    assert any("隐藏" in note.zh for note in plan.notes)


def test_that_an_old_xml_workbook_is_read(planned, tmp_path):
    (tmp_path / "a.xls").write_text(XML, "utf-8")
    plan = planned(tmp_path / "a.xls")
    assert values(plan, "name", "households") == [("旧甲院", 81)]
    assert plan.rows[0].number == 3


def test_that_a_workbook_called_csv_and_a_text_called_workbook_are_read(planned, tmp_path):
    book = openpyxl.Workbook()
    for row in (["小区名称", "户数"], ["改名甲院", 81]):
        book.active.append(row)
    book.save(tmp_path / "book.xlsx")
    (tmp_path / "book.xlsx").rename(tmp_path / "book.csv")
    assert values(planned(tmp_path / "book.csv"), "name", "households") == [("改名甲院", 81)]
    for name in ("text.xlsx", "text.xls"):
        (tmp_path / name).write_text("小区名称\t户数\n改名乙院\t82\n", "utf-16")
        assert values(planned(tmp_path / name), "name", "households") == [("改名乙院", 82)]


def test_that_a_password_is_named(faults):
    assert "密码" in refusal(faults / "password.xlsx")


def test_that_a_file_geodatabase_is_named_with_the_way_out(tmp_path):
    (tmp_path / "x.gdb").mkdir()
    (tmp_path / "x.gdb" / "a00000001.gdbtable").touch()
    assert "导出" in refusal(tmp_path / "x.gdb")


def test_that_geojson_by_lines_is_read(planned, tmp_path):
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"name": f"行{n}院"},
                "geometry": {"type": "Point", "coordinates": [117.2, 31.9 + n / 100]},
            }
        )
        for n in range(3)
    ]
    (tmp_path / "a.geojson").write_text("\n".join(lines) + "\n", "utf-8")
    assert [row.name for row in planned(tmp_path / "a.geojson").rows] == ["行0院", "行1院", "行2院"]
    (tmp_path / "a.geojson").write_text("\n".join(lines)[:-30], "utf-8")
    assert "没有传完" in refusal(tmp_path / "a.geojson")


def test_that_esri_json_is_read(planned, tmp_path):
    outer = [[117.31, 31.81], [117.31, 31.82], [117.32, 31.82], [117.32, 31.81], [117.31, 31.81]]
    hole = [[117.312, 31.812], [117.318, 31.812], [117.318, 31.818], [117.312, 31.818], [117.312, 31.812]]
    document = {
        "geometryType": "esriGeometryPolygon",
        "spatialReference": {"wkid": 4490},
        "features": [{"attributes": {"NAME": "图甲院"}, "geometry": {"rings": [outer, hole]}}],
    }
    (tmp_path / "a.json").write_text(json.dumps(document), "utf-8")
    plan = planned(tmp_path / "a.json")
    assert plan.crs == "EPSG:4490"
    assert plan.rows[0].name == "图甲院"
    assert plan.rows[0].outline.area == pytest.approx(1e-4 - 36e-6)


def test_that_text_in_big5_is_told_so(planned, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("社區名稱,戶數,地址\n柳東花園,81,青嵐路一號\n".encode("big5"))
    assert "--encoding big5" in refusal(path)
    assert read_source(path, encoding="big5").encoding == "big5"
    path.write_bytes("小区名称,户数,地址\n柳东花园,81,青岚路一号\n".encode("gb18030"))
    assert read_source(path).encoding == "gb18030"


def test_that_an_open_workbook_is_told_so(planned, tmp_path):
    book = openpyxl.Workbook()
    for row in (["小区名称"], ["开着甲院"]):
        book.active.append(row)
    book.save(tmp_path / "名册.xlsx")
    assert not any("开着" in note.zh for note in planned(tmp_path / "名册.xlsx").notes)
    (tmp_path / "~$名册.xlsx").touch()
    assert any("开着" in note.zh for note in planned(tmp_path / "名册.xlsx").notes)


@pytest.mark.parametrize(
    ("status", "errors", "killed_for", "words"),
    [
        (-9, "", "memory", "内存"),
        (-6, "memory allocation of 99 bytes failed", "", "内存"),
        (-24, "", "", "秒"),
        (-9, "", "time", "秒"),
        (-11, "", "", "中止"),
    ],
)
def test_that_time_memory_and_a_broken_reader_are_three_sentences(
    tmp_path, status, errors, killed_for, words
):
    with pytest.raises(InvalidInput) as caught:
        reader._explain(tmp_path / "a.xlsx", status, errors, killed_for)
    assert [word for word in ("内存", "秒", "中止") if word in caught.value.message.zh] == [words]


def test_that_a_cell_far_down_costs_nothing_and_is_named(planned, tmp_path):
    book = openpyxl.Workbook()
    for row in (["小区名称", "户数"], ["远行甲院", 81]):
        book.active.append(row)
    book.active["CZ900000"] = "x"
    book.active["A1048576"] = " "
    book.save(tmp_path / "a.xlsx")
    plan = planned(tmp_path / "a.xlsx")
    assert plan.counts["create"] == len(plan.rows) == 1
    assert any("CZ900000" in note.zh for note in plan.notes)
