"""Who may see and write what, said to the server itself: row-level security by street and grid (decision 107).

Every row carries the street and grid that it lies in (``scope_street``, ``scope_grid``: ids of units), set by the server
whatever a client says: by its own unit, the units it names, its outline, and the records it is about. Where these do not agree
it belongs to neither, and only those above both have it. ``staff`` says which login has which streets and grids; nobody
can read it but through functions that answer about the login that asks, and a login is what the server itself
let in: no setting of a session, no other role and no table of one's own changes it. Who is not on it can't even name a
table: the schema is opened to each login by ``take_on``.
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from itertools import chain
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from app import VERSION
from app.domain.kinds import KINDS
from app.persistence.journal_values import RECORDS
from app.persistence.shared.desks import FURNITURE
from app.persistence.shared.rights import grants, without_extents, without_statistics
from app.persistence.shared.rows import columns_of
from app.persistence.shared.tables import SCHEMA, metadata
from app.persistence.shared.whereabouts import DEFINER, UNITS, locating, settling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

_BODIES: Final = (
    "firms",
    "organisations",
    "departments",
)  # of the whole district: whoever is at work there sees them

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS staff (
        login name NOT NULL, level text NOT NULL CHECK (level IN ('district', 'street', 'grid')), unit text NOT NULL,
        PRIMARY KEY (login, level, unit))""",
    """CREATE TABLE IF NOT EXISTS whereabouts (
        id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, scope_street text COLLATE "C", scope_grid text COLLATE "C")""",
    "CREATE TABLE IF NOT EXISTS bounds (moved bigint NOT NULL)",  # how often it has changed what a login sees
    "INSERT INTO bounds SELECT 0 WHERE NOT EXISTS (SELECT FROM bounds)",
    "ALTER TABLE bounds ADD COLUMN IF NOT EXISTS looked date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date",  # for which all lies right
    "CREATE TABLE IF NOT EXISTS turn ()",  # locked by whoever writes; only staff can, which an advisory lock would not see to
    "ALTER TABLE change ADD COLUMN IF NOT EXISTS within xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE INDEX IF NOT EXISTS ix_change_within ON change (within)",
)
_FUNCTIONS: Final = (
    f"""CREATE FUNCTION is_staff() RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS
        'SELECT EXISTS (SELECT FROM registry.staff WHERE login = session_user)'""",
    f"""CREATE FUNCTION has_all() RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS
        'SELECT EXISTS (SELECT FROM registry.staff WHERE login = session_user AND level = ''district'')'""",
    f"""CREATE FUNCTION my_units(of_level text) RETURNS text[] LANGUAGE sql STABLE {DEFINER} AS
        'SELECT coalesce(array_agg(unit), ''{{}}'') FROM registry.staff WHERE login = session_user AND level = of_level'""",
    f"""CREATE FUNCTION is_my_step(asked text) RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS
        'SELECT EXISTS (SELECT FROM registry.change c WHERE c.id = asked AND c.by = session_user::text
            AND c.within = pg_current_xact_id())'""",
    f"""CREATE FUNCTION take_turn() RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF NOT registry.is_staff() THEN
                RAISE insufficient_privilege USING MESSAGE = 'this login has no unit of the registry';
            END IF;
            LOCK TABLE registry.turn IN EXCLUSIVE MODE;
            PERFORM registry.look_at_the_day();
        END $$""",
    # where two write at once, none of them sees where the other's rows come to lie; nor does whoever looks at what was before
    f"""CREATE FUNCTION must_be_in_turn() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF current_setting('transaction_isolation') <> 'read committed' THEN
                RAISE insufficient_privilege USING MESSAGE = 'records are written in a transaction that is READ COMMITTED';
            END IF;
            LOCK TABLE registry.turn IN EXCLUSIVE MODE;
            PERFORM registry.look_at_the_day();
            RETURN NULL;
        END $$""",
    # whether all that a step did is in reach, so that it may be taken back or brought back whole
    f"""CREATE FUNCTION is_in_reach(asked text) RETURNS boolean LANGUAGE sql STABLE {DEFINER} AS
        'SELECT registry.has_all() OR NOT EXISTS (SELECT FROM registry.change_detail d WHERE d.change_id = asked
            AND (d.scope_grid = ANY (registry.my_units(''grid'')) OR d.scope_street = ANY (registry.my_units(''street''))) IS NOT TRUE)'""",
    f"""CREATE FUNCTION last_seq() RETURNS bigint LANGUAGE sql STABLE {DEFINER} AS
        'SELECT max(seq) FROM registry.change WHERE registry.is_staff()'""",
    f"""CREATE FUNCTION moves() RETURNS bigint LANGUAGE sql STABLE {DEFINER} AS
        'SELECT CASE WHEN registry.has_all() THEN -1 ELSE moved END FROM registry.bounds'""",
    # the highest code of each kind, so that whoever does not see it gives the next one
    f"""CREATE FUNCTION taken_codes() RETURNS SETOF text LANGUAGE sql STABLE {DEFINER} AS
        'SELECT DISTINCT ON (kind) code FROM registry.entity WHERE registry.is_staff()
         ORDER BY kind, length(code) DESC, code DESC'""",
    # told by whoever keeps the registry: whose login has which unit, by its code; a district's has everything
    """CREATE FUNCTION take_on(whose name, of_level text, code_of_unit text DEFAULT '') RETURNS void LANGUAGE plpgsql
        SET search_path = registry, public, pg_temp AS $$
        DECLARE found text := '';
        BEGIN
            IF of_level NOT IN ('district', 'street', 'grid') THEN
                RAISE invalid_parameter_value USING MESSAGE = quote_literal(of_level) || ' is no level: district, street, grid';
            END IF;
            IF of_level <> 'district' THEN
                SELECT id INTO found FROM registry.entity
                WHERE code = code_of_unit AND kind = of_level || 's';
                IF found IS NULL THEN
                    RAISE invalid_parameter_value USING MESSAGE = 'there is no ' || of_level || ' ' || quote_literal(code_of_unit);
                END IF;
            END IF;
            EXECUTE 'GRANT USAGE ON SCHEMA registry TO ' || quote_ident(whose);
            INSERT INTO registry.staff VALUES (whose, of_level, found) ON CONFLICT DO NOTHING;
            UPDATE registry.bounds SET moved = moved + 1;
            PERFORM pg_notify('registry', '');  -- desks look again
        END $$""",
    """CREATE FUNCTION let_go(whose name) RETURNS void LANGUAGE plpgsql SET search_path = registry, public, pg_temp AS $$
        BEGIN
            IF EXISTS (SELECT FROM pg_roles WHERE rolname = whose AND rolname <> current_user) THEN
                EXECUTE 'REVOKE USAGE ON SCHEMA registry FROM ' || quote_ident(whose);
            END IF;
            DELETE FROM registry.staff WHERE login = whose;
            UPDATE registry.bounds SET moved = moved + 1;
            PERFORM pg_notify('registry', '');  -- desks look again
        END $$""",
    # whoever edits a layer with another program would leave rows that no step tells of and that fit no checksum; whoever
    # has not all of it tells of each row by itself, and of one with a code in the list of codes
    f"""CREATE FUNCTION must_be_told() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE about text := CASE TG_OP WHEN 'DELETE' THEN OLD.id ELSE NEW.id END;
        BEGIN
            IF NOT EXISTS (SELECT FROM registry.change c WHERE c.within = pg_current_xact_id() AND (
                EXISTS (SELECT FROM registry.staff WHERE login = session_user AND level = 'district')
                OR EXISTS (SELECT FROM registry.change_detail d WHERE d.change_id = c.id
                    AND (d.row_id = about OR d.kind = TG_ARGV[0] AND d.code = '' AND d.field = '{RECORDS}'))))
            THEN
                RAISE insufficient_privilege USING MESSAGE = 'records are edited with the program, which keeps their journal';
            END IF;
            IF TG_OP <> 'DELETE' AND TG_ARGV[1] = 'coded' THEN  -- else NEW has no code that could be asked for
                IF NOT EXISTS (SELECT FROM registry.entity e
                    WHERE e.id = NEW.id AND e.code = NEW.code AND e.kind = TG_ARGV[0]) THEN
                    RAISE insufficient_privilege USING MESSAGE = 'the list of codes has another code for this record';
                END IF;
            END IF;
            RETURN NULL;
        END $$""",
    f"""CREATE FUNCTION must_tell() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            IF NOT registry.has_all() AND NOT EXISTS (SELECT FROM registry.change_detail d WHERE d.change_id = NEW.id) THEN
                RAISE insufficient_privilege USING MESSAGE = 'a step tells of something';
            END IF;
            RETURN NULL;
        END $$""",
    f"""CREATE FUNCTION count_step() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
        BEGIN
            -- every desk reads it
            IF NEW.at !~ '^....-..-..T([01].|2[0-3]):..:[0-5].[.]...Z$' OR NEW.at::timestamptz IS NULL THEN
                RAISE invalid_datetime_format USING MESSAGE = 'a step is told with its moment';
            END IF;
            IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM registry.change) THEN
                RAISE serialization_failure USING MESSAGE = 'the journal counts on';
            END IF;
            RETURN NEW;
        END $$""",
)
_HAS_ALL: Final = "(SELECT has_all())"
_IN_REACH: Final = (
    f"({_HAS_ALL} OR scope_grid = ANY ((SELECT my_units('grid'))::text[])"
    " OR scope_street = ANY ((SELECT my_units('street'))::text[]))"
)
_STAFF: Final = "(SELECT is_staff())"
_MINE: Final = f'({_HAS_ALL} OR "by" = session_user::text)'


