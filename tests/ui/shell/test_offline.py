"""A window whose server goes away: it says so, goes on, says what waits, and tells when all of it is back."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QTableView, QToolButton, QWidget

from app.services.edit import edit
from app.services.registry import away
from app.services.registry.registry import Registry
from tests.relay import Relay
from tests.ui.robots.find import the
from tests.ui.robots.listing import ListingRobot

SHEET = ListingRobot("offline")


@pytest.fixture
def relayed(small_registry, on_server, server, tmp_path, monkeypatch):
    """Return a relay, the address through it and the one that holds."""
    database = on_server(small_registry).name
    passwords = tmp_path / "passwords"
    passwords.write_text("127.0.0.1:*:*:*:of-the-tests\n")
    passwords.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(passwords))
    relay = Relay(server.port)
    yield (
        relay,
        Path(f"postgresql://keeper@127.0.0.1:{relay.port}/{database}"),
        Path(server.address(database)),
    )
    relay.close()


def test_that_a_window_goes_on_without_its_server_and_brings_back_what_was_entered(
    qtbot, open_window, relayed
):
    relay, address, straight = relayed
    robot = open_window(address).wait_for_registry()
    window, context = robot.window, robot.window.context
    desk = context.registry.desk
    qtbot.waitUntil(lambda: desk.has_mirror, timeout=20_000)
    relay.cut()
    window.files.heard.emit()
    button = the(QToolButton, "together.offline", inside=window)
    qtbot.waitUntil(button.isVisible, timeout=20_000)
    assert "离线" in button.text()
    assert window.map_area.banner.isVisible()
    names = {"C000001": "离线改的一", "C000002": "离线改的二", "C000003": "撤掉的", "C000004": "放弃的"}
    for code, name in names.items():
        values = {"name": name} | ({"households": "987"} if code == "C000001" else {})
        with qtbot.waitSignal(context.saved, timeout=20_000):
            context.edit(
                lambda _t, code=code, values=values: edit.set_values(context.registry, [code], values),
                lambda _c: edit_words(),
            )
    qtbot.waitUntil(lambda: "4" in button.text(), timeout=20_000)
    button.click()
    table = the(QTableView, "offline.table", inside=window)
    qtbot.waitUntil(lambda: table.model().rowCount() == 4, timeout=20_000)
    table.selectRow(2)
    assert "撤掉的" in table.model().index(2, 1).data()
    the(QPushButton, "offline.take_back", inside=window).click()
    qtbot.waitUntil(lambda: context.registry.dataset.find("C000003").get("name") != "撤掉的", timeout=20_000)
    assert window.close() is False, "what waits is said before the window closes"
    assert "3 处修改没送回" in window.map_area.banner.accessibleName()
    with closing(Registry.open(straight)) as other:
        for code in ("C000001", "C000004"):
            edit.set_values(other, [code], {"name": "别人改的"})
        relay.mend()
        the(QPushButton, "offline.try", inside=window).click()
        qtbot.waitUntil(lambda: "等您定" in button.text(), timeout=20_000)
        other.refresh()
        assert other.dataset.find("C000001").get("name") == "别人改的"
        assert other.dataset.find("C000002").get("name") == "离线改的二"
        qtbot.waitUntil(lambda: table.model().rowCount() == 2, timeout=20_000)
        table.selectRow(1)
        give_up = the(QPushButton, "offline.take_back", inside=window)
        assert "收不回" in the(QLabel, "offline.what", inside=window).text(), "said before it is done"
        table.setFocus()
        walked = [robot.focus()]
        while walked[-1] != "offline.take_back":
            QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
            walked.append(robot.focus())
        assert walked == ["offline.table", "offline.again", "offline.take_back"], "as they stand"
        QTest.keyClick(give_up, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: table.model().rowCount() == 1, timeout=20_000)
        assert (robot.focus(), table.currentIndex().row()) == ("offline.table", 0)
        assert "没有送回" in table.model().index(0, 2).data()
        table.selectRow(0)
        again = the(QPushButton, "offline.again", inside=window)
        qtbot.waitUntil(lambda: "写入" in again.text(), timeout=20_000)
        (row,) = SHEET.rows(robot, "conflicts")
        assert row[1:2] + row[3:5] + row[6:] == ["名称", "离线改的一", "别人改的", "没定"]
        assert row[5].startswith("keeper 今天")
        again.click()
        assert the(QLabel, "offline.error", inside=window).isVisible(), "nothing is chosen beforehand"
        the(QPushButton, "offline.mine", inside=window).click()
        assert SHEET.rows(robot, "conflicts")[0][-1] == "我方"
        edit.set_values(other, ["C000001"], {"name": "又改了"})
        again.click()  # whether the window has heard of it or not
        qtbot.waitUntil(
            lambda: [row[4:7:2] for row in SHEET.rows(robot, "conflicts")] == [["又改了", "没定"]]
        )
        assert other.dataset.find("C000001").get("name") == "又改了"
        assert window.findChildren(QWidget, "conflict.dialog") == [], "it waits in one place"
        the(QPushButton, "offline.mine", inside=window).click()
        QTest.keyClick(table, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: not button.isVisible(), timeout=20_000)
        qtbot.waitUntil(lambda: robot.focus() == "offline.cancel", timeout=20_000)
        sheet, toast = (the(QWidget, name, inside=window) for name in ("offline.dialog", "toast"))
        assert toast.mapTo(window, toast.rect().topRight()).x() < sheet.x(), "what is said stands beside it"
        other.refresh()
        now = other.dataset.find("C000001")
        assert (now.get("name"), now.get("households")) == ("离线改的一", 987)
    keep = the(QCheckBox, "offline.keep", inside=window)
    keep.click()
    qtbot.waitUntil(lambda: not desk.has_mirror, timeout=20_000)


def test_that_a_copy_that_was_set_aside_is_told_where_others_are_told_of_until_it_is_looked_at(
    qtbot, open_window, relayed
):
    _, address, _ = relayed
    folder = away.place_of_copy(address)
    folder.mkdir(parents=True)
    (folder / "mirror.db").write_bytes(b"torn")
    window = open_window(address).wait_for_registry().window
    button = the(QToolButton, "together.offline", inside=window)
    qtbot.waitUntil(button.isVisible, timeout=20_000)
    (aside,) = folder.glob("aside-*")
    assert (button.text(), str(aside) in button.accessibleName()) == ("有一份副本没用上", True)
    assert str(aside) in window.map_area.banner.accessibleName()
    button.click()
    assert not button.isVisible()
    assert str(aside) in the(QLabel, "offline.place", inside=window).text()


def edit_words():
    from app.text import Text

    return Text("改名", "renamed")
