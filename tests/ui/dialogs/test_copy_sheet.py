"""Copying the open registry from the window: to a server and back into a file, what is refused, and stopping it."""

from __future__ import annotations

import threading
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from app.domain.kinds import KINDS
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from tests.ui.robots.find import the
from ui.dialogs import copying
from ui.dialogs.copying import CopyDialog

WORKER = "worker_copying"


def typed(address):
    """Return an address as it is typed: a path has lost one of its slashes."""
    return address.as_posix().replace(":/", "://")


def records(registry):
    return {
        record.code: (record.version, record.values)
        for kind in KINDS
        for record in registry.dataset.of(kind).values()
    }


def test_that_a_window_copies_to_a_server_opens_the_copy_and_copies_it_back_into_a_file(
    window, new_address, tmp_path
):
    context, address, back = window.window.context, new_address(), tmp_path / "取回"
    before = records(context.registry)
    for place in (typed(address), str(back)):
        count, steps = len(records(context.registry)), context.registry.last_step
        window.action("registry.copy").trigger()
        sheet = the(CopyDialog, "copy.dialog", inside=window.window)
        assert not sheet.isModal()
        assert f"{count} 条记录，{steps} 步日志" in window.label("copy.what")
        window.type_into("copy.path", place)
        the(QPushButton, "copy.commit", inside=sheet).click()
        open_it = the(QPushButton, "copy.open", inside=sheet)
        window.until(open_it.isVisible)
        assert window.label("copy.result").startswith("已复制到 ")
        assert window.label("copy.result").endswith(f"：{count} 条记录，{steps} 步日志，已读回核对。")
        open_it.click()
        window.until(lambda place=place: context.registry.is_shared == place.startswith("postgresql"))
        assert records(context.registry) == before
    assert context.registry.path == back.with_name("取回.gpkg")


def refused(qtbot, sheet, place):
    """Return what stands under the field after a try to copy there."""
    the(QLineEdit, "copy.path", inside=sheet).setText(str(place))
    sheet.commit.click()
    said = the(QLabel, "copy.path.error", inside=sheet)
    qtbot.waitUntil(said.isVisible, timeout=60_000)
    assert sheet.commit.isEnabled()
    return said.text()


def test_that_what_is_wrong_with_a_server_is_said_under_the_field(
    qtbot, context, host, server, new_address, registry_path
):
    taken = new_address()
    copy_registry(registry_path, taken)
    sheet = CopyDialog(context, host)
    sheet.open()
    bare = server.make_database("without_postgis", "template0")
    for place, said in (
        ("", "写服务器的地址"),
        ("postgresql://a:secret@b/c", "不写密码"),
        ("postgresql://b", "地址读不懂"),
        (registry_path.with_name("b.gpkg"), "这里写服务器的地址"),
        (typed(taken), "已经有一本台账，没有动它"),
        (bare, "没有装 PostGIS"),
        ("postgresql://keeper@127.0.0.1:1/c", "连不上 127.0.0.1/c"),
    ):
        assert said in refused(qtbot, sheet, place)


def test_that_from_a_server_no_file_is_written_over_and_a_login_of_a_part_is_told_before(
    qtbot, context, host, server, new_address, registry_path
):
    address = new_address()
    copy_registry(registry_path, address)
    held, content = context.registry, registry_path.read_bytes()
    with closing(Registry.open(address)) as context.registry:
        sheet = CopyDialog(context, host)
        sheet.open()
        assert Path(sheet.path.text()) == Path.home() / f"{address.name}.gpkg"
        assert "已经在了，不覆盖" in refused(qtbot, sheet, registry_path)
        assert "没有文件夹" in refused(qtbot, sheet, registry_path.parent / "无" / "a.gpkg")
        assert "从服务器只能复制成文件" in refused(qtbot, sheet, typed(address))
        sheet.reject()
    assert registry_path.read_bytes() == content
    server.make_login(WORKER)
    with server.connect(address.name, "keeper") as keeper:
        grid = next(iter(held.dataset.of("grids").values())).code
        keeper.execute("SELECT registry.take_on(%s, 'grid', %s)", (WORKER, grid))
    with closing(Registry.open(Path(server.address(address.name, WORKER)))) as context.registry:
        sheet = CopyDialog(context, host)
        sheet.open()
        assert WORKER in the(QLabel, "copy.error", inside=sheet).text()
        assert not sheet.commit.isEnabled()
        sheet.reject()
    context.registry = held


@pytest.mark.parametrize("is_late", [False, True])
def test_that_a_copy_that_is_stopped_leaves_nothing_and_one_that_was_whole_by_then_is_told(
    qtbot, context, host, new_address, registry_path, monkeypatch, is_late
):
    address, begun, stopped = new_address(), threading.Event(), threading.Event()

    def slow(source, target, ticket):
        copied = copy_registry(source, target, ticket) if is_late else None
        begun.set()
        stopped.wait(60)
        return copied or copy_registry(source, target, ticket)

    monkeypatch.setattr(copying, "copy_registry", slow)
    sheet = CopyDialog(context, host)
    sheet.open()
    sheet.path.setText(typed(address))
    with qtbot.waitSignal(context.said, timeout=60_000) as said:
        sheet.commit.click()
        qtbot.waitUntil(begun.is_set, timeout=60_000)
        sheet.cancel.click()
        stopped.set()
    assert said.args[0].zh.startswith("已复制到" if is_late else "停了，什么也没有复制过去")
    if is_late:
        Registry.open(address).close()
    else:
        copy_registry(registry_path, address)  # which an empty database alone takes
