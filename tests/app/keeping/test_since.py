"""What changed since somebody last looked: by street and person, what was taken back left out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.domain.period import today
from app.errors import InvalidInput
from app.services.edit import edit
from app.services.keeping.looked import keep_looked, looked_at
from app.services.keeping.since import news_after, step_before, step_of
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry

STREET = "340102001"


@pytest.fixture
def registry(tmp_path, carried):
    small = carried(a_small_registry(tmp_path))
    yield small
    small.close()


def by_street(news):
    return {group.key: group for group in news.by_street}


@pytest.mark.both_stores
def test_that_steps_stand_under_the_street_of_what_they_touched(registry):
    mark = registry.last_step
    edit.set_values(registry, ["C1"], {"households": 400})
    edit.set_values(registry, ["C2"], {"gate_guard": "no"})
    edit.attach(registry, "O1", ["C1"])
    edit.attach(registry, "F1", ["C2"])
    edit.set_values(registry, ["O1"], {"members": 12})
    edit.add(registry, "departments", {"name": "城管局"})
    edit.remove(registry, "C2", "登记错了")
    news = news_after(registry, mark)
    assert len(news.changes) == 7
    groups = by_street(news)
    assert groups[STREET].name == "明光路街道"
    assert groups[STREET].steps == tuple(mark + n for n in (7, 5, 4, 3, 2, 1))
    assert {"C1", "C2", "O1"} <= set(groups[STREET].codes)
    assert groups[""].steps == (mark + 6,)


def test_that_people_stand_apart_with_the_streets_they_worked_in(registry):
    mark = registry.last_step
    edit.set_values(registry, ["C1"], {"households": 400})
    other = Registry.open(registry.path, by="王")
    edit.set_values(other, ["C2"], {"households": 7})
    other.close()
    registry.refresh()
    groups = {group.key: group for group in news_after(registry, mark).by_person}
    assert {by: group.codes for by, group in groups.items()} == {"tester": ("C1",), "王": ("C2",)}
    assert groups["王"].others == ("明光路街道",)


@pytest.mark.both_stores
def test_that_what_was_taken_back_counts_in_no_group(registry):
    mark = registry.last_step
    edit.set_values(registry, ["C1"], {"households": 400})
    registry.undo()
    assert len(news_after(registry, mark).changes) == 2
    assert news_after(registry, mark).by_street == ()
    registry.redo()
    assert by_street(news_after(registry, mark))[STREET].steps == (mark + 1,)
    assert news_after(registry, mark + 1).by_person == ()


def test_that_an_older_step_taken_back_is_news(registry):
    edit.set_values(registry, ["C1"], {"households": 400})
    mark = registry.last_step
    registry.undo()
    assert by_street(news_after(registry, mark))[STREET].codes == ("C1",)


def test_that_since_takes_a_day_a_step_and_the_mark(registry):
    assert step_of(registry, "last", 5) == 5
    assert step_of(registry, "3", 5) == 3
    assert step_of(registry, today().isoformat(), 5) == 0
    assert step_of(registry, "今天", 5) == step_before(registry, today())
    assert step_before(registry, today() + timedelta(days=1)) == registry.last_step
    with pytest.raises(InvalidInput, match="last"):
        step_of(registry, "neulich", 5)


def test_that_the_mark_is_kept_for_each_registry(tmp_path):
    path = tmp_path / "here" / "s.looked.json"
    assert looked_at("a", path) == 0
    keep_looked("a", 7, path)
    keep_looked("b", 9, path)
    assert (looked_at("a", path), looked_at("b", path)) == (7, 9)
    path.write_text("{", "utf-8")
    assert looked_at("a", path) == 0
