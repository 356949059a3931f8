"""The statements of a store: declared once, kept as SQLite's text, and spelled in another server's language too."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy.dialects import postgresql

from app.persistence import spelled, statements
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry

ROOT = Path(__file__).resolve().parents[3]
ALL = {name: getattr(spelled, name) for name in vars(spelled) if name.isupper() and name != "NO_LIMIT"}


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    path = tmp_path_factory.mktemp("statements") / "new.gpkg"
    create_registry(path, load_profile("yaohai")).close()
    kept = sqlite3.connect(path)
    yield kept
    kept.close()


def test_that_the_text_is_what_the_declaration_says_today():
    spec = importlib.util.spec_from_file_location("make_statements", ROOT / "scripts" / "make_statements.py")
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert made.OUT.read_text("utf-8") == made.text(), "run scripts/make_statements.py"


@pytest.mark.parametrize("name", ALL)
def test_that_sqlite_takes_each_statement_on_the_tables_of_a_new_registry(connection, name):
    given = [None] * ALL[name].count("?")
    connection.execute(f"EXPLAIN {ALL[name]}", given).fetchall()


def test_that_another_server_is_asked_in_its_own_language():
    """What the second store brings are the two forms that no standard has; the rest is spelled from the declaration."""
    importlib.import_module("app.persistence.shared.runs")
    theirs = statements.spelled(postgresql.dialect())
    assert theirs.keys() == ALL.keys()
    for name, (text, parameters) in theirs.items():
        assert re.search(r"json_each|instr\(|NOT INDEXED|\?", text) is None, name
        assert len(parameters) == ALL[name].count("?"), name


def test_that_what_a_store_is_asked_stands_in_no_other_place():
    """No statement on the journal, the codes or the settings is typed where they are used, but looks past the indexes."""
    typed = re.compile(
        r"(?:FROM|INTO|UPDATE) \"?(change|change_detail|entity|registry_info|backdrop)\b(?! NOT INDEXED)"
    )
    shared = ("journal.py", "journal_rows.py", "loading.py", "store.py", "tally.py")
    found = [
        f"{name}: {match[0]}"
        for name in shared
        for match in typed.finditer((ROOT / "app" / "persistence" / name).read_text("utf-8"))
    ]
    assert found == [
        "loading.py: FROM entity"
    ]  # whose record an undo took out: rows of MAX, as SQLite alone has them


def test_that_a_change_waits_for_no_library_that_only_names_columns(tmp_path):
    path = tmp_path / "new.gpkg"
    create_registry(path, load_profile("yaohai")).close()
    code = (
        "import sys; from pathlib import Path\n"
        "from app.services.edit import edit\n"
        "from app.services.registry.registry import Registry\n"
        "registry = Registry.open(Path(sys.argv[1]), by='t')\n"
        "edit.add(registry, 'firms', {'name': 'a'})\n"
        "registry.undo(); registry.redo(); registry.history('F000001'); registry.close()\n"
        "print('sqlalchemy' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "False"
