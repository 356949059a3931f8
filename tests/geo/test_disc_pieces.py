"""Polygons cut along discs: whatever is chosen, its pieces add up to what ``reach`` finds of the union."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.disc_pieces import disc_pieces
from geo.reach import reach


def shapes(*outlines):
    found = np.empty(len(outlines), dtype=object)
    found[:] = outlines
    return found


def reached_by(pieces, chosen, count):
    """Return the share of each subject that some candidates reach beside what is reached already."""
    found = np.zeros(count)
    for piece, (subject, share) in enumerate(zip(pieces.subject, pieces.share, strict=True)):
        mine = pieces.candidates[pieces.starts[piece] : pieces.starts[piece + 1]]
        if set(mine.tolist()) & set(chosen):
            found[subject] += share
    return found


places = st.tuples(st.floats(0, 400), st.floats(0, 400))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(places, st.floats(0, 120), st.floats(5, 120)), min_size=1, max_size=5),
    st.lists(st.tuples(places, st.booleans()), max_size=2),
    st.lists(places, min_size=1, max_size=5, unique=True),
    st.floats(20, 300),
    st.data(),
)
def test_that_pieces_of_any_choice_add_up_to_the_reach_of_their_union(
    boxes, stations, candidates, metres, data
):
    subjects = []
    for (east, north), wide, high in boxes:  # points, rectangles, and rectangles with a courtyard
        whole = (
            shapely.box(east, north, east + wide, north + high) if wide > 1 else shapely.Point(east, north)
        )
        yard = shapely.Point(east + wide / 2, north + high / 2).buffer(min(wide, high) / 4)
        subjects.append(whole.difference(yard) if wide > 60 else whole)
    there = [
        shapely.box(*place, place[0] + 40, place[1] + 20) if is_wide else shapely.Point(place)
        for place, is_wide in stations
    ]
    spots = [shapely.Point(place) for place in candidates]
    pieces = disc_pieces(shapes(*subjects, None), shapes(*there, None), shapes(*spots), metres)
    before, _ = reach(shapes(*subjects), shapes(*there), metres)
    chosen = data.draw(st.sets(st.sampled_from(range(len(spots)))))
    after, _ = reach(shapes(*subjects), shapes(*there, *(spots[place] for place in chosen)), metres)
    more = reached_by(pieces, chosen, len(subjects) + 1)
    assert before + more[:-1] == pytest.approx(after, abs=1e-7)
    assert more[-1] == 0
    left = np.bincount(pieces.subject, weights=pieces.share, minlength=len(subjects) + 1)[:-1]
    assert left == pytest.approx(1 - before, abs=1e-7)


def test_that_the_work_is_told_and_ends_where_the_report_says_so():
    told = []
    disc_pieces(
        shapes(shapely.box(0, 0, 9, 9)), shapes(), shapes(shapely.Point(0, 0)), 5, lambda *n: told.append(n)
    )
    assert told == [(1, 1)]

    def stop(_done, _total):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        disc_pieces(shapes(shapely.box(0, 0, 9, 9)), shapes(), shapes(shapely.Point(0, 0)), 5, stop)
