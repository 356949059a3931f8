"""How the program is started: which files a desktop hands over, and where its input method is found. Without Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import MutableMapping, Sequence

_LANGS: Final = ("zh", "en")
_ADDRESS: Final = re.compile(r"postgres(ql)?:/", re.IGNORECASE)
_FILE: Final = re.compile(r"(?i)file:")
_LOOKS_LIKE_A_FILE: Final = re.compile(r"[/\\]|\.[^.\s]+$")


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person who starts the window wants to see: ``files`` as given, absolute, none twice.

    ``lang`` is None where none was named: the window then speaks the language that was chosen in it last.
    """

    files: tuple[Path, ...] = ()
    lang: str | None = None

    @property
    def registries(self) -> tuple[Path, ...]:
        """The files that are registries by their name, and folders of them."""
        return tuple(path for path in self.files if is_opened(path))

    @property
    def others(self) -> tuple[Path, ...]:
        """The files to be imported."""
        return tuple(path for path in self.files if not is_opened(path))


def is_opened(path: Path) -> bool:
    """Whether something is opened, not imported: a registry by its name or its address, or a folder, which is a province."""
    is_address = _ADDRESS.match(path.as_posix()) is not None
    return is_address or path.suffix.lower() == ".gpkg" or path.is_dir()


def read_arguments(arguments: Sequence[str]) -> Wish | None:
    """Return what to open in the window, None where a verb of the command line is meant.

    Files come as paths or as ``file://`` addresses. A verb has neither a dot nor a slash in it.
    """
    files: dict[Path, None] = {}
    lang: str | None = None
    left = list(arguments)
    while left:
        word = left.pop(0)
        if word == "--lang" and left:
            word = f"--lang={left.pop(0)}"
        if word.startswith("--lang="):
            lang = word.removeprefix("--lang=")
            if lang not in _LANGS:
                return None
        elif word.startswith("-") or not (path := as_path(word)):
            return None
        else:
            files[path] = None
    return Wish(tuple(files), lang)


def as_path(word: str) -> Path | None:
    """Return the absolute path that a word means, or the address of a shared registry; None where it is no file's."""
    if _ADDRESS.match(word):
        return Path(word)
    if _FILE.match(word):
        from urllib.request import url2pathname  # it brings the client of HTTP along, for half of a start

        return Path(url2pathname(urlsplit(word).path)).absolute()
    return Path(word).expanduser().absolute() if _LOOKS_LIKE_A_FILE.search(word) else None


def prepare_input_method(environ: MutableMapping[str, str], platform: str) -> None:
    """Let Chinese be typed where the input method is fcitx: its own plugin is not in the wheel, its ibus front is.

    Called before the application object is made. Whatever a user has set stays.
    """
    if not platform.startswith("linux") or environ.get("QT_IM_MODULES"):
        return
    named = environ.get("QT_IM_MODULE") or environ.get("XMODIFIERS", "").rpartition("@im=")[2]
    if named in ("fcitx", "fcitx5"):
        environ["QT_IM_MODULES"] = "fcitx;ibus"
    elif named == "ibus" and not environ.get("QT_IM_MODULE"):
        environ["QT_IM_MODULES"] = "ibus"
