"""The chart vocabulary: six kinds, each a Vega-Lite specification made here from plain rows.

The browser draws them (static/web/rashin.js), reports and downloads draw the very same specification to SVG or PNG (:mod:`rashin.drawing`).
Colour is never the only signal: the compared line is dashed, limits are labelled, marks outside them change shape. Every chart has a sentence that says
what it shows (``description``), and the page carries the same rows as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rashin import display
from rashin.errors import Bilingual
from rashin.undrawn import without_empty

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_UNTITLED = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Shown:
    """How figures of a unit stand on an axis: a d3 format, and what a value is multiplied by before."""

    format: str
    factor: float = 1.0
    title: Bilingual = _UNTITLED


UNITS: dict[str, Shown] = {
    "share": Shown(".0%"),
    "s": Shown(",.0f", title=Bilingual("秒", "s")),
    "count": Shown(",.0f", title=Bilingual("件", "count")),
    "yen": Shown(",.0f", title=Bilingual("円", "yen")),
    "per_hour": Shown(".1f", title=Bilingual("件/時", "per hour")),
    "points": Shown(".1f", title=Bilingual("点", "points")),
}
OTHER = Shown(",.2~f")


def shown(unit: str) -> Shown:
    """Return how ``unit`` stands on an axis."""
    return UNITS.get(unit, OTHER)


def _axis(style: Shown, lang: str, **more: Any) -> dict[str, Any]:
    return {"format": style.format, "title": style.title(lang) or None, "tickCount": 4, **more}


def _in_unit(
    rows: Sequence[dict[str, Any]], unit: str, fields: Sequence[str], others: Sequence[float] = (), how: display.Scale | None = None
) -> tuple[list[dict[str, Any]], Shown]:
    """Return the rows with seconds as minutes, hours or days where they are many (as figures beside them are written), and how the axis says it."""
    values = [value for value in (*(row.get(name) for row in rows for name in fields), *others) if value is not None]
    if unit == "share" and values and max(values) - min(values) < 0.04:
        return list(rows), Shown(".1%")
    if unit != "s":
        return list(rows), shown(unit)
    how = how or display.scale(unit, values)
    if how.by == 1:
        return list(rows), shown(unit)
    divided = [{**row, **{name: row[name] / how.by for name in fields if row.get(name) is not None}} for row in rows]
    return divided, Shown(",.1f", 1 / how.by, how.word)


def _value_tip(style: Shown, lang: str) -> dict[str, Any]:
    word = style.title(lang)
    title = Bilingual("値", "Value")(lang) + (f" ({word})" if word else "")
    return {
        "field": "value",
        "type": "quantitative",
        "format": style.format.replace(".0%", ".1%").replace(".0f", ".1f" if style is UNITS["s"] else ".0f"),
        "title": title,
    }


def _n_tip() -> dict[str, Any]:
    return {"field": "n", "type": "quantitative", "format": ",", "title": "n"}


def _pointer(rows: Sequence[dict[str, Any]]) -> dict[str, str]:
    """A mark whose row has a ``link`` opens it when it is clicked (static/web/rashin.js); the page has the same link in its table."""
    return {"cursor": "pointer"} if any(row.get("link") for row in rows) else {}


def _moments(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A date alone would be read as midnight in Greenwich, and be the day before in America."""
    return [{**row, "t": f"{row['t']}T00:00"} if len(str(row["t"])) == 10 else dict(row) for row in rows]


#: A mark that stands for itself is drawn once, not once for each row.
_ONCE: dict[str, Any] = {"values": [{}]}
_WEEKDAYS = "'日月火水木金土'"


