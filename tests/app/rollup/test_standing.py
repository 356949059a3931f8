"""Workers that stay between questions: the same processes, until one is stuck or nobody asks any more."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import psutil
import pytest

from app.jobs import Cancelled, Ticket
from app.services.rollup.cluster import results
from app.services.rollup.standing import StandingWorkers
from app.text import Text

NOTHING = Text("", "")


def process(_number):
    return os.getpid()


def never(place):
    Path(place).touch()
    threading.Event().wait()


def ends_itself(place):
    Path(place).touch(exist_ok=False)  # fails the second time, on another worker
    os.kill(os.getpid(), signal.SIGKILL)


def test_that_workers_stay_and_are_ended_where_one_is_stuck(tmp_path):
    standing, ticket = StandingWorkers(), Ticket()

    def asked(task, given=0, ticket=ticket):
        with standing.client(1, ticket) as client:
            return results(client, task, [(given,)], ticket, NOTHING)

    assert not standing.is_standing
    try:
        first = asked(process)
        assert asked(process) == first
        with pytest.raises(RuntimeError, match="broken off"), standing.client(1, ticket):
            raise RuntimeError("broken off")
        assert asked(process) == first, "nobody was at work: they stay"
        (other,) = asked(ends_itself, tmp_path / "met")
        assert isinstance(other, FileExistsError)
        again = asked(process)
        assert again != first
        begun = tmp_path / "begun"
        stopped = Ticket(lambda _progress: stopped.cancel() if begun.exists() else None)
        with pytest.raises(Cancelled):
            asked(never, begun, ticket=stopped)
        assert not psutil.pid_exists(again[0])
        assert not standing.is_standing
    finally:
        standing.close()
    assert not standing.is_standing


def test_that_a_question_called_off_before_its_turn_begins_nothing():
    standing, ticket = StandingWorkers(), Ticket()
    ticket.cancel()
    with pytest.raises(Cancelled), standing.client(1, ticket):
        pass
    assert not standing.is_standing
