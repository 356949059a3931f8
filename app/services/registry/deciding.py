"""How edits become one change: decided on the data as it is, again where another process was faster, and written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.dataset import Dataset
from app.domain.edits import Changes, touched_codes
from app.errors import StorageFault
from app.persistence.journal_rows import NewChange
from app.persistence.journal_values import PROFILE, PURGE, ZONE
from app.persistence.store import StaleData
from app.services.profile.profiles import profile_from_text
from app.services.profile.use import must_not_rest
from app.services.registry.checks import (
    after,
    refuse_problems,
    unsettled,
    whole,
)
from app.services.registry.fresh_edits import canonical, made_again, must_be_unchanged, that_differ
from app.services.registry.holding import Holding
from app.services.registry.place_warnings import place_warnings
from app.services.registry.working_zone import KEY, Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.edits import Edit
    from app.persistence.loading import Loaded

_RACES: Final = 3  # that a write may lose beside the lock before it reads and decides while holding it


class Deciding(Holding):
    """Decides and writes; what may be asked of it from outside is ``Registry``'s."""

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
        edits = that_differ(
            [made_again(canonical(edit, self.profile, change.verb), dataset) for edit in build(dataset)]
        )
        profile = self.profile
        if change.profile is not None:
            profile = profile_from_text(change.profile.after)
            must_not_rest(after(dataset, edits), self.profile, profile)
        if change.verb != PURGE:  # it only takes out, whatever else is wrong with a record
            refuse_problems(dataset, edits, profile, is_return=change.verb in ("undo", "redo"))
        change.info.pop(KEY, None)
        if change.zone is None and not self.is_zone_kept:
            drawn = self._drawn_now() if dataset is self.dataset else Drawn.of(dataset)
            then = drawn.after(edits)
            if then.is_settled:  # a file of an older version keeps the zone it has had
                change.info[KEY] = (self.zone if drawn.is_settled else then.zone).epsg
        return edits
