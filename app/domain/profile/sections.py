"""How each section of a profile is read: one function a section, from a node to a declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.domain.profile.condition import Joined
from app.domain.profile.declared import (
    FACT_TYPES,
    PUBLIC,
    SUBJECTS,
    THREE_NO_PARTS,
    Adoption,
    Band,
    Checklist,
    ChecklistItem,
    FactGroup,
    FactSpec,
    GridSize,
    MeasureSpec,
    Relation,
    Scheme,
    SchemeGroup,
    SchemeItem,
    StageStep,
    ThreeNoRule,
    WorkCosts,
)
from app.domain.weights import DECLARABLE, default_weights
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from app.domain.profile.condition import Condition
    from app.domain.profile.toml_node import Node

_SUBJECT_OF: Final = {kind: subject for subject, kind in SUBJECTS.items()}
_FACT_KINDS: Final = KINDS["facts"].by_name["subject"].to
_ASSESSED_KINDS: Final = KINDS["assessments"].by_name["subject"].to
_LINKED: Final = KINDS["links"].by_name
_COSTS: Final = (
    "attach",
    "found",
    "extend",
    "engage",
    "settle",
    "committee",
    "count",
    "count_households",
    "visit",
)
_TO_FILL: Final = Text("待本市填写", "to be filled by the city")


def read_group(node: Node) -> FactGroup:
    """Read one of ``[[groups]]``."""
    group = FactGroup(id=node.text("id"), words=node.words("words"))
    node.done()
    return group


def read_fact_spec(node: Node, choices: Collection[str], groups: Collection[str]) -> FactSpec:
    """Read one of ``[[facts]]``."""
    type_ = node.one_of("type", FACT_TYPES)
    spec = FactSpec(
        key=node.text("key"),
        of=node.some_of("of", _FACT_KINDS),
        type=type_,
        words=node.words("words"),
        choices=node.one_of("choices", choices) if type_ == "choice" else "",
        stale_days=node.maybe_whole("stale_days"),
        unit=node.text("unit", ""),
        group=node.one_of("group", groups, ""),
        public=node.one_of("public", ("all",), ""),
        source=node.text("source", ""),
        systems=node.systems(),
    )
    node.done()
    return spec


def read_checklist(node: Node, facts: Mapping[str, FactSpec]) -> Checklist:
    """Read one of ``[[checklists]]``: its items are conditions, or tables of words and condition."""
    items: list[ChecklistItem] = []
    for raw in node.raw("items", []) or []:
        table = raw if isinstance(raw, dict) and "when" in raw else {"when": raw}
        if table.keys() - {"when", "words"}:
            node.wrong("items", "只能写 when 和 words", "an item has when and words alone")
        when = node.as_condition(table["when"], "items")
        if when is None:
            continue
        words = table.get("words")
        if isinstance(words, dict) and {"zh", "en"} <= words.keys():
            items.append(ChecklistItem(words=Text(words["zh"], words["en"]), when=when))
        elif (key := getattr(when, "argument", "")) in facts:
            items.append(ChecklistItem(words=facts[key].words, when=when))
        else:
            node.wrong("items", f"{raw!r} 要写 words", f"{raw!r} needs words")
    if not items:
        node.wrong("items", "至少要一项", "needs at least one item")
    words = node.words("words")
    listed = Text("、".join(i.words.zh for i in items), ", ".join(i.words.en for i in items))
    checklist = Checklist(
        id=node.text("id"),
        of=node.one_of("of", [k for k in _FACT_KINDS if k in _SUBJECT_OF]),
        words=words,
        definition=node.words("definition", Text(f"{listed.zh}都有", f"all of {listed.en}")),
        items=tuple(items),
        public=node.one_of("public", PUBLIC, ""),
        source=node.text("source", ""),
        systems=node.systems(),
    )
    node.done()
    return checklist


def read_scheme(node: Node, compound_kinds: Collection[str]) -> Scheme:
    """Read one version of one of ``[[schemes]]``.

    ``open_groups`` and ``open_items`` make the frame of what the source only counts.
    """
    groups = [
        SchemeGroup(id=f"g{n}", words=_open_words("方面", "Aspect", n), is_open=True)
        for n in range(1, node.whole("open_groups", 0) + 1)
    ]
    items = [
        SchemeItem(id=str(n), words=_open_words("第", "Item", n), is_open=True)
        for n in range(1, node.whole("open_items", 0) + 1)
    ]
    for inner in node.nodes("groups"):
        words = inner.words("words")
        group = SchemeGroup(
            id=inner.text("id"),
            words=words,
            weight=inner.number("weight", 1.0),
            is_open=_TO_FILL.zh in words.zh,
        )
        groups.append(group)
        items += [
            SchemeItem(id=f"{group.id}{n}", words=_open_words("第", "Item", n), group=group.id, is_open=True)
            for n in range(1, inner.whole("open_items", 0) + 1)
        ]
        items += [_read_item(item, group.id) for item in inner.nodes("items")]
        inner.done()
    items += [_read_item(item, "") for item in node.nodes("items")]
    if not items:
        node.wrong("items", "至少要一项（items 或 open_items）", "needs items or open_items")
    for name, ids in (("items", [i.id for i in items]), ("groups", [g.id for g in groups])):
        for twice in sorted({one for one in ids if ids.count(one) > 1}):
            node.wrong(name, f"{twice!r} 出现了两次", f"{twice!r} is given twice")
    bands = [_read_band(inner) for inner in node.nodes("bands")]
    if [band.at_least for band in bands] != sorted({band.at_least for band in bands}, reverse=True) or [
        band.stars for band in bands
    ] != sorted({band.stars for band in bands}, reverse=True):
        node.wrong("bands", "要从高星到低星，门槛递减", "go from the most stars down, thresholds falling")
    scheme = Scheme(
        id=node.text("id"),
        version=node.whole("version", 1, least=1),
        of=node.some_of("of", _ASSESSED_KINDS, ("compounds",)),
        kinds=node.some_of("kinds", compound_kinds, ()),
        words=node.words("words"),
        groups=tuple(groups),
        items=tuple(items),
        bands=tuple(bands),
        bands_assumed=node.flag("bands_assumed"),
        firm_share=node.number("firm_share", most=1) if node.has("firm_share") else None,
        reward_fact=node.text("reward_fact", ""),
        firm_reward_fact=node.text("firm_reward_fact", ""),
        valid_days=node.maybe_whole("valid_days"),
        public=node.one_of("public", PUBLIC, ""),
        source=node.text("source", ""),
        systems=node.systems(),
    )
    node.done()
    return scheme


def _open_words(zh: str, en: str, number: int) -> Text:
    unit = "项" if zh == "第" else ""
    return Text(
        f"{zh} {number} {unit}（{_TO_FILL.zh}）".replace(" （", "（"), f"{en} {number} ({_TO_FILL.en})"
    )


def _read_item(node: Node, group: str) -> SchemeItem:
    words = node.words("words")
    item = SchemeItem(
        id=node.text("id"),
        words=words,
        is_open=_TO_FILL.zh in words.zh,
        group=group or node.text("group", ""),
        maximum=node.number("maximum", 1.0),
        weight=node.number("weight", 1.0),
    )
    if item.maximum <= 0:
        node.wrong("maximum", "要大于 0", "must be above 0")
    node.done()
    return item


def _read_band(node: Node) -> Band:
    band = Band(
        stars=node.whole("stars"),
        at_least=node.number("at_least", most=1),
        words=node.words("words"),
        reward_yuan=node.number("reward_yuan") if node.has("reward_yuan") else None,
    )
    node.done()
    return band


def read_relation(node: Node, choices: Collection[str]) -> Relation:
    """Read one of ``[[relations]]``."""
    relation = Relation(
        id=node.text("id"),
        words=node.words("words"),
        of=node.some_of("of", _LINKED["subject"].to),
        to=node.some_of("to", _LINKED["to"].to),
        roles=node.one_of("roles", choices, ""),
        one_per=node.one_of("one_per", ("to", "subject"), ""),
        complete=node.text("complete", ""),
        source=node.text("source", ""),
        systems=node.systems(),
    )
    node.done()
    return relation


def read_adoption(node: Node, stages: Collection[str]) -> Adoption:
    """Read ``[adoption]``."""
    steps = []
    for inner in node.nodes("stages"):
        steps.append(
            StageStep(
                stage=inner.one_of("stage", stages),
                months=inner.maybe_whole("months"),
                next=inner.some_of("next", stages, ()),
            )
        )
        inner.done()
    adoption = Adoption(
        words=node.words("words"),
        first=node.some_of("first", stages),
        stages=tuple(steps),
        taper_years=node.whole("taper_years", 3, least=1),
        source=node.text("source", ""),
        systems=node.systems(),
    )
    node.done()
    return adoption


def read_rule(node: Node | None) -> ThreeNoRule:
    """Read ``[three_no]``; without one, the common rule."""
    if node is None:
        parts: tuple[str, ...] = ("has_firm", "authority", "defence")
        return ThreeNoRule(
            version=1, parts=parts, defence="any", definition=Text("三项皆无", "all parts absent"), source=""
        )
    rule = ThreeNoRule(
        version=node.whole("version", 1, least=1),
        parts=node.some_of("parts", THREE_NO_PARTS, ("has_firm", "authority", "defence")),
        defence=node.one_of("defence", ("any", "all"), "any"),
        definition=node.words("definition", Text("三项皆无", "all parts absent")),
        source=node.text("source", ""),
    )
    node.done()
    return rule


def read_grid_size(node: Node) -> GridSize:
    """Read ``[grid_size]``."""
    size = GridSize(
        fewest=node.whole("fewest", least=1), most=node.whole("most", least=1), source=node.text("source", "")
    )
    if size.most < size.fewest:
        node.wrong("most", f"不能少于 fewest（{size.fewest}）", f"can't be less than fewest ({size.fewest})")
    node.done()
    return size


def read_work(node: Node | None, common: WorkCosts | None = None) -> WorkCosts:
    """Read ``[work]``: what a city doesn't say costs what the common declaration says."""
    if node is None:
        assert common is not None  # noqa: S101  # the common declaration has it
        return common
    found = {
        key: node.whole(
            key, None if common is None else getattr(common, key), least=0 if key == "visit" else 1
        )
        for key in _COSTS
    }
    costs = WorkCosts(**found, source=node.text("source", ""))
    node.done()
    return costs


