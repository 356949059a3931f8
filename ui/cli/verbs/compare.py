"""Verbs that lay things side by side: tree (party organisations over places), compare-rules (two three-no rules)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.domain import vocabulary
from app.domain.period import today
from app.text import Text
from ui import words
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.domain.profile.declared import FactSpec
    from app.domain.profile.profile import Profile
    from app.services.count.org_tree import OrganisationTree
    from app.services.count.rule_diff import RuleDiff
    from ui.cli.output import Output


_FLIPS: Final = (
    Text("code", "code"),
    Text("名称", "name"),
    Text("单位", "unit"),
    Text("甲", "before"),
    Text("乙", "after"),
    Text("因为", "because"),
)
_COUNTS: Final = (
    Text("单位", "unit"),
    Text("名称", "name"),
    Text("小区", "compounds"),
    Text("变了", "flipped"),
)


@verb()
@REGISTRY
@click.option("--unit", help="从哪里看起 · a unit, compound or firm to begin at")
@click.option("--levels", type=click.IntRange(min=0), help="往下几级 · how many levels below")
@click.option("--as-of", type=DAY)
def tree(output: Output, registry: Path, unit: str | None, levels: int | None, as_of: date | None) -> None:
    """Show party organisations as a tree over the places, and where its chain is broken."""
    from app.services.count.org_tree import Branches, OrganisationTree, root_asked

    with opened(output, registry) as r, output.ticket() as ticket:
        found = OrganisationTree(r.engine, as_of or today(), ticket)
        roots = root_asked(r.engine, found, unit)
        if output.as_json:
            output.document(Branches(found, roots, levels).as_json(output.lang))
            return
        lines: list[str] = []
        for root in roots:
            _tree_lines(output, r.profile, found, root, levels, 0, lines)
    output.lines(lines)


@verb("compare-rules")
@REGISTRY
@click.option("--with", "other", metavar="PROFILE|FILE.toml", help="另一口径 · the other rule's profile")
@click.option("--parts", help="另一口径问哪几项，逗号分开 · parts of the other rule, by commas")
@click.option("--defence", type=click.Choice(["any", "all"]), help="人防物防都无才算 · 缺一就算")
@click.option("--by", default="street", show_default=True)
@click.option("--kind")
@click.option("--as-of", type=DAY)
def compare_rules(
    output: Output,
    registry: Path,
    other: str | None,
    parts: str | None,
    defence: str | None,
    by: str,
    kind: str | None,
    as_of: date | None,
) -> None:
    """Say which compounds flip under another three-no rule, and because of which fact."""
    from app.services.count.rule_diff import compare_rules as compare
    from app.services.count.rule_diff import side_of, side_with
    from app.services.profile.profiles import load_profile

    with opened(output, registry) as r, output.ticket() as ticket:
        before = side_of(r.profile)
        after = before if other is None else side_of(load_profile(other))
        asked = None if parts is None else [part.strip() for part in parts.split(",") if part.strip()]
        after = side_with(after, parts=asked, defence=defence)
        day = as_of or today()
        found = compare(r.engine, before, after, day, by=by, kind=kind, ticket=ticket)
        facts = r.profile.facts
    if output.as_json:
        output.document(found.as_json(output.lang))
        return
    _diff_text(output, found, facts)


def _tree_lines(
    output: Output,
    profile: Profile,
    tree: OrganisationTree,
    code: str,
    levels: int | None,
    depth: int,
    lines: list[str],
) -> None:
    from app.services.count.org_tree import BROKEN, UNATTACHED, UNPLACED

    place, indent = tree.place(code), "  " * depth
    name = {
        UNPLACED: output.words(vocabulary.UNPLACED),
        UNATTACHED: output.words(Text("没有挂接的党组织", "attached to nothing")),
    }.get(code, f"{code} {place.name}".strip())
    below = place.below
    said = Text(
        f"小区 {below.with_party}/{below.compounds} 有党组织",
        f"{below.with_party} of {below.compounds} compounds",
    )
    lines.append(f"{indent}{name}" + (f"  [{output.words(said)}]" if below.compounds else ""))
    for a in place.organisations:
        type_ = profile.choices["organisation_type"].get(a.type, Text(a.type, a.type))
        parent = output.words(Text(f"← {a.parent_name or a.parent}", f"← {a.parent_name or a.parent}"))
        marks = [output.words(type_), *([parent] if a.parent else [])]
        if a.secretary == "yes":
            marks.append(output.words(Text("书记已配", "secretary in post")))
        if a.broken:
            marks.append("× " + output.words(BROKEN[a.broken]))
        lines.append(f"{indent}  ★ {a.code} {a.name}（{'，'.join(marks)}）")
    if levels != 0:
        for child in tree.children(code):
            deeper = None if levels is None else levels - 1
            _tree_lines(output, profile, tree, child, deeper, depth + 1, lines)


def _diff_text(output: Output, found: RuleDiff, facts: Mapping[str, FactSpec]) -> None:
    for label, side in ((Text("甲", "before"), found.before), (Text("乙", "after"), found.after)):
        output.say(
            Text(
                f"{label.zh}：{side.words.zh}：{side.rule.definition.zh}",
                f"{label.en}: {side.words.en}: {side.rule.definition.en}",
            )
        )
    from app.services.count.rule_diff import because_words

    output.table(
        _FLIPS,
        [
            [
                flip.code,
                flip.name,
                flip.unit,
                words.THREE_NO[flip.before],
                words.THREE_NO[flip.after],
                because_words(flip, facts),
            ]
            for flip in found.flips
        ],
    )
    rows: list[list[object]] = [[row.unit, row.name, row.total, row.flipped] for row in found.rows]
    rows.append(["", vocabulary.UNPLACED, found.unplaced.total, found.unplaced.flipped])
    rows.append(["", vocabulary.TOTAL, found.total.total, found.total.flipped])
    output.table(_COUNTS, rows, right=[2, 3])
