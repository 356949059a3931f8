"""Whether a registry may be written just now: the lease on a share, and what else may stand in the way.

It can change while the registry is open: a disk fills up and is emptied, a lease is let go of or taken over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.errors import StorageFault
from app.persistence.files.hindrance import NAMES, READ_ONLY, Hindered, Hindrance, of_number
from app.persistence.files.lease import Held, Lease, LeaseLost, lease_of, take_lease
from app.persistence.place import InUse
from app.persistence.reading import has_other_names, reading
from app.persistence.store import now_text
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

FILE_ONLY: Final = Text("这个文件只能读，改不了", "This file can only be read")
_FREE: Final = Text("现在没有人在写。", "Nobody is writing now.")
LOST: Final = Hindrance(
    "lease",
    Text(
        "占用说明被删掉了，别人可能已经在写。",
        "The note that says who writes was deleted, and somebody else may be writing.",
    ),
    Text("确认没有人在写，再接过来写。", "Make sure that nobody is, then take over."),
)


def saves_elsewhere(error: Exception) -> bool:
    """Whether a backup in another place is what helps against an error."""
    return isinstance(error, Hindered) and error.hindrance.saves_elsewhere


class Standing:
    """How a user stands towards a registry: who else writes it, what keeps him from writing, the lease that is his."""

    def __init__(self, path: Path, who: str, *, is_shared: bool, is_file_only: bool) -> None:
        self._path, self._who = path, who
        self._is_shared, self._is_file_only = is_shared, is_file_only
        self._held: Held | None = None
        self.lease: Lease | None = None  # of somebody else
        self.hindrance: Hindrance | None = None
        self.took_over: Text | None = None  # whose lease was taken over because he is gone
        self._is_free = False  # nobody holds the lease that was somebody else's

    def begin(self, hindrance: Hindrance | None) -> None:
        """Stand at the door: ``hindrance`` is what barred the plain way of reading."""
        self.hindrance = hindrance
        if hindrance is None and not self._is_file_only:
            if has_other_names(self._path):
                self.hindrance = NAMES
            else:
                self._take(None)

    @property
    def is_read_only(self) -> bool:
        """Whether nothing may be written."""
        return self._is_file_only or self.lease is not None or self.hindrance is not None

    @property
    def is_guest(self) -> bool:
        """Whether the file is opened so that nothing can be written into it, even by SQLite."""
        return self._is_file_only or self.lease is not None or self.hindrance in (NAMES, READ_ONLY)

    @property
    def why(self) -> Text:
        """Why nothing may be written, as it is said where that is so."""
        if self.lease is not None:
            return self.lease.words
        return FILE_ONLY if self.hindrance is None else self.hindrance.words

    @property
    def offer(self) -> Text | None:
        """What is told to a user who may decide to write from now on; None where there is nothing to decide.

        Nobody holds the lease any more, or its holder has long been silent.
        """
        if self.lease is not None and not self._is_free:
            return self.lease.risk if self.lease.may_be_taken_over else None
        return _FREE if self._is_free else None

    def must_be_allowed(self) -> None:
        """Raise LeaseLost if the lease that was taken is not ours any more."""
        if self._held is not None:
            self._held.must_be_ours()

    def step_back(self, error: Exception) -> bool:
        """Only read from now on, if a write was refused for a reason that lasts; return whether it was."""
        if isinstance(error, LeaseLost):
            self.lease, self.hindrance = error.lease, LOST if error.lease is None else None
            self._is_free = error.lease is None
            self.end()
        elif isinstance(error, InUse):
            self.hindrance = error.hindrance
        else:
            return False
        return True

    def look_again(self) -> bool:
        """Look at lease and place as they are now, and return whether anything has changed for the user."""
        before = (self.is_read_only, self.lease, self.hindrance, self.offer is None)
        if self._held is not None:
            try:
                self._held.must_be_ours()
            except LeaseLost as error:
                self.step_back(error)
        if self.lease is not None or self.hindrance is LOST:
            now = lease_of(self._path)
            self._is_free = now is None
            if now is not None:
                self.lease, self.hindrance = now, None
        elif self.hindrance is not None and self.hindrance not in (NAMES, READ_ONLY):
            with reading(self._path, read_only=False) as reader:
                self.hindrance = reader.hindrance
            if self.hindrance is None:
                self._take(None)
        return before != (self.is_read_only, self.lease, self.hindrance, self.offer is None)

    def take_over(self) -> None:
        """Write from now on. Raises StorageFault if somebody else was faster, or the folder can't be written."""
        self._take(self.lease)
        if self.is_read_only:
            raise StorageFault(self.why)

    def end(self) -> None:
        """Let go of the lease, where it is ours."""
        if self._held is not None:
            self._held.release()
            self._held = None

    def _take(self, over: Lease | None) -> None:
        """Take the lease, on a share; whatever keeps us from it is what is said from now on."""
        self.lease, self.hindrance, self._is_free = None, None, False
        if not self._is_shared or self._held is not None:
            return
        try:
            taken = take_lease(self._path, self._who, now_text(), over=over)
        except OSError as error:
            self.hindrance = of_number(error.errno) or _no_lease(error)
            return
        if isinstance(taken, Held):
            self._held = taken
            self.took_over = None if taken.over is None or taken.over == over else taken.over.over
        else:
            self.lease = taken


def _no_lease(error: OSError) -> Hindrance:
    return Hindrance(
        "lease",
        Text(
            f"台账旁边写不了占用说明（{words_of(error).zh}）。",
            f"The note that you write can't be put beside the registry ({words_of(error).en}).",
        ),
        Text("看看那个文件夹，或备份到别处。", "Look into that folder, or back up elsewhere."),
    )
