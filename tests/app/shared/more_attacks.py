"""More of the ways in ``attacks``: by what is about others' rows, by clocks, settings, savepoints, and what looks at texts."""

from __future__ import annotations

from typing import Final

from tests.app.shared.attacks import Attack

_OUTLINE: Final = "ST_Multi(ST_MakeEnvelope(117.313, 31.865, 117.314, 31.866, 4490))"
_SPY: Final = (
    "CREATE FUNCTION pg_temp.spy1(t text) RETURNS int LANGUAGE plpgsql IMMUTABLE COST 0.0000001 AS "
    "$$ BEGIN RAISE NOTICE '%', t; RETURN 1; END $$"
)
_FACT: Final = "INSERT INTO registry.fact (id, subject_id, key, value, version, checksum) VALUES "


def _attacks(*made: tuple[str, ...]) -> list[Attack]:
    return [Attack(" ; ".join(statements), statements) for statements in made]


def _put(table: str, **values: str) -> tuple[str, ...]:
    names = ", ".join((*values, "version", "checksum"))
    told = ", ".join(v if v.startswith("ST_") else f"'{v}'" for v in values.values())
    return (f"INSERT INTO registry.{table} ({names}) VALUES ({told}, 1, 'x')",)


MORE_OPEN: Final = _attacks(
    # what is about others' places, or says that it lies there
    _put("building", id="z1", code="B91", name="x", compound_id="{c2}"),
    _put("building", id="z2", code="B92", name="x", compound_id="{c2}", grid_id="{g1}"),
    _put("building", id="z3", code="B93", name="x", compound_id="{c1}", geom=_OUTLINE),
    _put("station", id="z4", code="S94", name="x", kind="party", compound_id="{c2}"),
    _put("link", id="z5", code="L95", relation="member", subject_id="{c1}", to_id="{c2}"),
    _put("link", id="z6", code="L96", relation="member", subject_id="{g1}", to_id="{c2}"),
    _put("engagement", id="z7", code="E97", firm_id="{o1}", compound_id="{c2}"),
    _put("task", id="z8", code="T98", subject_id="{c2}"),
    _put("case_file", id="z9", code="M99", compound_id="{c2}"),
    _put("list_entry", id="z10", code="N910", compound_id="{c2}"),
    _put("alliance", id="z11", code="AL911", name="x", grid_id="{g2}", organisation_id="{o1}"),
    _put("lineage", id="z12", before_id="{c1}", after_id="{c2}"),
    _put("household_count", id="z13", subject_id="{c2}"),
    _put("assessment", id="z14", code="P914", subject_id="{c2}"),
    # clocks, settings and names of one's own
    ("SET timezone = 'X-167'", "SELECT look_at_the_day()", "SELECT name FROM compound"),
    ("SET transform_null_equals = on", "SELECT address FROM compound WHERE scope_grid = NULL OR code = 'C2'"),
    (
        "SET plan_cache_mode = force_generic_plan",
        "PREPARE q (text) AS SELECT address FROM compound WHERE code = $1",
        "EXECUTE q ('C2')",
    ),
    (
        "SET enable_seqscan = off",
        "SELECT address FROM compound WHERE geom && ST_MakeEnvelope(117, 31, 118, 32, 4490)",
    ),
    (
        "SET search_path = pg_temp, public",
        "CREATE FUNCTION pg_temp.st_covers(a geometry, b geometry) RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "UPDATE registry.compound SET name = 'x' WHERE code = 'C2' RETURNING address",
    ),
    (
        "CREATE TEMP TABLE whereabouts (id text, kind text, scope_street text, scope_grid text)",
        "INSERT INTO pg_temp.whereabouts VALUES ('{c2}', 'compounds', NULL, '{g1}')",
        _FACT + "('z20', '{c2}', 'fee', '1', 1, 'x')",
    ),
    (
        "CREATE TEMP TABLE change_detail (change_id text, scope_grid text)",
        "UPDATE registry.change SET undone_by = 'x' WHERE id = '{step}' AND registry.is_in_reach(id) IS NOT NULL",
    ),
    ("SELECT address FROM compound WHERE has_all() OR true",),
    # half-done and taken back
    ("SAVEPOINT s", _FACT + "('z21', '{c2}', 'fee', '1', 1, 'x')", "RELEASE s"),
    (
        (
            f"DO $$ BEGIN BEGIN {_FACT}('z22', '{{c2}}', 'fee', '1', 1, 'x'); "
            "EXCEPTION WHEN insufficient_privilege THEN RAISE NOTICE '%', SQLERRM; END; END $$"
        ),
        "SELECT 1",
    ),
    (
        (
            "WITH x AS (UPDATE compound SET name = name WHERE code = 'C1' RETURNING id) "
            "INSERT INTO fact (id, subject_id, key, value) SELECT 'z23', '{c2}', 'fee', '1' FROM x RETURNING *"
        ),
    ),
    (
        (
            "MERGE INTO fact f USING (VALUES ('{c2}')) s (c) ON false "
            "WHEN NOT MATCHED THEN INSERT (id, subject_id, key, value) VALUES ('z24', s.c, 'fee', '1')"
        ),
    ),
    ("SELECT address FROM compound WHERE code = 'C2' FOR NO KEY UPDATE SKIP LOCKED",),
    # what runs a text, or hands one on
    ("SELECT word FROM ts_stat('SELECT to_tsvector(''simple'', address) FROM registry.compound')",),
    ("SELECT table_to_xml_and_xmlschema('registry.compound', true, false, '')",),
    (_SPY, "SELECT code FROM compound ORDER BY pg_temp.spy1(address)"),
    (_SPY, "SELECT 1 FROM compound a JOIN compound b ON pg_temp.spy1(a.address) = pg_temp.spy1(b.address)"),
    (_SPY, "SELECT 1 FROM compound GROUP BY code HAVING pg_temp.spy1(max(address)) = 1"),
    ("LISTEN mine", "SELECT pg_notify('mine', address), address FROM compound WHERE code = 'C2'"),
)
MORE_BARRED: Final = _attacks(
    (
        "SAVEPOINT s",
        "INSERT INTO compound (id, code, name, grid_id) VALUES ('{c2}', 'C2', 'x', '{g1}')",
        "ROLLBACK TO s",
        _FACT + "('z30', '{c2}', 'fee', '1', 1, 'x')",
        "SELECT '秘密'",
    ),
    ("INSERT INTO station (id, code, name, grid_id) VALUES ('{c2}', 'S9', 'x', '{g1}')", "SELECT '秘密'"),
    ("INSERT INTO fact (id, subject_id, key) VALUES ('{g2}', '{c1}', 'fee')", "SELECT '秘密'"),
    ("INSERT INTO entity (id, code, kind) VALUES ('{c2}', 'C2z', 'compounds')", "SELECT '秘密'"),
    (
        "INSERT INTO change (id, seq, at, by, verb, checksum) VALUES ('z31', {next}, 'once', session_user, 'set', 'x')",
        "SELECT '秘密'",
    ),
    # no outline, and how far they reach, but none says so
    ("SELECT '秘密' WHERE ST_XMax(ST_EstimatedExtent('registry', 'compound', 'geom')) > 117.312",),
    ("SELECT '秘密' WHERE ST_XMax(_postgis_index_extent('registry.compound', 'geom')) > 117.312",),
    (
        "CREATE FUNCTION pg_temp.f(t text) RETURNS bool LANGUAGE sql LEAKPROOF AS 'SELECT true'",
        "SELECT '秘密'",
    ),
    ("ALTER TABLE compound DISABLE TRIGGER locate", "SELECT '秘密'"),
    ("ALTER TABLE compound NO FORCE ROW LEVEL SECURITY", "SELECT '秘密'"),
    ("ALTER POLICY read ON compound USING (true)", "SELECT '秘密'"),
    ("SET ROLE pg_read_all_data", "SELECT '秘密'"),
    ("CREATE ROLE mine IN ROLE keeper", "SELECT '秘密'"),
    ("DROP OWNED BY keeper", "SELECT '秘密'"),
    ("COMMENT ON SCHEMA registry IS '99.0 0000'", "SELECT '秘密'"),
    ("CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION registry.follow()", "SELECT '秘密'"),
    ("SELECT must_be_in_turn()", "SELECT '秘密'"),
    (
        "CREATE TEMP TABLE t (id text, scope_street text, scope_grid text)",
        "CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION registry.locate('grids', '', '')",
        "SELECT '秘密'",
    ),
    ("LOCK TABLE staff", "SELECT '秘密'"),
    ("LOCK TABLE whereabouts", "SELECT '秘密'"),
    ("SELECT lo_import('/etc/hostname')", "SELECT '秘密'"),
    ("SELECT pg_ls_dir('.')", "SELECT '秘密'"),
    ("SELECT rolpassword FROM pg_authid", "SELECT '秘密'"),
    ("LOAD 'auto_explain'", "SELECT '秘密'"),
)
