"""What verbs print for people: words and names, no ids; whole tables into a pipe; both days where two are asked for."""

from __future__ import annotations

import csv
import re

import pytest

from app.domain.kinds import OFFERED_KINDS
from app.domain.vocabulary import REASONS, RULES, SEVERITIES, STATUS, VERBS
from app.services.profile.profiles import load_profile
from app.services.registry.registry import Registry
from ui.cli.run import run

UNIT = "340102011"
ASKED = ("--measure", "party", "--by", "street")
VERBS_FOR_PEOPLE = [
    ("coverage", *ASKED),
    ("coverage", "--measure", "party", "--by", "grid"),
    ("explain", *ASKED, "--unit", UNIT),
    ("explain", "--measure", "property", "--by", "street", "--unit", "total"),
    ("gaps", *ASKED, "--target", "0.95"),
    ("show", "C000400"),
    ("show", UNIT),
    ("show", "F000008"),
    ("check",),
    ("history",),
    *(
        ("list", kind)
        for kind in OFFERED_KINDS
        if kind not in ("facts", "households", "grids", "buildings", "assessments")
    ),
    ("totals", "--by", "street"),
    ("reach", "--station-kind", "grid_post"),
    ("tree",),
    ("expiring",),
    ("cuts",),
    ("cases",),
    ("mediators",),
    ("lists",),
    ("zones", "--households", "2000"),
    ("compare-rules",),
]


@pytest.fixture(scope="module", autouse=True)
def opened_once(yaohai_sample):
    """Let every verb of this file find the sample open: none writes, and what they say is tried, not the opening."""
    registry = Registry.open(yaohai_sample)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Registry, "open", lambda _path: registry)
        patch.setattr(registry, "close", lambda: None, raising=True)
        yield
    registry.close()


@pytest.fixture(scope="module")
def answers():
    """Return what was told already, by the words asked."""
    return {}


def told(capsys, path, verb, *words):
    status = run([verb, str(path), *words])
    captured = capsys.readouterr()
    assert status == 0, captured.err
    return captured.out


def ids():
    """Return the ids that people must not meet, those that are words of English too left out."""
    profile = load_profile("yaohai")
    found = {*REASONS, *RULES, *VERBS, *STATUS, *SEVERITIES, *OFFERED_KINDS, "yes", "no", "unknown"}
    found |= {code for choices in profile.choices.values() for code in choices}
    found |= {*profile.facts, *profile.relations, *profile.schemes, *profile.measures}
    return (
        found
        | {kind.table for kind in OFFERED_KINDS.values()}
        | {"area_m2", "lon", "lat", "valid_from", "three_no"}
    )


@pytest.mark.parametrize("words", VERBS_FOR_PEOPLE, ids=" ".join)
def test_that_tables_into_a_pipe_are_whole_and_speak_in_words(capsys, yaohai_sample, words):
    said = told(capsys, yaohai_sample, *words)
    assert "…" not in re.sub(r"(–|\[) …|… –|…（\d+）", "", said)
    for code in re.findall(r"\b[CFOSAEMBKZND]\d+\b", said):
        assert len(code) == 7, code
    said = re.sub(r"[a-z_]+:[0-9a-f]{12}\b", "", said)  # a finding's id is what `fix` and `waive` take
    assert sorted(ids() & set(re.findall(r"(?<![\w=-])[a-z][a-z0-9_]+(?![\w=])", said))) == []


@pytest.mark.parametrize("words", [w for w in VERBS_FOR_PEOPLE if w[0] != "list"], ids=" ".join)
def test_that_english_tables_have_no_underscores(capsys, yaohai_sample, words):
    said = re.sub(r"[a-z_]+:[0-9a-f]{12}\b", "", told(capsys, yaohai_sample, *words, "--lang", "en"))
    assert re.findall(r"\b[a-z0-9]+_[a-z0-9_]+\b", said) == []


def test_that_findings_keep_their_whole_ids(capsys, yaohai_sample):
    lines = [line for line in told(capsys, yaohai_sample, "check").splitlines() if "（" in line]
    assert len(lines) > 50
    assert all(re.search(r":[0-9a-f]{12}\s*$", line) for line in lines)


def test_that_the_other_day_stands_in_the_table(capsys, yaohai_sample):
    day = ("--as-of", "2026-11-30")
    plain = told(capsys, yaohai_sample, "coverage", *ASKED, *day)
    both = told(capsys, yaohai_sample, "coverage", *ASKED, *day, "--against", "2026-01-01")
    assert plain != both
    total = next(line for line in both.splitlines() if "合计" in line and "387" in line).split()
    assert total == [
        "合计", "387", "109", "64", "560", "78.0%", "69.1%–80.5%", "387", "31", "142", "560", "92.6%", "69.1%–94.5%",
        "0", "+78", "-78", "-14.6", "+0.0",
    ]  # fmt: skip
    assert re.sub(r"\s", "", both).count("此前覆盖") == 2  # the count and the rate


