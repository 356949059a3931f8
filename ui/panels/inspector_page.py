"""The inspector's page for one record: its sections, filled from values; it decides and writes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.domain.kinds import KINDS, UNIT_KINDS
from app.text import Text
from ui import theme, words
from ui.models.measures import measure_words
from ui.panels.inspector_bulk import read_only_reason
from ui.panels.inspector_checks import CheckRows
from ui.panels.inspector_dossier import (
    facts_held,
    firms_of,
    measured_line,
    organisations_of,
    place_path,
    verdict_words,
    why_words,
)
from ui.panels.inspector_facts import FactList
from ui.panels.inspector_history import HistoryRows
from ui.panels.inspector_identity import Identity
from ui.panels.inspector_ledger import Ledger
from ui.panels.inspector_links import LinkRows
from ui.panels.inspector_parts import ChipWords, add_action
from ui.panels.inspector_rest import RestNo
from ui.panels.inspector_stations import StationRows
from ui.panels.inspector_timeline import Timeline
from ui.widgets.derived_card import DerivedCard
from ui.widgets.section_header import Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.results import Derived, ThreeNo
    from app.domain.record import Record
    from ui.bridge.context import WindowContext
    from ui.panels.inspector_dossier import Held, Near

_NO_ORGANISATION: Final = Text("本{}尚无党组织", "No party organisation here")
_GRID_HAS: Final = Text("所在网格：{}", "Its grid has {}")
_NO_FIRM: Final = Text("没有在期的物业服务", "No engagement in force")
_ATTACH: Final = Text("+ 挂接 B", "+ Attach B")
_ENGAGE: Final = Text("+ 登记 F", "+ Engage F")
_VERDICT: Final = Text("三无判定", "Three-no verdict")
_WHY: Final = Text("判定的口径与理由", "Rule and reason of the verdict")
_COUNT: Final = Text("{} 项", "{}")
_ATTACHABLE: Final = ("compounds", "grids", "communities", "streets", "districts", "firms", "buildings")
_SINGULAR: Final = {
    "compounds": "小区",
    "grids": "网格",
    "communities": "社区",
    "streets": "街道",
    "districts": "区",
    "buildings": "楼栋",
    "firms": "企业",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """What had to be computed for a record, off the GUI thread. ``statuses``: party, property → an answer."""

    derived: Derived | None = None
    three_no: ThreeNo | None = None
    statuses: dict[str, str] = field(default_factory=dict)
    near: list[Near] = field(default_factory=list)


class InspectorPage(QWidget):
    """Sections from identity to history."""

    fact_answered = Signal(str, str)  # key, value
    field_edited = Signal(str, str)  # field, typed
    detach_asked = Signal(str)
    taken_back = Signal(str)
    undo_asked = Signal(str)
    unit_chosen = Signal(str)
    finding_chosen = Signal(list)
    locate_asked = Signal()

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("room", "panel")
        self._context = context
        self._lang = context.lang
        self._width = 0  # for which the heights were found
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(0)
        self.identity = Identity(self._lang, self)
        self.identity.edited.connect(self.field_edited)
        self.identity.unit_chosen.connect(self.unit_chosen)
        self.identity.show_asked.connect(self.locate_asked)
        self._box.addWidget(self.identity)
        self._make_three_no()
        self._make_links()
        self._make_rest()
        self._box.addStretch(1)

    def _section(self, name: str, zh: str, en: str) -> Section:
        section = Section(name, Text(zh, en).in_(self._lang), self)
        section.note.setTextFormat(Qt.TextFormat.PlainText)
        section.header.toggled.connect(self.settle)
        self._box.addWidget(section)
        return section

    def _make_three_no(self) -> None:
        self.three_no = self._section("inspector.three_no", "三无", "Three-no")
        self.facts = FactList(self._lang, self.three_no)
        self.facts.answered.connect(self.fact_answered)
        self.facts.taken_back.connect(self.taken_back)
        self.card = DerivedCard(words.DERIVED.in_(self._lang), self.three_no)
        self.card.setObjectName("three_no.card")
        self.card.verdict.setObjectName("three_no.status")
        self.card.why.setObjectName("three_no.why")
        for label, said in ((self.card.verdict, _VERDICT), (self.card.why, _WHY)):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setAccessibleName(said.in_(self._lang))
        self.three_no.body.addWidget(self.facts)
        self.three_no.body.addWidget(self.card)

    def _make_links(self) -> None:
        self.organisations = self._section("inspector.organisations", "党组织", "Party organisations")
        said = _ATTACH.in_(self._lang)
        self.attach = add_action(self.organisations, "inspector.attach", said, said.removeprefix("+ "))
        self._organisation_rows = LinkRows("inspector.organisation", "flag", self._lang, self.organisations)
        self.organisations.body.addWidget(self._organisation_rows)
        self.firms = self._section("inspector.firms", "物业服务", "Property service")
        said = _ENGAGE.in_(self._lang)
        self.engage = add_action(self.firms, "inspector.engage", said, said.removeprefix("+ "))
        self.timeline = Timeline(self._lang, {}, self.firms)
        self._firm_rows = LinkRows("inspector.firm", "buildings", self._lang, self.firms)
        self.firms.body.addWidget(self.timeline)
        self.firms.body.addWidget(self._firm_rows)
        for rows in (self._organisation_rows, self._firm_rows):
            rows.detach_asked.connect(self.detach_asked)

    def _make_rest(self) -> None:
        self.stations = self._section("inspector.stations", "服务站点", "Service stations")
        self.stations.note.setText(Text("最近 3 处", "nearest 3").in_(self._lang))
        self._station_rows = StationRows(self._lang, self.stations)
        self._station_rows.chosen.connect(self.unit_chosen)
        self.stations.body.addWidget(self._station_rows)
        self.checks = self._section("inspector.checks", "核查", "Checks")
        self._check_rows = CheckRows(self._lang, self.checks)
        self._check_rows.chosen.connect(self.finding_chosen)
        self.checks.body.addWidget(self._check_rows)
        self.rest_section = self._section("inspector.rest", "其余都为无", "The rest: no")
        self.rest = RestNo(self._context, self.rest_section)
        self.rest_section.body.addWidget(self.rest)
        self.ledger = self._section("inspector.ledger", "台账", "Ledger")
        self.ledger_page = Ledger(self._lang, self.ledger)
        self.ledger_page.answered.connect(self.fact_answered)
        self.ledger_page.taken_back.connect(self.taken_back)
        self.ledger.body.addWidget(self.ledger_page)
        self.history = self._section("inspector.history", "记录", "History")
        self._history_rows = HistoryRows(self._lang, self.history)
        self._history_rows.undo_asked.connect(self.undo_asked)
        self.history.body.addWidget(self._history_rows)

    @override
    def event(self, event: QEvent) -> bool:
        """Ask the scroll area for the height that wrapped lines need; it would squeeze the rows otherwise."""
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:  # on the way, heights may still be those of before
            self.setMinimumHeight(max(self.minimumHeight(), self._box.totalHeightForWidth(self.width())))
        elif event.type() is QEvent.Type.Resize and self.width() != self._width:
            self._width = self.width()
            self.settle()
        return done

    @Slot()
    def settle(self) -> None:
        """Have every height found anew from the inside out, now: what was filled must not be squeezed first."""
        for part in reversed(self.findChildren(QWidget)):
            inner = part.layout()
            if inner is not None:
                inner.invalidate()
                part.updateGeometry()  # else the layout above goes by the height it remembers
        self._box.invalidate()
        self.setMinimumHeight(self._box.totalHeightForWidth(self.width()))
        self._box.activate()

    # filling

    def show_record(self, record: Record, computed: Computed | None) -> dict[str, Held]:
        """Show what needs no computing, and of ``computed`` what there is; return the facts."""
        registry, day = self._context.registry, self._context.as_of
        assert registry is not None
        profile, kind = registry.profile, record.kind
        held = facts_held(registry.dataset, profile, record, day)
        asked = tuple(k for k in profile.three_no.fact_keys if k in held) if kind == "compounds" else ()
        self.show_identity(record, computed)
        self.three_no.setVisible(kind == "compounds")
        zh, en = f"按{profile.name.zh}口径 v{profile.version}", f"rule of {profile.label}"
        self.three_no.note.setText(Text(zh, en).in_(self._lang))
        self.facts.show_facts([held[key].spec for key in asked], profile, held, day)
        self.show_links(record, computed)
        self.ledger.setVisible(any(key not in asked for key in held))
        self.ledger_page.show_facts(kind, profile, held, asked, day)
        self.stations.setVisible(KINDS[kind].is_layer)
        reason = read_only_reason(self._context)
        self.identity.set_read_only(reason)
        self.facts.set_read_only(reason)
        self.ledger_page.facts.set_read_only(reason)
        self.attach.setEnabled(not reason)
        self.engage.setEnabled(not reason)
        self.rest_section.setVisible(kind in UNIT_KINDS and kind != "districts")
        self.rest.show_unit(record, reason)
        self.settle()
        return held

    def show_computed(self, record: Record, computed: Computed, held: dict[str, Held]) -> None:
        """Show what was computed off the GUI thread."""
        registry = self._context.registry
        assert registry is not None
        self.show_identity(record, computed)
        if computed.three_no is not None:
            rule = registry.profile.three_no.definition
            why = why_words(computed.three_no)
            self.card.show_verdict(
                words.THREE_NO_TONE[computed.three_no.status],
                verdict_words(computed.three_no).in_(self._lang),
                Text(f"口径：{rule.zh}\n{why.zh}", f"Rule: {rule.en}\n{why.en}").in_(self._lang),
            )
        self.show_links(record, computed)
        self._station_rows.show_stations(computed.near, registry.profile.choices["station_kind"])
        self.ledger_page.show_chips(held, computed.statuses)
        self.settle()

    def show_links(self, record: Record, computed: Computed | None) -> None:
        """Show attachments and engagements."""
        registry, day, lang = self._context.registry, self._context.as_of, self._lang
        assert registry is not None
        dataset, choices = registry.dataset, registry.profile.choices
        may_detach = not read_only_reason(self._context)
        self.organisations.setVisible(record.kind in _ATTACHABLE)
        title = _NO_ORGANISATION.format(_SINGULAR.get(record.kind, "")).in_(lang)
        grid = computed.derived.grid if computed is not None and computed.derived is not None else None
        own = [k for k in organisations_of(dataset, grid, day, lang) if k.is_running] if grid else []
        self._organisation_rows.show_links(
            organisations_of(dataset, record.code, day, lang),
            choices["organisation_type"],
            (title, _GRID_HAS.format(own[0].name).in_(lang) if own else ""),
            may_detach=may_detach,
        )
        serves = record.kind == "compounds" or (record.kind == "buildings" and not record.text("compound"))
        self.firms.setVisible(serves)
        links = firms_of(dataset, record.code, day, lang)
        self.timeline.show_links(links, day, choices["stage"])
        self.timeline.setVisible(bool(links))
        self._firm_rows.show_links(links, choices["stage"], (_NO_FIRM.in_(lang), ""), may_detach=may_detach)

    def show_identity(self, record: Record, computed: Computed | None) -> None:
        """Show name, chips, place and figures."""
        registry, lang = self._context.registry, self._lang
        assert registry is not None
        derived = computed.derived if computed is not None else None
        path = place_path(registry.dataset, record, derived, lang)
        line = measured_line(record, derived, lang)
        self.identity.show_record(record, registry.profile, self._chips(record, computed), path, line)

    def _chips(self, record: Record, computed: Computed | None) -> list[ChipWords]:
        registry, lang = self._context.registry, self._lang
        assert registry is not None
        profile = registry.profile
        chips = [self._kind_chip(record)]
        if computed is not None and computed.three_no is not None:
            status = computed.three_no.status
            chips.append(ChipWords(words.THREE_NO[status].in_(lang), words.THREE_NO_TONE[status]))
        status = self._context.status(record.code)
        if status != "left_out":
            name = measure_words(profile, self._context.question.measure)
            said = words.STATUS[status]
            both = Text(f"{name.zh.removesuffix('覆盖')}{said.zh}", f"{name.en}: {said.en}")
            chips.append(ChipWords(both.in_(lang), words.STATUS_TONE[status]))
        if not record.is_in_force(self._context.as_of):
            chips.append(ChipWords(Text("不在期", "not in force").in_(lang), "warning"))
        return chips

    def _kind_chip(self, record: Record) -> ChipWords:
        registry = self._context.registry
        assert registry is not None
        name = next((n for n in ("kind", "type") if n in KINDS[record.kind].index), "")
        if not name:
            return ChipWords(KINDS[record.kind].words.in_(self._lang))
        value = record.text(name) or "unknown"
        said = registry.profile.choices[KINDS[record.kind].by_name[name].choices].get(value)
        colour = theme.KIND_COLOURS.get(value, "") if record.kind == "compounds" else ""
        return ChipWords(value if said is None else said.in_(self._lang), colour=colour)

    def show_findings(self, findings: Sequence[Any]) -> None:
        """Show the findings of this record; the section goes where there is none."""
        if not findings and self.checks.isHidden():
            return
        self.checks.note.setText(_COUNT.format(len(findings)).in_(self._lang) if findings else "")
        self._check_rows.show_findings(findings)
        self.checks.setVisible(bool(findings))
        self.settle()

    def show_history(self, changes: Sequence[Any], code: str) -> None:
        """Show what touched this record."""
        registry = self._context.registry
        assert registry is not None
        may_undo = not self._context.is_read_only
        self._history_rows.show_changes(changes, code, registry.dataset, registry.profile, may_undo=may_undo)
        self.settle()

    def all_unknown(self) -> list[QWidget]:
        """Return the boxes of every fact that is unknown, from the top down."""
        return self.facts.unknown_boxes() + self.ledger_page.facts.unknown_boxes()
