"""Verbs about findings: check, fix, waive."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from app.domain.period import today
from app.domain.vocabulary import RULES, SEVERITIES, word_of
from app.text import Text, counted
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.services.check.check import Finding
    from ui.cli.output import Output

_HEADS: Final = (
    Text("", ""),
    Text("规则", "rule"),
    Text("说明", "message"),
    Text("处理", "settling"),
    Text("编号", "id"),
)
_FIXABLE: Final = Text("可修正", "can be fixed")
_WAIVED: Final = Text("免查至 {}", "waived until {}")


@verb()
@REGISTRY
@click.option("--rule", "rules", multiple=True)
@click.option("--as-of", type=DAY)
def check(output: Output, registry: Path, rules: tuple[str, ...], as_of: date | None) -> None:
    """Look for data-quality findings; status 0 whatever it finds."""
    from app.services.check.check import check as look

    with opened(output, registry) as r:
        findings = look(r.dataset, r.profile, r.engine, r.zone, as_of or today(), rules)
    waived = sum(finding.waived_until is not None for finding in findings)
    if output.as_json:
        output.document(
            {
                "count": len(findings),
                "waived": waived,
                "findings": [finding.as_json(output.lang) for finding in findings],
            }
        )
        return
    _table(output, findings)
    output.say(
        Text(
            f"共 {len(findings)} 项" + (f"，其中免查 {waived} 项" if waived else ""),
            counted(len(findings), "finding", "findings") + (f", {waived} of them waived" if waived else ""),
        )
    )


@verb()
@REGISTRY
@click.argument("findings", nargs=-1, required=True)
@click.option("--why")
@click.option("--dry-run", is_flag=True, help="只看会怎样改 · say what it would do")
def fix(output: Output, registry: Path, findings: tuple[str, ...], why: str | None, dry_run: bool) -> None:
    """Mend findings that have exactly one right mend, all of them as one change."""
    from app.services.check import mending
    from app.services.check.proof_words import proof_lines

    with opened(output, registry) as r:
        found = [mending.finding_called(r, finding) for finding in dict.fromkeys(findings)]
        steps = [step for one in found for step in mending.preview(r, one).steps]
        seen = mending.proof(r, found)
        changes = None if dry_run else mending.fix(r, *found, why=why)
    if output.as_json:
        codes = list(dict.fromkeys(mend.code for one in found for mend in one.mend))
        done = (
            {"change": None, "verb": "fix", "codes": codes, "warnings": []}
            if changes is None
            else changes.as_json(output.lang)
        )
        told = {"steps": [output.words(step) for step in steps], "proof": seen.as_json(output.lang)}
        output.document({**done, **told})
        return
    for step in steps:
        output.say(step)
    for line in proof_lines(seen):
        output.say(line)
    if changes is not None:
        tell_changes(output, changes)


@verb()
@REGISTRY
@click.argument("finding")
@click.option("--why", required=True)
@click.option("--until", type=DAY, required=True)
def waive(output: Output, registry: Path, finding: str, why: str, until: date) -> None:
    """Leave a finding alone up to and including a day, for a reason."""
    from app.services.check import mending

    with opened(output, registry) as r:
        changes = mending.waive(r, mending.finding_called(r, finding), why=why, until=until)
    tell_changes(output, changes)


def _table(output: Output, findings: Sequence[Finding]) -> None:
    rows = [
        [
            SEVERITIES[f.severity],
            word_of(RULES, f.rule),
            f.message,
            _settling(f),
            f.id,
        ]
        for f in findings
    ]
    output.table(_HEADS, rows)


def _settling(finding: Finding) -> Text | None:
    if finding.waived_until is not None:
        return _WAIVED.format(finding.waived_until)
    return _FIXABLE if finding.fixable else None
