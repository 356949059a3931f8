"""The inspector's page for one record: its sections, filled from values; it decides and writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QWidget

from app.coverage.measures import measure_words
from app.domain.kinds import KINDS, UNIT_KINDS
from app.text import Text
from ui import theme, words
from ui.models.named import ATTACHABLE, REMOVABLE, SERVED
from ui.panels.inspector.adoption import AdoptionLine
from ui.panels.inspector.assess import AssessmentCards
from ui.panels.inspector.cases import CaseRows
from ui.panels.inspector.checklists import ChecklistLines
from ui.panels.inspector.checks import CheckRows
from ui.panels.inspector.credit import CreditRows, credit_chips
from ui.panels.inspector.declared import may_relate
from ui.panels.inspector.dossier import (
    facts_held,
    firms_of,
    measured_line,
    organisations_of,
    place_path,
    possible_whys,
    served_by,
    title_of,
    verdict_words,
    why_words,
)
from ui.panels.inspector.facts import FactList, FactRow
from ui.panels.inspector.groups import FactGroups
from ui.panels.inspector.history import HistoryRows
from ui.panels.inspector.identity import Identity
from ui.panels.inspector.links import LineageRows, LinkRows
from ui.panels.inspector.parts import ChipWords, add_action
from ui.panels.inspector.rest import RestNo
from ui.panels.inspector.sections import SectionPage
from ui.panels.inspector.standing import (
    Standing,
    party_standing,
    property_standing,
    serving_standing,
)
from ui.panels.inspector.stations import StationRows, none_words
from ui.panels.inspector.timeline import Timeline
from ui.widgets.derived_card import DerivedCard
from ui.widgets.permit import permit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.domain.record import Record
    from ui.bridge.context import WindowContext
    from ui.panels.inspector.computed import Computed
    from ui.panels.inspector.dossier import Held

_GRID_HAS: Final = Text("所在网格：{}", "Its grid has {}")
_SERVES: Final = Text("服务 {} 个", "serves {}")
_SERVED: Final = 40  # of a firm's compounds, or of relations, listed
_ATTACH: Final = Text("+ 挂接 B", "+ Attach B")
_ENGAGE: Final = Text("+ 登记 F", "+ Engage F")
_RELATE: Final = Text("+ 关系 K", "+ Relate K")
_CREDIT: Final = Text("改…", "Change…")
_VERDICT: Final = Text("三无判定", "Three-no verdict")
_WHY: Final = Text("判定的口径与理由", "Rule and reason of the verdict")
_COUNT: Final = Text("{} 项", "{}")


class InspectorPage(SectionPage):
    """Sections from identity to history."""

    def __init__(self, context: WindowContext, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.code = ""  # of the record that is shown, "" where none is
        self._reasons: dict[str, str] = {}  # firm → why its credit is as it is
        self._held: dict[str, Held] = {}
        self.identity = Identity(self._lang, self)
        self._box.addWidget(self.identity)
        self.lineage = LineageRows(self._lang, self)
        self._box.addWidget(self.lineage)
        self._make_three_no()
        self._make_links()
        self._make_declared()
        self._make_rest()
        self._box.addStretch(1)
        self._late: tuple[QWidget, ...] = (
            self.card,
            self.station_rows,
            self.checklists,
            self.cards,
            self.relation_rows,
            self._credit_own,
            self._credit_below,
            self.history_rows,
        )

    def _make_three_no(self) -> None:
        self.three_no = self.section("inspector.three_no", "三无", "Three-no")
        self.facts = FactList(self._lang, self.three_no)
        self.card = DerivedCard(words.DERIVED.in_(self._lang), self.three_no)
        self.card.setObjectName("three_no.card")
        self.card.verdict.setObjectName("three_no.status")
        self.card.why.setObjectName("three_no.why")
        for label, said in ((self.card.verdict, _VERDICT), (self.card.why, _WHY)):
            label.setAccessibleName(said.in_(self._lang))
        self.three_no.body.addWidget(self.facts)
        self.adoption = AdoptionLine(self._lang, self.three_no)
        self.three_no.body.addWidget(self.card)
        self.three_no.body.addWidget(self.adoption)

    def _make_links(self) -> None:
        self.organisations = self.section("inspector.organisations", "党组织", "Party organisations")
        said = _ATTACH.in_(self._lang)
        self.attach = add_action(self.organisations, "inspector.attach", said, said.removeprefix("+ "))
        self.organisation_rows = LinkRows("inspector.organisation", "flag", self._lang, self.organisations)
        self.organisations.body.addWidget(self.organisation_rows)
        self.credit = self.section("inspector.credit", "红黑榜与信用", "Lists and credit")
        self.change_credit = add_action(
            self.credit, "inspector.change_credit", _CREDIT.in_(self._lang), _CREDIT.in_(self._lang)
        )
        self._credit_own = CreditRows(self._lang, self.credit)
        self.credit.body.addWidget(self._credit_own)
        self.firms = self.section("inspector.firms", "物业服务", "Property service")
        said = _ENGAGE.in_(self._lang)
        self.engage = add_action(self.firms, "inspector.engage", said, said.removeprefix("+ "))
        self.timeline = Timeline(self._lang, {}, self.firms)
        self.firm_rows = LinkRows("inspector.firm", "buildings", self._lang, self.firms, has_more=True)
        self._credit_below = CreditRows(self._lang, self.firms)
        self.firms.body.addWidget(self.timeline)
        self.firms.body.addWidget(self.firm_rows)
        self.firms.body.addWidget(self._credit_below)
        self.relations = self.section("inspector.relations", "关系", "Relations")
        said = _RELATE.in_(self._lang)
        self.relate = add_action(self.relations, "inspector.relate", said, said.removeprefix("+ "))
        self.relation_rows = LinkRows("inspector.relation", "tree-structure", self._lang, self.relations)
        self.relations.body.addWidget(self.relation_rows)

    def _make_declared(self) -> None:
        self.assessments = self.section("inspector.assessments", "评分", "Assessments")
        self.cards = AssessmentCards(self._lang, self.assessments)
        self.assessments.body.addWidget(self.cards)
        self.ledger = self.section("inspector.ledger", "清单", "Checklists")
        self.checklists = ChecklistLines(self._lang, self.ledger)
        self.ledger.body.addWidget(self.checklists)
        self.groups = FactGroups(self._lang, self._context.settings, self)
        self.groups.toggled.connect(self.settle)
        self._box.addWidget(self.groups)
        self.cases = self.section("inspector.cases", "纠纷与三张清单", "Cases and lists")
        self.case_rows = CaseRows(self._context, self.cases)
        self.cases.body.addWidget(self.case_rows)

    def _make_rest(self) -> None:
        self.stations = self.section("inspector.stations", "服务站点", "Service stations")
        self.stations.note.setText(Text("最近 3 处", "nearest 3").in_(self._lang))
        self.station_rows = StationRows(self._lang, self.stations)
        self.stations.body.addWidget(self.station_rows)
        self.checks = self.section("inspector.checks", "核查", "Checks")
        self.check_rows = CheckRows(self._lang, self.checks)
        self.checks.body.addWidget(self.check_rows)
        self.rest_section = self.section("inspector.rest", "其余都为无", "The rest: no")
        self.rest = RestNo(self._context, self.rest_section)
        self.rest_section.body.addWidget(self.rest)
        self.history = self.section("inspector.history", "记录", "History")
        self.history_rows = HistoryRows(self._lang, self.history)
        self.history.body.addWidget(self.history_rows)

    # filling

    def flush(self) -> None:
        """Hand over what was typed and not yet left, each to the record it was typed for."""
        self.identity.form.flush()
        self.facts.flush()
        self.groups.flush()

    def forget(self) -> None:
        """Show nothing of the record before; what is still to be computed keeps its room until it comes."""
        for part in self._late:
            part.setMinimumHeight(part.height())
        self.card.show_verdict("unknown", "", "")
        self.station_rows.forget()
        self.checklists.forget()
        self.cards.show_graded([], {}, "")
        self.relation_rows.forget()
        for rows in (self._credit_own, self._credit_below):
            rows.forget()
        self.history_rows.forget()
        self._reasons = {}

    def _come(self, *parts: QWidget) -> None:
        """Let what has come take the height it needs."""
        for part in parts:
            part.setMinimumHeight(0)

    def show_record(self, record: Record, computed: Computed | None) -> None:
        """Show what needs no computing, and of ``computed`` what there is."""
        registry, day = self._context.registry, self._context.as_of
        assert registry is not None
        profile, kind = registry.profile, record.kind
        held = facts_held(registry.dataset, profile, record, day)
        asked = tuple(k for k in profile.three_no.fact_keys if k in held) if kind == "compounds" else ()
        self.show_identity(record, computed)
        self.lineage.show_lineage(registry.dataset, record.code)
        self.three_no.setVisible(kind == "compounds")
        zh, en = f"按{profile.name.zh}口径 v{profile.version}", f"rule of {profile.label}"
        self.three_no.note.setText(Text(zh, en).in_(self._lang))
        self.facts.show_facts(record.code, [held[key].spec for key in asked], profile, held, day)
        self.show_links(record, computed)
        if computed is None:
            self.adoption.show_stage(None, reason="")
        self._held = held
        self.ledger.setVisible(self.checklists.show_kind(profile, kind))
        self.groups.show_facts(record.code, profile, held, asked, day)
        self.stations.setVisible(KINDS[kind].is_layer)
        reason = self._context.why_locked
        self.identity.remove.setVisible(kind in REMOVABLE)
        self.identity.set_read_only(reason)
        self.facts.set_read_only(reason)
        self.groups.set_read_only(reason)
        for button in (self.attach, self.engage, self.relate, self.change_credit):
            permit(button, reason)
        self.relations.setVisible(may_relate(profile, kind))
        self.assessments.setVisible(any(kind in versions[-1].of for versions in profile.schemes.values()))
        self.cases.setVisible(self.case_rows.show_record(record))
        self.show_declared(record, computed)
        self.rest_section.setVisible(kind in UNIT_KINDS and kind != "districts")
        self.rest.show_unit(record, reason)
        self.settle()

    def show_computed(self, record: Record, computed: Computed) -> None:
        """Show what was computed off the GUI thread."""
        registry = self._context.registry
        assert registry is not None
        self.show_identity(record, computed)
        if computed.three_no is not None:
            rule = registry.profile.three_no.definition

            def reason(why: Text) -> str:
                return Text(f"口径：{rule.zh}\n{why.zh}", f"Rule: {rule.en}\n{why.en}").in_(self._lang)

            self.card.reserve(reason(why) for why in possible_whys(computed.three_no))
            self.card.show_verdict(
                words.THREE_NO_TONE[computed.three_no.status],
                verdict_words(computed.three_no).in_(self._lang),
                reason(why_words(computed.three_no)),
            )
        self._come(*(part for part in self._late if part is not self.history_rows))
        self.show_links(record, computed)
        self.adoption.show_stage(computed.adoption, reason=self._context.why_locked)
        has_outline = record.geometry_on(self._context.as_of) is not None
        self.station_rows.show_stations(
            computed.near,
            registry.profile.choices["station_kind"],
            none_words(has_outline=has_outline, has_stations=computed.has_stations),
        )
        self.checklists.show_met(computed.checklists)
        self.show_declared(record, computed)
        self.settle()

    def show_declared(self, record: Record, computed: Computed | None) -> None:
        """Show what the profile's schemes and relations say, and the credit of the firms concerned."""
        registry = self._context.registry
        assert registry is not None
        profile, reason = registry.profile, self._context.why_locked
        self.credit.setVisible(record.kind == "firms")
        if computed is None:
            return
        if self.assessments.isVisibleTo(self):
            self.assessments.setVisible(bool(computed.graded))
        self.cards.show_graded(computed.graded, self._held, reason)
        relations = {name: spec.words for name, spec in profile.relations.items()}
        self.relation_rows.show_links(computed.relations, relations, Standing(), reason=reason)
        is_own = record.kind == "firms"
        for rows, is_here in ((self._credit_own, is_own), (self._credit_below, not is_own)):
            shown = computed.credits if is_here else ()
            rows.show_credits(profile, shown, self._reasons, is_own=is_own)

    def show_reasons(self, record: Record, computed: Computed | None, reasons: Mapping[str, str]) -> None:
        """Take why the firms' credit is as it is, as the journal says."""
        self._reasons = dict(reasons)
        self.show_declared(record, computed)
        self.settle()

    def show_links(self, record: Record, computed: Computed | None) -> None:
        """Show attachments and engagements."""
        registry, day, lang = self._context.registry, self._context.as_of, self._lang
        assert registry is not None
        dataset, choices = registry.dataset, registry.profile.choices
        reason = self._context.why_locked
        self.organisations.setVisible(record.kind in ATTACHABLE)
        standing = party_standing(None if computed is None else computed.party, record.kind, lang)
        grid = computed.derived.grid if computed is not None and computed.derived is not None else None
        own = [k for k in organisations_of(dataset, grid, day, lang) if k.is_running] if grid else []
        self.organisation_rows.show_links(
            organisations_of(dataset, record.code, day, lang),
            choices["organisation_type"],
            _with_grid(standing, own[0].name if own else "", lang),
            reason=reason,
        )
        serves = record.kind in SERVED and not (record.kind == "buildings" and record.text("compound"))
        is_firm = record.kind == "firms"
        self.firms.setVisible(serves or is_firm)
        self.engage.setVisible(serves)
        links = served_by(dataset, record.code, day, lang) if is_firm else []
        self.firms.note.setText(
            _SERVES.in_(lang).format(sum(link.is_running for link in links)) if is_firm else ""
        )
        links = links[:_SERVED] if is_firm else firms_of(dataset, record.code, day, lang)
        self.timeline.show_links([] if is_firm else links, day, choices["stage"])
        self.timeline.setVisible(bool(links) and not is_firm)
        serving = property_standing(None if computed is None else computed.property, lang)
        empty = serving_standing(lang) if is_firm else serving
        self.firm_rows.show_links(links, choices["stage"], empty, reason=reason)

    def show_identity(self, record: Record, computed: Computed | None) -> None:
        """Show name, chips, place and figures."""
        registry, lang = self._context.registry, self._lang
        assert registry is not None
        derived = computed.derived if computed is not None else None
        path = place_path(registry.dataset, record, derived, lang)
        line = measured_line(record, derived, lang)
        title = title_of(registry.dataset, record, lang)
        self.identity.show_record(record, registry.profile, title, self._chips(record, computed), path, line)

    def _chips(self, record: Record, computed: Computed | None) -> list[ChipWords]:
        registry, lang = self._context.registry, self._lang
        assert registry is not None
        profile = registry.profile
        chips = [self._kind_chip(record)]
        if computed is not None and computed.three_no is not None:
            status = computed.three_no.status
            chips.append(ChipWords(words.THREE_NO_ALONE[status].in_(lang), words.THREE_NO_TONE[status]))
        status = self._context.status(record.code)
        if status != "left_out":
            name = measure_words(profile, self._context.question.measure)
            said = words.STATUS[status]
            both = Text(f"{name.zh.removesuffix('覆盖')}{said.zh}", f"{name.en}: {said.en}")
            chips.append(ChipWords(both.in_(lang), words.STATUS_TONE[status]))
        for credit in computed.credits if computed is not None and record.kind != "firms" else ():
            chips += credit_chips(profile, credit, lang, with_name=True)
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
        self.check_rows.show_findings(findings)
        self.checks.setVisible(bool(findings))
        self.settle()

    def show_history(self, changes: Sequence[Any], code: str) -> None:
        """Show what touched this record."""
        self._come(self.history_rows)
        registry = self._context.registry
        assert registry is not None
        reason = self._context.why_locked
        self.history_rows.show_changes(changes, code, registry.dataset, registry.profile, reason=reason)
        self.settle()

    def fact_row(self, key: str) -> FactRow | None:
        """Return the row of a fact that is shown."""
        return self.facts.rows.get(key) or self.groups.row(key)

    def all_unknown(self) -> list[QWidget]:
        """Return the boxes of every fact that is unknown, from the top down."""
        return self.facts.unknown_boxes() + self.groups.unknown_boxes()


def _with_grid(said: Standing, organisation: str, lang: str) -> Standing:
    """Add what the grid around has: it explains, but does not settle, what is asked of the record itself."""
    if not organisation or not said.title:
        return said
    parts = (said.below, _GRID_HAS.format(organisation).in_(lang))
    return said._replace(below=" · ".join(part for part in parts if part))
