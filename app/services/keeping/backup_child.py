"""The process that makes one backup after a command or a window has ended, so that nobody waits for it."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import RegistryError
from app.jobs import Ticket
from app.persistence.backup_making import make_backup
from app.persistence.backups.place import folder_of, rules_kept
from app.services.keeping.backups import note_done

if TYPE_CHECKING:
    from collections.abc import Sequence

_NICE = 10  # whoever works at the desk goes first


def main(arguments: Sequence[str]) -> int:
    """Make the backup of a registry. Arguments: its path, why, the slot, the handle by which the folder is held.

    Nobody listens: what goes wrong is kept beside the backups, and told by the next command or window.
    """
    path, why, slot, held = Path(arguments[0]), arguments[1], arguments[2], int(arguments[3])
    with contextlib.suppress(AttributeError, OSError):  # not every system has it, or lets it
        os.nice(_NICE)
    rules = rules_kept()
    try:
        make_backup(path, folder_of(path, rules), rules, why=why, slot=slot, ticket=Ticket(), held=held)
        note_done(path, None)
    except RegistryError as error:
        note_done(path, error.message)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
