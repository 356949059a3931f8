"""A city's own list brought into the profile: the verbs `scheme` and `import --as schemes|words` alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.text import Text
from ui.cli.frame import opened

if TYPE_CHECKING:
    from pathlib import Path

    from ui.cli.output import Output


def import_list(
    output: Output,
    path: Path,
    source: Path,
    kind: str,
    *,
    scheme: str | None = None,
    dry_run: bool = False,
    why: str | None = None,
) -> None:
    """Bring a city's own list into the profile of a registry, or say what that would do."""
    from app.services.bring_in.city_lists import commit_list, plan_list

    with opened(output, path) as registry, output.ticket() as ticket:
        plan = plan_list(registry, source, kind, scheme=scheme, ticket=ticket)
        changes = None if dry_run else commit_list(registry, plan, why=why)
    if output.as_json:
        done = {} if changes is None else {"committed": changes.change is not None, "change": changes.change}
        output.document({**plan.as_json(output.lang), **done})
        return
    for change in plan.changes:
        if change.action != "same":
            label = change.name if change.version is None else f"{change.name}@{change.version}"
            counted = Text("", "")
            if change.items:
                counted = Text(
                    f"：{change.items} 项，待填 {change.open_items}",
                    f": {change.items} items, {change.open_items} open",
                )
            output.say(
                Text(f"{change.words.zh}（{label}）{counted.zh}", f"{change.words.en} ({label}){counted.en}")
            )
    counts = plan.counts
    output.say(
        Text(
            f"{source.name}：新增 {counts['create']}，改 {counts['change']}，相同 {counts['same']}"
            + ("（预览，没有写入）" if dry_run else ""),
            f"{source.name}: create {counts['create']}, change {counts['change']}, same {counts['same']}"
            + (" (preview, nothing written)" if dry_run else ""),
        )
    )
    if plan.left_columns:
        left = "、".join(plan.left_columns)
        output.note(Text(f"没有用到的列：{left}", f"Columns not used: {', '.join(plan.left_columns)}"))
