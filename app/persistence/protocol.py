"""What services ask of a store. ``FileStore`` is one: a GeoPackage; a second one would stand beside it (decision 79)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from app.domain.desk import Desk
    from app.domain.edits import Edit
    from app.persistence.foreign.settle import Settled
    from app.persistence.journal_rows import NewChange
    from app.persistence.loading import Loaded
    from app.persistence.reading import Runs


class Store(Protocol):
    """A registry's records, journal and settings: read whole, written one change at a time.

    Safe from any one thread at a time. ``path`` is the place it is opened by, ``reads`` the one it is read from (a
    private copy where the first can't be read as it is); ``read_only``: nothing of it may be touched; ``shows_all``:
    whether what it shows is all that it holds, and not what a login may see of it.
    """

    path: Path
    reads: Path
    read_only: bool
    shows_all: bool

    def reading(self) -> AbstractContextManager[Runs]:
        """Give one read transaction, for the statements of ``app.persistence.spelled``."""
        ...

    def load(self) -> Loaded:
        """Return all that it holds now."""
        ...

    def last_seq(self) -> int:
        """Return the journal's last number; cheap, to see whether somebody else wrote."""
        ...

    def has_moved(self) -> bool:
        """Whether it shows other rows than it did when it was read, though nobody wrote: a login was given other units."""
        ...

    def is_still_the_file(self) -> bool:
        """Whether it is still the one that was opened."""
        ...

    def was_given(self, code: str, row_id: str) -> bool:
        """Whether a code was given to the record of this id, which is gone, before."""
        ...

    def commit(self, edits: Sequence[Edit], change: NewChange, *, after_seq: int) -> int:
        """Write edits as one change, if nobody wrote since ``after_seq``, and return its number.

        Raises StaleData where somebody did, Conflict where a record is another than was read, StorageFault where
        it could not be written.
        """
        ...

    def commit_on_fresh_data(
        self, decide: Callable[[Loaded], Sequence[Edit]], change: NewChange
    ) -> tuple[Loaded, Sequence[Edit], int]:
        """Read, decide and write while nobody else can; return what was read, the edits, and the change's number."""
        ...

    def settle(
        self, decide: Callable[[Loaded], tuple[Sequence[Settled], Sequence[Edit]]], change: NewChange
    ) -> tuple[Loaded, Sequence[Edit]]:
        """Put rows right that another program edited, and write a change; return what was read and the edits."""
        ...

    def hear(self, told: Callable[[], None], met: Callable[[], None] | None = None) -> None:
        """Call ``told``, in another thread, whenever something was written, where the store can tell.

        ``met`` is called when others came or went, or edit another record; only with it are we one of the desks.
        """
        ...

    def desks(self) -> tuple[Desk, ...] | None:
        """Return who is at work now, ourselves among them; None where the store does not know."""
        ...

    def edits_record(self, row_id: str) -> None:
        """Let the others know which record, by its id, is being edited here, where the store can; "" for none."""
        ...

    def close(self) -> None:
        """Let go of it; what was written stays."""
        ...
