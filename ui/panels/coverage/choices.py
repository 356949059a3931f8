"""Choice boxes of a question of coverage: filled with what a profile declares, showing what is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtGui import QStandardItemModel

from app.domain.weights import AMOUNT, WEIGHTS
from app.text import Text
from ui import words
from ui.models.measures import finest_level, grouped_choices, unit_of, weights_of
from ui.models.named import unit_words
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QWidget

    from app.domain.profile.profile import Profile
    from ui.bridge.context import WindowContext


def make_choice(name: str, said: str, parent: QWidget) -> ChoiceBox:
    """Return an empty choice box with a name for robots, and for the user."""
    combo = ChoiceBox(parent)
    combo.setObjectName(name)
    combo.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
    combo.setMinimumWidth(60)
    combo.setMaximumWidth(170)
    combo.setAccessibleName(said)
    set_tip(combo, said)
    return combo


def fill(combo: ChoiceBox, rows: Iterable[tuple[str, object]]) -> None:
    """Offer other choices, quietly."""
    with QSignalBlocker(combo):
        combo.clear()
        for label, value in rows:
            combo.addItem(label, value)


def show(combo: ChoiceBox, value: object, label: str = "") -> None:
    """Show what is asked, quietly; a station at a distance that the list doesn't hold is added to it."""
    with QSignalBlocker(combo):
        for place in range(combo.count()):
            if combo.itemData(place) == value:
                combo.setCurrentIndex(place)
                return
        if isinstance(value, str):
            combo.addItem(label or value, value)
            combo.setCurrentIndex(combo.count() - 1)


def fill_levels(combo: ChoiceBox, lang: str) -> None:
    """Offer every level of units."""
    told = (
        (Text(f"按{said.zh}", f"by {said.en.lower()}").in_(lang), level)
        for level, said in words.LEVELS.items()
    )
    fill(combo, told)


def fill_measures(combo: ChoiceBox, profile: Profile, lang: str) -> None:
    """List the measures under headings, which nobody can choose."""
    with QSignalBlocker(combo):
        combo.clear()
        for heading, choices in grouped_choices(profile):
            combo.addItem(heading.in_(lang))
            model = combo.model()
            assert isinstance(model, QStandardItemModel)
            item = model.item(combo.count() - 1)
            item.setEnabled(False)
            item.setSelectable(False)
            for name, label in choices:
                combo.addItem(label.in_(lang), name)


def fill_weights(combo: ChoiceBox, profile: Profile, measure: str, lang: str) -> None:
    """Offer the weights that a measure allows."""
    allowed = weights_of(profile, measure)
    is_offered = [combo.itemData(n) for n in range(combo.count())] == list(allowed)
    if not is_offered or AMOUNT in allowed:
        unit = unit_words(unit_of(profile, measure), lang)
        told = Text("（{}）", " ({})").format(unit).in_(lang) if unit else ""
        fill(combo, ((f"{WEIGHTS[weight].words.in_(lang)}{told}", weight) for weight in allowed))
    combo.setEnabled(len(allowed) > 1)


def ask(context: WindowContext, measure: object, by: str, weight: object, **more: object) -> None:
    """Ask by what was chosen: another measure at the finest level that it is about, a weight that it allows."""
    registry = context.registry
    if registry is None or not isinstance(measure, str):  # a heading
        return
    allowed = weights_of(registry.profile, measure)
    if measure != context.question.measure:
        by = finest_level(registry.profile, measure, by)
    weighs = weight if weight in allowed and weight != allowed[0] else None
    context.ask(measure=measure, by=by, weight=weighs, **more)
