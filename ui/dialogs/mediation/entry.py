"""The three lists: note a need, resource or project; let one answer a need; say that it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.services.count.unit_counts import PLACES
from app.services.mediation.lists import DONE, NEEDS, finish_entry, match_entry, note_entry
from app.text import Text
from ui.dialogs.base.step import StepSheet
from ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from datetime import date

    from app.domain.edits import Changes
    from app.domain.record import Record
    from app.services.registry.registry import Registry
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("登记清单条目", "Note on a list")
_OF: Final = Text("{} 的清单条目", "An entry of {}")
_NOTE: Final = Text(
    "写事，不写人：身份证号和私人电话不收",
    "Write the matter, no persons: identity and private telephone numbers are not kept",
)
_COMMIT: Final = Text("登记", "Note")
_LIST: Final = Text("清单", "List")
_TEXT: Final = Text("内容", "Text")
_MATCH_TITLE: Final = Text("对接到需求", "Match to a need")
_MATCH: Final = Text("对接", "Match")
_NEED: Final = Text("需求", "Need")
_DONE_TITLE: Final = Text("办结", "Done")
_NO_NEED: Final = Text("没有未办结的需求。先登记一条需求。", "No need is open. Note one first.")


class EntryDialog(StepSheet):
    """A new entry of a compound or community."""

    def __init__(
        self, context: WindowContext, place: str, parent: QWidget | None = None, *, which: str = NEEDS
    ) -> None:
        super().__init__(context, "entry", _TITLE, _COMMIT, parent, width=480, keys={"opened": "on"})
        self._place = place
        lang = context.lang
        self.list = ChoiceBox(self)
        self.text = QLineEdit(self)
        record, registry = context.record(place), context.registry
        if record is not None and registry is not None:
            for value, said in registry.profile.choices["list_kind"].items():
                self.list.addItem(said.in_(lang), value)
            self.list.setCurrentIndex(max(0, self.list.findData(which)))
            self.title.setText(_OF.format(record.text("name") or place).in_(lang))
        self.add_note(_NOTE.in_(lang))
        self.body.addLayout(self.form)
        self.add_field("text", _TEXT, self.text)
        self.add_field("list", _LIST, self.list)
        self.add_day_and_reason()

    @override
    def on_commit(self) -> None:
        registry, record = self.context.registry, self.context.record(self._place)
        if registry is None or record is None:
            return
        self.clear_errors()
        values: dict[str, object] = {
            PLACES.get(record.kind, "compound"): record.code,
            "list": str(self.list.currentData()),
            "text": self.text.text().strip(),
            "opened": self.on.text().strip(),
        }
        why, where = self.reason, self.list.currentText()
        self.write_act(
            lambda: note_entry(registry, values, why=why),
            lambda changes: Text(
                f"已记入{where}：{changes.codes[0]}", f"On the list {where}: {changes.codes[0]}"
            ),
        )


class EntryStepDialog(StepSheet):
    """Match a resource or project to a need (``step``: the need proposed, "" = any), or say that it is done."""

    def __init__(self, context: WindowContext, code: str, step: str, parent: QWidget | None = None) -> None:
        is_match = step != DONE
        title, commit = (_MATCH_TITLE, _MATCH) if is_match else (_DONE_TITLE, _DONE_TITLE)
        keys = dict.fromkeys(("answers", "state", "list"), "need") if is_match else None
        super().__init__(context, "entry_step", title, commit, parent, width=480, keys=keys)
        self._code, self._is_match = code, is_match
        lang = context.lang
        self.need = ChoiceBox(self)
        entry, registry = context.record(code), context.registry
        if entry is not None and registry is not None:
            self.title.setText(f"{title.in_(lang)}：{entry.text('text')}")
            for need in open_needs(registry, entry):
                self.need.addItem(f"{need.code} {need.text('text')}", need.code)
            self.need.setCurrentIndex(max(0, self.need.findData(step)))
        self.body.addLayout(self.form)
        if is_match:
            self.add_field("need", _NEED, self.need)
        else:
            self.need.hide()
        self.add_day_and_reason()
        if is_match and not self.need.count():
            self.add_note(_NO_NEED.in_(lang), "no_need")
            self.commit.setEnabled(False)

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        if registry is None or not self.commit.isEnabled():
            return
        need = str(self.need.currentData() or "") if self._is_match else ""
        why, code = self.reason, self._code
        said = (
            Text(f"{code} 已对接 {need}", f"{code} answers {need}")
            if need
            else Text(f"{code} 已办结", f"{code} is done")
        )
        self.write_on_day(lambda day: stepped(registry, code, need, day, why), said)


def stepped(registry: Registry, code: str, need: str, day: date | None, why: str | None) -> Changes:
    """Match an entry to a need; without a need, say that the entry is done."""
    if need:
        return match_entry(registry, code, need, on=day, why=why)
    return finish_entry(registry, code, on=day, why=why)


def open_needs(registry: Registry, entry: Record) -> list[Record]:
    """Return the needs that are not done, those of the entry's own compound or community first."""
    needs = [
        need
        for need in registry.dataset.of("entries").values()
        if need.text("list") == NEEDS and need.text("state") != DONE
    ]

    def is_elsewhere(need: Record) -> bool:
        return all(
            need.get(field) is None or need.get(field) != entry.get(field) for field in PLACES.values()
        )

    return sorted(needs, key=lambda need: (is_elsewhere(need), need.code))
