"""A registry that can't be written says why above the map, with the one way on; once it can be, all is free again."""

from __future__ import annotations

import errno
import json
import os
import resource
import time
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from app.persistence.files import hindrance
from app.persistence.files.lease import lease_path
from app.services.edit import edit
from app.services.keeping import care
from app.services.registry import registry as registries
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.persistence.hardship import answering, bar, lowered
from tests.ui.robots.find import the


@pytest.fixture
def shared(registry_path, monkeypatch):
    """Give a registry that lies on a share."""
    monkeypatch.setattr(registries, "is_shared_disk", lambda _path: True)
    return registry_path


def _leave_lease(path, *, silent_for):
    """Leave the lease of another machine beside a registry."""
    said = {"who": "王敏", "machine": "街道办二号机", "since": "2026-11-30T01:00:00.000Z", "token": "theirs"}
    lease_path(path).write_text(json.dumps(said), "ascii")
    then = time.time() - silent_for
    os.utime(lease_path(path), (then, then))


def _banner(robot):
    return the(QWidget, "map.banner", inside=robot.window)


def _wait_for(robot, words):
    robot.until(lambda: _banner(robot).isVisible() and words in robot.label("map.banner.text"))


def _act(robot):
    return the(QPushButton, "map.banner.action", inside=robot.window)


def _pick_place(robot, target):
    _act(robot).click()
    picker = robot.window.findChild(QFileDialog, "backup.picker")
    assert picker.isVisible()
    picker.fileSelected.emit(str(target))
    picker.close()
    robot.until(target.exists)


def test_that_a_full_disk_is_told_and_a_backup_elsewhere_is_offered(
    open_window, registry_path, tmp_path, monkeypatch
):
    bar(registry_path)
    with monkeypatch.context() as full:
        full.setattr(hindrance.tempfile, "TemporaryFile", answering(errno.ENOSPC))
        robot = open_window(registry_path).wait_for_registry()
        _wait_for(robot, "磁盘满了")
        assert _act(robot).text() == "备份到别处"
        assert not robot.action("registry.import").isEnabled()
        assert "磁盘满了" in robot.action("registry.import").toolTip()
        assert robot.action("registry.export").isEnabled()
        target = tmp_path / "别处.gpkg"
        _pick_place(robot, target)
        robot.until(lambda: not care.verify(target))
    Path(f"{registry_path}-shm").unlink()
    robot.until(robot.action("registry.import").isEnabled)
    assert not _banner(robot).isVisible()
    assert robot.label("status.saved") != "只读"


def test_that_a_write_without_room_offers_a_backup_elsewhere(open_window, registry_path, tmp_path):
    robot = open_window(registry_path).wait_for_registry()
    context = robot.window.context
    code = next(iter(context.registry.dataset.of("compounds")))
    with lowered(resource.RLIMIT_FSIZE, 16384):
        context.edit(
            lambda _ticket: edit.set_values(context.registry, [code], {"address": "长" * 20000}), Text("", "")
        )
        _wait_for(robot, "没有保存")
    assert "限制了单个文件的大小" in robot.label("map.banner.text")
    _pick_place(robot, tmp_path / "别处.gpkg")
    assert robot.action("registry.import").isEnabled()


def test_that_a_silent_machine_is_named_with_the_risk_and_taken_over_by_a_button(open_window, shared):
    _leave_lease(shared, silent_for=660)
    robot = open_window(shared).wait_for_registry()
    _wait_for(robot, "街道办二号机")
    assert "11 分钟" in robot.label("map.banner.text")
    assert _act(robot).text() == "接过来写"
    assert not robot.action("registry.import").isEnabled()
    _act(robot).click()
    robot.until(robot.action("registry.import").isEnabled)
    assert json.loads(lease_path(shared).read_text("ascii"))["token"] != "theirs"
    assert not _banner(robot).isVisible()


def test_that_who_writes_is_named_and_writing_is_offered_once_he_has_let_go(open_window, shared):
    _leave_lease(shared, silent_for=0)
    robot = open_window(shared).wait_for_registry()
    _wait_for(robot, "王敏")
    assert not _act(robot).isVisible()
    lease_path(shared).unlink()
    _wait_for(robot, "现在没有人在写")
    assert not robot.action("registry.import").isEnabled()
    _act(robot).click()
    robot.until(robot.action("registry.import").isEnabled)


def test_that_a_lease_that_went_to_somebody_else_is_told_without_a_write(open_window, shared):
    robot = open_window(shared).wait_for_registry()
    assert robot.action("registry.import").isEnabled()
    lease_path(shared).unlink()
    with closing(Registry.open(shared, by="李航")):
        _wait_for(robot, "李航")
        assert not robot.action("registry.import").isEnabled()
        assert robot.label("status.saved") == "只读"
