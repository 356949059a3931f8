"""What a status, answer, level, reason, rule or weight is called stands once; so do bands and colours."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from app.coverage import judging
from app.coverage.weights import NUMBERS
from app.domain import vocabulary
from app.domain.kinds import LEVELS
from app.domain.looks import bands, palette
from app.domain.profile.declared import THREE_NO_PARTS
from app.domain.weights import AMOUNT, DECLARABLE, WEIGHTS, Weight, default_weights
from app.services.check import finding as check_finding
from app.text import Text

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = (ROOT / "resources/html_map/script.js").read_text("utf-8")
STYLE = (ROOT / "resources/html_map/style.css").read_text("utf-8")
COLOUR = re.compile(r"#[0-9A-Fa-f]{3,8}\b|\brgba?\(|\bhsla?\(")
VOCABULARY = {"app/domain/vocabulary.py", "app/domain/weights.py", "app/domain/looks/bands.py"}
# what a table of words may not be keyed by anywhere else
CODES = {
    "status": set(vocabulary.STATUS),
    "answer": set(vocabulary.ANSWERS),
    "level": set(vocabulary.LEVELS),
    "counting": set(vocabulary.COUNTS),
    "reason": set(vocabulary.REASONS),
    "rule": set(vocabulary.RULES),
    "severity": set(vocabulary.SEVERITIES),
    "part of three-no": set(vocabulary.PARTS),
}


class Nodes(NamedTuple):
    """What of a module's syntax is looked at, found in one walk."""

    tables: list[ast.Dict]
    rows: list[ast.Tuple | ast.List | ast.Set]
    texts: list[str]
    calls: list[ast.Call]


