"""One coverage over many registries: each computed on its own, in the zone of the whole, and added up."""

from __future__ import annotations

import math
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from app import VERSION
from app.errors import IntegrityFault, InvalidInput
from app.jobs import Ticket
from app.services.registry.working_zone import AUTO, zone_of_code
from app.services.rollup.answering import answer_alike, known_answer
from app.services.rollup.cluster import WorkersDied, results, workers
from app.services.rollup.part import Failure, Part
from app.services.rollup.sources import sources_of
from app.services.rollup.whole import whole_of, zone_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from distributed import Client

    from app.coverage.results import Query
    from app.services.rollup.whole import RolledUp

T = TypeVar("T")


def rolled_up(
    given: Sequence[str],
    query: Query,
    *,
    crs: str | None = None,
    scheduler: str | None = None,
    is_partial: bool = False,
    at_most: int | None = None,
    partitions: Path | None = None,
    ticket: Ticket | None = None,
) -> RolledUp:
    """Return the coverage of all registries that are named or lie in a folder that is named.

    ``crs`` is the zone of the whole (``EPSG:n``); without it, or as ``auto``, the one that all registries keep, else the
    one nearest the middle of all their districts. ``scheduler`` is the address of a Dask scheduler whose workers
    reach the same files; without it this machine computes, in ``at_most`` processes. ``partitions``: a folder in which
    what each adds is kept, and from where it is taken again as long as nothing was written into the registry.

    Raises
    ------
    InvalidInput
        If no registry is meant, one is meant twice, or the question is none.
    IntegrityFault
        Naming each registry that could not be read or is counted by another profile; not where ``is_partial``,
        unless nothing is left.
    StorageFault
        If the scheduler does not answer.

    """
    ticket = ticket or Ticket()
    wanted = None if crs is None or crs.strip().lower() == AUTO else zone_of_code(crs).epsg
    sources = sources_of(given)
    folder = None if partitions is None else str(partitions.resolve())
    answers: dict[str, Part | Failure] = {}

    def ask(some: Sequence[str], zone: str | None) -> None:
        jobs = [(source, query, zone, folder) for source in some]
        if scheduler is None:  # what lies ready is read here, before any worker is started
            known = {job[0]: one for job in jobs if (one := known_answer(*job)) is not None}
            answers.update(known)
            jobs = [job for job in jobs if job[0] not in known]
        if not jobs:
            return
        if not at_work:
            at_work.append(ends.enter_context(workers(scheduler, len(jobs), at_most)))
        jobs.sort(key=_size, reverse=True)  # the longest first, so that none is left to one worker at the end
        found = results(at_work[0], answer_alike, [(VERSION, *job) for job in jobs], ticket, _STAGE)
        answers.update({job[0]: told_of(job[0], one) for job, one in zip(jobs, found, strict=True)})

    with ExitStack() as ends:
        at_work: list[Client] = []
        ask(sources, wanted)
        read = [one for one in answers.values() if isinstance(one, Part)]
        whole = wanted or zone_of([(one.coverage.crs, one.districts) for one in read])
        ask([s for s, one in answers.items() if isinstance(one, Part) and one.coverage.crs != whole], whole)
    answers = {source: answers[source] for source in sources}
    _must_be_a_question(list(answers.values()))
    return whole_of(list(answers.values()), is_partial=is_partial)


def _size(job: tuple[str, Query, str | None, str | None]) -> float:
    """Return how much there is to read, as far as it can be told: of what is no file here, more than of any."""
    try:
        return Path(job[0]).stat().st_size
    except OSError:
        return math.inf


def told_of(source: str, one: T | Failure | Exception) -> T | Failure:
    """Return an answer; a task that ended otherwise is a registry that could not be read."""
    if isinstance(one, ImportError):
        return Failure(source=source, error=InvalidInput(_LACKING.format(one)))
    if isinstance(one, WorkersDied):
        return Failure(source=source, error=IntegrityFault(_DIED))
    if isinstance(one, Exception):
        return Failure(source=source, error=IntegrityFault(_BROKE.format(f"{type(one).__name__}: {one}")))
    return one


def _must_be_a_question(answers: Sequence[Part | Failure]) -> None:
    """Raise what a registry says against the question, where none has an answer to it."""
    asked = [one for one in answers if isinstance(one, Failure) and one.is_question]
    if asked and not any(isinstance(one, Part) for one in answers):
        raise InvalidInput(asked[0].error.message, asked[0].error.problems)


_STAGE: Final = Text("逐个台账计算", "Computing each registry")
_BROKE: Final = Text(
    "算到一半停了（{0}），换一个计算进程也一样。用 verify 查这个台账；仍不行就先不汇总它。",
    "The computation broke off ({0}), with another worker too. Check the registry with `verify`; else leave it out.",
)
_DIED: Final = Text(
    "算它的计算进程一个接一个被结束了，多半是内存不够。关掉别的程序再汇总；仍不行就用 verify 查这个台账，或先不汇总它。",
    "One worker after another was ended while it computed this, most likely for want of memory. Close other programs and add up "
    "again; else check the registry with `verify`, or leave it out.",
)
_LACKING: Final = Text(
    "计算进程那里没有装这个程序，或是别的版本（{0}）。在计算的机器上装同一版本，重启那里的 dask worker。",
    "This program is not installed where the worker runs, or another version of it ({0}). Install the same version there, and start its "
    "dask worker again.",
)
