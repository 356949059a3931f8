"""The process that reads a stranger's file: started anew for each file, with limits, and thrown away.

Started as ``python -P -m app.exchange.reading_child FOLDER``. The folder holds ``job.json`` and a private copy of
the file; ``result.json`` and ``outlines.bin`` are written into it. Nothing that could run comes back. Standard
input is a pipe that its parent holds open: when that closes, nobody waits any more.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import struct
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from app.exchange.picture import Grid
from app.exchange.reading import ALL, Layer, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.exchange.picture import Sheet

_GDAL_SKIPPED: Final = (
    "VRT,DERIVED,GTiff,COG,MEM,Memory,PCIDSK,PDS4,VICAR,PDF,MBTiles,EEDA,OGCAPI,GDALG,MapInfo File,LVBAG,S57,DGN,"
    "OGR_VRT,CSV,GML,GPX,LIBKML,KML,GeoJSON,GeoJSONSeq,ESRIJSON,TopoJSON,OGR_GMT,SQLite,WAsP,OpenFileGDB,DXF,"
    "FlatGeobuf,GeoRSS,VFK,PGDUMP,OSM,GPSBabel,OGR_PDS,WFS,OAPIF,EDIGEO,Idrisi,ODS,XLS,XLSX,Elasticsearch,Carto,"
    "AmigoCloud,SXF,Selafin,JML,PLSCENES,CSW,VDV,MVT,NGW,MapML,GTFS,PMTiles,JSONFG,MiraMonVector,ADBC,AVCBin,"
    "AVCE00,AIVector,HTTP,WMS,WMTS,WCS,NITF,netCDF,HDF5,GMLAS,NAS,PostgreSQL,MySQL,ODBC,Rasterlite,STACTA,STACIT"
)


def hem_in(memory: int, cpu_seconds: int) -> None:
    """Set the limits of this process, and those of GDAL, before GDAL is there."""
    os.environ.update(
        GDAL_SKIP=_GDAL_SKIPPED,
        GDAL_HTTP_PROXY="127.0.0.1:1",
        GDAL_HTTP_CONNECTTIMEOUT="1",
        CPL_VSIL_CURL_ALLOWED_EXTENSIONS="none",
        GDAL_VRT_ENABLE_PYTHON="NO",
        GDAL_DISABLE_READDIR_ON_OPEN="TRUE",
        GDAL_PAM_ENABLED="NO",
        OGR_GEOMETRY_ACCEPT_UNCLOSED_RING="YES",
        SHAPE_RESTORE_SHX="NO",
        OPENBLAS_NUM_THREADS="1",
        OMP_NUM_THREADS="1",
    )
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (memory, memory))
        if sys.platform == "linux":
            resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def layers_of(path: Path, file_format: str, name: str) -> list[Layer]:
    """Return what a file offers to import."""
    if file_format == "geojson":
        from app.exchange.layers import geojson

        return geojson.layers(path, name)
    if file_format == "csv":
        return [Layer(name, 0)]
    if file_format == "sheet":
        from app.exchange import reader_tables

        return reader_tables.sheets(path)
    if file_format == "page":
        from app.exchange.sheets.page import page_tables

        return [Layer(str(sheet.name), len(sheet.rows)) for sheet in page_tables(path, name, None)[0]]
    if file_format == "zip":
        from app.exchange.layers import zipped

        return zipped.layers(path, name)
    if file_format == "parquet":
        from app.exchange.layers import parquet

        return parquet.layers(path, name)
    if file_format == "kml":
        from app.exchange.layers import kml

        return kml.layers(path, name)
    from app.exchange.layers import vector

    return vector.layers(_checked(path, file_format, name)[0], name)


def read(path: Path, job: Mapping[str, Any]) -> Reading:
    """Return the layer that a job asks for."""
    name, encoding, layer = job["name"], job["encoding"], job["layer"]
    of_table = layer is not None and job["format"] == "csv" and layer.rpartition("#")[0] == name
    if job["format"] in ("geojson", "csv", "parquet") and layer not in (None, name, ALL) and not of_table:
        raise Unreadable(
            f"这种文件没有图层 {layer!r}，不用写 --layer。",
            f"This kind of file has no layer {layer!r}; leave --layer out.",
        )
    match job["format"]:
        case "geojson":
            from app.exchange.layers import geojson

            return geojson.read(path, name, encoding)
        case "csv":
            from app.exchange import reader_tables

            return reader_tables.read_csv(path, layer if of_table else name, encoding)
        case "sheet":
            from app.exchange import reader_tables

            return reader_tables.read_sheets(path, layer, tuple(job["prefer"]))
        case "page":
            from app.exchange import reader_tables

            return reader_tables.read_page(path, name, layer, encoding)
        case "zip":
            from app.exchange.layers import zipped

            return zipped.read(path, name, layer, encoding, tuple(job["prefer"]))
        case "parquet":
            from app.exchange.layers import parquet

            return parquet.read(path, name)
        case "kml":
            from app.exchange.layers import kml

            return kml.read(path, name, layer, tuple(job["prefer"]))
    from app.exchange.layers import vector

    whole, notes = _checked(path, job["format"], name)
    reading = vector.read(whole, name, layer, encoding, tuple(job["prefer"]))
    reading.notes = [*notes, *reading.notes]
    return reading


def _checked(path: Path, file_format: str, name: str) -> tuple[Path, list[tuple[str, str]]]:
    """Return the file to be read, known to be whole, and what is to be said of it."""
    from app.exchange.layers import geopackage, vector

    if file_format == "gpkg":
        return path, geopackage.check_gpkg(path, name)
    vector.check_shapefile(path)
    return path, []


def _work(folder: Path) -> dict[str, Any]:
    job = json.loads((folder / "job.json").read_text("utf-8"))
    hem_in(job["memory"], job["cpu_seconds"])
    try:
        if job["action"] == "layers":
            found = layers_of(folder / job["file"], job["format"], job["name"])
            return {"layers": [dataclasses.asdict(layer) for layer in found]}
        reading = read(folder / job["file"], job)
    except Unreadable as error:
        return {"refused": {"zh": error.zh, "en": error.en, "row": error.row}}
    except MemoryError:
        return {
            "refused": {
                "zh": "文件展开后太大，读到内存上限停下了。",
                "en": "The file is too large when unpacked; reading stopped at the memory limit.",
                "row": None,
            }
        }
    except Exception as error:  # noqa: BLE001  # a reader stumbled over a stranger's file: the file's fault, kept for the log
        traceback.print_exc()
        name = type(error).__name__
        return {
            "refused": {
                "zh": f"内容不符合格式，读不了（{name}）。文件可能损坏。",
                "en": f"The content does not fit its format ({name}). The file may be damaged.",
                "row": None,
            }
        }
    if reading.wkb is not None:
        with (folder / "outlines.bin").open("wb") as file:
            for wkb in reading.wkb:
                file.write(struct.pack("<I", len(wkb or b"")) + (wkb or b""))
    result = {f.name: getattr(reading, f.name) for f in dataclasses.fields(reading) if f.name != "wkb"}
    result["sheets"] = [_by_column(sheet) for sheet in reading.sheets]
    result["defects"] = [[row, *words] for row, words in reading.defects.items()]
    return {**result, "has_outlines": reading.wkb is not None}


def _by_column(sheet: Sheet) -> dict[str, Any]:
    """Return a sheet as plain values, its cells by column."""
    grid = Grid.of(sheet.rows)
    said = {f.name: getattr(sheet, f.name) for f in dataclasses.fields(sheet)}
    return {**said, "rows": grid.columns, "height": len(grid), "widths": grid.widths}


def _end_with_parent(folder: Path) -> None:
    """End this process as soon as its parent has ended, and leave nothing of the stranger's file behind.

    A pipe that closes is the same on every system; Linux's own signal for it comes when the *thread* ends that
    started this process, and the others have none.
    """
    os.read(0, 1)  # not by sys.stdin, whose lock this thread would hold when the process ends as it should
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


if __name__ == "__main__":
    place = Path(sys.argv[1])
    # this process reads one file and has no window: its one other thread waits for its end
    threading.Thread(target=_end_with_parent, args=[place], daemon=True).start()  # noqa: TID251
    result = json.dumps(
        _work(place), ensure_ascii=False
    )  # half a character, which JSON can hold, stays what it is
    (place / "result.json").write_text(result, "utf-8", errors="surrogatepass")
