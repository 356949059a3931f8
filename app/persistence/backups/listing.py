"""Which automatic backups a folder holds. Names tell most of it; an index beside them the rest.

A copy gets its name only once it was read back whole. The index remembers of each that it was, with the size and time
of the file then: a copy that changed since, or that the index does not know, counts as not verified.
"""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.files import write_over
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

OPENING: Final = "opening"  # an opening in the window that changed something
COMMAND: Final = "command"  # commands that changed something
STEP: Final = "step"  # as it was before the file was brought to a newer version of the program
HAND: Final = "hand"  # asked for by a hand

_INDEX: Final = "index.json"
_FAILURE: Final = "failure.json"
_NAME: Final = re.compile(r"(\d{6,})\.(\d{8}T\d{6})Z\.([a-z]+)\.gpkg")
_STAMP: Final = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the index keeps of one copy.

    ``seq``: the number of the journal's last step in it. ``slot``: the opening that it was made in. ``size`` in bytes
    and ``changed_ns`` of the file when it was last read. ``verified_at``: ISO text, None where it was not whole then.
    """

    registry: str
    seq: int
    slot: str
    records: int
    size: int
    changed_ns: int
    verified_at: str | None
    damaged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """One automatic backup. ``number`` gives the order, whatever the clock said; ``at`` is UTC. ``size`` in bytes."""

    path: Path
    number: int
    at: datetime
    why: str
    size: int
    known: Known | None

    @property
    def is_verified(self) -> bool:
        """Whether it was read back whole, and the file is the one that was read."""
        return self.known is not None and self.known.verified_at is not None

    @property
    def is_damaged(self) -> bool:
        """Whether it was read back and was not whole."""
        return self.known is not None and self.known.damaged > 0

    @property
    def registry(self) -> str | None:
        """The id of the registry that it is of; None where it can't be told."""
        return None if self.known is None or not self.known.registry else self.known.registry

    @property
    def slot(self) -> str:
        """The opening that it was made in."""
        return self.path.name if self.known is None else self.known.slot

    @property
    def seq(self) -> int | None:
        """The number of the journal's last step in it; None where it can't be told."""
        return None if self.known is None else self.known.seq


def backups_in(folder: Path) -> list[Backup]:
    """Return the backups that a folder holds, newest first; none where there is no such folder."""
    try:
        names = sorted(entry.name for entry in folder.iterdir() if _NAME.fullmatch(entry.name))
    except (FileNotFoundError, NotADirectoryError):
        return []
    index = _index(folder)
    found = [_backup(folder / name, index.get(name)) for name in names]
    return sorted((one for one in found if one is not None), key=lambda one: one.number, reverse=True)


def name_for(number: int, at: datetime, why: str) -> str:
    """Return the name of a copy."""
    return f"{number:06}.{at.astimezone(UTC):{_STAMP}}Z.{why}.gpkg"


def _backup(path: Path, known: Known | None) -> Backup | None:
    parts = _NAME.fullmatch(path.name)
    try:
        status = path.stat()
        at = datetime.strptime(parts[2] if parts else "", _STAMP).replace(tzinfo=UTC)
    except (OSError, ValueError):  # gone meanwhile, or no name of ours
        return None
    if known is None or (known.size, known.changed_ns) != (status.st_size, status.st_mtime_ns):
        known = looked_into(path, slot=path.name if known is None else known.slot)
    why = parts[3] if parts else HAND
    return Backup(
        path=path, number=int(path.name.split(".", 1)[0]), at=at, why=why, size=status.st_size, known=known
    )


def looked_into(path: Path, *, slot: str) -> Known | None:
    """Return what a copy says of itself, not verified; None where it can't be read."""
    try:
        status = path.stat()
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)) as file:
            registry = file.execute("SELECT value FROM registry_info WHERE key = 'id'").fetchone()
            seq = file.execute("SELECT MAX(seq) FROM change").fetchone()[0] or 0
            there = {row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            tables = [
                kind.table for kind in KINDS.values() if kind.table in there
            ]  # an older file lacks some
            records = sum(file.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in tables)
    except (OSError, sqlite3.Error):
        return None
    return Known(
        registry=str(registry[0]) if registry else "",
        seq=seq if isinstance(seq, int) else 0,
        slot=slot,
        records=records,
        size=status.st_size,
        changed_ns=status.st_mtime_ns,
        verified_at=None,
    )


def remember(folder: Path, known: Mapping[str, Known | None]) -> None:
    """Keep in the index what is known of some copies by name; None forgets one. Raises OSError."""
    index = {name: kept for name, kept in _index(folder).items() if (folder / name).exists()}
    for name, kept in known.items():
        if kept is None:
            index.pop(name, None)
        else:
            index[name] = kept
    write_over(folder / _INDEX, json.dumps({name: asdict(kept) for name, kept in index.items()}, indent=1))


def _index(folder: Path) -> dict[str, Known]:
    try:
        found = json.loads((folder / _INDEX).read_text("utf-8"))
    except (OSError, ValueError):  # lost or half written: the copies themselves are asked
        return {}
    if not isinstance(found, dict):
        return {}
    read = {str(name): _known(kept) for name, kept in found.items()}
    return {name: kept for name, kept in read.items() if kept is not None}


def _known(kept: Any) -> Known | None:
    try:
        known = Known(**kept)
    except TypeError:  # of a newer version, or not ours
        return None
    numbers = (known.seq, known.records, known.size, known.changed_ns, known.damaged)
    texts = (known.registry, known.slot, known.verified_at or "")
    is_ours = all(type(n) is int for n in numbers) and all(type(t) is str for t in texts)
    return known if is_ours else None


def note_failure(folder: Path, at: datetime, message: Text | None) -> None:
    """Keep why the last backup was not made, for whoever looks next; None once one was. Raises OSError."""
    place = folder / _FAILURE
    if message is None:
        place.unlink(missing_ok=True)
        return
    kept = {"at": at.isoformat(timespec="seconds"), "zh": message.zh, "en": message.en}
    write_over(place, json.dumps(kept, ensure_ascii=False))


def failure_in(folder: Path) -> Text | None:
    """Return why the last backup was not made; None where it was."""
    try:
        kept = json.loads((folder / _FAILURE).read_text("utf-8"))
        moment = datetime.fromisoformat(kept["at"]).astimezone()
        return Text(f"{moment:%m-%d %H:%M} {kept['zh']}", f"{moment:%m-%d %H:%M} {kept['en']}")
    except (OSError, ValueError, LookupError, TypeError):  # none, or not to be read
        return None


def newest_good(backups: Iterable[Backup]) -> Backup | None:
    """Return the newest verified backup; where none is verified, the newest that is not known to be damaged."""
    readable = [one for one in backups if not one.is_damaged and one.known is not None]
    return next((one for one in readable if one.is_verified), readable[0] if readable else None)


def said_of(found: Backup | None) -> Text:
    """Return the sentence that names a way back: the newest backup there is, or that there is none."""
    if found is None:
        return Text("还没有自动备份。", "There is no automatic backup yet.")
    moment = f"{found.at.astimezone():%Y-%m-%d %H:%M}"
    state = Text("核过", "verified") if found.is_verified else Text("未核", "not verified")
    return Text(
        f"最近一份自动备份是 {moment} 的（{state.zh}）：{found.path}，可以从它恢复。",
        f"The newest automatic backup is of {moment} ({state.en}): {found.path}. It can be brought back.",
    )
