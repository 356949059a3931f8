"""What the inspector says of a record, without a window."""

from __future__ import annotations

from datetime import date

import pytest

from app.coverage.results import Part, ThreeNo
from app.domain.dataset import Dataset
from app.domain.record import make_record
from ui.panels.inspector.dossier import (
    firms_of,
    gaps_between,
    organisations_of,
    place_path,
    timeline_span,
    verdict_words,
    why_words,
)

DAY = date(2026, 11, 21)


def dataset(*records):
    kinds: dict[str, dict] = {}
    for record in records:
        kinds.setdefault(record.kind, {})[record.code] = record
    return Dataset(kinds)


def engagement(code, first, last, firm="F1"):
    return make_record(
        "engagements",
        code,
        code,
        valid_from=first,
        valid_until=last,
        firm=firm,
        compound="C1",
        stage="contract",
    )


def three_no(status, **parts):
    return ThreeNo(
        status=status,
        rule="three_no@1",
        parts=tuple(Part(part=p, answer=a, reason="answer") for p, a in parts.items()),
    )


def test_that_the_days_after_the_last_engagement_are_an_open_gap():
    data = dataset(
        make_record("firms", "1", "F1", name="安居物业"),
        engagement("E1", date(2023, 3, 1), date(2026, 1, 28)),
    )
    gaps = gaps_between(firms_of(data, "C1", DAY, "zh"), DAY)
    assert [(gap.first, gap.last, gap.days) for gap in gaps] == [(date(2026, 1, 29), DAY, 297)]


def test_that_overlapping_engagements_leave_no_gap_between_them():
    data = dataset(
        engagement("E1", date(2023, 1, 1), date(2025, 12, 31)),
        engagement("E2", date(2023, 6, 1), date(2024, 1, 1)),
        engagement("E3", date(2026, 1, 1), None),
    )
    assert gaps_between(firms_of(data, "C1", DAY, "zh"), DAY) == []


def test_that_no_engagement_at_all_is_no_gap_of_known_length():
    assert gaps_between([], DAY) == []


def test_that_a_firm_that_left_ends_its_engagement():
    data = dataset(
        make_record("firms", "1", "F1", name="安居物业", valid_until=date(2025, 1, 1)),
        engagement("E1", date(2023, 1, 1), None),
    )
    (link,) = firms_of(data, "C1", DAY, "zh")
    assert not link.is_running
    assert link.last == date(2025, 1, 1)


def test_that_running_attachments_come_before_ended_ones():
    data = dataset(
        make_record("organisations", "1", "O1", name="一支部", type="branch"),
        make_record("organisations", "2", "O2", name="二支部", type="branch"),
        make_record("attachments", "a", "A1", organisation="O1", to="C1", valid_until=date(2024, 1, 1)),
        make_record("attachments", "b", "A2", organisation="O2", to="C1", valid_from=date(2020, 1, 1)),
    )
    assert [link.code for link in organisations_of(data, "C1", DAY, "zh")] == ["A2", "A1"]


def test_that_the_timeline_shows_four_whole_years():
    assert timeline_span(DAY) == (date(2023, 1, 1), date(2026, 12, 31))


@pytest.mark.parametrize(
    ("status", "parts", "verdict", "says"),
    [
        ("yes", {"has_firm": "no", "authority": "no"}, "判定：三无", "任一项变为“有”"),
        ("no", {"has_firm": "yes", "authority": "no"}, "判定：不是三无", "物业企业为“有”，所以不是；若变为“无”则是三无。"),
        ("unknown", {"has_firm": "no", "authority": "unknown"}, "判定：待定，差 1 项", "主管单位若为“无”则是三无"),
        ("unknown", {"has_firm": "unknown", "authority": "unknown"}, "判定：待定，差 2 项", "都为“无”才是三无"),
    ],
)  # fmt: skip
def test_that_a_verdict_says_what_would_change_it(status, parts, verdict, says):
    found = three_no(status, **parts)
    assert verdict_words(found).zh == verdict
    assert says in why_words(found).zh
    assert why_words(found).en


def test_that_a_grid_is_placed_by_its_recorded_parents():
    data = dataset(
        make_record("districts", "1", "340102", name="瑶海区"),
        make_record("streets", "2", "340102003", name="长淮街道", district="340102"),
        make_record("communities", "3", "340102003001", name="临泉社区", street="340102003"),
        make_record("grids", "4", "G1", name="一格", community="340102003001"),
    )
    path = place_path(data, data.of("grids")["G1"], None, "zh")
    assert [name for _, name in path] == ["瑶海区", "长淮街道", "临泉社区"]
