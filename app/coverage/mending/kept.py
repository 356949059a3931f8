"""What an engine found and keeps, and what the engines before it kept, to be mended when it is asked for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final, Generic, NamedTuple, TypeVar

from app.coverage.mending.touched import Touched, topics_of, touched_by

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from app.coverage.book import Book
    from app.coverage.places.places import Places
    from app.coverage.relations import Relations
    from app.domain.dataset import Dataset

Value = TypeVar("Value")

_KEPT: Final = 1024
_FEWEST: Final = 16  # one question at every level, and what a window shows beside it
_ROOM: Final = 4_000_000  # subjects, of all that is kept together
_AGE: Final = 32  # changes after which what nobody asked for again is let go


class Ground(NamedTuple):
    """What a value was found on."""

    dataset: Dataset
    places: Places
    relations: Relations
    age: int


class _Entry(NamedTuple, Generic[Value]):
    ground: Ground
    value: Value


class Kept:
    """Values by key of one dataset. Any thread may ask; two may find the same value twice, which is the same."""

    def __init__(self, book: Book, before: Kept | None = None) -> None:
        self.age: int = 0 if before is None else before.age + 1
        self._book = book
        self._ground = Ground(book.dataset, book.places, book.relations, self.age)
        self._lock = threading.Lock()
        self._now: dict[Hashable, _Entry[Any]] = {}
        self._before = before  # who may still be finding something
        self._earlier = {} if before is None else before.left_for(self.age)
        self._touched: dict[int, tuple[Ground, Touched | None]] = {}

    def left_for(self, age: int) -> dict[Hashable, _Entry[Any]]:
        """Return what may be mended later; whoever came before this is let go."""
        with self._lock:
            late = {} if self._before is None else self._before.now()
            self._earlier = {**late, **self._earlier}
            self._before = None
            entries = {**self._earlier, **self._now}
        return {key: entry for key, entry in entries.items() if age - entry.ground.age <= _AGE}

    def now(self) -> dict[Hashable, _Entry[Any]]:
        """Return what was found on this dataset."""
        with self._lock:
            return dict(self._now)

    def of(
        self,
        key: Hashable,
        find: Callable[[], Value],
        mend: Callable[[Value, Touched], Value | None],
    ) -> Value:
        """Return a value: the one that is kept, else an earlier one mended, else, where that can't be, one found anew."""
        with self._lock:
            entry = self._now.get(key)
            earlier = self._earlier.get(key)
            before = self._before
        if earlier is None and before is not None:
            earlier = before.now().get(key)
        if entry is not None:
            known: Value = entry.value
            return known
        value = None
        touched = None if earlier is None else self._touched_since(earlier.ground)
        if earlier is not None and touched is not None:
            value = mend(earlier.value, touched)
        if value is None:  # found outside the lock: who asks for little never waits for much
            value = find()
        with self._lock:
            self._earlier.pop(key, None)
            while len(self._now) >= self._most:
                del self._now[next(iter(self._now))]
            self._now[key] = _Entry(self._ground, value)
        return value

    @property
    def _most(self) -> int:
        size = len(self._ground.dataset.of("compounds")) + 1
        return max(_FEWEST, min(_KEPT, _ROOM // size))

    def _touched_since(self, ground: Ground) -> Touched | None:
        """Return whom the changes since an earlier dataset touch; None where it is not known."""
        known = self._touched.get(id(ground.dataset))
        if known is None:
            known = self._touched[id(ground.dataset)] = (ground, self._find_touched(ground))
        return known[1]

    def _find_touched(self, ground: Ground) -> Touched | None:
        now, profile = self._ground, self._book.profile
        pairs = now.dataset.since(ground.dataset)
        if pairs is None:
            return None
        has_moved = not now.places.is_like(ground.places)
        topics = topics_of(pairs, profile, ground.dataset, now.dataset, has_moved=has_moved)
        before, after = (ground.dataset, ground.relations), (now.dataset, now.relations)
        return touched_by(pairs, topics, profile, ground.places, before, after)
