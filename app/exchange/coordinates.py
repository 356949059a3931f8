"""From a file's coordinates to CGCS2000 degrees, longitude first; what can't be converted is refused, never guessed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from app.errors import InvalidInput
from app.text import Text
from geo.crs import from_crs
from geo.datum import DATUMS, to_wgs84
from geo.repair import tidied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

DEFAULT_CRS: Final = "EPSG:4326"
_FAMILIES: Final = (
    "wgs84",
    "wgs1984",
    "worldgeodeticsystem1984",
    "cgcs2000",
    "chinageodetic",
    "china2000",
    "d2000",
)
_AXIS: Final = 6_378_137.0  # of both ellipsoids [m]
_FLATTENING: Final = (298.257222101, 298.257223563)  # CGCS2000, WGS 84; apart by 0.1 mm at the pole
_LOCAL: Final = ("Beijing 1954", "Beijing 54", "Xian 1980", "Xi'an 1980", "New Beijing")


class NeedsLocalParameters(InvalidInput):
    """The coordinates of a source are of an older system: reading its numbers as another's would move all of it."""


@dataclass(frozen=True, slots=True)
class Georeference:
    """How a file's coordinates are to be read: ``crs`` as EPSG code or WKT, ``datum`` one of DATUMS.

    ``is_swapped``: the second number of each pair comes first.
    """

    crs: str
    datum: str
    notes: tuple[Text, ...] = ()
    is_swapped: bool = False

    @property
    def label(self) -> str:
        """The CRS as results print it."""
        authority = CRS.from_user_input(self.crs).to_authority(min_confidence=60)
        return ":".join(authority) if authority else CRS.from_user_input(self.crs).name


_NO_CRS: Final = {
    "shp": Text(
        "文件没写坐标系（没有 .prj）。用 --crs 写明，如 --crs EPSG:4490。",
        "The file names no CRS (no .prj). Say it with --crs, such as --crs EPSG:4490.",
    ),
    "gpkg": Text(
        "这个图层没写坐标系（GeoPackage 里是“未定义”）。用 --crs 写明，如 --crs EPSG:4490。",
        "The layer names no CRS (the GeoPackage says undefined). Say it with --crs, such as --crs EPSG:4490.",
    ),
}


def georeference(
    file_crs: str | None, given_crs: str | None, given_datum: str | None, *, is_table: bool, file_format: str
) -> Georeference:
    """Return how to read coordinates, from what the file says and what the user says; the user's word wins.

    Raises
    ------
    InvalidInput
        If nobody says the CRS of a vector file, or it is unknown, in feet, or can't be converted exactly.

    """
    datum = given_datum or "cgcs2000"
    if datum not in DATUMS:
        raise InvalidInput(
            Text(
                f"没有坐标基准 {datum!r}。能写：{'、'.join(DATUMS)}。",
                f"There is no datum {datum!r}. Known: {', '.join(DATUMS)}.",
            )
        )
    notes: list[Text] = []
    if file_crs is not None and not _is_readable(file_crs):
        if given_crs is None and given_datum is None:
            begin = " ".join(file_crs.split())[:60]
            raise InvalidInput(
                Text(
                    f"文件里的坐标系读不懂：{begin!r}…。用 --crs 写明，如 --crs EPSG:4490。",
                    f"The CRS in the file can't be read: {begin!r}…. Say it with --crs, such as --crs EPSG:4490.",
                )
            )
        file_crs = None
    chosen = given_crs or file_crs
    if chosen is None and (not is_table or given_datum is None):
        raise InvalidInput(
            Text(
                "表里的坐标没写坐标系。经纬度用 --crs EPSG:4490 写明，米用如 --crs EPSG:4548；已知偏移的写 --datum。",
                "The table names no CRS. Say --crs EPSG:4490 for degrees, such as EPSG:4548 for metres; --datum where it is shifted.",
            )
            if is_table
            else _NO_CRS.get(file_format, _NO_CRS["shp"])
        )
    chosen = chosen or DEFAULT_CRS  # a datum names degrees
    crs = checked_crs(chosen)
    if given_crs and file_crs and not crs.equals(CRS.from_user_input(file_crs), ignore_axis_order=True):
        notes.append(
            Text(
                f"文件写的坐标系是 {_name(file_crs)}，按你写的 {given_crs} 读。",
                f"The file says {_name(file_crs)}; it is read as {given_crs}, as you say.",
            )
        )
    return Georeference(chosen, datum, tuple(notes))


