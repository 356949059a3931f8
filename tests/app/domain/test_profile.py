"""What a city may declare, and how a wrong declaration is told: with line and key."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.profile.condition import Joined, Term, WrongConditionError, read_condition, terms_of
from app.domain.profile.toml_lines import key_lines, line_of
from app.errors import InvalidInput
from app.services.profile.profiles import city_profiles, load_profile, profile_from_text

HEAD = 'id = "test"\nversion = 1\n'


def problem(text: str) -> tuple[int | None, str, str]:
    """Return line, key and sentence of the one thing that is wrong."""
    with pytest.raises(InvalidInput) as refused:
        profile_from_text(HEAD + text)
    (only,) = refused.value.problems
    assert f"第 {only.row} 行" in only.message.zh
    assert f"line {only.row}" in only.message.en
    return only.row, str(only.column), only.message.en


def test_that_every_shipped_profile_reads_and_its_checklists_and_schemes_are_measures():
    for city in city_profiles():
        profile = load_profile(city)
        for name in (*profile.checklists, *profile.schemes):
            assert name in profile.measures


def test_that_the_numbers_of_items_are_the_sources():
    counts = {
        scheme.id: (len(scheme.items), scheme.open_items)
        for city in city_profiles()
        for versions in load_profile(city).schemes.values()
        for scheme in versions
    }
    assert counts["five_stars"] == (54, 54)
    assert counts["residential_standard"] == (13, 13)
    assert counts["service_evaluation"] == (17, 17)
    assert counts["five_haves_ten_goods"] == (15, 15)


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        ("colour = 3\n", 3, "colour", "no such key"),
        ('[[facts]]\nkey = "a"\nof = ["compounds"]\ntype = "guess"\nwords = {zh="a", en="a"}\n', 6, "facts[1].type", "guess"),
        ('[[facts]]\nkey = "a"\nof = ["cases"]\ntype = "text"\nwords = {zh="a", en="a"}\n', 5, "facts[1].of", "cases"),
        ('[[facts]]\nkey = "a"\nof = ["compounds"]\ntype = "text"\nwords = "a"\n', 7, "facts[1].words", "zh"),
        ('[[facts]]\nkey = "households"\nof = ["compounds"]\ntype = "count"\nwords = {zh="a", en="a"}\n', 4, "facts[1].key", "households"),
        ('[[facts]]\nkey = "a"\nof = ["compounds"]\ntype = "choice"\nchoices = "b"\nwords = {zh="a", en="a"}\n', 7, "facts[1].choices", "'b'"),
        ('[[checklists]]\nid = "c"\nof = "compounds"\nwords = {zh="a", en="a"}\nitems = ["activities", "nothing"]\n', 7, "checklists[1].items", "nothing"),
        ('[[checklists]]\nid = "c"\nof = "grids"\nwords = {zh="a", en="a"}\nitems = ["activities"]\n', 7, "checklists[1].items", "activities"),
        ('[[schemes]]\nid = "s"\nwords = {zh="a", en="a"}\nopen_items = 2\n[[schemes.bands]]\nstars = 1\nat_least = 0.5\nwords = {zh="a", en="a"}\n[[schemes.bands]]\nstars = 2\nat_least = 0.9\nwords = {zh="a", en="a"}\n', 7, "schemes[1].bands", "most stars"),
        ('[[schemes]]\nid = "s"\nwords = {zh="a", en="a"}\n', 3, "schemes[1].items", "open_items"),
        ('[[schemes]]\nid = "s"\nwords = {zh="a", en="a"}\n[[schemes.items]]\nid = "1"\nwords = {zh="a", en="a"}\n[[schemes.items]]\nid = "1"\nwords = {zh="a", en="a"}\n', 6, "schemes[1].items", "twice"),
        ('[[schemes]]\nid = "s"\nwords = {zh="a", en="a"}\n[[schemes.items]]\nid = "1"\nwords = {zh="a", en="a"}\nmaximum = -2\n', 9, "schemes[1].items[1].maximum", "number"),
        ('[[schemes]]\nid = "s"\nwords = {zh="a", en="a"}\n[[schemes.items]]\nid = "1"\nwords = {zh="a", en="a"}\nmaximum = inf\n', 9, "schemes[1].items[1].maximum", "1e+12"),
        ('[[schemes]]\nid = "s"\nwords = {zh="a", en="a"}\n[[schemes.items]]\nid = "1"\nwords = {zh="a", en="a"}\nmaximum = 1' + "0" * 400 + "\n", 9, "schemes[1].items[1].maximum", "1e+12"),
        ('[[measures]]\nid = "a:b"\nwords = {zh="a", en="a"}\ncovered = "party"\n', 4, "measures[1].id", "can't be an id"),
        ('[[checklists]]\nid = "a b"\nof = "compounds"\nwords = {zh="a", en="a"}\nitems = ["activities"]\n', 4, "checklists[1].id", "can't be an id"),
        ('[[schemes]]\nid = "s>3"\nwords = {zh="a", en="a"}\nopen_items = 2\n', 4, "schemes[1].id", "can't be an id"),
        ('[[relations]]\nid = "r=1"\nof = ["firms"]\nto = ["compounds"]\nwords = {zh="a", en="a"}\n', 4, "relations[1].id", "can't be an id"),
        ('[[relations]]\nid = "r"\nof = ["cats"]\nto = ["compounds"]\nwords = {zh="a", en="a"}\n', 5, "relations[1].of", "cats"),
        ('[[measures]]\nid = "m"\nwords = {zh="a", en="a"}\ncovered = "link:nobody"\n', 6, "measures[1].covered", "nobody"),
        ('[[measures]]\nid = "m"\nwords = {zh="a", en="a"}\ncovered = "owners_committee=royal"\n', 6, "measures[1].covered", "royal"),
        ('[[measures]]\nid = "m"\nwords = {zh="a", en="a"}\ncovered = "((("\n', 6, "measures[1].covered", "can't be read"),
        ('[[measures]]\nid = "m"\nwords = {zh="a", en="a"}\n', 3, "measures[1].covered", "one of covered, ratio and fraction"),
        ('[[measures]]\nid = "m"\nsubject = "station"\nwords = {zh="a", en="a"}\ncovered = "property"\n', 7, "measures[1].covered", "can't be asked"),
        ('[[measures]]\nid = "m"\nwords = {zh="a", en="a"}\nratio = { part = "fees_due_yuan", whole = "activities" }\n', 6, "measures[1].ratio", "activities"),
        ('[[measures]]\nid = "five_haves"\nwords = {zh="a", en="a"}\ncovered = "party"\n', 4, "measures[1].id", "already"),
        ('[three_no]\nparts = ["has_firm", "luck"]\n', 4, "three_no.parts", "luck"),
        ('[property]\nstages = ["forever"]\n', 4, "property.stages", "forever"),
    ],
)  # fmt: skip
def test_that_a_wrong_declaration_is_told_with_its_line_and_key(text, line, key, said):
    found_line, found_key, sentence = problem(text)
    assert (found_line, found_key) == (line, key)
    assert said in sentence


def test_that_every_wrong_place_is_told_at_once():
    with pytest.raises(InvalidInput) as refused:
        profile_from_text(HEAD + "a = 1\nb = 2\n")
    assert [p.row for p in refused.value.problems] == [3, 4]


def test_that_broken_toml_is_told_with_its_line():
    with pytest.raises(InvalidInput) as refused:
        profile_from_text('id = "test"\nversion = = 1\n')
    assert "line 2" in refused.value.message.en


def test_that_a_citys_checklist_is_one_piece_of_toml():
    profile = profile_from_text(
        HEAD
        + """
