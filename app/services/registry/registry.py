"""An open registry: what it holds, and the one way in which it is changed."""

from __future__ import annotations

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.dataset import Dataset
from app.domain.edits import Changes, Put, touched_codes
from app.domain.kinds import KINDS
from app.errors import StorageFault
from app.leftovers import sweep
from app.persistence.care import judged
from app.persistence.files.aside import made_aside
from app.persistence.journal_rows import NewChange
from app.persistence.journal_values import LEFT, PROFILE, ZONE, Detail, ProfileText, ZoneChange
from app.persistence.reading import is_read_only as is_read_only_file
from app.persistence.reading import is_shared_disk, true_path
from app.persistence.shared.address import address_of, must_have_driver
from app.persistence.store import FileStore, create_file, now_text
from app.services.profile.diff import profile_sections
from app.services.profile.profiles import profile_from_text
from app.services.registry.again import done_before
from app.services.registry.checks import (
    after,
    as_now,
    must_be_known,
    refuse_personal,
    understanding,
    whole,
)
from app.services.registry.deciding import Job
from app.services.registry.differences import differing
from app.services.registry.info import default_user, must_be_file
from app.services.registry.returning import brought
from app.services.registry.standing import Standing
from app.services.registry.stepping import Stepping
from app.services.registry.working_zone import KEY, fitting_zone, is_settled
from app.text import Text
from geo.crs import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.domain.desk import Desk
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.persistence.foreign.settle import Settled
    from app.persistence.loading import BackdropShape, Loaded
    from app.persistence.protocol import Store
    from app.persistence.shared.address import Address

_TOLD: Final = 5000  # details of a step of others that are looked at
_NOT_SYNTHETIC: Final = Text("", "")


