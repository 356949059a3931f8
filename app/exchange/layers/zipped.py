"""A zip file of layers: Shapefiles and GeoJSON files, each member a layer; of ours with the dictionary of their fields."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from app.exchange.layers import geojson, vector
from app.exchange.layers.dictionary import FIELDS, TEXTS, fields_said, texts_said
from app.exchange.reading import ALL, Layer, Reading, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable

_PARTS: Final = (".shp", ".shx", ".dbf", ".prj", ".cpg")
_JSON: Final = (".geojson", ".json")
_UNPACKED: Final = 1 << 29  # bytes that a zip file may hold
_LARGEST_TABLE: Final = 1 << 24  # of a dictionary


class Archive:
    """The layers of a zip file by name. ``name``: what the one layer of a file is called, which may be anything."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, EOFError) as error:
            raise _broken(error) from error
        members = [member.filename for member in self._zip.infolist() if not member.is_dir()]
        mains = [m for m in members if _ending(m) == ".shp"] or [m for m in members if _ending(m) in _JSON]
        if not mains:
            raise Unreadable(
                "压缩包里没有 Shapefile，也没有 GeoJSON。",
                "There is no Shapefile in the zip file, and no GeoJSON.",
            )
        self._members = members
        self._mains = {name: mains[0]} if len(mains) == 1 else _named(mains)
        if sum(self._zip.getinfo(m).file_size for m in members) > _UNPACKED:
            raise Unreadable("压缩包展开后太大。", "The zip file is too large when unpacked.")

    @property
    def names(self) -> list[str]:
        """The layers' names, as they stand in the file."""
        return list(self._mains)

    def layer(self, name: str, encoding: str | None) -> Reading:
        """Return one layer, by our own dictionary where the file has one."""
        main = self._mains[name]
        if _ending(main) in _JSON:
            reading = geojson.read(self._unpacked(main, main), name, encoding)
        else:
            stem = main[: main.rfind(".")]
            for member in self._members:
                if member[: member.rfind(".")] == stem and _ending(member) in _PARTS:
                    self._unpacked(member, main)
            path = self._place(main).with_suffix(".shp")
            vector.check_shapefile(path)
            reading = vector.read(path, name, None, encoding, ())
            self._by_dictionary(reading, PurePosixPath(stem).name)
        reading.layer = name
        return reading

    def _by_dictionary(self, reading: Reading, stem: str) -> None:
        """Call fields as the dictionary does, and put back the texts that a field was too short for."""
        columns = reading.columns or []
        said = fields_said(self._text(FIELDS))
        if not said or not all((stem, field) in said for field in columns):
            return
        places = {field: place for place, field in enumerate(columns)}
        for (file, row, field), text in texts_said(self._text(TEXTS)).items():
            if file == stem and field in places and 1 <= row <= len(reading.rows):
                reading.rows[row - 1][places[field]] = text
        reading.columns = [said[stem, field] for field in columns]
        reading.cut = []

    def _text(self, name: str) -> str:
        if name not in self._members or self._zip.getinfo(name).file_size > _LARGEST_TABLE:
            return ""
        return self._read(name, _LARGEST_TABLE).decode("utf-8-sig", "replace")

    def _unpacked(self, member: str, main: str) -> Path:
        path = self._place(main).with_suffix(_ending(member))
        path.write_bytes(self._read(member, _UNPACKED))
        return path

    def _place(self, main: str) -> Path:
        """Return where a member is unpacked: beside the file, under a name of ours."""
        return self._path.with_name(f"layer{list(self._mains.values()).index(main)}{_ending(main)}")

    def _read(self, member: str, most: int) -> bytes:
        try:
            with self._zip.open(member) as packed:
                return packed.read(most)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
            raise _broken(error) from error


def layers(path: Path, name: str) -> list[Layer]:
    """Return the layers of a zip file with their number of rows."""
    archive = Archive(path, name)
    return [Layer(each, len(archive.layer(each, None).rows)) for each in archive.names]


def read(path: Path, name: str, layer: str | None, encoding: str | None, prefer: tuple[str, ...]) -> Reading:
    """Return one layer: the only one, the one named as what is imported (``prefer``), the one asked for, or all."""
    archive = Archive(path, name)
    if layer == ALL and ALL not in archive.names:
        return vector.joined([archive.layer(each, encoding) for each in archive.names])
    chosen = vector.choose([Layer(each, 0) for each in archive.names], layer, prefer)
    return archive.layer(chosen.name, encoding)


def _named(mains: Iterable[str]) -> dict[str, str]:
    """Return members by the names of their layers; where two are called alike, by their whole path."""
    mains = list(mains)
    stems = [PurePosixPath(main).stem for main in mains]
    return {
        stem if stems.count(stem) == 1 else main[: main.rfind(".")]: main
        for stem, main in zip(stems, mains, strict=True)
    }


def _ending(member: str) -> str:
    return PurePosixPath(member).suffix.lower()


def _broken(error: Exception) -> Unreadable:
    return Unreadable(f"压缩包打不开：{error}。", f"The zip file can't be opened: {error}.")
