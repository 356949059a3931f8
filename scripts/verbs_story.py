"""One story in which every verb is done, each called as the function it is: what the documents of the verbs are made of.

No command line is read: a verb gets an ``Output`` that keeps what it is given. The registry is small and grows with the
story, so that every list of every document has something in it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Generator
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from app.errors import Conflict, IntegrityFault, InvalidInput
from ui.cli.output import Output
from ui.cli.run import verb_called

if TYPE_CHECKING:
    from pathlib import Path

STREET, COMMUNITY = "340102001", "340102001001"
GRID, OTHER_GRID = f"{COMMUNITY}001", f"{COMMUNITY}002"
WEST, SOUTH = 117.30, 31.86
DAY: Final = date(2026, 6, 1)
LEFT_OUT: Final = ("bench", "copy")  # one measures for minutes, one needs a server: tried where they are made
OF_FILES: Final = ("backups", "purge")  # refused with a sentence where the registry is on a server
REFUSED: Final = ("import", "verify")  # what was found is told beside the refusal
ASKED: Final = {"measure": "party", "by": "grid", "as_of": DAY}


class Heard(Output):
    """An answer that is kept instead of printed.

    Attributes
    ----------
    documents : list
        The JSON documents, as the verb handed them in.
    said : list[str]
        What was put out as text.

    """

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.documents: list[Any] = []
        self.said: list[str] = []

    def document(self, document: Any) -> None:
        """Keep a document, and have it told as JSON."""
        self.documents.append(document)
        super().document(document)

    def write(self, text: str, *, err: bool = False) -> None:
        """Keep a text."""
        self.said.append(f"{'! ' if err else ''}{text}")


def box(east: float, north: float, width: float, height: float) -> str:
    """Return a rectangle as WKT; metres are about 1e-5 of these degrees."""
    w, s = WEST + east, SOUTH + north
    corners = ((w, s), (w + width, s), (w + width, s + height), (w, s + height), (w, s))
    return f"geometry=POLYGON (({', '.join(f'{x:.6f} {y:.6f}' for x, y in corners)}))"


Step = tuple[str, dict[str, Any]]
Steps = Generator[Step, list[Any], None]


class Told(NamedTuple):
    """One step: the verb, what its options said, the documents that came of it."""

    verb: str
    given: dict[str, Any]
    documents: list[Any]


def told(folder: Path, address: Path | None = None, *, without: Collection[str] = ()) -> list[Told]:
    """Return the story, told in a folder of its own.

    ``address``: of an empty database to which the registry is carried. ``without``: verbs that are left out of the telling.
    """
    found: list[Told] = []
    story = steps(folder, address)
    step = next(story, None)
    while step is not None:
        name, given = step
        documents: list[Any] = []
        if name not in without:
            documents = _done(name, given, is_shared=address is not None)
            found.append(Told(name, given, documents))
        try:
            step = story.send(documents)
        except StopIteration:
            step = None
    return found


def _done(name: str, given: dict[str, Any], *, is_shared: bool) -> list[Any]:
    """Do a verb and return its documents; where it is refused as it has to be, what the refusal says."""
    heard = Heard(as_json=True)
    try:
        verb_called(name)(heard, **given)
    except (Conflict, IntegrityFault):
        if name not in REFUSED:
            raise
    except InvalidInput as refusal:
        if not is_shared or name not in OF_FILES:
            raise
        heard.documents.append(refusal.as_json("zh"))
    return heard.documents


def steps(folder: Path, address: Path | None = None) -> Steps:
    """Yield the story: which verb, and what its options say; what is left out is as on the command line.

    Whoever does a step sends back the documents that came of it.
    """
    path = folder / "r.gpkg"
    yield "new", {"out": path, "profile": "yaohai", "name": "样区"}
    for kind, values in _PLACES:
        yield "add", {"registry": path, "kind": kind, "values": values}
    if address is not None:
        yield "copy", {"source": path, "target": address}
        path = address
    yield from _worked_on(path, folder)
    yield from asked(path, folder)
    yield from _kept(path, folder, is_file=address is None)
    yield "sample", {"out": folder / "sample.gpkg", "profile": "quzhou"}


_PLACES: Final = (
    ("districts", ("code=340102", "name=瑶海区", box(0, 0, 0.02, 0.02))),
    ("streets", (f"code={STREET}", "name=明光路街道", "district=340102", box(0, 0, 0.02, 0.02))),
    ("communities", (f"code={COMMUNITY}", "name=临泉路社区", f"street={STREET}", box(0, 0, 0.02, 0.02))),
    ("grids", (f"code={GRID}", "name=第一网格", f"community={COMMUNITY}", box(0, 0, 0.01, 0.02))),
    ("grids", (f"code={OTHER_GRID}", "name=第二网格", f"community={COMMUNITY}", box(0.01, 0, 0.01, 0.02))),
    ("compounds", ("code=C1", "name=东苑", "kind=old", "households=400", box(0.002, 0.002, 0.002, 0.002))),
    ("compounds", ("code=C2", "name=西苑", "kind=old", "households=300", box(0.009, 0.002, 0.002, 0.002))),
    ("compounds", ("code=C3", "kind=old", "households=200", box(0.0025, 0.0025, 0.002, 0.002))),
    ("stations", ("code=S1", "name=第一网格站", "kind=grid_post", "geometry=POINT (117.303 31.863)")),
    ("firms", ("code=F1", "name=安居物业")),
    ("organisations", ("code=O1", "name=东苑支部", "type=branch")),
    ("organisations", ("code=O2", "name=临泉路党委", "type=committee")),
)


def _worked_on(path: Path, folder: Path) -> Steps:
    r = {"registry": path}
    yield "attach", {**r, "what": "O1", "to": "C1", "since": date(2026, 1, 1)}
    trial = {"role": "trial", "since": date(2026, 5, 1), "until": date(2026, 6, 30)}
    yield "attach", {**r, "what": "F1", "to": "C2", **trial}
    yield "set", {**r, "code": "C1", "values": ("gate_guard=no",), "since": DAY, "why": "走访"}
    yield "detach", {**r, "attachment": "A000001", "on": date(2026, 9, 1), "why": "换届"}
    yield "undo", r
    yield "redo", r
    yield "undo", r
    yield "confirm", {**r, "subject": "C1", "on": DAY}
    yield "renew", {**r, "code": "E000001", "until": date(2026, 7, 31)}
    none = tuple(
        f"{part}=no" for part in ("property_firm", "authority", "defence_people", "defence_hardware")
    )
    yield "adopt", {**r, "compound": "C3", "step": "visit", "values": none, "since": date(2026, 1, 5)}
    yield "adopt", {**r, "compound": "C3", "step": "trial", "firm": "F1", "since": date(2026, 2, 1)}
    given = ("compound=C1", "category=漏水", "opened=2026-03-01")
    yield "case", {**r, "step": "open", "words": given}
    yield (
        "entry",
        {**r, "step": "note", "words": ("list=needs", "compound=C1", "text=修路灯", "opened=2026-03-01")},
    )
    scores = ("haves1=1", "haves2=0")
    yield "assess", {**r, "subject": "C1", "scheme": "five_haves_ten_goods", "scores": scores, "on": DAY}
    yield "fuse", {**r, "compound": "C2", "dry_run": True}
    yield "zones", {**r, "households": 500, "is_committed": True, "why": "片区化"}
    yield (
        "site",
        {**r, "station_kind": "grid_post", "radius": 300.0, "count": 1, "as_of": DAY, "is_committed": True},
    )
    yield "undo", r
    table = folder / "t.csv"
    table.write_text("代码,名称,户数\nC1,东苑,410\nC9,新苑,\n,,多\n", "utf-8")
    yield "import", {**r, "source": table, "kind": "compounds", "dry_run": True, "partial": True}
    yield "template", {**r, "kind": "compounds", "out": folder / "t.xlsx"}
    yield "template", {**r, "kind": "schemes", "out": folder / "s.xlsx"}
    yield "scheme", {**r, "name": "five_haves_ten_goods", "source": folder / "s.xlsx", "dry_run": True}
    yield "remove", {**r, "code": "O2", "why": "重复"}
    yield (
        "add",
        {**r, "kind": "grids", "values": ("code=G9", "name=第三网格", box(0.004, 0.006, 0.001, 0.001))},
    )
    (found,) = yield "check", r
    mend = next(one["id"] for one in found["findings"] if one["fixable"])
    rest = next(one["id"] for one in found["findings"] if not one["fixable"])
    yield "fix", {**r, "findings": (mend,)}
    yield "waive", {**r, "finding": rest, "why": "界线在商定", "until": date(2027, 1, 1)}
    gap = {
        "measure": "party",
        "owner": "第一网格 网格员",
        "due": date(2027, 1, 15),
        "why": "党组织覆盖的缺口",
    }
    (given,) = yield "task", {**r, "act": "add", "codes": ("C2",), **gap}
    yield "task", {**r, "act": "report", "codes": tuple(given["codes"]), "result": "yes"}
    yield "snapshot", {**r, **ASKED}
    across = "LINESTRING (117.303 31.86, 117.303 31.87)"
    split = {**r, "code": "C1", "by": across, "since": date(2026, 10, 1)}
    yield "split", {**split, "dry_run": True}
    (parted,) = yield "split", {**split, "give": ("households=250/150",), "why": "围墙隔开了"}
    yield "merge", {**r, "codes": tuple(parted["codes"][:2]), "since": date(2026, 10, 2), "why": "围墙拆了"}


def asked(path: Path, folder: Path) -> Steps:
    r = {"registry": path}
    yield "list", {**r, "kind": "compounds"}
    yield "show", {**r, "code": "C1"}
    yield "coverage", {**r, **ASKED}
    yield "coverage", {**r, **ASKED, "against": date(2025, 1, 1)}
    yield "rollup", {"sources": (str(path),), **ASKED}
    yield "explain", {**r, **ASKED, "unit": GRID}
    yield "snapshot", r
    yield "snapshot", {**r, "snapshot_id": "P000001"}
    yield "coverage", {**r, "against_snapshot": "P000001", "as_of": DAY}
    yield "measures", r
    yield "gaps", {**r, **ASKED, "target": "0.9", "chance": "0.6"}
    yield "totals", {**r, "by": "grid", "as_of": DAY}
    yield "reach", {**r, "station_kind": "grid_post", "as_of": DAY}
    yield "tree", {**r, "as_of": DAY}
    yield "adopt", {**r, "compound": "C3", "as_of": DAY}
    yield "adopt", {**r, "is_list": True, "as_of": DAY}
    yield "adopt", {**r, "needs": True, "as_of": date(2026, 1, 20)}
    yield "expiring", {**r, "within": 3650, "as_of": DAY}
    yield "cases", {**r, "as_of": DAY}
    yield "lists", {**r, "as_of": DAY}
    yield "mediators", {**r, "as_of": DAY}
    yield "tasks", r
    yield "cuts", r
    yield "zones", r
    yield "zones", {**r, "households": 500}
    yield "site", {**r, "station_kind": "grid_post", "radius": 300.0, "count": 1, "as_of": DAY}
    yield "zone", {**r, "code": "Z000001"}
    yield "compare-rules", {**r, "defence": "all", "as_of": DAY}
    yield "profile", r
    yield "profile", {**r, "out": folder / "p.toml"}
    yield "profile", {**r, "check": "yaohai"}
    yield "check", r
    yield "history", r
    yield "history", {**r, "since": "1"}
    yield "crs", r
    yield "export", {**r, "out": folder / "x.csv", "days": (DAY,)}
    yield "export", {**r, "out": folder / "each", "days": (DAY,), "each": "street", "formats": ("csv",)}


def _kept(path: Path, folder: Path, *, is_file: bool) -> Steps:
    r = {"registry": path}
    yield "backups", {**r, "is_now": True}
    yield "backup", {**r, "out": folder / "copy.gpkg"}
    yield "restore", {"source": folder / "copy.gpkg", "out": folder / "again.gpkg"}
    yield "purge", {**r, "code": "O2", "why": "依申请", "dry_run": True}
    yield "verify", r
    if not is_file:
        yield "foreign", r
        return
    with sqlite3.connect(path) as other:
        other.execute("UPDATE compound SET name = '别名' WHERE code = 'C1'")
    yield "verify", r
    yield "foreign", r
