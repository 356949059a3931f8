"""What is added up: registry files, and folders of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENDING: Final = "*.gpkg"


def sources_of(given: Sequence[str]) -> tuple[str, ...]:
    """Return the registries meant: a folder stands for the ``.gpkg`` files that lie in it, by name.

    Whether a file can be read is seen when it is read. Raises InvalidInput if nothing is given, a folder holds no
    registry, or a file is meant twice.
    """
    found: dict[Path, str] = {}
    for word in given:
        for path in _files_of(word):
            twice = found.setdefault(path.resolve(), word)
            if twice is not word:
                _refuse(word, _TWICE.format(path.name))
    if not found:
        raise InvalidInput(_NONE)
    return tuple(str(path) for path in found)


def _files_of(word: str) -> Iterable[Path]:
    path = Path(word)
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.glob(_ENDING) if file.is_file())
    if not files:
        _refuse(word, _EMPTY.format(word))
    return files


def _refuse(word: str, message: Text) -> None:
    raise InvalidInput(message, (Problem(message=message, file=word),))


_NONE: Final = Text(
    "没有写要汇总哪些台账：写几个台账文件，或一个装着台账的文件夹。",
    "No registry to add up: name registry files, or a folder that holds some.",
)
_EMPTY: Final = Text("文件夹 {0} 里没有台账（.gpkg）。", "The folder {0} holds no registry (.gpkg).")
_TWICE: Final = Text(
    "{0} 写了两次：一个台账只能汇总一次。", "{0} is named twice: a registry is added up once."
)
