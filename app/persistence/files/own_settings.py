"""Where the program keeps what it remembers of a user: beside one settings file, shared by window and commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_NAME: Final = "compound-registry"


def settings_file() -> Path:
    """Return the settings file: ``COMPOUND_REGISTRY_SETTINGS``, else the one in the user's own settings folder."""
    given = os.environ.get("COMPOUND_REGISTRY_SETTINGS", "").strip()
    if given:
        return Path(given)
    from platformdirs import user_config_path

    return user_config_path(_NAME, appauthor=False) / f"{_NAME}.ini"


def beside(settings: Path, ending: str) -> Path:
    """Return a file of the program's own that belongs to a settings file."""
    return settings.with_name(settings.stem + ending)
