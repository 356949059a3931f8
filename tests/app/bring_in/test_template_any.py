"""Whatever a registry holds, each kind's template says it back: random records through workbook and plan."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from shapely import Point

from app.domain.dataset import Dataset
from app.domain.edits import Put
from app.domain.kinds import OFFERED_KINDS, FieldType
from app.domain.record import count_code, fact_code, make_record
from app.domain.rules.rules import problems_of
from app.exchange.personal import personal_in
from app.exchange.picture import DITTO, is_error
from app.exchange.planning.planning import build_plan
from app.exchange.reader import Source
from app.exchange.reader_tables import read_sheets
from app.exchange.request import ImportRequest
from app.exchange.template_names import template_sheets
from app.exchange.templates.book import TemplateContent, write_template_book
from app.exchange.templates.cells import TemplateCells
from app.exchange.templates.columns import template_columns
from app.exchange.values.outcome import CLEAR_WORDS
from app.jobs import Ticket
from app.services.bring_in.template_data import present
from app.services.profile.profiles import city_profiles, load_profile

TODAY = date(2026, 11, 22)
PROFILES = {name: load_profile(name) for name in city_profiles()}
DAYS = st.dates(date(1880, 1, 1), date(2030, 12, 31))
WORDS = st.text(
    st.characters(
        codec="utf-8",
        exclude_categories=("Cc", "Cs", "Co", "Cn"),
        include_characters="\t\n是无=+-@'\"_x00410123",
    ),
    max_size=12,
).map(str.strip)
# a cell that is an error value, a ditto mark or the word for clearing and nothing else means that, so no text may be one
TEXTS = WORDS.filter(
    lambda text: (
        bool(text)
        and personal_in(text) is None
        and not is_error(text)
        and text not in DITTO
        and text.casefold() not in CLEAR_WORDS
    )
)
CODES = {"districts": "340102", "streets": "340102001", "communities": "340102001001"}


def a_value(draw, profile, field, codes):
    match field.type:
        case FieldType.TEXT:
            return draw(TEXTS)
        case FieldType.COUNT:
            return draw(st.integers(0, 10**9))
        case FieldType.NUMBER:
            return draw(st.floats(0, 1e9, allow_nan=False))
        case FieldType.YEAR:
            return draw(st.integers(1800, 2027))
        case FieldType.DAY:
            return draw(DAYS)
        case FieldType.CHOICE:
            return draw(st.sampled_from(sorted(profile.choices[field.choices])))
        case FieldType.ANSWER:
            return draw(st.sampled_from(["yes", "no", "unknown"]))
    known = [code for kind in field.to for code in codes.get(kind, ())]
    return draw(st.sampled_from(known)) if known else None


def a_fact_text(draw, profile, spec):
    if spec.type == "answer":
        return draw(st.sampled_from(["yes", "no", "unknown"]))
    if spec.type == "choice":
        return draw(st.sampled_from(sorted(profile.choices[spec.choices])))
    if spec.type == "count":
        return str(draw(st.integers(0, 10**9)))
    if spec.type in ("money", "rate"):
        return repr(draw(st.floats(0, 1e9, allow_nan=False)))
    return draw(TEXTS)


@st.composite
def registries(draw):
    """Return a profile and a dataset that the registry's own rules accept: records of every kind, with facts."""
    name = draw(st.sampled_from(sorted(PROFILES)))
    profile = PROFILES[name]
    dataset, codes, number = Dataset({}), {}, 0
    for kind, spec in OFFERED_KINDS.items():
        if kind == "facts":
            continue
        for _ in range(draw(st.integers(1, 2))):
            number += 1
            values = {
                field.name: a_value(draw, profile, field, codes)
                for field in spec.fields
                if field.required or draw(st.booleans())
            }
            values = settled(draw, profile, kind, values)
            code = CODES.get(kind) if kind in CODES else f"X{number}"
            if kind == "households":
                code = count_code(values["subject"], values["on"])
            if code in dataset.used_codes:
                continue
            first, last = draw(st.none() | DAYS), draw(st.none() | st.dates(TODAY, date(2040, 1, 1)))
            record = make_record(kind, f"id{number}", code, valid_from=first, valid_until=last, **values)
            if kind in ("compounds", "buildings", "stations") and draw(st.booleans()):
                place = draw(st.floats(75, 135)), draw(st.floats(5, 54))
                record = record._replace(geometry=Point(place))
            record = record._replace(source=draw(st.none() | TEXTS))
            if any(record.get(f.name) is None for f in spec.fields if f.required):
                continue
            if not problems_of(dataset, [Put(record)], profile):
                dataset = dataset.with_changes([record])
                codes.setdefault(kind, []).append(code)
    for spec in draw(st.lists(st.sampled_from(list(profile.facts.values())), max_size=8)):
        subjects = [code for kind in spec.of for code in codes.get(kind, ())]
        if subjects:
            number += 1
            subject, first = draw(st.sampled_from(subjects)), draw(DAYS)
            record = make_record(
                "facts", f"id{number}", fact_code(subject, spec.key, first), valid_from=first,
                subject=subject, key=spec.key, value=a_fact_text(draw, profile, spec),
            )  # fmt: skip
            if not problems_of(dataset, [Put(record)], profile):
                dataset = dataset.with_changes([record])
    return name, dataset