@cache
def _statements() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all of it in its order, for tables that were just made or cleared of it: where rows lie, then the rest."""
    first = (_TABLES, _scopes(), without_extents(), _FUNCTIONS, locating())
    then = (settling(), _tellers(), _policies(), grants(), without_statistics(), FURNITURE)
    return tuple(chain.from_iterable(first)), tuple(chain.from_iterable(then))


@cache
def made_by() -> str:
    """Return what guards say of themselves: the program's version, and a digest of what they are."""
    return f"{VERSION} {blake2b(repr(_statements()).encode(), digest_size=8).hexdigest()}"


def guard(connection: Connection, fill: Callable[[], None] | None = None) -> None:
    """Set all of it up; whoever does it keeps the registry and has everything.

    ``fill`` puts rows in as they stood elsewhere, units first: each is told where it lies, but needs no step that tells of
    it yet, and the server asks nobody yet whose it is, which would let it come in row by row alone.
    """
    first, then = _statements()
    for statement in first:
        connection.exec_driver_sql(statement)
    connection.execute(text("SELECT take_on(session_user, 'district')"))
    if fill is not None:
        fill()
    for statement in then:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(f"COMMENT ON SCHEMA {SCHEMA} IS '{made_by()}'")


def _scopes() -> Iterator[str]:
    for table in (*(kind.table for kind in KINDS.values()), "entity", "change_detail"):
        scopes = ", ".join(
            f'ADD COLUMN IF NOT EXISTS scope_{of} text COLLATE "C"' for of in ("street", "grid")
        )
        yield f'ALTER TABLE "{table}" {scopes}'
        yield f'CREATE INDEX IF NOT EXISTS "ix_{table}_scope" ON "{table}" (scope_grid, scope_street)'


