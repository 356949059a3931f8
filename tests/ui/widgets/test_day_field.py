"""The one day field: what is typed is the day that is meant, and the calendar only helps."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QLocale, QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QToolButton, QWidget

from app.domain.period import today
from app.services.registry.reach import doubt_about
from tests.ui.robots.find import the
from ui import theme
from ui.dialogs.export_file import ExportDialog
from ui.map.export import FORMATS
from ui.widgets.calendar import CODE_ROLE, Floating, MonthView
from ui.widgets.day_field import DayField

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
BEFORE = date(2026, 3, 5)


@pytest.fixture(params=["C", "zh_CN", "en_US"])
def system(request):
    """Let the system speak a language, whatever the window's is."""
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.fixture
def place(qtbot):
    """Return a window with another field in it."""
    host = QWidget()
    host.resize(700, 600)
    theme.dress(host)
    other = QLineEdit(host)
    other.setObjectName("other")
    other.setGeometry(10, 500, 100, 28)
    qtbot.addWidget(host)
    host.show()
    other.setFocus()
    qtbot.waitUntil(other.hasFocus)
    return host


def made(place, qtbot, lang="zh", **options) -> tuple[DayField, list[object], list[str]]:
    field = DayField(lang, place, day=BEFORE, **options)
    field.setObjectName("a.day")
    field.setAccessibleName("Day")
    field.setGeometry(200, 20, 140, 28)
    field.show()
    chosen, said = [], []
    field.day_chosen.connect(chosen.append)
    field.refused.connect(said.append)
    return field, chosen, said


def click_at(field: DayField, share: float) -> None:
    """Click into the text of a field, at that share of its width."""
    spot = QPoint(round(8 + share * 80), field.height() // 2)
    QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=spot)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.95])
@pytest.mark.parametrize("typed", ["2024-06-30", "2023-05-15", "20230515", "2023.5.15"])
def test_that_the_day_typed_is_taken_wherever_the_click_went(system, place, qtbot, share, typed):
    field, chosen, _ = made(place, qtbot)
    click_at(field, share)
    QTest.keyClicks(field, typed)
    assert chosen == []
    QTest.keyClick(field, Qt.Key.Key_Return)
    day = date(2024, 6, 30) if typed.startswith("2024") else date(2023, 5, 15)
    assert (chosen, field.text(), field.day()) == ([day], day.isoformat(), day)


def test_that_a_second_click_puts_the_cursor_where_it_went(place, qtbot):
    field, _, _ = made(place, qtbot)
    click_at(field, 0.3)
    assert field.selectedText() == "2026-03-05"
    click_at(field, 0.3)
    assert field.selectedText() == ""


@pytest.mark.parametrize("way", ["tab", "click"])
def test_that_leaving_the_field_takes_the_day_once(place, qtbot, way):
    field, chosen, _ = made(place, qtbot)
    field.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(field.hasFocus)
    field.insert("2026年7月1日")
    other = place.findChild(QLineEdit, "other")
    if way == "tab":
        QTest.keyClick(field, Qt.Key.Key_Tab)
    else:
        QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not field.hasFocus())
    assert (chosen, field.text()) == ([date(2026, 7, 1)], "2026-07-01")


def test_that_what_is_no_day_stays_with_a_sentence_until_it_is_mended(place, qtbot):
    field, chosen, said = made(place, qtbot)
    click_at(field, 0.5)
    QTest.keyClicks(field, "2026-13-01")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert said[-1] == "没有 13 月。写成 2026-11-01？"
    assert (field.text(), field.day(), chosen) == ("2026-13-01", BEFORE, [])
    QTest.keyClick(field, Qt.Key.Key_Tab)
    assert (field.text(), field.day(), chosen) == ("2026-13-01", BEFORE, [])
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert said[-1] == ""
    field.selectAll()
    QTest.keyClicks(field, "2026-11-01")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert chosen == [date(2026, 11, 1)]


def test_that_esc_brings_the_day_back_and_the_next_one_is_the_panels(place, qtbot):
    field, chosen, said = made(place, qtbot)
    click_at(field, 0.5)
    QTest.keyClicks(field, "2020")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), chosen, said[-1]) == ("2026-03-05", [], "")
    passed = []
    place.keyPressEvent = lambda event: passed.append(event.key())
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert passed == [Qt.Key.Key_Escape]


