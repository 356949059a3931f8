"""The flows of the design, as a grid worker and a supervisor would do them in the real window."""

from __future__ import annotations

import csv

import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from app.domain.period import today
from app.domain.text.initials import initials
from tests.stories.robot_window import sample_robot

pytestmark = pytest.mark.story


@pytest.fixture
def robot(qtbot, tmp_path, yaohai_sample):
    with sample_robot(qtbot, tmp_path, yaohai_sample) as robot:
        robot.wait(lambda: robot.rows("coverage.table") > 2)
        robot.focus_map()
        yield robot


def dataset(robot):
    return robot.window.context.registry.dataset


def fact(robot, code, key):
    record = dataset(robot).fact_on(code, key, today())
    return None if record is None else record.text("value")


def select(robot, *codes):
    robot.window.context.select(list(codes))


def branch_of_own_grid(robot, code):
    grid = robot.window.context.registry.engine.derived(code, today()).grid
    attached = [a for a in dataset(robot).attachments_to(grid or "") if a.is_in_force(today())]
    return dataset(robot).find(attached[0].text("organisation")) if attached else None


def a_compound_with_a_grid_branch(robot):
    """Return a compound without an organisation of its own, whose grid has one."""
    for record in dataset(robot).in_force("compounds", today()):
        if (
            not dataset(robot).attachments_to(record.code)
            and branch_of_own_grid(robot, record.code) is not None
        ):
            return record.code
    raise AssertionError("no such compound")


def test_that_three_facts_and_a_branch_take_at_most_twelve_keys(robot):
    code = a_compound_with_a_grid_branch(robot)
    codes = robot.codes("table.compounds")
    select(robot, codes[codes.index(code) - 1])
    branch = branch_of_own_grid(robot, code)
    letters = initials(branch.text("name"))
    where = letters.index("wg")
    before = len(robot.window.context.registry.history())
    robot.focus_map()
    robot.press("]")
    robot.press("T")
    robot.type("220")
    robot.press("B")
    robot.type(letters[where - 1 : where + 2])  # 三网格: swg
    robot.press(Qt.Key.Key_Return)
    assert robot.keys_pressed <= 12
    robot.wait(lambda: bool(dataset(robot).attachments_to(code)))
    robot.wait(lambda: not robot.has("attach.dialog"))
    assert dataset(robot).attachments_to(code)[0].text("organisation") == branch.code
    assert [fact(robot, code, key) for key in ("property_firm", "authority", "defence_people")] == [
        "no",
        "no",
        "unknown",
    ]
    assert len(robot.window.context.registry.history()) == before + 4, "each answer is a step of its own"


def test_that_the_verdict_follows_the_answers(robot):
    code = a_compound_with_a_grid_branch(robot)
    select(robot, code)
    robot.focus_map()
    robot.press("T")
    robot.type("2222")
    robot.wait(lambda: fact(robot, code, "defence_hardware") == "no")
    engagements = [e for e in dataset(robot).engagements_with(code) if e.is_in_force(today())]
    expected = "判定：不是三无" if engagements else "判定：三无"
    robot.wait(lambda: robot.says("three_no.status") == expected)


def test_that_a_compound_is_found_by_its_initials(robot):
    record = next(r for r in dataset(robot).in_force("compounds", today()) if len(r.text("name")) >= 4)
    letters = initials(record.text("name"))
    robot.trigger("help.palette")
    robot.wait(lambda: robot.has("palette.input"))
    robot.wait(lambda: robot.window.search.find(letters) != [])
    robot.write("palette.input", letters)
    robot.wait(lambda: robot.widget(QWidget, "palette.results").model().rowCount() > 0)
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: initials(robot.says("inspector.title")) == letters)


def test_that_any_number_leads_to_exactly_its_compounds_in_one_click(robot):
    robot.click_cell("coverage.total", 0, 2)  # 未覆盖
    robot.wait(lambda: robot.rows("explain.uncovered") > 0)
    shown = int(robot.cell("coverage.total", 0, 2))
    assert robot.rows("explain.uncovered") == shown == 109
    codes = set(robot.codes("explain.uncovered"))
    assert robot.says("bulk.count") == "已选 109 个"
    robot.wait(lambda: set(robot.codes("table.compounds")) == codes)
    assert set(robot.window.context.selection) == codes


def test_that_a_figure_of_one_grid_selects_its_compounds_and_says_why(robot):
    robot.choose("coverage.by", "street")
    robot.wait(lambda: "340102008" in robot.codes("coverage.table"))
    row = robot.codes("coverage.table").index("340102008")
    robot.click_cell("coverage.table", row, 4)
    robot.wait(lambda: robot.rows("explain.covered") > 0)
    assert robot.rows("explain.covered") == 48
    assert robot.says("explain.title").startswith("和平路街道")
    assert robot.cell("explain.covered", 0, 2) == "在期"
    assert robot.says("bulk.count") == "已选 48 个"


