"""The status bar: what is selected, what runs, where the mouse is, whether everything is saved."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from app.domain.kinds import KINDS
from app.text import Text
from ui import theme, words
from ui.shell.together.bar import TogetherBar
from ui.widgets.chip import elided
from ui.widgets.plain import set_tip, text_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.record import Record
    from app.jobs import Progress
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task
    from ui.map.canvas import MapCanvas

_PATIENCE_MS: Final = 300
_NOTHING: Final = Text("尚未打开台账", "No registry open")
_HINT: Final = Text("按 Ctrl K 可搜任何操作", "Ctrl K finds any command")
_KEYS: Final = Text(
    "    T 登记三无 · 1 有 2 无 0 未知 · Enter 下一个小区",
    "    T three-no · 1 yes 2 no 0 unknown · Enter next",
)
_ONE: Final = Text("已选：{}", "Selected: {}")
_MANY: Final = Text("已选 {} 个", "{} selected")
_ALL: Final = Text("{} 个小区", "{: compound|compounds}")
_OWN: Final = Text("只是您的街道或网格，不是全区", "of your streets or grids alone, not the district")
_EDITS: Final = Text("先停写，等定 {} 处", "Not writing: {: edit waits|edits wait}")
_STOP: Final = Text("停下", "Stop")
_NAMES: Final = {
    "status.message": Text("状态", "Status"),
    "status.task": Text("正在进行的工作", "Work in progress"),
    "status.progress": Text("进度", "Progress"),
    "status.cancel": _STOP,
    "status.scale": Text("比例尺", "Scale"),
    "status.coordinates": Text("鼠标处经纬度", "Longitude, latitude"),
    "status.saved": Text("保存状态", "Saved state"),
}


class StatusBar(QStatusBar):
    """26 high (24 on low screens)."""

    def __init__(self, context: WindowContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._context = context
        self._task: Task | None = None
        self.setObjectName("status")
        self.setSizeGripEnabled(False)
        self.setContentsMargins(6, 0, 6, 0)
        self.message, self.task = self._label("message"), self._label("task")
        self.bar = QProgressBar(self)
        self.bar.setObjectName("status.progress")
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(120)
        self.stop = QToolButton(self)
        self.stop.setObjectName("status.cancel")
        self.stop.setProperty("role", "quiet")
        self.stop.setIcon(theme.icon("x", 12))
        self.stop.setFixedSize(24, 22)
        self.scale, self.coordinates = self._label("scale"), self._label("coordinates")
        self.saved = self._label("saved")
        self.foreign = QToolButton(self)
        self.foreign.setObjectName("status.foreign")
        self.foreign.setProperty("role", "quiet")
        self.foreign.setFixedHeight(22)
        self.foreign.hide()
        self._edits = 0
        self._instead: Text | None = None
        self._saved_at = ""
        self._fault: Text | None = None
        self.addWidget(self.message, 1)
        self.together = TogetherBar(context, self)
        for part in (self.task, self.bar, self.stop, self.scale, self.coordinates, self.together, self.saved):
            self.addPermanentWidget(part)
        self.addPermanentWidget(self.foreign)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._show_task)
        self._show_bar(is_shown=False)
        self.stop.clicked.connect(self._on_stop)
        context.tasks.started.connect(self._on_started)
        context.selection_changed.connect(self._on_selection)
        context.figures_changed.connect(self.show_message)
        context.saved.connect(self._on_saved)
        context.travelled.connect(self._on_saved)
        context.registry_opened.connect(self._on_opened)
        self.speak()

    def speak(self) -> None:
        """Take the words of the window's language."""
        say = self._context.say
        for part in (self.message, self.task, self.bar, self.stop, self.scale, self.coordinates, self.saved):
            part.setAccessibleName(say(_NAMES[part.objectName()]))
        set_tip(self.stop, say(_STOP))
        self.together.speak()
        self.show_edits(self._edits)
        if self._task is not None and self._task.words is not None and self.task.text():
            self.task.setText(say(self._task.words))
        self.show_state()

    def _label(self, name: str) -> QLabel:
        label = text_label("", "", self)
        label.setObjectName(f"status.{name}")
        return label

    @Slot()
    def _on_opened(self) -> None:
        self._saved_at, self._fault = "", None
        self.show_state()

    def tell_instead(self, said: Text | None) -> None:
        """Say this where no registry is open; None: that nothing is."""
        self._instead = said
        self.show_message()

    def follow(self, canvas: MapCanvas) -> None:
        """Tell where the mouse is and how large the map is."""
        canvas.cursor_moved.connect(self._on_cursor)
        canvas.scale_changed.connect(self._on_scale)

    # what is said

    @Slot()
    def show_state(self) -> None:
        """Say whether everything is saved, and what is selected."""
        registry = self._context.registry
        if registry is None:
            self.saved.setText(self._context.say(_HINT))
        elif registry.is_read_only:
            self.saved.setText(self._context.say(words.READ_ONLY))
        elif self._fault is not None:
            self.saved.setText(self._context.say(self._fault))
        else:
            self.saved.setText(f"{self._context.say(words.SAVED)} {self._saved_at}".strip())
        self.scale.setVisible(registry is not None)
        self.coordinates.setVisible(registry is not None)
        self.show_message()

    @Slot(object)
    def _on_saved(self, *_: object) -> None:
        self._saved_at, self._fault = time.strftime("%H:%M:%S"), None
        self.saved.setText(f"{self._context.say(words.SAVED)} {self._saved_at}")

    def show_fault(self, said: Text) -> None:
        """Say that what is on screen is not on disk."""
        self._fault = said
        self.saved.setText(self._context.say(said))

    def show_edits(self, count: int) -> None:
        """Say how many edits of another program wait, with a way to them; nothing where there are none."""
        self._edits = count
        said = self._context.say(_EDITS.format(count))
        self.foreign.setText(said)
        self.foreign.setAccessibleName(said)
        self.foreign.setVisible(count > 0)

    def end_fault(self) -> None:
        """Say again what is so: what is on screen can be written."""
        self._fault = None
        self.show_state()

    @Slot(list)
    def _on_selection(self, _codes: Sequence[str]) -> None:
        self.show_message()

    @Slot()
    def show_message(self) -> None:
        """Say what is selected, else how much there is."""
        context = self._context
        registry = context.registry
        if registry is None:
            self.message.setText(context.say(self._instead or _NOTHING))
            return
        current = context.current
        if current is None:
            count = len(registry.dataset.in_force("compounds", context.as_of))
            said = context.say(_ALL.format(f"{count:,}"))
            if not registry.shows_all:
                said += f" · {context.say(_OWN)}"
            if registry.info.is_synthetic:
                said += f" · {context.say(words.SYNTHETIC)}"
        elif len(context.selection) > 1:
            said = context.say(_MANY).format(f"{len(context.selection):,}")
        else:
            said = context.say(_ONE).format(elided(_name(current) or current.code, 240))
            if current.kind == "compounds" and context.lock is None:
                said += context.say(_KEYS)
        self.message.setText(said)

    @Slot(float, float)
    def _on_cursor(self, lon: float, lat: float) -> None:
        self.coordinates.setText(f"{lon:.5f}  {lat:.5f}  CGCS2000")

    @Slot(int)
    def _on_scale(self, n: int) -> None:
        self.scale.setText(f"1:{n:,}")

    # what runs

    @Slot(object)
    def _on_started(self, task: Task) -> None:
        if task.words is None:
            return
        self._task = task
        task.progressed.connect(self._on_progress)
        task.ended.connect(self._on_ended)
        if not self._patience.isActive() and not self.bar.isVisible():
            self._patience.start()

    @Slot()
    def _show_task(self) -> None:
        if self._task is None or self._task.words is None:
            return
        self.task.setText(self._context.say(self._task.words))
        self._show_bar(is_shown=True)
        self.bar.setRange(0, 0)

    @Slot(object)
    def _on_progress(self, progress: Progress) -> None:
        if self.sender() is not self._task or not self.bar.isVisibleTo(self):
            return
        self.task.setText(f"{self._context.say(progress.stage)}  {progress.done:,}/{progress.total:,}")
        self.bar.setRange(0, max(1, progress.total))
        self.bar.setValue(progress.done)

    @Slot()
    def _on_ended(self) -> None:
        if self.sender() is self._task:
            self._task = None
            self._patience.stop()
            self._show_bar(is_shown=False)

    def _show_bar(self, *, is_shown: bool) -> None:
        if not is_shown:
            self.task.clear()
        for part in (self.task, self.bar, self.stop):
            part.setVisible(is_shown)

    @Slot()
    def _on_stop(self) -> None:
        if self._task is not None:
            self._task.cancel()


def _name(record: Record) -> str:
    return record.text("name") if "name" in KINDS[record.kind].index else ""
