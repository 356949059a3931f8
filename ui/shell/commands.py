"""What each action does: a table of handlers over the window's parts."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Slot
from PySide6.QtWidgets import QApplication, QMenu

from app.domain.kinds import KINDS
from app.domain.vocabulary import RULES, word_of
from app.services.count.unit_counts import PLACES
from app.services.edit import edit
from app.text import Text
from ui.actions import BY_ID, Needs, enable, serve_actions
from ui.models.named import ATTACHABLE, REMOVABLE, SERVED, own_kind, relations_for
from ui.models.task_ask import ADD, TaskAsk
from ui.shell.tool_bar import TOOLS
from ui.topic_list import TOPICS
from ui.widgets.plain import plain_caption

if TYPE_CHECKING:
    from collections.abc import Callable

    from ui.shell.dialogs import Dialogs
    from ui.shell.front import Front
    from ui.shell.looks import Looks
    from ui.shell.modes import Modes
    from ui.shell.parts import Parts
    from ui.shell.province.room import ProvinceRoom

_REST_SAID: Final = Text("{}其余小区：{} → 无", "The rest of {}: {} → no")
_REST_NONE: Final = Text("这个社区没有“{}”未知的小区了", "No compound of this community lacks '{}' any more")
_NO_COMMUNITY: Final = Text(
    "这个小区不在任何社区里，没有“其余小区”。", "This compound lies in no community, so there is no rest."
)
_NO_PLACE: Final = Text("先选一个小区或社区", "Choose a compound or a community first")


class Commands(QObject):
    """Handlers by action id, and which actions make sense just now."""

    def __init__(
        self, parts: Parts, front: Front, modes: Modes, dialogs: Dialogs, looks: Looks, province: ProvinceRoom
    ) -> None:
        super().__init__(parts.host)
        self._parts, self._context, self._province = parts, parts.context, province
        self._modes, self._dialogs, self._looks = modes, dialogs, looks
        self._menu: QMenu | None = None
        serve_actions(parts.actions, self._handlers())
        context = parts.context
        for signal in (
            context.registry_opened,
            context.selection_changed,
            context.changed,
            context.as_of_changed,
            parts.steps.looked,
            front.turned,
            looks.renewed,
        ):
            signal.connect(self.enable)
        looks.renewed.connect(dialogs.raise_open)
        context.wanted.connect(self._on_wanted)

    def _handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each action does."""
        parts, context = self._parts, self._context
        dialogs, modes, canvas = self._dialogs, self._modes, parts.map_area.canvas
        found: dict[str, Callable[[], object]] = {
            "registry.open": dialogs.open_registry,
            "registry.new": dialogs.new_registry,
            "registry.sample": self._sample,
            "province.open": self._province.choose,
            "province.back": self._province.back,
            "registry.import": dialogs.import_file,
            "registry.template": dialogs.write_template,
            "registry.profile": dialogs.show_profile,
            "registry.export": dialogs.export_file,
            "registry.copy": dialogs.copy_registry,
            "registry.backup": parts.files.back_up,
            "registry.backups": dialogs.show_backups,
            "window.close": parts.host.close,
            "edit.undo": self._undo,
            "edit.redo": context.redo,
            "compound.set_three_no": self._three_no,
            "compound.attach_party": lambda: dialogs.attach("organisations", context.selected(*ATTACHABLE)),
            "compound.attach_firm": lambda: dialogs.attach("firms", context.selected(*SERVED)),
            "compound.relate": lambda: dialogs.relate(context.selected()),
            "compound.assess": lambda: dialogs.assess(context.current),
            "firm.credit": lambda: dialogs.credit(context.current),
            "compound.adopt": lambda: dialogs.adopt(context.selected("compounds")),
            "record.edit": lambda: self._inspect(parts.panels.inspector.open_fields),
            "record.remove": lambda: dialogs.remove(context.current),
            "record.merge": lambda: dialogs.merge(context.selected()),
            "record.purge": lambda: dialogs.purge(context.current),
            "record.rename": lambda: dialogs.rename(context.current),
            "station.move": lambda: dialogs.move(context.current),
            "compound.set_fact": self._focus_inspector,
            "compound.rest_no": self._rest_no,
            "case.open": lambda: self._of_place(dialogs.open_case),
            "entry.note": lambda: self._of_place(dialogs.note_entry),
            "compound.committee": lambda: self._inspect(parts.panels.inspector.focus_committee),
            "compound.next_unknown": lambda: self._inspect(parts.panels.inspector.focus_next_unknown),
            "compound.previous": partial(self._step, -1),
            "compound.next": partial(self._step, 1),
            "map.closer": canvas.zoom_in,
            "map.farther": canvas.zoom_out,
            "map.everything": canvas.zoom_fit,
            "map.colouring": parts.map_area.toggle_colouring,
            "coverage.recompute": context.figure_again,
            "coverage.compare": self._compare,
            "snapshot.keep": dialogs.keep_table,
            "gaps.site": partial(self._topic, "site"),
            "tasks.add": self._make_tasks,
            "findings.check": self._check,
            "foreign.open": dialogs.settle_foreign,
            "offline.open": dialogs.show_offline,
            "conflict.open": dialogs.conflicts_asked.emit,
            "search.focus": parts.header.search.setFocus,
            "view.bottom": modes.toggle_bottom,
            "view.left": modes.toggle_left,
            "view.journal": self._journal,
            "view.together": parts.together.panel.turn,
            "view.as_of": parts.header.open_day,
            "view.reset": modes.reset,
            "view.dark": self._looks.turn_theme,
            "view.language": self._looks.turn_language,
            "help.palette": parts.palette.open,
            "help.keys": dialogs.show_keys,
            "help.about": dialogs.show_about,
        }
        for name in TOOLS:
            found[f"map.{name}"] = partial(self._tool, name)
        for mode in ("entry", "review", "check", "publish"):
            found[f"mode.{mode}"] = partial(self._mode, mode)
        for entry in TOPICS:
            found[f"topics.{entry.name}"] = partial(self._topic, entry.name)
        return found

    # which make sense

    def given(self) -> Needs:
        """Return what is true just now."""
        context = self._context
        if context.registry is None:
            return Needs.ASKED if self._province.is_open else Needs.NOTHING
        found = Needs.REGISTRY | Needs.ASKED
        if self._province.is_behind:
            found |= Needs.PROVINCE
        if context.lock is None:
            found |= Needs.WRITABLE
        if context.selected("compounds", "buildings"):
            found |= Needs.COMPOUNDS
        if context.selected(*SERVED):
            found |= Needs.SERVED
        if context.selected(*ATTACHABLE):
            found |= Needs.TARGET
        current, profile = context.current, context.registry.profile
        if current is not None:
            kinds = {r.kind for code in context.selection if (r := context.record(code)) is not None}
            if kinds == {current.kind} and relations_for(
                profile, current.kind, many=len(context.selection) > 1
            ):
                found |= Needs.RELATABLE
            if len(kinds) == 1 and len(context.selection) > 1 and KINDS[current.kind].shape.has_areas:
                found |= Needs.MERGEABLE
            if len(context.selection) == 1 and profile.schemes_for(current.kind, own_kind(current)):
                found |= Needs.ASSESSABLE
            if current.kind == "firms":
                found |= Needs.FIRM
            if len(context.selection) == 1:
                found |= Needs.SHOWN
            if len(context.selection) == 1 and current.kind in REMOVABLE:
                found |= Needs.RECORD
                if current.kind == "stations":
                    found |= Needs.STATION
        return found

    @Slot()
    def enable(self) -> None:
        """Enable exactly the actions that make sense."""
        actions, steps = self._parts.actions, self._parts.steps
        enable(actions, self.given(), self._context.why_locked)
        for name, can in (("edit.undo", steps.can_undo), ("edit.redo", steps.can_redo)):
            actions[name].setEnabled(can and self._context.lock is None)

    def press(self, name: str) -> None:
        """Do what a letter stands for; one that would write says why it can't just now."""
        action = self._parts.actions[name]
        lock = self._context.lock
        if action.isEnabled() or lock is None or Needs.WRITABLE not in BY_ID[name].needs:
            action.trigger()
        else:
            self._context.said.emit(lock)

    @Slot(str)
    def _on_wanted(self, name: str) -> None:
        """Do what a panel asks for by an action's id; one that is not in the table is a fault of ours."""
        self._parts.actions[name].trigger()

    # handlers

    def _sample(self) -> None:
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
        self._parts.files.open_sample(Path(folder) / "sample-yaohai.gpkg")

    def _tool(self, name: str) -> None:
        if name in self._parts.map_area.canvas.tools:
            self._parts.map_area.take_tool(name)

    def _undo(self) -> None:
        """Take back the last act of a gesture under the hand, else the last change."""
        held = self._parts.map_area.canvas.held
        if held.can_undo:
            held.undo()
        else:
            self._context.undo()

    def _inspect(self, focus: Callable[[], object]) -> None:
        if not self._parts.panels.inspector.isVisibleTo(self._parts.host):
            self._modes.set_mode("entry")
        focus()

    def _of_place(self, ask: Callable[[str], object]) -> None:
        """Ask for something of the compound or community selected last."""
        places = self._context.selected(*PLACES)
        if places:
            ask(places[-1])
        else:
            self._context.said.emit(_NO_PLACE)

    def _three_no(self) -> None:
        if len(self._context.selection) > 1:
            self._focus_inspector()
        else:
            self._inspect(self._parts.panels.inspector.focus_three_no)

    def _focus_inspector(self) -> None:
        self._inspect(self._parts.panels.inspector.setFocus)
        if len(self._context.selection) > 1:
            self._parts.panels.inspector.focusNextChild()

    def _step(self, by: int) -> None:
        context = self._context
        registry = context.registry
        if registry is None:
            return
        codes = context.listed or [r.code for r in registry.dataset.in_force("compounds", context.as_of)]
        if not codes:
            return
        current = context.selection[-1] if context.selection else None
        place = codes.index(current) + by if current in codes else (0 if by > 0 else len(codes) - 1)
        focus = QApplication.focusWidget()
        in_fact = focus is not None and focus.objectName().startswith("fact.")
        code = codes[place % len(codes)]
        context.select([code], "step")
        if in_fact:
            self._parts.panels.inspector.focus_three_no()

    def _mode(self, mode: str) -> None:
        """Change the mode and put the hand where its work begins."""
        parts = self._parts
        self._modes.set_mode(mode)
        if self._context.registry is None:
            return
        if mode == "review":
            parts.panels.gaps.take_focus()
        elif mode == "check":
            parts.panels.findings.table.setFocus()
        else:
            parts.map_area.canvas.setFocus()

    def _compare(self) -> None:
        if self._parts.work.mode != "review":
            self._modes.set_mode("review")
        self._parts.work.show_change()
        self._parts.panels.change.take_focus()

    def _check(self) -> None:
        self._parts.panels.findings.check_now()
        self._parts.work.open_tab("findings")

    def _make_tasks(self) -> None:
        """Make tasks of what the hand is on: a finding, a row of the gaps, else what is selected; else show the tasks."""
        panels, context = self._parts.panels, self._context
        focus = QApplication.focusWidget()
        finding = panels.findings.current
        if focus is not None and panels.findings.isAncestorOf(focus) and finding is not None:
            subjects = tuple(code for code in finding.codes if self._may_have_tasks(code))
            said = context.say(word_of(RULES, finding.rule))
            self._dialogs.task(TaskAsk(ADD, subjects, finding=finding.id, why=said))
        elif focus is not None and panels.gaps.isAncestorOf(focus) and panels.gaps.assign_here():
            return
        elif subjects := tuple(code for code in context.selection if self._may_have_tasks(code)):
            self._dialogs.task_gaps(subjects)
        else:
            self._topic("tasks")

    def _may_have_tasks(self, code: str) -> bool:
        record = self._context.record(code)
        return record is not None and "tasks" in KINDS[record.kind].may_have

    def _journal(self) -> None:
        self._parts.work.open_tab("journal")
        self._parts.panels.journal.table.setFocus()
        self._modes.show_open()

    def _topic(self, name: str) -> None:
        topic = self._parts.panels.topics.show_topic(name)
        self._parts.work.open_tab("topics")
        topic.take_focus()
        self._modes.show_open()

    # "the rest of this community: no"

    def _rest_no(self) -> None:
        """Offer the facts; the one chosen is answered "no" wherever it is unknown in the community."""
        context = self._context
        registry, current = context.registry, context.current
        if registry is None or current is None:
            return
        place = registry.engine.derived(current.code, context.as_of)
        community = registry.dataset.find(place.community) if place.community else None
        if community is None:
            context.said.emit(_NO_COMMUNITY)
            return
        menu = QMenu(self._parts.host)
        menu.setObjectName("compound.rest_no.facts")
        title = menu.addAction(plain_caption(community.text("name") or community.code))
        title.setEnabled(False)
        title.setObjectName("rest_no.community")
        keys = list(
            dict.fromkeys(
                [
                    *registry.profile.three_no.fact_keys,
                    *(f.key for f in registry.profile.facts_of("compounds")),
                ]
            )
        )
        for key in keys:
            spec = registry.profile.facts[key]
            if spec.type != "answer":
                continue
            action = menu.addAction(plain_caption(context.say(spec.words)))
            action.setObjectName(f"rest_no.{key}")
            action.triggered.connect(partial(self.rest_no, community.code, key))
        menu.aboutToHide.connect(menu.deleteLater)
        self._menu = menu
        menu.popup(self._parts.host.mapToGlobal(QPoint(self._parts.host.width() // 2 - 80, 120)))

    def rest_no(self, community: str, key: str, _checked: bool = False) -> None:
        """Answer "no" for every compound of a community whose fact is unknown, as one change."""
        context = self._context
        registry = context.registry
        unit = context.record(community)
        if registry is None or unit is None:
            return
        words = registry.profile.facts[key].words
        name = unit.text("name") if "name" in KINDS[unit.kind].index else community
        said = Text(_REST_SAID.zh.format(name, words.zh), _REST_SAID.en.format(name, words.en))
        task = context.edit(lambda _ticket: edit.rest_no(registry, community, key), said)

        def done(changes: object) -> None:
            if getattr(changes, "change", None) is None:
                context.said.emit(Text(_REST_NONE.zh.format(words.zh), _REST_NONE.en.format(words.en)))

        task.succeeded.connect(done)
