"""All the formats that data leave in, written and painted: one line for each painted one, after those of ``app``.

Light to load: what paints is loaded by a format when it is asked for.
"""

from __future__ import annotations

from typing import Final

from app.services.bring_out.formats import WRITTEN
from ui.map.export.png import PNG

FORMATS: Final = WRITTEN.with_(
    PNG,
)