def _is_readable(crs: str) -> bool:
    try:
        CRS.from_user_input(crs)
    except CRSError:
        return False
    return True


def checked_crs(written: str) -> CRS:
    """Return a CRS that converts to CGCS2000 without local parameters; refuse any other with a sentence."""
    try:
        crs = CRS.from_user_input(written)
    except CRSError as error:
        raise InvalidInput(
            Text(
                f"没有坐标系 {written!r}。写成 EPSG:4490 这样。",
                f"No CRS {written!r}. Write it like EPSG:4490.",
            )
        ) from error
    name = crs.name
    if not (crs.is_geographic or crs.is_projected):
        raise InvalidInput(
            Text(
                f"{name} 不是平面或经纬度坐标系，换不成经纬度。",
                f"{name} is neither geographic nor projected; it can't be converted.",
            )
        )
    if not all(_is_metre_or_degree(axis.unit_conversion_factor) for axis in crs.axis_info[:2]):
        unit = ", ".join(sorted({axis.unit_name for axis in crs.axis_info[:2]}))
        raise InvalidInput(
            Text(
                f"坐标系 {name} 的单位是 {unit}，只收米和度。先转成 EPSG:4490 再导入。",
                f"The unit of {name} is {unit}; only metres and degrees are taken. Convert it to EPSG:4490 first.",
            )
        )
    base = crs.geodetic_crs
    words = f"{base.name} {base.datum.name if base.datum else ''}" if base is not None else ""
    words = words.replace("_", " ")  # as Esri writes them
    if any(local in words for local in _LOCAL):
        raise NeedsLocalParameters(
            Text(
                f"{name} 换到 CGCS2000 要当地参数，程序没有。请测绘部门转成 CGCS2000 再导入。",
                f"{name} needs local parameters to become CGCS2000. Have it converted by the surveyors first.",
            )
        )
    if not _is_alike(crs, words):
        raise InvalidInput(
            Text(
                f"坐标系 {name} 不基于 CGCS2000 或 WGS 84，不能准确换算。先转成 EPSG:4490 再导入。",
                f"{name} is based on neither CGCS2000 nor WGS 84. Convert it to EPSG:4490 first.",
            )
        )
    return crs


def _is_metre_or_degree(factor: float) -> bool:
    """Whether a unit is one metre or one degree, however a text spells it."""
    return math.isclose(factor, 1.0, rel_tol=1e-9) or math.isclose(factor, math.pi / 180, rel_tol=1e-9)


def _is_alike(crs: CRS, words: str) -> bool:
    """Whether a system rests on CGCS2000 or WGS 84: by its name's family, and by the numbers of its ellipsoid."""
    plain = re.sub(r"[^a-z0-9]", "", words.casefold())
    shape = crs.ellipsoid
    is_shape = shape is None or (
        math.isclose(shape.semi_major_metre, _AXIS, abs_tol=0.01)
        and any(math.isclose(shape.inverse_flattening, one, abs_tol=1e-6) for one in _FLATTENING)
    )
    return is_shape and any(family in plain for family in _FAMILIES)


def to_degrees(outlines: Sequence[BaseGeometry | None], how: Georeference) -> NDArray[np.object_]:
    """Return outlines in CGCS2000 degrees, two-dimensional, empty ones as None. Validity is not looked at."""
    shapes = tidied(outlines)
    drawn = shapely.is_missing(shapes) == False  # noqa: E712  # an array
    if not drawn.any():
        return shapes
    if how.is_swapped:
        shapes[drawn] = shapely.transform(shapes[drawn], lambda pairs: pairs[:, ::-1])
    if not CRS.from_user_input(how.crs).is_geographic:
        shapes[drawn] = from_crs(shapes[drawn], how.crs)
    if how.datum in ("gcj02", "bd09"):
        shapes[drawn] = shapely.transform(shapes[drawn], lambda lonlat: to_wgs84(lonlat, how.datum))
    return shapes


def are_degrees(outline: BaseGeometry) -> bool:
    """Whether coordinates can be degrees with longitude first at all."""
    west, south, east, north = outline.bounds
    return -180 <= west <= east <= 180 and -90 <= south <= north <= 90


def _name(crs: str) -> str:
    try:
        return CRS.from_user_input(crs).name
    except CRSError:
        return crs
