"""What lies over the map while new stations are sited: candidates, the places chosen, their reach. Values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from geo.crs import Zone

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, kw_only=True)
class Sites:
    """Places in metres of ``zone``: ``candidates`` (n, 2), ``places`` (k, 2) in the order in which they are added.

    ``radius`` [m] of the reach of each, 0 where it is no circle. ``said``: what is written beside the place under the
    hand. ``is_fixed``: nothing may be dragged just now.
    """

    zone: Zone
    candidates: Floats
    places: Floats
    radius: float
    said: tuple[str, ...] = ()
    is_fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """A file to be chosen: ``purpose`` is what the folder is remembered for, ``kinds`` words with their endings.

    ``take`` gets the path; ``is_new``: a file to be written.
    """

    purpose: str
    kinds: tuple[tuple[Text, tuple[str, ...]], ...]
    take: Callable[[str], object]
    is_new: bool = False
    typed: str = ""
