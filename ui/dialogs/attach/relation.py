"""Make a declared relation: which one, the other end by typing, the post, first and last day; many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.domain.edits import Changes
from app.domain.kinds import KINDS
from app.services.edit import edit
from app.text import Text
from ui.dialogs.attach.base import PickDialog
from ui.dialogs.attach.candidates import related_candidates
from ui.models.named import relations_for
from ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.domain.profile.declared import Relation
    from app.jobs import Ticket
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext
    from ui.dialogs.attach.candidates import Candidate

_TITLE: Final = Text("登记关系", "Relate")
_COMMIT: Final = Text("登记", "Relate")
_NONE: Final = Text(
    "口径没有给选中的这些声明关系。", "The profile declares no relation for what is selected."
)
_SAID: Final = Text("已登记{}：{} {}", "{}: {} {}")


class RelateDialog(PickDialog):
    """``targets``: the records selected, of one kind; they are the relation's far end, or one its subject."""

    def __init__(
        self,
        context: WindowContext,
        targets: Sequence[str],
        parent: QWidget | None = None,
        *,
        relation: str = "",
    ) -> None:
        super().__init__(context, _TITLE, _COMMIT, targets, parent)
        registry, lang = context.registry, context.lang
        record = context.record(self._targets[-1]) if self._targets else None
        self._choices: list[tuple[Relation, bool]] = []
        self.body.addLayout(self.form)
        self.relation = ChoiceBox(self)
        if registry is not None and record is not None:
            self._choices = relations_for(registry.profile, record.kind, many=len(self._targets) > 1)
        for place, (spec, is_far_end) in enumerate(self._choices):
            ends = spec.of if is_far_end else spec.to
            kinds = [KINDS[kind].words.in_(lang) for kind in ends]
            self.relation.addItem(f"{spec.words.in_(lang)} · {' / '.join(kinds)}", spec.id)
            if relation == spec.id:
                self.relation.setCurrentIndex(place)
        self.add_field("relation", Text("关系", "Relation"), self.relation)
        self.make_choice()
        self.role = ChoiceBox(self)
        self.add_field("role", Text("岗位", "Post"), self.role)
        self.make_days()
        self.relation.currentIndexChanged.connect(self._on_relation)
        self._on_relation()
        if not self._choices:
            self.show_error(_NONE.in_(lang))
            self.commit.setEnabled(False)

    @override
    def first_box(self) -> QWidget | None:
        return self.box if len(self._choices) == 1 else self.relation

    def _spec(self) -> tuple[Relation, bool] | None:
        place = self.relation.currentIndex()
        return self._choices[place] if 0 <= place < len(self._choices) else None

    @Slot()
    def _on_relation(self, _place: int = 0) -> None:
        registry, found = self.context.registry, self._spec()
        if registry is None or found is None:
            return
        spec, _ = found
        choices = registry.profile.choices.get(spec.roles, {})
        self.role.clear()
        self.role.setEditable(not choices)
        for value, said in choices.items():
            self.role.addItem(said.in_(self.context.lang), value)
        self.look_up()

    @override
    def finder(self, registry: Registry) -> Callable[[Ticket], list[Candidate]] | None:
        found, day = self._spec(), self.context.as_of
        target = registry.dataset.find(self._targets[-1])
        if found is None or target is None:
            return None
        spec, is_far_end = found
        kinds = spec.of if is_far_end else spec.to
        engine, dataset, zone = registry.engine, registry.dataset, registry.zone

        def job(_ticket: Ticket) -> list[Candidate]:
            derived = engine.derived(target.code, day) if KINDS[target.kind].is_layer else None
            return related_candidates(dataset, zone, target, kinds, derived, day)

        return job

    # writing

    @override
    def on_commit(self) -> None:
        registry, found = self.context.registry, self._spec()
        if registry is None or found is None or self.waits():
            return
        chosen, days = self.chosen(), self.days()
        if days is None:
            return
        if not chosen:
            self.say_nothing_found()
            return
        spec, is_far_end = found
        role = self.role.currentData() or (self.role.currentText().strip() if not spec.roles else "") or None
        why = self.why.text().strip() or None
        subject, to = (chosen, list(self._targets)) if is_far_end else (self._targets[-1], [chosen])
        name, where = self.chosen_name(), self._to_words()

        def job(_ticket: Ticket) -> Changes:
            return edit.attach(
                registry,
                subject,
                to,
                role=None if role is None else str(role),
                since=days[0],
                until=days[1],
                why=why,
                relation=spec.id,
            )

        words = Text(_SAID.zh.format(spec.words.zh, name, where), _SAID.en.format(spec.words.en, name, where))
        task = self.write(job, words, on_error=self._on_error)
        task.succeeded.connect(self._on_written)

    def _on_error(self, error: Exception) -> None:
        self.show_exception(
            error, {"valid_from": "from", "valid_until": "until", "subject": "what", "to": "what"}
        )
