"""Places where a registry file does not hold what was written into it, in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.errors import IntegrityFault, Problem
from app.persistence.backups.way_back import way_back
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

CHANGED: Final = Text(
    "内容与校验不符：文件损坏，或被别的程序改过。",
    "The content does not fit its checksum: damage, or an edit by another program.",
)
UNREADABLE: Final = Text(
    "校验相符，但内容读不懂：写下它的程序有错，或是更新的版本写的。",
    "It fits its checksum but can't be understood: an error of the program that wrote it, or a newer version.",
)
NOWHERE: Final = Text("指向不存在的记录。", "It refers to a record that is not there.")
GONE: Final = Text("记录不见了：不是本程序删的。", "The record is gone, and this program did not remove it.")
FOREIGN: Final = Text(
    "日志里没有这条记录：不是本程序登记的。",
    "The journal does not know this record: another program put it in.",
)
NO_ENTRY: Final = Text(
    "编码总册里没有这条记录，或编码不同。",
    "The list of codes does not have this record, or has another code for it.",
)
STRANGE_ENTRY: Final = Text(
    "编码总册里的这个编码没有记录，日志也不知道。",
    "The list of codes has this code, but no record has it and the journal does not know it.",
)
STRANGE: Final = Text(
    "与写下时不同：别的程序改过，或文件损坏。",
    "Not as it was written: damage, or an edit by another program.",
)
MISSING: Final = Text("这一项必须有，但不见了。", "This must be there, and is not.")


@dataclass(frozen=True, slots=True)
class Damage:
    """One place where the file does not hold what was written. ``code`` is the record's, or its row id.

    ``is_edit``: the place can be read, and it can be taken or turned back.
    """

    table: str
    code: str
    message: Text
    is_edit: bool = False


def refusal(path: Path, damaged: Sequence[Damage]) -> IntegrityFault:
    """Return the refusal to go on with a damaged file: the first place, how many, each as a problem, a way on."""
    first, count = damaged[0], len(damaged)
    back = way_back(path)
    where = " ".join(part for part in (first.table, first.code) if part)
    return IntegrityFault(
        Text(
            f"{path.name} 有 {count} 处与校验不符，不是本程序留下的样子。第一处：{where}，{first.message.zh}"
            f"verify 逐处列出；backup 照原样留一份。{back.zh}",
            f"{count} places of {path.name} are not as this program left them. The first: {where}. {first.message.en} "
            f"`verify` lists each; `backup` keeps a copy as it is. {back.en}",
        ),
        tuple(Problem(message=d.message, file=str(path), code=d.code or None) for d in damaged),
    )


def damaged_row(table: str, row: Mapping[str, object]) -> IntegrityFault:
    """Return the refusal to write a row anew that is not as it was written."""
    name = str(row.get("code") or row.get("seq") or row.get("key") or row.get("id") or "")
    place = Damage(table, name, CHANGED)
    return IntegrityFault(
        Text(
            f"{table} {name} 与写下时不同：文件损坏，或被别的程序改过。没有改动。verify 逐处列出。",
            f"{table} {name} is not as it was written: damage, or an edit by another program. Nothing was changed. "
            "`verify` lists each place.",
        ),
        (Problem(message=place.message, code=place.code or None),),
    )


def damaged_step(seq: object) -> IntegrityFault:
    """Return the refusal to use a step of the journal that is not as it was written."""
    return IntegrityFault(
        Text(
            f"日志第 {seq} 步与写下时不同：文件损坏，或被别的程序改过。没有据此改动。verify 逐处列出。",
            f"Step {seq} of the journal is not as it was written: damage, or an edit by another program. "
            "Nothing was changed by it. `verify` lists each place.",
        )
    )


def edited_meanwhile(code: str) -> IntegrityFault:
    """Return the refusal to write over what another program did to a record since it was read."""
    return IntegrityFault(
        Text(
            f"{code} 刚被别的程序改过，没有写入。重新打开台账，先看这处改动：收下或退回。",
            f"{code} was just edited by another program; nothing was written. Open the registry again and look at "
            "that edit first: take it or turn it back.",
        )
    )
