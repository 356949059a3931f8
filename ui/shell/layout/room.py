"""The space at hand, by which panels are laid out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_LOW: Final = 760


@dataclass(frozen=True, slots=True)
class Room:
    """The space at hand, in effective pixels."""

    band: str  # wide, middle, narrow
    is_low: bool

    @classmethod
    def of(cls, width: int, height: int) -> Room:
        """Return the room of a window."""
        band = "wide" if width >= 1600 else "middle" if width >= 1280 else "narrow"
        return cls(band, height < _LOW)

    @property
    def key(self) -> str:
        """Return the name under which sizes are remembered."""
        return f"{self.band}{'-low' if self.is_low else ''}"
