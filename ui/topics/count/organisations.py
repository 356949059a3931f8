"""The organisation tree: every level with its party organisations, its coverage, and where the chain is broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QTreeView
from typing_extensions import override

from app.coverage.results import Query
from app.domain import vocabulary
from app.domain.looks import wording
from app.services.count.org_tree import OrganisationTree
from app.text import Text
from ui.models.organisation_tree import PLACE_ROLE, Column, OrganisationTreeModel
from ui.topics.base.tools import add_button
from ui.topics.base.topic import Topic
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.empty import EmptyOver
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QWidget

    from app.coverage.results import Figures
    from app.jobs import Ticket
    from ui.bridge.context import WindowContext

LEVELS_OF_TREE: Final = (  # measure, what it is called in the line above the tree
    ("district_party", Text("区", "districts")),
    ("street_party", Text("街道", "streets")),
    ("community_party", Text("社区", "communities")),
    ("grid_branch", Text("网格支部", "grid branches")),
    ("party", Text("小区", "compounds")),
    ("party_work", Text("党的工作", "party work")),
    ("firms_with_party", Text("物业企业", "firms")),
    ("firms_with_secretary", Text("企业书记", "firms' secretaries")),
)
_ONLY_BROKEN: Final = Text("只看断链", "Broken only")
_SHOW: Final = Text("断链处", "Show the broken")
_SHOW_TIP: Final = Text(
    "在表和图上列出断链的地点", "List the places with a broken chain in the table and on the map"
)
_UNKNOWN: Final = vocabulary.STATUS["unknown"]
_NO_BROKEN: Final = Text("没有断链", "No chain is broken")
_WIDTHS: Final = {
    Column.NAME: 210,
    Column.KIND: 84,
    Column.PARENT: 110,
    Column.SECRETARY: 56,
    Column.BELOW: 210,
    Column.BROKEN: 100,
}


@dataclass(frozen=True, slots=True)
class _Found:
    tree: OrganisationTree
    figures: tuple[tuple[Text, Figures], ...]


def _known(figures: Figures, lang: str) -> str:
    return _UNKNOWN.in_(lang) if figures.rate is None else wording.rate_of(figures).in_(lang)


class _Tree(QTreeView):
    """A tree that leaves single letters to the window's short cuts."""

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text() and event.text().isprintable() and event.text() not in {" ", "+", "-", "*"}:
            event.ignore()
        else:
            super().keyPressEvent(event)


