"""The oracle's reading of declared measures: conditions as they are written, subjects of every kind, slowly."""

from __future__ import annotations

import shapely

from tests.app.coverage.oracle import Oracle, both, mirror, one_of
from tests.app.coverage.oracle_places import FIELDS, KINDS

PLURAL = {
    "building": "buildings",
    "station": "stations",
    "case": "cases",
    "entry": "entries",
    **dict(zip(FIELDS, KINDS, strict=True)),
}

# What the test's city declares on top of Yaohai's own profile.
CITY = """
[[facts]]
key = "posts_complete"
of = ["grids", "communities", "streets", "districts"]
type = "answer"
words = { zh = "岗位齐全", en = "All posts in" }
[[facts]]
key = "lamps"
of = ["compounds", "grids"]
type = "count"
words = { zh = "路灯", en = "Lamps" }
[[facts]]
key = "lamps_lit"
of = ["compounds"]
type = "count"
words = { zh = "亮的路灯", en = "Lamps lit" }
[[facts]]
key = "kept"
of = ["compounds", "streets", "stations"]
type = "rate"
words = { zh = "整洁", en = "Kept well" }
[[facts]]
key = "sign"
of = ["stations", "grids"]
type = "answer"
words = { zh = "标志", en = "Sign" }

[[relations]]
id = "post"
words = { zh = "岗位", en = "Post" }
of = ["departments"]
to = ["compounds", "grids"]
roles = "liaison_post"
complete = "posts_complete"

[[schemes]]
id = "care"
of = ["compounds"]
words = { zh = "维护", en = "Care" }
items = [
  { id = "a", words = { zh = "甲", en = "A" }, maximum = 6 },
  { id = "b", words = { zh = "乙", en = "B" }, maximum = 2, weight = 2 },
]
bands = [
  { stars = 2, at_least = 0.8, words = { zh = "好", en = "good" } },
  { stars = 1, at_least = 0.4, words = { zh = "中", en = "fair" } },
]

[[checklists]]
id = "tended"
of = "compounds"
words = { zh = "看护", en = "Tended" }
items = ["gate_guard", { when = "property", words = { zh = "物业", en = "service" } }]
"""

# id → subject, within, covered; as TOML says it
DECLARED: dict[str, tuple[str, object, object]] = {
    "d_guarded": ("compound", "party", {"any": ["gate_guard", "not tended_later"]}),
    "d_staged": ("compound", None, "engagement=contract|fallback"),
    "d_trial": ("compound", "engagement", {"not": "engagement=trial"}),
    "d_listed": ("compound", None, "firm:list=red|black"),
    "d_mixed": (
        "compound",
        "not three_no",
        {"all": ["checklist:tended", {"not": {"any": ["party", "lamps<4"]}}]},
    ),
    "d_stars": ("compound", "scheme:care", "scheme:care>=2"),
    "d_few_stars": ("compound", "field:kind=old|office", "scheme:care<1"),
    "d_posted": ("compound", None, "link:post"),
    "d_fire_post": ("grid", None, "link:post=fire|police"),
    "d_stationed": ("compound", None, "station=grid_post"),
    "d_grid_station": ("grid", "lamps>=2", "station"),
    "d_street_station": ("street", None, "not station=mediation_room"),
    "d_district_party": ("district", None, "party"),
    "d_community_branch": ("community", None, "organisation=branch|general_branch"),
    "d_secretary": ("firm", None, "secretary"),
    "d_firm_listed": ("firm", "party", "field:list!=black"),
    "d_sign": ("station", "field:kind=grid_post", "sign"),
    "d_closed": ("case", None, "field:state=closed"),
    "d_done": ("entry", "field:list=needs", "field:state=matched|done"),
}
NUMBERS = """
[[measures]]
id = "d_lit"
subject = "compound"
words = { zh = "亮灯", en = "Lit" }
ratio = { part = "lamps_lit", whole = "lamps" }
[[measures]]
id = "d_kept"
subject = "compound"
words = { zh = "整洁", en = "Kept" }
fraction = "kept"
[[measures]]
id = "d_kept_streets"
subject = "street"
words = { zh = "街道整洁", en = "Kept streets" }
fraction = "kept"
[[measures]]
id = "d_kept_stations"
subject = "station"
words = { zh = "站点整洁", en = "Kept stations" }
fraction = "kept"
"""
OTHERS = (
    "d_lit",
    "d_kept",
    "d_kept_streets",
    "d_kept_stations",
    "care",
    "tended",
    "survey_buildings",
    "fact:sign",
    "fact:sign:grid",
    "fact:gate_guard",
)


def toml_of(condition):
    if isinstance(condition, str):
        return f'"{condition}"'
    ((how, inner),) = condition.items()
    if how == "not":
        return f"{{ not = {toml_of(inner)} }}"
    return f"{{ {how} = [{', '.join(toml_of(part) for part in inner)}] }}"


