"""One desk for all stories; each story has its program, its settings and its copy of the sample."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.desk.program import Program
from tests.desk.session import Desk, missing, opened_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_NEEDED = "COMPOUND_REGISTRY_NEEDS_DESK"
_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        item.stash[_FAILED] = True
        for program in item.funcargs.get("programs", []):
            path = program.picture("where-it-failed")
            report.sections.append(("desk", f"what the screen showed: {path}\n{program.said()}"))
    return report


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a desk that all stories share."""
    lacking = missing()
    if lacking:
        told = f"no desk here; install: {' '.join(lacking)}"
        if os.environ.get(_NEEDED) or os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    with opened_desk(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture(scope="session")
def other_desk(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Return a second desk, with a screen, keys and a home of its own, for whoever works beside the first."""
    with opened_desk(tmp_path_factory.mktemp("other-desk")) as found:
        yield found


@pytest.fixture
def programs() -> list[Program]:
    """Return the programs that a story has started."""
    return []


@pytest.fixture
def run(desk: Desk, tmp_path: Path, programs: list[Program]) -> Iterator[Callable[..., Program]]:
    """Start programs; whatever happens, none outlives its story."""

    def run_one(*arguments: str | Path, at: Desk = desk, **environment: str) -> Program:
        folder = tmp_path / f"program{len(programs)}"
        folder.mkdir()
        programs.append(Program(at, folder, *arguments, **environment))
        return programs[-1]

    yield run_one
    for program in programs:
        program.let_go()


@pytest.fixture
def sample(tmp_path: Path, yaohai_sample: Path) -> Path:
    """Return a copy of the Yaohai sample that a story may write to."""
    path = tmp_path / "瑶海.gpkg"
    shutil.copy(yaohai_sample, path)
    return path


@pytest.fixture
def program(run: Callable[..., Program], sample: Path, request: pytest.FixtureRequest) -> Iterator[Program]:
    """Return the program with the sample open; a story that went well ends by closing its window."""
    found = run(sample).wait_until_open()
    yield found
    if not request.node.stash.get(_FAILED, False) and found.process.poll() is None:
        found.close()
