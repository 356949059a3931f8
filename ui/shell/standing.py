"""What the window says where a registry can't be written: why, and the one way on, a backup elsewhere or taking over."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, Slot

from app.services.registry.standing import saves_elsewhere
from app.text import Text
from ui.bridge.errors import words_of
from ui.dialogs.base.picker import REGISTRY, Picks, make_picker

if TYPE_CHECKING:
    from ui.shell.parts import Parts

_READ_ONLY: Final = Text(
    "这本台账只读：可以看、可以导出，不能改。",
    "This registry is read-only: look and export, but nothing can be changed.",
)
_ELSEWHERE: Final = Text("备份到别处", "Back up elsewhere")
_TAKE_OVER: Final = Text("接过来写", "Take over")
_MAY_WRITE: Final = Text("现在可以写了。", "It can be written now.")
_BACKUP: Final = Picks("backup", (REGISTRY,), is_new=True)


class StandingNotice(QObject):
    """The banner above the map while a registry can only be read; it goes as soon as it can be written."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.host)
        self._host, self._context, self._files = parts.host, parts.context, parts.files
        self._banner, self._status = parts.map_area.banner, parts.status
        self._said: Text | None = None  # what the banner says because of us
        parts.files.stood.connect(self._on_stood)
        parts.context.refused.connect(self._on_refused)  # after the map, which says it without a way on

    def tell(self) -> None:
        """Say why the registry that was opened can only be read, or whose lease was taken over."""
        registry = self._context.registry
        self._said = None
        if registry is None:
            return
        standing, why = registry.standing, registry.why_read_only
        if why is None:
            if standing.took_over is not None:
                self._context.said.emit(standing.took_over)
        elif standing.offer is not None:
            offer = standing.offer
            self._show(Text(f"{why.zh}{offer.zh}", f"{why.en} {offer.en}"), _TAKE_OVER)
        elif registry.hindrance is not None:
            self._show(why, _ELSEWHERE if registry.hindrance.saves_elsewhere else None)
        else:
            self._show(_READ_ONLY if registry.lease is None else why)

    def _show(self, said: Text, action: Text | None = None) -> None:
        self._said = said
        banner = self._banner
        if action is None:
            banner.show_words("warning", said)
        else:
            act = self._files.take_over if action is _TAKE_OVER else self.back_up_elsewhere
            banner.show_words("warning", said, action, act)

    @Slot()
    def _on_stood(self) -> None:
        """Say what is so now, and have everything that writes look again whether it may."""
        registry, before = self._context.registry, self._said
        self.tell()
        if self._said is None and before is not None and self._banner.says(before):
            self._banner.hide()
        if registry is not None and not registry.is_read_only:
            self._context.said.emit(_MAY_WRITE)
        self._context.stand_anew()
        self._status.show_state()

    @Slot(object)
    def _on_refused(self, error: Exception) -> None:
        """Offer a backup elsewhere where that is what helps against what a write was refused for."""
        registry = self._context.registry
        if registry is not None and saves_elsewhere(error):
            self._banner.show_words("error", words_of(error), _ELSEWHERE, self.back_up_elsewhere)

    @Slot()
    def back_up_elsewhere(self) -> None:
        """Ask for a place on another disk and keep a copy there."""
        kept = self._context.settings.folder(_BACKUP.purpose) or Path.home()
        picker = make_picker(self._context, _BACKUP, str(kept / self._files.name_of_copy()), self._host)
        picker.setObjectName("backup.picker")
        picker.fileSelected.connect(self._on_picked)
        picker.open()

    @Slot(str)
    def _on_picked(self, path: str) -> None:
        self._context.settings.keep_folder(_BACKUP.purpose, Path(path).parent)
        self._files.back_up_to(Path(path))
