"""How much of a login's waits on this computer, asked beside whoever has the mirror open."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from app.persistence import spelled
from app.persistence.shared.mirror.place import NAME, SAID, folder_of

if TYPE_CHECKING:
    from app.persistence.shared.address import Address

_STEPS: Final = "SELECT id, undone_by FROM change WHERE seq > ?"
_KEPT: Final = "SELECT count(*) FROM waiting"


def unsent_of(address: Address) -> int:
    """Return how many changes entered without the server are not on it: those that wait for it, and for the user's word.

    0 where there is no mirror, or one that can't be read: the window, which may mend that, tells of it. Nothing is written.
    """
    path = folder_of(address) / NAME
    if not path.exists():
        return 0
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=1)) as mirror:
            (_, said) = mirror.execute(spelled.INFO_OF, (SAID,)).fetchone()
            steps = dict(mirror.execute(_STEPS, (int(json.loads(said)["seq"]),)).fetchall())
            (kept,) = mirror.execute(_KEPT).fetchone()
    except (sqlite3.Error, TypeError, ValueError, LookupError):
        return 0
    vanished = {one for step, undone in steps.items() if undone in steps for one in (step, undone)}
    return len(steps) - len(vanished) + int(kept)
