"""How something came from an earlier one, step by step: a bounded memory that keeps nothing earlier alive."""

from __future__ import annotations

from typing import Final, Generic, TypeVar

_STEPS: Final = 64
_Step = TypeVar("_Step")


class Descent(Generic[_Step]):
    """The steps that led here, newest last."""

    def __init__(self, steps: tuple[tuple[object, _Step], ...] = ()) -> None:
        self._mark = object()  # whoever is known by it may be gone
        self._steps = steps

    def then(self, step: _Step) -> Descent[_Step]:
        """Return the descent of what came from this by a step."""
        return Descent((*self._steps[1 - _STEPS :], (self._mark, step)))

    def since(self, earlier: Descent[_Step]) -> list[_Step] | None:
        """Return the steps from an earlier one, oldest first; None where it is no ancestor, or too old."""
        if earlier is self:
            return []
        for place, (mark, _) in enumerate(self._steps):
            if mark is earlier._mark:
                return [step for _, step in self._steps[place:]]
        return None
