"""Every choice box opens to its first and its last line; the wheel turns none that nobody clicked into."""

from __future__ import annotations

import pytest

from tests.desk.program import is_on_screen, middle

pytestmark = pytest.mark.desk

SHEETS = {
    "Ctrl+i": (
        "import",
        ("import.kind", "import.datum", "import.encoding", "import.on_conflict"),
    ),
    "Ctrl+e": ("export", ("export.format", "export.audience", "export.measure", "export.by")),
    "Ctrl+n": ("new", ("new.profile",)),
}


def open_and_judge(program, name):
    """Open a box and return what is wrong with its list."""
    popup = program.open_list(name)
    texts = [row["texts"][0] for row in popup["rows"]]
    wrong = []
    if not is_on_screen(popup["rect"]):
        wrong.append(f"{name}: its list leaves the screen: {popup['rect']}")
    fits = sum(row["height"] for row in popup["rows"]) + 40 < 700
    if fits and (popup["scroll"] != [0, 0] or popup["arrows"]):
        wrong.append(f"{name}: scrolls although the screen has room for {len(texts)} lines")
    if fits and not all(row["is_whole"] for row in popup["rows"]):
        wrong.append(
            f"{name}: not whole: {[row['texts'][0] for row in popup['rows'] if not row['is_whole']]}"
        )
    if fits:
        for row in (popup["rows"][0], popup["rows"][-1]):
            x, y, width, height = row["rects"][0]
            if len(program.hands.colours(x + 4, y + 4, min(width - 8, 120), height - 8)) < 2:
                wrong.append(f"{name}: nothing is painted where {row['texts'][0]} should stand")
    if wrong or name.endswith((".by", ".kind", ".format")):
        program.picture(f"list-{name}")
    program.hands.press("Esc")
    program.until(lambda: program.ask("popup") is None, f"the end of the list of {name}")
    return wrong


def turn_over_all(program, turned):
    """Turn the wheel over every box in sight that has not been clicked into; return what changed."""
    wrong = []
    for field in program.ask("fields"):
        name, room = field["name"], field["room"]
        if not field["is_visible"] or room[3] < 8 or name in turned:
            continue
        if name not in program.ask("under", *map(round, middle(room))):
            continue
        turned.add(name)
        program.hands.move(*middle(room))
        program.hands.wheel(1)
        program.hands.wheel(-1)
        program.hands.wheel(-1)
        program.rest()
        now = {other["name"]: other["text"] for other in program.ask("fields")}
        if now.get(name, field["text"]) != field["text"]:
            wrong.append(f"{name}: {field['text']} → {now[name]}")
    return wrong


def test_that_every_list_of_the_panels_is_whole(program):
    program.go_to("C000100", "C000100")
    program.hands.press("Ctrl+j")
    program.settle()
    before = program.journal()
    wrong, done = [], set()
    for prepare in ((), ("Ctrl+2",), ("Ctrl+3",), ("Ctrl+4",), ("Ctrl+1", "Ctrl+j", "专题")):
        for step in prepare:
            if step.startswith("Ctrl"):
                program.hands.press(step)
                program.rest()
            elif program.ask("tab", "bottom.tab_bar", step):
                program.open_tab(step)
        program.settle()
        for field in program.ask("fields"):
            name = field["name"]
            is_combo = field["is_visible"] and field["room"][3] >= 16 and name not in done
            if is_combo and program.ask("seen", name)["kind"] != "AnswerControl":
                done.add(name)
                if program.ask("list_length", name):
                    wrong += open_and_judge(program, name)
    assert wrong == []
    assert {"coverage.by", "coverage.measure", "coverage.weight", "coverage.count", "coverage.kind"} <= done
    assert program.journal() == before
    assert program.state()["by"] == "grid"


@pytest.mark.parametrize("chord", SHEETS)
def test_that_every_list_of_a_sheet_is_whole_and_esc_closes_the_list_alone(program, chord):
    sheet, names = SHEETS[chord]
    program.hands.press(chord)
    program.seen(f"{sheet}.dialog")
    wrong = []
    for name in names:
        if program.sees(name) and program.seen(name)["is_enabled"] and program.ask("list_length", name) > 1:
            wrong += open_and_judge(program, name)
            assert program.sees(f"{sheet}.dialog"), f"Esc in the list of {name} threw the sheet away"
    assert wrong == []
    program.hands.press("Esc")
    program.until(lambda: not program.sees(f"{sheet}.dialog"), "the end of the sheet")


def test_that_the_wheel_over_everything_writes_and_asks_nothing(program):
    program.go_to("C000001", "C000001")
    program.focus_map()
    before = program.state()
    wrong, turned = [], set()
    program.hands.move(*middle(program.seen("inspector.scroll")["room"]))
    for _ in range(14):  # the inspector from top to bottom, and what comes under the pointer on the way
        wrong += turn_over_all(program, turned)
        program.hands.move(*middle(program.seen("inspector.scroll")["room"]))
        program.hands.wheel(-2)
        program.rest()
    program.picture("after-the-inspector")
    program.hands.press("Ctrl+j")
    program.rest()
    wrong += turn_over_all(program, turned)
    must_be_the_same(before, program.state())
    program.hands.press("Ctrl+2")
    program.rest()
    before = {**before, "by": "street"}  # a review has a level of its own
    wrong += turn_over_all(program, turned)
    program.picture("after-all")
    assert wrong == []
    assert len(turned) > 8, turned
    assert any(name.startswith("fact.") for name in turned), turned
    must_be_the_same(before, program.state())


def must_be_the_same(before, after):
    for kept in ("journal", "as_of", "measure", "by", "against", "selection"):
        assert after[kept] == before[kept], kept
