"""A registry, a workbook, several files: as a desktop opens them, and on whatever screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import geopandas
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QProcess, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shapely import box

from tests.ui.robots.find import the
from ui.bridge.settings_store import SettingsStore
from ui.dialogs.bring_in.import_file import ImportDialog
from ui.shell.files import Instance, raise_other

_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def roster(tmp_path):
    path = tmp_path / "花名册.csv"
    path.write_text("小区名称,户数\n甲小区,10\n", encoding="utf-8")
    return path


def import_path(robot):
    sheets = robot.window.findChildren(ImportDialog)
    return [sheet.path.text() for sheet in sheets if sheet.isVisible()]


def test_that_a_workbook_is_offered_for_import(window, roster):
    window.window.arrivals.take([roster])
    window.until(lambda: import_path(window) == [str(roster)])
    window.until(lambda: the(QWidget, "import.plan", inside=window.window).model().rowCount() == 1)


def test_that_with_no_registry_a_workbook_asks_which_and_waits(open_window, registry_path, roster):
    robot = open_window()
    robot.window.arrivals.take([roster])
    banner = the(QWidget, "window.banner", inside=robot.window)
    robot.until(banner.isVisible)
    assert "花名册.csv" in banner.said.text()
    robot.window.set_language("en")
    assert "Into which registry?" in banner.said.text()
    robot.window.open_path(registry_path)
    robot.until(lambda: import_path(robot) == [str(roster)])


def test_that_on_a_past_day_a_workbook_is_not_imported_and_the_reason_said(window, roster):
    window.window.context.set_as_of(date(2025, 6, 1))
    window.window.arrivals.take([roster])
    banner = the(QWidget, "map.banner", inside=window.window)
    window.until(banner.isVisible)
    assert "花名册.csv" in banner.said.text()
    assert "2025-06-01" in banner.said.text()
    assert import_path(window) == []


def test_that_several_files_come_one_after_the_other(window, roster, tmp_path):
    second = tmp_path / "二.csv"
    second.write_bytes(roster.read_bytes())
    window.window.arrivals.take([roster, second])
    window.until(lambda: import_path(window) == [str(roster)])
    window.window.findChild(ImportDialog).reject()
    window.until(lambda: import_path(window) == [str(second)])


def test_that_a_registry_and_a_workbook_belong_together(open_window, registry_path, roster):
    robot = open_window()
    robot.window.arrivals.take([roster, registry_path])
    robot.until(lambda: import_path(robot) == [str(roster)])
    assert robot.window.context.registry.path == registry_path


def test_that_files_may_be_dropped_on_the_window(window, roster):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(roster))])
    hand = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enters = QDragEnterEvent(QPoint(5, 5), *hand)
    QApplication.sendEvent(window.window, enters)
    assert enters.isAccepted()
    window.window.dropEvent(QDropEvent(QPointF(5, 5), *hand))
    window.until(lambda: import_path(window) == [str(roster)])


def test_that_a_second_start_raises_the_first_window_and_leaves_none(qtbot, window, registry_path, roster):
    second = QProcess()
    second.setWorkingDirectory(str(_ROOT))
    second.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
    with qtbot.waitSignal(second.finished, timeout=60_000):
        second.start(sys.executable, ["main.py", registry_path.as_uri(), str(roster)])
    assert second.exitCode() == 0, bytes(second.readAll().data()).decode()
    window.until(lambda: import_path(window) == [str(roster)])


def test_that_a_window_is_raised_also_where_temporary_files_lie_deep(window, tmp_path, monkeypatch):
    deep = tmp_path / ("深" * 40)
    deep.mkdir()
    monkeypatch.setenv("TMPDIR", str(deep))
    held = tmp_path / "held.gpkg"
    instance = Instance(window.window)
    raised = []
    instance.asked.connect(raised.append)
    assert instance.take(held)
    assert raise_other(held)
    window.until(lambda: raised == [[]])
    instance.let_go()
    assert not raise_other(held)


def test_that_the_language_chosen_in_the_window_is_there_at_the_next_start(window):
    window.window.set_language("en")
    assert SettingsStore().lang == "en"
    window.window.set_language("zh")
    assert SettingsStore().lang == "zh"


def test_that_a_missing_file_is_told_in_the_window(open_window, tmp_path):
    robot = open_window(tmp_path / "没有.gpkg")
    banner = the(QWidget, "window.banner", inside=robot.window)
    robot.until(banner.isVisible)
    assert "没有.gpkg" in banner.said.text()


def test_that_a_missing_workbook_is_told_in_the_window(window, open_window, tmp_path):
    window.window.arrivals.take([tmp_path / "没有.xlsx"])
    banner = the(QWidget, "map.banner", inside=window.window)
    window.until(banner.isVisible)
    assert "没有.xlsx" in banner.said.text()
    first = open_window()
    first.window.arrivals.take([tmp_path / "没有.xlsx"])
    first.until(the(QWidget, "window.banner", inside=first.window).isVisible)
    assert import_path(first) == []


def test_that_a_geopackage_of_others_is_offered_for_import(open_window, registry_path, tmp_path):
    path = tmp_path / "外单位.gpkg"
    shapes = geopandas.GeoDataFrame(
        {"小区名称": ["甲"]}, geometry=[box(117.3, 31.8, 117.31, 31.81)], crs=4490
    )
    shapes.to_file(path, layer="小区")
    robot = open_window(path)
    banner = the(QWidget, "window.banner", inside=robot.window)
    robot.until(banner.isVisible)
    assert "外单位.gpkg" in banner.said.text()
    robot.window.open_path(registry_path)
    robot.until(lambda: import_path(robot) == [str(path)])


def test_that_a_registry_that_is_open_here_takes_what_comes_with_it(window, registry_path, roster):
    window.window.arrivals.take([registry_path, roster])
    window.until(lambda: import_path(window) == [str(roster)])


_CRASHES = """
import sys
from PySide6.QtCore import QCoreApplication
from ui.bridge.crashes import kept_crashes
application = QCoreApplication([])
with kept_crashes() as former:
    print(former or "")
    if sys.argv[1] == "crash":
        import faulthandler
        faulthandler._sigsegv()
    if sys.argv[1] == "fatal":
        from PySide6.QtCore import qFatal
        qFatal("no more")
