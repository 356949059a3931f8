"""Where the program itself may have left a text outside of registries: settings, reports of crashes, unfinished work."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import StorageFault
from app.files import write_over
from app.leftovers import sweep
from app.persistence.files.own_settings import settings_file
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.purging import Sought

_NAME: Final = "compound-registry"


def traces_of(sought: Sought) -> list[Path]:
    """Return the files of the program's own, besides registries, that hold a text."""
    return [path for path in _own_files() if _text_of(path) != _without(_text_of(path), sought)]


def wipe_traces(sought: Sought, *places: Path) -> list[Path]:
    """Take a text out of those files, and sweep what killed work left in the temporary folder and in ``places``.

    Returns the files that held it. Raises StorageFault where one can't be written.
    """
    sweep(Path(tempfile.gettempdir()), *places)
    wiped = traces_of(sought)
    for path in wiped:
        try:
            write_over(path, _without(_text_of(path), sought))
        except OSError as error:
            raise StorageFault(
                Text(
                    f"{path} 里还有这段文字，写不了：{words_of(error).zh}。",
                    f"{path} still holds the text and can't be written: {words_of(error).en}.",
                )
            ) from error
    return wiped


def _own_files() -> Iterator[Path]:
    from platformdirs import user_log_path

    settings = settings_file()
    yield from (path for path in settings.parent.glob(f"{settings.stem}.*") if path.is_file())
    for folder in (user_log_path(_NAME, appauthor=False), Path(tempfile.gettempdir()) / _NAME):
        yield from (path for path in folder.glob("*.txt") if path.is_file())


def _text_of(path: Path) -> str:
    try:
        return path.read_text("utf-8", "surrogateescape")
    except OSError:  # gone meanwhile, or another user's
        return ""


def _without(text: str, sought: Sought) -> str:
    for spelling in sought.spellings:
        text = text.replace(spelling.decode("utf-8", "surrogatepass"), "")
    return sought.without(text) if sought.is_in(text) else text
