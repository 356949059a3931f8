"""Where the mirror of a shared registry lies: a folder of the user's alone for each address and login."""

from __future__ import annotations

import getpass
import hashlib
import os
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from app.errors import StorageFault
from app.persistence.files.own_settings import beside, settings_file
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.persistence.shared.address import Address

SAID: Final = "mirror"  # of what a mirror keeps of itself: which server's it is, as it was when
NAME: Final = "mirror.db"  # no .gpkg: nobody is to take it for a registry
_KEY: Final = "in-use.db"
_UNWANTED: Final = "no-mirror"
_HELD: Final = Text(
    "这台电脑上另一个窗口正用着这本共享台账的本机副本。回到那个窗口，或先关掉它。",
    "Another window on this computer has this shared registry's copy open. Go there, or close it first.",
)
_UNWRITTEN: Final = Text("本机副本写不了，在 {0}：{1}。", "The copy in {0} can't be written: {1}.")
_GIVEN: Final = "COMPOUND_REGISTRY_SETTINGS"


def mirrors_folder() -> Path:
    """Return the folder of all mirrors of this user: with the user's data, or beside the settings that are named."""
    if os.environ.get(_GIVEN, "").strip():
        return beside(settings_file(), ".mirrors")
    from platformdirs import user_data_path

    return user_data_path("compound-registry", appauthor=False) / "mirrors"


def folder_of(address: Address) -> Path:
    """Return the folder of an address's mirror, there or not. Without a login it is that of whoever is at the desk."""
    whole = replace(address, login=address.login or _own_login())
    mark = hashlib.sha256(whole.text.encode()).hexdigest()[:16]
    shown = re.sub(r"[^A-Za-z0-9.-]", "_", f"{whole.database}-{whole.login}")[:60]
    return mirrors_folder() / f"{shown}-{mark}"


def _own_login() -> str:
    given = os.environ.get("PGUSER", "").strip()
    try:
        return given or getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def make_folder(folder: Path) -> None:
    """Make a folder that nobody else can enter. Raises OSError."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def is_wanted(address: Address) -> bool:
    """Whether a mirror of this address may lie on this computer: yes, unless somebody said no."""
    return not (folder_of(address) / _UNWANTED).exists()


def want(address: Address, *, is_wanted: bool) -> None:
    """Remember whether a mirror of this address may lie here. Raises OSError."""
    folder = folder_of(address)
    if is_wanted:
        (folder / _UNWANTED).unlink(missing_ok=True)
        return
    make_folder(folder)
    (folder / _UNWANTED).touch(0o600)


def take_away(folder: Path) -> None:
    """Delete all of a mirror but the word that none is wanted. Raises OSError."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name not in (_UNWANTED, _KEY):
            path.unlink()


class Key:
    """Held by the one program that has a mirror open; the system lets go of it when that program ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        """Take it. Raises StorageFault where another program has it or the disk is full, OSError where the folder can't be written."""
        path = folder / _KEY
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
        except sqlite3.Error as error:
            raise StorageFault(_UNWRITTEN.format(folder, words_of(error))) from error
        try:
            path.chmod(0o600)
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            self._connection.close()
            is_held = error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            raise StorageFault(_HELD if is_held else _UNWRITTEN.format(folder, words_of(error))) from error
        except BaseException:
            self._connection.close()
            raise

    def let_go(self) -> None:
        """Let another program have it."""
        with closing(self._connection):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
