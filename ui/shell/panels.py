"""The panels that can be made anew, by name and by type: those in use now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from ui.bridge.context import WindowContext
from ui.panels.change.panel import ChangePanel
from ui.panels.coverage.coverage import CoveragePanel
from ui.panels.coverage.gaps import GapsPanel
from ui.panels.editing import EditingPanel
from ui.panels.findings.findings import FindingsPanel
from ui.panels.frame.first_run import FirstRun
from ui.panels.inspector.inspector import InspectorPanel
from ui.panels.journal.journal import JournalPanel
from ui.panels.layers import LayersPanel
from ui.panels.places import PlacesPanel
from ui.panels.publish import PublishPanel
from ui.panels.table.table import TablePanel
from ui.topics.base.panel import TopicsPanel

if TYPE_CHECKING:
    from app.domain.leaving.format import Formats

P = TypeVar("P", bound=QWidget)


def _formats() -> Formats:
    from ui.map.export import FORMATS  # with all that writes: only when somebody wants to know

    return FORMATS


_Maker = Callable[[WindowContext, Mapping[str, QAction]], QWidget]
_MAKERS: Final[Mapping[str, _Maker]] = {  # in the order in which they are wanted
    "places": lambda context, _: PlacesPanel(context),
    "layers": lambda context, _: LayersPanel(context),
    "inspector": lambda context, _: InspectorPanel(context),
    "editing": lambda context, _: EditingPanel(context),
    "first_run": FirstRun,
    "coverage": lambda context, _: CoveragePanel(context),
    "table": lambda context, _: TablePanel(context),
    "gaps": lambda context, _: GapsPanel(context),
    "change": lambda context, _: ChangePanel(context),
    "findings": lambda context, _: FindingsPanel(context),
    "journal": lambda context, _: JournalPanel(context),
    "topics": lambda context, _: TopicsPanel(context),
    "publish": lambda context, actions: PublishPanel(context, actions, _formats),
}
PANELS: Final = tuple(_MAKERS)


class Panels:
    """Makes a panel in the window's language and keeps the one in use. Who keeps a panel itself keeps an old one."""

    def __init__(self, context: WindowContext, actions: Mapping[str, QAction]) -> None:
        self._context, self._actions = context, actions
        self._used: dict[str, QWidget] = {name: self.make(name) for name in PANELS}

    def make(self, name: str) -> QWidget:
        """Return a new panel, not yet in use, wired or in its place."""
        return _MAKERS[name](self._context, self._actions)

    def of(self, name: str) -> QWidget:
        """Return the panel of that name that is in use."""
        return self._used[name]

    def use(self, name: str, panel: QWidget) -> None:
        """Have a panel in use instead of the one of that name."""
        self._used[name] = panel

    def _the(self, kind: type[P]) -> P:
        return next(panel for panel in self._used.values() if isinstance(panel, kind))

    @property
    def places(self) -> PlacesPanel:
        """The tree of places."""
        return self._the(PlacesPanel)

    @property
    def layers(self) -> LayersPanel:
        """What the map shows, and its legend."""
        return self._the(LayersPanel)

    @property
    def inspector(self) -> InspectorPanel:
        """What is known of what is selected."""
        return self._the(InspectorPanel)

    @property
    def editing(self) -> EditingPanel:
        """What an edit of an outline does."""
        return self._the(EditingPanel)

    @property
    def first_run(self) -> FirstRun:
        """The page of a window without a registry."""
        return self._the(FirstRun)

    @property
    def coverage(self) -> CoveragePanel:
        """Coverage, unit by unit."""
        return self._the(CoveragePanel)

    @property
    def table(self) -> TablePanel:
        """Compounds, as a sheet."""
        return self._the(TablePanel)

    @property
    def gaps(self) -> GapsPanel:
        """Where coverage lacks."""
        return self._the(GapsPanel)

    @property
    def change(self) -> ChangePanel:
        """Why figures are others than on another day."""
        return self._the(ChangePanel)

    @property
    def findings(self) -> FindingsPanel:
        """What the checks found."""
        return self._the(FindingsPanel)

    @property
    def journal(self) -> JournalPanel:
        """What was done."""
        return self._the(JournalPanel)

    @property
    def topics(self) -> TopicsPanel:
        """Pages by topic."""
        return self._the(TopicsPanel)
