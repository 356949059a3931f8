"""What a fresh outline or a fresh point becomes: a compound, a station, or whatever else may lie there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.domain.kinds import KINDS, FieldType, Where, kinds_in
from app.domain.vocabulary import UNNAMED
from app.services.edit import edit
from app.services.outlines.drawn import NEW, plan_new, write_new
from app.text import Text
from geo.arcs.effects import ASKED
from geo.arcs.judge import Options
from ui.dialogs.base.sheet import Sheet
from ui.widgets.choice_box import ChoiceBox
from ui.widgets.plain import text_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from app.domain.edits import Changes
    from app.domain.kinds import Field
    from app.services.outlines.plan import OutlinePlan
    from app.services.registry.registry import Registry
    from geo.arcs.effects import Reason
    from ui.bridge.context import WindowContext

_COMPOUND: Final = Text("新小区", "New compound")
_STATION: Final = Text("新服务站点", "New station")
_ADD: Final = Text("登记", "Add")
_MEANT: Final = Text("就要这样，登记", "It is meant: add")
_NEW: Final = Text("新{}", "New: {}")
_WHAT: Final = Text("是什么", "What it is")
_OF: Final = Text("是哪个小区", "Which compound")
_NAME: Final = Text("名称", "Name")
_KIND: Final = Text("类型", "Kind")
_NO_NAME: Final = Text("{}要有名称。", "It needs a name ({}).")
_NEEDED: Final = Text("要写{}。", "{} is needed.")
_ADDED: Final = Text("已登记{} {}", "Added ({}): {}")
_AREA: Final = Text("{:.2f} 公顷，{} 个拐点", "{:.2f} ha, {: corner|corners}")
_OF_ITS_OWN: Final = (
    "compounds",
    "stations",
)  # what the tools are called by; each is offered by its own alone


class RecordDialog(Sheet):
    """Name and kind of what was drawn. ``added`` gives the new code; ``rejected``: the draft stays.

    ``room`` begins the names of its widgets. ``first``: the kind that the tool is for; any other that nobody kept out and whose shape fits is offered beside it.
    """

    added = Signal(str)

    def __init__(
        self,
        context: WindowContext,
        room: str,
        first: str,
        title: Text,
        outline: BaseGeometry,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(context, room, title, _ADD, parent, width=420)
        self._first_title, self.outline = title, outline
        self.offered = (first, *_others(outline))
        self.what, self.box, self.kind = ChoiceBox(self), QLineEdit(self), ChoiceBox(self)
        self._more: dict[str, QLineEdit] = {}

    def make_rows(self) -> None:
        """Make the rows: what it is where there is a choice, its name, its sort, and what else it can't be without."""
        lang = self.context.lang
        self.body.addLayout(self.form)
        for name in self.offered:
            self.what.addItem(KINDS[name].words.in_(lang), name)
        self.add_field("what", _WHAT, self.what)
        self.show_field("what", is_shown=len(self.offered) > 1)
        self.add_field("name", _NAME, self.box)
        self.add_field("kind", _KIND, self.kind)
        for name in self.offered[1:]:
            for field in _needed(name):
                if field.name not in self._more:
                    self._more[field.name] = QLineEdit(self)
                    self.add_field(field.name, field.words, self._more[field.name])
        self.what.currentIndexChanged.connect(self._on_what)
        self._on_what()

    @property
    def chosen(self) -> str:
        """The kind that it is to be."""
        return str(self.what.currentData())

    @Slot()
    def _on_what(self, *_place: int) -> None:
        """Show the rows of the kind chosen."""
        registry, field, lang = self.context.registry, _sort_of(self.chosen), self.context.lang
        is_first = self.chosen == self.offered[0]
        title = self._first_title if is_first else _NEW.format(KINDS[self.chosen].words.in_(lang))
        self.title.setText(title.in_(lang))
        self.label("kind").setText((_KIND if field is None else field.words).in_(lang))
        self.kind.clear()
        if registry is not None and field is not None:
            for value, said in registry.profile.choices[field.choices].items():
                self.kind.addItem(said.in_(lang), value)
            self.kind.setCurrentIndex(max(0, self.kind.findData("unknown")))
        self.show_field("name", is_shown=KINDS[self.chosen].has_name)
        self.show_field("kind", is_shown=field is not None)
        needed = {field.name for field in _needed(self.chosen)}
        for name in self._more:
            self.show_field(name, is_shown=name in needed)
        self.refit()

    @override
    def first_box(self) -> QWidget | None:
        return self.box

    @override
    def on_commit(self) -> None:
        registry, lang = self.context.registry, self.context.lang
        if registry is None:
            return
        self.clear_errors()
        kind = KINDS[self.chosen]
        name = self.box.text().strip() if kind.has_name else ""
        if kind.has_name and kind.by_name["name"].required and not name:
            self.show_error(_NO_NAME.format(kind.words.in_(lang)).in_(lang), "name")
            return
        values: dict[str, object] = {"geometry": self.outline}
        sort = _sort_of(kind.name)
        if sort is not None:
            values[sort.name] = str(self.kind.currentData())
        if name:
            values["name"] = name
        for field in _needed(kind.name) if kind.name != self.offered[0] else ():
            values[field.name] = self._more[field.name].text().strip()
            if not values[field.name]:
                self.show_error(_NEEDED.format(field.words.in_(lang)).in_(lang), field.name)
                return
        said = _ADDED.format(kind.words.in_(lang), name or f"（{UNNAMED.in_(lang)}）")
        task = self.write(
            lambda _ticket: self.add(registry, kind.name, values), said, on_error=self.show_exception
        )
        task.succeeded.connect(self.take_written)

    def add(self, registry: Registry, kind: str, values: Mapping[str, object]) -> Changes:
        """Write the record."""
        return edit.add(registry, kind, values)

    @Slot(object)
    def take_written(self, changes: object) -> None:
        """Select what was written, and close."""
        codes = getattr(changes, "codes", ())
        if codes:
            self.context.select([codes[0]], "draw")
            self.added.emit(codes[0])
        self.accept()


