"""Outlines that are made when they are asked for are those that were kept."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Point, box

from app.domain.outlines import Drawn, Outlines
from app.domain.record import Record

SHAPES = [
    box(0, 0, 1, 2),
    None,
    MultiPolygon([box(0, 0, 1, 1), box(2, 2, 3, 3)]),
    Point(1, 2),
    box(4, 4, 5, 5),
]


@pytest.fixture
def outlines():
    parts = [b"" if shape is None else shapely.to_wkb(shape) for shape in SHAPES]
    return Outlines(b"".join(parts), np.concatenate(([0], np.cumsum([len(part) for part in parts]))))


def test_that_outlines_are_those_that_were_kept_however_they_are_asked_for(outlines):
    places = [4, 0, 1, 2, 3, 4, 2]
    assert [outlines.one(row) for row in places] == [SHAPES[row] for row in places]
    assert list(outlines.many()) == SHAPES
    assert list(outlines.many([3, 1])) == [SHAPES[3], None]
    drawn = outlines.all_drawn(0, 5)
    assert [None if one is None else one.made() for one in drawn] == SHAPES
    assert outlines.drawn(1) is None


def test_that_a_record_gives_its_outline_and_compares_by_it(outlines):
    record = Record("compounds", "1", "C1", (), geometry=Drawn(outlines, 0))
    made = Record("compounds", "1", "C1", (), geometry=SHAPES[0])
    assert record.geometry == SHAPES[0]
    assert record.geometry is record.geometry
    assert record == made == record._replace(geometry=SHAPES[0])
    assert made == record
    assert record != record._replace(geometry=SHAPES[4])
    assert record == record._replace(geometry=Drawn(outlines, 0))
    assert record != record._replace(geometry=Drawn(outlines, 4))
    assert pickle.loads(pickle.dumps(record.drawn)) == SHAPES[0]
    assert hash(record.drawn) == hash(SHAPES[0])