def test_that_a_day_no_record_reaches_is_asked_about_and_taken_by_a_second_enter(place, qtbot, context):
    field, chosen, said = made(place, qtbot, doubt=lambda day: doubt_about(context.registry.dataset, day))
    click_at(field, 0.5)
    QTest.keyClicks(field, "0630-12-20")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert "0630-12-20" in said[-1]
    assert chosen == []
    other = place.findChild(QLineEdit, "other")
    other.setFocus()
    assert chosen == []
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert chosen == [date(630, 12, 20)]


# the calendar


def opened(field: DayField, qtbot) -> Floating:
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClick(field, Qt.Key.Key_Down)
    return field.window().findChild(Floating, "a.day.popup")


def test_that_the_calendar_moves_with_the_keys_and_enter_takes_its_day(place, qtbot):
    field, chosen, _ = made(place, qtbot)
    floating = opened(field, qtbot)
    assert floating.isVisible()
    for key, text in (
        (Qt.Key.Key_Down, "2026-03-12"),
        (Qt.Key.Key_Right, "2026-03-13"),
        (Qt.Key.Key_PageDown, "2026-04-13"),
        (Qt.Key.Key_Up, "2026-04-06"),
    ):
        QTest.keyClick(field, key)
        assert (field.text(), chosen) == (text, [])
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert (chosen, field.window().findChild(Floating)) == ([date(2026, 4, 6)], None)


def test_that_esc_closes_the_calendar_first_and_brings_back_the_day(place, qtbot):
    field, chosen, _ = made(place, qtbot)
    opened(field, qtbot)
    QTest.keyClick(field, Qt.Key.Key_Down)
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert (field.text(), chosen, field.window().findChild(Floating)) == ("2026-03-05", [], None)


def test_that_a_press_beside_the_calendar_closes_it(place, qtbot):
    field, _, _ = made(place, qtbot)
    floating = opened(field, qtbot)
    press_in(place, floating.geometry().center())
    press_in(place, field.geometry().center())
    assert place.findChild(Floating) is floating
    press_in(place, QPoint(5, 590))
    assert place.findChild(Floating) is None


def press_in(host: QWidget, spot: QPoint) -> None:
    """Press where the system would: in the window, not in a widget of it."""
    QTest.mousePress(host.windowHandle(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, spot)


def test_that_a_click_on_a_day_takes_it(place, qtbot):
    field, chosen, _ = made(place, qtbot)
    floating = opened(field, qtbot)
    view = floating.findChild(MonthView)
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.spot_of(date(2026, 3, 19)))
    assert chosen == [date(2026, 3, 19)]
    assert field.hasFocus()


def test_that_the_months_turn_by_buttons_and_by_typing(place, qtbot):
    field, _, _ = made(place, qtbot)
    floating = opened(field, qtbot)
    title = floating.findChild(QLabel, "a.day.month")
    for part, said in (
        ("month_before", "2026年2月"),
        ("month_before", "2026年1月"),
        ("month_before", "2025年12月"),
        ("year_after", "2026年12月"),
        ("month_after", "2027年1月"),
    ):
        QTest.mouseClick(floating.findChild(QToolButton, f"a.day.{part}"), Qt.MouseButton.LeftButton)
        assert title.text() == said
    field.selectAll()
    QTest.keyClicks(field, "2024-06-30")
    assert title.text() == "2024年6月"


