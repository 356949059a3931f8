"""What many subjects' answers stand on, found once: kept from one dataset to the next where a change does not touch it.

Closed by default: what does not say here which topics it reads is found anew after every change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import UNIT_KINDS
from app.domain.profile.declared import SUBJECTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Topics of a change: the kinds of records that it touched, and these.
MOVED: Final = "moved"  # something lies elsewhere, or other units do
REDIVIDED: Final = "redivided"  # units do
DECLARED: Final = (
    "declared"  # a unit's register was declared complete, or no longer is; or there are other units
)
EVERYTHING: Final = "everything"  # it is not known what was touched

COUNTED: Final = "counted"
SERVED: Final = "served"
FIRM_LINES: Final = "firm lines"
COMPLETE: Final = "complete"
STATIONS: Final = "stations"
UNIT_WEIGHTS: Final = "unit weights"

_KEPT: Final = 64
_DAYS_KEPT: Final = 4096  # who was ever three-no asks of many days

_OF_COMPOUNDS: Final = frozenset({"compounds", "buildings"})
_OF_SERVED: Final = _OF_COMPOUNDS | {"engagements", "firms"}


def seats_name(subject: str) -> str:
    """Return the name under which it is kept where the subjects of a sort are seated."""
    return f"seats of {subject}"


def _reads_of_seats(subject: str, kind: str) -> frozenset[str]:
    if subject == "compound":
        return frozenset({MOVED})
    if kind in UNIT_KINDS:
        return frozenset({MOVED, *UNIT_KINDS})
    if subject == "firm":
        return _OF_SERVED | {MOVED}
    return _OF_COMPOUNDS | {kind, MOVED}


_READS: Final[Mapping[str, frozenset[str]]] = {
    COUNTED: _OF_COMPOUNDS,
    SERVED: _OF_SERVED,
    FIRM_LINES: _OF_SERVED | {MOVED},
    COMPLETE: frozenset({DECLARED}),
    STATIONS: _OF_COMPOUNDS | {"stations", MOVED},
    UNIT_WEIGHTS: _OF_COMPOUNDS | {"households", MOVED},
    **{seats_name(subject): _reads_of_seats(subject, kind) for subject, kind in SUBJECTS.items()},
}


def is_touched(reads: frozenset[str], topics: frozenset[str]) -> bool:
    """Whether a change of some topics may make other what reads these."""
    return EVERYTHING in topics or EVERYTHING in reads or not reads.isdisjoint(topics)


class Common:
    """Values by name and key, filled when asked; any thread may ask, and two may find the same value twice."""

    def __init__(self) -> None:
        self._known: dict[str, dict[Any, Any]] = {}

    def after(self, topics: frozenset[str]) -> Common:
        """Return what is still known after a change; it goes on being shared with this."""
        left = Common()
        left._known = {
            name: known
            for name, known in list(self._known.items())
            if name in _READS and not is_touched(_READS[name], topics)
        }
        return left

    def of(self, name: str, key: Any, find: Callable[[], Any]) -> Any:
        """Return a value, found by ``find`` where it is not known yet."""
        known = self._known.setdefault(name, {})
        value = known.get(key)
        if value is None:
            if len(known) >= (_DAYS_KEPT if name == COMPLETE else _KEPT):
                known.clear()
            value = known[key] = find()
        return value
