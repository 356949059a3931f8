"""Small registries made of squares: metres count from a corner near 117° E, 31.8° N."""

from __future__ import annotations

import re
from datetime import date
from importlib import resources
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from app.coverage.engine import CoverageEngine
from app.coverage.results import Query
from app.domain.dataset import Dataset
from app.domain.profile.profile import Profile
from app.domain.profile.reader import read_profile
from app.domain.record import Record, make_record
from geo.crs import zone_for

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

ZONE = zone_for(117.0)
ORIGIN = np.array([520_000.0, 3_520_000.0])  # [m] east, north in the zone
DAY = date(2024, 6, 1)
_numbers = count(1)


def a_profile(name: str = "yaohai", **changed: str) -> Profile:
    """Return a city's profile, some keys given another value (as TOML)."""
    folder = resources.files("resources") / "profiles"
    own = (folder / f"{name}.toml").read_text("utf-8")
    for key, value in changed.items():
        own = re.sub(rf"(?m)^{key} = .*$", f"{key} = {value}", own)
    return read_profile(own, (folder / "common.toml").read_text("utf-8"))


def on_earth(outline: BaseGeometry) -> BaseGeometry:
    """Return an outline in metres from the corner as degrees."""
    moved = shapely.transform(outline, lambda xy: xy + ORIGIN)
    return ZONE.to_degrees([moved])[0]


def a_box(west: float, south: float, east: float, north: float) -> BaseGeometry:
    return on_earth(shapely.box(west, south, east, north))


def a_point(east: float, north: float) -> BaseGeometry:
    return on_earth(shapely.Point(east, north))


def a_record(kind: str, code: str, /, *, past: dict[str, Any] | None = None, **values: Any) -> Record:
    record = make_record(kind, f"id-{kind}-{code}", code, **values)
    return record if past is None else record._replace(past=past)


def a_district(code: str = "340102", **values: Any) -> Record:
    return a_record("districts", code, **{"name": f"区{code}", **values})


def a_street(code: str = "340102001", **values: Any) -> Record:
    return a_record("streets", code, **{"name": f"街道{code}", **values})


def a_community(code: str = "340102001001", **values: Any) -> Record:
    return a_record("communities", code, **{"name": f"社区{code}", **values})


def a_grid(code: str = "G1", **values: Any) -> Record:
    return a_record("grids", code, **{"name": f"网格{code}", **values})


def a_compound(code: str = "C1", **values: Any) -> Record:
    return a_record("compounds", code, **{"name": f"小区{code}", "kind": "old", **values})


def a_building(code: str = "B1", **values: Any) -> Record:
    return a_record("buildings", code, **{"name": f"楼{code}", **values})


def a_station(code: str = "S1", **values: Any) -> Record:
    return a_record("stations", code, **{"name": f"站{code}", "kind": "grid_post", **values})


def a_firm(code: str = "F1", **values: Any) -> Record:
    return a_record("firms", code, **{"name": f"企业{code}", **values})


def an_organisation(code: str = "O1", **values: Any) -> Record:
    return a_record("organisations", code, **{"name": f"支部{code}", "type": "branch", **values})


def an_attachment(to: str, code: str | None = None, **values: Any) -> Record:
    return a_record(
        "attachments", code or f"A{next(_numbers):06}", **{"organisation": "O1", "to": to, **values}
    )


def an_engagement(compound: str, code: str | None = None, **values: Any) -> Record:
    named = {"firm": "F1", "compound": compound, "stage": "contract", **values}
    return a_record("engagements", code or f"E{next(_numbers):06}", **named)


def a_fact(
    subject: str, key: str, value: str, since: date = date(2023, 1, 1), until: date | None = None
) -> Record:
    code = f"{subject}:{key}:{since.isoformat()}"
    return a_record("facts", code, subject=subject, key=key, value=value, valid_from=since, valid_until=until)


def a_household_count(subject: str, on: date = date(2023, 1, 1), **values: Any) -> Record:
    return a_record("households", f"{subject}:{on.isoformat()}", subject=subject, on=on, **values)


def a_dataset(*records: Record) -> Dataset:
    return Dataset({}).with_changes(records)


def an_engine(*records: Record, profile: Profile | None = None) -> CoverageEngine:
    return CoverageEngine(a_dataset(*records), profile or a_profile(), ZONE)


def a_query(measure: str = "party", by: str = "grid", **options: Any) -> Query:
    return Query(measure=measure, by=by, **{"as_of": DAY, **options})


def a_city() -> list[Record]:
    """A district of 200 m × 200 m: two streets side by side, a community in each, two grids in each."""
    records = [a_district(geometry=a_box(0, 0, 200, 200))]
    for column, west in enumerate((0, 100), start=1):
        street, community = f"34010200{column}", f"34010200{column}001"
        records.append(a_street(street, district="340102", geometry=a_box(west, 0, west + 100, 200)))
        records.append(a_community(community, street=street, geometry=a_box(west, 0, west + 100, 200)))
        for row, south in enumerate((0, 100), start=1):
            outline = a_box(west, south, west + 100, south + 100)
            records.append(a_grid(f"G{column}{row}", community=community, geometry=outline))
    return records
