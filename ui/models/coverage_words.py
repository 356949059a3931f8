"""Words of the coverage, explain and gaps panels: choices, columns, reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain import vocabulary
from app.domain.looks.wording import SETTLED, amount, percent
from app.domain.vocabulary import HEADINGS, KINDS_ASKED, word_of
from app.text import Text
from ui import words
from ui.models.measures import unit_of
from ui.models.named import unit_words
from ui.widgets.coverage_cell import Bar

if TYPE_CHECKING:
    from app.coverage.results import Figures
    from app.domain.profile.profile import Profile
    from ui.bridge.context import WindowContext

__all__ = ("amount", "percent")  # said in one place for every output: app.domain.looks.wording

NO_COMPARISON: Final = Text("不对比", "none")

COVERED, UNCOVERED, UNKNOWN, LEFT_OUT = HEADINGS.values()
RATE: Final = vocabulary.RATE.heading()
RANGE: Final = vocabulary.RANGE.heading()
BEFORE: Final = Text("当时，覆盖增减", "Then, covered ±")


def reason_words(reason: str) -> Text:
    """Return a reason in words; a reason of a newer engine stands as it is."""
    return word_of(words.REASONS, reason)


def unit_after(context: WindowContext) -> str:
    """Return the unit of what is asked, with a space before it: "" where subjects are counted."""
    registry = context.registry
    unit = "" if registry is None else unit_of(registry.profile, context.question.measure)
    return f" {unit_words(unit, context.lang)}" if unit else ""


def bar_of(figures: Figures, target: float | None = None) -> Bar:
    """Return what the coverage cell paints."""
    return Bar(figures.covered, figures.uncovered, figures.unknown, target)


def range_words(figures: Figures, lang: str) -> str:
    """Return what the rate could still become, "settled" where nothing is unknown."""
    if figures.low is None or figures.high is None:
        return ""
    if figures.unknown == 0:
        return SETTLED.in_(lang)
    return f"{figures.low * 100:.0f}–{figures.high * 100:.0f}%"


def kind_choices(profile: Profile) -> list[tuple[str | None, Text]]:
    """Return (kind, words) for the kinds that can be counted; None = those counted by default."""
    first, *others = KINDS_ASKED.items()
    return [(None, first[1]), *profile.choices["compound_kind"].items(), *others]
