"""Ways in which somebody with the login of a grid worker may try to read or write what lies in other grids."""

from __future__ import annotations

from typing import Final, NamedTuple

SECRET: Final = "秘密"
_FACT: Final = "INSERT INTO fact (id, subject_id, key, value, version, checksum) VALUES "
_STEP: Final = "INSERT INTO change (id, seq, at, by, verb, checksum) VALUES "
_TOLD: Final = "INSERT INTO change_detail (id, change_id, kind, row_id, code, field, after, checksum) VALUES "
OWN_STEP: Final = _STEP + "('x1', {next}, '2026-01-01T00:00:00.000Z', session_user, 'set', 'x')"
OWN_DETAIL: Final = _TOLD + "('t' || 'x1', 'x1', 'compounds', '{c1}', 'C1', 'name', '1', 'x')"
_IN_GRID_2: Final = (
    "ST_GeomFromText('POLYGON((117.313 31.865,117.314 31.865,117.314 31.866,117.313 31.865))', 4490)"
)
_ALL: Final = "ST_Multi(ST_MakeEnvelope(117, 31, 118, 32, 4490))"


class Attack(NamedTuple):
    """One way: what it is called, what is run, and what is handed to a COPY."""

    name: str
    statements: tuple[str, ...]
    given: str = ""


def _attacks(*made: tuple[str, ...]) -> list[Attack]:
    return [Attack(" ; ".join(statements), statements) for statements in made]


