"""A table under layers tells what a plain dictionary of the same records tells, and no older one ever changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.kinds import KINDS
from app.domain.record import make_record
from app.domain.tables import overlaid
from app.domain.tables.cells import Coded, Ids, Same, Texts, id_bytes
from app.domain.tables.columns import Columns, Parts
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


def an_attachment(code, to, earlier=None):
    record = make_record("attachments", code, code, organisation="O1", to=to)
    return record if earlier is None else record._replace(past={"to": ((date(2020, 1, 1), earlier),)})


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
    "attachments": st.builds(
        an_attachment, st.sampled_from(_CODES), st.sampled_from(_TO), st.sampled_from([None, "C3"])
    ),
    "households": st.builds(a_count, _SUBJECTS, _DAYS.filter(lambda day: day is not None)),
    "facts": st.builds(a_fact, _SUBJECTS, st.sampled_from(["a", "b"]), _DAYS),
}
_FIELD = {"attachments": "to", "households": "subject", "facts": "subject"}


def cells(values):
    """Return a column in one of its forms."""
    words = list(dict.fromkeys(values))
    if len(words) == 1:
        return Same(words[0])
    if len(words) == len(values) and all(isinstance(word, str) for word in words):
        return Texts(values)
    return Coded(np.array([words.index(value) for value in values]), words)


def as_columns(kind, rows):
    """Return the table of records as a file would be read."""
    records = list(rows.values())
    if not records:
        return Plain(kind)
    parts = Parts(
        count=len(records),
        ids=Texts([record.id for record in records]),
        codes=Texts([record.code for record in records]) if KINDS[kind].coded else None,
        fields=tuple(
            cells([record.values[place] for record in records]) for place in range(len(KINDS[kind].fields))
        ),
        valid_from=cells([record.valid_from for record in records]),
        valid_until=Same(None),
        source=Same(None),
        version=Same(1),
        pasts={row: record.past for row, record in enumerate(records) if record.past},
    )
    return Columns(kind, parts)


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
        "past": sorted(table.with_past()),
        "otherwise": sorted(record for record in table.values() if record.past),
        "groups": [table.group(field, key) for key in ("C1", "C2", "C3")],
        "keys": [list(table.by_key(key).items()) for key in ("C1", "C2")] if table.kind == "facts" else [],
        "rows": [(table.get(code), code in table) for code in _CODES],
        "places": sorted(table, key=table.place),
        "columns": list(table.columns("code", field, "valid_from", "id")),
    }


@pytest.mark.parametrize("kind", list(_RECORDS))
@given(data=st.data(), asks=st.booleans(), made=st.sampled_from([Plain, as_columns]))
@settings(max_examples=40, deadline=None)
def test_that_a_table_under_layers_tells_what_a_dictionary_tells(kind, data, asks, made):
    record = _RECORDS[kind]
    first = {one.code: one for one in data.draw(st.lists(record, max_size=8))}
    rows, table = dict(first), made(kind, first)
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


@pytest.mark.parametrize("made", [Plain, as_columns])
def test_that_a_code_that_is_not_there_is_told(made):
    table = with_changes(made("attachments", {"A1": an_attachment("A1", "C1")}), [], ["A1"])
    assert "A1" not in table
    with pytest.raises(KeyError):
        table["A1"]
    with pytest.raises(KeyError):
        table.place("A1")


def test_that_a_long_table_of_columns_tells_the_same_one_by_one_and_all_at_once():
    rows = {f"A{number}": an_attachment(f"A{number}", f"C{number % 7}") for number in range(5000)}
    table = as_columns("attachments", rows)
    assert list(table.items()) == list(rows.items())
    assert [table[code] for code in rows] == list(rows.values())
    assert [table[code] for code in reversed(rows)] == list(reversed(rows.values()))
    assert table.group("to", "C3") == Plain("attachments", rows).group("to", "C3")


def test_that_threads_are_told_the_same_of_one_table():
    rows = {f"A{number}": an_attachment(f"A{number}", f"C{number % 7}") for number in range(3000)}
    table = as_columns("attachments", rows)
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(lambda: [table[code] for code in rows]) for _ in range(4)]
        assert all(job.result() == list(rows.values()) for job in jobs)


@pytest.mark.parametrize("number", range(20))
def test_that_an_id_is_kept_to_the_letter(number):
    ids = [str(UUID(int=number * 2**100 + other)) for other in range(5)]
    kept = Ids(id_bytes("".join(ids).encode()))
    assert kept.listed(0, 5) == [kept[row] for row in range(5)] == ids


@pytest.mark.parametrize("odd", [str.upper, "{{{}}}".format, lambda text: text.replace("-", " ")])
def test_that_an_id_that_is_not_written_as_ours_is_not_kept_as_one(odd):
    ids = [str(UUID(int=2**127 + 171)), odd(str(UUID(int=2**126 + 171)))]
    assert id_bytes("".join(ids).encode()) is None


def test_that_texts_know_where_there_is_none():
    said = ["大关", None, "", "东三苑", None]
    assert Texts(said).listed(0, 5) == said
    assert Texts(said).listed(1, 4) == said[1:4]
    assert [Texts(said)[row] for row in range(5)] == said
