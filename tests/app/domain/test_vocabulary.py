"""One word for one thing: what page, workbook, layer, picture, window and command line say comes from one module."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.coverage.judging import UNCOVERED
from app.domain import vocabulary
from app.domain.vocabulary import RULES, STATUS
from app.domain.weights import WEIGHTS
from app.exchange.formats import html_words
from app.services.check import finding as check_finding
from ui import words
from ui.map import words as map_words

ROOT = Path(__file__).resolve().parents[3]


def test_that_a_status_has_one_word_wherever_it_is_said():
    assert words.STATUS is map_words.STATUS is vocabulary.STATUS
    for status, said in STATUS.items():
        assert html_words._WORDS[status] is said
    assert UNCOVERED in STATUS


def test_that_every_rule_of_check_has_its_word_and_no_other():
    assert set(check_finding.RULES) <= set(RULES)


@pytest.mark.parametrize(
    "said", ["不计入", "不在基数", "还没查清的小区", 'Text("未覆盖"', 'Text("登记为', '已到期", "has']
)
def test_that_no_other_module_words_a_status_or_reason_anew(said):
    allowed = {"app/domain/vocabulary.py"}
    found = [
        path.relative_to(ROOT).as_posix()
        for room in ("app", "ui")
        for path in (ROOT / room).rglob("*.py")
        if said in path.read_text("utf-8")
    ]
    assert set(found) <= allowed


def test_that_headings_of_figures_are_words_of_the_vocabulary():
    from app.exchange.formats.audience import FIGURES

    by_name = {column.name: column.words for column in FIGURES}
    for status in ("covered", "uncovered", "unknown"):
        assert by_name[status].zh == STATUS[status].zh
        assert by_name[status].en.lower() == STATUS[status].en


def test_that_vocabulary_is_in_both_languages_and_has_no_ids():
    for words_of in (
        STATUS,
        RULES,
        vocabulary.REASONS,
        vocabulary.VERBS,
        {name: weight.words for name, weight in WEIGHTS.items()},
        vocabulary.COUNTS,
    ):
        for said in words_of.values():
            assert said.zh
            assert not re.search(r"[a-z]_[a-z]", said.en + said.zh)
