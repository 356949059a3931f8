"""The verb snapshot: a table kept as it is published; those that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain.period import today
from app.domain.vocabulary import LEVELS, STATUS, TOTAL
from app.errors import InvalidInput, Problem
from app.services.bring_out.level_figures import TOTAL_WORDS, UNPLACED_WORDS
from app.text import Text
from ui.cli.frame import opened, verb
from ui.cli.options import DAY, REGISTRY
from ui.cli.told import tell_changes

if TYPE_CHECKING:
    from app.domain.profile.profile import Profile
    from app.services.registry.registry import Registry
    from app.services.snapshots.snapshots import Snapshot
    from ui.cli.output import Output

_HEADS: Final = (
    Text("编号", "id"),
    Text("名称", "name"),
    Text("指标", "measure"),
    Text("统计单元", "unit"),
    Text("截至", "as of"),
    Text("存于", "kept on"),
    Text("谁", "by"),
    Text("口径", "profile"),
)
_FIGURES: Final = (
    Text("代码", "code"),
    Text("名称", "name"),
    STATUS["covered"],
    STATUS["uncovered"],
    STATUS["unknown"],
    TOTAL,
)
_ASKED: Final = ("measure", "by", "weight", "count", "kind", "as_of")
_SAME: Final = Text("现在算还是这样。", "It is counted the same today.")
_OTHER: Final = Text(
    "现在算已不同，不同在：{0}。coverage --against-snapshot {1} 逐行说。",
    "It is counted otherwise today; what differs: {0}. `coverage --against-snapshot {1}` says so row by row.",
)
_DIFFERENT: Final = {
    "records": Text("记录", "records"),
    "profile": Text("口径", "profile"),
    "zone": Text("坐标带", "working zone"),
}


@verb()
@REGISTRY
@click.argument("snapshot_id", required=False)
@click.option("--measure")
@click.option("--by")
@click.option("--weight")
@click.option("--count")
@click.option("--kind")
@click.option("--as-of", type=DAY)
@click.option("--name", help="这张表叫什么 · what the table is called")
@click.option("--remove", "is_removed", is_flag=True, help="不再存它 · take it away")
@click.option("--why")
def snapshot(
    output: Output,
    registry: Path,
    snapshot_id: str | None,
    *,
    name: str | None,
    is_removed: bool,
    why: str | None,
    **asked: Any,
) -> None:
    """Keep a table as it is published; without a measure list those kept, show, name or take away one of them."""
    with opened(output, registry) as r:
        if snapshot_id is None and any(asked[option] is not None for option in _ASKED):
            _keep(output, r, name, why, asked)
        elif snapshot_id is None:
            if name is not None or is_removed:
                raise _refused("id", Text("写上哪一张（编号）。", "Say which one, by its id."))
            _list(output, r)
        else:
            given = next((option for option in _ASKED if asked[option] is not None), None)
            if given is not None:
                message = Text(
                    f"存下的表不再改问法：去掉 --{given.replace('_', '-')}。",
                    f"A kept table asks what it asked: leave out --{given.replace('_', '-')}.",
                )
                raise _refused(given, message)
            _one(output, r, snapshot_id, name, why, is_removed=is_removed)


def _keep(output: Output, r: Registry, name: str | None, why: str | None, asked: dict[str, Any]) -> None:
    from app.coverage.results import Query
    from app.services.snapshots.snapshots import keep

    for option in ("measure", "by"):
        if asked[option] is None:
            raise _refused(option, Text(f"缺 --{option}。", f"--{option} is missing."))
    query = Query(**{**asked, "count": asked["count"] or "whole", "as_of": asked["as_of"] or today()})
    with output.ticket() as ticket:
        changes, kept = keep(r, query, name=name, why=why, lang=output.lang, ticket=ticket)
    if output.as_json:
        output.document({**changes.as_json(output.lang), "snapshot": kept.as_json(output.lang)})
        return
    tell_changes(output, changes)
    output.say(Text(f"{kept.code} {kept.name}", f"{kept.code} {kept.name}"))


def _list(output: Output, r: Registry) -> None:
    from app.services.snapshots.snapshots import snapshots

    found = snapshots(r)
    if output.as_json:
        output.document({"count": len(found), "snapshots": [one.as_json(output.lang) for one in found]})
        return
    output.table(_HEADS, [_line(r.profile, one) for one in found])


def _line(profile: Profile, kept: Snapshot) -> list[Text | str]:
    from app.coverage.measures import measure_words

    query = kept.query
    return [
        kept.code,
        kept.name,
        measure_words(profile, query.measure),
        LEVELS.get(query.by, Text(query.by, query.by)),
        query.as_of.isoformat(),
        str(kept.kept_on or ""),
        kept.record.text("by_whom"),
        kept.stamp.profile,
    ]


def _one(
    output: Output, r: Registry, code: str, name: str | None, why: str | None, *, is_removed: bool
) -> None:
    from app.services.snapshots.snapshots import rename, snapshot_called, take_away

    if name is not None and is_removed:
        raise _refused("name", Text("--name 和 --remove 只写一个。", "Give --name or --remove, not both."))
    if is_removed:
        tell_changes(output, take_away(r, code, why=why or ""))
    elif name is not None:
        tell_changes(output, rename(r, code, name, why=why))
    else:
        _show(output, r, snapshot_called(r, code))


def _show(output: Output, r: Registry, kept: Snapshot) -> None:
    from app.services.snapshots.comparing import differs, is_still_so

    found, is_same, other = kept.published.coverage, is_still_so(r, kept), differs(r, kept)
    if output.as_json:
        more = {"snapshot": kept.as_json(output.lang), "same": is_same, "differs": other}
        output.document({**found.as_json(output.lang), **more})
        return
    rows = (*found.rows, found.unplaced, found.total)
    names = [row.name for row in found.rows] + [UNPLACED_WORDS, TOTAL_WORDS]
    output.table(
        _FIGURES,
        [
            [row.unit, called, f.covered, f.uncovered, f.unknown, f.total]
            for row, called in zip(rows, names, strict=True)
            for f in (row.figures,)
        ],
        right=range(2, 6),
    )
    words = [_DIFFERENT[one] for one in other]
    told = Text("、".join(w.zh for w in words), ", ".join(w.en for w in words))
    output.say(
        _SAME if is_same else Text(_OTHER.zh.format(told.zh, kept.code), _OTHER.en.format(told.en, kept.code))
    )


def _refused(column: str, message: Text) -> InvalidInput:
    return InvalidInput(message, (Problem(message=message, column=column),))