def read_measure(node: Node) -> MeasureSpec:
    """Read one of ``[[measures]]``."""
    subject = node.one_of("subject", SUBJECTS, "compound")
    ratio = node.node("ratio")
    pair = None
    if ratio is not None:
        pair = (ratio.text("part"), ratio.text("whole"))
        ratio.done()
    words = node.words("words")
    spec = MeasureSpec(
        id=node.text("id"),
        subject=subject,
        words=words,
        definition=node.words("definition", words),
        base=node.words("base", KINDS[SUBJECTS[subject]].words),
        weights=node.some_of("weights", DECLARABLE, default_weights(subject)),
        within=node.condition("within"),
        covered=node.condition("covered"),
        ratio=pair,
        fraction=node.text("fraction", ""),
        public=node.one_of("public", PUBLIC, ""),
        source=node.text("source", ""),
        systems=node.systems(),
    )
    node.done()
    return spec


def measure_of_checklist(checklist: Checklist) -> MeasureSpec:
    """Return the measure that a checklist makes: everything on it is there."""
    whole: Condition = Joined("all", tuple(item.when for item in checklist.items))
    subject = _SUBJECT_OF[checklist.of]
    return MeasureSpec(
        id=checklist.id,
        subject=subject,
        words=checklist.words,
        definition=checklist.definition,
        base=KINDS[checklist.of].words,
        weights=default_weights(subject),
        source=checklist.source,
        covered=whole,
        public=checklist.public,
        systems=checklist.systems,
    )


def measure_of_scheme(scheme: Scheme) -> MeasureSpec:
    """Return the measure that a scheme makes: the share of its full score, of all that it is for."""
    subject = _SUBJECT_OF[scheme.of[0]]
    return MeasureSpec(
        id=scheme.id,
        subject=subject,
        words=scheme.words,
        definition=Text(
            f"“{scheme.words.zh}”得分占满分的份额；没有评的项目是未知，不是零分",
            f"share of the full score of '{scheme.words.en}'; an item not assessed is unknown, not zero",
        ),
        base=KINDS[scheme.of[0]].words,
        weights=default_weights(subject),
        source=scheme.source,
        fraction=f"scheme:{scheme.id}",
        public=scheme.public,
        systems=scheme.systems,
    )
