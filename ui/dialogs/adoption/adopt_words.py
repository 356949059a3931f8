"""What the adoption dialog reads of a compound's way: its lines in words, and the step that comes next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.days.term import parted_in_years
from app.domain.kinds import KINDS
from app.domain.period import ONE_DAY
from app.services.adoption.stages import PAID, SERVED, STAGE_WORDS, Moment
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.profile.declared import Adoption

_THOUSANDS: Final = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
DONE: Final = ""  # stands for "no next step"
STEPS: Final = ("visit", "trial", "contract", "trusteeship", "fallback", "subsidy", "end_subsidy", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The step that makes sense next, with its day, and the firm that takes it."""

    step: str
    day: date
    firm: str = ""


def proposal(way: Sequence[Moment], adoption: Adoption, today: date) -> Proposal:
    """Return the next step of a way: after the step recorded last, whatever day it is today."""
    steps = [moment for moment in way if moment.first is None or moment.what != "subsidised"]
    subsidies = [moment for moment in way if moment.what == "subsidised"]
    if not steps:
        return Proposal(step="visit", day=today)
    running = [m for m in steps if m.what != "visited" and (m.last is None or m.last >= today)]
    last = running[-1] if running else steps[-1]
    begun = max(today, last.first) if last.first is not None else today
    is_over = last.what in SERVED and last.last is not None and last.last < today
    if last.what == "visited" or is_over:
        return Proposal(step=next(iter(adoption.first), DONE), day=begun)
    if last.what == "trial":
        declared = adoption.step("trial")
        follows = () if declared is None else declared.next
        day = begun if last.last is None else last.last + ONE_DAY
        return Proposal(step=next(iter(follows), DONE), day=day, firm=last.firm)
    paid = [moment for moment in subsidies if moment.code == last.code]
    if last.what in PAID and not subsidies:
        return Proposal(step="subsidy", day=last.first or today, firm=last.firm)
    if paid and (paid[-1].last is None or paid[-1].last >= today):
        final = paid[-1]
        is_running = final.first is None or final.first <= today
        return Proposal(step="end_subsidy", day=today if is_running else final.first or today)
    return Proposal(step=DONE, day=begun, firm=last.firm)


def line_of(moment: Moment, dataset: Dataset, lang: str) -> str:
    """Return one stretch of the way as the dialog lists it."""
    words = STAGE_WORDS.get(moment.what, Text(moment.what, moment.what)).in_(lang)
    parts = [words]
    if moment.firm:
        firm = dataset.find(moment.firm)
        has_name = firm is not None and "name" in KINDS[firm.kind].index
        parts.append(firm.text("name") if firm is not None and has_name else moment.firm)
    if moment.yuan is not None:
        parts.append(Text(f"每年 {moment.yuan:,.0f} 元", f"{moment.yuan:,.0f} yuan a year").in_(lang))
    if moment.what == "visited":
        return f"{moment.first or '…'}　{parts[0]}"
    return f"{moment.first or '…'} – {moment.last or '…'}　{' · '.join(parts)}"


def plan_words(first: date, yuan: Sequence[float], lang: str) -> str:
    """Return a subsidy's plan year by year in words."""
    years = parted_in_years(first, len(yuan))
    said = [f"{begin} – {last} {amount:,.0f}" for (begin, last), amount in zip(years, yuan, strict=True)]
    end = Text(f"{years[-1][1] + ONE_DAY} 起 0", f"0 from {years[-1][1] + ONE_DAY}").in_(lang)
    return ("；" if lang == "zh" else "; ").join([*said, end])


def amounts_in(typed: str) -> list[float] | None:
    """Return the amounts of a line such as ``30000 20000 10000``; None where one is none."""
    parts = re.sub(r"[，、,;；]", " ", _THOUSANDS.sub("", typed)).split()
    try:
        return [float(part) for part in parts]
    except ValueError:
        return None
