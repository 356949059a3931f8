"""The plan of an import and its problems, as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from shapely.geometry.base import BaseGeometry
from typing_extensions import override

from app.domain.field_words import field_words
from app.domain.kinds import KINDS
from app.services.bring_in.words import told_first, told_of_columns
from app.text import Text
from ui import theme
from ui.bridge.errors import without_options
from ui.models.listed import ListedModel
from ui.widgets.coverage_cell import CODE_ROLE
from ui.widgets.plain import TIP_ROLE, with_plain_tips

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.domain.profile.profile import Profile
    from app.errors import Problem
    from app.services.bring_in.import_data import Cell, Plan, PlanRow
    from app.services.bring_in.look import Look
    from ui.dialogs.bring_in.said import Words

Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()
ACTION_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 2
ACTIONS: Final = {
    "create": Text("新建", "create"),
    "change": Text("修改", "change"),
    "same": Text("不变", "same"),
    "skip": Text("跳过", "skip"),
    "refuse": Text("拒绝", "refuse"),
}
ICONS: Final = {
    "create": "plus-circle",
    "change": "pencil-simple",
    "same": "equals",
    "skip": "arrow-bend-up-right",
    "refuse": "prohibit",
}
TOKENS: Final = {"refuse": "error", "change": "accent", "create": "yes"}
_ORDER: Final = ("refuse", "change", "create", "skip", "same")
_PLAN_HEADERS: Final = (
    Text("动作", "Action"),
    Text("行", "Row"),
    Text("名称", "Name"),
    Text("代码", "Code"),
    Text("改动（原 → 新）", "Change (before → after)"),
    Text("凭什么认出 / 怎么办", "Known by / to do"),
)
_PROBLEM_HEADERS: Final = (
    Text("行", "Row"),
    Text("列", "Column"),
    Text("值", "Value"),
    Text("说明", "What is wrong"),
    Text("表", "Sheet"),
)
_CHOOSE_FIRST: Final = Text("先到“要定的”里回答", "First answer under 'Questions'")
_SETTLE_FIRST: Final = Text(
    "有拒绝的行：逐行定下，或勾上面的“先导其余的”",
    "Rows are refused: settle each, or tick 'Without the refused'",
)
DATUMS: Final = {
    "": Text("文件里写的", "as the file says"),
    "cgcs2000": Text("CGCS2000", "CGCS2000"),
    "wgs84": Text("WGS 84", "WGS 84"),
    "gcj02": Text("GCJ-02（火星坐标）", "GCJ-02"),
    "bd09": Text("BD-09（百度）", "BD-09"),
}


_TICKED: Final = frozenset({"create", "change"})  # rows that write something, and so can be left out
_BY_HAND: Final = Text("手改：{}", "by hand: {}")
_CHOOSE: Final = Text("选一个…", "Choose…")
_ANSWER: Final = Text("怎么办…", "What to do…")


class Only(NamedTuple):
    """Which rows of a plan are looked for: those of some actions (none: of all), and those that say some words."""

    actions: frozenset[str] = frozenset()
    words: str = ""


class PlanModel(ListedModel):
    """Rows of a plan, the refused first. ``CODE_ROLE``: the record's code; ``ACTION_ROLE``: what happens.

    Rows that write something have a tick, which is the user's word.
    """

    HEADERS = _PLAN_HEADERS

    def __init__(self, lang: str, words: Words, parent: QObject | None = None) -> None:
        super().__init__(lang, parent)
        self._words = words
        self._profile: Profile | None = None
        self._kind = "compounds"
        self._edited: dict[str, list[str]] = {}
        self._place_of: Callable[[str], int] = lambda _: -1
        words.changed.connect(self._on_said)

    @Slot(bool)
    def _on_said(self, _is_new: bool) -> None:
        """Show every tick as it is now."""
        if self._rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._rows) - 1, 0))

    def show_plan(self, plan: Plan | None, profile: Profile | None, only: Only | None = None) -> None:
        """Show a plan, or only the rows that are looked for."""
        self._profile = profile
        self._edited = {}
        if plan is not None:
            self._kind = plan.request.kind
            for cell in plan.edited:
                self._edited.setdefault(cell.row, []).append(cell.column)
        only = only or Only()
        self.beginResetModel()
        self._rows, self._place_of = (), lambda _: -1
        if plan is not None:  # rows are made where one is looked at
            arranged = plan.all_rows.arranged(_ORDER, only.actions)
            if only.words:
                arranged = arranged.those(lambda row: self._says(row, only.words))
            self._rows, self._place_of = arranged, arranged.place_of
        self.endResetModel()

    def _says(self, row: PlanRow, words: str) -> bool:
        """Whether a row shows some words: in its number, name, code or what becomes of it."""
        if not words:
            return True
        shown = (str(row.number), row.name, row.code or "", self._change(row, len(row.cells)))
        return any(words.casefold() in one.casefold() for one in shown)

    def row_at(self, place: int) -> PlanRow | None:
        """Return the plan's row at a place of the table; None where there is none."""
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def place_of(self, key: str) -> int:
        """Return where a row of the plan stands in the table, -1 where it doesn't."""
        return self._place_of(key)

    def toggle(self, place: int) -> None:
        """Take a row's tick away or give it back; nothing for rows that write nothing."""
        row = self.row_at(place)
        if row is None or row.action not in _TICKED:
            return
        self._words.toggle(row.key)

    @override
    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        row = self.row_at(index.row()) if index.isValid() and index.column() == 0 else None
        if row is not None and row.action in _TICKED:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    @override
    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.row_at(index.row()) if index.isValid() else None
        if role != Qt.ItemDataRole.CheckStateRole or row is None or row.action not in _TICKED:
            return False
        is_on = Qt.CheckState(value) == Qt.CheckState.Checked
        if is_on == (row.key in self._words.now.unticked):
            self.toggle(index.row())
        return True

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row: PlanRow = self._rows[index.row()]
        if role == CODE_ROLE:
            return row.code or ""
        if role == ACTION_ROLE:
            return row.action
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0 and row.action in _TICKED:
            return Qt.CheckState.Unchecked if row.key in self._words.now.unticked else Qt.CheckState.Checked
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return theme.icon(ICONS[row.action], 14, TOKENS.get(row.action, "t3"))
        if role == TIP_ROLE and index.column() == 4:
            return self._change(row, 12).replace("；", "\n")
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match index.column():
            case 0:
                return ACTIONS[row.action].in_(self._lang)
            case 1:
                return str(row.number)
            case 2:
                return row.name
            case 3:
                return row.code or ""
            case 4:
                return self._change(row, 4)
            case _:
                return self._known_by(row)

    def _known_by(self, row: PlanRow) -> str:
        typed = self._edited.get(row.key)
        said = [] if typed is None else [_BY_HAND.format("、".join(typed)).in_(self._lang)]
        if row.action == "refuse":
            said.insert(0, (_CHOOSE if row.candidates else _ANSWER).in_(self._lang))
        elif row.because is not None:
            said.append(row.because.in_(self._lang))
        return " · ".join(said)

    def _change(self, row: PlanRow, most: int) -> str:
        if row.problems:
            return "；".join(without_options(problem.said).in_(self._lang) for problem in row.problems)
        said = [self._cell(cell) for cell in row.cells[:most]]
        return "；".join(said) + (f" … {len(row.cells)}" if len(row.cells) > most else "")

    def _cell(self, cell: Cell) -> str:
        name = self._field_name(cell.field)
        if isinstance(cell.after, BaseGeometry) or isinstance(cell.before, BaseGeometry):
            return name
        return f"{name} {self._value(cell.field, cell.before)} → {self._value(cell.field, cell.after)}"

    def _value(self, name: str, value: object) -> str:
        if value is None:
            return "—"
        field = KINDS[self._kind].by_name.get(name)
        choices: Mapping[str, Text] = {}
        if self._profile is not None:
            fact = self._profile.facts.get(name)
            if field is not None:
                choices = self._profile.choices.get(field.choices, {})
            elif fact is not None:
                choices = self._profile.fact_choices(fact)
        said = choices.get(str(value))
        return str(value) if said is None else said.in_(self._lang)

    def _field_name(self, name: str) -> str:
        return field_words(self._kind, name, self._profile).in_(self._lang)


