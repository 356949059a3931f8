"""How a layer looks and reads in QGIS: classes in the page's colours, hatching, names, aliases, words for codes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from app.domain.kinds import LEVELS
from app.domain.looks import bands, palette
from app.domain.looks.wording import ALL_UNKNOWN, NOTHING, WITHHELD
from app.domain.vocabulary import STATUS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from app.domain.leaving.content import Layer, Leaving
    from app.text import Text

_FONT: Final = "Noto Sans CJK SC"


@dataclass(frozen=True, slots=True)
class _Rule:
    """One class: which records, in QGIS's words and in those of SLD; fill, edge, hatching, and what it is called.

    ``between``: rate from, and below; ``equals``: column and value.
    """

    label: str
    filter: str
    fill: str
    edge: str
    hatch: str = ""
    sld: str = ""


def qml_of(leaving: Leaving, layer: Layer, shape: str) -> str:
    """Return a layer's style as QML; ``shape``: "fill" or "marker"."""
    rules = list(_rules(leaving, layer))
    body = "".join(
        f'<rule key="{{r{at}}}" symbol="{at}" label={quoteattr(rule.label)}'
        f"{f' filter={quoteattr(rule.filter)}' if rule.filter else ''}/>"
        for at, rule in enumerate(rules)
    )
    symbols = "".join(_symbol(str(at), rule, shape) for at, rule in enumerate(rules))
    return (
        "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
        '<qgis version="3.22.0" styleCategories="Symbology|Labeling|Fields|Forms" labelsEnabled='
        f'"{int(_is_labelled(layer))}">'
        '<renderer-v2 type="RuleRenderer" symbollevels="0" forceraster="0" enableorderby="0">'
        f'<rules key="{{root}}">{body}</rules><symbols>{symbols}</symbols></renderer-v2>'
        f"{_labels(layer)}<fieldConfiguration>{_widgets(leaving, layer)}</fieldConfiguration>"
        f"<aliases>{_aliases(leaving, layer)}</aliases></qgis>"
    )


def sld_of(leaving: Leaving, layer: Layer, shape: str) -> str:
    """Return the same classes as SLD, for programs other than QGIS; hatching is QGIS's alone."""
    rules = "".join(_sld_rule(rule, shape) for rule in _rules(leaving, layer) if rule.fill)
    name = escape(layer.name)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<StyledLayerDescriptor version="1.1.0" xmlns="http://www.opengis.net/sld" xmlns:se="http://www.opengis.net/se" '
        'xmlns:ogc="http://www.opengis.net/ogc">'
        f"<NamedLayer><se:Name>{name}</se:Name><UserStyle><se:Name>{name}</se:Name><se:FeatureTypeStyle>"
        f"{rules}</se:FeatureTypeStyle></UserStyle></NamedLayer></StyledLayerDescriptor>"
    )


def _rules(leaving: Leaving, layer: Layer) -> Iterator[_Rule]:
    colours = palette.page()
    if layer.name in leaving.levels:
        yield from _of_figures(leaving, colours)
    elif layer.name == "compound" and "status" in layer.column_names:
        for status, drawn in palette.statuses("light").items():
            if status in STATUS:
                words, is_open = leaving.say(STATUS[status]), status == "unknown"
                yield _Rule(
                    words, f"\"status\" = '{status}'", drawn.fill, drawn.edge,
                    drawn.edge if is_open else "", _is("status", status),
                )  # fmt: skip
    else:
        fill = colours["accent"] if layer.name == "station" else colours["no_data"]
        yield _Rule(leaving.say(layer.words), "", fill, colours["ctl"])


def _of_figures(leaving: Leaving, colours: Mapping[str, str]) -> Iterator[_Rule]:
    edge, hatch = colours["street_line"], colours["unknown"]
    open_ = "coalesce(\"hidden\", '') <> 'yes'"
    limits = (0.0, *bands.LIMITS, 2.0)
    for (low, high), name, colour in zip(pairwise(limits), bands.names(), colours["seq"], strict=True):
        rate = f'{open_} AND "rate" >= {low:g} AND "rate" < {high:g}'
        yield _Rule(leaving.say(name), rate, colour, edge, "", _between("rate", low, high))
    much = f'{open_} AND "rate" IS NOT NULL AND "unknown" >= {bands.UNKNOWN_FROM:g} * "total"'
    yield _Rule(leaving.say(bands.MUCH_UNKNOWN), much, "", edge, hatch)
    unknown = f'{open_} AND "rate" IS NULL AND "total" > 0'
    yield _Rule(leaving.say(ALL_UNKNOWN), unknown, colours["paper"], edge, hatch, _none("rate"))
    yield _Rule(
        leaving.say(NOTHING), f'{open_} AND "total" = 0', colours["no_data"], edge, "", _is("total", "0")
    )
    yield _Rule(
        leaving.say(WITHHELD), "\"hidden\" = 'yes'", colours["no_data"], edge, "", _is("hidden", "yes")
    )


def _is(column: str, value: str) -> str:
    return (
        f"<ogc:PropertyIsEqualTo><ogc:PropertyName>{column}</ogc:PropertyName>"
        f"<ogc:Literal>{escape(value)}</ogc:Literal></ogc:PropertyIsEqualTo>"
    )


