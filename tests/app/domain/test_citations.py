"""The program cites nothing that the project can't show: no standard by number, no source beside the five papers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.services.profile.profiles import city_profiles, load_profile

ROOT = Path(__file__).parents[3]
_NUMBERED = re.compile(
    r"\b(?:GB|GB/T|CJJ|CJ/T|DB\d*|JGJ|CH/T|ISO)[ /-]?(?!18030|2312|8859)\d{3,}|国标|国家标准|national standard",
    re.IGNORECASE,
)
_PAPERS = {"S0", "S1", "S2", "S3", "S4"}


def test_that_no_standard_is_cited_by_number():
    said = [
        (path.name, found[0])
        for room in ("app", "ui", "geo", "resources/profiles", "resources/html_map")
        for path in (ROOT / room).rglob("*")
        if path.suffix in {".py", ".toml", ".js", ".html", ".css"}
        for found in [_NUMBERED.search(path.read_text("utf-8"))]
        if found is not None
    ]
    assert said == []


@pytest.mark.parametrize("name", city_profiles())
def test_that_every_source_of_a_profile_is_one_of_the_papers_that_the_resources_name(name):
    profile = load_profile(name)
    specs = [
        *profile.facts.values(),
        *profile.checklists.values(),
        *profile.relations.values(),
        *profile.measures.values(),
        *(scheme for versions in profile.schemes.values() for scheme in versions),
        profile.three_no,
        profile.adoption,
        profile.grid_size,
    ]
    cited = {word for spec in specs for word in spec.source.split()}
    named = set(
        re.findall(r"^\| (S\d) \|", (ROOT / "resources" / "README.md").read_text("utf-8"), re.MULTILINE)
    )
    assert named == _PAPERS
    assert cited <= named
