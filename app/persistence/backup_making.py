"""Making one automatic backup: copied at one moment, read back whole, and only then there; then the oldest go."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from app.errors import Busy, IntegrityFault, InvalidInput, StorageFault
from app.files import name_must_fit, sync_folder
from app.persistence.backups.listing import STEP, Known, backups_in, looked_into, name_for, remember
from app.persistence.backups.rotation import to_drop
from app.persistence.care import copy_into, verify_file
from app.persistence.files.aside import made_aside
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.jobs import Ticket
    from app.persistence.backups.listing import Backup
    from app.persistence.backups.place import Rules

_SPARE: Final = 16 << 20  # bytes of a disk that a backup leaves alone
_HELD: Final = Text(
    "另一个程序正在备份这本台账。稍后再试。",
    "Another program is just making a backup of this registry. Try again in a moment.",
)
_READING_BACK: Final = Text("读回核对", "Reading it back")


def make_backup(
    registry: Path,
    folder: Path,
    rules: Rules,
    *,
    why: str,
    slot: str,
    ticket: Ticket,
    is_patient: bool = True,
    is_read_back: bool = True,
    held: int | None = None,
) -> Backup | None:
    """Copy a registry into its folder of backups, read the copy back, and let go of those that the rules don't keep.

    Returns None where another process is just making one and ``is_patient`` is False. Without ``is_read_back`` the
    copy counts as not verified until ``verify_backup`` has read it. ``held``: the handle by which the folder is held
    already, see ``hold_for_child``.

    Raises
    ------
    StorageFault
        If the folder can't be made or written, or the disk has too little room.
    IntegrityFault
        If the copy is not whole: the registry itself is damaged, or changed by another program. It isn't kept.
    Busy
        If others held the folder, or the registry, for as long as there was patience.

    """
    needed = _needed(registry)
    _make_folder(folder)
    with nullcontext(True) if held is not None else _held(folder, is_patient=is_patient) as is_ours:  # held
        if not is_ours:
            return None
        _must_have_room(needed, folder)
        at = datetime.now(UTC)
        number = max((one.number for one in backups_in(folder)), default=0) + 1
        target = folder / name_for(number, at, why)
        with made_aside(target) as draft:
            copy_into(registry, draft, ticket)
            if is_read_back:
                ticket.step(_READING_BACK, 0, 1)
                # before a step what another program edited is kept with the rest: it can still be settled
                _must_be_whole(registry, _damage_of(draft, with_edits=why != STEP))
        known = looked_into(target, slot=slot)
        if known is not None and is_read_back:
            known = replace(known, verified_at=at.isoformat(timespec="seconds"))
        _note(folder, {target.name: known})
        _rotate(folder, rules, known)
        return next((one for one in backups_in(folder) if one.path == target), None)


def hold_for_child(folder: Path) -> int | None:
    """Hold a folder of backups for a process that is to inherit the handle; None where somebody holds it already.

    The system lets go when the last process that has the handle ends. Raises StorageFault if the folder can't be made.
    """
    _make_folder(folder)
    handle = _open_lock(folder)
    if _lock(handle, is_patient=False):
        return handle
    os.close(handle)
    return None


def wait_for_others(folder: Path) -> None:
    """Return once nobody makes a backup in a folder any more. Raises StorageFault where it can't be asked."""
    if folder.is_dir():
        with _held(folder, is_patient=True):
            pass


def verify_backup(backup: Backup) -> Backup:
    """Read a backup back and remember whether it is whole. Raises StorageFault where it can't be read or noted."""
    folder = backup.path.parent
    damaged = _damage_of(backup.path)
    known = looked_into(backup.path, slot=backup.slot) or _unreadable(backup)
    verified_at = None if damaged else datetime.now(UTC).isoformat(timespec="seconds")
    known = replace(known, verified_at=verified_at, damaged=damaged)
    with _held(folder, is_patient=True):
        _note(folder, {backup.path.name: known})
    return replace(backup, known=known)


