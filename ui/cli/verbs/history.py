"""The verb about the journal: history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from app.domain import vocabulary
from app.domain.vocabulary import VERBS, word_of
from app.errors import InvalidInput
from app.text import Text, counted
from ui.cli.frame import opened, verb
from ui.cli.options import REGISTRY

if TYPE_CHECKING:
    from app.services.keeping.since import News
    from ui.cli.output import Output

_MOST_TOUCHED: Final = 24
_NO_STREET: Final = Text("不在一个街道里", "in no single street")
_HEADERS: Final = tuple(
    Text(zh, en)
    for zh, en in (
        ("步", "step"),
        ("时间", "at"),
        ("谁", "by"),
        ("动作", "verb"),
        ("为什么", "why"),
        ("记录", "records"),
    )
)
_UNDONE: Final = Text("（已撤销）", " (undone)")
_PURGED: Final = Text("（有内容已清除）", " (part removed for good)")
_STREET: Final = vocabulary.LEVELS["street"]
_PERSON: Final = Text("谁", "who")
_STEPS: Final = Text("步数", "steps")
_RECORDS: Final = Text("记录", "records")


@verb()
@REGISTRY
@click.argument("code", required=False)
@click.option(
    "--since",
    metavar="DAY|STEP|last",
    help="某天起、某步以后、或上次看过以后 · since a day, after a step, or since you last looked",
)
def history(output: Output, registry: Path, code: str | None, since: str | None) -> None:
    """Show the journal, what touched one record, or what changed since you last looked."""
    from app.services.check.describe import history_of

    if since is not None:
        _since(output, registry, code, since)
        return
    with opened(output, registry) as r:
        found = history_of(r, r.history(code)).as_json(output.lang)
    if output.as_json:
        output.document(found)
    else:
        _steps(output, found)


def _since(output: Output, path: Path, code: str | None, written: str) -> None:
    from app.services.keeping.looked import keep_looked, key_of, looked_at
    from app.services.keeping.since import LAST, news_after, step_of

    if code is not None:
        raise InvalidInput(
            Text(
                "--since 看整本台账，不和代码一起写。",
                "--since looks at the whole registry; leave out the code.",
            )
        )
    with opened(output, path) as r:
        news = news_after(r, step_of(r, written, looked_at(key_of(r))))
        found = news.as_json(output.lang)
        if output.as_json:
            output.document(found)
        else:
            _groups(output, news)
            _steps(output, found)
        if written.strip().lower() == LAST:
            keep_looked(key_of(r), r.last_step)


def _groups(output: Output, news: News) -> None:
    output.say(
        Text(
            f"第 {news.seq} 步以后：{len(news.changes)} 步，{len(news.by_person)} 人",
            f"After step {news.seq}: {counted(len(news.changes), 'step', 'steps')} by {counted(len(news.by_person), 'person', 'people')}",
        )
    )
    if not news.changes:
        return
    streets = [
        [
            f"{g.name} {g.key}".strip() or output.words(_NO_STREET),
            len(g.steps),
            len(g.codes),
            ", ".join(g.others),
        ]
        for g in news.by_street
    ]
    people = [[g.name, len(g.steps), len(g.codes), "、".join(g.others)] for g in news.by_person]
    for first, last, rows in ((_STREET, _PERSON, streets), (_PERSON, _STREET, people)):
        output.table((first, _STEPS, _RECORDS, last), rows, right=(1, 2))


def _steps(output: Output, found: dict[str, Any]) -> None:
    rows = [
        [
            change["seq"],
            change["at"][:19].replace("T", " "),
            change["by"],
            output.words(word_of(VERBS, change["verb"]))
            + (output.words(_UNDONE) if change["undone_by"] else "")
            + (output.words(_PURGED) if any(d.get("purged") for d in change["details"]) else ""),
            word_of(VERBS, change["why"] or "") if change["verb"] in ("undo", "redo") else change["why"],
            _touched(change["codes"]),
        ]
        for change in found["changes"]
    ]
    output.table(_HEADERS, rows, right=[0])


def _touched(codes: list[str]) -> str:
    """Return the records a change touched: all by their codes; of a bulk change the first few and how many."""
    return " ".join(codes) if len(codes) <= _MOST_TOUCHED else f"{' '.join(codes[:6])} …（{len(codes)}）"
