"""Automatic backups: which there are, when one is due, making one, looking into one."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import app
from app.errors import StorageFault
from app.jobs import Ticket
from app.persistence.backup_making import (
    drop_backups,
    hold_for_child,
    make_backup,
    verify_backup,
    wait_for_others,
)
from app.persistence.backups.listing import (
    COMMAND,
    HAND,
    OPENING,
    STEP,
    Backup,
    backups_in,
    failure_in,
    newest_good,
    note_failure,
)
from app.persistence.backups.place import Rules, folder_of, keep_rules, rules_kept
from app.persistence.backups.way_back import id_in, way_back
from app.persistence.care import content_of
from app.services.registry.info import must_be_file
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.persistence.loading import Loaded
    from app.services.registry.registry import Registry

__all__ = [
    "COMMAND",
    "HAND",
    "OPENING",
    "STEP",
    "Backup",
    "Keeper",
    "Kept",
    "Rules",
    "content",
    "drop_backups",
    "keep_rules",
    "kept",
    "make",
    "newest",
    "rules_kept",
    "settled",
    "state_of",
    "verify_backup",
    "way_back",
    "why_words",
]

_WHYS: Final[Mapping[str, Text]] = {
    OPENING: Text("打开后改过", "an opening"),
    COMMAND: Text("命令改过", "a command"),
    STEP: Text("升级前", "new version"),
    HAND: Text("手动", "by hand"),
}
_VERIFIED: Final = Text("核过", "verified")
_NOT_VERIFIED: Final = Text("未核", "not verified")
_UNREADABLE: Final = Text("打不开", "can't be read")
_children: list[subprocess.Popen[bytes]] = []  # that make a backup for this process, which outlives them
_OFTEN: Final = timedelta(hours=1)  # between two backups that commands make
_MANY: Final = 200  # steps after which commands make one all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The automatic backups of a registry, newest first. ``failure``: why the last one was not made."""

    folder: Path
    rules: Rules
    backups: tuple[Backup, ...]
    failure: Text | None = None

    @property
    def size(self) -> int:
        """Bytes of them all."""
        return sum(one.size for one in self.backups)

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the rules and each backup."""
        rules = self.rules
        return {
            "folder": str(self.folder),
            "count": len(self.backups),
            "size": self.size,
            "kept": {
                "on": rules.is_on,
                "openings": rules.openings,
                "days": rules.days,
                "months": rules.months,
                "size": rules.most_bytes,
            },
            "failure": None if self.failure is None else self.failure._asdict(),
            "backups": [_told(one) for one in self.backups],
        }


def _told(one: Backup) -> dict[str, Any]:
    known = one.known
    return {
        "number": one.number,
        "path": str(one.path),
        "at": one.at.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "age_s": round((datetime.now(UTC) - one.at).total_seconds()),
        "why": one.why,
        "seq": one.seq,
        "records": None if known is None else known.records,
        "size": one.size,
        "verified": one.is_verified,
        "damaged": one.is_damaged or known is None,
    }


def kept(path: Path) -> Kept:
    """Return the automatic backups of the registry at a path; the registry may be damaged, or gone.

    What lies in its folder of another registry, which had the name before, is not among them.
    """
    rules = rules_kept()
    folder = folder_of(path, rules)
    found = backups_in(folder)
    own = id_in(path) if found else None
    if own is not None:
        found = [one for one in found if one.registry in (None, own)]
    return Kept(folder=folder, rules=rules, backups=tuple(found), failure=failure_in(folder))


def settled(path: Path) -> Kept:
    """Return the same once no process makes one any more; raises InvalidInput for an address, of which there are none."""
    must_be_file(path)
    wait_for_others(folder_of(path))
    return kept(path)


def newest(path: Path) -> Backup | None:
    """Return the newest good automatic backup of a registry; None where there is none."""
    return newest_good(kept(path).backups)


def why_words(why: str) -> Text:
    """Return why a backup was made, in words."""
    return _WHYS.get(why, Text(why, why))


def state_of(backup: Backup) -> Text:
    """Return whether a backup was read back whole, in words."""
    if backup.is_damaged or backup.known is None:
        return _UNREADABLE
    return _VERIFIED if backup.is_verified else _NOT_VERIFIED


def content(backup: Path) -> Loaded:
    """Return all that a backup holds, read only; it may be of an older version. ``damaged`` names what is not whole.

    Raises InvalidInput, StorageFault or IntegrityFault where it is no registry or can't be read.
    """
    return content_of(backup)[1]


def make(path: Path, *, why: str = HAND, slot: str | None = None, ticket: Ticket | None = None) -> Backup:
    """Make a backup of a registry now, read it back, and return it; see ``make_backup`` for what it raises."""
    must_be_file(path)
    rules = rules_kept()
    made = make_backup(
        path,
        folder_of(path, rules),
        rules,
        why=why,
        slot=slot or uuid.uuid4().hex,
        ticket=ticket or Ticket(),
    )
    if made is None:
        raise AssertionError  # who waits gets one
    return made


class Keeper:
    """Makes the backups of one opening of a registry. Any thread may ask it; one backup is made at a time.

    ``why`` is OPENING for a window, COMMAND for a verb, which counts as an opening no oftener than once an hour. The
    copies of one opening share a slot, in which the last of them stays.
    """

    def __init__(self, registry: Registry, *, why: str, first: int | None = None) -> None:
        """``first``: the number of the journal's last step at the opening; None = that of now."""
        self._registry = registry
        self._why = why
        self._slot = uuid.uuid4().hex
        self._first = registry.last_step if first is None else first
        self._made: int | None = None  # the step of the copy made last
        self._busy = threading.Lock()

    @property
    def has_made(self) -> bool:
        """Whether a copy of this opening was made, or is under way."""
        return self._made is not None

    @property
    def has_changed(self) -> bool:
        """Whether something was changed since the opening, or since its last copy."""
        return self._registry.last_step > (self._first if self._made is None else self._made)

    def is_due(self) -> bool:
        """Whether a backup is to be made now: something was changed, and a command's last one is old enough."""
        registry = self._registry
        if not self.has_changed or registry.is_read_only or registry.foreign or registry.is_shared:
            return False  # while another program's edits wait, a copy would not be read back as whole
        found = kept(registry.path)
        if not found.rules.is_on:
            return False
        last = next((one for one in found.backups if one.is_verified), None)
        if self._why != COMMAND or last is None:
            return True
        is_old = abs(datetime.now(UTC) - last.at) >= _OFTEN  # either way: the clock may have been wrong
        return is_old or registry.last_step - (last.seq or 0) >= _MANY

    def hand_over(self) -> None:
        """Let a process of its own make the backup, so that nobody waits for it; it has the folder at once.

        Where another process is just making one there is nothing to do. Raises StorageFault if it can't begin.
        """
        registry = self._registry
        held = hold_for_child(folder_of(registry.path))
        if held is None:
            return
        self._made = registry.last_step
        try:
            begin_child(registry.path, self._why, self._slot, held)
        finally:
            os.close(held)

    def keep(self, ticket: Ticket, *, is_read_back: bool = True) -> Backup | None:
        """Make a backup; None where another thread or process is just making one. Raises as ``make_backup`` does."""
        if not self._busy.acquire(blocking=False):
            return None
        try:
            registry, rules = self._registry, rules_kept()
            seq = registry.last_step
            made = make_backup(
                registry.path,
                folder_of(registry.path, rules),
                rules,
                why=self._why,
                slot=self._slot,
                ticket=ticket,
                is_patient=False,
                is_read_back=is_read_back,
            )
            note_done(registry.path, None)
            if made is not None:
                self._made = seq if made.seq is None else made.seq
            return made
        finally:
            self._busy.release()


