"""What is asked of a registry's content before it is shown or written."""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.edits import Put
from app.domain.field_words import field_words
from app.domain.personal import SENTENCES, personal_in
from app.domain.rules.rules import problems_of
from app.errors import IntegrityFault, InvalidInput, Problem, StorageFault
from app.jobs import Ticket
from app.persistence.backups.listing import STEP
from app.persistence.backups.place import folder_of, rules_kept
from app.persistence.care import content_of, copy_into, verify_file
from app.persistence.damage import UNREADABLE, Damage, refusal
from app.persistence.files.hindrance import Hindered, hindrance_of
from app.persistence.files.own_copy import own_place
from app.persistence.migrations import NEWEST
from app.persistence.row_codec import UNDECODABLE
from app.persistence.store import now_text
from app.services.profile.profiles import modern_text, profile_from_text
from app.services.registry.info import info_of
from app.services.registry.people_words import PeopleWords
from app.services.registry.working_zone import KEY, zone_in
from app.text import Text, counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile
    from app.domain.record import Record
    from app.persistence.foreign.found import Foreign
    from app.persistence.loading import Loaded
    from app.services.registry.standing import Standing


def after(dataset: Dataset, edits: Sequence[Edit]) -> Dataset:
    """Return the dataset once edits are done."""
    put = [edit.record for edit in edits if isinstance(edit, Put)]
    removed = [edit.record for edit in edits if not isinstance(edit, Put)]
    return dataset.with_changes(put, removed) if edits else dataset


def refuse_personal(**texts: str | None) -> None:
    """Raise InvalidInput if a text beside the records (a reason, a name) holds a personal number."""
    for column, text in texts.items():
        found = None if text is None else personal_in(text)
        if found is not None:
            said = SENTENCES[found]
            raise InvalidInput(said, (Problem(message=said, column=column),))


def refuse_problems(
    dataset: Dataset, edits: Sequence[Edit], profile: Profile, *, is_return: bool = False
) -> None:
    """Raise InvalidInput, with every reason, if edits can't be written; ``is_return``: of an undo or redo."""
    problems = problems_of(dataset, edits, profile, is_return=is_return)
    if problems:
        found = tuple(problem for _, problem in problems)
        first = found[0]
        where = _where(after(dataset, edits), edits[problems[0][0]].record, first.column, profile)
        more = f"（共 {len(found)} 处）" if len(found) > 1 else ""
        more_en = f" ({len(found)} in all)" if len(found) > 1 else ""
        raise InvalidInput(
            Text(f"{where.zh}：{first.message.zh}{more}", f"{where.en}: {first.message.en}{more_en}"), found
        )


def _where(dataset: Dataset, record: Record, column: str | None, profile: Profile) -> Text:
    """Return whose field is wrong: the record's name, its code after it, and the field in words."""
    names = [PeopleWords(dataset, profile, lang).named(record.code) for lang in ("zh", "en")]
    if column is None:
        return Text(*names)
    said = field_words(record.kind, column, profile)
    return Text(f"{names[0]} 的{said.zh}", f"{names[1]}, {said.en}")


def as_now(path: Path, step: int, standing: Standing, *, is_backup: bool = False) -> Path:
    """Return where a registry can be read as this version writes it: at its path once it has taken every step.

    Where it can't be written, a private copy takes them: a full disk, somebody else's lease or a folder to read only
    keep no older file from being read. Raises InvalidInput where there is no room for that copy, IntegrityFault where
    the file is damaged: its rows get new checksums, which would make the damage good.
    """
    if step == NEWEST:
        return path
    damaged = verify_file(path, with_edits=False)
    if damaged:
        raise refusal(path, damaged)
    if not standing.is_read_only:
        try:
            _take_steps(path, is_backup=is_backup)
        except StorageFault:
            hindrance = hindrance_of(path)
            if hindrance is None:
                raise
            standing.hindrance = hindrance
        else:
            return path
    from app.persistence.upgrade import upgrade_file

    try:
        copy = own_place() / "copy"
        copy_into(path, copy)
        upgrade_file(copy, now_text(), modern_text)
    except (OSError, sqlite3.Error, Hindered) as error:
        raise InvalidInput(
            Text(
                f"{path.name} 是旧版本写的，又只读，也没有地方放一份来升级。复制到能写的地方再打开。",
                f"{path.name} was written by an older version and is read-only, and there is no room for a copy to "
                "bring up to date. Copy it to where you can write, and open that.",
            )
        ) from error
    return copy


def _take_steps(path: Path, *, is_backup: bool) -> None:
    """Take the schema steps that a file has not taken. Raises StorageFault where no backup can be made before."""
    from app.persistence.backup_making import make_backup
    from app.persistence.upgrade import upgrade_file

    rules = rules_kept()
    if not is_backup:  # where there can be no backup, no step is taken
        make_backup(path, folder_of(path, rules), rules, why=STEP, slot=uuid.uuid4().hex, ticket=Ticket())
    upgrade_file(path, now_text(), modern_text)


def whole(path: Path, loaded: Loaded) -> Loaded:
    """Return what was read; raise IntegrityFault, naming the first place, if any of it is not what was written."""
    if loaded.damaged:
        raise refusal(path, loaded.damaged)
    return loaded


def unsettled(path: Path, foreign: Sequence[Foreign]) -> IntegrityFault:
    """Return the refusal to write before it is settled what another program did: each edit is named."""
    count, first = len(foreign), foreign[0]
    return IntegrityFault(
        Text(
            f"另一个程序改过 {path.name}：{count} 处等您定（第一处 {first.code}），先停写。foreign 逐处列出，收下或退回。",
            f"Another program edited {path.name}: {counted(count, 'edit waits', 'edits wait')} for you (the first: {first.code}), and nothing is "
            "written until then. `foreign` lists them; take each or turn it back.",
        ),
        tuple(Problem(message=edit.message, file=str(path), code=edit.code or None) for edit in foreign),
    )


def must_be_known(path: Path, foreign: Sequence[Foreign]) -> None:
    """Raise IntegrityFault if it is not known of an edited record what our last change had left of it."""
    unknown = [edit for edit in foreign if not edit.is_known]
    if unknown:
        raise unsettled(path, unknown)


def content_damage(path: Path) -> list[Damage]:
    """Return every place for which opening refuses a registry, and more that ``verify_file`` compares."""
    damaged = verify_file(path)
    if damaged:
        return damaged
    step, loaded = content_of(path)
    if step == 1:
        loaded = replace(loaded, info={**loaded.info, "profile": modern_text(loaded.info["profile"])})
    return misunderstood(loaded)


@contextmanager
def understanding(path: Path, loaded: Loaded) -> Iterator[None]:
    """Turn a failure to understand what a registry says of itself into the name of that place."""
    try:
        yield
    except (InvalidInput, *UNDECODABLE):
        damaged = misunderstood(loaded)
        if not damaged:
            raise
        raise refusal(path, damaged) from None


def misunderstood(loaded: Loaded) -> list[Damage]:
    """Return what a registry says of itself in a way that can't be understood, though it fits its checksum."""
    asked: tuple[tuple[str, Callable[[], object]], ...] = (
        ("note", lambda: info_of(loaded)),
        ("profile", lambda: profile_from_text(loaded.info["profile"])),
        (KEY, lambda: zone_in(loaded.info, loaded.dataset)),
    )
    found = []
    for key, read in asked:
        try:
            read()
        except InvalidInput as error:
            found.append(Damage("registry_info", key, error.message))
        except UNDECODABLE:
            found.append(Damage("registry_info", key, UNREADABLE))
    return found
