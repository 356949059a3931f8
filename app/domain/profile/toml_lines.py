"""Where in a TOML text a key stands: tomllib reads values without their lines."""

from __future__ import annotations

import re
from typing import Final

Path = tuple[str | int, ...]

_TABLES: Final = re.compile(r"^\s*\[\[\s*([\w.\-]+)\s*\]\]")
_TABLE: Final = re.compile(r"^\s*\[\s*([\w.\-]+)\s*\]")
_KEY: Final = re.compile(r"^\s*([\w.\-]+)\s*=")


def key_lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every table and key; a key inside an inline table has its owner's line.

    A path is such as ``("facts", 2, "type")``: the type of the third ``[[facts]]``.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    here: Path = ()
    fence = ""
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            fence = "" if fence in line else fence
            continue
        if depth == 0:
            if (many := _TABLES.match(line)) is not None:
                path = _inside(many[1], counts)
                counts[path] = counts.get(path, -1) + 1
                here = (*path, counts[path])
                lines.setdefault(path, number)
                lines[here] = number
            elif (one := _TABLE.match(line)) is not None:
                here = _inside(one[1], counts)
                lines.setdefault(here, number)
            elif (key := _KEY.match(line)) is not None:
                lines.setdefault((*here, *key[1].split(".")), number)
        fence = next((mark for mark in ('"""', "'''") if line.count(mark) % 2 == 1), "")
        if not fence:
            bare = re.sub(r"\"(\\.|[^\"\\])*\"|'[^']*'|#.*", "", line)
            if depth or not (_TABLES.match(line) or _TABLE.match(line)):
                depth = max(0, depth + bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}"))
    return lines


def line_of(lines: dict[Path, int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest thing around it."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return None


def _inside(dotted: str, counts: dict[Path, int]) -> Path:
    path: Path = ()
    parts = dotted.split(".")
    for place, part in enumerate(parts):
        path = (*path, part)
        if place < len(parts) - 1 and path in counts:  # in the last of an array of tables
            path = (*path, counts[path])
    return path
