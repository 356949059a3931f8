"""The inspector made from the declarations: each of these rows of the domain is entered and seen in the window."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QTableView, QWidget

from app.domain.rating import assessments_of
from app.domain.record import make_record
from app.services.profile.profiles import load_profile, profile_from_text
from app.services.registry.registry import create_registry
from tests.ui.robots.small import GRIDS, records
from tests.ui.robots.story_robot import CODE_ROLE, StoryRobot
from ui.bridge.settings_store import SettingsStore
from ui.main_window import open_window
from ui.panels.inspector.parts import ChipFlow

pytestmark = pytest.mark.story

C1, C2, C5, FIRM, STATION, DEPARTMENT = "C000001", "C000002", "C000005", "F000001", "S000001", "D000001"
TODAY = date.today().isoformat()  # noqa: DTZ011  # the window's own day
DECLARED = """
[[facts]]
key = "lifts"
of = ["compounds"]
type = "count"
words = { zh = "电梯", en = "Lifts" }
unit = "部"
group = "resources"
source = "test"

[[checklists]]
id = "two_haves"
of = "compounds"
words = { zh = "两有", en = "Two haves" }
definition = { zh = "有自治组织、有公约", en = "self-governance and convention" }
items = ["self_governance", "residents_convention"]
source = "test"

[[schemes]]
id = "stars"
version = 1
of = ["compounds"]
words = { zh = "试评五星", en = "Trial stars" }
firm_share = 0.3
reward_fact = "reward_yuan"
firm_reward_fact = "firm_reward_yuan"
valid_days = 365
source = "test"
items = [
  { id = "a", maximum = 50, words = { zh = "党建", en = "Party" } },
  { id = "b", maximum = 30, words = { zh = "物业", en = "Property" } },
  { id = "c", maximum = 20, words = { zh = "文明", en = "Civility" } },
]
bands = [
  { stars = 5, at_least = 0.9, reward_yuan = 20000, words = { zh = "示范型", en = "demonstration" } },
  { stars = 3, at_least = 0.6, reward_yuan = 8000, words = { zh = "良性型", en = "sound" } },
  { stars = 1, at_least = 0.0, words = { zh = "托底型", en = "bottom line" } },
]
"""


class InspectorRobot(StoryRobot):
    """Looks records up by their code, and reads and fills the inspector."""

    @property
    def registry(self):
        return self.window.context.registry

    def click(self, name):
        """Click a button that is in sight."""
        assert self.widget(QWidget, name).isVisible(), name
        super().click(name)

    def says(self, name):
        """Return what a label says; it must be in sight unless it says nothing."""
        label = self.widget(QLabel, name)
        assert label.isVisible() or not label.text(), name
        return label.text()

    def settle(self):
        self.wait(lambda: not self.window.tasks.is_busy)

    def look_up(self, code):
        """Type a code into the search box and press Enter."""
        box = self.widget(QLineEdit, "search.box")
        results = self.widget(QListWidget, "search.results")
        self.wait(lambda: self.window.search.is_ready)
        self.write("search.box", code)
        self.wait(lambda: results.count() > 0 and results.item(0).data(CODE_ROLE) == code)
        box.setFocus()
        self.press(Qt.Key.Key_Return)
        self.wait(lambda: self.window.context.selection == [code])
        self.settle()

    def pick(self, *codes):
        """Choose rows of the table."""
        self.window.context.select(list(codes), "table")
        self.settle()

    def hand_on(self, name):
        """Put the hand in a box; its section must be there."""
        box = self.widget(QWidget, name)
        section = next(
            p for p in parents(box) if p.objectName().startswith("inspector.") and hasattr(p, "set_open")
        )
        section.set_open(True)
        assert box.isVisible(), name
        box.setFocus()
        return box

    def answer(self, key, digit):
        self.hand_on(f"fact.{key}")
        self.press(digit)
        self.settle()

    def fill(self, key, text):
        box = self.hand_on(f"fact.{key}")
        box.selectAll()
        self.type(text)
        self.press(Qt.Key.Key_Tab)
        self.settle()

    def chips(self, name):
        flow = self.widget(ChipFlow, name)
        assert flow.isVisible(), name
        return flow.words()

    def fact(self, code, key):
        found = self.registry.dataset.fact_on(code, key, date.today())  # noqa: DTZ011
        return None if found is None else found.text("value")

    def texts(self, name):
        """Return every label inside a section, as far as it is in sight."""
        section = self.widget(QWidget, name)
        assert section.isVisible(), name
        return [label.text() for label in section.findChildren(QLabel) if label.isVisibleTo(section)]

    def steps(self):
        return len(self.registry.history())

    def covered(self, measure, code):
        return self.registry.engine.status_of(measure, date.today())[code][0]  # noqa: DTZ011


def elect_committee(robot):
    """Choose "elected" in the open list of the committee's states: the first arrow opens it, Enter chooses."""
    box = robot.hand_on("fact.owners_committee")
    robot.press(Qt.Key.Key_Down)
    robot.wait(box.view().isVisible)
    wanted = box.findData("elected")
    while (row := box.view().currentIndex().row()) != wanted:
        QTest.keyClick(box.view(), Qt.Key.Key_Up if row > wanted else Qt.Key.Key_Down)
    QTest.keyClick(box.view(), Qt.Key.Key_Return)
    robot.window.activateWindow()  # the offscreen screen has no window manager that would
    robot.wait(robot.window.isActiveWindow)
    assert box.currentData() == "elected"
    robot.settle()


