"""Where docs/systems.md says that a system is shown or entered, the window has a widget of that name."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from app.services.systems import SYSTEMS, held
from ui.panels.topics import TOPICS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_that_every_widget_named_for_a_system_is_in_the_window(window):
    window.pick("C000005")
    for entry in TOPICS:
        window.action(f"topics.{entry.name}").trigger()
    wanted = {name for system in SYSTEMS for name in held(system).widgets}
    there = {widget.objectName() for widget in window.window.findChildren(QWidget)}
    assert wanted - there == set()
