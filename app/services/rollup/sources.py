"""What is added up: registry files, partitions of registries, folders of both, and addresses of shared registries."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, Problem
from app.services.registry.info import is_address
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENDINGS: Final = ("*.gpkg", "*.parquet")


def sources_of(given: Sequence[str]) -> tuple[str, ...]:
    """Return the registries meant: a folder stands for the registries and partitions that lie in it, by name.

    Whether one can be read is seen when it is read. Raises InvalidInput if nothing is given, a folder holds no
    registry, an address is not whole or holds a password, or one is meant twice.
    """
    found: dict[str, None] = {}
    for word in given:
        for place in [word] if is_address(word) else _files_of(word):
            if place in found:
                _refuse(word, _TWICE.format(Path(place).name))
            found[place] = None
    if not found:
        raise InvalidInput(_NONE)
    return tuple(found)


def _files_of(word: str) -> Iterable[str]:
    path = Path(word)
    if not path.is_dir():
        return [str(path.resolve())]
    files = sorted(file for ending in _ENDINGS for file in path.glob(ending) if file.is_file())
    if not files:
        _refuse(word, _EMPTY.format(word))
    return [str(file.resolve()) for file in files]


def _refuse(word: str, message: Text) -> None:
    raise InvalidInput(message, (Problem(message=message, file=word),))


_NONE: Final = Text(
    "没有写要汇总哪些台账：写几个台账文件、共享台账的地址，或一个装着台账的文件夹。",
    "No registry to add up: name registry files, addresses of shared registries, or a folder that holds some.",
)
_EMPTY: Final = Text(
    "文件夹 {0} 里没有台账（.gpkg），也没有分区（.parquet）。",
    "The folder {0} holds no registry (.gpkg) and no partition (.parquet).",
)
_TWICE: Final = Text(
    "{0} 写了两次：一个台账只能汇总一次。", "{0} is named twice: a registry is added up once."
)
