"""Names by the first letters of their characters."""

from __future__ import annotations

import pytest

from app.domain.text.initials import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("大关东三苑", "dgdsy"),
        ("锦江区", "jjq"),
        ("A1号楼", "a1hl"),
        ("珺悦·一期", "jyyq"),
        ("", ""),
        ("（东）", "d"),
    ],
)
def test_that_each_character_gives_its_first_letter(name, letters):
    assert initials(name) == letters
