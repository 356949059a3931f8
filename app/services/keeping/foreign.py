"""Edits that another program made in the file: what they are, whether they hold, and taking or turning them back.

Nothing is taken without the user. What is taken is written by the same rules as an edit by hand; what is turned back
is put as our last change had left it. Both together are one change of the journal, and it can be taken back.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.domain.codes.codes import normal_code
from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.domain.rules.rules import owned_by, problems_of
from app.errors import InvalidInput, Problem
from app.persistence.foreign.found import ADDED, CHANGED, DELETED
from app.persistence.foreign.settle import Settled, as_kept_only, details_back, fields_told, gone_unseen
from app.persistence.journal_rows import NewChange
from app.persistence.journal_values import cells_between
from app.services.check.describe import journal_value
from app.services.registry.fresh_edits import canonical, that_differ
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes, Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.persistence.foreign.found import Foreign
    from app.persistence.journal_values import Detail
    from app.persistence.loading import Loaded
    from app.services.registry.registry import Registry

ALL: Final = "all"
VERB: Final = "foreign"
_OTHER_CODE: Final = Text(
    "代码不能改：别处都按原来的代码指着它。只能退回。",
    "A code can't be changed: other records refer to it. It can only be turned back.",
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One field before and after, as JSON values; outlines as WKT."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class FoundEdit:
    """One edit of another program, as it is listed. ``problem``: why it can't be taken; None where it can.

    ``code``: by which it is chosen; of an added row without one, the code that it gets when it is taken.
    """

    foreign: Foreign
    code: str
    cells: tuple[Cell, ...]
    problem: Text | None
    edits: tuple[Edit, ...] = field(repr=False, default=())

    @property
    def kind(self) -> str:
        """The plural kind of the record."""
        return self.foreign.kind

    @property
    def what(self) -> str:
        """What was done: ``changed`` ``added`` ``deleted``."""
        return self.foreign.what

    @property
    def name(self) -> str:
        """What the record is called where it was, else as it stands; empty where it has no name."""
        record = self.foreign.ours or self.foreign.theirs
        return record.text("name") if record is not None and "name" in KINDS[self.kind].index else ""

    @property
    def can_turn_back(self) -> bool:
        """Whether it is known what there was before."""
        return self.foreign.is_known

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the edit as the reference prints it."""
        return {
            "kind": self.kind,
            "code": self.code,
            "what": self.what,
            "cells": [{"field": c.field, "before": c.before, "after": c.after} for c in self.cells],
            "problem": None if self.problem is None else self.problem.in_(lang),
        }


def found_edits(registry: Registry) -> list[FoundEdit]:
    """Return every edit of another program that the registry was opened with or met since, in the file's order."""
    return _listed(registry.dataset, registry.foreign, registry.profile)


def settle(
    registry: Registry,
    take: Collection[str],
    turn_back: Collection[str],
    *,
    why: str | None = None,
) -> tuple[Changes, list[FoundEdit], list[FoundEdit]]:
    """Take some edits of another program and turn others back, as one change; return it, the taken and the turned back.

    Both are chosen by their codes, or ``all``: then all that the other does not name.

    Raises
    ------
    InvalidInput
        For a code that is not listed or is named twice, and with every reason where one that is to be taken can't be.
        Nothing is written then.

    """
    taken: list[FoundEdit] = []
    back: list[FoundEdit] = []

    def choose(loaded: Loaded, change: NewChange) -> tuple[list[Settled], list[Edit]]:
        taken[:], back[:] = _chosen(
            _listed(loaded.dataset, loaded.foreign, registry.profile), set(take), set(turn_back)
        )
        unknown = [edit for edit in taken if not edit.can_turn_back]
        rows = [Settled.of(edit.foreign) for edit in (*taken, *back) if edit.can_turn_back]
        rows += [Settled(edit.kind, edit.foreign.fid, _as_it_stands(edit.foreign)) for edit in unknown]
        change.packs[:] = [row.record for row in rows[len(rows) - len(unknown) :] if row.record is not None]
        kept_only = _never_held(back, taken, loaded.dataset, registry.profile)
        change.details[:] = [*_details_back(back, kept_only, loaded.dataset), *_details_told(unknown)]
        edits = _together([edit.edits for edit in taken])
        return rows, [edit for edit in edits if not isinstance(edit, Put) or edit.before is not edit.record]

    changes = registry.settle(choose, NewChange(by=registry.by, verb=VERB, why=why))
    return changes, taken, back


