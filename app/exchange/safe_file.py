"""Writing a file that is either whole or not there: aside, checked, synced, renamed (design 7)."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import InvalidInput, Problem, StorageFault
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends well, put that file in ``target``'s place in one step.

    Whatever goes wrong, cancelling included, leaves ``target`` as it was and nothing beside it.

    Raises
    ------
    StorageFault
        Disk full, no permission, the target is a folder, or what was written is not what lies on the disk.
    InvalidInput
        The folder does not exist.

    """
    folder = target.parent
    if not folder.is_dir():
        raise InvalidInput(
            Text(
                f"没有文件夹 {folder}。先建好，或换个位置。",
                f"There is no folder {folder}: make it, or choose another.",
            )
        )
    if target.is_dir():
        raise _fault(
            target, Text("这是文件夹，不是文件。写一个文件名。", "this is a folder; give a file name.")
        )
    try:
        aside = Path(tempfile.mkdtemp(prefix=".export-", dir=folder))
    except OSError as error:
        raise _fault(target, _reason(error)) from error
    try:
        draft = aside / target.name
        yield draft
        if not draft.is_file() or draft.stat().st_size == 0:
            raise _fault(
                target, Text("写出来是空的。看看磁盘是否满了。", "nothing arrived on the disk; is it full?")
            )
        _sync(draft)
        draft.replace(target)
        _sync(folder)
    except OSError as error:
        raise _fault(target, _reason(error)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes and look whether all of them arrived."""
    with path.open("xb", buffering=0) as file:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
    if path.stat().st_size != len(content):
        raise OSError(errno.ENOSPC, "short file")


def _sync(path: Path) -> None:
    if os.name == "nt" and path.is_dir():
        return  # Windows has no handle on a folder to sync
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _reason(error: OSError) -> Text:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Text(
            "磁盘满了。腾出空间，或换个位置。", "the disk is full; make room or choose another place."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Text(
            "没有写的权限。换个位置，或请管理员开权限。",
            "no permission to write there; choose another place or ask for it.",
        )
    if error.errno == errno.ENAMETOOLONG:
        return Text("文件名太长。写短一些。", "the file name is too long.")
    return Text(
        f"磁盘报错：{error.strerror or error}。换个位置再试。", f"the disk says: {error.strerror or error}."
    )


def _fault(target: Path, reason: Text) -> StorageFault:
    return StorageFault(
        Text(f"没有导出到 {target.name}：{reason.zh}", f"{target.name} was not exported: {reason.en}"),
        (Problem(message=reason, file=str(target)),),
    )
