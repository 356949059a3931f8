"""What an open registry holds, replaced together, and whether it may be written."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.dataset import Dataset
from app.domain.edits import Put
from app.errors import StorageFault
from app.persistence.care import judged
from app.persistence.journal_rows import NewChange
from app.persistence.shared.address import address_of
from app.services.profile.profiles import profile_from_text
from app.services.registry.checks import (
    as_now,
)
from app.services.registry.info import info_of
from app.services.registry.lookup import record_called
from app.services.registry.own_writes import OwnWrites
from app.services.registry.standing import Standing
from app.services.registry.working_zone import KEY, Drawn, zone_in, zone_of_code
from app.text import Text
from geo.crs import Zone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.engine import CoverageEngine
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.persistence.foreign.found import Foreign
    from app.persistence.loading import BackdropShape, Loaded
    from app.persistence.protocol import Store
    from app.persistence.shared.mirror.desk import DeskStore

_IN_PART: Final = Text(
    "登录名 {0} 只看得到自己的街道或网格：数字只是这一部分的，不是全区的。",
    "The login {0} sees its own streets or grids: these figures are theirs, not the district's.",
)


class Holding:
    """Records, profile, zone and engine of an open registry as they are now; ``Registry`` says what is done with them."""

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
        self.desk: DeskStore | None = None  # of a shared registry that a person has open
        self.standing = standing
        self._stand()
        self._lock = threading.RLock()  # one writer at a time
        self._eyes = threading.local()  # what whoever writes in this thread had seen
        self._own = OwnWrites()
        self._engine_lock = threading.Lock()
        self._seq = loaded.seq
        self.path: Path = store.path
        self.by = by
        self.backdrop: tuple[BackdropShape, ...] = loaded.backdrop
        self.info = info_of(loaded)
        self.profile: Profile = profile_from_text(loaded.info["profile"])
        self.dataset: Dataset = loaded.dataset
        self.foreign: tuple[Foreign, ...] = loaded.foreign
        self._drawn: Drawn | None = None
        self._take_zone(loaded)
        self._engine: CoverageEngine | None = None

    @property
    def is_shared(self) -> bool:
        """Whether it is on a server: no file lies at ``path``, and who keeps the server backs it up."""
        return address_of(self.path) is not None

    @property
    def shows_all(self) -> bool:
        """Whether it shows all that it holds: on a server a login of a street or grid sees that alone."""
        return self._store.shows_all

    @property
    def why_in_part(self) -> Text | None:
        """What must be said of figures that are of a part of the district alone, None where they are of all."""
        return None if self.shows_all else _IN_PART.format(self.by)

    @property
    def called(self) -> str:
        """What it is called where there is room for a name: the file's, of a shared one its database and server."""
        address = address_of(self.path)
        return self.path.name if address is None else f"{address.database} · {address.host}"

    def beside(self, name: str) -> Path:
        """Return where a file of this name is proposed: beside the registry, of a shared one in the user's folder."""
        return Path.home() / name if self.is_shared else self.path.with_name(name)

    @property
    def engine(self) -> CoverageEngine:
        """What computes coverage on the data as it is now; made when first asked for."""
        with self._engine_lock:
            if self._engine is None:
                from app.coverage.engine import CoverageEngine

                self._engine = CoverageEngine(self.dataset, self.profile, self.zone)
            return self._engine

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

    def must_be_writable(self) -> None:
        """Raise StorageFault, with why, if nothing can be written."""
        why = self.why_read_only
        if why is not None:
            not_saved = Text(f"没有保存：{why.zh}", f"Not saved: {why.en}")
            raise StorageFault(not_saved if self.hindrance is None else self.hindrance.refusal)

    def close(self) -> None:
        """Fold everything into the one file and let go."""
        with self._lock:
            self._store.close()
            self.standing.end()

    def was_given(self, code: str, row_id: str) -> bool:
        """Whether a code was given to the record of this id, which is gone."""
        return self._store.was_given(code, row_id)

    def find(self, code: str) -> Record:
        """Return the record with this code (a firm also by its credit code); raise InvalidInput if there is none."""
        return record_called(self.dataset, code)

    # what is held, replaced together

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
        drawn = None if self.is_zone_kept else self._drawn_now().after(edits)
        self._show(
            self.dataset.with_changes(put, removed, is_undo=is_undo),
            self.zone if drawn is None or drawn.is_settled else drawn.zone,
        )
        self._drawn = drawn

    def _drawn_now(self) -> Drawn:
        """Return the outlines of the data as they are now, read once while the zone is not kept."""
        if self._drawn is None:
            self._drawn = Drawn.of(self.dataset)
        return self._drawn

    def _show(self, dataset: Dataset, zone: Zone) -> None:
        with self._engine_lock:
            old = self._engine
            self._engine = old.with_dataset(dataset) if old is not None and zone == self.zone else None
            self.dataset, self.zone, self._drawn = dataset, zone, None

    def _take(self, loaded: Loaded) -> None:
        self._seq = loaded.seq
        self.foreign = loaded.foreign
        self.info = info_of(loaded)
        self._show_profile(loaded.info["profile"])
        self.is_zone_kept = bool(loaded.info.get(KEY))
        self._set_zone(zone_in(loaded.info, loaded.dataset))
        self._show(loaded.dataset, self.zone)