def _never_held(
    back: Sequence[FoundEdit], taken: Sequence[FoundEdit], dataset: Dataset, profile: Profile
) -> set[int]:
    """Return the places of what is turned back and could not be taken, alone or without such an edit it leans on."""
    never = {place for place, edit in enumerate(back) if edit.problem is not None}
    while True:
        left = [place for place in range(len(back)) if place not in never]
        edits = [edit.edits for edit in (*(back[place] for place in left), *taken)]
        problems = _problems(dataset, edits, profile)
        more = {place for place, problem in zip(left, problems, strict=False) if problem is not None}
        if not more:
            return never
        never |= more


def _details_back(back: Sequence[FoundEdit], kept_only: set[int], dataset: Dataset) -> list[Detail]:
    """Return what the journal keeps of what is turned back; a row that two deletions bear on stands there once.

    ``kept_only``: the places of those that are kept to be read, in no undo's way.
    """
    details: dict[tuple[str, str], Detail] = {}
    for place, edit in enumerate(back):
        gone = edit.foreign.ours if edit.what == DELETED else None
        owned = [] if gone is None else owned_by(dataset, gone.code)
        for detail in details_back(edit.foreign, edit.code, owned):
            details[detail.row_id, detail.field] = as_kept_only(detail) if place in kept_only else detail
    return list(details.values())


def _as_it_stands(edit: Foreign) -> Record | None:
    """Return what is kept of an edit of which it is not known what was there before."""
    if edit.theirs is None:
        return None
    theirs = _as_ours(edit)
    return theirs._replace(version=(theirs.version or 1) + 1)


def _details_told(unknown: Sequence[FoundEdit]) -> list[Detail]:
    """Return what the journal can say of what is taken though it is not known whole what was there."""
    details = []
    for edit in unknown:
        if edit.foreign.theirs is None:
            details.append(gone_unseen(edit.foreign))
        else:
            details += fields_told(edit.foreign)
    return details


def _chosen(
    found: Sequence[FoundEdit], take: set[str], turn_back: set[str]
) -> tuple[list[FoundEdit], list[FoundEdit]]:
    known = {edit.code for edit in found} | {ALL}
    strange = sorted((take | turn_back) - known)
    if strange:
        raise InvalidInput(
            Text(
                f"没有 {strange[0]} 的别处改动。foreign 列出有哪些。",
                f"No other program's edit is listed for {strange[0]}; `foreign` lists them.",
            )
        )
    both = sorted(take & turn_back)
    if both:
        raise InvalidInput(
            Text(
                f"{both[0]} 又收下又退回，只能选一样。",
                f"{both[0]} is both taken and turned back; choose one.",
            )
        )
    taken = [e for e in found if e.code in take or (ALL in take and e.code not in turn_back)]
    back = [e for e in found if e.code in turn_back or (ALL in turn_back and e.code not in take)]
    wrong = [Problem(message=edit.problem, code=edit.code) for edit in taken if edit.problem is not None]
    wrong += [Problem(message=_NOT_KNOWN, code=edit.code) for edit in back if not edit.can_turn_back]
    if wrong:
        first = wrong[0]
        raise InvalidInput(
            Text(
                f"{len(wrong)} 处不能这样办，什么也没有写。第一处 {first.code}：{first.message.zh}",
                f"{len(wrong)} of these can't be done; nothing was written. The first, {first.code}: {first.message.en}",
            ),
            tuple(wrong),
        )
    return taken, back


_NOT_KNOWN: Final = Text(
    "不知道原来是什么样：台账是旧版本写的，那时没有留底。只能收下。",
    "What was there before is not known: an older version wrote this registry and kept no copy. It can only be taken.",
)


def _listed(dataset: Dataset, foreign: Sequence[Foreign], profile: Profile) -> list[FoundEdit]:
    maker = _Maker(dataset, foreign)
    codes = [_code_of(edit, maker) for edit in foreign]
    edits = [_edits_of(edit, code, dataset, profile) for edit, code in zip(foreign, codes, strict=True)]
    problems = _problems(dataset, edits, profile)
    return [
        FoundEdit(
            edit,
            code,
            tuple(_cells(edit)),
            _OTHER_CODE if _has_other_code(edit) else problem,
            tuple(mine),
        )
        for edit, code, mine, problem in zip(foreign, codes, edits, problems, strict=True)
    ]


def _problems(dataset: Dataset, edits: Sequence[Sequence[Edit]], profile: Profile) -> list[Text | None]:
    """Return for each edit why it can't be taken: all are asked together, for one may lean on another."""
    joined = _together(edits)
    whose: dict[int, int] = {}
    for place, mine in enumerate(edits):
        for edit in mine:
            whose.setdefault(id(edit), place)
    found: list[Text | None] = [None] * len(edits)
    for place, problem in problems_of(dataset, joined, profile):
        owner = whose[id(joined[place])]
        found[owner] = found[owner] or problem.message
    return found


