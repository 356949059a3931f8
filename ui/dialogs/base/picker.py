"""The system's picker of files and folders: what may be chosen, where it begins, and the ending a new file gets."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from ui.bridge.context import WindowContext

_TITLE: Final = Text("选文件", "Choose a file")
_SAVE: Final = Text("保存到", "Save as")
_LABELS: Final = {  # two of these Qt's own Chinese leaves in English
    QFileDialog.DialogLabel.LookIn: Text("位置：", "Look in:"),
    QFileDialog.DialogLabel.FileName: Text("文件名：", "File name:"),
    QFileDialog.DialogLabel.FileType: Text("类型：", "Type:"),
}
_FOLDER: Final = {QFileDialog.DialogLabel.FileName: Text("文件夹：", "Folder:")}
# the window's style pads its own buttons, which are wider: here it would leave an icon two pixels
_ROOM_FOR_ICONS: Final = "QToolButton { padding: 0; min-width: 22px; min-height: 22px; }"
_ALL: Final = Text("所有文件 (*)", "All files (*)")


@dataclass(frozen=True, slots=True)
class Picks:
    """What a sheet reads or writes: ``kinds`` are words with their endings, each with its dot, the usual one first.

    ``purpose`` is what the folder is remembered for; ``chosen`` the place of the kind that is preset.
    """

    purpose: str
    kinds: tuple[tuple[Text, tuple[str, ...]], ...]
    is_new: bool = False
    chosen: int = 0


REGISTRY: Final = (Text("台账", "Registry"), (".gpkg",))
WORKBOOK: Final = (Text("工作簿", "Workbook"), (".xlsx",))


def make_picker(context: WindowContext, picks: Picks, typed: str, parent: QWidget) -> QFileDialog:
    """Return the picker, ready to be opened. It begins beside the path typed, else where it was last for this."""
    lang = context.lang
    picker = QFileDialog(parent)
    picker.setWindowTitle((_SAVE if picks.is_new else _TITLE).in_(lang))
    _dress(picker, _LABELS, lang)
    picker.setFileMode(QFileDialog.FileMode.AnyFile if picks.is_new else QFileDialog.FileMode.ExistingFile)
    if picks.is_new:
        picker.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    filters = {_filter(words.in_(lang), endings): endings[0] for words, endings in picks.kinds}
    picker.setNameFilters([*filters, *([] if picks.is_new else [_ALL.in_(lang)])])
    preset = list(filters)[picks.chosen]
    picker.selectNameFilter(preset)
    if picks.is_new:
        picker.setDefaultSuffix(filters[preset].removeprefix("."))
        picker.filterSelected.connect(
            lambda said: picker.setDefaultSuffix(filters.get(said, "").removeprefix("."))
        )
    path = Path(typed).expanduser() if typed else None
    picker.setDirectory(str(_folder(context, picks.purpose, path)))
    if path is not None and (picks.is_new or path.is_file()):
        picker.selectFile(path.name)
    return picker


def make_folder_picker(title: Text, begin: Path, lang: str, parent: QWidget) -> QFileDialog:
    """Return the picker of a folder, ready to be opened."""
    picker = QFileDialog(parent)
    picker.setWindowTitle(title.in_(lang))
    picker.setFileMode(QFileDialog.FileMode.Directory)
    picker.setOption(QFileDialog.Option.ShowDirsOnly, on=True)
    picker.setDirectory(str(begin))
    _dress(picker, _LABELS | _FOLDER, lang)
    return picker


def _dress(picker: QFileDialog, labels: Mapping[QFileDialog.DialogLabel, Text], lang: str) -> None:
    for place, said in labels.items():
        picker.setLabelText(place, said.in_(lang))
    picker.setStyleSheet(_ROOM_FOR_ICONS)
    picker.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)


def _filter(words: str, endings: tuple[str, ...]) -> str:
    return f"{words} ({' '.join(f'*{ending}' for ending in endings)})"


def _folder(context: WindowContext, purpose: str, path: Path | None) -> Path:
    """Return where to begin: never in the folder the program happens to run in."""
    if path is not None and path.is_absolute() and path.parent.is_dir():
        return path.parent
    kept = context.settings.folder(purpose)
    if kept is not None:
        return kept
    return Path.home() if context.registry is None else context.registry.beside("a").resolve().parent
