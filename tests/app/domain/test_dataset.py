"""A changed dataset answers as one made anew from the same records would."""

from __future__ import annotations

import gc
from datetime import date
from weakref import ref

from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.dataset import Dataset
from app.domain.kinds import KINDS
from app.domain.record import make_record

_CODES = ["C1", "C2", "C3"]
_DAYS = [date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)]


def a_fact(subject, key, day, value):
    return make_record(
        "facts",
        f"{subject}{key}{day}",
        f"{subject}:{key}:{day}",
        valid_from=day,
        subject=subject,
        key=key,
        value=value,
    )


def an_attachment(code, to):
    return make_record("attachments", code, code, organisation="O1", to=to)


_PUT = st.one_of(
    st.builds(
        a_fact,
        st.sampled_from(_CODES),
        st.sampled_from(["a", "b"]),
        st.sampled_from(_DAYS),
        st.sampled_from(["yes", "no"]),
    ),
    st.builds(an_attachment, st.sampled_from(["A1", "A2", "A3"]), st.sampled_from(_CODES)),
)


def answers(dataset):
    found = {}
    for code in _CODES:
        found[code] = (
            {key: [fact.values for fact in facts] for key, facts in dataset.facts(code).items()},
            sorted(record.code for record in dataset.attachments_to(code)),
            [dataset.fact_on(code, "a", day) for day in _DAYS],
        )
    found["kinds"] = {code: dataset.find(code) for code in (*_CODES, "A1", "A2", "A3")}
    found["used"] = dataset.used_codes
    return found


@given(steps=st.lists(st.tuples(st.booleans(), _PUT), max_size=12))
@settings(max_examples=80, deadline=None)
def test_that_changes_one_by_one_leave_the_same_answers_as_all_at_once(steps):
    dataset = Dataset({})
    answers(dataset)  # every look-up is known before the changes
    for is_put, record in steps:
        dataset = dataset.with_changes([record]) if is_put else dataset.with_changes([], [record])
        fresh = Dataset({kind: dict(dataset.of(kind)) for kind in KINDS}, dataset.retired)
        assert answers(dataset) == answers(fresh)


def changed(old, new):
    """Return what two datasets hold otherwise, found by looking at every record."""
    return {
        (kind, code): (old.of(kind).get(code), new.of(kind).get(code))
        for kind in KINDS
        for code in {*old.of(kind), *new.of(kind)}
        if old.of(kind).get(code) is not new.of(kind).get(code)
    }


def as_found(pairs):
    return {((before or after).kind, (before or after).code): (before, after) for before, after in pairs}


@given(steps=st.lists(st.lists(st.tuples(st.booleans(), _PUT), max_size=4), max_size=6))
@settings(max_examples=80, deadline=None)
def test_that_a_dataset_knows_what_changed_since_each_that_it_came_from(steps):
    datasets = [Dataset({})]
    for edits in steps:
        put = [record for is_put, record in edits if is_put]
        removed = [record for is_put, record in edits if not is_put]
        datasets.append(datasets[-1].with_changes(put, removed))
    for place, old in enumerate(datasets):
        pairs = datasets[-1].since(old)
        assert pairs is not None
        assert as_found(pairs) == changed(old, datasets[-1])
        assert len(as_found(pairs)) == len(pairs)  # each record once
        assert place == len(datasets) - 1 or old.since(datasets[-1]) is None


def test_that_it_is_not_known_what_changed_since_a_stranger_or_too_long_ago():
    first = Dataset({})
    dataset = first.with_changes([an_attachment("A1", "C1")])
    assert dataset.since(Dataset({})) is None
    for number in range(100):
        dataset = dataset.with_changes([an_attachment("A1", f"C{number}")])
    assert dataset.since(first) is None


def test_that_an_old_dataset_is_let_go_though_another_came_from_it():
    old = Dataset({})
    new = old.with_changes([an_attachment("A1", "C1")])
    gone = ref(old)
    del old
    gc.collect()
    assert gone() is None
    assert new.since(Dataset({})) is None


def test_that_a_change_of_very_many_records_is_not_held_along():
    first = Dataset({})
    facts = [a_fact(f"C{number}", "a", _DAYS[0], "yes") for number in range(60_000)]
    second = first.with_changes(facts)
    third = second.with_changes([an_attachment("A1", "C1")])
    assert second.since(first) is None
    assert third.since(first) is None
    assert len(third.since(second)) == 1
