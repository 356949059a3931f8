"""An open registry: what it holds, and the one way in which it is changed."""

from __future__ import annotations

import json
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.dataset import Dataset
from app.domain.edits import Changes, Put, touched_codes
from app.domain.rules.rules import owned_by
from app.errors import Conflict, InvalidInput, StorageFault
from app.leftovers import sweep
from app.persistence import journal
from app.persistence.care import judged
from app.persistence.files.aside import made_aside
from app.persistence.journal_rows import NewChange
from app.persistence.journal_values import PROFILE, PURGE, ZONE, ProfileText, ZoneChange
from app.persistence.reading import is_read_only as is_read_only_file
from app.persistence.reading import is_shared_disk, true_path
from app.persistence.store import FileStore, StaleData, create_file, instant_text, now_text
from app.services.profile.diff import profile_sections
from app.services.profile.profiles import profile_from_text
from app.services.profile.use import must_not_rest
from app.services.registry.checks import (
    after,
    as_now,
    must_be_known,
    refuse_personal,
    refuse_problems,
    understanding,
    unsettled,
    whole,
)
from app.services.registry.fresh_edits import canonical, made_again, must_be_unchanged, that_differ
from app.services.registry.info import default_user, info_of
from app.services.registry.lookup import record_called
from app.services.registry.place_warnings import place_warnings
from app.services.registry.standing import Standing
from app.services.registry.working_zone import KEY, fitting_zone, is_settled, zone_in, zone_of_code
from app.text import Text
from geo.crs import Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from app.coverage.engine import CoverageEngine
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.persistence.foreign.found import Foreign
    from app.persistence.foreign.settle import Settled
    from app.persistence.journal_values import Change
    from app.persistence.loading import BackdropShape, Loaded
    from app.persistence.protocol import Store

_ENOUGH_TO_NAME: Final = 20  # details of a step; a bulk import has thousands
_RACES: Final = 3  # that a write may lose beside the lock before it reads and decides while holding it
_NOT_SYNTHETIC: Final = Text("", "")


