"""Collects the records of a sample: the same seed gives the same codes and the same UUIDs."""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, TypeVar

from app.domain.dated import with_value_from
from app.domain.kinds import KINDS
from app.domain.record import Record, Value, count_code, fact_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from shapely.geometry.base import BaseGeometry

    from app.domain.profile.declared import Scheme

T = TypeVar("T")

SYNTHETIC: Final = "合成样例"
_ROOT: Final = uuid.uuid5(uuid.NAMESPACE_OID, "compound-registry sample").bytes


class Rows:
    """Records in the order in which they were added; references are codes."""

    def __init__(self, seed: str) -> None:
        self._space = hashlib.sha1(_ROOT + seed.encode(), usedforsecurity=False).digest()[:16]
        self._last: dict[str, int] = defaultdict(int)
        self._facts: set[str] = set()
        self.records: list[Record] = []
        self._places: dict[str, int] = {}

    def taken(self) -> tuple[Record, ...]:
        """Return the records added so far and forget them; codes go on."""
        records = tuple(self.records)
        self.records.clear()
        self._places.clear()
        return records

    def code(self, kind: str) -> str:
        """Return the next code of a kind: its letter and 6 digits."""
        letter = KINDS[kind].letter
        self._last[letter] += 1
        return f"{letter}{self._last[letter]:06}"

    def add(
        self,
        kind: str,
        code: str,
        values: dict[str, Value],
        *,
        since: date | None = None,
        until: date | None = None,
        shape: BaseGeometry | None = None,
        source: str = SYNTHETIC,
    ) -> str:
        """Add a record and return its code."""
        index = KINDS[kind].index
        row: list[Value] = [None] * len(index)
        for name, value in values.items():
            row[index[name]] = value
        spelled = self._space + f"{kind}:{code}".encode()
        digest = hashlib.sha1(spelled, usedforsecurity=False).digest()[:16]
        row_id = str(uuid.UUID(bytes=digest, version=5))
        self._places[code] = len(self.records)
        self.records.append(Record(kind, row_id, code, tuple(row), since, until, source, shape))
        return code

    def fact(self, subject: str, key: str, value: str, since: date) -> None:
        """Add a dated fact, unless there is one of this key and first day."""
        code = fact_code(subject, key, since)
        if code not in self._facts:
            self._facts.add(code)
            self.add("facts", code, {"subject": subject, "key": key, "value": value}, since=since)

    def organisation(self, name: str, type_: str, parent: str | None, founded: date, members: int) -> str:
        """Add a party organisation with a secretary in post."""
        values: dict[str, Value] = {"name": name, "type": type_, "parent": parent, "founded": founded}
        return self.add(
            "organisations", self.code("organisations"), {**values, "members": members, "secretary": "yes"}
        )

    def attach(
        self, organisation: str, to: str, since: date, until: date | None = None, role: str | None = None
    ) -> None:
        """Attach an organisation to a compound, grid, firm, community, street or building."""
        values: dict[str, Value] = {"organisation": organisation, "to": to, "role": role}
        self.add("attachments", self.code("attachments"), values, since=since, until=until)

    def engage(
        self,
        firm: str,
        compound: str,
        stage: str,
        since: date,
        until: date | None = None,
        *,
        fee: float | None = None,
        subsidy: float | None = None,
    ) -> None:
        """Let a firm serve a compound or scattered building."""
        values: dict[str, Value] = {"firm": firm, "compound": compound, "stage": stage}
        values |= {"fee_yuan_m2_month": fee, "subsidy_yuan": subsidy}
        self.add("engagements", self.code("engagements"), values, since=since, until=until)

    def count_households(self, subject: str, on: date, **counts: int | None) -> None:
        """Add a row of household counts."""
        self.add("households", count_code(subject, on), {"subject": subject, "on": on, **counts})

    def link(self, relation: str, subject: str, to: str, since: date, role: str | None = None) -> None:
        """Let a declared relation hold from a day on, for ever."""
        values: dict[str, Value] = {"relation": relation, "subject": subject, "to": to, "role": role}
        self.add("links", self.code("links"), values, since=since)

    def entry(
        self,
        compound: str,
        which: str,
        text: str,
        opened: date,
        answers: str | None = None,
    ) -> str:
        """Add an entry to one of a compound's three lists; ``answers``: the need that it answers at once."""
        state = "noted" if answers is None else "matched"
        values: dict[str, Value] = {"compound": compound, "list": which, "text": text, "state": state}
        values |= {"opened": opened, "answers": answers}
        return self.add("entries", self.code("entries"), values)

    def assess(self, subject: str, scheme: Scheme, on: date, scores: dict[str, float | None]) -> None:
        """Score a subject's items by a scheme on a day; None = not assessed."""
        for item, score in scores.items():
            values: dict[str, Value] = {"subject": subject, "scheme": scheme.id, "item": item}
            values |= {"score": score, "on": on, "scheme_version": scheme.version}
            self.add("assessments", self.code("assessments"), values)

    def of(self, kind: str) -> list[Record]:
        """Return the records of a kind that were added so far."""
        return [record for record in self.records if record.kind == kind]

    def amend(self, code: str, **values: Value) -> None:
        """Replace values of a record that was added before."""
        place = self._places[code]
        self.records[place] = self.records[place].with_values(**values)

    def say(self, code: str, source: str) -> None:
        """Give a record another source."""
        place = self._places[code]
        self.records[place] = self.records[place]._replace(source=source)

    def change(self, code: str, field: str, value: Value, first: date) -> None:
        """Let a field of a record hold another value from a day on; before stands what stood there."""
        place = self._places[code]
        self.records[place] = with_value_from(self.records[place], field, value, first)


class Dice:
    """The draws that samples are made of, all from one generator."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def between(self, first: date, last: date) -> date:
        """Return a day from ``first`` to ``last``."""
        return first + timedelta(days=int(self.rng.integers(0, (last - first).days + 1)))

    def number(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        """Return True in ``share`` of the cases."""
        return bool(self.rng.random() < share)

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """Return the things in another order."""
        return [things[int(i)] for i in self.rng.permutation(len(things))]

    def parted(self, total: int, weights: list[float], least: int = 0) -> list[int]:
        """Return whole numbers, each at least ``least``, in about the proportion of ``weights``; they add up to ``total``."""
        free = total - least * len(weights)
        exact = [free * weight / sum(weights) for weight in weights]
        parts = [int(x) for x in exact]
        by_rest = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
        for i in by_rest[: free - sum(parts)]:
            parts[i] += 1
        return [part + least for part in parts]
