"""A window on a shared registry: opened by its address, edited, told of what other desks do, found again in the list."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from app.services.edit import edit
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from app.text import Text
from tests.ui.robots.find import the
from ui.dialogs.registry_files import OpenDialog


@pytest.fixture
def address(small_registry, new_address):
    found = new_address()
    copy_registry(small_registry, found)
    return found


def test_that_a_window_opens_an_address_edits_and_follows_other_desks(qtbot, open_window, address):
    window = open_window(address).wait_for_registry()
    context = window.window.context
    assert len(context.registry.dataset.of("compounds")) == 5
    said: list[Text] = []
    context.said.connect(said.append)
    with closing(Registry.open(address)) as other, qtbot.waitSignal(context.changed, timeout=20_000) as told:
        edit.set_values(other, ["C000001"], {"name": "别的桌子改的"})
    assert told.args[0].codes == ("C000001",)
    assert context.registry.dataset.find("C000001").get("name") == "别的桌子改的"
    assert [text.zh for text in said] == [
        "别人改了 1 条记录，已跟上"
    ]  # on a server these are people, no program
    assert Path(context.settings.recent()[0][0]) == address
    assert context.registry.beside("a.pdf").parent == Path.home()


def test_that_an_address_is_typed_where_a_file_is_and_what_is_wrong_with_it_is_told(
    qtbot, context, host, address
):
    dialog = OpenDialog(context, host)
    dialog.open()
    dialog.path.setText("postgresql://a:secret@b/c")
    dialog.commit.click()
    assert "不写密码" in the(QLabel, "open.path.error", inside=host).text()
    dialog.path.setText(address.as_posix().replace(":/", "://"))
    with qtbot.waitSignal(dialog.opened, timeout=20_000) as opened:
        dialog.commit.click()
    assert opened.args[0].is_shared
    opened.args[0].close()
