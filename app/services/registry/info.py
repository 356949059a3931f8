"""What a registry says of itself, and who is at work on it."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.errors import InvalidInput, Problem
from app.persistence.shared.address import address_of
from app.text import Text, readable

if TYPE_CHECKING:
    from pathlib import Path

    from app.persistence.loading import Loaded


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryInfo:
    """What the registry says of itself. ``note`` is shown wherever its data is shown."""

    id: str
    name: str
    is_synthetic: bool
    note: Text
    review_number: str


def default_user() -> str:
    """Return who is at work: ``COMPOUND_REGISTRY_USER``, else the name of the login."""
    given = os.environ.get("COMPOUND_REGISTRY_USER", "").strip()
    if given:
        return readable(given)
    try:
        return readable(getpass.getuser())
    except (OSError, KeyError, ImportError):
        return "unknown"


def is_address(place: Path | str) -> bool:
    """Whether a path or what was typed is the address of a shared registry; InvalidInput for one that is not whole."""
    return address_of(place) is not None


def must_be_file(place: Path | str) -> None:
    """Raise InvalidInput where an address stands for what is done with a file alone."""
    if is_address(place):
        message = Text(
            "这件事只在文件上做。copy 在文件和共享台账之间复制。",
            "This is done with a file alone. `copy` carries a registry between a file and a server.",
        )
        raise InvalidInput(message, (Problem(message=message, value=str(place)),))


def info_of(loaded: Loaded) -> RegistryInfo:
    """Return what the file says of itself."""
    info = loaded.info
    note = json.loads(info.get("note") or "{}")
    return RegistryInfo(
        id=info["id"],
        name=info["name"],
        is_synthetic=info["is_synthetic"] == "yes",
        note=Text(note.get("zh", ""), note.get("en", "")),
        review_number=info.get("review_number", ""),
    )
