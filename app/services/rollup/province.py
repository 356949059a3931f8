"""A province that stays open: each registry asked at every level of units, kept, and asked again alone where it changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from app.coverage.explain import TOTAL, UNPLACED
from app.domain.dataset import Dataset
from app.domain.kinds import LEVELS
from app.domain.record import make_record
from app.errors import InvalidInput, RegistryError
from app.services.registry.registry import Registry
from app.services.registry.working_zone import zone_of_code
from app.services.rollup.answering import answer
from app.services.rollup.cluster import results
from app.services.rollup.part import Box, Failure, Part, answer_of
from app.services.rollup.partition import is_partition
from app.services.rollup.rollup import told_of
from app.services.rollup.whole import by_one_profile, whole_of, without_copies, zone_of
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

    from app.coverage.results import Query
    from app.domain.record import Record
    from app.jobs import Ticket
    from app.services.rollup.standing import StandingWorkers
    from app.services.rollup.whole import RolledUp
    from geo.crs import Zone

DRAWN: Final = ("districts", "streets")  # whose outlines a map of the whole shows
_NEAR: Final = 0.0005  # [degrees] that an outline may be off on such a map, some 50 m
_QUESTIONS: Final = 6  # whose answers are remembered
_STAGE: Final = Text("逐个台账计算", "Computing each registry")


class Seen(NamedTuple):
    """By what a file is seen to have changed, without opening it: time [ns] and size [bytes], also of its log."""

    changed_at: int
    size: int
    log: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What one registry answered.

    Attributes
    ----------
    source : str
        Where it lies.
    title : str
        How its districts are called.
    own_zone : str
        The zone that it keeps itself; ``zone`` is the one it was computed in.
    step : int
        The last step of its journal when it was asked.
    seen : Seen or None
        Its file as it was before it was read.
    parts : dict
        By level of units; why there is none at a level that the question is not about, or that a partition is not of.
    names : dict
        How grids are called, with their community.
    outlines : tuple of Record
        Its districts and streets on the day, their outlines made simpler.
    has_registry : bool
        Whether its registry is there to be opened, and not just a partition of it.

    """

    source: str
    title: str
    own_zone: str
    step: int
    seen: Seen | None
    parts: Mapping[str, Part | Failure]
    names: Mapping[str, str]
    outlines: tuple[Record, ...]
    has_registry: bool = True

    @property
    def zone(self) -> str:
        """The zone that it was computed in."""
        return self._any.coverage.crs

    @property
    def districts(self) -> Box | None:
        """The box of its districts."""
        return self._any.districts

    @property
    def _any(self) -> Part:
        return next(one for one in self.parts.values() if isinstance(one, Part))


Answer = Answers | Failure


def seen_of(source: str) -> Seen | None:
    """Return how a file looks now, None where there is none."""
    path = Path(source)
    try:
        file = path.stat()
    except OSError:
        return None
    try:
        log = path.with_name(f"{path.name}-wal").stat()
    except OSError:
        return Seen(file.st_mtime_ns, file.st_size, (0, 0))
    return Seen(file.st_mtime_ns, file.st_size, (log.st_mtime_ns, log.st_size) if log.st_size else (0, 0))


def answers_of(source: str, query: Query, crs: str | None) -> Answer:
    """Compute what a registry answers at every level; ``crs`` is the zone of the whole, None for its own.

    Runs in a worker; see ``app.services.rollup.part.part_of``.
    """
    seen = seen_of(source)
    if is_partition(source):
        return _of_partition(
            source, seen, _at_levels(source, query, lambda one: answer(source, one, crs, None))
        )
    try:
        registry = Registry.open(Path(source))
    except RegistryError as error:
        return Failure(source=source, error=error)
    try:
        parts = _at_levels(source, query, lambda one: answer_of(registry, source, one, crs))
        if isinstance(parts, Failure):
            return parts
        outlines = tuple(_outlines(registry.dataset, query.as_of))
        return Answers(
            source=source,
            title="、".join(one.text("name") for one in outlines if one.kind == "districts")
            or registry.info.name,
            own_zone=registry.zone.epsg,
            step=registry.last_step,
            seen=seen,
            parts=parts,
            names=_grid_names(registry.dataset),
            outlines=outlines,
        )
    finally:
        registry.close()


def _at_levels(
    source: str, query: Query, ask: Callable[[Query], Part | Failure]
) -> dict[str, Part | Failure] | Failure:
    """Return what a source answers at each level, or the failure where it answers at none."""
    found: dict[str, Part | Failure] = {}
    for level in LEVELS:
        try:
            found[level] = ask(replace(query, by=level))
        except InvalidInput as error:
            found[level] = Failure(source=source, error=error, is_question=True)
        except RegistryError as error:
            found[level] = Failure(source=source, error=error)
    failed = [one for one in found.values() if isinstance(one, Failure)]
    return failed[0] if len(failed) == len(found) else found


def _of_partition(source: str, seen: Seen | None, parts: dict[str, Part | Failure] | Failure) -> Answer:
    """Return the answers of a partition that was handed in: figures alone, of the level that it was made for."""
    if isinstance(parts, Failure):
        return parts
    part = next(one for one in parts.values() if isinstance(one, Part))
    return Answers(
        source=source,
        title=part.info.name,
        own_zone=part.coverage.crs,
        step=0,
        seen=seen,
        parts=parts,
        names={},
        outlines=(),
        has_registry=False,
    )


