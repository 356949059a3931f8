"""The map as a picture, PNG. What paints is loaded when a picture is asked for: no other format needs Qt."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Final

from app.domain.kinds import Where, tables_in
from app.domain.leaving.format import Format
from app.errors import InvalidInput
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.leaving.content import Leaving
    from app.jobs import Ticket

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PAINTING: Final = Text("画图片", "Painting the picture")
_NO_QT: Final = Text(
    "画图片要用 Qt，它在本机缺系统库（{0}）。make setup 会装上，或说出要装哪些软件包；页面、工作簿和表不受影响。",
    "A picture is drawn by Qt, which lacks a library on this machine ({0}). make setup installs it or names the "
    "packages; pages, workbooks and tables need none of it.",
)


def write_png(path: Path, leaving: Leaving, ticket: Ticket) -> None:
    """Paint the picture; InvalidInput where this machine can't load what paints."""
    try:
        from ui.map.export.painting import draw
    except ImportError as missing:
        raise InvalidInput(_NO_QT.format(missing)) from missing
    ticket.step(_PAINTING, 0, 1)
    draw(path, leaving)


def fields_in_png(path: Path, leaving: Leaving) -> set[str]:
    """Return what a finished picture shows.

    A picture can't be read back: these are the fields that its painter was given to write beside the outlines.
    """
    if path.read_bytes()[:8] != _SIGNATURE:
        raise OSError(errno.EIO, "no picture arrived")
    drawn = {f"{name}.name" for name, layer in leaving.layers.items() if layer.rows}
    drawn |= {f"{name}.status" for name in ("compound",) if leaving.has_status and name in leaving.layers}
    return drawn | {f"{leaving.by}.rate"}


PNG: Final = Format(
    name="png",
    words=Text("图片（PNG）", "Picture (PNG)"),
    ending=".png",
    layers=tables_in(Where.PICTURE),
    write=write_png,
    fields_in=fields_in_png,
)
