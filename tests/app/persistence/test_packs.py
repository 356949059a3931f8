"""What many records written at once leave: names that the journal points to, and content to the bit."""

from __future__ import annotations

import json
import sqlite3
import uuid
from contextlib import closing
from datetime import date

import pytest
import shapely
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.edits import Put
from app.domain.purging import Sought
from app.errors import Conflict, IntegrityFault
from app.persistence.packs.names import Names, UnpackableNamesError, names_of
from app.persistence.packs.outlines import coordinates_of, with_coordinates
from app.services.edit import edit
from app.services.keeping import care
from app.services.keeping.purging.asked import Asked
from app.services.keeping.purging.doing import purge
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from tests.app.persistence.damaging import by_sql
from tests.app.town import made

_NUMBERS = st.one_of(
    st.floats(-180, 180).map(lambda x: round(x, 7)),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0.0, -0.0, 1 / 3, 5e-324, 1e300]),
)
_POINTS = st.lists(st.tuples(_NUMBERS, _NUMBERS), min_size=1, max_size=5)


def shaped(points):
    if len(points) < 3:
        return shapely.Point(points[0])
    ring = [*points, points[0]]
    return shapely.MultiPolygon([shapely.Polygon(ring)]) if len(points) % 2 else shapely.Polygon(ring)


@given(st.lists(st.one_of(st.none(), _POINTS.map(shaped)), min_size=1, max_size=6))
@example([shapely.Polygon(), None, shapely.Point(117.3, -0.0)])
@example([shapely.Point(117.1234567, 31.7654321)])
@example([shapely.Point(float("inf"), 1)])
@example([shapely.Point(1, 2, 3), shapely.Point(1, 2)])
def test_that_an_outline_comes_back_to_the_bit(shapes):
    bare, decimals, coordinates = coordinates_of(shapes)
    read = [None if one is None else shapely.from_wkb(one) for one in bare]
    back = with_coordinates(read, decimals, coordinates)
    assert [shapely.to_wkb(one) for one in back] == [shapely.to_wkb(one) for one in shapes]


_CODES = st.text(st.characters(exclude_categories=("Cs",)), max_size=8)


@given(st.lists(st.tuples(st.one_of(st.uuids().map(str), _CODES), _CODES), max_size=12))
def test_that_names_come_back_and_each_is_found_alone(named):
    names = Names.read(names_of(named))
    assert list(names.all()) == named
    for row_id, code in named:
        assert names.has_id(row_id)
        assert list(names.of_codes([code])) == [one for one in named if one[1] == code]
    assert not names.has_id(str(uuid.uuid4()))
    assert list(names.of_codes(["x" * 9])) == []


def test_that_an_id_that_lies_across_two_is_none():
    first, second = (uuid.UUID(bytes=bytes([n]) * 16) for n in (1, 2))
    across = uuid.UUID(bytes=bytes([1] * 8 + [2] * 8))
    names = Names.read(names_of([(str(first), "A"), (str(second), "B")]))
    assert not names.has_id(str(across))
    assert names.has_id(str(second))


@pytest.mark.parametrize("content", [b"", b"\x01\x00\x00\x00\x02\x00\x00\x00ab", b"\xff" * 40])
def test_that_damaged_names_are_no_names(content):
    with pytest.raises(UnpackableNamesError):
        Names.read(content)


@pytest.fixture
def brought(tmp_path):
    """A registry into which an import brought four compounds with a fact each, and that was worked on since."""
    registry = a_small_registry(tmp_path)
    rows = []
    for number in range(1, 5):
        rows.append(made("compounds", f"P{number}", name=f"来{number}", households=number))
        fact = {"subject": f"P{number}", "key": "gate_guard", "value": "yes"}
        rows.append(made("facts", f"P{number}:gate_guard:2024-01-01", valid_from=date(2024, 1, 1), **fact))
    registry.commit([Put(row) for row in rows], verb="import", why="list.csv", is_bulk=True)
    edit.set_values(registry, ["P1"], {"households": 9})
    yield registry
    registry.close()


def rows_in(path, sql):
    with closing(sqlite3.connect(path)) as file:
        return file.execute(sql).fetchall()


