"""What the numbers of a file say of a system that nobody named: degrees or metres, which zone, which axis is north."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import shapely

from app.domain.place.ground import ground_of, is_in_china
from app.domain.values import is_empty
from app.exchange.coordinates import are_degrees
from app.exchange.planning.asked_datum import datum_in
from app.exchange.readings import AS_STORED, likely
from app.exchange.values.places import read_coordinate, read_pair
from app.text import Text
from geo.crs import DEGREES, zone_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

    from app.domain.dataset import Dataset
    from app.domain.place.ground import Ground
    from app.exchange.mapping.columns import Columns
    from app.exchange.reader import Source

_METRES: Final = Text("这些数是米", "the numbers are metres")
_LOOKED_AT: Final = 100  # outlines that speak for the file


def crs_advice(source: Source, columns: Columns, dataset: Dataset) -> Text | None:
    """Return the system that fits where the registry lies, with the option that says it; None where nothing fits.

    Nearly all of the outlines looked at must fit. A registry without outlines is no judge: then China is.
    """
    shapes = list(_shapes(source, columns))[:_LOOKED_AT]
    if not shapes:
        return None
    ground = ground_of(dataset)
    headed = next((d for name in columns.names if (d := datum_in(name)) is not None), None)
    votes: Counter[tuple[str, Text]] = Counter()
    for shape in shapes:
        found = _system(shape, ground)
        if found is not None:
            votes[found] += 1
    if not votes:
        return None
    (option, why), count = votes.most_common(1)[0]
    if count * 10 < len(shapes) * 9:
        return None
    if headed is not None and option == f"--crs {DEGREES}":
        option = f"--datum {headed}"
        why = Text(f"列名写着偏移过的坐标（{headed}）", f"A heading says that they are shifted ({headed})")
    where = _where(dataset, ground)
    return Text(
        f"{why.zh}，落在{where.zh}：用 {option}。", f"{why.en}, which lies in {where.en}: say {option}."
    )


def _system(shape: BaseGeometry, ground: Ground | None) -> tuple[str, Text] | None:
    """Return the option that reads an outline where the registry lies, and what its numbers look like."""
    if are_degrees(shape) and _fits(shape, ground):
        return f"--crs {DEGREES}", Text("这些数是度", "The numbers are degrees")
    zone = None if ground is None else zone_for((ground.box[0] + ground.box[2]) / 2)
    found = likely(shape, AS_STORED, lambda read, how: how.shift is None and _fits(read, ground), zone)
    if found is None or found.datum is not None or found.meridian is not None:
        return None
    why = _METRES if zone is not None and found.crs == zone.epsg else found.why
    if found.crs and found.is_swapped:
        why = Text(f"{why.zh}，北坐标写在前", f"{why.en}, the northing first")
    option = found.option.replace("--read-as EPSG", "--crs EPSG")
    return option, Text(why.zh, f"{why.en[:1].upper()}{why.en[1:]}")


def _fits(shape: BaseGeometry, ground: Ground | None) -> bool:
    return is_in_china(shape.bounds) if ground is None else ground.holds(shape.bounds)


def _where(dataset: Dataset, ground: Ground | None) -> Text:
    if ground is None:
        return Text(
            "中国以内（台账还没有边界，只能这样判断）", "China (the registry has no outline yet to judge by)"
        )
    names = [
        record.text("name") for record in dataset.of("districts").values() if record.geometry is not None
    ]
    return Text(names[0], names[0]) if len(names) == 1 and names[0] else Text("台账里", "the registry")


def _shapes(source: Source, columns: Columns) -> Iterator[BaseGeometry]:
    """Give the outlines of a file as its numbers stand."""
    of = columns.of
    for row in columns.rows:
        if source.has_outlines:
            if row.outline is not None:
                yield row.outline
            continue
        if "wkt" in of and not is_empty(row.cells[of["wkt"]]):
            pair = read_pair(row.cells[of["wkt"]])
            if pair is not None:
                yield shapely.Point(pair)
            continue
        found = (read_coordinate(row.cells[of[name]]) for name in ("lon", "lat") if name in of)
        numbers = [number for number in found if number is not None]
        if len(numbers) == 2:
            yield shapely.Point(numbers)
