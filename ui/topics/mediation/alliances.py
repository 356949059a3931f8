"""Alliances: who is in each, on the map and in a list; made, renamed, joined and left here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QCompleter, QLineEdit, QSplitter
from typing_extensions import override

from app.domain import vocabulary
from app.services.edit.edit import add, set_values
from app.services.mediation.alliances import alliances_on, join_alliance, leave_alliance, places_of_member
from app.text import Text
from ui import theme, words
from ui.models.ending import Ending
from ui.topics.base.lines import Head, Line, LinesModel, show_in
from ui.topics.base.lines_topic import LinesTopic
from ui.topics.base.tools import add_button, offer
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.empty import Offer
from ui.widgets.permit import permit
from ui.widgets.plain import set_tip
from ui.widgets.row_table import make_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from app.domain.dataset import Dataset
    from app.domain.edits import Changes
    from app.jobs import Ticket
    from app.services.mediation.alliances import Alliance
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_OTHERS: Final = ("firms", "organisations", "departments")  # members that have no place on the map
_KIND_WORDS: Final = {
    "compounds": vocabulary.PLACES["compound"].heading(),
    "firms": Text("物业企业", "Property firm"),
    "organisations": Text("党组织", "Party organisation"),
    "departments": Text("单位", "Department"),
}
_HEADS: Final = (
    Head(Text("联盟", "Alliance"), width=180),
    Head(Text("联盟党组织", "Its party organisation"), width=140),
    Head(Text("所在", "Where"), width=100),
    *(Head(said, is_number=True, width=66) for said in _KIND_WORDS.values()),
)
_MEMBER_HEADS: Final = (
    Head(Text("成员", "Member"), width=140),
    Head(Text("类别", "Kind"), width=76),
    Head(Text("从哪天起", "Since"), width=96),
)
_NAME: Final = Text("联盟名称", "Name of the alliance")
_LINE_FRAME: Final = 60  # frame, padding and arrow of a line
_WHO: Final = Text("企业、党组织或单位", "Firm, organisation or department")
_TOTAL: Final = Text("{} 个联盟，{} 个成员", "{: alliance|alliances}, {: member|members}")
_WRITE: Final = Text("写名称", "Write the name")
_NONE: Final = Text("还没有联盟。写一个名称，按“新建”", "No alliance yet. Write a name and press New")
_MADE: Final = Text("登记了联盟 {}", "Alliance {} added")
_RENAMED: Final = Text("联盟改名为 {}", "Alliance renamed {}")
_JOINED: Final = Text("{} 个成员加入 {}", "{: member|members} joined {}")
_LEAVE: Final = Text("{} 个成员退出 {}", "{: member leaves|members leave} {}")
_LEAVE_DO: Final = Text("退出", "Leave")
_LEFT: Final = Text("{} 个成员退出 {}", "{: member|members} left {}")
Found = tuple[list["Alliance"], list[Line], list[tuple[str, str]]]


class AlliancesTopic(LinesTopic):
    """The alliances at left, the members of the current one at right."""

    KINDS = frozenset({"alliances", "links", "organisations", "firms", "departments", "compounds"})

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(context, parent)
        lang = context.lang
        self._alliances: dict[str, Alliance] = {}
        self._named_for = ""
        self.name = QLineEdit(self)
        self.name.setObjectName("alliances.name")
        self.name.setAccessibleName(context.say(_NAME))
        self.name.setPlaceholderText(context.say(_NAME))
        self.name.setMinimumWidth(self.name.fontMetrics().horizontalAdvance(context.say(_NAME)) + _LINE_FRAME)
        self.name.textChanged.connect(self._enable)
        self.tools.addWidget(self.name)
        made = Text("用这个名称登记一个联盟", "Add an alliance of this name")
        self.new = add_button(self, "new", Text("新建", "New"), made, lang)
        self.new.clicked.connect(self.add_alliance)
        named = Text("把当前联盟改成这个名称", "Give the current alliance this name")
        self.rename = add_button(self, "rename", Text("改名", "Rename"), named, lang)
        self.rename.clicked.connect(self.rename_alliance)
        joined = Text("把选中的小区加入当前联盟", "The selected compounds join the current alliance")
        self.join = add_button(self, "join", Text("加入选中小区", "Add selected"), joined, lang)
        self.join.clicked.connect(self.join_selected)
        self.who = ChoiceBox(self)
        self.who.setObjectName("alliances.who")
        self.who.setAccessibleName(context.say(_WHO))
        set_tip(self.who, context.say(_WHO))
        self.who.setEditable(True)
        self.who.setInsertPolicy(ChoiceBox.InsertPolicy.NoInsert)
        self.who.setMinimumContentsLength(10)
        self.who.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        line = self.who.lineEdit()
        assert isinstance(line, QLineEdit)
        line.setPlaceholderText(context.say(_WHO))
        self.who.setMinimumWidth(self.who.fontMetrics().horizontalAdvance(context.say(_WHO)) + _LINE_FRAME)
        completer = self.who.completer()
        assert isinstance(completer, QCompleter)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        popup = completer.popup()
        assert popup is not None
        theme.dress(popup)  # it belongs to no window
        self.tools.addWidget(self.who)
        other = Text("让这家企业、党组织或单位加入", "Let this firm, organisation or department join")
        self.join_who = add_button(self, "join_who", Text("加入", "Add"), other, lang)
        self.join_who.clicked.connect(self.join_other)
        gone = Text(
            "右表中选中的成员退出；没有选中行时，是地图上选中的小区",
            "The members chosen at right leave; where none is, the compounds selected on the map",
        )
        self.leave = add_button(self, "leave", Text("退出", "Leave"), gone, lang)
        self.leave.clicked.connect(self.leave_chosen)
        self.tools.addStretch(1)
        self._make_members()
        context.selection_changed.connect(self._enable)
        self.table.selectionModel().currentRowChanged.connect(self._on_current)
        self._enable()

    def _make_members(self) -> None:
        lang = self._context.lang
        self.member_model = LinesModel(lang, self)
        self.members = make_table("alliances.members", Text("成员", "Members").in_(lang), self)
        self.members.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.members.setModel(self.member_model)
        self.members.clicked.connect(self._on_member)
        self.members.activated.connect(self._on_member)
        self.members.selectionModel().selectionChanged.connect(self._enable)
        both = QSplitter(Qt.Orientation.Horizontal, self)
        both.setChildrenCollapsible(False)
        both.setHandleWidth(6)
        self.box.removeWidget(self.table)
        both.addWidget(self.table)
        both.addWidget(self.members)
        both.setStretchFactor(0, 3)
        both.setStretchFactor(1, 2)
        self.box.addWidget(both, 1)

    # showing

    @override
    def question(self) -> Callable[[Ticket], Found] | None:
        registry = self._context.registry
        if registry is None:
            return None
        dataset, day = registry.dataset, self._context.as_of

        def job(_ticket: Ticket) -> Found:
            found = alliances_on(dataset, day)
            others = [
                (record.code, f"{record.on('name', day) or ''} {record.code}".strip())
                for kind in _OTHERS
                for record in dataset.in_force(kind, day)
            ]
            return found, [_line(alliance, dataset) for alliance in found], others

        return job

    @override
    def nothing(self) -> Offer:
        return Offer(_NONE, _WRITE, self.name.setFocus)

    @override
    def answer(self, found: Found) -> None:
        alliances, lines, others = found
        current, context = self.current(), self._context
        self._alliances = {alliance.code: alliance for alliance in alliances}
        self.show_lines(_HEADS, lines)
        count = sum(len(alliance.members) for alliance in alliances)
        self.say(context.say(_TOTAL.format(len(alliances), count)) if alliances else "")
        text = self.who.currentText()
        offer(self.who, [("", ""), *others])
        if self.who.currentText() != text:
            self.who.setCurrentIndex(self.who.findText(text))  # none where it is not written out
            self.who.setEditText(text)
        self.go_to(current or (alliances[0].code if alliances else ""))
        self._show_members()

    @override
    def clear(self) -> None:
        self._alliances = {}
        super().clear()
        self.member_model.show_rows(())
        self._enable()

    def current(self) -> str:
        """Return the alliance of the current row, "" where there is none."""
        line = self.line_of(self.table.currentIndex())
        return "" if line is None else line.code

    def _show_members(self) -> None:
        alliance = self._alliances.get(self.current())
        lang = self._context.lang
        lines = [
            Line(
                member.code,
                (
                    member.name or f"{words.UNNAMED.in_(lang)} {member.code}",
                    _KIND_WORDS[member.kind].in_(lang),
                    "" if member.since is None else member.since.isoformat(),
                ),
            )
            for member in (() if alliance is None else alliance.members)
        ]
        show_in(self.members, self.member_model, _MEMBER_HEADS, lines)
        self._enable()

    @Slot(QModelIndex)
    def _on_member(self, index: QModelIndex) -> None:
        registry = self._context.registry
        if registry is not None and index.isValid():
            line = self.member_model.line(index.row())
            codes = places_of_member(registry.dataset, line.code, self._context.as_of)
            if codes:
                self._context.select(codes, self.NAME)
                self._context.zoom_to(codes)

    @Slot(QModelIndex, QModelIndex)
    def _on_current(self, _now: QModelIndex, _before: QModelIndex) -> None:
        if self.current() and self._named_for and self.current() != self._named_for:
            self.name.clear()  # a name typed for one alliance is never given to another
        self._named_for = self.current() or self._named_for
        self._show_members()

    # acting

    @Slot()
    def add_alliance(self) -> None:
        """Add an alliance of the name written."""
        name = self.name.text().strip()
        if name:
            self._write(lambda registry: add(registry, "alliances", {"name": name}), _MADE.format(name))
            self.name.clear()

    @Slot()
    def rename_alliance(self) -> None:
        """Give the current alliance the name written."""
        name, code = self.name.text().strip(), self.current()
        if name and code:
            self._write(lambda registry: set_values(registry, [code], {"name": name}), _RENAMED.format(name))
            self.name.clear()

    @Slot()
    def join_selected(self) -> None:
        """Let the selected compounds join."""
        self._join(self._context.selected("compounds"))

    @Slot()
    def join_other(self) -> None:
        """Let the firm, organisation or department that is named join."""
        place = self.who.findText(self.who.currentText())
        code = str(self.who.itemData(place) or "") if place >= 0 else ""
        self._join([code] if code else [])
        self.who.setCurrentIndex(0)

    def _join(self, codes: Sequence[str]) -> None:
        alliance = self._alliances.get(self.current())
        if alliance is not None and codes:
            self._write(
                lambda registry: join_alliance(registry, alliance.code, codes),
                _JOINED.format(len(codes), alliance.name),
            )

    @Slot()
    def leave_chosen(self) -> None:
        """End the membership of the chosen rows, or of the selected compounds."""
        alliance, codes = self._alliances.get(self.current()), self._leaving()
        registry = self._context.registry
        if registry is not None and alliance is not None and codes:
            self._context.end_asked.emit(
                Ending(
                    title=_LEAVE.format(len(codes), alliance.name),
                    commit=_LEAVE_DO,
                    act=lambda day, why: leave_alliance(registry, alliance.code, codes, on=day, why=why),
                    said=_LEFT.format(len(codes), alliance.name),
                )
            )

    def _leaving(self) -> list[str]:
        rows = sorted({index.row() for index in self.members.selectionModel().selectedRows()})
        if rows:
            return [self.member_model.line(row).code for row in rows]
        alliance = self._alliances.get(self.current())
        mine = set() if alliance is None else {member.code for member in alliance.members}
        return [code for code in self._context.selected() if code in mine]

    def _write(self, act: Callable[[Registry], Changes], said: Text) -> None:
        registry = self._context.registry
        if registry is not None:
            self._context.edit(lambda _ticket: act(registry), said, on_error=self._on_refused)

    def _on_refused(self, error: Exception) -> None:
        self.say(self._context.sentence(error))

    @override
    @Slot()
    def _enable(self) -> None:
        reason = self._context.why_locked
        has, named = bool(self.current()), bool(self.name.text().strip())
        permit(self.new, reason, may=named)
        permit(self.rename, reason, may=named and has)
        permit(self.join, reason, may=has and bool(self._context.selected("compounds")))
        permit(self.join_who, reason, may=has)
        permit(self.leave, reason, may=has and bool(self._leaving()))


def _line(alliance: Alliance, dataset: Dataset) -> Line:
    def named(code: str) -> str | None:
        record = dataset.find(code) if code else None
        return None if record is None else record.text("name") or record.code

    counts = tuple(len(alliance.of(kind)) for kind in _KIND_WORDS)
    return Line(
        alliance.code,
        (alliance.name, named(alliance.organisation), named(alliance.place), *counts),
        alliance.of("compounds"),
    )
