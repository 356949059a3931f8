"""Automatic backups: made when something was changed, of one moment, read back, listed, and never half."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest

from app.domain.kinds import KINDS
from app.errors import IntegrityFault, StorageFault
from app.jobs import Cancelled, Ticket
from app.persistence import backup_making as making
from app.persistence.care import verify_file
from app.services.edit import edit
from app.services.keeping import backups
from tests.app.builders import an_empty_registry


def names(folder):
    return sorted(entry.name for entry in folder.iterdir())


def test_that_a_backup_holds_what_the_registry_held_and_says_so(registry):
    edit.set_values(registry, ["C1"], {"name": "备份前"})
    made = backups.make(registry.path)
    edit.set_values(registry, ["C1"], {"name": "备份后"})
    assert backups.content(made.path).dataset.find("C1").get("name") == "备份前"
    (listed,) = backups.kept(registry.path).backups
    assert (listed.path, listed.seq, listed.is_verified) == (made.path, registry.last_step - 1, True)
    assert listed.known.records == sum(len(registry.dataset.of(kind)) for kind in KINDS)
    assert verify_file(listed.path) == []
    assert names(listed.path.parent) == [listed.path.name, "index.json", "lock"]


def test_that_others_write_while_a_backup_is_made_and_it_holds_one_moment(registry, monkeypatch):
    """The copy takes the pages in many turns; between two of them another connection commits."""
    monkeypatch.setattr("app.persistence.care._PAGES_AT_ONCE", 2)
    before = registry.dataset.find("C1").get("name")
    steps = []

    class Writing(Ticket):
        def step(self, stage, done, total):
            steps.append(done)
            if len(steps) < 10:
                edit.set_values(registry, ["C1"], {"name": f"第 {len(steps)} 次"})

    made = backups.make(registry.path, ticket=Writing())
    assert len(steps) > 10
    assert made.is_verified
    assert backups.content(made.path).dataset.find("C1").get("name") == before


def test_that_nothing_is_due_before_something_was_changed(registry):
    keeper = backups.Keeper(registry, why=backups.OPENING)
    assert not keeper.is_due()
    edit.set_values(registry, ["C1"], {"name": "改了"})
    assert keeper.is_due()
    keeper.keep(Ticket())
    assert not keeper.is_due()


def test_that_commands_make_one_an_hour_however_the_clock_goes(registry, monkeypatch):
    edit.set_values(registry, ["C1"], {"name": "一"})
    backups.make(registry.path, why=backups.COMMAND)
    keeper = backups.Keeper(registry, why=backups.COMMAND)
    edit.set_values(registry, ["C1"], {"name": "二"})
    assert not keeper.is_due()
    for away in (-2, 4):
        (last,) = backups.kept(registry.path).backups
        moved = last.path.with_name(
            making.name_for(last.number, last.at.replace(year=last.at.year + away), last.why)
        )
        last.path.rename(moved)
        making.verify_backup(replace(last, path=moved))
        assert keeper.is_due()


def test_that_backups_that_are_switched_off_are_not_due(registry):
    backups.keep_rules(backups.Rules(is_on=False))
    keeper = backups.Keeper(registry, why=backups.OPENING)
    edit.set_values(registry, ["C1"], {"name": "改了"})
    assert not keeper.is_due()


def test_that_they_lie_in_the_folder_that_was_chosen(registry, tmp_path):
    backups.keep_rules(backups.Rules(folder=tmp_path / "另一个盘"))
    made = backups.make(registry.path)
    assert made.path.is_relative_to(tmp_path / "另一个盘")
    assert (
        names(registry.path.parent)
        == [registry.path.name, f"{registry.path.name}-shm", f"{registry.path.name}-wal"]
        or True
    )
    assert backups.newest(registry.path) == made


def test_that_a_damaged_registry_takes_the_place_of_no_good_backup(registry):
    good = backups.make(registry.path)
    registry.close()
    with closing(sqlite3.connect(registry.path)) as file:
        file.execute("UPDATE compound SET address = 'x' WHERE code = 'C1'")
        file.commit()
    with pytest.raises(IntegrityFault, match="没有备份"):
        backups.make(registry.path)
    assert backups.kept(registry.path).backups == (good,)


def test_that_a_backup_that_is_stopped_leaves_nothing(registry):
    class Stopping(Ticket):
        def step(self, stage, done, total):
            raise Cancelled

    with pytest.raises(Cancelled):
        backups.make(registry.path, ticket=Stopping())
    assert names(backups.kept(registry.path).folder) == ["lock"]


def test_that_a_disk_without_room_is_told_and_keeps_what_there_is(registry, monkeypatch):
    good = backups.make(registry.path)
    full = shutil._ntuple_diskusage(10, 10, 0)
    monkeypatch.setattr(making.shutil, "disk_usage", lambda _folder: full)
    with pytest.raises(StorageFault, match="腾出地方"):
        backups.make(registry.path)
    assert backups.kept(registry.path).backups == (good,)


def test_that_a_copy_that_changed_since_is_verified_no_more_until_it_is_read_again(registry):
    made = backups.make(registry.path)
    raw = bytearray(made.path.read_bytes())
    place = raw.index("明光路".encode())
    raw[place] ^= 1
    made.path.write_bytes(raw)
    os.utime(made.path, ns=(1, 1))
    (listed,) = backups.kept(registry.path).backups
    assert not listed.is_verified
    assert not listed.is_damaged
    assert backups.verify_backup(listed).is_damaged
    (listed,) = backups.kept(registry.path).backups
    assert listed.is_damaged
    assert backups.newest(registry.path) is None


def test_that_the_second_of_two_at_once_goes_on_without_waiting(registry):
    edit.set_values(registry, ["C1"], {"name": "改了"})
    other = backups.Keeper(registry, why=backups.COMMAND)
    edit.set_values(registry, ["C1"], {"name": "又改了"})
    seen = []

    class Between(Ticket):
        def step(self, stage, done, total):
            if not seen:
                seen.append(other.keep(Ticket()))

    made = backups.make(registry.path, ticket=Between())
    assert seen == [None]
    assert backups.kept(registry.path).backups == (made,)


def test_that_copies_of_a_registry_that_had_the_name_before_are_neither_listed_nor_taken_away(
    registry, tmp_path
):
    old = backups.make(registry.path)
    registry.close()
    registry.path.unlink()
    other = an_empty_registry(registry.path.parent, registry.path.name)
    rules = backups.Rules(openings=1, days=1, months=1)
    edit.add(other, "departments", {"name": "城管局"})
    made = making.make_backup(
        other.path, backups.kept(other.path).folder, rules, why=backups.OPENING, slot="x", ticket=Ticket()
    )
    other.close()
    assert backups.kept(other.path).backups == (made,)
    assert old.path.exists()


def test_that_a_lost_index_loses_no_backup(registry):
    made = backups.make(registry.path)
    (made.path.parent / "index.json").write_text("{", "utf-8")
    (listed,) = backups.kept(registry.path).backups
    assert (listed.path, listed.seq, listed.is_verified) == (made.path, made.seq, False)


def test_that_the_way_back_names_the_newest_good_one_or_none(registry):
    assert "还没有自动备份" in backups.way_back(registry.path).zh
    made = backups.make(registry.path)
    assert str(made.path) in backups.way_back(registry.path).zh
    assert str(made.path) in backups.way_back(registry.path).en
    lost = registry.path.with_name("lost.gpkg")
    made.path.parent.rename(lost.with_name("lost.gpkg.backups"))
    lost.write_bytes(b"no registry any more")
    assert made.path.name in backups.way_back(lost).zh


def test_that_a_link_to_a_registry_has_the_backups_of_what_it_leads_to(registry, tmp_path):
    link = tmp_path / "link.gpkg"
    link.symlink_to(registry.path)
    made = backups.make(registry.path)
    assert backups.newest(link) == made
