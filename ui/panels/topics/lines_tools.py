"""Small parts of the topics' lines of tools: choice boxes and buttons, named for robots and for ears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QPushButton

if TYPE_CHECKING:
    from PySide6.QtWidgets import QHBoxLayout


def name_box(box: QComboBox, name: str, said: str) -> None:
    """Name a choice box of records: it shows a dozen characters and grows no wider with its longest name."""
    box.setObjectName(name)
    box.setAccessibleName(said)
    box.setToolTip(said)
    box.setMaxVisibleItems(24)
    box.setMinimumContentsLength(12)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)


def make_button(line: QHBoxLayout, name: str, said: str, tip: str) -> QPushButton:
    """Put a button at the end of a line and return it."""
    button = QPushButton(said, line.parentWidget())
    button.setObjectName(name)
    button.setAccessibleName(said)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    line.addWidget(button)
    return button


def refill(box: QComboBox, offered: list[tuple[str, str]]) -> None:
    """Offer other records, each as code and name; what was chosen stays so, if it is still there."""
    if [(box.itemData(n), box.itemText(n)) for n in range(box.count())] == offered:
        return
    kept, blocker = box.currentData(), QSignalBlocker(box)
    box.clear()
    for value, said in offered:
        box.addItem(said, value)
    box.setCurrentIndex(max(0, box.findData(kept)))
    blocker.unblock()
