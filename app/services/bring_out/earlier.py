"""What a file that was made before said of each unit, so that what would be as it was can stay away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.leaving.sheets import WHOLE
from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from app.domain.leaving.format import Format

_NOTHING_KEPT: Final = Text(
    "{0} 文件不记每张说了什么，--changed-since 用不上。去掉它，或导出成网页、工作簿或图册。",
    "A {0} file keeps nothing of what its sheets said, so --changed-since can't be used. Leave it out, or export a page, "
    "workbook or atlas.",
)
_OTHER: Final = Text(
    "{0} 里没有上次导出的记录：要写本程序导出的 {1} 文件。",
    "{0} tells nothing of an earlier export: name a {1} file that this program made.",
)


def earlier_sheets(format_: Format, since: Path) -> Mapping[str, str]:
    """Return what each sheet of an earlier file said, as digests by unit.

    Raises InvalidInput for a format that keeps nothing of it, and for a file that is none of ours.
    """
    if format_.sheets_in is None:
        raise InvalidInput(_NOTHING_KEPT.format(format_.ending))
    message = _OTHER.format(since.name, format_.ending)
    other = InvalidInput(message, (Problem(message=message, file=str(since)),))
    if not since.name.lower().endswith(format_.ending) or not since.is_file():
        raise other
    try:
        found = format_.sheets_in(since)
    except (OSError, ValueError, KeyError) as error:
        raise other from error
    if not found:
        raise other
    return found


def whole_of(sheets: Mapping[str, str]) -> str:
    """Return what a whole file said: its own digest, or those of all its sheets where it keeps no other."""
    return sheets.get(WHOLE) or " ".join(f"{name}={digest}" for name, digest in sorted(sheets.items()))


def earlier_of_each(format_: Format, since: Path, names: Mapping[str, str]) -> dict[str, str]:
    """Return what each unit's own file said, or its sheet in an earlier file of all, as digests by unit.

    ``since``: the folder of an earlier batch, in which a unit's file may have gone by another name, or one file.
    Raises InvalidInput as ``earlier_sheets`` does, and for a folder without such a file.
    """
    if not since.is_dir():
        return {unit: digest for unit, digest in earlier_sheets(format_, since).items() if unit in names}
    found = {}
    for path in sorted(since.iterdir()):
        unit = next((code for code in names if path.name.startswith(f"{code}-")), None)
        if unit is not None and path.name.lower().endswith(format_.ending):
            found[unit] = whole_of(earlier_sheets(format_, path))
    if not found:
        message = _OTHER.format(since.name, format_.ending)
        raise InvalidInput(message, (Problem(message=message, file=str(since)),))
    return found
