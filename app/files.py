"""Putting a finished file in its place: synced, in one step, and with a folder that remembers it."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput
from app.leftovers import EXPORT, own_folder
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV}
_MOST_BYTES: Final = 255  # of a name, where the disk does not say


def put_over(draft: Path, target: Path) -> None:
    """Put a draft on the same disk at ``target``, over whatever lies there. Raises OSError where the disk fails."""
    _sync(draft)
    draft.replace(target)
    _sync(target.parent)


def write_over(target: Path, text: str) -> None:
    """Write a small text in place of whatever lies at ``target``: whole, or as it was. Raises OSError."""
    with own_folder(EXPORT, target.parent) as folder:
        draft = folder / "draft"
        draft.write_text(text, "utf-8")
        put_over(draft, target)


def put_folder(made: Path, folder: Path) -> None:
    """Put a finished folder on the same disk at ``folder``, where nothing lies, with all that is in it synced.

    Raises FileExistsError if something does, another OSError where the disk fails.
    """
    for path in made.iterdir():
        _sync(path)
    _sync(made)
    if folder.exists():  # an empty folder would be replaced without a word
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
    made.rename(folder)
    folder.chmod(0o777 & ~_mask())  # a private folder was made for it
    _sync(folder.parent)


def _mask() -> int:
    """Return which rights new files of this process don't get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


def put_new(draft: Path, target: Path) -> None:
    """Put a draft on the same disk at ``target`` if nothing lies there; a file of somebody else stays.

    Raises FileExistsError if something does, another OSError where the disk fails.
    """
    _sync(draft)
    if os.name == "nt":
        draft.rename(target)  # Windows renames over nothing
    else:
        _link_or_reserve(draft, target)
    _sync(target.parent)


def _link_or_reserve(draft: Path, target: Path) -> None:
    try:
        target.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        target.open("xb").close()  # a disk without links: take the name first, then fill it
        try:
            draft.replace(target)
        except OSError:
            target.unlink(missing_ok=True)
            raise
    else:
        draft.unlink()


def name_must_fit(target: Path, beside: str) -> None:
    """Raise InvalidInput if a name, with the longest ending that is put beside it, is too long for the disk."""
    try:
        most = os.pathconf(target.parent, "PC_NAME_MAX")
    except (AttributeError, OSError, ValueError):
        most = _MOST_BYTES
    most -= len(beside)
    used = len(os.fsencode(target.name))
    if used > most:
        raise InvalidInput(
            Text(
                f"文件名有 {used} 字节，最多 {most} 字节。写短一些。",
                f"The name takes {used} bytes; at most {most} fit. Make it shorter.",
            )
        )


def sync_folder(folder: Path) -> None:
    """Make a folder's names outlive a power cut. Raises OSError where the disk fails."""
    _sync(folder)


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle on a folder to sync
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
