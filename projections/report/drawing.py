"""The page's hand in drawing: Vega-Lite's words for the axes, colours and marks that its charts share.

Colours are the page's CSS variables: SVG takes them as they are, so that a chart follows the colour scheme, and paper,
without being drawn again. Every text is drawn as text; nothing that a person wrote is part of an expression.
"""

from collections.abc import Mapping, Sequence

from projections.report.section import Spec

ACCENT = "var(--accent)"
WARM = "var(--warm)"
GOOD = "var(--good)"
INK = "var(--ink)"
MUTED = "var(--muted)"
LINE = "var(--line)"
GROUND = "var(--ground)"

KINDS = ("open", "planned", "in_progress", "shipped", "declined")
KIND_NAMES: Mapping[str, str] = {
    "open": "open", "planned": "planned", "in_progress": "in progress", "shipped": "shipped", "declined": "declined",
}  # fmt: skip
KIND_COLOURS: Mapping[str, str] = {kind: f"var(--{kind.replace('_', '-')})" for kind in KINDS}
"""A ramp by lightness, which every eye can tell apart."""

CATEGORIES = tuple(f"var(--category-{index})" for index in range(1, 9))
"""Okabe and Ito's palette, as the page's style has it for its grounds."""

_MONTHS: Spec = {"year": "%Y", "quarter": "%b", "month": "%b", "week": "%-d %b", "date": "%-d %b"}

_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif'
"""That of the page; named, since the room for a text is measured without the page's style."""

_CONFIG: Spec = {
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "labelColor": MUTED, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
        "domainColor": LINE, "tickColor": LINE, "gridColor": LINE, "labelPadding": 6, "titlePadding": 8,
    },
    "axisX": {"grid": False, "labelOverlap": "greedy", "labelFlush": False},
    "axisY": {"domain": False, "ticks": False, "tickCount": 4},
    "legend": {
        "labelColor": MUTED, "labelFontSize": 12, "labelLimit": 120, "title": None, "orient": "top",
        "direction": "horizontal",
        "symbolType": "circle", "symbolSize": 80, "columnPadding": 16, "offset": 6,
        "columns": {"expr": "width < 420 ? 2 : width < 700 ? 5 : 8"},
    },
    "text": {"color": INK, "fontSize": 12},
    "bar": {"cornerRadius": 0},
    "rule": {"color": MUTED},
}  # fmt: skip


_ONCE: Spec = {"values": [{}]}
"""What is drawn once, however many rows the chart has."""


def chart(values: Sequence[Mapping[str, object]], *, height: int | Spec, **said: object) -> Spec:
    """A chart as wide as the page lets it be, over these rows."""
    return {
        "data": {"values": list(values)},
        "width": "container",
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "config": _CONFIG,
        **said,
    }


def time(field: str) -> Spec:
    """A moment, in UTC, along the bottom."""
    axis = {"title": None, "format": _MONTHS, "tickCount": {"expr": "width < 420 ? 4 : 10"}}
    return {"field": field, "type": "temporal", "scale": {"type": "utc"}, "axis": axis}


def amount(field: str, *, absolute: bool = False) -> Spec:
    """How many, upwards."""
    axis: dict[str, object] = {"title": None, "format": ",.0f"}
    if absolute:
        axis["labelExpr"] = "format(abs(datum.value), ',.0f')"
    return {"field": field, "type": "quantitative", "axis": axis}


def colours(field: str, domain: Sequence[str], shades: Sequence[str], *, legend: bool = True) -> Spec:
    """A colour for each of these."""
    scale = {"domain": list(domain), "range": list(shades)}
    return {"field": field, "type": "nominal", "scale": scale, **({} if legend else {"legend": None})}


def tip(field: str, title: str, kind: str, form: str = "") -> Spec:
    """A line of what is shown where the pointer is."""
    if kind == "temporal":
        return {"field": field, "title": title, "type": kind, "format": form or "%-d %b %Y", "formatType": "utc"}
    return {
        "field": field,
        "title": title,
        "type": kind,
        **({"format": form or ",.0f"} if kind == "quantitative" else {}),
    }


def on_hover(field: str, mark: Spec) -> Spec:
    """A mark that is seen only at the moment nearest to the pointer."""
    return {
        "mark": mark,
        "params": [
            {
                "name": "hover",
                "select": {
                    "type": "point",
                    "fields": [field],
                    "nearest": True,
                    "on": "pointerover",
                    "clear": "pointerout",
                },
            }
        ],
        "encoding": {"opacity": {"condition": {"param": "hover", "empty": False, "value": 1}, "value": 0}},
    }


def level(value: float, text: str) -> Sequence[Spec]:
    """A line across the chart at a height, and what it is at its right end, readable over whatever is behind it."""
    at = {"y": {"datum": value, "type": "quantitative"}}
    words = {"type": "text", "align": "right", "baseline": "bottom", "dy": -3, "text": text, "x": "width"}
    halo = {"stroke": GROUND, "strokeWidth": 4, "strokeJoin": "round", "color": GROUND}
    return (
        {"data": _ONCE, "mark": {"type": "rule", "strokeDash": [4, 4], "color": MUTED}, "encoding": at},
        {"data": _ONCE, "mark": {**words, **halo}, "encoding": at},
        {"data": _ONCE, "mark": {**words, "color": INK}, "encoding": at},
    )


ROW: Spec = {"field": "place", "type": "ordinal", "axis": None}
"""A chart of rows, one below the other, each with its number in `place`."""


def row_title(field: str) -> Spec:
    """What a row is called, above it: at every width there is room for it."""
    return {
        "mark": {"type": "text", "align": "left", "baseline": "middle", "yOffset": -8, "limit": {"expr": "width"}},
        "encoding": {"y": ROW, "x": {"value": 0}, "text": {"field": field}},
    }


def today(moment: int) -> Sequence[Spec]:
    """The moment that the page is of, as a line downwards."""
    return (
        {
            "data": {"values": [{"moment": moment}]},
            "mark": {"type": "rule", "color": MUTED, "strokeDash": [2, 3]},
            "encoding": {"x": {"field": "moment", "type": "temporal"}},
        },
    )