def parents(widget):
    while (widget := widget.parentWidget()) is not None:
        yield widget


def made(kind, code, /, **values):
    return make_record(kind, code, code, **values)


@pytest.fixture
def robot(qtbot, tmp_path):
    path = tmp_path / "declared.gpkg"
    profile = profile_from_text(load_profile("quzhou").text + DECLARED)
    more = [
        made("stations", STATION, name="临泉驿站", kind="grid_post", compound=C1),
        made("departments", DEPARTMENT, name="区市场监管局", post="市场监管科"),
        made("departments", "D000002", name="区公安分局"),
        made("firms", "F000002", name="绿城物业"),
        made("entries", "N000001", compound=C1, list="needs", text="加装电梯", state="noted", opened=date(2026, 3, 1)),
        made("facts", f"{C2}:defence_people:2024-01-01", subject=C2, key="defence_people", value="yes",
             valid_from=date(2024, 1, 1)),
    ]  # fmt: skip
    create_registry(path, profile, name="试验", records=[*records(), *more]).close()
    window = open_window(path, settings=SettingsStore(tmp_path / "settings.ini"))
    qtbot.addWidget(window)
    window.resize(1920, 1040)
    robot = InspectorRobot(window, qtbot)
    robot.wait(lambda: window.context.registry is not None and window.context.is_map_shown)
    robot.wait(lambda: robot.widget(QTableView, "table.compounds").model().rowCount() == 5)
    robot.settle()
    yield robot
    window.close()


# checklists


@pytest.mark.system(2)
def test_that_five_haves_are_answered_with_the_keyboard_and_seen_as_chips(robot):
    robot.look_up(C5)
    assert robot.chips("inspector.five_haves") == [
        "1/5",
        "党组织",
        "自治组织",
        "服务平台",
        "居民公约",
        "自治活动",
    ]
    assert robot.covered("five_haves", C5) == "unknown"
    for key in ("self_governance", "service_platform", "residents_convention", "activities"):
        robot.answer(key, "1")
    robot.wait(lambda: robot.chips("inspector.five_haves")[0] == "5/5")
    assert robot.covered("five_haves", C5) == "covered"


@pytest.mark.system(21)
def test_that_committee_reform_is_entered_and_counted(robot):
    robot.look_up(C1)
    elect_committee(robot)
    robot.settle()
    for key in ("supervisory_committee", "paid_secretary"):
        robot.answer(key, "1")
    robot.wait(lambda: robot.chips("inspector.committee_reform")[0] == "3/3")
    assert robot.covered("committee_reform", C1) == "covered"


@pytest.mark.system(25)
def test_that_a_grids_five_posts_are_filled_or_vacant(robot):
    robot.look_up(GRIDS[0])
    for key in ("grid_head", "enforcement_officer", "police_officer", "property_staff"):
        robot.answer(key, "1")
    robot.answer("information_officer", "2")
    robot.wait(lambda: robot.chips("inspector.one_head_four_members")[0] == "4/5")
    assert robot.covered("one_head_four_members", GRIDS[0]) == "uncovered"


