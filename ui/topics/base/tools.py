"""Boxes and buttons of a topic's bar, named for robots and for ears."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import (
    QPushButton,
)

from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QHBoxLayout

    from app.text import Text
    from ui.topics.base.topic import Topic

_WIDEST: Final = 300  # our own words stand whole, and a long name leaves the others in sight


def add_box(topic: Topic, name: str, said: Text, lang: str, line: QHBoxLayout | None = None) -> ChoiceBox:
    """Put a choice box into the bar, or into another line of the topic; ``name`` follows the topic's own."""
    box = ChoiceBox(topic)
    box.setObjectName(f"{topic.NAME}.{name}")
    box.setAccessibleName(said.in_(lang))
    set_tip(box, said.in_(lang))
    box.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToContents)
    box.setMaximumWidth(_WIDEST)
    (topic.tools if line is None else line).addWidget(box)
    return box


def add_button(
    topic: Topic, name: str, said: Text, tip: Text, lang: str, line: QHBoxLayout | None = None
) -> QPushButton:
    """Put a button into the bar, or into another line of the topic; ``name`` follows the topic's own."""
    button = QPushButton(said.in_(lang), topic)
    button.setObjectName(f"{topic.NAME}.{name}")
    button.setAccessibleName(said.in_(lang))
    set_tip(button, tip.in_(lang))
    button.setAutoDefault(False)
    (topic.tools if line is None else line).addWidget(button)
    return button


def offer(box: ChoiceBox, items: Sequence[tuple[str, str]]) -> None:
    """Let a box offer (value, words), quietly, what was chosen kept where it is still there."""
    if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] == list(items):
        return
    kept, blocker = box.currentData(), QSignalBlocker(box)
    box.clear()
    for value, said in items:
        box.addItem(said, value)
    box.setCurrentIndex(max(0, box.findData(kept)))
    blocker.unblock()