class Registry(Stepping):
    """An open registry file. Any thread may read ``dataset``; writes take turns.

    ``dataset``, ``engine`` and ``zone`` are replaced together by each write, and so is ``profile`` where a write
    replaces it: whoever needs figures that belong together takes ``engine`` once and asks it alone.
    """

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        by: str | None = None,
        is_settling: bool = False,
        is_backup: bool = False,
        is_desk: bool = False,
    ) -> Registry:
        """Open a registry; raise InvalidInput, StorageFault or IntegrityFault where it is none, or damaged.

        What keeps it from being written does not keep it from being read: ``why_read_only`` says what it is. Where
        another program edited records, it holds them as our last change left them, and says which in ``foreign``.
        Where that is not known, only who comes to settle it (``is_settling``) may open it. Of what ``is_backup``
        itself no backup is made before it is brought up to date. ``path`` may be the address of a shared registry
        (``app.persistence.shared.address``): then who is at work is the login, and of all this nothing applies. ``is_desk``: a
        person is at work, who goes on from this computer's copy while the server can't be reached; commands never do.
        """
        address = address_of(path)
        if address is not None:
            return cls._open_shared(address, is_desk=is_desk)
        path = true_path(path)
        step, hindrance = judged(path)
        who = by or default_user()
        is_file_only = is_read_only_file(path)
        if not is_file_only:
            sweep(path.parent)
        standing = Standing(path, who, is_shared=is_shared_disk(path), is_file_only=is_file_only)
        try:
            standing.begin(hindrance)
            reads = as_now(path, step, standing, is_backup=is_backup)
            store = FileStore(path, read_only=standing.is_guest, may_write=standing.must_be_allowed)
            store.reads = reads
            loaded = whole(path, store.load())
            if not is_settling:
                must_be_known(path, loaded.foreign)
            with understanding(path, loaded):
                return cls(store, loaded, by=who, standing=standing)
        except BaseException:
            standing.end()
            raise

    @classmethod
    def _open_shared(cls, address: Address, *, is_desk: bool) -> Registry:
        must_have_driver()
        from app.persistence.shared.mirror.desk import DeskStore  # and SQLAlchemy, which no file waits for
        from app.persistence.shared.store import SharedStore

        store = DeskStore(address) if is_desk else SharedStore(address)
        try:
            registry = cls._on(store, store.login)
            if isinstance(store, DeskStore):
                registry.desk = store
                if store.has_waiting():
                    registry.refresh()
        except BaseException:
            store.close()
            raise
        return registry

    @classmethod
    def _on(cls, store: Store, login: str) -> Registry:
        loaded = whole(store.path, store.load())
        standing = Standing(store.path, login, is_shared=False, is_file_only=False)
        with understanding(store.path, loaded):
            return cls(store, loaded, by=login, standing=standing)

    def take_over(self) -> Changes | None:
        """Write from now on, where ``standing`` offers it; return what others wrote meanwhile, None if nothing.

        Raises StorageFault if somebody else was faster.
        """
        with self._lock:
            try:
                self.standing.take_over()
            finally:
                self._stand()
            return self.refresh()

    def write(
        self,
        build: Callable[[Dataset], Sequence[Edit]],
        *,
        verb: str,
        why: str | None = None,
        is_bulk: bool = False,
        is_merged: bool = False,
    ) -> Changes:
        """Decide edits on the data as it is now and write them as one change.

        ``build`` is asked again if another process wrote in between; it refuses by raising. Edits that leave
        nothing different are dropped; where nothing is left, nothing is written and ``change`` is None. What others
        changed since it was seen (``seeing``) is merged where no field is touched twice; ``is_merged``: ``build`` has
        seen to that itself.

        Raises
        ------
        InvalidInput
            With every reason why the edits are refused.
        Conflict
            ``Disagreed`` if somebody else changed the same field meanwhile, in another way.
        Busy
            If others held the file for longer than a write waits (10 s).

        """
        refuse_personal(why=why)
        change = NewChange(by=self.by, verb=verb, why=why, is_bulk=is_bulk)
        return self._write(build, change, is_merged=is_merged)

    def commit(
        self, edits: Sequence[Edit], *, verb: str, why: str | None = None, is_bulk: bool = False
    ) -> Changes:
        """Write edits that were decided before, as one change; see ``write``."""
        return self.write(lambda _: edits, verb=verb, why=why, is_bulk=is_bulk)

    def settle(
        self,
        choose: Callable[[Loaded, NewChange], tuple[Sequence[Settled], Sequence[Edit]]],
        change: NewChange,
    ) -> Changes:
        """Take or turn back what another program did, as one change; see ``app.services.keeping.foreign``."""
        refuse_personal(why=change.why)
        with self._lock:
            self.must_be_writable()

            def decide(loaded: Loaded) -> tuple[Sequence[Settled], Sequence[Edit]]:
                whole(self.path, loaded)
                rows, edits = choose(loaded, change)
                return rows, self._decided(Job(lambda _: edits, change, None, is_merged=True), loaded.dataset)

            _, edits = self._store.settle(decide, change)
            self._take(whole(self.path, self._store.load()))
            touched = touched_codes(list(edits))
            codes = dict.fromkeys([*touched, *(detail.code for detail in change.details)])
            kinds = {edit.record.kind for edit in edits} | {detail.kind for detail in change.details}
            return Changes(change.id, change.verb, tuple(codes), frozenset(kinds))

    def replace_profile(self, text: str, *, why: str) -> Changes:
        """Put another profile in place of the registry's, as one change; see ``app.services.bring_in.profile_change``.

        Raises
        ------
        InvalidInput
            If the text declares no profile, or records rest on something that it drops.
        Conflict
            If another process replaced the profile meanwhile.

        """
        profile_from_text(text)  # what is wrong with it is told before anything is locked
        refuse_personal(why=why, profile=text)
        with self._lock:
            before = self.profile.text
            if text == before:
                return Changes(None, PROFILE, ())
            replaced = ProfileText(before=before, after=text, sections=profile_sections(before, text))
            return self._write(lambda _: (), NewChange(by=self.by, verb=PROFILE, why=why, profile=replaced))

    def change_zone(self, zone: Zone, *, why: str) -> Changes:
        """Take areas and distances in another zone from now on, as one change; see ``app.services.registry.zone_change``.

        Raises Conflict if another process changed it meanwhile.
        """
        refuse_personal(why=why)
        with self._lock:
            if zone == self.zone and self.is_zone_kept:
                return Changes(None, ZONE, ())
            moved = ZoneChange(before=self.zone.epsg, after=zone.epsg)
            return self._write(lambda _: (), NewChange(by=self.by, verb=ZONE, why=why, zone=moved))

    def purge(self, build: Callable[[Dataset], Sequence[Edit]], change: NewChange) -> Changes:
        """Take something out of records, and out of the journal too, as one change; see ``app.services.keeping.purging``."""
        refuse_personal(why=change.why)
        with self._lock:
            changes = self._write(build, change)
            self._take(whole(self.path, self._store.load()))
            return changes

    def note_left(self, left: Mapping[str, object], *, why: str) -> Changes:
        """Put into the journal what left the registry, as one step that changes no record and is never taken back."""
        refuse_personal(why=why)
        kept = Detail(kind=LEFT, row_id=self.info.id, code="", field=LEFT, after=dict(left))
        return self._write(lambda _: (), NewChange(by=self.by, verb=LEFT, why=why, details=[kept]))

    def hear(self, told: Callable[[], None], met: Callable[[], None] | None = None) -> None:
        """Call ``told``, in another thread, whenever somebody wrote; a file can't tell, so ``refresh`` asks it now and then.

        With ``met`` the others see us at work, and it is called when one of them comes, goes or edits another record.
        """
        self._store.hear(told, met)

    def desks(self) -> tuple[Desk, ...] | None:
        """Return who is at work on it now, ourselves among them; None where nobody knows, as of a file."""
        desks = self._store.desks()
        ids = {desk.record for desk in desks or () if desk.record}
        if desks is None or not ids:
            return desks
        tables = (self.dataset.of(kind).values() for kind, spec in KINDS.items() if spec.coded)
        codes = {record.id: record.code for table in tables for record in table if record.id in ids}
        return tuple(replace(desk, record=codes.get(desk.record, "")) for desk in desks)

    def edits_record(self, code: str) -> None:
        """Let the others know which record is being edited here; "" for none. Nobody waits for it."""
        record = self.dataset.find(code) if code else None
        self._store.edits_record("" if record is None else record.id)

    def refresh(self) -> Changes | None:
        """Take in what other processes wrote; return what they touched, None if nothing.

        Raises StorageFault if the file was moved or replaced, IntegrityFault if it is damaged.
        """
        with self._lock:
            if not self._store.is_still_the_file():
                raise StorageFault(
                    Text(f"{self.path} 被移走或换掉了。", f"{self.path} was moved or replaced.")
                )
            returned = self._bring_back()
            is_other = returned is None and self._store.has_moved()
            if returned is None and not is_other and self._store.last_seq() == self._seq:
                return None
            before, shown = self._seq, self.dataset
            loaded = whole(self.path, self._store.load())
            must_be_known(self.path, loaded.foreign)
            self._take(loaded)
            if returned is not None:
                return returned
            if self._seq < before:  # the copy, where the server went away a moment after somebody wrote
                return differing(shown, self.dataset)
            news = self._news_after(before) or Changes(None, "refresh", ())
            if not is_other:
                return news
            moved = differing(shown, self.dataset)
            codes = tuple(dict.fromkeys((*news.codes, *moved.codes)))
            return Changes(news.change, "refresh", codes, news.kinds | moved.kinds)

    def _bring_back(self) -> Changes | None:
        """Bring back what was written while the server was away, if it is there again; return what is other now, None if it is away."""
        desk = self.desk
        if desk is None or not (desk.is_back if desk.is_away else desk.has_waiting()):
            return None
        waiting, after = desk.waiting(), desk.brought_to
        done = done_before(waiting, whole(self.path, desk.copied()).dataset) if waiting else []
        try:
            server = desk.reach()
            try:
                there = Registry._on(server, server.login)
                desk.come_back(server, brought(there, done, desk.kept()))
            except BaseException:
                server.close()
                raise
        except StorageFault:  # away still, or again, or busy: what waits does so until the next try
            return None
        news = [*waiting, *there.history(details=_TOLD, after=after)]
        codes = tuple(dict.fromkeys(code for change in news for code in change.codes))
        return Changes(None, "refresh", codes, frozenset(d.kind for change in news for d in change.details))


