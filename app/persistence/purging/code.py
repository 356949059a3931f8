"""What the journal keeps of a record taken out of it, save what the record holds today."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS, FieldType
from app.domain.purging import PURGED, Sought
from app.persistence.journal_values import PAST, RECORD, RECORDS
from app.persistence.packs.told import packs_told
from app.persistence.purging.rows import rewritten
from app.persistence.purging.text import Taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.persistence.purging.rows import Row
    from app.persistence.reading import Runs

_PERIOD: Final = ("valid_from", "valid_until")
_SAY_A_VERB: Final = ("undo", "redo")  # instead of a reason


class CodePurge:
    """Takes out what was said of some records.

    ``about``: the codes of the record and of the rows about it. ``now``: row id → what stands there now, as the
    journal would keep it whole: those values are no secret of the journal, and stay.
    """

    def __init__(self, about: frozenset[str], now: Mapping[str, dict[str, Any]]) -> None:
        self._about, self._now = about, now
        self._texts: set[str] = set()
        self._changes: set[str] = set()
        self._mixed: set[str] = set()  # changes that are about other records, too
        self._alone: set[str] = set()  # packs of the journal that name none but these records

    def take_out(self, connection: Runs, *, is_dry: bool = False) -> Taken:
        """Take it out of a file inside a transaction, or only look; raise IntegrityFault where it is damaged."""
        taken = Taken()
        self._texts, self._changes, self._mixed = set(), set(), set()
        self._alone = {
            pack for pack, names in packs_told(connection).items() if self._about.issuperset(names.codes)
        }
        for row, _ in rewritten(connection, "change_detail", self._detail, is_dry=is_dry):
            taken.values += 1
            self._changes.add(row["change_id"])
        about = [Sought(text) for text in sorted(self._texts, key=len, reverse=True)]
        self._sought = [sought for sought in about if not sought.is_too_short]
        for row, _ in rewritten(connection, "change", self._change, is_dry=is_dry):
            taken.values += 1
            self._changes.add(row["id"])
        for change_id, seq in connection.exec_driver_sql("SELECT id, seq FROM change"):
            if change_id in self._changes:
                taken.steps.add(seq)
        return taken

    def _detail(self, row: Row) -> Row:
        if row["field"] == RECORDS and row["row_id"] in self._alone:
            return row
        if row["code"] not in self._about or row["kind"] not in KINDS:
            self._mixed.add(row["change_id"])
            return row
        now = self._now.get(row["row_id"])
        new = dict(row)
        for name in ("before", "after"):
            if row[name] is not None:
                value = json.loads(row[name])
                kept = self._kept(row["kind"], row["field"], value, now)
                if kept != value:
                    new[name] = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        return new

    def _kept(self, kind: str, name: str, value: Any, now: dict[str, Any] | None) -> Any:
        """Return what stays of a value of the journal."""
        if value is None or value == PURGED:
            return value
        if name == RECORD and isinstance(value, dict):
            kept = dict(value)
            kept["fields"] = {key: self._kept(kind, key, one, now) for key, one in value["fields"].items()}
            for key in ("source", "geometry", PAST):
                if key in value:
                    kept[key] = self._kept(kind, key, value[key], now)
            return kept
        field = KINDS[kind].by_name.get(name)
        if name in _PERIOD or (field is not None and field.is_structure):
            return value
        if now is not None:
            stands = now.get(name) if field is None else now["fields"].get(name)
            if stands == value:
                return value
        if isinstance(value, str) and (name == "source" or (field and field.type is FieldType.TEXT)):
            self._texts.add(value)
        return PURGED

    def _change(self, row: Row) -> Row:
        why = row["why"]
        if row["id"] not in self._changes or why is None or row["verb"] in _SAY_A_VERB:
            return row
        if row["id"] not in self._mixed:
            return row | {"why": PURGED}
        for sought in self._sought:
            why = sought.without(why)
        return row | {"why": why}
