"""What lies in little room says what the outlines themselves say."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from app.coverage.places import envelopes
from app.coverage.places.drawings import Drawings
from app.coverage.places.envelopes import Envelopes
from app.coverage.places.outlines import Projector
from app.coverage.places.places import COUNTED, Places
from app.domain.outlines import Drawn, Outlines
from tests.app.coverage.builders import DAY, ZONE, a_box, a_point
from tests.app.coverage.moving_town import MovingTown

_PLACES = st.floats(0, 100, width=32)


@st.composite
def boxes(draw):
    west, south = draw(_PLACES), draw(_PLACES)
    return shapely.box(west, south, west + draw(st.floats(0.5, 30)), south + draw(st.floats(0.5, 30)))


_SHAPES = st.lists(st.one_of(st.none(), boxes()), max_size=30).map(lambda some: np.array(some, dtype=object))


def near_all(outlines, shapes):
    """Return the rows whose box, a centimetre wider, meets any shape's."""
    wide = [
        None if one is None else shapely.box(*one.bounds).buffer(0.01, join_style="mitre") for one in shapes
    ]
    return [
        row
        for row, outline in enumerate(outlines)
        if outline is not None and any(one is not None and one.intersects(outline) for one in wide)
    ]


@pytest.mark.parametrize("one_by_one", [1, 16])
@settings(max_examples=40, deadline=None)
@given(outlines=_SHAPES, shapes=_SHAPES, moved=st.dictionaries(st.integers(0, 40), boxes(), max_size=4))
def test_that_envelopes_tell_what_lies_near(one_by_one, outlines, shapes, moved):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(envelopes, "_ONE_BY_ONE", one_by_one)
        for few in (500, 0):
            patch.setattr(envelopes, "_FEW", few)
            before = Envelopes(shapely.bounds(outlines).reshape(-1, 4))
            rows = np.array(sorted(moved), dtype=np.int64)
            there = np.array([moved[row] for row in rows.tolist()], dtype=object)
            after = before.replaced(rows, there)
            now = np.full(max(len(outlines), max(moved, default=-1) + 1), None, dtype=object)
            now[: len(outlines)] = outlines
            now[rows] = there
            assert before.near(shapes).tolist() == near_all(outlines, shapes)
            assert after.near(shapes).tolist() == near_all(now, shapes)
            every = np.arange(len(now))
            np.testing.assert_array_equal(after.of(every), shapely.bounds(now).reshape(-1, 4))


@settings(max_examples=40, deadline=None)
@given(pieces=st.lists(_SHAPES, max_size=3), other=boxes())
def test_that_packed_outlines_come_back_to_the_bit(pieces, other):
    packed = Drawings.packed(pieces)
    every = np.concatenate([np.empty(0, dtype=object), *pieces])
    plain = Drawings(every)
    rows = np.arange(len(every))[::-2]
    for one, same in ((packed.array, plain.array), (packed.at(rows).array, plain.at(rows).array)):
        assert shapely.to_wkb(one).tolist() == shapely.to_wkb(same).tolist()
    over = np.array([len(every) + 1])
    patch = Drawings(np.array([other], dtype=object))
    laid, too = (drawings.overlaid(over, patch, len(every) + 2) for drawings in (packed, plain))
    assert shapely.to_wkb(laid.array).tolist() == shapely.to_wkb(too.array).tolist()
    assert len(laid) == len(too) == len(every) + 2


def test_that_an_outline_of_a_table_is_projected_as_the_outline_itself():
    degrees = [a_box(0, 0, 50, 60), None, a_point(5, 5), shapely.Polygon(), a_box(9, 9, 20, 20)]
    written = [b"" if one is None else shapely.to_wkb(one) for one in degrees]
    table = Outlines(b"".join(written), np.cumsum([0, *map(len, written)]))
    drawn = [table.drawn(row) for row in range(len(degrees))]
    assert isinstance(drawn[0], Drawn)
    expected = [None if one is None or one.is_empty else ZONE.to_metres([one])[0] for one in degrees]
    for is_kept in (False, True, True, False):
        projector = Projector(ZONE)
        for _ in range(2):
            for asked in (drawn, degrees, [drawn[4], degrees[0], None, drawn[2]]):
                found = projector.metres(asked, is_kept=is_kept)
                wanted = expected if len(asked) == 5 else [expected[4], expected[0], None, expected[2]]
                assert (
                    shapely.to_wkb(found).tolist() == shapely.to_wkb(np.array(wanted, dtype=object)).tolist()
                )


def test_that_units_of_another_day_are_not_projected_again(monkeypatch):
    town = MovingTown(2)
    projector = Projector(ZONE)
    drawn = [record.drawn for record in town.dataset.of("grids").values()]
    first = projector.metres(drawn)
    monkeypatch.setattr(type(ZONE), "to_metres", lambda *_: pytest.fail("projected again"))
    again = [one is other for one, other in zip(projector.metres(drawn), first, strict=True)]
    assert again
    assert all(again)


@pytest.mark.parametrize("seed", range(3))
def test_that_subjects_placed_group_by_group_lie_as_placed_together(monkeypatch, seed):
    town = MovingTown(seed)
    together = Places(town.dataset, ZONE).placing(DAY, COUNTED)
    whole = [together.spread(level).whole for level in range(4)], together.whole
    monkeypatch.setattr("geo.shares._GROUP", 3)
    parted = Places(town.dataset, ZONE).placing(DAY, COUNTED)
    for level, one in enumerate(whole[0]):
        other = parted.spread(level).whole
        for name in ("subject", "unit", "share", "counted", "outside", "by_outline"):
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    np.testing.assert_array_equal(whole[1], parted.whole)
