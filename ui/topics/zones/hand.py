"""Changes to zones by hand: the selected compounds go in or out, zones are made, merged, ended, given a firm."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.domain.period import today
from app.services.zones.plan import RELATION
from app.text import Text
from ui import words
from ui.models.ending import FROM, Ending
from ui.topics.base.panel import Bar
from ui.topics.base.tools import add_box, add_button, offer
from ui.widgets.permit import permit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from app.domain.edits import Changes
    from ui.bridge.context import WindowContext
    from ui.topics.base.topic import Topic

_MEMBERS: Final = ("compounds", "buildings")
_NO_FIRM: Final = Text("还没有企业", "No firm")
_NO_ZONE: Final = Text("还没有片区", "No zone yet")
_MOVED: Final = Text("{} 移入 {}", "{} moved into {}")
_TAKEN: Final = Text("{} 移出片区", "{} taken out of their zone")
_MADE: Final = Text("新建了片区", "A zone was made")
_MERGED: Final = Text("{} 个片区并入 {}", "{: zone|zones} merged into {}")
_ENDED: Final = Text("撤销了 {}", "{} ended")
_ASSIGNED: Final = Text("{} 指派给 {}", "{} assigned to {}")
_SOME: Final = Text("{} 个小区", "{: compound|compounds}")
_DO: Final = Text("就这样改", "Change")
_LONGEST: Final = 190  # [px] of a box of names
_ACTS: Final = {
    "move": (
        Text("移入", "Move in"),
        Text("把选中的小区移入这个片区", "Move the selected compounds into this zone"),
    ),
    "take_out": (
        Text("移出", "Take out"),
        Text("把选中的小区移出所在片区", "Take the selected compounds out of their zone"),
    ),
    "new": (
        Text("新建", "New"),
        Text("用选中的小区建一个新片区", "Make a zone of the selected compounds"),
    ),
    "merge": (
        Text("并入", "Merge"),
        Text("把表里选中的片区并入这个片区", "Merge the zones chosen in the table into this one"),
    ),
    "end": (
        Text("撤销", "End"),
        Text("撤销这个片区，小区不再属于它", "End this zone; its compounds leave it"),
    ),
}


class ZoneHand(Bar):
    """One line: a zone, what to do with it, and the firm that serves it. Every act is one change."""

    refused = Signal(object)

    def __init__(
        self,
        context: WindowContext,
        chosen: Callable[[], Sequence[str]],
        reach: Callable[[], int],
        topic: Topic,
    ) -> None:
        inner = QWidget()
        super().__init__(inner, topic)
        inner.setAutoFillBackground(False)  # taking it in has set this
        self._context, self._chosen, self._reach = context, chosen, reach
        lang = context.lang
        self.setObjectName("zones.hand")
        self.setFixedHeight(30)
        line = QHBoxLayout(inner)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.target = add_box(topic, "target", Text("改哪个片区", "Which zone to change"), lang, line)
        self.target.setFixedWidth(_LONGEST)
        self.target.currentIndexChanged.connect(self.enable)
        slots = {
            "move": self.move_in,
            "take_out": self.take_out,
            "new": self.make_new,
            "merge": self.merge,
            "end": self.end,
        }
        self._buttons: dict[str, QPushButton] = {}
        for name, (said, tip) in _ACTS.items():
            self._buttons[name] = add_button(topic, name, said, tip, lang, line)
            self._buttons[name].clicked.connect(slots[name])
        self.firm = add_box(topic, "firm", Text("物业企业", "Property firm"), lang, line)
        self.firm.setFixedWidth(_LONGEST)
        tip = Text("由这家企业服务这个片区", "Let this firm serve the zone")
        self._buttons["assign"] = add_button(topic, "assign", Text("指派", "Assign"), tip, lang, line)
        self._buttons["assign"].clicked.connect(self.assign)
        line.addStretch(1)
        context.selection_changed.connect(self.enable)

    def fill(self, zones: list[tuple[str, str]], firms: list[tuple[str, str]]) -> None:
        """Offer these zones and firms, each as code and name."""
        offer(self.target, zones or [("", self._context.say(_NO_ZONE))])
        offer(self.firm, [("", self._context.say(_NO_FIRM)), *firms])

    def aim_at(self, zone: str) -> None:
        """Have a zone chosen."""
        if (place := self.target.findData(zone)) >= 0:
            self.target.setCurrentIndex(place)

    @Slot()
    def enable(self) -> None:
        """Offer what can be done just now."""
        reason = self._context.why_locked
        some = bool(self._context.selected(*_MEMBERS))
        zone = bool(self._zone())
        can = {
            "move": some and zone,
            "take_out": some,
            "new": some,
            "merge": zone and bool(self._others()),
            "end": zone,
            "assign": zone,
        }
        for name, button in self._buttons.items():
            permit(button, reason, may=can[name])

    @Slot()
    def move_in(self) -> None:
        """Move the selected compounds into the zone chosen."""
        from app.services.zones.edits import move_to_zone

        codes, zone = self._context.selected(*_MEMBERS), self._zone()
        if codes and zone:
            said = _MOVED.format(*_both(_names(self._context, codes), self._context, zone))
            self._hand(partial(move_to_zone, members=codes, zone=zone), said, ends=self._leave_one(codes))

    @Slot()
    def take_out(self) -> None:
        """Take the selected compounds out of whichever zone they are in."""
        from app.services.zones.edits import move_to_zone

        if codes := self._context.selected(*_MEMBERS):
            said = _names(self._context, codes)
            self._hand(
                partial(move_to_zone, members=codes, zone=None),
                Text(_TAKEN.zh.format(said.zh), _TAKEN.en.format(said.en)),
                ends=True,
            )

    @Slot()
    def make_new(self) -> None:
        """Make a zone of the selected compounds."""
        from app.services.zones.edits import make_zone

        if codes := self._context.selected(*_MEMBERS):
            self._hand(partial(make_zone, members=codes), _MADE, ends=self._leave_one(codes))

    @Slot()
    def merge(self) -> None:
        """Merge the zones of the chosen rows into the zone chosen."""
        from app.services.zones.edits import merge_zones

        zone, others = self._zone(), self._others()
        if zone and others:
            self._hand(
                partial(merge_zones, into=zone, others=others),
                _MERGED.format(len(others), _name(self._context, zone)),
                ends=True,
            )

    @Slot()
    def end(self) -> None:
        """End the zone chosen."""
        from app.services.zones.edits import end_zone

        if zone := self._zone():
            self._hand(partial(end_zone, zone=zone), _ENDED.format(_name(self._context, zone)), ends=True)

    @Slot()
    def assign(self) -> None:
        """Let the firm chosen serve the zone chosen."""
        from app.services.edit.edit import set_values

        registry, zone = self._context.registry, self._zone()
        if registry is not None and zone:
            firm = str(self.firm.currentData() or "")
            said = _ASSIGNED.format(_name(self._context, zone), self.firm.currentText())
            record = self._context.record(zone)
            before = "" if record is None else record.text("firm")
            if before and before != firm:  # one firm goes: since when, and why
                self._ask(
                    lambda day, why: set_values(
                        registry, [zone], {"firm": firm}, since=day or today(), why=why
                    ),
                    said,
                    said,
                )
            else:
                self._context.edit(
                    lambda _ticket: set_values(registry, [zone], {"firm": firm}),
                    said,
                    on_error=self.refused.emit,
                )

    def _zone(self) -> str:
        return str(self.target.currentData() or "")

    def _others(self) -> list[str]:
        return [code for code in self._chosen() if code != self._zone()]

    def _leave_one(self, codes: Sequence[str]) -> bool:
        """Whether one of these is in a zone that it would leave."""
        registry, day = self._context.registry, self._context.as_of
        return registry is not None and any(
            link.is_in_force(day) for code in codes for link in registry.dataset.links_to(code, RELATION)
        )

    def _ask(
        self,
        act: Callable[[date | None, str], Changes],
        title: Text,
        said: Text | Callable[[Changes], Text],
    ) -> None:
        self._context.end_asked.emit(Ending(title=title, commit=_DO, day=FROM, act=act, said=said))

    def _hand(self, act: Callable[..., Changes], said: Text, *, ends: bool) -> None:
        """Do an act by hand, and say of a zone that no longer hangs together that it doesn't.

        What ends a membership or a zone is asked for its day and its reason first.
        """
        registry = self._context.registry
        if registry is None:
            return
        torn: list[Text] = []
        reach = float(self._reach())

        def write(day: date | None, why: str) -> Changes:
            from app.services.zones.view import torn_by, torn_words

            torn.clear()
            changes = act(registry, on=day, why=why or None)
            torn.extend(torn_words(zone) for zone in torn_by(registry.engine, changes, reach=reach))
            return changes

        def told(_changes: Changes) -> Text:
            parts = (said, *torn)
            return Text("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))

        if ends:
            self._ask(write, said, told)
        else:
            self._context.edit(lambda _ticket: write(None, ""), told, on_error=self.refused.emit)


def _name(context: WindowContext, code: str) -> str:
    record = context.record(code)
    return code if record is None else record.text("name") or code


def _names(context: WindowContext, codes: Sequence[str]) -> Text:
    """Return one compound's name, or how many there are."""
    if len(codes) > 1:
        return _SOME.format(f"{len(codes):,}")
    name = _name(context, codes[0])
    return Text(name or words.UNNAMED.zh, name or words.UNNAMED.en)


def _both(said: Text, context: WindowContext, zone: str) -> tuple[str, str]:
    return said.in_(context.lang), _name(context, zone)