def asked(
    sources: Sequence[str],
    query: Query,
    ticket: Ticket,
    *,
    standing: StandingWorkers,
    known: Mapping[str, Answer] | None = None,
    told: Callable[[str, Answer], None] | None = None,
) -> dict[str, Answer]:
    """Return what registries answer, together with what is ``known`` of others; all in the zone of the whole.

    ``told`` hears each answer as it comes, in this thread. No worker is begun where nothing is to be computed. Raises
    Cancelled, and InvalidInput where `distributed` is not installed.
    """
    found = dict(known or {})

    def ask(some: Sequence[str], zone: str | None) -> None:
        def hear(place: int, one: Answer | Exception) -> None:
            found[some[place]] = told_of(some[place], one)
            if told is not None:
                told(some[place], found[some[place]])

        if some:
            jobs = [(source, query, zone) for source in some]
            with standing.client(len(jobs), ticket) as client:
                results(client, answers_of, jobs, ticket, _STAGE, hear)

    ask(sources, None)
    read = [one for one in found.values() if isinstance(one, Answers)]
    whole = zone_of([(one.own_zone, one.districts) for one in read])
    ask([one.source for one in read if one.zone != whole and one.has_registry], whole)
    return found


class Remembered:
    """What the questions asked last were answered with, for as long as the files are as they were."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Query, Mapping[str, Answer]] = OrderedDict()

    def keep(self, query: Query, answers: Mapping[str, Answer]) -> None:
        """Remember answers to a question beside those known, and forget those to the one that was asked longest ago."""
        self._answers[query] = {**self._answers.get(query, {}), **answers}
        self._answers.move_to_end(query)
        while len(self._answers) > _QUESTIONS:
            self._answers.popitem(last=False)

    def of(self, query: Query, sources: Sequence[str]) -> dict[str, Answer]:
        """Return what registries answered whose files have not changed since; a look at each file, no more."""
        known = self._answers.get(query, {})
        return {
            source: one
            for source in sources
            if isinstance(one := known.get(source), Answers)
            and one.seen is not None
            and seen_of(source) == one.seen
        }


def whole_at(answers: Sequence[Answer], level: str, *, names_left_out: bool = False) -> RolledUp | None:
    """Return what the answers that can be added add up to at a level; None where none can be.

    ``names_left_out``: its notes say which can't be, and why, for whoever has the table alone.
    """
    told = _told(answers, level)
    read = [one for one in told if isinstance(one, Part)]
    return whole_of(told if names_left_out else read, is_partial=True) if read else None


def reasons(answers: Sequence[Answer], level: str) -> dict[str, Text]:
    """Return why registries are left out at a level, by source: unreadable, a copy, or counted by another profile."""
    return {one.source: one.why for one in _told(answers, level) if isinstance(one, Failure)}


def _told(answers: Sequence[Answer], level: str) -> list[Part | Failure]:
    told = [one if isinstance(one, Failure) else one.parts[level] for one in answers]
    return by_one_profile(without_copies(told))


def behind(answers: Sequence[Answer], level: str, unit: str, lists: Sequence[str]) -> list[Answers]:
    """Return the registries that a figure is made of, the largest share first; ``unit`` may be ``unplaced`` or ``total``."""
    left_out = reasons(answers, level)
    amounts: list[tuple[float, str, Answers]] = []
    for one in answers:
        part = one if isinstance(one, Failure) else one.parts[level]
        if isinstance(one, Failure) or isinstance(part, Failure) or one.source in left_out:
            continue
        table = part.coverage
        ends = {UNPLACED: table.unplaced, TOTAL: table.total}
        row = ends.get(unit) or next((row for row in table.rows if row.unit == unit), None)
        amount = 0.0 if row is None else sum(getattr(row.figures, name) for name in lists)
        if amount:
            amounts.append((-amount, one.source, one))
    return [one for _, _, one in sorted(amounts, key=lambda found: found[:2])]


def map_of(answers: Sequence[Answer]) -> tuple[Dataset, Zone] | None:
    """Return the outlines of districts and streets as a dataset of their own, and the zone; None where nothing is read."""
    read = [one for one in answers if isinstance(one, Answers)]
    if not read:
        return None
    records: dict[str, dict[str, Record]] = {kind: {} for kind in DRAWN}
    for one in read:
        for record in one.outlines:
            records[record.kind].setdefault(record.code, record)
    return Dataset(records), zone_of_code(read[0].zone)


def _outlines(dataset: Dataset, day: date) -> list[Record]:
    return [_simple(record, day) for kind in DRAWN for record in dataset.in_force(kind, day)]


def _simple(record: Record, day: date) -> Record:
    outline, name = record.geometry_on(day), record.text("name") or None
    drawn = None if outline is None else outline.simplify(_NEAR)
    if record.kind == DRAWN[0]:
        return make_record(record.kind, record.id, record.code, geometry=drawn, name=name)
    district = record.text("district")
    return make_record(record.kind, record.id, record.code, geometry=drawn, name=name, district=district)


def names_of(answers: Sequence[Answer], level: str) -> dict[str, str]:
    """Return how units are called where many registries stand in one table: with their district before them."""
    return {
        row.unit: one.names.get(row.unit, row.name or row.unit)
        if level == LEVELS[0]
        else f"{one.title} {one.names.get(row.unit, row.name or row.unit)}"
        for one in answers
        if isinstance(one, Answers) and isinstance(part := one.parts[level], Part)
        for row in part.coverage.rows
    }


def _grid_names(dataset: Dataset) -> dict[str, str]:
    """Return the names of grids with their community's before them, unless they say it themselves."""
    found = {}
    for code, grid in dataset.of("grids").items():
        community = dataset.of("communities").get(grid.text("community"))
        above = "" if community is None else community.text("name").removesuffix("居委会")
        name = grid.text("name") or code
        found[code] = name if name.startswith(above) else f"{above}{name}"
    return found
