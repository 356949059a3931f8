"""The copies of a registry: its automatic backups, backups made by hand, other files of the same registry beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from app.errors import RegistryError
from app.files import write_over
from app.persistence.files.own_settings import beside, settings_file
from app.persistence.reading import is_read_only, reading
from app.services.keeping.backups import settled

if TYPE_CHECKING:
    from pathlib import Path

    from app.services.keeping.backups import Backup

_ENDING: Final = ".copies.json"
_MOST: Final = 200  # of one registry


def backups_by_hand(path: Path, registry_id: str) -> list[Path]:
    """Return the backups of a registry that were made by hand, there or not: those remembered, and those beside it."""
    real = path.resolve()
    near = [other.resolve() for other in sorted(real.parent.glob("*.backup.gpkg"))]
    known = [other.resolve() for other in _kept().get(registry_id, [])]
    found = dict.fromkeys([*(other for other in near if id_of(other) == registry_id), *known])
    return [other for other in found if other != real]


def others_beside(path: Path, registry_id: str) -> list[Path]:
    """Return the files beside a registry that are the same registry, and no backups of ours: somebody works in them."""
    real, backups = path.resolve(), set(backups_by_hand(path, registry_id))
    found = [other.resolve() for other in sorted(real.parent.glob("*.gpkg"))]
    return [
        other for other in found if other != real and other not in backups and id_of(other) == registry_id
    ]


def backups_of(path: Path) -> tuple[Backup, ...]:
    """Return the automatic backups of a registry, once none is being made any more: it would hold what was there before."""
    return settled(path).backups


def remember_backup(copy: Path) -> None:
    """Remember where a backup of a registry was put by hand, so that a purge can reach or name it. Raises OSError."""
    registry_id = id_of(copy)
    if registry_id is None:
        return
    place = beside(settings_file(), _ENDING)
    place.parent.mkdir(parents=True, exist_ok=True)
    found = _kept()
    of_this = dict.fromkeys([*found.get(registry_id, []), copy.resolve()])
    found[registry_id] = list(of_this)[-_MOST:]
    listed = {key: [str(path) for path in paths] for key, paths in found.items()}
    write_over(place, json.dumps(listed, indent=1))


def id_of(path: Path) -> str | None:
    """Return a registry's own id; None where a file is none, or can't be read."""
    try:
        with reading(path, read_only=is_read_only(path)) as connection:
            found = connection.exec_driver_sql("SELECT value FROM registry_info WHERE key = 'id'").scalar()
    except RegistryError:
        return None
    return found if isinstance(found, str) else None


def _kept() -> dict[str, list[Path]]:
    from pathlib import Path

    try:
        found = json.loads(beside(settings_file(), _ENDING).read_text("utf-8"))
    except (OSError, ValueError):  # none was made yet, or the note is lost
        return {}
    if not isinstance(found, dict):
        return {}
    return {
        str(key): [Path(path) for path in paths if isinstance(path, str)]
        for key, paths in found.items()
        if isinstance(paths, list)
    }
