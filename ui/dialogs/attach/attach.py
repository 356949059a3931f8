"""Attach an organisation or engage a firm: type initials, Enter. Nearest first; a new branch can be made here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLineEdit, QListWidgetItem, QWidget
from typing_extensions import override

from app.domain.edits import Changes
from app.domain.kinds import KINDS
from app.services.edit import edit
from app.text import Text
from ui.dialogs.attach.base import PickDialog
from ui.dialogs.attach.candidates import firm_candidates, matching, organisation_candidates
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.coverage_cell import CODE_ROLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.dialogs.attach.candidates import Candidate

_NEW: Final = "+"  # stands for a code: no code may hold it
_TITLES: Final = {
    "organisations": Text("挂接党组织", "Attach a party organisation"),
    "firms": Text("登记物业服务", "Engage a property firm"),
}
_COMMIT: Final = Text("挂接", "Attach")
_ENGAGE: Final = Text("登记", "Engage")
_NEW_BRANCH: Final = Text("新建支部…", "New branch…")
_NO_NAME: Final = Text("写新支部的名称。", "Give the new branch a name.")


class AttachDialog(PickDialog):
    """``what``: organisations or firms; ``targets``: the codes to attach to, all as one change."""

    def __init__(
        self, context: WindowContext, what: str, targets: Sequence[str], parent: QWidget | None = None
    ) -> None:
        is_firm = what == "firms"
        super().__init__(context, _TITLES[what], _ENGAGE if is_firm else _COMMIT, targets, parent)
        self._what = what
        self.body.addLayout(self.form)
        self.make_choice()
        self._make_details(is_firm=is_firm)
        self.look_up()

    def _make_details(self, *, is_firm: bool) -> None:
        registry, lang = self.context.registry, self.context.lang
        self.new_name = QLineEdit(self)
        self.new_type = ChoiceBox(self)
        self.role = ChoiceBox(self)
        self.role.setEditable(not is_firm)
        if registry is not None:
            for value, said in registry.profile.choices["organisation_type"].items():
                self.new_type.addItem(said.in_(lang), value)
            self.new_type.setCurrentIndex(max(0, self.new_type.findData("branch")))
            for value, said in registry.profile.choices["stage"].items() if is_firm else ():
                self.role.addItem(said.in_(lang), value)
            self.role.setCurrentIndex(max(self.role.findData("contract"), 0 if is_firm else -1))
        self.add_field("new_name", Text("新支部名称", "Name of the branch"), self.new_name)
        self.add_field("new_type", Text("类型", "Type"), self.new_type)
        self.add_field("role", Text("阶段", "Stage") if is_firm else Text("角色", "Role"), self.role)
        self.make_days()
        self._show_new(is_shown=False)

    def _show_new(self, *, is_shown: bool) -> None:
        for key in ("new_name", "new_type"):
            self.show_field(key, is_shown=is_shown)
        self.refit()

    @override
    def finder(self, registry: Registry) -> Callable[[Ticket], list[Candidate]] | None:
        day, what = self.context.as_of, self._what
        target = registry.dataset.find(self._targets[-1])
        if target is None:
            return None
        engine, dataset, profile, zone = registry.engine, registry.dataset, registry.profile, registry.zone

        def job(_ticket: Ticket) -> list[Candidate]:
            derived = engine.derived(target.code, day) if KINDS[target.kind].is_layer else None
            find = firm_candidates if what == "firms" else organisation_candidates
            return find(dataset, profile, zone, target, derived, day)

        return job

    @override
    def add_choices(self) -> None:
        if self._what == "organisations":
            item = QListWidgetItem(_NEW_BRANCH.in_(self.context.lang))
            item.setData(CODE_ROLE, _NEW)
            self.list.addItem(item)
        self._show_new(is_shown=False)

    @Slot(QListWidgetItem)
    def _on_clicked(self, _item: QListWidgetItem) -> None:
        if self.chosen() == _NEW:
            self._ask_new()

    def _ask_new(self) -> None:
        if self.new_name.isHidden():
            if not self.box.text().isascii():
                self.new_name.setText(self.box.text())
            self._show_new(is_shown=True)
            self.new_name.setFocus(Qt.FocusReason.OtherFocusReason)

    # writing

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        if registry is None or self.waits():
            return
        chosen = self.chosen()
        if not chosen or (chosen == _NEW and self._means_nothing()):
            self.say_nothing_found()
            return
        if chosen == _NEW and self.new_name.isHidden():
            self._ask_new()
            return
        days = self.days()
        if days is not None:
            self._write(registry, chosen, *days)

    def _means_nothing(self) -> bool:
        """Whether initials or a code were typed that nothing has: no name for a new branch either."""
        typed = self.box.text().strip()
        is_name = not typed or not typed.isascii() or not self.new_name.isHidden()
        return not is_name and not matching(self._candidates, typed)

    def _write(self, registry: Registry, chosen: str, first: date | None, last: date | None) -> None:
        role = str(self.role.currentData()) if self._what == "firms" else self.role.currentText().strip()
        why = self.why.text().strip() or None
        targets = list(self._targets)
        new: dict[str, object] | None = None
        if chosen == _NEW:
            name = self.new_name.text().strip()
            if not name:
                self.show_error(_NO_NAME.in_(self.context.lang), "new_name")
                return
            new = {"name": name, "type": str(self.new_type.currentData())}
        else:
            name = self.chosen_name()

        def job(_ticket: Ticket) -> Changes:
            if new is None:
                return edit.attach(
                    registry, chosen, targets, role=role or None, since=first, until=last, why=why
                )
            return edit.add_and_attach(
                registry, "organisations", new, targets, role=role or None, since=first, until=last, why=why
            )

        where = self._to_words()
        verb = _ENGAGE if self._what == "firms" else _COMMIT
        words = Text(f"已{verb.zh}：{name} {where}", f"{verb.en}: {name} {where}")
        task = self.write(job, words, on_error=self._on_error)
        task.succeeded.connect(self._on_written)

    def _on_error(self, error: Exception) -> None:
        self.show_exception(
            error, {"valid_from": "from", "valid_until": "until", "name": "new_name", "type": "new_type"}
        )