class Registry:
    """An open registry file. Any thread may read ``dataset``; writes take turns.

    ``dataset``, ``engine`` and ``zone`` are replaced together by each write, and so is ``profile`` where a write
    replaces it: whoever needs figures that belong together takes ``engine`` once and asks it alone.
    """

    zone: Zone
    is_zone_kept: bool

    def __init__(
        self,
        store: Store,
        loaded: Loaded,
        *,
        by: str,
        standing: Standing,
    ) -> None:
        self._store = store
        self.standing = standing
        self._stand()
        self._lock = threading.RLock()  # one writer at a time
        self._engine_lock = threading.Lock()
        self._seq = loaded.seq
        self.path: Path = store.path
        self.by = by
        self.backdrop: tuple[BackdropShape, ...] = loaded.backdrop
        self.info = info_of(loaded)
        self.profile: Profile = profile_from_text(loaded.info["profile"])
        self.dataset: Dataset = loaded.dataset
        self.foreign: tuple[Foreign, ...] = loaded.foreign
        self._take_zone(loaded)
        self._engine: CoverageEngine | None = None

    @property
    def engine(self) -> CoverageEngine:
        """What computes coverage on the data as it is now; made when first asked for."""
        with self._engine_lock:
            if self._engine is None:
                from app.coverage.engine import CoverageEngine

                self._engine = CoverageEngine(self.dataset, self.profile, self.zone)
            return self._engine

    @classmethod
    def open(
        cls, path: Path, *, by: str | None = None, is_settling: bool = False, is_backup: bool = False
    ) -> Registry:
        """Open a registry; raise InvalidInput, StorageFault or IntegrityFault where it is none, or damaged.

        What keeps it from being written does not keep it from being read: ``why_read_only`` says what it is. Where
        another program edited records, it holds them as our last change left them, and says which in ``foreign``.
        Where that is not known, only who comes to settle it (``is_settling``) may open it. Of what ``is_backup``
        itself no backup is made before it is brought up to date.
        """
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

    def _stand(self) -> None:
        self.is_read_only = self.standing.is_read_only
        self.lease = self.standing.lease  # of somebody else; then this is read-only
        self.hindrance = self.standing.hindrance  # what else keeps it from being written
        self._store.read_only = self.standing.is_guest
        if not self.is_read_only and self._store.reads != self._store.path:
            self._store.reads = as_now(self._store.path, judged(self._store.path)[0], self.standing)

    @property
    def why_read_only(self) -> Text | None:
        """Why nothing may be written into it, None where it may."""
        said = self.standing.why if self.lease is None else self.lease.words
        return said if self.is_read_only else None

    def look_at_standing(self) -> bool:
        """Look again whether it may be written; return whether anything about that has changed."""
        with self._lock:
            if has_changed := self.standing.look_again():
                self._stand()
            return has_changed

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

    def close(self) -> None:
        """Fold everything into the one file and let go."""
        with self._lock:
            self._store.close()
            self.standing.end()

    def write(
        self,
        build: Callable[[Dataset], Sequence[Edit]],
        *,
        verb: str,
        why: str | None = None,
        is_bulk: bool = False,
    ) -> Changes:
        """Decide edits on the data as it is now and write them as one change.

        ``build`` is asked again if another process wrote in between; it refuses by raising. Edits that leave
        nothing different are dropped; where nothing is left, nothing is written and ``change`` is None.

        Raises
        ------
        InvalidInput
            With every reason why the edits are refused.
        Conflict
            If a record that ``build`` read was changed by another process meanwhile.
        Busy
            If others held the file for longer than a write waits (10 s).

        """
        refuse_personal(why=why)
        return self._write(build, NewChange(by=self.by, verb=verb, why=why, is_bulk=is_bulk))

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
                return rows, self._decided(lambda _: edits, loaded.dataset, change)

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

    def must_be_writable(self) -> None:
        """Raise StorageFault, with why, if nothing can be written."""
        why = self.why_read_only
        if why is not None:
            not_saved = Text(f"没有保存：{why.zh}", f"Not saved: {why.en}")
            raise StorageFault(not_saved if self.hindrance is None else self.hindrance.refusal)

    def _write(self, build: Callable[[Dataset], Sequence[Edit]], change: NewChange) -> Changes:
        self.must_be_writable()
        try:
            return self._write_now(build, change)
        except StorageFault as error:
            if self.standing.step_back(error):
                self._stand()
            raise

    def _write_now(self, build: Callable[[Dataset], Sequence[Edit]], change: NewChange) -> Changes:
        with self._lock:
            if self.foreign:
                raise unsettled(self.path, self.foreign)
            edits = self._decided(build, self.dataset, change)
            if not edits and not change.has_setting:
                return Changes(None, change.verb, ())
            try:
                self._seq = self._store.commit(edits, change, after_seq=self._seq)
            except StaleData:
                edits = self._write_on_fresh_data(build, change)
            if change.profile is not None:
                self._show_profile(change.profile.after)
            self._keep_zone(change)
            before = self.dataset
            self._apply(edits, is_undo=change.verb == "undo")
            if not edits and not change.has_setting:
                return Changes(None, change.verb, ())
            kinds = frozenset(edit.record.kind for edit in edits)
            if change.profile is not None:
                kinds |= {PROFILE}
            if change.zone is not None:
                kinds |= {ZONE}
            is_told = change.verb in ("undo", "redo", "import")  # said before, an import's in its notes
            warnings = () if is_told else place_warnings(before, self.dataset, edits)
            return Changes(change.id, change.verb, touched_codes(list(edits)), kinds, warnings)

    def _write_on_fresh_data(
        self, build: Callable[[Dataset], Sequence[Edit]], change: NewChange
    ) -> Sequence[Edit]:
        """Read and decide again: beside the lock, so that others can write meanwhile, and at last holding it."""
        read, shown = self.dataset, (self.profile, self.zone, self.is_zone_kept)

        def decide(loaded: Loaded) -> Sequence[Edit]:
            dataset = whole(self.path, loaded).dataset
            if loaded.foreign:
                raise unsettled(self.path, loaded.foreign)
            self._show_profile(loaded.info["profile"])  # what is decided now is decided by it
            self._take_zone(loaded)
            edits = self._decided(build, dataset, change)
            must_be_unchanged(edits, read, loaded.dataset)
            return edits

        try:
            for _ in range(_RACES):
                loaded = self._store.load()
                edits, seq = decide(loaded), loaded.seq
                try:
                    if edits or change.has_setting:
                        seq = self._store.commit(edits, change, after_seq=seq)
                    break
                except StaleData:
                    continue
            else:
                loaded, edits, seq = self._store.commit_on_fresh_data(decide, change)
        except BaseException:  # refused: what is shown belongs to the data that is shown
            with self._engine_lock:
                self._engine = None
                self.profile, self.zone, self.is_zone_kept = shown
            raise
        self._take(loaded)
        self._seq = seq
        return edits

    def _decided(
        self, build: Callable[[Dataset], Sequence[Edit]], dataset: Dataset, change: NewChange
    ) -> Sequence[Edit]:
        edits = that_differ([made_again(canonical(edit, self.profile), dataset) for edit in build(dataset)])
        profile = self.profile
        if change.profile is not None:
            profile = profile_from_text(change.profile.after)
            must_not_rest(after(dataset, edits), self.profile, profile)
        if change.verb != PURGE:  # it only takes out, whatever else is wrong with a record
            refuse_problems(dataset, edits, profile, is_return=change.verb in ("undo", "redo"))
        change.info.pop(KEY, None)
        if change.zone is None and not self.is_zone_kept:
            then = after(dataset, edits)
            if is_settled(then):  # a file of an older version keeps the zone it has had
                change.info[KEY] = (self.zone if is_settled(dataset) else fitting_zone(then)).epsg
        return edits

    def _take_zone(self, loaded: Loaded) -> None:
        self.is_zone_kept = bool(loaded.info.get(KEY))
        self.zone = zone_in(loaded.info, loaded.dataset)

    def _keep_zone(self, change: NewChange) -> None:
        kept = change.info.get(KEY) if change.zone is None else change.zone.after
        if kept:
            self.is_zone_kept = True
            self._set_zone(zone_of_code(kept))

    def _set_zone(self, zone: Zone) -> None:
        if zone != self.zone:
            with self._engine_lock:
                self._engine, self.zone = None, zone

    def _show_profile(self, text: str) -> None:
        if text != self.profile.text:
            profile = profile_from_text(text)
            with self._engine_lock:
                self._engine, self.profile = None, profile

    def _apply(self, edits: Sequence[Edit], *, is_undo: bool) -> None:
        put = [edit.record for edit in edits if isinstance(edit, Put)]
        removed = [edit.record for edit in edits if not isinstance(edit, Put)]
        self._show(
            self.dataset.with_changes(put, removed, is_undo=is_undo),
            moved=any(r.geometry is not None for r in (*put, *removed)),
        )

    def _show(self, dataset: Dataset, *, moved: bool) -> None:
        zone = self.zone if self.is_zone_kept or not moved or is_settled(dataset) else fitting_zone(dataset)
        with self._engine_lock:
            old = self._engine
            self._engine = old.with_dataset(dataset) if old is not None and zone == self.zone else None
            self.dataset, self.zone = dataset, zone

    def _take(self, loaded: Loaded) -> None:
        self._seq = loaded.seq
        self.foreign = loaded.foreign
        self.info = info_of(loaded)
        self._show_profile(loaded.info["profile"])
        self.is_zone_kept = bool(loaded.info.get(KEY))
        self._set_zone(zone_in(loaded.info, loaded.dataset))
        self._show(loaded.dataset, moved=False)

    def refresh(self) -> Changes | None:
        """Take in what other processes wrote; return what they touched, None if nothing.

        Raises StorageFault if the file was moved or replaced, IntegrityFault if it is damaged.
        """
        with self._lock:
            if not self._store.is_still_the_file():
                raise StorageFault(
                    Text(f"{self.path} 被移走或换掉了。", f"{self.path} was moved or replaced.")
                )
            if self._store.last_seq() == self._seq:
                return None
            before = self._seq
            loaded = whole(self.path, self._store.load())
            must_be_known(self.path, loaded.foreign)
            self._take(loaded)
            news = [
                c
                for c in journal.read_history(self._store, limit=self._seq - before, details=5000)
                if c.seq > before
            ]
            codes = tuple(dict.fromkeys(code for change in news for code in change.codes))
            kinds = frozenset(detail.kind for change in news for detail in change.details)
            return Changes(news[0].change if news else None, "refresh", codes, kinds)

    def history(
        self,
        code: str | None = None,
        limit: int | None = None,
        details: int | None = None,
        *,
        after: int = 0,
    ) -> list[Change]:
        """Return the journal newest first: all of it, or what touched ``code`` or a row about it; after a step's number.

        Raises InvalidInput for no such code.
        """
        if code is not None and code not in self.dataset.used_codes:
            code = self.find(code).code
        owned = () if code is None else [row.code for row in owned_by(self.dataset, code)]
        return journal.read_history(
            self._store, code=code, owned=owned, limit=limit, details=details, after=after
        )

    def brought_by(self, name: str, kind: str) -> frozenset[str]:
        """Return the codes of the records of a kind that imports of files called ``name`` made or changed, and that hold."""
        return journal.brought_by(self._store, name, kind)

    @property
    def last_step(self) -> int:
        """The number of the journal's last step; 0 in a registry in which nothing was done."""
        return self._seq

    def last_step_before(self, moment: datetime) -> int:
        """Return the number of the last step before a moment; 0 if there is none."""
        return journal.last_before(self._store, instant_text(moment))

    def next_undo(self) -> Change | None:
        """Return the step that an undo would take back, with as much of it as names it."""
        found = journal.next_undo(self._store)
        return None if found is None else journal.read_change(self._store, found, _ENOUGH_TO_NAME)

    def next_redo(self) -> Change | None:
        """Return the step that a redo would bring back, with as much of it as names it."""
        found = journal.next_redo(self._store)
        return None if found is None else journal.read_change(self._store, found[1], _ENOUGH_TO_NAME)

    def undo(self, change: str | None = None) -> Changes:
        """Take back a step, or the latest that still holds, as a change of its own.

        Raises InvalidInput if there is none, Conflict that names the later step that needs it.
        """
        with self._lock:
            found = change if change is not None else journal.next_undo(self._store)
            if found is None:
                raise InvalidInput(Text("没有可撤销的步骤。", "There is nothing to undo."))
            step = journal.read_change(self._store, found)
            if step.undone_by is not None:
                raise InvalidInput(
                    Text(f"第 {step.seq} 步已经撤销了。", f"Step {step.seq} is taken back already.")
                )
            if step.verb == "sample":
                raise InvalidInput(
                    Text(
                        "样例的内容不能撤销。要空台账就新建一本。",
                        "A sample's content can't be undone; make a new registry.",
                    )
                )
            if step.verb == PURGE:
                raise InvalidInput(
                    Text("彻底清除的内容没有了，撤不回。", "What was removed for good can't be brought back.")
                )
            if step.verb in ("undo", "redo"):
                raise InvalidInput(Text("撤销本身不能撤销，用 redo。", "An undo can't be undone; redo it."))
            try:
                new = NewChange(
                    by=self.by,
                    verb="undo",
                    why=step.verb,
                    undoes=step.change,
                    profile=journal.inverse_profile(self._store, self.profile.text, step),
                    zone=journal.inverse_zone(self._store, self.zone.epsg, step),
                )
                return self._write(lambda dataset: journal.inverse(self._store, dataset, step), new)
            except InvalidInput as error:  # what came later leans on it
                raise Conflict(
                    Text(
                        f"第 {step.seq} 步撤不回：{error.message.zh}",
                        f"Step {step.seq} can't be taken back: {error.message.en}",
                    ),
                    error.problems,
                ) from error

    def redo(self) -> Changes:
        """Bring back the step that was taken back last, if nothing was done since."""
        with self._lock:
            found = journal.next_redo(self._store)
            if found is None:
                raise InvalidInput(Text("没有可重做的步骤。", "There is nothing to redo."))
            undo = journal.read_change(self._store, found[0])
            new = NewChange(
                by=self.by,
                verb="redo",
                why=undo.why,
                undoes=undo.change,
                revives=found[1],
                profile=journal.inverse_profile(self._store, self.profile.text, undo),
                zone=journal.inverse_zone(self._store, self.zone.epsg, undo),
            )
            return self._write(lambda dataset: journal.inverse(self._store, dataset, undo), new)

    def find(self, code: str) -> Record:
        """Return the record with this code (a firm also by its credit code); raise InvalidInput if there is none."""
        return record_called(self.dataset, code)


def create_registry(
    path: Path,
    profile: Profile,
    *,
    name: str | None = None,
    records: Iterable[Record] = (),
    backdrop: Iterable[BackdropShape] = (),
    synthetic_note: Text | None = None,
    by: str | None = None,
) -> Registry:
    """Write a new registry, with records if there are any (one change), and open it.

    Built beside the target and renamed when it is whole. Raises InvalidInput if the path is taken.
    """
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
        if is_settled(then):
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
