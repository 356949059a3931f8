"""A shared registry of an older version: whoever keeps it brings it up to date by opening it, nobody else can, and nothing is lost."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from app.errors import InvalidInput
from app.persistence.columns import row_names
from app.persistence.files.checksum import row_checksum
from app.persistence.migrations import NEWEST
from app.persistence.shared import steps
from app.services.edit import edit
from app.services.edit.assess import assess
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from tests.app.shared.test_any_sequence import rows_of
from tests.servers import TESTER

TABLES = ("snapshot", "task")  # of the last two steps
ADDED = {"assessment": frozenset({"scheme_version"})}  # as if it had been added since
UNFORCED = """DO $$ DECLARE one record; BEGIN
    FOR one IN SELECT oid::regclass AS called FROM pg_class WHERE relnamespace = 'registry'::regnamespace AND relkind = 'r' LOOP
        EXECUTE 'ALTER TABLE ' || one.called || ' DISABLE TRIGGER USER';
    END LOOP;
END $$"""


def made_older(connection: psycopg.Connection) -> None:
    """Take away what the last steps brought: tables, a column, and what was mended in the guards since."""
    connection.execute("SET search_path = registry, public")
    connection.execute("DELETE FROM schema_step WHERE number > 6")
    for table in TABLES:
        connection.execute(f"DROP TABLE {table}")
    connection.execute(UNFORCED)
    names = row_names("assessments")
    place = names.index("checksum")
    columns = ", ".join(f'"{name}"' for name in names)
    for row in connection.execute(f"SELECT {columns} FROM assessment").fetchall():
        kept = [
            None if value is None else (value.isoformat() if hasattr(value, "isoformat") else value)
            for name, value in zip(names[:place], row, strict=False)
            if name not in ADDED["assessment"]
        ]
        connection.execute(
            "UPDATE assessment SET checksum = %s WHERE id = %s", (row_checksum(kept), row[names.index("id")])
        )
    connection.execute("ALTER TABLE assessment DROP scheme_version CASCADE")
    for table in ("compound", "entity"):  # as an older program left them
        connection.execute(
            f"UPDATE {table} SET scope_grid = (SELECT id FROM grid WHERE code = '340102001001001')"
        )
    connection.execute("DROP POLICY read ON compound")
    connection.execute("CREATE POLICY read ON compound FOR SELECT USING (true)")
    connection.execute("CREATE INDEX ix_compound_geom ON compound USING gist (geom)")
    connection.execute("COMMENT ON SCHEMA registry IS '0.2.9 0000'")


@pytest.fixture(scope="module")
def worker(server):
    """Return the login of somebody who has one grid."""
    server.make_login("steps_worker")
    return "steps_worker"


@pytest.fixture
def older(server, worker, tmp_path, new_address, monkeypatch):
    """Return the addresses of an older registry: its keeper's, a login's of the district, a grid worker's; and what it holds."""
    with closing(a_small_registry(tmp_path)) as registry:
        assess(registry, "C1", "five_haves_ten_goods", {"haves1": "1"})
        rows = rows_of(registry)
        was = rows["assessments"]
        rows["assessments"] = {code: row.with_values(scheme_version=None) for code, row in was.items()}
        path = registry.path
    address = new_address()
    copy_registry(path, address)
    database = address.name
    with server.connect(database, "keeper") as keeper:
        keeper.execute("SELECT registry.take_on(%s, 'district')", (TESTER,))
        keeper.execute("SELECT registry.take_on(%s, 'grid', '340102001001001')", (worker,))
    with server.connect(database) as admin:
        made_older(admin)
    real = steps.columns_since
    monkeypatch.setattr(steps, "columns_since", lambda step, table: ADDED.get(table) or real(step, table))
    logins = ("keeper", TESTER, worker)
    return [Path(server.address(database, login)) for login in logins], rows


def test_that_the_keeper_brings_an_older_registry_up_to_date_and_others_are_told_who_can(older):
    (keeper, other, worker), rows = older
    for address in (other, worker):
        with pytest.raises(InvalidInput, match="请 keeper 用这个版本打开一次"):
            Registry.open(address)
    with closing(Registry.open(keeper)) as registry:
        assert rows_of(registry) == rows
        assert registry.history(limit=1)[0].verb == "assess", "its steps are no change of the registry"
        edit.set_values(registry, ["C1"], {"name": "新名"})
        edit.add(registry, "compounds", {"name": "又一个"})
    with closing(Registry.open(other)) as registry:
        assert registry.find("C1").get("name") == "新名"
    with closing(Registry.open(worker)) as registry:
        assert set(registry.dataset.of("compounds")) == {"C1"}, "the guards are those of today"
        assert "C2" not in registry.dataset.used_codes, "where rows lie was asked anew"


def test_that_a_row_that_lies_right_is_not_written_anew_for_new_guards(older, server):
    """A city's rows are asked where they lie; to write all of them again as they were takes longer than the asking."""
    (keeper, *_), _ = older
    asked = "SELECT e.code, c.xmin FROM registry.compound c JOIN registry.entity e USING (id) ORDER BY 1"
    with server.connect(keeper.name) as admin:
        before = dict(admin.execute(asked).fetchall())
        Registry.open(keeper).close()
        after = dict(admin.execute(asked).fetchall())
        triggers = admin.execute("SELECT count(*) FROM pg_trigger WHERE tgname = 'unmoved'").fetchone()
    assert [code for code in before if before[code] != after[code]] == ["C2"]
    assert triggers == (0,)


def test_that_an_index_that_told_everybody_how_far_outlines_reach_is_made_another(older, server):
    (keeper, *_), _ = older
    Registry.open(keeper).close()
    with server.connect(keeper.name) as admin:
        said = "SELECT ST_EstimatedExtent('registry', 'compound', 'geom'), _postgis_index_extent('registry.compound', 'geom')"
        assert admin.execute(said).fetchone() == (None, None)


def test_that_a_newer_registry_is_left_alone_and_newer_guards_too(older, server):
    (keeper, *_), _ = older
    Registry.open(keeper).close()
    with server.connect(keeper.name) as admin:
        admin.execute("COMMENT ON SCHEMA registry IS '99.0 0000'")
        Registry.open(keeper).close()
        said = "SELECT obj_description('registry'::regnamespace)"
        assert admin.execute(said).fetchone() == ("99.0 0000",), "an older program makes no older guards"
        admin.execute(
            "INSERT INTO registry.schema_step (fid, id, number, sentence, at) VALUES (99, 'x', %s, 'later', '')",
            (NEWEST + 1,),
        )
    with pytest.raises(InvalidInput, match="新版程序建的"):
        Registry.open(keeper)
