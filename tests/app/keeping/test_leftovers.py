"""What killed work leaves behind is swept by the next of its kind and by the next start; what lives is left alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from app.exchange.formats.safe_file import written_aside
from app.leftovers import BENCH, EXPORT, READER, REGISTRY, own_folder, sweep
from app.persistence.files.aside import made_aside
from app.services.keeping.care import backup
from app.services.registry.registry import Registry
from tests.app.builders import a_small_registry
from ui.cli.run import run

ROOT = Path(__file__).resolve().parents[3]
_HOLDS = """
import sys
from pathlib import Path
from app.leftovers import own_folder
with own_folder(sys.argv[1], Path(sys.argv[2])) as folder:
    (folder / "content.txt").write_text("planted")
    print(folder, flush=True)
    sys.stdin.read()
"""
_READS = """
import sys
from pathlib import Path
from app.exchange.reader import read_source
read_source(Path(sys.argv[1]))
"""


@pytest.fixture
def holder():
    """Return a function that starts a process at work in a folder of its own; all of them end with the test."""
    running = []

    def start(stem, place):
        process = subprocess.Popen(
            [sys.executable, "-c", _HOLDS, stem, str(place)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        return process, Path(process.stdout.readline().strip())

    yield start
    for process in running:
        process.kill()
        process.communicate()


def kill(process):
    process.kill()
    process.communicate()


@pytest.mark.parametrize("stem", [REGISTRY, EXPORT, READER, BENCH])
def test_that_what_a_dead_process_left_goes_and_a_living_ones_stays(tmp_path, holder, stem):
    dead, left = holder(stem, tmp_path)
    _, held = holder(stem, tmp_path)
    kill(dead)
    strange = tmp_path / f"{stem}mine"
    strange.mkdir()
    with own_folder(stem, tmp_path) as own:
        assert sorted(tmp_path.iterdir()) == sorted([held, strange, own])
        assert own.stat().st_mode & 0o077 == 0
    assert (held / "content.txt").exists()
    assert left not in tmp_path.iterdir()
    assert not own.exists()


def test_that_a_number_given_to_another_process_does_not_keep_a_dead_ones_folder(tmp_path):
    with own_folder(REGISTRY, tmp_path) as own:
        machine, number, start, _ = own.name.removeprefix(REGISTRY).split("-")
        left = tmp_path / f"{REGISTRY}{machine}-{number}-{int(start) - 1}-abcdefgh"
        left.mkdir()
        elsewhere = tmp_path / f"{REGISTRY}{'0' * 8}-{number}-{int(start) - 1}-abcdefgh"
        elsewhere.mkdir()
        assert sweep(tmp_path) == [left]
        assert own.exists()
        assert elsewhere.exists(), "nobody can ask another machine whether it is at work"
        weeks_ago = time.time() - 15 * 86_400
        os.utime(elsewhere, (weeks_ago, weeks_ago))
        assert sweep(tmp_path) == [elsewhere]


def test_that_what_version_0_2_0_left_goes_when_it_is_a_day_old(tmp_path):
    left = [
        tmp_path / name for name in (".registry-ab_d1x9z", ".export-ab_d1x9z", "compound-registry-ab_d1x9z")
    ]
    for folder in left:
        folder.mkdir()
    draft = tmp_path / ".y.gpkg.part"
    draft.write_bytes(b"SQLite format 3\0" + bytes(84))
    strange = tmp_path / ".z.gpkg.part"
    strange.write_bytes(b"a download of another program")
    assert sweep(tmp_path) == []
    two_days_ago = time.time() - 2 * 86_400
    for path in (*left, draft, strange):
        os.utime(path, (two_days_ago, two_days_ago))
    assert sorted(sweep(tmp_path)) == sorted([*left, draft])
    assert strange.exists()


def test_that_each_act_and_each_opening_sweeps_its_own_folder(tmp_path, holder):
    registry = a_small_registry(tmp_path)
    registry.close()

    def left(stem):
        process, folder = holder(stem, tmp_path)
        kill(process)
        return folder

    killed = left(REGISTRY)
    backup(registry.path, tmp_path / "b.gpkg")
    assert not killed.exists()
    killed = left(EXPORT)
    with written_aside(tmp_path / "a.csv") as draft:
        assert not killed.exists()
        draft.write_text("a")
    killed = [left(EXPORT), left(REGISTRY)]
    Registry.open(registry.path).close()
    assert [folder for folder in killed if folder.exists()] == []
    with made_aside(tmp_path / "c.gpkg") as draft:
        draft.write_bytes(b"a")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.gpkg", "b.gpkg", "c.gpkg"]


def test_that_the_next_command_sweeps_the_temporary_folder(tmp_path, holder, monkeypatch, capsys):
    process, folder = holder(READER, tmp_path)
    kill(process)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert run(["measures", str(tmp_path / "none.gpkg")]) == 2
    capsys.readouterr()
    assert not folder.exists()


def test_that_a_reader_ends_with_its_parent_and_takes_its_copy_along(tmp_path):
    source = tmp_path / "people.csv"
    source.write_text("name,address\n" + "planted,planted\n" * 100_000, "utf-8")
    place = tmp_path / "tmp"
    place.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", _READS, str(source)], cwd=ROOT, env=os.environ | {"TMPDIR": str(place)}
    )
    children = []
    while not children:
        assert parent.poll() is None
        children = psutil.Process(parent.pid).children()
    (reader,) = children
    reader.send_signal(signal.SIGSTOP)  # so that it has not ended yet when its parent is killed
    kill(parent)
    reader.send_signal(signal.SIGCONT)
    assert psutil.wait_procs([reader], timeout=60)[1] == []
    assert list(place.iterdir()) == []


def test_that_a_report_of_a_command_names_verb_and_versions_and_no_content(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))

    def fail(_output, _path):
        raise KeyError("planted")

    monkeypatch.setattr("ui.cli.verbs.records.opened", fail)
    assert run(["list", str(tmp_path / "planted.gpkg"), "compounds", "--json"]) == 1
    said = json.loads(capsys.readouterr().out)["error"]["message"]
    (report,) = (tmp_path / "compound-registry" / "log").glob("crash-*.txt")
    assert str(report) in said
    assert report.stat().st_mode & 0o077 == 0
    assert report.parent.stat().st_mode & 0o077 == 0
    text = report.read_text("utf-8")
    assert "verb: list" in text
    assert "KeyError" in text
    assert "SQLite" in text
    assert "shapely" in text
    assert "ui/cli/verbs/records.py" in text
    assert "planted" not in text.replace('raise KeyError("planted")', ""), "no content"
    assert str(ROOT) not in text
