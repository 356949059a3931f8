"""Records, changes and lists as the JSON that the contract promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import shapely

from app.coverage.results import DERIVED
from app.domain.kinds import COMMON_FIELDS, KINDS, FieldType
from app.domain.period import read_day, today
from app.domain.purging import PURGED
from app.domain.rating import assessments_of, rate
from app.domain.values import fact_value, is_empty, read_answer, read_fact, read_field
from app.errors import InvalidInput
from app.persistence.journal_values import PAST, PROFILE, WHOLE_TEXT
from app.services.lineage.told import lineage_of
from app.services.registry.lookup import find_record, kind_named
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from app.coverage.results import Derived
    from app.domain.record import Record
    from app.persistence.journal_values import Change, Detail
    from app.services.registry.registry import Registry


def record_fields(record: Record, day: date) -> dict[str, Any]:
    """Return a record's fields as of ``day``, references as codes, without its geometry."""
    fields: dict[str, Any] = {"code": record.code}
    for field in KINDS[record.kind].fields:
        fields[field.name] = _plain(record.on(field.name, day))
    fields["valid_from"] = _plain(record.valid_from)
    fields["valid_until"] = _plain(record.valid_until)
    fields["source"] = record.source
    return fields


def facts_by_key(registry: Registry, code: str, day: date) -> dict[str, Any]:
    """Return the facts that hold for a record on ``day``, by key."""
    dataset, specs = registry.dataset, registry.profile.facts
    found = {}
    for key in dataset.facts(code):
        fact = dataset.fact_on(code, key, day)
        if fact is not None:
            found[key] = fact_value(specs.get(key), fact.text("value"))
    return found


