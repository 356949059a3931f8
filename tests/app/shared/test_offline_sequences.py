"""Two desks, one of which loses its line again and again: whatever both enter in whatever order, nothing is lost or done twice."""

from __future__ import annotations

from random import Random

import pytest

from app.services.edit import edit
from app.services.registry import away
from tests.app.shared.test_offline import GRID, content, line  # noqa: F401  # the fixture

FIELDS = ("name", "households", "address")
STEPS = 24


class Spec:
    """What has to come out: each cell's last accepted value, and how often each thing was added."""

    def __init__(self):
        self.cells = {}  # (code, field) → value, as the server has it
        self.left = {}  # the cells as they were when the desk lost its line
        self.own = {}  # what the desk entered while away: (code, field) → (value it saw, value)
        self.added = []

    def seen(self, code, field):
        return self.own.get((code, field), (None, self.left.get((code, field))))[1]


@pytest.mark.parametrize("seed", range(2))
def test_that_a_desk_that_comes_and_goes_ends_where_it_should(line, seed):  # noqa: F811
    random, spec = Random(seed), Spec()
    with line.desk() as desk, line.other() as other:
        is_away = False
        for step in range(STEPS):
            act = random.choice(["mine", "mine", "mine", "theirs", "theirs", "add", "undo", "line", "fail"])
            code, field = random.choice(["C1", "C2"]), random.choice(FIELDS)
            value = str(1000 + step)
            if act == "mine":
                before = spec.seen(code, field)
                edit.set_values(desk, [code], {field: value})
                if is_away:
                    first = spec.own.get((code, field), (before, None))[0]
                    spec.own[code, field] = (first, value)
                else:
                    spec.cells[code, field] = value
            elif act == "theirs":
                other.refresh()
                edit.set_values(other, [code], {field: value})
                spec.cells[code, field] = value
                if not is_away:
                    desk.refresh()
            elif act == "add":
                edit.add(random.choice([desk, other]), "compounds", {"name": f"新{step}", "grid": GRID})
                spec.added.append(f"新{step}")
            elif act == "undo" and is_away:
                edit.set_values(desk, [code], {field: value})
                desk.undo()
            elif act == "line" and not is_away:
                desk.refresh()
                desk.desk.keep_up()
                line.cut(desk)
                is_away, spec.left = True, dict(spec.cells)
            elif act in ("line", "fail") and is_away:
                if act == "fail":
                    line.relay.mend()
                    line.relay.lose_next(random.choice(["before", "after"]), commit=random.randrange(1, 5))
                    desk.desk.is_back = True
                    desk.refresh()
                    line.relay.lose_next("")
                    if desk.desk.is_away:
                        continue
                else:
                    line.mend(desk)
                is_away = False
                settle(desk, spec)
        if is_away:
            line.mend(desk)
            settle(desk, spec)
        line.relay.mend()
        desk.refresh()
        other.refresh()
        assert content(desk) == content(other)
        for (code, field), value in spec.cells.items():
            assert str(other.dataset.find(code).get(field)) == value
        names = [record.get("name") for record in other.dataset.of("compounds").values()]
        assert sorted(name for name in names if name in spec.added) == sorted(spec.added)
        codes = list(other.dataset.of("compounds"))
        assert len(codes) == len(set(codes)) == 2 + len(spec.added)
        ids = [change.change for change in other.history()]
        assert len(ids) == len(set(ids))
        assert [change.seq for change in other.history()] == list(range(len(ids), 0, -1))


def settle(desk, spec):
    """Give up what met somebody else's; all else of the desk's is the server's now."""
    kept = {code_field for one in away.how_it_stands(desk).undecided for code_field in cells_of(desk, one)}
    for (code, field), (saw, value) in spec.own.items():
        if (code, field) not in kept:
            spec.cells[code, field] = value
        else:
            assert spec.cells.get((code, field)) != saw, "only what somebody else changed waits for a word"
    for one in away.how_it_stands(desk).undecided:
        away.drop(desk, one.change)
    spec.own.clear()


def cells_of(desk, undecided):
    from app.services.registry.returning import question

    told = next(one.told for one in desk.desk.kept() if one.id == undecided.change)
    return {(detail.code, detail.field) for detail in question(told)[0].details}
