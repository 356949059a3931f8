"""``docs/measures.md`` read as it is written: its table, its grammar, and each formula computed subject by subject.

Conditions are read here by a reader of their own and asked of the slow oracle; nothing of ``app.coverage`` is used.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import shapely

from app.domain.kinds import KINDS
from tests.app.coverage.oracle import one_of
from tests.app.coverage.oracle_declared import DeclaredOracle

PAGE = Path(__file__).parents[3] / "docs" / "measures.md"
TOKEN = re.compile(r"\s*(NOT\b|ALL\b|ANY\b|[(),]|(?:[^\s(),]+))")

ABOUT = {"facts": "subject", "assessments": "subject", "households": "subject", "engagements": "compound"}


class Formula(NamedTuple):
    """One line of the table."""

    name: str
    profiles: str
    subject: str
    base: str
    formula: str
    sort: str
    weights: list[str]


def table():
    """Return the lines of the page's last table."""
    lines = PAGE.read_text("utf-8").split("## The measures", 1)[1].splitlines()
    rows = [line.strip("|").split(" | ") for line in lines if line.startswith("| `")]
    cells = [[cell.strip().strip("`") for cell in row] for row in rows]
    return [Formula(c[0], c[1], c[3], c[4], c[5], c[6], c[7].split()) for c in cells]


def formulas_of(profile: str):
    """Return the lines that a profile has, by measure."""
    return {one.name: one for one in table() if one.profiles == "all" or profile in one.profiles.split()}


def read(text: str):
    """Return a condition as the oracle asks it: a word, or {"all" | "any" | "not": …}."""
    tokens = TOKEN.findall(text)
    found = _condition(tokens)
    assert not tokens, (text, tokens)
    return found


def _condition(tokens):
    first = tokens.pop(0)
    if first == "NOT":
        return {"not": _condition(tokens)}
    if first in ("ALL", "ANY"):
        assert tokens.pop(0) == "("
        parts = [_condition(tokens)]
        while tokens[0] == ",":
            tokens.pop(0)
            parts.append(_condition(tokens))
        assert tokens.pop(0) == ")"
        return {first.lower(): parts}
    return first.replace("/", "|")


