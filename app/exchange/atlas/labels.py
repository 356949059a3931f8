"""Names on a map: each where it has room, the weightier first, none over another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.exchange.pdf.face import face

if TYPE_CHECKING:
    from app.exchange.pdf.canvas import Canvas

_SHIFTS: Final = (
    (0.0, 0.0),
    (0.0, -0.6),
    (0.0, 0.6),
    (-0.4, 0.0),
    (0.4, 0.0),
)  # in widths and heights of the label


@dataclass(frozen=True, slots=True)
class Label:
    """One name: its middle on the page [pt], how it is written; ``halo`` None = none; ``below``: a second line, smaller."""

    said: str
    x: float
    y: float
    size: float
    colour: str
    halo: str | None
    bold: bool = False
    below: str = ""
    spaced: float = 0.0


class Labels:
    """The labels of one map within its frame."""

    def __init__(self, page: Canvas, frame: tuple[float, float, float, float]) -> None:
        self._page = page
        left, top, width, height = frame
        self._frame = (left + 2, top + 2, left + width - 2, top + height - 2)
        self._taken: list[tuple[float, float, float, float]] = []

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep a rectangle free of names."""
        self._taken.append((left, top, right, bottom))

    def place(self, label: Label) -> tuple[float, float, float, float] | None:
        """Write a label where it is wanted, or a little above or below; return its box, None where there is no room."""
        width = max(
            face(bold=label.bold).width(label.said, label.size) + label.spaced * max(0, len(label.said) - 1),
            face(bold=False).width(label.below, label.size * 0.85),
        )
        height = label.size * (1.15 if not label.below else 2.05)
        for across, down in _SHIFTS:
            x, top = label.x + across * width, label.y + (down - 0.5) * height
            box = (x - width / 2 - 0.8, top, x + width / 2 + 0.8, top + height)
            if self._is_free(box):
                self._taken.append(box)
                self._write(replace(label, x=x), top)
                return box
        return None

    def _is_free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        west, north, east, south = self._frame
        if left < west or right > east or top < north or bottom > south:
            return False
        return not any(
            left < r and l < right and top < b and t < bottom
            for l, t, r, b in self._taken  # noqa: E741
        )

    def _write(self, label: Label, top: float) -> None:
        base = top + label.size * 0.95
        self._line(label, label.said, base, label.size, label.spaced, bold=label.bold)
        if label.below:
            self._line(label, label.below, base + label.size * 0.95, label.size * 0.85, 0.0, bold=False)

    def _line(self, label: Label, said: str, base: float, size: float, spaced: float, *, bold: bool) -> None:
        font = face(bold=bold)
        width = font.width(said, size) + spaced * max(0, len(said) - 1)
        x = label.x - width / 2
        if label.halo is not None:
            at = x
            for part in said if spaced else (said,):
                self._page.halo(at, base, part, size, label.halo, size * 0.13, bold=bold)
                at += font.width(part, size) + spaced
        self._page.text(x, base, said, size, label.colour, bold=bold, spaced=spaced)