class CompoundDialog(RecordDialog):
    """Name and kind of a freshly drawn outline, which may be that of a compound nobody has drawn yet.

    ``is_taking``: ground that other compounds have becomes its own; else it is clipped off.
    """

    def __init__(
        self,
        context: WindowContext,
        outline: BaseGeometry,
        parent: QWidget | None = None,
        *,
        is_taking: bool = False,
    ) -> None:
        super().__init__(context, "compound", "compounds", _COMPOUND, outline, parent)
        self._options = Options(is_keeper=is_taking)
        self._refused: Reason | None = None  # what it was refused for and may be meant
        registry = context.registry
        if registry is not None:
            area = float(shapely.area(registry.zone.to_metres([outline])[0]))
            corners = len(shapely.get_coordinates(outline)) - 1
            note = text_label(_AREA.format(area / 10_000, corners).in_(context.lang), "second", self)
            note.setObjectName("compound.area")
            self.body.addWidget(note)
        self.make_rows()
        self.of = ChoiceBox(self)
        self._offer_undrawn()
        self.what.currentIndexChanged.connect(self._on_of)

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

    @property
    def _drawn(self) -> str:
        """The code of the registered compound whose outline it is; "" for something new."""
        return str(self.of.currentData() or "") if self.chosen == "compounds" else ""

    @Slot(int)
    def _on_of(self, _place: int) -> None:
        self.of.setEnabled(self.chosen == "compounds")
        self.box.setEnabled(not self._drawn)
        self.kind.setEnabled(not self._drawn)

    @override
    def first_box(self) -> QWidget | None:
        return self.of if self._drawn else self.box

    @override
    def on_commit(self) -> None:
        registry, drawn = self.context.registry, self._drawn
        if self._refused is not None:  # pressed again, by a button that said what comes about
            self._options = replace(self._options, allowed=self._options.allowed | {self._refused})
            self._refused = None
        if registry is None or not drawn:
            super().on_commit()
            return
        self.clear_errors()
        words = Text(f"已画出 {self.of.currentText()}", f"Drawn: {self.of.currentText()}")
        task = self.write(
            lambda _ticket: self._plan(registry, drawn).write(verb="set"),
            words,
            on_error=self.show_exception,
        )
        task.succeeded.connect(self.take_written)

    @override
    def add(self, registry: Registry, kind: str, values: Mapping[str, object]) -> Changes:
        if kind != "compounds":
            return super().add(registry, kind, values)
        return write_new(self._plan(registry), values)

    @override
    def show_exception(self, error: Exception, keys: Mapping[str, str] | None = None) -> None:
        super().show_exception(error, keys)
        words = _ADD if self._refused is None else _MEANT
        self.commit.setText(words.in_(self.context.lang))
        self.commit.setAccessibleName(self.commit.text())

    def _plan(self, registry: Registry, code: str = NEW) -> OutlinePlan:
        """Return what the outline does to the compounds beside it."""
        (metres,) = registry.zone.to_metres([self.outline])
        plan = plan_new(
            registry, "compounds", metres, code=code, day=self.context.as_of, options=self._options
        )
        why = plan.reason
        self._refused = why.reason if why is not None and why.reason in ASKED else None
        return plan


class StationDialog(RecordDialog):
    """Name and kind of a station at a point (longitude, latitude)."""

    def __init__(self, context: WindowContext, lon: float, lat: float, parent: QWidget | None = None) -> None:
        super().__init__(context, "station", "stations", _STATION, shapely.Point(lon, lat), parent)
        self.make_rows()


def _others(outline: BaseGeometry) -> tuple[str, ...]:
    """Return the kinds beside those of the tools that an outline may become."""
    return tuple(
        kind.name
        for kind in kinds_in(Where.DRAWING)
        if kind.name not in _OF_ITS_OWN and outline.geom_type in kind.shape.types
    )


def _sort_of(kind: str) -> Field | None:
    """Return the field that says of which sort a record is, if it has one."""
    field = KINDS[kind].by_name.get(KINDS[kind].headings.sort)
    return field if field is not None and field.type is FieldType.CHOICE else None


def _needed(kind: str) -> Sequence[Field]:
    """Return what a record can't be without beside its name and sort."""
    asked = ("name", KINDS[kind].headings.sort)
    return [field for field in KINDS[kind].fields if field.required and field.name not in asked]
