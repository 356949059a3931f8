"""A registry on a server: read whole, taken on from there, and written one change at a time by whoever may."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import create_engine, delete, select, text, update
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.errors import InvalidInput, StorageFault
from app.persistence import spelled
from app.persistence.info import write_info
from app.persistence.journal_rows import write_journal
from app.persistence.loading import last_seq
from app.persistence.row_codec import to_rows
from app.persistence.shared.desks import ALIVE, desks_at, furnished
from app.persistence.shared.faults import telling
from app.persistence.shared.listening import Listening
from app.persistence.shared.loading import load_all, load_on
from app.persistence.shared.refusals import NotStaff, NotYours, not_yours
from app.persistence.shared.rows import put_rows, values_of
from app.persistence.shared.runs import SharedRuns
from app.persistence.shared.steps import bring_up_to_date
from app.persistence.shared.tables import IN_ORDER, SCHEMA, metadata
from app.persistence.shared.turns import HUNG, turn
from app.persistence.store import StaleData, changed_meanwhile, now_text
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Engine

    from app.domain.desk import Desk
    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.persistence.foreign.settle import Settled
    from app.persistence.journal_rows import NewChange
    from app.persistence.loading import Loaded
    from app.persistence.shared.address import Address

CHANNEL: Final = "registry"  # on which a server tells that something was written: the journal's last number
_PATIENCE: Final = 10_000  # milliseconds that a write waits for others
_TELL: Final = text("SELECT pg_notify(:channel, :seq)")
_ORDER: Final = {kind: place for place, kind in enumerate(IN_ORDER)}
_MOVES: Final = text("SELECT moves()")
# which registry this is, and which making of it: another once its tables are made anew, as by a copy into an emptied database
_ORIGIN: Final = text(
    """SELECT (SELECT value FROM registry_info WHERE key = 'id'), d.oid || '.' || n.oid FROM pg_database d, pg_namespace n
    WHERE d.datname = current_database() AND n.nspname = :schema"""
)
_IN_REACH: Final = text("SELECT is_in_reach(:step)")
_TELLS_DAYS: Final = text("SELECT to_regprocedure('look_at_the_day()') IS NOT NULL")
_LOOK_AT_THE_DAY: Final = text("SELECT look_at_the_day()")
_ALL: Final = -1  # what it says to whoever sees everything, whatever moves
# whether whoever comes may look into the schema; nothing where there is none
_LET_IN: Final = text(
    """SELECT session_user::text, (SELECT has_schema_privilege(n.oid, 'USAGE') FROM pg_namespace n
    JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = 'schema_step' WHERE n.nspname = :schema)"""
)
_IS_NAME_TAKEN: Final = text("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :schema)")
_SETTINGS: Final = (
    f"-c search_path={SCHEMA},public -c DateStyle=ISO -c TimeZone=UTC -c lock_timeout={_PATIENCE} {ALIVE} {HUNG}"
    r" -c default_transaction_isolation=read\ committed"  # whatever the server or the login is set to
)
# seconds of silence until a way that is cut is known to be
_ALIVE: Final = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,  # milliseconds, of what was sent and nobody has
}


def engine_of(address: Address) -> Engine:
    """Return the way to a server. The password comes from where PostgreSQL's clients take it, never from us."""
    url = URL.create(
        "postgresql+psycopg",
        username=address.login,
        host=address.host,
        port=address.port,
        database=address.database,
    )
    given = {"options": _SETTINGS, "application_name": "compound-registry", "connect_timeout": 10, **_ALIVE}
    return create_engine(url, pool_size=1, max_overflow=2, pool_pre_ping=True, connect_args=given)


