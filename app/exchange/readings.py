"""What coordinates that lie nowhere sensible most likely mean, and how they are read so.

Only the numbers are asked: axes exchanged (in degrees and in metres), the number of a zone in front of the
easting or missing from it, metres labelled degrees and the other way round, a digit lost. A reading is offered
where it falls into what is registered; nothing is ever read so unless somebody says it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import CRS

from app.domain.place.reading import SWAPPED, Reading
from app.errors import InvalidInput, Problem
from app.exchange.coordinates import Georeference, are_degrees, checked_crs, to_degrees
from app.text import Text
from geo.crs import DEGREES, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from shapely.geometry.base import BaseGeometry

DATUMS_READ: Final = ("gcj02", "bd09")
AS_STORED: Final = Georeference(DEGREES, "cgcs2000")
_MILLION: Final = 1_000_000
_METRES: Final = 1000.0  # no degree is so large
_EASTING: Final = (100_000.0, 900_000.0)  # without the zone's number [m]
_MERCATOR: Final = (8.0e6, 15.2e6)  # eastings of China in Web Mercator [m]
_THREE: Final = range(25, 46)  # 3-degree zones: EPSG:4513 … 4533 with their number, EPSG:4534 … 4554 without
_SIX: Final = range(13, 24)  # 6-degree zones: EPSG:4491 … 4501 with it, EPSG:4502 … 4512 without


def read_so(shape: BaseGeometry, now: Georeference, reading: Reading) -> BaseGeometry | None:
    """Return an outline, as the source gives it, in degrees: read as ``reading`` says where it was read as ``now``.

    None where no degrees come of it.
    """
    if reading.meridian is not None:
        zone = Zone(reading.meridian)
        swapped = shapely.transform(zone.to_metres([shape]), lambda pairs: pairs[:, ::-1])
        back: BaseGeometry = zone.to_degrees(swapped)[0]
        return back if are_degrees(back) else None
    how = replace(
        now,
        crs=reading.crs or now.crs,
        datum=reading.datum or now.datum,
        is_swapped=now.is_swapped != reading.is_swapped,
    )
    read: BaseGeometry | None = to_degrees([shape], how)[0]
    if read is not None and reading.shift is not None:
        shift = np.array(reading.shift)
        read = shapely.transform(read, lambda pairs: np.round(pairs + shift, 9))
    return read if read is not None and are_degrees(read) else None


def reading_said(written: str) -> Reading:
    """Return the reading that ``--read-as`` names: EPSG:n, swapped, gcj02 or bd09; InvalidInput for anything else."""
    said = written.strip()
    if said.lower() == SWAPPED:
        return Reading(Text("", ""), is_swapped=True)
    if said.lower() in DATUMS_READ:
        return Reading(Text("", ""), datum=said.lower())
    if re.fullmatch(r"epsg:\d+", said, re.IGNORECASE):
        checked_crs(said.upper())
        return Reading(Text("", ""), crs=said.upper())
    message = Text(
        f"--read-as 只能是 EPSG:n、swapped、gcj02 或 bd09，这里是 {written!r}。",
        f"--read-as is EPSG:n, swapped, gcj02 or bd09, not {written!r}.",
    )
    raise InvalidInput(message, (Problem(message=message, column="read_as", value=written),))


def likely(
    shape: BaseGeometry,
    now: Georeference,
    fits: Callable[[BaseGeometry, Reading], bool],
    zone: Zone | None = None,
) -> Reading | None:
    """Return the first reading of an outline, as the source gives it, that ``fits``; None where none does.

    ``zone``: the registry's own, None where it has none yet. Of digits that may be wrong there must be one alone.
    """
    for reading in _candidates(shape, now, zone):
        if _does_fit(reading, shape, now, fits):
            return reading
    found = [reading for reading in _digits(shape, now) if _does_fit(reading, shape, now, fits)]
    return found[0] if len(found) == 1 else None


def _does_fit(
    reading: Reading, shape: BaseGeometry, now: Georeference, fits: Callable[[BaseGeometry, Reading], bool]
) -> bool:
    read = read_so(shape, now, reading)
    return read is not None and fits(read, reading)


def _candidates(shape: BaseGeometry, now: Georeference, zone: Zone | None) -> Iterator[Reading]:
    west, south, east, north = shape.bounds
    x, y = (west + east) / 2, (south + north) / 2
    if now.is_swapped:
        x, y = y, x
    in_degrees = CRS.from_user_input(now.crs).is_geographic
    if max(abs(x), abs(y)) < _METRES:
        if in_degrees:
            yield Reading(_SWAPPED_DEGREES, is_swapped=True)
            if zone is not None and now == AS_STORED:  # brought in so before anybody looked
                yield Reading(_SWAPPED_METRES, meridian=zone.meridian)
        else:
            yield Reading(_DEGREES, crs=DEGREES)
            yield Reading(_SWAPPED_DEGREES, crs=DEGREES, is_swapped=True)
        return
    if not in_degrees:
        yield Reading(_SWAPPED_METRES, is_swapped=True)
    for easting, is_swapped in ((x, False), (y, True)):
        yield from _zones(easting, now.crs, is_swapped=is_swapped, is_metric=not in_degrees, zone=zone)
    if in_degrees and _MERCATOR[0] <= x <= _MERCATOR[1]:
        yield Reading(_other("EPSG:3857"), crs="EPSG:3857")


def _zones(
    easting: float, crs: str, *, is_swapped: bool, is_metric: bool, zone: Zone | None
) -> Iterator[Reading]:
    """Offer the zone that an easting names itself, or the one that a system with numbers means without."""
    number = int(easting // _MILLION)
    with_number = _numbered(number)
    if with_number is not None:
        told = Text(
            f"东坐标带着 {number} 带的带号：{with_number}", f"the eastings carry zone {number}: {with_number}"
        )
        yield Reading(told, crs=with_number, is_swapped=is_swapped)
    elif _EASTING[0] <= easting <= _EASTING[1]:
        plain = _unnumbered(crs) if is_metric else None
        if plain is not None:
            told = Text(f"东坐标没有带号：{plain}", f"the eastings carry no zone number: {plain}")
            yield Reading(told, crs=plain, is_swapped=is_swapped)
        if zone is not None:
            yield Reading(_other(zone.epsg), crs=zone.epsg, is_swapped=is_swapped)


def _numbered(zone: int) -> str | None:
    if zone in _THREE:
        return f"EPSG:{4513 + zone - _THREE[0]}"
    return f"EPSG:{4491 + zone - _SIX[0]}" if zone in _SIX else None


def _unnumbered(crs: str) -> str | None:
    """Return the system that is ``crs`` without the zone's number in its eastings; None where it has none."""
    authority = CRS.from_user_input(crs).to_authority(min_confidence=60)
    code = int(authority[1]) if authority is not None and authority[1].isdigit() else 0
    if 4513 <= code <= 4533:
        return f"EPSG:{code + 21}"
    return f"EPSG:{code + 11}" if 4491 <= code <= 4501 else None


