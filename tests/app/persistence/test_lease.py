"""On a network share one person writes and the others are told who; whoever is gone is taken over from."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import IntegrityFault, StorageFault
from app.persistence.files import lease as leases
from app.persistence.files.lease import lease_of, lease_path
from app.services.edit import edit
from app.services.registry import registry
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry

ROOT = Path(__file__).resolve().parents[3]
_HOLD = """
import signal, sys
from pathlib import Path
from app.services.registry import registry
registry.is_shared_disk = lambda path: True
opened = registry.Registry.open(Path(sys.argv[1]), by="王敏")
print("open", flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def shared_path(tmp_path, monkeypatch):
    opened = a_small_registry(tmp_path)
    opened.close()
    monkeypatch.setattr(registry, "is_shared_disk", lambda _path: True)
    return opened.path


@pytest.fixture
def holder(shared_path):
    """Give another process of this machine that holds the lease."""
    command = [sys.executable, "-c", _HOLD, str(shared_path)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout.readline() == "open\n"
        yield child
        child.kill()


def _written(path, **other):
    """Write the lease as somebody else would have, and return what it says."""
    said = {**json.loads(lease_path(path).read_text("ascii")), **other}
    lease_path(path).write_text(json.dumps(said), "ascii")
    return said


def _of_another_machine(path, *, silent_for):
    with closing(Registry.open(path, by="王敏")):
        text = lease_path(path).read_text("ascii")
    lease_path(path).write_text(text, "ascii")
    _written(path, machine="街道办二号机", numbers="0", token="theirs")
    then = time.time() - silent_for
    os.utime(lease_path(path), (then, then))


def _name_of(path):
    with closing(sqlite3.connect(path)) as plain:
        return plain.execute("SELECT name FROM compound WHERE code = 'C1'").fetchone()[0]


def test_that_the_second_to_open_a_shared_registry_reads_only_and_is_told_who_writes(shared_path):
    first = Registry.open(shared_path, by="王敏")
    second = Registry.open(shared_path, by="李航")
    assert second.is_read_only
    with pytest.raises(StorageFault, match="王敏"):
        edit.set_values(second, ["C1"], {"name": "甲"})
    second.close()
    assert lease_path(shared_path).exists()
    edit.set_values(first, ["C1"], {"name": "甲"})
    first.close()
    assert not lease_path(shared_path).exists()
    third = Registry.open(shared_path, by="李航")
    assert not third.is_read_only
    third.close()


def test_that_who_was_killed_on_this_machine_is_taken_over_and_it_is_said(shared_path, holder):
    held = Registry.open(shared_path, by="李航")
    assert held.is_read_only
    held.close()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    after = Registry.open(shared_path, by="李航")
    assert not after.is_read_only
    assert "王敏" in after.standing.took_over.zh
    edit.set_values(after, ["C1"], {"name": "甲"})
    after.close()
    assert _name_of(shared_path) == "甲"
    assert not lease_path(shared_path).exists()


def test_that_a_killed_process_that_nobody_has_waited_for_is_gone(shared_path, holder):
    holder.send_signal(signal.SIGKILL)
    os.waitid(os.P_PID, holder.pid, os.WEXITED | os.WNOWAIT)  # it is dead, and still has its number
    with closing(Registry.open(shared_path)) as after:
        assert not after.is_read_only


def test_that_another_process_of_the_same_number_is_not_taken_for_the_holder(shared_path):
    first = Registry.open(shared_path, by="王敏")
    said = _written(
        shared_path, started=json.loads(lease_path(shared_path).read_text("ascii"))["started"] - 1
    )
    assert said["process"] == os.getpid()
    with closing(Registry.open(shared_path)) as second:
        assert not second.is_read_only
    first.close()


@pytest.mark.parametrize(("silent_for", "may_write"), [(10, False), (600, True)])
def test_that_a_machine_started_anew_lets_go_once_it_gave_no_sign_of_life(shared_path, silent_for, may_write):
    first = Registry.open(shared_path, by="王敏")
    _written(shared_path, run="before the power went")
    then = time.time() - silent_for
    os.utime(lease_path(shared_path), (then, then))
    with closing(Registry.open(shared_path)) as second:
        assert second.is_read_only is not may_write
    first.close()


@pytest.mark.parametrize("text", ["", "?", "[1]", '{"who": 3}', '{"who": "王敏"'])
def test_that_an_unreadable_lease_lets_one_read_and_is_taken_over_after_silence(shared_path, text):
    lease_path(shared_path).write_text(text, "utf-8")
    opened = Registry.open(shared_path)
    assert opened.is_read_only
    assert opened.find("C1")
    with pytest.raises(StorageFault, match="读不懂"):
        edit.set_values(opened, ["C1"], {"name": "甲"})
    assert opened.standing.offer is None
    os.utime(lease_path(shared_path), (0, 0))
    assert opened.look_at_standing()
    assert opened.standing.offer is not None
    opened.take_over()
    edit.set_values(opened, ["C1"], {"name": "甲"})
    opened.close()
    assert _name_of(shared_path) == "甲"


def test_that_closing_leaves_the_lease_of_somebody_else_alone(shared_path):
    first = Registry.open(shared_path, by="王敏")
    lease_path(shared_path).unlink()
    second = Registry.open(shared_path, by="李航")
    assert not second.is_read_only
    first.close()
    assert lease_of(shared_path).who == "李航"
    with closing(Registry.open(shared_path, by="赵")) as third:
        assert third.is_read_only
    second.close()


@pytest.mark.parametrize("is_taken", [False, True])
def test_that_a_writer_whose_lease_is_gone_stops_writing(shared_path, is_taken):
    first = Registry.open(shared_path, by="王敏")
    lease_path(shared_path).unlink()
    second = Registry.open(shared_path, by="李航") if is_taken else None
    before = _name_of(shared_path)
    with pytest.raises(StorageFault, match="李航" if is_taken else "占用说明被删掉了"):
        edit.set_values(first, ["C1"], {"name": "甲"})
    assert first.is_read_only
    assert _name_of(shared_path) == before
    if second is not None:
        second.close()
    first.close()


def test_that_who_lost_the_lease_hears_of_it_without_writing_and_may_take_it_again(shared_path):
    first = Registry.open(shared_path, by="王敏")
    lease_path(shared_path).unlink()
    with closing(Registry.open(shared_path, by="李航")) as second:
        edit.set_values(second, ["C1"], {"name": "乙"})
        assert first.look_at_standing()
        assert "李航" in first.why_read_only.zh
        assert first.standing.offer is None
    assert first.look_at_standing()
    assert first.standing.offer is not None
    first.take_over()
    assert first.find("C1").get("name") == "乙"
    edit.set_values(first, ["C1"], {"name": "甲"})
    first.close()
    assert _name_of(shared_path) == "甲"


def test_that_another_machine_keeps_its_lease_while_it_gives_signs_of_life(shared_path):
    _of_another_machine(shared_path, silent_for=60)
    with closing(Registry.open(shared_path)) as opened:
        assert opened.is_read_only
        assert opened.standing.offer is None
        with pytest.raises(StorageFault, match="街道办二号机"):
            opened.take_over()
        assert opened.is_read_only


def test_that_taking_over_from_a_silent_machine_is_offered_with_its_risk_and_never_done_by_itself(
    shared_path,
):
    _of_another_machine(shared_path, silent_for=11 * 60)
    opened = Registry.open(shared_path, by="李航")
    assert opened.is_read_only
    assert "街道办二号机" in opened.why_read_only.zh
    assert "11 分钟" in opened.standing.offer.zh
    opened.take_over()
    assert not opened.is_read_only
    edit.set_values(opened, ["C1"], {"name": "甲"})
    opened.close()
    assert _name_of(shared_path) == "甲"


def test_that_of_two_who_take_over_one_writes(shared_path):
    _of_another_machine(shared_path, silent_for=600)
    first, second = Registry.open(shared_path, by="李航"), Registry.open(shared_path, by="赵")
    first.take_over()
    with pytest.raises(StorageFault, match="李航"):
        second.take_over()
    assert second.is_read_only
    edit.set_values(first, ["C1"], {"name": "甲"})
    second.close()
    first.close()


def test_that_a_sign_of_life_is_given_to_nobody_elses_lease(shared_path, monkeypatch):
    monkeypatch.setattr(leases, "RENEWAL", 0.01)
    first = Registry.open(shared_path)
    os.utime(lease_path(shared_path), (0, 0))
    while lease_path(shared_path).stat().st_mtime == 0:
        os.sched_yield()
    assert lease_of(shared_path).process == os.getpid()
    first.close()
    held = leases.take_lease(shared_path, "王敏", "2026-01-01T00:00:00.000Z")
    _written(shared_path, token="theirs")
    os.utime(lease_path(shared_path), (0, 0))
    held.renew()
    assert lease_path(shared_path).stat().st_mtime == 0
    held.release()
    assert lease_path(shared_path).exists()


def test_that_the_hour_is_told_in_local_time(shared_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    try:
        lease = leases.Lease("王敏", "二号机", "2026-11-30T22:05:00.000Z")
        assert "2026-12-01 06:05" in lease.words.zh
    finally:
        monkeypatch.undo()
        time.tzset()


def test_that_a_lease_of_an_older_version_is_understood(shared_path):
    lease_path(shared_path).write_text(
        json.dumps({"who": "王敏", "machine": "二号机", "since": "2026-11-30T01:00:00.000Z"}), "utf-8"
    )
    with closing(Registry.open(shared_path)) as opened:
        assert opened.is_read_only
        assert "王敏（二号机）" in opened.why_read_only.zh


def test_that_a_registry_that_does_not_open_leaves_no_lease(shared_path):
    raw = sqlite3.connect(shared_path)
    raw.execute("UPDATE registry_info SET value = '别名' WHERE key = 'name'")
    raw.commit()
    raw.close()
    with pytest.raises(IntegrityFault):
        Registry.open(shared_path)
    assert not lease_path(shared_path).exists()
    assert sorted(path.name for path in shared_path.parent.iterdir()) == [shared_path.name]
