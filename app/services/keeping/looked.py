"""Up to which step somebody has looked at a registry: kept beside the settings, shared by window and commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from app.files import write_over
from app.persistence.files.own_settings import beside, settings_file

if TYPE_CHECKING:
    from pathlib import Path

_ENDING: Final = ".looked.json"


def default_path() -> Path:
    """Return where it is kept: beside ``COMPOUND_REGISTRY_SETTINGS``, else in the user's own settings folder."""
    return path_beside(settings_file())


def path_beside(settings: Path) -> Path:
    """Return where it is kept for a settings file."""
    return beside(settings, _ENDING)


def looked_at(registry_id: str, path: Path | None = None) -> int:
    """Return the number of the last step that was seen of a registry; 0 before anybody looked."""
    return _kept(path or default_path()).get(registry_id, 0)


def keep_looked(registry_id: str, seq: int, path: Path | None = None) -> None:
    """Remember that everything up to a step was seen."""
    place = path or default_path()
    place.parent.mkdir(parents=True, exist_ok=True)
    kept = {**_kept(place), registry_id: seq}
    write_over(place, json.dumps(kept, indent=1))


def _kept(path: Path) -> dict[str, int]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):  # nobody looked yet, or a half-written file: then everything is news
        return {}
    return {str(k): v for k, v in found.items() if isinstance(v, int)} if isinstance(found, dict) else {}