def _time_axis(rows: Sequence[dict[str, Any]], lang: str) -> dict[str, Any]:
    """How instants or days stand on an axis: with the weekday where there are few, never the same label twice."""
    days = {str(row["t"])[:10] for row in rows}
    if any(not str(row["t"]).endswith(("T00:00", "T00:00:00")) for row in rows if "T" in str(row["t"])):
        one = "%H:%M" if len(days) == 1 else "%m/%d %H:%M" if lang == "ja" else "%d %b %H:%M"
        few = {str(row["t"]): None for row in rows}
        return {
            "title": None,
            "labelOverlap": True,
            "labelSeparation": 6,
            "format": one,
            **({"values": [_moment(each) for each in few]} if len(few) <= 16 else {}),
        }
    if len(days) > 16:
        return {
            "title": None,
            "labelOverlap": True,
            "labelSeparation": 6,
            "format": "%m/%d" if lang == "ja" else "%d %b",
            "tickMinStep": 86_400_000,
        }
    at = sorted(date.fromisoformat(day) for day in days)
    places = [_moment(day.isoformat()) for day in at]
    common = {"title": None, "labelOverlap": True, "labelSeparation": 6, "values": places}
    if len(at) > 1 and all(day.day == 1 for day in at):
        return {**common, "format": "%Y-%m"}
    if at and (at[-1] - at[0]).days >= 2 * len(at):
        return {**common, "format": "%m/%d" if lang == "ja" else "%d %b"}
    named = f"timeFormat(datum.value, '%m/%d') + '(' + substring({_WEEKDAYS}, day(datum.value), day(datum.value) + 1) + ')'"
    return {**common, "labelExpr": named if lang == "ja" else "timeFormat(datum.value, '%a %d %b')"}


def _moment(text: str) -> dict[str, int]:
    """An instant on the reader's clock as an axis wants it."""
    at = datetime.fromisoformat(text)
    found = {"year": at.year, "month": at.month, "date": at.day}
    return found | {"hours": at.hour, "minutes": at.minute} if "T" in text else found


def _base(description: str, values: Sequence[dict[str, Any]], height: int, **more: Any) -> dict[str, Any]:
    spec = {
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": list(values)},
        **more,
    }
    return without_empty(spec)


def trend(
    rows: Sequence[dict[str, Any]],
    unit: str,
    lang: str,
    description: str,
    *,
    limits: tuple[float, float, float] | None = None,
    compared: bool = False,
    goal: Sequence[float] = (),
) -> dict[str, Any]:
    """A line over time. Rows: ``t`` (ISO), ``label``, ``value`` (null = gap), ``low``, ``high``, ``n``, ``compare``, ``outside`` (bool), ``link``, ``part``.

    ``part``: in which words the first or last bucket is not whole ("so far"): its point is hollow, the way to it dashed, the words beside it. ``limits``: lower limit, centre, upper limit of a control chart, drawn and named when there are enough points. The whole height above a point answers
    to the pointer, not only the dot. ``goal``: ends of a goal, drawn and named too.
    """
    rows, style = _in_unit(_moments(rows), unit, ("value", "low", "high", "compare"), (*(limits or ()), *goal))
    asked = [value * style.factor for value in goal]
    scale = {"zero": unit not in {"share", "s"}, "nice": True, **_domain(rows, [*(value * style.factor for value in limits or ()), *asked])}
    y = {"field": "value", "type": "quantitative", "axis": _axis(style, lang), "scale": scale}
    x = {"field": "t", "type": "temporal", "axis": _time_axis(rows, lang)}
    tooltip = [
        {"field": "label", "type": "nominal", "title": Bilingual("期間", "Period")(lang)},
        _value_tip(style, lang),
        _n_tip(),
    ]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "opacity": 0.14, "clip": True},
            "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}},
        },
        {"mark": {"type": "line", "invalid": "break-paths-filter-domains"}, "transform": _WHOLE, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "point", "size": 26},
            "transform": _WHOLE,
            "encoding": {
                "x": x,
                "y": y,
                "shape": {"condition": {"test": "datum.outside", "value": "triangle-up"}, "value": "circle"},
                "size": {"condition": {"test": "datum.outside", "value": 110}, "value": 26},
            },
        },
    ]
    if compared and any(row.get("compare") is not None for row in rows):
        layers.insert(
            1, {"mark": {"type": "line", "strokeDash": [4, 3], "opacity": 0.6}, "encoding": {"x": x, "y": {**y, "field": "compare"}}}
        )
    if all(row.get("low") is None for row in rows):
        del layers[0]  # no interval, no band: an empty one would stretch the axis
    layers += _not_whole(rows, x, y, {"ja": 30, "en": 64}[lang] if limits or goal else 8)
    layers += _limits([value * style.factor for value in limits or ()], lang)
    layers += [layer for value in asked for layer in _named_rule(value, Bilingual("目標", "goal")(lang), [6, 3])]
    wide = max(3, round(640 / max(1, len(rows))))
    hit = {"type": "rule", "strokeWidth": wide, "opacity": 0, **_pointer(rows)}
    layers.append({"mark": hit, "transform": [{"filter": "isValid(datum.value)"}], "encoding": {"x": x, "tooltip": tooltip}})
    return _base(description, rows, 240, layer=layers)


