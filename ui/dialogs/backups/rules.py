"""How automatic backups are kept: whether, where, and how much of the disk they may take."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.services.keeping.backups import keep_rules, rules_kept
from app.text import Text
from ui.dialogs.base.sheet import Sheet
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.number_box import NumberBox

if TYPE_CHECKING:
    from ui.bridge.context import WindowContext

_TITLE: Final = Text("备份规则", "Rules of the backups")
_KEEP: Final = Text("就这样", "Keep these")
_ON: Final = Text("自动备份", "Automatic backups")
_YES: Final = Text("改过就备", "whenever something was changed")
_NO: Final = Text("不备", "none")
_FOLDER: Final = Text("放在哪个文件夹", "In which folder")
_BESIDE: Final = Text("空着：台账旁边", "Empty: beside the registry")
_MOST: Final = Text("至多占（MB）", "At most (MB)")
_NO_FOLDER: Final = Text("没有文件夹 {}。", "There is no folder {}.")
_MEGABYTE: Final = 1 << 20


class RulesSheet(Sheet):
    """A small sheet; what is kept holds for every registry of this user."""

    WRITES = False

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "backup_rules", _TITLE, _KEEP, parent, width=460)
        self._rules = rules_kept()
        lang = context.lang
        self.on = ChoiceBox(self)
        self.on.addItem(_YES.in_(lang), userData=True)
        self.on.addItem(_NO.in_(lang), userData=False)
        self.on.setCurrentIndex(0 if self._rules.is_on else 1)
        self.folder = QLineEdit("" if self._rules.folder is None else str(self._rules.folder), self)
        self.folder.setPlaceholderText(_BESIDE.in_(lang))
        self.most = NumberBox(self)
        self.most.setRange(1, 1_000_000)
        self.most.setValue(self._rules.most_bytes // _MEGABYTE)
        self.body.addLayout(self.form)
        self.add_field("on", _ON, self.on)
        self.add_field("folder", _FOLDER, self.folder)
        self.add_field("most", _MOST, self.most)

    @override
    def on_commit(self) -> None:
        self.clear_errors()
        typed = self.folder.text().strip().strip('"')
        folder = Path(typed).expanduser() if typed else None
        if folder is not None and not folder.is_dir():
            self.show_error(_NO_FOLDER.format(folder).in_(self.context.lang), "folder")
            return
        rules = replace(
            self._rules,
            is_on=bool(self.on.currentData()),
            folder=None if folder is None else folder.absolute(),
            most_bytes=self.most.value() * _MEGABYTE,
        )
        try:
            keep_rules(rules)
        except OSError as error:
            self.show_error(str(error))
            return
        self.accept()
