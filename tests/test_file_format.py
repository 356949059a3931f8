"""What `docs/file-format.md` says of a registry file holds, read with nothing but SQLite and the standard library."""

from __future__ import annotations

import importlib.util
import json
import lzma
import re
import sqlite3
import struct
import zlib
from datetime import date
from hashlib import blake2b
from pathlib import Path

import pytest

from app.services.edit import edit
from app.services.registry.registry import Registry

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "file-format.md"


@pytest.fixture(scope="module")
def rows(yaohai_sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("format") / "y.gpkg"
    path.write_bytes(yaohai_sample.read_bytes())
    registry = Registry.open(path, by="t")
    edit.set_values(registry, ["C000001"], {"households": 7}, since=date(2026, 1, 1))
    registry.close()
    connection = sqlite3.connect(path)
    yield connection
    connection.close()


def test_that_the_page_is_what_the_program_says_today():
    spec = importlib.util.spec_from_file_location("make_pages", ROOT / "scripts" / "make_pages.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert PAGE.read_text("utf-8") == made.pages()[PAGE], "run scripts/make_pages.py"


def test_that_every_table_and_column_of_a_file_stands_on_the_page(rows):
    page = PAGE.read_text("utf-8")
    everywhere = set(re.findall(r"`(\w+)`", page.split("## The kinds")[0]))
    for (table,) in rows.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        if table.startswith("gpkg_"):
            continue
        assert f"`{table}`" in page
        heading = page.find(f"### `{table}`")
        if heading < 0:
            continue
        part = (
            page[heading : page.index("\n### ", heading + 1)]
            if "\n### " in page[heading + 1 :]
            else page[heading:]
        )
        named = set(re.findall(r"^\| `(\w+)`", part, re.MULTILINE)) | everywhere
        assert {row[1] for row in rows.execute(f"PRAGMA table_info({table})")} <= named


def test_that_the_questions_on_the_page_are_answered(rows):
    found = []
    for block in re.findall(r"```sql\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
        found += [rows.execute(question).fetchall() for question in block.split(";")[:-1]]
    compounds, facts, changes = found
    assert len(compounds) == 560
    assert sum(grid is not None for _, _, grid in compounds) > 0
    assert all(value for _, value, _ in facts)
    assert rows.execute("SELECT COUNT(*) FROM fact").fetchone()[0] >= len(facts) > 0
    assert changes[0][5:7] == ("past", "{}") or changes[0][5] in {"households", "past"}


def test_that_a_checksum_is_made_as_the_page_says(rows):
    row = rows.execute("SELECT * FROM compound WHERE code = 'C000001'").fetchone()
    names = [column[1] for column in rows.execute("PRAGMA table_info(compound)")]
    check = names.index("checksum")
    said = "\x1f".join(value if isinstance(value, str) else f"#{value!r}" for value in row[1:check])
    digest = blake2b(said.encode(), digest_size=8)
    digest.update(row[check + 1])
    assert digest.hexdigest() == row[check]
    assert json.loads(row[names.index("past")])["households"][0][0] == "2025-12-31"


def test_that_a_pack_is_opened_as_the_page_says(rows):
    names, content = rows.execute("SELECT names, content FROM kept WHERE kind = 'compounds'").fetchone()
    count, length = (int.from_bytes(names[at : at + 4], "little") for at in (0, 4))
    codes = json.loads(zlib.decompress(names[9 : 9 + length]))
    assert (count, codes[0], len(names)) == (560, "C000001", 9 + length + 16 * 560)
    told = rows.execute(
        "SELECT d.after FROM change_detail d JOIN kept ON kept.id = d.row_id"
        " WHERE d.field = 'records' AND kept.kind = 'compounds'"
    ).fetchone()[0]
    assert json.loads(told)["names"] == blake2b(names, digest_size=8).hexdigest()
    raw = lzma.decompress(content)
    length = int.from_bytes(raw[:4], "little")
    document = json.loads(raw[4 : 4 + length])
    assert document["n"] == 560
    end = 4 + length + sum(size or 0 for size in document["shapes"])
    planes = raw[end:]
    folded = [int.from_bytes(planes[at :: len(planes) // 8], "little") for at in range(len(planes) // 8)]
    steps = [-(number + 1) // 2 if number % 2 else number // 2 for number in folded]
    outline = rows.execute("SELECT geom FROM compound WHERE code = 'C000001'").fetchone()[0]
    assert sum(steps[:1]) / 10 ** document["decimals"] == struct.unpack_from("<d", outline, 8 + 32 + 13)[0]
