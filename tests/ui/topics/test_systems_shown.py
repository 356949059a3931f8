"""Where docs/systems.md says that a system is shown or entered, the window has a widget of that name."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.systems.held import held
from ui.systems.table import SYSTEMS
from ui.topic_list import TOPICS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_that_every_widget_named_for_a_system_is_in_the_window(window):
    window.pick("C000005")
    for entry in TOPICS:
        window.action(f"topics.{entry.name}").trigger()
        assert window.window.findChild(QWidget, entry.name).isVisible(), entry.name
    wanted = {name for system in SYSTEMS for name in held(system).widgets}
    there = {found.objectName() for kind in (QWidget, QAction) for found in window.window.findChildren(kind)}
    assert wanted - there == set()
