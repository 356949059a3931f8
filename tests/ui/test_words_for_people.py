"""No name of the program's own stands in what people read: kinds, fields, verbs, codes without a name, the other language."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QTableView, QTreeView

from app.domain import vocabulary
from app.domain.kinds import COMMON_FIELDS, KINDS
from app.errors import InvalidInput
from app.services.edit import edit
from tests.ui.robots.find import the

ROOT = Path(__file__).parents[2]
FULL_WIDTH = re.compile(r"[“”‘’「」，。；：（）]")
IDS = (
    set(KINDS)
    | {field.name for kind in KINDS.values() for field in kind.fields if "_" in field.name}
    | {name for name in COMMON_FIELDS if "_" in name}
    | {name for words in (vocabulary.REASONS, vocabulary.RULES) for name in words if "_" in name}
)
BARE = re.compile(r"(?<![A-Za-z_.])(" + "|".join(sorted(IDS, key=len, reverse=True)) + r")(?![A-Za-z_])")


def english_of(path):
    """Yield the English half of every pair of sentences in a module."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text" and len(node.args) == 2:
            for part in ast.walk(node.args[1]):
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part.value


def test_that_english_sentences_have_no_full_width_marks():
    wrong = [
        (path.name, said)
        for room in ("ui", "app")
        for path in (ROOT / room).rglob("*.py")
        if not path.as_posix().endswith(("/mediators.py", "/place/reading.py"))
        for said in english_of(path)
        if FULL_WIDTH.search(said)
    ]
    assert wrong == []


def shown(widget):
    """Return every text that can be seen or chosen in a widget."""
    texts = [label.text() for label in widget.findChildren(QLabel)]
    texts += [button.text() for button in widget.findChildren(QAbstractButton)]
    texts += [box.itemText(n) for box in widget.findChildren(QComboBox) for n in range(box.count())]
    for table in widget.findChildren(QTableView):
        model = table.model()
        for row in range(min(model.rowCount(), 60) if model is not None else 0):
            texts += [str(model.index(row, column).data() or "") for column in range(model.columnCount())]
    return texts


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("sheet", ["registry.import", "registry.template"])
def test_that_the_sheets_for_files_speak_in_words(open_window, registry_path, lang, sheet):
    robot = open_window(registry_path, lang=lang).wait_for_registry()
    robot.action(sheet).trigger()
    name = f"{sheet.partition('.')[2]}.kind"
    box = robot.box(name)
    words = [box.itemText(n) for n in range(box.count())]
    assert len(words) > 15
    if lang == "zh":
        assert [said for said in words if re.search("[A-Za-z]", said)] == []
    assert [said for said in words if "·" in said] == []


def test_that_the_journal_speaks_in_words_and_names_of_every_step(window):
    context = window.window.context
    registry = context.registry
    announce = context.announce
    announce(edit.set_values(registry, ["C000001"], {"owners_committee": "elected"}))
    announce(edit.set_values(registry, ["C000001"], {"owners_committee": "suspended"}))
    announce(edit.detach(registry, "A000002", why="调走"))
    announce(registry.undo(None))
    table = the(QTableView, "journal.table", inside=window.window)
    model = table.model()
    window.until(lambda: model.rowCount() >= 4)
    rows = [
        [str(model.index(row, c).data()) for c in range(model.columnCount())]
        for row in range(model.rowCount())
    ]
    assert rows[0][1].startswith("撤销")
    assert rows[0][4] == "摘除"
    assert "三塘人家支部 A000002" in (rows[0][2], rows[1][2])
    assert "业委会 在任 → 停摆" in rows[2][1] or "业委会" in rows[2][1]
    said = " ".join(" ".join(row) for row in rows)
    assert not BARE.search(said), BARE.search(said)
    assert not re.search(r"suspended|elected|detach|\bset\b", said)
    assert model.index(0, 0).data(int(Qt.ItemDataRole.UserRole) + 1)


def test_that_a_refusal_names_the_record_and_the_field_in_words(context):
    registry = context.registry
    with pytest.raises(InvalidInput) as refused:
        edit.set_values(registry, ["A000002"], {"valid_from": "2026-05-01", "valid_until": "2026-01-01"})
    said = refused.value.message
    assert said.zh.startswith("三塘人家支部 A000002 的"), said.zh
    assert not BARE.search(said.zh)
    assert not BARE.search(said.en)
    with pytest.raises(InvalidInput) as refused:
        edit.set_values(registry, ["C000001"], {"built_year": "去年"})
    assert not BARE.search(refused.value.message.zh)


def test_that_the_modes_have_names_and_counts_one_form(open_window, registry_path):
    robot = open_window(registry_path, lang="en").wait_for_registry()
    assert robot.action("mode.entry").text().startswith("Entry")
    robot.action("topics.organisations").trigger()
    assert [text for text in shown(robot.window) if re.search(r"\d{4,}/\d", text)] == []
    model = the(QTreeView, "organisations.tree", inside=robot.window).model()
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert "With one (compounds of any kind)" in heads
