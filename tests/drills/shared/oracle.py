"""What must be so when all desks have gone: compared with what they were told, and with a file given the same edits."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.coverage.results import Query
from app.domain.edits import Put, Remove
from app.domain.kinds import KINDS
from app.persistence.journal_values import RECORD, Detail, from_whole, with_field
from app.services.keeping import care
from app.services.keeping.copying import copy_registry
from app.services.registry.registry import Registry
from tests.drills.shared.desks import DAY
from tests.drills.shared.place import BASE, ORIGINAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.persistence.journal_values import Change

_MEASURES = ("party", "property", "not_three_no", "committee", "firm_party")
_BY = ("district", "street", "community", "grid")


def logs(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return what each desk wrote down, by login."""
    found: dict[str, list[dict[str, Any]]] = {}
    for path in sorted(folder.glob("desk*.log")):
        lines = path.read_text("utf-8").split("\n")
        found[path.stem] = [json.loads(line) for line in lines if line]
    return found


def told(said: dict[str, list[dict[str, Any]]], steps: Sequence[Change]) -> Counter[str]:
    """Compare what was told with the journal: each step that was said to be done is there once, and no other."""
    found: Counter[str] = Counter()
    by_id = Counter(step.change for step in steps)
    of_login = Counter(step.by for step in steps)
    for login, lines in said.items():
        done = [line["change"] for line in lines if line.get("change")]
        found["written"] += len(done)
        found["lost"] += sum(by_id[change] == 0 for change in done)
        found["torn"] += sum(by_id[change] > 1 for change in done)
        # begun and never ended: killed, or nobody could say
        open_ends = sum("begun" in line for line in lines) - sum("ended" in line for line in lines)
        open_ends += sum(line.get("refused") == "unsure" for line in lines)
        stray = of_login[login] - len(done)
        found["under way kept"] += max(0, stray)
        found["not told"] += max(0, stray - open_ends)
        for line in lines:
            if "refused" in line:
                found[f"refused: {line['refused']}"] += 1
            found["bug"] += "bug" in line
            found["differs"] += bool(line.get("differs"))
    found["not told"] += sum(count for login, count in of_login.items() if login not in said)
    found["half"] = found.pop("differs")
    return found


def counted(said: dict[str, list[dict[str, Any]]], steps: Sequence[Change], dataset: Dataset) -> Counter[str]:
    """Compare each compound's households with what the steps that hold counted up by: an update that was lost is missing."""
    wanted = {
        line["change"]: line["by"]
        for lines in said.values()
        for line in lines
        if "by" in line and line["change"]
    }
    total: Counter[str] = Counter()
    for step in steps:
        if step.verb == "set" and step.undone_by is None:
            for detail in step.details:
                if detail.field == "households":
                    total[detail.code] += wanted.get(
                        step.change, int(detail.after or 0) - int(detail.before or 0)
                    )
    off = []
    for code, record in dataset.of("compounds").items():
        should = (BASE if code in ORIGINAL else 0) + total[code]
        if int(str(record.get("households") or 0)) != should:
            off.append(f"{code}: {record.get('households')}, and not {should}")
    if off:
        sys.stdout.write("\n".join(off) + "\n")
    return Counter({"counted": len(wanted), "lost": len(off)})


def compared(address: Path, alone: Path, folder: Path) -> Counter[str]:
    """Compare the server with what it was copied to, and with a file that is given the same edits in the journal's order."""
    back = folder / "back.gpkg"
    copy_registry(address, back)
    found: Counter[str] = Counter(corrupt=len(care.verify(back)))
    with (
        closing(Registry.open(address)) as shared,
        closing(Registry.open(back)) as copied,
        closing(Registry.open(alone)) as file,
    ):
        for step in reversed(shared.history(after=file.last_step)):
            file.commit(_edits(file.dataset, step.details), verb=step.verb)
        for measure in _MEASURES:
            for by in _BY:
                query = Query(measure=measure, by=by, as_of=DAY)
                tables = [one.engine.coverage(query).as_json("zh") for one in (shared, copied, file)]
                found["torn"] += not tables[0] == tables[1] == tables[2]
                found["figures"] += 1
        for kind in KINDS:
            values = [_values(one.dataset, kind) for one in (shared, copied, file)]
            found["torn"] += not values[0] == values[1] == values[2]
            found["records"] += len(values[0])
    found["corrupt"] += len(care.verify(alone))
    return found


def _values(dataset: Dataset, kind: str) -> dict[str, str]:
    return {record.id: str(record[2:-1]) for record in dataset.of(kind).values()}


def _edits(dataset: Dataset, details: Iterable[Detail]) -> list[Edit]:
    """Return the edits that a step of the journal tells of."""
    by_row: dict[tuple[str, str], list[Detail]] = defaultdict(list)
    for detail in details:
        by_row[detail.kind, detail.row_id].append(detail)
    edits: list[Edit] = []
    for (kind, row_id), told_of in by_row.items():
        record = next((r for r in dataset.of(kind).values() if r.id == row_id), None)
        first = next((detail for detail in told_of if detail.field == RECORD), None)
        if record is None:
            assert first is not None, told_of
            edits.append(Put(from_whole(kind, row_id, first.after, 2 if first.after.get("version") else 1)))
        elif first is not None:
            edits.append(Remove(record))
        else:
            after = record
            for detail in told_of:
                after = with_field(after, detail.field, detail.after)
            edits.append(Put(after._replace(version=record.version + 1), record))
    return edits
