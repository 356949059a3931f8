"""A link among strangers' files chooses nothing that is read: not as the source, not beside it, not in an archive."""

from __future__ import annotations

import stat
import zipfile

import pytest

from app.errors import InvalidInput
from app.exchange.reader import list_layers, read_source

_SECRET = "机密一行"


@pytest.fixture
def secret(tmp_path):
    """Give a file elsewhere that nobody meant to import."""
    folder = tmp_path / "别处"
    folder.mkdir()
    path = folder / "secret.csv"
    path.write_text(f"{_SECRET}\n1\n", "utf-8")
    return path


def _refused(path):
    with pytest.raises(InvalidInput) as caught:
        read_source(path)
    said = caught.value.message
    assert _SECRET not in said.zh + said.en
    return said


@pytest.mark.parametrize(
    "name", ["link.csv", "link.xlsx", "link.gpkg", "link.shp", "link.geojson", "link.zip"]
)
def test_that_a_link_as_source_is_refused_with_where_it_leads(tmp_path, secret, name):
    link = tmp_path / name
    link.symlink_to(secret)
    assert str(secret) in _refused(link).zh
    with pytest.raises(InvalidInput, match="链接"):
        list_layers(link)


def test_that_a_link_to_a_link_and_one_to_nothing_are_refused(tmp_path, secret):
    (tmp_path / "one.csv").symlink_to(secret)
    (tmp_path / "two.csv").symlink_to(tmp_path / "one.csv")
    (tmp_path / "none.csv").symlink_to(tmp_path / "nowhere")
    assert str(secret) in _refused(tmp_path / "two.csv").zh
    assert "链接" in _refused(tmp_path / "none.csv").zh


def test_that_a_link_beside_a_shapefile_is_refused(shared_data, tmp_path, secret):
    source = shared_data / "05_messy/gbk_shapefile_no_cpg/shanghai_shp"
    for part in source.iterdir():
        if part.suffix != ".dbf":
            (tmp_path / part.name).write_bytes(part.read_bytes())
    table = tmp_path / "区县界_area.dbf"
    table.symlink_to(secret)
    assert str(secret) in _refused(tmp_path / "区县界_area.shp").zh


def test_that_a_link_in_an_archive_is_not_followed(tmp_path, secret):
    member = zipfile.ZipInfo("a.csv")
    member.create_system = 3
    member.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        packed.writestr(member, str(secret))
        packed.writestr("b.shp", b"\0\0\x27\x0a" + bytes(96))
    _refused(tmp_path / "a.zip")


def test_that_a_file_in_a_folder_reached_by_a_link_is_read(tmp_path, secret):
    (tmp_path / "夹").symlink_to(secret.parent, target_is_directory=True)
    assert read_source(tmp_path / "夹" / secret.name).rows