@pytest.mark.system(26)
def test_that_the_three_defences_have_the_day_of_their_survey_and_old_ones_are_marked(robot):
    robot.look_up(C2)
    shown = robot.texts("inspector.three_no")
    assert "2024 过期" in shown
    robot.answer("defence_people", "1")
    robot.answer("defence_hardware", "1")
    robot.answer("defence_technical", "2")
    robot.wait(lambda: robot.chips("inspector.three_defences") == ["2/3", "人防", "物防", "技防"])
    assert "2024 过期" not in robot.texts("inspector.three_no")
    found = robot.registry.dataset.facts(C2)["defence_technical"][-1]
    assert found.valid_from.isoformat() == TODAY


@pytest.mark.system(33)
def test_that_three_carriages_and_cross_posts_are_seen_on_the_compound(robot):
    robot.look_up(C5)
    assert robot.chips("inspector.three_carriages") == ["1/3", "居委会覆盖", "物业", "业委会"]
    robot.answer("residents_committee", "1")
    robot.answer("cross_posting", "1")
    elect_committee(robot)
    robot.wait(lambda: robot.chips("inspector.three_carriages")[0] == "3/3")
    assert robot.fact(C5, "cross_posting") == "yes"


@pytest.mark.system(34)
def test_that_a_stations_six_haves_are_a_checklist_of_its_own(robot):
    robot.look_up(STATION)
    for key in ("premises", "equipment", "signs", "flag", "reading_matter", "rules"):
        robot.answer(key, "1")
    robot.wait(lambda: robot.chips("inspector.six_haves")[0] == "6/6")
    assert robot.covered("six_haves", STATION) == "covered"


def test_that_a_checklist_and_a_fact_that_a_city_adds_are_there(robot):
    robot.look_up(C1)
    assert robot.chips("inspector.two_haves") == ["0/2", "自治组织", "居民公约"]
    robot.fill("lifts", "12")
    assert robot.fact(C1, "lifts") == "12"


# facts with units


@pytest.mark.parametrize(
    ("subject", "key", "typed", "kept", "shown", "unit"),
    [
        pytest.param(C1, "willingness_to_pay", "85%", 0.85, "85%", "", marks=pytest.mark.system(31)),
        pytest.param(C1, "willingness_to_pay", "0.625", 0.625, "62.5%", "", marks=pytest.mark.system(31)),
        pytest.param(C1, "fees_due_yuan", "12000.5", 12000.5, "12,000.5", "元", marks=pytest.mark.system(31)),
        pytest.param(C1, "time_bank_hours", "1674", 1674, "1,674", "小时", marks=pytest.mark.system(10)),
        pytest.param("E000001", "guards", "92", 92, "92", "人", marks=pytest.mark.system(27)),
        pytest.param("340102003", "satisfaction_index", "96.1%", 0.961, "96.1%", "", marks=pytest.mark.system(32)),
        pytest.param("340102003", "mediators_volunteers", "31", 31, "31", "人", marks=pytest.mark.system(4)),
    ],
)  # fmt: skip
def test_that_a_fact_is_typed_as_people_write_it_and_shown_with_its_unit(
    robot, subject, key, typed, kept, shown, unit
):
    if subject == "E000001":  # an engagement is reached from the compound that it serves
        robot.look_up(C5)
        robot.click("inspector.more.E000001")
        robot.wait(lambda: robot.window.context.selection == ["E000001"])
        robot.settle()
    else:
        robot.look_up(subject)
    robot.fill(key, typed)
    assert float(robot.fact(subject, key)) == pytest.approx(kept)
    assert robot.widget(QLineEdit, f"fact.{key}").text() == shown
    if unit:
        assert robot.says(f"fact.{key}.unit") == unit


@pytest.mark.system(31)
def test_that_a_rate_above_100_percent_is_refused_in_place(robot):
    robot.look_up(C1)
    before = robot.steps()
    robot.fill("willingness_to_pay", "120%")
    robot.wait(lambda: robot.widget(QLabel, "fact.willingness_to_pay.error").isVisible())
    assert "100%" in robot.says("fact.willingness_to_pay.error")
    assert robot.steps() == before


# assessments


def score(robot, **scores):
    """Fill a sheet in with Enter from item to item."""
    for item, text in scores.items():
        box = robot.widget(QLineEdit, f"assess.item.{item}")
        robot.wait(box.isVisible)
        box.setFocus()
        box.selectAll()
        robot.type(text)
        robot.press(Qt.Key.Key_Return)


