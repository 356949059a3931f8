"""The colours of the map in both themes (ux 3), and the numbers by which lines grow with the scale (ux 5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.domain.looks import palette as colours
from app.domain.looks.palette import PLAIN
from ui import theme

if TYPE_CHECKING:
    from app.domain.looks.palette import StatusColours
    from ui.theme import Tokens

PLAIN_LIMIT: Final = (
    60_000  # layers without a manner of their own are drawn, and can be pointed at, up to this scale
)
PLAIN_DOT_PX: Final = 7.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPalette:
    """Colours as ``#rrggbb``. One meaning each: teal covered, ochre not, grey hatch unknown, blue selected."""

    name: str
    paper: str
    panel: str
    sunk: str
    line: str
    control: str
    t1: str
    t2: str
    t3: str
    accent: str
    accent_ground: str
    uncovered_edge: str
    unknown_edge: str
    covered: str
    uncovered: str
    casing: str
    ink: str
    street: str
    snap: str
    error: str
    error_ground: str
    warning: str
    warning_ground: str
    no_data: str
    water: str
    green: str
    road: str
    shadow: str
    bar: str
    bar_text: str
    wash: tuple[str, ...]
    seq: tuple[str, ...]
    gap: tuple[str, ...]

    def of_status(self, status: str) -> StatusColours:
        """Return how a status is drawn; what has none is plain."""
        return colours.statuses(self.name)[status or PLAIN]

    def sequence(self, name: str) -> tuple[str, ...]:
        """Return the five classes of ``wash``, ``seq`` or ``gap``."""
        found: tuple[str, ...] = getattr(self, name)
        return found


def _of(t: Tokens) -> MapPalette:
    return MapPalette(
        name=t.name,
        paper=t.paper,
        panel=t.panel,
        sunk=t.sunk,
        line=t.line,
        control=t.ctl,
        t1=t.t1,
        t2=t.t2,
        t3=t.t3,
        accent=t.accent,
        accent_ground=t.accent_ground,
        uncovered_edge=t.no,
        unknown_edge=t.unknown,
        covered=t.covered_fill,
        uncovered=t.uncovered_fill,
        casing=t.casing,
        ink=t.ink,
        street=t.street_line,
        snap=t.snap,
        error=t.error,
        error_ground=t.error_ground,
        warning=t.warning,
        warning_ground=t.warning_ground,
        no_data=t.no_data,
        shadow=t.shadow,
        bar=t.toast,
        bar_text=t.toast_text,
        water=t.water,
        green=t.green,
        road=t.road,
        wash=t.wash,
        seq=t.seq,
        gap=t.gap,
    )


LIGHT: Final = _of(theme.LIGHT)
DARK: Final = _of(theme.DARK)


def palette(*, is_dark: bool) -> MapPalette:
    """Return the palette of a theme."""
    return DARK if is_dark else LIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class LineWeights:
    """Widths [px] at one range of scales; 0 = not drawn."""

    district: float
    street: float
    street_casing: float
    community: float
    is_community_dashed: bool
    grid: float
    compound_edge: float
    compound_casing: float
    building: float


_WEIGHTS: Final = (
    (5_000, LineWeights(district=3.0, street=2.6, street_casing=6, community=1.6, is_community_dashed=True,
                        grid=2.0, compound_edge=1.6, compound_casing=3.2, building=0.8)),
    (20_000, LineWeights(district=2.6, street=2.2, street_casing=5, community=1.3, is_community_dashed=True,
                         grid=1.6, compound_edge=1.6, compound_casing=3.2, building=0)),
    (60_000, LineWeights(district=2.2, street=1.6, street_casing=4, community=1.0, is_community_dashed=False,
                         grid=1.0, compound_edge=1.0, compound_casing=0, building=0)),
)  # fmt: skip
_SMALLEST: Final = LineWeights(
    district=2.0, street=1.2, street_casing=0, community=0, is_community_dashed=False, grid=0.6,
    compound_edge=0.6, compound_casing=0, building=0,
)  # fmt: skip

SMALL_COMPOUND_PX: Final = 6.0  # below: hidden at the smallest scales, a dot where uncovered
SMALL_GRID_PX: Final = 8.0
STATION_LIMIT: Final = 20_000  # badges are drawn up to this scale, dots up to 60,000


def weights(denominator: float) -> LineWeights:
    """Return the line weights at a scale of 1:``denominator``."""
    for limit, row in _WEIGHTS:
        if denominator <= limit:
            return row
    return _SMALLEST
