"""The mirror as a store: a registry file that may show its login a part, whose journal goes on where the server's stood.

What is written here is written as into any registry file: the steps past the last one brought from the server (``Said.seq``)
are what waits to be brought back. There is no other list of them.
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import bindparam

from app.domain.dataset import Dataset
from app.errors import InvalidInput
from app.persistence import journal, spelled
from app.persistence.info import write_info
from app.persistence.loading import last_seq
from app.persistence.reading import Rows
from app.persistence.shared.mirror.place import SAID
from app.persistence.statements import Spelling, next_redo, next_undo
from app.persistence.store import FileStore
from app.persistence.tables import change as changes
from app.persistence.tally import TALLY, counted
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from app.domain.edits import Edit
    from app.persistence.journal_rows import NewChange
    from app.persistence.journal_values import Change
    from app.persistence.loading import Loaded
    from app.persistence.reading import Runs

T = TypeVar("T")
_AFTER: Final = "SELECT id FROM change WHERE seq > ? ORDER BY seq"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a mirror says of itself: whose it is, the server's last step that it holds, and when that was so (UTC).

    ``moves``: how often it had changed what this login sees; ``shows_all``: whether that is all; ``taken``: last codes of
    what it does not see. ``registry``: whose copy it is, ``making`` of which making of it (``SharedStore.making_in``).
    """

    login: str
    seq: int
    at: str
    moves: int
    shows_all: bool
    taken: tuple[str, ...] = ()
    registry: str = ""
    making: str = ""

    @property
    def text(self) -> str:
        """The same as the mirror keeps it."""
        return json.dumps(asdict(self))


def said_in(runs: Runs) -> Said:
    """Return what a mirror says of itself; raises LookupError, TypeError or ValueError where it can't be read."""
    row = runs.exec_driver_sql(spelled.INFO_OF, (SAID,)).one()
    kept = json.loads(row[1])
    return Said(**{**kept, "taken": tuple(kept["taken"])})


def say(runs: Runs, said: Said) -> None:
    """Keep what a mirror says of itself."""
    write_info(runs, {SAID: said.text})


def _mine(made: Any) -> str:
    return " ".join(str(made.compile(dialect=Spelling())).split())


class _InPart:
    """Statements on a mirror: what it has not was never shown to this login, and undo takes back the login's own."""

    keeps_itself = True

    def __init__(self, runs: Runs, login: str) -> None:
        self._runs, self._login = runs, login

    def exec_driver_sql(self, statement: str, parameters: Any = ()) -> Any:
        """Run a statement as the server would: of this login, and with the journal's numbers of everybody."""
        if statement == spelled.LAST_SEQ:
            here = self._runs.exec_driver_sql(spelled.LAST_SEQ).scalar() or 0
            return Rows([(max(here, said_in(self._runs).seq),)])
        login: Any = bindparam("login")
        if statement == spelled.NEXT_UNDO:
            return self._runs.exec_driver_sql(_mine(next_undo(changes.c.by == login)), (self._login,))
        if statement == spelled.NEXT_REDO:
            redo = _mine(next_redo(login))
            return self._runs.exec_driver_sql(redo, (self._login,) * redo.count("?"))
        return self._runs.exec_driver_sql(statement, parameters)


class MirrorStore(FileStore):
    """A mirror that is open, a ``Store``."""

    def __init__(self, path: Path, shown: Path) -> None:
        """``shown``: the address, by which whoever has it open knows it."""
        super().__init__(path)
        self.shown = shown
        with super().reading() as reader:
            self.said = said_in(reader)
        self.shows_all = self.said.shows_all

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Give one read transaction."""
        with super().reading() as reader:
            yield _InPart(reader, self.said.login)

    def _patiently(self, work: Callable[[Runs], T]) -> T:
        return super()._patiently(lambda runs: work(_InPart(runs, self.said.login)))

    def in_one(self, work: Callable[[Runs], T]) -> T:
        """Run work on the plain file in one transaction: what is taken from the server, whatever it replaces."""
        done = self._pen.patiently(work)
        with super().reading() as reader:
            self.said = said_in(reader)
        return done

    def _load(self, connection: Runs) -> Loaded:
        loaded = super()._load(connection)
        taken = frozenset(code for code in self.said.taken if loaded.dataset.find(code) is None)
        dataset: Dataset = loaded.dataset
        dataset.retired = dataset.retired | taken
        return replace(loaded, seq=last_seq(connection))

    def commit(self, edits: Sequence[Edit], change: NewChange, *, after_seq: int) -> int:
        """Write edits as one change that waits; InvalidInput for what is decided on the server alone."""
        return super().commit(edits, _told_whole(change), after_seq=after_seq)

    def commit_on_fresh_data(
        self, decide: Callable[[Loaded], Sequence[Edit]], change: NewChange
    ) -> tuple[Loaded, Sequence[Edit], int]:
        """Read, decide and write while nobody else can; see ``commit``."""
        return super().commit_on_fresh_data(decide, _told_whole(change))

    def waiting(self) -> list[Change]:
        """Return the changes that wait to be brought back, in their order, each with all that it did."""
        with self.reading() as runs:
            found = [row[0] for row in runs.exec_driver_sql(_AFTER, (self.said.seq,))]
        return [journal.read_change(self, change_id) for change_id in found]

    def is_sound(self) -> bool:
        """Whether it holds as many rows with such checksums as it should."""
        with self.reading() as runs:
            return bool(counted(runs).text == runs.exec_driver_sql(spelled.INFO_OF, (TALLY,)).one()[1])

    def has_waiting(self) -> bool:
        """Whether anything waits to be brought back."""
        return self.last_seq() > self.said.seq


def _told_whole(change: NewChange) -> NewChange:
    """Return a change whose every record the journal tells whole, so that it can be done again on the server."""
    if change.profile is not None or change.zone is not None or change.rewrite is not None or change.packs:
        raise InvalidInput(
            Text(
                "现在离线。口径、坐标带和彻底清除要等连上服务器再做；别的照常改。",
                "The server can't be reached. Profile, working zone and removing for good wait until it can; everything "
                "else may be edited.",
            )
        )
    return replace(change, is_bulk=False)
