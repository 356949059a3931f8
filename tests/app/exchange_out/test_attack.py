"""All public files of one registry together, searched for three-no compounds by one who has nothing else.

The reader knows each compound's name, kind, place, party organisation and property service (they are published),
and that a three-no compound has no firm. From the figures of every measure, level, weight and day that is offered
the reader looks for a group of compounds of which half or more must be three-no.
"""

from __future__ import annotations

import csv
import json
import shutil
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

from app.coverage.measures import measure_names, parse_measure
from app.coverage.results import Query
from app.domain.kinds import LEVELS
from app.domain.period import today
from app.errors import InvalidInput
from app.services.bring_out.export_data import ExportRequest, export
from app.services.edit import edit
from app.services.registry.registry import Registry

THREE_NO = {"not_three_no": 1, "three_no_served": 1, "adopted": 1}  # which count tells of it: uncovered
EAST = "340102010"  # 城东街道
MADE_THREE_NO = ("C000348", "C000319", "C000340")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("attack")


def opened(path: Path) -> Registry:
    return Registry.open(path, by="tester")


@pytest.fixture(scope="module")
def yaohai(folder, made_sample):
    """The sample after the three edits after which version 0.2.0 named 11 of 11."""
    registry = opened(Path(shutil.copyfile(made_sample("yaohai", 0), folder / "y.gpkg")))
    for code in MADE_THREE_NO:
        values = {"authority": "no", "defence_people": "no", "defence_hardware": "no"}
        edit.set_values(registry, [code], values, why="test")
    yield registry
    registry.close()


@pytest.fixture(scope="module")
def jinjiang(folder, made_sample):
    registry = opened(Path(shutil.copyfile(made_sample("jinjiang", 0), folder / "j.gpkg")))
    yield registry
    registry.close()


class Reader:
    """What a reader of public files can put together."""

    def __init__(self, compounds: list[dict]) -> None:
        self.compounds = compounds
        self.named: set[str] = set()
        self.groups: list[str] = []

    def without_firm(self, level: str, unit: str) -> set[str]:
        return {
            row["code"]
            for row in self.compounds
            if row["property"] == "no" and (unit == "" or row[level] == unit)
        }

    def look(self, measure: str, level: str, rows: dict[str, tuple[float, ...] | None]) -> None:
        """Draw what follows from one table: unit → its counts, None where they are withheld; "" = the total."""
        if measure not in THREE_NO:
            return
        shown = {unit: counts for unit, counts in rows.items() if counts is not None}
        found = {
            unit: (self.without_firm(level, unit), counts[THREE_NO[measure]])
            for unit, counts in shown.items()
        }
        if "" in shown and len(shown) < len(rows):  # what is withheld, all of it together
            rest, count = found[""]
            for unit in shown.keys() - {""}:
                rest, count = rest - found[unit][0], count - found[unit][1]
            found["the rest"] = (rest, count)
        for unit, (group, count) in found.items():
            if count > 0 and count >= len(group):
                self.named |= group
            if count > 0 and 2 * count >= len(group):
                self.groups.append(f"{measure} {level} {unit}: {count} of {len(group)}")


def published(registry: Registry, folder: Path) -> list[dict]:
    path = folder / "p.geojson"
    export(registry, path, ExportRequest(audience="public"))
    rows = [feature["properties"] for feature in json.loads(path.read_text("utf-8"))["features"]]
    return [row for row in rows if row["layer"] == "compound"]


def table(path: Path) -> dict[str, tuple[float, ...] | None]:
    rows: dict[str, tuple[float, ...] | None] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in list(csv.reader(file))[1:]:
            if not row:
                break  # the notes follow
            unit = row[0] or {"未落格": "unplaced", "合计": ""}[row[1]]
            rows[unit] = None if row[2] == "未公开" else tuple(float(cell or 0) for cell in row[2:6])
    return rows


def attack(registry: Registry, folder: Path) -> tuple[Reader, dict[str, int]]:
    reader = Reader(published(registry, folder))
    asked: dict[str, int] = defaultdict(int)
    path = folder / "t.csv"
    for measure in measure_names(registry.profile):
        spec = parse_measure(registry.profile, measure).spec
        is_open = measure in ("party", "property") or measure.startswith("station:")
        if is_open and measure != "property":
            continue  # what the file says of each compound anyway
        for by in LEVELS:
            for weight in spec.weights:
                for day in (today(), today() - timedelta(days=200)):
                    asked["combinations"] += 1
                    request = ExportRequest(
                        audience="public", measure=measure, by=by, weight=weight, as_of=day
                    )
                    try:
                        export(registry, path, request)
                    except InvalidInput:
                        asked["refused"] += 1
                        continue
                    asked["files"] += 1
                    found = table(path)
                    if not is_open:
                        assert by in ("district", "street"), measure
                        if spec.subject == "compound":
                            few = [u for u, counts in found.items() if counts and 0 < counts[3] < 5]
                            assert few == [], (measure, by, weight)
                    reader.look(measure, by, found)
    return reader, asked


@pytest.mark.slow
@pytest.mark.parametrize("city", ["yaohai", "jinjiang"])
def test_that_no_three_no_compound_can_be_named_from_all_public_files_together(city, request, folder):
    registry = request.getfixturevalue(city)
    reader, asked = attack(registry, folder)
    print(f"{city}: {dict(asked)}, compounds named: {len(reader.named)}")  # noqa: T201
    assert asked["files"] > 40
    assert reader.named == set()
    assert reader.groups == []


def test_that_the_same_reader_names_eleven_of_eleven_where_nothing_is_withheld(yaohai, folder):
    reader = Reader(published(yaohai, folder))
    found = yaohai.engine.coverage(Query(measure="not_three_no", by="street", as_of=today()))
    rows = {row.unit: (row.figures.covered, row.figures.uncovered, row.figures.unknown) for row in found.rows}
    reader.look("not_three_no", "street", {**rows, "": (0, 0, 0)})
    three_no = {
        code
        for code, (where, *_) in yaohai.engine.status_of("not_three_no", today()).items()
        if where == "uncovered"
    }
    assert len(reader.named) == 11
    assert reader.named <= three_no
    assert reader.named == reader.without_firm("street", EAST)
