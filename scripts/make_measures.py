"""Make ``docs/measures.md``: the formula of every measure of every shipped profile, from the declarations."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "measures.md"

if TYPE_CHECKING:
    from app.coverage.measures import Measure
    from app.domain.profile.condition import Condition, Term
    from app.domain.profile.profile import Profile

HEAD = """# Every measure and its formula

Made by `.venv/bin/python scripts/make_measures.py` from what the profiles declare; a test compares it, and another reads the two columns *base* and *formula* and computes each measure from them by brute force.
每个指标的公式，由各城市口径的声明生成；测试读“base”“formula”两列，逐个对象重算，与程序逐行相等。

## How to read it

```
formula   = condition | reach(KIND, METRES) | share(FACT) | score(SCHEME) | rows(PART of WHOLE) | facts(PART of WHOLE)
condition = word | NOT condition | ALL(condition, …) | ANY(condition, …)
word      = NAME | NAME:ARGUMENT, and then nothing, or = != >= < with values parted by /
```

A condition is yes, no or unknown of one subject on one day. ALL is no if any is no, else unknown if any is unknown, else yes; ANY is its mirror image; NOT turns yes and no round and leaves unknown.
A bare NAME that is none of these words is a *fact*: what the record in force says; no record is unknown, and so is a fact whose last day is past, until the next begins.

| word | yes | no |
| --- | --- | --- |
| `party` | an organisation in force is attached to the subject itself | fact `party_organisation` = no; or no such fact, and an attachment has ended, or a unit in which it lies has `party_complete` = yes |
| `organisation=T` `organisation!=T` | one of these types (of any other type) is | as `party`; another type in force leaves it unknown |
| `secretary` | an organisation in force has its secretary in post | every one in force has not; none in force: as `party` |
| `property` | an engagement in force, of a stage that the profile counts | fact `property_firm` = no; or no such fact, and an engagement has ended, or `property_complete` = yes |
| `has_firm` | `property`, or unknown and fact `property_firm` = yes | `property` is no |
| `engagement=S` | an engagement of one of these stages is in force | one of another stage is; none: as `property` |
| `firm_party` | a firm in force has `party` yes | `property` is no, or every firm in force has `party` no |
| `firm:F=V` | a firm in force has field F among V | `property` is no, or every firm in force has another |
| `ever_three_no` | three-no, or on the published list, on some day up to D | from the first day on which it was known, never |
| `link:R` | a relation R in force leads to the subject, or from it | one has ended, or the fact that says all are in is yes |
| `station` `station=K` | a station (of kind K) in force stands in it | else |
| `field:F=V` `field:F!=V` | the record's own field has one of the values (none of them) | else; an empty field is unknown |
| `scheme:S` `scheme:S>=N` `scheme:S<N` | assessed; the latest assessment up to D has N stars or more (fewer) whatever the missing items bring | it has fewer (more) whatever they bring; nobody assessed, or they could still change it, is unknown |
| `FACT=V` | a fact of choices has one of the values | it has another; `unknown` is unknown |

An attachment, engagement or relation runs only while both its ends are in force; it has ended when the earlier of the two last days is past.

## What all have in common

| | subjects that are whole (a condition) | fractions (`reach` `share` `score`) | amounts (`rows` `facts`) |
| --- | --- | --- | --- |
| numerator, *covered* | Σ w where the formula is yes | Σ w · s | Σ part |
| *uncovered* | Σ w where it is no | Σ w · (1 − s); of a score with items missing only what they can't change | Σ (whole − part) |
| *unknown* | Σ w where it is unknown | Σ w where s is unknown; of a score w · what the missing items could bring | Σ whole where the part is not known |
| denominator of *rate* | covered + uncovered | the same | the same |
| of *low* and *high* | covered + uncovered + unknown | the same | the same |
| zero rule | a divisor of 0 has no rate, never 0 %; a subject without weight adds 0 and is named in `without_weight`; 0 households are a number | the same | the same; a whole of 0 is in the base and adds 0 |
| day D | everything as of D, with today's knowledge: the record in force, the fact in force, the latest value of a field up to D | outlines and stations of D; the latest assessment up to D | the latest row up to D that has the whole; facts in force on D |

- w is 1 (`compounds`), or the subject's `households`, `residents` or `area` by `--weight`. Of a grid, households and residents are those of the counted compounds that lie in it.
- **Left out** of every measure of compounds: records not in force on D; kinds other than commercial, old, resettlement and unknown, unless `--kind` asks for them; scattered buildings, unless `--kind scattered` or `all` does. Of other subjects: records not in force; firms without an engagement in force with a counted compound;
  cases and entries opened after D. Where *base* is not `all`, whoever is *no* there is left out, and whoever is unknown is counted in `base_unknown`.
