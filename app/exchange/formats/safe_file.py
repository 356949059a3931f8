"""Writing a file that is either whole or not there: aside, checked, synced, renamed (design 7)."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from app.errors import InvalidInput, Problem, StorageFault
from app.files import name_must_fit, put_folder, put_new, put_over
from app.leftovers import EXPORT, own_folder
from app.system_words import words_of
from app.text import Text, readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """Give a path to write to; when the block ends well, put that file in ``target``'s place in one step.

    Whatever goes wrong, cancelling included, leaves ``target`` as it was and nothing beside it.

    Raises
    ------
    StorageFault
        Disk full, no permission, the target is a folder, or what was written is not what lies on the disk.
    InvalidInput
        The folder does not exist, or the target is a registry: this one or another.

    """
    folder = target.parent
    if not folder.is_dir():
        raise _no_folder(folder)
    name_must_fit(target, "")
    if target.is_dir():
        raise _fault(
            target, Text("这是文件夹，不是文件。写一个文件名。", "this is a folder; give a file name.")
        )
    must_be_no_registry(target)
    try:
        with own_folder(EXPORT, folder) as aside, _place_to_write(aside) as place:
            draft = aside / f"draft{target.suffix}"
            yield place / draft.name
            if place != aside:
                shutil.copyfile(place / draft.name, draft)
            if not draft.is_file() or draft.stat().st_size == 0:
                raise _fault(
                    target,
                    Text("写出来是空的。看看磁盘是否满了。", "nothing arrived on the disk; is it full?"),
                )
            put_over(draft, target)
    except OSError as error:
        raise _fault(target, _reason(error)) from error


@contextmanager
def written_together(folder: Path, *, is_over: bool = False) -> Iterator[Path]:
    """Give a folder to write files into; when the block ends well, all of them stand in ``folder``, else none.

    A folder that isn't there yet is made, beside others that are. ``is_over``: files of the same names that stand there
    are replaced; without it they are refused, and nothing is put in. Whatever goes wrong, cancelling included, leaves
    ``folder`` as it was.

    Raises
    ------
    StorageFault
        As ``written_aside`` does.
    InvalidInput
        The folder above does not exist, something that is no folder or a registry stands there, or files of the same
        names without ``is_over``.

    """
    if folder.exists() and not folder.is_dir():
        raise _fault(folder, Text("这是文件，不是文件夹。写一个文件夹。", "this is a file; name a folder."))
    is_there = folder.is_dir()
    beside = folder if is_there else folder.parent
    if not beside.is_dir():
        raise _no_folder(beside)
    name_must_fit(folder, "")
    try:
        with own_folder(EXPORT, beside) as aside, _place_to_write(aside) as place:
            made, drafts = aside / "made", place / "drafts"
            drafts.mkdir()
            yield drafts
            if not any(drafts.iterdir()):
                return  # nothing was wanted: no folder is made for it
            if place == aside:
                drafts.rename(made)
            else:
                shutil.copytree(drafts, made)
            if is_there:
                put_all(made, folder, aside, is_over=is_over)
            else:
                put_folder(made, folder)
    except OSError as error:
        raise _fault(folder, _reason(error)) from error


def put_all(made: Path, folder: Path, aside: Path, *, is_over: bool) -> None:
    """Put all files of a folder into another one on the same disk, or none; ``aside`` keeps meanwhile what is replaced."""
    names = sorted(path.name for path in made.iterdir())
    refuse_those_there(folder, names, is_over=is_over)
    kept = aside / "kept"
    kept.mkdir()
    put: list[str] = []
    try:
        for name in names:
            target = folder / name
            if is_over and target.exists():
                target.rename(kept / name)
            put.append(name)
            put_new(made / name, target)
    except BaseException:
        for name in put:
            if not (made / name).exists():
                (folder / name).unlink(missing_ok=True)
            if (kept / name).exists():
                (kept / name).rename(folder / name)
        raise


def refuse_those_there(folder: Path, names: Sequence[str], *, is_over: bool) -> None:
    """Raise InvalidInput where something stands that may not be replaced, with the name of each."""
    there = [name for name in names if (folder / name).exists() or (folder / name).is_symlink()]
    for name in there:
        if (folder / name).is_dir():
            raise _fault(folder / name, Text("这里有同名的文件夹。", "a folder of that name stands there."))
        must_be_no_registry(folder / name)
    if there and not is_over:
        message = Text(
            f"{folder} 里已有其中 {len(there)} 份。换一个文件夹，或选“换掉同名的文件”（命令里写 --replace）。",
            f"{len(there)} of the files are in {folder} already. Name another folder, or replace files of the same names "
            "(--replace).",
        )
        what = Text("已经有了", "is there already")
        raise InvalidInput(message, tuple(Problem(message=what, file=name) for name in there))


def must_be_no_registry(target: Path) -> None:
    """Raise InvalidInput where a registry stands: nothing that leaves is put in its place."""
    if _is_registry(target):
        message = Text(
            f"{target} 是一本台账，不能用导出的文件盖掉。换一个文件名。",
            f"{target} is a registry and is not overwritten; give another name.",
        )
        raise InvalidInput(message, (Problem(message=message, file=str(target)),))


def _no_folder(folder: Path) -> InvalidInput:
    return InvalidInput(
        Text(
            f"没有文件夹 {folder}。先建好，或换个位置。",
            f"There is no folder {folder}: make it, or choose another.",
        )
    )


@contextmanager
def _place_to_write(aside: Path) -> Iterator[Path]:
    """Give the folder to write in; another where the name of this one is no UTF-8, which libraries can't write to."""
    if readable(str(aside)) == str(aside):
        yield aside
    else:
        with own_folder(EXPORT) as place:
            yield place


def _is_registry(target: Path) -> bool:
    """Whether a registry lies there already; a GeoPackage that was exported before is none."""
    try:
        with target.open("rb") as file:
            if file.read(16) != b"SQLite format 3\x00":
                return False
        uri = f"{target.absolute().as_uri()}?mode=ro"  # with what lies in its log
        with closing(sqlite3.connect(uri, uri=True)) as base:
            row = base.execute("SELECT COUNT(*) FROM sqlite_master WHERE name = 'registry_info'").fetchone()
    except OSError:
        return False  # nothing there, or nothing that can be read: the writing says so
    except sqlite3.Error:
        return True  # a damaged database: nobody's export to lose by mistake
    return bool(row[0])


def write_whole(path: Path, content: bytes) -> None:
    """Write bytes and look whether all of them arrived."""
    with path.open("xb", buffering=0) as file:
        rest = memoryview(content)
        while rest:
            rest = rest[file.write(rest) :]
    if path.stat().st_size != len(content):
        raise OSError(errno.ENOSPC, "short file")


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
    why = words_of(error)
    return Text(f"{why.zh}。换个位置再试。", f"{why.en}; try another place.")


def _fault(target: Path, reason: Text) -> StorageFault:
    return StorageFault(
        Text(f"没有导出到 {target.name}：{reason.zh}", f"{target.name} was not exported: {reason.en}"),
        (Problem(message=reason, file=str(target)),),
    )
