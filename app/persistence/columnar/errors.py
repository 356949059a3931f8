"""What reading as columns raises where it can't say for certain: then the rows are read one by one."""

from __future__ import annotations


class NotAsWrittenError(Exception):
    """A row is not plainly as it was written."""
