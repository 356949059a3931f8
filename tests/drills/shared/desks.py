"""Desks: each a login of its own that hears of others' changes, looks, and edits on its own account."""

from __future__ import annotations

import csv
import json
import os
import random
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.errors import Busy, Conflict, InvalidInput, StorageFault
from app.services.bring_in.import_data import ImportRequest, commit_import, plan_import
from app.services.edit import edit
from app.services.registry.registry import Registry
from app.text import Text
from tests.app.town import ground
from tests.drills.shared.place import DATABASE, FIRM, GRIDS, Seat, outline

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.services.registry.holding import Changes

_WHY = "演练"
DAY = date(2026, 6, 1)
_WORK = ("count",) * 4 + ("fact", "fact", "name", "tie", "untie", "add", "remove", "undo", "undo", "redo")
_OFFICE = (*_WORK, "border", "border", "table")
_AGAIN, _TRIES = 0.5, 60  # seconds until a desk looks again whether the server is back, and how often it does


@dataclass(frozen=True)
class Sitting:
    """Who sits where: the desks of a process, the server's port for each, where they write down what they were told."""

    seats: tuple[tuple[Seat, int], ...]
    folder: Path
    password: str
    pause: float
    seed: str
    control: str = ""


class Desk:
    """One desk. What it tries and is told stands in its log at once, which a kill of the process leaves as it is."""

    def __init__(self, sitting: Sitting, seat: Seat, port: int) -> None:
        self.seat, self._sitting, self._port = seat, sitting, port
        self.registry = self._opened()
        self.rng = random.Random(f"{sitting.seed} {seat.number}")
        self._log = os.open(
            sitting.folder / f"{seat.login}.log", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600
        )
        self._rang = threading.Event()
        self._seen = self._first = self.registry.dataset
        self.registry.hear(self._rang.set)

    @property
    def _address(self) -> Path:
        return Path(f"postgresql://{self.seat.login}@127.0.0.1:{self._port}/{DATABASE}")

    def _opened(self) -> Registry:
        """Open the registry; where the server is away just then, once it is back."""
        for _ in range(_TRIES):
            try:
                return Registry.open(self._address)
            except StorageFault:
                threading.Event().wait(_AGAIN)
        return Registry.open(self._address)

    def say(self, **what: object) -> None:
        """Write down what happened."""
        os.write(self._log, json.dumps(what).encode() + b"\n")

    def run(self, until: float) -> None:
        """Work until a moment, then say whether what is seen here is what is there."""
        try:
            due = time.time() + self.rng.uniform(0, self._sitting.pause)
            while time.time() < until:
                if self._rang.wait(max(0.0, min(due, until) - time.time())):
                    self._rang.clear()
                    self._look()
                if time.time() >= due:
                    self._act()
                    due = time.time() + self.rng.uniform(0.5, 1.5) * self._sitting.pause
            self._compare()
        except Exception as error:  # whatever else happens is what the drill is for
            self.say(bug=repr(error))
            raise

    def close(self) -> None:
        """Leave."""
        self.registry.close()
        os.close(self._log)

    def _look(self) -> None:
        after = self.registry.last_step
        try:
            if self.registry.refresh() is None:
                return
            now = time.time()
            steps = self.registry.history(after=after, details=1)
        except (StorageFault, Busy):
            self.say(away=1)
            return
        for step in steps:
            if step.by != self.seat.login:
                self.say(seen=now - datetime.fromisoformat(step.at).timestamp())

    def _act(self) -> None:
        work = _OFFICE if self.seat.level == "district" else _WORK
        what = self.rng.choice(work if not self._sitting.control else ("count",))
        began = time.time()
        self.say(begun=what)
        told: dict[str, object] = {}
        try:
            told = getattr(self, f"_{what}")()
        except Conflict:
            told = {"refused": "conflict"}
        except Busy:
            told = {"refused": "busy"}
        except InvalidInput:
            told = {"refused": "rule"}
        except StorageFault as error:
            told = {"refused": "unsure" if "不知道" in error.message.zh else "away"}
        finally:
            self.say(ended=what, took=time.time() - began, **told)
        if "refused" in told:
            self._look()

    def _compare(self) -> None:
        fresh = self._opened()
        self.registry.refresh()
        differs = [
            kind
            for kind in KINDS
            if fresh.last_step == self.registry.last_step
            and _rows(fresh.dataset, kind) != _rows(self.registry.dataset, kind)
        ]
        fresh.close()
        self.say(differs=differs)

    def _mine(self) -> list[str]:
        """Return the compounds that this login sees: its own."""
        found = sorted(self.registry.dataset.of("compounds"))
        if not found:
            raise InvalidInput(Text("这里没有小区", "no compound here"))
        return found

    def _one(self) -> str:
        return self.rng.choice(self._mine())

    def _count(self) -> dict[str, object]:
        """Count a compound's households up from what was seen of it some time ago."""
        seen = self._seen if self.rng.random() < 0.5 else self.registry.dataset
        if self._sitting.control:
            seen = self._first
        self._seen = self.registry.dataset
        code = self.rng.choice(self._mine()[:4])
        record = seen.of("compounds").get(code)
        if record is None:
            raise InvalidInput(Text("没见过", "not seen"))
        wanted = {"households": int(str(record.get("households") or 0)) + self.seat.number}
        with self.registry.seeing(None if self._sitting.control else seen):
            done = edit.set_values(self.registry, [code], wanted, why=_WHY)
        return {"change": done.change, "by": self.seat.number}

    def _fact(self) -> dict[str, object]:
        value = self.rng.choice(("yes", "no", "unknown"))
        key = self.rng.choice(("gate_guard", "property_firm"))
        return _done(edit.set_values(self.registry, [self._one()], {key: value}, since=DAY, why=_WHY))

    def _name(self) -> dict[str, object]:
        name = f"小区{self.rng.randint(1, 999)}"
        return _done(edit.set_values(self.registry, [self._one()], {"name": name}, why=_WHY))

    def _tie(self) -> dict[str, object]:
        return _done(edit.attach(self.registry, FIRM, [self._one()], since=DAY, why=_WHY))

    def _untie(self) -> dict[str, object]:
        ties = sorted(c for c, r in self.registry.dataset.of("attachments").items() if r.valid_until is None)
        if not ties:
            raise InvalidInput(Text("没有可解的", "nothing to detach"))
        return _done(
            edit.detach(
                self.registry, self.rng.choice(ties), on=self.rng.choice((DAY, date(2026, 9, 1))), why=_WHY
            )
        )

    def _add(self) -> dict[str, object]:
        grid = self.seat.unit if self.seat.level == "grid" else self.rng.choice(GRIDS)
        if self.seat.level == "street" and not grid.startswith(self.seat.unit):
            grid = next(code for code in GRIDS if code.startswith(self.seat.unit))
        values = {"name": f"新{self.seat.number}-{self.rng.randint(1, 10**6)}", "grid": grid}
        return _done(edit.add(self.registry, "compounds", values, why=_WHY))

    def _remove(self) -> dict[str, object]:
        made = f"新{self.seat.number}-"
        own = [
            c for c, r in self.registry.dataset.of("compounds").items() if str(r.get("name")).startswith(made)
        ]
        if not own:
            raise InvalidInput(Text("没有自己加的", "none of one's own"))
        return _done(edit.remove(self.registry, self.rng.choice(sorted(own)), why=_WHY))

    def _undo(self) -> dict[str, object]:
        return self._looked_at(self.registry.undo())

    def _redo(self) -> dict[str, object]:
        return self._looked_at(self.registry.redo())

    def _looked_at(self, changes: Changes) -> dict[str, object]:
        """Whoever takes back a step of his own sees what that makes of the number, and counts on from there."""
        self._seen = self.registry.dataset
        return _done(changes)

    def _border(self) -> dict[str, object]:
        """Move the border between two grids that lie side by side: what lies between them comes to lie elsewhere."""
        west = self.rng.choice([code for code in GRIDS if code[-3:-1] in ("00", "02", "04")][:6])
        east = next(code for code in GRIDS if int(code[-3:]) == int(west[-3:]) + 10)
        shift = self.rng.choice((-100.0, 0.0, 100.0))
        left, right = outline(west, shift), outline(east, -shift)
        shapes = {west: ground(*left), east: ground(right[0] + shift, *right[1:])}

        def build(dataset: Dataset) -> list[Edit]:
            edits: list[Edit] = []
            for code, shape in shapes.items():
                record = dataset.of("grids")[code]
                edits.append(
                    Put(
                        record.with_values()._replace(geometry=shape, version=record.version + 1),
                        record,
                    )
                )
            return edits

        return _done(self.registry.write(build, verb="set", why=_WHY))

    def _table(self) -> dict[str, object]:
        """Bring in a small table of addresses."""
        path = self._sitting.folder / f"{self.seat.login}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = [
                (code, f"{self.rng.randint(1, 999)}号")
                for code in self.rng.sample(self._mine(), min(3, len(self._mine())))
            ]
            csv.writer(file).writerows([("编码", "地址"), *rows])
        plan = plan_import(self.registry, ImportRequest(source=path, kind="compounds"))
        if plan.problems:
            raise InvalidInput(plan.problems[0].message)
        return _done(commit_import(self.registry, plan))


def _done(changes: Changes) -> dict[str, object]:
    return {"change": changes.change}


def _rows(dataset: Dataset, kind: str) -> set[object]:
    return {(r.id, r.code, r.version, str(r.values)) for r in dataset.of(kind).values()}


def sit(pipe: Connection, sitting: Sitting) -> None:
    """Be some of the desks, each in a thread of its own, until the moment that is sent."""
    os.environ["PGPASSWORD"] = sitting.password
    with ExitStack() as stack:
        desks = [Desk(sitting, seat, port) for seat, port in sitting.seats]
        for desk in desks:
            stack.callback(desk.close)
        pipe.send("ready")
        until: Any = pipe.recv()
        threads = [threading.Thread(target=desk.run, args=(until,)) for desk in desks]  # a desk each
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        pipe.send("done")
    pipe.poll(None)