class SharedStore:
    """An open registry on a server, a ``Store``."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self.path = self.reads = address.path
        self.read_only = self.shows_all = False
        self._engine = engine_of(address)
        self._last: Loaded | None = None
        self._moves: int | None = None
        self._making = ""
        self._gone: dict[str, str] = {}
        self._listening: Listening | None = None
        try:
            self.login = self._entered()
        except BaseException:
            self._engine.dispose()
            raise

    def _entered(self) -> str:
        """Return the login that we are known by; raise InvalidInput where there is no registry of this version."""
        with telling(self.address, is_writing=False), self._engine.begin() as connection:
            login, is_let_in = connection.execute(_LET_IN, {"schema": SCHEMA}).one()
            if is_let_in is None:
                if connection.execute(_IS_NAME_TAKEN, {"schema": SCHEMA}).scalar_one():
                    raise InvalidInput(foreign_schema(self.address))
                raise InvalidInput(
                    Text(
                        f"{self.address.text} 里没有台账。copy 文件 地址 可以放一本进去。",
                        f"There is no registry in {self.address.text}. `copy FILE ADDRESS` puts one there.",
                    )
                )
            if not is_let_in or not connection.execute(text("SELECT is_staff()")).scalar_one():
                raise NotStaff(
                    Text(
                        f"登录名 {login} 还没有分到街道或网格。请 {self.address.text} 的管理员登记。",
                        f"The login {login} has no street or grid yet. Whoever keeps {self.address.text} has to say which.",
                    )
                )
            bring_up_to_date(connection, self.address)
            _look_at_the_day(connection)
            self.shows_all = connection.execute(text("SELECT has_all()")).scalar_one()
            self.registry, _ = _origin(connection)
            self._has_desks = furnished(connection)
            return str(login)

    @contextmanager
    def reading(self) -> Iterator[SharedRuns]:
        """Give one read transaction: all that is read belongs together."""
        with (
            telling(self.address, is_writing=False),
            self._engine.connect().execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            ) as connection,
        ):
            yield SharedRuns(connection)

    @contextmanager
    def _writing(self, change: NewChange) -> Iterator[SharedRuns]:
        """Give a transaction in which nobody else writes; everything is kept at its end, or nothing."""
        with turn(self._engine, self.address, change.id) as connection:
            yield SharedRuns(connection)

    def load(self) -> Loaded:
        """Return all that it shows this login now; only what was written since is read, where that is little."""
        with self.reading() as runs:
            return self._load(runs)

    def _load(self, runs: SharedRuns) -> Loaded:
        moves, making = runs.connection.execute(_MOVES).scalar_one(), self.making_in(runs)
        # what this login may see is what it was
        is_more = self._last is not None and (moves, making) == (self._moves, self._making)
        loaded = load_on(runs, self._last) if is_more and self._last is not None else None
        if loaded is None:
            loaded = load_all(runs)
        self._last, self._moves, self._making, self.shows_all = loaded, moves, making, moves == _ALL
        self._gone = dict(loaded.gone)
        return loaded

    def making_in(self, runs: SharedRuns) -> str:
        """Return which making of the registry a transaction sees; StorageFault where the address leads to another registry by now."""
        registry, making = _origin(runs.connection)
        if registry != self.registry:
            raise StorageFault(another_registry(self.address))
        return making

    def last_seq(self) -> int:
        """Return the journal's last number."""
        with self.reading() as runs:
            return last_seq(runs)

    def has_moved(self) -> bool:
        """Whether this login may see other rows than it read, though nobody wrote."""
        with self.reading() as runs:
            return bool(runs.connection.execute(_MOVES).scalar_one() != self._moves)

    def is_still_the_file(self) -> bool:
        """Whether it is still the one that was opened: an address stays what it is."""
        return True

    def was_given(self, code: str, row_id: str) -> bool:
        """Whether a code was given to the record of this id, which is gone, before."""
        return self._gone.get(code) == row_id

    def commit(self, edits: Sequence[Edit], change: NewChange, *, after_seq: int) -> int:
        """Write edits as one change, if nobody wrote since ``after_seq``, and return its number; see ``Store``."""
        with self._writing(change) as runs:
            if self.making_in(runs) != self._making or last_seq(runs) != after_seq:
                if (written := _step_of(runs, change.id)) is not None:
                    return written  # the answer to it was lost on its way
                raise StaleData
            self._write(runs, edits, change, after_seq + 1)
        self._keep(edits)
        return after_seq + 1

    def commit_on_fresh_data(
        self, decide: Callable[[Loaded], Sequence[Edit]], change: NewChange
    ) -> tuple[Loaded, Sequence[Edit], int]:
        """Read, decide and write while nobody else can; return what was read, the edits, and the change's number."""
        with self._writing(change) as runs:
            loaded = self._load(runs)
            written = _step_of(runs, change.id)
            if written is not None:
                return loaded, (), written
            edits = decide(loaded)
            is_something = bool(edits) or change.has_setting
            if is_something:
                self._write(runs, edits, change, loaded.seq + 1)
        self._keep(edits)
        return loaded, edits, loaded.seq + is_something

    def settle(
        self, decide: Callable[[Loaded], tuple[Sequence[Settled], Sequence[Edit]]], _change: NewChange
    ) -> tuple[Loaded, Sequence[Edit]]:
        """Let ``decide`` say that there is nothing: no other program's edit gets past the server's own rules."""
        loaded = self.load()
        decide(loaded)
        return loaded, ()

    def hear(self, told: Callable[[], None], met: Callable[[], None] | None = None) -> None:
        """Call ``told``, in a thread of its own, whenever something was written, by us too, until it is closed."""
        self._listening = Listening(self._engine, CHANNEL, told, met if self._has_desks else None)

    def desks(self) -> tuple[Desk, ...] | None:
        """Return who is at work now, ourselves among them; None where the server does not know."""
        if self._listening is None or not self._listening.tells_desks:
            return None
        with self.reading() as runs:
            return desks_at(runs.connection, self._listening.number)

    def edits_record(self, row_id: str) -> None:
        """Let the others know which record is being edited here; "" for none."""
        if self._listening is not None:
            self._listening.edits(row_id)

    def close(self) -> None:
        """Let go of the server."""
        if self._listening is not None:
            self._listening.close()
        self._engine.dispose()

    def _keep(self, edits: Sequence[Edit]) -> None:
        removed = (edit.record for edit in edits if not isinstance(edit, Put))
        self._gone.update((record.code, record.id) for record in removed if KINDS[record.kind].coded)

    def _write(self, runs: SharedRuns, edits: Sequence[Edit], change: NewChange, seq: int) -> None:
        if change.rewrite is not None:
            raise InvalidInput(
                Text(
                    "共享台账里还不能彻底清除。复制成文件清除，再复制回来。",
                    "Nothing can be removed for good in a shared registry yet. Copy it to a file, purge that, copy it back.",
                )
            )
        for step in (change.undoes, change.revives):
            if step is not None and not runs.connection.execute(_IN_REACH, {"step": step}).scalar_one():
                raise not_yours()
        new = self._new(edits)
        ids = _Ids(runs, {record.code: record.id for record in new})
        in_order = sorted(
            edits, key=lambda edit: _ORDER[edit.record.kind]
        )  # what lies in what, as guards ask
        if self.shows_all or len(edits) == 1:
            for edit in in_order:
                _put_or_removed(runs.connection, edit, ids)
        else:
            _put_or_named(runs.connection, in_order, ids)
        if not self.shows_all:
            change = replace(change, is_bulk=False)  # packs of many are for who sees them all
        if new:
            runs.exec_driver_sql(spelled.ENTITY_IN, [(record.id, record.code, record.kind) for record in new])
        write_journal(runs, edits, change, seq, change.at or now_text())
        write_info(runs, change.info)
        runs.connection.execute(_TELL, {"channel": CHANNEL, "seq": str(seq)})

    def _new(self, edits: Sequence[Edit]) -> list[Record]:
        """Return the records whose codes are given for the first time."""
        made = [edit.record for edit in edits if isinstance(edit, Put) and edit.before is None]
        return [r for r in made if KINDS[r.kind].coded and not self.was_given(r.code, r.id)]


