"""What a write found changed by somebody else: refused with both sides, and kept so that somebody can choose."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from app.domain.conflict.merge import Merged, merge
from app.domain.conflict.part import part_of, restated
from app.domain.dataset import Dataset
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.errors import Conflict, Problem
from app.persistence.journal_values import RECORD, from_whole, whole
from app.services.registry.disagreed_words import sentence_of, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from app.domain.conflict.disagreement import Disagreement
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.persistence.journal_values import Change, Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A change that was decided on data that others have changed since, complete enough to be decided again.

    ``seen``: of what whoever decided it had before them, the part that it rests on. ``recodes``: see ``merge``.
    """

    verb: str
    why: str | None
    edits: tuple[Edit, ...]
    seen: Dataset
    recodes: bool = False

    def on(self, now: Dataset, profile: Profile, choices: Mapping[str, str] | None = None) -> Merged:
        """Return what becomes of it on the data as it is now, with what was chosen so far."""
        return merge(self.edits, self.seen, now, profile, choices, recodes=self.recodes)

    def as_kept(self) -> dict[str, Any]:
        """Return it as JSON values, to be kept beside a desk's settings."""
        return {
            "verb": self.verb,
            "why": self.why,
            "recodes": self.recodes,
            "edits": [_edit_kept(edit) for edit in self.edits],
            "seen": [_kept(record) for kind in KINDS for record in self.seen.of(kind).values()],
        }


def wanted_from(kept: Mapping[str, Any]) -> Wanted:
    """Return the change that ``as_kept`` described."""
    seen = Dataset({}).with_changes([_record(row) for row in kept["seen"]])
    return Wanted(
        verb=kept["verb"],
        why=kept["why"],
        recodes=bool(kept["recodes"]),
        edits=tuple(_edit(row) for row in kept["edits"]),
        seen=seen,
    )


def wanted(
    edits: Sequence[Edit], seen: Dataset, *, verb: str, why: str | None, recodes: bool = False
) -> Wanted:
    """Return a change with as much of ``seen`` as it rests on."""
    edits = tuple(restated(edits, seen))
    return Wanted(verb=verb, why=why, edits=edits, seen=part_of(seen, edits), recodes=recodes)


def _edit_kept(edit: Edit) -> dict[str, Any]:
    if isinstance(edit, Remove):
        return {"remove": _kept(edit.record)}
    return {"put": _kept(edit.record), "before": None if edit.before is None else _kept(edit.before)}


def _edit(row: Mapping[str, Any]) -> Edit:
    if "remove" in row:
        return Remove(_record(row["remove"]))
    return Put(_record(row["put"]), None if row["before"] is None else _record(row["before"]))


def _kept(record: Record) -> dict[str, Any]:
    return {"kind": record.kind, "id": record.id, **whole(record)}


def _record(row: Mapping[str, Any]) -> Record:
    return from_whole(row["kind"], row["id"], dict(row), int(row["version"]))


@dataclass(eq=False)
class Disagreed(Conflict):
    """Somebody else changed the same thing; nothing was written. ``wanted`` can be written once somebody has chosen."""

    disagreements: tuple[Disagreement, ...] = field(default=())
    wanted: Wanted | None = None

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the contract's error, and beside its problems both sides of each disagreement."""
        told = super().as_json(lang)
        told["error"]["conflicts"] = [found.as_json(lang) for found in self.disagreements]
        return told


def disagreed(found: Sequence[Disagreement], change: Wanted, dataset: Dataset, profile: Profile) -> Disagreed:
    """Return the refusal that says of each disagreement what it was, what was to be written and what stands there."""
    problems = tuple(
        Problem(
            message=sentence_of(one, dataset, profile),
            code=one.code,
            column=one.field or None,
            value=None if one.kind == "outline" else _text(one.mine),
        )
        for one in found
    )
    return Disagreed(summary_of(found), problems, tuple(found), change)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def told(
    found: Iterable[Disagreement],
    history: Callable[[str], Sequence[Change]],
    keys: Callable[[str], Mapping[str, str]],
) -> tuple[Disagreement, ...]:
    """Return disagreements with who wrote the other side and when, as ``history`` of a code (newest first) tells.

    ``keys``: which fact of a code the row of an id is.
    """
    kept: dict[str, Sequence[Change]] = {}
    result = []
    for one in found:
        if one.code not in kept:
            kept[one.code] = history(one.code)
        change = next((change for change in kept[one.code] if _wrote(change, one, keys)), None)
        change = change or next(iter(kept[one.code]), None)
        by, at = (None, None) if change is None else (change.by, change.at)
        result.append(replace(one, by=by, at=at))
    return tuple(result)


def _wrote(change: Change, found: Disagreement, keys: Callable[[str], Mapping[str, str]]) -> bool:
    """Whether a change wrote the other side of a disagreement."""
    for detail in change.details:
        if detail.code not in found.codes or detail.kind != found.record:
            continue
        if found.record == "facts" and _key(detail, keys) == found.field:
            return True
        is_whole = detail.field == RECORD and found.record != "facts"
        if not found.field or detail.field == found.field or is_whole:
            return True
    return False


def _key(detail: Detail, keys: Callable[[str], Mapping[str, str]]) -> str:
    """Return which fact a detail is about, "" where nobody knows."""
    row = detail.after if isinstance(detail.after, dict) else detail.before
    if detail.field == RECORD and isinstance(row, dict):
        return str(row["fields"].get("key", ""))
    return keys(detail.code).get(detail.row_id, "")
