"""The window tries a write again by itself while another program holds the file."""

from __future__ import annotations

import pytest

from app.domain.edits import Changes
from app.errors import Busy
from app.jobs import Ticket
from app.text import Text
from ui.bridge.writes import Write

_BUSY = Busy(Text("占着", "held"))


def test_that_a_write_is_tried_again_until_the_other_program_lets_go():
    answers = [_BUSY, _BUSY, Changes("x", "set", ("C1",))]

    def job(_ticket):
        answer = answers.pop(0)
        if isinstance(answer, Busy):
            raise answer
        return answer

    write = Write(job)
    assert write(Ticket()).change == "x"
    assert write.wait()


def test_that_a_file_held_for_good_is_told_at_last():
    tried = []

    def job(_ticket):
        tried.append(1)
        raise _BUSY

    write = Write(job)
    with pytest.raises(Busy):
        write(Ticket())
    assert len(tried) > 2
    assert not write.wait()
