"""Chinese typed through an input method: it arrives where the cursor is, and nothing acts while it is composed."""

from __future__ import annotations

import os

import pytest

from tests.desk import input_method
from tests.desk.ground import free_ground, locate

pytestmark = pytest.mark.desk

WORDS = "和平路"
SYLLABLES = "hepinglu"


@pytest.fixture(params=["ibus", "fcitx5"])
def typist(request, run, desk, sample, tmp_path):
    """Return the program on a desk with one of the input methods."""
    lacking = input_method.missing(request.param)
    if lacking:
        told = f"no Chinese input method here; install: {' '.join(lacking)}"
        if os.environ.get("COMPOUND_REGISTRY_NEEDS_DESK") or os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    folder = tmp_path / request.param
    folder.mkdir()
    with getattr(input_method, request.param)(desk, folder) as environment:
        program = run(sample, **environment).wait_until_open()
        program.go_to("C000400", "C000400", by_paste=True)
        yield program
        if program.process.poll() is None:
            program.let_go()


def compose(program, name):
    """Click into a field, empty it and type syllables that wait for a choice."""
    program.click(name)
    program.choose_all(name)
    program.hands.press("Backspace")
    program.until(lambda: program.text(name) == "", f"{name} empty")
    left, top, _width, height = program.seen(name)["rect"]
    last = (left + program.ask("cursor") + 40, top + 3, 20, height - 6)  # where the last syllable will stand
    empty = program.hands.part(*last)
    program.hands.type(SYLLABLES)
    looks = [empty]

    def waits() -> bool:
        looks.append(program.hands.part(*last))
        return len(looks) > 8 and len(set(looks[-8:])) == 1 and looks[-1] != empty

    program.until(waits, f"letters that wait in {name}")
    assert program.text(name) == "", "what is composed is no text yet"


def judge(program, name, elsewhere, sheet=None):
    """See that Chinese arrives in a field, that Enter and letters only compose, that a click elsewhere commits."""
    before = program.state()
    compose(program, name)
    program.picture(f"composing-{name}")
    now = program.state()
    assert now["focus"] == name
    for kept in ("journal", "selection", "tool", "mode", "view"):
        assert now[kept] == before[kept], f"{kept} while composing in {name}"
    program.hands.press("Space")
    program.until(lambda: program.text(name) == WORDS, f"{WORDS} in {name}, not {program.text(name)!r}")
    compose(program, name)
    program.hands.press("Enter")
    program.until(lambda: program.text(name) == SYLLABLES, f"the letters in {name}")
    assert program.state()["journal"] == before["journal"], f"Enter while composing in {name} submitted"
    if sheet:
        assert program.sees(sheet)
    compose(program, name)
    program.click(elsewhere)
    program.until(lambda: program.text(name) != "", f"what was composed in {name}")
    program.picture(f"clicked-elsewhere-{name}")


def test_that_chinese_arrives_in_every_field_and_nothing_acts_while_it_is_composed(typist):
    program = typist
    journal = program.journal()
    judge(program, "search.box", "places.filter")
    program.click("inspector.edit")
    judge(program, "field.name", "field.address")
    program.click("field.name")
    program.hands.press("Esc")
    program.rest()
    journal = program.journal()
    program.focus_map()
    program.hands.press("b")
    judge(program, "attach.what", "attach.why", "attach.dialog")
    program.click("attach.cancel")
    program.until(lambda: not program.sees("attach.dialog"), "the end of the sheet")
    assert program.journal() == journal
    locate(program)
    (x, y), (wide, high) = free_ground(program)
    program.rest()
    program.hands.press("a")
    program.until(lambda: program.state()["tool"] == "map.draw", "the pencil")
    for spot in ((x + 4, y + 4), (x + wide - 4, y + 6), (x + wide - 6, y + high - 4)):
        program.hands.click(*spot)
        program.rest()
    program.picture("drawn")
    program.hands.press("Enter")
    judge(program, "compound.name", "places.filter", "compound.dialog")
    program.click("compound.cancel")
    program.until(lambda: not program.sees("compound.dialog"), "the end of the sheet")
    assert program.journal() == journal
    program.close()
