"""The steps of the journal: what was done, taken back, and done again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.edits import Changes
from app.domain.rules.rules import owned_by
from app.errors import Conflict, InvalidInput
from app.persistence import journal, spelled
from app.persistence.journal_rows import NewChange
from app.persistence.journal_values import LEFT, PURGE
from app.persistence.store import instant_text
from app.services.registry.deciding import Deciding
from app.text import Text

if TYPE_CHECKING:
    from datetime import datetime

    from app.persistence.journal_values import Change

_ENOUGH_TO_NAME: Final = 20  # details of a step; a bulk import has thousands


class Stepping(Deciding):
    """Reads the journal, and writes a step's opposite as a change of its own."""

    def history(
        self,
        code: str | None = None,
        limit: int | None = None,
        details: int | None = None,
        *,
        after: int = 0,
        not_by: str = "",
    ) -> list[Change]:
        """Return the journal newest first: all of it, or what touched ``code`` or a row about it; after a step's number.

        ``not_by``: of all of it, what somebody did is left out.

        Raises InvalidInput for no such code.
        """
        if code is not None and code not in self.dataset.used_codes:
            code = self.find(code).code
        owned = () if code is None else [row.code for row in owned_by(self.dataset, code)]
        return journal.read_history(
            self._store, code=code, owned=owned, limit=limit, details=details, after=after, not_by=not_by
        )

    def step(self, change: str) -> Change:
        """Return a step with all that it did, by its id or its number; InvalidInput if there is none."""
        return journal.read_change(self._store, change)

    def has_step(self, change: str) -> bool:
        """Whether a step of this id was written."""
        with self._store.reading() as runs:
            return runs.exec_driver_sql(spelled.CHANGE_CALLED, (change, None)).first() is not None

    def brought_by(self, name: str, kind: str) -> frozenset[str]:
        """Return the codes of the records of a kind that imports of files called ``name`` made or changed, and that hold."""
        return journal.brought_by(self._store, name, kind)

    @property
    def last_step(self) -> int:
        """The number of the journal's last step; 0 in a registry in which nothing was done."""
        return self._seq

    def last_step_before(self, moment: datetime) -> int:
        """Return the number of the last step before a moment; 0 if there is none."""
        return journal.last_before(self._store, instant_text(moment))

    def next_undo(self) -> Change | None:
        """Return the step that an undo would take back, with as much of it as names it."""
        found = journal.next_undo(self._store)
        return None if found is None else journal.read_change(self._store, found, _ENOUGH_TO_NAME)

    def next_redo(self) -> Change | None:
        """Return the step that a redo would bring back, with as much of it as names it."""
        found = journal.next_redo(self._store)
        return None if found is None else journal.read_change(self._store, found[1], _ENOUGH_TO_NAME)

    def undo(self, change: str | None = None) -> Changes:
        """Take back a step, or the latest that still holds, as a change of its own.

        Raises InvalidInput if there is none, Conflict that names the later step that needs it.
        """
        with self._lock:
            found = change if change is not None else journal.next_undo(self._store)
            if found is None:
                raise InvalidInput(Text("没有可撤销的步骤。", "There is nothing to undo."))
            step = journal.read_change(self._store, found)
            if step.undone_by is not None:
                raise InvalidInput(
                    Text(f"第 {step.seq} 步已经撤销了。", f"Step {step.seq} is taken back already.")
                )
            if step.verb == "sample":
                raise InvalidInput(
                    Text(
                        "样例的内容不能撤销。要空台账就新建一本。",
                        "A sample's content can't be undone; make a new registry.",
                    )
                )
            if step.verb == PURGE:
                raise InvalidInput(
                    Text("彻底清除的内容没有了，撤不回。", "What was removed for good can't be brought back.")
                )
            if step.verb == LEFT:
                raise InvalidInput(
                    Text(
                        "导出的文件已经离开台账，撤不回。",
                        "What was exported has left and can't be taken back.",
                    )
                )
            if step.verb in ("undo", "redo"):
                raise InvalidInput(Text("撤销本身不能撤销，用 redo。", "An undo can't be undone; redo it."))
            try:
                new = NewChange(
                    by=self.by,
                    verb="undo",
                    why=step.verb,
                    undoes=step.change,
                    profile=journal.inverse_profile(self._store, self.profile.text, step),
                    zone=journal.inverse_zone(self._store, self.zone.epsg, step),
                )
                return self._write(lambda dataset: journal.inverse(self._store, dataset, step), new)
            except InvalidInput as error:  # what came later leans on it
                raise Conflict(
                    Text(
                        f"第 {step.seq} 步撤不回：{error.message.zh}",
                        f"Step {step.seq} can't be taken back: {error.message.en}",
                    ),
                    error.problems,
                ) from error

    def redo(self) -> Changes:
        """Bring back the step that was taken back last, if nothing was done since."""
        with self._lock:
            found = journal.next_redo(self._store)
            if found is None:
                raise InvalidInput(Text("没有可重做的步骤。", "There is nothing to redo."))
            undo = journal.read_change(self._store, found[0])
            new = NewChange(
                by=self.by,
                verb="redo",
                why=undo.why,
                undoes=undo.change,
                revives=found[1],
                profile=journal.inverse_profile(self._store, self.profile.text, undo),
                zone=journal.inverse_zone(self._store, self.zone.epsg, undo),
            )
            return self._write(lambda dataset: journal.inverse(self._store, dataset, undo), new)