def nodes_of(text):
    """Return the nodes of a module that these tests look at."""
    found = Nodes([], [], [], [])
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Dict):
            found.tables.append(node)
        elif isinstance(node, ast.Tuple | ast.List | ast.Set):
            found.rows.append(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.texts.append(node.value)
        elif isinstance(node, ast.Call):
            found.calls.append(node)
    return found


@cache
def sources():
    return {
        path.relative_to(ROOT).as_posix(): nodes_of(path.read_text("utf-8"))
        for room in ("app", "ui")
        for path in sorted((ROOT / room).rglob("*.py"))
    }


def tables_of_words(nodes):
    """Yield the codes of every table in a module that maps them to words, with its line."""
    for node in nodes.tables:
        said = {
            key.value
            for key, value in zip(node.keys, node.values, strict=True)
            if isinstance(key, ast.Constant) and _is_words(value)
        }
        yield node.lineno, said


def _is_words(value):
    """Whether an expression is words in two languages, or begins with them."""
    if isinstance(value, ast.Tuple):
        return any(_is_words(part) for part in value.elts)
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Text"


def second_tables(modules):
    return [
        f"{name}:{line} words {what} anew: {sorted(said & codes)}"
        for name, nodes in modules.items()
        if name not in VOCABULARY
        for line, said in tables_of_words(nodes)
        for what, codes in CODES.items()
        if len(said & codes) >= 3
    ]


def test_that_no_other_module_has_a_table_of_words_for_codes_of_the_vocabulary():
    assert second_tables(sources()) == []


def test_that_the_words_of_a_weight_stand_with_it_alone():
    said = {words for weight in WEIGHTS.values() for words in weight.words}
    found = {name for name, nodes in sources().items() if said & set(nodes.texts)}
    assert found == {"app/domain/weights.py"}


def worded_in_the_vocabulary():
    """Return what the vocabulary says of figures, codes and places, in small letters; what has other meanings too is not here."""
    tables = (
        vocabulary.STATUS,
        vocabulary.ANSWERS,
        vocabulary.PLACES,
        vocabulary.DERIVED,
        vocabulary.REASONS,
        vocabulary.RULES,
        vocabulary.COUNTS,
    )
    alone = [value for value in vars(vocabulary).values() if isinstance(value, Text)]
    return {
        (words.zh, words.en.lower()) for words in (*alone, *(w for table in tables for w in table.values()))
    }


def test_that_no_other_module_says_a_word_of_the_vocabulary_again():
    known = worded_in_the_vocabulary()
    again = [
        f"{name}:{call.lineno} {zh}"
        for name, nodes in sources().items()
        if name != "app/domain/vocabulary.py"
        for call in nodes.calls
        if _is_words(call) and len(call.args) == 2
        for zh, en in [[part.value if isinstance(part, ast.Constant) else "" for part in call.args]]
        if (zh, en.lower()) in known
    ]
    assert again == []


def test_that_such_a_table_would_be_found():
    said = 'X = {"covered": Text("甲", "a"), "uncovered": (Text("乙", "b"), 1), "unknown": Text("丙", "c")}'
    assert len(second_tables({"ui/x.py": nodes_of(said)})) == 1


def test_that_every_code_has_its_words_and_tone():
    statuses = {judging.COVERED, judging.UNCOVERED, judging.UNKNOWN, "left_out"}
    assert set(vocabulary.STATUS) == set(vocabulary.TURNS) == set(vocabulary.STATUS_TONE) == statuses
    answers = set(vocabulary.ANSWERS)
    for words in (
        vocabulary.THREE_NO,
        vocabulary.THREE_NO_ALONE,
        vocabulary.IS_THREE_NO,
        vocabulary.SECRETARY,
    ):
        assert set(words) == answers
    assert set(vocabulary.THREE_NO_TONE) == answers
    assert tuple(vocabulary.LEVELS) == LEVELS
    assert set(vocabulary.PARTS) == set(THREE_NO_PARTS)
    assert set(check_finding.RULES) <= set(vocabulary.RULES)
    assert set(check_finding.SEVERITIES) == set(vocabulary.SEVERITIES)
    for theme in ("light", "dark"):
        assert set(palette.statuses(theme)) == statuses | {palette.PLAIN}


def test_that_every_reason_the_engine_gives_has_its_words():
    said, named = set(), set()
    for name, nodes in sources().items():
        if not name.startswith("app/coverage/"):
            continue
        named.update(nodes.texts)
        for call in nodes.calls:
            if isinstance(call.func, ast.Name):
                reasons = [word.value for word in call.keywords if word.arg == "reason"]
                place = {"Verdict": 1, "Piece": 2}.get(call.func.id)
                reasons += call.args[place : place + 1] if place is not None else []
                said |= {reason.value for reason in reasons if isinstance(reason, ast.Constant)}
    assert len(said) >= 10
    assert said <= set(vocabulary.REASONS)
    assert set(vocabulary.REASONS) <= named, "a word for a reason that nobody gives"


def test_that_a_word_differs_from_its_heading_by_a_capital_alone():
    pairs = (
        (vocabulary.STATUS, vocabulary.HEADINGS),
        (vocabulary.LEVELS, vocabulary.LEVEL_HEADINGS),
        (vocabulary.PARTS, vocabulary.PART_HEADINGS),
    )
    for small, headings in pairs:
        for code, words in small.items():
            assert headings[code] == words.heading()
            assert headings[code].zh == words.zh
            assert headings[code].en.lower() == words.en.lower()


def test_that_weights_are_declared_once_and_have_a_number_each():
    assert set(NUMBERS) == set(DECLARABLE)
    assert set(WEIGHTS) == {*DECLARABLE, AMOUNT}
    published = ("compounds", "households", "residents", "area")  # a weight more may follow, none may go
    assert default_weights("compound")[:4] == default_weights("grid")[:4] == published
    assert default_weights("firm") == ("compounds",)


def test_that_a_weight_of_which_nobody_says_that_it_is_harmless_keeps_its_small_cells():
    assert Weight(id="beds", words=Text("按床位", "by beds"), is_whole=True).is_sensitive
    with pytest.raises(TypeError):
        Weight(id="beds", words=Text("按床位", "by beds"))
    assert {name for name, weight in WEIGHTS.items() if weight.is_sensitive} >= {"households", "residents"}


def test_that_bands_begin_where_they_are_said_to():
    assert [bands.band_of(rate) for rate in (0.0, 0.4999, 0.5, 0.7, 0.85, 0.9999, 1.0)] == [
        0,
        0,
        1,
        2,
        3,
        3,
        4,
    ]
    assert bands.band_of(None) is None
    assert bands.marks() == ("<50", "50", "70", "85", "100%")
    assert [words.en for words in bands.names()] == ["under 50%", "50–70", "70–85", "85–100", "100%"]
    assert [bands.gap_band(n) for n in (0, 1, 2, 3, 6, 11, 20, 21)] == [None, 0, 0, 1, 2, 3, 3, 4]
    assert bands.gap_marks() == ("1–2", "3–5", "6–10", "11–20", "21+")
    assert [bands.gap_band(n, bands.FEW_LIMITS) for n in (0, 1, 3, 4, 9)] == [0, 1, 3, 4, 4]
    assert bands.gap_marks(bands.FEW_LIMITS) == ("0", "1", "2", "3", "4+")
    for theme in ("light", "dark"):
        assert {len(palette.theme(theme)[name]) for name in ("seq", "wash", "gap")} == {len(bands.marks())}


def test_that_no_other_module_and_no_script_says_where_a_band_begins():
    limits = "|".join(re.escape(f"{limit:g}") for limit in bands.LIMITS[1:3])
    asked = re.compile(rf"(?<![\d.])(?:{limits})(?![\d.])")
    assert not asked.search(SCRIPT)
    for begins in (set(bands.LIMITS[1:3]), set(bands.GAP_LIMITS[1:4])):
        found = [
            name
            for name, nodes in sources().items()
            for row in nodes.rows
            if begins <= {part.value for part in row.elts if isinstance(part, ast.Constant)}
        ]
        assert found == ["app/domain/looks/bands.py"], begins


def test_that_the_page_has_its_colours_from_the_palette():
    assert COLOUR.findall(SCRIPT) == []
    assert COLOUR.findall(re.sub(r"^\s*#[\w-]+.*\{", "", STYLE, flags=re.MULTILINE)) == []
    for name in re.findall(r"var\(--([\w-]+)\)", STYLE):
        assert name.replace("-", "_") in palette.page(), name


def test_that_every_colour_the_script_asks_for_is_in_the_pages_data():
    for name in re.findall(r"\bINK\.(\w+)", SCRIPT):
        assert name == "status" or name in palette.page(), name
    for name in re.findall(r"\bbands\.(\w+)", SCRIPT):
        assert name in {"limits", "names", "unknownFrom", "muchUnknown"}, name


def test_that_no_python_holds_a_colour():
    found = {
        name: text
        for name, nodes in sources().items()
        for text in nodes.texts
        if re.fullmatch(r"#[0-9A-Fa-f]{6}", text)
    }
    assert found == {}
