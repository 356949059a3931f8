"""Takes a record out, gives it another name or another place: each with its day and its reason, as one change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import shapely
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.domain import vocabulary
from app.services.edit import edit
from app.services.edit.hanging import end_record, hanging_on
from app.text import Text
from ui.dialogs.edit.ending import ReasonSheet
from ui.models.ending import FROM, WITHOUT
from ui.models.named import display_name
from ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from app.domain.edits import Changes
    from ui.bridge.context import WindowContext

WRONG, GONE = "wrong", "from"  # it was recorded wrongly; or it was right until a day
_HOW: Final = Text("是哪种情况", "Which is it")
_REMOVE: Final = Text("删除：{}", "Remove: {}")
_REMOVE_DO: Final = Text("删除", "Remove")
_REMOVED: Final = Text("已删除：{}", "Removed: {}")
_ENDED: Final = Text("从那天起没有了：{}", "Ended: {}")
_REMOVE_HOWS: Final = {
    WRONG: Text("登记错了：整条删掉", "Recorded wrongly: the whole record goes"),
    GONE: Text("从某天起没有了：以前的留着", "Gone from a day on: what was before stays"),
}
_GOES: Final = Text("一起删掉的：{}", "Goes with it: {}")
_USED: Final = Text(
    "还有用着它的：{}。整条删掉之前先改它们。", "Still used by: {}. Change them before it can go."
)
_KEPT: Final = Text(
    "日志里留着它当时的内容，可以撤销。有不该留的，删除后用编辑菜单里的“彻底清除”。",
    "The journal keeps what was there, so it can be taken back. What must not be kept goes with 'Remove for good' in the Edit menu.",
)
_RENAME: Final = Text("改名：{}", "Rename: {}")
_RENAME_DO: Final = Text("改名", "Rename")
_RENAMED: Final = Text("{} 改名为 {}", "{} is now called {}")
_RENAME_HOWS: Final = {
    WRONG: Text("更正：原来写错了", "Correction: the old name was wrong"),
    GONE: Text("变化：从某天起叫这个名称", "Change: called so from a day on"),
}
_NEW_NAME: Final = Text("新名称", "New name")
_NO_NAME: Final = Text("写上新名称。", "Give the new name.")
_MOVE: Final = Text("移动：{}", "Move: {}")
_MOVE_DO: Final = Text("移动", "Move")
_MOVED: Final = Text("移动了 {}", "Moved {}")
_MOVE_HOWS: Final = {
    WRONG: Text("更正：原来的位置不对", "Correction: the old place was wrong"),
    GONE: Text("变化：从某天起搬到这里", "Change: here from a day on"),
}
_LON: Final = vocabulary.DERIVED["lon"]
_LAT: Final = vocabulary.DERIVED["lat"]
_NO_NUMBER: Final = Text("写成度，例如 {}。", "In degrees, for example {}.")


class RecordSheet(ReasonSheet):
    """A sheet about one record: which case it is, from which day in the second, and why."""

    def __init__(
        self,
        context: WindowContext,
        name: str,
        code: str,
        words: tuple[Text, Text],
        hows: dict[str, Text],
        parent: QWidget | None = None,
    ) -> None:
        title, commit = words
        record, lang = context.record(code), context.lang
        self.code = code
        self.record_name = code if record is None else f"{display_name(record, lang)} {code}"
        super().__init__(context, name, title.format(self.record_name), commit, parent, width=460)
        self.how = ChoiceBox(self)
        for value, said in hows.items():
            self.how.addItem(said.in_(lang), value)
        self.how.currentIndexChanged.connect(self._on_how)

    def add_case(self, day: Text) -> None:
        """Add which case it is, the day and the reason, as the last fields."""
        self.body.addLayout(self.form)
        self.add_field("how", _HOW, self.how)
        self.add_day_and_required_reason(day)
        self._on_how(0)

    @property
    def is_correction(self) -> bool:
        """Whether it was wrong all along."""
        return bool(self.how.currentData() == WRONG)

    @Slot(int)
    def _on_how(self, _place: int) -> None:
        self.on.setEnabled(not self.is_correction)

    def write_case(
        self, correct: Callable[[str], Changes], change: Callable[[date | None, str], Changes], said: Text
    ) -> None:
        """Write the case that is chosen."""
        if not self.has_reason():
            return
        why = self.reason or ""
        if self.is_correction:
            self.write_act(lambda: correct(why), said)
        else:
            self.write_on_day(lambda day: change(day, why), said)


class RemoveSheet(RecordSheet):
    """Says what would go with the record, and what stands in the way."""

    def __init__(self, context: WindowContext, code: str, parent: QWidget | None = None) -> None:
        super().__init__(context, "remove", code, (_REMOVE, _REMOVE_DO), _REMOVE_HOWS, parent)
        registry, lang = context.registry, context.lang
        if registry is not None:
            found = hanging_on(registry.dataset, code)
            if found.goes:
                self.add_note(_GOES.in_(lang).format(found.goes_words.in_(lang)), "goes")
            if found.users:
                self.add_note(_USED.in_(lang).format(found.users_words.in_(lang)), "used")
        self.add_note(_KEPT.in_(lang), "kept")
        self.add_case(WITHOUT)

    @override
    def first_box(self) -> QWidget | None:
        return self.why

    @override
    def on_commit(self) -> None:
        registry, code = self.context.registry, self.code
        self.clear_errors()
        if registry is not None:
            said = _REMOVED if self.is_correction else _ENDED
            self.write_case(
                lambda why: edit.remove(registry, code, why),
                lambda day, why: end_record(registry, code, on=day, why=why),
                said.format(self.record_name),
            )


class RenameSheet(RecordSheet):
    """Another name: a correction, or one that holds from a day on."""

    def __init__(self, context: WindowContext, code: str, parent: QWidget | None = None) -> None:
        super().__init__(context, "rename", code, (_RENAME, _RENAME_DO), _RENAME_HOWS, parent)
        record = context.record(code)
        self.box = QLineEdit("" if record is None else record.text("name"), self)
        self.box.selectAll()
        self.add_field("name", _NEW_NAME, self.box)
        self.add_case(FROM)

    @override
    def on_commit(self) -> None:
        registry, code, name = self.context.registry, self.code, self.box.text().strip()
        self.clear_errors()
        if registry is None:
            return
        if not name:
            self.show_error(_NO_NAME.in_(self.context.lang), "name")
            return
        self.write_case(
            lambda why: edit.set_values(registry, [code], {"name": name}, why=why),
            lambda day, why: edit.set_values(
                registry, [code], {"name": name}, since=day or self.context.as_of, why=why
            ),
            _RENAMED.format(self.record_name, name),
        )


class MoveSheet(RecordSheet):
    """Another place: dragged there, or typed in degrees."""

    def __init__(
        self,
        context: WindowContext,
        code: str,
        parent: QWidget | None = None,
        *,
        to: tuple[float, float] | None = None,
    ) -> None:
        super().__init__(context, "move", code, (_MOVE, _MOVE_DO), _MOVE_HOWS, parent)
        record = context.record(code)
        place = None if record is None else record.geometry
        is_point = isinstance(place, shapely.Point)
        now = (place.x, place.y) if isinstance(place, shapely.Point) else (0.0, 0.0)
        lon, lat = to or now
        self._is_dragged = to is not None and is_point
        self.lon = QLineEdit(f"{lon:.6f}", self)
        self.lat = QLineEdit(f"{lat:.6f}", self)
        self.add_field("lon", _LON, self.lon)
        self.add_field("lat", _LAT, self.lat)
        self.add_case(FROM)

    @override
    def first_box(self) -> QWidget | None:
        return self.why if self._is_dragged else self.lon

    def _degrees(self, key: str, box: QLineEdit, example: float) -> float | None:
        try:
            return float(box.text().strip())
        except ValueError:
            self.show_error(_NO_NUMBER.in_(self.context.lang).format(example), key)
            return None

    @override
    def on_commit(self) -> None:
        registry, code = self.context.registry, self.code
        self.clear_errors()
        lon = self._degrees("lon", self.lon, 117.31)
        lat = None if lon is None else self._degrees("lat", self.lat, 31.86)
        if registry is None or lon is None or lat is None:
            return
        values = {"geometry": shapely.Point(lon, lat)}
        self.write_case(
            lambda why: edit.set_values(registry, [code], values, why=why),
            lambda day, why: edit.set_values(
                registry, [code], values, since=day or self.context.as_of, why=why
            ),
            _MOVED.format(self.record_name),
        )
