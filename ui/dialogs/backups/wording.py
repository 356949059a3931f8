"""What the backups' sheet says of backups, of what changed since, and of a record then and now."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.services.keeping.backups import state_of
from app.services.registry.lookup import find_record
from app.text import Text
from ui.dialogs.backups.models import moment_words
from ui.models.named import display_name

if TYPE_CHECKING:
    from app.domain.dataset import Dataset
    from app.domain.record import Record
    from app.services.keeping.backups import Backup, Kept
    from app.services.keeping.restoring import Compared, Moved

_NONE: Final = Text(
    "还没有备份；改过第一次就会有。", "No backup yet; there will be one once something is changed."
)
_TOTAL: Final = Text(
    "{} 份，{:.1f} MB。留：最近 {} 次打开，每天 {}、每月 {}；在 {}",
    "{: backup|backups}, {:.1f} MB. Kept: {: opening|openings}, {: day|days}, {: month|months}; in {}",
)
_OFF: Final = Text("自动备份已关。", "Automatic backups are off. ")
_HEAD: Final = Text("{} 那一份 · {} · {} 条记录", "{} · {} · {: record|records}")
_SINCE: Final = Text("从那时到现在改了 {} 行：{}", "{: row changed|rows changed} since: {}")
_NO_CHANGE: Final = Text("和现在一样。", "The same as now.")
_NOT_THERE: Final = Text("现在没有这一条", "not there now")
_NOT_YET: Final = Text("那时还没有这一条", "not there then")
_COUNT: Final = Text("{} · 第 {} 条，共 {} 条改过", "{} · {} of {} changed")


def total_words(found: Kept, lang: str) -> str:
    """Return how many backups there are, how they are kept, and what went wrong with the last."""
    rules = found.rules
    said = _TOTAL.format(
        len(found.backups), found.size / (1 << 20), rules.openings, rules.days, rules.months, found.folder
    ).in_(lang)
    parts = [] if rules.is_on else [_OFF.in_(lang)]
    parts.append(said if found.backups else _NONE.in_(lang))
    if found.failure is not None:
        parts.insert(0, found.failure.in_(lang))
    return " ".join(parts)


def head_words(backup: Backup, lang: str) -> str:
    """Return which backup it is, in what state, and how much it holds."""
    records = "—" if backup.known is None else backup.known.records
    return _HEAD.format(moment_words(backup), state_of(backup), records).in_(lang)


def since_words(moved: Moved, lang: str) -> str:
    """Return how many rows of which kinds changed since a backup."""
    rows = "，" if lang == "zh" else ", "
    counts = rows.join(f"{KINDS[kind].words.in_(lang)} {count}" for kind, count in moved.rows.items())
    return (_SINCE.format(sum(moved.rows.values()), counts) if moved.rows else _NO_CHANGE).in_(lang)


def named_words(found: Compared, row: int, count: int, lang: str) -> str:
    """Return which record is compared, and which of the ``count`` changed ones it is (``row`` -1: none of them)."""
    record = found.now or found.then
    if record is None:
        return ""
    said = f"{display_name(record, lang)} {found.code}"
    if found.now is None:
        said += f" · {_NOT_THERE.in_(lang)}"
    elif found.then is None:
        said += f" · {_NOT_YET.in_(lang)}"
    return _COUNT.in_(lang).format(said, row + 1, count) if row >= 0 else said


def found_in(typed: str, *datasets: Dataset) -> Record | None:
    """Return the record that a code, or a part of a name, means in the first dataset that has it."""
    for dataset in datasets:
        if (found := find_record(dataset, typed)) is not None:
            return found
    named = (
        record
        for kind in KINDS
        if "name" in KINDS[kind].index
        for dataset in datasets
        for record in dataset.of(kind).values()
        if typed in record.text("name")
    )
    return next(named, None)


def free_name(registry: Path, backup: Backup) -> Path:
    """Return a name that is free, beside the registry: its own, and the moment of the backup."""
    moment: datetime = backup.at.astimezone()
    return registry.with_name(f"{registry.stem}.{moment:%Y%m%d-%H%M%S}.restored.gpkg")
