"""Care of the file: back up, verify, restore."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from app.errors import IntegrityFault
from app.persistence.care import content_of, copy_registry, must_be_registry
from app.persistence.damage import Damage
from app.persistence.place import misfit as misfit_of_file
from app.persistence.shared.address import address_of
from app.services.keeping.purging.copies import remember_backup
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Damage", "backup", "misfit", "restore", "verify"]


def verify(path: Path) -> list[Damage]:
    """Return every damaged place of a registry; empty = it is whole. A shared one is as whole as opening finds it."""
    if address_of(path) is not None:
        from app.services.registry.registry import Registry

        Registry.open(path).close()
        return []
    from app.services.registry.checks import content_damage  # what reads profiles is not needed for a backup

    return content_damage(path)


def misfit(path: Path) -> Text | None:
    """Return what is said of a file whose mode does not fit its place; None where it does, and of a server."""
    return None if address_of(path) is not None else misfit_of_file(path)


def backup(path: Path, target: Path) -> None:
    """Copy a registry, open or not, into one closed file; a shared one as ``copy`` does."""
    if address_of(path) is not None:
        from app.services.keeping.copying import copy_registry as from_server

        from_server(path, target)
    else:
        must_be_registry(path)
        copy_registry(path, target)
    with suppress(OSError):  # the backup is there; only a purge will not know of it
        remember_backup(target)


def unsound(path: Path) -> int:
    """Return how many places of a registry opening would name: damaged, or edited by another program."""
    _, loaded = content_of(path)
    return len(loaded.damaged) + len(loaded.foreign)


def restore(source: Path, target: Path) -> None:
    """Bring a backup back as a registry; refuse a damaged one. Edits of another program come back with it, to be settled."""
    damaged = [place for place in verify(source) if not place.is_edit]
    if damaged:
        raise IntegrityFault(
            Text(
                f"{source} 自己有 {len(damaged)} 处损坏，没有恢复。换一个备份。",
                f"{source} itself is damaged in {len(damaged)} places; not restored. Take another backup.",
            )
        )
    copy_registry(source, target)
