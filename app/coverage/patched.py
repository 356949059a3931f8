"""Tables that differ from an earlier one in few places and share the rest with it; both stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Key = TypeVar("Key")
Value = TypeVar("Value")

_MOST: Final = 512  # places in which a table may differ before it becomes one of its own


class Gone:
    """Stands for what a table no longer holds."""


GONE: Final = Gone()


class Patched(Mapping[Key, Value]):
    """A mapping with some entries put in the place of others, or gone. None is no value of it."""

    __slots__ = ("_base", "_over", "_size")

    def __init__(self, base: dict[Key, Value]) -> None:
        self._base = base
        self._over: dict[Key, Value | Gone] = {}
        self._size = len(base)

    def with_changes(self, changes: Mapping[Key, Value | Gone]) -> Patched[Key, Value]:
        """Return the mapping with some entries set, or gone (``GONE``); costs what changes."""
        if not changes:
            return self
        new = Patched(self._base)
        new._over = {**self._over, **changes}
        new._size = self._size
        for key, value in changes.items():
            new._size += (not isinstance(value, Gone)) - (key in self)
        return new if len(new._over) <= _MOST else Patched(dict(new))

    def keys_that_differ(self, other: Patched[Key, Value]) -> set[Key] | None:
        """Return where two mappings say different things; None where they have too little in common to know at once."""
        if self._base is not other._base:
            return None
        return {key for key in {**self._over, **other._over} if self.get(key, GONE) != other.get(key, GONE)}

    @override
    def __getitem__(self, key: Key) -> Value:
        value = self._over.get(key)
        if value is None:
            return self._base[key]
        if isinstance(value, Gone):
            raise KeyError(key)
        return value

    @override
    def __contains__(self, key: object) -> bool:
        value = self._over.get(key)  # type: ignore[arg-type]  # whatever may be asked for
        return key in self._base if value is None else not isinstance(value, Gone)

    @override
    def __iter__(self) -> Iterator[Key]:
        if not self._over:
            return iter(self._base)
        return self._each()

    def _each(self) -> Iterator[Key]:
        for key in self._base:
            if not isinstance(self._over.get(key), Gone):
                yield key
        for key, value in self._over.items():
            if key not in self._base and not isinstance(value, Gone):
                yield key

    @override
    def __len__(self) -> int:
        return self._size


class Columns:
    """Numbers in columns (k, n), those of some places put in the place of others."""

    def __init__(self, base: Floats) -> None:
        self._base = base
        self._over: dict[int, tuple[float, ...]] = {}

    @property
    def count(self) -> int:
        """How many places there are."""
        return int(self._base.shape[1])

    def at(self, place: int) -> tuple[float, ...]:
        """Return the numbers of one place."""
        found = self._over.get(place)
        return tuple(self._base[:, place].tolist()) if found is None else found

    def with_changes(self, changes: Mapping[int, tuple[float, ...]]) -> Columns:
        """Return the columns with the numbers of some places replaced; costs what changes."""
        if not changes:
            return self
        new = Columns(self._base)
        new._over = {**self._over, **changes}
        return new if len(new._over) <= _MOST else Columns(new.whole)

    def changes_since(
        self, earlier: Columns
    ) -> dict[int, tuple[tuple[float, ...], tuple[float, ...]]] | None:
        """Return the numbers before and now of each place that differs; None where that is not known at once."""
        if self is earlier:
            return {}
        if self._base is not earlier._base:
            return None
        both = {place: (earlier.at(place), self.at(place)) for place in {**self._over, **earlier._over}}
        return {place: (before, now) for place, (before, now) in both.items() if before != now}

    @cached_property
    def whole(self) -> Floats:
        """All numbers, (k, n); not to be changed."""
        if not self._over:
            return self._base
        columns = self._base.copy()
        columns[:, list(self._over)] = list(zip(*self._over.values(), strict=True))
        return columns
