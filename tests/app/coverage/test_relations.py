"""Whom a relation concerns, now or earlier, is told alike however the dataset came to be."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from app.coverage.relations import Relations, ever
from app.domain.dataset import Dataset
from tests.app.coverage.builders import a_record

_NAMED = ["C1", "C2", "C3"]
_FIRMS = ["F1", "F2"]
_DAYS = [date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)]


@st.composite
def engagements(draw):
    """An engagement that named others earlier, each up to a day."""
    past = {}
    for field, names in (("compound", _NAMED), ("firm", _FIRMS)):
        last = sorted(draw(st.sets(st.sampled_from(_DAYS), max_size=2)))
        if last:
            past[field] = tuple((day, draw(st.sampled_from([*names, None]))) for day in last)
    first = draw(st.sampled_from([None, *_DAYS]))
    return a_record(
        "engagements",
        draw(st.sampled_from(["E1", "E2", "E3", "E4"])),
        past=past,
        compound=draw(st.sampled_from([*_NAMED, None])),
        firm=draw(st.sampled_from(_FIRMS)),
        valid_from=first,
        valid_until=draw(st.sampled_from([None, *(day for day in _DAYS if first is None or day >= first)])),
    )


def concerned(records, code):
    """Return (record, first, last) of each stretch in which an engagement is with a code, by hand."""
    found = []
    for record in sorted(records, key=lambda record: record.code):
        begins = 0 if record.valid_from is None else record.valid_from.toordinal()
        ends = 10**7 if record.valid_until is None else record.valid_until.toordinal()
        steps = [(last.toordinal(), value) for last, value in record.past.get("compound", ())]
        for last, value in steps:
            if value == code and begins <= min(last, ends):
                found.append((record.code, begins, min(last, ends)))
            begins = max(begins, last + 1)
        if record.get("compound") == code and (begins <= ends or not steps):
            found.append((record.code, begins, ends))
    return found


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.tuples(st.lists(engagements(), max_size=3), st.booleans()), min_size=1, max_size=5))
def test_that_relations_are_those_of_the_records(steps):
    dataset = Dataset({})
    relations = Relations(dataset)
    for put, takes_out in steps:
        removed = list(dataset.of("engagements").values())[:1] if takes_out else []
        after = dataset.with_changes(put, removed)
        relations = relations.for_dataset(after, after.since(dataset))
        dataset = after
        records = list(dataset.of("engagements").values())
        for code in _NAMED:
            spans = [(s.record.code, s.first, s.last) for s in relations.engagements_with(code)]
            assert spans == concerned(records, code)
            assert all(s.record in records for s in relations.engagements_with(code))
        for firm in _FIRMS:
            served = {code for r in records if firm in ever(r, "firm") for code in ever(r, "compound")}
            assert served <= relations.served_ever(firm)
            fresh = Relations(dataset).served_ever(firm)
            assert fresh == served
