"""A desk without its server is killed with signal 9 while it writes and while it brings back: nothing is lost or done twice.

``OFFLINE_TRIALS=40 pytest tests/app/shared/test_offline_kills.py`` runs the whole by hand.
"""

from __future__ import annotations

import os
from contextlib import closing
from random import Random
from typing import TYPE_CHECKING

import pytest

from app.services.edit import edit
from app.services.registry import away
from app.services.registry.registry import Registry
from tests.app.shared.test_offline import content, line  # noqa: F401  # the fixture
from tests.drills.children import child, listened, rest, word

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

TRIALS = int(os.environ.get("OFFLINE_TRIALS", "2"))
_OWN = ("COMPOUND_REGISTRY_SETTINGS", "PGPASSFILE")


def writes(pipe: Connection, address: Path, surroundings: dict[str, str], seed: float) -> None:
    """Enter one thing after the other and say what is safe."""
    os.environ.update(surroundings)
    registry = Registry.open(address, is_desk=True)
    rng, number = Random(seed), 0
    while True:
        name = f"{seed}-{number}"
        if rng.random() < 0.5:
            edit.add(registry, "firms", {"name": name})
        else:
            edit.set_values(registry, ["C1"], {"name": name})
        pipe.send(name)
        number += 1


def returns(pipe: Connection, address: Path, surroundings: dict[str, str]) -> None:
    """Bring back what waits, as opening does."""
    os.environ.update(surroundings)
    pipe.send(os.getpid())
    with closing(Registry.open(address, is_desk=True)) as registry:
        pipe.send(len(away.how_it_stands(registry).waiting))


@pytest.mark.parametrize("seed", range(TRIALS))
def test_that_what_was_safe_before_a_kill_comes_back_once_whatever_is_killed_then(line, seed):  # noqa: F811
    rng, surroundings = Random(seed), {name: os.environ[name] for name in _OWN}
    address = line.address()
    with line.desk():
        pass
    line.relay.cut()
    with child(writes, address, surroundings, seed + 0.5) as (process, pipe):
        told = [word(pipe) for _ in range(rng.randrange(2, 6))]
        told += listened(pipe, rng.uniform(0.0, 0.012))
        process.kill()
        process.join()
        told += rest(pipe)
    line.relay.mend()
    left = rng.randrange(1, 4)
    for _ in range(left):
        with child(returns, address, surroundings) as (process, pipe):
            number = word(pipe)
            line.relay.kill_at(number, commit=rng.randrange(1, 6), when=rng.choice(["before", "after"]))
            process.join()
    line.relay.kill_at(0, commit=0, when="")
    with child(returns, address, surroundings) as (process, pipe):
        word(pipe)
        assert word(pipe) == 0, "nothing waits any more"
        process.join()
    with line.desk() as desk, line.other() as other:
        assert away.how_it_stands(desk).undecided == ()
        assert content(desk) == content(other)
        done = [str(detail.after) for change in other.history() for detail in change.details]
        for name in told:
            assert sum(f"'{name}'" in one or one == name for one in done) == 1, name
        assert len({change.change for change in other.history()}) == other.last_step
