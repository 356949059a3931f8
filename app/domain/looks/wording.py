"""How a rate is said, in window, page, workbook and picture alike.

A rate stands beside the fraction it is computed of: covered of those known. Then comes how many are known of all, and
what the rate could still become. Where n of all is said, the lowest possible rate is what belongs beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from app.domain.known import Known

NO_RATE: Final = "—"
KNOWN: Final = Text("已知", "known")
SETTLED: Final = Text("已查清", "settled")
NOTHING: Final = Text("没有可计的", "nothing to count")  # no subject in the base: neither 0 % nor unknown
ALL_UNKNOWN: Final = Text("全未查清", "all unknown")
WITHHELD: Final = Text("未公开", "withheld")
POSSIBLE: Final = Text("可能 {}", "{} possible")
_LOW: Final = Text("最低 {}", "at least {}")


def amount(number: float) -> str:
    """Return a count whole, a share with two decimals, both with separators."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:,.2f}"


def percent(rate: float | None) -> str:
    """Return a rate with one decimal; a dash where there is none."""
    return NO_RATE if rate is None else f"{rate:.1%}"


def is_mostly_unknown(figures: Known) -> bool:
    """Whether less than half is known: then no rate is said, but how many are known."""
    return bool(figures.total) and (figures.covered + figures.uncovered) * 2 < figures.total


def fraction(figures: Known) -> str:
    """Return the fraction that the rate is: covered/known."""
    return f"{amount(figures.covered)}/{amount(figures.covered + figures.uncovered)}"


def known(figures: Known) -> Text:
    """Return how many are known of all: 已知 496/560."""
    part = f" {amount(figures.covered + figures.uncovered)}/{amount(figures.total)}"
    return Text(KNOWN.zh + part, KNOWN.en + part)


def rate(figures: Known) -> Text:
    """Return the rate alone: 78.0%, or 已知 1/3 where less than half is known, or a dash where nothing is to count."""
    if is_mostly_unknown(figures):
        return known(figures)
    return Text(percent(figures.rate), percent(figures.rate))


def rate_of(figures: Known, unit: str = "") -> Text:
    """Return the rate and its fraction, 387/496 · 78.0%; or how many are known where no rate is said.

    ``unit`` stands behind the fraction, with its space: money and the like.
    """
    if figures.rate is None or is_mostly_unknown(figures):
        told = known(figures)
        return Text(told.zh + unit, told.en + unit) if figures.total else NOTHING
    said = f"{fraction(figures)}{unit} · {percent(figures.rate)}"
    return Text(said, said)


def lowest(figures: Known) -> Text:
    """Return the rate by which a target is met."""
    return _LOW.format(percent(figures.low))


def span(figures: Known) -> Text:
    """Return what the rate could still become, 69.1–80.5%; 已查清 where nothing is unknown, "" where nothing is."""
    if figures.low is None or figures.high is None:
        return Text("", "")
    if figures.unknown == 0:
        return SETTLED
    said = f"{figures.low * 100:.1f}–{percent(figures.high)}"
    return Text(said, said)


def beside(figures: Known) -> Text:
    """Return what stands beside the rate: 已知 496/560 · 可能 69.1–80.5%, or 已查清."""
    if not figures.total or not figures.unknown:
        return span(figures)
    possible = POSSIBLE.format(span(figures).zh)
    if figures.rate is None or is_mostly_unknown(figures):  # said already
        return possible
    told = known(figures)
    return Text(f"{told.zh} · {possible.zh}", f"{told.en} · {possible.en}")


def whole(figures: Known) -> Text:
    """Return all of it: 387/496 · 78.0% · 已知 496/560 · 可能 69.1–80.5%."""
    first, then = rate_of(figures), beside(figures)
    return Text(
        " · ".join(part for part in (first.zh, then.zh) if part),
        " · ".join(part for part in (first.en, then.en) if part),
    )
