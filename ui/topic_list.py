"""The topics: pages of the bottom panel's tab of that name, in the order of the chooser.

One line each. The module is imported when its topic is first shown; name and words are said here alone, because menus
and the palette offer topics before any is made: the class takes them from its line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.text import Text


@dataclass(frozen=True, slots=True)
class TopicEntry:
    """Where a topic is found: ``type_name`` in ``ui.topics.module``."""

    name: str
    words: Text
    module: str
    type_name: str


TOPICS: Final = (
    TopicEntry("checklists", Text("清单达标", "Checklists"), "count.checklists", "ChecklistsTopic"),
    TopicEntry("mediation", Text("调解", "Mediation"), "mediation.mediation", "MediationTopic"),
    TopicEntry("lists", Text("三张清单", "Three lists"), "mediation.lists", "ListsTopic"),
    TopicEntry("organisations", Text("组织树", "Organisation tree"), "count.organisations", "OrganisationsTopic"),
    TopicEntry("rules", Text("口径对比", "Rules compared"), "count.rules", "RulesTopic"),
    TopicEntry("fusion", Text("界线融合", "Boundary fusion"), "fusion.fusion", "FusionTopic"),
    TopicEntry("zones", Text("片区", "Zones"), "zones.zones", "ZonesTopic"),
    TopicEntry("alliances", Text("联盟", "Alliances"), "mediation.alliances", "AlliancesTopic"),
    TopicEntry("adoption", Text("三无接管", "Adoption"), "adoption.adoption", "AdoptionTopic"),
    TopicEntry("radar", Text("到期提醒", "What runs out"), "adoption.radar", "RadarTopic"),
    TopicEntry("site", Text("站点选址", "Siting of stations"), "siting.siting", "SitingTopic"),
    TopicEntry("tasks", Text("任务", "Tasks"), "deeds.tasks", "TasksTopic"),
    TopicEntry("totals", Text("汇总", "Totals"), "count.totals", "TotalsTopic"),
)  # fmt: skip
BY_NAME: Final = {entry.name: entry for entry in TOPICS}
ROOM: Final = "ui.topics"


def entry_of(module: str, type_name: str) -> TopicEntry | None:
    """Return the line of a class, by its module and name; None for what is no topic of the list."""
    return next(
        (entry for entry in TOPICS if (f"{ROOM}.{entry.module}", entry.type_name) == (module, type_name)),
        None,
    )