def _digits(shape: BaseGeometry, now: Georeference) -> Iterator[Reading]:
    """Offer one digit put in or put right in the whole degrees of longitude, then of latitude."""
    if now.is_swapped or not CRS.from_user_input(now.crs).is_geographic:
        return
    west, south, east, north = shape.bounds
    middle = ((west + east) / 2, (south + north) / 2)
    for axis in (0, 1):
        for whole in _one_digit(int(abs(middle[axis]))):
            by = float(whole - int(abs(middle[axis])))
            shift = (by, 0.0) if axis == 0 else (0.0, by)
            meant = f"{middle[0] + shift[0]:.6g}, {middle[1] + shift[1]:.6g}"
            why = Text(f"像是少写或写错了一位数：{meant}", f"a digit seems to be missing or wrong: {meant}")
            yield Reading(why, shift=shift)


def _one_digit(whole: int) -> list[int]:
    """Return the numbers that have one digit more than ``whole``, then those with one digit changed."""
    text = str(whole)
    more = {int(text[:at] + str(d) + text[at:]) for at in range(len(text) + 1) for d in range(10)}
    other = {int(text[:at] + str(d) + text[at + 1 :]) for at in range(len(text)) for d in range(10)}
    return sorted(more - {whole}) + sorted(other - more - {whole})


def _other(crs: str) -> Text:
    return Text(f"按 {crs} 读就落在台账里", f"read as {crs} they lie in the registry")


_SWAPPED_DEGREES: Final = Text(
    "经度和纬度像是写反了：先经度，后纬度", "longitude and latitude seem to be swapped: longitude comes first"
)
_SWAPPED_METRES: Final = Text(
    "北坐标和东坐标像是写反了：先东坐标，后北坐标",
    "northing and easting seem to be swapped: the easting comes first",
)
_DEGREES: Final = Text("这些数是度，不是米", "these numbers are degrees, not metres")
