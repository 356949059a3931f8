"""What each subject adds to a figure: its pieces times its weight, kept by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from app.coverage.common import UNIT_WEIGHTS
from app.coverage.judging import COVERED, UNCOVERED, UNKNOWN, Piece
from app.coverage.mending.seats import everybody_of
from app.coverage.patched import Columns, Patched
from app.coverage.weights import unit_weights, weights_of
from app.domain.kinds import LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from app.coverage.answers import Answers
    from app.coverage.measures import Measure
    from app.coverage.mending.seats import Everybody
    from app.coverage.mending.touched import Touched

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COLUMNS: Final = {COVERED: 0, UNCOVERED: 1, UNKNOWN: 2}
WITHOUT: Final = 3  # 1 for a subject of the base that has no weight
IN_BASE: Final = 4
Pieces = tuple[Piece, ...]
_NOBODY: Final = (0.0, 0.0, 0.0, 0.0, 0.0)


class Weighing(NamedTuple):
    """How subjects are weighed: by what, and for units how and which of their compounds count."""

    measure: Measure
    weight: str
    counting: str
    kind: str | None

    @property
    def key(self) -> tuple[str | None, ...]:
        """What tells one way from another; only the weights of units hang on how their compounds count."""
        count = self.counting if self.measure.spec.subject in LEVELS else None
        return (self.measure.id, self.weight, count, self.kind)


class Amounts(NamedTuple):
    """``columns`` (5, n) of everybody: covered, uncovered, unknown, without weight, in the base.

    ``pieces``: what they were found from; ``of_units``: the weights of all units, where such are the subjects.
    """

    everybody: Everybody
    pieces: Patched[str, Pieces]
    of_units: Floats | None
    columns: Columns


def amounts_of(answers: Answers, pieces: Patched[str, Pieces], how: Weighing) -> Amounts:
    """Return what everybody adds."""
    everybody = everybody_of(answers, how.measure.spec.subject)
    of_units = _weights_of_units(answers, everybody, how)
    base = np.zeros((5, len(everybody.codes)))
    codes = [code for code in everybody.codes if code in pieces]
    places = np.array([everybody.position[code] for code in codes], dtype=np.int64)
    base[:, places] = _columns(answers, pieces, codes, places, how, of_units)
    return Amounts(everybody, pieces, of_units, Columns(base))


def mended_amounts(
    answers: Answers, earlier: Amounts, pieces: Patched[str, Pieces], how: Weighing, touched: Touched
) -> Amounts | None:
    """Return what everybody adds after a change that touched some; None where all is to be found anew."""
    everybody = everybody_of(answers, how.measure.spec.subject)
    of_units = _weights_of_units(answers, everybody, how)
    differ = pieces.keys_that_differ(earlier.pieces)
    if differ is None or everybody.codes is not earlier.everybody.codes or of_units is not earlier.of_units:
        return None
    position, columns = everybody.position, earlier.columns
    codes = [code for code in differ | touched.codes if code in position]
    there = [code for code in codes if code in pieces]
    changes = dict.fromkeys((position[code] for code in codes), _NOBODY)
    if there:
        places = np.array([position[code] for code in there], dtype=np.int64)
        found = _columns(answers, pieces, there, places, how, of_units).T.tolist()
        changes |= {place: tuple(row) for place, row in zip(places.tolist(), found, strict=True)}
    changes = {place: row for place, row in changes.items() if columns.at(place) != row}
    return Amounts(everybody, pieces, of_units, columns.with_changes(changes))


def _weights_of_units(answers: Answers, everybody: Everybody, how: Weighing) -> Floats | None:
    subject = how.measure.spec.subject
    if subject not in LEVELS or how.measure.is_amount:
        return None
    own = LEVELS.index(subject)
    found: Floats = answers.common.of(
        UNIT_WEIGHTS,
        (answers.day, own, how.weight, how.counting, how.kind),
        lambda: unit_weights(answers, everybody.codes, own, how.weight, how.counting, how.kind),
    )
    return found


def _columns(
    answers: Answers,
    pieces: Mapping[str, Pieces],
    codes: Sequence[str],
    places: Ints,
    how: Weighing,
    of_units: Floats | None,
) -> Floats:
    """Return the columns (5, len(codes)) of some subjects of the base."""
    columns = np.zeros((5, len(codes)))
    for place, code in enumerate(codes):
        for piece in pieces[code]:
            columns[COLUMNS[piece.where], place] += piece.amount
    if how.measure.is_amount:
        weights = np.ones(len(codes))
    elif of_units is not None:
        weights = of_units[places]
    else:
        weights = weights_of(answers, how.measure.spec.subject, codes, how.weight, how.counting, how.kind)
    without = np.isnan(weights)
    columns[:WITHOUT] *= np.where(without, 0.0, weights)
    columns[WITHOUT] = without
    columns[IN_BASE] = 1.0
    return columns