def begin_child(path: Path, why: str, slot: str, held: int) -> None:
    """Begin a process that makes one backup and ends; the handle ``held`` goes on to it."""
    _children[:] = [
        child for child in _children if child.poll() is None
    ]  # those that have ended are let go of
    environment = {**os.environ, "PYTHONPATH": str(Path(app.__file__).parents[2]), "PYTHONUTF8": "1"}
    try:
        child = subprocess.Popen(  # noqa: S603  # our own interpreter, our own module
            [
                sys.executable,
                "-P",
                "-m",
                "app.services.keeping.backup_child",
                str(path.absolute()),
                why,
                slot,
                str(held),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=environment,
            pass_fds=(held,),
            start_new_session=True,
        )
    except OSError as error:
        raise StorageFault(
            Text(f"没有备份：{words_of(error).zh}。", f"No backup was made: {words_of(error).en}.")
        ) from error
    _children.append(child)


def note_done(path: Path, failure: Text | None) -> None:
    """Keep that a backup was made, or why not, for whoever looks next."""
    try:
        note_failure(folder_of(path), datetime.now(UTC), failure)
    except OSError as error:
        raise StorageFault(
            Text(
                f"备份文件夹写不进：{words_of(error).zh}。",
                f"The folder of backups can't be written: {words_of(error).en}.",
            )
        ) from error
