"""The page of a province: what is asked, the table, the map, and the registries that it is the sum of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.services.rollup.province import names_of
from app.text import Text
from ui.bridge.errors import without_options
from ui.panels.frame.toast import Banner
from ui.province.figures import BASE, FiguresTable
from ui.province.heading import heading_of
from ui.province.map_view import ProvinceMap
from ui.province.options import ProvinceOptions
from ui.province.registries import Column, RegistriesModel, lines_of
from ui.widgets.plain import set_tip, text_label
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext
    from ui.province.state import ProvinceState

_PAGE: Final = Text("省：各本台账之和", "Province: the sum of its registries")
_ALL: Final = Text("{0} 本台账", "{0: registry|registries}")
_PARTLY: Final = Text("数字只是 {0}/{1} 本台账的", "Figures of {0} of {1: registry|registries} only")
_NONE: Final = Text("没有一本台账能汇总", "No registry could be added up")
_RUNNING: Final = Text(
    "正在算 {0}/{1}，算好之前显示原来的数字", "Computing {0} of {1}; the old figures stay meanwhile"
)
_FIRST: Final = Text("正在算 {0}/{1}", "Computing {0} of {1}")
_CHANGED: Final = Text(
    "{0} 本台账汇总之后改过。", "{0: registry changed|registries changed} after they were added up."
)
_ONLY_THESE: Final = Text("只重新计算这几本", "Compute these again")
_AGAIN: Final = Text("全部重新计算", "Compute all again")
_ONE_AGAIN: Final = Text("重新计算这一本", "Compute this one again")
_STOP: Final = Text("停下", "Stop")
_EXPORT: Final = Text("导出表格…", "Export the table…")
_COPY: Final = Text("复制表格", "Copy the table")
_COPIED: Final = Text("表格已复制", "The table was copied")
_OPEN: Final = Text("打开这本台账", "Open this registry")
_LIST: Final = Text("各本台账的状态", "State of each registry")
_PROGRESS: Final = Text("汇总进度", "Progress")


class ProvincePage(QWidget):
    """Shows a ``ProvinceState``; a figure, a unit of the map or a registry leads to that registry."""

    wanted = Signal(str, tuple)  # unit, lists: the registries behind a figure
    registry_wanted = Signal(str)  # where it lies
    export_wanted = Signal()

    def __init__(self, context: WindowContext, state: ProvinceState, parent: QWidget) -> None:
        super().__init__(parent)
        self._context, self.state = context, state
        self.setObjectName("province")
        self.setProperty("room", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(context.say(_PAGE))
        self.banner = Banner("province.banner", context.lang, self)
        self.title = self._label("province.title", "strong")
        self.said = self._label("province.state", "")
        self.notes = self._label("province.notes", "second")
        self.notes.setWordWrap(True)
        self.bar = QProgressBar(self)
        self.bar.setObjectName("province.progress")
        self.bar.setAccessibleName(context.say(_PROGRESS))
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(140)
        self.stop = self._button("province.cancel", _STOP, state.cancel)
        self.again = self._button("province.recompute", _AGAIN, self._on_again)
        self.copy = self._button("province.copy", _COPY, self._on_copy)
        self.export = self._button("province.export", _EXPORT, self.export_wanted.emit)
        self.options = ProvinceOptions(context, state, self)
        self.figures = FiguresTable(context.lang, self)
        self.heading = self._label("province.heading", "second")
        self.heading.setWordWrap(True)
        self.map = ProvinceMap(context, state, self)
        self.model = RegistriesModel(context.lang, self)
        self.list = make_table("province.registries", context.say(_LIST), self)
        self.list.setModel(self.model)
        self.why = self._label("province.reason", "")
        self.why.setWordWrap(True)
        self.retry = self._button("province.retry", _ONE_AGAIN, self._on_retry)
        self.open = self._button("province.open_registry", _OPEN, self._on_open)
        self._lay_out()
        self.figures.chosen.connect(self.wanted)
        self.figures.looked_at.connect(self.map.show_unit)
        self.map.picked.connect(self.figures.choose)
        self.map.opened.connect(self._on_map)
        self.list.selectionModel().currentRowChanged.connect(self._show_reason)
        self.list.activated.connect(self._on_open)
        state.changed.connect(self.look)
        state.moved.connect(self._show_progress)
        state.asked.connect(self.options.show_question)
        state.refused.connect(self._on_refused)
        self._has_profile = False
        self._picked = (
            ""  # the registry that somebody chose in the list; nobody: the first that needs somebody
        )
        self.look()

    def _label(self, name: str, kind: str) -> QLabel:
        label = text_label("", kind, self)
        label.setObjectName(name)
        return label

    def _button(self, name: str, said: Text, act: object) -> QPushButton:
        button = QPushButton(self._context.say(said), self)
        button.setObjectName(name)
        button.setAccessibleName(self._context.say(said).rstrip("…"))
        button.clicked.connect(act)
        return button

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self.title)
        head.addWidget(self.said, 1)
        for part in (self.bar, self.stop, self.again, self.copy, self.export):
            head.addWidget(part)
        header = self.list.horizontalHeader()
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        self.list.setColumnWidth(Column.FILE, 150)
        self.list.setColumnWidth(Column.STATE, 110)
        below = QWidget(self)
        acts = QHBoxLayout()
        acts.setSpacing(8)
        acts.addWidget(self.why, 1)
        acts.addWidget(self.retry)
        acts.addWidget(self.open)
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.list, 1)
        column.addLayout(acts)
        right = QSplitter(Qt.Orientation.Vertical, self)
        right.setObjectName("province.right")
        right.addWidget(self.map)
        right.addWidget(below)
        right.setSizes([330, 200])
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.setObjectName("province.splitter")
        left = QWidget(self)
        table = QVBoxLayout(left)
        table.setContentsMargins(0, 0, 0, 0)
        table.setSpacing(4)
        table.addWidget(self.heading)
        table.addWidget(self.figures, 1)
        across.addWidget(left)
        across.addWidget(right)
        across.setSizes([780, 560])
        for splitter in (right, across):
            splitter.setChildrenCollapsible(False)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(12, 8, 12, 6)
        outer.setSpacing(6)
        outer.addWidget(self.banner)
        outer.addLayout(head)
        outer.addWidget(self.options)
        outer.addWidget(self.notes)
        outer.addWidget(across, 1)

    @property
    def name(self) -> str:
        """What the window is called with it in front."""
        return self.state.folder.name or str(self.state.folder)

    @property
    def stops(self) -> list[QWidget]:
        """Where the hand goes from part to part."""
        return [self.options.measure, self.figures.table, self.map.canvas, self.list]

    def take_focus(self) -> None:
        """Put the hand on the table."""
        self.figures.table.setFocus()

    # what is shown

    @Slot()
    def look(self) -> None:
        """Show what is at hand and what is being done."""
        state, whole = self.state, self.state.whole
        names = {} if whole is None else names_of(state.told(), whole.coverage.query.by)
        self.figures.model.show_level(state.question.by)
        self.figures.show_coverage(
            None if whole is None else whole.coverage, lambda row: names.get(row.unit, row.name or row.unit)
        )
        self.figures.set_old(is_old=whole is not None and state.is_old)
        self.heading.setText(heading_of(state, self._context.lang))
        has_profile = whole is not None
        if has_profile != self._has_profile:
            self._has_profile = has_profile
            self.options.show_question()
        self._show_head()
        self._show_registries()
        notes = [] if whole is None else [self._context.say(without_options(note)) for note in whole.notes]
        self.notes.setText(" ".join(notes))
        self.notes.setVisible(bool(notes))

    @Slot()
    def _show_progress(self) -> None:
        self._show_head()
        self._show_registries()

    def _show_head(self) -> None:
        state, say = self.state, self._context.say
        number, added = len(state.sources), len(state.told()) - len(state.reasons())
        self.title.setText(self.name)
        set_tip(self.title, str(state.folder))
        self.bar.setVisible(state.is_running)
        self.stop.setVisible(state.is_running)
        self.again.setEnabled(not state.is_running)
        self.retry.setEnabled(not state.is_running)
        for button in (self.copy, self.export):
            button.setEnabled(bool(state.answers) and not state.is_old and state.whole is not None)
        self.bar.setMaximum(max(1, state.done[1]))
        self.bar.setValue(state.done[0])
        if state.is_running:
            said = say(_RUNNING if state.answers else _FIRST).format(*state.done)
        elif not state.told():
            said = ""
        elif not added:
            said = say(_NONE)
        else:
            said = say(_ALL.format(number) if added == number else _PARTLY.format(added, number))
        self.said.setText(said)
        self.said.setAccessibleName(said)
        if state.outdated and not state.is_running:
            self.banner.show_words("note", _CHANGED.format(len(state.outdated)), _ONLY_THESE, self._on_these)

    def _show_registries(self) -> None:
        lines = lines_of(self.state)
        if self.model.shows(lines):
            return
        self.model.show_rows(lines)
        place = self.model.place_of(self._picked)
        if self.model.rowCount():
            self.list.setCurrentIndex(self.model.index(0 if place is None else place, 0))
        self._show_reason()

    @Slot()
    def _show_reason(self) -> None:
        index = self.list.currentIndex()
        line = self.model.line(index.row()) if index.isValid() else None
        self.why.setText("" if line is None else self._context.say(without_options(line.why)))
        self.retry.setVisible(line is not None and bool(line.why.zh))
        if line is not None and self.list.hasFocus():
            self._picked = line.source
        self.open.setEnabled(line is not None)

    @Slot(object)
    def _on_refused(self, said: Text) -> None:
        self.banner.show_words("error", said)

    # acts

    @Slot()
    def _on_again(self) -> None:
        self.banner.hide()
        if self.state.read_folder():
            self.state.compute(is_anew=True)

    def _on_these(self) -> None:
        self.state.compute(tuple(self.state.outdated))

    @Slot()
    def _on_retry(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            self.state.compute((self.model.line(index.row()).source,))

    @Slot()
    def _on_open(self) -> None:
        index = self.list.currentIndex()
        if index.isValid():
            self.registry_wanted.emit(self.model.line(index.row()).source)

    @Slot(str)
    def _on_map(self, unit: str) -> None:
        self.wanted.emit(unit, BASE)

    @Slot()
    def _on_copy(self) -> None:
        QApplication.clipboard().setText(self.figures.as_text())
        self.said.setText(self._context.say(_COPIED))

    def shut_down(self) -> None:
        """End what runs for this page alone."""
        self.map.shut_down()
