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

NEEDS: Final = {"pandas": "pandas", "folium": "folium", "dask.dataframe": "dask"}
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
    "this program, one process": Text(
        "同一个程序、同样的数字，在一个进程里逐个算，不启动计算进程，不输出",
        "the same program and figures, one after the other in one process: no workers started, nothing printed",
    ),
    "dask.dataframe": Text(
        "按代表点归网格，数个数、加面积，按分区先后相加；不判定、不核对、不分摊",
        "points in grids, counted and areas added in the order of partitions: nothing judged, checked or shared out",
    ),
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
        "this program, one process": _one_process,
        "dask.dataframe": _dask,
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


def _one_process(path: Path, _out: Path) -> Marks:
    from datetime import date

    from app.coverage.results import Query
    from app.services.rollup.part import part_of
    from app.services.rollup.whole import whole_of

    query = Query(measure="party", by="grid", as_of=date(2026, 6, 30))

    def add() -> None:
        whole_of([part_of(str(file), query, None) for file in sorted(path.glob("*.gpkg"))], is_partial=False)

    return {"rolled_s": clocked("rolled", add)["rolled_s"]}  # what other processes work is not seen from here


def _dask(path: Path, _out: Path) -> Marks:
    def add() -> None:
        import dask.dataframe as dd
        import pandas as pd

        like = pd.DataFrame({"grid": pd.Series(dtype=str), "count": pd.Series(dtype=int), "area": pd.Series(dtype=float)})  # fmt: skip
        parts = dd.from_map(  # type: ignore[no-untyped-call]  # dask's
            _by_grid, [str(file) for file in sorted(path.glob("*.gpkg"))], meta=like
        )
        parts.groupby("grid").sum().compute(scheduler="processes")

    return {"rolled_s": clocked("rolled", add)["rolled_s"]}  # what other processes work is not seen from here


def _by_grid(path: str) -> Any:
    """Return of one registry by grid how many compounds have their point in it, and the sum of their areas."""
    import geopandas

    compounds, grids = (_layer(Path(path), name) for name in ("compound", "grid"))
    compounds["area"] = compounds.area
    points = compounds.set_geometry(compounds.representative_point())
    placed = geopandas.sjoin(points[["area", "geometry"]], grids[["code", "geometry"]])
    found = placed.groupby("code")["area"].agg(["count", "sum"]).reset_index()
    return found.set_axis(["grid", "count", "area"], axis=1)


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
