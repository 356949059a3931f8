"""A changed dataset answers as one made anew from the same records would."""

from __future__ import annotations

from datetime import date

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
