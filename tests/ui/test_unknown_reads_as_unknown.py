"""Unknown is a value: no section of the inspector says "none" of what nobody surveyed, over kinds and statuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from app.domain.period import today
from app.services.edit import edit
from tests.ui.robots.find import the
from tests.ui.robots.small import COMMUNITY, GRIDS
from ui.widgets.mark import Mark, UnknownMark

PARTY = {  # kind → a record without an organisation; what of it only a no may say
    "compounds": "C000001",
    "grids": GRIDS[1],
    "communities": COMMUNITY,
    "streets": "340102003",
    "firms": "F000001",
}
SURVEYED = ("compounds", "grids", "firms")  # kinds that have the fact


def said_of(window, code, section):
    """Show a record; return the words and the mark of a section in which nothing runs."""
    context = window.window.context
    inspector = window.window.inspector
    with window.qtbot.waitSignal(inspector.filled):
        context.select([])
        context.select([code])
    card = the(QFrame, f"inspector.{section}.standing", inside=inspector)
    is_hatched = bool(card.findChildren(UnknownMark))
    assert is_hatched != bool(card.findChildren(Mark))
    return " ".join(label.text() for label in card.findChildren(QLabel)), is_hatched


def written(window, codes, values):
    registry = window.window.context.registry
    window.window.context.announce(
        edit.set_values(registry, codes, values, since=today() - timedelta(days=9))
    )


@pytest.mark.parametrize("kind", PARTY)
def test_that_nobody_surveyed_it_is_no_none(window, kind):
    words, is_hatched = said_of(window, PARTY[kind], "organisation")
    assert "还不知道" in words
    assert "未调查" in words
    assert "挂接" in words
    assert is_hatched
    assert "尚无" not in words


@pytest.mark.parametrize("kind", SURVEYED)
@pytest.mark.parametrize(
    ("value", "said", "is_unknown"),
    [("yes", "还没有登记", True), ("unknown", "登记为未知", True), ("no", "尚无党组织", False)],
)
def test_that_each_answer_is_said_as_it_is(window, kind, value, said, is_unknown):
    written(window, [PARTY[kind]], {"party_organisation": value})
    words, is_hatched = said_of(window, PARTY[kind], "organisation")
    assert said in words
    assert is_hatched == is_unknown
    assert ("尚无" in words) == (not is_unknown)


@pytest.mark.parametrize(
    ("value", "said", "is_unknown"),
    [
        (None, "还不知道", True),
        ("yes", "还没有登记服务", True),
        ("unknown", "登记为未知", True),
        ("no", "没有在期的物业服务", False),
    ],
)
def test_that_property_service_speaks_the_status(window, value, said, is_unknown):
    if value is not None:
        written(window, ["C000002"], {"property_firm": value})
    words, is_hatched = said_of(window, "C000002", "firm")
    assert said in words
    assert is_hatched == is_unknown


def test_that_an_end_and_a_complete_register_are_a_no_with_its_reason(window):
    registry = window.window.context.registry
    window.window.context.announce(edit.detach(registry, "E000001", why="试验"))
    words, is_hatched = said_of(window, "C000005", "firm")
    assert "没有在期的物业服务 已到期" in words
    assert not is_hatched
    written(window, [COMMUNITY], {"party_complete": "yes"})
    words, is_hatched = said_of(window, "C000001", "organisation")
    assert "尚无党组织" in words
    assert "登记齐全" in words
    assert not is_hatched


def test_that_the_firms_page_and_stations_say_what_is_recorded(window):
    said_of(window, "C000001", "organisation")
    inspector = window.window.inspector
    texts = [label.text() for label in inspector.findChildren(QLabel)]
    assert "还没有登记站点" in texts
    registry = window.window.context.registry
    spot = {"name": "站", "kind": "grid_post", "geometry": "POINT(117.301 31.861)"}
    window.window.context.announce(edit.add(registry, "stations", spot))
    window.window.context.announce(edit.add(registry, "compounds", {"code": "C000009", "name": "无界"}))
    said_of(window, "C000009", "organisation")
    assert "本处没有边界，量不出有多远" in [label.text() for label in inspector.findChildren(QLabel)]
    said_of(window, "F000001", "organisation")
    assert the(QWidget, "inspector.credit.F000001", inside=inspector).accessibleName() == "榜单没有登记"
