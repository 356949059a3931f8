"""Write a sample registry: made, checked like anybody's data, and written whole or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.domain.dataset import Dataset
from app.domain.edits import Put
from app.domain.rules.rules import problems_of
from app.errors import InvalidInput, Problem, StorageFault
from app.leftovers import REGISTRY, own_folder
from app.sample.make import make_districts, make_sample, zone_of_sample
from app.services.profile.profiles import load_profile
from app.services.registry.registry import create_registry
from app.system_words import words_of
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.jobs import Ticket

_NO_PARENT: Final = Text("没有文件夹 {0}。", "There is no folder {0}.")
_FAILED: Final = Text("没有写成 {0}：{1}。", "{0} was not written: {1}.")
_TAKEN: Final = Text(
    "{0} 已经有了。写一个空的或还没有的文件夹。",
    "{0} is there already. Name a folder that is empty or not there yet.",
)
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


@dataclass(frozen=True, slots=True)
class Written:
    """One registry of several: its district, its file and how many records of each kind it holds."""

    unit: str
    path: Path
    counts: dict[str, int]

    def as_json(self, _lang: str) -> dict[str, Any]:
        """Return ``{unit, path, counts}``."""
        return {"unit": self.unit, "path": str(self.path), "counts": self.counts}


def write_districts(
    folder: Path, profile_id: str, *, size: str, seed: int, ticket: Ticket
) -> tuple[Written, ...]:
    """Write a big sample into a new folder, one registry a district (``CODE.gpkg``), all in the zone of the whole.

    Together they hold what ``write_sample`` writes into one file. The folder appears when all is in it. Raises
    InvalidInput if it is there or there is no such sample, StorageFault if it can't be made.
    """
    if not folder.parent.is_dir():
        raise InvalidInput(_NO_PARENT.format(folder.parent))
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        message = _TAKEN.format(folder)
        raise InvalidInput(message, (Problem(message=message, file=str(folder)),))
    profile = load_profile(profile_id)
    found = []
    try:
        with own_folder(REGISTRY, folder.parent) as aside:
            draft = aside / "districts"
            draft.mkdir()
            zone = zone_of_sample(profile_id)
            for sample in make_districts(profile_id, size, seed, ticket):
                unit, name = next(
                    (record.code, str(record.get("name")))
                    for record in sample.records
                    if record.kind == "districts"
                )
                create_registry(
                    draft / f"{unit}.gpkg",
                    profile,
                    name=f"{profile.name.zh} {name}",
                    records=sample.records,
                    backdrop=sample.backdrop,
                    synthetic_note=sample.note,
                    zone=zone,
                ).close()
                counts = dict(Counter(record.kind for record in sample.records))
                found.append(Written(unit, folder / f"{unit}.gpkg", counts))
            if folder.exists():
                folder.rmdir()  # empty
            draft.rename(folder)
    except OSError as error:
        raise StorageFault(_FAILED.format(folder, words_of(error))) from error
    return tuple(found)
