"""The two sheets, and how tools and menus ask for them: a record is split into parts, several are merged into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget
from typing_extensions import override

from app.domain.kinds import KINDS
from app.services.lineage.merge import plan_merge
from app.services.lineage.split import plan_split
from app.text import Text
from ui.dialogs.lineage.sheet import PartingSheet
from ui.models.named import display_name
from ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from shapely.geometry.base import BaseGeometry

    from app.services.lineage.plan import Plan
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_SPLIT: Final = Text("拆分：{}", "Split: {}")
_SPLIT_DO: Final = Text("拆分", "Split")
_SPLIT_SAID: Final = Text("已拆分 {}：{} 份", "Split {} into {: part|parts}")
_MERGE: Final = Text("合并 {} 条", "Merge {: record|records}")
_MERGE_DO: Final = Text("合并", "Merge")
_MERGE_SAID: Final = Text("已合并成 {}", "Merged into {}")
_INTO: Final = Text("合并成", "Into")
_NEW: Final = Text("新的一条，用新代码", "a new record, with a new code")
_TORN: Final = Text("不连成一块也行", "It may be in pieces")


class SplitSheet(PartingSheet):
    """A record ends the day before; its parts begin. ``by``: the line that cuts it; or ``parts``: their outlines (degrees)."""

    def __init__(
        self,
        context: WindowContext,
        code: str,
        *,
        by: BaseGeometry | None = None,
        parts: Sequence[BaseGeometry] = (),
        neighbours: Mapping[str, BaseGeometry] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._code, self._by, self._outlines, self._neighbours = (
            code,
            by,
            tuple(parts),
            dict(neighbours or {}),
        )
        self._named = _named(context, code)
        super().__init__(context, "split", (_SPLIT.format(self._named), _SPLIT_DO), parent)
        self.make_rows()

    @override
    def planner(self, registry: Registry, day: date) -> Callable[[], Plan]:
        return lambda: plan_split(
            registry, self._code, by=self._by, outlines=self._outlines, since=day, neighbours=self._neighbours
        )

    @override
    def said(self, plan: Plan) -> Text:
        return _SPLIT_SAID.format(self._named, len(plan.targets))


class MergeSheet(PartingSheet):
    """Records end the day before and a new one begins; or one of them goes on with the joint ``outline`` (degrees)."""

    def __init__(
        self,
        context: WindowContext,
        codes: Sequence[str],
        *,
        outline: BaseGeometry | None = None,
        parent: QWidget | None = None,
    ) -> None:
        self._codes, self._outline = tuple(codes), outline
        super().__init__(context, "merge", (_MERGE.format(len(self._codes)), _MERGE_DO), parent)
        lang = context.lang
        self.into, self.torn = ChoiceBox(self), QCheckBox(_TORN.in_(lang), self)
        self.into.addItem(_NEW.in_(lang), "")
        for code in self._codes:
            self.into.addItem(_named(context, code), code)
        self.add_field("into", _INTO, self.into)
        self.torn.setObjectName("merge.torn")
        self.torn.setAccessibleName(_TORN.in_(lang))
        self.form.addWidget(self.torn, self.form.rowCount(), 1)
        self.into.currentIndexChanged.connect(self._on_into)
        self.torn.toggled.connect(self.plan_again)
        self.make_rows()

    @Slot(int)
    def _on_into(self, _place: int) -> None:
        self._names.clear()  # the one that goes on has its own
        self.plan_again()

    @override
    def planner(self, registry: Registry, day: date) -> Callable[[], Plan]:
        into, is_torn = str(self.into.currentData() or "") or None, self.torn.isChecked()
        return lambda: plan_merge(
            registry, self._codes, into=into, since=day, outline=self._outline, is_torn=is_torn
        )

    @override
    def said(self, plan: Plan) -> Text:
        target = plan.targets[0].record
        return _MERGE_SAID.format(
            f"{target.text('name') if 'name' in KINDS[target.kind].index else ''} {target.code}".strip()
        )


def _named(context: WindowContext, code: str) -> str:
    record = context.record(code)
    return code if record is None else f"{display_name(record, context.lang)} {code}"


def ask_split(
    context: WindowContext,
    code: str,
    parts: Sequence[BaseGeometry] = (),
    *,
    by: BaseGeometry | None = None,
    neighbours: Mapping[str, BaseGeometry] | None = None,
    parent: QWidget | None = None,
) -> SplitSheet:
    """Ask what goes where when a record is split, and return the sheet, which is open and blocks nothing.

    ``parts``: outlines (degrees) that make up the old one; or ``by``: a line that cuts it. ``neighbours``: code →
    outline (degrees) of records beside that get a vertex with it. Its ``accepted`` comes when it is written.
    """
    sheet = SplitSheet(context, code, by=by, parts=parts, neighbours=neighbours, parent=parent)
    sheet.open()
    return sheet


def ask_merge(
    context: WindowContext,
    codes: Sequence[str],
    *,
    outline: BaseGeometry | None = None,
    parent: QWidget | None = None,
) -> MergeSheet:
    """Ask what goes where when records are merged, and return the sheet, which is open and blocks nothing.

    ``outline`` (degrees): the joint one, where a tool has made it. Its ``accepted`` comes when it is written.
    """
    sheet = MergeSheet(context, codes, outline=outline, parent=parent)
    sheet.open()
    return sheet