class FormulaOracle(DeclaredOracle):
    """Computes what the page says of each subject."""

    def __init__(self, records, profile, zone, day):
        super().__init__(records, profile, zone, day)
        self._of = {}
        for record in records:
            self._of.setdefault(record.kind, []).append(record)
        self._facts, self._named = {}, {}
        for record in self._of.get("facts", ()):
            self._facts.setdefault((record.get("subject"), record.get("key")), []).append(record)
        self.formula = None
        self.days, self.shapes = {day: self}, {}

    def of(self, kind):
        return self._of.get(kind, [])

    def fact(self, code, key):
        rows = [r for r in self._facts.get((code, key), ()) if r.valid_from <= self.day]
        if not rows:
            return None
        last = max(rows, key=lambda r: r.valid_from)
        return None if last.valid_until and last.valid_until < self.day else last.get("value")

    def relations(self, kind, field, code):
        named = self._named.get((kind, field))
        if named is None:
            named = self._named[kind, field] = {}
            for row in self.of(kind):
                named.setdefault(self.value(row, field), []).append(row)
        return named.get(code, [])

    def parts(self, code, by, count, kind):
        return self.remember(
            ("parts", code, by, count, kind), lambda: super(FormulaOracle, self).parts(code, by, count, kind)
        )

    def counted(self, kind):
        return self.remember(("counted", kind), lambda: super(FormulaOracle, self).counted(kind))

    def on_day(self, day):
        days = self.days
        if day not in days:
            days[day] = type(self)(list(self.by_code.values()), self.profile, self.zone, day)
            days[day].days, days[day].shapes = days, self.shapes
        return days[day]

    def metres(self, record):
        key = record.code, self.day if record.past else None
        if key not in self.shapes:
            self.shapes[key] = super().metres(record)
        return self.shapes[key]

    def ever_three_no(self, subject):
        """As always, but on the days of what concerns the subject alone: other compounds tell nothing of it."""
        return self.remember(("ever", subject.code), lambda: self._ever_three_no(subject))

    def _ever_three_no(self, subject):
        others = {r.code for r in self.of("compounds")} - {subject.code}
        everything = self.records
        self.records = [r for r in everything if r.kind not in ABOUT or r.get(ABOUT[r.kind]) not in others]
        try:
            return super().ever_three_no(subject)
        finally:
            self.records = everything

    # words that the declared oracle knows of its own city alone

    def holds(self, condition, subject, kind):
        if isinstance(condition, str) and condition.split(":")[0] in (
            "ever_three_no",
            "firm_party",
            "has_firm",
        ):
            return getattr(self, f"says_{condition}")(subject, kind)
        return super().holds(condition, subject, kind)

    def says_ever_three_no(self, subject, _kind):
        return self.ever_three_no(subject)

    def says_has_firm(self, subject, _kind):
        answer = self.property(subject)
        is_said = answer == "unknown" and self.said(subject, "property_firm") == "yes"
        return "yes" if is_said else answer

    def says_firm_party(self, subject, kind):
        answer = self._firm_party(subject, kind, [])
        return ("yes", "no", "unknown")[answer.index(1)]

    def says_fact(self, subject, key, operator, values, kind):
        said = super().says_fact(subject, key, operator, values, kind)
        if operator == "=":
            return "unknown" if said == "unknown" else "yes" if said in values else "no"
        return said

    def says_organisation(self, subject, argument, operator, values, kind):
        here = self.attached(subject)
        if operator == "!=":
            values = {self.value(o, "type") for o in here} - set(values)
        return super().says_organisation(subject, argument, operator, values, kind)

    def says_link(self, subject, relation, _operator, values, _kind):
        assert not values
        rows = [
            (r, "to" if self.value(r, "subject") == subject.code else "subject")
            for r in self.of("links")
            if r.get("relation") == relation
            and subject.code in (self.value(r, "to"), self.value(r, "subject"))
        ]
        if any(self.both_run(r, other) for r, other in rows):
            return "yes"
        if any(self.last_past(r, other) for r, other in rows):
            return "no"
        key = self.profile.relations[relation].complete
        units = self.units_around(subject)
        return "no" if key and any(self.fact(unit, key) == "yes" for unit in units) else "unknown"

    def units_around(self, subject):
        level = {"districts": 0, "streets": 1, "communities": 2, "grids": 3}.get(subject.kind)
        if level is not None:
            return [*self.ancestors(subject).values(), subject.code]
        return list(self.whole(subject).values())

    # one measure

    def judged(self, _measure, kind):
        base, found = self.formula.base, {}
        condition = None if base == "all" else read(base)
        say = self._sayer(self.formula.formula, kind)
        for subject in self.asked(self.formula.subject, kind):
            within = "yes" if condition is None else self.holds(condition, subject, kind)
            answer = "?" if within == "unknown" else None if within == "no" else say(subject)
            if answer is not None:
                found[subject.code] = answer
        return found

    def asked(self, subject, kind):
        if self.formula.formula.startswith("score("):  # its scheme is for some kinds of compound
            scheme = self.profile.scheme(self.formula.formula[6:-1])
            if scheme.kinds and subject == "compound":
                rows = [r for r in self.of("compounds") if self.runs(r)]
                rows = [r for r in rows if (self.value(r, "kind") or "unknown") in scheme.kinds]
                return rows if kind is None else [r for r in rows if r in self.counted(kind)]
        return super().asked(subject, kind)

    def _sayer(self, formula, kind):
        call = re.fullmatch(r"(reach|share|score|rows|facts)\((.*)\)", formula)
        if call is None:
            condition = read(formula)
            return lambda subject: one_of(self.holds(condition, subject, kind))
        name, inside = call.groups()
        return getattr(self, f"_say_{name}")(*re.split(r", | of ", inside))

    def _say_reach(self, kind, metres):
        return lambda subject: self._station(subject, None, [kind, metres])

    def _say_share(self, key):
        def say(subject):
            share = self.fact(subject.code, key)
            return (0, 0, 1) if share is None else (float(share), 1 - float(share), 0)

        return say

    def _say_rows(self, part, whole):
        return lambda subject: (self._platform if whole == "imported" else self._survey)(subject, None, [])

    def _say_facts(self, part, whole):
        def say(subject):
            all_of_it, some = self.fact(subject.code, whole), self.fact(subject.code, part)
            if all_of_it is None:
                return None
            whole_number = float(all_of_it)
            if some is None or float(some) > whole_number:
                return (0, 0, whole_number)
            return (float(some), whole_number - float(some), 0)

        return say

    def _say_score(self, scheme_id):
        def say(subject):
            found = self.scored(subject, scheme_id)
            return (0, 0, 1) if found is None else (found[0], 1 - found[1], found[1] - found[0])

        return say

    def scored(self, subject, scheme_id):
        """Share of the full score of the latest assessment, lowest and highest; None where nobody assessed."""
        rows = [
            r
            for r in self.of("assessments")
            if (r.get("subject"), r.get("scheme")) == (subject.code, scheme_id) and r.get("on") <= self.day
        ]
        if not rows:
            return None
        last = max((r.get("on"), r.get("scheme_version") or 0) for r in rows)
        scores = {
            r.get("item"): r.get("score") for r in rows if (r.get("on"), r.get("scheme_version") or 0) == last
        }
        scheme = self.profile.scheme(scheme_id, last[1] or None)
        weight = {group.id: group.weight for group in scheme.groups}
        low = high = full = 0.0
        for item in scheme.items:
            point = item.weight * weight.get(item.group, 1.0)
            score = scores.get(item.id)
            full += point * item.maximum
            low += point * (0 if score is None else score)
            high += point * (item.maximum if score is None else score)
        return low / full, high / full

    def says_scheme(self, subject, scheme_id, operator, values, _kind):
        found = self.scored(subject, scheme_id)
        if found is None or not operator:
            return "unknown" if found is None else "yes"
        bands = self.profile.scheme(scheme_id).bands
        low, high = (
            max((band.stars for band in bands if share >= band.at_least - 1e-9), default=0) for share in found
        )
        wanted, is_below = float(values[0]), operator == "<"
        if low >= wanted or high < wanted:
            return "yes" if (low >= wanted) != is_below else "no"
        return "unknown"

    def weight(self, code, weight, count, kind):
        if self.formula.sort == "amount":
            return 1
        return super().weight(code, weight, count, kind)


