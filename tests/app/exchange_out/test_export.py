"""The verb export: formats, readers, one unit, the same bytes twice, and faults that leave nothing."""

from __future__ import annotations

import csv
import json
import resource
import signal
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date

import openpyxl
import pyarrow.parquet as pq
import pyogrio
import pytest
import shapely
from shapely.geometry import Point, box

from app.coverage.measures import measure_names
from app.coverage.results import Query
from app.domain.audience import Audience
from app.domain.record import make_record
from app.errors import InvalidInput, StorageFault
from app.exchange.atlas.reading import texts_in
from app.exchange.formats.html_data import data_in
from app.exchange.formats.zipped import parts_of
from app.jobs import Cancelled, Ticket
from app.services.bring_out.export_data import ExportRequest, export, write_coverage_csv
from app.services.bring_out.formats import WRITTEN
from app.services.bring_out.public_measures import refuse_for_readers
from app.services.edit import edit
from app.services.profile.profiles import load_profile, profile_from_text
from app.services.registry.registry import create_registry
from app.text import Text
from tests.app.builders import LAT, LON, held, square
from tests.app.exchange_out.builders import EVIL
from ui.map.export.png import PNG

DAY = date(2026, 11, 21)
FILES = [each.name for each in WRITTEN]
SECRETS = {  # what may not go to the public, as it would read in any of the files
    "three_no", "三无", "gate_guard", "门卫", "defence", "人防", "物防", "技防", "authority", "主管单位", "managing_body",
    "fee_yuan", "物业费", "77.123", "A级企业", "红黑榜", "black", "open_cases", "纠纷", "changed_by", "tester",
    "surveyed by hand", "households", "户数", "residents", "人口", "长江东路 99 号", "built_year",
}  # fmt: skip


