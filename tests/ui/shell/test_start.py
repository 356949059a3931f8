"""What a desktop hands over at the start, and where the input method is found."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest

from ui.bridge.start import Wish, prepare_input_method, read_arguments


@pytest.mark.parametrize(
    ("arguments", "files", "lang"),
    [
        ([], [], None),
        (["--lang", "en"], [], "en"),
        (["--lang=en", "a.gpkg"], ["a.gpkg"], "en"),
        (["a.gpkg", "--lang", "en"], ["a.gpkg"], "en"),
        (["A.GPKG"], ["A.GPKG"], None),
        (["花名册.xlsx", "a.gpkg"], ["花名册.xlsx", "a.gpkg"], None),
        (["x.csv", "x.geojson", "x.shp", "x.csv"], ["x.csv", "x.geojson", "x.shp"], None),
        (["sub/file"], ["sub/file"], None),
    ],
)
def test_that_nothing_but_files_opens_the_window(arguments, files, lang, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert read_arguments(arguments) == Wish(tuple(tmp_path / name for name in files), lang)


def test_that_the_address_of_a_shared_registry_opens_it():
    wish = read_arguments(["postgresql://lina@10.1.2.3/yaohai"])
    assert wish is not None
    assert [path.as_posix() for path in wish.registries] == ["postgresql:/lina@10.1.2.3/yaohai"]


def test_that_an_address_is_a_file(tmp_path):
    path = tmp_path / "瑶海 区 100%.gpkg"
    wish = read_arguments([f"file://{quote(str(path))}"])
    assert wish is not None
    assert wish.registries == (path,)
    assert read_arguments([path.as_uri(), str(path)]) == wish
    assert read_arguments([f"file://localhost{quote(str(path))}"]) == wish
    assert read_arguments([f"FILE://{quote(str(path))}"]) == wish


@pytest.mark.parametrize(
    "arguments",
    [
        ["coverage"],
        ["sample", "y.gpkg"],
        ["--help"],
        ["--version"],
        ["y.gpkg", "--json"],
        ["--lang", "fr"],
        ["compounds"],
    ],
)
def test_that_a_verb_is_for_the_command_line(arguments):
    assert read_arguments(arguments) is None


def test_that_registries_and_other_files_are_told_apart():
    wish = Wish((Path("/a.gpkg"), Path("/b.xlsx"), Path("/c.GPKG")))
    assert wish.registries == (Path("/a.gpkg"), Path("/c.GPKG"))
    assert wish.others == (Path("/b.xlsx"),)


def test_that_a_folder_is_opened_and_not_imported(tmp_path):
    wish = read_arguments([str(tmp_path), "a.xlsx"])
    assert wish is not None
    assert wish.registries == (tmp_path,)
    assert [path.name for path in wish.others] == ["a.xlsx"]


@pytest.mark.parametrize(
    ("given", "modules"),
    [
        ({"QT_IM_MODULE": "fcitx"}, "fcitx;ibus"),
        ({"QT_IM_MODULE": "fcitx5"}, "fcitx;ibus"),
        ({"XMODIFIERS": "@im=fcitx"}, "fcitx;ibus"),
        ({"XMODIFIERS": "@im=fcitx5", "QT_IM_MODULE": ""}, "fcitx;ibus"),
        ({"XMODIFIERS": "@im=ibus"}, "ibus"),
        ({"QT_IM_MODULE": "ibus"}, None),
        ({"QT_IM_MODULE": "ibus", "XMODIFIERS": "@im=fcitx"}, None),
        ({"QT_IM_MODULE": "compose", "XMODIFIERS": "@im=fcitx"}, None),
        ({"QT_IM_MODULE": "fcitx", "QT_IM_MODULES": "xim"}, "xim"),
        ({}, None),
    ],
)
def test_that_the_input_method_is_found(given, modules):
    environ = dict(given)
    prepare_input_method(environ, "linux")
    assert environ.get("QT_IM_MODULES") == modules
    assert {name: environ[name] for name in given} == given


def test_that_other_systems_are_left_alone():
    environ = {"QT_IM_MODULE": "fcitx"}
    prepare_input_method(environ, "win32")
    assert environ == {"QT_IM_MODULE": "fcitx"}