@pytest.mark.parametrize(
    ("lang", "heads", "title"),
    [
        ("zh", ["一", "二", "三", "四", "五", "六", "日"], "2026年3月"),
        ("en", ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "March 2026"),
    ],
)
@pytest.mark.parametrize("theme_name", ["light", "dark"])
def test_that_the_calendar_speaks_the_windows_language_with_whole_weekdays(
    system, place, qtbot, lang, heads, title, theme_name
):
    theme.apply(QApplication.instance(), theme_name)
    try:
        field, _, _ = made(place, qtbot, lang)
        floating = opened(field, qtbot)
        view = floating.findChild(MonthView)
        model, header = view.model(), view.horizontalHeader()
        said = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(7)]
        assert said == heads
        for place_, head in enumerate(said):
            room = header.sectionSize(place_) - 12  # the style sheet's padding
            assert header.fontMetrics().horizontalAdvance(head) <= room
        assert floating.findChild(QLabel, "a.day.month").text() == title
        words = [w.text() for kind in (QLabel, QPushButton) for w in floating.findChildren(kind)]
        foreign = r"[A-Za-z]" if lang == "zh" else r"[\u4e00-\u9fff]"
        assert not [word for word in words if re.search(foreign, word)]
        picture = view.grab().toImage()
        shown = {
            picture.pixelColor(x, y).name()
            for x in range(picture.width())
            for y in range(view.spot_of(BEFORE).y(), picture.height())
        }
        assert theme.current().error.lower() not in shown
    finally:
        theme.apply(QApplication.instance(), "light")


def test_that_the_calendars_cells_hold_days_as_the_registry_writes_them(place, qtbot):
    field, _, _ = made(place, qtbot)
    model = opened(field, qtbot).findChild(MonthView).model()
    days = [
        date.fromisoformat(model.index(row, column).data(CODE_ROLE))
        for row in range(6)
        for column in range(7)
    ]
    assert days[0] == date(2026, 2, 23)
    assert all(after - before == timedelta(days=1) for before, after in itertools.pairwise(days))


@pytest.mark.parametrize("spot", [(600, 0), (0, 0), (300, 560), (620, 570)])
def test_that_the_calendar_lies_wholly_in_the_window_and_the_screen(place, qtbot, spot):
    field, _, _ = made(place, qtbot)
    field.move(*spot)
    floating = opened(field, qtbot)
    lies = QRect(floating.mapToGlobal(QPoint(0, 0)), floating.size())
    assert floating.screen().availableGeometry().contains(lies)
    assert QRect(place.mapToGlobal(QPoint(0, 0)), place.size()).contains(lies)


# in the window


def test_that_a_day_typed_after_ctrl_g_is_shown(system, window):
    window.press("Ctrl+G")
    window.until(lambda: window.focus() == "header.day")
    QTest.keyClicks(QApplication.focusWidget(), "2024-06-30")
    window.press("Enter")
    assert window.window.context.as_of == date(2024, 6, 30)
    assert "2024-06-30" in the(QToolButton, "header.as_of", inside=window.window).text()
    assert not the(QWidget, "header.day_popup", inside=window.window).isVisible()


def test_that_the_headers_day_says_what_is_wrong_and_goes_with_esc(window):
    popup = the(QWidget, "header.day_popup", inside=window.window)
    QTest.mouseClick(the(QToolButton, "header.as_of", inside=window.window), Qt.MouseButton.LeftButton)
    window.until(lambda: window.focus() == "header.day")
    QTest.keyClicks(QApplication.focusWidget(), "2026-13-01")
    window.press("Enter")
    assert window.label("header.day.error") == "没有 13 月。写成 2026-11-01？"
    assert window.window.context.as_of == today()
    window.press("Esc")
    assert popup.isVisible()
    assert not the(QLabel, "header.day.error", inside=window.window).isVisible()
    window.press("Esc")
    assert not popup.isVisible()
    assert window.window.context.as_of == today()


@pytest.mark.parametrize("size", [(1366, 698), (1093, 558), (910, 465)])  # at 100, 125 and 150 %
def test_that_the_headers_calendar_lies_within_the_window_at_every_scale(open_window, registry_path, size):
    robot = open_window(registry_path, size=size).wait_for_registry()
    robot.press("Ctrl+G")
    popup = the(QWidget, "header.day_popup", inside=robot.window)
    robot.until(popup.isVisible)
    lies = QRect(popup.mapTo(robot.window, QPoint(0, 0)), popup.size())
    assert robot.window.rect().contains(lies)
    assert popup.screen().availableGeometry().contains(QRect(popup.mapToGlobal(QPoint(0, 0)), popup.size()))
    assert popup.height() >= popup.sizeHint().height()


