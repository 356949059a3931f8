"""What a supervisor sees of the three-no compounds, who takes over for a missing party, and what runs out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPushButton, QTableView

from app.domain.period import today
from app.services.adoption import adoption
from app.services.edit import edit
from tests.stories.robot_window import small_window
from tests.ui.robots.story_robot import StoryRobot
from ui.topics.base.lines import CODES_ROLE

pytestmark = pytest.mark.story

NOTHING = dict.fromkeys(("authority", "defence_people", "defence_hardware"), "no")
C1, C2, C3, C5 = "C000001", "C000002", "C000003", "C000005"


class TopicRobot(StoryRobot):
    """Looks at a topic and acts on its rows."""

    def open_topic(self, name):
        self.window.work.open_tab("topics")
        self.topic = self.window.topics.show_topic(name)
        self.settle()

    def settle(self):
        self.wait(lambda: not self.topic.is_asking and not self.window.tasks.is_busy)

    def view(self, value):
        self.choose(f"{self.topic.NAME}.view", value)
        self.settle()

    def lines(self, *columns):
        model = self.widget(QTableView, f"{self.topic.NAME}.table").model()
        chosen = columns or range(model.columnCount())
        return [tuple(str(model.index(r, c).data()) for c in chosen) for r in range(model.rowCount())]

    def pick(self, code):
        """Make the row of a record current, as the arrow keys do."""
        table = self.widget(QTableView, f"{self.topic.NAME}.table")
        model = table.model()
        row = next(r for r in range(model.rowCount()) if code in (model.index(r, 0).data(CODES_ROLE) or ()))
        table.setFocus()
        table.setCurrentIndex(model.index(row, 0))
        return row

    def press_button(self, name):
        button = self.widget(QPushButton, name)
        assert button.isEnabled(), name
        button.setFocus()
        QTest.keyClick(button, Qt.Key.Key_Space)

    def history(self):
        return len(self.window.context.registry.history())

    def is_one_change_more(self, before):
        self.wait(lambda: self.history() == before + 1)
        self.settle()

    def undo(self):
        self.wait(lambda: self.window.steps.can_undo)
        before = self.history()
        self.trigger("edit.undo")
        self.is_one_change_more(before)


def last_day():
    return today() + timedelta(days=60)


def prepare(registry):
    """C1 will be three-no when its contract ends; C2 has nobody; C3 is on trial; C5's survey grows old."""
    day = today() - timedelta(days=100)
    edit.set_values(registry, [C1, C2, C3], NOTHING, since=day)
    edit.set_values(registry, [C2], {"property_firm": "no", "owners_committee": "suspended"}, since=day)
    edit.attach(registry, "F000001", [C1], since=day, until=last_day())
    edit.set_values(registry, [C3], {"property_firm": "no"}, since=day)
    adoption.begin_trial(registry, C3, "F000001", today() - timedelta(days=10))
    edit.set_values(registry, [C5], {"authority": "yes"}, since=today() - timedelta(days=350))


@pytest.fixture
def robot(qtbot, tmp_path):
    with small_window(qtbot, tmp_path, prepare=prepare) as window:
        yield TopicRobot(window, qtbot)


@pytest.mark.system(6)
def test_that_the_list_leads_to_stages_streets_and_the_next_step(robot):
    robot.open_topic("adoption")
    assert "曾经三无 2 个" in robot.says("adoption.summary")
    names = {row[0]: row[2] for row in robot.lines()}
    assert names == {"大关东三苑": "体验", "大关东二苑": "未开始"}
    assert robot.lines(2, 5)[0] == ("体验", "签正式合同"), "what is due comes first"
    robot.choose("adoption.stage", "none")
    robot.settle()
    assert robot.lines(0) == [("大关东二苑",)]

    robot.view("streets")
    assert robot.lines(0, 1, 3, 10) == [("长淮街道", "1", "1", "2"), ("合计", "1", "1", "2")]
    robot.click_cell("adoption.table", 0, 3)
    robot.wait(lambda: robot.window.context.selection == [C3])

    robot.view("compounds")
    robot.pick(C2)
    robot.press_button("adoption.next")
    robot.wait(lambda: robot.has("adopt.dialog"))
    assert robot.widget(QComboBox, "adopt.step").currentData() == "visit"
    robot.press(Qt.Key.Key_Escape)
    robot.wait(lambda: not robot.has("adopt.dialog"))


