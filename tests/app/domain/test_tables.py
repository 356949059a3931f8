"""A table under layers tells what a plain dictionary of the same records tells, and no older one ever changes."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.record import make_record
from app.domain.tables import overlaid
from app.domain.tables.overlaid import with_changes
from app.domain.tables.table import Plain

_CODES = [f"A{number}" for number in range(8)]
_TO = ["C1", "C2", None]


@pytest.fixture(autouse=True, scope="module")
def _layers_soon_full():
    """Layers sink after two changes and are written down anew after a few."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overlaid, "_THIN", 2)
        patch.setattr(overlaid, "_AND_SOME", 3)
        yield


def an_attachment(code, to):
    return make_record("attachments", code, code, organisation="O1", to=to)


def a_count(subject, on):
    return make_record("households", f"{subject}{on}", f"{subject}:{on}", subject=subject, on=on)


def a_fact(subject, key, first):
    return make_record(
        "facts",
        f"{subject}{key}{first}",
        f"{subject}:{key}:{first}",
        valid_from=first,
        subject=subject,
        key=key,
    )


_DAYS = st.sampled_from([None, date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1)])
_SUBJECTS = st.sampled_from(["C1", "C2"])
_RECORDS = {
    "attachments": st.builds(an_attachment, st.sampled_from(_CODES), st.sampled_from(_TO)),
    "households": st.builds(a_count, _SUBJECTS, _DAYS.filter(lambda day: day is not None)),
    "facts": st.builds(a_fact, _SUBJECTS, st.sampled_from(["a", "b"]), _DAYS),
}
_FIELD = {"attachments": "to", "households": "subject", "facts": "subject"}


def done_to(rows, put, removed):
    """What a change does to a dictionary."""
    for code in removed:
        rows.pop(code, None)
    for record in put:
        rows[record.code] = record


def told(table):
    field = _FIELD[table.kind]
    return {
        "order": list(table),
        "items": list(table.items()),
        "values": list(table.values()),
        "length": len(table),
        "groups": [table.group(field, key) for key in ("C1", "C2", "C3")],
        "keys": [list(table.by_key(key).items()) for key in ("C1", "C2")] if table.kind == "facts" else [],
        "rows": [(table.get(code), code in table) for code in _CODES],
        "places": sorted(table, key=table.place),
    }


@pytest.mark.parametrize("kind", list(_RECORDS))
@given(data=st.data(), asks=st.booleans())
@settings(max_examples=30, deadline=None)
def test_that_a_table_under_layers_tells_what_a_dictionary_tells(kind, data, asks):
    record = _RECORDS[kind]
    first = {one.code: one for one in data.draw(st.lists(record, max_size=8))}
    rows, table = dict(first), Plain(kind, first)
    seen = []
    for _ in range(data.draw(st.integers(1, 8))):
        put = data.draw(st.lists(record, max_size=3))
        removed = data.draw(st.lists(record, max_size=2))
        if asks:  # what was looked up before must not be handed on where it changed
            seen.append((table, told(table)))
        removed = [one.code for one in removed]
        done_to(rows, put, removed)
        table = with_changes(table, put, removed)
        assert told(table) == told(Plain(kind, rows))
    for older, before in seen:
        assert told(older) == before


def test_that_a_code_that_is_not_there_is_told():
    table = with_changes(Plain("attachments", {"A1": an_attachment("A1", "C1")}), [], ["A1"])
    assert "A1" not in table
    with pytest.raises(KeyError):
        table["A1"]
    with pytest.raises(KeyError):
        table.place("A1")