def test_that_an_attachment_can_be_ended_and_brought_back(robot):
    attachment = next(
        a
        for a in dataset(robot).in_force("attachments", today())
        if dataset(robot).find(a.text("to")).kind == "compounds"
        and len(dataset(robot).attachments_to(a.text("to"))) == 1
    )
    code = attachment.text("to")
    select(robot, code)
    robot.click(f"inspector.detach.{attachment.code}")
    robot.end("支部并走了")
    robot.wait(lambda: not robot.has(f"inspector.detach.{attachment.code}"))
    ended = dataset(robot).find(attachment.code)
    assert ended is None or not ended.is_in_force(today())
    robot.wait(lambda: robot.window.steps.can_undo)
    robot.trigger("edit.undo")
    robot.wait(lambda: robot.has(f"inspector.detach.{attachment.code}"))
    robot.wait(lambda: robot.window.steps.can_redo)
    robot.trigger("edit.redo")
    robot.wait(lambda: not robot.has(f"inspector.detach.{attachment.code}"))


def test_that_one_fact_is_set_for_many_as_one_change(robot):
    codes = [r.code for r in dataset(robot).in_force("compounds", today())][:7]
    before = {code: fact(robot, code, "activities") for code in codes}
    steps = len(robot.window.context.registry.history())
    select(robot, *codes)
    assert robot.says("bulk.count") == "已选 7 个"
    robot.choose("bulk.fact", "activities")
    robot.choose("bulk.value", "yes")
    robot.click("bulk.commit")
    robot.wait(lambda: all(fact(robot, code, "activities") == "yes" for code in codes))
    assert len(robot.window.context.registry.history()) == steps + 1
    robot.wait(lambda: robot.window.steps.can_undo)
    robot.trigger("edit.undo")
    robot.wait(lambda: {code: fact(robot, code, "activities") for code in codes} == before)


def test_that_one_organisation_is_attached_to_many_as_one_change(robot):
    codes = [
        r.code
        for r in dataset(robot).in_force("compounds", today())
        if not dataset(robot).attachments_to(r.code)
    ][:3]
    steps = len(robot.window.context.registry.history())
    select(robot, *codes)
    robot.click("bulk.attach_party")
    robot.wait(lambda: robot.has("attach.dialog"))
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: all(dataset(robot).attachments_to(code) for code in codes))
    assert len(robot.window.context.registry.history()) == steps + 1


def test_that_a_branch_that_does_not_exist_is_made_where_it_is_attached(robot):
    code = a_compound_with_a_grid_branch(robot)
    select(robot, code)
    robot.trigger("compound.attach_party")
    robot.widget(QWidget, "attach.what").setText("大榕树下党支部")
    robot.wait(lambda: robot.widget(QWidget, "attach.list").count() == 1)
    robot.click("attach.commit")
    robot.wait(lambda: robot.has("attach.new_name"))
    robot.click("attach.commit")
    robot.wait(lambda: bool(dataset(robot).attachments_to(code)))
    made = dataset(robot).find(dataset(robot).attachments_to(code)[0].text("organisation"))
    assert made.text("name") == "大榕树下党支部"


def test_that_a_wrong_day_is_said_under_its_field_and_writes_nothing(robot):
    code = a_compound_with_a_grid_branch(robot)
    select(robot, code)
    robot.trigger("compound.attach_firm")
    robot.write("attach.from", "2026-13-01")
    robot.click("attach.commit")
    robot.wait(lambda: robot.has("attach.from.error"))
    assert robot.says("attach.from.error") == "没有 13 月。写成 2026-11-01？"
    robot.write("attach.from", "2026-05-02")
    robot.write("attach.until", "2026-05-01")
    robot.click("attach.commit")
    robot.wait(lambda: robot.has("attach.until.error"))
    assert robot.has("attach.dialog")
    robot.click("attach.cancel")
    robot.wait(lambda: not robot.has("attach.dialog"))


def test_that_a_drawn_outline_becomes_a_compound(robot):
    count = len(dataset(robot).of("compounds"))
    canvas = robot.widget(QWidget, "map.canvas")
    robot.trigger("map.draw")
    middle = canvas.rect().center()
    for dx, dy in ((-60, -40), (60, -40), (60, 40), (-60, 40)):
        robot.click_at("map.canvas", middle + QPoint(dx, dy))
    canvas.setFocus()
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: robot.has("compound.dialog"))
    robot.write("compound.name", "Xin Yuan")
    robot.choose("compound.kind", "resettlement")
    meant = set()
    for _ in range(
        4
    ):  # over half a town: clipped at its neighbours, which is asked about, one thing at a time
        robot.press(Qt.Key.Key_Return)
        robot.wait(
            lambda: len(dataset(robot).of("compounds")) == count + 1 or said(robot) not in {"", *meant}
        )
        if len(dataset(robot).of("compounds")) > count:
            break
        meant.add(said(robot))
        assert robot.widget(QPushButton, "compound.commit").text() == "就要这样，登记"
    robot.wait(lambda: robot.says("inspector.title") == "Xin Yuan")
    assert any("中间会空出" in sentence for sentence in meant)
    new = next(r for r in dataset(robot).of("compounds").values() if r.text("name") == "Xin Yuan")
    assert new.text("kind") == "resettlement"
    others = [
        r.geometry for r in dataset(robot).of("compounds").values() if r.geometry and r.code != new.code
    ]
    assert shapely.area(shapely.intersection(new.geometry, shapely.union_all(others))) < 1e-12


