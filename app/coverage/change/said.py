"""A change in one sentence: what is better known apart from what really changed (spec of change, 8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.vocabulary import CHANGE_PARTS, STATUS
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.results import ChangePart, Row

_TINY: Final = 1e-9
_COLUMNS: Final = ("covered", "uncovered", "unknown")
_NOTHING: Final = Text("没有变化。", "Nothing changed.")
_PUT_RIGHT: Final = ("corrected", "definition")  # between a kept table and its own day: no change in the city
_REAL: Final = ("new", "removed", "moved", "redrawn", "weight", "attached", "ended")


def better_known(parts: Sequence[ChangePart]) -> tuple[float, float]:
    """Return what left ``unknown`` because a survey found yes, and because it found no."""
    found = {part.part: part for part in parts}
    yes, no = (-found[name].unknown if name in found else 0.0 for name in ("settled_yes", "settled_no"))
    return yes, no


def known_no_more(parts: Sequence[ChangePart]) -> float:
    """Return what came into ``unknown`` because nobody says it any more."""
    return sum(part.unknown for part in parts if part.part == "unsettled")


def covered_lost(parts: Sequence[ChangePart]) -> float:
    """Return how much covered was lost: ended, found to be no, known no more, or out of the base."""
    losing = ("ended", "settled_no", "unsettled", "removed")
    return sum(-part.covered for part in parts if part.part in losing and part.covered < 0)


def really_changed(parts: Sequence[ChangePart]) -> list[tuple[Text, float]]:
    """Return what else changed, by part: its words, and how much of it there is in all columns together."""
    found: list[tuple[Text, float]] = []
    for part in parts:
        if part.part in _PUT_RIGHT:
            continue
        known = -part.unknown if part.part in ("settled_yes", "settled_no") else 0.0
        if part.part == "settled_yes":
            amount = part.covered - known
        elif part.part in ("settled_no", "unsettled"):
            amount = -part.covered
        elif part.part in ("attached", "ended"):
            amount = abs(part.covered)
        else:
            amount = part.total
        if abs(amount) > _TINY or part.part in _REAL:
            found.append((CHANGE_PARTS[part.part], amount))
    return found


def sentence(row: Row, parts: Sequence[ChangePart]) -> Text:
    """Return in a sentence how a row came from its figures before to those now."""
    before = row.before
    if before is None or not parts:
        return _NOTHING
    moved = [
        _from_to(STATUS[column], getattr(before, column), getattr(row.figures, column))
        for column in _COLUMNS
        if abs(getattr(before, column) - getattr(row.figures, column)) > _TINY
    ]
    yes, no = better_known(parts)
    real = really_changed(parts)
    told = Text(
        "、".join(f"{w.zh} {_number(a)}" for w, a in real), ", ".join(f"{w.en} {_number(a)}" for w, a in real)
    )
    zh = [
        f"查清为有 {_number(yes)}，查清为无 {_number(no)}",
        f"实际变化：{told.zh}" if real else "实际变化 0",
    ]
    en = [
        f"found yes {_number(yes)}, found no {_number(no)}",
        f"really changed: {told.en}" if real else "really changed 0",
    ]
    if (gone := known_no_more(parts)) > _TINY:
        zh.append(f"变为未知 {_number(gone)}")
        en.append(f"known no more {_number(gone)}")
    for part in parts:
        if part.part in _PUT_RIGHT:
            words = CHANGE_PARTS[part.part]
            zh.insert(0, f"{words.zh}：{_columns(part, 'zh')}")
            en.insert(0, f"{words.en}: {_columns(part, 'en')}")
    zh.append(f"失去覆盖 {_number(covered_lost(parts))}")
    en.append(f"covered lost {_number(covered_lost(parts))}")
    heads = Text("，".join(m.zh for m in moved), ", ".join(m.en for m in moved))
    return Text(
        f"{heads.zh}：{'；'.join(zh)}。" if moved else f"{'；'.join(zh)}。",
        f"{heads.en}: {'; '.join(en)}." if moved else f"{'; '.join(en)}.",
    )


def _columns(part: ChangePart, lang: str) -> str:
    amounts = [(STATUS[column].in_(lang), getattr(part, column)) for column in _COLUMNS]
    moved = [f"{words} {'+' if a > 0 else ''}{_number(a)}" for words, a in amounts if abs(a) > _TINY]
    none = {"zh": "合计不变", "en": "no total moved"}[lang]
    return ("、" if lang == "zh" else ", ").join(moved) or none


def _from_to(words: Text, before: float, now: float) -> Text:
    return Text(
        f"{words.zh} {_number(before)} → {_number(now)}", f"{words.en} {_number(before)} → {_number(now)}"
    )


def _number(amount: float) -> str:
    return f"{round(amount, 2):,g}"
