"""What a fresh outline or a fresh point becomes: a compound, a station."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.domain.vocabulary import UNNAMED
from app.services.edit import edit
from app.text import Text
from ui.dialogs.base.sheet import Sheet
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from ui.bridge.context import WindowContext

_COMPOUND: Final = Text("新小区", "New compound")
_STATION: Final = Text("新服务站点", "New station")
_ADD: Final = Text("登记", "Add")
_OF: Final = Text("是哪个小区", "Which compound")
_NAME: Final = Text("名称", "Name")
_KIND: Final = Text("类型", "Kind")
_NO_NAME: Final = Text("站点要有名称。", "A station needs a name.")
_AREA: Final = Text("{:.2f} 公顷，{} 个拐点", "{:.2f} ha, {} corners")


class CompoundDialog(Sheet):
    """Name and kind of a freshly drawn outline. ``added`` gives the new code; ``rejected``: the draft stays."""

    added = Signal(str)

    def __init__(self, context: WindowContext, outline: BaseGeometry, parent: QWidget | None = None) -> None:
        super().__init__(context, "compound", _COMPOUND, _ADD, parent, width=420)
        self._outline = outline
        self.box = QLineEdit(self)
        self.kind = ChoiceBox(self)
        registry = context.registry
        if registry is not None:
            for value, said in registry.profile.choices["compound_kind"].items():
                self.kind.addItem(said.in_(context.lang), value)
            self.kind.setCurrentIndex(max(0, self.kind.findData("unknown")))
            area = float(shapely.area(registry.zone.to_metres([outline])[0]))
            corners = len(shapely.get_coordinates(outline)) - 1
            note = text_label(_AREA.format(area / 10_000, corners).in_(context.lang), "second", self)
            note.setObjectName("compound.area")
            self.body.addWidget(note)
        self.body.addLayout(self.form)
        self.add_field("name", _NAME, self.box)
        self.add_field("kind", _KIND, self.kind)
        self.of = ChoiceBox(self)
        self._offer_undrawn()

    def _offer_undrawn(self) -> None:
        """Let the outline be that of a compound nobody has drawn: of the one selected, unless told otherwise."""
        registry, lang = self.context.registry, self.context.lang
        undrawn = [] if registry is None else registry.dataset.in_force("compounds", self.context.as_of)
        undrawn = [record for record in undrawn if record.geometry is None]
        self.of.addItem(_COMPOUND.in_(lang), "")
        for record in undrawn:
            self.of.addItem(f"{record.text('name').strip() or UNNAMED.in_(lang)} {record.code}", record.code)
        if not undrawn:
            self.of.hide()
            return
        self.add_field("of", _OF, self.of)
        self.of.currentIndexChanged.connect(self._on_of)
        current = self.context.current
        self.of.setCurrentIndex(max(0, self.of.findData(current.code if current is not None else "")))

    @Slot(int)
    def _on_of(self, _place: int) -> None:
        is_new = not self.of.currentData()
        self.box.setEnabled(is_new)
        self.kind.setEnabled(is_new)

    @override
    def first_box(self) -> QWidget | None:
        return self.of if self.of.currentData() else self.box

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        if registry is None:
            return
        self.clear_errors()
        drawn = str(self.of.currentData() or "")
        if drawn:
            outline = self._outline
            words = Text(f"已画出 {self.of.currentText()}", f"Drawn: {self.of.currentText()}")
            task = self.context.edit(
                lambda _ticket: edit.set_values(registry, [drawn], {"geometry": outline}),
                words,
                on_error=self.show_exception,
            )
            task.succeeded.connect(self._on_written)
            return
        values: dict[str, object] = {"kind": str(self.kind.currentData()), "geometry": self._outline}
        name = self.box.text().strip()
        if name:
            values["name"] = name
        said = Text(f"已登记小区 {name or '（未命名）'}", f"Compound added: {name or '(unnamed)'}")
        task = self.context.edit(
            lambda _ticket: edit.add(registry, "compounds", values), said, on_error=self.show_exception
        )
        task.succeeded.connect(self._on_written)

    @Slot(object)
    def _on_written(self, changes: object) -> None:
        codes = getattr(changes, "codes", ())
        if codes:
            self.context.select([codes[0]], "draw")
            self.added.emit(codes[0])
        self.accept()


class StationDialog(Sheet):
    """Name and kind of a station at a point (longitude, latitude)."""

    added = Signal(str)

    def __init__(self, context: WindowContext, lon: float, lat: float, parent: QWidget | None = None) -> None:
        super().__init__(context, "station", _STATION, _ADD, parent, width=420)
        self._point = shapely.Point(lon, lat)
        self.box = QLineEdit(self)
        self.kind = ChoiceBox(self)
        if context.registry is not None:
            for value, said in context.registry.profile.choices["station_kind"].items():
                self.kind.addItem(said.in_(context.lang), value)
        self.body.addLayout(self.form)
        self.add_field("name", _NAME, self.box)
        self.add_field("kind", _KIND, self.kind)

    @override
    def on_commit(self) -> None:
        registry = self.context.registry
        if registry is None:
            return
        self.clear_errors()
        name = self.box.text().strip()
        if not name:
            self.show_error(_NO_NAME.in_(self.context.lang), "name")
            return
        values = {"name": name, "kind": str(self.kind.currentData()), "geometry": self._point}
        task = self.context.edit(
            lambda _ticket: edit.add(registry, "stations", values),
            Text(f"已登记站点 {name}", f"Station added: {name}"),
            on_error=self.show_exception,
        )
        task.succeeded.connect(self._on_written)

    @Slot(object)
    def _on_written(self, changes: object) -> None:
        codes = getattr(changes, "codes", ())
        if codes:
            self.context.select([codes[0]], "draw")
            self.added.emit(codes[0])
        self.accept()