- Where a subject counts: [reference 4](reference/4-placing.md). Why an answer is what it is: [reference 3](reference/3-facts.md).

## The measures

`station:KIND:METRES` stands once for each kind, with 500 m; the measure of a surveyed fact is `fact:KEY` for its first subject and `fact:KEY:SUBJECT` for others.

| measure | profiles | | subject | base | formula | class | weights | left out besides | source |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
"""


class Line(NamedTuple):
    """One measure as one or several profiles have it."""

    name: str
    words: str
    subject: str
    base: str
    formula: str
    sort: str
    weights: str
    left_out: str
    source: str


def main() -> int:
    sys.path.insert(0, str(ROOT))
    OUT.write_text(document(), "utf-8")
    print(OUT.relative_to(ROOT))
    return 0


def document() -> str:
    """Return the whole page."""
    from app.coverage.measures import measure_names, parse_measure
    from app.services.profile.profiles import city_profiles, load_profile

    held: dict[Line, list[str]] = defaultdict(list)
    order: dict[str, int] = {}
    for city in city_profiles():
        profile = load_profile(city)
        for name in measure_names(profile):
            order.setdefault(name, len(order))
            held[line_of(profile, parse_measure(profile, name))].append(city)
    lines = sorted(held, key=lambda line: (order[line.name], held[line]))
    everywhere = len(city_profiles())
    return HEAD + "".join(_row(line, held[line], everywhere) for line in lines)


def line_of(profile: Profile, measure: Measure) -> Line:
    """Return what a profile says of a measure."""
    spec = measure.spec
    sort = "amount" if measure.is_amount else "fraction" if measure.is_fractional else "whole"
    return Line(
        name=measure.id,
        words=f"{measure.words.zh} {measure.words.en}",
        subject=spec.subject,
        base="all" if spec.within is None else condition_text(profile, spec.within),
        formula=formula_text(profile, measure),
        sort=sort,
        weights=" ".join(spec.weights),
        left_out=_left_out(profile, measure),
        source=spec.source,
    )


def formula_text(profile: Profile, measure: Measure) -> str:
    """Return a measure's formula, as the page's grammar has it."""
    spec = measure.spec
    if measure.station_kind:
        return f"reach({measure.station_kind}, {measure.metres:g})"
    if measure.scheme:
        return f"score({measure.scheme})"
    if spec.fraction:
        return f"share({spec.fraction})"
    if spec.ratio is not None:
        return "facts({} of {})".format(*spec.ratio)
    if spec.covered is not None:
        return condition_text(profile, spec.covered)
    return "rows(matched of imported)" if spec.id == "platform" else "rows(surveyed of households)"


def condition_text(profile: Profile, condition: Condition) -> str:
    """Return a condition, checklists and three-no spelled out by their parts."""
    from app.domain.profile.condition import Term

    if not isinstance(condition, Term):
        parts = ", ".join(condition_text(profile, part) for part in condition.parts)
        said = f"{'ALL' if condition.how == 'all' else 'ANY'}({parts})"
    else:
        said = _term_text(profile, condition)
    return f"NOT {said}" if condition.negated else said


def _term_text(profile: Profile, term: Term) -> str:
    if term.name == "three_no":
        return f"ALL({', '.join(f'NOT {_part(profile, part)}' for part in profile.three_no.parts)})"
    if term.name == "checklist":
        items = profile.checklists[term.argument].items
        return f"ALL({', '.join(condition_text(profile, item.when) for item in items)})"
    head = term.argument if term.name == "fact" else term.name
    if term.name != "fact" and term.argument:
        head = f"{term.name}:{term.argument}"
    return f"{head}{term.operator}{'/'.join(term.values)}"


def _part(profile: Profile, part: str) -> str:
    if part != "defence":
        return part
    how = "ANY" if profile.three_no.defence == "any" else "ALL"
    return f"{how}(defence_people, defence_hardware)"


def _left_out(profile: Profile, measure: Measure) -> str:
    if measure.is_bound:
        kinds = profile.choices["compound_kind"]
        return f"kinds other than {', '.join(kinds[kind].en for kind in measure.kinds)}"
    if measure.spec.ratio is not None:
        return f"without {measure.spec.ratio[1]}; a part above its whole is unknown"
    whole = {"platform": "imported", "survey": "households", "survey_buildings": "households"}
    return f"without {whole[measure.spec.id]}" if measure.spec.id in whole else ""


def _row(line: Line, cities: list[str], everywhere: int) -> str:
    profiles = "all" if len(cities) == everywhere else " ".join(cities)
    cells = (
        f"`{line.name}`",
        profiles,
        line.words,
        line.subject,
        f"`{line.base}`",
        f"`{line.formula}`",
        line.sort,
        line.weights,
        line.left_out,
        line.source,
    )
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    sys.exit(main())
