"""Plans in plain words: what is to be done, for whom, and how many steps it takes; for window, verbs and papers alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from app.coverage.work.acts import ATTACH, BOUNDED, COUNT, ENGAGE, EXTEND, FOUND, SETTLE
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.coverage.work.acts import Act, Chosen, Plan, Step
    from app.domain.profile.declared import WorkCosts

    NameOf = Callable[[str], str]

ACTS: Final[Mapping[str, Text]] = {
    ATTACH: Text("挂接已有组织", "attach one that is there"),
    FOUND: Text("新建组织", "found a new one"),
    EXTEND: Text("邻近企业接管", "a nearby firm takes it on"),
    ENGAGE: Text("选聘企业", "engage a firm"),
    SETTLE: Text("落实并登记", "bring about and enter"),
    COUNT: Text("补登户数", "count households"),
}
VISIT: Final = Text("先走访", "visit first")
_DOING: Final[Mapping[str, Text]] = {
    ATTACH: Text("挂接“{partner}”", "attach '{partner}'"),
    FOUND: Text("新建{about}", "found: {about}"),
    EXTEND: Text("请“{partner}”把服务延伸过来", "have '{partner}' extend its service"),
    ENGAGE: Text("选聘物业企业", "engage a property firm"),
    SETTLE: Text("落实“{about}”并登记", "bring about and enter: {about}"),
    COUNT: Text("补登户数（{about}）", "count the households ({about})"),
}
_ENGAGE_ONE: Final = Text(
    "选聘“{partner}”（已有党组织）", "engage '{partner}', which has a party organisation"
)
_FIRST: Final = Text("先走访查清，若是“无”再{0}", "visit first and, if it is no, {0}")
_STEPS: Final = Text("{0} 步", "{0: step|steps}")
_ONE_STEP: Final = Text("1 步", "1 step")
_LESS: Final = Text("走访都查实为“有”则 {0}", "{0} if every visit finds yes")
_NO_MORE: Final = Text("已达标", "the target is reached")
_NOT_REACHED: Final = Text("所有做法加起来也不够", "all that can be done is not enough")
_SITES: Final = Text("要增设站点：看放在哪里最省", "stations are needed: see where they serve most")
_NOT_PROVEN: Final = Text("还没有证明最省，至少要 {0}", "not proven to be the least; at least {0}")
_VISITS: Final = Text(
    "只走访 {count} 处、而且全查实为“有”，也能达标",
    "{count: visit|visits} alone would do if all of them found yes",
)
_CHANCE: Final = Text("，这样的可能是 {0:.1%}", "; the chance of that is {0:.1%}")
_COSTS: Final = Text(
    "步数：挂接已有组织 {attach}，新建 {found}，邻近企业接管 {extend}，选聘企业 {engage}，落实一项 {settle}（业委会 {committee}），"
    "每 {count_households} 户补登 {count}；未知的先走访，另加 {visit}。{source}",
    "Steps: attaching an organisation {attach}, founding one {found}, extending a nearby firm's service {extend}, "
    "engaging a firm {engage}, bringing a fact about {settle} (owners' committee {committee}), every {count_households: "
    "household|households} counted {count}; what is unknown takes a visit first, {visit} more. {source}",
)
_ASSUMED: Final = Text(
    "这些步数是假定，可以在口径里改。", "These are assumed; the profile can say otherwise."
)
_SOURCE: Final = Text("依据：{0}。", "Source: {0}.")


class PlanRow(NamedTuple):
    """One act as a line of a task sheet: whom it is done to, what is to be done, and what it takes in steps."""

    code: str
    name: str
    doing: Text
    cost: int
    if_yes: int
    covers: tuple[str, ...]
    instead: tuple[str, ...]


def plan_rows(acts: Sequence[Chosen], name_of: NameOf) -> list[PlanRow]:
    """Return the acts of a plan or an alternative, as lines."""
    return [
        PlanRow(
            chosen.act.on,
            name_of(chosen.act.on),
            doing(chosen.act, name_of),
            chosen.act.cost,
            chosen.act.if_yes,
            chosen.act.covers,
            chosen.instead,
        )
        for chosen in acts
    ]


def doing(act: Act, name_of: NameOf) -> Text:
    """Return what an act is in words: a visit first where anything of it is unknown."""
    said = [_step(step, name_of) for step in dict.fromkeys(act.steps)]
    whole = Text("，".join(one.zh for one in said), ", ".join(one.en for one in said))
    return _within(_FIRST, whole) if act.needs_visit else whole


def _step(step: Step, name_of: NameOf) -> Text:
    partner = "" if step.partner is None else (name_of(step.partner) or step.partner)
    template = _ENGAGE_ONE if step.act == ENGAGE and step.partner else _DOING[step.act]
    return Text(
        template.zh.format(partner=partner, about=step.about.zh),
        template.en.format(partner=partner, about=step.about.en),
    )


def _within(template: Text, said: Text) -> Text:
    return Text(template.zh.format(said.zh), template.en.format(said.en))


def steps(count: int) -> Text:
    """Return a number of steps in words."""
    return _ONE_STEP if count == 1 else _STEPS.format(count)


def cost_words(cost: int, if_yes: int) -> Text:
    """Return what a plan takes, and what it takes if every visit finds yes."""
    said = steps(cost)
    if if_yes == cost:
        return said
    less = _within(_LESS, steps(if_yes))
    return Text(f"{said.zh}，{less.zh}", f"{said.en}, {less.en}")


def cost_in_short(cost: int, if_yes: int) -> Text:
    """Return the same for a list of plans, where their headline stands above."""
    said = steps(cost)
    return said if if_yes == cost else Text(f"{said.zh}，最好 {if_yes}", f"{said.en}, at best {if_yes}")


def recipe(acts: Sequence[Chosen]) -> Text:
    """Return how many of each act: 「挂接已有组织 6 · 新建组织 3」."""
    counts = Counter(step.act for chosen in acts for step in dict.fromkeys(chosen.act.steps))
    visits = sum(chosen.act.needs_visit for chosen in acts)
    said = [
        Text(f"{words.zh} {counts[act]}", f"{words.en} {counts[act]}")
        for act, words in ACTS.items()
        if counts[act]
    ]
    if visits:
        said.insert(0, Text(f"{VISIT.zh} {visits}", f"{VISIT.en} {visits}"))
    return Text(" · ".join(one.zh for one in said), " · ".join(one.en for one in said))


def headline(plan: Plan | None, *, has_stations: bool) -> Text:
    """Return a plan in one line: what it takes and of what it is made; or why there is none."""
    if plan is None:
        return _SITES if has_stations else _NOT_REACHED
    if not plan.acts:
        return _NO_MORE
    made = recipe(plan.acts)
    took = cost_words(plan.cost, plan.if_yes)
    said = Text(f"{made.zh}：{took.zh}", f"{made.en}: {took.en}")
    if plan.status == BOUNDED:
        least = _within(_NOT_PROVEN, steps(plan.bound))
        said = Text(f"{said.zh}；{least.zh}", f"{said.en}; {least.en}")
    return said


def hope(plan: Plan | None) -> Text | None:
    """Return what visits alone might do; None where they can't, or nothing is to be done."""
    if plan is None or plan.visits is None or not plan.visits.codes:
        return None
    said = _VISITS.format(count=len(plan.visits.codes))
    if plan.visits.chance is None:
        return said
    chance = _CHANCE.format(plan.visits.chance)
    return Text(said.zh + chance.zh, said.en + chance.en)


def costs_note(costs: WorkCosts) -> Text:
    """Return what each act takes by the profile, and whether that is an assumption."""
    source = _SOURCE.format(costs.source) if costs.source else _ASSUMED
    values = {name: getattr(costs, name) for name in costs.__slots__ if name != "source"}
    return _COSTS.format(**values, source=source)