def test_that_explain_names_who_changed_since_the_other_day(capsys, yaohai_sample, tmp_path):
    out = tmp_path / "e.csv"
    since = ("--as-of", "2026-11-30", "--against", "2026-01-01", "--csv", str(out))
    said = told(capsys, yaohai_sample, "explain", *ASKED, "--unit", "total", *since)
    assert "查清为无 78；实际变化 0；失去覆盖 0" in said
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    assert sum(row[0] == "查清为无" for row in rows) == 78
    assert any("查清为无 78" in cell for row in rows for cell in row if row[0] == "变化")


def test_that_gaps_count_whole_compounds_by_name_with_the_two_last_rows(capsys, yaohai_sample, tmp_path):
    out = tmp_path / "g.csv"
    said = told(capsys, yaohai_sample, "gaps", *ASKED, "--target", "0.95", "--csv", str(out))
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    head, body = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    assert [row[1] for row in body[-2:]] == ["未落格", "合计"]
    assert sum(int(row[head.index("合计")]) for row in body[:-1]) == int(body[-1][head.index("合计")]) == 560
    first = dict(zip(head, body[0], strict=True))
    acts = first["最省的做法"].split("；")
    assert int(first["还差"]) == len(acts)
    assert sum(int(re.search(r"（(\d+) 步）$", act)[1]) for act in acts) == int(first["最少步数"])
    lines = said.splitlines()
    assert all(f"  {act}" in lines for act in acts), "the acts are told a line each"
    assert f"{first['名称']} {first['代码']}（{first['最少步数']} 步）：" in lines
    assert max(map(len, lines)) < 200, "a row of the table says how many, not whom"
    assert "先从" in said
    assert "这些步数是假定" in said


def test_that_an_explanation_goes_to_csv_as_it_was_printed(capsys, yaohai_sample, tmp_path):
    out = tmp_path / "e.csv"
    said = told(capsys, yaohai_sample, "explain", *ASKED, "--unit", UNIT, "--csv", str(out))
    text = out.read_text("utf-8-sig")
    assert "未调查" in text
    assert "in_force" not in text
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == 6][1:]
    assert len(rows) > 40
    assert all(row[1] in said and row[2] in said for row in rows)


def test_that_what_is_not_built_says_so_in_the_list_of_verbs(capsys):
    assert run(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for verb in ("split", "merge", "site", "fix", "waive", "share", "collect", "purge"):
        assert any(re.match(rf"\s+{verb}\s+\S", line) for line in lines), verb


OPTIONS = [
    (("coverage", *ASKED), ("--weight", "households")),
    (("coverage", *ASKED), ("--count", "split")),
    (("coverage", *ASKED), ("--kind", "old")),
    (("coverage", *ASKED), ("--as-of", "2024-01-01")),
    (("coverage", *ASKED), ("--against", "2024-01-01")),
    (("explain", *ASKED, "--unit", UNIT), ("--weight", "households")),
    (("explain", *ASKED, "--unit", UNIT), ("--count", "split")),
    (("explain", *ASKED, "--unit", UNIT), ("--kind", "old")),
    (("explain", *ASKED, "--unit", UNIT), ("--as-of", "2024-01-01")),
    (("gaps", *ASKED), ("--target", "0.9")),
    (("gaps", *ASKED), ("--weight", "households")),
    (("gaps", *ASKED), ("--count", "split")),
    (("gaps", *ASKED), ("--kind", "old")),
    (("gaps", *ASKED), ("--as-of", "2024-01-01")),
]


@pytest.mark.parametrize(("words", "option"), OPTIONS, ids=str)
def test_that_an_option_changes_text_json_and_csv_alike(
    capsys, yaohai_sample, tmp_path, answers, words, option
):
    def answer(*asked):
        if asked not in answers:
            out = tmp_path / "asked.csv"
            text = told(capsys, yaohai_sample, *asked, "--csv", str(out))
            answers[asked] = (text, told(capsys, yaohai_sample, *asked, "--json"), out.read_text("utf-8-sig"))
        return answers[asked]

    both = zip(answer(*words), answer(*words, *option), strict=True)
    assert [before != after for before, after in both] == [True, True, True]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_that_an_export_says_in_words_which_columns_left(capsys, yaohai_sample, tmp_path, lang):
    out = str(tmp_path / "a.geojson")
    assert run(["export", str(yaohai_sample), out, *ASKED, "--lang", lang]) == 0
    lines = capsys.readouterr().err.splitlines()
    street = {"zh": "  街道：代码、名称、", "en": "  Street: Code, Name, "}[lang]
    assert any(line.startswith(street) for line in lines)
    assert re.findall(r"\b[a-z0-9]+[_.][a-z0-9_]+\b", "\n".join(lines)) == []
