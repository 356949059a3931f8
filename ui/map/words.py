"""What the map says in words: tips, and the description for who does not see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain import vocabulary
from app.domain.looks import wording
from app.domain.vocabulary import STATUS
from app.text import Text
from ui.map.scene import UNIT_LAYERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ui.map.style import MapStyle, UnitFill
    from ui.map.view import View

MAP: Final = Text("地图", "Map")
UNNAMED: Final = vocabulary.UNNAMED.heading()
_SELECTED: Final = Text("已选 {}", "Selected: {}")
_SELECTED_MANY: Final = Text("已选 {} 个，最后一个是 {}", "{} selected, the last is {}")
_NONE_SELECTED: Final = Text("没有选中", "Nothing selected")
_PLACE: Final = Text("当前范围 {}", "Current place: {}")
_COUNT: Final = Text("视野内 {} 个小区", "{: compound|compounds} in view")
_SCALE: Final = Text("比例 1:{}", "Scale 1:{}")


def name_of(style: MapStyle, code: str, lang: str) -> str:
    """Return a feature's name, the word for unnamed where it has none."""
    return style.scene.label(code) or UNNAMED.in_(lang)


def status_words(style: MapStyle, code: str, lang: str) -> str:
    """Return the word for a compound's status, "" where it has none."""
    words = STATUS.get(style.statuses.get(code, ""))
    return words.in_(lang) if words else ""


def rate_words(fill: UnitFill, lang: str) -> str:
    """Return the fraction, the rate, how many are known, and the range: a rate never comes alone."""
    if not fill.total:
        return wording.NOTHING.in_(lang)
    return wording.whole(fill).in_(lang)


def tip(style: MapStyle, code: str, lang: str) -> str:
    """Return the words of a tip: name, then what the colour says."""
    found = style.scene.find(code)
    if found is None:
        return ""
    lines = [name_of(style, code, lang)]
    fill = style.fills.get(code) if found[0] in UNIT_LAYERS else None
    if fill is not None:
        lines.append(rate_words(fill, lang))
    elif words := status_words(style, code, lang):
        lines.append(words)
    return "\n".join(lines)


def describe(style: MapStyle, view: View, selected: Sequence[str], lang: str) -> str:
    """Return what the map shows, for a screen reader."""
    parts = []
    if not selected:
        parts.append(_NONE_SELECTED.in_(lang))
    else:
        name = name_of(style, selected[-1], lang)
        if status := status_words(style, selected[-1], lang):
            name += "，" + status if lang == "zh" else ", " + status
        words = _SELECTED if len(selected) == 1 else _SELECTED_MANY
        parts.append(words.in_(lang).format(*([name] if len(selected) == 1 else [len(selected), name])))
    if style.place:
        parts.append(_PLACE.in_(lang).format(name_of(style, style.place, lang)))
    parts.append(_COUNT.format(len(style.scene.layer("compounds").within(view.bounds))).in_(lang))
    parts.append(_SCALE.in_(lang).format(f"{view.denominator:,}"))
    return ("；" if lang == "zh" else "; ").join(parts)
