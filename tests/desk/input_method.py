"""Chinese input methods as Debian has them, each with a bus and a home of its own, pinyin from the first key on."""

from __future__ import annotations

import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.desk.session import Desk, bus, start, until

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = {
    "ibus": {"/usr/bin/ibus-daemon": "ibus", "/usr/share/ibus/component/libpinyin.xml": "ibus-libpinyin"},
    "fcitx5": {
        "/usr/bin/fcitx5": "fcitx5",
        "/usr/share/fcitx5/inputmethod/pinyin.conf": "fcitx5-chinese-addons",
    },
}
_PROFILE = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=pinyin

[Groups/0/Items/0]
Name=keyboard-us
Layout=

[Groups/0/Items/1]
Name=pinyin
Layout=

[GroupOrder]
0=Default
"""
_BEHAVIOUR = """[Behavior]
ActiveByDefault=True
ShareInputState=All
"""


def missing(name: str) -> list[str]:
    """Return the packages that this input method still needs."""
    return [package for file, package in PROGRAMS[name].items() if not Path(file).exists()]


@contextmanager
def ibus(desk: Desk, folder: Path) -> Iterator[dict[str, str]]:
    """Start ibus with libpinyin; what a program must be told is what ibus's own set-up tells it.

    Its socket lies in a short folder: libdbus, by which Qt's plugin speaks, refuses a path of 99 bytes in silence,
    and then letters arrive as they are typed.
    """
    with ExitStack() as ends:
        environment = _home(desk, folder) | {
            "QT_IM_MODULE": "ibus",
            "XMODIFIERS": "@im=ibus",
            "GSETTINGS_BACKEND": "memory",
        }
        environment |= bus(folder, desk.environment | environment, ends)
        whole = desk.environment | environment
        short = ends.enter_context(tempfile.TemporaryDirectory(prefix="im"))
        options = [f"--address=unix:tmpdir={short}", "--panel=disable", "--emoji-extension=disable"]
        start(["ibus-daemon", *options], folder, whole, ends)

        def said(*command: str) -> str:
            told = subprocess.run(["ibus", *command], env=whole, capture_output=True, text=True, check=False)
            return told.stdout.strip()

        until(lambda: said("address") not in {"", "(null)"}, "ibus")
        until(lambda: said("engine", "libpinyin") == "" and said("engine") == "libpinyin", "libpinyin")
        yield environment


@contextmanager
def fcitx5(desk: Desk, folder: Path) -> Iterator[dict[str, str]]:
    """Start fcitx5 with its pinyin; a program is told no more than such desktops tell it."""
    with ExitStack() as ends:
        environment = _home(desk, folder) | {"QT_IM_MODULE": "fcitx"}
        settings = Path(environment["XDG_CONFIG_HOME"]) / "fcitx5"
        settings.mkdir(parents=True)
        (settings / "profile").write_text(_PROFILE, "utf-8")
        (settings / "config").write_text(_BEHAVIOUR, "utf-8")
        environment |= bus(folder, desk.environment | environment, ends)
        whole = desk.environment | environment
        start(["fcitx5", "--disable=wayland,waylandim,notifications,cloudpinyin"], folder, whole, ends)
        address = Path(environment["XDG_CONFIG_HOME"]) / "ibus" / "bus"
        until(
            lambda: address.is_dir() and list(address.iterdir()),
            "the front of fcitx5 that speaks as ibus does",
        )
        yield environment


def _home(desk: Desk, folder: Path) -> dict[str, str]:
    """Return a home of its own; nothing of the system's input settings is read or written."""
    home = folder / "home"
    rooms = {
        "XDG_CONFIG_HOME": home / ".config",
        "XDG_DATA_HOME": home / ".local" / "share",
        "XDG_CACHE_HOME": home / ".cache",
        "XDG_RUNTIME_DIR": folder / "run",
    }
    for room in rooms.values():
        room.mkdir(parents=True)
        room.chmod(0o700)
    return {"HOME": str(home)} | {key: str(room) for key, room in rooms.items()}
