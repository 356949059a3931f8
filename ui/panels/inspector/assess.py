"""Assessments of a record: for each scheme its stars with their range, the score, the day, what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.text import Text
from ui.models.named import score_words, stars_words
from ui.panels.inspector.parts import ChipFlow, ChipWords, link_button, refill
from ui.widgets.permit import permit
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.profile.declared import Scheme
    from ui.panels.inspector.declared import Graded
    from ui.panels.inspector.dossier import Held

_ASSESS: Final = Text("评分…", "Assess…")
_NEVER: Final = Text("还没有评过", "not assessed yet")
_STALE: Final = Text("已过期，该复评", "out of date: assess again")
_OLD: Final = Text("按 v{} 评", "by v{}")
_GONE: Final = Text("口径里已没有 v{}，算不出星级", "the profile no longer holds v{}: no stars")
_MISSING: Final = Text("未评：{}", "Not assessed: {}")
_ASSUMED: Final = Text("分档是程序假定的，待本市填写", "bands are assumed, to be filled by the city")
_REWARD: Final = Text("奖励 {} 元", "reward {} yuan")
_SHARE: Final = Text("其中给物业企业至多 {:.0%}：{} 元", "of it to the firm at most {:.0%}: {} yuan")
_GIVEN: Final = Text("已给 {} 元", "{} yuan given")
_SHOWN: Final = 6  # missing items named


class AssessmentCards(QWidget):
    """A card a scheme, with a way to its sheet."""

    assess_asked = Signal(str)  # the scheme

    def __init__(self, lang: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lang = lang
        self._shown: tuple[list[Graded], list[float | None], str] | None = None
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)

    def show_graded(self, found: Sequence[Graded], held: Mapping[str, Held], reason: str) -> None:
        """Show these schemes; ``reason`` says why nothing can be assessed just now."""
        money = [
            _number(held, key) for g in found for key in (g.scheme.reward_fact, g.scheme.firm_reward_fact)
        ]
        shown = (list(found), money, reason)
        if shown != self._shown:  # the button with the focus keeps it
            self._shown = shown
            refill(self._box, [self._card(graded, held, reason) for graded in found])

    def _card(self, graded: Graded, held: Mapping[str, Held], reason: str) -> QWidget:
        scheme, lang = graded.scheme, self._lang
        card = QWidget(self)
        card.setObjectName(f"inspector.assessment.{scheme.id}")
        box = QVBoxLayout(card)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(2)
        head = QHBoxLayout()
        title = text_label(scheme.words.in_(lang), "strong", card)
        title.setWordWrap(True)
        head.addWidget(title, 1)
        tip = f"{_ASSESS.in_(lang).rstrip('…')} {scheme.words.in_(lang)}"
        button = link_button(f"inspector.assess.{scheme.id}", _ASSESS.in_(lang), tip, card)
        button.setProperty("scheme", scheme.id)
        permit(button, reason)
        button.clicked.connect(self._on_assess)
        head.addWidget(button)
        box.addLayout(head)
        chips = ChipFlow(card)
        chips.setObjectName(f"inspector.stars.{scheme.id}")
        chips.show_chips(_chips(graded, lang))
        box.addWidget(chips)
        for words in self._lines(graded, held):
            line = text_label(words, "second", card)
            line.setWordWrap(True)
            box.addWidget(line)
        return card

    def _lines(self, graded: Graded, held: Mapping[str, Held]) -> list[str]:
        lang, rating, lines = self._lang, graded.rating, []
        if graded.assessed is not None:
            by = graded.by
            if rating is None or by is None:
                lines.append(_GONE.format(graded.assessed.version).in_(lang))
            else:
                lines.append(f"{score_words(rating).in_(lang)} · {graded.assessed.on}")
                named = _item_names(by, rating.missing, lang)
                if named:
                    lines.append(_MISSING.in_(lang).format(named))
                lines += self._reward(graded, held)
        if graded.scheme.bands_assumed:
            lines.append(_ASSUMED.in_(lang))
        return lines

    def _reward(self, graded: Graded, held: Mapping[str, Held]) -> list[str]:
        """Return what the stars bring, and how much of it may go to the firm."""
        assert graded.rating is not None
        band, lang = graded.rating.band, self._lang
        recorded = _number(held, graded.scheme.reward_fact)
        reward = recorded if recorded is not None else (None if band is None else band.reward_yuan)
        if reward is None:
            return []
        parts = [_REWARD.in_(lang).format(f"{reward:,.0f}")]
        share = graded.scheme.firm_share
        if share is not None:
            parts.append(_SHARE.in_(lang).format(share, f"{reward * share:,.0f}"))
        given = _number(held, graded.scheme.firm_reward_fact)
        if given is not None:
            parts.append(_GIVEN.in_(lang).format(f"{given:,.0f}"))
        return [" · ".join(parts)]

    @Slot()
    def _on_assess(self) -> None:
        button = self.sender()
        if button is not None:
            self.assess_asked.emit(str(button.property("scheme")))


def _chips(graded: Graded, lang: str) -> list[ChipWords]:
    if graded.assessed is None:
        return [ChipWords(_NEVER.in_(lang), "unknown")]
    chips = []
    rating = graded.rating
    if rating is not None:
        stars = stars_words(rating).in_(lang)
        if stars:
            chips.append(ChipWords(stars, "yes" if rating.stars is not None else "unknown"))
        if rating.band is not None:
            chips.append(ChipWords(rating.band.words.in_(lang)))
    version = graded.assessed.version
    if version is not None and version != graded.scheme.version:
        chips.append(ChipWords(_OLD.in_(lang).format(version), "warning"))
    if graded.is_stale:
        chips.append(ChipWords(_STALE.in_(lang), "warning"))
    return chips


def _item_names(scheme: Scheme, missing: Sequence[str], lang: str) -> str:
    named = [item.words.in_(lang) for item in scheme.items if item.id in missing and not item.is_open]
    more = f" …（{len(named)}）" if len(named) > _SHOWN else ""
    return ("、" if lang == "zh" else ", ").join(named[:_SHOWN]) + more


def _number(held: Mapping[str, Held], key: str) -> float | None:
    fact = held.get(key)
    return None if fact is None or not fact.value else float(fact.value)
