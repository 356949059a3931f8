"""In the import sheet: what was decided of the last file with these headings is marked, changed by a choice, and forgotten."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QPushButton, QTableView

from app.services.bring_in.habits import kept_habits
from tests.ui.robots.find import the
from ui.dialogs.bring_in.import_file import ImportDialog

HEAD = "名目,类,多少\n"


@pytest.fixture
def opened(qtbot, context, host, tmp_path):
    """Return a function that opens the sheet on a table and waits for what is made of it."""

    def open_on(text):
        roster = tmp_path / "roster.csv"
        roster.write_text(HEAD + text, encoding="utf-8")
        dialog = ImportDialog(context, host, kind="compounds")
        dialog._soon.setInterval(0)
        dialog.open()
        dialog.path.setText(str(roster))
        QTest.keyClick(dialog.path, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: the(QTableView, "import.mapping", inside=dialog).model().rowCount() > 0)
        settle(qtbot, dialog)
        return dialog

    return open_on


def settle(qtbot, dialog):
    qtbot.waitUntil(lambda: not dialog._soon.isActive() and dialog._task is None)
    qtbot.waitUntil(lambda: not dialog.context.tasks.is_busy)


def choose(qtbot, dialog, row, field):
    box = the(QComboBox, f"import.mapping.{row}", inside=dialog)
    box.setCurrentIndex(box.findData(field))
    settle(qtbot, dialog)


def bring_in(qtbot, dialog):
    """Write the plan, and wait until the sheet is gone."""
    qtbot.waitUntil(dialog.commit.isEnabled)
    with qtbot.waitSignal(dialog.finished):
        dialog.commit.click()
    dialog.deleteLater()


def marks(dialog):
    model = the(QTableView, "import.mapping", inside=dialog).model()
    return [model.index(row, 2).data() for row in range(model.rowCount())]


@pytest.fixture
def learnt(qtbot, opened):
    dialog = opened("甲院,老旧,120\n")
    for row, field in enumerate(("name", "kind", "households")):
        choose(qtbot, dialog, row, field)
    assert marks(dialog) == ["按你选的"] * 3
    assert the(QPushButton, "import.forget", inside=dialog).isHidden()
    bring_in(qtbot, dialog)


def test_that_the_next_file_is_read_by_what_was_chosen_and_says_so(qtbot, opened, learnt):
    dialog = opened("乙院,老旧,80\n")
    assert marks(dialog) == ["按上次的"] * 3
    assert "按上次的" in " ".join(dialog.said._said)
    assert dialog.commit.isEnabled()
    assert "--" not in " ".join(dialog.said._said)
    choose(qtbot, dialog, 2, "")
    assert marks(dialog) == ["按上次的", "按上次的", "按你选的"]
    bring_in(qtbot, dialog)
    (habit,) = kept_habits().of.values()
    assert habit.columns == {"名目": "name", "类": "kind", "多少": ""}


def test_that_one_button_forgets_what_was_chosen(qtbot, opened, learnt):
    dialog = opened("乙院,老旧,80\n")
    button = the(QPushButton, "import.forget", inside=dialog)
    assert button.accessibleName() == "忘掉按上次的 3 处"
    button.click()
    settle(qtbot, dialog)
    assert kept_habits().of == {}
    assert marks(dialog) == ["", "", ""]
    assert button.isHidden()
    assert not dialog.commit.isEnabled()


def test_that_a_column_that_holds_something_else_now_is_asked_about_and_left_by_an_answer(
    qtbot, opened, learnt
):
    dialog = opened("乙院,老旧,看情况\n丙院,老旧,说不好\n")
    assert not dialog.commit.isEnabled()
    box = the(QComboBox, "import.questions.0", inside=dialog)
    box.setCurrentIndex(box.findText("这次不导这一列"))
    settle(qtbot, dialog)
    assert dialog._plan.counts["create"] == 2
    assert dialog.commit.isEnabled()
