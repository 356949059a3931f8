"""Zones: adjoining compounds bundled to a set size, previewed on the map, written, then changed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtWidgets import (
    QAbstractItemView,
    QWidget,
)
from typing_extensions import override

from app.domain import vocabulary
from app.services.zones.plan import ZoneRequest
from app.text import Text
from ui.topics.base.lines import LinesModel, show_in
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, add_button, offer
from ui.topics.zones.hand import ZoneHand
from ui.topics.zones.lines import (
    HEADS,
    PLAN_HEADS,
    plan_lines,
    plan_sketch,
    plan_words,
    zone_lines,
    zones_words,
)
from ui.topics.zones.options import ZoneOptions
from ui.widgets.number_box import NumberBox
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QHideEvent, QShowEvent

    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.zones.plan import ZonePlan
    from app.services.zones.view import ZoneShown
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.models.sketch import Sketch
    from ui.topics.base.lines import Head, Line

_ALL: Final = Text("所有街道", "Every street")
_SIZE: Final = Text("每片户数", "Households a zone")
_WRITTEN: Final = Text("写入了 {} 个片区", "{: zone|zones} written")
_WRITE_TIP: Final = Text("把预览写入台账，可以撤销", "Write the preview; it can be undone")


class ZonesTopic(LinesTopic):
    """A line of tools for the proposal, one for changes by hand; the table shows one or the other."""

    KINDS = frozenset({"zones", "links", "compounds", "buildings", "households", "streets", "firms"})

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._plan: ZonePlan | None = None
        self._sketch: Sketch | None = None
        self._planning: Task | None = None
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        lang = context.lang
        self.size_box = NumberBox(self)
        self.size_box.setObjectName("zones.size")
        self.size_box.setAccessibleName(context.say(_SIZE))
        set_tip(self.size_box, context.say(_SIZE))
        self.size_box.setRange(50, 100_000)
        self.size_box.setSingleStep(100)
        self.size_box.setValue(1500)
        self.size_box.setSuffix(context.say(Text(" 户", " households")))
        self.tools.addWidget(self.size_box)
        self.street = add_box(self, "street", vocabulary.LEVELS["street"].heading(), lang)
        self.street.addItem(context.say(_ALL), "")
        self.options = ZoneOptions(context, self)
        self.options.reach.valueChanged.connect(self.ask_again)  # what adjoins is in one piece
        self.tools.addWidget(self.options)
        see = Text("编出来看看，不写入", "Propose zones; nothing is written")
        self.preview = add_button(self, "preview", Text("预览", "Preview"), see, lang)
        self.preview.clicked.connect(self.make_plan)
        self.commit = add_button(self, "commit", Text("写入", "Write"), _WRITE_TIP, lang)
        self.commit.clicked.connect(self.write_plan)
        no = Text("不要这个预览", "Drop the preview")
        self.drop = add_button(self, "drop", Text("放弃", "Drop"), no, lang)
        self.drop.clicked.connect(self.drop_plan)
        self.tools.addStretch(1)
        self.hand = ZoneHand(context, self._chosen_zones, self.options.reach.value, self)
        self.hand.refused.connect(self._on_refused)
        self.box.insertWidget(0, self.hand)
        self.table.selectionModel().selectionChanged.connect(self._on_rows)
        self._enable()

    # the zones in force

    @override
    def question(self) -> Callable[[Ticket], Any] | None:
        registry = self._context.registry
        if registry is None:
            return None
        engine, day, lang = registry.engine, self._context.as_of, self._context.lang
        reach = float(self.options.reach.value())

        def job(_ticket: Ticket) -> tuple[list[ZoneShown], list[Line]]:
            from app.services.zones.view import zones_on

            shown = zones_on(engine, day, reach=reach)
            return shown, zone_lines(shown, engine, lang)

        return job

    @override
    def answer(self, found: tuple[list[ZoneShown], list[Line]]) -> None:
        shown, lines = found
        self._fill_boxes(shown)
        if self._plan is None:
            self._show(HEADS, lines, zones_words(shown, self._context.lang))
        self._enable()

    @override
    def clear(self) -> None:
        self._forget_plan()
        super().clear()
        self._enable()

    def _show(self, heads: Sequence[Head], lines: Sequence[Line], said: str) -> None:
        show_in(self.table, self.model, heads, lines)
        self.say(said)

    def _fill_boxes(self, shown: Sequence[ZoneShown]) -> None:
        registry, day = self._context.registry, self._context.as_of
        if registry is None:
            return

        def named(kind: str) -> list[tuple[str, str]]:
            return [(r.code, r.text("name") or r.code) for r in registry.dataset.in_force(kind, day)]

        offer(self.street, [("", self._context.say(_ALL)), *named("streets")])
        kinds = registry.profile.choices["compound_kind"]
        self.options.offer_kinds([(kind, self._context.say(said)) for kind, said in kinds.items()])
        self.hand.fill([(zone.code, zone.name or zone.code) for zone in shown], named("firms"))

    @override
    def activate(self, index: QModelIndex) -> None:
        model = self.model
        assert isinstance(model, LinesModel)
        rows = sorted({self.place_of(chosen) for chosen in self.table.selectionModel().selectedRows()})
        rows = rows or [self.place_of(index)]
        codes = [code for row in rows for code in model.line(row).codes]
        if codes:
            self._context.show_compounds(codes, self.words_of(rows[0]))

    # the proposal

    @Slot()
    def make_plan(self) -> None:
        """Propose zones in the background, and show them in table and map."""
        registry, context = self._context.registry, self._context
        if registry is None:
            return
        request = ZoneRequest(
            households=self.size_box.value(),
            street=str(self.street.currentData() or "") or None,
            tolerance=self.options.tolerance.value() / 100,
            reach=float(self.options.reach.value()),
            within=str(self.options.within.currentData()),
            kind=str(self.options.kind.currentData() or "") or None,
            with_scattered=self.options.scattered.isChecked(),
            existing=str(self.options.existing.currentData()),
            as_of=context.as_of,
        )
        engine, lang = registry.engine, context.lang

        def job(ticket: Ticket) -> tuple[ZonePlan, list[Line], Sketch]:
            from app.services.zones.zones import plan_zones

            plan = plan_zones(registry, request, ticket)
            return plan, plan_lines(plan, lang), plan_sketch(plan, engine, lang)

        if self._planning is not None:
            self._planning.cancel()
        self._planning = context.tasks.start(
            job, on_registry=False, words=self.WORDS, on_failure=self._on_no_plan
        )
        self._planning.succeeded.connect(self._take_plan)
        self._enable()

    @property
    def is_planning(self) -> bool:
        """Whether a proposal is on its way."""
        return self._planning is not None

    @Slot(object)
    def _take_plan(self, found: tuple[ZonePlan, list[Line], Sketch]) -> None:
        self._planning = None
        self._plan, lines, self._sketch = found
        self._show(PLAN_HEADS, lines, plan_words(self._plan, self._context.lang))
        self._context.sketch_asked.emit(self._sketch)
        if self._plan.request.street is not None:
            self._context.zoom_to([self._plan.request.street])
        self._enable()

    def _on_no_plan(self, error: Exception) -> None:
        self._planning = None
        self._forget_plan()
        self.refuse(error)
        self._enable()

    @Slot()
    def write_plan(self) -> None:
        """Write the proposal as one change."""
        from app.services.zones.edits import commit_zones

        registry, plan = self._context.registry, self._plan
        if registry is not None and plan is not None:
            self._context.edit(
                lambda _ticket: commit_zones(registry, plan),
                _WRITTEN.format(len(plan.zones)),
                on_error=self._on_refused,
            )

    @Slot()
    def drop_plan(self) -> None:
        """Show the zones in force again."""
        self._forget_plan()
        self.ask_again()
        self._enable()

    def _forget_plan(self) -> None:
        if self._planning is not None:
            self._planning.cancel()
            self._planning = None
        if self._plan is not None:
            self._plan = self._sketch = None
            self._context.sketch_asked.emit(None)

    @override
    def _on_change(self, changes: Changes) -> None:
        if self.KINDS & changes.kinds:
            self._forget_plan()  # it was made of what is no more
        super()._on_change(changes)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Take the proposal off the map while another topic is in sight."""
        super().hideEvent(event)
        if self._sketch is not None:
            self._context.sketch_asked.emit(None)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Lay the proposal over the map again."""
        super().showEvent(event)
        if self._sketch is not None:
            self._context.sketch_asked.emit(self._sketch)

    @Slot(object)
    def _on_refused(self, error: Exception) -> None:
        self.say(self._context.sentence(error))

    def _chosen_zones(self) -> list[str]:
        """Return the zones of the chosen rows, none of a proposal."""
        if self._plan is not None:
            return []
        model = self.model
        assert isinstance(model, LinesModel)
        rows = sorted({self.place_of(index) for index in self.table.selectionModel().selectedRows()})
        return [model.line(row).code for row in rows]

    @Slot()
    def _on_rows(self) -> None:
        chosen = self._chosen_zones()
        if len(chosen) == 1:
            self.hand.aim_at(chosen[0])
        self.hand.enable()

    @override
    @Slot()
    def _enable(self) -> None:
        has_plan = self._plan is not None
        reason = self._context.why_locked
        self.preview.setEnabled(self._context.registry is not None and not self.is_planning)
        permit(self.commit, reason, may=self._plan is not None and bool(self._plan.zones))
        self.commit.setVisible(has_plan)
        self.drop.setVisible(has_plan)
        self.hand.setVisible(not has_plan)
        self.hand.enable()
