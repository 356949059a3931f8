"""What other programs put beside our tables or on them: layers of their own, and spatial indexes."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pyogrio
import pytest

from app.errors import IntegrityFault
from app.services.edit import edit
from app.services.keeping import care
from app.services.keeping.foreign import found_edits, settle
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from tests.app.persistence.damaging import by_sql

_INDEX = (
    # as GDAL writes them
    """CREATE VIRTUAL TABLE "rtree_compound_geom" USING rtree(id, minx, maxx, miny, maxy)""",
    """CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL,
    definition TEXT NOT NULL, scope TEXT NOT NULL)""",
    """INSERT INTO gpkg_extensions VALUES ('compound', 'geom', 'gpkg_rtree_index', 'x', 'write-only')""",
    """CREATE TRIGGER "rtree_compound_geom_insert" AFTER INSERT ON "compound" WHEN (new."geom" NOT NULL AND NOT ST_IsEmpty(NEW."geom")) BEGIN INSERT OR REPLACE INTO "rtree_compound_geom" VALUES (NEW."fid",ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END""",
    """CREATE TRIGGER "rtree_compound_geom_update1" AFTER UPDATE OF "geom" ON "compound" WHEN OLD."fid" = NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom")) BEGIN INSERT OR REPLACE INTO "rtree_compound_geom" VALUES (NEW."fid",ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END""",
    """CREATE TRIGGER "rtree_compound_geom_update3" AFTER UPDATE ON "compound" WHEN OLD."fid" != NEW."fid" AND (NEW."geom" NOTNULL AND NOT ST_IsEmpty(NEW."geom")) BEGIN DELETE FROM "rtree_compound_geom" WHERE id = OLD."fid"; INSERT OR REPLACE INTO "rtree_compound_geom" VALUES (NEW."fid",ST_MinX(NEW."geom"), ST_MaxX(NEW."geom"),ST_MinY(NEW."geom"), ST_MaxY(NEW."geom")); END""",
    """CREATE TRIGGER "rtree_compound_geom_delete" AFTER DELETE ON "compound" WHEN old."geom" NOT NULL BEGIN DELETE FROM "rtree_compound_geom" WHERE id = OLD."fid"; END""",
)


@pytest.fixture
def path(tmp_path):
    registry = a_small_registry(tmp_path)
    registry.close()
    return registry.path


def test_that_a_layer_saved_into_the_registry_stays_and_is_no_fault_of_it(path):
    rows = pyogrio.read_dataframe(path, layer="compound")
    pyogrio.write_dataframe(rows, path, layer="backup_compound", append=True)
    assert care.verify(path) == []
    registry = Registry.open(path, by="tester")
    assert registry.foreign == ()
    edit.set_values(registry, ["C1"], {"households": 7})
    registry.close()
    assert care.verify(path) == []
    assert len(pyogrio.read_dataframe(path, layer="backup_compound")) == 2


def test_that_a_spatial_index_is_read_over_and_goes_with_our_next_write(path):
    by_sql(path, *_INDEX)
    assert care.verify(path) == []
    registry = Registry.open(path, by="tester")
    edit.set_values(registry, ["C1"], {"households": 7})
    registry.close()
    with closing(sqlite3.connect(path)) as raw:
        left = raw.execute("SELECT name FROM sqlite_master WHERE name LIKE 'rtree%'").fetchall()
        assert left + raw.execute("SELECT * FROM gpkg_extensions").fetchall() == []
    assert care.verify(path) == []


def test_that_an_edit_under_a_spatial_index_is_turned_back(path):
    by_sql(path, "UPDATE compound SET households = 9 WHERE code = 'C1'", *_INDEX)
    registry = Registry.open(path, by="tester")
    assert [found.code for found in found_edits(registry)] == ["C1"]
    settle(registry, [], ["all"])
    registry.close()
    assert care.verify(path) == []


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER theirs AFTER UPDATE ON compound BEGIN SELECT 1; END",
        'CREATE TRIGGER "rtree_compound_geom_insert" AFTER INSERT ON "compound" WHEN 1 BEGIN UPDATE "entity" SET code = 1; END',
        'CREATE TRIGGER "rtree_compound_geom_insert" AFTER INSERT ON "compound" WHEN 1 BEGIN DELETE FROM "rtree_compound_geom" WHERE id = (SELECT 1); END',
        'CREATE TRIGGER "rtree_street_geom_insert" AFTER INSERT ON "compound" WHEN 1 BEGIN DELETE FROM "rtree_street_geom"; END',
        "CREATE VIEW theirs AS SELECT 1",
    ],
)
def test_that_a_trigger_that_would_run_while_we_write_keeps_the_file_closed(path, statement):
    by_sql(path, statement)
    with pytest.raises(IntegrityFault):
        Registry.open(path)


@pytest.mark.parametrize("statement", ["DROP TABLE kept", "ALTER TABLE kept ADD COLUMN theirs TEXT"])
def test_that_a_table_that_is_otherwise_keeps_it_closed_and_says_what_to_do(path, statement):
    by_sql(path, statement)
    with pytest.raises(IntegrityFault, match="restore"):
        Registry.open(path)
