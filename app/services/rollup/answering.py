"""What a worker is asked: what one source adds, from its partition where that still answers, else computed."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app import VERSION
from app.errors import InvalidInput, RegistryError
from app.services.rollup.kept import handed_in, keep_part, kept_part
from app.services.rollup.part import Failure, part_of
from app.services.rollup.partition import is_partition
from app.text import Text

if TYPE_CHECKING:
    from app.coverage.results import Query
    from app.services.rollup.part import Part


def answer_alike(
    version: str, source: str, query: Query, crs: str | None, folder: str | None
) -> Part | Failure:
    """Return what ``answer`` does, where the worker's program is of the version of whoever asks: others may count otherwise."""
    if version != VERSION:
        return Failure(source=source, error=InvalidInput(_OTHER_PROGRAM.format(VERSION, version)))
    return answer(source, query, crs, folder)


def answer(source: str, query: Query, crs: str | None, folder: str | None) -> Part | Failure:
    """Return what a source adds; ``folder``: of partitions, which what is computed goes into."""
    known = known_answer(source, query, crs, folder)
    if known is not None or folder is None:
        return known or part_of(source, query, crs)
    return part_of(source, query, crs, partial(keep_part, folder=Path(folder)))


def known_answer(source: str, query: Query, crs: str | None, folder: str | None) -> Part | Failure | None:
    """Return what a partition adds, or a registry by its partition in ``folder``; None for what must be computed."""
    try:
        if is_partition(source):
            return handed_in(source, query, crs)
        return None if folder is None else kept_part(source, query, crs, Path(folder))
    except RegistryError as error:
        return Failure(source=source, error=error)


_OTHER_PROGRAM: Final = Text(
    "计算进程装的程序是 {0} 版，这里是 {1}：算法可能不同，没有算。给计算的机器装同一版本，重启那里的 dask worker。",
    "The worker has version {0} of this program, and this is {1}, which may count otherwise; nothing was computed. Install the same "
    "version where it computes, and start its dask worker again.",
)
