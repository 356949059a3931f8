"""Every drill by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.drills import backups, bits, cuts, halves, kills, month, opening, tasks, writers
from tests.drills.shared import drill as shared

if TYPE_CHECKING:
    from tests.drills.engine import Drill

DRILLS: dict[str, Drill] = {
    module.DRILL.name: module.DRILL
    for module in (kills, cuts, halves, backups, opening, writers, bits, month, tasks, shared)
}
