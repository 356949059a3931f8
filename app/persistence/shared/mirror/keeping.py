"""Keeping a mirror: opened by one program at a time, made, kept up, and taken away where its login may not see it any more."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from app.errors import RegistryError, StorageFault
from app.files import put_over
from app.leftovers import REGISTRY, own_folder
from app.persistence.row_codec import UNDECODABLE
from app.persistence.shared.mirror import news as taking
from app.persistence.shared.mirror import place
from app.persistence.shared.mirror.file import MirrorStore
from app.persistence.shared.refusals import NotStaff
from app.persistence.store import now_text
from app.system_words import words_of
from app.text import Text, counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.persistence.journal_values import Change
    from app.persistence.loading import Loaded
    from app.persistence.shared.address import Address
    from app.persistence.shared.mirror.news import Kept
    from app.persistence.shared.store import SharedStore

_UNSENT: Final = "unsent-{}.json"
_ASIDE_BEGINS: Final = "aside-"
_ASIDE: Final = Text(
    "这台电脑上原来的副本读不了，或是别的登录名、别的台账的，已另做一份。里面可能有没送回的修改，原样放在 {0}。",
    "The copy that was on this computer can't be read, or is another login's or registry's; another was made. Changes that were not brought back may "
    "be in it: it is kept as {0}.",
)


class Keeping:
    """The mirror of an address, and the server that it is kept up from; what a desk does with the two is ``DeskStore``'s.

    ``fault`` says why it is not kept up, or that one was set aside in which something may wait; None where all is well.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self.path = self.reads = address.path
        self.folder = place.folder_of(address)
        self.is_away = False
        self.fault: Text | None = None
        self._unread: Text | None = None  # of a mirror that was set aside with what may wait in it
        self._turn = threading.RLock()
        self._server: SharedStore | None = None
        self._mirror: MirrorStore | None = None
        self._is_looked_at = False  # whether it was seen that the mirror is whole
        self._key: place.Key | None = None
        self._refused: NotStaff | None = None  # once nothing of it may be shown any more

    def _take_key(self) -> None:
        if not place.is_wanted(self.address):
            self.fault = Text("这台电脑上不留副本。", "No copy is kept on this computer.")
            return
        try:
            place.make_folder(self.folder)
            self._key = place.Key(self.folder)
        except StorageFault as error:
            self.fault = error.message
        except OSError as error:
            self.fault = Text(
                f"本机副本写不了：{words_of(error).zh}。", f"The copy can't be written: {words_of(error).en}."
            )

    def _open_mirror(self) -> None:
        path = self.folder / place.NAME
        if self._key is None or not path.exists():
            return
        try:
            self._mirror = MirrorStore(path, self.path)
        except (RegistryError, *UNDECODABLE):
            self._set_aside()
            return
        if self.address.login not in (None, self._mirror.said.login):
            self._set_aside()

    def _set_aside(self) -> None:
        """Put a mirror that is not to be used beside its place, with what may still be in it; another is made."""
        may_wait = True
        if self._mirror is not None:
            may_wait = self.has_waiting() or bool(self.kept())
            self._mirror.close()
            self._mirror = None
        aside = self._move_aside()
        if may_wait:
            self.fault = self._unread = _ASIDE.format(aside)

    def _move_aside(self) -> Path:
        """Move all that lies in the mirror's place, and return where to: its log holds what was written last, and belongs to no other."""
        aside = self.folder / f"{_ASIDE_BEGINS}{now_text().replace(':', '')}-{place.NAME}"
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                (self.folder / f"{place.NAME}{ending}").replace(f"{aside}{ending}")
        (self.folder / f"{place.NAME}-shm").unlink(missing_ok=True)
        return aside

    @property
    def has_mirror(self) -> bool:
        """Whether there is a mirror to go on from."""
        return self._mirror is not None

    @property
    def mirror_at(self) -> str:
        """The moment to which the mirror is what the server was (UTC), "" where there is none."""
        return "" if self._mirror is None else self._mirror.said.at

    @property
    def brought_to(self) -> int:
        """The server's last step that the mirror holds; 0 where there is none."""
        return 0 if self._mirror is None else self._mirror.said.seq

    def waiting(self) -> list[Change]:
        """Return what was written while the server was away and is not brought back yet."""
        with self._turn:
            return [] if self._mirror is None else self._mirror.waiting()

    def copied(self) -> Loaded:
        """Return all that the mirror holds, what waits included; raises LookupError where there is none."""
        with self._turn:
            if self._mirror is None:
                raise LookupError
            return self._mirror.load()

    def has_waiting(self) -> bool:
        """Whether anything waits to be brought back."""
        with self._turn:
            return self._mirror is not None and self._mirror.has_waiting()

    def kept(self) -> list[Kept]:
        """Return what could not be brought back and waits for the user's word."""
        with self._turn:
            if self._mirror is None:
                return []
            with self._mirror.reading() as runs:
                return taking.kept_in(runs)

    def let_go_of(self, change_id: str) -> None:
        """Forget a change that waited for the user's word."""
        with self._turn:
            if self._mirror is not None:
                self._mirror.in_one(lambda runs: taking.let_go(runs, change_id))

    def keep(self, kept: Sequence[Kept]) -> None:
        """Have these changes wait for the user's word, and no others."""
        with self._turn:
            if self._mirror is not None:
                self._mirror.in_one(lambda runs: taking.keep(runs, kept))

    @property
    def unread(self) -> Text | None:
        """Which copy was set aside with what may wait in it, since this was opened; None where none was."""
        return self._unread

    def keep_up(self) -> None:
        """Make the mirror what the server shows now: made where there is none, else only what the journal names since."""
        with self._turn:
            if self._key is None or self.is_away or self._server is None or self._take_news():
                return
            self._make_anew(self._server, self.kept())

    def _take_news(self) -> bool:
        """Take in what the server has since; return whether the mirror is up to date then, or has to wait."""
        mirror, server = self._mirror, self._server
        if mirror is None or server is None:
            return False
        if not mirror.is_still_the_file():  # somebody deleted it while it was open
            mirror.close()
            self._mirror = None
            place.make_folder(self.folder)
            return False
        if mirror.has_waiting():
            return True
        if not self._is_looked_at and not mirror.is_sound():
            return False
        self._is_looked_at = True
        found = taking.news_for(server, mirror.said, {})
        if found is None:
            return False
        if found.said.seq != mirror.said.seq:
            mirror.in_one(lambda runs: taking.take_in(runs, found, taking.kept_in(runs)))
        return True

    def _make_anew(self, server: SharedStore, kept: Sequence[Kept]) -> None:
        """Put a whole new mirror in place of the one that is there, in one step."""
        path = self.folder / place.NAME
        with own_folder(REGISTRY, self.folder) as aside:
            taking.make(server, aside / place.NAME, kept)
            if self._mirror is not None:
                self._mirror.close()  # its log goes with it
                self._mirror = None
            elif (self.folder / f"{place.NAME}-wal").exists():
                self.fault = self._unread = _ASIDE.format(self._move_aside())
            put_over(aside / place.NAME, path)
        self._mirror = MirrorStore(path, self.path)

    def forbidden(self, error: NotStaff) -> NotStaff:
        """Take everything away that this login may not see any more; what it wrote and could not bring back is kept as a text."""
        with self._turn:
            if self._key is None:
                return error
            self._open_mirror_once()
            unsent = [json.loads(one.told) for one in self.kept()] + [told(one) for one in self.waiting()]
            said = error
            if unsent:
                path = self.folder / _UNSENT.format(now_text().replace(":", ""))
                path.touch(0o600)
                path.write_text(json.dumps(unsent, ensure_ascii=False, indent=1), "utf-8")
                said = NotStaff(
                    Text(
                        f"{error.message.zh}{len(unsent)} 处没送回的修改存成了 {path}。",
                        f"{error.message.en} {counted(len(unsent), 'change that was not brought back is', 'changes that were not brought back are')} in {path}.",
                    )
                )
            if self._mirror is not None:
                self._mirror.close()
                self._mirror = None
            for name in ("", "-wal", "-shm"):
                (self.folder / f"{place.NAME}{name}").unlink(missing_ok=True)
            for path in self.folder.glob(f"{_ASIDE_BEGINS}*"):
                path.unlink()
            self._refused = said
            return said

    def _open_mirror_once(self) -> None:
        if self._mirror is None:
            self._open_mirror()

    def forget(self) -> None:
        """Take the mirror away, for the user does not want one here. Raises StorageFault where something waits in it."""
        with self._turn:
            if self.is_away or self.has_waiting() or self.kept():
                raise StorageFault(
                    Text(
                        "副本里还有没送回的修改，先送回或放弃它们。",
                        "Changes wait in the copy; bring them back or drop them first.",
                    )
                )
            place.want(self.address, is_wanted=False)
            if self._mirror is not None:
                self._mirror.close()
                self._mirror = None
            if self._key is not None:
                place.take_away(self.folder)
                self._key.let_go()
                self._key = None


def told(change: Change) -> dict[str, Any]:
    """Return a change with all that it did, as JSON."""
    return {
        "id": change.change,
        "at": change.at,
        "by": change.by,
        "verb": change.verb,
        "why": change.why,
        "undoes": change.undoes,
        "details": [
            {name: getattr(one, name) for name in ("kind", "row_id", "code", "field", "before", "after")}
            for one in change.details
        ],
    }
