"""Changes as the journal keeps and tells them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.purging import is_purged
from app.domain.record import Record
from app.persistence.row_codec import past_from_json, past_json, value_from_json, value_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.domain.edits import Edit

RECORD: Final = "record"  # the field of a detail that is about a record as a whole
RECORDS: Final = "records"  # the field of a detail that says which pack names the records that were made
PAST: Final = "past"
PROFILE: Final = "profile"  # the kind of a detail that is about the registry's profile, no record
ZONE: Final = "crs"  # the kind of a detail that is about the registry's working zone, no record
PURGE: Final = "purge"  # the kind of a detail that says what was looked for to be taken out for good
TURNED_BACK: Final = (
    "foreign"  # the kind of a detail that keeps what was turned back and could never be taken
)
LEFT: Final = "export"  # the kind of a detail that says what left the registry, for whom
SETTINGS: Final = (PROFILE, ZONE, PURGE, TURNED_BACK, LEFT)
WHOLE_TEXT: Final = "text"  # its field that keeps the profile's text; the others name single declarations
BY_HAND: Final = " ["  # between an import's file and the cells that were typed by hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """One field of one record in a change; ``field`` "record" = it was created (after) or taken out (before).

    ``before`` and ``after`` are JSON values: references as codes, days as text, outlines as hexadecimal WKB.
    Records that a bulk change created are named without their cells. Of the profile, ``kind`` is "profile" and
    ``field`` a declaration of it.
    """

    kind: str
    row_id: str
    code: str
    field: str
    before: Any = None
    after: Any = None

    @property
    def is_purged(self) -> bool:
        """Whether something was taken out of it for good."""
        return is_purged(self.before) or is_purged(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of the journal: who, when, why, and each field before and after."""

    change: str
    seq: int
    at: str
    by: str
    verb: str
    why: str | None
    undoes: str | None
    undone_by: str | None
    details: tuple[Detail, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes touched, each once, in the order of the details."""
        return tuple(dict.fromkeys(detail.code for detail in self.details if detail.kind not in SETTINGS))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileText:
    """The registry's profile before and after a change, and the declarations in which they differ."""

    before: str
    after: str
    sections: tuple[tuple[str, Any, Any], ...]

    def details(self, row_id: str) -> list[Detail]:
        """Return the details that describe the change."""
        kept = {"kind": PROFILE, "row_id": row_id, "code": PROFILE}
        whole = Detail(**kept, field=WHOLE_TEXT, before=self.before, after=self.after)
        return [
            *(Detail(**kept, field=name, before=old, after=new) for name, old, new in self.sections),
            whole,
        ]


def profile_text_of(change: Change) -> ProfileText | None:
    """Return what a change did to the profile, None if nothing."""
    details = [detail for detail in change.details if detail.kind == PROFILE]
    whole = next((detail for detail in details if detail.field == WHOLE_TEXT), None)
    if whole is None:
        return None
    sections = tuple((d.field, d.before, d.after) for d in details if d is not whole)
    return ProfileText(before=str(whole.before), after=str(whole.after), sections=sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneChange:
    """The registry's working zone before and after a change, as EPSG codes."""

    before: str
    after: str

    def details(self, row_id: str) -> list[Detail]:
        """Return the detail that describes the change."""
        return [Detail(kind=ZONE, row_id=row_id, code=ZONE, field=ZONE, before=self.before, after=self.after)]


def zone_change_of(change: Change) -> ZoneChange | None:
    """Return what a change did to the working zone, None if nothing."""
    found = next((detail for detail in change.details if detail.kind == ZONE), None)
    return None if found is None else ZoneChange(before=str(found.before), after=str(found.after))


def details_of(edits: Iterable[Edit]) -> list[Detail]:
    """Return the details that describe edits."""
    found = []
    for edit in edits:
        record = edit.record
        kept = {"kind": record.kind, "row_id": record.id, "code": subject_of(record)}
        if not isinstance(edit, Put):
            found.append(Detail(**kept, field=RECORD, before=whole(record)))
        elif edit.before is None:
            found.append(Detail(**kept, field=RECORD, after=whole(record)))
        else:
            found += [
                Detail(**kept, field=name, before=before, after=after)
                for name, before, after in fields_between(edit.before, record)
            ]
    return found


def subject_of(record: Record) -> str:
    """Return the code that the journal calls a record by: its own, else that of what it is about."""
    return record.code if KINDS[record.kind].coded else str(record.values[0])


def fields_between(before: Record, after: Record) -> list[tuple[str, Any, Any]]:
    """Return the fields in which two states of a record differ, with both values as the journal keeps them."""
    found: list[tuple[str, Any, Any]] = []
    for field, old, new in zip(KINDS[after.kind].fields, before.values, after.values, strict=True):
        if old != new:
            found.append((field.name, value_json(old), value_json(new)))
    for name in ("valid_from", "valid_until", "source", "geometry"):
        old, new = getattr(before, name), getattr(after, name)
        if old is not new and old != new:
            found.append((name, value_json(old), value_json(new)))
    if dict(before.past) != dict(after.past):
        found.append((PAST, past_json(before), past_json(after)))
    return found


def cells_between(
    before: Record | None, after: Record | None, told: Mapping[str, Any]
) -> list[tuple[str, Any, Any]]:
    """Return the cells in which what stands in a row differs from what was there, code included.

    Of a record that is not there on one side, every field that is filled. Where it is not known what was there
    (``before`` and ``after`` alone are not enough), ``told`` holds the fields of which something is known.
    """
    if before is None and after is not None and told:
        return [
            (name, value, now) for name, value in told.items() if (now := field_json(after, name)) != value
        ]
    if before is not None and after is not None:
        coded = KINDS[after.kind].coded
        code = [("code", before.code, after.code)] if coded and before.code != after.code else []
        return code + fields_between(before, after)
    cells = []
    for record, is_new in ((before, False), (after, True)):
        if record is None:
            continue
        names = [field.name for field in KINDS[record.kind].fields]
        for name in (*names, "valid_from", "valid_until", "source", "geometry", PAST):
            value = field_json(record, name)
            if value not in (None, {}):
                cells.append((name, None, value) if is_new else (name, value, None))
    return cells


def whole(record: Record) -> dict[str, Any]:
    """Return a record as JSON values, complete enough to bring it back."""
    fields = {
        field.name: value_json(value)
        for field, value in zip(KINDS[record.kind].fields, record.values, strict=True)
        if value is not None
    }
    kept: dict[str, Any] = {"code": record.code, "fields": fields, "version": record.version}
    for name in ("valid_from", "valid_until", "source", "geometry"):
        if getattr(record, name) is not None:
            kept[name] = value_json(getattr(record, name))
    if record.past:
        kept[PAST] = past_json(record)
    return kept


def from_whole(kind: str, row_id: str, kept: dict[str, Any], version: int) -> Record:
    """Return the record that ``whole`` described."""
    fields = kept["fields"]
    return Record(
        kind,
        row_id,
        kept["code"],
        tuple(value_from_json(kind, field.name, fields.get(field.name)) for field in KINDS[kind].fields),
        value_from_json(kind, "valid_from", kept.get("valid_from")),
        value_from_json(kind, "valid_until", kept.get("valid_until")),
        kept.get("source"),
        value_from_json(kind, "geometry", kept.get("geometry")),
        past_from_json(kind, kept.get(PAST)),
        version,
    )


def with_field(record: Record, name: str, value: Any) -> Record:
    """Return a record with one journalled field put to a journal's value."""
    if name == PAST:
        return record._replace(past=past_from_json(record.kind, value))
    read = value_from_json(record.kind, name, value)
    if name in ("valid_from", "valid_until", "source", "geometry"):
        return record._replace(**{name: read})
    return record.with_values(**{name: read})


def field_json(record: Record, name: str) -> Any:
    """Return one field of a record as the journal would keep it."""
    if name == PAST:
        return past_json(record)
    if name in ("valid_from", "valid_until", "source", "geometry"):
        return value_json(getattr(record, name))
    return value_json(record.get(name))


def to_text(value: Any) -> str | None:
    """Return a journal value as its column keeps it."""
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str | None) -> Any:
    """Return a journal value from its column."""
    return None if text is None else json.loads(text)
