"""A purge looked at beforehand, and done: the registry, its backups within reach, the traces of the program itself."""

from __future__ import annotations

import uuid
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.edits import Put
from app.errors import RegistryError
from app.jobs import Ticket
from app.persistence.backup_making import wait_for_others
from app.persistence.backups.place import folder_of
from app.persistence.journal import once_owned
from app.persistence.journal_rows import NewChange
from app.persistence.journal_values import PURGE, Detail, whole
from app.persistence.purging.code import CodePurge
from app.persistence.purging.file import copies_in, places_in, rebuild
from app.persistence.purging.text import Taken, TextPurge, tables_of_others
from app.persistence.reading import is_read_only, reading
from app.services.keeping.backups import verify_backup
from app.services.keeping.purging.asked import Asked, codes_in_use
from app.services.keeping.purging.copies import backups_by_hand, backups_of, others_beside
from app.services.keeping.purging.records import edits_like, edits_without, rows_of
from app.services.keeping.purging.traces import traces_of, wipe_traces
from app.services.registry.registry import Registry
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.persistence.reading import Runs
    from app.services.keeping.backups import Backup

_STAGE = Text("彻底清除", "Removing for good")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A backup: how many records and values held what is purged; ``problem``: why it could not be reached."""

    path: Path
    records: int = 0
    values: int = 0
    problem: Text | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge found, or took out.

    ``records``: codes of records that hold it (with their fields) or lose it; ``values``: in the journal, of the steps
    ``steps``. ``stands``: the record asked for is still in the registry. ``others``: tables of other programs that
    hold the text, with their rows. ``change``: the id of the purge's own step, None where nothing was written.
    ``left``: how often the text still stands in the file and its log; ``is_held``: somebody reads the file, so that
    its old pages could not be freed.
    """

    path: Path
    change: str | None
    records: tuple[str, ...]
    taken: Taken
    stands: bool
    others: dict[str, int]
    backups: tuple[Reached, ...]
    traces: tuple[Path, ...]
    left: int
    is_held: bool = False

    @property
    def is_any(self) -> bool:
        """Whether anything was found anywhere."""
        return bool(
            self.records
            or self.taken.is_any
            or self.others
            or self.traces
            or any(one.values or one.records for one in self.backups)
        )

    @property
    def unreached(self) -> tuple[Reached, ...]:
        """The backups that could not be reached."""
        return tuple(one for one in self.backups if one.problem is not None)

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the answer of the verb."""
        return {
            "change": self.change,
            "verb": PURGE,
            "codes": list(self.records),
            "values": self.taken.values,
            "steps": sorted(self.taken.steps),
            "settings": self.taken.settings,
            "retired_codes": len(self.taken.codes),
            "stands": self.stands,
            "left": self.left,
            "backups": [
                {"path": str(one.path), "records": one.records, "values": one.values}
                for one in self.backups
                if one.problem is None
            ],
            "unreached": [
                {"path": str(one.path), "why": one.problem.in_(lang)} for one in self.backups if one.problem
            ],
            "traces": [str(path) for path in self.traces],
            "tables": [{"table": table, "rows": rows} for table, rows in self.others.items()],
        }


def look(registry: Registry, asked: Asked, ticket: Ticket | None = None) -> Purged:
    """Return what a purge would find where, without writing anything. Raises InvalidInput where it can't be done."""
    asked.check_place(registry)
    found = _looked(registry, asked)
    backups = _backups(registry, asked, None, ticket or Ticket())
    sought = asked.sought
    return _with(found, backups, () if sought is None else tuple(traces_of(sought)))


def purge(registry: Registry, asked: Asked, why: str, ticket: Ticket | None = None) -> Purged:
    """Take it out of the registry as one change that keeps every other, then out of all else within reach.

    Raises
    ------
    InvalidInput
        Where it can't be purged, or no reason is given.
    IntegrityFault
        Where the journal is damaged.
    Busy
        Where others held the registry, before anything was written.

    """
    asked.check(registry, why)
    registry.must_be_writable()
    done = _done(registry, asked, why)
    backups = _backups(registry, asked, why, ticket or Ticket(), done.change)
    sought = asked.sought
    places = [registry.path.resolve().parent, *{one.path.parent for one in backups}]
    traces = () if sought is None else tuple(wipe_traces(sought, *places))
    return _with(done, backups, traces)


def _looked(registry: Registry, asked: Asked, live: Dataset | None = None) -> Purged:
    edits = _edits(registry, asked, registry.dataset, live)
    with reading(registry.path, read_only=registry.is_read_only) as connection:
        taken = _take_out(registry, asked, connection, edits, is_dry=True)
        others = {} if asked.sought is None else tables_of_others(connection, asked.sought)
    return _purged(registry, asked, None, edits, taken, others, 0)


def _done(
    registry: Registry, asked: Asked, why: str, live: Dataset | None = None, step: str | None = None
) -> Purged:
    """Take it out of one registry, and build its file anew.

    ``live``: of a backup, what the registry holds today; ``step``: the id that the purge has there.
    """
    found = _looked(registry, asked, live)
    if not (found.records or found.taken.is_any):
        is_free = rebuild(
            registry.path
        )  # other programs may have left it in pages that nothing uses any more
        left = _left(registry, asked)
        return _purged(registry, asked, None, (), found.taken, found.others, left, is_held=not is_free)
    edits: list[Edit] = []
    taken = Taken()

    def build(dataset: Dataset) -> Sequence[Edit]:
        edits[:] = _edits(registry, asked, dataset, live)
        return edits

    def rewrite(connection: Runs) -> None:
        nonlocal taken
        taken = _take_out(registry, asked, connection, edits, is_dry=False)

    kept = Detail(
        kind=PURGE,
        row_id=registry.info.id,
        code=asked.code or "",
        field="text" if asked.code is None else "code",
    )
    change = NewChange(
        by=registry.by,
        verb=PURGE,
        why=why,
        details=[kept],
        rewrite=rewrite,
        id=step or str(uuid.uuid4()),
    )
    changes = registry.purge(build, change)
    is_free = rebuild(registry.path)
    left = _left(registry, asked)
    return _purged(registry, asked, changes.change, edits, taken, found.others, left, is_held=not is_free)