[[facts]]
key = "charging_posts"
of = ["compounds"]
type = "answer"
words = { zh = "充电桩", en = "Charging posts" }

[[checklists]]
id = "new_energy"
of = "compounds"
words = { zh = "新能源", en = "New energy" }
items = ["charging_posts", { when = "not three_no", words = { zh = "不是三无", en = "not three-no" } }]
"""
    )
    assert profile.measures["new_energy"].subject == "compound"
    assert profile.measures["new_energy"].definition.zh == "充电桩、不是三无都有"
    assert [item.when for item in profile.checklists["new_energy"].items] == [
        Term("fact", "charging_posts"),
        Term("three_no", negated=True),
    ]


def test_that_versions_of_a_scheme_stand_side_by_side():
    scheme = '[[schemes]]\nid = "s"\nversion = {}\nwords = {{zh="a", en="a"}}\nopen_items = {}\n'
    profile = profile_from_text(HEAD + scheme.format(2, 5) + scheme.format(1, 3))
    assert [(s.version, len(s.items)) for s in profile.schemes["s"]] == [(1, 3), (2, 5)]
    assert profile.scheme("s") is profile.schemes["s"][1]
    assert profile.scheme("s", 1) is profile.schemes["s"][0]
    assert profile.scheme("s", 7) is None


def test_that_conditions_read_as_written():
    assert read_condition("not gate_guard") == Term("fact", "gate_guard", negated=True)
    assert read_condition("organisation != group | alliance") == Term(
        "organisation", "", "!=", ("group", "alliance")
    )
    assert read_condition({"not": {"any": ["party", "scheme:stars>=3"]}}) == Joined(
        "any", (Term("party"), Term("scheme", "stars", ">=", ("3",))), negated=True
    )
    assert len(list(terms_of(read_condition({"all": ["party", {"any": ["property", "party"]}]})))) == 3


@pytest.mark.parametrize("raw", ["", "a b", "party:x", "a >= many", "a =", 3, {"all": []}, {"some": ["a"]}])
def test_that_what_is_no_condition_is_refused(raw):
    with pytest.raises(WrongConditionError):
        read_condition(raw)


_NAMES = st.sampled_from(["facts", "schemes", "measures"])


@given(st.lists(st.tuples(_NAMES, st.integers(0, 3)), min_size=1, max_size=8))
@settings(max_examples=60)
def test_that_lines_are_those_of_the_text(tables):
    rows, expected, counts = [], {}, {}
    for name, keys in tables:
        counts[name] = counts.get(name, -1) + 1
        rows.append(f"[[{name}]]  # [[not]] = this")
        for key in range(keys):
            rows.append(f'key{key} = [ "a = b",')
            expected[name, counts[name], f"key{key}"] = len(rows)
            rows += ['  "[[facts]]",', "]"]
    found = key_lines("\n".join(rows))
    assert {path: line for path, line in found.items() if len(path) == 3} == expected
    for path, line in expected.items():
        assert line_of(found, (*path, "deeper", 4)) == line
        assert re.match(rf"{path[2]} =", rows[line - 1])


def keys_of(section: str) -> set[str]:
    """Return the keys that the reader takes in a section, as its own refusal lists them."""
    with pytest.raises(InvalidInput) as refused:
        profile_from_text(HEAD + f"{section}\nno_such_key = 1\n")
    (listed,) = [p.message.en for p in refused.value.problems if "no_such_key" in str(p.column)]
    return set(listed.split("there are: ")[1].split(", "))


@pytest.mark.parametrize(
    "section",
    [
        "", "[[groups]]", "[[facts]]", "[[checklists]]", "[[schemes]]", "[[schemes]]\n[[schemes.groups]]",
        "[[schemes]]\n[[schemes.items]]", "[[schemes]]\n[[schemes.bands]]", "[[relations]]", "[adoption]",
        "[adoption]\n[[adoption.stages]]", "[three_no]", "[property]", "[[measures]]",
    ],
)  # fmt: skip
def test_that_the_guide_names_every_key(section):
    guide = (Path(__file__).parents[3] / "docs" / "profile.md").read_text("utf-8")
    name = section.rpartition("\n")[2] or "top"
    (row,) = [line for line in guide.splitlines() if line.startswith("| ") and name in line.split("|")[1]]
    assert keys_of(section) <= set(re.findall(r"`([a-z_]+)`", row))


_SHIPPED = "\n".join(load_profile(city).text for city in city_profiles()).splitlines()


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_that_no_mistake_in_a_profile_is_a_crash(data):
    lines = load_profile(data.draw(st.sampled_from(city_profiles()))).text.splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        how = data.draw(st.sampled_from(["drop", "other", "value", "twice"]))
        if how == "drop":
            del lines[place]
        elif how == "other":
            lines[place] = data.draw(st.sampled_from(_SHIPPED))
        elif how == "twice":
            lines.insert(place, lines[place])
        else:
            key = lines[place].partition("=")[0]
            value = data.draw(st.sampled_from(["3", '""', '"x"', "[]", "{}", "true", "[1]", "-1.5", '["x"]']))
            lines[place] = f"{key} = {value}"
    with contextlib.suppress(InvalidInput):
        profile_from_text("\n".join(lines))