def _together(edits: Sequence[Sequence[Edit]]) -> list[Edit]:
    """Return the edits of several as those of one change: what leaves with two records leaves once."""
    joined: list[Edit] = []
    gone: set[str] = set()
    for edit in (edit for mine in edits for edit in mine):
        if not isinstance(edit, Put):
            if edit.record.id in gone:
                continue
            gone.add(edit.record.id)
        joined.append(edit)
    return [
        edit
        for edit in joined
        if not isinstance(edit, Put) or edit.record.id not in gone or edit.before is None
    ]


class _Maker:
    """Codes for added rows that bring none that could stand."""

    def __init__(self, dataset: Dataset, foreign: Sequence[Foreign]) -> None:
        taken = {edit.code for edit in foreign}
        self._maker = CodeMaker(dataset)
        self._taken = taken

    def make(self, record: Record, fid: int | None) -> str:
        community = record.text("community") if record.kind == "grids" else ""
        try:
            while True:
                code = self._maker.make(record.kind, community or None)
                if code not in self._taken:
                    return code
        except InvalidInput:  # an official code, which only the user knows
            return record.code or f"fid{fid}"


def _code_of(edit: Foreign, maker: _Maker) -> str:
    if edit.what != ADDED or edit.theirs is None or not KINDS[edit.kind].coded:
        return edit.code
    try:
        if edit.theirs.code:
            return normal_code(edit.kind, edit.theirs.code)
    except InvalidInput:
        pass  # such as the "…_1" that QGIS gives to a copy of a grid's official code
    return maker.make(edit.theirs, edit.fid)


def _has_other_code(edit: Foreign) -> bool:
    return (
        edit.ours is not None
        and edit.theirs is not None
        and KINDS[edit.kind].coded
        and edit.theirs.code != edit.ours.code
    )


def _edits_of(edit: Foreign, code: str, dataset: Dataset, profile: Profile) -> list[Edit]:
    """Return the edits that take what another program did."""
    if edit.what == DELETED:
        return _removal(edit, dataset)
    theirs = _as_ours(edit)
    if edit.what == ADDED:
        if KINDS[edit.kind].coded:
            theirs = theirs._replace(code=code)
        return [canonical(Put(theirs._replace(id=str(uuid.uuid4()), version=1)), profile)]
    ours = edit.ours
    if ours is None:  # it is asked whether it holds as it stands
        stands = canonical(Put(theirs, theirs), profile).record
        return [Put(stands, stands)]
    if not KINDS[edit.kind].coded and theirs.code != ours.code:  # a row that now is about something else
        return [Remove(ours), canonical(Put(theirs._replace(id=str(uuid.uuid4()), version=1)), profile)]
    put = Put(theirs._replace(id=ours.id, code=ours.code, version=ours.version + 1), ours)
    return that_differ([canonical(put, profile)])


def _removal(edit: Foreign, dataset: Dataset) -> list[Edit]:
    if edit.ours is None:
        return [Remove(row) for row in owned_by(dataset, edit.code)]
    return [Remove(edit.ours), *(Remove(row) for row in owned_by(dataset, edit.ours.code))]


def _as_ours(edit: Foreign) -> Record:
    """Return their record as we would keep it: an empty text is no value, an equal outline is the same one."""
    theirs = edit.theirs
    if theirs is None:
        raise TypeError(edit)
    values = tuple(None if value == "" else value for value in theirs.values)
    theirs = theirs._replace(values=values, source=theirs.source or None)
    if edit.kind == "compounds" and theirs.get("kind") is None:
        theirs = theirs.with_values(kind="unknown")
    if edit.ours is not None and edit.ours.geometry == theirs.geometry:
        theirs = theirs._replace(geometry=edit.ours.geometry)
    return theirs


def _cells(edit: Foreign) -> list[Cell]:
    return [
        Cell(name, journal_value(name, before), journal_value(name, after))
        for name, before, after in cells_between(
            edit.ours, edit.theirs, edit.told if edit.what == CHANGED else {}
        )
    ]


def count_by_kind(found: Sequence[FoundEdit]) -> dict[str, int]:
    """Return how many edits there are of each kind."""
    counts: dict[str, int] = defaultdict(int)
    for edit in found:
        counts[edit.kind] += 1
    return counts