def test_that_today_in_the_headers_calendar_goes_back_to_today(window):
    window.window.context.set_as_of(date(2024, 6, 30))
    window.press("Ctrl+G")
    QTest.mouseClick(the(QPushButton, "header.today", inside=window.window), Qt.MouseButton.LeftButton)
    assert window.window.context.as_of == today()


def test_that_w14_and_w15_show_the_figures_of_the_day_that_was_typed(system, open_window, yaohai_sample):
    robot = open_window(yaohai_sample).wait_for_registry()
    context = robot.window.context
    context.ask(by="street")
    robot.press("Ctrl+G")
    robot.until(lambda: robot.focus() == "header.day")
    QTest.keyClicks(QApplication.focusWidget(), "2024-06-30")
    robot.press("Enter")

    def total() -> tuple[int, int, int]:
        found = context.figured.coverages.get("street")
        row = None if found is None or context.figured.as_of != context.as_of else found.total.figures
        return (0, 0, 0) if row is None else (row.covered, row.uncovered, row.unknown)

    robot.until(lambda: total() == (387, 31, 142))
    robot.window.work.open_tab("coverage")
    field = the(QLineEdit, "coverage.as_of", inside=robot.window)
    for typed in ("2023-05-15", "2024-06-30"):
        for share in (0.1, 0.5, 0.9):
            context.set_as_of(today())
            QTest.mouseClick(field, Qt.MouseButton.LeftButton, pos=QPoint(round(8 + share * 80), 12))
            QTest.keyClicks(field, typed)
            QTest.keyClick(field, Qt.Key.Key_Return)
            assert context.as_of.isoformat() == typed
            the(QComboBox, "coverage.against", inside=robot.window).setFocus()
    robot.until(lambda: total() == (387, 31, 142))
    against = the(QComboBox, "coverage.against", inside=robot.window)
    the(QLineEdit, "coverage.as_of", inside=robot.window).setFocus()
    QTest.mouseClick(against.lineEdit(), Qt.MouseButton.LeftButton, pos=QPoint(20, 10))
    assert against.lineEdit().selectedText() == against.currentText()
    QTest.keyClicks(against, "2023-05-15")
    QTest.keyClick(against, Qt.Key.Key_Return)
    assert context.question.against == date(2023, 5, 15)


def test_that_a_day_of_a_record_is_typed_as_everywhere_and_is_one_change(window):
    window.pick("C000001")
    registry = window.window.context.registry
    before = len(registry.history())
    the(QToolButton, "inspector.edit", inside=window.window).click()
    field = the(QLineEdit, "field.valid_from", inside=window.window)
    error = the(QLabel, "field.valid_from.error", inside=window.window)
    field.setFocus()
    window.until(field.hasFocus)
    QTest.keyClicks(field, "2020-13-01")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert error.text() == "没有 13 月。写成 2020-11-01？"
    field.selectAll()
    QTest.keyClicks(field, "20200301")
    QTest.keyClick(field, Qt.Key.Key_Return)
    window.until(lambda: len(registry.history()) > before)
    window.until(lambda: not window.window.tasks.is_busy)
    record = registry.dataset.find("C000001")
    assert (record.valid_from, len(registry.history())) == (date(2020, 3, 1), before + 1)
    assert (field.text(), error.isVisible()) == ("2020-03-01", False)


# in sheets


def test_that_a_sheets_sentence_goes_when_its_field_changes(qtbot, context, host):
    sheet = ExportDialog(context, host, formats=FORMATS)
    sheet.open()
    day = the(QLineEdit, "export.as_of", inside=host)
    error = the(QLabel, "export.as_of.error", inside=host)
    day.setFocus()
    day.selectAll()
    QTest.keyClicks(day, "2026-13-01")
    QTest.keyClick(day, Qt.Key.Key_Return)
    assert (error.text(), error.isVisible()) == ("没有 13 月。写成 2026-11-01？", True)
    QTest.keyClick(day, Qt.Key.Key_Backspace)
    assert not error.isVisible()
    path = the(QLineEdit, "export.path", inside=host)
    path.clear()
    day.selectAll()
    day.setText("今天")
    the(QPushButton, "export.commit", inside=host).click()
    wrong = the(QLabel, "export.path.error", inside=host)
    assert wrong.isVisible()
    path.setText("x.html")
    assert not wrong.isVisible()
    sheet.close()
