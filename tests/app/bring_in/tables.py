"""Tables and layers made for a test, and what importing them does."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
import shapely

from app.errors import InvalidInput
from app.services.bring_in.import_data import (
    ImportRequest,
    commit_import,
    plan_import,
)
from app.services.registry.registry import Registry
from tests.app.builders import held

TODAY = date(2026, 11, 22)


def a_csv(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def a_geojson(path, *features, crs=None):
    document = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": p,
                "geometry": None if g is None else shapely.geometry.mapping(g),
            }
            for p, g in features
        ],
    }
    path.write_text(json.dumps({**document, **({"crs": crs} if crs else {})}), "utf-8")
    return path


def plan(registry, path, kind, **options):
    return plan_import(registry, ImportRequest(source=path, kind=kind, **options))


def brought_in(registry, path, kind, **options):
    made = plan(registry, path, kind, **options)
    assert made.problems == ()
    return commit_import(registry, made)


def content(registry):
    return held(registry.path)


def assert_refused_unwritten(registry, path, kind, **options):
    """Refuse, and leave the file byte for byte as it was. Returns the problems."""
    registry.close()
    before = content(registry)
    again = Registry.open(registry.path, by="tester")
    try:
        with pytest.raises(InvalidInput) as caught:
            commit_import(again, plan(again, path, kind, **options))
    finally:
        again.close()
    assert content(registry) == before
    assert caught.value.problems
    return caught.value.problems
