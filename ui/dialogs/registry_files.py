"""Open a registry, or make a new one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLineEdit, QWidget
from typing_extensions import override

from app.errors import RegistryError
from app.jobs import Cancelled
from app.services.profile.profiles import city_profiles, load_profile
from app.services.registry.info import is_address
from app.services.registry.registry import Registry, create_registry
from app.text import Text
from ui.dialogs.base.picker import REGISTRY, Picks
from ui.dialogs.base.sheet import Sheet
from ui.widgets.choice_box import ChoiceBox

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.jobs import Ticket
    from ui.bridge.context import WindowContext
    from ui.bridge.tasks import Task

_OPEN: Final = Text("打开台账", "Open a registry")
_NEW: Final = Text("新建台账", "New registry")
_OPEN_IT: Final = Text("打开", "Open")
_MAKE_IT: Final = Text("新建", "Create")
_PATH: Final = Text("文件", "File")
_PLACE: Final = Text("文件或地址", "File or address")
_PROFILE: Final = Text("口径", "Profile")
_NAME: Final = Text("名称", "Name")
_NO_PATH: Final = Text("写台账文件的路径（.gpkg）。", "Give the registry's path (.gpkg).")
_NO_FILE: Final = Text("没有文件 {}。", "There is no file {}.")
_OPENING: Final = Text("打开台账", "Opening the registry")
_MAKING: Final = Text("新建台账", "Making the registry")


class _RegistrySheet(Sheet):
    """Makes or opens a registry in the background and hands it over, open."""

    WRITES = (
        False  # into the registry that is open, if one is: another file does not ask what may be done to it
    )
    opened = Signal(object)  # app.services.registry.registry.Registry

    _task: Task | None = None

    def _start(self, make: Callable[[], Registry], words: Text) -> None:
        self.clear_errors()
        self.commit.setEnabled(False)

        def job(ticket: Ticket) -> Registry:
            registry = make()
            if ticket.is_cancelled:
                registry.close()
                raise Cancelled
            return registry

        self._task = self.context.tasks.start(job, on_registry=True, words=words, on_failure=self._on_failed)
        self._task.succeeded.connect(self._on_opened)

    def _on_failed(self, error: Exception) -> None:
        self._task = None
        self.commit.setEnabled(True)
        if isinstance(error, RegistryError):
            self.show_error(self.context.sentence(error), "path")
        else:
            self.context.refused.emit(error)

    @Slot(object)
    def _on_opened(self, registry: Registry) -> None:
        self._task = None
        self.opened.emit(registry)
        self.accept()

    @override
    def reject(self) -> None:
        if self._task is not None:
            self._task.cancel()
        super().reject()

    def _typed_path(self, box: QLineEdit) -> Path | None:
        typed = box.text().strip().strip('"')
        if not typed:
            self.show_error(_NO_PATH.in_(self.context.lang), "path")
            return None
        return Path(typed).expanduser()


class OpenDialog(_RegistrySheet):
    """A path to type, and what is wrong with it."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "open", _OPEN, _OPEN_IT, parent)
        self.path = QLineEdit(self)
        self.body.addLayout(self.form)
        self.path.setPlaceholderText("….gpkg · postgresql://…/…")
        self.add_path("path", _PLACE, self.path, lambda: Picks("registry", (REGISTRY,)))

    @override
    def on_commit(self) -> None:
        path = self._typed_path(self.path)
        if path is None:
            return
        try:
            is_shared = is_address(path)
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "path")
            return
        if not is_shared and not path.exists():
            self.show_error(_NO_FILE.format(path).in_(self.context.lang), "path")
            return
        self._start(lambda: Registry.open(path, is_desk=True), _OPENING)


class NewDialog(_RegistrySheet):
    """Path, city profile and name of an empty registry."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, "new", _NEW, _MAKE_IT, parent)
        self.path = QLineEdit(self)
        self.profile = ChoiceBox(self)
        self.profile.setEditable(True)  # a city's own .toml file may be typed
        self.profile.setInsertPolicy(ChoiceBox.InsertPolicy.NoInsert)
        for name in city_profiles():
            self.profile.addItem(f"{load_profile(name).name.in_(context.lang)} · {name}", name)
        self.profile.setCurrentIndex(max(0, self.profile.findData("yaohai")))
        self.named = QLineEdit(self)
        self.body.addLayout(self.form)
        self.add_path("path", _PATH, self.path, lambda: Picks("registry", (REGISTRY,), is_new=True))
        self.add_field("profile", _PROFILE, self.profile)
        self.add_field("name", _NAME, self.named)

    @override
    def on_commit(self) -> None:
        path = self._typed_path(self.path)
        if path is None:
            return
        if path.suffix.lower() != ".gpkg":
            path = path.with_name(path.name + ".gpkg")
        typed = self.profile.currentText().strip()
        place = self.profile.findText(typed)
        chosen = str(self.profile.itemData(place)) if place >= 0 else typed
        try:
            profile = load_profile(chosen)
        except RegistryError as error:
            self.show_error(self.context.sentence(error), "profile")
            return
        name = self.named.text().strip() or None
        self._start(lambda: create_registry(path, profile, name=name), _MAKING)