@pytest.mark.system(14)
@pytest.mark.system(3)
def test_that_a_compound_is_assessed_with_the_keyboard_and_its_stars_have_a_range(robot):
    robot.look_up(C1)
    assert robot.chips("inspector.stars.stars") == ["还没有评过"]
    robot.click("inspector.assess.stars")
    score(robot, a="45", b="24")
    assert robot.says("assess.total") == "★★★☆☆ 3 星 · 良性型    69 / 100 分 · 可能 69.0%–89.0% · 1 项未评"
    assert QApplication.focusWidget().objectName() == "assess.item.c"
    before = robot.steps()
    robot.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    robot.wait(lambda: not robot.has("assess.dialog"))
    robot.settle()
    assert robot.steps() == before + 1
    assert robot.chips("inspector.stars.stars")[0] == "★★★☆☆ 3 星"
    assert any("1 项未评" in text for text in robot.texts("inspector.assessments"))
    assert any("文明" in text for text in robot.texts("inspector.assessments"))
    made_on = assessments_of(robot.registry.dataset, C1, "stars", date.today())  # noqa: DTZ011
    assert (made_on.version, made_on.scores) == (1, {"a": 45, "b": 24})
    robot.trigger("edit.undo")
    robot.settle()
    robot.wait(lambda: robot.chips("inspector.stars.stars") == ["还没有评过"])


@pytest.mark.system(14)
def test_that_a_score_above_its_maximum_is_refused_in_place_and_nothing_is_written(robot):
    robot.look_up(C1)
    robot.trigger("compound.assess")
    robot.choose("assess.scheme", "stars")
    score(robot, a="51")
    assert "0 到 50" in robot.says("assess.item.a.error")
    before = robot.steps()
    robot.click("assess.commit")
    assert robot.has("assess.dialog")
    assert robot.steps() == before
    score(robot, a="50", b="30", c="20")
    assert robot.says("assess.total").startswith("★★★★★ 5 星 · 示范型")
    robot.click("assess.commit")
    robot.wait(lambda: not robot.has("assess.dialog"))
    robot.settle()
    texts = " ".join(robot.texts("inspector.assessments"))
    assert "奖励 20,000 元" in texts
    assert "至多 30%：6,000 元" in texts
    robot.fill("reward_yuan", "20000")
    robot.fill("firm_reward_yuan", "6001")
    robot.wait(lambda: robot.widget(QLabel, "fact.firm_reward_yuan.error").isVisible())
    assert robot.fact(C1, "firm_reward_yuan") is None
    robot.fill("firm_reward_yuan", "6000")
    assert float(robot.fact(C1, "firm_reward_yuan")) == 6000


# relations


def relate(robot, relation, typed, *, role=None, name=None):
    """Choose a relation and the other end by typing, and commit."""
    robot.choose("attach.relation", relation)
    robot.settle()
    robot.write("attach.what", typed)
    if name is not None:
        listed = robot.widget(QListWidget, "attach.list")
        robot.wait(lambda: listed.currentItem() is not None and listed.currentItem().text() == name)
    if role is not None:
        robot.choose("attach.role", role)
    robot.click("attach.commit")
    robot.wait(lambda: not robot.has("attach.dialog"))
    robot.settle()


@pytest.mark.system(9)
def test_that_firms_are_paired_with_several_compounds_at_once_and_parted_again(robot):
    robot.pick(C1, C2)
    before = robot.steps()
    robot.trigger("compound.relate")
    relate(robot, "pairing", "lcwy", name="绿城物业")
    assert robot.steps() == before + 1
    assert {k.text("to") for k in robot.registry.dataset.links_of("F000002", "pairing")} == {C1, C2}
    robot.look_up(C1)
    link = robot.registry.dataset.links_to(C1, "pairing")[0]
    assert link.valid_from.isoformat() == TODAY
    assert "绿城物业" in robot.says(f"inspector.open.{link.code}")
    assert robot.covered("paired", C1) == "covered"
    robot.click(f"inspector.detach.{link.code}")
    robot.end("结对到期")
    robot.wait(lambda: not robot.has("end.dialog"))
    robot.settle()
    assert not robot.registry.dataset.links_to(C1, "pairing")
    assert len(robot.registry.dataset.links_to(C2, "pairing")) == 1


