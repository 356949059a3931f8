"""Where the automatic backups of a registry lie, and how many of them: a user's own rules, remembered."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.files import write_over
from app.persistence.files.own_settings import beside, settings_file

ENDING: Final = ".backups"
_RULES: Final = ".backups.json"
_LEAST_BYTES: Final = 1 << 20
_MOST_BYTES: Final = 2 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is kept, and where. ``folder`` None = beside the registry. ``most_bytes``: of one registry's backups.

    ``openings``, ``days``, ``months``: of how many of them the last backup stays.
    """

    folder: Path | None = None
    is_on: bool = True
    most_bytes: int = _MOST_BYTES
    openings: int = 10
    days: int = 30
    months: int = 12


def rules_kept(path: Path | None = None) -> Rules:
    """Return the rules that a user keeps; those as delivered where there are none, or they can't be read."""
    place = path or beside(settings_file(), _RULES)
    try:
        found = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):  # none yet, or not to be read: the program's own are safe
        return Rules()
    if not isinstance(found, dict):
        return Rules()
    folder, most = found.get("folder"), found.get("most_bytes")
    return Rules(
        folder=Path(folder) if isinstance(folder, str) and folder else None,
        is_on=found.get("is_on") is not False,
        most_bytes=max(most, _LEAST_BYTES) if isinstance(most, int) else _MOST_BYTES,
    )


def keep_rules(rules: Rules, path: Path | None = None) -> None:
    """Remember the rules; raises OSError where the settings folder can't be written."""
    place = path or beside(settings_file(), _RULES)
    place.parent.mkdir(parents=True, exist_ok=True)
    kept = {
        "folder": None if rules.folder is None else str(rules.folder),
        "is_on": rules.is_on,
        "most_bytes": rules.most_bytes,
    }
    write_over(place, json.dumps(kept, indent=1))


def folder_of(registry: Path, rules: Rules | None = None) -> Path:
    """Return the folder of a registry's automatic backups, there or not; a link counts as what it leads to.

    In a folder that several registries share, each is told apart by where it lies.
    """
    real = registry.resolve()
    chosen = (rules or rules_kept()).folder
    if chosen is None:
        return real.with_name(real.name + ENDING)
    mark = hashlib.sha256(str(real).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return chosen / f"{real.name[:80]}-{mark}{ENDING}"
