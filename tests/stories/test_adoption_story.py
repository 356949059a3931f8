"""A grid worker adopts a three-no compound with the keyboard alone, from the first visit to the end of the subsidy."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QListWidget, QPushButton, QWidget

from app.services.adoption.stages import stage_of, way_of
from tests.stories.robot_window import small_window
from tests.ui.robots.story_robot import StoryRobot

pytestmark = pytest.mark.story

C1 = "C000001"
KEYS = ("property_firm", "authority", "defence_people", "defence_hardware")


class AdoptRobot(StoryRobot):
    """What a grid worker does in the adoption dialog; nothing but keys."""

    @property
    def registry(self):
        return self.window.context.registry

    def steps(self):
        return len(self.registry.history())

    def stage(self, day):
        return stage_of(self.registry.engine, self.registry.profile.adoption, C1, day).stage

    def ways(self):
        return [(m.what, m.first, m.last) for m in way_of(self.registry.dataset, C1)]

    def focus(self):
        found = QApplication.focusWidget()
        return "" if found is None else found.objectName()

    def tab_to(self, name):
        """Press Tab until a field has the focus."""
        for _ in range(20):
            if self.focus() == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab does not lead to {name}, but to {self.focus()}")

    def retype(self, text):
        """Replace the text of the line that has the focus."""
        self.press(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.type(text)

    def enter(self):
        """Press Enter and wait for exactly one change in the journal."""
        before = self.steps()
        self.press(Qt.Key.Key_Return)
        self.wait(lambda: self.steps() == before + 1)
        self.wait(lambda: not self.window.tasks.is_busy)

    def step_offered(self):
        return self.widget(QComboBox, "adopt.step").currentData()

    def offers(self, step):
        self.wait(lambda: self.step_offered() == step)
        assert self.widget(QWidget, "adopt.dialog").isVisible()

    def value(self, name):
        return self.widget(QLineEdit, name).text()


@pytest.fixture
def robot(qtbot, tmp_path):
    with small_window(qtbot, tmp_path) as window:
        robot = AdoptRobot(window, qtbot)
        robot.focus_map()
        yield robot


def open_dialog(robot):
    robot.press("]")
    robot.wait(lambda: robot.window.context.selection == [C1])
    robot.press("Y")
    robot.wait(lambda: robot.has("adopt.dialog"))


@pytest.mark.system(6)
def test_that_the_whole_way_is_gone_with_the_keyboard_alone(robot):
    open_dialog(robot)
    robot.offers("visit")
    assert robot.focus() == f"adopt.fact.{KEYS[0]}"
    robot.type("2222")  # none of the four is there
    assert robot.focus() == "adopt.from"
    robot.retype("2026-01-05")
    robot.enter()

    robot.offers("trial")
    assert robot.focus() == "adopt.firm"
    robot.type("ajwy")  # 安居物业
    robot.tab_to("adopt.from")
    robot.retype("2026-02-01")
    assert robot.value("adopt.until") == "2026-04-30", "three months, filled in"
    robot.enter()

    robot.offers("contract")
    assert (robot.focus(), robot.value("adopt.from")) == ("adopt.from", "2026-05-01")
    assert robot.value("adopt.firm") == "安居物业"
    robot.tab_to("adopt.fee")
    robot.type("0.8")
    robot.enter()

    robot.offers("subsidy")
    assert robot.focus() == "adopt.yuan"
    robot.type("30000")
    assert robot.value("adopt.plan") == "30000 20000 10000"
    assert "2029-05-01 起 0" in robot.says("adopt.note")
    robot.enter()

    robot.offers("end_subsidy")
    assert robot.focus() == "adopt.from"
    robot.retype("2028-06-01")
    robot.enter()

    robot.offers("")
    assert not robot.widget(QPushButton, "adopt.commit").isEnabled(), "nothing comes next"
    assert robot.widget(QListWidget, "adopt.way").count() == 6
    robot.press(Qt.Key.Key_Escape)
    robot.wait(lambda: not robot.has("adopt.dialog"))

    assert robot.ways() == [
        ("visited", date(2026, 1, 5), None),
        ("trial", date(2026, 2, 1), date(2026, 4, 30)),
        ("contract", date(2026, 5, 1), None),
        ("subsidised", date(2026, 5, 1), date(2027, 4, 30)),
        ("subsidised", date(2027, 5, 1), date(2028, 4, 30)),
        ("subsidised", date(2028, 5, 1), date(2028, 5, 31)),
    ]
    days = {
        date(2026, 1, 4): "none",
        date(2026, 1, 5): "visited",
        date(2026, 2, 1): "trial",
        date(2026, 4, 30): "trial",
        date(2026, 5, 1): "subsidised",
        date(2028, 5, 31): "subsidised",
        date(2028, 6, 1): "independent",
    }
    assert {day: robot.stage(day) for day in days} == days
    changes = [change for change in robot.registry.history() if change.verb == "adopt"]
    assert [change.why for change in reversed(changes)] == [
        "首次走访",
        "开始体验",
        "签正式合同",
        "定补贴",
        "停补贴",
    ]

    # each is taken back by itself
    expected = ["subsidised", "contract", "ended", "visited", "none"]
    for wanted in expected:
        robot.wait(lambda: robot.window.steps.can_undo)
        before = robot.steps()
        robot.focus_map()
        robot.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        robot.wait(lambda before=before: robot.steps() == before + 1)
        robot.wait(lambda: not robot.window.tasks.is_busy)
        assert robot.stage(date(2028, 7, 1)) == wanted


@pytest.mark.system(6)
def test_that_a_refused_step_is_said_at_its_field_and_writes_nothing(robot):
    open_dialog(robot)
    before = robot.steps()
    robot.press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert robot.focus() == "adopt.step"
    robot.press(Qt.Key.Key_Down)
    robot.press(Qt.Key.Key_Down)
    robot.offers("contract")
    robot.tab_to("adopt.firm")
    robot.type("ajwy")
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: robot.has("adopt.without_trial.error"))
    assert "体验过" in robot.says("adopt.without_trial.error")
    assert robot.focus() == "adopt.without_trial"
    robot.press(Qt.Key.Key_Space)
    robot.widget(QLineEdit, "adopt.from").setFocus()
    robot.retype("2026-13-01")
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: robot.has("adopt.from.error"))
    assert "13 月" in robot.says("adopt.from.error")
    assert robot.steps() == before
    robot.retype("2026-05-01")
    robot.enter()
    assert robot.ways() == [("contract", date(2026, 5, 1), None)]
