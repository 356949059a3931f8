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
from app.domain.kinds import KINDS, FieldType
from app.persistence.columns import column_of
from app.persistence.journal_values import RECORDS
from app.persistence.shared.desks import FURNITURE
from app.persistence.shared.rights import grants, without_statistics
from app.persistence.shared.rows import columns_of
from app.persistence.shared.tables import SCHEMA, metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from app.domain.kinds import Kind

_UNITS: Final = ("districts", "streets", "communities", "grids")
_BODIES: Final = (
    "firms",
    "organisations",
    "departments",
)  # of the whole district: whoever is at work there sees them
_OF_UNITS: Final = frozenset(("grid", "community", "street", "district"))
_DEFINER: Final = f"SECURITY DEFINER SET search_path = {SCHEMA}, public, pg_temp"

_TABLES: Final = (
    """CREATE TABLE IF NOT EXISTS staff (
        login name NOT NULL, level text NOT NULL CHECK (level IN ('district', 'street', 'grid')), unit text NOT NULL,
        PRIMARY KEY (login, level, unit))""",
    """CREATE TABLE IF NOT EXISTS whereabouts (
        id text COLLATE "C" PRIMARY KEY, kind text NOT NULL, scope_street text COLLATE "C", scope_grid text COLLATE "C")""",
    "CREATE TABLE IF NOT EXISTS bounds (moved bigint NOT NULL)",  # how often it has changed what a login sees
    "INSERT INTO bounds SELECT 0 WHERE NOT EXISTS (SELECT FROM bounds)",
    "CREATE TABLE IF NOT EXISTS turn ()",  # locked by whoever writes; only staff can, which an advisory lock would not see to
    "ALTER TABLE change ADD COLUMN IF NOT EXISTS within xid8 NOT NULL DEFAULT pg_current_xact_id()",
    "CREATE INDEX IF NOT EXISTS ix_change_within ON change (within)",
)
_FUNCTIONS: Final = (
    f"""CREATE FUNCTION is_staff() RETURNS boolean LANGUAGE sql STABLE {_DEFINER} AS
        'SELECT EXISTS (SELECT FROM registry.staff WHERE login = session_user)'""",
    f"""CREATE FUNCTION has_all() RETURNS boolean LANGUAGE sql STABLE {_DEFINER} AS
        'SELECT EXISTS (SELECT FROM registry.staff WHERE login = session_user AND level = ''district'')'""",
    f"""CREATE FUNCTION my_units(of_level text) RETURNS text[] LANGUAGE sql STABLE {_DEFINER} AS
        'SELECT coalesce(array_agg(unit), ''{{}}'') FROM registry.staff WHERE login = session_user AND level = of_level'""",
    f"""CREATE FUNCTION is_my_step(asked text) RETURNS boolean LANGUAGE sql STABLE {_DEFINER} AS
        'SELECT EXISTS (SELECT FROM registry.change c WHERE c.id = asked AND c.by = session_user::text
            AND c.within = pg_current_xact_id())'""",
    f"""CREATE FUNCTION take_turn() RETURNS void LANGUAGE plpgsql {_DEFINER} AS $$
        BEGIN
            IF NOT registry.is_staff() THEN
                RAISE insufficient_privilege USING MESSAGE = 'this login has no unit of the registry';
            END IF;
            LOCK TABLE registry.turn IN EXCLUSIVE MODE;
        END $$""",
    # whether all that a step did is in reach, so that it may be taken back or brought back whole
    f"""CREATE FUNCTION is_in_reach(asked text) RETURNS boolean LANGUAGE sql STABLE {_DEFINER} AS
        'SELECT registry.has_all() OR NOT EXISTS (SELECT FROM registry.change_detail d WHERE d.change_id = asked
            AND (d.scope_grid = ANY (registry.my_units(''grid'')) OR d.scope_street = ANY (registry.my_units(''street''))) IS NOT TRUE)'""",
    f"""CREATE FUNCTION last_seq() RETURNS bigint LANGUAGE sql STABLE {_DEFINER} AS
        'SELECT max(seq) FROM registry.change WHERE registry.is_staff()'""",
    f"""CREATE FUNCTION moves() RETURNS bigint LANGUAGE sql STABLE {_DEFINER} AS
        'SELECT CASE WHEN registry.has_all() THEN -1 ELSE moved END FROM registry.bounds'""",
    # the highest code of each kind, so that whoever does not see it gives the next one
    f"""CREATE FUNCTION taken_codes() RETURNS SETOF text LANGUAGE sql STABLE {_DEFINER} AS
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
    # where a row lies; arguments: its kind, its columns that name a grid, a community, a street, those that it is about
    f"""CREATE FUNCTION locate() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
        DECLARE
            said jsonb; outline geometry;
            grids text[] := '{{}}'; streets text[] := '{{}}'; one text; community text; at geometry; about record;
            is_known boolean := false;
        BEGIN
            IF TG_OP = 'UPDATE' AND NEW.id IS DISTINCT FROM OLD.id THEN
                RAISE insufficient_privilege USING MESSAGE = 'a row keeps its id';
            END IF;
            IF TG_ARGV[1] = 'layer' THEN  -- an outline takes longer to be told as JSON than all the rest
                outline := NEW.geom;
                NEW.geom := NULL;
                said := to_jsonb(NEW);
                NEW.geom := outline;
            ELSE
                said := to_jsonb(NEW);
            END IF;
            IF TG_OP = 'INSERT' AND EXISTS (SELECT FROM registry.change_detail d
                WHERE d.row_id = NEW.id AND (d.scope_grid = ANY (registry.my_units('grid'))
                    OR d.scope_street = ANY (registry.my_units('street'))) IS NOT TRUE) AND NOT registry.has_all() THEN
                RAISE insufficient_privilege USING MESSAGE = 'this id has steps in the journal that are not yours';
            END IF;
            IF TG_ARGV[0] = 'grids' THEN grids := ARRAY[NEW.id];
            ELSIF said->>'grid_id' IS NOT NULL AND TG_ARGV[0] <> 'organisations' THEN grids := ARRAY[said->>'grid_id'];
            END IF;
            community := CASE WHEN TG_ARGV[0] = 'communities' THEN NEW.id ELSE said->>'community_id' END;
            IF TG_ARGV[0] = 'streets' THEN streets := ARRAY[NEW.id];
            ELSIF said->>'street_id' IS NOT NULL THEN streets := ARRAY[said->>'street_id'];
            END IF;
            IF TG_ARGV[1] = 'layer' AND TG_ARGV[0] NOT IN ('districts', 'streets', 'communities', 'grids') THEN
                at := ST_PointOnSurface(outline);
            END IF;
            IF at IS NOT NULL THEN
                SELECT g.id INTO one FROM registry.grid g
                WHERE ST_Covers(g.geom, at) AND (g.valid_until IS NULL OR g.valid_until >= current_date)
                ORDER BY g.id LIMIT 1;
                IF one IS NOT NULL THEN grids := grids || one; END IF;
                IF community IS NULL AND one IS NULL THEN
                    SELECT c.id INTO community FROM registry.community c WHERE ST_Covers(c.geom, at) ORDER BY c.id LIMIT 1;
                END IF;
                IF community IS NULL AND one IS NULL THEN
                    SELECT s.id INTO one FROM registry.street s WHERE ST_Covers(s.geom, at) ORDER BY s.id LIMIT 1;
                    IF one IS NOT NULL THEN streets := streets || one; END IF;
                END IF;
            END IF;
            IF community IS NOT NULL THEN
                SELECT c.street_id INTO one FROM registry.community c WHERE c.id = community;
                IF one IS NOT NULL THEN streets := streets || one; END IF;
            END IF;
            FOR about IN SELECT w.* FROM registry.whereabouts w
                WHERE TG_ARGV[2] <> '' AND w.id IN (SELECT said->>c FROM unnest(string_to_array(TG_ARGV[2], ',')) c)
                    AND w.kind NOT IN ('firms', 'organisations', 'departments')
            LOOP
                grids := array_append(grids, about.scope_grid);  -- NULL where it lies in none: then this does neither
                streets := array_append(streets, about.scope_street);
            END LOOP;
            FOREACH one IN ARRAY grids LOOP
                SELECT w.scope_street INTO one FROM registry.whereabouts w WHERE w.id = one AND TG_ARGV[0] <> 'grids';
                IF one IS NOT NULL THEN streets := streets || one; END IF;
            END LOOP;
            NEW.scope_grid := CASE WHEN grids[1] = ALL (grids) THEN grids[1] END;  -- NULL among them: in none
            NEW.scope_street := CASE WHEN streets[1] = ALL (streets) THEN streets[1] END;
            IF NEW.scope_street IS NULL AND cardinality(streets) > 0 THEN NEW.scope_grid := NULL; END IF;
            INSERT INTO registry.whereabouts AS w VALUES (NEW.id, TG_ARGV[0], NEW.scope_street, NEW.scope_grid)
            ON CONFLICT (id) DO UPDATE SET scope_street = EXCLUDED.scope_street, scope_grid = EXCLUDED.scope_grid
            WHERE w.kind = EXCLUDED.kind AND (TG_OP = 'UPDATE' OR registry.has_all()
                OR w.scope_grid = ANY (registry.my_units('grid')) OR w.scope_street = ANY (registry.my_units('street')))
            RETURNING true INTO is_known;  -- this stays where ON CONFLICT makes no row of it
            IF is_known IS NOT TRUE THEN
                RAISE insufficient_privilege USING MESSAGE = 'this id is another record''s';
            END IF;
            RETURN NEW;
        END $$""",
    # the journal and the list of codes: by the rows that they tell of, which are written first
    f"""CREATE FUNCTION locate_told() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
        DECLARE row_id text := CASE TG_TABLE_NAME WHEN 'entity' THEN to_jsonb(NEW)->>'id' ELSE to_jsonb(NEW)->>'row_id' END;
        BEGIN
            SELECT w.scope_street, w.scope_grid INTO NEW.scope_street, NEW.scope_grid FROM registry.whereabouts w
            WHERE w.id = row_id AND w.kind = NEW.kind;
            IF TG_TABLE_NAME = 'change_detail' AND NEW.code <> '' THEN
                SELECT CASE WHEN w.scope_street = NEW.scope_street THEN NEW.scope_street END,
                    CASE WHEN w.scope_grid = NEW.scope_grid THEN NEW.scope_grid END
                INTO NEW.scope_street, NEW.scope_grid
                FROM (SELECT NEW.code AS code) n LEFT JOIN registry.entity e USING (code)
                LEFT JOIN registry.whereabouts w ON w.id = e.id;
            END IF;
            RETURN NEW;
        END $$""",
    # whoever edits a layer with another program would leave rows that no step tells of and that fit no checksum; whoever
    # has not all of it tells of each row by itself, and of one with a code in the list of codes
    f"""CREATE FUNCTION must_be_told() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
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
    f"""CREATE FUNCTION must_tell() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
        BEGIN
            IF NOT registry.has_all() AND NOT EXISTS (SELECT FROM registry.change_detail d WHERE d.change_id = NEW.id) THEN
                RAISE insufficient_privilege USING MESSAGE = 'a step tells of something';
            END IF;
            RETURN NULL;
        END $$""",
    f"""CREATE FUNCTION count_step() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS $$
        BEGIN
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


_MOVED: Final = (
    "OLD.scope_grid IS DISTINCT FROM NEW.scope_grid OR OLD.scope_street IS DISTINCT FROM NEW.scope_street"
)


@cache
def _statements() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all of it in its order, for tables that were just made or cleared of it: where rows lie, then the rest."""
    first = (_TABLES, _scopes(), _FUNCTIONS, _followers(), _triggers())
    then = (_tellers(), _policies(), grants(), without_statistics(), FURNITURE)
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


def _about(kind: Kind) -> str:
    """Return the columns of a kind that name records which it is about, in one text."""
    return ",".join(
        column_of(field)
        for field in kind.fields
        if field.type is FieldType.REFERENCE
        and field.name not in {*_OF_UNITS, "successor", "parent", "answers"}
    )


def _followers() -> Iterator[str]:
    """Give what happens when a row comes to lie elsewhere: what is about it follows, and what lies in a unit that moved.

    Setting a row's id to itself asks where it lies anew and changes nothing else, its version neither.
    """
    follow = ["UPDATE registry.bounds SET moved = moved + 1;"]
    follow.append("UPDATE registry.entity SET id = id WHERE id = NEW.id;")
    follow.append("UPDATE registry.change_detail SET id = id WHERE row_id = NEW.id;")
    for kind in KINDS.values():
        named = [f"{name}_id" for name in ("grid", "community", "street") if name in kind.by_name]
        for column in (*_about(kind).split(","), *named):
            if column:
                yield f'CREATE INDEX IF NOT EXISTS "ix_{kind.table}_{column}" ON "{kind.table}" ({column})'
                follow.append(f'UPDATE registry."{kind.table}" SET id = id WHERE {column} = NEW.id;')
    yield f"""CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS
        $$ BEGIN {" ".join(follow)} RETURN NULL; END $$"""
    layers = [kind.table for name, kind in KINDS.items() if kind.is_layer and name not in _UNITS]
    within = " ".join(
        f'UPDATE registry."{table}" SET id = id WHERE geom && NEW.geom OR geom && OLD.geom;'
        for table in layers
    )
    yield f"""CREATE FUNCTION settle() RETURNS trigger LANGUAGE plpgsql {_DEFINER} AS
        $$ BEGIN {within} RETURN NULL; END $$"""


def _triggers() -> Iterator[str]:
    for name, kind in KINDS.items():
        layer = "layer" if kind.is_layer else ""
        yield (
            f'CREATE TRIGGER locate BEFORE INSERT OR UPDATE ON "{kind.table}" FOR EACH ROW '
            f"EXECUTE FUNCTION locate('{name}', '{layer}', '{_about(kind)}')"
        )
        yield (
            f'CREATE TRIGGER follow AFTER UPDATE ON "{kind.table}" FOR EACH ROW WHEN ({_MOVED}) EXECUTE FUNCTION follow()'
        )
    for table in ("entity", "change_detail"):
        yield (
            f"CREATE TRIGGER locate BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION locate_told()"
        )


def _tellers() -> Iterator[str]:
    """Give what each row and step has to be told by, and what asks where everything lies when a unit is made or moves."""
    for name, kind in KINDS.items():
        columns = [f'"{column}"' for column in (*columns_of(kind.table), "fid")]
        changed = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)
        coded = "coded" if kind.coded else ""
        for trigger, when in (("INSERT OR DELETE", ""), ("UPDATE", f"WHEN ({changed})")):
            yield (
                f'CREATE CONSTRAINT TRIGGER told_{trigger[:6]} AFTER {trigger} ON "{kind.table}" DEFERRABLE INITIALLY '
                f"DEFERRED FOR EACH ROW {when} EXECUTE FUNCTION must_be_told('{name}', '{coded}')"
            )
    for unit in ("street", "community", "grid"):
        yield f"CREATE TRIGGER settle AFTER INSERT OR UPDATE OR DELETE ON {unit} FOR EACH ROW EXECUTE FUNCTION settle()"
    yield (
        "CREATE CONSTRAINT TRIGGER tells AFTER INSERT ON change DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION must_tell()"
    )
    yield "CREATE TRIGGER count_step BEFORE INSERT ON change FOR EACH ROW EXECUTE FUNCTION count_step()"


def _policies() -> Iterator[str]:
    """Give the rules of every table: closed to whoever is not named in one of them, the owner too."""
    for name in (*metadata.tables, "staff", "whereabouts", "bounds", "turn"):
        if name != "schema_step":
            yield f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY'
            yield f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY'
            yield f'CREATE POLICY keeper ON "{name}" TO CURRENT_USER USING (true) WITH CHECK (true)'
    for name, kind in KINDS.items():
        table = f'"{kind.table}"'
        read = _STAFF if name in (*_UNITS, *_BODIES) else _IN_REACH
        write = _HAS_ALL if name in (*_UNITS, "organisations", "departments") else _IN_REACH
        yield f"CREATE POLICY read ON {table} FOR SELECT USING ({read})"
        yield f"CREATE POLICY add ON {table} FOR INSERT WITH CHECK ({write})"
        yield f"CREATE POLICY edit ON {table} FOR UPDATE USING ({write}) WITH CHECK ({write})"
        yield f"CREATE POLICY remove ON {table} FOR DELETE USING ({write})"
    seen = ", ".join(f"'{name}'" for name in (*_UNITS, *_BODIES))
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
