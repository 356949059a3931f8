"""What is asked of a registry's content before it is shown or written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.edits import Put
from app.domain.personal import SENTENCES, personal_in
from app.domain.rules import problems_of
from app.errors import IntegrityFault, InvalidInput, Problem
from app.persistence.reading import NO_BACKUPS
from app.persistence.store import now_text
from app.services.profiles import modern_text
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile import Profile
    from app.persistence.store import Loaded


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
        where = f"{first.code}" + (f".{first.column}" if first.column else "")
        more = f"（共 {len(found)} 处）" if len(found) > 1 else ""
        more_en = f" ({len(found)} in all)" if len(found) > 1 else ""
        raise InvalidInput(
            Text(f"{where}：{first.message.zh}{more}", f"{where}: {first.message.en}{more_en}"), found
        )


def bring_up_to_date(path: Path, *, is_read_only: bool) -> None:
    """Take the schema steps that a file has not taken; raise InvalidInput where it can't be written."""
    if is_read_only:
        raise InvalidInput(
            Text(
                f"{path.name} 是旧版本写的，又只读，不能升级。复制到能写的地方再打开。",
                f"{path.name} was written by an older version and is read-only. Copy it to where you can write, and open that.",
            )
        )
    from app.persistence.upgrade import upgrade_file

    upgrade_file(path, now_text(), modern_text)


def whole(path: Path, loaded: Loaded) -> Loaded:
    """Return what was read; raise IntegrityFault if a row is not what was written."""
    if not loaded.damaged:
        return loaded
    table, row = loaded.damaged[0]
    count = len(loaded.damaged)
    raise IntegrityFault(
        Text(
            f"{path.name} 有 {count} 条记录与校验不符（如 {table} {row}）。verify 列出它们。{NO_BACKUPS.zh}",
            f"{count} records of {path.name} do not fit their checksum ({table} {row} …). "
            f"`verify` lists them. {NO_BACKUPS.en}",
        )
    )
