"""What an import refused, as a workbook that the street corrects and sends back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.period import today
from app.exchange import reader
from app.exchange.formats.safe_file import written_aside
from app.exchange.mapping.meaning import map_columns
from app.exchange.templates.problem_book import write_problem_book
from app.services.bring_in.import_data import preferred_layers

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.profile.profile import Profile
    from app.exchange.planning.plan import Plan
    from app.jobs import Ticket

_ENDING = "-问题.xlsx"


def path_beside(source: Path) -> Path:
    """Return where the problems of a file go if nobody says otherwise: beside it, under a name that is free."""
    path = source.with_name(source.stem + _ENDING)
    number = 1
    while path.exists():
        number += 1
        path = source.with_name(f"{source.stem}-问题{number}.xlsx")
    return path


def save_problems(profile: Profile, plan: Plan, out: Path, lang: str, ticket: Ticket | None = None) -> int:
    """Write the rows of a plan that were refused, as they came, with the reasons; return how many there are.

    Raises
    ------
    InvalidInput
        If the source can't be read any more.
    StorageFault
        If the workbook can't be written.

    """
    request = plan.request
    source = reader.read_source(
        request.source,
        layer=request.layer,
        encoding=request.encoding,
        prefer=preferred_layers(request.kind),
        ticket=ticket,
    )
    day = today()
    columns = map_columns(source, profile, request, day)
    with written_aside(out) as draft:
        return write_problem_book(draft, plan, columns, lang, day)
