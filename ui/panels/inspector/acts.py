"""What a hand on the inspector's page does: answers, corrections, detaching and taking back, and where it leads."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import shiboken6
from PySide6.QtCore import QObject, Slot

from app.domain.kinds import KINDS
from app.errors import InvalidInput
from app.services.edit import edit
from app.text import Text
from ui.models.ending import Ending
from ui.models.named import display_name
from ui.panels.inspector.history import last_step_of

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from ui.bridge.context import WindowContext
    from ui.panels.inspector.page import InspectorPage

_DETACHED: Final = Text("已摘除：{}", "Detached: {}")
_NOT_SAVED: Final = Text("没有保存：{}的{}“{}”。{}", "Not saved: {}, {}, '{}'. {}")
_DETACH: Final = Text("摘除：{}", "Detach: {}")
_DETACH_DO: Final = Text("摘除", "Detach")


class Acts(QObject):
    """Does what the parts of a page ask for, each for the record it was asked about."""

    def __init__(self, context: WindowContext, page: InspectorPage) -> None:
        super().__init__(page)
        self._context, self._page = context, page
        for facts in (page.facts, page.groups):
            facts.answered.connect(self._on_fact)
            facts.taken_back.connect(self._on_taken_back)
            facts.sees = self._shown
        page.identity.form.sees = self._shown
        page.identity.form.edited.connect(self._on_field)
        page.identity.path.linkActivated.connect(self._on_unit)
        page.identity.locate.clicked.connect(self._on_locate)
        for rows in (page.organisation_rows, page.firm_rows, page.relation_rows):
            rows.detach_asked.connect(self._on_detach)
            rows.opened.connect(self._on_record)
        page.lineage.opened.connect(self._on_record)
        page.station_rows.chosen.connect(self._on_unit)
        page.check_rows.chosen.connect(self._on_finding)
        page.history_rows.undo_asked.connect(context.undo)
        for asked, action in (
            (page.identity.remove.clicked, "record.remove"),
            (page.attach.clicked, "compound.attach_party"),
            (page.engage.clicked, "compound.attach_firm"),
            (page.adoption.step.clicked, "compound.adopt"),
            (page.relate.clicked, "compound.relate"),
            (page.change_credit.clicked, "firm.credit"),
        ):
            asked.connect(partial(context.wanted.emit, action))

    def _shown(self) -> Dataset | None:
        return self._context.shown

    @Slot(str, str, str)
    def _on_fact(self, code: str, key: str, value: str) -> None:
        registry = self._context.registry
        if registry is None or self._context.record(code) is None:
            return
        spec = registry.profile.facts[key]
        choices = registry.profile.fact_choices(spec)
        fact = registry.dataset.fact_on(code, key, self._context.as_of)
        was = ("unknown" if choices else "—") if fact is None else fact.text("value")
        old, new = choices.get(was, Text(was, was)), choices.get(value, Text(value, value))
        said = Text(
            f"已保存：{spec.words.zh} {old.zh} → {new.zh}", f"Saved: {spec.words.en} {old.en} → {new.en}"
        )

        def failed(error: Exception) -> None:
            if self._is_shown(code) and (row := self._page.fact_row(key)) is not None:
                row.show_error(self._context.sentence(error))
            else:
                self._refuse_elsewhere(code, spec.words, value, error)

        row = self._page.fact_row(key)
        self._context.edit(
            lambda _ticket: edit.set_values(registry, [code], {key: value}),
            said,
            on_error=failed,
            seen=None if row is None else row.begun,
        )

    def _is_shown(self, code: str) -> bool:
        """Whether this record's page is still what the user sees."""
        return shiboken6.isValid(self) and self._page.code == code

    def _refuse_elsewhere(self, code: str, field: Text, typed: str, error: Exception) -> None:
        """Tell in the banner what was typed for a record that is no longer in sight, and why it was refused."""
        record, lang = self._context.record(code), self._context.lang
        name = code if record is None else display_name(record, lang)
        said = _NOT_SAVED.in_(lang).format(name, field.in_(lang), typed, self._context.sentence(error))
        self._context.refused.emit(InvalidInput(Text(said, said)))

    @Slot(str, str, str)
    def _on_field(self, code: str, field: str, typed: str) -> None:
        registry, record = self._context.registry, self._context.record(code)
        if registry is None or record is None:
            return
        spec = KINDS[record.kind].by_name.get(field)
        name = Text(field, field) if spec is None else spec.words

        def failed(error: Exception) -> None:
            if self._is_shown(code):
                self._page.identity.form.show_error(field, self._context.sentence(error))
            else:
                self._refuse_elsewhere(code, name, typed, error)

        self._context.edit(
            lambda _ticket: edit.set_values(registry, [code], {field: typed}),
            Text(f"已保存：{name.zh} → {typed or '—'}", f"Saved: {name.en} → {typed or '—'}"),
            on_error=failed,
            seen=self._page.identity.form.begun_on(field),
        )

    @Slot(str)
    def _on_detach(self, code: str) -> None:
        registry, attachment = self._context.registry, self._context.record(code)
        if registry is None or attachment is None:
            return
        ends = {"attachments": ("organisation",), "engagements": ("firm",), "links": ("subject", "to")}
        found = [attachment.text(name) for name in ends.get(attachment.kind, ())]
        end = next((end for end in found if end != self._page.code), code)
        other = registry.dataset.find(end)
        name = end if other is None else display_name(other, self._context.lang)
        self._context.end_asked.emit(
            Ending(
                title=_DETACH.format(name),
                commit=_DETACH_DO,
                act=lambda day, why: edit.detach(registry, code, on=day, why=why),
                said=_DETACHED.format(name),
            )
        )

    @Slot(str)
    def _on_taken_back(self, key: str) -> None:
        """Take this fact's last step back, whatever was done elsewhere since."""
        registry, code = self._context.registry, self._page.code
        if registry is not None and code:
            self._context.undo(lambda: last_step_of(registry, code, key))

    @Slot(str)
    def _on_record(self, code: str) -> None:
        if self._context.record(code) is not None:
            self._context.select([code], "inspector")

    @Slot(str)
    def _on_unit(self, code: str) -> None:
        self._context.select([code], "inspector")
        self._context.zoom_to([code])

    @Slot()
    def _on_locate(self) -> None:
        if self._page.code:
            self._context.zoom_to([self._page.code])

    @Slot(list)
    def _on_finding(self, codes: list[str]) -> None:
        self._context.show_finding([self._page.code, *(code for code in codes if code != self._page.code)])
