"""Qt's own words, in the menus of fields and in its dialogs, in the window's language, not in the system's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

_NAME: Final = "qt_words"
_FILE: Final = "qtbase_zh_CN"


def speak(application: QApplication, lang: str) -> None:
    """Have Qt speak ``lang`` ("zh" or "en") from now on, in words, days and numbers."""
    chinese = QLocale(QLocale.Language.Chinese, QLocale.Country.China)
    english = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)
    QLocale.setDefault(english if lang == "en" else chinese)
    spoken = application.findChild(QTranslator, _NAME)
    if lang == "en":
        if spoken is not None:
            application.removeTranslator(spoken)
            spoken.deleteLater()
            spoken.setObjectName("")
    elif spoken is None:
        translator = QTranslator(application)
        translator.setObjectName(_NAME)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if translator.load(_FILE, folder):  # where a package left it out, Qt's own English stays
            application.installTranslator(translator)
