"""What a server may refuse, apart from the library that talks to it: whoever only asks what an error is loads nothing."""

from __future__ import annotations

from app.errors import InvalidInput, StorageFault


class Unreachable(StorageFault):
    """The server did not answer, or not to the end: whether a write was done is not known."""


class NotStaff(InvalidInput):
    """The server knows the login and shows it nothing."""
