"""A machine that has nothing: what the set-up installs, what it only names, and how a broken one is mended."""

from __future__ import annotations

import importlib.util
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LDD = "#!/bin/sh\n[ -e {there} ] && exit 0\nprintf '\\tlibEGL.so.1 => not found\\n\\tlibodd.so.7 => not found\\n\\tlibc.so.6 => /lib/libc.so.6\\n'\n"
NO_QT = "import sys\n\nraise ImportError('libEGL.so.1: cannot open shared object file: No such file or directory')\n"


def script(name):
    """Return one of ``scripts`` as a module of its own."""
    spec = importlib.util.spec_from_file_location(f"script_{name}", ROOT / "scripts" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def programs(tmp_path, monkeypatch):
    """Put made-up programs before those of this machine."""
    folder = tmp_path / "programs"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder) + os.pathsep + os.environ["PATH"])

    def put(name, text):
        path = folder / name
        path.write_text(text, "utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    return put


@pytest.fixture
def set_up(tmp_path, monkeypatch):
    """Return the set-up on a folder of its own, with an environment that is whole: this one's."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    monkeypatch.delenv("SYSTEM", raising=False)
    module = script("set_up")
    root = tmp_path / "clone"
    for name in ("pyproject.toml", "constraints.txt", "scripts/set_up.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name, "utf-8")
    (root / ".venv").mkdir()
    for name, place in {
        "ROOT": ".",
        "VENV": ".venv",
        "STAMP": ".venv/stamp",
        "BEGUN": ".venv/begun",
        "LOG": ".venv/log",
    }.items():
        monkeypatch.setattr(module, name, root / place)
    monkeypatch.setattr(module, "is_usable", lambda python: True)
    monkeypatch.setattr(module, "python_of", lambda environment: Path(sys.executable))
    monkeypatch.setattr(module, "compile_all", lambda python: None)
    module.STAMP.write_text(module.fingerprint(Path(sys.executable)), "utf-8")
    return module


@pytest.fixture
def a_machine_without_qt(programs, tmp_path):
    """Qt's libraries are missing until apt-get, which writes down what it was asked, has brought them."""
    brought, asked = tmp_path / "brought", tmp_path / "asked"
    programs("ldd", LDD.format(there=brought))
    programs(
        "apt-get", f'#!/bin/sh\necho "$*" >> {asked}\ncase "$*" in *" install "*) touch {brought};; esac\n'
    )
    programs("sudo", "#!/bin/sh\nexit 1\n")
    return asked


def test_that_root_gets_qts_libraries_installed_and_one_line_says_so(
    set_up, a_machine_without_qt, monkeypatch, capsys
):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert set_up.main([]) == 0
    assert "install" in a_machine_without_qt.read_text("utf-8")
    assert "libegl1" in a_machine_without_qt.read_text("utf-8")
    told = capsys.readouterr().err.splitlines()
    assert [line for line in told if "libegl1" in line] == told
    assert len(told) == 2, "one sentence, in two languages"


@pytest.mark.parametrize(("user", "system"), [(0, "no"), (1000, "")])
def test_that_where_nothing_may_be_installed_the_packages_are_named_and_the_job_goes_on(
    set_up, a_machine_without_qt, monkeypatch, capsys, user, system
):
    monkeypatch.setattr(os, "geteuid", lambda: user)
    monkeypatch.setenv("SYSTEM", system)
    assert set_up.main([]) == 0
    assert not a_machine_without_qt.exists(), "apt-get was called"
    told = capsys.readouterr().err
    assert "apt-get install libegl1\n" in told
    assert "libodd.so.7" in told


def test_that_a_user_whose_sudo_asks_for_no_password_gets_them_installed(
    set_up, a_machine_without_qt, programs, monkeypatch, capsys
):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    programs("sudo", '#!/bin/sh\n[ "$1" = -n ] || exit 1\nshift\nexec "$@"\n')
    assert set_up.main([]) == 0
    assert " install " in a_machine_without_qt.read_text("utf-8")
    assert "sudo apt-get" in capsys.readouterr().err


def test_that_what_apt_refuses_is_told_in_its_own_words_and_the_rest_is_tried(
    set_up, a_machine_without_qt, programs, monkeypatch, capsys
):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    programs("apt-get", '#!/bin/sh\necho "E: Unable to locate package" >&2\nexit 100\n')
    assert set_up.main([]) == 0
    told = capsys.readouterr().err
    assert "E: Unable to locate package" in told
    assert "apt-get install libegl1\n" in told


def test_that_the_tests_ask_for_what_the_desk_needs_and_a_run_of_the_program_does_not(set_up, monkeypatch):
    monkeypatch.setattr(set_up.system_parts, "missing_libraries", lambda python, *, with_display: [])
    monkeypatch.setattr(set_up.system_parts.shutil, "which", lambda name: None)
    assert set_up.missing_parts(for_tests=False) == []
    assert {"xvfb", "xdotool", "chromium", "ibus"} <= set(
        set_up.packages_of(set_up.missing_parts(for_tests=True))
    )


def test_that_a_python_that_does_not_fit_is_refused_with_what_to_install(
    set_up, tmp_path, monkeypatch, capsys
):
    monkeypatch.setenv("PATH", str(tmp_path))
    for version in ((3, 10, 2), (3, 14, 0)):
        monkeypatch.setattr(set_up.sys, "version_info", version)
        with pytest.raises(SystemExit) as refused:
            set_up.supported_python()
        assert refused.value.code == 2
        assert "python3-venv" in capsys.readouterr().err


def test_that_a_python_that_fits_is_found_beside_one_that_does_not(set_up, programs, monkeypatch):
    programs("python3.12", "#!/bin/sh\nexit 0\n")
    programs("python3.13", "#!/bin/sh\nexit 127\n")
    monkeypatch.setattr(set_up.sys, "version_info", (3, 14, 0))
    assert Path(set_up.supported_python()).name == "python3.12"


def test_that_a_changed_pin_makes_the_next_start_install_again(set_up):
    assert set_up.is_ready()
    (set_up.ROOT / "constraints.txt").write_text("numpy==2.4.7", "utf-8")
    assert not set_up.is_ready()


def test_that_a_set_up_that_was_cut_off_is_begun_again_from_nothing(set_up, monkeypatch, capsys):
    made = []
    monkeypatch.setattr(
        set_up, "make_environment", lambda: (made.append("environment"), set_up.BEGUN.unlink())
    )

    def cut_off(python):
        raise KeyboardInterrupt

    monkeypatch.setattr(set_up, "install", cut_off)
    set_up.STAMP.unlink()
    with pytest.raises(KeyboardInterrupt):
        set_up.make_ready()
    assert made == [], "the environment itself was whole"
    assert not set_up.is_ready()

    monkeypatch.setattr(set_up, "install", lambda python: made.append("packages"))
    set_up.make_ready()
    assert made == ["environment", "packages"]
    assert set_up.is_ready()
    assert "interrupted" in capsys.readouterr().err


def test_that_pip_is_heard_only_where_it_failed_and_without_its_noise(set_up, programs, monkeypatch, capsys):
    words = "WARNING: Location 'file:///x' is ignored\nERROR: No matching distribution found for numpy\n"
    programs("pip-that-fails", f'#!/bin/sh\nprintf "{words}" >&2\nexit 1\n')
    programs("pip-that-works", f'#!/bin/sh\nprintf "{words}" >&2\n')
    folder = Path(os.environ["PATH"].split(os.pathsep)[0])
    set_up.BEGUN.touch()
    set_up.install(folder / "pip-that-works")
    assert "numpy" not in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        set_up.install(folder / "pip-that-fails")
    told = capsys.readouterr().err
    assert ended.value.code == 2
    assert "No matching distribution found for numpy" in told
    assert "Location" not in told
    assert not set_up.BEGUN.exists(), "pip took back what it had begun: the environment is as it was"


def test_that_two_at_once_wait_for_each_other(set_up, tmp_path):
    order, waiting = [], threading.Event()

    def second():
        with set_up.turn(tmp_path, on_wait=waiting.set):
            order.append("second")

    with set_up.turn(tmp_path, on_wait=lambda: order.append("nobody was there")):
        other = threading.Thread(target=second)  # two processes of a person, in little
        other.start()
        assert waiting.wait(30)
        order.append("first")
    other.join(30)
    assert order == ["first", "second"]


def test_that_a_missing_venv_module_is_answered_with_its_package_and_a_full_disk_is_not(
    set_up, programs, monkeypatch, capsys
):
    monkeypatch.setenv("SYSTEM", "no")
    folder = Path(os.environ["PATH"].split(os.pathsep)[0])
    for words, answer in (
        ("ensurepip is not available", "apt-get install python3-venv"),
        ("No space left on device", str(set_up.ROOT)),
    ):
        programs("odd-python", f"#!/bin/sh\necho '{words}'\nexit 1\n")
        monkeypatch.setattr(set_up, "supported_python", lambda: str(folder / "odd-python"))
        with pytest.raises(SystemExit) as refused:
            set_up.make_environment()
        told = capsys.readouterr().err
        assert refused.value.code == 2
        assert words in told
        assert answer in told


@pytest.fixture
def without_qt(tmp_path):
    """Return the environment of a machine on which importing any part of Qt ends as it does without libEGL."""
    fake = tmp_path / "without_qt"
    for name in ("PySide6", "shiboken6"):
        (fake / name).mkdir(parents=True)
        (fake / name / "__init__.py").write_text(NO_QT, "utf-8")
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(fake), str(ROOT)]),
        "COMPOUND_REGISTRY_SETTINGS": str(tmp_path / "s.ini"),
    }


