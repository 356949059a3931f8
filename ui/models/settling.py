"""What settles a finding: the action that leads there, and how a button calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.text import Text

if TYPE_CHECKING:
    from app.services.check.check import Finding

_FUSION: Final = (Text("界线融合…", "Boundary fusion…"), "topics.fusion")
_FIELDS: Final = (Text("改字段…", "Edit the fields…"), "record.edit")
_FACTS: Final = (Text("登记三无各项", "Answer the facts"), "compound.set_three_no")
_REMOVE: Final = (Text("删除…", "Remove…"), "record.remove")
_FIRM: Final = (Text("登记物业服务…", "Register a property firm…"), "compound.attach_firm")
_IMPORT: Final = (Text("导入边界…", "Import the border…"), "registry.import")
_MOVE: Final = (Text("核对位置…", "Look at its place…"), "station.move")
_UNDRAWN: Final = "no_outline"
_UNRECORDED: Final = "yes_without_record"
FAR: Final = "far_away"  # first the reading that puts it right, where there is one
_SETTLED: Final = {
    "straddles": _FUSION,
    "outside_unit": _FUSION,
    "recorded_differs": _FIELDS,
    "unnamed": (Text("起名…", "Name it…"), "record.rename"),
    "firm_code": _FIELDS,
    "grid_without_community": _FIELDS,
    "missing_households": _FIELDS,
    "no_parent_organisation": _FIELDS,
    "personal_number": (Text("彻底清除…", "Remove for good…"), "record.purge"),
    FAR: (Text("核对位置…", "Look at its place…"), "record.edit"),
    "three_no_contradiction": _FACTS,
    "stale_fact": _FACTS,
    "duplicate": _REMOVE,
    "compound_overlap": _REMOVE,
    _UNRECORDED: (Text("挂接党组织…", "Attach a party organisation…"), "compound.attach_party"),
    _UNDRAWN: (Text("画出来", "Draw it"), "map.draw"),
}
# what no single step of the window settles: it is looked at on the map, redrawn elsewhere, or waived
OPEN_RULES: Final = ("grid_gap", "grid_overlap", "grid_size", "datum_shift", "zone_differs")


def settled_by(finding: Finding, kind: str) -> tuple[Text, str] | None:
    """Return the words and the action's id; None where no single step of the window settles it.

    ``kind`` is that of the record which the finding is about: compounds are drawn, borders of units come by import.
    """
    if finding.rule == _UNDRAWN and kind != "compounds":
        return _IMPORT
    if finding.rule == _UNRECORDED and "party_organisation" not in finding.measure:
        return _FIRM
    if finding.rule == FAR and kind == "stations":
        return _MOVE
    return _SETTLED.get(finding.rule)
