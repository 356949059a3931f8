"""Coverage done slowly: one subject and one unit at a time, sentence by sentence from reference 3, 4 and 5.

It shares no code with ``app.coverage``: it reads records, Shapely does each single area, and everything is
looked for again each time. Tests compare the engine with it on small random registries.
"""

from __future__ import annotations

from datetime import date, timedelta

import shapely

from tests.app.coverage.oracle_places import FIELDS, KINDS, TINY, OraclePlaces

OWN_NUMBERS = (
    "platform",
    "survey",
    "survey_buildings",
    "d_lit",
)  # hold their own numbers, no weight of a subject


class Oracle(OraclePlaces):
    # answers

    def counted(self, kind):
        found = []
        for record in self.subjects():
            own = (self.value(record, "kind") or "unknown") if record.kind == "compounds" else "scattered"
            default = own in ("commercial", "old", "resettlement", "unknown")
            if self.runs(record) and (kind == "all" or own == kind or (kind is None and default)):
                found.append(record)
        return found

    def fact(self, code, key):
        if self.by_code[code].kind == "buildings":
            return None
        rows = [
            r
            for r in self.of("facts")
            if r.get("subject") == code and r.get("key") == key and r.valid_from <= self.day
        ]
        if not rows:
            return None
        last = max(rows, key=lambda r: r.valid_from)
        return None if last.valid_until and last.valid_until < self.day else last.get("value")

    def no_by(self, subject, key, complete, ended, kind):
        said = self.fact(subject.code, key)
        if said is not None:
            return "no" if said == "no" else "unknown"
        if ended:
            return "no"
        if subject.kind in KINDS:
            units = {**self.ancestors(subject), KINDS.index(subject.kind): subject.code}
        elif subject.kind == "firms":
            units = self.firm_place(subject.code, kind)
        else:
            units = self.whole(subject)
        return "no" if any(self.fact(code, complete) == "yes" for code in units.values()) else "unknown"

    def relations(self, kind, field, code):
        return [r for r in self.of(kind) if self.value(r, field) == code]

    def last_past(self, relation, field):
        other = self.by_code[self.value(relation, field)]
        return any(r.valid_until is not None and r.valid_until < self.day for r in (relation, other))

    def both_run(self, relation, field):
        return self.runs(relation) and self.runs(self.by_code[self.value(relation, field)])

    def attached(self, subject):
        rows = self.relations("attachments", "to", subject.code)
        return [self.by_code[self.value(r, "organisation")] for r in rows if self.both_run(r, "organisation")]

    def party(self, subject, kind=None):
        if self.attached(subject):
            return "yes"
        rows = self.relations("attachments", "to", subject.code)
        ended = any(self.last_past(r, "organisation") for r in rows)
        return self.no_by(subject, "party_organisation", "party_complete", ended, kind)

    def firms_of(self, subject):
        rows = self.relations("engagements", "compound", subject.code)
        return sorted(
            {
                self.value(r, "firm")
                for r in rows
                if self.both_run(r, "firm") and self.value(r, "stage") in self.profile.property_stages
            }
        )

    def property(self, subject):
        if self.firms_of(subject):
            return "yes"
        ended = any(
            self.last_past(r, "firm") for r in self.relations("engagements", "compound", subject.code)
        )
        return self.no_by(subject, "property_firm", "property_complete", ended, None)

    def said(self, subject, key):
        return self.fact(subject.code, key) or "unknown"

    def three_no(self, subject):
        present = []
        for part in self.profile.three_no.parts:
            if part == "has_firm":
                answer = self.property(subject)
                if answer == "unknown" and self.said(subject, "property_firm") == "yes":
                    answer = "yes"
            elif part == "defence":
                two = [self.said(subject, "defence_people"), self.said(subject, "defence_hardware")]
                answer = (
                    mirror(both([mirror(a) for a in two]))
                    if self.profile.three_no.defence == "any"
                    else both(two)
                )
            else:
                answer = self.said(subject, part)
            present.append(answer)
        return both([mirror(a) for a in present])

    def ever_three_no(self, subject):
        """Day by day, over every day on which anything in the registry may have changed."""
        days = {date.min, self.day}
        for record in self.records:
            days.add(record.valid_from or date.min)
            if record.valid_until:
                days.add(record.valid_until + timedelta(days=1))
            for changes in record.past.values():
                days.update(last + timedelta(days=1) for last, _ in changes)
        days = sorted(day for day in days if day <= self.day)
        if any(self.on_day(d).fact(subject.code, "three_no_listed") == "yes" for d in days):
            return "yes"
        results = [self.on_day(d).three_no(subject) for d in days]
        if "yes" in results:
            return "yes"
        while results and results[0] == "unknown":
            results.pop(0)
        return "no" if results and set(results) == {"no"} else "unknown"

    def firm_place(self, firm, kind):
        mine = [s for s in self.counted(kind) if firm in self.firms_of(s)]
        chosen = {}
        for level in range(4):
            tally = {}
            for subject in mine:
                code = self.whole(subject).get(level)
                if code is not None:
                    theirs = self.ancestors(self.by_code[code])
                    if all(theirs.get(above, unit) == unit for above, unit in chosen.items()):
                        tally[code] = tally.get(code, 0) + 1
            if tally:
                chosen[level] = min(c for c, n in tally.items() if n == max(tally.values()))
        return chosen

    # measures: subject code → (covered, uncovered, unknown) of 1, or of households; "?" = base unknown

    def judged(self, measure, kind):
        head, *rest = measure.split(":")
        if head == "grid_branch":
            return {g.code: self.branch(g, lambda t: t not in ("group", "alliance")) for g in self.units(3)}
        if head == "firms_with_party":
            firms = sorted({f for s in self.counted(kind) for f in self.firms_of(s)})
            return {f: one_of(self.party(self.by_code[f], kind)) for f in firms}
        found = {}
        for subject in self.counted(kind):
            answer = getattr(self, f"_{head}")(subject, kind, rest)
            if answer is not None:
                found[subject.code] = answer
        return found

    def branch(self, subject, counts):
        here = self.attached(subject)
        if any(counts(self.value(o, "type")) for o in here):
            return one_of("yes")
        return one_of("unknown" if here else self.party(subject))

    def _party(self, subject, _kind, _rest):
        return one_of(self.party(subject))

    def _property(self, subject, _kind, _rest):
        return one_of(self.property(subject))

    def _firm_party(self, subject, kind, _rest):
        firms = [self.party(self.by_code[f], kind) for f in self.firms_of(subject)]
        if "yes" in firms:
            return one_of("yes")
        if self.property(subject) == "no" or (firms and set(firms) == {"no"}):
            return one_of("no")
        return one_of("unknown")

    def _not_three_no(self, subject, _kind, _rest):
        return one_of(mirror(self.three_no(subject)))

    def _three_no_served(self, subject, _kind, _rest):
        ever = self.ever_three_no(subject)
        if ever == "unknown":
            return "?"
        return one_of(self.property(subject)) if ever == "yes" else None

    def in_office(self, subject):
        said = self.said(subject, "owners_committee")
        return {"elected": "yes", "none": "no", "preparing": "no", "suspended": "no"}.get(said, "unknown")

    def _committee(self, subject, _kind, _rest):
        return one_of(self.in_office(subject))

    def _three_carriages(self, subject, _kind, _rest):
        three = [self.said(subject, "residents_committee"), self.property(subject), self.in_office(subject)]
        return one_of(both(three))

    def _five_haves(self, subject, _kind, _rest):
        keys = ("self_governance", "service_platform", "residents_convention", "activities")
        return one_of(both([self.party(subject), *(self.said(subject, key) for key in keys)]))

    def _functional_branch(self, subject, _kind, _rest):
        eligible = self.said(subject, "branch_eligible")
        if eligible == "unknown":
            return "?"
        return self.branch(subject, lambda t: t == "functional_branch") if eligible == "yes" else None

    def latest(self, subject, field):
        rows = [
            r
            for r in self.of("households")
            if r.get("subject") == subject.code and r.get("on") <= self.day and r.get(field) is not None
        ]
        return max(rows, key=lambda r: r.get("on"), default=None)

    def _platform(self, subject, _kind, _rest):
        row = self.latest(subject, "imported")
        if row is None:
            return None
        whole, part = row.get("imported"), row.get("matched")
        return (0, 0, whole) if part is None else (part, whole - part, 0)

    def _survey(self, subject, _kind, _rest):
        row = self.latest(subject, "households")
        if row is None:
            number = self.value(subject, "households")
            return None if number is None else (0, 0, number)
        whole, part = row.get("households"), row.get("surveyed")
        return (0, 0, whole) if part is None else (part, whole - part, 0)

    def _station(self, subject, _kind, rest):
        shape = self.metres(subject)
        if shape is None:
            return (0, 0, 1)
        discs = [
            self.metres(s).buffer(float(rest[1]), quad_segs=64)
            for s in self.of("stations")
            if self.runs(s) and self.value(s, "kind") == rest[0] and self.metres(s) is not None
        ]
        reached = shapely.union_all(discs)
        share = (
            float(reached.intersects(shape))
            if shape.area == 0
            else reached.intersection(shape).area / shape.area
        )
        return (share, 1 - share, 0)

    # adding up

    def weight(self, code, weight, count, kind):
        record = self.by_code[code]
        if weight == "compounds":
            return 1
        if weight == "area":
            shape = self.outline(record) if record.kind == "grids" else self.metres(record)
            return shape.area if shape is not None and shape.area > 0 else None
        if record.kind == "grids":
            total = None
            for subject in self.counted(kind):
                number = self.weight(subject.code, weight, count, kind)
                part = self.parts(subject.code, "grid", count, kind)[0].get(code, 0)
                if number is not None and part:
                    total = (total or 0) + number * part
            return total
        row = self.latest(record, "households") if weight == "households" else None
        return self.value(record, weight) if row is None else row.get("households")

    def parts(self, code, by, count, kind):
        """Unit → part of the subject that counts there; and the part that counts nowhere."""
        level, record = FIELDS.index(by), self.by_code[code]
        if record.kind in ("compounds", "buildings") and count == "split":
            shares, outside = self.raw_shares(record, level)
            return {unit: counted for unit, (_, counted) in shares.items()}, outside
        if record.kind == "grids":
            unit = {**self.ancestors(record), 3: code}.get(level)
        elif record.kind == "firms":
            unit = self.firm_place(code, kind).get(level)
        else:
            unit = self.whole(record).get(level)
        return ({}, 1) if unit is None else ({unit: 1}, 0)

    def coverage(self, measure, by, weight, count, kind):
        rows = {u.code: [0, 0, 0, 0] for u in self.units(FIELDS.index(by))}
        unplaced, total, base_unknown, codes = [0] * 4, [0] * 4, 0, []
        for code, answer in self.judged(measure, kind).items():
            if answer == "?":
                base_unknown += 1
                continue
            own = 1 if measure in OWN_NUMBERS else self.weight(code, weight, count, kind)
            adds = [0, 0, 0, 1] if own is None else [own * part for part in answer] + [0]
            units, outside = self.parts(code, by, count, kind)
            for unit, part in units.items():
                rows[unit] = [a + b * part for a, b in zip(rows[unit], adds, strict=True)]
            unplaced = [a + b * outside for a, b in zip(unplaced, adds, strict=True)]
            total = [a + b for a, b in zip(total, adds, strict=True)]
            if outside >= TINY:
                codes.append(code)
        return {
            "rows": rows,
            "unplaced": unplaced,
            "total": total,
            "codes": sorted(codes),
            "base_unknown": base_unknown,
        }


def one_of(answer):
    return {"yes": (1, 0, 0), "no": (0, 1, 0), "unknown": (0, 0, 1)}[answer]


def mirror(answer):
    return {"yes": "no", "no": "yes", "unknown": "unknown"}[answer]


def both(answers):
    return "no" if "no" in answers else "unknown" if "unknown" in answers else "yes"
