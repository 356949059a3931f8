"""The registry without a face."""

from typing import Final

VERSION: Final = "0.3.0"  # of pyproject and at the head of the changelog too: tests/test_release.py