#: Buckets of which all days are there.
_WHOLE = [{"filter": "!datum.part"}]


def _not_whole(rows: Sequence[dict[str, Any]], x: dict[str, Any], y: dict[str, Any], room: int) -> list[dict[str, Any]]:
    """Hollow points with their words for buckets that are not whole, and a dashed way between each and its neighbour.

    ``room``: so many pixels at the right belong to the names of lines.
    """
    layers: list[dict[str, Any]] = []
    for at, beside, align in ((0, 1, "left"), (len(rows) - 1, len(rows) - 2, "right")):
        if len(rows) < 2 or not rows[at].get("part") or rows[at]["value"] is None:
            continue
        here, way = {"values": [rows[at]]}, {"values": [rows[each] for each in sorted((at, beside))]}
        dashed = {"type": "line", "strokeDash": [2, 3], "opacity": 0.8}
        words = {"type": "text", "align": align, "dx": 8 if align == "left" else -room, "dy": -9, "fontSize": 10}
        layers += [
            {"data": way, "transform": [{"filter": "isValid(datum.value)"}], "mark": dashed, "encoding": {"x": x, "y": y}},
            {"data": here, "mark": {"type": "point", "filled": False, "size": 40}, "encoding": {"x": x, "y": y}},
            {"data": here, "mark": words, "encoding": {"x": x, "y": y, "text": {"field": "part"}}},
        ]
    return layers


def _domain(rows: Sequence[dict[str, Any]], limits: Sequence[float]) -> dict[str, Any]:
    """Keep an interval of two or three cases from flattening the line: the band then runs off the chart."""
    values = [row[name] for row in rows for name in ("value", "compare") if row.get(name) is not None] + list(limits)
    ends = [row[name] for row in rows for name in ("low", "high") if row.get(name) is not None]
    if not values or not ends:
        return {}
    low, high = min(values), max(values)
    room = 1.5 * max(high - low, 0.05 * abs(high), 1e-9)
    if min(ends) >= low - room and max(ends) <= high + room:
        return {}
    return {"domain": [max(min(ends), low - room), min(max(ends), high + room)], "zero": False}


def _limits(values: Sequence[float], lang: str) -> list[dict[str, Any]]:
    named = (Bilingual("下限", "lower limit"), Bilingual("中心", "centre"), Bilingual("上限", "upper limit"))
    layers: list[dict[str, Any]] = []
    for name, value in zip(named, values, strict=False):
        layers += _named_rule(value, name(lang), [6, 3] if name is named[1] else [2, 3])
    return layers


def _named_rule(value: float, name: str, dash: list[int]) -> list[dict[str, Any]]:
    text = {"type": "text", "align": "right", "baseline": "bottom", "dy": -2, "x": "width", "fontSize": 10}
    return [
        {"data": _ONCE, "mark": {"type": "rule", "strokeDash": dash, "opacity": 0.8}, "encoding": {"y": {"datum": value}}},
        {"data": _ONCE, "mark": text, "encoding": {"y": {"datum": value}, "text": {"value": name}}},
    ]


def spark(rows: Sequence[dict[str, Any]], description: str) -> dict[str, Any]:
    """A line without axes, for a tile. Rows: ``t``, ``value``."""
    rows = _moments(rows)
    x = {"field": "t", "type": "temporal", "axis": None}
    y = {"field": "value", "type": "quantitative", "axis": None, "scale": {"zero": False}}
    last = {"mark": {"type": "point", "size": 22}, "encoding": {"x": x, "y": y}, "transform": [{"filter": "datum.last"}]}
    return _base(description, rows, 34, layer=[{"mark": {"type": "line", "strokeWidth": 1.4}, "encoding": {"x": x, "y": y}}, last])


