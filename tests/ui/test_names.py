"""A robot walks every promised name: it is there once, and does what its kind of widget does."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractItemView, QApplication, QComboBox, QDialog, QPushButton, QWidget

from tests.ui.names import ACTIONS, DIALOGS, ROOMS
from tests.ui.robots.find import the
from ui.actions import ACTIONS as SPECS

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
CODE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
OPENERS = {
    "import": "registry.import",
    "export": "registry.export",
    "attach": "compound.attach_party",
    "new": "registry.new",
    "open": "registry.open",
    "assess": "compound.assess",
    "credit": "firm.credit",
}
NO_CODES = {"search.results", "palette.results"}  # filled once something is typed
FREE = {"attach.role", "import.layer"}  # free text; filled from a file


def opened(robot, room):
    """Open a dialog and return it."""
    if room == "station":
        robot.window.dialogs.add_station(117.302, 31.862)
    else:
        if room in {"attach", "assess"}:
            robot.pick("C000001")
        if room == "credit":
            robot.window.context.select(["F000001"])
        robot.action(OPENERS[room]).trigger()
    return the(QDialog, f"{room}.dialog", inside=robot.window)


def test_that_every_promised_widget_is_there_once_and_named_for_ears(window):
    window.pick("C000001")
    assert window.window.objectName() == "main"
    for name, kind in ROOMS.items():
        found = window.window.findChildren(QWidget, name)
        assert len(found) == 1, name
        assert isinstance(found[0], kind), (name, type(found[0]).__name__)
        assert found[0].accessibleName() or getattr(found[0], "text", str)(), name
    for name in ACTIONS:
        assert len(window.window.findChildren(QAction, name)) == 1, name
    profile = window.window.context.registry.profile
    for spec in profile.facts_of("compounds"):
        assert len(window.window.findChildren(QWidget, f"fact.{spec.key}")) == 1, spec.key


def test_that_choice_boxes_hold_values_and_tables_codes(window):
    window.pick("C000001")
    window.until(lambda: window.view("coverage.table").model().rowCount() == 2)
    window.window.findings.check_now()
    for name, kind in ROOMS.items():
        if issubclass(kind, QComboBox):
            box = window.box(name)
            assert box.count() > 0, name
            assert any(box.itemData(n) is not None for n in range(box.count())), name
            assert all(box.itemText(n) for n in range(box.count())), name
    for spec in window.window.context.registry.profile.facts_of("compounds"):
        if spec.type in {"answer", "choice"}:
            assert window.box(f"fact.{spec.key}").findData("unknown") >= 0 or spec.type == "choice", spec.key
    window.until(lambda: window.view("findings.table").model().rowCount() > 0)
    for name in ("table.compounds", "coverage.table", "gaps.table", "findings.table", "places.tree"):
        model = window.view(name).model()
        codes = [str(model.index(row, 0).data(CODE_ROLE) or "") for row in range(model.rowCount())]
        assert codes, name
        assert all(codes), name
    coverage = window.view("coverage.table")
    coverage.clicked.emit(coverage.model().index(0, 4))
    window.until(lambda: bool(window.window.context.selection))
    lists = ("explain.covered", "explain.uncovered", "explain.unknown", "explain.left_out")
    window.until(lambda: any(window.view(name).model().rowCount() for name in lists))
    for name in lists:
        model = window.view(name).model()
        assert all(model.index(row, 0).data(CODE_ROLE) for row in range(model.rowCount())), name


def test_that_the_search_lists_give_codes(window):
    window.until(lambda: bool(window.window.search.find("strj")))
    window.type_into("search.box", "strj")
    assert window.list("search.results").item(0).data(CODE_ROLE) == "C000005"
    window.type_into("search.box", "qqqqq")
    assert "qqqqq" in window.list("search.results").item(0).text()
    window.type_into("search.box", "")
    window.action("help.palette").trigger()
    window.type_into("palette.input", "strj")
    results = window.list("palette.results")
    window.until(lambda: "C000005" in [results.item(row).data(CODE_ROLE) for row in range(results.count())])
    window.type_into("palette.input", "qqqqq")
    assert "qqqqq" in results.item(0).text()


@pytest.mark.parametrize("room", sorted(DIALOGS))
def test_that_each_dialog_can_be_filled_by_name_and_left(window, room):
    dialog = opened(window, room)
    assert dialog.isVisible()
    assert not dialog.isModal() or dialog.windowModality() != Qt.WindowModality.ApplicationModal
    for name, kind in DIALOGS[room].items():
        whole = f"{room}.{name}"
        found = window.window.findChildren(QWidget, whole)
        assert len(found) == 1, whole
        assert isinstance(found[0], kind), (whole, type(found[0]).__name__)
        assert found[0].accessibleName() or getattr(found[0], "text", str)(), whole
        if kind is QComboBox and whole not in FREE:
            assert found[0].count() > 0, whole
            assert all(found[0].itemData(n) is not None for n in range(found[0].count())), whole
        if isinstance(found[0], QAbstractItemView):
            assert found[0].model() is not None, whole
    the(QPushButton, f"{room}.cancel", inside=dialog).click()
    window.until(lambda: not window.window.findChildren(QWidget, f"{room}.dialog"))


def test_that_every_action_can_be_triggered_with_a_registry_open(window, monkeypatch):
    window.pick("C000001")
    refused = []
    window.window.context.refused.connect(refused.append)
    monkeypatch.setattr(
        window.window.files, "open_sample", lambda _path: None
    )  # writes into the user's folder
    for spec in SPECS:
        if spec.id == "window.close":
            continue
        action = window.action(spec.id)  # found anew: another language makes them anew
        assert action.text(), spec.id
        action.trigger()
        QApplication.processEvents()
        for dialog in window.window.findChildren(QDialog):
            dialog.close()
        QApplication.processEvents()
    window.until(lambda: not window.window.tasks.is_busy)
    assert not refused


def test_that_every_action_can_be_triggered_without_a_registry(open_window, monkeypatch):
    robot = open_window()
    monkeypatch.setattr(robot.window.files, "open_sample", lambda _path: None)
    for spec in SPECS:
        if spec.id == "window.close":
            continue
        robot.action(spec.id).trigger()
        QApplication.processEvents()
        for dialog in robot.window.findChildren(QDialog):
            dialog.close()
        QApplication.processEvents()
    assert robot.window.context.registry is None


def test_that_no_short_cut_is_dead_or_given_twice(window):
    taken = [spec.shortcut for spec in SPECS if spec.shortcut] + [s.letter for s in SPECS if s.letter]
    assert len(taken) == len(set(taken))
    for spec in SPECS:
        if (
            spec.shortcut
            and spec.id not in {"edit.redo", "edit.undo", "province.back"}
            and "compound" not in spec.id
        ):
            assert window.action(spec.id).isEnabled(), spec.id
