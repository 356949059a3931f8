"""Siting: where new stations cover most households, shown on the map, dragged by hand, written as stations or saved."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QModelIndex, Slot
from typing_extensions import override

from app.services.siting.request import SiteRequest
from app.text import Text
from ui.models.ending import FROM, Ending
from ui.models.sites import Pick
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_box, add_button, offer
from ui.topics.siting.lines import HEADS, figure_words, place_lines, plan_words, sites_of
from ui.topics.siting.options import SitingOptions
from ui.widgets.empty import Offer
from ui.widgets.number_box import NumberBox
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from PySide6.QtGui import QHideEvent, QShowEvent
    from PySide6.QtWidgets import QWidget

    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.siting.moving import Moving
    from app.services.siting.site import Asked, SitePlan
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.models.sites import Sites
    from ui.topics.base.lines import Line

_KIND: Final = Text("哪类站点", "Which stations")
_RADIUS: Final = Text("服务半径", "Radius of service")
_COUNT: Final = Text("新站点几个", "How many new stations")
_FIND: Final = Text("找位置", "Find places")
_NONE: Final = Text("还没有找位置", "No places were looked for yet")
_WRITTEN: Final = Text("写入了 {} 个站点", "{: station|stations} written")
_WRITE: Final = Text("加为站点", "Add as stations")
_SAVED: Final = Text("位置存进了 {}", "The places are saved in {}")
_LEAST, _NARROW = 116, 92  # [px] of boxes in the bar
_LAYERS: Final = (
    (Text("GeoPackage", "GeoPackage"), (".gpkg",)),
    (Text("GeoJSON", "GeoJSON"), (".geojson",)),
    (Text("CSV", "CSV"), (".csv",)),
)


class SitingTopic(LinesTopic):
    """What is asked in one line; the table lists the places found; the map shows them and lets them be dragged."""

    KINDS = frozenset({"stations", "compounds", "buildings", "households", "districts", "streets"})

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        self._asked: Asked | None = None
        self._plan: SitePlan | None = None
        self._moving: Moving | None = None
        self._sites: Sites | None = None
        self._planning: Task | None = None
        lang = context.lang
        self.kind = add_box(self, "kind", _KIND, lang)
        self.kind.setMinimumWidth(_LEAST)
        self.radius = self._spin("radius", _RADIUS, 50, 50_000, 500, Text(" 米", " m"))
        self.count = self._spin("count", _COUNT, 1, 200, 3, Text(" 个", " stations"))
        self.options = SitingOptions(context, self)
        self.tools.addWidget(self.options)
        self.search = add_button(
            self, "find", _FIND, Text("找出来看看，不写入", "Find them; nothing is written"), lang
        )
        self.search.clicked.connect(self.make_plan)
        self.stop = add_button(self, "stop", Text("停", "Stop"), Text("不再找了", "Stop looking"), lang)
        self.stop.clicked.connect(self.drop_plan)
        tip = Text(
            "把这些位置写成站点，一次改动，可以撤销",
            "Write these places as stations, as one change that can be undone",
        )
        self.accept = add_button(self, "accept", _WRITE, tip, lang)
        self.accept.clicked.connect(self.ask_day)
        tip = Text(
            "位置存成图层：GeoPackage、GeoJSON 或 CSV",
            "Save the places as a layer: GeoPackage, GeoJSON or CSV",
        )
        self.save = add_button(self, "save", Text("存成图层…", "Save as a layer…"), tip, lang)
        self.save.clicked.connect(self.ask_path)
        self.drop = add_button(
            self, "drop", Text("放弃", "Drop"), Text("不要这些位置", "Drop these places"), lang
        )
        self.drop.clicked.connect(self.drop_plan)
        self.tools.addStretch(1)
        context.site_moved.connect(self._on_moved)
        context.site_chosen.connect(self._on_chosen)
        self._enable()

    def _spin(self, name: str, said: Text, low: int, high: int, value: int, suffix: Text) -> NumberBox:
        spin = NumberBox(self)
        spin.setObjectName(f"{self.NAME}.{name}")
        spin.setAccessibleName(self._context.say(said))
        set_tip(spin, self._context.say(said))
        spin.setRange(low, high)
        spin.setSingleStep(50 if high > 1000 else 1)
        spin.setValue(value)
        spin.setFixedWidth(_NARROW)
        spin.setSuffix(self._context.say(suffix))
        self.tools.addWidget(spin)
        return spin

    # what is asked

    @override
    def question(self) -> Callable[[Ticket], Any] | None:
        registry = self._context.registry
        if registry is not None:
            kinds = registry.profile.choices["station_kind"]
            offer(self.kind, [(kind, self._context.say(said)) for kind, said in kinds.items()])
        return None  # places are found when somebody asks for them

    @override
    def answer(self, found: Any) -> None:
        """Nothing is asked unasked."""

    @override
    def nothing(self) -> Offer:
        return Offer(_NONE, _FIND, self.make_plan)

    @override
    def clear(self) -> None:
        self._forget()
        super().clear()
        self._enable()

    def request(self) -> SiteRequest:
        """Return what the bar asks for."""
        options = self.options
        return SiteRequest(
            station_kind=str(self.kind.currentData() or ""),
            radius=float(self.radius.value()),
            count=self.count.value(),
            model=str(options.model.currentData()),
            candidates=str(options.candidates.currentData() or "") or None,
            roads=str(options.roads.currentData() or "") or None,
            capacity=options.capacity.value() or None,
            budget_ms=1000 * options.budget.value(),
            as_of=self._context.as_of,
        )

    # the proposal

    @Slot()
    def make_plan(self) -> None:
        """Find places in the background, and show them in table and map."""
        registry, context = self._context.registry, self._context
        if registry is None:
            return
        request = self.request()

        def job(ticket: Ticket) -> tuple[Asked, SitePlan, Moving]:
            from app.services.siting.site import asked_of, plan_of

            asked = asked_of(registry, request, ticket)
            plan = plan_of(asked, ticket)
            return asked, plan, _moving(asked, plan)

        self._forget()
        self._planning = context.tasks.start(
            job, on_registry=False, words=self.WORDS, on_failure=self._on_no_plan
        )
        self._planning.succeeded.connect(self._take_plan)
        self.over.look()
        self._enable()

    @property
    def is_planning(self) -> bool:
        """Whether places are looked for."""
        return self._planning is not None

    @property
    def plan(self) -> SitePlan | None:
        """The proposal that is shown."""
        return self._plan

    @Slot(object)
    def _take_plan(self, found: tuple[Asked, SitePlan, Moving]) -> None:
        registry = self._context.registry
        self._planning = None
        self._asked, self._plan, self._moving = found
        if registry is None:
            return
        lang = self._context.lang
        lines: list[Line] = place_lines(self._plan, registry.engine, lang)
        self.show_lines(HEADS, lines)
        self.say(plan_words(self._plan, lang))
        self._lay(sites_of(self._plan, registry.engine))
        if not self._plan.is_by_hand:
            self._context.zoom_to([code for place in self._plan.places for code in place.codes])
        self._enable()

    def _on_no_plan(self, error: Exception) -> None:
        self._planning = None
        self._forget()
        self.refuse(error)
        self._enable()

    @Slot()
    def drop_plan(self) -> None:
        """Look no further, and take the places off the map."""
        self.clear()

    def _forget(self) -> None:
        if self._planning is not None:
            self._planning.cancel()
            self._planning = None
        self._asked = self._plan = self._moving = None
        if self._sites is not None:
            self._lay(None)

    def _lay(self, sites: Sites | None) -> None:
        self._sites = sites
        self._context.sites_asked.emit(sites if self.isVisible() else None)

    @override
    def hideEvent(self, event: QHideEvent) -> None:
        """Take the places off the map while another topic is in sight."""
        super().hideEvent(event)
        if self._sites is not None:
            self._context.sites_asked.emit(None)

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """Lay the places over the map again."""
        super().showEvent(event)
        if self._sites is not None:
            self._context.sites_asked.emit(self._sites)

    # by hand

    @Slot(int, float, float, bool)
    def _on_moved(self, at: int, lon: float, lat: float, is_done: bool) -> None:
        """Tell what it comes to with a place there; where it was let go, find all of it anew."""
        plan, moving, sites = self._plan, self._moving, self._sites
        if plan is None or moving is None or sites is None:
            return
        if is_done:
            self._put(at, lon, lat)
            return
        covered, gain = moving.with_place(at, (lon, lat))
        said = figure_words(covered, gain, plan.after.covered, self._context.lang)
        self._context.sites_asked.emit(replace(sites, said=said))

    def _put(self, at: int, lon: float, lat: float) -> None:
        asked, plan = self._asked, self._plan
        assert asked is not None
        assert plan is not None
        lonlat = [(place.lon, place.lat) for place in plan.places]
        lonlat[at] = (lon, lat)

        def job(ticket: Ticket) -> tuple[Asked, SitePlan, Moving]:
            from app.services.siting.site import plan_with

            moved = plan_with(asked, plan, lonlat, ticket)
            return asked, moved, _moving(asked, moved)

        if self._sites is not None:
            places = self._sites.places.copy()
            places[at] = self._sites.zone.xy(_pair(lon, lat))[0]
            self._lay(replace(self._sites, places=places, said=(), is_fixed=True))
        self._planning = self._context.tasks.start(
            job, on_registry=False, words=self.WORDS, on_failure=self._on_no_plan
        )
        self._planning.succeeded.connect(self._take_plan)
        self._enable()

    @Slot(int)
    def _on_chosen(self, at: int) -> None:
        """Make the row of a place that was clicked current."""
        if self._plan is not None and self.isVisible():
            self.go_to(str(at + 1))
            index: QModelIndex = self.table.currentIndex()
            self.activate(index)

    # what comes of it

    @Slot()
    def ask_day(self) -> None:
        """Ask from which day the stations are there, and why; then they are written as one change."""
        from app.services.siting.accept import add_stations

        registry, plan = self._context.registry, self._plan
        if registry is None or plan is None or not plan.places:
            return

        def act(day: date | None, why: str) -> Changes:
            return add_stations(registry, plan, since=day, why=why or None)

        said = _WRITTEN.format(len(plan.places))
        self._context.end_asked.emit(Ending(title=_WRITE, commit=_WRITE, day=FROM, act=act, said=said))

    @Slot()
    def ask_path(self) -> None:
        """Ask where the places are to be saved."""
        self._context.pick_asked.emit(
            Pick(purpose="site.places", kinds=_LAYERS, take=self.write_layer, is_new=True)
        )

    @Slot(str)
    def write_layer(self, path: str) -> None:
        """Save the places as a layer."""
        plan, context = self._plan, self._context
        if plan is None:
            return

        def job(_ticket: Ticket) -> Path:
            from app.services.siting.accept import write_places

            return write_places(plan, Path(path), context.lang)

        task = context.tasks.start(job, on_registry=False, words=self.WORDS, on_failure=self._on_not_saved)
        task.succeeded.connect(self._on_saved)

    @Slot(object)
    def _on_saved(self, path: Path) -> None:
        self._context.said.emit(_SAVED.format(path.name))

    def _on_not_saved(self, error: Exception) -> None:
        self.say(self._context.sentence(error))

    @override
    @Slot()
    def _enable(self) -> None:
        has_places = self._plan is not None and bool(self._plan.places)
        self.search.setEnabled(self._context.registry is not None and not self.is_planning)
        self.stop.setVisible(self.is_planning)
        permit(self.accept, self._context.why_locked, may=has_places and not self.is_planning)
        self.save.setEnabled(has_places and not self.is_planning)
        for button in (self.accept, self.save, self.drop):
            button.setVisible(self._plan is not None)


def _moving(asked: Asked, plan: SitePlan) -> Moving:
    from app.services.siting.moving import moving_of

    places = [(place.lon, place.lat) for place in plan.places]
    return moving_of(asked.ways, asked.ground, places, plan.request.radius)


def _pair(lon: float, lat: float) -> Any:
    import numpy as np

    return np.array([(lon, lat)])