@pytest.fixture
def registry(tmp_path):
    """A district of one street, 2 communities and 4 grids; 5 compounds; everything that may be secret."""
    folder = tmp_path / "live"
    folder.mkdir()
    number = iter(range(10_000))

    def record(kind, code, /, **values):
        return make_record(kind, f"00000000-0000-0000-0000-{next(number):012d}", code, **values)

    records = [
        record("districts", "340102", name="瑶海区", geometry=square(0, 0, 0.02)),
        record("streets", "340102001", name="明光路街道", district="340102", geometry=square(0, 0, 0.02)),
    ]
    for n in range(2):
        community = f"34010200100{n + 1}"
        outline = box(LON, LAT + 0.01 * n, LON + 0.02, LAT + 0.01 * (n + 1))
        records.append(
            record("communities", community, name=f"第{n}社区", street="340102001", geometry=outline)
        )
        for m in range(2):
            cell = square(0.01 * m, 0.01 * n, 0.01)
            records.append(
                record("grids", f"{community}00{m}", name=f"第{m}网格", community=community, geometry=cell)
            )
    surveyed = [3, 40, 60, 70, None]
    for n, name in enumerate(["大关东三苑", EVIL, "=1+1", "", "无房小区"]):
        code = f"C{n}"
        records.append(
            record(
                "compounds", code, name=name, kind="old", households=100 + n, residents=300, built_year=1988,
                address="长江东路 99 号", geometry=square(0.002 + 0.01 * (n % 2), 0.002 + 0.01 * (n // 2 % 2), 0.003),
            )
        )  # fmt: skip
        if surveyed[n] is not None:
            records.append(
                record(
                    "households",
                    f"{code}:2026-01-01",
                    subject=code,
                    on=date(2026, 1, 1),
                    households=100,
                    surveyed=surveyed[n],
                )
            )
    records += [
        record("stations", "S1", name="第一驿站", kind="grid_post", geometry=Point(LON + 0.004, LAT + 0.004)),
        record("organisations", "O1", name="第一支部", type="branch"),
        record("attachments", "A1", organisation="O1", to="C0"),
        record("firms", "F1", name="安居物业", grade="A级企业", list="black"),
        record("engagements", "E1", firm="F1", compound="C0", stage="contract", fee_yuan_m2_month=77.123),
        record("facts", "C1:gate_guard:2026-01-01", subject="C1", key="gate_guard", value="no", valid_from=date(2026, 1, 1)),
        record("facts", "C1:party_organisation:2026-01-01", subject="C1", key="party_organisation", value="no", valid_from=date(2026, 1, 1)),
        record("cases", "M1", compound="C1", level="compound", state="opened", opened=date(2026, 2, 2)),
        record("buildings", "B1", name="1 栋", compound="C0", households=12, geometry=square(0.0022, 0.0022, 0.0005)),
    ]  # fmt: skip
    made = create_registry(
        folder / "a.gpkg", load_profile("yaohai"), name="瑶海区", records=records, by="tester",
        synthetic_note=Text("全是编的", "all made up"),
    )  # fmt: skip
    edit.set_values(made, ["C1"], {"kind": "commercial"}, why="surveyed by hand")
    yield made
    made.close()


def text_of(path):
    """Return all that a file says, whatever its format."""
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        return "\n".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    if path.suffix == ".gpkg":
        with closing(sqlite3.connect(path)) as file:
            return "\n".join(line for line in file.iterdump() if "gpkg_spatial_ref_sys" not in line)
    if path.suffix == ".zip":
        return "\n".join(content.decode("utf-8", "replace") for content in parts_of(path).values())
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        said = [
            value.decode() for name, value in table.schema.metadata.items() if name in (b"about", b"figures")
        ]
        return "\n".join([*said, str(table.drop_columns("geometry").to_pylist())])
    if path.suffix == ".pdf":
        return "\n".join(text for page in texts_in(path) for text in page)
    if path.suffix == ".html":
        return json.dumps(data_in(path.read_text("utf-8")), ensure_ascii=False)
    return path.read_text("utf-8")


def out(tmp_path, format_, **asked):
    return tmp_path / f"out.{format_}", ExportRequest(as_of=DAY, **asked)


def test_that_firms_and_open_cases_are_those_of_the_day(registry, tmp_path):
    edit.add(registry, "firms", {"code": "F2", "name": "后来物业"})
    edit.set_values(registry, ["E1"], {"firm": "F2"}, since=date(2026, 6, 1))
    edit.set_values(registry, ["M1"], {"state": "closed", "closed": "2026-07-01"})
    found = {}
    for day in (date(2026, 2, 1), date(2026, 3, 1), DAY):
        path = tmp_path / f"{day}.geojson"
        export(registry, path, ExportRequest(as_of=day))
        rows = {
            f["properties"]["code"]: f["properties"] for f in json.loads(path.read_text("utf-8"))["features"]
        }
        found[day.month] = (rows["C0"]["firm"], rows["C1"]["open_cases"])
    assert found == {2: ("安居物业", 0), 3: ("安居物业", 1), 11: ("后来物业", 0)}


@pytest.mark.parametrize("format_", FILES)
def test_that_the_public_file_says_nothing_of_what_is_kept_from_the_public(registry, tmp_path, format_):
    path, request = out(tmp_path, format_, audience="public", by="grid")
    report = export(registry, path, request)
    said = text_of(path)
    assert [secret for secret in SECRETS if secret in said] == []
    assert "building" not in said.replace("buildings", "")
    if format_ in ("html", "gpkg", "geojson"):
        assert "大关东三苑" in said
        assert {"compound.party", "compound.property", "station.kind"} <= set(report.fields_left)
    assert not any("three_no" in field or "fee" in field for field in report.fields_left)


def test_that_the_street_file_holds_three_no_and_the_internal_one_who_changed_what(registry, tmp_path):
    path, request = out(tmp_path, "geojson")
    street = set(export(registry, path, request).fields_left)
    assert {"compound.three_no", "compound.fact_gate_guard", "compound.firm_list", "building.name"} <= street
    assert "77.123" in text_of(path)
    assert "tester" not in text_of(path)
    path, request = out(tmp_path, "geojson", audience="internal")
    internal = set(export(registry, path, request).fields_left)
    assert internal - street == {
        f"{layer}.{name}"
        for layer in ("district", "street", "community", "grid", "compound", "building", "station")
        for name in ("changed_on", "changed_by", "changed_verb", "changed_why")
    }
    assert "surveyed by hand" in text_of(path)


@pytest.mark.parametrize("measure", ["committee", "survey", "five_haves"])
def test_that_a_compounds_own_status_in_other_measures_stays_from_the_public(registry, tmp_path, measure):
    path, request = out(tmp_path, "geojson", audience="public", measure=measure)
    assert "compound.status" not in export(registry, path, request).fields_left


@pytest.mark.parametrize("format_", FILES)
@pytest.mark.parametrize("audience", ["public", "internal"])
def test_that_unchanged_data_give_the_same_bytes(registry, tmp_path, format_, audience):
    path, request = out(tmp_path, format_, audience=audience)
    export(registry, path, request)
    first = path.read_bytes()
    export(registry, path, request)
    assert path.read_bytes() == first


@pytest.mark.parametrize("format_", FILES)
def test_that_every_file_says_synthetic_its_day_and_has_a_review_number_line(registry, tmp_path, format_):
    path, request = out(tmp_path, format_)
    export(registry, path, request)
    said = text_of(path)
    assert "全是编的" in said
    assert "2026-11-21" in said
    assert "审图号" in said
    assert "WGS 84" in said


@pytest.mark.parametrize("format_", FILES)
def test_that_one_unit_leaves_nothing_of_another(registry, tmp_path, format_):
    path, request = out(tmp_path, format_, unit="340102001002", by="street")
    export(registry, path, request)
    said = text_of(path)
    assert "340102001001000" not in said
    assert "大关东三苑" not in said
    assert "340102001002" in said


def test_that_a_units_parts_and_rest_add_up_to_it(registry, tmp_path):
    path, request = out(tmp_path, "xlsx", unit="340102001", by="grid")
    export(registry, path, request)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["一览", "网格", "街道", "社区", "说明"]
    for name in ("街道", "社区", "网格"):
        rows = [[cell.value for cell in row] for row in book[name].iter_rows(min_row=3)]
        end = next(place for place, row in enumerate(rows) if row[1] == "合计")
        for column in range(2, 6):
            assert sum(row[column] for row in rows[:end]) == rows[end][column]


def test_that_the_geopackage_is_indexed_and_opens_in_other_programs(registry, tmp_path):
    path, request = out(tmp_path, "gpkg")
    report = export(registry, path, request)
    layers = {name for name, _ in pyogrio.list_layers(path)}
    assert {
        "district",
        "street",
        "community",
        "grid",
        "compound",
        "building",
        "station",
        "about",
        "figures",
    } == layers - {"layer_styles"}
    with closing(sqlite3.connect(path)) as file:
        indexed = {
            row[0]
            for row in file.execute(
                "SELECT table_name FROM gpkg_extensions WHERE extension_name='gpkg_rtree_index'"
            )
        }
        assert {"compound", "grid"} <= indexed
        assert file.execute("PRAGMA user_version").fetchone() == (10200,)
        assert file.execute("SELECT count(*) FROM rtree_compound_geom").fetchone() == (
            report.counts["compound"],
        )
        assert file.execute("SELECT srs_id FROM gpkg_contents WHERE table_name='compound'").fetchone() == (
            4490,
        )
        names = {row[0] for row in file.execute("SELECT name FROM compound")}
        assert EVIL in names
        assert file.execute("SELECT typeof(households) FROM compound").fetchone() == ("integer",)


def test_that_geojson_is_of_rfc_7946(registry, tmp_path):
    path, request = out(tmp_path, "geojson")
    export(registry, path, request)
    document = json.loads(path.read_text("utf-8"))
    assert "crs" not in document
    for feature in document["features"]:
        shape = shapely.geometry.shape(feature["geometry"])
        assert LON <= shape.bounds[0] <= LON + 0.03
        if shape.geom_type == "Polygon":
            assert shape.exterior.is_ccw


@contextmanager
def no_room(size):
    """A disk on which no file can grow beyond ``size`` bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.parametrize("format_", FILES)
def test_that_a_full_disk_is_a_fault_and_leaves_the_old_file(registry, tmp_path, format_):
    registry.engine.status_of("party", DAY)
    path, request = out(tmp_path, format_)
    path.write_bytes(b"old")
    with no_room(700), pytest.raises(StorageFault) as refused:
        export(registry, path, request)
    assert refused.value.exit_status == 4
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir() if p.name != "live"] == [path.name]


@pytest.mark.parametrize("format_", FILES)
def test_that_cancelling_leaves_no_file(registry, tmp_path, format_):
    path, request = out(tmp_path, format_)
    seen = []
    ticket = Ticket(lambda progress: seen.append(progress) or (len(seen) > 12 and ticket.cancel()))
    with pytest.raises(Cancelled):
        export(registry, path, request, ticket)
    assert [p.name for p in tmp_path.iterdir()] == ["live"]


@pytest.mark.parametrize(
    ("name", "asked", "words"),
    [
        ("a.docx", {}, "格式"),
        ("a.html", {"audience": "everyone"}, "everyone"),
        ("a.html", {"by": "house"}, "house"),
        ("a.html", {"measure": "nothing"}, "nothing"),
        ("a.html", {"unit": "C0"}, "C0"),
        ("a.html", {"unit": "999"}, "999"),
        ("a.html", {"measure": "not_three_no", "audience": "public", "by": "grid"}, "公众版"),
        ("a.png", {}, "a.png"),
    ],
)
def test_that_a_wrong_wish_is_refused_with_a_sentence(registry, tmp_path, name, asked, words):
    with pytest.raises(InvalidInput) as refused:
        export(registry, tmp_path / name, ExportRequest(as_of=DAY, **asked))
    assert words in refused.value.message.zh
    assert not (tmp_path / name).exists()


def test_that_the_registry_is_never_written_over(registry):
    before = held(registry.path)
    with pytest.raises(InvalidInput, match="台账自己"):
        export(registry, registry.path, ExportRequest(as_of=DAY))
    assert held(registry.path) == before


def test_that_a_picture_is_painted_aside_and_looked_at(registry, tmp_path):
    def painted(what):
        written = replace(PNG, write=lambda path, _leaving, _ticket: path.write_bytes(what))
        return WRITTEN.with_(written)

    report = export(
        registry, tmp_path / "a.png", ExportRequest(as_of=DAY), formats=painted(b"\x89PNG\r\n\x1a\n.")
    )
    assert report.size == 9
    assert {"compound.name", "compound.status", "street.rate"} <= set(report.fields_left)
    with pytest.raises(StorageFault):
        export(registry, tmp_path / "b.png", ExportRequest(as_of=DAY), formats=painted(b"no"))
    assert not (tmp_path / "b.png").exists()


def test_that_a_coverage_table_goes_to_csv_as_it_was_printed(registry, tmp_path):
    found = registry.engine.coverage(Query(measure="party", by="grid", as_of=DAY, against=date(2020, 1, 1)))
    write_coverage_csv(tmp_path / "a.csv", found, registry.profile, registry.info)
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    assert rows[0][:4] == ["代码", "名称", "覆盖", "未覆盖"]
    assert rows[0][9] == "此前覆盖"
    assert [row[1] for row in rows[5:7]] == ["未落格", "合计"]
    assert sum(int(row[5]) for row in rows[1:6]) == int(rows[6][5]) == found.total.figures.total
    assert "全是编的" in text_of(tmp_path / "a.csv")


def refused(profile, measure, by, audience=Audience.PUBLIC, *, weight="compounds", day=DAY, today=DAY):
    try:
        query = Query(measure=measure, by=by, as_of=day)
        refuse_for_readers(profile, query, audience, weight=weight, today=today)
    except InvalidInput as error:
        return error.message.zh
    return None


@pytest.mark.parametrize("name", ["yaohai", "jinjiang", "quzhou"])
def test_that_below_the_street_the_public_gets_what_it_may_have_of_one_compound_alone(name):
    profile = load_profile(name)
    for measure in measure_names(profile):
        is_open = measure in ("party", "property") or measure.startswith("station:")
        for by in ("community", "grid"):
            assert (refused(profile, measure, by) is None) == is_open, measure
            assert refused(profile, measure, by, Audience.STREET) is None


def test_that_a_measure_that_declares_nothing_does_not_leave():
    own = '[[measures]]\nid = "m"\nwords = {zh="甲", en="a"}\ncovered = "service_platform"\n'
    text = load_profile("yaohai").text
    for by in ("district", "street", "community", "grid"):
        assert "没有声明" in refused(profile_from_text(f"{text}\n{own}"), "m", by)
        assert "没有声明" in refused(load_profile("yaohai"), "fact:service_platform", by)
    by_street = profile_from_text(f'{text}\n{own}public = "street"\n')
    assert refused(by_street, "m", "street") is None
    assert "单位太小" in refused(by_street, "m", "grid")
    unsaid = profile_from_text(f'{text}\n{own}public = "all"\n')
    assert "单位太小" in refused(unsaid, "m", "grid")  # nobody said that the fact itself is the public's
    fact = '[[facts]]\nkey = "service_platform"\nof = ["compounds"]\ntype = "answer"\nwords = {zh="平台", en="platform"}\n'
    said = profile_from_text(f'{text}\n{own}public = "all"\n\n{fact}public = "all"\n')
    assert refused(said, "m", "grid") is None


@pytest.mark.parametrize("covered", ["night_guard", "field:built_year=1998"])
def test_that_a_citys_own_fact_or_a_field_nobody_opened_does_not_go_to_the_public_by_grid(covered):
    own = f'[[measures]]\nid = "m"\nwords = {{zh="甲", en="a"}}\npublic = "all"\ncovered = "{covered}"\n'
    fact = '[[facts]]\nkey = "night_guard"\nof = ["compounds"]\ntype = "answer"\nwords = {zh="夜间值守", en="night guard"}\n'
    profile = profile_from_text(f"{load_profile('yaohai').text}\n{own}\n{fact}")
    for by in ("community", "grid"):
        assert "单位太小" in refused(profile, "m", by)
    assert refused(profile, "m", "street") is None


@pytest.mark.parametrize(
    "covered",
    [
        "scheme:five_haves_ten_goods",
        "willingness_to_pay>=0.8",
        "fees_due_yuan>=1000",
        "not gate_guard",
        "three_no",
    ],
)
def test_that_a_citys_own_measure_of_grades_fees_or_guards_stays_below_the_street_whatever_it_declares(
    covered,
):
    own = f'[[measures]]\nid = "m"\nwords = {{zh="a", en="a"}}\npublic = "all"\ncovered = "{covered}"\n'
    profile = profile_from_text(f"{load_profile('yaohai').text}\n{own}")
    assert "单位太小" in refused(profile, "m", "grid")
    assert refused(profile, "m", "street") is None


def test_that_safety_goes_to_the_public_in_compounds_and_for_today_alone():
    profile = load_profile("yaohai")
    assert refused(profile, "not_three_no", "street") is None
    for weight in ("area", "households", "residents"):
        assert "按小区个数" in refused(profile, "not_three_no", "street", weight=weight)
        assert "按小区个数" in refused(profile, "committee", "street", weight=weight)
        assert refused(profile, "not_three_no", "street", Audience.STREET, weight=weight) is None
    assert "按小区个数" in refused(profile, "fees_collected", "street", weight="amount")
    assert "只给今天" in refused(profile, "not_three_no", "street", today=date(2099, 1, 1))
    assert refused(profile, "party", "grid", today=date(2099, 1, 1)) is None
    assert "单位太小" in refused(profile, "party", "grid", weight="households")
