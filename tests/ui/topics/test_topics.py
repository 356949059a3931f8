"""The topics tab: one page at a time, made when first seen, remembered, asked anew when stale."""

from __future__ import annotations

import inspect
import re

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QTableView, QWidget

from tests.ui.robots.find import the
from ui.topic_list import TOPICS
from ui.topics.base.panel import topic_class
from ui.topics.base.topic import TableTopic, Topic
from ui.widgets.choice_box import ChoiceBox

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


def test_that_a_topic_has_its_name_and_words_from_the_list_alone():
    for entry in TOPICS:
        found = topic_class(entry)
        assert (entry.name, entry.words) == (found.NAME, found.WORDS)
        assert not re.search(r"^    (NAME|WORDS)\b.*=", inspect.getsource(found), re.MULTILINE), entry.name
    assert len({entry.name for entry in TOPICS}) == len({entry.words for entry in TOPICS}) == len(TOPICS)


@pytest.mark.parametrize("entry", TOPICS, ids=lambda entry: entry.name)
def test_that_an_action_opens_each_topic_with_the_hand_in_it(window, entry):
    assert not window.window.topics.isVisible()
    window.action(f"topics.{entry.name}").trigger()
    topic = the(QWidget, entry.name, inside=window.window)
    assert isinstance(topic, Topic)
    assert topic.isVisible()
    assert window.box("topics.choice").currentData() == entry.name
    focus = QApplication.focusWidget()
    assert focus is not None
    assert window.window.topics.isAncestorOf(focus)
    window.until(lambda: not topic.is_asking)
    if isinstance(topic, TableTopic):
        assert topic.table.objectName() == f"{entry.name}.table"
        assert topic.summary.objectName() == f"{entry.name}.summary"


def test_that_topics_are_made_when_first_shown_and_the_last_one_is_remembered(open_window, registry_path):
    robot = open_window(registry_path).wait_for_registry()
    panel = robot.window.topics
    assert panel.current is None
    last = TOPICS[-1].name
    robot.action(f"topics.{last}").trigger()
    assert last == panel.current.NAME
    assert len(panel.findChildren(Topic)) == 1
    robot.window.close()
    again = open_window(registry_path).wait_for_registry()
    again.window.work.open_tab("topics")
    assert last == again.window.topics.current.NAME


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("width", "height"), [(1366, 698), (920, 560), (1920, 1010)])
def test_that_no_topic_widens_the_window(open_window, registry_path, lang, width, height):
    robot = open_window(registry_path, lang=lang).wait_for_registry()
    robot.window.resize(width, height)
    robot.window.work.open_tab("journal")
    QApplication.processEvents()
    least = robot.window.minimumSizeHint().width()
    for entry in TOPICS:
        robot.action(f"topics.{entry.name}").trigger()
        QApplication.processEvents()
        assert robot.window.size() == QSize(width, height), entry.name
        assert robot.window.minimumSizeHint().width() == least, entry.name
        box = the(QComboBox, "topics.choice", inside=robot.window)
        assert box.visibleRegion().boundingRect().width() >= box.width() - 1, entry.name
    robot.until(lambda: not robot.window.tasks.is_busy)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_no_header_is_cut_and_every_tool_is_reached_with_the_mouse(open_window, registry_path, lang):
    robot = open_window(registry_path, lang=lang).wait_for_registry()
    robot.window.resize(1366, 698)
    panel = robot.window.topics
    for entry in TOPICS:
        robot.action(f"topics.{entry.name}").trigger()
        topic = panel.current
        robot.until(lambda topic=topic: not topic.is_asking)
        QApplication.processEvents()
        for table in (view for view in topic.findChildren(QTableView) if view.isVisible()):
            header = table.horizontalHeader()
            for column in range(header.count()):
                said = str(table.model().headerData(column, Qt.Orientation.Horizontal))
                needed = header.fontMetrics().horizontalAdvance(said) + 8
                assert header.sectionSize(column) >= needed, (entry.name, said)
        bar = panel.bars.currentWidget()
        room = bar.horizontalScrollBar().maximum()
        assert panel.more.isVisible() is (room > 0), entry.name
        if room > 0:
            QTest.mouseClick(panel.more, Qt.MouseButton.LeftButton)
            assert bar.horizontalScrollBar().value() == bar.horizontalScrollBar().maximum(), entry.name
            QTest.mouseClick(panel.more, Qt.MouseButton.LeftButton)
            assert bar.horizontalScrollBar().value() == 0, entry.name
    robot.until(lambda: not robot.window.tasks.is_busy)


def test_that_a_box_without_room_for_its_words_says_so(qtbot):
    box = ChoiceBox()
    qtbot.addWidget(box)
    box.addItem("本台账的口径，改几项，再比一比")
    box.resize(box.sizeHint())
    assert box.shown_words() == box.currentText()
    box.resize(90, 27)
    assert "…" in box.shown_words()
    box.grab()


def test_that_checklists_stand_side_by_side_and_lead_to_what_is_missing(window):
    window.action("topics.checklists").trigger()
    table = window.view("checklists.table")
    profile = window.window.context.registry.profile
    window.until(lambda: table.model().rowCount() > 0)
    model = table.model()
    heads = [model.headerData(c, Qt.Orientation.Horizontal) for c in range(1, model.columnCount())]
    assert heads == [spec.words.zh for spec in profile.checklists.values()]
    assert "五有" in "".join(heads)
    total = model.rowCount() - 1
    assert model.index(total, 0).data() == "合计"
    column = 1 + list(profile.checklists).index("five_haves")
    table.clicked.emit(model.index(total, column))
    window.until(lambda: len(window.selected()) == 5)


def test_that_a_topic_in_sight_follows_a_change_and_the_day(window):
    window.action("topics.checklists").trigger()
    topic = window.window.topics.current
    window.until(lambda: not topic.is_asking)
    asked = []
    question = topic.question
    topic.question = lambda: asked.append(1) or question()
    window.window.context.set_as_of(window.window.context.as_of.replace(year=2024))
    window.until(lambda: len(asked) == 1 and not topic.is_asking)
    window.window.work.toggle_bottom()
    window.window.context.set_as_of(window.window.context.as_of.replace(year=2023))
    window.until(lambda: not window.window.tasks.is_busy)
    assert len(asked) == 1
    window.window.work.open_tab("topics")
    window.until(lambda: len(asked) == 2 and not topic.is_asking)
