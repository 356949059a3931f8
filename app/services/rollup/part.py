"""What one registry adds to the whole: its own figures, with their sums kept so that nothing is rounded on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import shapely

from app.coverage.change.rows import Change, with_parts
from app.coverage.engine import CoverageEngine
from app.errors import InvalidInput, RegistryError, StorageFault
from app.services.registry.registry import Registry
from app.services.registry.working_zone import Drawn, zone_of_code
from app.services.rollup.firms import firms_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.coverage.mending.slices import Cell
    from app.coverage.mending.sums import Slices
    from app.coverage.results import Coverage, Query
    from app.services.registry.info import RegistryInfo

_IN_PART: Final = Text(
    "登录名 {0} 只看得到自己的街道或网格，不是全区：这样的数不能当作全区的汇总。用全区的登录名，写在地址里 @ 的前面。",
    "The login {0} sees its own streets or grids, not the whole district, and such figures must not be added as the "
    "district's. Take a login of the district, before the @ of the address.",
)
Box = tuple[float, float, float, float]  # west, south, east, north [degrees]


class Reaching(NamedTuple):
    """Something that does not lie wholly in a unit of its own registry, and the box of its outline."""

    code: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What a registry answered.

    Attributes
    ----------
    source : str
        Where the registry lies.
    info : RegistryInfo
        What it says of itself.
    profile : str
        The text of its profile: figures of two profiles are not added up.
    coverage : Coverage
        Its own table, with the parts of a change where two days were asked for.
    now, before : Slices
        Its sums on the day, and on the day compared with, as numbers whose exact sum each is.
    changes : dict
        By row (``unplaced``, ``total``) and part of the change between the two days the same.
    is_whole : bool
        Whether the figures are whole numbers.
    districts : Box or None
        The box of its districts' outlines, which the zone of the whole is chosen by.
    reaching : tuple of Reaching
        What lies partly or wholly outside its units.
    firms : dict
        Where the figures hang on firms: those that have a credit code, by a mark of it, which other registries may hold too.
    is_kept : bool
        Whether it came from a partition and was not computed now.

    """

    source: str
    info: RegistryInfo
    profile: str
    coverage: Coverage
    now: Slices
    before: Slices | None
    changes: dict[str, dict[str, Cell]]
    is_whole: bool
    districts: Box | None
    reaching: tuple[Reaching, ...]
    firms: dict[str, str] = field(default_factory=dict)
    is_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a registry added nothing. ``is_question`` where not it, but what was asked of it, was at fault."""

    source: str
    error: RegistryError
    is_question: bool = False

    @property
    def why(self) -> Text:
        """The reason, for people."""
        return self.error.message


def part_of(
    source: str, query: Query, crs: str | None, then: Callable[[Part, Registry], None] | None = None
) -> Part | Failure:
    """Compute what a registry adds; ``crs`` is the zone of the whole, None for the registry's own.

    ``then`` is called with it while the registry is open. Runs in a worker: what a user can act on comes back as a
    value, with its words in both languages.
    """
    try:
        registry = Registry.open(Path(source))  # an address, too: a connection of this worker's own
    except RegistryError as error:
        return Failure(source=source, error=error)
    try:
        part = answer_of(registry, source, query, crs)
        if then is not None:
            then(part, registry)
        return part
    except InvalidInput as error:
        return Failure(source=source, error=error, is_question=True)
    except RegistryError as error:
        return Failure(source=source, error=error)
    finally:
        registry.close()


def answer_of(registry: Registry, source: str, query: Query, crs: str | None) -> Part:
    """Return what an open registry adds, as ``part_of``; raises InvalidInput where the question is none."""
    if not registry.shows_all:
        raise StorageFault(_IN_PART.format(registry.by))
    zone = registry.zone if crs is None else zone_of_code(crs)
    engine = registry.engine
    if zone != registry.zone:
        engine = CoverageEngine(registry.dataset, registry.profile, zone)
    coverage = engine.coverage(query)
    change = None if query.against is None else Change(engine, query)
    now, before = engine.slices(query)
    measure, weight = engine.check(query)
    return Part(
        source=source,
        info=registry.info,
        profile=registry.profile.text,
        coverage=coverage if change is None else with_parts(coverage, change),
        now=now,
        before=before,
        changes={} if change is None else change.slices(),
        is_whole=engine.is_in_whole_numbers(query, measure, weight),
        districts=Drawn.of(registry.dataset).districts,
        reaching=_reaching(registry, coverage),
        firms=firms_of(registry.dataset, measure, query.as_of),
    )


def _reaching(registry: Registry, coverage: Coverage) -> tuple[Reaching, ...]:
    day = coverage.query.as_of
    found: list[Reaching] = []
    for code in coverage.unplaced_codes:
        record = registry.dataset.find(code)
        outline = None if record is None else record.geometry_on(day)
        if outline is not None:
            west, south, east, north = (float(side) for side in shapely.bounds(outline))
            found.append(Reaching(code, (west, south, east, north)))
    return tuple(found)
