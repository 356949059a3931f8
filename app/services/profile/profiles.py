"""City profiles: those that ship with the program, and a city's own file."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from pathlib import Path
from typing import Final

from app.domain.profile.profile import Profile
from app.domain.profile.reader import read_profile
from app.errors import InvalidInput
from app.system_words import words_of
from app.text import Text

_KEPT: Final = 8  # profiles read last
_SHIPPED_AT_1: Final = {  # digest of the text that registries of schema step 1 keep
    "e529e3ab3f2a0aba8396ba877327fa4a": "yaohai",
    "bf22c67df8695b10d0b2034b151c141a": "jinjiang",
    "828dc7edb222d55ef5206ff38b8bf83b": "quzhou",
}


def city_profiles() -> list[str]:
    """Return the ids of the profiles that ship with the program."""
    folder = files("resources") / "profiles"
    names = (entry.name for entry in folder.iterdir())
    return sorted(name[:-5] for name in names if name.endswith(".toml") and name != "common.toml")


def load_profile(name: str) -> Profile:
    """Return a shipped profile by its id, or the one that a TOML file declares.

    Raises InvalidInput that names every wrong key and line, or what profiles there are.
    """
    if name in city_profiles():
        return profile_from_text((files("resources") / "profiles" / f"{name}.toml").read_text("utf-8"))
    path = Path(name)
    if not name.endswith(".toml"):
        known = "、".join(city_profiles())
        raise InvalidInput(
            Text(
                f"没有口径 {name!r}。有：{known}，或一个 .toml 文件。",
                f"There is no profile {name!r}: {known}, or a .toml file.",
            )
        )
    try:
        text = path.read_text("utf-8-sig")  # editors on Windows begin it with a mark
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(
            Text(
                f"口径文件读不了：{path}（{words_of(error).zh}）。",
                f"The profile can't be read: {path} ({words_of(error).en}).",
            )
        ) from error
    return profile_from_text(text, file=str(path))


def profile_from_text(text: str, *, file: str | None = None) -> Profile:
    """Return the profile that a city's TOML text declares over the common one."""
    common = (files("resources") / "profiles" / "common.toml").read_text("utf-8")
    return _read(text, common, file)


@lru_cache(maxsize=_KEPT)  # a profile is never changed, and reading one is most of opening a small registry
def _read(text: str, common: str, file: str | None) -> Profile:
    return read_profile(text, common, file=file)


def modern_text(text: str) -> str:
    """Return a profile's text from a registry of schema step 1 as it is read since.

    A shipped profile that nobody edited becomes the shipped one of today, which only adds to it. The one measure
    whose meaning was the program's then gets it written down.
    """
    shipped = _SHIPPED_AT_1.get(blake2b(text.encode(), digest_size=16).hexdigest())
    if shipped is not None:
        return load_profile(shipped).text
    lines = (
        'id = "functional_branch"\nwithin = "branch_eligible"\ncovered = "organisation=functional_branch"\n'
    )
    return text.replace('id = "functional_branch"\n', lines)
