"""A small town of every kind of record, and random edits of it: what a registry may hold, whether anybody would write it or not."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS, UNIT_KINDS, FieldType
from app.domain.record import Record, count_code, fact_code
from tests.app.coverage.builders import a_box, a_city, a_point, a_record

if TYPE_CHECKING:
    from random import Random

    from app.domain.dataset import Dataset
    from app.domain.profile.profile import Profile

DAYS: Final = (date(2021, 3, 1), date(2023, 6, 1), date(2024, 6, 1))
SINCE: Final = (date(2020, 1, 1), date(2021, 3, 1), date(2022, 6, 1), date(2023, 6, 1), date(2024, 6, 1))
_KINDS_OF_COMPOUND: Final = ("old", "old", "commercial", "resettlement", "unknown", "park", "office", None)
_EDITED: Final = {  # kind → how often one of it is edited
    "facts": 30,
    "attachments": 8,
    "engagements": 8,
    "links": 8,
    "households": 5,
    "assessments": 6,
    "organisations": 10,
    "firms": 8,
    "compounds": 14,
    "buildings": 7,
    "stations": 7,
    "cases": 4,
    "entries": 4,
    "departments": 2,
    "alliances": 2,
    "zones": 1,
    "grids": 7,
    "communities": 3,
    "streets": 2,
    "districts": 2,
}
_FEWEST: Final = {"districts": 1, "streets": 1}


class Hand:
    """Draws edits; what it draws follows from the seed alone."""

    def __init__(self, rng: Random, profile: Profile) -> None:
        self.rng, self.profile = rng, profile
        self._made = 0

    # values

    def one(self, dataset: Dataset, *kinds: str) -> str | None:
        """Return the code of some record of these kinds."""
        codes = sorted(code for kind in kinds for code in dataset.of(kind))
        return self.rng.choice(codes) if codes else None

    def maybe(self, value: object, chance: float = 0.5) -> object:
        return value if self.rng.random() < chance else None

    def outline(self, kind: str) -> object:
        west, south = self.rng.uniform(-30, 190), self.rng.uniform(-30, 190)
        if KINDS[kind].shape.has_points and self.rng.random() < (0.7 if kind == "stations" else 0.15):
            return a_point(west, south)
        if kind in UNIT_KINDS:
            west, south = self.rng.choice((0, 50, 100)), self.rng.choice((0, 50, 100))
            return a_box(west, south, west + self.rng.choice((50, 100, 110)), south + 100)
        return a_box(west, south, west + self.rng.uniform(5, 60), south + self.rng.uniform(5, 60))

    def period(self, chance: float = 0.3) -> dict[str, date | None]:
        first = self.rng.choice(SINCE) if self.rng.random() < chance else None
        last = self.rng.choice(SINCE) + timedelta(days=100) if self.rng.random() < chance else None
        return {"valid_from": first, "valid_until": None if first and last and last < first else last}

    def _value(self, dataset: Dataset, kind: str, name: str) -> object:
        field = KINDS[kind].by_name[name]
        if field.type is FieldType.REFERENCE:
            found = self.one(dataset, *field.to)
            return found if field.required or name == "compound" else self.maybe(found, 0.6)
        if name == "kind" and kind == "compounds":
            return self.rng.choice(_KINDS_OF_COMPOUND)
        if field.type is FieldType.CHOICE:
            choices = self.profile.choices.get(field.choices)
            return None if not choices else self.rng.choice(sorted(choices))
        if field.type is FieldType.COUNT:
            return self.maybe(self.rng.randint(0, 300), 0.8)
        if field.type is FieldType.ANSWER:
            return self.rng.choice(("yes", "no", "unknown", None))
        if field.type is FieldType.DAY:
            return self.rng.choice(SINCE)
        return f"名{self.rng.randint(1, 99)}" if name in ("name", "text", "category") else None

    # records

    def fresh(self, dataset: Dataset, kind: str) -> Record | None:
        """Return a record of a kind that is not there yet; None where it would have nothing to be about."""
        if kind == "facts":
            return self._fact(dataset)
        if kind == "assessments":
            return self._assessment(dataset)
        if kind == "households":
            return self._count(dataset)
        self._made += 1
        values = {one.name: self._value(dataset, kind, one.name) for one in KINDS[kind].fields}
        if kind == "links":
            values["relation"] = self.rng.choice([*self.profile.relations, "post"])
            values["role"] = self.rng.choice((None, "fire", "police", "market"))
        if any(
            values[one.name] is None
            for one in KINDS[kind].fields
            if one.type is FieldType.REFERENCE and one.required
        ):
            return None
        outline = self.maybe(self.outline(kind), 0.85) if KINDS[kind].is_layer else None
        return a_record(
            kind, f"{kind[:2].upper()}{self._made:04}", geometry=outline, **values, **self.period()
        )

    def _fact(self, dataset: Dataset) -> Record | None:
        rng = self.rng
        complete = [
            "party_complete",
            "property_complete",
            *(r.complete for r in self.profile.relations.values()),
        ]
        if rng.random() < 0.12:
            key, subject = rng.choice([k for k in complete if k]), self.one(dataset, *UNIT_KINDS)
        else:
            key = rng.choice([*self.profile.facts, "party_organisation", "property_firm"])
            spec = self.profile.facts.get(key)
            subject = self.one(dataset, *(("compounds", "firms", "grids") if spec is None else spec.of))
        if subject is None:
            return None
        spec, first = self.profile.facts.get(key), rng.choice(SINCE)
        value = rng.choice(("yes", "yes", "no", "unknown"))
        if spec is not None and spec.type == "choice":
            value = rng.choice([*sorted(self.profile.choices[spec.choices]), "unknown"])
        elif spec is not None and spec.type == "rate":
            value = rng.choice(("0.0", "0.25", "0.9", "1.0"))
        elif spec is not None and spec.type != "answer":
            value = str(rng.randint(0, 9))
        last = first + timedelta(days=200) if rng.random() < 0.2 else None
        code = fact_code(subject, key, first)
        own = {"subject": subject, "key": key, "value": value, "valid_from": first, "valid_until": last}
        return a_record("facts", code, **own)

    def _assessment(self, dataset: Dataset) -> Record | None:
        scheme = self.rng.choice(
            [one for _, versions in sorted(self.profile.schemes.items()) for one in versions]
        )
        subject = self.one(dataset, *scheme.of)
        if subject is None:
            return None
        items = [item.id for item in scheme.items]
        on, item = self.rng.choice(SINCE), self.rng.choice(items)
        own = {
            "subject": subject,
            "scheme": scheme.id,
            "item": item,
            "on": on,
            "scheme_version": scheme.version,
        }
        return a_record("assessments", f"V{subject}{scheme.id}{item}{on}", score=self.maybe(1.0, 0.8), **own)

    def _count(self, dataset: Dataset) -> Record | None:
        subject, on = self.one(dataset, "compounds", "buildings"), self.rng.choice(SINCE)
        if subject is None:
            return None
        imported, households = (
            self.maybe(self.rng.randint(0, 90), 0.8),
            self.maybe(self.rng.randint(0, 90), 0.8),
        )
        own = {
            "imported": imported,
            "matched": None if imported is None else self.maybe(int(str(imported)) // 2, 0.8),
        }
        own |= {
            "households": households,
            "surveyed": None if households is None else int(str(households)) // 3,
        }
        return a_record("households", count_code(subject, on), subject=subject, on=on, **own)

    # edits

    def edit(self, dataset: Dataset) -> tuple[list[Record], list[Record]]:
        """Return what one act puts and what it removes."""
        kind = self.rng.choices(list(_EDITED), list(_EDITED.values()))[0]
        code = self.one(dataset, kind)
        chance = self.rng.random()
        if code is None or chance < 0.3:
            record = self.fresh(dataset, kind)
            return ([] if record is None else [record]), []
        record = dataset.of(kind)[code]
        if chance < 0.42:
            return (
                ([], []) if len(dataset.of(kind)) <= _FEWEST.get(kind, 0) else self._without(dataset, record)
            )
        return [self.changed(dataset, record)], []

    def _without(self, dataset: Dataset, record: Record) -> tuple[list[Record], list[Record]]:
        """Return the removal of a record, with the rows that leave with it."""
        rows = [
            row
            for kind, spec in KINDS.items()
            for row in dataset.of(kind).values()
            if any(str(row.get(end)) == record.code for end in spec.leaves_with)
        ]
        return [], [record, *(row for row in rows if row.code != record.code)]

    def changed(self, dataset: Dataset, record: Record) -> Record:
        """Return a record with something otherwise, from now on or as of a day in the past."""
        rng, kind = self.rng, record.kind
        if kind == "facts":
            values = [r.values[2] for r in dataset.of("facts").values() if r.values[1] == record.values[1]]
            return record.with_values(value=rng.choice(values))._replace(version=record.version + 1)
        if rng.random() < 0.25:
            return record._replace(**self.period(0.5), version=record.version + 1)
        names = [
            one.name
            for one in KINDS[kind].fields
            if one.name not in ("subject", "on", "relation", "scheme", "item", "key", "scheme_version")
        ]
        name = rng.choice([*names, *(["geometry"] * 3 if KINDS[kind].is_layer else [])])
        was = record.geometry if name == "geometry" else record.get(name)
        past = dict(record.past)
        if rng.random() < 0.4 and kind not in ("assessments", "households"):
            last = rng.choice(SINCE)
            held = [*(pair for pair in past.get(name, ()) if pair[0] < last), (last, was)]
            past[name] = tuple(held)
        if name == "geometry":
            return record._replace(geometry=self.outline(kind), past=past, version=record.version + 1)
        value = self._value(dataset, kind, name)
        if value is None and KINDS[kind].by_name[name].required:
            value = was
        if kind == "assessments" and name == "score":
            value = rng.choice((None, 0.0, 1.0))
        return record.with_values(**{name: value})._replace(past=past, version=record.version + 1)


def a_town(hand: Hand, dataset: Dataset) -> Dataset:
    """Return a town to begin with."""
    dataset = dataset.with_changes(a_city())
    sizes = {"compounds": 12, "buildings": 5, "stations": 5, "firms": 3, "organisations": 4, "departments": 2}
    sizes |= {"alliances": 1, "zones": 1, "cases": 4, "entries": 4, "engagements": 9, "attachments": 12}
    sizes |= {"links": 8, "households": 8, "assessments": 10, "facts": 120}
    for kind, size in sizes.items():
        for _ in range(size):
            record = hand.fresh(dataset, kind)
            dataset = dataset if record is None else dataset.with_changes([record])
    return dataset
