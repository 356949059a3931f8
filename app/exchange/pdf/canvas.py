"""One page to draw on: points (1/72 inch) from the upper left corner, down and to the right."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import shapely

from app.exchange.pdf.face import face, glyph_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

A4: Final = (841.89, 595.28)  # points, lying
_FAR: Final = 20_000.0


class Link(NamedTuple):
    """A place on a page that leads to another: left, bottom, right, top in the file's own points, and the page's name."""

    box: tuple[float, float, float, float]
    target: str


class Canvas:
    """A page. ``name`` is unique in its document.

    What is drawn goes into the body; within ``frame`` into what does not tell one issue of the page from another, such as
    the number of the page.
    """

    def __init__(self, name: str, size: tuple[float, float] = A4) -> None:
        self.name = name
        self.width, self.height = size
        self.links: list[Link] = []
        self.glyphs: set[tuple[bool, int, str]] = set()
        self.used: dict[bool, set[str]] = {False: set(), True: set()}
        self._body: list[str] = []
        self._frame: list[str] = []
        self._now = self._body

    def contents(self) -> tuple[bytes, bytes]:
        """Return both parts of the page as it is written."""
        return tuple("\n".join(part).encode("ascii") for part in (self._body, self._frame))  # type: ignore[return-value]

    def digest(self) -> str:
        """Return the digest of the body: two pages that are alike but for their frame have the same."""
        return hashlib.sha256(self.contents()[0]).hexdigest()

    @contextmanager
    def frame(self) -> Iterator[None]:
        """Draw into the part that a page's digest leaves out."""
        self._now = self._frame
        yield
        self._now = self._body

    @contextmanager
    def clipped(self, left: float, top: float, width: float, height: float) -> Iterator[None]:
        """Draw within a rectangle alone."""
        self._now.append(f"q {self._box(left, top, width, height)} re W n")
        yield
        self._now.append("Q")

    def link(self, left: float, top: float, width: float, height: float, target: str) -> None:
        """Let a rectangle lead to another page, by its name."""
        self.links.append(Link((left, self.height - top - height, left + width, self.height - top), target))

    def text(
        self,
        x: float,
        base: float,
        said: str,
        size: float,
        colour: str,
        *,
        bold: bool = False,
        align: float = 0.0,
        spaced: float = 0.0,
    ) -> float:
        """Write one line with its base line at ``base`` and return its width.

        ``align``: 0 left, 0.5 middle, 1 right of ``x``; ``spaced``: more room between characters [pt].
        """
        if not said:
            return 0.0
        font = face(bold=bold)
        width = font.width(said, size)
        codes = "".join(f"{font.cid(character):04X}" for character in said)
        self.used[bold].update(said)
        at = f"{x - align * width:.2f} {self.height - base:.2f}"
        apart = f"{spaced:g} Tc " if spaced else ""
        closed = " 0 Tc" if spaced else ""
        self._now.append(
            f"{_rgb(colour)} rg BT /F{int(bold)} {size:g} Tf {apart}{at} Td <{codes}> Tj{closed} ET"
        )
        return width

    def halo(
        self, x: float, base: float, said: str, size: float, colour: str, width: float, *, bold: bool = False
    ) -> None:
        """Draw the edge of a line of text, ``width`` wide on each side; as a picture, so that nobody reads it twice."""
        scale = size / 1000
        self._now.append(f"q {_rgb(colour)} RG {2 * width / scale:.0f} w 1 j")
        self._drawn(x, base, said, scale, "S", bold=bold)
        self._now.append("Q")

    def sign(self, x: float, base: float, said: str, size: float, colour: str) -> None:
        """Draw characters as a picture that is no text."""
        self._now.append(f"{_rgb(colour)} rg")
        self._drawn(x, base, said, size / 1000, "f", bold=True)

    def _drawn(self, x: float, base: float, said: str, scale: float, paint: str, *, bold: bool) -> None:
        font = face(bold=bold)
        for character in said:
            cid = font.cid(character)
            key = (bold, cid, paint)
            self.glyphs.add(key)
            self._now.append(
                f"q {scale:.5f} 0 0 {scale:.5f} {x:.2f} {self.height - base:.2f} cm /{glyph_name(key)} Do Q"
            )
            x += font.advance(cid) * scale

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        edge: str | None = None,
        line: float = 0.6,
    ) -> None:
        """Draw a rectangle."""
        if fill is None and edge is None:
            return
        self._now.append(
            f"{self._inks(fill, edge, line)} {self._box(left, top, width, height)} re {_paint(fill, edge)}"
        )

    def circle(self, x: float, y: float, radius: float, *, fill: str, edge: str, line: float = 0.6) -> None:
        """Draw a circle around a point."""
        y, k = self.height - y, 0.5523 * radius
        r = radius
        self._now.append(
            f"{self._inks(fill, edge, line)} {x + r:.2f} {y:.2f} m "
            f"{x + r:.2f} {y + k:.2f} {x + k:.2f} {y + r:.2f} {x:.2f} {y + r:.2f} c "
            f"{x - k:.2f} {y + r:.2f} {x - r:.2f} {y + k:.2f} {x - r:.2f} {y:.2f} c "
            f"{x - r:.2f} {y - k:.2f} {x - k:.2f} {y - r:.2f} {x:.2f} {y - r:.2f} c "
            f"{x + k:.2f} {y - r:.2f} {x + r:.2f} {y - k:.2f} {x + r:.2f} {y:.2f} c {_paint(fill, edge)}"
        )

    def line(self, points: Sequence[tuple[float, float]], colour: str, width: float = 0.6) -> None:
        """Draw an open line."""
        (x, y), *rest = points
        told = " ".join(f"{x:.2f} {self.height - y:.2f} l" for x, y in rest)
        self._now.append(f"{_rgb(colour)} RG {width:g} w {x:.2f} {self.height - y:.2f} m {told} S")

    def shapes(
        self,
        drawn: Iterable[BaseGeometry],
        *,
        fill: str | None = None,
        edge: str | None = None,
        line: float = 0.6,
        dash: str = "",
    ) -> None:
        """Draw areas or lines, in points of the page."""
        path = self._path(drawn)
        if path:
            dashed = f"[{dash}] 0 d " if dash else ""
            self._now.append(
                f"{dashed}1 j {self._inks(fill, edge, line)} {path} {_paint(fill, edge, is_area=fill is not None)}"
                + (" [] 0 d" if dash else "")
            )

    def hatch(
        self,
        drawn: Iterable[BaseGeometry],
        colour: str,
        *,
        apart: float,
        line: float,
        origin: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        """Draw lines that rise to the right within areas, ``apart`` each, through ``origin``: neighbours' lines meet."""
        areas = list(drawn)
        path = self._path(areas)
        if not path:
            return
        west, top, east, bottom = shapely.total_bounds(areas)
        self._now.append(
            f"q {path} W* n {_rgb(colour)} RG {line:g} w {self._rising(west, top, east, bottom, apart, origin)} S Q"
        )

    def hatch_box(
        self, left: float, top: float, width: float, height: float, colour: str, *, apart: float = 2.2
    ) -> None:
        """Hatch a rectangle."""
        self._now.append(
            f"q {self._box(left, top, width, height)} re W n {_rgb(colour)} RG 0.5 w "
            f"{self._rising(left, top, left + width, top + height, apart, (0, 0))} S Q"
        )

    def _rising(
        self, west: float, top: float, east: float, bottom: float, apart: float, origin: tuple[float, float]
    ) -> str:
        step = apart * 2**0.5
        shift = (origin[0] + origin[1]) % step
        first = np.ceil((west + top - shift) / step)
        last = np.floor((east + bottom - shift) / step)
        found = []
        for sum_ in shift + step * np.arange(first, last + 1):  # x + y is the same along such a line
            low, high = max(west, sum_ - bottom), min(east, sum_ - top)
            found.append(
                f"{low:.2f} {self.height - (sum_ - low):.2f} m {high:.2f} {self.height - (sum_ - high):.2f} l"
            )
        return " ".join(found)

    def _path(self, drawn: Iterable[BaseGeometry]) -> str:
        parts = [part for part in shapely.get_parts(np.array(list(drawn), dtype=object)) if not part.is_empty]
        if not parts:
            return ""
        array = np.array(parts, dtype=object)
        is_area = shapely.get_type_id(array) == 3
        rings = shapely.get_rings(array[is_area])
        lines = np.concatenate([rings, array[~is_area]])
        xy, owner = shapely.get_coordinates(lines, return_index=True)
        whole = _hundredths(xy, self.height)
        keep = np.ones(len(whole), dtype=bool)
        keep[1:] = (owner[1:] != owner[:-1]) | (whole[1:] != whole[:-1]).any(axis=1)
        whole, owner = whole[keep], owner[keep]
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        ends = np.r_[starts[1:], len(whole)]
        told = []
        numbers = (whole / 100).tolist()
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            points = numbers[start:end]
            is_ring = owner[start] < len(rings)
            if is_ring and len(points) > 1 and points[0] == points[-1]:
                points = points[:-1]
            if len(points) > 1:
                told.append(
                    f"{points[0][0]:g} {points[0][1]:g} m "
                    + " ".join(f"{x:g} {y:g} l" for x, y in points[1:])
                    + (" h" if is_ring else "")
                )
        return " ".join(told)

    def _box(self, left: float, top: float, width: float, height: float) -> str:
        return f"{left:.2f} {self.height - top - height:.2f} {width:.2f} {height:.2f}"

    @staticmethod
    def _inks(fill: str | None, edge: str | None, line: float) -> str:
        said = []
        if fill is not None:
            said.append(f"{_rgb(fill)} rg")
        if edge is not None:
            said.append(f"{_rgb(edge)} RG {line:g} w")
        return " ".join(said)


def mixed(colour: str, ground: str, share: float) -> str:
    """Return a colour laid over another, covering ``share`` of it: paper knows no transparency."""
    one, other = (np.array([int(c[at : at + 2], 16) for at in (1, 3, 5)]) for c in (colour, ground))
    return "#" + "".join(f"{round(part):02X}" for part in share * one + (1 - share) * other)


def _hundredths(xy: NDArray[np.float64], height: float) -> NDArray[np.int64]:
    turned = np.column_stack([xy[:, 0], height - xy[:, 1]])
    return np.rint(np.clip(turned, -_FAR, _FAR) * 100).astype(np.int64)


def _rgb(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3g}" for at in (1, 3, 5))


def _paint(fill: str | None, edge: str | None, *, is_area: bool = True) -> str:
    if fill is not None and edge is not None:
        return "B*"
    return "f*" if fill is not None and is_area else "S"
