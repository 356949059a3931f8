"""A whole life for kinds that nobody wrote code for: run in a process of its own, which declares them before all else.

``python -m tests.stories.whole_life FOLDER`` prints, as JSON, kind → step of its life → why it failed; {} where nothing did.
The registry was made by the program as it was yesterday, and gets their tables by a step of its schema. Beside one whole kind
of each shape stands, for every trait, a kind from which that trait is taken out (``without_TRAIT``): what fails of its life
then is what the trait is there for.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import io
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


class _Beside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Adds to a module what a hand would write into it: the kinds among the places, their step among the steps."""

    def __init__(self, module: str, write: Callable[[Any], None]) -> None:
        self._module, self._write = module, write

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != self._module:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        assert spec is not None
        self._loader = spec.loader
        spec.loader = self
        return spec

    def create_module(self, _spec: Any) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        self._write(module)


def _the_kinds(module: Any) -> None:
    from tests.stories.whole_life_kinds import made

    module.PLACES = (*module.PLACES, *made())


def _the_step(module: Any) -> None:
    from tests.stories.whole_life_kinds import made

    tables = tuple(kind.table for kind in made())
    module.NEWEST += 1
    module.STEPS = (
        *module.STEPS,
        module.Step(module.NEWEST, "Kinds that nobody wrote code for.", tables=tables),
    )


def declare() -> None:
    """Declare the kinds; before anything else of the program is imported."""
    sys.meta_path[:0] = [
        _Beside("app.domain.kinds.places", _the_kinds),
        _Beside("app.persistence.migrations", _the_step),
    ]


def main(folder: Path) -> dict[str, dict[str, str]]:
    """Live every life, and return what failed."""
    made_yesterday = [sys.executable, "main.py", "new", str(folder / "life.gpkg"), "--profile", "yaohai"]
    subprocess.run(made_yesterday, check=True, capture_output=True)
    declare()
    from app.domain.kinds import KINDS
    from tests.stories.whole_life_kinds import NEW, WITHOUT
    from tests.stories.whole_life_steps import STEPS, World

    world = World(folder)
    failed: dict[str, dict[str, str]] = {}
    lives = [kind for name, kind in KINDS.items() if name in NEW]
    for step in STEPS:
        for kind in lives:
            taken_out = WITHOUT.get(kind.name.removeprefix("without_"))
            if taken_out is not None and step.__name__ not in ("added", taken_out[2]):
                continue  # its life is only looked at where the trait is
            try:
                step(world, kind)
            except Exception as error:  # the answer of this program
                where = traceback.extract_tb(error.__traceback__)[-1]
                said = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
                failed.setdefault(kind.name, {})[step.__name__] = said[:400]
    world.close()
    return failed


if __name__ == "__main__":
    spoken = io.StringIO()
    with contextlib.redirect_stdout(spoken):
        found = main(Path(sys.argv[1]))
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
