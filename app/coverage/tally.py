"""One measure on one day, subject by subject: what ``explain`` tells of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.coverage.assignment import assign
from app.coverage.weights import weights_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from app.coverage.answers import Answers
    from app.coverage.assignment import Assignment
    from app.coverage.judging import Pieces
    from app.coverage.measures import Measure
    from app.coverage.results import Query

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tally:
    """The subjects of a measure, what each weighs, and where it counts."""

    codes: list[str]
    weights: Floats  # 0 without weight
    without_weight: NDArray[np.bool_]
    assignment: Assignment


def tally_of(
    answers: Answers, pieces: Mapping[str, Pieces], query: Query, measure: Measure, weight: str
) -> Tally:
    """Return who is in the base of a measure, by code, with weight and place."""
    codes = sorted(pieces)
    subject = measure.spec.subject
    weights = (
        np.ones(len(codes))
        if measure.is_amount
        else weights_of(answers, subject, codes, weight, query.count, query.kind)
    )
    without = np.isnan(weights)
    return Tally(
        codes,
        np.where(without, 0.0, weights),
        without,
        assign(answers, subject, codes, query.by, query.count, query.kind),
    )
