"""What other programs and libraries take for the same work: each in a process of its own, as ours is.

``python -P -m ui.cli.bench.peers NAME PATH OUT`` prints one JSON line of marks (as ``hands``). What a peer leaves out of the work
is told in ``NOTES``, which the figures are printed with.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.bench.clock import clocked
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    Marks = dict[str, list[float]]

NEEDS: Final = {"pandas": "pandas", "folium": "folium"}
NOTES: Final = {
    "geopandas.read_file": Text(
        "只读，不核对、不做方案、不写入", "reads only: no check, no plan, nothing written"
    ),
    "geopandas layers": Text(
        "只读两层的几何和字段，不读事实、不核对校验码",
        "reads outlines and fields of two layers: no facts, no checksums compared",
    ),
    "geopandas.overlay": Text("只求交，不判定、不分四级", "intersects only: nothing judged, one level"),
    "folium": Text("画布底图加轮廓和提示，不算覆盖率", "a canvas with outlines and tips: no figures"),
    "pandas": Text("只写一类记录的一张表", "writes one sheet of one kind"),
    "sqlite3, one row": Text("只写一行，不记日志", "writes one row, no journal"),
    "python": Text("只启动 Python", "starts Python, no more"),
}


def main(name: str, path: Path, out: Path) -> Marks:
    """Do a peer's work once; return its figures by mark."""
    acts: dict[str, Callable[[Path, Path], Marks]] = {
        "geopandas.read_file": _read_file,
        "geopandas layers": _read_layers,
        "geopandas.overlay": _overlay,
        "folium": _folium,
        "pandas": _pandas,
        "sqlite3, one row": _one_row,
    }
    return acts[name](path, out)


def is_there(name: str) -> bool:
    """Whether what a peer needs is installed."""
    return find_spec(NEEDS.get(name, "geopandas")) is not None


def _read_file(path: Path, _out: Path) -> Marks:
    import geopandas

    return clocked("import", lambda: geopandas.read_file(path))


def _read_layers(path: Path, _out: Path) -> Marks:
    import geopandas

    return clocked("open", lambda: [geopandas.read_file(path, layer=name) for name in ("compound", "grid")])


def _overlay(path: Path, _out: Path) -> Marks:
    compounds, grids = (_layer(path, name) for name in ("compound", "grid"))
    return clocked("first_by_grid", partial(_shares, compounds, grids))


def _shares(compounds: Any, grids: Any) -> float:
    import geopandas

    return float(geopandas.overlay(compounds, grids, how="intersection").area.sum())


def _folium(path: Path, out: Path) -> Marks:
    import folium

    compounds = _layer(path, "compound").to_crs(4326)[["geometry"]]
    compounds["name"] = range(len(compounds))  # no text of a registry reaches a template

    def write() -> None:
        page = folium.Map(prefer_canvas=True)
        folium.GeoJson(compounds, tooltip=folium.GeoJsonTooltip(["name"])).add_to(page)
        page.save(str(out))

    return clocked("page", write) | {"page_mb": [out.stat().st_size / 1e6]}


def _pandas(path: Path, out: Path) -> Marks:
    import pandas as pd

    rows = pd.DataFrame(_layer(path, "compound").drop(columns="geometry"))
    return clocked("book", lambda: rows.to_excel(out, index=False)) | {"book_mb": [out.stat().st_size / 1e6]}


def _one_row(_path: Path, out: Path) -> Marks:
    import sqlite3

    connection = sqlite3.connect(out, isolation_level=None)
    try:
        connection.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t(a INTEGER, b TEXT)"
        )
        return clocked("fact", lambda: connection.execute("INSERT INTO t VALUES (1, 'one row of a journal')"))
    finally:
        connection.close()


def _layer(path: Path, name: str) -> Any:
    """Return a layer of a registry in metres, as a peer would be given it."""
    import geopandas

    return geopandas.read_file(path, layer=name).dropna(subset="geometry").to_crs(4548)


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))  # noqa: T201  # read by the program that started this one