@pytest.mark.system(20)
def test_that_a_compound_without_its_parties_is_listed_and_taken_over(robot):
    robot.open_topic("adoption")
    robot.view("needs")
    assert robot.lines(0, 2, 3) == [
        ("大关东二苑", "没有物业、业委会停摆", "街道临时托管、街道代行业委会职责"),
    ]
    assert "1 个还没有人接手" in robot.says("adoption.summary")
    before = robot.history()
    robot.pick(C2)
    robot.press_button("adoption.street_trusteeship")
    robot.is_one_change_more(before)
    assert robot.lines(3, 4) == [("街道代行业委会职责", "街道临时托管")]
    assert "0 个还没有人接手" in robot.says("adoption.summary")
    robot.press_button("adoption.committee_duties_by_street")
    robot.is_one_change_more(before + 1)
    assert robot.lines(3, 4) == [("—", "街道临时托管、街道代行业委会职责")]
    fact = robot.window.context.registry.dataset.fact_on(C2, "street_trusteeship", today())
    assert fact.valid_from == today()
    robot.undo()
    robot.undo()
    assert robot.lines(4) == [("—",)]


@pytest.mark.system(6)
def test_that_the_radar_tells_what_becomes_three_no_and_renews_it(robot):
    robot.open_topic("radar")
    assert robot.widget(QComboBox, "radar.within").currentData() == 90
    first = robot.lines()[0]
    assert first[:3] == (last_day().isoformat(), "60", "大关东一苑")
    assert first[3].startswith("变成三无")
    sorts = [row[4] for row in robot.lines()]
    assert sorts[0] == "物业服务"
    assert "调查过期" in sorts
    after = last_day() + timedelta(days=1)
    engine = robot.window.context.registry.engine
    assert (engine.three_no(C1, last_day()).status, engine.three_no(C1, after).status) == ("no", "yes")

    robot.click_cell("radar.table", 0, 2)
    robot.wait(lambda: robot.window.context.selection == [C1])
    robot.choose("radar.within", 30)
    robot.settle()
    assert C1 not in [row[2] for row in robot.lines()]
    assert robot.window.context.settings.radar_days == 30, "the choice is remembered"
    robot.choose("radar.within", 180)
    robot.settle()

    before = robot.history()
    robot.pick(C1)
    robot.write("radar.until", today().isoformat())
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: "不晚于" in robot.says("radar.summary"))
    assert robot.history() == before, "a refused renewal writes nothing"
    robot.write("radar.until", (last_day() + timedelta(days=365)).isoformat())
    robot.press(Qt.Key.Key_Return)
    robot.is_one_change_more(before)
    assert "大关东一苑" not in [row[2] for row in robot.lines() if row[4] == "物业服务"]
    robot.undo()
    assert robot.lines(2)[0] == ("大关东一苑",)


def test_that_a_survey_is_confirmed_from_the_radar(robot):
    robot.open_topic("radar")
    robot.pick(C5)
    assert not robot.widget(QLineEdit, "radar.until").isEnabled(), "a survey has no last day to move"
    before = robot.history()
    robot.press_button("radar.confirm")
    robot.is_one_change_more(before)
    fact = robot.window.context.registry.dataset.fact_on(C5, "authority", today())
    assert (fact.valid_from, fact.text("value")) == (today(), "yes")
    assert "三塘人家" not in [row[2] for row in robot.lines()]


@pytest.mark.system(6)
def test_that_the_inspector_says_how_far_the_adoption_is_and_leads_on(robot):
    robot.window.context.select([C3])
    robot.wait(lambda: robot.has("inspector.adoption"))
    assert robot.says("inspector.adoption").startswith("接管：体验，到 ")
    assert robot.says("inspector.adoption").endswith("接下来签正式合同")
    robot.press_button("inspector.adopt")
    robot.wait(lambda: robot.has("adopt.dialog"))
    assert robot.widget(QComboBox, "adopt.step").currentData() == "contract"
    robot.press(Qt.Key.Key_Escape)
    robot.window.context.select([C5])
    robot.wait(lambda: not robot.has("inspector.adoption"))
