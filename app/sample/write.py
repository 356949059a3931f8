"""Write a sample registry: made, checked like anybody's data, and written whole or not at all."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.domain.dataset import Dataset
from app.domain.edits import Put
from app.domain.rules.rules import problems_of
from app.sample.make import make_sample
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.jobs import Ticket

_CHECK = Text("核对样例", "Checking the sample")
_WRITE = Text("写台账", "Writing the registry")


def write_sample(path: Path, profile_id: str, *, size: str, seed: int, ticket: Ticket) -> dict[str, int]:
    """Write a sample of a city profile to ``path`` and return how many records of each kind it holds.

    Raises InvalidInput if the path is taken or there is no such sample.
    """
    sample = make_sample(profile_id, size, seed, ticket)
    profile = load_profile(profile_id)
    ticket.step(_CHECK, 0, 1)
    if size == "district":  # the larger ones are the same generator, and checking them costs minutes
        problems = problems_of(Dataset({}), [Put(record) for record in sample.records], profile)
        if problems:
            message = "; ".join(problem.message.en for _, problem in problems[:3])
            raise AssertionError(f"the sample breaks the registry's own rules: {message}")
    ticket.step(_WRITE, 0, 1)
    create_registry(
        path, profile, records=sample.records, backdrop=sample.backdrop, synthetic_note=sample.note
    ).close()
    ticket.step(_WRITE, 1, 1)
    return dict(Counter(record.kind for record in sample.records))
