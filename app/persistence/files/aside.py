"""Making a registry file beside its place, and putting it there only when it is whole."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, StorageFault
from app.files import name_must_fit, put_new
from app.leftovers import REGISTRY, own_folder
from app.persistence.files.own_copy import LOGS
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONGEST_BESIDE: Final = "-journal"  # what SQLite puts beside a file


@contextmanager
def made_aside(target: Path) -> Iterator[Path]:
    """Give a path to make a database at; when the block ends well, sync it and put it at ``target`` in one step.

    The block closes what it opens. Whatever goes wrong leaves nothing behind, and what lies at ``target`` by then
    stays as it is: the draft has a folder of its own, and takes its name only where that is free.

    Raises
    ------
    InvalidInput
        If something lies at ``target`` already, or the log of a file that lay there; if its name is too long, or its
        folder does not exist.
    StorageFault
        If the disk fails.

    """
    if target.parent.is_dir():
        name_must_fit(target, _LONGEST_BESIDE)
    else:
        raise InvalidInput(Text(f"没有文件夹 {target.parent}。", f"There is no folder {target.parent}."))
    if target.exists() or target.is_symlink():
        raise _taken(target)
    for ending in LOGS:
        log = target.with_name(target.name + ending)
        if log.exists() and log.stat().st_size:
            raise _log_left(log)
    try:
        with own_folder(REGISTRY, target.parent) as folder:
            draft = folder / "draft.gpkg"
            yield draft
            try:
                put_new(draft, target)
            except FileExistsError as error:  # making it may have taken minutes
                raise _taken(target) from error
    except (OSError, sqlite3.Error) as error:
        raise StorageFault(
            Text(
                f"没有写成 {target}：{words_of(error).zh}。",
                f"{target} was not written: {words_of(error).en}.",
            )
        ) from error


def _taken(target: Path) -> InvalidInput:
    return InvalidInput(
        Text(
            f"{target} 已经在了，不覆盖。换个名字。",
            f"{target} exists and is not overwritten. Choose another name.",
        )
    )


def _log_left(log: Path) -> InvalidInput:
    """Return the refusal to put a file where SQLite would take another one's log for its own, and write it over."""
    return InvalidInput(
        Text(
            f"{log} 是从前这个名字的文件留下的日志，会被当成新文件的。换个名字；那个文件还在，就和它放在一起。",
            f"{log} is the log of a file that had this name, and would be taken for the new one's. Choose another name; if "
            "that file is still somewhere, put the log beside it.",
        )
    )