class ProblemModel(ListedModel):
    """Every problem with its place."""

    HEADERS = _PROBLEM_HEADERS

    @override
    @with_plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        problem: Problem = self._rows[index.row()]
        if role == CODE_ROLE:
            return problem.code or ""
        if role not in (Qt.ItemDataRole.DisplayRole, TIP_ROLE):
            return None
        shown = (
            "" if problem.row is None else str(problem.row),
            problem.column or "",
            problem.value or "",
            without_options(problem.said).in_(self._lang),
            problem.sheet or "",
        )
        return shown[index.column()]


def plan_notes(plan: Plan, profile: Profile, lang: str, proposed: Sequence[Text] = ()) -> list[str]:
    """Return what the reader noticed, the weightiest first, what each column was taken for, and which are left out and why."""
    noted = (
        *plan.place_notes(for_window=True),
        *told_first(plan),
        *proposed,
        *plan.notes,
        *told_of_columns(plan, profile),
    )
    return [without_options(note).in_(lang) for note in noted]


def proposed_words(seen: Look | None) -> list[Text]:
    """Return what speaks for the kind that a file is read as, where nobody said one."""
    if seen is None or seen.proposed is None:
        return []
    kind, why = KINDS[seen.kind].words, seen.proposed
    said = Text(
        f"按{why.zh}当作{kind.zh}读；不是的话在“是什么”里改。",
        f"Read as {kind.en.lower()}, by {why.en}; if it is something else, say so under 'What it is'.",
    )
    return [said]


def waits_for(plan: Plan | None, *, is_partial: bool) -> Text | None:
    """Return what has to be done before a plan can be written; None where nothing has."""
    if plan is None:
        return None
    if plan.asked_fields or plan.asked_datum is not None:
        return _CHOOSE_FIRST
    return _SETTLE_FIRST if plan.counts.get("refuse") and not is_partial else None
