"""What is asked of a siting, and its refusals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from app.errors import InvalidInput, Problem
from app.text import Text

if TYPE_CHECKING:
    from datetime import date

COVER: Final = "cover"
SET: Final = "set"
MEDIAN: Final = "median"
MODELS: Final = {
    COVER: Text("覆盖最多的户", "Most households covered"),
    SET: Text("用最少的站把能覆盖的都覆盖", "Fewest stations that cover all that can be covered"),
    MEDIAN: Text("到最近一站平均最近", "Shortest way to the nearest station on average"),
}
BUDGET_MS: Final = 20_000
MOST: Final = 200  # stations asked for at once
STRAIGHT: Final = "straight"
ROADS: Final = "roads"
WAYS: Final = {STRAIGHT: Text("直线距离", "straight line"), ROADS: Text("沿路距离", "along roads")}


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRequest:
    """What somebody asks: ``count`` new stations of a kind, each reaching ``radius`` metres.

    ``candidates``: a layer of the registry (``compound``), a file, or ``FILE#LAYER``; None has the program make them.
    ``roads``: a file or ``FILE#LAYER`` of lines; None measures straight. ``capacity``: households that one new station
    can serve. ``budget_ms``: how long the best places are searched for, once it is known who reaches whom.
    """

    station_kind: str
    radius: float
    count: int
    model: str = COVER
    candidates: str | None = None
    roads: str | None = None
    capacity: int | None = None
    budget_ms: int = BUDGET_MS
    as_of: date

    @property
    def measure(self) -> str:
        """The measure whose figure the stations raise."""
        metres = f"{Decimal(repr(self.radius)):f}" if math.isfinite(self.radius) else str(self.radius)
        return f"station:{self.station_kind}:{metres.removesuffix('.0')}"

    def check(self) -> None:
        """Raise InvalidInput for what can't be asked; the kind is the measure's to refuse."""
        if not (math.isfinite(self.radius) and self.radius > 0):
            raise _refused("radius", self.radius, "写大于 0 的米数", "give metres, more than 0")
        if not 1 <= self.count <= MOST:
            raise _refused(
                "count", self.count, f"要 1 到 {MOST} 个站", f"1 to {MOST} stations can be asked for"
            )
        if self.model not in MODELS:
            known = ", ".join(MODELS)
            raise _refused(
                "model",
                self.model,
                f"没有这种模型，可用：{known}",
                f"there is no such model; there are: {known}",
            )
        if self.capacity is not None and self.capacity < 1:
            raise _refused(
                "capacity", self.capacity, "一个站至少服务 1 户", "a station serves 1 household at least"
            )
        if self.budget_ms < 1:
            raise _refused(
                "budget-ms", self.budget_ms, "时间至少 1 毫秒", "the time is 1 millisecond at least"
            )


def _refused(column: str, value: object, zh: str, en: str) -> InvalidInput:
    return InvalidInput(
        Text(f"--{column} {value}：{zh}。", f"--{column} {value}: {en}."),
        (Problem(message=Text(zh, en), column=column, value=str(value)),),
    )
