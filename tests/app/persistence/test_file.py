"""The registry file: whole after a round trip, refused when it is a stranger's or damaged, valid for others."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Point

from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.record import NO_PAST, Record, count_code, fact_code
from app.errors import IntegrityFault, InvalidInput
from app.persistence.care import SCHEMA_DIGEST, digest_of, our_objects
from app.persistence.columns import OTHER_CHECKED, row_names
from app.persistence.packs.kept import packed, unpacked
from app.persistence.packs.names import names_of
from app.persistence.row_codec import to_records, to_rows
from app.persistence.tables import metadata
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry, an_empty_registry, square

_DAYS = st.dates(date(1949, 10, 1), date(2100, 1, 1))
_WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12)
_VALUES = {
    FieldType.TEXT: _WORDS,
    FieldType.COUNT: st.integers(0, 2**53),
    FieldType.NUMBER: st.floats(0, 1e12),
    FieldType.YEAR: st.integers(1900, 2100),
    FieldType.DAY: _DAYS,
    FieldType.CHOICE: _WORDS,
    FieldType.ANSWER: st.sampled_from(["yes", "no", "unknown"]),
    FieldType.REFERENCE: st.sampled_from(["C1", "340102001"]),
}
_IDS = {"C1": str(uuid.uuid4()), "340102001": str(uuid.uuid4())}
_SHAPES = st.one_of(
    st.none(),
    st.floats(-0.5, 0.5).map(lambda x: Point(117 + x, 31)),
    st.floats(0, 0.5).map(lambda x: square(x, x)),
)


@st.composite
def records(draw):
    kind = KINDS[draw(st.sampled_from(list(KINDS)))]
    values = tuple(
        draw(_VALUES[field.type])
        if field.required or not kind.coded
        else draw(st.none() | _VALUES[field.type])
        for field in kind.fields
    )
    shape = draw(_SHAPES) if kind.is_layer else None
    if kind.name in UNIT_KINDS and shape is not None:
        shape = MultiPolygon([square(0.1, 0.1)])
    past = NO_PAST
    if kind.is_layer and draw(st.booleans()):
        past = {"name": ((draw(_DAYS), draw(_WORDS)),), "geometry": ((draw(_DAYS), Point(117.5, 31.5)),)}
    record = Record(
        kind.name,
        str(uuid.uuid4()),
        draw(st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True)) if kind.coded else "",
        values,
        draw(st.none() | _DAYS),
        draw(st.none() | _DAYS),
        draw(st.none() | _WORDS),
        shape,
        past,
        draw(st.integers(1, 9)),
    )
    if kind.coded:
        return record
    made = fact_code(*values[:2], record.valid_from) if kind.name == "facts" else count_code(*values[:2])
    return record._replace(code=made)


@given(record=records())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_that_any_record_comes_back_from_its_row_as_it_was(record):
    rows = to_rows(record.kind, [record], _IDS)
    assert len(rows[0]) == len(row_names(record.kind))
    decoded = to_records(record.kind, rows, {row_id: code for code, row_id in _IDS.items()})
    assert not decoded.damaged
    assert not decoded.edited
    assert decoded.records == [record]
    names = names_of([(record.id, record.code)] * 2)
    assert unpacked(record.kind, packed(record.kind, [record, record]), names) == [record, record]


def test_that_a_row_with_another_value_no_longer_fits_its_checksum(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    raw = sqlite3.connect(registry.path)
    raw.execute("UPDATE compound SET households = 9 WHERE code = 'C1'")
    raw.commit()
    raw.close()
    (damage,) = care.verify(registry.path)
    assert (damage.table, damage.code) == ("compound", "C1")


def test_that_damage_done_while_a_registry_is_open_is_never_shown_nor_written_over(tmp_path):
    mine = a_small_registry(tmp_path)
    theirs = Registry.open(mine.path, by="somebody else")
    edit.set_values(theirs, ["C2"], {"name": "新"})
    raw = sqlite3.connect(mine.path)
    raw.execute("UPDATE compound SET households = 1 WHERE code = 'C1'")
    raw.commit()
    raw.close()
    mine.refresh()
    assert [found.code for found in mine.foreign] == ["C1"]
    with pytest.raises(IntegrityFault, match="foreign"):
        edit.set_values(mine, ["C1"], {"name": "甲"})
    assert mine.find("C1").get("households") == 412
    mine.close()
    theirs.close()


def test_that_a_row_deleted_behind_the_back_is_named(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    raw = sqlite3.connect(registry.path)
    raw.execute("DELETE FROM compound WHERE code = 'C2'")
    raw.commit()
    raw.close()
    assert [(d.table, d.code) for d in care.verify(registry.path)] == [("compound", "C2")]


def test_that_a_flipped_bit_in_an_outline_is_named(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    raw = sqlite3.connect(registry.path)
    (blob,) = raw.execute("SELECT geom FROM compound WHERE code = 'C1'").fetchone()
    raw.execute(
        "UPDATE compound SET geom = ? WHERE code = 'C1'", (blob[:-9] + bytes([blob[-9] ^ 1]) + blob[-8:],)
    )
    raw.commit()
    raw.close()
    assert [d.code for d in care.verify(registry.path)] == ["C1"]


@pytest.mark.parametrize(
    "statement",
    ["CREATE TRIGGER evil AFTER UPDATE ON compound BEGIN DELETE FROM firm; END", "CREATE VIEW v AS SELECT 1"],
)
def test_that_a_file_with_a_foreign_trigger_or_view_is_not_opened(tmp_path, statement):
    registry = a_small_registry(tmp_path)
    registry.close()
    raw = sqlite3.connect(registry.path)
    raw.execute(statement)
    raw.commit()
    raw.close()
    with pytest.raises(IntegrityFault, match="触发器或视图"):
        Registry.open(registry.path)


def test_that_strangers_files_are_refused_with_a_sentence(tmp_path, shared_data):
    (tmp_path / "empty.gpkg").touch()
    (tmp_path / "text.gpkg").write_text("不是台账" * 100, "utf-8")
    shutil.copy(shared_data / "06_gpkg/pdok/test_allcorrect.gpkg", tmp_path / "other.gpkg")
    (tmp_path / "folder.gpkg").mkdir()
    for name in ("empty.gpkg", "text.gpkg", "other.gpkg", "folder.gpkg", "none.gpkg"):
        with pytest.raises(InvalidInput):
            Registry.open(tmp_path / name)


def test_that_a_truncated_registry_is_an_integrity_fault(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    os.truncate(registry.path, registry.path.stat().st_size - 4096)
    with pytest.raises(IntegrityFault):
        Registry.open(registry.path)


def test_that_opening_and_reading_leaves_the_bytes_alone(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    before = registry.path.read_bytes()
    again = Registry.open(registry.path)
    with pytest.raises(InvalidInput):
        edit.set_values(again, ["C1"], {"kind": "no such kind"})
    again.close()
    assert registry.path.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.gpkg"]


def test_that_a_backup_of_an_open_registry_holds_the_last_save_and_is_restored(tmp_path):
    registry = a_small_registry(tmp_path)
    edit.set_values(registry, ["C1"], {"name": "最后"})
    care.backup(registry.path, tmp_path / "b.gpkg")
    registry.close()
    care.restore(tmp_path / "b.gpkg", tmp_path / "c.gpkg")
    again = Registry.open(tmp_path / "c.gpkg")
    assert again.find("C1").get("name") == "最后"
    again.close()
    with pytest.raises(InvalidInput, match="不覆盖"):
        care.restore(tmp_path / "b.gpkg", tmp_path / "c.gpkg")


def test_that_a_damaged_backup_is_not_restored(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    raw = sqlite3.connect(registry.path)
    raw.execute(
        "UPDATE firm SET name = CAST(x'e5308f' AS TEXT)"
    )  # one bit of 小; a name that reads would be an edit
    raw.commit()
    raw.close()
    with pytest.raises(IntegrityFault):
        care.restore(registry.path, tmp_path / "c.gpkg")
    assert not (tmp_path / "c.gpkg").exists()


def test_that_a_path_in_use_is_not_overwritten(tmp_path):
    an_empty_registry(tmp_path).close()
    with pytest.raises(InvalidInput, match="不覆盖"):
        an_empty_registry(tmp_path)


def test_that_no_table_has_a_field_for_private_persons():
    columns = {column.name for table in metadata.sorted_tables for column in table.columns}
    assert not columns & {"phone", "mobile", "id_number", "resident_name", "birthday"}


def test_that_gdals_own_checker_passes_the_file(tmp_path):
    script = Path("/usr/lib/python3/dist-packages/osgeo_utils/samples/validate_gpkg.py")
    if not script.exists():
        if os.environ.get("COMPOUND_REGISTRY_NEEDS_SHARED_DATA"):
            pytest.fail("Debian's python3-gdal is missing")
        pytest.skip("GDAL's checker comes with Debian's python3-gdal")
    registry = a_small_registry(tmp_path)
    edit.attach(registry, "O1", ["C1"])
    edit.set_values(registry, ["C1"], {"authority": "no", "name": "珺堃赟苑"}, since=date(2024, 1, 1))
    registry.close()
    run = subprocess.run(
        ["/usr/bin/python3", str(script), "--extra", "--warning-as-error", str(registry.path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_that_another_program_reads_the_layers_with_their_chinese_text(tmp_path):
    import pyogrio

    registry = a_small_registry(tmp_path)
    registry.close()
    before = registry.path.read_bytes()
    copy = shutil.copy(registry.path, tmp_path / "copy.gpkg")
    layers = dict(pyogrio.list_layers(copy))
    assert {"district", "street", "community", "grid", "compound", "building", "station"} <= set(layers)
    frame = pyogrio.read_dataframe(copy, layer="compound")
    assert list(frame["name"]) == ["大关东三苑", "大关东二苑"]
    assert frame.crs.to_epsg() == 4490
    assert frame.geometry.iloc[0].equals(registry.find("C1").geometry)
    assert registry.path.read_bytes() == before


def test_that_the_schemas_digest_is_that_of_the_declared_tables():
    assert digest_of(our_objects()) == SCHEMA_DIGEST


def test_that_readers_know_each_tables_columns_as_they_are():
    for kind, spec in KINDS.items():
        assert row_names(kind) == tuple(column.name for column in metadata.tables[spec.table].columns)[1:]
    for table, names in OTHER_CHECKED.items():
        assert names == tuple(column.name for column in metadata.tables[table].columns)[1:]


def test_that_opening_a_registry_imports_no_sqlalchemy(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    script = (
        "import sys; from pathlib import Path; from app.services.registry.registry import Registry; "
        "Registry.open(Path(sys.argv[1])).close(); assert 'sqlalchemy' not in sys.modules"
    )
    root = Path(__file__).resolve().parents[3]
    subprocess.run([sys.executable, "-c", script, str(registry.path)], cwd=root, check=True)
