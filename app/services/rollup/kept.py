"""The partitions of a folder: used again where nothing has changed, made anew where one is lost, damaged or stale."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, RegistryError
from app.services.registry.stamp import stamp_at, stamp_of
from app.services.rollup.partition import ENDING, question_of, read_partition, write_partition
from app.text import Text

if TYPE_CHECKING:
    from app.coverage.results import Query
    from app.services.registry.registry import Registry
    from app.services.rollup.part import Part


def folder_of(folder: Path, query: Query) -> Path:
    """Return the folder of one question in a folder of partitions: a source by itself, once it is filled."""
    told = question_of(query)
    mark = hashlib.blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=4).hexdigest()
    measure = re.sub(r"[^A-Za-z0-9_]+", "-", query.measure).strip("-")
    return folder / f"{measure}-{query.by}-{told['as_of']}-{mark}"


def kept_part(source: str, query: Query, crs: str | None, folder: Path) -> Part | None:
    """Return what a registry adds from its partition, None where there is none that still answers.

    Raises what opening the registry would, where it can't be looked at.
    """
    stamp = stamp_at(Path(source))
    zone = None if stamp is None else crs or stamp.zone
    if stamp is None or zone is None:
        return None
    try:
        part, made_of = read_partition(_path(folder, query, stamp.registry), query)
    except RegistryError:  # lost, damaged or stale: it is made anew, from the registry, which is there
        return None
    is_fresh = made_of == stamp and part.coverage.crs == zone
    return replace(part, source=source) if is_fresh else None


def keep_part(part: Part, registry: Registry, folder: Path) -> None:
    """Put what a registry adds into the folder, in place of what lies there; StorageFault where that fails."""
    query = part.coverage.query
    write_partition(_path(folder, query, registry.info.id), part, registry, stamp_of(registry))


def handed_in(source: str, query: Query, crs: str | None) -> Part:
    """Return what a partition adds that was handed in without its registry.

    Raises as ``read_partition`` does, and InvalidInput where its areas were taken in another zone than the whole's.
    """
    part, _ = read_partition(Path(source), query)
    if crs is not None and part.coverage.crs != crs:
        raise InvalidInput(_OTHER_ZONE.format(part.coverage.crs, crs))
    return part


def _path(folder: Path, query: Query, registry: str) -> Path:
    return folder_of(folder, query) / f"{registry}{ENDING}"


_OTHER_ZONE: Final = Text(
    "分区的面积和距离按 {0} 带量，汇总按 {1}。请交来的区加上 --crs {1} 重做，或这里写 --crs {0}。",
    "Areas and distances of the partition are of the zone {0}, those of the whole of {1}. Have it made anew with --crs {1}, or give --crs {0} here.",
)
