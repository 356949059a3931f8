"""The whole of many answers: which of them may be added, what they add up to, and what its reader should know."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from app.errors import IntegrityFault, InvalidInput, Problem
from app.services.profile.profiles import profile_from_text
from app.services.registry.info import RegistryInfo
from app.services.rollup.adding import added_up, over_the_border, units_in_several
from app.services.rollup.firms import firms_in_several
from app.services.rollup.part import Failure, Part
from app.text import Text
from geo.crs import zone_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.coverage.results import Coverage
    from app.domain.profile.profile import Profile
    from app.services.rollup.part import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A registry of a roll-up: how many rows it gave, or why it gave none."""

    source: str
    rows: int
    error: Text | None = None

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return ``{source, rows, error}``."""
        return {
            "source": self.source,
            "rows": self.rows,
            "error": None if self.error is None else self.error.in_(lang),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledUp:
    """The table of many registries, what each gave, and what whoever reads it should know."""

    coverage: Coverage
    registries: tuple[Source, ...]
    profile: Profile
    info: RegistryInfo
    notes: tuple[Text, ...]
    kept: int  # how many came from partitions and were not computed

    def as_json(self, lang: str) -> dict[str, Any]:
        """Return the coverage table with ``registries`` on top."""
        told = self.coverage.as_json(lang)
        return {"registries": [one.as_json(lang) for one in self.registries], **told}


def whole_of(answers: Sequence[Part | Failure], *, is_partial: bool) -> RolledUp:
    """Return the whole that the answers of registries add up to.

    Raises InvalidInput if two are the same registry, IntegrityFault naming each that failed or is counted by another
    profile; not where ``is_partial``, unless nothing is left.
    """
    told = by_one_profile(answers)
    parts = [one for one in told if isinstance(one, Part)]
    failures = [one for one in told if isinstance(one, Failure)]
    if failures and (not is_partial or not parts):
        raise _unread(failures, len(told))
    _must_be_different(parts)
    return RolledUp(
        coverage=added_up(parts),
        registries=tuple(_source(one) for one in told),
        profile=profile_from_text(parts[0].profile),
        info=_info(parts),
        notes=tuple(_notes(parts, failures, len(told))),
        kept=sum(part.is_kept for part in parts),
    )


def zone_of(drawn: Sequence[tuple[str, Box | None]]) -> str | None:
    """Return the zone of the whole: the one that all keep, else the one nearest the middle of all districts.

    ``drawn``: of each registry its own zone and the box of its districts, None where none is drawn.
    """
    zones = {zone for zone, _ in drawn}
    boxes = [box for _, box in drawn if box is not None]
    if len(zones) <= 1 or not boxes:
        return drawn[0][0] if drawn else None
    return zone_for((min(box[0] for box in boxes) + max(box[2] for box in boxes)) / 2).epsg


def without_copies(answers: Sequence[Part | Failure]) -> list[Part | Failure]:
    """Return the answers; those of a copy of a registry that answered before it are failures."""
    seen: dict[str, str] = {}
    found: list[Part | Failure] = []
    for one in answers:
        if isinstance(one, Part) and (other := seen.setdefault(one.info.id, one.source)) != one.source:
            found.append(Failure(source=one.source, error=InvalidInput(_SAME.format(other, one.source))))
        else:
            found.append(one)
    return found


def by_one_profile(answers: Sequence[Part | Failure]) -> list[Part | Failure]:
    """Return the answers; those by another profile than most are failures, since their figures mean something else."""
    profiles = Counter(one.profile for one in answers if isinstance(one, Part))
    if len(profiles) <= 1:
        return list(answers)
    usual = max(profiles, key=lambda text: profiles[text])  # of equal numbers the first
    label = next(one.coverage.profile for one in answers if isinstance(one, Part) and one.profile == usual)
    return [
        Failure(source=one.source, error=InvalidInput(_OTHER_PROFILE.format(one.coverage.profile, label)))
        if isinstance(one, Part) and one.profile != usual
        else one
        for one in answers
    ]


def _must_be_different(parts: Sequence[Part]) -> None:
    for one in without_copies(parts):
        if isinstance(one, Failure):
            raise InvalidInput(one.why, (Problem(message=one.why, file=one.source),))


def _unread(failures: Sequence[Failure], number: int) -> IntegrityFault:
    problems = tuple(
        replace(problem, file=problem.file or one.source)
        for one in failures
        for problem in (one.error.problems or (Problem(message=one.why, file=one.source),))
    )
    return IntegrityFault(_UNREAD.format(len(failures), number), problems)


def _source(one: Part | Failure) -> Source:
    if isinstance(one, Failure):
        return Source(source=one.source, rows=0, error=one.why)
    return Source(source=one.source, rows=len(one.coverage.rows))


def _info(parts: Sequence[Part]) -> RegistryInfo:
    """Return what the whole says of itself: it is synthetic where any part is."""
    names = list(dict.fromkeys(part.info.name for part in parts))
    made_up = [part.info for part in parts if part.info.is_synthetic]
    return RegistryInfo(
        id="",
        name="、".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else ""),
        is_synthetic=bool(made_up),
        note=made_up[0].note if made_up else Text("", ""),
        review_number=next((part.info.review_number for part in parts if part.info.review_number), ""),
    )


def _notes(parts: Sequence[Part], failures: Sequence[Failure], number: int) -> list[Text]:
    notes = [_LEFT_OUT.format(one.source, one.why.zh, one.why.en) for one in failures]
    if failures:
        notes.append(_PARTIAL.format(number - len(failures), number))
    firms = firms_in_several(part.firms for part in parts)
    if firms:
        notes.append(_FIRMS.format(len(firms), " ".join(firms[:_NAMED])))
    several = units_in_several(parts)
    if several:
        notes.append(_SEVERAL.format(len(several), " ".join(several[:_NAMED])))
    reaching = over_the_border(parts)
    if reaching:
        notes.append(_REACHING.format(len(reaching), " ".join(one.code for one in reaching[:_NAMED])))
    return notes


_NAMED: Final = 5
_OTHER_PROFILE: Final = Text(
    "口径是{0}，其他台账是{1}：两种口径的数字不能相加。先换成同一口径，或不汇总它。",
    "It is counted by {0}, the others by {1}: figures of two profiles can't be added. Give it the same profile, or leave it out.",
)
_SAME: Final = Text(
    "{0} 和 {1} 是同一个台账（一个是另一个的副本），只能汇总其中一个。",
    "{0} and {1} are the same registry (one is a copy of the other); add up only one of them.",
)
_UNREAD: Final = Text(
    "{1} 个台账中有 {0} 个不能汇总，见下；没有给出数字。先修好它们，或用 --partial 只汇总其余的。",
    "{0} of {1: registry|registries} can't be added up, see below; no figures are given. Mend them, or add up the rest with --partial.",
)
_LEFT_OUT: Final = Text("没有汇总 {0}：{1}", "Left out {0}: {2}")
_PARTIAL: Final = Text(
    "数字只是 {1} 个台账中的 {0} 个。", "The figures are those of {0: registry|registries} out of {1}."
)
_SEVERAL: Final = Text(
    "有 {0} 个单元在几个台账里都有数，已相加：{1}。",
    "{0: unit has|units have} figures in more than one registry, and were added up: {1}.",
)
_FIRMS: Final = Text(
    "有 {0} 家企业在别的台账里也有（统一社会信用代码相同）：{1}。各台账按自己的登记算，一家企业可能算了不止一次。",
    "{0: firm also stands|firms also stand} in another registry (by the same credit code): {1}. Each registry counts and judges its own record, so that one "
    "firm may count more than once.",
)
_REACHING: Final = Text(
    "有 {0} 个没有全部落在本台账的单元里，可能伸进了别的台账：{1}。它们只按自己台账的界线算。",
    "{0} do not lie wholly in units of their own registry and may reach into another: {1}. They count by the borders of their own.",
)
