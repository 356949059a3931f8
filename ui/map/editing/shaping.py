"""What tools have in common that change an outline: whose it is, its acts and the way back, what is painted of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QPointF, QRectF, Qt
from typing_extensions import override

from app.errors import RegistryError
from app.text import Text
from ui.map.editing.marks import (
    on_screen,
    paint_before,
    paint_body,
    paint_dark_card,
    paint_neighbour,
    paint_overlap,
    paint_ring,
)
from ui.map.editing.owner import paint_owner
from ui.map.editing.snapping import Snap, said, snap
from ui.map.editing.tools import Hint, Host, Tool
from ui.map.editing.work import Act, Steps, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent, QPainter

    from ui.map.editing.snapping import Point

ENTER: Final = Hint(Text("Enter", "Enter"), Text("完成", "finish"))
ESC: Final = Hint(Text("Esc", "Esc"), Text("放下，草稿留着", "put down, draft is kept"))
LEAVE: Final = Hint(Text("Esc", "Esc"), Text("不改了", "leave"))
TAB: Final = Hint(Text("Tab", "Tab"), Text("重叠归谁", "who gets the overlap"))
MEANT: Final = Hint(Text("Y", "Y"), Text("就要这样", "it is meant"))
CHOOSE: Final = Hint(Text("点击", "Click"), Text("选要改的小区或网格", "choose a compound or a grid"))
_NOTHING: Final = Text("还没有改动", "Nothing is changed yet")
_NO_OUTLINE: Final = Text("这里没有能改边界的记录", "There is nothing here whose outline can be changed")
_BUSY: Final = Text(
    "{} 改到一半：按 Enter 完成或 Esc 放下，再选别的", "{} is half changed: Enter finishes, Esc puts it down"
)


class ShapeTool(Tool):
    """A tool that changes the outline of one record. What is half changed stays when it is put down."""

    cursor = Qt.CursorShape.CrossCursor
    shows_draft = True

    def __init__(self, host: Host) -> None:
        super().__init__(host)
        self.steps: Steps | None = None
        self.trying: Work | None = None  # what the act under the hand would come to
        self.snapped: Snap | None = None
        self.spot: Point | None = None
        self.done: Work | None = None  # what was written, until the map shows it
        self._again = ""  # the record to take in hand once the map shows what was written of it
        self._refusal: Text | None = None
        self._asked: Callable[[], bool] | None = None  # does what was refused, once it is said to be meant

    # whose outline

    @property
    def work(self) -> Work | None:
        """The edit as it stands, the act under the hand included."""
        return self.trying or (self.steps.work if self.steps is not None else None)

    @property
    def is_changed(self) -> bool:
        """Whether anything was done that waits to be finished."""
        return self.steps is not None and bool(self.steps.acts)

    @override
    def start(self) -> None:
        self._refusal = self._asked = None
        chosen = self.host.selection()
        if (
            not self.is_changed
            and len(chosen) == 1
            and (self.steps is None or self.steps.work.code != chosen[0])
        ):
            self.begin(chosen[0])
        self.host.tell_work(self.work)

    @override
    def stop(self) -> None:
        self.trying = self.snapped = self.spot = None
        if not self.is_changed:
            self.steps = None
        self.host.tell_work(None)

    def begin(self, code: str) -> bool:
        """Take the outline of a record in hand; return whether it can be changed."""
        try:
            work = self.host.begin_work(code)
        except RegistryError as error:
            self.refuse(error.message)
            return False
        self.steps = Steps(work)
        self.trying = None
        self.changed()
        self.begun()
        return True

    def begun(self) -> None:
        """Look at a new outline."""

    def choose(self, at: QPointF) -> bool:
        """Take what lies under a pixel in hand; return whether it was another than the one in hand."""
        code = self.host.feature_at(at.x(), at.y())
        if code is None:
            if self.steps is None:
                self.refuse(_NO_OUTLINE)
            return False
        if self.steps is not None and code == self.steps.work.code:
            return False
        if self.is_changed and self.steps is not None:
            self.refuse(_BUSY.format(self.steps.work.name))
            return True
        self.host.select([code], Qt.KeyboardModifier.NoModifier)
        self.begin(code)
        return True

    def scene_changed(self) -> None:
        """Look anew at an outline in hand that nothing was done to: it may be another by now."""
        self.done = None
        if self.is_changed:
            return
        code = self.steps.work.code if self.steps is not None else self._again
        self.steps, self._again = None, ""
        if code and self.host.style_now.scene.find(code) is not None:
            self.begin(code)

    def written(self, work: Work) -> None:
        """Have nothing in hand any more; what was written shows until the map has it."""
        self.let_go()
        self.done, self._again = work, work.code
        self.host.update()

    # acts

    def try_act(self, act: Act, meant: Sequence[str] = ()) -> Work | None:
        """Return what one more act would come to, and say why where it can't be; ``meant``: what may come about."""
        if self.steps is None:
            return None
        try:
            work = self.steps.work.acted(act, meant)
        except RegistryError as error:
            self.refuse(error.message)
            return None
        self._refusal = work.refusal
        return work

    def act(self, act: Act, *, is_same: bool = False, meant: Sequence[str] = ()) -> bool:
        """Do one more act; return whether it was done."""
        base = self.steps
        if base is None:
            return False
        work = self.try_act(act, meant)
        self.trying = None
        if work is None or work.refusal is not None:  # it is as before; the bar says why
            again = partial(self.act, act, is_same=is_same)
            self.ask(work, lambda reasons: again(meant=reasons), meant)
            self.tell()
            self.host.tell_hints()
            return False
        base.take(act, work, is_same=is_same)
        self.changed()
        return True

    def ask(self, work: Work | None, again: Callable[[Sequence[str]], bool], meant: Sequence[str]) -> None:
        """Offer to do again what was refused as something that may be meant."""
        self._asked = partial(again, (*meant, work.asked)) if work is not None and work.asked else None

    @property
    def is_asked(self) -> bool:
        """Whether what was refused last is done once it is said to be meant."""
        return self._asked is not None

    def allow(self) -> None:
        """Say that what was refused is meant."""
        asked, self._asked = self._asked, None
        if asked is not None and asked() and self.steps is not None and self.steps.acts:
            self.allowed(self.steps.acts[-1])

    def allowed(self, act: Act) -> None:
        """Go on after an act that was done because it was said to be meant."""

    @property
    @override
    def can_undo(self) -> bool:
        return self.is_changed

    @override
    def undo(self) -> None:
        if self.steps is not None:
            self.steps.undo()
            self.trying = None
            self.changed()

    def finish(self) -> None:
        """Have the edit written, unless something speaks against it."""
        work = self.work
        if work is None or not self.is_changed:
            self.refuse(self._refusal or _NOTHING)
        elif work.refusal is not None:
            self.refuse(work.refusal)
        else:
            self.host.finish_work(work)

    def let_go(self) -> None:
        """Have nothing in hand any more: it was written, or given up."""
        self.steps = self.trying = self.snapped = self.spot = None
        self._refusal = None
        self.host.tell_work(None)
        self.host.tell_hints()
        self.host.tell_draft()
        self.host.update()

    def draft(self) -> dict[str, Any] | None:
        """Return what is half changed, to be kept aside."""
        if self.steps is None or not self.steps.acts:
            return None
        zone = self.host.style_now.scene.zone
        done = zip(self.steps.acts, self.steps.works, strict=True)
        acts = [{**act.as_draft(zone), **work.how} for act, work in done]
        return {"tool": self.name, "code": self.steps.first.code, "acts": acts}

    def take_draft(self, kept: dict[str, Any]) -> None:
        """Do again what was half changed, as far as it can still be done."""
        zone = self.host.style_now.scene.zone
        if self.begin(str(kept["code"])) and self.steps is not None:
            for one in kept["acts"]:
                self.steps.put(self.steps.work.going_on(one))
                if not self.act(Act.from_draft(one, zone), meant=one.get("meant", ())):
                    break

    # keys that all have in common

    @property
    @override
    def wants_tab(self) -> bool:
        return self.work is not None and bool(self.work.shared)

    @override
    def key(self, event: QKeyEvent) -> bool:
        key, work = event.key(), self.work
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.finish()
        elif key == Qt.Key.Key_Y and self.is_asked and not event.modifiers():
            self.allow()
        elif key == Qt.Key.Key_Escape:
            self.leave()
        elif key == Qt.Key.Key_Backspace and self.can_undo:
            self.undo()
        elif key == Qt.Key.Key_Tab and self.wants_tab and work is not None and self.steps is not None:
            self.own(work)
        else:
            return False
        return True

    def own(self, work: Work) -> None:
        """Give shared ground to the other side."""
        self._mean(work.owned(is_taking=not work.is_taking))

    def mean(self, *, is_alone: bool) -> None:
        """Leave neighbours alone, or have them move along."""
        if self.steps is not None:
            self._mean(self.steps.work.alone(is_alone=is_alone))

    def _mean(self, work: Work) -> bool:
        """Have the last step planned otherwise; where that can't be, it stays as it was."""
        assert self.steps is not None
        self.trying = None
        if work.refusal is not None:
            self.refuse(work.refusal)
            self.ask(work, lambda reasons: self._mean(work.allowing(reasons)), ())
            self.tell()
            self.host.tell_hints()
        else:
            self.steps.put(work)
            self.changed()
        return work.refusal is None

    def drop(self) -> None:
        """Give up what was done; the outline stays in hand."""
        if self.steps is not None:
            self.begin(self.steps.first.code)

    def leave(self) -> None:
        """Go one step back: from the act under the hand, else to selecting; what was done stays as a draft."""
        if self.trying is not None:
            self.trying = self.snapped = None
            self.changed()
        else:
            self.host.finish_tool()

    # what is said

    def refuse(self, why: Text) -> None:
        """Say in the hint bar why nothing was done."""
        self._refusal, self._asked = why, None
        self.host.tell_hints()
        self.host.update()

    def changed(self) -> None:
        """Tell that the edit is another."""
        self._refusal = self._asked = None
        self.tell()
        self.host.tell_hints()
        self.host.tell_draft()

    def tell(self) -> None:
        """Show the edit as it stands."""
        self.host.tell_work(self.work)
        self.host.update()

    @override
    def hints(self) -> list[Hint]:
        if self._refusal is not None:
            return [Hint(Text("", ""), self._refusal, is_error=True), *([MEANT] if self.is_asked else [])]
        if self.steps is None:
            return [CHOOSE, LEAVE]
        return [
            *self.keys(),
            *([TAB] if self.wants_tab else []),
            *([ENTER, ESC] if self.is_changed else [LEAVE]),
        ]

    def keys(self) -> Sequence[Hint]:
        """Return the tool's own keys."""
        return ()

    # aiming

    def aim(self, at: Point, modifiers: Qt.KeyboardModifier, *, start: Point | None = None) -> Point:
        """Return a point drawn to what is near, unless Alt is held, and note what that was."""
        work, self.snapped = self.work, None
        if not modifiers & Qt.KeyboardModifier.AltModifier and work is not None:
            moving = {work.code, *(one.code for one in work.changed)}
            self.snapped = snap(
                self.host.style_now, self.host.view, at, start=start, without=moving, first=work.kind
            )
        return at if self.snapped is None else self.snapped.at

    # painting

    def pixel(self, point: Point) -> QPointF:
        """Return a point of the ground as a pixel."""
        return QPointF(*self.host.view.to_px(*point))

    @override
    def paint(self, painter: QPainter) -> None:
        work = self.work or self.done
        if work is None:
            return
        view, palette = self.host.view, self.host.style_now.palette
        for other in work.changed:
            paint_before(painter, on_screen(view, other.before), palette)
            paint_neighbour(painter, on_screen(view, other.now), palette)
        paint_body(painter, on_screen(view, work.outline), palette)
        if work is self.done:
            return
        if self.is_changed or self.trying is not None:
            paint_before(painter, on_screen(view, work.before), palette)
        for one in work.shared:
            paint_overlap(painter, on_screen(view, one.shape), palette)
        self.paint_marks(painter, work)
        self._paint_aim(painter)
        if work.shared:
            paint_owner(painter, self.host, work)

    def paint_marks(self, painter: QPainter, work: Work) -> None:
        """Paint what can be taken hold of."""

    def _paint_aim(self, painter: QPainter) -> None:
        if self.snapped is None:
            return
        style, pixel = self.host.style_now, self.pixel(self.snapped.at)
        paint_ring(painter, pixel, style.palette)
        paint_dark_card(painter, pixel, said(style, self.snapped, self.host.lang), style.palette, self._room)

    @property
    def _room(self) -> QRectF:
        return self.host.free_room
