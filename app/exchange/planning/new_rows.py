"""What a row writes that creates a record: the record with what it says, and its facts."""

from __future__ import annotations

import hashlib
import os
import uuid
from typing import TYPE_CHECKING, Any

from app.domain.edits import Put
from app.domain.record import fact_code, make_record

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from shapely.geometry.base import BaseGeometry


class Ids:
    """The ids of what one plan makes: drawn once, so that a row that is asked for twice is the same row."""

    def __init__(self) -> None:
        self._seed = os.urandom(16)

    def of(self, place: int, which: int = 0) -> str:
        """Return the id of what a row at a place makes: its record, then (``which`` from 1 on) its facts."""
        said = hashlib.blake2b(self._seed + place.to_bytes(8) + which.to_bytes(4), digest_size=16)
        return str(uuid.UUID(bytes=said.digest(), version=4))


def new_record(
    kind: str,
    row_id: str,
    code: str,
    values: Mapping[str, Any],
    common: Mapping[str, Any],
    outline: BaseGeometry | None = None,
) -> Put:
    """Return what puts a new record in."""
    return Put(make_record(kind, row_id, code, geometry=outline, **common, **values))


def new_fact(row_id: str, subject: str, key: str, value: str, day: date, source: str | None) -> Put:
    """Return what puts a new fact in, that holds from ``day`` on."""
    return Put(
        make_record(
            "facts",
            row_id,
            fact_code(subject, key, day),
            valid_from=day,
            source=source,
            subject=subject,
            key=key,
            value=value,
        )
    )


def completed_values(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a new record says, with what it says where a row says nothing."""
    return {**values, "kind": values.get("kind", "unknown")} if kind == "compounds" else dict(values)
