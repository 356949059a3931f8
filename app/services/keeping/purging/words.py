"""What a purge found, or did, in sentences for window and command alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.services.keeping.purging.doing import left_in_days
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.services.keeping.purging.doing import Purged


HELD: Final = Text(
    "各处都已清除，但台账正被另一个程序读着，旧内容还在文件里腾不出来。关掉那个程序，再清除一次。",
    "It is taken out everywhere, but another program is reading the registry, so that old pages stay in the file. "
    "Close that program and purge once more.",
)


def said_of(found: Purged, *, is_dry: bool) -> Iterator[Text]:
    """Yield a sentence for each place, and what is not reached."""
    if not found.is_any:
        yield Text(
            "台账、日志、备份和程序自己的文件里都没有。",
            "It stands nowhere in registry, journal, backups and the program's own files.",
        )
    yield from _in_registry(found, is_dry=is_dry)
    backups = [one for one in found.backups if one.problem is None]
    if backups:
        yield Text(
            f"备份：{len(backups)} 份里有，{'会一并清除' if is_dry else '已一并清除'}。",
            f"Backups: {len(backups)} hold it and {'will be' if is_dry else 'were'} purged too.",
        )
    if found.traces:
        yield Text(
            f"程序自己的设置和报告：{len(found.traces)} 个文件。",
            f"The program's own settings and reports: {len(found.traces)} files.",
        )
    for table, rows in found.others.items():
        yield Text(
            f"别的程序放进文件的表 {table} 里有 {rows} 行，本程序不动它：在那个程序里删。",
            f"Table {table}, which another program put into the file, holds it in {rows} rows and is left alone: "
            "delete it with that program.",
        )
    yield Text(
        "另存、导出、发出去和拷走的文件不在内。",
        "Files that were exported, sent or copied elsewhere are not reached.",
    )


def _in_registry(found: Purged, *, is_dry: bool) -> Iterator[Text]:
    if found.is_held:
        yield HELD
    elif not is_dry and found.change is not None and not (found.left or found.others):
        yield Text("已彻底清除，文件里不再有它。", "Removed for good; the file holds it no more.")
    if found.left and not (found.is_held or found.others):
        yield left_in_days(found.left)
    if found.records:
        codes = " ".join(found.records[:6]) + (" …" if len(found.records) > 6 else "")
        yield Text(f"记录：{len(found.records)} 条（{codes}）。", f"Records: {len(found.records)} ({codes}).")
    if found.taken.values:
        yield Text(
            f"日志：{len(found.taken.steps)} 步里 {found.taken.values} 处；步骤本身都留着，这些步撤不回。",
            f"Journal: {found.taken.values} places in {len(found.taken.steps)} steps; the steps stay and can't be taken back.",
        )
    if found.taken.codes:
        yield Text(
            f"用过的编码：{len(found.taken.codes)} 个。", f"Codes used before: {len(found.taken.codes)}."
        )
    if found.taken.settings:
        yield Text(
            f"台账自己的说明：{'、'.join(found.taken.settings)}。",
            f"What the registry says of itself: {', '.join(found.taken.settings)}.",
        )
    if found.stands:
        yield Text(
            "这条记录还在台账里，它现在的内容不动；要一起清除，先删除它。",
            "The record is still in the registry, and what it says today stays; to have that go too, remove it first.",
        )
