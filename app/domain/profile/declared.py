"""What a profile declares: facts, checklists, schemes, relations, stages, measures and rules. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS

if TYPE_CHECKING:
    from app.domain.profile.condition import Condition
    from app.text import Text

FACT_TYPES: Final = ("answer", "count", "money", "rate", "choice", "text")
NUMBER_TYPES: Final = ("count", "money", "rate")
THREE_NO_PARTS: Final = ("has_firm", "authority", "defence", "gate_guard", "managing_body")
PUBLIC: Final = ("street", "all")  # by street and district alone, or at every level and of each compound
COMPUTED: Final = frozenset({"platform", "survey", "survey_buildings", "station"})
SUBJECTS: Final = {  # as a measure names its subject → the plural kind
    kind.subject: kind.name for kind in KINDS.values() if kind.subject
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactGroup:
    """A heading under which facts stand together in the inspector and in templates."""

    id: str
    words: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """A declared fact of some kinds.

    ``stale_days``: after how many days a survey is out of date; None = never. ``unit``: of a count, money or
    rate, as people write it. ``systems``: the rows of the domain's list that it serves. ``public``: "all" = the public may
    have what is answered of one record; "" = it may not, so that what nobody thought of stays.
    """

    key: str
    of: tuple[str, ...]
    type: str
    words: Text
    choices: str = ""
    stale_days: int | None = None
    unit: str = ""
    group: str = ""
    public: str = ""
    source: str = ""
    systems: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecklistItem:
    """One thing to have."""

    words: Text
    when: Condition


@dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """Things that a record of one kind should all have. Its measure has the same id: AND of the items."""

    id: str
    of: str
    words: Text
    definition: Text
    items: tuple[ChecklistItem, ...]
    public: str = ""
    source: str = ""
    systems: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeGroup:
    """Items that belong together; ``weight`` multiplies those of its items. Open: to be named by the city."""

    id: str
    words: Text
    weight: float = 1.0
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeItem:
    """What is scored, from 0 to ``maximum``. Open: the source gives no words; the city fills them in."""

    id: str
    words: Text
    group: str = ""
    maximum: float = 1.0
    weight: float = 1.0
    is_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Stars for a share of the full score of at least ``at_least`` (0 to 1)."""

    stars: int
    at_least: float
    words: Text
    reward_yuan: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """An evaluation scheme, one version of it. ``kinds``: the kinds of compound it is for; () = all.

    ``bands`` from the most stars down; ``bands_assumed``: the thresholds are the program's, not the city's.
    ``firm_share``: at most this part of a compound's reward (``reward_fact``) goes to its firm
    (``firm_reward_fact``). ``valid_days``: after how many
    days an assessment is out of date.
    """

    id: str
    version: int
    of: tuple[str, ...]
    words: Text
    items: tuple[SchemeItem, ...]
    kinds: tuple[str, ...] = ()
    groups: tuple[SchemeGroup, ...] = ()
    bands: tuple[Band, ...] = ()
    bands_assumed: bool = False
    firm_share: float | None = None
    reward_fact: str = ""
    firm_reward_fact: str = ""
    valid_days: int | None = None
    public: str = ""
    source: str = ""
    systems: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """Id and version, as results print it."""
        return f"{self.id}@{self.version}"

    @property
    def open_items(self) -> int:
        """How many items wait for the city's own words."""
        return sum(item.is_open for item in self.items)

    def item(self, item_id: str) -> SchemeItem | None:
        """Return an item by its id."""
        return next((item for item in self.items if item.id == item_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A dated relation between records of two kinds.

    ``roles``: the set of choices of its posts, "" = free text. ``one_per``: "to" or "subject" may have at most
    one in force. ``complete``: the fact of a unit that says all its relations are in, so absence means no.
    """

    id: str
    words: Text
    of: tuple[str, ...]
    to: tuple[str, ...]
    roles: str = ""
    one_per: str = ""
    complete: str = ""
    source: str = ""
    systems: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStep:
    """A stage of an engagement: at most ``months`` long, and what may follow."""

    stage: str
    months: int | None
    next: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """How a three-no compound gets property service: its stages, and a subsidy that tapers to zero."""

    words: Text
    first: tuple[str, ...]
    stages: tuple[StageStep, ...]
    taper_years: int
    source: str = ""
    systems: tuple[int, ...] = ()

    def step(self, stage: str) -> StageStep | None:
        """Return what is declared of a stage."""
        return next((step for step in self.stages if step.stage == stage), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureSpec:
    """A declared measure. ``subject``: a key of ``SUBJECTS``.

    ``within`` and ``covered`` say who is in the base and who counts; ``ratio``: the keys of two number facts,
    part and whole; ``fraction``: the key of a rate fact, or ``scheme:ID`` for its score. A measure with none of
    these is one of ``COMPUTED``: ``app.coverage`` computes it under its id. ``public``: how far its figures go in
    a public edition, one of ``PUBLIC``; "" = they don't, so that what nobody thought of stays.
    """

    id: str
    subject: str
    words: Text
    definition: Text
    base: Text
    weights: tuple[str, ...]
    source: str
    within: Condition | None = None
    covered: Condition | None = None
    ratio: tuple[str, str] | None = None
    fraction: str = ""
    public: str = ""
    systems: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreeNoRule:
    """Three-no = AND of NOT each part. ``defence``: "any" (absent only if both are) or "all"."""

    version: int
    parts: tuple[str, ...]
    defence: str
    definition: Text
    source: str

    @property
    def label(self) -> str:
        """Name and version, as results print it."""
        return f"three_no@{self.version}"

    @property
    def fact_keys(self) -> tuple[str, ...]:
        """The facts a user answers for this rule, in its order."""
        keys: list[str] = []
        for part in self.parts:
            keys += {"has_firm": ["property_firm"], "defence": ["defence_people", "defence_hardware"]}.get(
                part, [part]
            )
        return tuple(keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridSize:
    """How many households a grid should have. Half of the fewest and double the most are findings.

    ``source``: the paper that says so; "" = nobody here has one, the figures are an assumption and said as one.
    """

    fewest: int
    most: int
    source: str

    def fits(self, households: int) -> bool:
        """Whether a grid is neither under half of the fewest nor over double the most."""
        return self.fewest <= households * 2 and households <= self.most * 2


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCosts:
    """What it takes to cover one subject, in steps: how least work to a target is weighed.

    ``count`` is for every ``count_households`` open households begun; ``visit`` comes before every act on what is
    not known. ``source``: the paper that says so; "" = an assumption, and said as one.
    """

    attach: int  # an organisation that is there already, to the subject
    found: int  # a new organisation
    extend: int  # the engagement of a firm that serves nearby
    engage: int  # a firm
    settle: int  # bring a fact about and enter it
    committee: int  # an owners' committee: the same, with an election
    count: int
    count_households: int
    visit: int
    source: str
