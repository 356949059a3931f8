"""What is said, and offered, of coordinates that are no degrees, or that lie where nobody can have meant them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.place.ground import is_in_china
from app.domain.place.reading import PlaceWarning
from app.exchange.readings import AS_STORED, likely
from app.text import Text
from geo.crs import zone_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from shapely.geometry.base import BaseGeometry

    from app.domain.place.ground import Ground, Misplaced
    from app.domain.place.reading import Reading
    from app.domain.record import Record
    from app.exchange.coordinates import Georeference
    from geo.crs import Zone

_ABROAD: Final = Text("在中国以外（73–136° E，3–54.5° N）", "outside China (73–136° E, 3–54.5° N)")
_DEGREES: Final = Text("写经度、纬度，单位度", "give longitude and latitude in degrees")
_LOOK: Final = Text("核对坐标", "look at the coordinates")


def warning_of(
    record: Record,
    found: Misplaced,
    ground: Ground | None,
    *,
    raw: BaseGeometry | None = None,
    now: Georeference = AS_STORED,
    is_read: bool = True,
) -> PlaceWarning:
    """Return what is said of a misplaced record, with the reading that puts it where it belongs; unless not ``is_read``.

    ``raw``: its outline as the source gives it, read as ``now``; None = the record's own, in degrees.
    """
    shape = record.geometry if raw is None else raw
    reading = None
    if shape is not None and is_read:
        reading = _reading(shape, now, found.home, ground)
    said = _ended(_where(found), _LOOK if reading is None else reading.why)
    return PlaceWarning(
        message=_with_option(said, reading),
        code=record.code,
        column="geometry",
        value=f"{found.lon:.8g}, {found.lat:.8g}",
        plain=said,
        reading=reading,
    )


def no_degrees(
    raw: BaseGeometry, ground: Ground | None, now: Georeference | None = None, *, label: str = ""
) -> PlaceWarning:
    """Return why coordinates can't be taken that are no degrees, with what the numbers look like.

    ``now``: how a file's are read, in a system called ``label`` ("" = degrees); None for what is typed.
    """
    west, south, east, north = raw.bounds
    value = f"{(west + east) / 2:.8g}, {(south + north) / 2:.8g}"
    reading = _reading(raw, now or AS_STORED, ground, None)
    if reading is None and ground is not None:
        reading = likely(raw, now or AS_STORED, _in_china)
    what = (
        Text(f"坐标 {value} 按 {label} 读不出位置", f"the coordinates {value} are nowhere in {label}")
        if label
        else Text(f"坐标 {value} 不是度", f"the coordinates {value} are not degrees")
    )
    if reading is not None:
        said = _ended(what, reading.why)
        message = _with_option(said, reading)
        if now is not None and not label and reading.crs and not reading.is_swapped:
            message = Text(
                f"{message.zh[:-1]}，或 --crs {reading.crs}。", f"{message.en[:-1]} or --crs {reading.crs}."
            )
    elif now is not None:
        zone = "EPSG:4548" if ground is None else _zone(ground).epsg
        how = Text(f"用 --crs 写明坐标系，如 --crs {zone}", f"name the CRS with --crs, such as --crs {zone}")
        said, message = _ended(what, _LOOK), _ended(what, how)
    else:
        said = message = _ended(what, _DEGREES)
    return PlaceWarning(message=message, column="geometry", value=value, plain=said, reading=reading)


def _reading(
    shape: BaseGeometry, now: Georeference, home: Ground | None, ground: Ground | None
) -> Reading | None:
    """Return the reading that falls where the record belongs, or else into the registry, or at least into China."""
    for place in (home, ground):
        if place is not None:
            found = likely(shape, now, _fits(place), _zone(place))
            if found is not None:
                return found
    if home is None and ground is None:
        return likely(shape, now, _in_china)
    return None


def _in_china(read: BaseGeometry, _how: Reading) -> bool:
    return is_in_china(read.bounds)


def _fits(place: Ground) -> Callable[[BaseGeometry, Reading], bool]:
    """Return whether an outline read so lies there; a digit put right must hit it more closely."""
    return lambda read, how: (place.holds if how.shift is None else place.is_beside)(read.bounds)


def _zone(ground: Ground) -> Zone:
    return zone_for((ground.box[0] + ground.box[2]) / 2)


def _where(found: Misplaced) -> Text:
    zh, en = [], []
    if found.is_abroad:
        zh.append(_ABROAD.zh)
        en.append(_ABROAD.en)
    if found.km is not None and found.parent is not None:
        name = found.parent.text("name").strip()
        zh.append(f"离所属的{name or found.parent.code} {_km(found.km)} 公里")
        en.append(f"{_km(found.km)} km from {name or found.parent.code}, which it belongs to")
    elif found.km is not None:
        zh.append(f"离台账所在的地方 {_km(found.km)} 公里")
        en.append(f"{_km(found.km)} km from where the registry lies")
    place = f"{found.lon:.6g}, {found.lat:.6g}"
    return Text(f"位置 {place} {'，'.join(zh)}", f"{place} is {', and '.join(en)}")


def _km(km: float) -> str:
    return f"{km:,.0f}" if km >= 10 else f"{km:.1f}"


def _ended(first: Text, then: Text) -> Text:
    return Text(f"{first.zh}。{then.zh}。", f"{first.en}; {then.en}.")


def _with_option(said: Text, reading: Reading | None) -> Text:
    if reading is None or not reading.option:
        return said
    return Text(f"{said.zh}要这样读：{reading.option}。", f"{said.en} To read it so: {reading.option}.")
