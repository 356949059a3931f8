"""Everything a fresh machine needs: a virtual environment, the pinned packages, and what Qt and the tests ask of the system.

Run by ``make``; needs nothing but a Python of 3.11 to 3.13 and is quick when there is nothing to do:
``python3 scripts/set_up.py [--tests]``. Where system parts are missing and may not be installed it names them and ends with
0: what can be done without them is done.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import system_parts
from turns import turn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "set-up.sha256"
BEGUN = VENV / "set-up.begun"  # there while packages are being laid down, so that a broken set-up is known
LOG = VENV / "set-up.log"
OLDEST, NEWEST = (3, 11), (3, 13)
NOISE = ("WARNING: Location ", "Looking in ", "[notice]")  # of pip's own settings, not of our packages


def main(arguments: list[str]) -> int:
    for_tests = "--tests" in arguments
    if not is_ready() or missing_parts(for_tests):
        with turn(ROOT, on_wait=tell_to_wait):
            if not is_ready():
                make_ready()
            provide(for_tests=for_tests)
    compile_all(python_of(VENV))
    return 0


def is_ready() -> bool:
    """Whether the environment is whole and made from what the files ask for today."""
    python = python_of(VENV)
    return (
        is_usable(python)
        and not BEGUN.exists()
        and STAMP.is_file()
        and STAMP.read_text("utf-8") == fingerprint(python)
    )


def make_ready() -> None:
    """Make the environment if there is none, or only half of one, and install what is pinned."""
    python = python_of(VENV)
    if BEGUN.exists():
        say("上次准备被打断了，从头再来。", "The last set-up was interrupted; it is begun again.")
    if BEGUN.exists() or not is_usable(python):
        make_environment()
    STAMP.unlink(missing_ok=True)
    BEGUN.touch()
    install(python)
    STAMP.write_text(fingerprint(python), "utf-8")
    BEGUN.unlink()


def python_of(environment: Path) -> Path:
    """Return where an environment keeps its interpreter."""
    return environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def is_usable(python: Path) -> bool:
    """Whether this interpreter starts, is of a version we support and can install packages."""
    if not python.exists():
        return False
    asked = "import sys, pip; print(sys.version_info.major, sys.version_info.minor, sys.prefix)"
    answer = subprocess.run([python, "-P", "-c", asked], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        return False
    major, minor, prefix = answer.stdout.strip().split(" ", 2)
    return OLDEST <= (int(major), int(minor)) <= NEWEST and Path(prefix) == python.parent.parent


def make_environment() -> None:
    """Make ``.venv`` anew with the first Python of this machine that fits."""
    base = supported_python()
    say(f"建立虚拟环境 .venv（{base}）…", f"Making the virtual environment .venv with {base} …")
    words = make_venv(base)
    apt = system_parts.apt_get()
    if words and apt and "ensurepip" in words:
        tell_install(["python3-venv"], apt)
        words = system_parts.install(["python3-venv"], apt) or make_venv(base)
    if not words:
        return
    if "ensurepip" in words:
        stop(
            f"{words}\n建不了虚拟环境，原话见上。Debian 上以管理员身份执行：apt-get install python3-venv",
            "Python can't make a virtual environment; its own words are above. "
            "On Debian, as the administrator, run: apt-get install python3-venv",
        )
    stop(
        f"{words}\n建不了虚拟环境，原话见上。看看这个文件夹能不能写、盘上有没有空间：{ROOT}",
        "The virtual environment can't be made; the system's own words are above. "
        f"See whether this folder may be written and the disk has room: {ROOT}",
    )


def make_venv(base: str) -> str:
    """Make the bare environment; return "" or the system's own words on why it can't."""
    try:
        remove(VENV)
    except OSError as fault:
        return str(fault)
    made = subprocess.run([base, "-P", "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    return "" if made.returncode == 0 else (made.stdout + made.stderr).strip() or f"status {made.returncode}"


def remove(path: Path) -> None:
    """Remove a folder, a file or a link, if it is there."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def supported_python() -> str:
    """Return the interpreter to build on: this one if it fits, else the newest that fits on the path."""
    if OLDEST <= sys.version_info[:2] <= NEWEST:
        return getattr(sys, "_base_executable", None) or sys.executable
    for minor in range(NEWEST[1], OLDEST[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if (
            found
            and subprocess.run([found, "-P", "-c", ""], capture_output=True, check=False).returncode == 0
        ):
            return found
    stop(
        f"需要 Python 3.11、3.12 或 3.13，这里的 python3 是 {sys.version.split()[0]}。"
        "装一个（Debian 12、13 上以管理员身份执行：apt-get install python3 python3-venv），"
        "或指明在哪里：make run PYTHON=python3.12",
        f"Python 3.11, 3.12 or 3.13 is needed; python3 here is {sys.version.split()[0]}. "
        "Install one (on Debian 12 or 13, as the administrator: apt-get install python3 python3-venv), "
        "or say where it is: make run PYTHON=python3.12",
    )
    raise AssertionError


def fingerprint(python: Path) -> str:
    """Return a digest of what the environment was made from and where."""
    digest = hashlib.sha256(str(python).encode())
    for name in ("pyproject.toml", "constraints.txt", "scripts/set_up.py"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def install(python: Path) -> None:
    """Install the pinned packages and the program itself, editable. pip is heard only where it failed."""
    say("安装依赖（首次要几分钟）…", "Installing packages (the first time takes a few minutes) …")
    pip = [str(python), "-P", "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    pins = ["--constraint", str(ROOT / "constraints.txt")]
    for what in (["setuptools"], ["--no-build-isolation", "--editable", f"{ROOT}[dev]"]):
        with LOG.open("w", encoding="utf-8") as log:
            done = subprocess.run([*pip, *pins, *what], check=False, cwd=ROOT, stdout=log, stderr=log)
        if done.returncode == 0:
            continue
        if done.returncode > 0:
            BEGUN.unlink()  # pip ended by itself and took back what it had begun
        lines = LOG.read_text("utf-8", errors="replace").splitlines()
        words = [line for line in lines if line.strip() and not line.startswith(NOISE)]
        say("\n".join(words[-12:]), f"({LOG.relative_to(ROOT)})")
        stop(
            "装不上依赖，原因见上。多半是连不上 PyPI：检查网络，或用 PIP_INDEX_URL 指到本单位的镜像。",
            "The packages could not be installed; the reason is above. Most often PyPI is out of reach: "
            "check the network, or point PIP_INDEX_URL at your own mirror.",
        )


def compile_all(python: Path) -> None:
    """Compile our own modules once: where Python may not keep what it compiles, each start would pay again."""
    sources = ["app", "geo", "ui", "resources", "main.py"]
    subprocess.run(
        [python, "-P", "-m", "compileall", "-q", *sources], check=False, cwd=ROOT, capture_output=True
    )


def missing_parts(for_tests: bool) -> list[str]:
    """Return what the system lacks for the window, and with ``for_tests`` for the tests too."""
    with_display = for_tests or system_parts.wants_display()
    libraries = system_parts.missing_libraries(python_of(VENV), with_display=with_display)
    return [*libraries, *(system_parts.missing_programs() if for_tests else ())]


def provide(*, for_tests: bool) -> None:
    """Install what the system lacks where that is allowed; else say what it is and who can install it."""
    missing = missing_parts(for_tests)
    apt = system_parts.apt_get()
    words = ""
    if missing and apt and packages_of(missing):
        tell_install(packages_of(missing), apt)
        words = system_parts.install(packages_of(missing), apt)
        missing = missing_parts(for_tests)
    if not missing:
        return
    libraries = [name for name in missing if ".so" in name]
    if libraries:
        say(
            "窗口用的 Qt 在本机缺少系统库：" + " ".join(libraries) + "。不用窗口的照做。",
            "Qt, which draws the window, lacks libraries on this machine: " + " ".join(libraries) + ". "
            "What needs no window is done all the same.",
        )
    if len(libraries) < len(missing):
        programs = [name for name in missing if name not in libraries]
        names = " ".join(packages_of([name])[0] if "/" in name else name for name in programs)
        say(f"测试要用的本机没有：{names}。", f"The tests would use what is not on this machine: {names}.")
    if words:
        say(words, "(apt-get)")
    packages = packages_of(missing)
    if packages:
        command = "apt-get install " + " ".join(packages)
        say(f"以管理员身份执行：{command}", f"As the administrator, run: {command}")
    unknown = [name for name in libraries if name not in system_parts.LIBRARIES]
    if unknown:
        say(
            "不知道在哪个软件包里：" + " ".join(unknown),
            "Look for the package that holds: " + " ".join(unknown),
        )


def packages_of(missing: list[str]) -> list[str]:
    """Return the Debian packages that hold these libraries, programs and files, as far as known."""
    known = {**system_parts.LIBRARIES, **system_parts.FOR_THE_DESK, **system_parts.FOR_OTHER_TESTS}
    return sorted({known[name] for name in missing if name in known})


def tell_install(packages: list[str], apt: list[str]) -> None:
    by = "sudo apt-get" if len(apt) > 1 else "apt-get"
    listed = " ".join(packages)
    say(
        f"用 {by} 安装系统里缺的（SYSTEM=no 可禁止）：{listed}",
        f"Installing with {by} what the system lacks (SYSTEM=no forbids it): {listed}",
    )


def tell_to_wait() -> None:
    say("另一个 make 正在准备，等它做完 …", "Another make is preparing this folder; waiting for it …")


def say(zh: str, en: str) -> None:
    """Tell the person at the terminal, in both languages."""
    print(f"{zh}\n{en}", file=sys.stderr, flush=True)


def stop(zh: str, en: str) -> None:
    """Tell why nothing more can be done, and end."""
    say(zh, en)
    raise SystemExit(2)


if __name__ == "__main__":
    try:
        raise SystemExit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        say("停下了；下次从头准备。", "Stopped; the next run begins the set-up again.")
        raise SystemExit(130) from None