def create_registry(
    path: Path,
    profile: Profile,
    *,
    name: str | None = None,
    records: Iterable[Record] = (),
    backdrop: Iterable[BackdropShape] = (),
    synthetic_note: Text | None = None,
    by: str | None = None,
    zone: Zone | None = None,
) -> Registry:
    """Write a new registry, with records if there are any (one change), and open it.

    ``zone`` is the one it keeps; without it, the one that fits once enough is drawn. Built beside the target and renamed when it is whole. Raises InvalidInput if the path is taken.
    """
    must_be_file(path)
    note = synthetic_note or _NOT_SYNTHETIC
    refuse_personal(name=name, profile=profile.text)
    info = {
        "id": str(uuid.uuid4()),
        "name": name or profile.name.zh,
        "created_at": now_text(),
        "is_synthetic": "yes" if synthetic_note is not None else "no",
        "note": json.dumps({"zh": note.zh, "en": note.en}, ensure_ascii=False),
        "review_number": "",
        "profile": profile.text,
    }
    with made_aside(path) as aside:
        edits = [Put(record) for record in records]
        then = after(Dataset({}), edits)
        if zone is not None:
            info[KEY] = zone.epsg
        elif is_settled(then):
            info[KEY] = fitting_zone(then).epsg
        create_file(aside, info, backdrop)
        store = FileStore(aside)
        if edits:
            store.load()
            change = NewChange(
                by=by or default_user(), verb="sample" if synthetic_note else "import", is_bulk=True
            )
            store.commit(edits, change, after_seq=0)
        store.close()
    return Registry.open(path, by=by)
