"""What a table was counted from: the state of the records, the profile, the working zone, the program."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import shapely

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.coverage.engine import CoverageEngine
    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.services.registry.registry import Registry

_SIZE: Final = 16  # bytes of a digest
_COUNT_IN_NO_FIGURE: Final = frozenset({"waivers", "lineage", "snapshots", "tasks"})
_KEPT: Final = 4  # digests of datasets asked for last


class Stamp(NamedTuple):
    """``step``, ``change``: the journal's last when the table was counted; ``records``, ``profile_text``: digests.

    ``records`` is that of what the records say, so that what is undone leaves it as it was.
    """

    step: int
    change: str | None
    records: str
    profile: str
    profile_text: str
    zone: str

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the stamp, field by field."""
        return self._asdict()


def stamp_of(registry: Registry, engine: CoverageEngine) -> Stamp:
    """Return what a table that an engine of the registry counts now is counted from."""
    last = registry.history(limit=1, details=0)
    return Stamp(
        step=registry.last_step,
        change=last[0].change if last else None,
        records=records_digest(engine.dataset),
        profile=engine.profile.label,
        profile_text=_digest(engine.profile.text.encode()),
        zone=engine.zone.epsg,
    )


@lru_cache(maxsize=_KEPT)
def records_digest(dataset: Dataset) -> str:
    """Return a digest of what all records say that may count in a figure: codes, values, days, outlines, what was before."""
    found = hashlib.blake2b(digest_size=_SIZE)
    for kind in KINDS:
        if kind not in _COUNT_IN_NO_FIGURE:
            for record in sorted(dataset.of(kind).values(), key=lambda row: row.code):
                for part in _said(record):
                    found.update(part)
                    found.update(b"\0")
    return found.hexdigest()


def _said(record: Record) -> Iterator[bytes]:
    yield repr((record.kind, record.code, record.values, record.valid_from, record.valid_until)).encode()
    yield _wkb(record.geometry)
    for field in sorted(record.past):
        for last, value in record.past[field]:
            yield f"{field} {last}".encode()
            yield _wkb(value) if isinstance(value, shapely.Geometry) else repr(value).encode()


def _wkb(outline: shapely.Geometry | None) -> bytes:
    return b"" if outline is None else shapely.to_wkb(outline)


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=_SIZE).hexdigest()