def test_that_the_journal_has_a_row_for_a_pack_and_tells_each_record(brought):
    (told,) = [change for change in brought.history() if change.verb == "import"]
    assert [(d.kind, d.code, d.field, d.after) for d in told.details] == [
        *(("compounds", f"P{n}", "record", None) for n in range(1, 5)),
        *(("facts", f"P{n}", "record", None) for n in range(1, 5)),
    ]
    by_id = {row.id for kind in ("compounds", "facts") for row in brought.dataset.of(kind).values()}
    assert {d.row_id for d in told.details} <= by_id
    about = "SELECT COUNT(*) FROM change_detail d JOIN change c ON c.id = d.change_id WHERE c.verb = 'import'"
    assert rows_in(brought.path, about) == [(2,)]
    assert care.verify(brought.path) == []


def test_that_the_history_of_a_record_names_the_step_that_brought_it_among_many(brought):
    assert [change.verb for change in brought.history("P1")] == ["set", "import"]
    (first,) = [change for change in brought.history("P1") if change.verb == "import"]
    assert [(d.kind, d.code) for d in first.details] == [("compounds", "P1"), ("facts", "P1")]
    assert [change.verb for change in brought.history("C1")][-1] == "add"
    assert [len(change.details) for change in brought.history(limit=2, details=3)] == [1, 3]


def test_that_an_import_knows_what_it_brought(brought):
    assert brought.brought_by("list.csv", "compounds") == {"P1", "P2", "P3", "P4"}
    assert brought.brought_by("other.csv", "compounds") == frozenset()


def test_that_many_are_taken_back_and_brought_again(brought):
    before = brought.dataset.of("compounds")["P2"]
    (step,) = [change for change in brought.history() if change.verb == "import"]
    with pytest.raises(Conflict, match="又改了 P1"):
        brought.undo(step.change)
    brought.undo()
    brought.undo(step.change)
    assert "P2" in brought.dataset.retired
    brought.redo()
    assert brought.dataset.of("compounds")["P2"]._replace(version=1) == before
    assert care.verify(brought.path) == []


def test_that_a_step_that_brought_a_record_anew_among_many_is_named_before_an_older_one(brought):
    row = made("compounds", "Q1", name="一")
    brought.commit([Put(row)], verb="add")
    brought.undo()
    brought.commit([Put(made("compounds", "Q1", name="又"))], verb="import", is_bulk=True)
    assert brought.find("Q1").id == row.id
    (undone,) = [change for change in brought.history("Q1") if change.verb == "undo"]
    last = brought.last_step
    from app.persistence import journal

    with pytest.raises(Conflict, match=f"第 {last} 步"):
        journal.inverse(brought._store, brought.dataset, undone)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kept SET names = x'00' WHERE kind = 'compounds'",
        "UPDATE kept SET names = NULL WHERE kind = 'compounds'",
        "DELETE FROM kept WHERE kind = 'compounds'",
        "UPDATE change_detail SET after = '{}' WHERE field = 'records' AND kind = 'compounds'",
    ],
)
def test_that_names_that_are_not_as_written_are_named_and_nothing_is_made_up(brought, statement):
    brought.close()
    by_sql(brought.path, statement)
    assert {damage.table for damage in care.verify(brought.path)} <= {"kept", "change_detail"}
    assert care.verify(brought.path)
    registry = Registry.open(brought.path)
    assert registry.find("P2").get("households") == 2
    for ask in (
        registry.history,
        lambda: registry.history("P1"),
        lambda: registry.brought_by("list.csv", "compounds"),
    ):
        with pytest.raises(IntegrityFault):
            ask()
    registry.close()
    by_sql(brought.path, "UPDATE compound SET households = 99 WHERE code = 'P2'")
    with pytest.raises(IntegrityFault):
        Registry.open(brought.path)


def test_that_a_text_in_a_code_that_was_given_among_many_goes_for_good(brought):
    brought.commit(
        [Put(made("firms", f"WANGDALI{n}", name=f"企业{n}")) for n in (1, 2)], verb="import", is_bulk=True
    )
    for number in (1, 2):
        edit.remove(brought, f"WANGDALI{number}", "没有了")
    done = purge(brought, Asked(text="WANGDALI"), "不该写名字")
    assert done.left == 0
    assert not any("WANGDALI" in code for change in brought.history() for code in change.codes)
    texts = [Names.read(row[0]).codes for row in rows_in(brought.path, "SELECT names FROM kept")]
    assert not any(Sought("WANGDALI").is_in(json.dumps(codes, ensure_ascii=False)) for codes in texts)
    assert care.verify(brought.path) == []
    assert [change.verb for change in brought.history("P1")] == ["set", "import"]
    by_sql(brought.path, "UPDATE compound SET households = 99 WHERE code = 'P2'")
    again = Registry.open(brought.path)
    assert again.find("P2").get("households") == 2
    again.close()