class OrganisationsTopic(Topic):
    """District → street → community → grid → compound, opened level by level."""

    KINDS = frozenset(
        {
            "organisations",
            "attachments",
            "facts",
            "firms",
            "engagements",
            "compounds",
            "grids",
            "communities",
            "streets",
            "districts",
        }
    )

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self._found: _Found | None = None
        self.broken = QCheckBox(_ONLY_BROKEN.in_(lang), self)
        self.broken.setObjectName("organisations.broken")
        self.broken.setAccessibleName(_ONLY_BROKEN.in_(lang))
        self.broken.toggled.connect(self._on_broken)
        self.tools.addWidget(self.broken)
        self.show_broken = add_button(self, "show_broken", _SHOW, _SHOW_TIP, lang)
        self.show_broken.clicked.connect(self._on_show_broken)
        self.tools.addStretch(1)
        self.summary = text_label("", "second", self)
        self.summary.setObjectName("organisations.summary")
        self.summary.setWordWrap(True)
        self.model = OrganisationTreeModel(lang, self)
        self.tree = _Tree(self)
        self.tree.setObjectName("organisations.tree")
        self.tree.setAccessibleName(self.WORDS.in_(lang))
        self.tree.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.tree.setUniformRowHeights(True)
        self.tree.setIndentation(14)
        self.tree.setExpandsOnDoubleClick(False)
        self.tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.tree.setModel(self.model)
        self.over = EmptyOver(context, self.NAME, self.tree, self._missing)
        header = self.tree.header()
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(50)
        for column, width in _WIDTHS.items():
            header.resizeSection(column, max(width, header.sectionSizeHint(column)))
        self.tree.activated.connect(self._on_activated)
        self.tree.clicked.connect(self._on_clicked)
        self.box.addWidget(self.summary)
        self.box.addWidget(self.tree, 1)

    @override
    def question(self) -> Callable[[Ticket], _Found] | None:
        registry = self._context.registry
        if registry is None:
            return None
        engine, day = registry.engine, self._context.as_of
        measures = [(name, words) for name, words in LEVELS_OF_TREE if name in registry.profile.measures]

        def job(ticket: Ticket) -> _Found:
            tree = OrganisationTree(engine, day, ticket)
            figures = tuple(
                (
                    words,
                    engine.coverage(Query(measure=name, by="district", as_of=day), ticket).total.figures,
                )
                for name, words in measures
            )
            return _Found(tree, figures)

        return job

    @override
    def answer(self, found: _Found) -> None:
        self._found = found
        lang = self._context.lang
        parts = [
            f"{words.in_(lang)} {_known(figures, lang)}" for words, figures in found.figures if figures.total
        ]
        self.summary.setText(" · ".join(parts))
        self.summary.setAccessibleName(self.summary.text())
        self.show_broken.setEnabled(bool(found.tree.broken_places()))
        set_tip(
            self.show_broken, self._context.say(_SHOW_TIP if self.show_broken.isEnabled() else _NO_BROKEN)
        )
        self._fill()

    def _fill(self) -> None:
        registry, found = self._context.registry, self._found
        if registry is None or found is None:
            return
        opened = self._opened()
        types = registry.profile.choices["organisation_type"]
        self.model.show_tree(found.tree, types, is_broken_only=self.broken.isChecked())
        if opened:
            self._open_again(opened, QModelIndex())
        else:
            for row in range(self.model.rowCount()):
                self.tree.expand(self.model.index(row, 0))

    def _opened(self) -> set[str]:
        found: set[str] = set()
        waiting = [QModelIndex()]
        while waiting:
            above = waiting.pop()
            for row in range(self.model.rowCount(above)):
                index = self.model.index(row, 0, above)
                if self.tree.isExpanded(index):
                    found.add(str(index.data(PLACE_ROLE)))
                    waiting.append(index)
        return found

    def _open_again(self, opened: set[str], above: QModelIndex) -> None:
        for row in range(self.model.rowCount(above)):
            index = self.model.index(row, 0, above)
            if index.data(PLACE_ROLE) in opened and self.model.hasChildren(index):
                self.model.fetchMore(index)  # the view would only do so when it is painted
                self.tree.expand(index)
                self._open_again(opened, index)

    @override
    def clear(self) -> None:
        self._found = None
        self.model.show_tree(None, {})
        self.summary.setText("")

    @override
    def take_focus(self) -> None:
        if not self.tree.currentIndex().isValid():
            self.tree.setCurrentIndex(self.model.index(0, 0))
        self.tree.setFocus()

    # acting

    @Slot(bool)
    def _on_broken(self, _is_on: bool) -> None:
        self._fill()

    @Slot()
    def _on_show_broken(self) -> None:
        if self._found is not None:
            self._context.show_compounds(self._found.tree.broken_places(), _SHOW)

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        self._go(index)

    @Slot(QModelIndex)
    def _on_activated(self, index: QModelIndex) -> None:
        name = index.siblingAtColumn(0)
        if self.model.hasChildren(name):
            self.tree.setExpanded(name, not self.tree.isExpanded(name))
        self._go(index)

    def _go(self, index: QModelIndex) -> None:
        place = str(index.data(PLACE_ROLE) or "")
        if index.data(CODE_ROLE) and self._context.record(place) is not None:
            self._context.select([place], self.NAME)
            self._context.zoom_to([place])
