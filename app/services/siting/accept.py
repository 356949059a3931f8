"""A proposal put to use: its stations written as one change, or its places as a layer for others."""

from __future__ import annotations

import errno
import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from app.domain.edits import Put
from app.domain.vocabulary import DERIVED
from app.errors import InvalidInput, Problem
from app.exchange.formats.csv_table import write_table
from app.exchange.formats.safe_file import write_whole, written_aside
from app.services.siting.ground import points
from app.services.siting.site import station_records
from app.services.siting.words import notes_of, summary_of
from app.text import Text

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.services.registry.registry import Registry
    from app.services.siting.site import SitePlan

ENDINGS: Final = (".gpkg", ".geojson", ".csv")
_LAYER: Final = "places"
_COLUMNS: Final = {
    "order": Text("次序", "Order"),
    "lon": DERIVED["lon"],
    "lat": DERIVED["lat"],
    "gain": Text("新增户数", "Households gained"),
    "codes": Text("新够得着的小区", "Compounds newly in reach"),
}


def add_stations(
    registry: Registry, plan: SitePlan, *, since: date | None = None, why: str | None = None
) -> Changes:
    """Write the places of a proposal as stations from a day on (default: its own), as one change."""
    request = plan.request
    kind = registry.profile.choices["station_kind"][request.station_kind]
    lonlat = [(place.lon, place.lat) for place in plan.places]

    def build(dataset: Dataset) -> list[Edit]:
        taken = {record.text("name") for record in dataset.of("stations").values()}
        free = (
            name
            for at in range(1, len(taken) + len(lonlat) + 1)
            if (name := f"新{kind.zh} {at}") not in taken
        )
        names = [next(free) for _ in lonlat]
        made = station_records(dataset, request, lonlat, names, since=since)
        return [Put(record) for record in made]

    return registry.write(build, verb="site", why=why)


def write_places(plan: SitePlan, target: Path, lang: str) -> Path:
    """Write the places of a proposal as a layer of points in CGCS2000 degrees, by the ending of ``target``.

    Raises InvalidInput for another ending or a folder that there isn't, StorageFault where the disk fails.
    """
    ending = target.suffix.lower()
    if ending not in ENDINGS:
        known = " ".join(ENDINGS)
        message = Text(
            f"存不成 {target.name}。能写：{known}。", f"{target.name} can't be written. Known: {known}."
        )
        raise InvalidInput(message, (Problem(message=message, file=target.name, column="out"),))
    with written_aside(target) as draft:
        if ending == ".gpkg":
            _write_geopackage(draft, plan)
        elif ending == ".geojson":
            features = [
                {
                    "type": "Feature",
                    "properties": row,
                    "geometry": {"type": "Point", "coordinates": [row["lon"], row["lat"]]},
                }
                for row in _rows(plan)
            ]
            said = {"type": "FeatureCollection", "name": _LAYER, "features": features}
            write_whole(draft, json.dumps(said, ensure_ascii=False, indent=1).encode())
        else:
            header = [words.in_(lang) for words in _COLUMNS.values()]
            notes = [("", sentence.in_(lang)) for sentence in (*summary_of(plan), *notes_of(plan))]
            write_table(draft, header, [list(row.values()) for row in _rows(plan)], notes)
    return target


def _rows(plan: SitePlan) -> list[dict[str, Any]]:
    return [
        {"order": at, "lon": place.lon, "lat": place.lat, "gain": place.gain, "codes": " ".join(place.codes)}
        for at, place in enumerate(plan.places, 1)
    ]


def _write_geopackage(path: Path, plan: SitePlan) -> None:
    import pyogrio
    import shapely
    from pyogrio import raw

    rows = _rows(plan)
    types = {"order": np.int64, "lon": np.float64, "lat": np.float64, "gain": np.float64, "codes": object}
    try:
        raw.write(
            str(path),
            geometry=shapely.to_wkb(points(np.array([(row["lon"], row["lat"]) for row in rows]))),
            field_data=[np.array([row[name] for row in rows], dtype=kind) for name, kind in types.items()],
            fields=np.array(list(types), dtype=object),
            layer=_LAYER,
            driver="GPKG",
            geometry_type="Point",
            crs="EPSG:4490",
            encoding="UTF-8",
            append=False,
            dataset_options={"VERSION": "1.2"},
        )
    except pyogrio.errors.DataSourceError as error:
        raise OSError(errno.EIO, str(error)) from error
    except pyogrio.errors.FeatureError as error:
        raise OSError(errno.ENOSPC if "full" in str(error) else errno.EIO, str(error)) from error
