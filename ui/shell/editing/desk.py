"""The work of editing outlines in the window: the tools' edits, the panel that tells what they do, and the writing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication

from app.errors import InvalidInput, RegistryError
from app.services.outlines.desk import OutlineDesk
from app.services.outlines.sides import sides_of
from app.services.registry.disagreed import Disagreed
from app.text import Text
from ui.bridge.errors import words_of
from ui.dialogs.lineage.ask import ask_merge, ask_split
from ui.map.editing.cutting import LineTool
from ui.map.editing.joining import MergeTool
from ui.map.editing.refining import StrokeTool
from ui.map.editing.shaping import ShapeTool
from ui.models.editing import EditFacts
from ui.shell.editing.outcomes import outcomes_of, outcomes_of_joining, outcomes_of_sides
from ui.shell.editing.works import Ground, JoinedWork, PlannedWork, works_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.jobs import Ticket
    from app.services.outlines.sides import Sides
    from ui.bridge.tasks import Task
    from ui.dialogs.lineage.sheet import PartingSheet
    from ui.map.editing.work import Work
    from ui.models.editing import Outcome
    from ui.panels.editing import EditingPanel
    from ui.shell.parts import Parts

_TITLES: Final = {
    "reshape": Text("改边界：{}", "Reshape: {}"),
    "move": Text("移动、旋转：{}", "Move or turn: {}"),
    "split": Text("拆分：{}", "Split: {}"),
    "merge": Text("合并：{}", "Merge: {}"),
    "hole": Text("挖洞：{}", "Cut a hole: {}"),
    "simplify": Text("简化：{}", "Simplify: {}"),
    "square": Text("取直角：{}", "Right angles: {}"),
}
_SAVED: Final = {
    "reshape": Text("改了 {} 的边界", "Reshaped {}"),
    "move": Text("移动了 {}", "Moved {}"),
    "hole": Text("给 {} 挖了洞", "Cut a hole into {}"),
    "simplify": Text("简化了 {} 的边界", "Simplified {}"),
    "square": Text("把 {} 取成直角", "Made {} right-angled"),
}
_ASKS_ALONE: Final = {"reshape", "move"}
_OWN_SHEET: Final = {"split", "merge"}  # day and reason are asked where it is asked what goes where
_WITH: Final = Text("{}，连同另外 {} 个", "{} and {} more")
_SIDES_MS: Final = 80  # after the last act: who changes side is worked out for what stands, not for each step
_WORKING: Final = Text("看看谁换了网格", "Looking who changes side")


class EditingDesk(QObject):
    """Gives the map's tools their edits, shows what they do, and has them written."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.host)
        self._context, self._panels, self._work_page = parts.context, parts.panels, parts.work
        self._canvas = parts.map_area.canvas
        self._work: Work | None = None
        self._host = parts.host
        self._looking: Task | None = None
        self._sides: tuple[Work | None, tuple[Outcome, ...]] = (None, ())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_SIDES_MS)
        self._soon.timeout.connect(self._look)
        self._ready: tuple[object, str] = (None, "")  # the registry and the kind that are looked up already
        self._canvas.works = self._make
        self._context.selection_changed.connect(self._on_selection)
        self._canvas.work_changed.connect(self._on_work)
        self._canvas.work_finished.connect(self._on_finished)

    def connect_panel(self, panel: EditingPanel) -> None:
        """Listen to the panel in use."""
        panel.finish_asked.connect(self._finish)
        panel.put_down_asked.connect(self._put_down)
        panel.drop_asked.connect(self._drop)
        panel.meant_asked.connect(self._allow)
        panel.alone_changed.connect(self._on_alone)
        self._show()

    @property
    def _panel(self) -> EditingPanel:
        return self._panels.editing

    @Slot(list)
    def _on_selection(self, codes: Sequence[str]) -> None:
        """Have looked up in the background what an edit of what is selected first will need."""
        context = self._context
        registry, record = context.registry, context.current
        if registry is None or record is None or context.lock is not None or len(codes) != 1:
            return
        if self._ready == (registry, record.kind) or not record.is_in_force(context.as_of):
            return
        outline = record.geometry_on(context.as_of)
        if outline is None or not outline.area > 0:
            return
        self._ready = (registry, record.kind)
        code, day, scene = record.code, context.as_of, self._canvas.style_now.scene

        def look(_ticket: Ticket) -> None:
            OutlineDesk(registry, code, day=day)
            for layer in scene.layers.values():
                _ = layer.tree

        context.tasks.start(look, on_registry=False, on_failure=context.refused.emit)

    def _make(self, codes: Sequence[str]) -> Work:
        """Return an edit of a record's outline."""
        context = self._context
        if (lock := context.lock) is not None:
            raise InvalidInput(lock)
        registry = context.registry
        assert registry is not None
        self._panel.begin_anew()
        return works_on(Ground(registry, context.as_of, context.lang), codes)

    @Slot(object)
    def _on_work(self, work: Work | None) -> None:
        self._work = work
        self._show()
        if self._looking is not None:
            self._looking.cancel()
            self._looking = None
        self._soon.start()

    @Slot()
    def _look(self) -> None:
        """Have it worked out who changes side and how coverage moves, once the hand rests."""
        work, held, context = self._work, self._canvas.held, self._context
        is_line = isinstance(held, LineTool) and isinstance(work, PlannedWork) and work.split is None
        is_resting = isinstance(held, ShapeTool) and held.is_changed and (is_line or held.trying is None)
        plan = work.plan if isinstance(work, PlannedWork) and is_resting else None
        if plan is None or plan.refusal is not None or work is None or context.registry is None:
            return
        query, dataset = context.question.query(context.as_of), context.registry.dataset

        def named(code: str) -> str:
            unit = dataset.find(code)
            return (unit.text("name") if unit is not None else "") or code

        def done(sides: Sides) -> None:
            self._looking = None
            self._sides = (work, tuple(outcomes_of_sides(sides, named)))
            self._show()

        self._looking = context.tasks.start(
            lambda ticket: sides_of(plan, query, ticket),
            on_registry=False,
            words=_WORKING,
            on_failure=context.refused.emit,
        )
        self._looking.succeeded.connect(done)

    def _show(self) -> None:
        """Show the panel with what the edit does; without an edit the inspector has its place."""
        work = self._work
        self._work_page.show_editing(is_shown=work is not None)
        if work is not None:
            self._panel.show_facts(self._facts(work))

    def _facts(self, work: Work) -> EditFacts:
        tool = self._canvas.tool()
        held = self._canvas.held
        is_changed = isinstance(work, JoinedWork) or (
            isinstance(held, ShapeTool) and (held.is_changed or held.trying is not None)
        )
        if isinstance(work, JoinedWork):
            outcomes = tuple(outcomes_of_joining(work))
        else:
            outcomes = (*outcomes_of(work), *(self._sides[1] if self._sides[0] is work else ()))
        return EditFacts(
            title=_TITLES[tool].format(work.name),
            areas=(float(work.before.area), float(work.outline.area)),
            lengths=(float(shapely.length(work.before)), float(shapely.length(work.outline))),
            outcomes=outcomes,
            is_alone=work.options.is_alone if tool in _ASKS_ALONE and isinstance(work, PlannedWork) else None,
            is_changed=is_changed,
            asks_day=tool not in _OWN_SHEET,
            is_asked=isinstance(held, ShapeTool) and held.is_asked,
            may_drop=isinstance(held, ShapeTool) and not isinstance(held, StrokeTool),
        )

    # what the panel's buttons do

    @Slot()
    def _finish(self) -> None:
        held = self._canvas.held
        if isinstance(held, ShapeTool | MergeTool):
            held.finish()

    @Slot()
    def _put_down(self) -> None:
        self._canvas.finish_tool()
        self._canvas.setFocus()

    @Slot()
    def _drop(self) -> None:
        held = self._canvas.held
        if isinstance(held, ShapeTool):
            held.drop()
        self._canvas.setFocus()

    @Slot()
    def _allow(self) -> None:
        held = self._canvas.held
        if isinstance(held, ShapeTool):
            held.allow()
        self._canvas.setFocus()

    @Slot(bool)
    def _on_alone(self, is_alone: bool) -> None:  # a signal's
        held = self._canvas.held
        if isinstance(held, ShapeTool):
            held.mean(is_alone=is_alone)
        self._canvas.setFocus()

    # writing

    @Slot(object)
    def _on_finished(self, work: Work) -> None:
        assert isinstance(work, PlannedWork)
        if isinstance(work, JoinedWork):
            sheet: PartingSheet = ask_merge(
                self._context, work.codes, outline=work.joined.outline, parent=self._host
            )
            sheet.accepted.connect(self._on_parted)
        elif work.split is not None:
            sheet = ask_split(
                self._context,
                work.code,
                work.split.pieces,
                neighbours=work.split.plan.outlines(),
                parent=self._host,
            )
            sheet.accepted.connect(self._on_parted)
        else:
            self._write(work)

    @Slot()
    def _on_parted(self) -> None:
        """Begin anew: what was split or merged is others now."""
        self._canvas.let_works_go()
        self._canvas.finish_tool()

    def _write(self, work: PlannedWork) -> None:
        plan = work.plan
        assert plan is not None
        panel, held = self._panel, self._canvas.held
        try:
            since = panel.since()
        except InvalidInput:
            panel.day.setFocus()
            return
        self._context.settings.outline_case = panel.case
        said, why = _said(self._canvas.tool(), work), panel.why_words
        task = self._context.edit(
            lambda _ticket: plan.write(why=why, since=since), said, on_error=self._on_refused
        )

        def done(_changes: object) -> None:
            if isinstance(held, ShapeTool):
                focus = QApplication.focusWidget()
                if focus is not None and panel.isAncestorOf(focus):  # the next edit begins with a key
                    self._canvas.setFocus()
                held.written(work)

        task.succeeded.connect(done)

    def _on_refused(self, error: Exception) -> None:
        held = self._canvas.held
        if isinstance(error, Disagreed):  # it waits, as it was drawn, where somebody chooses
            self._on_parted()
        elif isinstance(held, ShapeTool):
            held.refuse(error.message if isinstance(error, RegistryError) else words_of(error))


def _said(tool: str, work: Work) -> Text:
    """Return what is said once it is written: what was done to what, and with how many neighbours."""
    said = _SAVED[tool].format(work.name)
    if not work.changed:
        return said
    return Text(*(_WITH.in_(lang).format(said.in_(lang), len(work.changed)) for lang in ("zh", "en")))