def said(robot):
    return robot.says("compound.error") if robot.has("compound.error") else ""


def test_that_a_station_is_added_where_the_map_is_clicked(robot):
    count = len(dataset(robot).of("stations"))
    canvas = robot.widget(QWidget, "map.canvas")
    robot.trigger("map.add_station")
    robot.click_at("map.canvas", canvas.rect().center())
    robot.wait(lambda: robot.has("station.dialog"))
    robot.click("station.commit")
    robot.wait(lambda: robot.has("station.name.error"))
    robot.write("station.name", "Yi Zhan")
    robot.choose("station.kind", "grid_post")
    robot.click("station.commit")
    robot.wait(lambda: len(dataset(robot).of("stations")) == count + 1)
    new = next(r for r in dataset(robot).of("stations").values() if r.text("name") == "Yi Zhan")
    robot.wait(lambda: canvas.position_of(new.code) is not None)
    spot = canvas.position_of(new.code)
    assert abs(spot.x() - canvas.rect().center().x()) <= 2
    assert abs(spot.y() - canvas.rect().center().y()) <= 2


def test_that_a_roster_is_previewed_then_imported_as_one_step(robot, tmp_path):
    known = dataset(robot).in_force("compounds", today())[0]
    steps = len(robot.window.context.registry.history())
    roster = tmp_path / "roster.csv"
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["code", "name", "households", "身份证号"])
        writer.writerow([known.code, known.text("name"), 4321, "340102199001011234"])
        writer.writerow(["", "新来的小区", 12, ""])
    robot.trigger("registry.import")
    robot.widget(QWidget, "import.path").setText(str(roster))
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: robot.rows("import.plan") == 2)
    assert robot.says("import.counts") == "1 + 1 + 0 + 0 + 0 = 2 行，一行不少"
    assert "身份证号" in robot.says("import.notes")
    assert dataset(robot).find(known.code).get("households") != 4321, "a preview writes nothing"
    robot.click("import.commit")
    robot.wait(lambda: dataset(robot).find(known.code).get("households") == 4321)
    assert len(robot.window.context.registry.history()) == steps + 1
    robot.wait(lambda: robot.window.steps.can_undo)
    robot.trigger("edit.undo")
    robot.wait(lambda: dataset(robot).find(known.code).get("households") != 4321)


def test_that_a_refused_row_keeps_the_import_from_starting(robot, tmp_path):
    known, second, third = dataset(robot).in_force("compounds", today())[:3]
    roster = tmp_path / "roster.csv"
    rows = (
        f"{known.code},many\n{second.code},55\n{third.code},66\n"  # a column of nothing but words is left out
    )
    roster.write_text(f"code,households\n{rows}", encoding="utf-8")
    robot.trigger("registry.import")
    robot.widget(QWidget, "import.path").setText(str(roster))
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: robot.rows("import.problems") == 1)
    assert robot.cell("import.problems", 0, 1) == "households"
    assert robot.cell("import.problems", 0, 2) == "many"
    assert not robot.widget(QWidget, "import.commit").isEnabled()


def test_that_the_table_and_the_picture_leave_through_the_export_sheet(robot, tmp_path):
    for ending in ("csv", "png"):
        robot.trigger("registry.export")
        robot.widget(QWidget, "export.path").setText(str(tmp_path / f"out.{ending}"))
        robot.click("export.commit")
        robot.wait(lambda ending=ending: (tmp_path / f"out.{ending}").exists())
        robot.wait(lambda: robot.has("export.result"))
        robot.click("export.cancel")
        robot.wait(lambda: not robot.has("export.dialog"))
    assert (tmp_path / "out.png").read_bytes()[:4] == b"\x89PNG"


def test_that_an_outline_s_fields_are_corrected_with_the_error_under_them(robot):
    code = dataset(robot).in_force("compounds", today())[0].code
    select(robot, code)
    robot.widget(QWidget, "inspector").setFocus()
    robot.press(Qt.Key.Key_F2)
    robot.wait(lambda: robot.has("field.households"))
    robot.write("field.households", "-5")
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: robot.has("field.households.error"))
    robot.write("field.households", "777")
    robot.press(Qt.Key.Key_Return)
    robot.wait(lambda: dataset(robot).find(code).get("households") == 777)
    robot.wait(lambda: "777" in robot.says("inspector.line"))


def test_that_a_past_day_shows_facts_but_takes_no_answer(robot):
    code = dataset(robot).in_force("compounds", today())[0].code
    select(robot, code)
    box = robot.widget(QComboBox, "fact.authority")
    before = len(robot.window.context.registry.history())
    robot.window.context.set_as_of(today().replace(year=today().year - 1))
    robot.wait(lambda: box.is_read_only)
    box.setFocus()
    robot.press("1")
    robot.wait(lambda: not robot.window.tasks.is_busy)  # a write would have been under way since the key
    assert len(robot.window.context.registry.history()) == before
