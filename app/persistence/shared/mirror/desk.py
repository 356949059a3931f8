"""A desk's store on a shared registry: the server while it can be reached, else the mirror on the desk's own disk."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from app.errors import RegistryError, StorageFault
from app.persistence.shared.mirror import news as taking
from app.persistence.shared.mirror.answering import answers
from app.persistence.shared.mirror.keeping import Keeping
from app.persistence.shared.refusals import NotStaff, Unreachable
from app.persistence.shared.store import SharedStore, another_registry
from app.persistence.store import StaleData, now_text
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.domain.desk import Desk
    from app.domain.edits import Edit
    from app.persistence.foreign.settle import Settled
    from app.persistence.journal_rows import NewChange
    from app.persistence.loading import Loaded
    from app.persistence.protocol import Store
    from app.persistence.shared.address import Address
    from app.persistence.shared.mirror.file import MirrorStore
    from app.persistence.shared.mirror.news import Kept

T = TypeVar("T")
_AGAIN: Final = 5.0  # seconds after which a server that is away is asked again


class DeskStore(Keeping):
    """A shared registry that a desk has open, a ``Store``. Reads and writes the server, and the mirror while it is away.

    A thread of its own keeps the mirror up, and while the server is away asks now and then whether it is back. Then ``is_back``
    says so; what waits is brought back by whoever knows the rules, between ``reach`` and ``come_back``.
    """

    def __init__(self, address: Address) -> None:
        """Open it. Raises what ``SharedStore`` does, Unreachable where there is no mirror to go on from either."""
        super().__init__(address)
        self.read_only = self.shows_all = False
        self.is_back = False
        self.since = ""  # when the server went away; UTC
        self._told: Callable[[], None] | None = None
        self._met: Callable[[], None] | None = None
        self._wake, self._is_over = threading.Event(), threading.Event()
        try:
            self._enter()
        except BaseException:
            self._let_go()
            raise
        self._thread = threading.Thread(  # noqa: TID251  # as long as the registry is open
            target=self._run, name="registry-mirror", daemon=True
        )
        self._thread.start()
        self._wake.set()

    def _enter(self) -> None:
        self._take_key()
        try:
            self._server = SharedStore(self.address)
        except Unreachable as error:
            if answers(self.address):
                raise
            self._open_mirror()
            self._go_away(error)
            if self._mirror is not None:
                self.shows_all = self._mirror.said.shows_all
            return
        except NotStaff as error:
            raise self.forbidden(error) from error
        self.shows_all = self._server.shows_all
        self._open_mirror()
        mirror = self._mirror
        if mirror is not None and not _is_of(mirror, self._server):
            self._set_aside()

    @property
    def login(self) -> str:
        """The login that one is known by."""
        found = self._server if self._mirror is None else self._mirror.said
        assert found is not None  # noqa: S101  # one of the two is there
        return found.login

    def try_now(self) -> None:
        """Ask the server at once whether it is back."""
        self._wake.set()

    # a store

    @property
    def _here(self) -> Store:
        if self._refused is not None:
            raise self._refused
        found: Store | None = self._mirror if self.is_away else self._server
        assert found is not None  # noqa: S101  # away only where there is a mirror
        return found

    def _asked(self, work: Callable[[Store], T]) -> T:
        """Do something on the server; on the mirror where it is away or goes away."""
        if self.is_away:
            return work(self._here)
        try:
            return work(self._here)
        except Unreachable as error:
            if not answers(self.address):
                self._go_away(error)
        return work(self._here)  # a line that was cut: once more; each change is written once, by its id

    def _go_away(self, error: Unreachable) -> None:
        with self._turn:
            if self._mirror is None:
                raise self._no_way_on(error) from error
            if self._mirror.load().damaged:
                raise error
            self.is_away, self.is_back, self.since = True, False, now_text()
        self._wake.set()
        self._tell()
        if self._met is not None:
            self._met()  # who is at work can't be seen from here

    def _no_way_on(self, error: Unreachable) -> Unreachable:
        why = self.fault or Text("这台电脑上还没有它的副本。", "There is no copy of it on this computer yet.")
        return Unreachable(
            Text(f"{error.message.zh}{why.zh}", f"{error.message.en} {why.en}"), error.problems
        )

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """Give one read transaction."""
        with ExitStack() as ends:
            yield self._asked(lambda store: ends.enter_context(store.reading()))

    def load(self) -> Loaded:
        """Return all that there is to see now."""
        loaded = self._asked(lambda store: store.load())
        self._wake.set()
        return loaded

    def last_seq(self) -> int:
        """Return the journal's last number."""
        return self._asked(lambda store: store.last_seq())

    def has_moved(self) -> bool:
        """Whether this login may see other rows than it read, though nobody wrote."""
        return self._asked(lambda store: store.has_moved())

    def is_still_the_file(self) -> bool:
        """Whether it is still the one that was opened."""
        return self._here.is_still_the_file()

    def was_given(self, code: str, row_id: str) -> bool:
        """Whether a code was given to the record of this id, which is gone, before."""
        return self._here.was_given(code, row_id)

    def commit(self, edits: Sequence[Edit], change: NewChange, *, after_seq: int) -> int:
        """Write edits as one change: to the server, or to the mirror where they wait."""
        seq = self._asked(lambda store: store.commit(edits, change, after_seq=after_seq))
        if not self.is_away:
            self._follow(edits, change, after_seq)
        return seq

    def _follow(self, edits: Sequence[Edit], change: NewChange, after_seq: int) -> None:
        """Have the mirror know our own change at once: what was just typed stays in sight if the server goes away now."""
        if not self._turn.acquire(blocking=False):
            self._wake.set()
            return
        try:
            self._take_news()
        except Unreachable as error:
            if self._mirror is None or answers(self.address):
                self._wake.set()
                return
            self._go_away(error)
            with suppress(StaleData):  # else it is seen again when the server is back
                self._mirror.commit(edits, change, after_seq=after_seq)
        except (RegistryError, OSError, sqlite3.Error):
            self._wake.set()  # the thread says what keeps the mirror from following
        finally:
            self._turn.release()

    def commit_on_fresh_data(
        self, decide: Callable[[Loaded], Sequence[Edit]], change: NewChange
    ) -> tuple[Loaded, Sequence[Edit], int]:
        """Read, decide and write while nobody else can."""
        done = self._asked(lambda store: store.commit_on_fresh_data(decide, change))
        self._wake.set()
        return done

    def settle(
        self, decide: Callable[[Loaded], tuple[Sequence[Settled], Sequence[Edit]]], change: NewChange
    ) -> tuple[Loaded, Sequence[Edit]]:
        """Let ``decide`` say that there is nothing to settle."""
        return self._asked(lambda store: store.settle(decide, change))

    def hear(self, told: Callable[[], None], met: Callable[[], None] | None = None) -> None:
        """Call ``told`` whenever something was written, and when the server goes away or is back; ``met`` as the server does."""
        self._told, self._met = told, met
        if self._server is not None:
            self._server.hear(self._on_heard, met)

    def desks(self) -> tuple[Desk, ...] | None:
        """Return who is at work now; None while the server is away."""
        return None if self.is_away or self._server is None else self._server.desks()

    def edits_record(self, row_id: str) -> None:
        """Let the others know which record is being edited here, while the server is there."""
        if not self.is_away and self._server is not None:
            self._server.edits_record(row_id)

    def _on_heard(self) -> None:
        self._wake.set()
        self._tell()

    def _tell(self) -> None:
        if self._told is not None:
            self._told()

    def close(self) -> None:
        """Let go of server and mirror; what waits stays."""
        self._is_over.set()
        self._wake.set()
        self._thread.join()
        self._let_go()

    def _let_go(self) -> None:
        for opened in (self._server, self._mirror):
            if opened is not None:
                opened.close()
        if self._key is not None:
            self._key.let_go()
            self._key = None

    # back again

    def reach(self) -> SharedStore:
        """Return the server, entered anew; raises Unreachable where it is away still, NotStaff where we have nothing there any more.

        StorageFault where another registry is there by now: what waits is not its.
        """
        self.is_back = False
        try:
            server = SharedStore(self.address)
        except Unreachable as error:
            self.fault = error.message
            raise
        except NotStaff as error:
            raise self.forbidden(error) from error
        if self._mirror is not None and self._mirror.said.registry != server.registry:
            server.close()
            self.fault = another_registry(self.address)
            raise StorageFault(self.fault)
        return server

    def come_back(self, server: SharedStore, kept: Sequence[Kept]) -> None:
        """Go on with the server: what waited is done there, or ``kept`` for the user's word. The mirror becomes what it shows now."""
        with self._turn:
            mirror = self._mirror
            assert mirror is not None  # noqa: S101  # what waited was in it
            with mirror.reading() as runs:
                own = taking.own_rows(runs)
            found = taking.news_for(server, mirror.said, own)
            if found is None:
                self._make_anew(server, kept)
            else:
                mirror.in_one(lambda runs: taking.take_in(runs, found, kept))
            before, self._server, self.shows_all = self._server, server, server.shows_all
            self.is_away, self.since = False, ""
        if before is not None and before is not server:
            before.close()
        if self._told is not None:
            server.hear(self._on_heard, self._met)
        self._wake.set()
        self._tell()

    def _run(self) -> None:
        while True:
            self._wake.wait(_AGAIN if self.is_away else None)
            self._wake.clear()
            if self._is_over.is_set():
                return
            if self.is_away:
                if not self.is_back and answers(self.address):
                    self.is_back = True
                    self._tell()
                continue
            try:
                self.keep_up()
                if self._key is not None:
                    self.fault = self._unread
            except Unreachable:
                continue  # whoever reads or writes next goes on with the mirror
            except (RegistryError, OSError, sqlite3.Error) as error:
                why = words_of(error)
                self.fault = Text(
                    f"本机副本没跟上：{why.zh}。", f"The copy on this computer is not up to date: {why.en}."
                )


def _is_of(mirror: MirrorStore, server: SharedStore) -> bool:
    return (mirror.said.login, mirror.said.registry) == (server.login, server.registry)
