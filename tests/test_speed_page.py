"""The page on speed says what was measured, and nothing else."""

from __future__ import annotations

import json
import re

from scripts import make_speed
from ui.cli.bench.suites import SUITES


def test_that_page_and_plot_are_made_from_the_documents_kept():
    for path, made in make_speed.pages(json.loads(make_speed.KEPT.read_text("utf-8"))).items():
        assert path.read_text("utf-8") == made, path.name


def test_that_every_bar_asks_a_suite_that_there_is_and_is_told_as_a_part():
    assert {bar.suite for bar in make_speed.BARS} <= set(SUITES)
    measured = {"ours": {"median_s": 0.004}, "theirs": {"median_s": 1.6}, "ratio_to": {}}
    suite = {"suite": "edit", "measured": {"fact_cpu": measured, "full_cpu": measured}}
    runs = [{"about": {"size": "city"}, "suite": suite}]
    line = make_speed._bar(runs, make_speed.BARS[0])
    assert re.search(r"\| 0\.004 s \| theirs `full_cpu` 1\.6 s \| 1/400\.0 \| ≤ 1/300\.0 \|$", line)


def test_that_a_document_takes_the_place_of_the_same_suite_of_the_same_size_alone():
    kept = {"runs": [], "growth": []}
    for size, name, seconds in (("city", "save", 1), ("district", "save", 2), ("city", "save", 3)):
        make_speed.take(kept, {"size": size, "suites": [{"suite": name, "took_s": seconds}]})
    assert [(run["about"]["size"], run["suite"]["took_s"]) for run in kept["runs"]] == [
        ("district", 2),
        ("city", 3),
    ]
