"""What the window says about its file: opened, not opened, taken, gone, read-only, a draft left over, a doubted place."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Qt, Slot

from app.bench.libraries import note_at_start
from app.services.edit.edit import read_otherwise
from app.services.registry.place_warnings import PlaceWarning
from app.text import Text
from ui.bridge.errors import words_of
from ui.models.named import display_name
from ui.shell.drafts import is_draft
from ui.shell.standing import StandingNotice

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.edits import Changes
    from ui.shell.front import Front
    from ui.shell.parts import Parts

_TAKEN: Final = Text(
    "{} 已经在另一个窗口里打开，那个窗口已调到前面。",
    "{} is open in another window, which was brought to the front.",
)
_EDITED: Final = Text(
    "另一个程序改过这个文件：{} 处等您定。看和导出照常，按改动前的样子；新的改动先停。",
    "Another program edited this file: {: edit waits|edits wait} for you. Looking and exporting go on with the records as they "
    "were; new changes wait.",
)
_SETTLE: Final = Text("逐处看看", "Look at each")
_CRASHED: Final = Text(
    "上次程序意外停了。已登记的都在；报告在 {}",
    "The program stopped unexpectedly last time. What was entered is kept; report: {}",
)
_OPEN_OTHER: Final = Text("打开另一本", "Open another")
_DRAFT: Final = Text("一条边界画到一半，已留着。", "An outline was left half drawn; it is kept.")
_GO_ON: Final = Text("接着画", "Go on drawing")
_MORE: Final = Text("（另有 {} 处）", " ({} more)")
_READ_SO: Final = Text("位置已改正：{}", "Place corrected: {}")
_NOT_SAVED: Final = Text("没有保存", "Not saved")


class Notices(QObject):
    """Banners in the panel they concern: the first page where nothing is open, else above the map."""

    def __init__(self, parts: Parts, front: Front) -> None:
        super().__init__(parts.host)
        context, files = parts.context, parts.files
        self._context, self._actions, self._panels = context, parts.actions, parts.panels
        self._map_area, self._banner, self._notice = parts.map_area, parts.map_area.banner, parts.notice
        self._status, self._front = parts.status, front
        self._draft_path = ""  # the registry whose draft is to be taken up as soon as it is open
        self._edits: Text | None = None  # what was said of edits of another program
        self._lost: Text | None = None  # what was said when the file was gone
        self._doubted: tuple[str, Text] | None = None  # the record whose place is doubted, and what was said
        files.opened.connect(self._on_opened)
        files.not_opened.connect(self._on_not_opened)
        files.taken.connect(self._on_taken)
        files.lost.connect(self._on_lost)
        files.found.connect(self._on_found)
        context.refused.connect(self._on_refused)
        context.changed.connect(self._on_changed)
        context.doubted.connect(self._on_doubted)
        context.registry_left.connect(parts.notice.hide)
        parts.status.foreign.clicked.connect(self.settle_edits)
        self._standing = StandingNotice(parts)

    @Slot(str)
    def go_on_drawing(self, path: str) -> None:
        """Open a registry and take up what was left half drawn in it."""
        self._draft_path = path
        self._front.open_text(path)

    @Slot()
    def _on_opened(self) -> None:
        self._front.end_opening()
        self._panels.first_run.show_recent()
        self._offer_draft()
        self._standing.tell()
        registry = self._context.registry
        if registry is not None:
            self._tell_edits(len(registry.foreign))
        old = note_at_start()
        if old is not None:
            self._context.said.emit(old)

    def _tell_edits(self, count: int) -> None:
        """Say that another program edited the file, and offer to settle it; take the words away once it is."""
        banner = self._banner
        if self._edits is not None and banner.says(self._edits):
            banner.hide()
        self._edits = _EDITED.format(count) if count else None
        self._status.show_edits(count)
        if self._edits is not None:
            banner.show_words("warning", self._edits, _SETTLE, self.settle_edits)

    @Slot()
    def settle_edits(self) -> None:
        """Show what another program edited, to be taken or turned back."""
        self._actions["foreign.open"].trigger()

    def _offer_draft(self) -> None:
        context, area = self._context, self._map_area
        registry = context.registry
        if registry is None or registry.is_read_only:
            return
        draft = context.settings.draft(str(registry.path))
        if not is_draft(draft):
            return
        if self._draft_path == str(registry.path):
            self._draft_path = ""
            area.scene_shown.connect(area.drafts.take_up, Qt.ConnectionType.SingleShotConnection)
        else:
            area.banner.show_words("note", _DRAFT, _GO_ON, area.drafts.take_up)

    @Slot(object)
    def _on_not_opened(self, error: Exception) -> None:
        self._tell("error", words_of(error))

    def tell_crash(self, report: Path) -> None:
        """Say that the last run died, and where its report lies."""
        banner = self._notice if self._front.is_first else self._banner
        banner.show_words("warning", _CRASHED.format(report))

    @Slot(object)
    def _on_refused(self, error: Exception) -> None:
        """Say it on the first page, too; where a registry is open, the map's banner says it."""
        if self._front.is_first:
            self._notice.show_words("error", words_of(error))

    @Slot(object)
    def _on_taken(self, path: Path) -> None:
        self._tell("warning", _TAKEN.format(path.name))

    def _tell(self, tone: str, sentence: Text) -> None:
        self._front.end_opening()
        again = self._actions["registry.open"].trigger
        self._front.banner.show_words(tone, sentence, _OPEN_OTHER, again)
        self._status.message.setText(self._context.say(sentence))

    @Slot(object)
    def _on_lost(self, error: Exception) -> None:
        self._lost = words_of(error)
        self._banner.show_words("error", self._lost)
        self._status.show_fault(_NOT_SAVED)

    @Slot()
    def _on_found(self) -> None:
        """Take away what was said of the file that is there again, and nothing else."""
        if self._lost is not None and self._banner.says(self._lost):
            self._banner.hide()
        self._lost = None
        self._status.end_fault()

    @Slot(object)
    def _on_changed(self, changes: Changes) -> None:
        """Take the doubt away once the record it is about was written again, or is gone."""
        registry = self._context.registry
        count = 0 if registry is None else len(registry.foreign)
        if self._edits != (_EDITED.format(count) if count else None):
            self._tell_edits(count)
        if self._doubted is not None and self._doubted[0] in changes.codes:
            if self._banner.says(self._doubted[1]):
                self._banner.hide()
            self._doubted = None

    @Slot(object)
    def _on_doubted(self, changes: Changes) -> None:
        """Say that a place can't be meant, and offer the reading that puts it right in one step."""
        context, banner = self._context, self._banner
        warnings = [warning for warning in changes.warnings if isinstance(warning, PlaceWarning)]
        record = context.record(str(warnings[0].code)) if warnings else None
        if record is None:
            return
        first, more = warnings[0], len(warnings) - 1
        said = Text(
            *(
                f"{display_name(record, lang)}{mark}{first.said.in_(lang)}"
                + (_MORE.format(more).in_(lang) if more else "")
                for lang, mark in (("zh", "："), ("en", ": "))
            )
        )
        if first.reading is None:
            banner.show_words("warning", said)
        else:
            banner.show_words("warning", said, first.reading.words, partial(self._read_otherwise, first))
        self._doubted = (record.code, said)

    def _read_otherwise(self, warning: PlaceWarning) -> None:
        context = self._context
        registry, record = context.registry, context.record(str(warning.code))
        if registry is not None and record is not None:
            said = _READ_SO.format(display_name(record, context.lang))
            context.edit(lambda _ticket: read_otherwise(registry, warning), said)
