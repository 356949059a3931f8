"""Lists that a figure leads to, as tables for people and as CSV: who is behind it, and who changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.coverage.change.said import sentence
from app.coverage.measures import parse_measure
from app.domain.vocabulary import (
    CHANGE_PARTS,
    PARTLY,
    REASONS,
    STATUS,
    UNNAMED,
    word_of,
)
from app.exchange.formats.csv_table import write_table
from app.exchange.formats.safe_file import written_aside
from app.services.registry.people_words import PeopleWords
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from app.coverage.results import Explanation, Query
    from app.services.registry.registry import Registry

_EXPLAINED: Final = (
    Text("算作", "counts as"),
    Text("代码", "code"),
    Text("名称", "name"),
    Text("数量", "amount"),
    Text("理由", "reason"),
    Text("依据", "because of"),
)
_CHANGED: Final = (
    Text("变化", "change"),
    Text("代码", "code"),
    Text("名称", "name"),
    *(STATUS[column] for column in ("covered", "uncovered", "unknown")),
    Text("此前", "before"),
    Text("现在", "now"),
)

Cell = str | float | None


def explanation_table(
    found: Explanation, people: PeopleWords, lang: str
) -> tuple[list[str], list[tuple[str, str, str, float, str, str]]]:
    """Return headers and rows: status, code, name, amount, reason, and the records that it rests on by name."""
    rows = [
        (
            STATUS[status].in_(lang),
            entry.code,
            entry.name or UNNAMED.in_(lang),
            entry.amount,
            word_of(REASONS, entry.reason).in_(lang),
            "；".join(people.named(code) for code in entry.because),
        )
        for status, entries in (
            ("covered", found.covered),
            ("uncovered", found.uncovered),
            ("unknown", found.unknown),
            ("left_out", found.left_out),
        )
        for entry in entries
    ]
    return [words.in_(lang) for words in _EXPLAINED], rows


def changed_table(found: Explanation, lang: str) -> tuple[list[str], list[tuple[Cell, ...]]]:
    """Return headers and rows of who changed between two days: part, code, name, amounts, what it was and is."""
    rows: list[tuple[Cell, ...]] = [
        (
            CHANGE_PARTS[entry.part].in_(lang),
            entry.code,
            entry.name or UNNAMED.in_(lang),
            *entry.amounts,
            _state(entry.was, lang),
            _state(entry.now, lang),
        )
        for entry in found.changed or ()
    ]
    return [words.in_(lang) for words in _CHANGED], rows


def _state(state: Mapping[str, Any], lang: str) -> str:
    answer = "left_out" if state["answer"] is None else state["answer"]
    words = PARTLY if answer == "partly" else word_of(STATUS, answer)
    said = f"{words.in_(lang)} · {word_of(REASONS, state['reason']).in_(lang)}"
    return f"{said} · {'、'.join(state['units'])}" if state["units"] else said


def write_explanation_csv(registry: Registry, path: Path, found: Explanation, lang: str = "zh") -> None:
    """Write who is behind a figure; raises StorageFault where it can't."""
    people = PeopleWords(registry.dataset, registry.profile, lang)
    headers: list[str]
    rows: Sequence[Sequence[Cell]]
    headers, rows = (
        explanation_table(found, people, lang) if found.changed is None else changed_table(found, lang)
    )
    notes = [
        *notes_of(registry, found.query, lang),
        (Text("统计单元", "Unit").in_(lang), f"{found.name} {found.unit}".strip()),
    ]
    if found.query.against is not None:
        notes.append((Text("对比", "Against").in_(lang), found.query.against.isoformat()))
        notes.append((Text("变化", "Change").in_(lang), sentence(found.row, found.row.parts or ()).in_(lang)))
    with written_aside(path) as draft:
        write_table(draft, headers, rows, notes)


def notes_of(registry: Registry, query: Query, lang: str) -> list[tuple[str, str]]:
    """Return what a list of figures says of itself: measure, day, profile and source."""
    measure = parse_measure(registry.profile, query.measure)
    info = registry.info
    notes = [
        (Text("指标", "Measure"), measure.words.in_(lang)),
        (Text("定义", "Definition"), measure.definition.in_(lang)),
        (Text("截至", "As of"), query.as_of.isoformat()),
        (Text("口径", "Profile"), registry.profile.label),
        (Text("来源", "Source"), info.name),
        (Text("合成数据", "Synthetic data"), info.note.in_(lang) if info.is_synthetic else ""),
    ]
    return [(label.in_(lang), text) for label, text in notes if text]
