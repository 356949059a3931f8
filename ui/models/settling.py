"""What settles a finding: the action that leads there, and how a button calls it."""

from __future__ import annotations

from typing import Final

from app.text import Text

_FUSION: Final = (Text("界线融合…", "Boundary fusion…"), "topics.fusion")
_FIELDS: Final = (Text("改字段…", "Edit the fields…"), "record.edit")
_FACTS: Final = (Text("登记三无各项", "Answer the facts"), "compound.set_three_no")
_SETTLED: Final = {
    "straddles": _FUSION,
    "recorded_differs": _FIELDS,
    "unnamed": _FIELDS,
    "firm_code": _FIELDS,
    "grid_without_community": _FIELDS,
    "missing_households": _FIELDS,
    "no_parent_organisation": _FIELDS,
    "three_no_contradiction": _FACTS,
    "stale_fact": _FACTS,
    "yes_without_record": (Text("挂接党组织…", "Attach a party organisation…"), "compound.attach_party"),
}


def settled_by(rule: str) -> tuple[Text, str] | None:
    """Return the words and the action's id; None where only a new outline settles it."""
    return _SETTLED.get(rule)
