"""What a file of the same name brought before and this one lacks: a file cut off at the end of a line can't be known otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.kinds import KINDS
from app.text import Text, readable

if TYPE_CHECKING:
    from datetime import date

    from app.exchange.planning.plan import Plan
    from app.services.registry.registry import Registry

_NAMED: Final = 8


def gone_since_before(registry: Registry, plan: Plan, today: date) -> list[Text]:
    """Return a sentence where records that files of this name brought before, and are in force, are in no row of the plan.

    What refused rows may mean is not counted: they are asked about.
    """
    kind, name = plan.request.kind, readable(plan.request.source.name)
    if not KINDS[kind].coded or plan.request.only:
        return []
    before = registry.brought_by(name, kind)
    if not before:
        return []
    meant = {*plan.all_rows.codes, *(one.code for row in plan.all_rows.others for one in row.candidates)}
    unsettled = {row.name for row in plan.all_rows.others if row.action == "refuse" and row.name}
    gone = [
        record
        for record in registry.dataset.in_force(kind, today)
        if record.code in before
        and record.code not in meant
        and ("name" not in KINDS[kind].by_name or record.text("name") not in unsettled)
    ]
    if not gone:
        return []
    names = [
        (record.text("name") if "name" in KINDS[kind].by_name else "") or record.code
        for record in gone[:_NAMED]
    ]
    more = len(gone) - len(names)
    listed = Text(
        "、".join(names) + (f"等 {len(gone)} 条" if more else ""),
        ", ".join(names) + (f" and {more} more" if more else ""),
    )
    return [
        Text(
            f"以前叫 {name} 的文件带来过 {len(before)} 条，这一份里没有其中的 {len(gone)} 条：{listed.zh}。文件可能没有传完。",
            f"Files called {name} brought {len(before)} records before; {len(gone)} of them are not in this one: {listed.en}. It may be cut off.",
        )
    ]
