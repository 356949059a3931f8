"""The verb about what other programs did to the file: foreign."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.text import Text
from ui.cli.frame import verb
from ui.cli.options import REGISTRY, Several

if TYPE_CHECKING:
    from app.services.keeping.foreign import FoundEdit
    from app.services.registry.registry import Registry
    from ui.cli.output import Output

_WHAT: Final = {
    "changed": Text("改", "changed"),
    "added": Text("加", "added"),
    "deleted": Text("删", "deleted"),
}
_HEADERS: Final = tuple(
    Text(zh, en)
    for zh, en in (
        ("动", "what"),
        ("类", "kind"),
        ("代码", "code"),
        ("名称", "name"),
        ("项", "field"),
        ("原来", "before"),
        ("现在文件里", "in the file"),
        ("合规吗", "does it hold"),
    )
)
_HOLDS: Final = Text("合规", "yes")
_LONGEST: Final = 60  # characters of an outline in a table; JSON has it whole


@verb()
@REGISTRY
@click.option("--take", cls=Several, metavar="CODE…|all", help="收下 · take these")
@click.option("--turn-back", cls=Several, metavar="CODE…|all", help="退回 · turn these back")
@click.option("--why")
def foreign(
    output: Output, registry: Path, take: tuple[str, ...], turn_back: tuple[str, ...], why: str | None
) -> None:
    """List what another program edited in the file; take it, or turn it back, as one change."""
    _foreign(output, registry, take, turn_back, why)


def _foreign(
    output: Output, path: Path, take: tuple[str, ...], turn_back: tuple[str, ...], why: str | None
) -> None:
    from app.services.keeping.foreign import found_edits, settle
    from app.services.registry.registry import Registry

    registry = Registry.open(path, is_settling=True)
    try:
        found = found_edits(registry)
        document: dict[str, Any] = {
            "found": [edit.as_json(output.lang) for edit in found],
            "taken": 0,
            "turned_back": 0,
            "change": None,
        }
        if take or turn_back:
            changes, taken, back = settle(registry, take, turn_back, why=why)
            document |= {"taken": len(taken), "turned_back": len(back), "change": changes.change}
        if output.as_json:
            output.document(document)
        elif take or turn_back:
            output.say(
                Text(
                    f"收下 {document['taken']} 处，退回 {document['turned_back']} 处，"
                    f"还剩 {len(registry.foreign)} 处没定（{document['change']}）",
                    f"Taken {document['taken']}, turned back {document['turned_back']}, "
                    f"{len(registry.foreign)} undecided ({document['change']})",
                )
            )
        else:
            _table(output, registry, found)
    finally:
        registry.close()


def _table(output: Output, registry: Registry, found: list[FoundEdit]) -> None:
    if not found:
        output.say(Text("没有别处的改动。", "No other program edited it."))
        return
    from app.domain.field_words import field_words
    from app.domain.kinds import KINDS

    rows: list[list[object]] = []
    for edit in found:
        words = _HOLDS if edit.problem is None else edit.problem
        first: list[object] = [
            _WHAT[edit.what],
            KINDS[edit.kind].words,
            edit.code,
            edit.name,
        ]
        cells: list[list[object]] = [
            [
                field_words(edit.kind, c.field, registry.profile),
                _short(c.before),
                _short(c.after),
            ]
            for c in edit.cells
        ] or [["", "", ""]]
        rows.append([*first, *cells[0], words])
        rows += [["", "", "", "", *cell, ""] for cell in cells[1:]]
    output.table(_HEADERS, rows)
    output.note(
        Text(
            f"共 {len(found)} 处。--take 代码 收下，--turn-back 代码 退回，all 是全部。",
            f"{len(found)} in all. --take CODE takes one, --turn-back CODE turns it back; all stands for all.",
        )
    )


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
