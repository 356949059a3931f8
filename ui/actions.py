"""Every action of the window in one table: menus, buttons, the palette and short cuts are read from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Flag, auto
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from app.text import Text
from ui import theme
from ui.topic_list import TOPICS
from ui.widgets.plain import set_tip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtCore import QObject


class Needs(Flag):
    """What must be true before an action makes sense."""

    NOTHING = 0
    REGISTRY = auto()
    WRITABLE = auto()
    COMPOUNDS = auto()  # at least one compound or scattered building is selected
    SERVED = auto()  # at least one that a firm may be engaged for is selected
    TARGET = auto()  # something a party organisation can be attached to is selected
    RELATABLE = auto()  # the profile declares a relation for what is selected
    ASSESSABLE = auto()  # the profile declares a scheme for the record shown
    FIRM = auto()  # a firm is shown
    MERGEABLE = auto()  # several records of one kind that has outlines are selected
    RECORD = auto()  # one record is shown that can be taken out and renamed here
    SHOWN = auto()  # one record is shown
    STATION = auto()  # one station is shown
    ASKED = auto()  # a registry or a province is open: there is a day to look at
    PROVINCE = auto()  # a province is open, and one of its registries in front of it


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionSpec:
    """One action: what the user reads and when it may be used, not what it does.

    ``shortcut`` works in the whole window; ``letter`` only while map, table or inspector has the focus.
    """

    id: str
    text: Text
    menu: str
    icon: str = ""
    tip: Text | None = None
    shortcut: str = ""
    letter: str = ""
    key: str = ""  # a key with a name, where letters work
    needs: Needs = Needs.REGISTRY
    group: str = ""  # actions of a group exclude one another
    is_checkable: bool = False
    starts_section: bool = False


_W: Final = Needs.REGISTRY | Needs.WRITABLE

MENUS: Final[dict[str, Text]] = {
    "file": Text("文件", "File"),
    "edit": Text("编辑", "Edit"),
    "map": Text("地图", "Map"),
    "data": Text("数据", "Data"),
    "topics": Text("专题", "Topics"),
    "view": Text("视图", "View"),
    "help": Text("帮助", "Help"),
}
SUBMENUS: Final = {"topics": "data"}  # a menu that stands inside another


def _spec(name: str, zh: str, en: str, menu: str, **more: object) -> ActionSpec:
    return ActionSpec(id=name, text=Text(zh, en), menu=menu, **more)  # type: ignore[arg-type]


def _tool(name: str, zh: str, en: str, icon: str, letter: str, needs: Needs) -> ActionSpec:
    return _spec(name, zh, en, "map", icon=icon, letter=letter, needs=needs, group="tool", is_checkable=True)


ACTIONS: Final = (
    _spec("registry.open", "打开台账…", "Open registry…", "file", icon="folder-open", shortcut="Ctrl+O", needs=Needs.NOTHING),
    _spec("registry.new", "新建台账…", "New registry…", "file", icon="file-plus", shortcut="Ctrl+N", needs=Needs.NOTHING),
    _spec("registry.sample", "看看样例", "Look at the sample", "file", icon="map-trifold", shortcut="Ctrl+Shift+O", needs=Needs.NOTHING),
    _spec("province.open", "打开省/汇总…", "Open a province…", "file", icon="tree-structure", shortcut="Ctrl+Shift+P", needs=Needs.NOTHING, tip=Text("把一个文件夹里的台账加起来看，只看不改", "Adds up the registries in a folder, to look at only")),
    _spec("province.back", "回到省", "Back to the province", "file", icon="arrow-left", shortcut="Alt+Left", needs=Needs.PROVINCE),
    _spec("registry.import", "导入…", "Import…", "file", icon="download-simple", shortcut="Ctrl+I", needs=_W, starts_section=True),
    _spec("registry.template", "导入模板…", "Template…", "file", icon="file-plus", tip=Text("写一本给街道填的工作簿", "Writes the workbook that a street fills in")),
    _spec("registry.export", "导出…", "Export…", "file", icon="export", shortcut="Ctrl+E"),
    _spec("registry.profile", "口径与清单…", "Profile and schemes…", "file", icon="list", tip=Text("清单、评价办法和口径", "Checklists, schemes and the profile")),
    _spec("registry.copy", "复制到…", "Copy to…", "file", tip=Text("把整本台账复制到服务器，或从服务器复制成文件", "Copies the whole registry to a server, or from one into a file")),
    _spec("registry.backup", "备份", "Back up", "file", tip=Text("在台账旁边存一份副本", "Keeps a copy beside the registry")),
    _spec("registry.backups", "备份与恢复…", "Backups…", "file", icon="clock-counter-clockwise", tip=Text("看自动备份，恢复一条、一条边界或整份", "Look at the automatic backups; bring back a record, an outline or all of it")),
    _spec("window.close", "关闭窗口", "Close window", "file", shortcut="Ctrl+W", needs=Needs.NOTHING, starts_section=True),
    _spec("edit.undo", "撤销", "Undo", "edit", icon="arrow-counter-clockwise", shortcut="Ctrl+Z", needs=_W),
    _spec("edit.redo", "重做", "Redo", "edit", icon="arrow-clockwise", shortcut="Ctrl+Shift+Z", needs=_W),
    _spec("compound.set_three_no", "登记三无各项", "Answer the three-no facts", "edit", icon="check-square-offset", letter="T", needs=_W | Needs.COMPOUNDS, starts_section=True),
    _spec("compound.attach_party", "挂接党组织…", "Attach a party organisation…", "edit", icon="flag", letter="B", needs=_W | Needs.TARGET),
    _spec("compound.attach_firm", "登记物业服务…", "Register a property firm…", "edit", icon="briefcase", letter="F", needs=_W | Needs.SERVED),
    _spec("compound.relate", "登记关系…", "Relate…", "edit", icon="tree-structure", letter="K", needs=_W | Needs.RELATABLE),
    _spec("compound.assess", "评分…", "Assess…", "edit", icon="check-square-offset", letter="E", needs=_W | Needs.ASSESSABLE),
    _spec("firm.credit", "红黑榜与信用等级…", "Lists and credit grade…", "edit", needs=_W | Needs.FIRM),
    _spec("compound.adopt", "接管三无小区：下一步…", "Adopt a three-no compound: next step…", "edit", icon="path", shortcut="Ctrl+Shift+Y", letter="Y", needs=_W | Needs.COMPOUNDS),
    _spec("compound.set_fact", "给选中的小区登记一项…", "Set one fact for all selected…", "edit", icon="list", shortcut="Ctrl+Shift+F", needs=_W | Needs.COMPOUNDS),
    _spec("compound.rest_no", "本社区其余小区：无…", "The rest of this community: no…", "edit", needs=_W | Needs.COMPOUNDS),
    _spec("case.open", "登记纠纷…", "Open a mediation case…", "edit", letter="J", needs=_W | Needs.TARGET),
    _spec("entry.note", "登记清单条目…", "Note a need, resource or project…", "edit", letter="Q", needs=_W | Needs.TARGET),
    _spec("compound.committee", "业委会", "Owners’ committee", "edit", letter="O", needs=_W | Needs.COMPOUNDS),
    _spec("compound.next_unknown", "下一个未知项", "Next unknown field", "edit", letter="X", needs=_W | Needs.COMPOUNDS),
    _spec("record.edit", "改字段…", "Edit the fields…", "edit", key="F2", needs=_W | Needs.SHOWN, starts_section=True),
    _spec("record.rename", "改名…", "Rename…", "edit", needs=_W | Needs.RECORD),
    _spec("station.move", "移动站点…", "Move the station…", "edit", needs=_W | Needs.STATION),
    _spec("record.merge", "合并选中的…", "Merge those selected…", "edit", icon="intersect", tip=Text("挂在它们上面的归哪里，逐样看过再写", "What hangs on them goes where: looked at before it is written"), needs=_W | Needs.MERGEABLE),
    _spec("record.remove", "删除…", "Remove…", "edit", key="Delete", needs=_W | Needs.RECORD),
    _spec("record.purge", "彻底清除…", "Remove for good…", "edit", needs=_W, tip=Text("从记录、日志和备份里去掉一段文字，撤不回", "Takes a text out of records, journal and backups; it can't be taken back")),
    _spec("compound.previous", "上一个小区", "Previous compound", "edit", letter="[", starts_section=True),
    _spec("compound.next", "下一个小区", "Next compound", "edit", letter="]"),
    _tool("map.select", "选择", "Select", "cursor", "V", Needs.REGISTRY),
    _tool("map.pan", "平移", "Pan", "hand", "H", Needs.REGISTRY),
    _tool("map.draw", "画小区", "Draw a compound", "polygon", "A", _W),
    _tool("map.reshape", "改边界", "Reshape", "path", "R", _W),
    _tool("map.split", "拆分", "Split", "scissors", "S", _W),
    _tool("map.merge", "合并", "Merge", "intersect", "M", _W),
    _tool("map.hole", "挖洞", "Cut a hole", "circle-dashed", "D", _W),
    _tool("map.move", "移动、旋转整块", "Move or turn an outline", "arrows-out-cardinal", "G", _W),
    _tool("map.simplify", "简化边界", "Simplify an outline", "line-segments", "I", _W),
    _tool("map.square", "取直角", "Make right angles", "square", "U", _W),
    _tool("map.copy", "照描已有的边界", "Copy an outline that is there", "copy", "W", _W),
    _tool("map.add_station", "加服务站点", "Add a station", "map-pin", "P", _W),
    _tool("map.measure", "量距离", "Measure", "ruler", "L", Needs.REGISTRY),
    _spec("map.closer", "放大", "Zoom in", "map", icon="plus", letter="+", starts_section=True),
    _spec("map.farther", "缩小", "Zoom out", "map", icon="minus", letter="-"),
    _spec("map.everything", "看全部", "Show all", "map", icon="corners-out"),
    _spec("map.colouring", "着色：覆盖率 / 未覆盖数", "Colour by rate / by missing count", "map", letter="C"),
    _spec("coverage.recompute", "重算覆盖率", "Compute coverage again", "data", icon="arrow-clockwise", shortcut="F5"),
    _spec("gaps.site", "新站点选址", "Where new stations gain most", "data", icon="map-pin", tip=Text("N 个新站点放在哪里覆盖的户最多", "Where N new stations cover most households")),
    _spec("coverage.compare", "与另一天对比", "Compare with another day", "data", icon="calendar-blank", shortcut="Ctrl+D"),
    _spec("snapshot.keep", "存下这张表…", "Keep this table…", "data", icon="floppy-disk", needs=_W, tip=Text("把公布的数字连同依据存下来，以后与它比", "Keeps the figures as published, with what they were counted from, to compare with later")),
    _spec("tasks.add", "出任务…", "Make tasks…", "data", icon="paper-plane-tilt", shortcut="Ctrl+T", needs=_W, tip=Text("给选中的小区、缺口或核查结果出任务；什么也没选，就看任务单", "Tasks of the compounds, gap or finding chosen; with nothing chosen, the list of tasks")),
    _spec("findings.check", "核查数据", "Check the data", "data", icon="check-square-offset"),
    _spec("foreign.open", "别处的改动…", "Edits from elsewhere…", "data", tip=Text("另一个程序在文件里改了什么，收下或退回", "What another program edited in the file, to take or turn back")),
    _spec("offline.open", "离线与送回…", "Without the server…", "data", tip=Text("没有服务器时改的：等着送回的、没送回的，本机副本", "What was entered without the server: what waits, what was not brought back, the copy on this computer")),
    _spec("conflict.open", "和别人改的不一样…", "Changed by others meanwhile…", "data", tip=Text("您和别人都改了、还没写入的，逐项选一边", "What you and others changed in different ways and is not written: choose a side for each")),
    _spec("search.focus", "搜索", "Search", "data", icon="magnifying-glass", letter="/", starts_section=True),
    _spec("mode.entry", "登记", "Entry", "view", icon="pencil-simple", shortcut="Ctrl+1", group="mode", is_checkable=True),
    _spec("mode.review", "督查", "Supervise", "view", icon="chart-bar-horizontal", shortcut="Ctrl+2", group="mode", is_checkable=True),
    _spec("mode.check", "核查", "Check", "view", icon="check-square-offset", shortcut="Ctrl+3", group="mode", is_checkable=True),
    _spec("mode.publish", "出图", "Publish", "view", icon="printer", shortcut="Ctrl+4", group="mode", is_checkable=True),
    _spec("view.bottom", "下方面板", "Bottom panel", "view", shortcut="Ctrl+J", is_checkable=True, starts_section=True),
    _spec("view.left", "左侧面板", "Left panel", "view", shortcut="Ctrl+L", is_checkable=True),
    _spec("view.journal", "记录", "Journal", "view", icon="clock-counter-clockwise", shortcut="Ctrl+H"),
    _spec("view.together", "别人的改动", "Changes of others", "view", icon="users-three", shortcut="Ctrl+Shift+H"),
    _spec("view.as_of", "截至哪一天", "As of which day", "view", shortcut="Ctrl+G", needs=Needs.ASKED),
    _spec("view.reset", "恢复布局", "Restore the layout", "view", starts_section=True, needs=Needs.NOTHING),
    _spec("view.dark", "深色", "Dark", "view", icon="moon", is_checkable=True, needs=Needs.NOTHING),
    _spec("view.language", "English", "中文", "view", icon="translate", needs=Needs.NOTHING),
    _spec("help.palette", "搜操作、小区和数字", "Commands, compounds and figures", "help", icon="magnifying-glass", shortcut="Ctrl+K", needs=Needs.NOTHING),
    _spec("help.keys", "键盘一览", "Keyboard", "help", icon="keyboard", needs=Needs.NOTHING),
    _spec("help.about", "关于本程序", "About this program", "help", needs=Needs.NOTHING),
    *(_spec(f"topics.{entry.name}", entry.words.zh, entry.words.en, "topics") for entry in TOPICS),
)  # fmt: skip
BY_ID: Final = {spec.id: spec for spec in ACTIONS}
LETTERS: Final = {spec.letter: spec.id for spec in ACTIONS if spec.letter}


def build_actions(parent: QObject, lang: str) -> dict[str, QAction]:
    """Make a QAction for each spec."""
    actions: dict[str, QAction] = {}
    groups: dict[str, QActionGroup] = {}
    for spec in ACTIONS:
        action = QAction(parent)
        action.setObjectName(spec.id)
        action.setCheckable(spec.is_checkable)
        if spec.icon:
            action.setIcon(theme.icon(spec.icon))
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if spec.group:
            if spec.group not in groups:
                groups[spec.group] = QActionGroup(parent)
            groups[spec.group].addAction(action)
        actions[spec.id] = action
    speak_actions(actions, lang)
    return actions


def serve_actions(actions: Mapping[str, QAction], handlers: Mapping[str, Callable[[], object]]) -> None:
    """Have each action do something; fail if a handler is missing or has no spec."""
    if handlers.keys() != BY_ID.keys():
        raise KeyError(handlers.keys() ^ BY_ID.keys())
    for name, handler in handlers.items():
        actions[name].triggered.connect(_without_state(handler))


def speak_actions(actions: Mapping[str, QAction], lang: str) -> None:
    """Give the actions their words in a language."""
    for spec in ACTIONS:
        actions[spec.id].setText(spec.text.in_(lang))
        tip_action(actions[spec.id], tip_of(spec, lang))


def _without_state(handler: Callable[[], object]) -> Callable[[bool], None]:
    def run(_checked: bool = False) -> None:
        handler()

    return run


def keys_of(spec: ActionSpec) -> str:
    """Return the keys that a user can press for it."""
    return spec.shortcut.replace("+", " ") or spec.letter or spec.key


def tip_of(spec: ActionSpec, lang: str) -> str:
    """Return the tip: words, keys, and why it is not there yet."""
    words = spec.text.in_(lang).rstrip("…")
    keys = keys_of(spec)
    more = f"\n{spec.tip.in_(lang)}" if spec.tip is not None else ""
    return f"{words}  {keys}{more}" if keys else words + more


def tip_action(action: QAction, tip: str) -> None:
    """Give an action its own tip; a reason why it can't be used just now stays below it."""
    action.setProperty("own_tip", tip)
    reason = str(action.property("reason") or "")
    set_tip(action, f"{tip}\n{reason}" if reason else tip)


def enable(actions: Mapping[str, QAction], given: Needs, why_locked: str) -> None:
    """Enable exactly those actions whose needs are met; those that write say why nothing may be written."""
    for spec in ACTIONS:
        action = actions[spec.id]
        action.setEnabled(spec.needs in given)
        action.setProperty("reason", why_locked if Needs.WRITABLE in spec.needs else "")
        tip_action(action, str(action.property("own_tip")))