def settled(draw, profile, kind, values):
    """Make the named fields name something."""
    if kind == "assessments":
        scheme = draw(st.sampled_from([s for versions in profile.schemes.values() for s in versions]))
        item = draw(st.sampled_from(scheme.items))
        values |= {
            "scheme": scheme.id,
            "scheme_version": scheme.version,
            "item": item.id,
            "on": date(2026, 1, 1),
        }
        if values.get("score") is not None:
            values["score"] = draw(st.floats(0, item.maximum))
    elif kind == "links":
        values["relation"] = draw(st.sampled_from(sorted(profile.relations)))
        roles = profile.choices.get(profile.relations[values["relation"]].roles)
        if roles and values.get("role") is not None:
            values["role"] = draw(st.sampled_from(sorted(roles)))
    elif kind == "firms":
        values.pop("credit_code", None)
    elif kind in ("cases", "entries"):
        values.pop(draw(st.sampled_from(["compound", "community"])), None)
    return values


@pytest.mark.parametrize("lang", ["zh", "en"])
@settings(
    max_examples=12,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a registry is small enough to read as it is
    suppress_health_check=list(HealthCheck),
)
@given(made=registries())
def test_that_any_registry_s_templates_come_back_without_a_change(lang, made):
    name, dataset = made
    profile = PROFILES[name]
    with tempfile.TemporaryDirectory() as folder:
        for kind, spec in OFFERED_KINDS.items():
            records = present(dataset, kind, TODAY)
            if not records:
                continue
            path = Path(folder) / f"{kind}.xlsx"
            columns = template_columns(profile, kind, lang)
            cells = TemplateCells(dataset, profile, columns, lang, TODAY)
            content = TemplateContent(
                kind=spec, columns=columns, rows=[cells.row(record) for record in records],
                lists={}, notes=(), lang=lang, day=TODAY, title="t",
            )  # fmt: skip
            write_template_book(path, content, Ticket())
            read = read_sheets(path, None, template_sheets(kind))
            source = Source(
                path=path, format="sheet", layer=read.layer, columns=None, rows=(), sheets=tuple(read.sheets),
                has_outlines=False, crs=None, encoding=None, notes=(),
            )  # fmt: skip
            plan = build_plan(dataset, profile, source, ImportRequest(source=path, kind=kind), today=TODAY)
            wrong = [(row.code, row.cells, row.problems) for row in plan.rows if row.action != "same"]
            assert wrong == []
            assert len(plan.rows) == len(records)
            assert plan.left_columns == ()
