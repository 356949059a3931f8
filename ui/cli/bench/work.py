"""What a side is measured on: registries, sources and exports of its own, made before the clock starts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.bench.files import BOOK_ROWS, write_geojson, write_workbook

if TYPE_CHECKING:
    from ui.cli.bench.sides import Side

    Marks = dict[str, list[float]]

SEED: Final = 20_260_101
BY_STREET: Final = ("--measure", "party", "--by", "street")
_DAY: Final = "2026-06-30"
_FEW: Final = 4  # districts that are added up where one is the size
_TO_TELL: Final = 6  # how many of a driver's own rounds one run of it holds


class Work:
    """A way to do each thing on a side, with files of that side alone."""

    def __init__(self, folder: Path, size: str) -> None:
        self.size = size
        self._source = folder / "compounds.geojson"

    def verb(self, name: str, side: Side, number: int) -> Marks:
        """Run a verb in a process of its own; ``number`` tells the files of a round apart."""
        return {f"{name}_s": [side.verb(*self._verbs(name, side, number))[0]]}

    def hands(self, what: str, side: Side, number: int) -> Marks:
        """Let the driver without a window work on a copy of a side's registry."""
        return side.hands(what, self.copy(side, number), _TO_TELL)

    def window(self, what: str, side: Side, number: int) -> Marks:
        """Open the window on a copy of a side's registry, and act in it; figures by act and mark."""
        marks: Marks = {}
        for act, seconds in side.probe(what, self.copy(side, number)).items():
            for mark, values in seconds.items():
                if isinstance(values, list):
                    marks[f"window.{act}.{mark}" if act != "pan" else mark] = values
        return marks

    def written(self, ending: str, mark: str, side: Side, number: int) -> Marks:
        """Export a side's registry; return the seconds, and the size of what was written."""
        out = side.folder / f"out{number}.{ending}"
        took, _ = side.verb("export", str(self.registry(side)), str(out), *BY_STREET, "--json")
        return {f"{mark}_s": [took], f"{mark}_mb": [out.stat().st_size / 1e6]}

    def rolled(self, side: Side, number: int) -> Marks:
        """Add up a folder of districts: computed, with what each adds kept, and from what was kept alone."""
        asked = (str(self.districts(side)), "--measure", "party", "--by", "grid", "--as-of", _DAY, "--json")
        kept = ("--partitions", str(side.folder / f"kept{number}"))
        marks = {"rolled": asked, "rolled_and_kept": (*asked, *kept), "rolled_from_kept": (*asked, *kept)}
        return {f"{name}_s": [side.verb("rollup", *words)[0]] for name, words in marks.items()}

    def districts(self, side: Side) -> Path:
        """Return the folder of a side's own districts: four, or all of the size."""
        folder = side.folder / "districts"
        if not folder.exists():
            size = "province" if self.size == "province" else "city"
            side.verb("sample", str(folder), "--size", size, "--seed", str(SEED), "--each", "district")
            for more in sorted(folder.glob("*.gpkg"))[_FEW:] if self.size == "district" else ():
                more.unlink()
        return folder

    def workbook(self, side: Side, _number: int) -> Marks:
        """Plan a long workbook, and one with a single row: what the long one takes beyond that is its own."""
        marks: Marks = {}
        taken: dict[str, tuple[float, float]] = {}
        for name, rows in (("whole", BOOK_ROWS), ("one_row", 1)):
            book = side.folder.parent / f"{name}.xlsx"
            if not book.exists():
                write_workbook(book, rows, SEED)
            asked = ("import", str(self.registry(side)), str(book), "--as", "compounds", "--dry-run")
            taken[name] = side.watched(*asked)
            marks[f"workbook.{name}_cpu"], marks[f"workbook.{name}_mb"] = [taken[name][0]], [taken[name][1]]
        own = [whole - one for whole, one in zip(taken["whole"], taken["one_row"], strict=True)]
        return {**marks, "workbook.plan_cpu": own[:1], "workbook.plan_mb": own[1:]}

    def registry(self, side: Side) -> Path:
        """Return a side's own sample, for what only reads."""
        path = side.folder / "read.gpkg"
        if not path.exists():
            side.verb("sample", str(path), *self._sample())
        return path

    def copy(self, side: Side, number: int) -> Path:
        """Return a fresh copy of a side's own sample, for what writes."""
        path = side.folder / f"written{number % 2}.gpkg"
        for beside in side.folder.glob(f"{path.name}*"):
            beside.unlink()
        shutil.copyfile(self.registry(side), path)
        return path

    def source(self) -> Path:
        """Return the one file that both sides bring in."""
        if not self._source.exists():
            write_geojson(self._source, self.size, SEED)
        return self._source

    def _empty(self, side: Side, number: int) -> str:
        path = side.folder / f"empty{number}.gpkg"
        if not path.exists():
            side.verb("new", str(path), "--profile", "yaohai")
        return str(path)

    def _sample(self) -> list[str]:
        return ["--profile", "yaohai", "--size", self.size, "--seed", str(SEED)]

    def _verbs(self, name: str, side: Side, number: int) -> list[str]:
        by_grid = ("coverage", str(self.registry(side)), "--measure", "party", "--by", "grid")
        if name == "sample":
            return ["sample", str(side.folder / f"sample{number}.gpkg"), *self._sample()]
        if name == "set":
            edit = ("C000123", f"households={1000 + number}", "--why", "bench", "--json")
            return ["set", str(self.copy(side, number)), *edit]
        if name == "import":
            return ["import", self._empty(side, number), str(self.source()), "--as", "compounds", "--json"]
        asked = {
            "help": ["--help"],
            "coverage": ["coverage", str(self.registry(side)), *BY_STREET, "--json"],
            "by_grid_table": [*by_grid],
            "by_grid_json": [*by_grid, "--json"],
            "by_grid_csv": [*by_grid, "--csv", str(side.folder / "grids.csv"), "--quiet"],
            "explain": ["explain", str(self.registry(side)), *BY_STREET, "--unit", "total", "--json"],
            "check": ["check", str(self.registry(side)), "--json"],
        }
        return asked[name]
