"""The totals topic and the measure box: from a number to what is behind it, from a heading to its measures."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QComboBox

from app.coverage.measures import measure_words
from tests.app.coverage.builders import (
    DAY,
    a_city,
    a_compound,
    a_dataset,
    a_firm,
    a_record,
    an_attachment,
    an_engagement,
    an_organisation,
)
from tests.ui.robots.find import the
from ui.models.measures import grouped_choices, measure_choices, weights_of
from ui.models.on_map import on_map
from ui.widgets.coverage_cell import CODE_ROLE

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


@pytest.fixture
def topic(window):
    window.action("topics.totals").trigger()
    topic = window.window.topics.current
    window.until(lambda: not topic.is_asking and topic.model.rowCount() > 0)
    return topic


def shown(topic):
    model = topic.model
    return {
        model.index(row, 0).data(CODE_ROLE): [model.index(row, column).data() for column in range(1, 4)]
        for row in range(model.rowCount())
    }


@pytest.mark.system(22)
@pytest.mark.system(27)
def test_that_everything_is_listed_and_one_number_by_unit(window, topic):
    dataset = window.window.context.registry.dataset
    compounds = dataset.of("compounds")
    rows = shown(topic)
    assert rows["compounds"][0] == f"{len(compounds):,}"
    households = sum(int(record.get("households") or 0) for record in compounds.values())
    assert rows["households"][0] == f"{households:,}"
    topic.what.setCurrentIndex(topic.what.findData("households"))
    window.until(lambda: not topic.is_asking and "households" not in shown(topic))
    by_unit = shown(topic)
    assert set(dataset.of("streets")) <= set(by_unit)
    numbers = [int(cells[0].replace(",", "")) for cells in by_unit.values() if cells[0] != "—"]
    assert max(numbers) == households


def test_that_a_row_leads_to_the_compounds_behind_it(window, topic):
    context = window.window.context
    place = next(
        row
        for row in range(topic.model.rowCount())
        if topic.model.index(row, 0).data(CODE_ROLE) == "compounds"
    )
    assert set(topic.codes_of(place)) == set(context.registry.dataset.of("compounds"))
    index = next(
        index
        for row in range(topic.table.model().rowCount())
        if (index := topic.table.model().index(row, 0)).data(CODE_ROLE) == "compounds"
    )
    topic.table.activated.emit(index)
    assert set(context.selection) == set(topic.codes_of(place))


def test_that_a_unit_without_anything_known_leads_to_itself(window, topic):
    context = window.window.context
    topic.what.setCurrentIndex(topic.what.findData("building_surveyed"))
    window.until(lambda: not topic.is_asking and "building_surveyed" not in shown(topic))
    rows = topic.table.model()
    empty = [
        rows.index(row, 0) for row in range(rows.rowCount())
        if not topic.codes_of(topic.place_of(rows.index(row, 0))) and rows.index(row, 0).data(CODE_ROLE)
    ]  # fmt: skip
    topic.table.activated.emit(empty[0])
    assert list(context.selection) == [empty[0].data(CODE_ROLE)]


def test_that_the_measure_box_has_headings_that_nobody_can_choose(window):
    box = the(QComboBox, "coverage.measure", inside=window.window)
    profile = window.window.context.registry.profile
    headings = [heading.zh for heading, _ in grouped_choices(profile)]
    found = [box.itemText(row) for row in range(box.count()) if box.itemData(row) is None]
    assert found == headings
    for row in range(box.count()):
        item = box.model().item(row)
        assert item.isEnabled() == (box.itemData(row) is not None)
    assert [box.itemData(row) for row in range(box.count()) if box.itemData(row)] == [
        name for name, _ in measure_choices(profile)
    ]
    context = window.window.context
    box.setCurrentIndex(box.findData("three_carriages"))
    assert context.question.measure == "three_carriages"
    box.setCurrentIndex(0)
    assert context.question.measure == "three_carriages"
    context.ask(measure="fact:gate_guard")
    assert box.currentData() == "fact:gate_guard"
    context.ask(measure="station:grid_post:250", weight=None)
    assert box.currentText() == "网格驿站 250 米覆盖"


def test_that_a_measure_of_streets_is_asked_by_street_when_it_is_chosen(window):
    context, box = window.window.context, the(QComboBox, "coverage.measure", inside=window.window)
    context.ask(by="grid")
    box.setCurrentIndex(box.findData("street_party"))
    assert (context.question.measure, context.question.by) == ("street_party", "street")
    by = the(QComboBox, "coverage.by", inside=window.window)
    by.setCurrentIndex(by.findData("district"))
    assert context.question.by == "district"
    box.setCurrentIndex(box.findData("party"))
    assert context.question.by == "district"


def test_that_whatever_is_counted_leads_to_a_place_on_the_map():
    rows = [*a_city(), a_compound("C1", grid="G11"), a_firm(), an_engagement("C1", "E1"), a_firm("F2")]
    rows += [
        an_organisation(),
        an_attachment("F1"),
        an_organisation("O2"),
        a_record("zones", "Z1", name="片"),
    ]
    rows += [a_record("cases", "M1", community="340102001001", level="street", state="opened", opened=DAY)]
    dataset = a_dataset(*rows)
    assert on_map(dataset, ["E1", "C1", "F1", "O1"], DAY) == ["C1"]
    assert on_map(dataset, ["M1", "G12", "O2", "Z1"], DAY) == ["340102001001", "G12", "O2", "Z1"]
    assert on_map(dataset, ["F2"], DAY) == []


def test_that_words_and_weights_of_a_measure_that_there_is_not_are_its_name_and_none(window):
    profile = window.window.context.registry.profile
    assert measure_words(profile, "nothing").zh == "nothing"
    assert weights_of(profile, "nothing") == ()
    assert weights_of(profile, "fees_collected") == ("amount",)
