"""What somebody did to one field of a record, in words: which field, what was there, what is there now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from app.domain.kinds import KINDS
from app.domain.purging import is_purged
from app.persistence.journal_values import PAST, RECORD, SETTINGS
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from app.domain.record import Record
    from app.persistence.journal_values import Detail
    from app.services.registry.registry import Registry

_NOTHING: Final = Text("—", "—")
_PURGED: Final = Text("（已清除）", "(removed for good)")
_ADDED: Final = Text("新登记", "added")
_REMOVED: Final = Text("已删除", "removed")
_OUTLINE: Final = Text("边界", "outline")
_DRAWN: Final = Text("改过", "redrawn")
_PERIOD: Final = {
    "valid_from": Text("第一天", "first day"),
    "valid_until": Text("最后一天", "last day"),
    "source": Text("来源", "source"),
}
_BEARERS: Final = ("organisation", "firm", "name", "key")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEdit:
    """One field: what it is called, what was there, what is there now. Both may be the same dash, never empty."""

    what: Text
    before: Text
    after: Text

    def said(self, lang: str) -> str:
        """Return it as one line."""
        what, before, after = (part.in_(lang) for part in (self.what, self.before, self.after))
        return f"{what} {after}" if self.before == _NOTHING else f"{what} {before} → {after}"


class EditWords:
    """Says details of the journal in both languages, by the names that things have now."""

    def __init__(self, registry: Registry) -> None:
        self._dataset, self._profile = registry.dataset, registry.profile
        self._zh, self._en = (PeopleWords(self._dataset, self._profile, lang) for lang in ("zh", "en"))

    def named(self, code: str) -> Text:
        """Return a record's name and code."""
        return Text(self._zh.named(code), self._en.named(code))

    def told(self, details: Sequence[Detail]) -> list[FieldEdit]:
        """Return what details, the oldest first, did to one record and the rows about it; nothing for what was put back."""
        rows: dict[str, list[Detail]] = {}
        for detail in details:
            if detail.kind not in SETTINGS and detail.field != PAST:
                rows.setdefault(detail.row_id, []).append(detail)
        new = {row_id: key for row_id, row in rows.items() if (key := self._begun(row))}
        newest = {key: row_id for row_id, key in new.items()}
        told = [row for row_id, row in rows.items() if newest.get(new.get(row_id, ""), row_id) == row_id]
        return [edit for row in told for edit in self._row(row, new.keys())]

    def _begun(self, row: Sequence[Detail]) -> str:
        """Return the key of the fact that a row is, where it was begun just now; else ""."""
        is_new = row[0].kind == "facts" and row[0].field == RECORD and row[0].before is None
        return str(_fields(row[0].after).get("key") or "") if is_new else ""

    def _row(self, row: Sequence[Detail], new: Collection[str]) -> Iterator[FieldEdit]:
        first, last = row[0], row[-1]
        came = first.field == RECORD and first.before is None
        went = last.field == RECORD and last.after is None and last.before is not None
        if came and went:
            return  # it was there for a while only
        if came or went:
            yield self._whole(row, new, came=came)
            return
        fields: dict[str, list[Detail]] = {}
        for detail in row:
            fields.setdefault(detail.field, []).append(detail)
        for of_field in fields.values():
            if of_field[0].before != of_field[-1].after:
                yield self._field(of_field[0], of_field[-1])

    def _whole(self, row: Sequence[Detail], new: Collection[str], *, came: bool) -> FieldEdit:
        kind, whole = KINDS[row[0].kind], row[0].after if came else row[-1].before
        fields, is_known = _fields(whole), not is_purged(whole)
        key = str(fields.get("key") or "") if is_known else ""
        if row[0].kind == "facts" and key:
            said = self._facts_of(row[0].code, key)
            now = (
                next((fact.get("value") for fact in said if fact.id == row[0].row_id), None) if came else None
            )
            old = next((d.before for d in row if d.field == "value"), fields.get("value"))
            if came:  # what held until this one began
                held = [fact.get("value") for fact in said if fact.id not in new]
                old = held[-1] if held else None
            before, after = (self._said(value, lambda w, v: w.fact(key, v)[1]) for value in (old, now))
            return FieldEdit(what=self._fact(key), before=before, after=after)
        bearer = next((fields[name] for name in _BEARERS if fields.get(name)), "") if is_known else ""
        found = self._dataset.find(str(bearer)) if bearer else None
        name = found.text("name") if found is not None else str(bearer)
        what = Text(f"{kind.words.zh} {name}".strip(), f"{kind.words.en} {name}".strip())
        return FieldEdit(what=what, before=_NOTHING, after=_ADDED if came else _REMOVED)

    def _field(self, first: Detail, last: Detail) -> FieldEdit:
        kind = KINDS[first.kind]
        if first.field == "geometry":
            return FieldEdit(what=_OUTLINE, before=_NOTHING, after=_DRAWN)
        if first.kind == "facts" and first.field == "value":
            key = self._key_of(first)
            return self._edit(self._fact(key), first, last, lambda w, value: w.fact(key, value)[1])
        field = kind.by_name.get(first.field)
        named = field.words if field is not None else _PERIOD.get(first.field, Text(first.field, first.field))
        if first.kind == "facts":
            whose = self._fact(self._key_of(first))
            named = Text(f"{whose.zh} {named.zh}", f"{whose.en} {named.en}")
        elif not kind.is_layer:
            named = Text(f"{kind.words.zh} {named.zh}", f"{kind.words.en} {named.en}")
        return self._edit(named, first, last, lambda w, value: w.field(first.kind, first.field, value))

    def _edit(
        self, what: Text, first: Detail, last: Detail, words: Callable[[PeopleWords, Any], str]
    ) -> FieldEdit:
        before, after = self._said(first.before, words), self._said(last.after, words)
        return FieldEdit(what=what, before=before, after=after)

    def _said(self, value: Any, words: Callable[[PeopleWords, Any], str]) -> Text:
        if is_purged(value):
            return _PURGED
        if value is None or value == "":
            return _NOTHING
        return Text(words(self._zh, value), words(self._en, value))

    def _fact(self, key: str) -> Text:
        if not key:
            return KINDS["facts"].words
        return Text(self._zh.fact(key, None)[0], self._en.fact(key, None)[0])

    def _key_of(self, detail: Detail) -> str:
        """Return the key of the fact that a detail is about; "" of one that is not there any more."""
        for key, rows in self._dataset.facts(detail.code).items():
            if any(fact.id == detail.row_id for fact in rows):
                return key
        return ""

    def _facts_of(self, code: str, key: str) -> list[Record]:
        """Return what a fact said and says, in the order of its days."""
        rows = self._dataset.facts(code).get(key, ())
        return sorted(rows, key=lambda fact: (fact.valid_from is not None, fact.valid_from or date.min))


def _fields(whole: Any) -> dict[str, Any]:
    """Return the fields of a whole record as the journal keeps it."""
    return whole.get("fields", {}) if isinstance(whole, dict) else {}
