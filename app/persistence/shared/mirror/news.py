"""What a mirror takes from the server: everything at first, later what the journal names since."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, text

from app.domain.kinds import KINDS
from app.persistence import spelled
from app.persistence.columns import MIRROR_ID
from app.persistence.connection import writing
from app.persistence.geopackage import SYSTEMS
from app.persistence.info import write_info
from app.persistence.journal_values import RECORD
from app.persistence.loading import DETAILS, last_seq
from app.persistence.reading import connect
from app.persistence.shared.copying import into_file
from app.persistence.shared.loading import MANY, TAKEN, touched_since
from app.persistence.shared.mirror.file import Said, said_in, say
from app.persistence.shared.mirror.place import SAID
from app.persistence.shared.rows import columns_of, rows_of
from app.persistence.shared.tables import metadata
from app.persistence.store import now_text
from app.persistence.tally import TALLY, Tally, entry_checksum, tally_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from app.persistence.reading import Runs
    from app.persistence.shared.runs import SharedRuns
    from app.persistence.shared.store import SharedStore

_MOVES: Final = text("SELECT moves()")
_OF_MIRRORS: Final = (SYSTEMS, DETAILS, TALLY, SAID)
_WAITING_TABLE: Final = """CREATE TABLE waiting (
    place INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, told TEXT NOT NULL, why TEXT NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A change that could not be brought back and waits for the user's word: its id, what it did, and why; both JSON."""

    id: str
    told: str
    why: str


@dataclass(slots=True)
class News:
    """What the server shows a mirror that it does not have yet. ``rows``: by kind and id; ids without a row are gone."""

    said: Said
    ids: dict[str, set[str]] = field(default_factory=dict)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    entries: list[tuple[Any, ...]] = field(default_factory=list)
    steps: list[tuple[Any, ...]] = field(default_factory=list)
    details: list[tuple[Any, ...]] = field(default_factory=list)
    packs: list[tuple[Any, ...]] = field(default_factory=list)
    info: list[tuple[Any, ...]] = field(default_factory=list)


def _said_by(runs: SharedRuns, server: SharedStore) -> Said:
    taken = tuple(str(row[0]) for row in runs.connection.execute(TAKEN))
    moves = int(runs.connection.execute(_MOVES).scalar_one())
    return Said(
        login=server.login,
        seq=last_seq(runs),
        at=now_text(),
        moves=moves,
        shows_all=server.shows_all,
        taken=taken,
        registry=server.registry,
        making=server.making_in(runs),
    )


def make(server: SharedStore, path: Path, kept: Sequence[Kept] = ()) -> None:
    """Write a new mirror at ``path``: all that the server shows this login at one moment, and what waits for a word."""
    with server.reading() as runs:
        into_file(runs.connection, path)
        said = _said_by(runs, server)
    with closing(connect(path, read_only=False)) as made, writing(made) as target:
        say(target, said)
        target.exec_driver_sql(_WAITING_TABLE)
        keep(target, kept)
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        plain.execute(f"PRAGMA application_id={MIRROR_ID}")
        plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.chmod(0o600)


def news_for(server: SharedStore, before: Said, own: Mapping[str, set[str]]) -> News | None:
    """Return what the server has that a mirror has not; None where the mirror must be made anew.

    ``own``: rows, by kind and id, that the mirror wrote itself and that become what they are on the server.
    """
    with server.reading() as runs:
        said = _said_by(runs, server)
        is_on = (said.moves, said.login, said.making) == (before.moves, before.login, before.making)
        if not is_on or said.seq < before.seq:
            return None
        touched = touched_since(runs, before.seq)
        if len(touched) > MANY or any(row[3] for row in touched):
            return None
        news = News(said, {kind: set(ids) for kind, ids in own.items()})
        for kind, row_id, _, _ in touched:
            if kind in KINDS:
                news.ids.setdefault(kind, set()).add(row_id)
        for kind, ids in news.ids.items():
            news.rows[kind] = rows_of(runs.connection, KINDS[kind].table, ids)
        everyone = {row_id for ids in news.ids.values() for row_id in ids}
        news.entries = _rows(runs, "entity", id=everyone)
        _steps(runs, before.seq, news)
        news.info = _rows(runs, "registry_info")
        return news


def _steps(runs: SharedRuns, after: int, news: News) -> None:
    """Read the steps since, and those before whose mark they changed: what was taken back, and brought back."""
    table, names = metadata.tables["change"], columns_of("change")
    asked = select(*(table.c[name] for name in names)).where(table.c.seq > after).order_by(table.c.seq)
    news.steps = [tuple(row) for row in runs.connection.execute(asked)]
    at = names.index("undoes")
    new = {row[0] for row in news.steps}
    undone = {row[at] for row in news.steps} - {None}
    first = _rows(runs, "change", id=undone)
    again = {row[at] for row in first} - {None}
    details, steps = metadata.tables["change_detail"], metadata.tables["change"]
    said = [details.c[name] for name in columns_of("change_detail")]
    joined = select(*said).join(steps, steps.c.id == details.c.change_id).where(steps.c.seq > after)
    news.details = [tuple(row) for row in runs.connection.execute(joined.order_by(details.c.fid))]
    kept = metadata.tables["kept"]
    packs = (
        select(*(kept.c[name] for name in columns_of("kept"))).where(kept.c.seq > after).order_by(kept.c.fid)
    )
    news.packs = [tuple(row) for row in runs.connection.execute(packs)]
    older = {row[0]: row for row in (*first, *_rows(runs, "change", id=again))}
    news.steps += [row for row_id, row in older.items() if row_id not in new]


def _rows(runs: SharedRuns, table: str, **wanted: Collection[str]) -> list[tuple[Any, ...]]:
    there = metadata.tables[table]
    asked = select(*(there.c[name] for name in columns_of(table))).order_by(there.c.fid)
    for name, values in wanted.items():
        asked = asked.where(there.c[name].in_(list(values)))
    return [tuple(row) for row in runs.connection.execute(asked)]


def own_rows(runs: Runs) -> dict[str, set[str]]:
    """Return the rows that a mirror wrote itself, by kind and id."""
    asked = """SELECT DISTINCT d.kind, d.row_id FROM change_detail d JOIN change c ON c.id = d.change_id WHERE c.seq > ?"""
    found: dict[str, set[str]] = {}
    for kind, row_id in runs.exec_driver_sql(asked, (said_in(runs).seq,)):
        if kind in KINDS:
            found.setdefault(kind, set()).add(row_id)
    return found


def take_in(target: Runs, news: News, kept: Sequence[Kept] = ()) -> None:
    """Make a mirror what the server was, inside one write; its own steps go, those that wait for a word are put aside."""
    before = said_in(target)
    tally = tally_of(target.exec_driver_sql(spelled.INFO_OF, (TALLY,)).one()[1])
    made = _made_here(
        target, before.seq
    )  # they come with the code and in the order that the server gave them
    _drop_own_steps(target, before.seq)
    everyone = [row_id for ids in news.ids.values() for row_id in ids]
    _count(target, news.ids, tally, is_out=True)
    for kind, rows in news.rows.items():
        table = KINDS[kind].table
        gone = (news.ids[kind] - {row[0] for row in rows}) | (news.ids[kind] & made)
        target.exec_driver_sql(f'DELETE FROM "{table}" WHERE id = ?', [(row_id,) for row_id in gone])
        _put(target, table, rows)
    there, now = _entries(target, everyone), {row[0]: row for row in news.entries}
    other = [(row_id,) for row_id, entry in there.items() if now.get(row_id) != entry]
    target.exec_driver_sql("DELETE FROM entity WHERE id = ?", other)
    given = [entry for row_id, entry in now.items() if there.get(row_id) != entry]
    target.exec_driver_sql(spelled.ENTITY_IN, given)
    _count(target, news.ids, tally, is_out=False)
    _put(target, "change", news.steps)
    _put(target, "change_detail", news.details, is_new=True)
    _put(target, "kept", news.packs, is_new=True)
    marks = ", ".join("?" * len(_OF_MIRRORS))
    target.exec_driver_sql(f"DELETE FROM registry_info WHERE key NOT IN ({marks})", _OF_MIRRORS)
    _put(target, "registry_info", news.info)
    last = target.exec_driver_sql(spelled.LAST_DETAIL).scalar() or 0
    told = {DETAILS: str(last), TALLY: tally.text, SAID: news.said.text}
    write_info(target, told)
    keep(target, kept)


def _made_here(target: Runs, after: int) -> set[str]:
    """Return the ids of the rows that own steps made."""
    asked = f"""SELECT d.row_id FROM change_detail d JOIN change c ON c.id = d.change_id
        WHERE c.seq > ? AND d.field = '{RECORD}' AND d.before IS NULL"""
    return {row[0] for row in target.exec_driver_sql(asked, (after,))}


def _drop_own_steps(target: Runs, after: int) -> None:
    own = "SELECT id FROM change WHERE seq > ?"
    target.exec_driver_sql(
        f"UPDATE change SET undone_by = NULL WHERE seq <= ? AND undone_by IN ({own})", (after, after)
    )
    target.exec_driver_sql(f"DELETE FROM change_detail WHERE change_id IN ({own})", (after,))
    target.exec_driver_sql("DELETE FROM kept WHERE seq > ?", (after,))
    target.exec_driver_sql("DELETE FROM change WHERE seq > ?", (after,))


def _entries(target: Runs, ids: Iterable[str]) -> dict[str, tuple[Any, ...]]:
    asked = "SELECT id, code, kind FROM entity WHERE id IN (SELECT value FROM json_each(?))"
    return {row[0]: tuple(row) for row in target.exec_driver_sql(asked, (json.dumps(list(ids)),))}


def _count(target: Runs, ids: Mapping[str, Iterable[str]], tally: Tally, *, is_out: bool) -> None:
    """Count the rows of some ids, and codes whose record is gone, out of the tally or into it."""
    entries = _entries(target, (row_id for named in ids.values() for row_id in named))
    found: list[object] = []
    for kind, named in ids.items():
        asked = f'SELECT id, checksum FROM "{KINDS[kind].table}" WHERE id IN (SELECT value FROM json_each(?))'
        rows = target.exec_driver_sql(asked, (json.dumps(list(named)),)).all()
        found += [row[1] for row in rows]
        there = {row[0] for row in rows}
        found += [
            entry_checksum(entries[row_id]) for row_id in named if row_id in entries and row_id not in there
        ]
    if is_out:
        tally.drop(found)
    else:
        tally.add(found)


def _put(target: Runs, table: str, rows: Sequence[Sequence[Any]], *, is_new: bool = False) -> None:
    """Put rows in place of those of the same id, and the others after all that are there; ``is_new``: none is there."""
    if not rows:
        return
    names = columns_of(table)
    columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
    over = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name != "id")
    then = "" if is_new else f" ON CONFLICT(id) DO UPDATE SET {over}"
    insert = f'INSERT INTO "{table}" ({columns}) VALUES ({marks}){then}'
    target.exec_driver_sql(insert, [tuple(row) for row in rows])


def keep(target: Runs, kept: Sequence[Kept]) -> None:
    """Have a mirror keep these changes for the user's word, in their order, and no others; inside a write."""
    target.exec_driver_sql("DELETE FROM waiting")
    target.exec_driver_sql(
        "INSERT INTO waiting (id, told, why) VALUES (?, ?, ?)", [(one.id, one.told, one.why) for one in kept]
    )


def kept_in(runs: Runs) -> list[Kept]:
    """Return the changes of a mirror that wait for the user's word, in the order in which they were done."""
    return [Kept(*row) for row in runs.exec_driver_sql("SELECT id, told, why FROM waiting ORDER BY place")]


def let_go(runs: Runs, change_id: str) -> None:
    """Forget a change that waited for a word, inside a write."""
    runs.exec_driver_sql("DELETE FROM waiting WHERE id = ?", (change_id,))