def _edits(registry: Registry, asked: Asked, dataset: Dataset, live: Dataset | None) -> list[Edit]:
    if asked.sought is not None:
        return edits_without(dataset, registry.profile, asked.sought)
    return [] if live is None else edits_like(dataset, live, asked.code or "")


def _take_out(
    registry: Registry, asked: Asked, connection: Runs, edits: Sequence[Edit], *, is_dry: bool
) -> Taken:
    if asked.sought is not None:
        return TextPurge(asked.sought, codes_in_use(registry)).take_out(connection, is_dry=is_dry)
    code = asked.code or ""
    rows = {row.id: row for row in rows_of(registry.dataset, code)}
    about = frozenset({code, *(row.code for row in rows.values()), *once_owned(connection, code)})
    for edit in edits:  # what stands is what the purge leaves
        if isinstance(edit, Put):
            rows[edit.record.id] = edit.record
        else:
            rows.pop(edit.record.id, None)
    now = {row_id: whole(row) for row_id, row in rows.items()}
    return CodePurge(about, now).take_out(connection, is_dry=is_dry)


def _left(registry: Registry, asked: Asked) -> int:
    return 0 if asked.sought is None else copies_in(registry.path, asked.sought.spellings)


def _purged(
    registry: Registry,
    asked: Asked,
    change: str | None,
    edits: Sequence[Edit],
    taken: Taken,
    others: dict[str, int],
    left: int,
    *,
    is_held: bool = False,
) -> Purged:
    return Purged(
        path=registry.path,
        change=change,
        records=tuple(dict.fromkeys(edit.record.code for edit in edits)),
        taken=taken,
        stands=asked.code is not None and registry.dataset.find(asked.code) is not None,
        others=others,
        backups=(),
        traces=(),
        left=left,
        is_held=is_held,
    )


def _with(found: Purged, backups: tuple[Reached, ...], traces: tuple[Path, ...]) -> Purged:
    from dataclasses import replace

    return replace(found, backups=backups, traces=traces)


def _backups(
    registry: Registry, asked: Asked, why: str | None, ticket: Ticket, step: str | None = None
) -> tuple[Reached, ...]:
    """Purge every backup within reach, or only look where ``why`` is None."""
    found = []
    if why is not None:
        wait_for_others(folder_of(registry.path))  # one that was begun before the purge
    automatic: list[tuple[Path, Backup | None]] = [(one.path, one) for one in backups_of(registry.path)]
    by_hand = [(path, None) for path in backups_by_hand(registry.path, registry.info.id)]
    others = others_beside(registry.path, registry.info.id)
    total = len(automatic) + len(by_hand) + len(others)
    for number, (path, backup) in enumerate([*automatic, *by_hand]):
        ticket.step(_STAGE, number, total)
        found.append(_backup(path, backup, asked, why, registry.dataset, step))
    for number, path in enumerate(others):
        ticket.step(_STAGE, total - len(others) + number, total)
        other = _backup(path, None, asked, None, registry.dataset)
        found.append(None if other is None else Reached(path=path, problem=other.problem or _ANOTHER))
    return tuple(one for one in found if one is not None)


_HELD = Text(
    "正被别的程序读着，或里面有别的程序的表，还有残留。",
    "Another program reads it or put tables into it; some is left.",
)
_ANOTHER = Text(
    "同一本台账的另一份文件，不是备份，没有动它。要清除就打开它再做一次。",
    "Another file of the same registry, and no backup: left alone. Open it and purge there too.",
)
_AWAY = Text(
    "不在原处：可能在没接上的盘上，或已删掉。", "Not in its place: on a disk that is away, or deleted."
)


def left_in_days(left: int) -> Text:
    """Return what is said of a text that the bytes still hold, though no text holds it."""
    return Text(
        f"文件里还有 {left} 处同样的字符，是日期、时间、坐标或程序自己的记号，不是谁写的文字，没有动。",
        f"The same letters stand in {left} more places: days, times, coordinates or marks of the program, which nobody "
        "typed as text and which stay.",
    )


def _backup(
    path: Path,
    backup: Backup | None,
    asked: Asked,
    why: str | None,
    live: Dataset,
    step: str | None = None,
) -> Reached | None:
    """Purge one backup, or only look; None where it holds nothing of it."""
    if not path.exists():
        return Reached(path=path, problem=_AWAY)
    try:
        places = places_in(path, asked.sought or asked.code or "")
        if places == 0:
            return None
        if why is None:
            return Reached(path=path, values=places)
        if is_read_only(path):
            return Reached(path=path, problem=Text("只读，写不了。", "It is read-only."))
        with closing(Registry.open(path, is_backup=True)) as copy:
            done = _done(copy, asked, why, live, step)
        if backup is not None:
            verify_backup(backup)
    except RegistryError as error:
        return Reached(path=path, problem=error.message)
    if done.is_held or done.others:
        return Reached(path=path, problem=_HELD)
    if done.left:
        return Reached(path=path, problem=left_in_days(done.left))
    if done.change is None and asked.code is not None:
        return None
    return Reached(path=path, records=len(done.records), values=done.taken.values)