def bars(rows: Sequence[dict[str, Any]], unit: str, lang: str, description: str, *, whole: float | None = None) -> dict[str, Any]:
    """Horizontal points with intervals, one per value of a dimension. Rows: ``name``, ``value``, ``low``, ``high``, ``n``, ``link``.

    ``whole``: the figure of all together, a dashed line to hold them against.
    """
    rows, style = _in_unit(rows, unit, ("value", "low", "high"), () if whole is None else (whole,))
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 180}}
    x = {"field": "value", "type": "quantitative", "axis": _axis(style, lang), "scale": {"zero": unit not in {"share", "s"}}}
    tooltip = [{"field": "name", "title": " "}, _value_tip(style, lang), _n_tip()]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": 2.5, "opacity": 0.5},
            "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {"mark": {"type": "point", "size": 60}, "encoding": {"y": y, "x": x}},
        {
            "mark": {"type": "bar", "opacity": 0, **_pointer(rows)},
            "encoding": {"y": y, "x": {"value": 0}, "x2": {"value": "width"}, "tooltip": tooltip},
        },
    ]
    if whole is not None:
        layers.insert(
            0, {"mark": {"type": "rule", "strokeDash": [4, 3], "opacity": 0.8}, "encoding": {"x": {"datum": whole * style.factor}}}
        )
    return _base(description, rows, max(60, 22 * len(rows) + 30), layer=layers)


def heat(rows: Sequence[dict[str, Any]], unit: str, lang: str, description: str, better: str = "") -> dict[str, Any]:
    """Hour × weekday. Rows, in order of the hour: ``weekday`` (label) with its ``order``, ``hour`` (label), ``value`` (null = no data), ``n``,
    ``shown`` (text in the cell), ``few`` (too few to judge: no tone, faint figures), ``hidden`` (far from the whole: framed), ``link``.

    ``better``: higher or lower: then the worse end has the stronger tone; else more of it has.
    """
    hours = list(dict.fromkeys(row["hour"] for row in rows))
    days = list(dict.fromkeys(row["weekday"] for row in sorted(rows, key=lambda row: row["order"])))
    encoding = {
        "x": {"field": "hour", "type": "ordinal", "sort": hours, "axis": {"title": None, "labelAngle": 0}},
        "y": {"field": "weekday", "type": "ordinal", "sort": days, "axis": {"title": None}},
    }
    judged = better in {"higher", "lower"}
    scale = {"zero": False, "range": "ramp" if judged else "heatmap", "reverse": better == "higher"}
    colour = {"field": "value", "type": "quantitative", "legend": None, "scale": scale}
    word = shown(unit).title(lang)
    tooltip = [
        {"field": "weekday", "title": Bilingual("曜日", "Weekday")(lang)},
        {"field": "hour", "title": Bilingual("時", "Hour")(lang)},
        {"field": "shown", "title": Bilingual("値", "Value")(lang) + (f" ({word})" if word else "")},
        _n_tip(),
    ]
    enough = [{"filter": "!datum.few"}]
    text = {**encoding, "text": {"field": "shown"}, "opacity": {"condition": {"test": "datum.few", "value": 0.55}, "value": 0.98}}
    layers = [
        {"mark": {"type": "rect"}, "transform": enough, "encoding": {**encoding, "color": colour}},
        {
            "mark": {"type": "rect", "filled": False, "strokeWidth": 2, "color": None},
            "transform": [{"filter": "datum.hidden"}],
            "encoding": {**encoding, "stroke": {"datum": 1, "type": "nominal", "legend": None, "scale": {"range": "category"}}},
        },
        {"mark": {"type": "text", "fontSize": 10}, "encoding": text},
        {"mark": {"type": "rect", "opacity": 0, **_pointer(rows)}, "encoding": {**encoding, "tooltip": tooltip}},
    ]
    if all(row["few"] or row["value"] is None for row in rows):
        layers = layers[2:]  # nothing has a tone: a scale over nothing would complain
    return _base(description, rows, 28 * len(days) + 24, layer=layers, resolve={"scale": {"color": "independent"}})


