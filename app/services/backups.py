"""Automatic backups: which there are, when one is due, making one, looking into one."""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.errors import RegistryError
from app.jobs import Ticket
from app.persistence.backups.listing import (
    COMMAND,
    HAND,
    IMPORT,
    OPENING,
    RESTORE,
    STEP,
    Backup,
    backups_in,
    newest_good,
    said_of,
)
from app.persistence.backups.making import drop_backups, make_backup, verify_backup
from app.persistence.backups.place import Rules, folder_of, keep_rules, rules_kept
from app.persistence.care import content_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.persistence.loading import Loaded
    from app.services.registry import Registry
    from app.text import Text

__all__ = [
    "COMMAND",
    "HAND",
    "IMPORT",
    "OPENING",
    "RESTORE",
    "STEP",
    "Backup",
    "Keeper",
    "Kept",
    "Rules",
    "before",
    "content",
    "drop_backups",
    "keep_rules",
    "kept",
    "make",
    "newest",
    "rules_kept",
    "said_of",
    "verify_backup",
    "way_back",
]

_OFTEN: Final = timedelta(hours=1)  # between two backups that commands make
_MANY: Final = 200  # steps after which commands make one all the same


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The automatic backups of a registry, newest first. ``size`` in bytes of them all."""

    folder: Path
    rules: Rules
    backups: tuple[Backup, ...]

    @property
    def size(self) -> int:
        """Bytes of them all."""
        return sum(one.size for one in self.backups)


def kept(path: Path) -> Kept:
    """Return the automatic backups of the registry at a path; the registry may be damaged, or gone.

    What lies in its folder of another registry, which had the name before, is not among them.
    """
    rules = rules_kept()
    folder = folder_of(path, rules)
    found = backups_in(folder)
    own = _id_of(path) if found else None
    if own is not None:
        found = [one for one in found if one.known is None or one.known.registry == own]
    return Kept(folder=folder, rules=rules, backups=tuple(found))


def newest(path: Path) -> Backup | None:
    """Return the newest good automatic backup of a registry; None where there is none."""
    return newest_good(kept(path).backups)


def way_back(path: Path) -> Text:
    """Return the sentence that names the newest backup of a registry, or says that there is none."""
    return said_of(newest(path))


def content(backup: Path) -> Loaded:
    """Return all that a backup holds, read only; it may be of an older version. ``damaged`` names what is not whole.

    Raises InvalidInput, StorageFault or IntegrityFault where it is no registry or can't be read.
    """
    return content_of(backup)[1]


def make(path: Path, *, why: str = HAND, slot: str | None = None, ticket: Ticket | None = None) -> Backup:
    """Make a backup of a registry now, read it back, and return it; see ``make_backup`` for what it raises."""
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


def before(path: Path, why: str, *, seq: int | None, ticket: Ticket | None = None) -> Backup | None:
    """Make sure that there is a backup of what a registry holds just now, before much of it is changed.

    None where the newest good one holds the same step already.
    """
    found = newest(path)
    if seq is not None and found is not None and found.is_verified and found.seq == seq:
        return None
    return make(path, why=why, ticket=ticket)


class Keeper:
    """Makes the backups of one opening of a registry. Any thread may ask it; one backup is made at a time.

    ``why`` is OPENING for a window, COMMAND for a verb, which counts as an opening no oftener than once an hour. The
    copies of one opening share a slot, in which the last of them stays.
    """

    def __init__(self, registry: Registry, *, why: str) -> None:
        self._registry = registry
        self._why = why
        self._slot = uuid.uuid4().hex
        self._first = registry.last_step
        self._made: int | None = None  # the step of the copy made last
        self._busy = threading.Lock()

    @property
    def has_changed(self) -> bool:
        """Whether something was changed since the opening, or since its last copy."""
        return self._registry.last_step > (self._first if self._made is None else self._made)

    def is_due(self) -> bool:
        """Whether a backup is to be made now: something was changed, and a command's last one is old enough."""
        registry = self._registry
        if not self.has_changed or registry.is_read_only:
            return False
        found = kept(registry.path)
        if not found.rules.is_on:
            return False
        last = next((one for one in found.backups if one.is_verified), None)
        if self._why != COMMAND or last is None:
            return True
        is_old = abs(datetime.now(UTC) - last.at) >= _OFTEN  # either way: the clock may have been wrong
        return is_old or registry.last_step - (last.seq or 0) >= _MANY

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
            if made is not None:
                self._made = seq if made.seq is None else made.seq
            return made
        finally:
            self._busy.release()


def _id_of(path: Path) -> str | None:
    """Return a registry's own id; None where the file doesn't tell it."""
    from app.persistence.reading import is_read_only, reading

    try:
        with reading(path, read_only=is_read_only(path)) as connection:
            found = connection.exec_driver_sql("SELECT value FROM registry_info WHERE key = 'id'").scalar()
    except RegistryError:
        return None
    return found if isinstance(found, str) else None
