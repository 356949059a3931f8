"""The page's frame: folium's, from constants of ours alone, with Leaflet embedded and a hash CSP.

Nothing that makes the frame takes an argument from the registry. A text that reaches folium, branca or Jinja is run as a
template on this machine (measured: 9 of 9 ways in), so what a registry says is put into the finished text afterwards:
escaped where the page stands still, and in one block of JSON that the page's script shows through ``textContent`` alone.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from html import escape
from importlib import resources
from typing import Final

from app.domain.looks import palette

_MARK: Final = "\N{REPLACEMENT CHARACTER}{}\N{REPLACEMENT CHARACTER}"
_TITLE, _STILL, _DATA = (_MARK.format(name) for name in ("title", "still", "data"))
_SCRIPT: Final = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)
# the explorer takes the place of the still page before that is seen, and gives it back if anything keeps it from that
_FIRST: Final = """
  document.documentElement.className = "live";
  for (const failed of ["error", "unhandledrejection"]) addEventListener(failed, () => {
    if (!document.body || document.body.dataset.ready !== "yes") document.documentElement.className = "";
  });
  addEventListener("DOMContentLoaded", () => { if (!document.documentElement.dataset.explorer) document.documentElement.className = ""; });
"""


def page_with(title: str, still: str, data: str, lang: str = "zh") -> str:
    """Return the finished page: its title as plain text, what stands still and the block of data as HTML."""
    frame = _frame("en" if lang == "en" else "zh-CN")
    for mark, text in ((_TITLE, escape(title)), (_STILL, still), (_DATA, data)):
        before, after = frame.split(mark)
        frame = before + text + after
    return frame


@cache
def _frame(lang: str) -> str:
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

    page = _put(page, r"<!DOCTYPE html>\s*<html>", f'<!DOCTYPE html>\n<html lang="{lang}">')
    page = _put(
        page,
        r"<meta name=\"viewport\".*?/>",
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_TITLE}</title>\n<script>{_FIRST}</script>\n<style>{library_style}</style>",
    )
    style = _colours() + (ours / "style.css").read_text("utf-8")
    page = _put(page, r"</head>", f"<style>{style}</style>\n</head>")
    page = _put(page, r"<body>", f'<body>\n<div id="still">{_STILL}</div>\n<div id="waiting" hidden>\n')
    page = _put(page, r"</body>", f"</div>\n{_DATA}\n<script>{library}</script>\n")
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
