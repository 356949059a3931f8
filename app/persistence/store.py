"""One registry file: create it, read it whole, write one change at a time."""

from __future__ import annotations

import sqlite3
import uuid
from collections import defaultdict
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.errors import Conflict, StorageFault
from app.persistence import spelled
from app.persistence.columnar.entries import GivenIds
from app.persistence.columns import APPLICATION_ID, row_names
from app.persistence.connection import Pen, writing
from app.persistence.damage import edited_meanwhile
from app.persistence.faults import telling
from app.persistence.files.checksum import fits, row_checksum
from app.persistence.foreign.indexes import drop_spatial_indexes
from app.persistence.foreign.rows import standing_records
from app.persistence.foreign.settle import put_right
from app.persistence.geometry_blob import to_blobs
from app.persistence.geopackage import SYSTEMS, USER_VERSION, note_change, systems_digest, write_frame
from app.persistence.info import write_info
from app.persistence.journal_rows import NewChange, write_journal
from app.persistence.loading import DETAILS, last_seq, load_content
from app.persistence.migrations import STEPS
from app.persistence.packs.kept import keep_anew
from app.persistence.packs.told import packs_told
from app.persistence.reading import connect, journal_mode_for, reading
from app.persistence.row_codec import to_rows
from app.persistence.tally import TALLY, Tally, counted, entry_checksum, tally_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from app.domain.edits import Edit
    from app.domain.record import Record
    from app.errors import Problem
    from app.persistence.foreign.settle import Settled
    from app.persistence.loading import BackdropShape, Loaded
    from app.persistence.reading import Reader, Runs
    from app.persistence.row_codec import IdOf


T = TypeVar("T")


class StaleData(Exception):
    """Another process wrote since the data was read; read again and decide again."""


def now_text() -> str:
    """Return this instant as GeoPackage writes it: UTC, milliseconds, Z."""
    return instant_text(datetime.now(UTC))


