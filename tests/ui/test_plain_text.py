"""Text from data is never markup, and no ampersand of a name is swallowed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPixmap
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QWidget

from app.domain.kinds import KINDS
from app.services.edit import edit
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from tests.ui.robots.find import the
from tests.ui.robots.plain_walk import PlainWalk
from tests.ui.robots.small import records
from ui.topic_list import TOPICS
from ui.widgets.plain import LinkLabel, plain_caption, plain_tip

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
BOLD, AMPERSAND = "<b>粗</b>甲", "&amp; A&B"
MODES = ("entry", "review", "check", "publish")
OPENERS = (
    "registry.import",
    "registry.export",
    "registry.profile",
    "registry.template",
    "registry.new",
    "registry.open",
    "registry.copy",
    "compound.attach_party",
    "compound.attach_firm",
    "compound.relate",
    "compound.assess",
    "compound.adopt",
    "case.open",
    "entry.note",
    "compound.set_fact",
    "help.keys",
)


@pytest.fixture
def picture(tmp_path, qapp):
    """Return a picture on this disk that no name may open."""
    path = tmp_path / "mine.png"
    pixmap = QPixmap(8, 8)
    pixmap.fill(Qt.GlobalColor.red)
    assert pixmap.save(str(path))
    return path


@pytest.fixture
def named_badly(tmp_path, picture):
    """Return a registry in which every text is markup, an image or full of ampersands."""
    bad = (BOLD, f'<img src="file://{picture}">', AMPERSAND, f"&lt;b&gt;丙 {AMPERSAND}")
    texts = {"name", "address", "note", "phone"}
    found = []
    for place, record in enumerate(records()):
        found.append(
            record.with_values(
                **{
                    name: bad[place % len(bad)]
                    for name in texts & KINDS[record.kind].index.keys()
                    if record.get(name)
                }
            )
        )
    path = tmp_path / "a <b>b & c.gpkg"
    registry = create_registry(path, load_profile("yaohai"), name=BOLD, records=found, by="<i>甲</i> & 乙")
    for code in ("C000001", "C000002"):
        edit.set_values(registry, [code], {"households": "7"}, why="<b>因</b> A&B")
    registry.close()
    return path


def test_that_no_text_from_data_is_markup_in_any_mode_topic_or_dialog(open_window, named_badly, tmp_path):
    robot = open_window(named_badly).wait_for_registry()
    walk = PlainWalk(("粗", "A&B", "mine.png", "因"))
    window = robot.window

    def idle():
        QApplication.processEvents()
        robot.until(lambda: not window.tasks.is_busy)
        QApplication.processEvents()

    window.findings.check_now()
    codes = (
        "C000001",
        "C000002",
        "C000003",
        "C000005",
        "O000001",
        "O000002",
        "F000001",
        "340102",
        "340102003",
    )
    for mode in MODES:
        robot.action(f"mode.{mode}").trigger()
        for code in codes if mode == "entry" else codes[:2]:
            window.context.select([code])
            idle()
            walk.walk(window)
    robot.pick("C000001", "C000002")
    idle()
    walk.walk(window)
    robot.pick("C000005")
    for entry in TOPICS:
        robot.action(f"topics.{entry.name}").trigger()
        idle()
        walk.walk(window)
    robot.action("view.journal").trigger()
    idle()
    for opener in OPENERS:
        robot.action(opener).trigger()
        idle()
        walk.walk(window)
        for dialog in window.findChildren(QDialog):
            dialog.close()
    robot.action("compound.rest_no").trigger()
    walk.walk(window)
    for menu in window.findChildren(QMenu, "compound.rest_no.facts"):
        menu.close()
    robot.type_into("search.box", "A&B")
    walk.walk(window)
    window.files.open(tmp_path / "<b>gone<i>.gpkg")
    idle()
    walk.walk(window)
    assert "<b>gone<i>" in robot.label("status.message")
    assert sorted(walk.faults) == []
    assert walk.seen > 300


def test_that_markup_in_a_tip_stays_words_and_plain_words_stay_what_they_are():
    for said in (BOLD, AMPERSAND, "&lt;b>", "<?xml version='1.0'?>", "<!DOCTYPE html>", '  <img src="x">'):
        shown = plain_tip(said)
        assert not GuiQt.mightBeRichText(shown)
        assert shown.replace("\u2060", "") == said
    assert plain_tip("覆盖 3 < 5 & 7") == "覆盖 3 < 5 & 7"
    assert plain_caption(AMPERSAND) == "&&amp; A&&B"


def test_that_each_name_of_a_path_is_followed_by_a_click_also_on_its_second_line(qtbot):
    label = LinkLabel("second")
    qtbot.addWidget(label)
    label.setWordWrap(True)
    label.show_links([("S1", "长淮街道"), ("S2", f"{BOLD}社区"), ("S3", "第三网格员的网格")])
    width = label.fontMetrics().horizontalAdvance("长淮街道 › " + BOLD + "社区 ") + 4
    label.resize(width, label.heightForWidth(width))
    label.show()
    metrics = label.fontMetrics()
    assert label.height() > metrics.height() * 1.5
    spots = [QPoint(4, 4), QPoint(metrics.horizontalAdvance("长淮街道 › ") + 6, 4)]
    spots.append(QPoint(20, label.height() - 4))
    clicked = []
    label.linkActivated.connect(clicked.append)
    for spot in spots:
        qtbot.mouseClick(label, Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseClick(
        label, Qt.MouseButton.LeftButton, pos=QPoint(metrics.horizontalAdvance("长淮街道 ") + 1, 4)
    )
    assert clicked == ["S1", "S2", "S3"]


def test_that_a_single_link_is_followed_by_enter(window, qtbot):
    window.pick("C000005")
    window.until(lambda: bool(window.window.findChildren(LinkLabel, "inspector.open.A000002")))
    link = the(QLabel, "inspector.open.A000002", inside=the(QWidget, "inspector", inside=window.window))
    link.setFocus()
    qtbot.keyClick(link, Qt.Key.Key_Return)
    window.until(lambda: window.window.context.current.code == "O000002")
