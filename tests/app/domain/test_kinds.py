"""What a kind says of itself holds together: fields that there are, letters and words of its own, reasons in both languages."""

from __future__ import annotations

from collections import Counter

import pytest

from app.domain.kinds import KINDS, FieldType, Shape, Where, kinds_in
from app.services.profile.profiles import city_profiles, load_profile

ENDS = ("chain", "told_on", "version")
LISTS = ("leaves_with", "about", "identity", "narrowed_by")


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
def test_that_what_a_kind_says_of_its_fields_is_about_fields_that_it_has(kind):
    said = [name for trait in LISTS for name in getattr(kind, trait)]
    said += [name for trait in ENDS if (name := getattr(kind, trait))]
    said += [name for name, _ in kind.headings.fields]
    assert set(said) <= kind.by_name.keys()
    assert set(kind.counted_by) <= {*kind.by_name, "scattered"}
    assert not kind.is_once or kind.identity
    assert not kind.chain or kind.name in kind.by_name[kind.chain].to


def test_that_codes_tables_and_subjects_belong_to_one_kind_each():
    for trait in ("letter", "table", "subject"):
        given = Counter(getattr(kind, trait) for kind in KINDS.values() if getattr(kind, trait))
        assert [name for name, count in given.items() if count > 1] == []


def test_that_a_reference_leads_to_kinds_that_there_are_and_some_kind_may_have_what_is_asked():
    for kind in KINDS.values():
        for field in kind.fields:
            assert set(field.to) <= KINDS.keys()
            assert bool(field.to) == (field.type is FieldType.REFERENCE), (kind.name, field.name)
    offered = {field.to_those_with for kind in KINDS.values() for field in kind.fields}
    assert {what for kind in KINDS.values() for what in kind.may_have} <= offered


def test_that_whoever_is_left_out_of_something_is_so_by_word_in_both_languages():
    for kind in KINDS.values():
        for where, why in kind.absent_from.items():
            assert why.zh, (kind.name, where)
            assert why.en, (kind.name, where)
            assert kind not in kinds_in(where)
    for where in (Where.MAP, Where.PAGE, Where.GEOPACKAGE, Where.GEOJSON, Where.PICTURE):
        shown = kinds_in(where)
        assert {
            k.name for k in KINDS.values() if k.shape is not Shape.NONE and where not in k.absent_from
        } <= {k.name for k in shown}


@pytest.mark.parametrize("city", city_profiles())
def test_that_every_choice_of_a_kind_has_its_set_in_every_profile(city):
    choices = load_profile(city).choices
    assert {
        f.choices for k in KINDS.values() for f in k.fields if f.type is FieldType.CHOICE
    } <= choices.keys()