def _between(column: str, low: float, high: float) -> str:
    name = f"<ogc:PropertyName>{column}</ogc:PropertyName>"
    return (
        f"<ogc:And><ogc:PropertyIsGreaterThanOrEqualTo>{name}<ogc:Literal>{low:g}</ogc:Literal>"
        f"</ogc:PropertyIsGreaterThanOrEqualTo><ogc:PropertyIsLessThan>{name}<ogc:Literal>{high:g}</ogc:Literal>"
        "</ogc:PropertyIsLessThan></ogc:And>"
    )


def _none(column: str) -> str:
    return f"<ogc:PropertyIsNull><ogc:PropertyName>{column}</ogc:PropertyName></ogc:PropertyIsNull>"


def _sld_rule(rule: _Rule, shape: str) -> str:
    fill = f'<se:Fill><se:SvgParameter name="fill">{rule.fill}</se:SvgParameter></se:Fill>'
    edge = (
        f'<se:Stroke><se:SvgParameter name="stroke">{rule.edge}</se:SvgParameter>'
        '<se:SvgParameter name="stroke-width">1</se:SvgParameter></se:Stroke>'
    )
    drawn = f"<se:PolygonSymbolizer>{fill}{edge}</se:PolygonSymbolizer>"
    if shape == "marker":
        mark = f"<se:Mark><se:WellKnownName>circle</se:WellKnownName>{fill}{edge}</se:Mark>"
        drawn = (
            f"<se:PointSymbolizer><se:Graphic>{mark}<se:Size>9</se:Size></se:Graphic></se:PointSymbolizer>"
        )
    only = f"<ogc:Filter>{rule.sld}</ogc:Filter>" if rule.sld else ""
    return f"<se:Rule><se:Name>{escape(rule.label)}</se:Name>{only}{drawn}</se:Rule>"


def _symbol(name: str, rule: _Rule, shape: str) -> str:
    if shape == "marker":
        layers = _layer(
            "SimpleMarker", color=_rgb(rule.fill), outline_color=_rgb(palette.page()["panel"]), name="circle", size="2.6",
            size_unit="MM", outline_width="0.3", outline_width_unit="MM",
        )  # fmt: skip
    else:
        plain = {"outline_color": _rgb(rule.edge), "outline_width": "0.26", "outline_width_unit": "MM"}
        layers = (
            _layer("SimpleFill", color=_rgb(rule.fill), style="solid", **plain)
            if rule.fill
            else _layer("SimpleFill", color=_rgb(palette.page()["panel"]), style="no", **plain)
        )
        if rule.hatch:
            line = _layer("SimpleLine", line_color=_rgb(rule.hatch), line_width="0.2", line_width_unit="MM")
            inner = f'<symbol type="line" name="@{name}@1" alpha="1">{line}</symbol>'
            layers += _layer(
                "LinePatternFill",
                inner,
                angle="45",
                distance="1.6",
                distance_unit="MM",
                color=_rgb(rule.hatch),
            )
    return f'<symbol type="{shape}" name="{name}" alpha="1">{layers}</symbol>'


def _layer(kind: str, inner: str = "", **said: str) -> str:
    props = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in said.items())
    return f'<layer class="{kind}" enabled="1" locked="0" pass="0">{props}{inner}</layer>'


def _rgb(colour: str) -> str:
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + ",255" if colour else "0,0,0,0"


def _is_labelled(layer: Layer) -> bool:
    return "name" in layer.column_names and layer.name in (*LEVELS, "zone") and layer.name != "grid"


def _labels(layer: Layer) -> str:
    colours = palette.page()
    size = 10 if layer.name in ("district", "street") else 8
    buffer = f'<text-buffer bufferDraw="1" bufferSize="0.8" bufferColor="{_rgb(colours["panel"])}"/>'
    return (
        '<labeling type="simple"><settings calloutType="simple"><text-style fieldName="name" isExpression="0" '
        f'fontSize="{size}" fontSizeUnit="Point" fontFamily="{_FONT}" textColor="{_rgb(colours["t1"])}">'
        f'{buffer}</text-style><placement placement="1" polygonPlacementFlags="2"/></settings></labeling>'
    )


def _widgets(leaving: Leaving, layer: Layer) -> str:
    return "".join(
        f'<field name={quoteattr(column.name)}><editWidget type="ValueMap"><config><Option type="Map">'
        f'<Option type="List" name="map">{_map(leaving, words)}</Option></Option></config></editWidget></field>'
        for column in layer.columns
        if (words := words_of(leaving, layer, column.name))
    )


def words_of(leaving: Leaving, layer: Layer, column: str) -> dict[str, Text]:
    """Return the words of the codes that stand in a column; those that stand nowhere leave with nobody."""
    words = leaving.choices.get(f"{layer.name}.{column}", {})
    there = {str(value) for value in layer.values(column) if value is not None} if words else set()
    return {value: said for value, said in words.items() if value in there}


def _map(leaving: Leaving, words: Mapping[str, Text]) -> str:
    return "".join(
        f'<Option type="Map"><Option type="QString" name={quoteattr(leaving.say(said))} '
        f"value={quoteattr(value)}/></Option>"
        for value, said in words.items()
    )


def _aliases(leaving: Leaving, layer: Layer) -> str:
    return "".join(
        f'<alias field={quoteattr(column.name)} index="{at}" name={quoteattr(leaving.say(column.words))}/>'
        for at, column in enumerate(layer.columns, 1)
    )
