"""Who may write a registry that lies on a network share: one, named, until they let go.

SQLite's locks can't be trusted there. A small file beside the registry says who writes, on which machine,
since when; others read only and are told so. On a local disk SQLite's own lock does, and no lease is taken.
"""

from __future__ import annotations

import json
import platform
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from app.errors import StorageFault
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Lease:
    """The one writer of a shared registry."""

    who: str
    machine: str
    since: str

    @property
    def words(self) -> Text:
        """What the others are told."""
        return Text(
            f"{self.who}（{self.machine}）从 {self.since[:16].replace('T', ' ')} 起在写这本台账，您现在只读。",
            f"{self.who} ({self.machine}) has been writing this registry since {self.since[:16]}; you can only read.",
        )


def lease_path(registry: Path) -> Path:
    """Return where the lease of a registry lies."""
    return registry.with_name(registry.name + ".lease")


def take_lease(registry: Path, who: str, since: str) -> Lease | None:
    """Take the lease; return None if it is ours now, else the one that somebody else holds.

    Raises StorageFault if the folder can't be written, or the lease can't be read.
    """
    mine = Lease(who, platform.node(), since)
    path = lease_path(registry)
    try:
        with path.open("x", encoding="utf-8") as file:
            json.dump(asdict(mine), file, ensure_ascii=False)
    except FileExistsError:
        try:
            held = Lease(**json.loads(path.read_text("utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise StorageFault(
                Text(
                    f"占用说明 {path} 读不懂：{error}。确认没有人在写，再删掉它。",
                    f"The lease {path} can't be read: {error}. Make sure nobody writes, then delete it.",
                )
            ) from error
        return held
    except OSError as error:
        raise StorageFault(
            Text(
                f"不能在 {path.parent} 里写：{error.strerror}。",
                f"{path.parent} can't be written: {error.strerror}.",
            )
        ) from error
    return None


def release_lease(registry: Path) -> None:
    """Let go of a lease that is ours."""
    lease_path(registry).unlink(missing_ok=True)
