"""Who is at work on a shared registry: a row for each desk, true as long as its connection lives (decision 75).

A desk holds one connection to hear of changes; while the server has it, the desk is there. Nobody writes that he is still there: what
died is no more among the server's processes, and a cable that was cut is found out by the system within half a minute.
Nobody reads or writes the table itself. What a login may be told, and that a desk speaks for itself alone, the functions
see to: they go by the login and the process that the server knows, not by anything that is handed to them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import text

from app.domain.desk import Desk
from app.persistence.shared.tables import SCHEMA

if TYPE_CHECKING:
    from sqlalchemy import Connection

DESK: Final = "compound-registry desk"  # what a desk's connection is called, for all the server to see
MET: Final = "registry_desks"  # the channel on which is told, without a word, that desks are others now
ALIVE: Final = "-c tcp_keepalives_idle=10 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4"  # seconds
_DEFINER: Final = f"SECURITY DEFINER SET search_path = {SCHEMA}, public, pg_temp"
_IN_REACH: Final = (
    "(registry.has_all() OR w.scope_grid = ANY (registry.my_units('grid'))"
    " OR w.scope_street = ANY (registry.my_units('street')))"
)
# a process of the same number and login that is no desk is another one
_LIVES: Final = f"""EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = d.pid AND a.usename = d.login
    AND a.datname = current_database() AND a.application_name = '{DESK}')"""
FURNITURE: Final = (  # what desks stand on, beside the guards
    """CREATE UNLOGGED TABLE IF NOT EXISTS desk (
        pid integer PRIMARY KEY, login name NOT NULL, since timestamptz NOT NULL, record text COLLATE "C")""",
    "ALTER TABLE desk ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE desk FORCE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS keeper ON desk",
    "CREATE POLICY keeper ON desk TO CURRENT_USER USING (true) WITH CHECK (true)",
    'CREATE INDEX IF NOT EXISTS ix_change_by ON change ("by", seq)',
    f"""CREATE OR REPLACE FUNCTION come_in() RETURNS void LANGUAGE plpgsql {_DEFINER} AS $$
        BEGIN
            IF NOT registry.is_staff() THEN
                RAISE insufficient_privilege USING MESSAGE = 'this login has no street or grid';
            END IF;
            DELETE FROM registry.desk d WHERE d.pid = pg_backend_pid() OR NOT {_LIVES};
            INSERT INTO registry.desk VALUES (pg_backend_pid(), session_user, now());
            PERFORM pg_notify('{MET}', '');
        END $$""",
    f"""CREATE OR REPLACE FUNCTION go_out() RETURNS void LANGUAGE plpgsql {_DEFINER} AS $$
        BEGIN
            DELETE FROM registry.desk WHERE pid = pg_backend_pid() AND login = session_user;
            PERFORM pg_notify('{MET}', '') WHERE registry.is_staff();
        END $$""",
    # nobody can be said to edit what is not his to write
    f"""CREATE OR REPLACE FUNCTION edits_record(asked text) RETURNS void LANGUAGE plpgsql {_DEFINER} AS $$
        BEGIN
            UPDATE registry.desk SET record = (SELECT w.id FROM registry.whereabouts w WHERE w.id = asked AND {_IN_REACH})
            WHERE pid = pg_backend_pid() AND login = session_user;
            IF FOUND THEN
                PERFORM pg_notify('{MET}', '');
            END IF;
        END $$""",
    f"""CREATE OR REPLACE FUNCTION desks() RETURNS TABLE (
            number integer, login text, units jsonb, since timestamptz, wrote text, record text)
        LANGUAGE sql STABLE {_DEFINER} AS $$
        SELECT d.pid, d.login::text,
            (SELECT jsonb_agg(jsonb_build_array(s.level, coalesce(e.code, '')) ORDER BY s.level, e.code)
                FROM registry.staff s LEFT JOIN registry.entity e ON e.id = s.unit WHERE s.login = d.login),
            d.since,
            (SELECT c.at FROM registry.change c WHERE c.by = d.login::text COLLATE "C" ORDER BY c.seq DESC LIMIT 1),
            (SELECT w.id FROM registry.whereabouts w WHERE w.id = d.record AND {_IN_REACH})
        FROM registry.desk d
        WHERE registry.is_staff() AND {_LIVES} AND EXISTS (SELECT FROM registry.staff s WHERE s.login = d.login)
        ORDER BY d.login, d.since $$""",
    "REVOKE ALL ON FUNCTION come_in(), go_out(), edits_record(text), desks() FROM PUBLIC",
    "GRANT EXECUTE ON FUNCTION come_in(), go_out(), edits_record(text), desks() TO PUBLIC",
)
_IS_THERE: Final = text("SELECT to_regprocedure('registry.desks()') IS NOT NULL")
_ASKED: Final = text("SELECT number, login, units, since, wrote, record FROM desks()")


def furnished(connection: Connection) -> bool:
    """Whether desks can be told of: not on a server that was set up before there were any and is not up to date."""
    return bool(connection.execute(_IS_THERE).scalar_one())


def desks_at(connection: Connection, mine: int) -> tuple[Desk, ...]:
    """Return the desks that are there now. ``mine``: the number of ours, 0 before it is there."""
    return tuple(_desk(row, mine) for row in connection.execute(_ASKED))


def _desk(row: Any, mine: int) -> Desk:
    number, login, units, since, wrote, record = row
    return Desk(
        number=number,
        login=login,
        units=tuple((level, code) for level, code in units),
        since=since,
        wrote=None if wrote is None else datetime.fromisoformat(wrote),
        record=record or "",
        is_me=number == mine,
    )
