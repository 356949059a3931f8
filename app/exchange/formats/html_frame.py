"""The page's frame: folium's, from constants of ours alone, with Leaflet embedded and a hash CSP.

Nothing in here takes an argument from the registry. A text that reaches folium, branca or Jinja is run as a
template on this machine (measured: 9 of 9 ways in), so the data are put into the finished text afterwards, in
one block of JSON that the page's script shows through ``textContent`` alone.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from importlib import resources
from typing import Final

from app.domain.looks import palette

MARK: Final = "\N{REPLACEMENT CHARACTER}data\N{REPLACEMENT CHARACTER}"
_DATA_OPEN: Final = '<script type="application/json" id="registry-data">'
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_UNSAFE_IN_HTML: Final = str.maketrans(
    {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
)


def page_with(data: object) -> str:
    """Return the finished page with ``data`` in its one block of JSON."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    before, after = _frame().split(MARK)
    return before + text.translate(_UNSAFE_IN_HTML) + after


def data_in(page: str) -> object:
    """Return what a finished page holds, read back from its text."""
    start = page.index(_DATA_OPEN) + len(_DATA_OPEN)
    return json.loads(page[start : page.index("</script>", start)])


@cache
def _frame() -> str:
    import folium  # costs 0.9 s, needed here alone

    ours = resources.files("resources") / "html_map"
    leaflet = resources.files("js_lib_leaflet") / "static" / "js_lib_leaflet"
    library = (leaflet / "leaflet.js").read_text("utf-8")
    library_style = (leaflet / "leaflet.css").read_text("utf-8")
    # pictures and source maps would be asked for over the network; the page uses neither
    library = re.sub(r"\n//# sourceMappingURL=.*", "", library)
    library_style = re.sub(r"(background-image|behavior): url\([^)]*\);", "", library_style)

    map_ = folium.Map(
        location=None, tiles=None, zoom_control=False, attributionControl=False, zoomAnimation=False,
        fadeAnimation=False, zoomSnap=0.25, zoomDelta=0.5, maxZoom=20, wheelPxPerZoomLevel=90,
    )  # fmt: skip
    map_._id = "registry"  # noqa: SLF001  # folium names a map's element so and by no other way
    map_.default_js, map_.default_css = [], []
    page = map_.get_root().render()

    page = _put(page, r"<!DOCTYPE html>\s*<html>", '<!DOCTYPE html>\n<html lang="zh-CN">')
    page = _put(
        page,
        r"<meta name=\"viewport\".*?/>",
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>小区一张图</title>\n'
        f"<style>{library_style}</style>\n<script>{library}</script>",
    )
    style = _colours() + (ours / "style.css").read_text("utf-8")
    page = _put(page, r"</head>", f"<style>{style}</style>\n</head>")
    before, after = (ours / "body.html").read_text("utf-8").split("<!-- map -->")
    page = _put(page, r"<body>", "<body>\n" + before)
    page = _put(page, r"</body>", f"{after}\n{_DATA_OPEN}{MARK}</script>\n")
    script = (ours / "script.js").read_text("utf-8")
    page = _put(page, r"</html>\s*$", f"<script>{script}</script>\n</body>\n</html>\n")
    page = "\n".join(line.rstrip() for line in page.splitlines()) + "\n"
    return _put(page, r"<head>", f"<head>\n{_policy(page)}")


def _colours() -> str:
    """Return the palette as the style sheet names it: ``--no-ground`` for ``no_ground``."""
    named = [
        f"--{name.replace('_', '-')}: {colour};"
        for name, colour in palette.page().items()
        if isinstance(colour, str)
    ]
    return "\n:root { color-scheme: light; " + " ".join(named) + " }\n"


def _put(page: str, pattern: str, text: str) -> str:
    changed, count = re.subn(pattern, lambda _: text, page, flags=re.DOTALL)
    if count != 1:
        raise RuntimeError(f"folium's frame has changed: {pattern} is there {count} times")
    return changed


def _policy(page: str) -> str:
    def hashes(pattern: re.Pattern[str]) -> str:
        digests = (hashlib.sha256(text.encode("utf-8")).digest() for text in pattern.findall(page))
        return " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)

    return (
        '<meta http-equiv="Content-Security-Policy" content="'
        f"default-src 'none'; script-src {hashes(_SCRIPT)}; style-src {hashes(_STYLE)}; "
        "base-uri 'none'; form-action 'none'\">"
    )