def city_text():
    """The declarations of CITY and every measure of DECLARED."""
    rows = [CITY, NUMBERS]
    for name, (subject, within, covered) in DECLARED.items():
        row = f'[[measures]]\nid = "{name}"\nsubject = "{subject}"\nwords = {{ zh = "{name}", en = "{name}" }}\n'
        if within is not None:
            row += f"within = {toml_of(within)}\n"
        rows.append(row + f"covered = {toml_of(covered)}\n")
    return "\n".join(rows).replace("not tended_later", "not defence_technical")


class DeclaredOracle(Oracle):
    def subject_of(self, measure):
        if measure in DECLARED:
            return DECLARED[measure][0]
        named = {"d_kept_streets": "street", "d_kept_stations": "station", "fact:sign": "station"}
        named |= {"fact:sign:grid": "grid", "survey_buildings": "building"}
        return named.get(measure, "compound")

    # who

    def asked(self, subject, kind):
        if subject == "compound":
            return self.counted(kind)
        if subject == "firm":
            return [
                self.by_code[f] for f in sorted({f for s in self.counted(kind) for f in self.firms_of(s)})
            ]
        rows = [r for r in self.of(PLURAL[subject]) if self.runs(r)]
        if subject in ("case", "entry"):
            rows = [r for r in rows if r.get("opened") <= self.day]
        if subject == "building" and kind is not None:
            rows = [r for r in rows if self.building_kind(r) == kind or kind == "all"]
        return rows

    def building_kind(self, record):
        owner = self.value(record, "compound")
        return "scattered" if owner is None else self.value(self.by_code[owner], "kind") or "unknown"

    # what holds

    def holds(self, condition, subject, kind):
        if isinstance(condition, dict):
            ((how, inner),) = condition.items()
            if how == "not":
                return mirror(self.holds(inner, subject, kind))
            answers = [self.holds(part, subject, kind) for part in inner]
            return both(answers) if how == "all" else mirror(both([mirror(a) for a in answers]))
        if condition.startswith("not "):
            return mirror(
                self.holds(condition[4:].replace("tended_later", "defence_technical"), subject, kind)
            )
        for operator in ("!=", ">=", "=", "<"):
            if operator in condition:
                left, right = condition.split(operator)
                break
        else:
            left, operator, right = condition, "", ""
        head, _, argument = left.partition(":")
        values = right.split("|") if right else []
        if head in ("party", "property", "three_no"):
            answer = getattr(self, head)
            return answer(subject, kind) if head == "party" and subject.kind == "firms" else answer(subject)
        say = getattr(self, f"says_{head}", None)
        if say is None:
            return self.says_fact(subject, head, operator, values, kind)
        return say(subject, argument, operator, values, kind)

    def says_fact(self, subject, key, operator, values, _kind):
        said = self.fact(subject.code, key)
        if said is None:
            return "unknown"
        if operator in (">=", "<"):
            return "yes" if (float(said) < float(values[0])) == (operator == "<") else "no"
        return said

    def says_organisation(self, subject, _argument, _operator, values, kind):
        here = self.attached(subject)
        if any(self.value(o, "type") in values for o in here):
            return "yes"
        return "unknown" if here else self.party(subject, kind)

    def says_secretary(self, subject, _argument, _operator, _values, kind):
        said = {self.value(o, "secretary") or "unknown" for o in self.attached(subject)}
        if not said:
            return self.party(subject, kind)
        return "yes" if "yes" in said else "unknown" if "unknown" in said else "no"

    def says_engagement(self, subject, _argument, _operator, values, _kind):
        rows = self.relations("engagements", "compound", subject.code)
        now = {self.value(r, "stage") for r in rows if self.both_run(r, "firm")}
        if now:
            return "yes" if not values or now & set(values) else "no"
        ended = any(self.last_past(r, "firm") for r in rows)
        return self.no_by(subject, "property_firm", "property_complete", ended, None)

    def says_firm(self, subject, field, _operator, values, _kind):
        if self.property(subject) != "yes":
            return self.property(subject)
        said = [self.value(self.by_code[f], field) for f in self.firms_of(subject)]
        return "yes" if set(said) & set(values) else "unknown" if None in said else "no"

    def says_field(self, subject, field, operator, values, _kind):
        value = self.value(subject, field)
        if value is None:
            return "unknown"
        return "yes" if (value in values) == (operator == "=") else "no"

    def says_checklist(self, subject, _argument, _operator, _values, _kind):
        return both([self.said(subject, "gate_guard"), self.property(subject)])

    def says_link(self, subject, _argument, _operator, values, kind):
        rows = [r for r in self.of("links") if self.value(r, "to") == subject.code]
        rows = [r for r in rows if not values or self.value(r, "role") in values]
        if any(self.both_run(r, "subject") for r in rows):
            return "yes"
        if any(self.last_past(r, "subject") for r in rows):
            return "no"
        units = (
            {**self.ancestors(subject), 3: subject.code} if subject.kind == "grids" else self.whole(subject)
        )
        return (
            "no" if any(self.fact(unit, "posts_complete") == "yes" for unit in units.values()) else "unknown"
        )

    def says_station(self, subject, _argument, _operator, values, _kind):
        for station in self.of("stations"):
            if not self.runs(station) or (values and self.value(station, "kind") not in values):
                continue
            if subject.kind in KINDS:
                if self.station_line(station).get(KINDS.index(subject.kind)) == subject.code:
                    return "yes"
                continue
            shape, own = self.metres(station), self.metres(subject)
            inside = shape is not None and own is not None and own.area > 0
            if self.value(station, "compound") == subject.code or (
                inside and own.distance(shapely.point_on_surface(shape)) < 1e-6
            ):
                return "yes"
        return "no"

    def rating(self, subject):
        """Share of the full score, lowest and highest; None where nobody assessed."""
        rows = [
            r for r in self.of("assessments") if r.get("subject") == subject.code and r.get("on") <= self.day
        ]
        if not rows:
            return None
        last = max(r.get("on") for r in rows)
        scores = {r.get("item"): r.get("score") for r in rows if r.get("on") == last}
        low = high = 0.0
        for item, most, weight in (("a", 6, 1), ("b", 2, 2)):
            score = scores.get(item)
            low += weight * (0 if score is None else score)
            high += weight * (most if score is None else score)
        return low / 10, high / 10

    def says_scheme(self, subject, _argument, operator, values, _kind):
        found = self.rating(subject)
        if found is None:
            return "unknown"
        if not operator:
            return "yes"
        low, high = ((share >= 0.8 - 1e-9) + (share >= 0.4 - 1e-9) for share in found)
        if low >= float(values[0]):
            return "yes" if operator == ">=" else "no"
        if high < float(values[0]):
            return "no" if operator == ">=" else "yes"
        return "unknown"

    # measures

    def judged(self, measure, kind):
        found = {}
        for subject in self.asked(self.subject_of(measure), kind):
            answer = self.judged_one(measure, subject, kind)
            if answer is not None:
                found[subject.code] = answer
        return found

    def judged_one(self, measure, subject, kind):
        if measure in DECLARED:
            _, within, covered = DECLARED[measure]
            base = "yes" if within is None else self.holds(within, subject, kind)
            return (
                {"no": None, "unknown": "?"}.get(base)
                if base != "yes"
                else one_of(self.holds(covered, subject, kind))
            )
        if measure == "tended":
            return one_of(self.says_checklist(subject, "", "", [], kind))
        if measure.startswith("fact:"):
            return one_of(self.said(subject, measure.split(":")[1]))
        if measure == "survey_buildings":
            return self._survey(subject, kind, [])
        if measure == "care":
            found = self.rating(subject)
            return (0, 0, 1) if found is None else (found[0], 1 - found[1], found[1] - found[0])
        if measure == "d_lit":
            whole, part = self.fact(subject.code, "lamps"), self.fact(subject.code, "lamps_lit")
            if whole is None:
                return None
            if part is None or int(part) > int(whole):
                return (0, 0, int(whole))
            return (int(part), int(whole) - int(part), 0)
        share = self.fact(subject.code, "kept")
        return (0, 0, 1) if share is None else (float(share), 1 - float(share), 0)

    # where

    def station_line(self, station):
        own, owner = self.whole(station), self.value(station, "compound")
        return own if own or owner is None else self.whole(self.by_code[owner])

    def stands_at(self, record):
        """The record through which another is placed: its compound, or itself."""
        owner = self.value(record, "compound")
        if owner is None or (record.kind == "stations" and self.whole(record)):
            return record
        return self.by_code[owner]

    def parts(self, code, by, count, kind):
        record = self.by_code[code]
        level = FIELDS.index(by)
        if record.kind in KINDS:
            unit = {**self.ancestors(record), KINDS.index(record.kind): code}.get(level)
            return ({}, 1) if unit is None else ({unit: 1}, 0)
        if record.kind in ("buildings", "stations", "cases", "entries"):
            record = self.stands_at(record)
            if record.kind in ("cases", "entries"):
                unit = self._chain(record, self.ancestors).get(level)
                return ({}, 1) if unit is None else ({unit: 1}, 0)
            if count == "split":
                shares, outside = self.raw_shares(record, level)
                return {unit: counted for unit, (_, counted) in shares.items()}, outside
            unit = self.whole(record).get(level)
            return ({}, 1) if unit is None else ({unit: 1}, 0)
        return super().parts(code, by, count, kind)