@pytest.mark.system(13)
def test_that_a_department_is_linked_to_a_grid_and_a_grid_to_a_department(robot):
    robot.look_up(GRIDS[0])
    robot.click("inspector.relate")
    relate(robot, "department_link", "scjg", name="区市场监管局")
    assert robot.covered("grids_linked", GRIDS[0]) == "covered"
    robot.look_up("D000002")
    robot.trigger("compound.relate")
    relate(robot, "department_link", "dewg", name="第二网格")
    assert robot.covered("grids_linked", GRIDS[1]) == "covered"
    assert any("部门联系" in chip.accessibleName() for chip in chips_in(robot, "inspector.relations"))


def chips_in(robot, section):
    from ui.widgets.chip import Chip

    return robot.widget(QWidget, section).findChildren(Chip)


@pytest.mark.system(16)
def test_that_liaison_posts_of_a_compound_are_posts_without_names(robot):
    robot.look_up(C1)
    robot.click("inspector.relate")
    relate(robot, "liaison", "gafj", role="police", name="区公安分局")
    assert [k.text("role") for k in robot.registry.dataset.links_to(C1, "liaison")] == ["police"]
    assert any("公安" in text for text in robot.texts("inspector.relations"))
    assert robot.covered("liaison", C1) == "covered"


# a firm's credit


@pytest.mark.system(15)
def test_that_a_firm_is_put_on_the_black_list_from_a_day_and_what_it_serves_shows_it(robot):
    robot.look_up(FIRM)
    robot.click("inspector.change_credit")
    robot.choose("credit.list", "black")
    robot.write("credit.grade", "D")
    robot.write("credit.from", "2026-05-01")
    robot.click("credit.commit")
    assert "因由" in robot.says("credit.why.error")  # a list needs its grounds
    robot.widget(QLineEdit, "credit.why").setText("挪用公共收益")
    robot.click("credit.commit")
    robot.wait(lambda: not robot.has("credit.dialog"))
    robot.settle()
    firm = robot.registry.dataset.find(FIRM)
    assert (firm.on("list", date(2026, 4, 30)), firm.on("list", date(2026, 5, 1))) == (None, "black")
    robot.look_up(C5)
    assert "安居物业：黑榜" in robot.chips("inspector.chips")
    robot.wait(lambda: robot.says(f"inspector.credit.{FIRM}.why") == "2026-05-01 起 · 因由：挪用公共收益")
    assert robot.chips(f"inspector.credit.{FIRM}") == ["黑榜", "信用等级 D"]
    assert robot.covered("not_blacklisted", C5) == "uncovered"


# lists


@pytest.mark.system(11)
def test_that_a_compounds_lists_stand_in_its_inspector(robot):
    robot.look_up(C1)
    section = robot.widget(QWidget, "inspector.cases")
    assert section.isVisible()
    assert any("加装电梯" in text for text in robot.texts("inspector.cases"))


# columns and folding


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_that_columns_of_declarations_are_chosen_remembered_and_sorted(robot):
    table = robot.widget(QTableView, "table.compounds")
    robot.window.work.open_tab("table")
    robot.widget(QWidget, "table.columns").click()
    tree = robot.window.table.chooser.tree
    wanted = {"checklist:five_haves", "scheme:stars", "firms"}
    for top in range(tree.topLevelItemCount()):
        for row in range(tree.topLevelItem(top).childCount()):
            item = tree.topLevelItem(top).child(row)
            if item.data(0, CODE_ROLE) in wanted:
                item.setCheckState(0, Qt.CheckState.Checked)
    robot.window.table.chooser.hide()

    def heads():
        model = table.model()
        return [model.headerData(c, Qt.Orientation.Horizontal) for c in range(model.columnCount())]

    robot.wait(lambda: {"五有院落", "试评五星", "物业企业"} <= set(heads()))
    place = heads().index("五有院落")
    assert {str(table.model().index(row, place).data()) for row in range(5)} == {"0/5", "1/5"}
    robot.window.table._on_head(place)
    robot.window.table._on_head(place)
    assert robot.cell("table.compounds", 0, place) == "1/5"
    assert robot.codes("table.compounds")[0] == C5
    assert "checklist:five_haves" in robot.window.context.settings.columns("compounds")


def test_that_a_folded_heading_stays_folded(robot):
    robot.look_up(C1)
    header = robot.widget(QWidget, "inspector.group.governance.fold")
    assert header.isVisible()
    assert header.isChecked()
    header.click()
    robot.look_up(C2)
    assert not robot.widget(QWidget, "inspector.group.governance.fold").isChecked()
    assert robot.window.context.settings.folded() == {"inspector.group.governance": True}
