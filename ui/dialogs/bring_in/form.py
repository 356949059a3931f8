"""The form of an import: the file, its table, what its rows are, and how it is read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QProgressBar, QWidget

from app.domain.kinds import OFFERED_KINDS
from app.services.bring_in.import_data import ALL, READABLE, ImportRequest, has_sheets
from app.text import Text
from ui.dialogs.base.picker import Picks
from ui.dialogs.bring_in.models import DATUMS
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPushButton

    from app.jobs import Progress
    from app.services.bring_in.look import Look
    from ui.dialogs.base.sheet import Sheet

_TEMPLATE: Final = Text("模板…", "Template…")
_ALL_SHEETS: Final = Text("全部工作表，一起导入", "All sheets as one")
_AS_SAID: Final = Text("文件里写的", "as the file says")
_READING: Final = Text("读取文件", "Reading the file")
_ENCODINGS: Final = ("", "utf-8", "gb18030", "big5")
ANY_KIND: Final = "compounds"  # what stands in the box before a file says anything


def _picks() -> Picks:
    return Picks("import", ((Text("能导入的文件", "Files that can be imported"), READABLE),))


class ReadForm(QObject):
    """Makes the fields in a sheet and reads them. ``is_kind_said``: somebody chose what the rows are."""

    path_given = Signal()
    answered = Signal()
    another_table = Signal()
    template_wanted = Signal()

    def __init__(self, sheet: Sheet, kind: str | None) -> None:
        super().__init__(sheet)
        self._lang = lang = sheet.context.lang
        self.is_kind_said = kind is not None
        self.path, self.crs = QLineEdit(sheet), QLineEdit(sheet)
        self.layer, self.kind = ChoiceBox(sheet), ChoiceBox(sheet)
        self.datum, self.encoding = ChoiceBox(sheet), ChoiceBox(sheet)
        for name, of in OFFERED_KINDS.items():
            self.kind.addItem(of.words.in_(lang), name)
        self.kind.setCurrentIndex(self.kind.findData(kind or ANY_KIND))
        self.crs.setPlaceholderText("EPSG:4490")
        for value, said in DATUMS.items():
            self.datum.addItem(said.in_(lang), value)
        self.encoding.setEditable(True)
        for value in _ENCODINGS:
            self.encoding.addItem(value or _AS_SAID.in_(lang), value)
        template = sheet.make_button("template", _TEMPLATE, self.template_wanted.emit)
        sheet.add_path("path", Text("文件", "File"), self.path, _picks)
        sheet.add_field("layer", Text("图层 / 工作表", "Layer / sheet"), self.layer)
        sheet.add_field("kind", Text("是什么", "What it is"), self.kind, beside=template)
        sheet.add_field("crs", Text("坐标系", "CRS"), self.crs)
        sheet.add_field("datum", Text("坐标基准", "Datum"), self.datum)
        sheet.add_field("encoding", Text("编码", "Encoding"), self.encoding)
        self.path.editingFinished.connect(self.path_given)
        self.crs.editingFinished.connect(self.answered)
        self.layer.currentIndexChanged.connect(self.another_table)
        self.kind.currentIndexChanged.connect(self._on_kind)
        for box in (self.datum, self.encoding):
            box.currentIndexChanged.connect(self.answered)

    @Slot(int)
    def _on_kind(self, _place: int) -> None:
        self.is_kind_said = True
        self.another_table.emit()

    @property
    def typed_path(self) -> str:
        """The path as it was typed or dropped."""
        return self.path.text().strip().strip('"')

    def request(self, source: str) -> ImportRequest:
        """Return what the form asks for."""
        encoding = self.encoding.currentText().strip()
        return ImportRequest(
            source=Path(source).expanduser(),
            kind=str(self.kind.currentData()),
            layer=self.layer.currentData() or None,
            crs=self.crs.text().strip() or None,
            datum=str(self.datum.currentData()) or None,
            encoding=encoding if encoding and encoding != _AS_SAID.in_(self._lang) else None,
        )

    def forget_layers(self) -> None:
        """Offer no layer: another file."""
        with QSignalBlocker(self.layer):
            self.layer.clear()

    def show_look(self, seen: Look, source: str) -> None:
        """Offer a file's layers, and show which is read as what."""
        with QSignalBlocker(self.layer), QSignalBlocker(self.kind):
            self.kind.setCurrentIndex(self.kind.findData(seen.kind))
            self.layer.clear()
            for name in seen.layers:
                self.layer.addItem(name, name)
            if len(seen.layers) > 1 and has_sheets(Path(source)):
                self.layer.addItem(_ALL_SHEETS.in_(self._lang), ALL)
            chosen = None if seen.preview is None else seen.preview.layer
            self.layer.setCurrentIndex(self.layer.findData(chosen))

    def choose_layer(self, name: str) -> None:
        """Choose a layer or a table of it."""
        self.layer.setCurrentIndex(self.layer.findData(name))

    def choose_datum(self, name: str) -> None:
        """Choose a datum."""
        self.datum.setCurrentIndex(self.datum.findData(name))

    def summary(self, sheet: Sheet, source: str) -> str:
        """Return in one line what the form says: the file, its table, the kind, and how it is read where that was said."""
        said = [Path(source).name]
        if self.layer.count() > 1:
            said.append(self.layer.currentText())
        said.append(self.kind.currentText())
        request = self.request(source)
        for key, value in (("crs", request.crs), ("datum", request.datum), ("encoding", request.encoding)):
            if value:
                said.append(
                    f"{sheet.label(key).text()} {value if key != 'datum' else DATUMS[value].in_(self._lang)}"
                )
        return " · ".join(said)


class ReadingBar(QWidget):
    """That a file is being read, how far, and a button that stops it; hidden otherwise."""

    def __init__(self, lang: str, stop: QPushButton, parent: QWidget) -> None:
        super().__init__(parent)
        self.progress = QProgressBar(self)
        self.progress.setObjectName("import.progress")
        self.progress.setAccessibleName(_READING.in_(lang))
        self.progress.setTextVisible(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget in (text_label(_READING.in_(lang), "second", self), self.progress, stop):
            row.addWidget(widget)
        self.show_reading(is_reading=False)

    def show_reading(self, *, is_reading: bool) -> None:
        """Show it, with nothing done yet, or hide it."""
        self.progress.setRange(0, 0)
        self.setVisible(is_reading)

    @Slot(object)
    def show_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)
