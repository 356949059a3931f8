"""What attaching one thing to others means, as edits: an attachment, or a firm's engagement, for each."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Final

from app.domain.codes.maker import CodeMaker
from app.domain.edits import Put
from app.domain.kinds import KINDS
from app.domain.record import Record, make_record
from app.domain.values import read_field
from app.errors import InvalidInput
from app.services.registry.lookup import record_called
from app.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from app.domain.dataset import Dataset
    from app.domain.edits import Edit
    from app.domain.profile.profile import Profile


_SERVED: Final = KINDS["engagements"].by_name["compound"].to  # what a firm may be engaged for


def attach_edits(
    dataset: Dataset,
    profile: Profile,
    subject: Record,
    to: Sequence[str],
    role: str | None,
    first: date,
    until: date | None,
    relation: str | None = None,
) -> list[Edit]:
    """Return the edits that attach ``subject``, which need not be written yet, to each of ``to``.

    A firm and a compound make an engagement unless ``relation`` names one; a department, alliance or zone makes
    a relation, which must be named only where several are declared.
    """
    maker = CodeMaker(dataset)
    edits: list[Edit] = []
    for target in dict.fromkeys(to):
        other = record_called(dataset, target)
        if relation is None and subject.kind == "organisations":
            values = {"organisation": subject.code, "to": other.code, "role": role}
            edits.append(_dated("attachments", maker, values, first, until))
        elif relation is None and subject.kind == "firms" and other.kind in _SERVED:
            stage = read_field(KINDS["engagements"].by_name["stage"], role or "contract", profile)
            values = {"firm": subject.code, "compound": other.code, "stage": str(stage)}
            edits.append(_dated("engagements", maker, values, first, until))
        else:
            named = relation or _only_relation(profile, subject, other)
            values = {"relation": named, "subject": subject.code, "to": other.code, "role": role}
            edits.append(_dated("links", maker, values, first, until))
    return edits


def _only_relation(profile: Profile, subject: Record, other: Record) -> str:
    found = profile.relations_between(subject.kind, other.kind)
    if len(found) == 1:
        return found[0].id
    words = KINDS[subject.kind].words, KINDS[other.kind].words
    if not found:
        raise InvalidInput(
            Text(
                f"{words[0].zh} {subject.code} 不能挂到{words[1].zh} {other.code}。能挂的是党组织、物业企业到小区，和口径声明的关系。",
                f"{subject.code} ({words[0].en}) can't be attached to {other.code} ({words[1].en}): only a party organisation, a firm to a compound, and the relations that the profile declares.",
            )
        )
    raise InvalidInput(
        Text(
            f"{words[0].zh}和{words[1].zh}之间有几种关系，用 --relation 写明：{'、'.join(r.id for r in found)}。",
            f"There are several relations of {words[0].en} and {words[1].en}; name one by --relation: {', '.join(r.id for r in found)}.",
        )
    )


def _dated(kind: str, maker: CodeMaker, values: dict[str, Any], first: date, last: date | None) -> Put:
    return Put(
        make_record(kind, str(uuid.uuid4()), maker.make(kind), valid_from=first, valid_until=last, **values)
    )
