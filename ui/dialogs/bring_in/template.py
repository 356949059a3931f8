"""The workbook that a street fills in: of which kind, of which street, filled or with headings only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.domain import vocabulary
from app.domain.kinds import OFFERED_KINDS
from app.errors import RegistryError
from app.services.bring_in.city_lists import LISTS
from app.services.bring_in.list_templates import write_list_template
from app.services.bring_in.task_book import write_task_book
from app.services.bring_in.template_data import write_template
from app.services.bring_in.visits import write_visit_sheet
from app.services.tasks.listed import posts_of
from app.text import Text
from ui import words
from ui.dialogs.base.picker import WORKBOOK, Picks
from ui.dialogs.base.sheet import Sheet
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from app.jobs import Ticket
    from app.services.bring_in.template_data import TemplateReport
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

VISIT: Final = "visit"
_TITLE: Final = Text("导入模板", "Template")
_COMMIT: Final = Text("写模板", "Write it")
_WRITING: Final = Text("写模板", "Writing the template")
_EVERYWHERE: Final = Text("全部街道", "Every street")
_LIST_WORDS: Final = {
    "schemes": Text("本市评价办法", "The city's own schemes"),
    "words": Text("本市名目", "The city's own names"),
}
_FILLING: Final = {
    "": Text("填好已登记的内容", "With what is registered"),
    "empty": Text("只有列名", "Headings only"),
    VISIT: Text("上门表：只问没查清的", "Visiting sheet: only what is not known"),
}
_EVERY_COMMUNITY: Final = Text("全部社区", "Every community")
_EVERY_FACT: Final = Text("所有要查的", "All that is surveyed")
_EVERY_POST: Final = Text("所有岗位", "Every post")
_NO_PATH: Final = Text("写要保存成的 .xlsx 文件。", "Give the .xlsx file to write.")
_DONE: Final = Text(
    "已写好 {}：{} 行，{} 列。填好后用“导入…”读回来；没有改过的，一条也不变。",
    "Written: {}, {: row|rows}, {: column|columns}. Bring it back with 'Import…'; what nobody changed stays as it is.",
)
_LEFT_EMPTY: Final = Text(
    "{} 格像有个人信息，或太长，空着没有写出去。",
    "{: cell looks|cells look} like personal data, or are too long; they were left empty.",
)


class TemplateDialog(Sheet):
    """Writes in the background; stays open to say what it wrote."""

    WRITES = False

    def __init__(
        self, context: WindowContext, parent: QWidget | None = None, *, kind: str = "compounds"
    ) -> None:
        super().__init__(context, "template", _TITLE, _COMMIT, parent, width=600)
        self._task: Task | None = None
        self._proposed = ""
        lang = context.lang
        self.kind = ChoiceBox(self)
        for name, spec in OFFERED_KINDS.items():
            self.kind.addItem(spec.words.in_(lang), name)
        for name in LISTS:
            self.kind.addItem(_LIST_WORDS[name].in_(lang), name)
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.street = ChoiceBox(self)
        self.street.addItem(_EVERYWHERE.in_(lang), "")
        if context.registry is not None:
            for street in context.registry.dataset.in_force("streets", context.as_of):
                self.street.addItem(f"{street.text('name')} · {street.code}", street.code)
        self.filling = ChoiceBox(self)
        for name, said in _FILLING.items():
            self.filling.addItem(said.in_(lang), name)
        self.unit = ChoiceBox(self)
        self.measure = ChoiceBox(self)
        self.owner = ChoiceBox(self)
        self._fill_asked()
        self.path = QLineEdit(self)
        self.body.addLayout(self.form)
        self.add_field("kind", Text("是什么", "What it is of"), self.kind)
        self.add_field("street", vocabulary.LEVELS["street"].heading(), self.street)
        self.add_field("filling", Text("内容", "Content"), self.filling)
        self.add_field("unit", vocabulary.LEVELS["community"].heading(), self.unit)
        self.add_field("measure", Text("问什么", "What to ask"), self.measure)
        self.add_field("owner", Text("岗位", "Owner post"), self.owner)
        self.add_path(
            "path", Text("文件", "File"), self.path, lambda: Picks("template", (WORKBOOK,), is_new=True)
        )
        self.told = text_label("", "second", self)
        self.told.setObjectName("template.result")
        self.told.setWordWrap(True)
        self.told.hide()
        self.body.addWidget(self.told)
        self.kind.currentIndexChanged.connect(self._on_kind)
        for box in (self.street, self.filling, self.unit, self.owner):
            box.currentIndexChanged.connect(self._on_kind)
        self._on_kind()

    def _fill_asked(self) -> None:
        """Offer the communities, measures and posts that a visiting sheet or a list of tasks may be of."""
        context, registry, lang = self.context, self.context.registry, self.context.lang
        self.unit.addItem(_EVERY_COMMUNITY.in_(lang), "")
        self.measure.addItem(_EVERY_FACT.in_(lang), "")
        self.owner.addItem(_EVERY_POST.in_(lang), "")
        if registry is None:
            return
        for community in registry.dataset.in_force("communities", context.as_of):
            self.unit.addItem(f"{community.text('name')} · {community.code}", community.code)
        self.unit.setCurrentIndex(max(0, self.unit.findData(context.place)))
        for spec in registry.profile.measures.values():
            if spec.subject == "compound" and spec.covered is not None:
                self.measure.addItem(spec.words.in_(lang), spec.id)
        self.measure.setCurrentIndex(max(0, self.measure.findData(context.question.measure)))
        for post in posts_of(registry):
            self.owner.addItem(post, post)

    @property
    def is_visit(self) -> bool:
        """Whether a visiting sheet is asked for."""
        return bool(self.kind.currentData() == "compounds" and self.filling.currentData() == VISIT)

    @Slot()
    def _on_kind(self, _place: int = 0) -> None:
        """Propose a file for the kind, unless the user has written another."""
        registry = self.context.registry
        kind, street = str(self.kind.currentData()), str(self.street.currentData())
        for box in (self.street, self.filling):
            box.setEnabled(kind not in LISTS)
        for key in ("unit", "measure"):
            self.show_field(key, is_shown=self.is_visit)
        self.show_field("street", is_shown=not self.is_visit)
        self.show_field("owner", is_shown=kind == "tasks")
        self.refit()
        if registry is not None and self.path.text() == self._proposed:
            if self.is_visit:
                kind, street = VISIT, str(self.unit.currentData())
            name = f"{registry.path.stem}-{kind}" + (f"-{street}" if street and kind not in LISTS else "")
            self._proposed = str(registry.beside(f"{name}.xlsx"))
            self.path.setText(self._proposed)

    @override
    def on_commit(self) -> None:
        registry, lang = self.context.registry, self.context.lang
        if registry is None or self._task is not None:
            return
        self.clear_errors()
        self.told.hide()
        typed = self.path.text().strip().strip('"')
        if not typed:
            self.show_error(_NO_PATH.in_(lang), "path")
            return
        path = Path(typed).expanduser()
        kind, street = str(self.kind.currentData()), str(self.street.currentData()) or None
        is_empty, is_visit = self.filling.currentData() == "empty", self.is_visit
        unit, owner = str(self.unit.currentData() or ""), str(self.owner.currentData() or "")
        measures = tuple(filter(None, (str(self.measure.currentData() or ""),)))

        def job(ticket: Ticket) -> TemplateReport:
            if kind in LISTS:
                return write_list_template(registry, kind, path, lang=lang, ticket=ticket)
            if is_visit:
                return write_visit_sheet(
                    registry, path, unit=unit, measures=measures, lang=lang, ticket=ticket
                )
            if kind == "tasks" and not is_empty:
                return write_task_book(registry, path, street=street, owner=owner, lang=lang, ticket=ticket)
            return write_template(
                registry, kind, path, lang=lang, street=street, is_empty=is_empty, ticket=ticket
            )

        self.commit.setEnabled(False)
        self._task = self.context.tasks.start(
            job, on_registry=False, words=_WRITING, on_failure=self._on_failed
        )
        self._task.succeeded.connect(self._on_written)
        self._task.ended.connect(self._on_ended)

    @Slot()
    def _on_ended(self) -> None:
        self._task = None
        self.commit.setEnabled(True)
        self.refit()

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, RegistryError):
            self.show_error(self.context.sentence(error), "path")
        else:
            self.context.refused.emit(error)

    @Slot(object)
    def _on_written(self, report: TemplateReport) -> None:
        lang = self.context.lang
        said = _DONE.format(report.path.name, report.rows, len(report.columns)).in_(lang)
        if report.left_empty:
            said += "\n" + _LEFT_EMPTY.format(report.left_empty).in_(lang)
        self.told.setText(said)
        self.told.show()
        self.cancel.setText(words.CLOSE.in_(lang))
        self.context.said.emit(Text(f"已写好 {report.path.name}", f"Wrote {report.path.name}"))

    @override
    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()