def _look_at_the_day(connection: Connection) -> None:
    """Have it asked anew what lies in units that began or ended since; where guards are older, not until they are remade."""
    if connection.execute(_TELLS_DAYS).scalar_one():
        connection.execute(_LOOK_AT_THE_DAY)


def _origin(connection: Connection) -> tuple[str, str]:
    registry, making = connection.execute(_ORIGIN, {"schema": SCHEMA}).one()
    return str(registry), str(making)


def foreign_schema(address: Address) -> Text:
    """Return that something of others has the name that a registry's tables stand under."""
    return Text(
        f"{address.text} 里有一个叫 {SCHEMA} 的模式（schema），不是台账，没有动它。换一个空的数据库。",
        f"{address.text} has a schema {SCHEMA} that is no registry; it was left as it is. Give an empty database.",
    )


def another_registry(address: Address) -> Text:
    """Say that an address leads to another registry than the one that was opened by it."""
    return Text(
        f"{address.text} 现在是另一本台账。关掉再打开它。",
        f"{address.text} leads to another registry by now. Close it and open it again.",
    )


def _step_of(runs: SharedRuns, change_id: str) -> int | None:
    """Return the number of a change that was written before, None where it was not: each is written once."""
    row = runs.exec_driver_sql(spelled.CHANGE_CALLED, (change_id, None)).first()
    return None if row is None else int(row[1])


