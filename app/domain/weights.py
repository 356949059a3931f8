"""What a measure's subjects can be weighed by: words, whole numbers or not, whether small cells stay from the public.

A new weight is one entry here, its number of a subject and of a unit in ``app.coverage``, and the same in the oracle
of the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

ONE: Final = "compounds"  # every subject counts once
AMOUNT: Final = "amount"  # the only weight of a ratio: its own two numbers
_HOLDING_PEOPLE: Final = ("compound", "grid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """One way to weigh. ``default_for``: the subjects whose measures have it where a profile says nothing; None = all.

    ``is_whole``: its numbers are whole. ``is_sensitive``: small numbers tell of somebody, so that the public gets them
    by district and street alone and small cells not at all; whoever declares a weight must say that it is not.
    ``is_declarable``: a profile may name it.
    """

    id: str
    words: Text
    is_whole: bool
    is_sensitive: bool = True
    default_for: tuple[str, ...] | None = ()
    is_declarable: bool = True

    def is_default_for(self, subject: str) -> bool:
        """Whether measures of a subject can be weighed so where the profile does not say."""
        return self.default_for is None or subject in self.default_for


_WEIGHTS: Final = (
    Weight(id=ONE, words=Text("按个数", "by compounds"), is_whole=True, is_sensitive=False, default_for=None),
    Weight(
        id="households", words=Text("按户数", "by households"), is_whole=True, default_for=_HOLDING_PEOPLE
    ),
    Weight(id="residents", words=Text("按人口", "by residents"), is_whole=True, default_for=_HOLDING_PEOPLE),
    Weight(
        id="area",
        words=Text("按面积", "by area"),
        is_whole=False,
        is_sensitive=False,
        default_for=_HOLDING_PEOPLE,
    ),
    Weight(
        id=AMOUNT,
        words=Text("按金额或数量", "by amount"),
        is_whole=True,  # a ratio of money or rates says so itself
        is_sensitive=False,
        is_declarable=False,
    ),
)
WEIGHTS: Final[Mapping[str, Weight]] = {weight.id: weight for weight in _WEIGHTS}
DECLARABLE: Final = tuple(weight.id for weight in _WEIGHTS if weight.is_declarable)


def default_weights(subject: str) -> tuple[str, ...]:
    """Return what a subject's measures can be weighed by where the profile does not say."""
    return tuple(name for name in DECLARABLE if WEIGHTS[name].is_default_for(subject))
