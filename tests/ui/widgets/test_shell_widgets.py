"""The painted widgets and the models below the window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.domain.text.initials import initials, letters_of, spelled
from app.text import Text
from ui import theme
from ui.bridge.tasks import TaskRunner
from ui.models.column import Column, text_ranks
from ui.models.columns import Columns
from ui.models.compound_table import CompoundTableModel
from ui.models.search_index import Hit, SearchIndex
from ui.widgets.answer_control import AnswerControl
from ui.widgets.coverage_cell import Bar, rate_words

NAME = Text("门卫", "Gate guard")


@pytest.fixture
def control(qtbot):
    made = AnswerControl(NAME, "zh")
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    return made


def test_that_an_answer_is_unknown_until_someone_says_otherwise(control):
    assert control.currentData() == "unknown"
    assert control.accessibleName() == "门卫，未知，3 选 1"


@pytest.mark.parametrize(("key", "value"), [("1", "yes"), ("2", "no"), ("0", "unknown")])
def test_that_a_digit_answers_and_goes_on(control, key, value):
    said, advanced = [], []
    control.answered.connect(said.append)
    control.advance.connect(lambda: advanced.append(1))
    QTest.keyClicks(control, key)
    assert said == [value]
    assert advanced == [1]


def test_that_showing_a_record_is_no_answer(control):
    said = []
    control.answered.connect(said.append)
    control.show_answer("no")
    assert control.currentData() == "no"
    assert said == []


def test_that_a_read_only_answer_stays(control):
    said = []
    control.answered.connect(said.append)
    control.show_answer("yes")
    control.set_read_only("看的是过去")
    QTest.keyClicks(control, "2")
    control.setCurrentIndex(1)
    assert control.currentData() == "yes"
    assert said == []
    assert "看的是过去" in control.accessibleName()


def test_that_a_click_chooses_the_segment(control):
    spot = control._boxes()[1].center().toPoint()
    QTest.mouseClick(control, Qt.MouseButton.LeftButton, pos=spot)
    assert control.currentData() == "no"


def test_that_the_rate_is_never_alone_when_little_is_known():
    assert rate_words(Bar(33, 7, 10), "已知") == "82.5%"
    assert rate_words(Bar(1, 0, 2), "已知") == "已知 1/3"
    assert rate_words(Bar(0, 0, 4), "已知") == "—"
    assert Bar(28, 3, 17).low == 28 / 48


def test_that_both_themes_keep_text_readable():
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    def contrast(one, other):
        high, low = sorted((light(one), light(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    for t in (theme.LIGHT, theme.DARK):
        for ink in (t.t1, t.t2, t.t3, t.accent, t.yes, t.no, t.unknown, t.warning, t.error):
            assert contrast(ink, t.panel) >= 4.5, (t.name, ink)
        assert contrast(t.ctl, t.panel) >= 3, t.name
        assert contrast(t.on_accent, t.accent) >= 4.5, t.name


def test_that_the_style_sheet_knows_all_its_tokens():
    for tokens in (theme.LIGHT, theme.DARK):
        assert "@" not in theme.stylesheet(tokens)


def columns(count):
    codes = [f"C{i:06d}" for i in range(count)]
    names = [f"小区 {(i * 7919) % count}" for i in range(count)]
    lines = [f"{n} {c.lower()}" for n, c in zip(names, codes, strict=True)]
    starts = np.cumsum([1, *(len(line) + 1 for line in lines)])[:-1]
    numbers = np.array([(i * 104729) % 1000 for i in range(count)], dtype=float)
    shown = (
        Column("name", Text("小区", "Compound"), names, text_ranks(names)),
        Column(
            "households", Text("户", "Households"), [f"{n:.0f}" for n in numbers], numbers, is_number=True
        ),
    )
    return Columns(codes, shown, "\n" + "\n".join(lines), starts)


def test_that_a_second_sort_key_orders_within_the_first(qtbot):
    model = CompoundTableModel("zh")
    model.show_columns(columns(2000))
    model.sort_by(1, Qt.SortOrder.AscendingOrder, adds=False)
    model.sort_by(0, Qt.SortOrder.DescendingOrder, adds=True)
    rows = [(float(model.index(r, 1).data()), model.index(r, 0).data()) for r in range(model.rowCount())]
    assert [n for n, _ in rows] == sorted(n for n, _ in rows)
    same = [name for number, name in rows if number == rows[0][0]]
    assert same == sorted(same, key=lambda t: t.encode("gb18030"), reverse=True)


@pytest.mark.slow
def test_that_three_hundred_thousand_rows_are_sorted_and_filtered_whole(qtbot):
    count = 300_000
    made = columns(count)
    model = CompoundTableModel("zh")
    model.show_columns(made)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    numbers = np.array([float(model.index(row, 1).data()) for row in range(0, count, 997)])
    assert (np.diff(numbers) <= 0).all()
    assert numbers[0] == 999
    model.filter("小区 12")
    names = made.columns[0].texts
    assert model.rowCount() == sum(
        "12" in f"{name} {code}" for name, code in zip(names, made.codes, strict=True)
    )


def test_that_a_search_prefers_beginnings():
    names = ["新大关小区", "大关东一苑", "大关西苑", "北大街"]
    hits = [Hit(f"C{i}", "compounds", n, "") for i, n in enumerate(names)]
    index = SearchIndex(hits, ["", "", "", "大关路 1 号"], [initials(n) for n in names])
    assert [hit.name for hit in index.find("大关")] == ["大关东一苑", "大关西苑", "新大关小区", "北大街"]
    assert [hit.name for hit in index.find("dgx")] == ["大关西苑", "新大关小区"]
    assert index.find("没有") == []


def test_that_a_cancelled_task_delivers_nothing(qtbot):
    runner = TaskRunner()
    came = []
    task = runner.start(lambda _: 1, on_registry=True)
    task.succeeded.connect(came.append)
    task.cancel()
    with qtbot.waitSignal(task.cancelled):
        pass
    assert came == []
    runner.shut_down()
    QApplication.processEvents()


def test_that_a_failure_goes_to_whoever_takes_it(qtbot):
    runner = TaskRunner()
    taken, rest = [], []
    runner.failed.connect(rest.append)

    def fail(_):
        raise ValueError("no")

    with qtbot.waitSignal(runner.start(fail, on_registry=False, on_failure=taken.append).ended):
        pass
    with qtbot.waitSignal(runner.start(fail, on_registry=False).ended):
        pass
    assert [str(e) for e in taken] == ["no"]
    assert len(rest) == 1
    runner.shut_down()


def test_that_tables_search_and_filter_know_every_reading_and_the_order_of_names():
    from ui.models.columns import Columns

    names = ["馨园", "长淮里", "紫园", "2栋", "10栋", "鑫苑", "绣永里弄"]
    ranks = text_ranks(names)
    assert [names[place] for place in np.argsort(ranks)] == [
        "2栋",
        "10栋",
        "长淮里",
        "馨园",
        "鑫苑",
        "绣永里弄",
        "紫园",
    ]
    hits = [Hit(f"C{i}", "compounds", n, "") for i, n in enumerate(names)]
    index = SearchIndex(hits, [""] * len(names), [letters_of(spelled(n)) for n in names])
    for typed in ("chl", "zhl", "changhuai", "chang淮", "ｃｈｌ"):
        assert [hit.name for hit in index.find(typed)] == ["长淮里"], typed
    assert [hit.name for hit in index.find("xyll")] == ["绣永里弄"]
    ways = [spelled(name) for name in names]
    starts = np.cumsum([1, *(len(way) + 1 for way in ways)])[:-1]
    rows = Columns(
        [h.code for h in hits],
        (),
        "\n" + "\n".join(names),
        np.cumsum([1, *(len(n) + 1 for n in names)])[:-1],
        "\n" + "\n".join(ways),
        starts,
    )
    assert np.flatnonzero(rows.matching("xiuyong")).tolist() == [6]
    assert np.flatnonzero(rows.matching("xiu弄")).tolist() == []
    assert np.flatnonzero(rows.matching("chang淮")).tolist() == [1]