# what gets through where no row-level security is
OPEN: Final = [
    *_attacks(
        ("SELECT * FROM compound",),
        ("SELECT * FROM compound WHERE code = 'C2'",),
        ("TABLE compound",),
        ("SELECT name FROM ONLY compound",),
        ("SELECT * FROM compound TABLESAMPLE SYSTEM (100)",),
        ("SELECT count(*) || '秘密' FROM compound WHERE code = 'C2' HAVING count(*) > 0",),
        ("WITH x AS MATERIALIZED (SELECT * FROM compound) SELECT * FROM x",),
        ("SELECT c.name FROM fact f JOIN compound c ON c.id = f.subject_id",),
        ("SELECT (SELECT string_agg(name, ',') FROM compound)",),
        (
            "SELECT c.name FROM (VALUES ('C2')) v(code), LATERAL (SELECT * FROM compound k WHERE k.code = v.code) c",
        ),
        (
            "SELECT name, ST_AsText(geom) FROM compound WHERE geom && ST_MakeEnvelope(117.31, 31, 118, 32, 4490)",
        ),
        (
            "SELECT name FROM compound ORDER BY geom <-> ST_SetSRID(ST_MakePoint(117.313, 31.865), 4490) LIMIT 1",
        ),
        ("SELECT '秘密' FROM fact WHERE subject_id = '{c2}'",),
        ("SELECT '秘密' FROM attachment WHERE to_id = '{c2}'",),
        ("SELECT '秘密' FROM entity WHERE code = 'C2'",),
        ("SELECT * FROM change_detail",),
        ("SELECT * FROM change WHERE why IS NOT NULL",),
        ("SELECT * FROM compound FOR UPDATE",),
        ("PREPARE p AS SELECT * FROM compound WHERE code = $1", "EXECUTE p('C2')"),
        ("DECLARE c CURSOR FOR SELECT * FROM compound", "FETCH ALL c"),
        ("CREATE TEMP VIEW v AS SELECT * FROM registry.compound", "SELECT * FROM v"),
        ("CREATE TEMP TABLE t AS SELECT * FROM registry.compound", "SELECT * FROM t"),
        ("DO $$ BEGIN RAISE NOTICE '%', (SELECT string_agg(name, ',') FROM registry.compound); END $$",),
        ("SELECT query_to_xml('SELECT * FROM registry.compound', true, false, '')",),
        ("SELECT table_to_xml('registry.compound', true, false, '')",),
        ("SELECT * FROM compound WHERE name::int = 1 AND code = 'C2'",),
        (
            "SELECT 1 FROM compound WHERE code = 'C2' AND 1 / (CASE WHEN name LIKE '秘%' THEN 0 ELSE 1 END) = 1",
        ),
        (
            (
                "CREATE FUNCTION pg_temp.leak(t text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS "
                "$$ BEGIN RAISE NOTICE '%', t; RETURN true; END $$"
            ),
            "SELECT code FROM compound WHERE pg_temp.leak(name)",
        ),
        ("SET row_security = off", "SELECT * FROM compound"),
        ("SET registry.login = 'keeper'", "SELECT * FROM compound"),
        (
            "CREATE TEMP TABLE staff (login name, level text, unit text)",
            "INSERT INTO pg_temp.staff VALUES (session_user, 'district', '')",
            "SET search_path = pg_temp, registry",
            "SELECT * FROM registry.compound",
        ),
        (
            "CREATE FUNCTION pg_temp.has_all() RETURNS bool LANGUAGE sql AS 'SELECT true'",
            "SET search_path = pg_temp, registry",
            "SELECT * FROM registry.compound",
        ),
        ("UPDATE compound SET name = 'x'",),
        ("UPDATE compound SET name = 'x' WHERE code = 'C2'",),
        ("UPDATE compound SET name = 'x' WHERE code = 'C2' RETURNING *",),
        ("UPDATE compound c SET name = 'x' FROM (VALUES ('C2')) v(code) WHERE c.code = v.code",),
        ("DELETE FROM compound WHERE code = 'C2'",),
        ("WITH gone AS (DELETE FROM compound WHERE code <> 'C1' RETURNING *) SELECT * FROM gone",),
        ("DELETE FROM fact WHERE subject_id = '{c2}'",),
        (
            "MERGE INTO compound c USING (VALUES ('C2')) v(code) ON c.code = v.code WHEN MATCHED THEN UPDATE SET name = 'x'",
        ),
        ("INSERT INTO compound (id, code, name, geom) VALUES ('y1', 'C9', 'x', " + _IN_GRID_2 + ")",),
        ("INSERT INTO compound (id, code, name, grid_id) VALUES ('y3', 'C9', 'x', '{g2}')",),
        ("INSERT INTO compound (id, code, name) VALUES ('y4', 'C9', 'x')",),
        ("UPDATE compound SET grid_id = '{g2}' WHERE code = 'C1'",),
        ("UPDATE compound SET geom = " + _IN_GRID_2 + " WHERE code = 'C1'",),
        (_FACT + "('y5', '{c2}', 'gate_guard', 'yes', 1, 'x')",),
        (_FACT + "('y6', NULL, 'gate_guard', 'yes', 1, 'x')",),
        ("UPDATE fact SET subject_id = '{c2}' WHERE subject_id = '{c1}'",),
        ("UPDATE attachment SET to_id = '{c2}' WHERE to_id = '{c1}'",),
        (
            (
                "INSERT INTO attachment (id, code, organisation_id, to_id, version, checksum) "
                "VALUES ('y8', 'A9', '{o1}', '{c2}', 1, 'x')"
            ),
        ),
        ("UPDATE grid SET geom = " + _ALL,),
        (
            "INSERT INTO grid (id, code, name, geom) VALUES ('y9', '000', 'x', " + _ALL + ")",
            "UPDATE compound SET name = 'x'",
        ),
        ("UPDATE organisation SET name = 'x'",),
        ("INSERT INTO entity (id, code, kind) VALUES ('y10', 'C77', 'compounds')",),
        (OWN_STEP, _TOLD + "('y11', 'x1', 'compounds', '{c2}', 'C2', 'name', '1', 'x')"),
        (OWN_STEP, _TOLD + "('y12', 'x1', 'compounds', '{c1}', 'C2', 'name', '1', 'x')"),
        (_STEP + "('x2', {next}, '2026-01-01T00:00:00.000Z', 'keeper', 'set', 'x')",),
        ("UPDATE change SET undone_by = 'x' WHERE id = '{step}'",),
        ("UPDATE registry_info SET value = 'x'",),
        ("INSERT INTO kept (id, kind, seq, checksum, content) VALUES ('y14', 'compounds', 1, 'x', '')",),
    ),
    *_attacks(
        ("SELECT * FROM compound c WHERE c.ctid = '(0,2)' OR c.ctid = '(0,1)'",),
        ("SELECT to_jsonb(c) FROM compound c",),
        ("SELECT c FROM compound c FULL JOIN grid g ON false",),
        ("SELECT max(name) OVER () FROM compound",),
        ("SELECT (SELECT c.address FROM compound c WHERE c.id = f.subject_id) FROM fact f",),
        (
            "WITH RECURSIVE r AS (SELECT id, name FROM compound UNION SELECT c.id, c.name FROM compound c, r) TABLE r",
        ),
        ("SELECT name FROM compound UNION ALL SELECT address FROM compound",),
        ("SELECT xmlforest(name) FROM compound",),
        ("SELECT schema_to_xml('registry', true, false, '')",),
        ("SELECT ST_AsGeoJSON(c.*) FROM compound c",),
        ("SELECT ST_AsMVT(c, 'l', 4096, 'geom') IS NULL, string_agg(name, '') FROM compound c",),
        (
            "SELECT string_agg(value::text, ''), '秘密' FROM fact WHERE subject_id <> '{c1}' HAVING count(*) > 0",
        ),
        (
            "SELECT count(*) / count(*) FILTER (WHERE name NOT LIKE '秘%' OR code <> 'C2'), max(name) FROM compound",
        ),
        ("SELECT name::date FROM compound WHERE code = 'C2'",),
        ("SELECT ('{{' || name)::json FROM compound WHERE code = 'C2'",),
        ("SELECT (name || '(')::regclass FROM compound WHERE code = 'C2'",),
        ("SELECT * FROM compound WHERE name ~ '秘' AND regexp_replace(name, '小区', '') = '秘密'",),
        (
            "SELECT generate_series(1, 10 / nullif(strpos(name, '秘') - 1, NULL)) FROM compound WHERE code = 'C2'",
        ),
        (
            (
                "CREATE FUNCTION pg_temp.spy(a text, b text) RETURNS bool LANGUAGE plpgsql COST 0.0000001 AS "
                "$$ BEGIN RAISE NOTICE '%', a; RETURN true; END $$"
            ),
            "CREATE OPERATOR pg_temp.=== (LEFTARG = text, RIGHTARG = text, FUNCTION = pg_temp.spy)",
            "SELECT code FROM compound WHERE name OPERATOR(pg_temp.===) ''",
        ),
        (
            (
                "CREATE FUNCTION pg_temp.add(a text, b text) RETURNS text LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE NOTICE '%', b; RETURN b; END $$"
            ),
            "CREATE AGGREGATE pg_temp.gather(text) (SFUNC = pg_temp.add, STYPE = text)",
            "SELECT pg_temp.gather(name) FROM compound",
        ),
        (
            (
                "CREATE FUNCTION pg_temp.all_of() RETURNS SETOF registry.compound LANGUAGE sql SECURITY DEFINER "
                "AS 'SELECT * FROM registry.compound'"
            ),
            "SELECT * FROM pg_temp.all_of()",
        ),
        (
            "CREATE TEMP VIEW w WITH (security_barrier = false) AS SELECT name FROM registry.compound",
            "SELECT * FROM w WHERE name LIKE '秘%'",
        ),
        (
            "CREATE TEMP TABLE t (name text)",
            (
                "CREATE FUNCTION pg_temp.grab() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                "NEW.name := (SELECT string_agg(name, ',') FROM registry.compound); RETURN NEW; END $$"
            ),
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION pg_temp.grab()",
            "INSERT INTO t VALUES ('') RETURNING name",
        ),
        (
            "INSERT INTO registry.fact (id, subject_id, key, value) SELECT 'y21' || id, id, 'fee', name FROM compound RETURNING *",
        ),
        (
            "UPDATE fact SET value = (SELECT max(name) FROM compound WHERE code = 'C2') WHERE subject_id = '{c1}' RETURNING *",
        ),
        ("SELECT name FROM compound WHERE code = 'C2' FOR KEY SHARE",),
        ("SELECT name FROM compound WHERE code = 'C2' FOR SHARE NOWAIT",),
        ("UPDATE compound SET name = name WHERE code = 'C2' RETURNING name",),
        (
            "DECLARE c SCROLL CURSOR WITH HOLD FOR TABLE compound",
            "FETCH BACKWARD ALL FROM c",
            "MOVE ABSOLUTE 0 c",
            "FETCH ALL c",
        ),
        (
            (
                "INSERT INTO compound (id, code, name) VALUES ('y22', 'C2', 'x') ON CONFLICT (code) "
                "DO UPDATE SET name = 'x' RETURNING compound.address"
            ),
        ),
        ("INSERT INTO attachment (id, code, organisation_id, to_id) VALUES ('y23', 'A8', '{o1}', '{g2}')",),
        ("INSERT INTO fact (id, subject_id, key, value) VALUES ('y24', '{o1}', 'fee', '1')",),
        ("INSERT INTO fact (id, subject_id, key, value) VALUES ('y25', '{g2}', 'fee', '1')",),
        ("UPDATE compound SET grid_id = NULL, geom = NULL WHERE code = 'C1'",),
        ("SELECT code || '秘密' FROM entity WHERE kind = 'compounds' AND code <> 'C1'",),
        (
            "SELECT d.before || d.after FROM change_detail d JOIN change c ON c.id = d.change_id WHERE c.by <> session_user",
        ),
        ("SELECT string_agg(why, ',') FROM change",),
        ("UPDATE change SET checksum = 'x' WHERE id = '{step}'",),
        ("INSERT INTO registry_info (id, key, value, checksum) VALUES ('y26', 'x', 'x', 'x')",),
    ),
    Attack("COPY TO", ("COPY compound TO STDOUT",)),
    Attack("COPY of a question", ("COPY (SELECT * FROM compound) TO STDOUT",)),
    Attack(
        "COPY FROM",
        ("COPY fact (id, subject_id, key, value, version, checksum) FROM STDIN",),
        "y20\t{c2}\tgate_guard\tyes\t1\tx\n",
    ),
]
# what is refused even then: by rights, or by what the server does with each row
BARRED: Final = _attacks(
    (  # what is done before a conflict is seen stays done
        "INSERT INTO compound (id, code, name, grid_id) VALUES ('{c2}', 'C2', 'x', '{g1}') ON CONFLICT DO NOTHING",
        "INSERT INTO fact (id, subject_id, key, value) VALUES ('y40', '{c2}', 'fee', '1')",
    ),
    (
        "INSERT INTO compound (id, code, name, grid_id) VALUES ('{c2}', 'C2', 'x', '{g1}') ON CONFLICT DO NOTHING",
        _TOLD + "('y41', 'x1', 'compounds', '{c2}', 'C2', 'name', '1', 'x')",
    ),
    ("SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE tablename = 'compound'",),
    (
        (
            "INSERT INTO compound (id, code, name) VALUES ('{c2}', 'C2', 'x') ON CONFLICT (id) "
            "DO UPDATE SET name = 'x' RETURNING compound.address"
        ),
    ),
    (
        "INSERT INTO compound (id, code, name, geom, scope_grid) SELECT 'y2', 'C9', 'x', "
        + _IN_GRID_2
        + ", scope_grid FROM compound WHERE code = 'C1'",
    ),
    (
        "INSERT INTO change (within, id, seq, at, by, verb) VALUES ('99999', 'x4', {next}, '', session_user, 'set')",
    ),
    ("INSERT INTO fact (fid, id, subject_id, key) VALUES (9223372036854775807, 'y30', '{c1}', 'fee')",),
    ("UPDATE compound SET fid = 1000000 WHERE code = 'C1'",),
    ("SELECT setval(pg_get_serial_sequence('registry.compound', 'fid'), 9223372036854775807)",),
    ("ALTER SEQUENCE registry.compound_fid_seq RESTART WITH 9223372036854775807",),
    ("UPDATE compound SET id = '{c2}' WHERE code = 'C1'",),
    ("UPDATE entity SET code = 'C2x' WHERE code = 'C2'",),
    ("DELETE FROM entity WHERE code = 'C2'",),
    ("DELETE FROM change WHERE id = '{step}'",),
    ("UPDATE change SET by = session_user WHERE id = '{step}'",),
    ("UPDATE change SET why = NULL",),
    ("UPDATE backdrop SET kind = 'x'",),
    ("UPDATE schema_step SET number = 1",),
    ("UPDATE bounds SET moved = 0",),
    ("SELECT let_go('keeper')",),
    ("SELECT locate()",),
    (
        "CREATE TEMP TABLE t (id text)",
        "CREATE TRIGGER t BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION registry.follow()",
    ),
    ("CREATE TRIGGER mine AFTER INSERT ON compound FOR EACH ROW EXECUTE FUNCTION registry.follow()",),
    ("CREATE RULE r AS ON SELECT TO compound DO INSTEAD SELECT 1",),
    ("CREATE TEMP TABLE t () INHERITS (registry.compound)",),
    ("CREATE TABLE public.t (id text REFERENCES registry.compound (id))",),
    ("CREATE FUNCTION public.st_covers(a text, b text) RETURNS bool LANGUAGE sql AS 'SELECT true'",),
    ("CREATE FUNCTION registry.st_covers(a text) RETURNS bool LANGUAGE sql AS 'SELECT true'",),
    ("CREATE SCHEMA mine",),
    ("CREATE STATISTICS registry.s ON name, address FROM compound",),
    ("CREATE INDEX ON compound ((name::int))",),
    ("CREATE PUBLICATION p FOR TABLE compound",),
    ("ALTER TABLE compound OWNER TO CURRENT_USER",),
    ("ALTER FUNCTION registry.has_all() RESET ALL",),
    ("ALTER DEFAULT PRIVILEGES FOR ROLE keeper GRANT ALL ON TABLES TO PUBLIC",),
    ("GRANT keeper TO CURRENT_USER",),
    ("GRANT SELECT ON staff TO CURRENT_USER",),
    ("GRANT ALL ON SCHEMA registry TO PUBLIC",),
    ("REASSIGN OWNED BY keeper TO CURRENT_USER",),
    ("ALTER ROLE CURRENT_USER BYPASSRLS",),
    ("ALTER ROLE CURRENT_USER SUPERUSER",),
    ("CREATE ROLE mine SUPERUSER",),
    ("SET LOCAL ROLE admin", "TABLE compound"),
    ("ALTER SYSTEM SET row_security = off",),
    ("SET session_preload_libraries = 'x'", "TABLE compound"),
    ("CREATE EXTENSION dblink", "SELECT * FROM dblink('', 'TABLE registry.compound') AS t(x text)"),
    ("CREATE EXTENSION postgres_fdw",),
    ("CREATE EXTENSION pageinspect", "SELECT * FROM heap_page_items(get_raw_page('registry.compound', 0))"),
    ("CREATE EXTENSION pg_stat_statements", "SELECT query FROM pg_stat_statements"),
    ("SELECT query FROM pg_stat_activity WHERE usename <> session_user AND query LIKE '%秘密%'",),
    ("SELECT stavalues1::text FROM pg_statistic",),
    ("SELECT most_common_vals::text FROM pg_stats_ext",),
    ("SELECT _postgis_stats('registry.compound', 'geom'), '秘密'",),
    (
        "SELECT _postgis_selectivity('registry.compound', 'geom', ST_MakeEnvelope(117.3, 31.8, 117.4, 31.9, 4490)), '秘密'",
    ),
    ("COPY compound TO '/tmp/secret'",),
    ("COPY compound TO PROGRAM 'cat'",),
    ("SELECT pg_read_file('base/1/pg_filenode.map'), '秘密'",),
    ("SELECT lo_export(lo_from_bytea(0, name::bytea), '/tmp/x') FROM compound",),
    (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename <> session_user AND backend_type = 'client backend'",
        "SELECT 1",
    ),
    ("PREPARE TRANSACTION 'mine'",),
    ("DO LANGUAGE plpython3u 'pass'",),
    (
        "SELECT pg_logical_emit_message(true, 'x', 'x')",
        "SELECT pg_create_logical_replication_slot('x', 'test_decoding')",
    ),
    ("SELECT '秘密' FROM staff",),
    ("SELECT '秘密' FROM whereabouts",),
    ("SELECT '秘密' FROM desk",),
    ("SELECT '秘密' FROM desks() WHERE record = '{c2}'",),
    ("UPDATE desk SET record = '{c1}'",),
    ("INSERT INTO desk VALUES (1, 'keeper', now())", "SELECT '秘密' FROM desks() WHERE login = 'keeper'"),
    (
        "SET application_name = 'compound-registry desk'",
        "SELECT come_in()",
        "SELECT edits_record('{c2}')",
        "SELECT '秘密' FROM desks() WHERE record IS NOT NULL OR login <> session_user::text",
    ),
    (
        "CREATE OR REPLACE FUNCTION registry.come_in() RETURNS void LANGUAGE sql AS 'SELECT 1'",
        "SELECT come_in()",
        "SELECT '秘密' FROM desks()",
    ),
    ("SET ROLE keeper", "SELECT * FROM compound"),
    ("SET SESSION AUTHORIZATION keeper", "SELECT * FROM compound"),
    ("SELECT set_config('role', 'keeper', false)", "SELECT * FROM compound"),
    ("INSERT INTO compound SELECT * FROM compound WHERE code = 'C2' RETURNING *",),
    ("UPDATE compound SET scope_grid = NULL WHERE code = 'C2'",),
    (
        _FACT + "('{c2}', '{c1}', 'gate_guard', 'yes', 1, 'x')",
        _FACT + "('y7', '{c2}', 'fee', '1', 1, 'x')",
    ),
    (_TOLD + "('y13', '{step}', 'compounds', '{c1}', 'C1', 'name', '1', 'x')",),
    (_STEP + "('x3', 1000000, '2026-01-01T00:00:00.000Z', 'keeper', 'set', 'x')",),
    ("UPDATE change_detail SET after = 'x'",),
    ("DELETE FROM change_detail",),
    ("TRUNCATE compound",),
    ("INSERT INTO staff VALUES (session_user, 'district', '')", "SELECT * FROM compound"),
    ("SELECT take_on(session_user, 'district')", "SELECT * FROM compound"),
    ("ALTER TABLE compound DISABLE ROW LEVEL SECURITY", "SELECT * FROM compound"),
    ("DROP POLICY read ON compound", "SELECT * FROM compound"),
    ("CREATE POLICY mine ON compound USING (true)", "SELECT * FROM compound"),
    ("DROP TRIGGER locate ON compound", "SELECT * FROM compound WHERE code = 'C2'"),
    (
        "CREATE OR REPLACE FUNCTION registry.has_all() RETURNS bool LANGUAGE sql AS 'SELECT true'",
        "TABLE compound",
    ),
    ("SET session_replication_role = replica", "UPDATE compound SET name = 'x'"),
    ("CREATE MATERIALIZED VIEW registry.m AS SELECT * FROM compound", "SELECT * FROM registry.m"),
)
