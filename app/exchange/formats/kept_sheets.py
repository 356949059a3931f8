"""What a workbook said of each unit, kept in its properties, where no sheet shows it."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Any, Final

from app.domain.leaving.sheets import sheets_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.leaving.content import Leaving

_PROPERTY: Final = "sheet "  # before a unit's code
_PART: Final = "docProps/custom.xml"
_KEPT: Final = re.compile(rf'name="{_PROPERTY}([\w-]*)"><vt:lpwstr>([0-9a-f]+)</vt:lpwstr>')
_LARGEST: Final = 1 << 24  # bytes of properties that are looked at


def keep_sheets(book: Any, leaving: Leaving) -> None:
    """Put the digest of what is said of the whole and of each unit into a workbook that is being made."""
    for unit, digest in sheets_of(leaving).items():
        book.set_custom_property(_PROPERTY + unit, digest, "text")


def sheets_in_workbook(path: Path) -> dict[str, str]:
    """Return what a workbook made before said of each unit; {} for one that keeps nothing. Raises OSError, ValueError."""
    try:
        with zipfile.ZipFile(path) as parts:
            if _PART not in parts.namelist():
                return {}
            with parts.open(_PART) as file:
                text = file.read(_LARGEST).decode("utf-8")
    except zipfile.BadZipFile as error:
        raise ValueError(str(error)) from error
    return dict(_KEPT.findall(text))
