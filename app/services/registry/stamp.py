"""What a registry is at: asked of an open one, or of a place without reading its records."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from app.persistence import spelled
from app.persistence.care import judged
from app.persistence.loading import last_seq
from app.persistence.migrations import NEWEST
from app.persistence.reading import is_read_only, reading, true_path
from app.persistence.shared.address import address_of, must_have_driver
from app.services.registry.working_zone import KEY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.persistence.reading import Runs
    from app.services.registry.registry import Registry


class Stamp(NamedTuple):
    """Two stamps are the same where nothing was written between them: a step's id is no other registry's, nor another step's.

    ``step``, ``change``: the number and the id of the journal's last step, 0 and "" where there is none. ``profile`` is
    its text, ``zone`` the one that is kept (``EPSG:n``), None where it is worked out anew each time.
    """

    registry: str
    step: int
    change: str
    profile: str
    zone: str | None


def stamp_of(registry: Registry) -> Stamp:
    """Return the stamp of what an open registry shows."""
    latest = registry.history(limit=1, details=1)
    change = latest[0].change if latest and latest[0].seq == registry.last_step else ""
    zone = registry.zone.epsg if registry.is_zone_kept else None
    return Stamp(registry.info.id, registry.last_step, change, registry.profile.text, zone)


def stamp_at(place: Path) -> Stamp | None:
    """Return the stamp of the registry at a place, the path of a file or an address; no record is read.

    None where that can't be told at a glance: an older file, or a login that sees a part. Raises InvalidInput,
    StorageFault or IntegrityFault where there is no registry, or it can't be read.
    """
    with _glance(place) as runs:
        if runs is None:
            return None
        said = {key: _said(runs, key) for key in ("id", "profile", KEY)}
        step = last_seq(runs)
        latest = runs.exec_driver_sql(spelled.CHANGE_CALLED, ("", step)).first()
        if said["id"] is None or said["profile"] is None or (step and latest is None):
            return None
        return Stamp(said["id"], step, str(latest[0]) if latest else "", said["profile"], said[KEY])


@contextmanager
def _glance(place: Path) -> Iterator[Runs | None]:
    address = address_of(place)
    if address is None:
        path = true_path(place)
        step, hindrance = judged(path)
        if step != NEWEST or hindrance is not None:
            yield None
            return
        with reading(path, read_only=is_read_only(path)) as runs:
            yield runs
        return
    must_have_driver()
    from app.persistence.shared.store import SharedStore  # and SQLAlchemy, which no file waits for

    store = SharedStore(address)
    try:
        if not store.shows_all:
            yield None
            return
        with store.reading() as shared:
            yield shared
    finally:
        store.close()


def _said(runs: Runs, key: str) -> str | None:
    row = runs.exec_driver_sql(spelled.INFO_OF, (key,)).first()
    return None if row is None else str(row[1])