"""


@pytest.mark.parametrize("how", ["crash", "fatal"])
def test_that_a_crash_of_the_process_leaves_a_report_that_is_told_once(tmp_path, how):
    def run(what):
        return subprocess.run(
            [sys.executable, "-c", _CRASHES, what],
            cwd=_ROOT, env=os.environ | {"XDG_STATE_HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip

    assert run(how).returncode != 0
    second = run("end")
    assert second.returncode == 0
    report = Path(second.stdout.strip())
    assert report.parent == tmp_path / "compound-registry" / "log"
    assert report.parent.stat().st_mode & 0o077 == 0, "nobody else may look"
    said = report.read_text(encoding="utf-8")
    assert "<string>" in said
    assert "verb: window" in said
    assert str(_ROOT) not in said
    assert run("end").stdout.strip() == ""
    assert list(report.parent.iterdir()) == [report]


def test_that_a_report_of_the_last_run_is_told(open_window, tmp_path):
    robot = open_window()
    robot.window.notices.tell_crash(tmp_path / "crash-1.txt")
    banner = the(QWidget, "window.banner", inside=robot.window)
    robot.until(banner.isVisible)
    assert str(tmp_path / "crash-1.txt") in banner.said.text()


def test_that_the_window_has_an_icon(window):
    assert not QApplication.windowIcon().isNull()
    assert QApplication.windowIcon().availableSizes()


def words_of_menu(field):
    menu = field.createStandardContextMenu()
    said = [action.text() for action in menu.actions() if action.text()]
    menu.deleteLater()
    return said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_the_menus_of_fields_speak_the_windows_language(open_window, registry_path, lang):
    robot = open_window(registry_path, lang=lang).wait_for_registry()

    def said():
        return "".join(words_of_menu(the(QLineEdit, "search.box", inside=robot.window)))

    first, chinese = said(), any(c >= "一" for c in said())
    assert first
    assert chinese == (lang == "zh")
    the(QAction, "view.language", inside=robot.window).trigger()
    assert any(c >= "一" for c in said()) != chinese


_PLACED = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QByteArray, QRect
from PySide6.QtWidgets import QApplication, QMainWindow
application = QApplication([])
from main import open_window
from ui.bridge.settings_store import SettingsStore
if sys.argv[1] == "kept":
    other = QMainWindow(); other.setGeometry(QRect(2100, 900, 1900, 1000))
    settings = SettingsStore(); settings.keep_geometry(other.saveGeometry()); settings.sync()
window = open_window()
application.processEvents()
room, frame, status = window.screen().availableGeometry(), window.frameGeometry(), window.status
end = status.mapToGlobal(status.rect().bottomRight())
print(json.dumps({
    "size": window.width() <= room.width() and frame.height() <= room.height(),
    "place": sys.argv[1] == "fresh" or room.adjusted(-2, -2, 2, 2).contains(window.geometry()),
    "status": end.y() <= room.bottom() + (sys.argv[1] == "fresh") * 30 and status.isVisible(),
    "least": window.minimumHeight() <= 470,
}))
window.close()
"""


@pytest.mark.parametrize("kept", ["fresh", "kept"])
@pytest.mark.parametrize(
    ("scale", "size"), [("1", (1366, 768)), ("1.25", (1366, 768)), ("1.5", (1366, 768)), ("1.5", (1280, 720))]
)
def test_that_the_first_window_fits_the_screen(tmp_path, scale, size, kept):
    screens = tmp_path / "screens.json"
    one = {"name": "s", "x": 0, "y": 0, "width": size[0], "height": size[1], "logicalDpi": 96, "dpr": 1.0}
    screens.write_text(json.dumps({"screens": [one]}))
    done = subprocess.run(
        [sys.executable, "-c", _PLACED, kept],
        cwd=_ROOT, capture_output=True, text=True, timeout=120, check=True,
        env=os.environ | {
            "QT_QPA_PLATFORM": f"offscreen:configfile={screens}",
            "QT_SCALE_FACTOR": scale,
            "COMPOUND_REGISTRY_SETTINGS": str(tmp_path / "s.ini"),
        },
    )  # fmt: skip
    assert json.loads(done.stdout) == dict.fromkeys(("size", "place", "status", "least"), True), done.stderr


def test_that_a_file_that_is_there_again_is_no_longer_said_to_be_gone(window, registry_path):
    banner = the(QWidget, "map.banner", inside=window.window)
    aside = registry_path.with_name("aside.gpkg")
    registry_path.rename(aside)
    window.window.files._look()
    window.until(banner.isVisible)
    gone = window.label("status.saved")
    aside.rename(registry_path)
    window.window.files._look()
    window.until(lambda: not banner.isVisible())
    assert window.label("status.saved") != gone
