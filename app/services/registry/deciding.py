"""How edits become one change: decided on the data as it is, again where another process was faster, and written."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from app.domain.conflict.merge import merge
from app.domain.dataset import Dataset
from app.domain.edits import Changes, touched_codes
from app.domain.rules.rules import owned_by
from app.errors import Busy, InvalidInput, RegistryError, StorageFault
from app.persistence import journal
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
from app.services.registry.differences import differing
from app.services.registry.disagreed import Disagreed, disagreed, told, wanted
from app.services.registry.fresh_edits import are_older, as_seen, canonical, made_again, that_differ
from app.services.registry.holding import Holding
from app.services.registry.place_warnings import place_warnings
from app.services.registry.working_zone import KEY, Drawn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.edits import Edit
    from app.persistence.journal_values import Change
    from app.persistence.loading import Loaded

_RACES: Final = 3  # that a write may lose beside the lock before it reads and decides while holding it
_AS_IT_IS: Final = ("undo", "redo", PURGE)  # decided on the data as it is, whatever was seen of it
_STEPS: Final = 30  # of a record's journal, to find who wrote what somebody else would write over
_DETAILS: Final = 500  # read of each
_NEWS_DETAILS: Final = 5000


class Deciding(Holding):
    """Decides and writes; what may be asked of it from outside is ``Registry``'s."""

    @contextmanager
    def seeing(self, seen: Dataset | None) -> Iterator[None]:
        """Take what this thread writes meanwhile as decided by somebody who had ``seen`` before their eyes.

        What others changed since then is never written over unasked: fields that don't touch each other are merged, the
        rest is ``Disagreed``. Without it, or None, it is the data as it was when the write began.
        """
        before = getattr(self._eyes, "seen", None)
        self._eyes.seen = seen
        try:
            yield
        finally:
            self._eyes.seen = before

    def bring(self, build: Callable[[Dataset], Sequence[Edit]], change: NewChange) -> Changes:
        """Write a change that was done before, while the server was away: under its own id, at its own time.

        ``build`` itself minds what others changed since.
        """
        return self._write(build, change, is_merged=True)

    def _write(
        self,
        build: Callable[[Dataset], Sequence[Edit]],
        change: NewChange,
        *,
        is_merged: bool = False,
    ) -> Changes:
        """Write; ``is_merged``: ``build`` itself minds what others changed."""
        self.must_be_writable()
        try:
            return self._write_now(Job(build, change, self._seen(), is_merged=is_merged))
        except Disagreed as error:
            error.disagreements = self.with_who(error.disagreements)
            raise
        except StorageFault as error:
            if self.standing.step_back(error):
                self._stand()
            raise

    def _seen(self) -> Dataset | None:
        seen: Dataset | None = getattr(self._eyes, "seen", None)
        return seen

    def with_who(self, found: Sequence[Disagreement]) -> tuple[Disagreement, ...]:
        """Return disagreements with who wrote the other side and when, as the journal tells."""
        return told(found, self._steps_of, self._facts_of)

    def _facts_of(self, code: str) -> dict[str, str]:
        return {row.id: row.text("key") for row in self.dataset.children("facts", "subject", code)}

    def _steps_of(self, code: str) -> Sequence[Change]:
        owned = [row.code for row in owned_by(self.dataset, code)]
        return journal.read_history(self._store, code=code, owned=owned, limit=_STEPS, details=_DETAILS)

    def _write_now(self, job: Job) -> Changes:
        change = job.change
        with self._lock:
            if self.foreign:
                raise unsettled(self.path, self.foreign)
            job = job.of(self.dataset)
            if job.seen is not None and job.seen is not self.dataset:
                job = replace(job, seen=self._own.laid_over(job.seen))
            edits = self._decided(job, self.dataset)
            if not edits and not change.has_setting:
                return Changes(None, change.verb, ())
            others = None
            try:
                self._seq = self._store.commit(edits, change, after_seq=self._seq)
            except StaleData:
                last, shown = self._seq, self.dataset
                edits = self._write_on_fresh_data(job)
                others = self._others_since(last, shown, but=change.id)
            if not change.is_bulk:
                self._own.remember(edits)
            if change.profile is not None:
                self._show_profile(change.profile.after)
            self._keep_zone(change)
            before = self.dataset
            self._apply(edits, is_undo=change.verb == "undo")
            if not edits and not change.has_setting:
                return Changes(None, change.verb, (), others=others)
            kinds = frozenset(edit.record.kind for edit in edits)
            if change.profile is not None:
                kinds |= {PROFILE}
            if change.zone is not None:
                kinds |= {ZONE}
            is_told = change.verb in ("undo", "redo", "import")  # said before, an import's in its notes
            warnings = () if is_told else place_warnings(before, self.dataset, edits)
            return Changes(change.id, change.verb, touched_codes(list(edits)), kinds, warnings, others)

    def _others_since(self, seq: int, shown: Dataset, *, but: str) -> Changes | None:
        """Return what others touched since a step, as far as can be told: one's own change is written, and is not refused any more."""
        try:
            return self._news_after(seq, but=but)
        except (StorageFault, Busy):  # the server went away a moment after it kept the change
            return differing(shown, self.dataset)

    def _news_after(self, seq: int, *, but: str = "") -> Changes | None:
        """Return what was touched after a step, leaving out one's own change; None if nothing."""
        most = self._seq - seq
        news = [
            step
            for step in journal.read_history(self._store, limit=most, details=_NEWS_DETAILS, after=seq)
            if step.change != but
        ]
        if not news:
            return None
        codes = tuple(dict.fromkeys(code for step in news for code in step.codes))
        kinds = frozenset(detail.kind for step in news for detail in step.details)
        return Changes(news[0].change, "refresh", codes, kinds)

    def _write_on_fresh_data(self, job: Job) -> Sequence[Edit]:
        """Read and decide again: beside the lock, so that others can write meanwhile, and at last holding it."""
        change, shown = job.change, (self.profile, self.zone, self.is_zone_kept)

        def decide(loaded: Loaded) -> Sequence[Edit]:
            dataset = whole(self.path, loaded).dataset
            if loaded.foreign:
                raise unsettled(self.path, loaded.foreign)
            self._show_profile(loaded.info["profile"])  # what is decided now is decided by it
            self._take_zone(loaded)
            return self._decided(job, dataset)

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

    def _decided(self, job: Job, dataset: Dataset) -> Sequence[Edit]:
        change = job.change
        edits = self._merged(job, dataset)
        if change.at is None:  # else it was asked when it was done
            edits = [made_again(edit, dataset) for edit in edits]
        edits = that_differ(edits)
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

    def _merged(self, job: Job, dataset: Dataset) -> Sequence[Edit]:
        """Return the edits on ``dataset``, merged with what others changed since it was seen; raise Disagreed."""
        seen = job.seen
        try:
            edits = self._canonical(job, dataset)
        except InvalidInput:
            if job.is_merged or seen is None or seen is dataset or self._would_differ(job, seen, dataset):
                raise
            return ()  # somebody else did just that
        if job.is_merged or job.change.verb in _AS_IT_IS:
            return edits
        if seen is dataset or seen is None:
            if job.change.is_bulk or not are_older(edits, dataset):
                return edits
            seen = as_seen(edits, dataset)
        found = merge(edits, seen, dataset, self.profile, recodes=False)
        if found.disagreements:
            change = wanted(edits, seen, verb=job.change.verb, why=job.change.why)
            raise disagreed(found.disagreements, change, dataset, self.profile)
        return found.edits

    def _would_differ(self, job: Job, seen: Dataset, dataset: Dataset) -> bool:
        """Whether a change that is refused now, and was not on what was seen, would leave anything different.

        Raises Disagreed where what others changed since is the reason.
        """
        try:
            edits = self._canonical(job, seen)
        except RegistryError:
            return True
        found = merge(edits, seen, dataset, self.profile, recodes=False)
        if found.disagreements:
            change = wanted(edits, seen, verb=job.change.verb, why=job.change.why)
            raise disagreed(found.disagreements, change, dataset, self.profile)
        return bool(that_differ(found.edits))

    def _canonical(self, job: Job, dataset: Dataset) -> list[Edit]:
        if job.change.at is not None:  # they were made so when it was done
            return list(job.build(dataset))
        return [canonical(edit, self.profile, job.change.verb) for edit in job.build(dataset)]


@dataclass(frozen=True)
class Job:
    """A write: how its edits are found on some data, its change, and what whoever decided it had seen."""

    build: Callable[[Dataset], Sequence[Edit]]
    change: NewChange
    seen: Dataset | None
    is_merged: bool = False

    def of(self, dataset: Dataset) -> Job:
        """Return the write of somebody who saw the data as it is here, where nothing else is known."""
        return replace(self, seen=dataset) if self.seen is None else self
