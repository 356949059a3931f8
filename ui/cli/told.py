"""What verbs tell alike: what a write touched, where a file was written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.edits import Changes
    from ui.cli.output import Output

_VERBS: Final = {
    "add": Text("已登记", "Added"),
    "set": Text("已改", "Set"),
    "remove": Text("已删除", "Removed"),
    "attach": Text("已挂接", "Attached"),
    "detach": Text("已摘除", "Detached"),
    "split": Text("已拆分", "Split"),
    "merge": Text("已合并", "Merged"),
    "undo": Text("已撤销", "Undone"),
    "redo": Text("已重做", "Redone"),
    "import": Text("已导入", "Imported"),
    "zones": Text("片区已改", "Zones"),
    "adopt": Text("接管已记", "Adoption recorded"),
    "assess": Text("已评分", "Assessed"),
    "open": Text("已受理", "Opened"),
    "move": Text("已推进", "Moved"),
    "escalate": Text("已上交", "Handed up"),
    "close": Text("已办结", "Closed"),
    "note": Text("已登记", "Noted"),
    "match": Text("已对接", "Matched"),
    "done": Text("已办结", "Done"),
    "fix": Text("已修正", "Fixed"),
    "waive": Text("已免查", "Waived"),
    "snapshot": Text("表已存", "Table kept"),
    "restore": Text("已恢复", "Brought back"),
    "assign": Text("已派", "Assigned"),
    "report": Text("已报", "Reported"),
    "verify": Text("已核", "Verified"),
    "return": Text("已退回", "Returned"),
    "ask": Text("已申请够不着", "Asked to count as out of reach"),
    "grant": Text("已准许够不着", "Granted as out of reach"),
}


def tell_changes(output: Output, changes: Changes) -> None:
    """Print what a write touched."""
    if output.as_json:
        output.document(changes.as_json(output.lang))
        return
    for warning in changes.warnings:
        output.warn(Text(f"{warning.code}：{warning.message.zh}", f"{warning.code}: {warning.message.en}"))
    if changes.change is None:
        output.say(Text("没有要改的：已经是这样。", "Nothing to change: it is so already."))
        return
    shown = " ".join(changes.codes[:12]) + (f" …（{len(changes.codes)}）" if len(changes.codes) > 12 else "")
    words = _VERBS.get(changes.verb, Text(changes.verb, changes.verb))
    output.say(Text(f"{words.zh}：{shown}（{changes.change}）", f"{words.en}: {shown} ({changes.change})"))


def tell_file(output: Output, path: Path, more: dict[str, Any], done: Text) -> None:
    """Print where a file was written."""
    if output.as_json:
        output.document({"path": str(path), **more})
    else:
        output.say(Text(f"{done.zh} {path}", f"{done.en} {path}"))