def run(*arguments, env, status=0):
    command = [sys.executable, *map(str, arguments)]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def test_that_a_sample_is_made_without_qt_and_a_picture_of_it_refused_with_a_sentence(without_qt, tmp_path):
    main, made = ROOT / "main.py", tmp_path / "sample.gpkg"
    run(main, "sample", made, "--profile", "yaohai", "--quiet", env=without_qt)
    refused = run(main, "export", made, tmp_path / "map.png", env=without_qt, status=2)
    assert "libEGL.so.1" in refused.stderr
    assert not (tmp_path / "map.png").exists()


def test_that_the_first_run_without_qt_writes_workbook_and_page_and_says_what_is_missing(
    without_qt, tmp_path, yaohai_sample, monkeypatch, capfd
):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    for name, value in without_qt.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DISPLAY", ":77")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    first = script("first_run")
    out = tmp_path / "out"
    out.mkdir()
    for name, place in {"OUT": out, "SAMPLE": out / "yaohai.gpkg"}.items():
        monkeypatch.setattr(first, name, place)
    monkeypatch.setattr(first, "shown", lambda path: path.name)
    monkeypatch.setattr(first.sys, "stdout", open(1, "w", closefd=False))  # noqa: SIM115  # a stream that can be set line by line
    (out / "yaohai.gpkg").write_bytes(yaohai_sample.read_bytes())
    (out / "window.png").write_bytes(b"of an earlier run")
    assert first.main() == 0
    told = capfd.readouterr()
    assert sorted(path.name for path in out.iterdir() if path.suffix in {".xlsx", ".html", ".png"}) == [
        "coverage.xlsx",
        "map.html",
    ]
    assert "The display" in told.err or "on the display :77" in told.err
    assert "libEGL.so.1" in told.err
    assert "window.png" not in told.out
    assert " / 560 " in told.out


