"""Where the rows of a shared registry lie, as the server itself works it out: under which street and which grid (decision 107).

It is asked when a row is written, when what it lies in or is about comes to lie elsewhere, when a row that was removed
comes back, and on the first day of a unit and the first after its last: whoever opens or writes then has it asked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, FieldType
from app.persistence.columns import column_of
from app.persistence.shared.tables import IN_ORDER, SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from app.domain.kinds import Kind

UNITS: Final = ("districts", "streets", "communities", "grids")
DEFINER: Final = f"SECURITY DEFINER SET search_path = {SCHEMA}, public, pg_temp"
# one plan for all rows: made anew for each, which is what is guessed to be best, it takes longer than the looking
_PLANNED_ONCE: Final = "SET plan_cache_mode = force_generic_plan"
_OF_UNITS: Final = frozenset(("grid", "community", "street", "district"))
_PARENTS_FIRST: Final = ("street", "community", "grid")
_AT_NEW_DAY: Final = """UPDATE registry.{0} SET id = id WHERE valid_from > last AND valid_from <= today
                OR valid_until >= last AND valid_until < today;"""
# as coverage counts a whole compound: in the unit in force that holds most of it, of equal ones in that of the lowest code
_LARGEST: Final = """SELECT u.id INTO one FROM (
                    SELECT t.id, t.code, registry.share_in(t.geom, outline, zone) AS share FROM registry.{0} t
                    WHERE t.geom && outline AND (t.valid_from IS NULL OR t.valid_from <= today)
                        AND (t.valid_until IS NULL OR t.valid_until >= today)) u
                WHERE u.share > 1e-9 ORDER BY round(u.share::numeric, 9) DESC, u.code LIMIT 1;"""

_LOCATING: Final = (
    # how much of an outline lies in a unit, 0 to 1, measured in the registry's zone as the program does
    f"""CREATE FUNCTION share_in(unit geometry, outline geometry, zone int) RETURNS double precision LANGUAGE plpgsql IMMUTABLE {DEFINER} AS $$
        BEGIN
            IF ST_Covers(unit, outline) THEN RETURN 1; END IF;
            IF ST_Dimension(outline) < 2 THEN RETURN ST_Covers(unit, ST_PointOnSurface(outline))::int; END IF;
            RETURN ST_Area(ST_Transform(ST_Intersection(unit, outline), zone)) / ST_Area(ST_Transform(outline, zone));
        EXCEPTION WHEN internal_error OR division_by_zero THEN  -- an outline that crosses itself, as other programs draw
            RETURN ST_Covers(unit, ST_PointOnSurface(outline))::int;
        END $$""",
    # where a row lies; arguments: its kind, its columns that name a grid, a community, a street, those that it is about
    f"""CREATE FUNCTION locate() RETURNS trigger LANGUAGE plpgsql {DEFINER} {_PLANNED_ONCE} AS $$
        DECLARE
            said jsonb; outline geometry;
            grids text[] := '{{}}'; streets text[] := '{{}}'; one text; community text; about record;
            is_known boolean := false;
            today date; zone int;
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
            community := said->>'community_id';
            IF TG_ARGV[0] = 'streets' THEN streets := ARRAY[NEW.id];
            ELSIF said->>'street_id' IS NOT NULL THEN streets := ARRAY[said->>'street_id'];
            END IF;
            IF outline IS NOT NULL AND TG_ARGV[0] NOT IN ('districts', 'streets', 'communities', 'grids') THEN
                today := (SELECT looked FROM registry.bounds);  -- the same day for all rows, whatever clock a session has
                zone := coalesce((SELECT substring(value FROM '[0-9]+$')::int FROM registry.registry_info WHERE key = 'zone'), ST_SRID(outline));
                {_LARGEST.format("grid")}
                IF one IS NOT NULL THEN grids := grids || one; END IF;
                IF community IS NULL AND one IS NULL THEN
                    {_LARGEST.format("community")}
                    community := one;
                END IF;
                IF community IS NULL AND one IS NULL THEN
                    {_LARGEST.format("street")}
                    IF one IS NOT NULL THEN streets := streets || one; END IF;
                END IF;
            END IF;
            IF community IS NOT NULL THEN
                SELECT c.street_id INTO one FROM registry.community c WHERE c.id = community;
                IF one IS NOT NULL THEN streets := streets || one; END IF;
            END IF;
            IF TG_ARGV[2] <> '' THEN
                FOR about IN SELECT w.* FROM registry.whereabouts w
                    WHERE w.id = ANY (ARRAY(SELECT said->>c FROM unnest(string_to_array(TG_ARGV[2], ',')) c))
                        AND w.kind NOT IN ('firms', 'organisations', 'departments')
                LOOP
                    grids := array_append(grids, about.scope_grid);  -- NULL where it lies in none: then this does neither
                    streets := array_append(streets, about.scope_street);
                END LOOP;
            END IF;
            FOREACH one IN ARRAY grids LOOP
                SELECT w.scope_street INTO one FROM registry.whereabouts w WHERE w.id = one AND TG_ARGV[0] <> 'grids';
                IF one IS NOT NULL THEN streets := streets || one; END IF;
            END LOOP;
            NEW.scope_grid := CASE WHEN grids[1] = ALL (grids) THEN grids[1] END;  -- NULL among them: in none
            NEW.scope_street := CASE WHEN streets[1] = ALL (streets) THEN streets[1] END;
            IF NEW.scope_street IS NULL AND cardinality(streets) > 0 THEN NEW.scope_grid := NULL; END IF;
            IF TG_OP = 'UPDATE' THEN  -- most lie where they lay, and need no new row to say so
                SELECT true INTO is_known FROM registry.whereabouts w WHERE w.id = NEW.id AND w.kind = TG_ARGV[0]
                    AND w.scope_street IS NOT DISTINCT FROM NEW.scope_street
                    AND w.scope_grid IS NOT DISTINCT FROM NEW.scope_grid;
                IF is_known THEN RETURN NEW; END IF;
            END IF;
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
    f"""CREATE FUNCTION locate_told() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS $$
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
    # what lies in units that began or ended since somebody last looked; where a writer has his turn, he has looked
    f"""CREATE FUNCTION look_at_the_day() RETURNS void LANGUAGE plpgsql {DEFINER} AS $$
        DECLARE
            last date := (SELECT looked FROM registry.bounds);
            today date := (clock_timestamp() AT TIME ZONE 'UTC')::date;  -- a session may say that it is elsewhere, or began before
        BEGIN
            IF last >= today OR NOT registry.is_staff() THEN RETURN; END IF;
            BEGIN
                LOCK TABLE registry.turn IN EXCLUSIVE MODE NOWAIT;
            EXCEPTION WHEN lock_not_available THEN RETURN;
            END;
            UPDATE registry.bounds SET looked = today;
            {" ".join(_AT_NEW_DAY.format(table) for table in _PARENTS_FIRST)}
            PERFORM pg_notify('registry', '');  -- desks look again
        END $$""",
)
_MOVED: Final = (
    "OLD.scope_grid IS DISTINCT FROM NEW.scope_grid OR OLD.scope_street IS DISTINCT FROM NEW.scope_street"
)
# a row that was there before, and is told of under what it lay in then
_LAY_ELSEWHERE: Final = " OR ".join(
    f"EXISTS (SELECT FROM registry.{table} t WHERE t.{column} = NEW.id "
    "AND (t.scope_grid, t.scope_street) IS DISTINCT FROM (NEW.scope_grid, NEW.scope_street))"
    for table, column in (("entity", "id"), ("change_detail", "row_id"))
)


def locating() -> Iterator[str]:
    """Give what says of every row where it lies, and takes along what is about it; tables have their scopes already."""
    yield from _LOCATING
    yield from _followers()
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


def settling() -> Iterator[str]:
    """Give what asks anew where rows lie when a unit is made or moves, and when a row comes back; not for rows put in as they stood."""
    for kind in KINDS.values():
        yield f'CREATE TRIGGER come_back AFTER INSERT ON "{kind.table}" FOR EACH ROW EXECUTE FUNCTION follow()'
    for unit in _PARENTS_FIRST:
        yield f"CREATE TRIGGER settle AFTER INSERT OR UPDATE OR DELETE ON {unit} FOR EACH ROW EXECUTE FUNCTION settle()"


def locate_all(connection: Connection) -> None:
    """Ask of every row anew where it lies: what others made of it, or an older program, is put right."""
    tables = dict.fromkeys(
        (*_PARENTS_FIRST, *(KINDS[kind].table for kind in IN_ORDER), "entity", "change_detail")
    )
    for table in tables:
        # most lie where they lay: their rows are not written anew. By its name it comes after what locates
        connection.exec_driver_sql(
            f'CREATE TRIGGER unmoved BEFORE UPDATE ON "{table}" FOR EACH ROW '
            "EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
        connection.exec_driver_sql(f'UPDATE "{table}" SET id = id')
        connection.exec_driver_sql(f'DROP TRIGGER unmoved ON "{table}"')


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
    follow = [
        f"IF TG_OP = 'INSERT' AND NOT ({_LAY_ELSEWHERE}) THEN RETURN NULL; END IF;",
        # once for all that a statement moves: each version of a row is looked at until its transaction ends
        "UPDATE registry.bounds SET moved = moved + 1 WHERE xmin <> pg_current_xact_id()::xid;",
    ]
    for kind in KINDS.values():
        named = [f"{name}_id" for name in ("grid", "community", "street") if name in kind.by_name]
        for column in (*_about(kind).split(","), *named):
            if column:
                yield f'CREATE INDEX IF NOT EXISTS "ix_{kind.table}_{column}" ON "{kind.table}" ({column})'
                follow.append(f'UPDATE registry."{kind.table}" SET id = id WHERE {column} = NEW.id;')
    # then what is told of it, and of what was about it and is gone: that stays where it last lay
    follow.append("UPDATE registry.entity SET id = id WHERE id = NEW.id;")
    follow.append(
        """UPDATE registry.change_detail SET id = id
        WHERE (row_id = NEW.id OR code = (SELECT e.code FROM registry.entity e WHERE e.id = NEW.id))
            AND (scope_grid, scope_street) IS DISTINCT FROM (NEW.scope_grid, NEW.scope_street);"""
    )
    yield f"""CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS
        $$ BEGIN {" ".join(follow)} RETURN NULL; END $$"""
    layers = [kind.table for name, kind in KINDS.items() if kind.is_layer and name not in UNITS]
    within = " ".join(
        f'UPDATE registry."{table}" SET id = id WHERE geom && NEW.geom OR geom && OLD.geom;'
        for table in layers
    )
    yield f"""CREATE FUNCTION settle() RETURNS trigger LANGUAGE plpgsql {DEFINER} AS
        $$ BEGIN {within} RETURN NULL; END $$"""