def distribution(
    rows: Sequence[dict[str, Any]],
    unit: str,
    lang: str,
    description: str,
    marks: Sequence[tuple[str, float]] = (),
    how: display.Scale | None = None,
) -> dict[str, Any]:
    """Counts per class with labelled percentiles. Rows: ``low``, ``high``, ``label``, ``count``, ``link``. ``marks``: (label, value); their labels stand on
    lines of their own, so that close values stay readable. ``how``: the scale of the axis; default that of the values."""
    rows, style = _in_unit(rows, unit, ("low", "high"), [value for _, value in marks], how)
    x = {"field": "low", "type": "quantitative", "axis": _axis(style, lang, tickCount=8), "bin": {"binned": True}, "scale": {"nice": False}}
    tooltip = [
        {"field": "label", "title": Bilingual("区間", "Class")(lang)},
        {"field": "count", "type": "quantitative", "format": ",", "title": Bilingual("件数", "Count")(lang)},
    ]
    top = max((row["count"] for row in rows), default=0) or 1
    counted = {"field": "count", "type": "quantitative"}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "binSpacing": 1, "opacity": 0.75},
            "encoding": {
                "x": x,
                "x2": {"field": "high"},
                "y": {**counted, "axis": {"title": None, "tickCount": 3, "format": ",.0f"}, "scale": {"domain": [0, top * 1.05]}},
            },
        },
        {
            "mark": {"type": "bar", "binSpacing": 0, "opacity": 0, **_pointer(rows)},
            "encoding": {"x": x, "x2": {"field": "high"}, "y": {"value": 0}, "y2": {"value": "height"}, "tooltip": tooltip},
        },
    ]
    lowest = min((value for _, value in marks), default=0.0)
    for at, (label, value) in enumerate(marks):
        dash = [] if at == 0 else [4, 3]
        place = {"x": {"datum": value * style.factor}}
        layers.append({"data": _ONCE, "mark": {"type": "rule", "strokeDash": dash, "opacity": 0.9}, "encoding": place})
        left = value == lowest and value * style.factor > 0.25 * max(row["high"] for row in rows)
        text = {"type": "text", "align": "right" if left else "left", "dx": -4 if left else 4, "y": 8 + 14 * at}
        layers.append({"data": _ONCE, "mark": text, "encoding": {**place, "text": {"value": label}}})
    return _base(description, rows, 190, layer=layers)


def lines(
    rows: Sequence[dict[str, Any]], unit: str, lang: str, description: str, *, since: tuple[str, str] | None = None
) -> dict[str, Any]:
    """Several named lines over time. Rows: ``t``, ``name``, ``value``, ``n``, ``part`` (words: this bucket is not whole, its point is hollow).

    Names are told apart by colour and by dash. ``since``: a day (ISO) and its name, drawn as an upright line: from then on something was different.
    """
    rows, style = _in_unit(_moments(rows), unit, ("value",))
    legend = {"orient": "bottom", "title": None, "columns": 3}
    encoding = {
        "x": {"field": "t", "type": "temporal", "axis": _time_axis(rows, lang)},
        "y": {"field": "value", "type": "quantitative", "axis": _axis(style, lang), "scale": {"zero": False}},
        "color": {"field": "name", "type": "nominal", "legend": legend},
        "strokeDash": {"field": "name", "type": "nominal", "legend": legend},  # in every layer alike: else there are two legends
    }
    tooltip = [{"field": "name", "title": " "}, _value_tip(style, lang), _n_tip()]
    layers: list[dict[str, Any]] = [
        {"mark": "line"},
        {"mark": {"type": "point", "size": 20}, "transform": _WHOLE, "encoding": {"tooltip": tooltip}},
    ]
    if any(row.get("part") for row in rows):
        said = {"field": "part", "type": "nominal", "title": " "}
        hollow = {"type": "point", "filled": False, "size": 40}
        layers.append({"mark": hollow, "transform": [{"filter": "datum.part"}], "encoding": {"tooltip": [*tooltip, said]}})
    if since is None or all(row.get("value") is None for row in rows):
        return _base(description, rows, 260, layer=layers, encoding=encoding)
    layers = [{**layer, "encoding": {**encoding, **layer.get("encoding", {})}} for layer in layers]  # the upright line has no part in them
    return _base(description, rows, 260, layer=[*_upright(since, encoding["x"]), *layers])


def _upright(since: tuple[str, str], x: dict[str, Any]) -> list[dict[str, Any]]:
    here = {"values": _moments([{"t": since[0]}])}
    text = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "y": 0, "fontSize": 10}
    return [
        {"data": here, "mark": {"type": "rule", "strokeDash": [4, 3], "opacity": 0.8}, "encoding": {"x": x}},
        {"data": here, "mark": text, "encoding": {"x": x, "text": {"value": since[1]}}},
    ]
