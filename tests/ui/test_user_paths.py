"""What new users stumbled over, each kept from coming back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.domain.period import today
from app.services.edit import edit
from app.services.registry.registry import Registry
from app.text import Text
from tests.ui.robots.find import the
from ui.map.canvas import MapCanvas
from ui.map.view import View


class Heights(QObject):
    """Writes down each height a widget is painted with."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen: list[int] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QWidget):
            self.seen.append(watched.height())
        return False


def test_that_answering_never_squeezes_the_rows(window):
    window.pick("C000003")
    window.until(lambda: bool(window.label("three_no.status")))
    box = window.box("fact.property_firm")
    whole = box.height()
    page = window.window.inspector.page
    heights = Heights(box)
    card = Heights(page.card)
    window.canvas.setFocus()
    window.press("T", "2", "2", "1", "0")
    registry = window.window.context.registry
    window.until(lambda: registry.dataset.fact_on("C000003", "defence_people", today()) is not None)
    window.until(lambda: not window.window.tasks.is_busy)
    for _ in range(30):
        page.facts.update()
        QApplication.processEvents()
        assert page.facts.height() >= page.facts.sizeHint().height()
        assert page.card.height() >= page.card.layout().totalHeightForWidth(page.card.width())
    assert set(heights.seen) <= {whole}
    assert card.seen
    assert page.height() >= page.layout().totalHeightForWidth(page.width())


def test_that_a_fold_takes_its_height_with_it(window):
    window.pick("C000001")
    page = window.window.inspector.page
    window.until(lambda: bool(window.label("three_no.status")))
    before = page.minimumHeight()
    page.three_no.set_open(False)
    assert page.minimumHeight() < before


@pytest.mark.parametrize("chooser", ["step", "table", "places", "search"])
def test_that_the_map_follows_what_is_chosen_elsewhere(window, chooser):
    canvas = window.canvas
    canvas.set_view(View(canvas.view.x, canvas.view.y, 60.0, canvas.width(), canvas.height()))
    if chooser == "step":
        canvas.setFocus()
        window.press("]")
    elif chooser == "table":
        window.pick("C000001")
    elif chooser == "places":
        window.places.setCurrentIndex(window.tree_index("C000001"))
    else:
        window.until(lambda: bool(window.window.search.find("c000001")))
        window.type_into("search.box", "c000001")
        window.press("Enter")
    assert window.selected() == ["C000001"]
    spot = canvas.position_of("C000001")
    assert canvas.rect().contains(spot)
    west, south, east, north = canvas.style_now.scene.bounds_of(["C000001"])
    assert max(east - west, north - south) / canvas.view.mpp >= 24


def test_that_a_view_moves_only_as_far_as_needed():
    view = View(0, 0, 1.0, 800, 600)
    seen = (-50.0, -50.0, 50.0, 50.0)
    assert view.showing(seen) is view
    aside = view.showing((900.0, -50.0, 1000.0, 50.0))
    assert (aside.x, aside.y, aside.mpp) == (950.0, 0.0, 1.0)
    nearer = view.showing((0.0, 0.0, 20.0, 10.0))
    assert nearer.mpp < 1.0
    assert nearer.x == 10.0
    whole = view.showing((-1000.0, -1000.0, 1000.0, 1000.0))
    assert whole.mpp > 1.0


def test_that_an_empty_map_is_never_called_sharp(qtbot):
    canvas = MapCanvas()
    qtbot.addWidget(canvas)
    canvas.show()
    assert not canvas.is_sharp()
    canvas.close()


def test_that_a_new_organisation_is_made_and_attached_in_one_step(registry_path):
    registry = Registry.open(registry_path, by="tester")
    before = len(registry.history())
    changes = edit.add_and_attach(
        registry, "organisations", {"name": "大榕树下党支部", "type": "branch"}, ["C000001", "C000002"]
    )
    assert len(registry.history()) == before + 1
    assert {a.text("organisation") for a in registry.dataset.attachments_to("C000001")} == {
        registry.dataset.attachments_to("C000002")[0].text("organisation")
    }
    registry.undo(changes.change)
    assert not registry.dataset.attachments_to("C000001")
    assert all(r.text("name") != "大榕树下党支部" for r in registry.dataset.of("organisations").values())
    registry.close()


def test_that_the_checks_wait_while_a_user_works(window):
    findings = window.window.findings
    assert findings._soon.isActive()
    assert not findings.is_checked
    assert window.window.strip._buttons["findings"].text() == "核查"
    assert window.label("findings.note") == "还没有核查完"
    window.pick("C000001")
    assert findings._soon.remainingTime() > 4_000
    window.action("mode.check").trigger()  # somebody wants to see them now
    window.until(lambda: findings.is_checked)
    assert window.window.strip._buttons["findings"].text() != "核查"


def test_that_a_change_stops_a_check_of_what_was_before(window):
    findings = window.window.findings
    findings.check_now()
    registry = window.window.context.registry
    window.window.context.edit(
        lambda _: edit.set_values(registry, ["C000001"], {"authority": "no"}), Text("x", "x")
    )
    window.until(findings._soon.isActive)


@pytest.mark.parametrize(("mode", "focus"), [("review", "gaps.table"), ("check", "findings.table")])
def test_that_a_mode_begins_where_its_work_is(window, mode, focus):
    window.canvas.setFocus()
    window.action(f"mode.{mode}").trigger()
    assert window.focus() == focus
    window.action("mode.entry").trigger()
    assert window.focus() == "map.canvas"


@pytest.mark.parametrize(("size", "lang"), [((1366, 698), "zh"), ((1366, 698), "en"), ((1093, 558), "zh")])
def test_that_names_of_units_keep_their_room(open_window, registry_path, size, lang):
    robot = open_window(registry_path, size=size, lang=lang).wait_for_registry()
    robot.until(lambda: robot.view("gaps.table").model().rowCount() > 0)
    robot.action("mode.review").trigger()
    QApplication.processEvents()
    assert robot.view("gaps.table").columnWidth(0) >= 140
    robot.action("mode.entry").trigger()
    robot.action("view.bottom").trigger()
    QApplication.processEvents()
    assert robot.view("coverage.table").columnWidth(0) >= 140


def test_that_the_coverage_panel_keeps_its_names_beside_wide_panels(open_window, registry_path):
    robot = open_window(registry_path, size=(1920, 1040)).wait_for_registry()
    robot.until(lambda: robot.view("coverage.table").model().rowCount() == 2)
    robot.action("mode.review").trigger()
    QApplication.processEvents()
    assert robot.view("coverage.table").columnWidth(0) >= 140


def test_that_a_low_screen_still_shows_rows_when_the_bottom_is_opened(open_window, registry_path):
    robot = open_window(registry_path, size=(1093, 558)).wait_for_registry()
    robot.action("view.bottom").trigger()
    QApplication.processEvents()
    assert robot.view("coverage.table").viewport().height() >= 52
    assert robot.canvas.height() >= 200
    robot.action("view.bottom").trigger()
    QApplication.processEvents()
    assert robot.canvas.height() >= 320


def test_that_comparing_puts_the_hand_on_the_other_day(window):
    window.canvas.setFocus()
    window.press("Ctrl+D")
    assert window.focus() == "compare.from"


def test_that_an_export_into_no_folder_is_said_at_once(window, tmp_path):
    window.action("registry.export").trigger()
    window.type_into("export.path", str(tmp_path / "none" / "a.csv"))
    the(QWidget, "export.commit", inside=window.window).click()
    assert "none" in window.label("export.path.error")
    assert the(QWidget, "export.commit", inside=window.window).isEnabled()
