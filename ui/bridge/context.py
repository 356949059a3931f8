"""What every panel shares: the open registry, the day, the selection, the question asked of coverage.

Panels meet only here. A panel connects bound methods of its own (never lambdas: panels are rebuilt when the
language or theme changes) and reads ``registry`` afresh each time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from typing_extensions import override

from app.coverage.measures import is_measure, measure_words
from app.domain.kinds import LEVELS, UNIT_KINDS
from app.domain.period import today
from app.services.registry.reach import doubt_about
from app.text import Text
from ui.bridge.comparing import Comparing
from ui.bridge.errors import words_of
from ui.bridge.others import OthersHere
from ui.bridge.question import COMPUTING, NO_STATUS, Figured, Question, figure
from ui.bridge.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.edits import Changes
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from ui.bridge.settings_store import SettingsStore
    from ui.bridge.tasks import Task, TaskRunner


class WindowContext(Writing):
    """The state that panels share: what is looked at, chosen and asked; and the one way to write.

    Signals
    -------
    registry_left
        The open registry is about to make way for another: whoever holds something of it keeps or drops it now.
    registry_opened
        Another registry, or none, is open now.
    map_shown
        The map has painted the registry, or never will: now is the time for work that can wait.
    target_changed
        The rate to be reached, 0 to 1: another is aimed at.
    figures_changed
        ``figured`` holds new figures and statuses (after a change, another day or another question).
    wanted
        An action's id that a panel asks the window to trigger (``compound.attach_party`` …).
    import_asked
        The kind of records of which a file is to be brought in.
    tab_asked
        The name of the tab below the map that is to come to the front.
    end_asked
        ``ui.models.ending.Ending``: ask for the day and the reason of what ends, goes or is replaced.
    waive_asked
        ``Finding``: ask until when, and why, it is left alone.
    template_asked
        The kind of records of which a workbook is to be written that people fill in.
    task_asked
        ``ui.models.task_ask.TaskAsk``: make tasks of something, or do an act with some.
    step_wanted
        ``(code, step)``: ask for the next step of a case or list entry; "" leaves the step to the user.
    filter_asked
        ``(list of codes, Text)``: list exactly these compounds in the attribute table.
    marked
        Codes to show on the map beside the selection, without selecting them; they go with the selection.
    sketch_asked
        ``ui.models.sketch.Sketch`` that a panel lays over the map, or several, the last on top; None takes them off.
    sites_asked
        ``ui.models.sites.Sites``, places for new stations over the map, None takes them off.
    site_moved
        Which of these places was dragged where (longitude, latitude), and whether it was let go there.
    site_chosen
        Which of these places was clicked.
    pick_asked
        ``ui.models.sites.Pick``: a file that is to be chosen.

    """

    registry_left = Signal()
    registry_opened = Signal()
    map_shown = Signal()
    selection_changed = Signal(list)
    place_changed = Signal(str)
    measure_changed = Signal(str)
    target_changed = Signal(float)
    figures_changed = Signal()
    zoom_asked = Signal(list)
    filter_asked = Signal(list, object)
    list_changed = Signal(list)
    wanted = Signal(str)
    import_asked = Signal(str)
    tab_asked = Signal(str)
    marked = Signal(list)
    sketch_asked = Signal(object)
    sites_asked = Signal(object)
    site_moved = Signal(int, float, float, bool)
    site_chosen = Signal(int)
    pick_asked = Signal(object)
    end_asked = Signal(object)
    waive_asked = Signal(object)
    template_asked = Signal(str)
    task_asked = Signal(object)
    step_wanted = Signal(str, str)

    def __init__(
        self, tasks: TaskRunner, settings: SettingsStore, *, lang: str = "zh", parent: QObject | None = None
    ) -> None:
        super().__init__(tasks, lang=lang, parent=parent)
        self.settings = settings
        self.selection: list[str] = []
        self.selection_origin = ""
        self.place = ""
        self.question = Question()
        self.target = 1.0  # the rate to be reached, of a registry as long as it is not another
        self.figured = Figured(self.question, self.as_of)
        self.listed: list[str] = []  # compounds of "the list in force", for [ and ]
        self.is_filtered = False
        self.is_map_shown = False
        self._figuring: Task | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._figure)
        self.as_of_changed.connect(self.figure_again)
        self.comparing = Comparing(self, self)
        self.others = OthersHere(self, self)

    # reading

    def record(self, code: str) -> Record | None:
        """Return a record of the open registry."""
        return None if self.registry is None else self.registry.dataset.find(code)

    @property
    def current(self) -> Record | None:
        """The record acted on: the last one selected."""
        return self.record(self.selection[-1]) if self.selection else None

    def selected(self, *kinds: str) -> list[str]:
        """Return the selected codes, of some kinds only if given."""
        if not kinds:
            return list(self.selection)
        return [c for c in self.selection if (r := self.record(c)) is not None and r.kind in kinds]

    def status(self, code: str) -> str:
        """Return a subject's status in the current measure: covered, uncovered, unknown or left_out."""
        return self.figured.statuses.get(code, NO_STATUS)[0]

    def doubt(self, day: date) -> Text | None:
        """Return what to ask about a day that no record reaches, None about any other."""
        return None if self.registry is None else doubt_about(self.registry.dataset, day)

    def measure_words(self) -> Text:
        """Return the current measure's words."""
        if self.registry is None:
            return Text("", "")
        return measure_words(self.registry.profile, self.question.measure)

    def hidden(self, codes: Sequence[str]) -> list[str]:
        """Return those compounds that the table's filter keeps out of sight."""
        listed = set(self.listed) if self.is_filtered else None
        return [] if listed is None else [c for c in self._of_kind(codes, "compounds") if c not in listed]

    def _of_kind(self, codes: Sequence[str], *kinds: str) -> list[str]:
        return [c for c in codes if (r := self.record(c)) is not None and r.kind in kinds]

    # choosing

    def set_registry(self, registry: Registry | None) -> None:
        """Show another registry; what belongs to the one before it is put away first."""
        self.leaving.emit()
        if self.registry is not None:
            self.registry_left.emit()
            self._ask_afresh()
        self.registry = registry
        self.shown = None if registry is None else registry.dataset
        self.target = 1.0 if registry is None else self.settings.target(str(registry.path))
        self.is_map_shown = False
        self.selection, self.place, self.listed, self.is_filtered = [], "", [], False
        self.figured = Figured(self.question, self.as_of)
        self._soon.stop()  # figures wait until the map is painted
        if registry is not None and not is_measure(registry.profile, self.question.measure):
            self.question = Question()
        self._ask_of_what_exists()
        self.registry_opened.emit()
        self.selection_changed.emit([])
        if registry is None:
            self.figure_again()

    def _ask_of_what_exists(self) -> None:
        """Ask at the lowest level that exists where the one asked for does not."""
        if (registry := self.registry) is None:
            return
        there = [level for level, kind in zip(LEVELS, UNIT_KINDS, strict=True) if registry.dataset.of(kind)]
        if there and self.question.by not in there:
            self.question = replace(self.question, by=there[-1])
            self.measure_changed.emit(self.question.measure)

    def _ask_afresh(self) -> None:
        """Ask of today, and what is asked when a window opens: another registry is another matter."""
        if self.question != Question():
            self.question = Question()
            self.measure_changed.emit(self.question.measure)
        self._follows_today = True
        if self.as_of != today():
            self.as_of = today()
            self.as_of_changed.emit(self.as_of)

    def tell_map_shown(self) -> None:
        """Let everything else begin: trees, tables, figures, indexes wait until the map is painted."""
        if not self.is_map_shown:
            self.is_map_shown = True
            self.map_shown.emit()
            self.figure_again()

    def select(self, codes: Sequence[str], origin: str = "") -> None:
        """Make these the selected records, in map, tree and tables alike. The last one is current."""
        chosen = list(dict.fromkeys(codes))
        if chosen == self.selection:
            return
        self.leaving.emit()
        self.selection, self.selection_origin = chosen, origin
        self.selection_changed.emit(chosen)

    def set_place(self, code: str) -> None:
        """Work in this unit ("" = everywhere)."""
        if code != self.place:
            self.place = code
            self.place_changed.emit(code)

    def ask(self, **parts: Any) -> None:
        """Change parts of the question: measure, by, weight, count, kind, against."""
        question = replace(self.question, **parts)
        if question != self.question:
            self.question = question
            self.measure_changed.emit(question.measure)
            self.figure_again()

    def set_target(self, target: float) -> None:
        """Aim at another rate, 0 to 1; it is remembered for this registry."""
        if target != self.target:
            self.target = target
            if self.registry is not None:
                self.settings.keep_target(str(self.registry.path), target)
            self.target_changed.emit(target)

    def set_list(self, codes: Sequence[str], *, is_filtered: bool = False) -> None:
        """Say which compounds ``[`` and ``]`` step through, and whether a filter hides others."""
        self.listed, self.is_filtered = list(codes), is_filtered
        self.list_changed.emit(self.listed)

    def zoom_to(self, codes: Sequence[str]) -> None:
        """Ask the map to show these."""
        self.zoom_asked.emit(list(codes))

    def show_compounds(self, codes: Sequence[str], words: Text) -> None:
        """List exactly these compounds, select them and show them: what a click on any figure does."""
        self.filter_asked.emit(list(codes), words)
        self.select(codes, "figure")
        self.zoom_to(codes)

    def show_finding(self, codes: Sequence[str]) -> None:
        """Select what a finding is about; the others that it names are marked on the map, not selected."""
        known = [code for code in codes if self.record(code) is not None]
        self.select(known[:1], "findings")
        self.marked.emit(known[1:])
        self.zoom_to(known)

    @override
    def announce(self, changes: Changes) -> None:
        """Let go of what is no more, then tell every panel what was written."""
        if changes.change is None and not changes.codes:
            return
        if any(self.record(code) is None for code in self.selection):
            self.select([code for code in self.selection if self.record(code) is not None], "change")
        if self.registry is not None and not is_measure(self.registry.profile, self.question.measure):
            self.question = Question()  # another profile, without it
            self.measure_changed.emit(self.question.measure)
        self._ask_of_what_exists()
        super().announce(changes)
        self.figure_again()

    # figures, always in the background; the old ones stay until the new are there

    @Slot()
    def figure_again(self) -> None:
        """Compute the current question anew; several calls in one turn of the loop are one run."""
        self._soon.start()

    @Slot()
    def _figure(self) -> None:
        if self._figuring is not None:
            self._figuring.cancel()
            self._figuring = None
        registry = self.registry
        if registry is None:
            self.figures_changed.emit()
            return
        engine, question, day = registry.engine, self.question, self.as_of
        self._figuring = self.tasks.start(
            lambda ticket: figure(engine, question, day, ticket),
            on_registry=False,
            words=COMPUTING,
            on_failure=self._not_figured,
        )
        self._figuring.succeeded.connect(self._figures_came)

    @Slot(object)
    def _figures_came(self, figured: Figured) -> None:
        self._figuring = None
        self.figured = figured
        self.figures_changed.emit()

    def _not_figured(self, error: Exception) -> None:
        self._figuring = None
        self.refused.emit(error)

    def sentence(self, error: Exception) -> str:
        """Return what the user reads of an error."""
        return self.say(words_of(error))
