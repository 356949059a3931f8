"""A user at the window, doing one thing after another in an order nobody planned."""

from __future__ import annotations

import shutil
import sys
import threading
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from PySide6.QtCore import QEvent, QItemSelectionModel, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableView,
    QWidget,
)
from pytestqt.exceptions import TimeoutError as WaitedInVain

from app.domain.period import today
from app.errors import RegistryError
from tests.sequences.eyes import CODE_ROLE, differences
from tests.ui.robots.find import the
from ui.bridge.settings_store import SettingsStore
from ui.main_window import open_window
from ui.topic_list import TOPICS

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

PATIENCE = 10_000  # [ms] until the window must show what is so
ANSWERS = {"1": "yes", "2": "no", "0": "unknown"}
FACTS = ("property_firm", "authority", "defence_people", "defence_hardware", "owners_committee", "activities")
MEASURES = ("party", "property", "not_three_no", "committee", "three_carriages", "five_haves", "firm_party")
DAYS = (0, 1, 40, 400)
CODES = tuple(f"C{number:06d}" for number in range(1, 10))


class WindowMachine(RuleBasedStateMachine):
    """Drives one window. ``expected``: how many steps the journal of the open file must hold."""

    qtbot: ClassVar[QtBot]
    towns: ClassVar[tuple[Path, Path]]

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="window-"))
        self.paths = tuple(Path(shutil.copy(town, self.folder)) for town in self.towns)
        self.faults: list[str] = []
        self.before = set(threading.enumerate())
        self._hooks = (sys.excepthook, threading.excepthook)
        sys.excepthook = lambda _kind, value, _trace: self.faults.append(f"{type(value).__name__}: {value}")
        threading.excepthook = lambda told: self.faults.append(f"in a thread: {told.exc_value!r}")
        self.window = open_window(self.paths[0], settings=SettingsStore(self.folder / "settings.ini"))
        self.window.context.refused.connect(self._on_refused)
        self.window.resize(1366, 698)
        self.opened = 0
        self.expected = 0

    def _on_refused(self, error: Exception) -> None:
        if not isinstance(error, RegistryError):
            self.faults.append(f"{type(error).__name__}: {error}")

    # hands

    @property
    def context(self) -> Any:
        return self.window.context

    def wait(self, is_so: Any) -> None:
        self.qtbot.waitUntil(is_so, timeout=PATIENCE)

    def settle(self) -> None:
        """Wait until what was begun has ended and the window shows what is so."""
        self.wait(lambda: self.context.registry is not None and self.context.is_map_shown)
        self.wait(lambda: not self.window.tasks.is_busy)
        found: list[list[str]] = []

        def agrees() -> bool:
            found[:] = [differences(self.window)]
            return not found[0]

        try:
            self.wait(agrees)
        except WaitedInVain:  # which says only how long it waited
            raise AssertionError("\n".join(found[0]) or "it agrees too late") from None

    def find(self, kind: type[Any], name: str) -> Any:
        return the(kind, name, inside=self.window)

    def trigger(self, name: str) -> bool:
        action = self.find(QAction, name)
        if action.isEnabled():
            action.trigger()
        return bool(action.isEnabled())

    def choose(self, name: str, value: object) -> bool:
        box = self.find(QComboBox, name)
        place = next((n for n in range(box.count()) if box.itemData(n) == value), None)
        if place is not None:
            box.setCurrentIndex(place)
            box.activated.emit(place)
        return place is not None

    def journal(self) -> int:
        return len(self.context.registry.history(details=0))

    def fact(self, code: str, key: str) -> str | None:
        found = self.context.registry.dataset.fact_on(code, key, today())
        return None if found is None else found.text("value")

    # the beginning and the end

    @initialize()
    def open(self) -> None:
        self.wait(lambda: self.context.registry is not None)
        self.expected = self.journal()
        self.counts = {0: self.expected}

    @invariant()
    def all_is_well(self) -> None:
        if self.expected:
            self.settle()
            assert self.faults == []
            assert self.journal() == self.expected, self.context.registry.history(details=0)[0]

    def teardown(self) -> None:
        self.window.close()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        QApplication.processEvents()
        sys.excepthook, threading.excepthook = self._hooks
        shutil.rmtree(self.folder)
        left = {thread for thread in threading.enumerate() if thread not in self.before and thread.is_alive()}
        assert not left, f"threads outlived their window: {left}"
        assert self.faults == []

    # looking

    @rule(codes=st.lists(st.sampled_from(CODES), max_size=4, unique=True))
    def choose_rows(self, codes: list[str]) -> None:
        view = self.find(QTableView, "table.compounds")
        model, chosen = view.model(), view.selectionModel()
        places = {str(model.index(row, 0).data(CODE_ROLE)): row for row in range(model.rowCount())}
        chosen.clearSelection()
        flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
        for code in codes:
            if code in places:
                chosen.select(model.index(places[code], 0), flags)

    @rule(code=st.sampled_from(CODES))
    def choose_on_the_map(self, code: str) -> None:
        if self.context.record(code) is not None:
            self.context.select([code], "map")

    @rule(measure=st.sampled_from(MEASURES))
    def ask_another_measure(self, measure: str) -> None:
        if self.choose("coverage.measure", measure):
            assert self.context.question.measure == measure

    @rule(level=st.sampled_from(("district", "street", "community", "grid")))
    def ask_another_level(self, level: str) -> None:
        if self.choose("coverage.by", level):
            assert self.context.question.by == level

    @rule(weight=st.sampled_from(("compounds", "households", "residents", "area")))
    def ask_another_weight(self, weight: str) -> None:
        if self.find(QComboBox, "coverage.weight").isEnabled():
            self.choose("coverage.weight", weight)

    @rule(count=st.sampled_from(("whole", "split")))
    def ask_another_count(self, count: str) -> None:
        if self.find(QComboBox, "coverage.count").isEnabled():
            self.choose("coverage.count", count)

    @rule(kind=st.sampled_from((None, "old", "commercial")))
    def ask_one_kind(self, kind: str | None) -> None:
        if self.find(QComboBox, "coverage.kind").isEnabled():
            self.choose("coverage.kind", kind)

    @rule(days=st.sampled_from(DAYS))
    def look_at_another_day(self, days: int) -> None:
        self.context.set_as_of(today() - timedelta(days=days))

    @rule(days=st.sampled_from((None, 30, 365)))
    def compare_with_another_day(self, days: int | None) -> None:
        against: date | None = None if days is None else today() - timedelta(days=days)
        self.context.ask(against=against)

    @rule(mode=st.sampled_from(("entry", "review", "check", "publish")))
    def go_to_another_mode(self, mode: str) -> None:
        self.trigger(f"mode.{mode}")

    @rule(
        action=st.sampled_from(
            ("view.language", "view.dark", "view.bottom", "view.left", "view.reset", "map.colouring")
        )
    )
    def change_the_view(self, action: str) -> None:
        self.trigger(action)

    @rule(topic=st.sampled_from([entry.name for entry in TOPICS]))
    def open_a_topic(self, topic: str) -> None:
        self.trigger(f"topics.{topic}")

    @rule(text=st.sampled_from(("", "C00000", "dg", "yuan", "没有这个", "C000003")))
    def filter_the_table(self, text: str) -> None:
        self.find(QLineEdit, "table.filter").setText(text)

    @rule(
        view=st.sampled_from(("table.compounds", "coverage.table")),
        column=st.integers(0, 6),
        down=st.booleans(),
    )
    def sort(self, view: str, column: int, *, down: bool) -> None:
        order = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        table = self.find(QTableView, view)
        table.sortByColumn(min(column, table.model().columnCount() - 1), order)

    @rule(wide=st.sampled_from((900, 1280, 1366, 1920)))
    def resize(self, wide: int) -> None:
        self.window.resize(wide, 698 if wide < 1900 else 1040)

    # writing

    @rule(key=st.sampled_from(FACTS), letter=st.sampled_from(tuple(ANSWERS)))
    def answer(self, key: str, letter: str) -> None:
        record = self.context.current
        boxes = [
            box
            for box in self.window.findChildren(QComboBox, f"fact.{key}")
            if box.isVisibleTo(self.window) and box.isEnabled()
        ]
        if not boxes or record is None or len(self.context.selection) != 1 or record.kind != "compounds":
            return
        if [boxes[0].itemData(n) for n in range(boxes[0].count())] != list(ANSWERS.values()):
            return
        was = self.fact(record.code, key)
        boxes[0].setFocus()
        QTest.keyClick(boxes[0], letter)
        if self.context.as_of != today():
            return  # nothing may be written on another day
        value = ANSWERS[letter]
        self.wait(lambda: self.fact(record.code, key) == value or (was is None and value == "unknown"))
        self._wrote_at_most_once(must=was != value)

    def _wrote_at_most_once(self, *, must: bool) -> None:
        self.wait(lambda: not self.window.tasks.is_busy)
        now = self.journal()
        assert now - self.expected in ({1} if must else {0, 1}), "exactly the change that was meant"
        self.expected = now

    @precondition(lambda self: len(self.context.selection) > 1)
    @rule(key=st.sampled_from(FACTS), place=st.integers(0, 3))
    def set_one_fact_for_all(self, key: str, place: int) -> None:
        commit = self.find(QPushButton, "bulk.commit")
        if not (commit.isVisibleTo(self.window) and commit.isEnabled() and self.choose("bulk.fact", key)):
            return
        values = self.find(QComboBox, "bulk.value")
        if not values.count():
            return
        value = values.itemData(place % values.count())
        self.choose("bulk.value", value)
        codes = [code for code in self.context.selection if self.context.record(code).kind == "compounds"]
        was = {self.fact(code, key) for code in codes}
        commit.click()
        self.wait(lambda: all(self.fact(code, key) == value for code in codes))
        self._wrote_at_most_once(must=was != {value})

    @rule(place=st.integers(0, 1), commits=st.booleans())
    def attach(self, place: int, *, commits: bool) -> None:
        codes = self.context.selected("compounds", "grids")
        if not codes or not self.trigger("compound.attach_party"):
            return
        listed = self.find(QListWidget, "attach.list")
        self.wait(lambda: listed.count() > 0)
        before = self.journal()
        if commits and self.context.as_of == today():
            listed.setCurrentRow(min(place, listed.count() - 1))
            self.find(QPushButton, "attach.commit").click()
            self.wait(lambda: not self.window.tasks.is_busy)
        for sheet in self.window.findChildren(QWidget, "attach.dialog"):
            if sheet.isVisible():  # refused, or not wanted
                self.find(QPushButton, "attach.cancel").click()
        self.wait(lambda: not self.window.tasks.is_busy)
        self.expected = before + (self.journal() > before)

    @rule()
    def undo(self) -> None:
        self._step("edit.undo")

    @rule()
    def redo(self) -> None:
        self._step("edit.redo")

    def _step(self, name: str) -> None:
        before = self.journal()
        if self.trigger(name):
            self.wait(lambda: self.journal() == before + 1)
            self.expected = before + 1
            assert self.faults == []

    @rule()
    def open_the_other_file(self) -> None:
        self.counts[self.opened] = self.expected
        self.opened = 1 - self.opened
        path = self.paths[self.opened]
        self.window.open_path(path)
        self.wait(lambda: self.context.registry is not None and self.context.registry.path == path)
        self.expected = self.counts.get(self.opened) or self.journal()
