"""Where a file is damaged: the sentence that names the newest backup there is, or says that there is none."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from app.persistence.backups.listing import backups_in, newest_good, said_of
from app.persistence.backups.place import folder_of
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

_SHUT: Final = Text("备份文件夹 {} 打不开。", "The folder of backups {} can't be opened.")


def way_back(registry: Path) -> Text:
    """Return the sentence for a registry, damaged or gone.

    It is asked where something is wrong already, so it raises nothing.
    """
    folder = folder_of(registry)
    try:
        found = backups_in(folder)
    except OSError:
        return _SHUT.format(folder)
    own = id_in(registry) if found else None
    return said_of(newest_good(one for one in found if own in (None, one.registry)))


def id_in(registry: Path) -> str | None:
    """Return a registry's own id; None where the file doesn't tell it, or is gone."""
    try:
        with closing(sqlite3.connect(f"{registry.absolute().as_uri()}?mode=ro", uri=True)) as file:
            found = file.execute("SELECT value FROM registry_info WHERE key = 'id'").fetchone()
    except sqlite3.Error:
        return None
    return found[0] if found and isinstance(found[0], str) else None
