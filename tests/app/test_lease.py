"""On a network share one person writes and the others are told who."""

from __future__ import annotations

import sqlite3

import pytest

from app.errors import IntegrityFault, StorageFault
from app.persistence.lease import lease_path
from app.services import edit, registry
from app.services.registry import Registry
from tests.app.builders import a_small_registry


@pytest.fixture
def shared_path(tmp_path, monkeypatch):
    opened = a_small_registry(tmp_path)
    opened.close()
    monkeypatch.setattr(registry, "is_shared_disk", lambda _path: True)
    return opened.path


def test_that_the_second_to_open_a_shared_registry_reads_only_and_is_told_who_writes(shared_path):
    first = Registry.open(shared_path, by="王敏")
    second = Registry.open(shared_path, by="李航")
    assert second.is_read_only
    with pytest.raises(StorageFault, match="王敏"):
        edit.set_values(second, ["C1"], {"name": "甲"})
    second.close()
    assert lease_path(shared_path).exists()
    edit.set_values(first, ["C1"], {"name": "甲"})
    first.close()
    assert not lease_path(shared_path).exists()
    third = Registry.open(shared_path, by="李航")
    assert not third.is_read_only
    third.close()


def test_that_an_unreadable_lease_is_told_and_not_taken(shared_path):
    lease_path(shared_path).write_text("?", "utf-8")
    with pytest.raises(StorageFault, match="读不懂"):
        Registry.open(shared_path)


def test_that_a_registry_that_does_not_open_leaves_no_lease(shared_path):
    raw = sqlite3.connect(shared_path)
    raw.execute("UPDATE compound SET households = 1 WHERE code = 'C1'")
    raw.commit()
    raw.close()
    with pytest.raises(IntegrityFault):
        Registry.open(shared_path)
    assert not lease_path(shared_path).exists()