def test_that_tests_run_without_qt_and_only_what_needs_it_is_left_out(without_qt, tmp_path):
    for name, text in {
        "test_window": "from PySide6.QtWidgets import QWidget\n\ndef test_window():\n    assert QWidget()\n",
        "test_mixed": (
            "import subprocess, sys\n\n"
            "def test_plain():\n    assert True\n\n"
            "def test_wrong():\n    assert 1 == 2\n\n"
            "def test_fixture(qtbot):\n    assert qtbot\n\n"
            "def test_child():\n"
            "    done = subprocess.run([sys.executable, '-c', 'import PySide6'], capture_output=True, text=True)\n"
            "    assert done.returncode == 0, done.stderr\n"
        ),
        "test_missing": "import nothing_of_this_name\n",
    }.items():
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
    report = tmp_path / "report.xml"
    run(
        *("-m", "pytest", "-q", "-p", "no:pytest-qt", "-p", "no:cacheprovider", "-p", "tests.without_qt"),
        *("--continue-on-collection-errors", f"--rootdir={ROOT}", f"-c{ROOT / 'pyproject.toml'}", f"--junit-xml={report}", tmp_path),
        env=without_qt,
        status=1,
    )  # fmt: skip
    monkey = pytest.MonkeyPatch()
    monkey.syspath_prepend(str(ROOT / "scripts"))
    count = script("run_tests").Count()
    monkey.undo()
    count.add(report)
    assert (count.passed, count.failed, count.skipped) == (1, 2, 3)