def derived_fields(derived: Derived | None) -> dict[str, Any]:
    """Return what is never typed in; all null for kinds that lie nowhere."""
    return {name: None if derived is None else getattr(derived, name) for name in DERIVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The records of a kind in force on a day (today) that fit every ``FIELD=VALUE``."""

    registry: Registry
    kind: str
    where: Sequence[str] = ()
    as_of: date | None = None

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return the records with what is known of each; raises InvalidInput for a kind, field or value that there isn't."""
        spec = kind_named(self.kind)
        day = self.as_of or today()
        wanted = [_condition(self.registry, self.kind, text) for text in self.where]
        engine = self.registry.engine
        derived = engine.derived_many(self.kind, day) if spec.is_layer else {}
        records = []
        for record in engine.dataset.in_force(self.kind, day):  # of the same moment
            row = record_fields(record, day)
            row["facts"] = facts_by_key(self.registry, record.code, day)
            row["derived"] = derived_fields(derived.get(record.code))
            if all(_fits(row, name, value) for name, value in wanted):
                records.append(row)
        return {"kind": self.kind, "as_of": day.isoformat(), "count": len(records), "records": records}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One record with its attachments, facts, findings and history.

    With ``as_of`` only what holds on that day, else all there ever was, each with its dates.
    """

    registry: Registry
    code: str
    as_of: date | None = None

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return all of it; raises InvalidInput where no record has the code."""
        from app.services.check.check import check, findings_of

        record = self.registry.find(self.code)
        dataset, day = self.registry.dataset, self.as_of or today()
        spec = KINDS[record.kind]
        shape = record.geometry_on(day)
        facts = [
            fact
            for key, rows in dataset.facts(record.code).items()
            for fact in rows
            if self.as_of is None or dataset.fact_on(record.code, key, day) is fact
        ]
        attachments = [*dataset.attachments_to(record.code), *dataset.attachments_of(record.code)]
        engagements = [*dataset.engagements_with(record.code), *dataset.engagements_of(record.code)]
        links = [*dataset.links_to(record.code), *dataset.links_of(record.code)]
        findings = check(dataset, self.registry.profile, self.registry.engine, self.registry.zone, day)
        return {
            "kind": record.kind,
            "code": record.code,
            "record": record_fields(record, day),
            "derived": derived_fields(
                self.registry.engine.derived(record.code, day) if spec.is_layer else None
            ),
            "geometry": None if shape is None else shapely.to_wkt(shape, rounding_precision=-1),
            "facts": [
                {
                    "key": fact.text("key"),
                    "value": fact_value(
                        self.registry.profile.facts.get(fact.text("key")), fact.text("value")
                    ),
                    "valid_from": _plain(fact.valid_from),
                    "valid_until": _plain(fact.valid_until),
                    "source": fact.source,
                }
                for fact in facts
            ],
            "attachments": [
                record_fields(r, day) for r in attachments if self.as_of is None or r.is_in_force(day)
            ],
            "engagements": [
                record_fields(r, day) for r in engagements if self.as_of is None or r.is_in_force(day)
            ],
            "links": [record_fields(r, day) for r in links if self.as_of is None or r.is_in_force(day)],
            "ratings": list(_ratings(self.registry, record.code, day)),
            "findings": [finding.as_json(lang) for finding in findings_of(findings, record.code)],
            "history": history_of(self.registry, self.registry.history(record.code)).as_json(lang)["changes"],
            "lineage": lineage_of(dataset, record.code).as_json(lang),
        }


def _ratings(registry: Registry, subject: str, day: date) -> Iterator[dict[str, Any]]:
    """Yield the latest assessment of a subject by each scheme, added up under the scheme's version of then."""
    for name in registry.profile.schemes:
        made = assessments_of(registry.dataset, subject, name, day)
        scheme = None if made is None else registry.profile.scheme(name, made.version)
        if made is None or scheme is None:
            continue
        rating = rate(scheme, made.scores)
        yield {
            "scheme": name,
            "version": scheme.version,
            "on": made.on.isoformat(),
            "points": rating.points,
            "full": rating.full,
            "low": rating.low,
            "high": rating.high,
            "stars": rating.stars,
            "missing": list(rating.missing),
        }


class History(NamedTuple):
    """Changes of the journal, newest first. ``keys``: row id of a fact → its key."""

    changes: Sequence[Change]
    keys: Mapping[str, str]

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{count, changes}``."""
        return {
            "count": len(self.changes),
            "changes": [_change(change, self.keys) for change in self.changes],
        }


def history_of(registry: Registry, changes: Sequence[Change]) -> History:
    """Return changes of the journal with what they are told with."""
    return History(changes, _fact_keys(registry))


def _fact_keys(registry: Registry) -> dict[str, str]:
    return {fact.id: fact.text("key") for fact in registry.dataset.of("facts").values()}


def _change(change: Change, fact_keys: Mapping[str, str]) -> dict[str, Any]:
    """Return one change of the journal; outlines as WKT, facts under their key. ``fact_keys``: row id → key."""
    return {
        "change": change.change,
        "seq": change.seq,
        "at": change.at,
        "by": change.by,
        "verb": change.verb,
        "why": change.why,
        "codes": list(change.codes),
        "undone_by": change.undone_by,
        "details": [_detail(detail, fact_keys) for detail in change.details if _is_told(detail)],
    }


def _is_told(detail: Detail) -> bool:
    """Whether a detail says something that another one of its change does not."""
    return detail.field != PAST and (detail.kind, detail.field) != (PROFILE, WHOLE_TEXT)


def _detail(detail: Detail, fact_keys: Mapping[str, str]) -> dict[str, Any]:
    field = detail.field
    before, after = journal_value(field, detail.before), journal_value(field, detail.after)
    if detail.kind == "facts":
        known = next((value for value in (after, before) if isinstance(value, dict)), None)
        if known is not None:  # a fact begun or taken out
            field = known["key"]
            before, after = (v["value"] if isinstance(v, dict) else v for v in (before, after))
        elif field == "value":
            field = fact_keys.get(detail.row_id, field)
    told = {"kind": detail.kind, "code": detail.code, "field": field, "before": before, "after": after}
    return told | {"purged": True} if detail.is_purged else told


def journal_value(field: str, value: Any) -> Any:
    """Return a value of the journal as it is told: outlines as WKT, a record as its fields."""
    if isinstance(value, dict) and "fields" in value:  # a whole record
        shown = {"code": value["code"], **value["fields"]}
        shown.update({name: value[name] for name in ("valid_from", "valid_until", "source") if name in value})
        if "geometry" in value:
            shown["geometry"] = _wkt(value["geometry"])
        return shown
    return _wkt(value) if field == "geometry" and value is not None else value


def _wkt(hex_wkb: str) -> str:
    if hex_wkb == PURGED:
        return hex_wkb
    return shapely.to_wkt(shapely.from_wkb(hex_wkb), rounding_precision=-1)


def _condition(registry: Registry, kind: str, text: str) -> tuple[str, str]:
    name, equals, raw = (part.strip() for part in text.partition("="))
    if not equals:
        raise InvalidInput(
            Text(f"--where 要写 字段=值，这里是 {text!r}。", f"--where wants FIELD=VALUE, not {text!r}.")
        )
    spec, profile = KINDS[kind], registry.profile
    facts = {fact.key: fact for fact in profile.facts_of(kind)}
    if is_empty(raw):
        if name not in (*spec.by_name, *facts, *DERIVED, *COMMON_FIELDS):
            raise _no_field(registry, kind, name)
        return name, ""
    if name in spec.by_name:
        value = str(_plain(read_field(spec.by_name[name], raw, profile)))
        if spec.by_name[name].type is FieldType.REFERENCE:
            value = _known_code(registry, value)
        return name, value
    if name in facts:
        return name, str(fact_value(facts[name], read_fact(facts[name], raw, profile)))
    if name in ("valid_from", "valid_until"):
        return name, read_day(raw).isoformat()
    if name == "three_no":
        return name, read_answer(raw)
    if name in ("area_m2", "lon", "lat"):
        return name, str(_as_number(name, raw))
    if name in DERIVED or name == "code":
        return name, _known_code(registry, raw.strip())
    if name == "source":
        return name, raw.strip()
    raise _no_field(registry, kind, name)


def _known_code(registry: Registry, written: str) -> str:
    """Return the code of what is called so (a padded code, a firm's credit code), else what is written."""
    record = find_record(registry.dataset, written)
    return written if record is None else record.code


def _as_number(name: str, raw: str) -> float:
    try:
        return float(raw)
    except ValueError as error:
        raise InvalidInput(
            Text(f"{name} 要写数字，这里是 {raw!r}。", f"{name} is a number, not {raw!r}.")
        ) from error


def _no_field(registry: Registry, kind: str, name: str) -> InvalidInput:
    known = [*KINDS[kind].by_name, *(fact.key for fact in registry.profile.facts_of(kind)), *DERIVED]
    return InvalidInput(
        Text(
            f"没有字段 {name!r}。有：{', '.join(known)}。", f"There is no field {name!r}: {', '.join(known)}."
        )
    )


def _fits(row: Mapping[str, Any], name: str, wanted: str) -> bool:
    """Whether a record fits one condition; where its own field is empty, a unit it was placed in counts."""
    found = [part[name] for part in (row, row["facts"], row["derived"]) if part.get(name) is not None]
    if not wanted:
        return row[name] is None if name in row else not found
    return bool(found) and str(found[0]) == wanted


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, date) else value
