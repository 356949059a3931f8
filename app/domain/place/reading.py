"""Another way to read coordinates, and the warning that offers it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from app.errors import Problem
from app.text import Text

SWAPPED: Final = "swapped"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read coordinates otherwise; ``why`` says what the numbers look like.

    ``crs``: EPSG:n; ``shift``: degrees to add, of a digit that is wrong; ``meridian``: of the zone [degrees] in whose
    metres the axes of what is kept in degrees were exchanged.
    """

    why: Text
    crs: str | None = None
    is_swapped: bool = False
    datum: str | None = None
    shift: tuple[float, float] | None = None
    meridian: int | None = None

    @property
    def option(self) -> str:
        """Return how a command is told to read so; "" where no option says it."""
        if self.crs and self.is_swapped:
            return f"--crs {self.crs} --read-as {SWAPPED}"
        said = self.crs or (SWAPPED if self.is_swapped else self.datum)
        return f"--read-as {said}" if said else ""

    @property
    def words(self) -> Text:
        """Return what a button says that reads so."""
        if self.shift is not None:
            return Text("按补上的一位读", "Read with that digit")
        if self.meridian is not None:
            return Text("按交换的东、北坐标读", "Read with easting and northing exchanged")
        if self.is_swapped:
            more = f"，{self.crs}" if self.crs else ""
            return Text(f"按交换坐标读{more}", "Read with the axes exchanged" + more.replace("，", ", "))
        return Text(f"按 {self.crs or self.datum} 读", f"Read as {self.crs or self.datum}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWarning(Problem):
    """A warning about a place. ``reading``: what it most likely means; ``message`` names the option that reads so."""

    reading: Reading | None = None
