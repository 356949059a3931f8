"""Another profile for an open registry: checked, journalled, taken back like any other change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.errors import InvalidInput, Problem
from app.exchange.formats.safe_file import write_whole, written_aside
from app.services.profile.diff import profile_sections
from app.services.profile.profiles import profile_from_text
from app.services.profile.use import must_not_rest
from app.text import Text

if TYPE_CHECKING:
    from pathlib import Path

    from app.domain.edits import Changes
    from app.domain.profile.profile import Profile
    from app.services.registry.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileDifference:
    """What replacing a profile would do: the one it would be, and (section, before, after) for what differs."""

    profile: Profile
    sections: tuple[tuple[str, Any, Any], ...]


def change_profile(registry: Registry, text: str, *, why: str) -> Changes:
    """Replace a registry's profile by the TOML ``text``, as one change that can be taken back.

    Checklists may come and go; a fact, a choice, a version of a scheme or a relation that records rest on stays.
    The same text changes nothing: ``change`` is None.

    Raises
    ------
    InvalidInput
        If the text is no profile (each wrong key with its line), records rest on what it drops, or ``why`` is empty.

    """
    if not why.strip():
        message = Text("要写为什么（--why）。", "Say why (--why).")
        raise InvalidInput(message, (Problem(message=message, column="why"),))
    return registry.replace_profile(text, why=why)


def write_profile(registry: Registry, out: Path) -> None:
    """Write the registry's profile as a TOML file, to be edited and put in its place again."""
    if out.suffix.lower() != ".toml":
        message = Text(
            f"口径是 .toml 文件，这里是 {out.name}。", f"A profile is a .toml file, not {out.name}."
        )
        raise InvalidInput(message, (Problem(message=message, file=str(out)),))
    with written_aside(out) as draft:
        write_whole(draft, registry.profile.text.encode())


def check_profile(registry: Registry, text: str, *, file: str | None = None) -> ProfileDifference:
    """Return what ``change_profile`` would do; raise what it would raise. Nothing is written."""
    new = profile_from_text(text, file=file)
    must_not_rest(registry.dataset, registry.profile, new)
    return ProfileDifference(profile=new, sections=profile_sections(registry.profile.text, text))