def cut(records, community):
    """Return a community of a registry: the units around it, what stands on its ground, and whatever is tied to these."""
    by_code = {r.code: r for r in records}
    ground = by_code[community].geometry
    kept = {community[:6], community[:9], community}
    kept |= {r.code for r in records if r.kind == "grids" and r.get("community") == community}
    inside = [
        r
        for r in records
        if r.kind in ("compounds", "buildings", "stations")
        and r.geometry is not None
        and ground.contains(shapely.point_on_surface(r.geometry))
    ]
    for kind in ("compounds", "buildings", "stations"):
        kept |= {r.code for r in [r for r in inside if r.kind == kind][:MOST]}
    for kind, target, other in TIES:
        for row in (r for r in records if r.kind == kind and r.get(target) in kept):
            kept |= {row.code, row.get(other)}
    rows = [r for r in records if r.kind in ("facts", "households", "assessments", "cases", "entries")]
    kept |= {
        r.code for r in rows if r.get("subject" if "subject" in KINDS[r.kind].index else "compound") in kept
    }
    return [without_strangers(by_code[code], kept) for code in sorted(kept) if code in by_code]


def without_strangers(record, kept):
    """Return a record without references to what was cut off."""
    gone = {
        f.name: None for f in KINDS[record.kind].fields if f.to and record.get(f.name) not in (None, *kept)
    }
    return record.with_values(**gone) if gone else record


MOST = 20  # of a kind: each is looked for again each time
TIES = (
    ("engagements", "compound", "firm"),
    ("attachments", "to", "organisation"),
    ("links", "to", "subject"),
    ("links", "subject", "to"),
)
