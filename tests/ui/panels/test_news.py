"""What changed since I last looked, in the journal: by street and person, with a mark that stays between runs."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QPushButton

from app.services.edit import edit
from app.services.keeping.looked import looked_at
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from tests.ui.robots.topics import tell

STREET = "340102003"


def choice(window, name) -> QComboBox:
    return the(QComboBox, f"journal.{name}", inside=window.window)


def choose(window, name, data) -> None:
    box = choice(window, name)
    box.setCurrentIndex(box.findData(data))
    window.until(lambda: window.window.journal._task is None)


def listed(window) -> list[int]:
    model = window.view("journal.table").model()
    return [model.change_at(row).seq for row in range(model.rowCount())]


def open_news(window) -> None:
    window.action("view.journal").trigger()
    choose(window, "since", "new")
    window.until(lambda: choice(window, "street").count() > 0)


def test_that_what_is_new_stands_by_street_and_person_until_it_is_looked_at(window):
    context = window.window.context
    registry = context.registry
    open_news(window)
    the(QPushButton, "journal.looked", inside=window.window).click()
    window.until(lambda: listed(window) == [])
    mark = registry.last_step
    tell(
        window,
        lambda r: edit.set_values(r, ["C000001"], {"households": 7}),
        lambda r: edit.add(r, "departments", {"name": "城管局"}),
    )
    other = Registry.open(registry.path, by="王")
    edit.set_values(other, ["C000002"], {"households": 8})
    other.close()
    context.announce(registry.refresh())
    window.until(lambda: listed(window) == [mark + 3, mark + 2, mark + 1])
    assert choice(window, "since").currentText().endswith(" 3")
    street = choice(window, "street")
    assert street.itemText(street.findData(STREET)) == "长淮街道 2"
    choose(window, "street", STREET)
    assert listed(window) == [mark + 3, mark + 1]
    choose(window, "person", "王")
    assert listed(window) == [mark + 3]
    window.until(lambda: [edit.by for edit in context.others.news.edits] == ["王"])
    the(QPushButton, "journal.looked", inside=window.window).click()
    window.until(lambda: listed(window) == [])
    assert context.settings.looked(registry.info.id) == mark + 3
    window.until(lambda: context.others.news.edits == ())  # one mark, wherever one has looked
    choose(window, "since", "all")
    assert len(listed(window)) == mark + 3


def test_that_the_mark_is_the_one_of_history_since_last(window, monkeypatch):
    context = window.window.context
    monkeypatch.setenv("COMPOUND_REGISTRY_SETTINGS", context.settings.file_name)
    open_news(window)
    the(QPushButton, "journal.looked", inside=window.window).click()
    window.until(lambda: listed(window) == [])
    assert looked_at(context.registry.info.id) == context.registry.last_step


def test_that_another_language_keeps_what_is_asked(window):
    open_news(window)
    window.window.set_language("en")
    window.until(lambda: window.window.renewal.is_over)
    assert choice(window, "since").currentData() == "new"
    assert "Since I last looked" in choice(window, "since").currentText()
    window.until(lambda: len(listed(window)) == window.window.context.registry.last_step)


def test_that_another_registry_begins_with_all_its_steps(window):
    open_news(window)
    context = window.window.context
    context.set_registry(context.registry)
    assert choice(window, "since").currentData() == "all"
