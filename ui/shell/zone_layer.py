"""Keeps over the map the zones in force, what a panel sketches, and places for new stations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, Slot

from ui.models.named import display_name
from ui.models.sketch import Sketch

if TYPE_CHECKING:
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.map.canvas import MapCanvas

_KINDS: Final = {"zones", "links", "compounds", "buildings"}


class ZoneLayer(QObject):
    """The zones of the day as one sketch below, the panel's own above it."""

    def __init__(self, context: WindowContext, canvas: MapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._canvas = context, canvas
        self._task: Task | None = None
        self._zones: Sketch | None = None
        self._sketches: list[Sketch] = []
        self._marks: Sketch | None = None
        context.map_shown.connect(self.look)
        context.registry_opened.connect(self._on_registry)
        context.as_of_changed.connect(self.look)
        context.changed.connect(self._on_changed)
        context.sketch_asked.connect(self._on_sketch)
        context.marked.connect(self._on_marked)
        context.sites_asked.connect(canvas.sites.show)
        canvas.sites.moved.connect(context.site_moved)
        canvas.sites.chosen.connect(context.site_chosen)
        context.selection_changed.connect(self._on_selection)

    @Slot()
    def look(self) -> None:
        """Find the zones of the day anew."""
        registry, day = self._context.registry, self._context.as_of
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if registry is None or not self._context.is_map_shown:
            return
        if not registry.dataset.of("zones"):
            self._take(None)
            return
        engine = registry.engine

        def job(_ticket: Ticket) -> Sketch:
            from app.services.zones.view import hulls_of, zones_on  # not before the window stands

            shown = zones_on(engine, day)
            hulls = hulls_of(engine, {zone.code: zone.members for zone in shown}, day)
            known = [zone for zone in shown if zone.code in hulls]
            shapes = np.full(len(known), None, dtype=object)
            shapes[:] = [hulls[zone.code] for zone in known]
            return Sketch(
                zone=engine.zone,
                shapes=shapes,
                names=tuple(zone.name for zone in known),
                layer="zones",
                codes=tuple(zone.code for zone in known),
            )

        self._task = self._context.tasks.start(job, on_registry=False, on_failure=self._context.refused.emit)
        self._task.succeeded.connect(self._take)

    @Slot(object)
    def _take(self, zones: Sketch | None) -> None:
        self._task = None
        self._zones = zones
        self._show()

    @Slot(object)
    def _on_sketch(self, asked: Sketch | list[Sketch] | None) -> None:
        self._sketches = [asked] if isinstance(asked, Sketch) else list(asked or ())
        self._show()

    @Slot(list)
    def _on_marked(self, codes: list[str]) -> None:
        registry, lang = self._context.registry, self._context.lang
        found = [
            r for code in codes if (r := self._context.record(code)) is not None and r.geometry is not None
        ]
        self._marks = None
        if registry is not None and found:
            self._marks = Sketch(
                zone=registry.zone,
                shapes=registry.zone.to_metres([record.geometry for record in found]),
                names=tuple(display_name(record, lang) for record in found),
                codes=tuple(record.code for record in found),
            )
        self._show()

    @Slot(list)
    def _on_selection(self, _codes: list[str]) -> None:
        if self._marks is not None:
            self._marks = None
            self._show()

    @property
    def marked(self) -> tuple[str, ...]:
        """What is marked beside the selection."""
        return () if self._marks is None else self._marks.codes

    @Slot()
    def _on_registry(self) -> None:
        self._zones = self._marks = None
        self._sketches = []
        self._show()
        self.look()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        if not changes.kinds or changes.kinds & _KINDS:
            self.look()

    def _show(self) -> None:
        shown = [sketch for sketch in (self._zones, *self._sketches, self._marks) if sketch is not None]
        self._canvas.set_sketches(shown)
