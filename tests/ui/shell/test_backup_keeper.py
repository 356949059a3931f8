"""The window keeps backups by itself: none for looking, one once something is changed, the last state at the end."""

from __future__ import annotations

from app.persistence import backup_making
from app.services.edit.edit import set_values
from app.services.keeping import backups
from app.text import Text
from tests.ui.robots.small import write_small
from ui.bridge.errors import words_of
from ui.shell import backup_keeper


def rename(window, name):
    registry = window.context.registry
    window.context.edit(
        lambda _ticket: set_values(registry, ["C000001"], {"name": name}), Text("改名", "Renamed")
    )


def kept(path):
    return backups.kept(path).backups


def name_in(backup):
    return backups.content(backup.path).dataset.find("C000001").get("name")


def test_that_looking_makes_no_backup(open_window, registry_path):
    robot = open_window(registry_path).wait_for_registry()
    robot.window.close()
    assert kept(registry_path) == ()
    assert not registry_path.with_name(registry_path.name + ".backups").exists()


def test_that_a_change_is_kept_at_once_and_the_last_state_at_the_end(qtbot, open_window, registry_path):
    """What a crash would leave is there soon; one opening leaves one copy, its last."""
    window = open_window(registry_path).wait_for_registry().window
    rename(window, "一")
    qtbot.waitUntil(lambda: len(kept(registry_path)) == 1)
    assert name_in(kept(registry_path)[0]) == "一"
    qtbot.waitUntil(lambda: not window.tasks.is_busy)
    rename(window, "二")
    qtbot.waitUntil(lambda: window.context.registry.find("C000001").get("name") == "二")
    window.close()
    newest, *older = kept(registry_path)
    assert (name_in(newest), newest.is_verified, newest.why) == ("二", True, backups.OPENING)
    assert [one.slot for one in older] in ([], [newest.slot])


def test_that_a_large_registry_is_left_to_a_process_of_its_own(
    qtbot, open_window, registry_path, monkeypatch
):
    monkeypatch.setattr(backup_keeper, "_LITTLE", 0)
    window = open_window(registry_path).wait_for_registry().window
    rename(window, "一")
    qtbot.waitUntil(lambda: len(backups.settled(registry_path).backups) == 1)
    window.close()
    assert [name_in(one) for one in backups.settled(registry_path).backups] == ["一"]


def test_that_another_file_lets_the_one_before_be_kept(qtbot, open_window, registry_path, tmp_path):
    other = write_small(tmp_path / "other.gpkg")
    window = open_window(registry_path).wait_for_registry().window
    rename(window, "一")
    qtbot.waitUntil(lambda: window.context.registry.find("C000001").get("name") == "一")
    window.files.open(other)
    qtbot.waitUntil(lambda: window.context.registry.path == other)
    assert name_in(kept(registry_path)[0]) == "一"
    assert kept(other) == ()


def test_that_a_backup_that_fails_is_told_once_with_the_last_good_one(
    qtbot, open_window, registry_path, monkeypatch
):
    good = backups.make(registry_path)

    def full(_folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup_making.shutil, "disk_usage", full)
    window = open_window(registry_path).wait_for_registry().window
    told = []
    window.context.refused.connect(told.append)
    rename(window, "一")
    qtbot.waitUntil(lambda: bool(told))
    said = words_of(told[0]).zh
    assert "自动备份没有做成" in said
    assert str(good.path) in said
    window.close()
    assert len(told) == 1
    assert kept(registry_path) == (good,)
