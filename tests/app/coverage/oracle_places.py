"""The oracle's geography: units on a day, their outlines and parents, and who lies where (reference 2 and 4)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from geo.crs import Zone

KINDS = ("districts", "streets", "communities", "grids")
FIELDS = ("district", "street", "community", "grid")
TINY = 1e-9


class OraclePlaces:
    def __init__(self, records: list[Record], profile: Profile, zone: Zone, day: date) -> None:
        self.records, self.profile, self.zone, self.day = records, profile, zone, day
        self.by_code = {r.code: r for r in records}
        self._memo: dict = {}

    # records

    def of(self, kind):
        return [r for r in self.records if r.kind == kind]

    def runs(self, record):
        return (record.valid_from or date.min) <= self.day <= (record.valid_until or date.max)

    def value(self, record, field):
        try:
            return record.on(field, self.day)
        except KeyError:
            return None

    def metres(self, record):
        shape = record.geometry_on(self.day)
        return None if shape is None else self.zone.to_metres([shape])[0]

    def on_day(self, day):
        return self if day == self.day else type(self)(self.records, self.profile, self.zone, day)

    def remember(self, key, find):
        if key not in self._memo:
            self._memo[key] = find()
        return self._memo[key]

    # units: parents, outlines

    def units(self, level):
        return sorted((r for r in self.of(KINDS[level]) if self.runs(r)), key=lambda r: r.code)

    def stands_for(self, code):
        """The unit in force that a recorded unit stands for; and the record whose parents count if there is none."""
        seen = []
        record = self.by_code[code]
        while not self.runs(record):
            seen.append(record.code)
            following = self.value(record, "successor")
            if following is None or following in seen:
                return None, record
            record = self.by_code[following]
        return record, record

    def recorded(self, record):
        """Level → unit in force, by the record alone: the lowest and its ancestors, then the higher recorded ones."""
        return self._chain(record, self.recorded)

    def _chain(self, record, above):
        found = {}
        for level in (3, 2, 1, 0):
            if record.kind == KINDS[level]:
                continue
            code = self.value(record, FIELDS[level])
            if code is None:
                continue
            unit, last = self.stands_for(code)
            if unit is not None:
                found.setdefault(level, unit.code)
                further = above(unit)
            else:
                further = self._chain(last, above)
            for other, name in further.items():
                found.setdefault(other, name)
        return found

    def outline(self, unit):
        return self.remember(("outline", unit.code), lambda: self._outline(unit))

    def _outline(self, unit):
        own = self.metres(unit)
        if own is not None and own.area > 0:
            return own
        level = KINDS.index(unit.kind)
        parts = []
        for below in range(level + 1, 4):
            for child in self.units(below):
                parents = {at: code for at, code in self.recorded(child).items() if at < below}
                if parents and max(parents) == level and parents[level] == unit.code:
                    part = self.outline(child)
                    if part is not None:
                        parts.append(part)
        return shapely.union_all(parts) if parts else None

    def ancestors(self, unit):
        """Level → unit, the nearest parent filled where the record leaves it out."""
        return self.remember(("ancestors", unit.code), lambda: self._ancestors(unit))

    def _ancestors(self, unit):
        level = KINDS.index(unit.kind)
        recorded = self.recorded(unit)
        found = {}
        outline = self.outline(unit)
        for above in range(level - 1, -1, -1):
            if above in recorded:
                break
            held = []
            for candidate in self.units(above):
                shape = self.outline(candidate)
                if shape is None or outline is None:
                    continue
                share = shape.intersection(outline).area / outline.area
                theirs = self.ancestors(candidate)
                if share >= TINY and all(
                    theirs[at] == recorded[at] for at in range(above) if at in theirs and at in recorded
                ):
                    held.append((share, candidate))
            if held:
                most = max(share for share, _ in held)
                filled = min((c for s, c in held if s >= most - TINY), key=lambda c: c.code)
                found = {above: filled.code, **self.ancestors(filled)}
                break
        for at, code in self._chain(unit, self.ancestors).items():
            found.setdefault(at, code)
        return found

    # placing

    def subjects(self):
        rows = self.of("compounds") + [b for b in self.of("buildings") if self.value(b, "compound") is None]
        return sorted(rows, key=lambda r: r.code)

    def raw_shares(self, subject, level):
        """Unit → (share, what counts in split), or None where the level goes by record; and what is outside."""
        return self.remember(("shares", subject.code, level), lambda: self._raw_shares(subject, level))

    def _raw_shares(self, subject, level):
        shape = self.metres(subject)
        drawn = [(u, self.outline(u)) for u in self.units(level)]
        drawn = [(u, s) for u, s in drawn if s is not None]
        if shape is None or not drawn:
            unit = self._chain(subject, self.ancestors).get(level)
            return ({}, 1.0) if unit is None else ({unit: (1.0, 1.0)}, 0.0)
        if shape.area == 0:
            held = [u.code for u, s in drawn if s.distance(shape) < 1e-6]  # last digits of a projection
            return {code: (1.0, 1 / len(held)) for code in held}, 0.0 if held else 1.0
        shares = {u.code: s.intersection(shape).area / shape.area for u, s in drawn}
        shares = {code: s for code, s in shares.items() if s >= TINY}
        if not shares:
            return {}, 1.0
        union = shapely.union_all([s for u, s in drawn if u.code in shares])
        inside = union.intersection(shape).area / shape.area
        outside = 1 - inside
        total = sum(shares.values())
        return {c: (s, s * inside / total) for c, s in shares.items()}, outside if outside >= TINY else 0.0

    def whole(self, subject):
        """Level → the unit that ``whole`` chooses."""
        return self.remember(("whole", subject.code), lambda: self._whole(subject))

    def _whole(self, subject):
        if self.metres(subject) is None:
            return dict(self._chain(subject, self.ancestors))
        chosen = {}
        for level in range(4):
            shares, _ = self.raw_shares(subject, level)
            allowed = {}
            for code, (share, _) in shares.items():
                theirs = self.ancestors(self.by_code[code])
                if all(theirs.get(above, unit) == unit for above, unit in chosen.items()):
                    allowed[code] = share
            if allowed:
                most = max(allowed.values())
                chosen[level] = min(code for code, share in allowed.items() if share >= most - TINY)
        return chosen
