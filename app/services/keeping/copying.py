"""A registry carried to a server that a district's desks share, and back into a file."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.errors import IntegrityFault, InvalidInput, Problem
from app.jobs import Ticket
from app.persistence.files.aside import made_aside
from app.persistence.shared.address import address_of, must_have_driver
from app.services.registry.checks import unsettled
from app.services.registry.registry import Registry
from app.text import Text, counted

if TYPE_CHECKING:
    from pathlib import Path

    from app.persistence.shared.address import Address

_IN_PART: Final = Text(
    "登录名 {0} 只看得到自己的街道或网格，这样的副本缺记录和日志，没有做。请用全区的登录名；要自己这一份，用导出。",
    "The login {0} sees its own streets or grids: such a copy would lack records and steps, and is not made. "
    "Take a login of the district; what is yours leaves by export.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied: from where to where, the registry's name, and how many records and steps of the journal."""

    source: str
    target: str
    name: str
    records: int
    steps: int

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{from, to, name, records, steps}``."""
        return {
            "from": self.source,
            "to": self.target,
            "name": self.name,
            "records": self.records,
            "steps": self.steps,
        }


def copy_registry(source: Path, target: Path, ticket: Ticket | None = None) -> Copied:
    """Copy a registry from a file to an empty database of a server, or from there into a new file.

    The copy is read back before it counts as made, and holds what the other one holds: records with their codes and
    versions, the journal, profile, zone and backdrop. Where ``ticket`` stops it, nothing is left of it.

    Raises
    ------
    InvalidInput
        If not exactly one of the two is an address, the target is taken, the source is none, or the login sees a part.
    IntegrityFault
        If the source is damaged, another program's edits wait in it, or what was read back is something else.

    """
    theirs, ours = address_of(source), address_of(target)
    if (theirs is None) == (ours is None):
        message = Text(
            "copy 在文件和共享台账之间复制：两个里要有一个地址（postgresql://主机/数据库）。文件之间用 backup。",
            "`copy` goes between a file and a shared registry: one of the two is an address (postgresql://HOST/DATABASE). "
            "Between files use `backup`.",
        )
        raise InvalidInput(message, (Problem(message=message),))
    must_have_driver()
    if ours is not None:
        return _to_server(source, ours, ticket or Ticket())
    assert theirs is not None  # noqa: S101  # one of the two is an address
    return _to_file(theirs, target, ticket or Ticket())


def why_in_part(registry: Registry) -> Text | None:
    """Return why an open registry can't be copied whole: its login sees only a part of it. None where it can."""
    return None if registry.shows_all else _IN_PART.format(registry.by)


def records_of(registry: Registry) -> int:
    """Return how many records an open registry holds."""
    return sum(len(registry.dataset.of(kind)) for kind in KINDS)


def _to_server(source: Path, target: Address, ticket: Ticket) -> Copied:
    from app.persistence.shared.copying import to_server

    with closing(Registry.open(source)) as registry:
        if registry.foreign:
            raise unsettled(registry.path, registry.foreign)
        to_server(registry.path, target, ticket, read_only=registry.is_read_only)
        with closing(Registry.open(target.path)) as copy:
            return _compared(registry, copy, str(source), target.text)


def _to_file(source: Address, target: Path, ticket: Ticket) -> Copied:
    from app.persistence.shared.copying import to_file

    with closing(Registry.open(source.path)) as registry:
        reason = why_in_part(registry)
        if reason is not None:
            raise InvalidInput(reason)
        with made_aside(target) as aside:
            to_file(source, aside, ticket)
        with closing(Registry.open(target)) as copy:
            return _compared(registry, copy, source.text, str(target))


def _compared(registry: Registry, copy: Registry, source: str, target: str) -> Copied:
    counts = [records_of(one) for one in (registry, copy)]
    if counts[0] != counts[1] and registry.last_step == copy.last_step:
        message = Text(
            f"读回来是 {counts[1]} 条记录，原来有 {counts[0]} 条。这份副本不能用。",
            f"{counted(counts[1], 'record was', 'records were')} read back where there should be {counts[0]}. Don't use this copy.",
        )
        raise IntegrityFault(message)
    return Copied(source=source, target=target, name=copy.info.name, records=counts[1], steps=copy.last_step)