def drop_backups(folder: Path, gone: list[Backup]) -> None:
    """Take backups away, for good. Raises StorageFault where the disk does not let them go."""
    with _held(folder, is_patient=True):
        _drop(folder, gone)


def _rotate(folder: Path, rules: Rules, known: Known | None) -> None:
    """Let go of this registry's backups that the rules don't keep; those of another one in the folder stay."""
    if known is not None:
        mine = [b for b in backups_in(folder) if b.registry in (None, known.registry)]
        _drop(folder, to_drop(mine, rules))


def _drop(folder: Path, gone: list[Backup]) -> None:
    if not gone:
        return
    try:
        for one in gone:
            one.path.unlink(missing_ok=True)
        sync_folder(folder)
    except OSError as error:
        raise _failed(folder, error) from error
    _note(folder, dict.fromkeys(one.path.name for one in gone))


def _note(folder: Path, known: dict[str, Known | None]) -> None:
    try:
        remember(folder, known)
    except OSError as error:
        raise _failed(folder, error) from error


def _unreadable(backup: Backup) -> Known:
    try:
        status = backup.path.stat()
    except OSError as error:
        raise _failed(backup.path, error) from error
    return Known(
        registry="",
        seq=0,
        slot=backup.slot,
        records=0,
        size=status.st_size,
        changed_ns=status.st_mtime_ns,
        verified_at=None,
    )


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    name_must_fit(folder, "")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        sync_folder(folder.parent)
    except OSError as error:
        raise _failed(folder, error) from error


def _needed(registry: Path) -> int:
    """Return the bytes that a copy needs; StorageFault where the registry is gone."""
    try:
        return registry.stat().st_size + _SPARE
    except OSError as error:
        raise StorageFault(
            Text(f"没有备份：{registry.name} 不在原处了。", f"No backup was made: {registry.name} is gone.")
        ) from error


def _must_have_room(needed: int, folder: Path) -> None:
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise _failed(folder, error) from error
    if free < needed:
        raise StorageFault(
            Text(
                f"没有备份：{folder} 的盘只剩 {free >> 20} MB，一份要 {needed >> 20} MB。腾出地方，或换个备份文件夹。",
                f"No backup was made: the disk of {folder} has {free >> 20} MB left, one takes {needed >> 20} MB. "
                "Make room, or choose another folder for backups.",
            )
        )


def _damage_of(copy: Path, *, with_edits: bool = True) -> int:
    """Return how many places of a copy are not as they were written; ``with_edits``: or edited by another program."""
    try:
        return len(verify_file(copy, with_edits=with_edits))
    except (IntegrityFault, InvalidInput):  # so damaged that it doesn't open, or is no registry any more
        return 1


def _must_be_whole(registry: Path, damaged: int) -> None:
    if damaged:
        raise IntegrityFault(
            Text(
                f"没有备份：{registry.name} 有 {damaged} 处与写下时不同，损坏的不顶替好的。",
                f"No backup was made: {damaged} places of {registry.name} are not as written, "
                "and what is damaged takes the place of nothing good.",
            )
        )


def _failed(folder: Path, error: Exception) -> StorageFault:
    return StorageFault(
        Text(
            f"备份文件夹 {folder} 出错：{words_of(error).zh}。",
            f"The folder of backups {folder} failed: {words_of(error).en}.",
        )
    )


@contextmanager
def _held(folder: Path, *, is_patient: bool) -> Iterator[bool]:
    """Hold a folder of backups; False where another process does and nobody waits. The system lets go for the dead."""
    handle = _open_lock(folder)
    try:
        yield _lock(handle, is_patient=is_patient)
    finally:
        os.close(handle)


def _open_lock(folder: Path) -> int:
    try:
        return os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise _failed(folder, error) from error


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int, *, is_patient: bool) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_LOCK if is_patient else msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if is_patient:  # tried for ten seconds
                raise Busy(_HELD) from error
            return False
        return True

else:
    import fcntl

    def _lock(handle: int, *, is_patient: bool) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if is_patient else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # a disk that can't hold files for anybody: names are taken only where free anyway
            return True
        return True
