"""Making a registry file beside its place, and putting it there only when it is whole."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from app.errors import InvalidInput, StorageFault
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def made_aside(target: Path) -> Iterator[Path]:
    """Give a path to make a database at; when the block ends well, sync it and put it at ``target`` in one step.

    The block closes what it opens. Whatever goes wrong leaves nothing behind.

    Raises
    ------
    InvalidInput
        If something lies at ``target`` already, or its folder does not exist.
    StorageFault
        If the disk fails.

    """
    _must_be_free(target)
    if not target.parent.is_dir():
        raise InvalidInput(Text(f"没有文件夹 {target.parent}。", f"There is no folder {target.parent}."))
    aside = target.with_name(f".{target.name}.part")
    try:
        _remove(aside)
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        _must_be_free(target)  # making it may have taken minutes
        aside.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise StorageFault(
            Text(f"没有写成 {target}：{error}。", f"{target} was not written: {error}.")
        ) from error
    finally:
        _remove(aside)


def _must_be_free(target: Path) -> None:
    if target.exists():
        raise InvalidInput(
            Text(
                f"{target} 已经在了，不覆盖。换个名字。",
                f"{target} exists and is not overwritten. Choose another name.",
            )
        )


def _remove(path: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)