class _Ids:
    """The ids by the codes that were given to them, asked one by one. ``new``: those that the change itself gives."""

    def __init__(self, runs: SharedRuns, new: Mapping[str, str]) -> None:
        self._runs, self._known = runs, dict(new)

    def __getitem__(self, code: str) -> str:
        """Return the id of a code; raises KeyError where it was given to none."""
        if code not in self._known:
            found = self._runs.exec_driver_sql(spelled.ID_OF, (code,)).scalar()
            if found is None:
                raise KeyError(code)
            self._known[code] = str(found)
        return self._known[code]


def _put_or_removed(connection: Connection, edit: Edit, ids: _Ids) -> None:
    """Write one edit; Conflict where the row is another than was read."""
    record: Record = edit.record
    spec = KINDS[record.kind]
    table = metadata.tables[spec.table]
    if not isinstance(edit, Put):
        done: Any = connection.execute(
            delete(table).where(table.c.id == record.id, table.c.version == record.version)
        )
        _must_hit(connection, done.rowcount, record, record.version)
        return
    (row,) = to_rows(record.kind, [record], ids)
    if edit.before is None:
        put_rows(connection, spec.table, [row])
        return
    values = values_of(spec.table, row)
    there = table.c.id == values.pop("id")
    done = connection.execute(
        update(table).where(there, table.c.version == edit.before.version).values(values)
    )
    _must_hit(connection, done.rowcount, record, edit.before.version)


def _put_or_named(connection: Connection, edits: Sequence[Edit], ids: _Ids) -> None:
    """Write edits; raise NotYours that names every record that is not the login's to write, and not the first alone."""
    refused = []
    for edit in edits:
        try:
            with connection.begin_nested():
                _put_or_removed(connection, edit, ids)
        except NotYours:
            refused.append(edit.record)
        except DBAPIError as error:
            if not isinstance(error.orig, InsufficientPrivilege):
                raise
            refused.append(edit.record)
    if refused:
        raise not_yours(refused)


def _must_hit(connection: Connection, rows: int, record: Record, version: int) -> None:
    """Raise where a row was not written: Conflict where it is another by now, else it is not this login's to write."""
    if rows == 1:
        return
    table = metadata.tables[KINDS[record.kind].table]
    now = connection.execute(select(table.c.version).where(table.c.id == record.id)).scalar()
    raise not_yours() if now == version else changed_meanwhile(record.code)
