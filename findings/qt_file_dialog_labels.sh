#!/usr/bin/env bash
# Two labels of Qt's own file dialog stay English although their translation is in the package.
#
# Seen with PySide6-Essentials 6.11.3 (Qt 6.11.3): the dialog asks for "&Look in:" and "Files of &type:". The
# German file has these keys; the Chinese, Japanese, Korean, French, Spanish and Russian ones still have the older
# "Look in:" and "Files of type:", without the mnemonic, so that the look-up fails and the dialog is in two
# languages. The label between them, "File &name:", is found in all.
#
# Mended by a program with QFileDialog.setLabelText. Exit status 0: it is as described; 1: it has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "PySide6-Essentials==6.11.3" 2>/dev/null

QT_QPA_PLATFORM=offscreen "$folder/venv/bin/python" - <<'PYTHON'
import sys

from PySide6.QtCore import QLibraryInfo, QTranslator, qVersion
from PySide6.QtWidgets import QApplication, QFileDialog

application = QApplication([])
folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
Label = QFileDialog.DialogLabel
print(f"Qt {qVersion()}")
as_described = True
for language in ("de", "zh_CN", "ja", "ko", "fr", "es", "ru"):
    translator = QTranslator()
    if not translator.load(f"qtbase_{language}", folder):
        sys.exit(f"no translation for {language} in the package")
    application.installTranslator(translator)
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    shown = [dialog.labelText(label) for label in (Label.LookIn, Label.FileName, Label.FileType)]
    old = [translator.translate("QFileDialog", key) for key in ("Look in:", "Files of type:")]
    application.removeTranslator(translator)
    print(f"{language}: shown {shown}, under the old keys {old}")
    is_english = [shown[0] == "&Look in:", shown[2] == "Files of &type:"]
    wanted = [False, False] if language == "de" else [True, True]
    as_described &= is_english == wanted and shown[1] != "File &name:" and (all(old) or language == "de")
sys.exit(0 if as_described else 1)
PYTHON