def _tellers() -> Iterator[str]:
    """Give what each row and step has to be told by."""
    for name, kind in KINDS.items():
        columns = [f'"{column}"' for column in (*columns_of(kind.table), "fid")]
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        coded = "coded" if kind.coded else ""
        for trigger, when in (("INSERT OR DELETE", ""), ("UPDATE", f"WHEN ({changed})")):
            yield (
                f'CREATE CONSTRAINT TRIGGER told_{trigger[:6]} AFTER {trigger} ON "{kind.table}" DEFERRABLE INITIALLY '
                f"DEFERRED FOR EACH ROW {when} EXECUTE FUNCTION must_be_told('{name}', '{coded}')"
            )
    yield (
        "CREATE CONSTRAINT TRIGGER tells AFTER INSERT ON change DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION must_tell()"
    )
    yield "CREATE TRIGGER count_step BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION count_step()"
    for table in dict.fromkeys(
        (*(kind.table for kind in KINDS.values()), "entity", "change", "change_detail")
    ):
        # not where a row takes others along: then its writer has his turn
        yield f"""DO $$ BEGIN EXECUTE 'CREATE TRIGGER in_turn BEFORE INSERT OR UPDATE OR DELETE ON "{table}" FOR EACH STATEMENT
            WHEN (pg_trigger_depth() = 0 OR current_user <> ' || quote_literal(current_user) || ')
            EXECUTE FUNCTION must_be_in_turn()'; END $$"""


def _policies() -> Iterator[str]:
    """Give the rules of every table: closed to whoever is not named in one of them, the owner too."""
    for name in (*metadata.tables, "staff", "whereabouts", "bounds", "turn"):
        if name != "schema_step":
            yield f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY'
            yield f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY'
            yield f'CREATE POLICY keeper ON "{name}" TO CURRENT_USER USING (true) WITH CHECK (true)'
    for name, kind in KINDS.items():
        table = f'"{kind.table}"'
        read = _STAFF if name in (*UNITS, *_BODIES) else _IN_REACH
        write = _HAS_ALL if name in (*UNITS, "organisations", "departments") else _IN_REACH
        yield f"CREATE POLICY read ON {table} FOR SELECT USING ({read})"
        yield f"CREATE POLICY add ON {table} FOR INSERT WITH CHECK ({write})"
        yield f"CREATE POLICY edit ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})"
        yield f"CREATE POLICY remove ON {table} FOR DELETE USING ({write})"
    seen = ", ".join(f"'{name}'" for name in (*UNITS, *_BODIES))
    yield f"CREATE POLICY read ON entity FOR SELECT USING ({_IN_REACH} OR (kind IN ({seen}) AND {_STAFF}))"
    yield f"CREATE POLICY add ON entity FOR INSERT WITH CHECK ({_IN_REACH})"
    yield f"CREATE POLICY read ON change_detail FOR SELECT USING ({_IN_REACH})"
    yield f"CREATE POLICY add ON change_detail FOR INSERT WITH CHECK ({_IN_REACH} AND is_my_step(change_id))"
    told = "EXISTS (SELECT FROM change_detail d WHERE d.change_id = change.id)"
    yield f"CREATE POLICY read ON change FOR SELECT USING ({_MINE} OR ({_STAFF} AND {told}))"
    yield f'CREATE POLICY add ON change FOR INSERT WITH CHECK ({_STAFF} AND "by" = session_user::text)'
    yield f"CREATE POLICY edit ON change FOR UPDATE USING ({_MINE}) WITH CHECK ({_MINE})"
    for name in ("registry_info", "backdrop"):
        yield f"CREATE POLICY read ON {name} FOR SELECT USING ({_STAFF})"
    for name in ("registry_info", "kept"):
        yield f"CREATE POLICY everything ON {name} USING ({_HAS_ALL}) WITH CHECK ({_HAS_ALL})"
