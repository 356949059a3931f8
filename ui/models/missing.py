"""What a unit lacks to a target, as people count it: whole subjects where subjects are counted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.coverage.results import Figures


def missing_to(figures: Figures, target: float) -> float:
    """Return what must still be covered so that the lowest possible rate reaches ``target`` (0 to 1)."""
    lacking = target * figures.total - figures.covered
    if isinstance(figures.total, int):
        return max(0, math.ceil(lacking - 1e-9))
    return max(0.0, lacking)