def instant_text(moment: datetime) -> str:
    """Return a moment as GeoPackage writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def create_file(path: Path, info: Mapping[str, str], backdrop: Iterable[BackdropShape] = ()) -> None:
    """Write an empty registry at ``path``, which must not exist yet."""
    mode = journal_mode_for(path)
    with telling(path, is_writing=True), closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute(f"PRAGMA application_id={APPLICATION_ID}")
        plain.execute(f"PRAGMA user_version={USER_VERSION}")
        plain.execute(f"PRAGMA journal_mode={mode}")
    now = now_text()
    with (
        telling(path, is_writing=True),
        closing(connect(path, read_only=False)) as kept,
        writing(kept) as connection,
    ):
        write_frame(connection, now)
        for step in STEPS:
            connection.exec_driver_sql(spelled.STEP_IN, (str(uuid.uuid4()), step.number, step.sentence, now))
        write_info(connection, {**info, SYSTEMS: systems_digest(connection)})
        shapes = list(backdrop)
        if shapes:
            blobs = to_blobs([shape.geometry for shape in shapes])
            rows = []
            for shape, blob in zip(shapes, blobs, strict=True):
                head = [str(uuid.uuid4()), shape.kind, shape.rank]
                rows.append((*head, row_checksum(head, blob), blob))
            connection.exec_driver_sql(spelled.BACKDROP_IN, rows)
            note_change(connection, "backdrop", now, [shape.geometry for shape in shapes])


class FileStore:
    """An open registry file, a ``Store``: reads whole, writes one change at a time."""

    def __init__(
        self, path: Path, *, read_only: bool = False, may_write: Callable[[], None] | None = None
    ) -> None:
        self.path = path
        self.read_only = read_only  # opened so that SQLite writes nothing either
        self.shows_all = True
        self.reads = path  # or a private copy, where an older file can't be written
        self._identity = _identity(path)
        self._gone: dict[str, str] = {}  # code → id, of records that were taken out
        self._is_tallied = False
        self._pen = Pen(path, may_write)

    def reading(self) -> AbstractContextManager[Reader]:
        """Give one read transaction on the file."""
        return reading(self.reads, read_only=self.read_only and self.reads == self.path)

    def load(self) -> Loaded:
        """Return all that the file holds now."""
        with self.reading() as connection:
            return self._load(connection)

    def _load(self, connection: Runs) -> Loaded:
        loaded = load_content(connection)
        self._is_tallied = loaded.is_tallied
        self._gone = dict(loaded.gone)
        return loaded

    def last_seq(self) -> int:
        """Return the journal's last number; cheap, to see whether another process wrote."""
        with self.reading() as connection:
            return last_seq(connection)

    def has_moved(self) -> bool:
        """Whether it shows other rows though nobody wrote: a file shows all to everybody."""
        return False

    def is_still_the_file(self) -> bool:
        """Whether the file under the path is still the one that was opened; if not, all of ours goes into that one.

        A log that stayed at the path would be taken for the other file's.
        """
        is_it = _identity(self.path) == self._identity
        if not is_it:
            self._pen.close()
        return is_it

    def commit(self, edits: Sequence[Edit], change: NewChange, *, after_seq: int) -> int:
        """Write edits as one change and return its number.

        Raises
        ------
        StaleData
            If the journal's last number is no longer ``after_seq``.
        Conflict
            If a record's version is not the one that was read.
        StorageFault
            If the file was moved or replaced; what was to be saved is not in the file at the path.

        """

        def work(connection: Runs) -> None:
            if last_seq(connection) != after_seq:
                raise StaleData
            self._write(connection, edits, change, after_seq + 1)

        self._must_be_ours()
        self._patiently(work)
        self._keep(edits)
        self._must_be_ours()
        return after_seq + 1

    def commit_on_fresh_data(
        self, decide: Callable[[Loaded], Sequence[Edit]], change: NewChange
    ) -> tuple[Loaded, Sequence[Edit], int]:
        """Read, decide and write while holding the write lock, so that nobody can be faster again.

        Returns what was read, the edits that were written (none: nothing was) and the change's number.
        ``decide`` refuses by raising; then nothing is written.
        """

        def work(connection: Runs) -> tuple[Loaded, Sequence[Edit], int]:
            loaded = self._load(connection)
            edits = decide(loaded)
            is_something = bool(edits) or change.has_setting
            if is_something:
                self._write(connection, edits, change, loaded.seq + 1)
            return loaded, edits, loaded.seq + is_something

        self._must_be_ours()
        loaded, edits, seq = self._patiently(work)
        if edits or change.has_setting:
            self._keep(edits)
        self._must_be_ours()
        return loaded, edits, seq

    def settle(
        self,
        decide: Callable[[Loaded], tuple[Sequence[Settled], Sequence[Edit]]],
        change: NewChange,
    ) -> tuple[Loaded, Sequence[Edit]]:
        """Put rows right that another program edited, and write a change, while holding the write lock.

        Returns what was read and the edits that were written. ``decide`` refuses by raising; then nothing is written.
        """

        def work(connection: Runs) -> tuple[Loaded, Sequence[Edit]]:
            loaded = self._load(connection)
            rows, edits = decide(loaded)
            if rows:
                drop_spatial_indexes(connection)
                put_right(connection, rows, GivenIds(connection, {}))
                self._is_tallied = False
                is_rest = len(rows) < len(loaded.foreign)
                self._write(connection, edits, change, loaded.seq + 1, is_settled=not is_rest)
            return loaded, edits

        self._must_be_ours()
        found = self._patiently(work)
        self._must_be_ours()
        return found

    def _patiently(self, work: Callable[[Runs], T]) -> T:
        """Run work in a transaction that holds the write lock."""
        return self._pen.patiently(work)

    def _keep(self, edits: Sequence[Edit]) -> None:
        """Remember what a change brought: codes whose record is gone, and that the tally fits."""
        removed = (edit.record for edit in edits if not isinstance(edit, Put))
        self._gone.update((record.code, record.id) for record in removed if KINDS[record.kind].coded)
        self._is_tallied = True

    def _write(
        self,
        connection: Runs,
        edits: Sequence[Edit],
        change: NewChange,
        seq: int,
        *,
        is_settled: bool = True,
    ) -> None:
        """Write a change; ``is_settled``: no row is left that another program edited, so that the tally can be told."""
        now = now_text()
        drop_spatial_indexes(connection)
        tally = _kept_tally(connection) if self._is_tallied else Tally()
        given = self._write_entities(connection, edits, tally)
        self._write_rows(connection, edits, now, GivenIds(connection, given), tally)
        if not self._is_tallied:  # a new file, or one that an older program wrote
            tally = counted(connection)
        write_journal(connection, edits, change, seq, now)
        if change.rewrite is not None:
            change.rewrite(connection)
            named = list(packs_told(connection))
            keep_anew(
                connection, standing_records(connection), seq, named
            )  # older ones hold what is to be gone
            tally = counted(connection)
        last = connection.exec_driver_sql(spelled.LAST_DETAIL).scalar()
        told = tally.text if is_settled else ""  # the journal is asked until all is settled
        write_info(connection, {**change.info, DETAILS: str(last), TALLY: told})

    def hear(self, told: Callable[[], None], met: Callable[[], None] | None = None) -> None:
        """Do nothing: a file tells nobody that it was written; whoever wants to know asks ``last_seq``."""

    def desks(self) -> None:
        """Return None: a file does not know who has it open."""

    def edits_record(self, row_id: str) -> None:
        """Do nothing: a file tells nobody what is being edited."""

    def close(self) -> None:
        """Fold the write-ahead log into the file and let go. Where others are at work, the last of them folds it."""
        self._pen.close()

    def _must_be_ours(self) -> None:
        if not self.is_still_the_file():
            raise StorageFault(
                Text(
                    f"没有保存：{self.path.name} 被移走或换掉了。改动还在，请选新位置。",
                    f"Not saved: {self.path.name} was moved or replaced. Your change is still here; choose a new place.",
                )
            )

    def was_given(self, code: str, row_id: str) -> bool:
        """Whether a code was given to the record of this id, which is gone, before."""
        return self._gone.get(code) == row_id

    def _write_entities(self, connection: Runs, edits: Sequence[Edit], tally: Tally) -> dict[str, str]:
        new = []
        for edit in edits:
            record = edit.record
            if not KINDS[record.kind].coded:
                continue
            entry = (record.id, record.code, record.kind)
            if not isinstance(edit, Put):
                tally.add([entry_checksum(entry)])
            elif edit.before is None and self.was_given(record.code, record.id):
                tally.drop(
                    [entry_checksum(entry)]
                )  # a record brought back finds its id and code here already
            elif edit.before is None:
                new.append(entry)
        if new:
            connection.exec_driver_sql(spelled.ENTITY_IN, new)
        return {code: row_id for row_id, code, _ in new}

    def _write_rows(
        self, connection: Runs, edits: Sequence[Edit], now: str, id_of: IdOf, tally: Tally
    ) -> None:
        created: dict[str, list[Record]] = defaultdict(list)
        updated: dict[str, list[tuple[Record, int]]] = defaultdict(list)
        removed: dict[str, list[Record]] = defaultdict(list)
        for edit in edits:
            if not isinstance(edit, Put):
                removed[edit.record.kind].append(edit.record)
            elif edit.before is None:
                created[edit.record.kind].append(edit.record)
            else:
                updated[edit.record.kind].append((edit.record, edit.before.version))
        for kind, gone in removed.items():
            for record in gone:
                tally.drop([_checksum_in(connection, record)])
                done = connection.exec_driver_sql(
                    f'DELETE FROM "{KINDS[kind].table}" WHERE id = ? AND version = ?',
                    (record.id, record.version),
                )
                _must_hit(done.rowcount, record)
        for kind, changed in updated.items():
            names = row_names(kind)
            assignments = ", ".join(f'"{name}" = ?' for name in names[1:])
            sql = f'UPDATE "{KINDS[kind].table}" SET {assignments} WHERE id = ? AND version = ?'
            rows = to_rows(kind, [record for record, _ in changed], id_of)
            tally.add(row[names.index("checksum")] for row in rows)
            for row, (record, version) in zip(rows, changed, strict=True):
                tally.drop([_checksum_in(connection, record)])
                _must_hit(connection.exec_driver_sql(sql, (*row[1:], record.id, version)).rowcount, record)
        for kind, records in created.items():
            names = row_names(kind)
            columns = ", ".join(f'"{name}"' for name in names)
            marks = ", ".join("?" * len(names))
            rows = to_rows(kind, records, id_of)
            tally.add(row[names.index("checksum")] for row in rows)
            connection.exec_driver_sql(
                f'INSERT INTO "{KINDS[kind].table}" ({columns}) VALUES ({marks})', rows
            )
        for kind in {*created, *updated, *removed}:
            shapes = [r.geometry for r in created.get(kind, ()) if r.geometry is not None]
            shapes += [r.geometry for r, _ in updated.get(kind, ()) if r.geometry is not None]
            note_change(connection, KINDS[kind].table, now, shapes)


def _kept_tally(connection: Runs) -> Tally:
    return tally_of(connection.exec_driver_sql(spelled.INFO_OF, (TALLY,)).one()[1])


def _checksum_in(connection: Runs, record: Record) -> object:
    """Return the checksum of a record's row as it stands in the file, None if there is no row.

    Raises IntegrityFault where another program edited the row, which is to be written over.
    """
    names = row_names(record.kind)
    check = names.index("checksum")
    columns = ", ".join(f'"{name}"' for name in names)
    row = connection.exec_driver_sql(
        f'SELECT {columns} FROM "{KINDS[record.kind].table}" WHERE id = ?', (record.id,)
    ).first()
    if row is not None and not fits(row, check):
        raise edited_meanwhile(record.code)
    return None if row is None else row[check]


def changed_meanwhile(code: str, problems: Iterable[Problem] = ()) -> Conflict:
    """Return the refusal to write over somebody else's change."""
    return Conflict(
        Text(
            f"{code} 刚被别人改过，没有写入。看过新值再改。",
            f"{code} was just changed by somebody else; nothing was written. Look at the new value first.",
        ),
        tuple(problems),
    )


def _must_hit(rows: int, record: Record) -> None:
    if rows != 1:
        raise changed_meanwhile(record.code)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
