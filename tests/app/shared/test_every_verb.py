"""Every verb with an address where a registry is asked for: it does the same as on a file, or says why not."""

from __future__ import annotations

import re

import click
import pytest

from scripts import verbs_story
from ui.cli.options import PLACE, FileType
from ui.cli.run import run, verb_called, verb_names
from ui.cli.verbs import LATER

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[^\"']*")
_ADDRESS = "postgresql://keeper@127.0.0.1:1/registry"
_ELSEWHERE = {"rollup", "sample"}  # tried with addresses in tests/app/rollup; refused below
_PLACES = {"copy": {"source", "target"}, "restore": {"into"}}  # beside each verb's registry
_PATHS = [
    (verb.name, option)
    for verb in map(verb_called, verb_names())
    for option in verb.options
    if isinstance(option.type, click.Path)
]


def as_told(told, *places):
    """Return what was told with the registry, its folder, ids and moments called the same in every telling."""
    text = repr(told)
    for place in places:
        text = text.replace(str(place), "PLACE")
    ids = {found: f"id{number}" for number, found in enumerate(dict.fromkeys(_ID.findall(text)))}
    return _MOMENT.sub("MOMENT", _ID.sub(lambda found: ids[found[0]], text))


def test_that_every_verb_tells_of_a_server_what_it_tells_of_a_file(tmp_path, new_address, monkeypatch):
    monkeypatch.setenv("COMPOUND_REGISTRY_USER", "keeper")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    tellings = []
    for address in (None, new_address()):
        folder = tmp_path / ("file" if address is None else "server")
        folder.mkdir()
        told = verbs_story.told(folder, address, without=_ELSEWHERE)
        assert {step.verb for step in told} >= {*verb_names()} - _ELSEWHERE - {*LATER, *verbs_story.LEFT_OUT}
        assert not [path for path in folder.rglob("*") if "postgresql" in path.name]
        tellings.append(
            [
                (step.verb, as_told(step.documents, address or folder / "r.gpkg", folder))
                for step in told
                if step.verb not in {"new", "copy"}
            ]
        )
    on_file, on_server = tellings
    assert len(on_server) > 60
    for one, other in zip(
        on_file, on_server, strict=False
    ):  # in a file, what another program edits is told at last
        if one[0] in verbs_story.OF_FILES:
            assert "只在文件上做" in other[1], one[0]
        elif one != other:
            assert other[0] == "foreign"
            assert "'found': []" in other[1]


@pytest.mark.parametrize(("name", "option"), _PATHS, ids=lambda value: getattr(value, "name", value))
def test_that_only_a_registry_is_named_by_an_address(name, option):
    """Closed by default: any other file to be read or written refuses an address, or a file would be called so."""
    if option.name == "registry" or option.name in _PLACES.get(name, ()):
        assert option.type is PLACE
    elif name != "bench":  # another checkout, a folder
        assert isinstance(option.type, FileType)


def test_that_an_address_in_place_of_a_file_is_refused_with_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for words in (
        ["new", _ADDRESS, "--profile", "yaohai"],
        ["sample", _ADDRESS],
        ["backup", "a.gpkg", _ADDRESS],
        ["export", "a.gpkg", _ADDRESS],
        ["coverage", "a.gpkg", "--measure", "party", "--csv", _ADDRESS],
        ["backups", _ADDRESS],
    ):
        assert run(words) == 2, words
        assert "只在文件上做" in capsys.readouterr().err, words
    assert not list(tmp_path.iterdir())
