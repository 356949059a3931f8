"""Values as a user types them, read for one kind of record; every wrong one is told at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from app.domain.codes.codes import normal_code
from app.domain.days.typed_day import read_typed_day
from app.domain.field_words import field_words
from app.domain.kinds import FieldType
from app.domain.period import read_day
from app.domain.values import is_empty, read_field
from app.errors import InvalidInput, Problem
from app.services.registry.lookup import find_record
from app.services.registry.place_warnings import must_be_degrees
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.dataset import Dataset
    from app.domain.kinds import Kind
    from app.domain.profile.profile import Profile


def read_values(
    dataset: Dataset, profile: Profile, spec: Kind, values: Mapping[str, object], *, clears: bool = False
) -> dict[str, Any]:
    """Read raw values by field name; every one that is wrong is told at once.

    Of a kind that the program writes by a verb of its own nothing is read.
    """
    if spec.is_internal and values:
        message = Text(
            f"{spec.words.zh}由程序自己写，不用 set 改。",
            f"{spec.words.en} are written by the program, not by set.",
        )
        raise InvalidInput(message, tuple(Problem(message=message, column=name) for name in values))
    read: dict[str, Any] = {}
    problems: list[Problem] = []
    said: Text | None = None
    for name, raw in values.items():
        try:
            value = _read_one(dataset, profile, spec, name, raw)
        except InvalidInput as error:
            is_place = name == "geometry" and bool(error.problems)
            where = field_words(spec.name, name, profile)
            said = said or (
                error.message
                if is_place
                else Text(f"{where.zh}：{error.message.zh}", f"{where.en}: {error.message.en}")
            )
            problems += (
                error.problems if is_place else (Problem(message=error.message, column=name, value=str(raw)),)
            )
            continue
        if value is not None or clears:
            read[name] = value
    if said is not None:
        raise InvalidInput(said, tuple(problems))
    return read


def _read_one(dataset: Dataset, profile: Profile, spec: Kind, name: str, raw: object) -> object:
    if name == "geometry" and spec.is_layer:
        if is_empty(raw):
            return None
        shape = read_geometry(raw)
        must_be_degrees(shape, dataset)
        return shape
    if is_empty(raw):
        if name in spec.by_name or name in ("valid_from", "valid_until", "source", "code"):
            return None
    elif name == "code":
        return normal_code(spec.name, raw)
    elif name in ("valid_from", "valid_until"):
        return read_typed_day(raw) if isinstance(raw, str) else read_day(raw)
    elif name == "source":
        return str(raw).strip()
    elif name in spec.by_name:
        field = spec.by_name[name]
        if field.type is FieldType.DAY and isinstance(raw, str):
            raw = read_typed_day(raw)
        value = read_field(field, raw, profile)
        if field.type is FieldType.REFERENCE:
            other = find_record(dataset, str(value))
            return other.code if other is not None else value
        return value
    known = ", ".join([*spec.by_name, *(s.key for s in profile.facts_of(spec.name))])
    raise InvalidInput(
        Text(
            f"{spec.words.zh}没有字段 {name!r}。有：{known}。",
            f"{spec.words.en} have no field {name!r}. Known: {known}.",
        )
    )


def read_geometry(raw: object) -> BaseGeometry:
    """Return an outline given as a shape, as WKT in degrees, or as ``@FILE`` (GeoJSON).

    Raises InvalidInput where it can't be read.
    """
    if isinstance(raw, BaseGeometry):
        return raw
    text = str(raw).strip()
    try:
        if text.startswith("@"):
            return _from_geojson(Path(text[1:]))
        with np.errstate(invalid="ignore"):  # what is no number is refused by whoever takes the outline
            return shapely.force_2d(shapely.from_wkt(text))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        what = (text[1:], text[1:]) if text.startswith("@") else (f"{text[:40]!r}", f"{text[:40]!r}")
        raise InvalidInput(
            Text(
                f"轮廓读不懂：{what[0]}。写 WKT（经度 纬度），或 @文件.geojson。",
                f"The outline can't be read: {what[1]}. Write WKT (longitude latitude) or @FILE.geojson.",
            )
        ) from error


def _from_geojson(path: Path) -> BaseGeometry:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            Text(f"读不了 {path}：{words_of(error).zh}。", f"{path} can't be read: {words_of(error).en}.")
        ) from error
    shape = shapely.from_geojson(text)
    if shape.geom_type == "GeometryCollection":
        parts = shapely.get_parts(shape)
        if len(parts) != 1:
            raise InvalidInput(
                Text(
                    f"{path} 里有 {len(parts)} 个图形，只要 1 个。",
                    f"{path} holds {len(parts)} shapes; one is wanted.",
                )
            )
        shape = parts[0]
    return shapely.force_2d(shape)


def read_as(written: str, values: Mapping[str, object]) -> dict[str, Any]:
    """Return field values with their geometry read as ``--read-as`` says (EPSG:n, swapped, gcj02, bd09), in degrees.

    Raises InvalidInput where there is no geometry, no such reading, or nothing that is degrees comes of it.
    """
    from app.exchange.readings import AS_STORED, read_so, reading_said

    reading = reading_said(written)
    raw = values.get("geometry")
    if raw is None or raw == "":
        message = Text("--read-as 要和 geometry= 一起写。", "--read-as needs geometry=.")
        raise InvalidInput(message, (Problem(message=message, column="read_as", value=written),))
    shape = read_so(read_geometry(raw), AS_STORED, reading)
    if shape is None:
        message = Text(f"按 {written} 读不出经纬度。", f"Read as {written} these are no degrees.")
        raise InvalidInput(message, (Problem(message=message, column="geometry", value=str(raw)[:200]),))
    return {**values, "geometry": shape}
