"""A window left open past midnight goes on to the new day, where today is what is looked at."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QAbstractButton

from app.domain import period
from app.domain.period import today
from app.services.edit.edit import set_values
from app.text import Text
from tests.ui.robots.find import the


@pytest.fixture
def clock(monkeypatch):
    """Return what puts the machine's clock on by some days."""
    real = date.today()  # noqa: DTZ011
    ahead = {"days": 0}

    class Moved(date):
        @classmethod
        def today(cls):
            return real + timedelta(days=ahead["days"])

    monkeypatch.setattr(period, "date", Moved)

    def go_on(days=1):
        ahead["days"] += days

    return go_on


def strike(context):
    """Let the window's clock look once."""
    clocks = [t for t in context.findChildren(QTimer) if t.isActive() and not t.isSingleShot()]
    assert len(clocks) == 1
    clocks[0].timeout.emit()


def test_that_today_goes_on_at_midnight_and_can_be_written(window, clock, qtbot):
    context = window.window.context
    before = today()
    context.select(["C000001"])
    clock()
    strike(context)
    assert context.as_of == today() == before + timedelta(days=1)
    assert context.lock is None
    assert context.is_today
    assert "今天" in the(QAbstractButton, "header.as_of", inside=window.window).text()
    box = window.box("fact.owners_committee")
    box.setCurrentIndex(box.findData("none"))
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(
        lambda: context.registry.dataset.fact_on("C000001", "owners_committee", today()) is not None
    )
    fact = context.registry.dataset.fact_on("C000001", "owners_committee", today())
    assert fact.valid_from == today()


def test_that_between_midnight_and_the_clock_nothing_is_locked_and_a_write_is_of_the_new_day(
    context, clock, qtbot
):
    clock()
    assert context.lock is None
    assert context.is_today
    context.edit(
        lambda _ticket: set_values(context.registry, ["C000001"], {"name": "新名"}), Text("改名", "renamed")
    )
    assert context.as_of == today()
    qtbot.waitUntil(lambda: context.record("C000001").text("name") == "新名")


def test_that_a_day_that_was_chosen_stays_and_today_chosen_again_is_followed(context, clock):
    chosen = today() - timedelta(days=10)
    context.set_as_of(chosen)
    clock()
    context.follow_today()
    assert context.as_of == chosen
    assert context.lock is not None
    context.set_as_of(today())
    clock()
    context.follow_today()
    assert context.as_of == today()


def test_that_a_day_to_come_is_followed_from_when_it_is_there(context, clock):
    context.set_as_of(today() + timedelta(days=1))
    assert context.lock is not None
    clock()
    context.follow_today()
    assert context.lock is None
    clock()
    context.follow_today()
    assert context.as_of == today()


def test_that_coming_back_to_the_window_is_enough(context, clock, qapp):
    clock(3)
    qapp.applicationStateChanged.emit(qapp.applicationState())
    assert context.as_of == today()
