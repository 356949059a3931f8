"""A file read as columns holds what it holds read row by row, and what columns can't say for certain is read by rows."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from random import Random

import pytest
import shapely

from app.domain.kinds import KINDS
from app.domain.tables.columns import Columns
from app.persistence.columnar.cuts import Cut
from app.persistence.columnar.errors import NotAsWrittenError
from app.persistence.columnar.numbering import Numbering
from app.persistence.columnar.outlines import OutlineMaker
from app.persistence.columns import row_names
from app.persistence.files.checksum import row_checksum
from app.persistence.geometry_blob import from_blobs, to_blobs
from app.persistence.loading import load_content
from app.persistence.reading import reading
from app.services.edit import edit
from tests.app.builders import a_small_registry, square


@pytest.fixture
def path(tmp_path):
    registry = a_small_registry(tmp_path)
    edit.add(registry, "firms", {"name": "#5 物业"})
    edit.add(registry, "compounds", {"code": "C9", "name": "#None", "geometry": square(0.011, 0.002)})
    edit.set_values(registry, ["C1"], {"households": "430"}, since=date(2024, 5, 1))
    registry.close()
    return registry.path


def read(path, **how):
    with reading(path, read_only=True) as connection:
        return load_content(connection, **how)


def told(loaded):
    dataset = loaded.dataset
    return (
        {kind: list(dataset.of(kind).items()) for kind in KINDS},
        dataset.retired,
        loaded.damaged,
        [(one.code, one.what) for one in loaded.foreign],
    )


def changed(path, statement, *values):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()


def summed_anew(path, kind, code):
    """Give a row the checksum of what it says now."""
    names = row_names(kind)
    check = names.index("checksum")
    columns = ", ".join(f'"{name}"' for name in names)
    table = KINDS[kind].table
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute(f'SELECT {columns} FROM "{table}" WHERE code = ?', (code,)).fetchone()
        shape = row[check + 1] if KINDS[kind].is_layer else None
        total = row_checksum(row[:check], shape)
        connection.execute(f'UPDATE "{table}" SET checksum = ? WHERE code = ?', (total, code))
        connection.commit()


def test_that_columns_hold_what_rows_hold(path):
    loaded = read(path)
    assert isinstance(loaded.dataset.of("firms"), Columns)
    assert not isinstance(loaded.dataset.of("compounds"), Columns)  # one is called what stands for no name
    assert told(loaded) == told(read(path, is_thorough=True))


@pytest.mark.parametrize(
    "said",
    [
        "name = '#None'",
        "name = CAST('大关' AS BLOB)",
        "households = 'viele'",
        "address = 'a' || char(31) || 'b'",
    ],
)
def test_that_what_columns_cannot_say_is_read_by_rows(path, said):
    changed(path, f"UPDATE compound SET {said} WHERE code = 'C2'")
    summed_anew(path, "compounds", "C2")
    assert told(read(path)) == told(read(path, is_thorough=True))


@pytest.mark.parametrize(
    "said", ["name = CAST(name AS BLOB)", "address = '#None'", "id = CAST(id AS BLOB)", "version = NULL"]
)
def test_that_what_fits_the_checksum_by_its_letters_alone_is_found(path, said):
    assert isinstance(read(path).dataset.of("firms"), Columns)
    changed(path, f"UPDATE firm SET {said} WHERE name = '#5 物业'")
    loaded = read(path)
    assert not isinstance(loaded.dataset.of("firms"), Columns)
    assert told(loaded) == told(read(path, is_thorough=True))


@pytest.mark.parametrize(
    "said", ["name = '大关'", "households = 7", "geom = NULL", "checksum = NULL", "version = 9"]
)
def test_that_an_edit_of_another_program_is_found_as_before(path, said):
    changed(path, f"UPDATE compound SET {said} WHERE code = 'C2'")
    loaded = read(path)
    assert loaded.foreign or loaded.damaged
    assert told(loaded) == told(read(path, is_thorough=True))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda wkb: wkb[:-16] + wkb[-32:-16],  # the ring is left open
        lambda wkb: wkb[:-8],
        lambda wkb: wkb + b"0",
        lambda wkb: b"\x07" + wkb[1:],
        lambda wkb: wkb[:9] + b"\xff" + wkb[10:],
        lambda wkb: b"",
        lambda wkb: wkb,
    ],
)
def test_that_an_outline_is_refused_unmade_where_it_could_not_be_made(wrong):
    for shape in (
        square(0, 0),
        shapely.MultiPolygon([square(0, 0)]),
        shapely.MultiPolygon([square(0, 0), square(1, 1)]),
    ):
        (blob,) = to_blobs([shape])
        damaged = blob[:40] + wrong(blob[40:])
        maker = OutlineMaker()
        try:
            expected = from_blobs([blob, damaged])
        except shapely.errors.GEOSException:
            with pytest.raises(NotAsWrittenError):
                maker.add([blob, damaged])
        else:
            maker.add([blob, damaged])
            assert list(maker.made().many()) == expected


def test_that_a_blob_that_is_none_is_found():
    with pytest.raises(NotAsWrittenError):
        OutlineMaker().add([b"GP"])


WORDS = [
    "",
    "#None",
    "是",
    "no",
    "12345678",
    "123456789",
    "1234567890123456",
    "12345678901234567",
    "样例小区 1",
]


@pytest.mark.parametrize("seed", range(8))
def test_that_a_column_by_numbers_holds_what_the_text_says(seed):
    chosen = Random(seed)
    words = WORDS if seed % 2 else [*WORDS, *(f"12345678{number}" for number in range(9000))]
    told_so_far, numbering = [], Numbering()
    for _ in range(3):
        rows = [(chosen.choice(words), "1", chosen.choice(words)) for _ in range(1500)]
        cut = Cut("\x1e".join("\x1f".join(row) for row in rows).encode(), 3)
        assert cut.column(2).texts() == [row[2] for row in rows]
        assert cut.column(0).are_nothing().tolist() == [row[0] == "#None" for row in rows]
        numbering.add(cut.column(0))
        told_so_far += [None if row[0] == "#None" else row[0] for row in rows]
    assert numbering.cells(list).listed(0, len(told_so_far)) == told_so_far


@pytest.mark.parametrize("text", [b"a\x1fb\x1ec", b"a\x1eb\x1fc\x1fd", b"a\x1fb\x00", b"a\x1fb\x1fc\x1fd"])
def test_that_a_text_of_which_a_row_is_not_as_wide_as_the_others_is_refused(text):
    with pytest.raises(NotAsWrittenError):
        Cut(text, 2)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entity SET fid = -fid",  # the other way round: rows don't stand as they were listed
        "UPDATE entity SET code = 'C77' WHERE code = (SELECT min(code) FROM firm)",
        "UPDATE entity SET kind = 'grids' WHERE code = (SELECT min(code) FROM firm)",
        "UPDATE entity SET id = upper(id) WHERE code = (SELECT min(code) FROM firm)",
        "UPDATE entity SET id = CAST(id AS BLOB) WHERE code = (SELECT min(code) FROM firm)",
        "INSERT INTO entity (id, code, kind) SELECT id, code, kind FROM entity WHERE code = (SELECT min(code) FROM firm)",
        "INSERT INTO entity (id, code, kind) SELECT id, 'C77', kind FROM entity WHERE code = (SELECT min(code) FROM firm)",
        "DELETE FROM entity WHERE code = (SELECT min(code) FROM firm)",
        "DELETE FROM entity",
    ],
)
def test_that_the_list_of_codes_is_compared_as_by_rows(path, statement):
    whole = told(read(path))
    changed(path, statement)
    loaded = read(path)
    assert told(loaded) == told(read(path, is_thorough=True))
    assert isinstance(loaded.dataset.of("firms"), Columns) is ("-fid" in statement)
    assert bool(loaded.damaged) is ("-fid" not in statement and "SELECT id, code" not in statement)
    # without the list nothing tells what a row refers to
    assert (told(loaded)[0] == whole[0]) is (statement != "DELETE FROM entity")


def test_that_what_refers_to_nothing_is_named(path):
    changed(path, "UPDATE compound SET grid_id = '00000000-0000-4000-8000-000000000000' WHERE code = 'C2'")
    summed_anew(path, "compounds", "C2")
    loaded = read(path)
    assert loaded.damaged
    assert told(loaded) == told(read(path, is_thorough=True))
