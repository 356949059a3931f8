"""Up to which step somebody has looked at a registry, and when: kept beside the settings, shared by window and commands."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.files import write_over
from app.persistence.files.own_settings import beside, settings_file

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.registry.registry import Registry

_ENDING: Final = ".looked.json"
_BEGAN, _OPENED = " began", " opened"


class Mark(NamedTuple):
    """A step's number, and the moment (ISO, "" where it is not known) at which it was the last one seen."""

    seq: int
    at: str


def default_path() -> Path:
    """Return where it is kept: beside ``COMPOUND_REGISTRY_SETTINGS``, else in the user's own settings folder."""
    return path_beside(settings_file())


def path_beside(settings: Path) -> Path:
    """Return where it is kept for a settings file."""
    return beside(settings, _ENDING)


def key_of(registry: Registry) -> str:
    """Return what a registry is remembered by: its id, on a server with the login, of which one desk may have several."""
    return f"{registry.info.id} {registry.by}" if registry.is_shared else registry.info.id


def looked_at(registry: str, path: Path | None = None) -> int:
    """Return the number of the last step that was seen of a registry; 0 before anybody looked."""
    found = _mark(_kept(path), registry)
    return 0 if found is None else found.seq


def keep_looked(registry: str, seq: int, path: Path | None = None) -> Mark:
    """Remember that everything up to a step was seen, and return that mark."""
    return Mark(seq, _keep({registry: seq}, path))


def keep_opened(registry: str, seq: int, path: Path | None = None) -> tuple[Mark, Mark | None]:
    """Remember that a registry is opened now, at its last step; return from where on is new, and when it was opened last.

    New is what came since somebody looked; before anybody did, since it was first opened.
    """
    kept = _kept(path)
    looked, began, opened = (_mark(kept, registry + part) for part in ("", _BEGAN, _OPENED))
    known = {registry + _OPENED: seq}
    if began is None:
        known[registry + _BEGAN] = seq
    with suppress(
        OSError
    ):  # no room for it, or no right: it opens all the same, and the next time is the first again
        _keep(known, path)
    now = Mark(seq, _now())
    return looked or began or now, opened


def _mark(kept: dict[str, Any], name: str) -> Mark | None:
    """Return what is kept under a name, as it is written now or was once: a number alone."""
    match kept.get(name):
        case [int(seq), str(at)]:
            return Mark(seq, at)
        case int(seq):
            return Mark(seq, "")
    return None


def _keep(known: dict[str, int], path: Path | None) -> str:
    """Keep these steps with this moment, and return it."""
    place = path or default_path()
    place.parent.mkdir(parents=True, exist_ok=True)
    now = _now()
    kept = {**_kept(place), **{name: [seq, now] for name, seq in known.items()}}
    write_over(place, json.dumps(kept, indent=1))
    return now


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _kept(path: Path | None) -> dict[str, Any]:
    try:
        found = json.loads((path or default_path()).read_text("utf-8"))
    except (OSError, ValueError):  # nobody looked yet, or a half-written file: then everything is news
        return {}
    return found if isinstance(found, dict) else {}
