"""The colours of the program, from ``resources/palette.json``: one file for window, map, page, picture and workbook.

A colour is ``#RRGGBB``; ``seq``, ``wash`` and ``gap`` are one for each band, from low to high. What the file says of a
status are names of colours, so that each theme has its own.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

PLAIN: Final = "plain"  # of what no measure is about


class StatusColours(NamedTuple):
    """How a compound of some status is drawn: its ground, its edge, and the dot that it is from afar."""

    fill: str
    edge: str
    dot: str


@cache
def _file() -> dict[str, Any]:
    text = resources.files("resources").joinpath("palette.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@cache
def theme(name: str) -> Mapping[str, Any]:
    """Return the colours of a theme, "light" or "dark", by name; a sequence is a tuple."""
    return {
        key: tuple(colour) if isinstance(colour, list) else colour for key, colour in _file()[name].items()
    }


@cache
def page() -> Mapping[str, Any]:
    """Return the colours of what is sent and printed: the light theme, with the ground of a page."""
    return {**theme("light"), **_file()["page"]}


def sheet() -> Mapping[str, Any]:
    """Return the colours of workbooks: the light theme, with what templates have besides."""
    return {**theme("light"), **_file()["sheet"]}


def compound_kinds() -> Mapping[str, str]:
    """Return the colour of each kind of compound."""
    found: Mapping[str, str] = _file()["compound_kind"]
    return found


@cache
def statuses(theme_name: str) -> Mapping[str, StatusColours]:
    """Return how each status is drawn in a theme."""
    colours = theme(theme_name)
    return {
        status: StatusColours(*(colours[names[part]] for part in StatusColours._fields))
        for status, names in _file()["status"].items()
    }
