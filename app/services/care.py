"""Care of the file: back up, verify, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.errors import IntegrityFault
from app.persistence.care import Damage, copy_registry, must_be_registry, verify_file
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Damage", "backup", "restore", "verify"]


def verify(path: Path) -> list[Damage]:
    """Return every damaged place of a registry; empty = it is whole."""
    return verify_file(path)


def backup(path: Path, target: Path) -> None:
    """Copy a registry, open or not, into one closed file."""
    must_be_registry(path)
    copy_registry(path, target)


def restore(source: Path, target: Path) -> None:
    """Bring a backup back as a registry; refuse a damaged one."""
    damaged = verify_file(source)
    if damaged:
        raise IntegrityFault(
            Text(
                f"{source} 自己有 {len(damaged)} 处损坏，没有恢复。换一个备份。",
                f"{source} itself is damaged in {len(damaged)} places; not restored. Take another backup.",
            )
        )
    copy_registry(source, target)
