"""How the single durations behind a mean are spread: what the mean hides."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rashin import charts, display
from rashin.errors import Bilingual
from rashin.query.distribution import Class, Distribution, classes, spread
from rashin.web import asking
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters
from rashin.web.pages.kpi import course
from rashin.web.pages.kpi.links import Links

if TYPE_CHECKING:
    from rashin.formula import Histogram

PERCENTILES = (0.5, 0.75, 0.9, 0.95, 0.99)
MARKED = (0.5, 0.9, 0.95)
#: A mean this many times the median (or its inverse) is no typical duration any more.
FAR = 1.25


def applies(asked: str) -> bool:
    """True for a duration that is made of single ones."""
    from rashin.query.distribution import amounts

    definition = centre().catalogue.definition(asked)
    return definition.unit == "s" and amounts(definition) is not None


def make(filters: Filters, links: Links) -> dict[str, Any]:
    """Return chart, percentiles and classes; only a reason where there is nothing to show."""
    if untold := asking.untold(course.head(filters, links.asked), centre().catalogue.definition(links.asked).label):
        return {"found": None, "chart": None, "untold": untold}
    own = centre()
    question = own.question(links.asked, period=filters.period, filters=filters.question_filters, as_of=filters.as_of)
    found = spread(own.store, own.catalogue, links.asked, question, scope=filters.scope)
    if found is None or not found.histogram.size:
        return {"found": found, "chart": None}
    histogram, lang = found.histogram, filters.lang
    mean, points = histogram.mean(), {each: histogram.percentile(each) for each in PERCENTILES}
    scale = display.scale(found.unit, [mean])
    listed = classes(histogram)
    edges = _edges(listed, scale)
    rows = [_row(each, edges, lang, links) for each in listed]
    said = _said(found, listed, edges, lang)
    marks = _marks(mean, points, lang)
    return {
        "found": found,
        "chart": {"spec": charts.distribution(_drawn(rows), found.unit, lang, said, marks, scale), "description": said},
        "rows": rows,
        "n": round(histogram.size),
        "figures": [
            (Bilingual("平均", "Mean")(lang), _text(mean, lang)),
            *((_name(p, lang), _text(points[p], lang)) for p in PERCENTILES),
            (Bilingual("最短", "Shortest")(lang), _text(float(histogram.values[0]), lang)),
            (Bilingual("最長", "Longest")(lang), _text(float(histogram.values[-1]), lang)),
        ],
        "hides": hides(histogram, lang),
        "exact": found.state != "approximate",
        "reason": found.reason(lang) if found.reason and found.state == "approximate" else "",
    }


def hides(histogram: Histogram, lang: str) -> str:
    """Return what the mean hides, in words; nothing when it stands near the median."""
    mean, median = histogram.mean(), histogram.median()
    if mean > 0 and not median:
        none = histogram.share_at_most(0)
        return Bilingual(
            f"{none:.0%}の件は0秒です。平均({_text(mean, lang)})は、残りの{1 - none:.0%}の件だけがつくっています。",
            f"{none:.0%} took no time at all: the mean ({_text(mean, lang)}) is made by the other {1 - none:.0%} alone.",
        )(lang)
    if not median or 1 / FAR <= mean / median <= FAR:
        return ""
    below, said, middle = histogram.share_at_most(mean), _text(mean, lang), _text(median, lang)
    if mean > median:
        top = histogram.percentile(0.9)
        held = float((histogram.values * histogram.counts)[histogram.values > top].sum() / (histogram.values @ histogram.counts))
        return Bilingual(
            f"平均({said})は中央値({middle})の{mean / median:.1f}倍です。{below:.0%}の件は平均より短く、"
            f"長いほうの1割が全体の時間の{held:.0%}を占めています。「ふつうの一件」は中央値で、待たせすぎ・長すぎは90%・95%の値で見てください。",
            f"The mean ({said}) is {mean / median:.1f} times the median ({middle}): {below:.0%} take less than "
            f"the mean, and the longest tenth makes up {held:.0%} of all the time. Read the median for the usual case, the 90 % and 95 % values for the bad ones.",
        )(lang)
    return Bilingual(
        f"平均({said})は中央値({middle})より短くなっています。ごく短い件が平均を下げています。",
        f"The mean ({said}) lies below the median ({middle}): very short ones pull it down.",
    )(lang)


def _row(each: Class, scale: display.Scale, lang: str, links: Links) -> dict[str, Any]:
    unit = "" if scale.mark else scale.word(lang)
    text = (
        Bilingual(f"{scale.text(each.low)}{unit}以上", f"{scale.text(each.low)} {unit} and more")(lang)
        if each.high is None
        else f"{scale.text(each.low)}–{scale.text(each.high)}{'' if lang == 'ja' else ' '}{unit}"
    )
    link = links.rows("numerator", at_least=f"{each.low:g}", below=None if each.high is None else f"{each.high:g}") if each.count else ""
    return {"low": each.low, "high": each.high, "count": each.count, "label": text, "link": link}


def _drawn(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The class without an end is drawn as wide as the others."""
    width = rows[0]["high"] - rows[0]["low"] if rows[0]["high"] is not None else 1.0
    return [{**row, "high": row["low"] + width if row["high"] is None else row["high"]} for row in rows]


def _said(found: Distribution, listed: list[Class], scale: display.Scale, lang: str) -> str:
    ja, en = (
        ["一件ごとの長さの分布。実線は平均、破線は中央値・90%・95%の値"],
        ["How long each one took; solid: mean, dashed: median, 90 % and 95 %"],
    )
    if listed[-1].high is None:
        unit = "" if scale.mark else scale.word(lang)
        edge = scale.text(listed[-1].low)
        ja.append(f"右端の棒は{edge}{unit}以上をまとめたもの({listed[-1].count:,}件)")
        en.append(f"the last bar holds all from {edge} {unit} on ({listed[-1].count:,})")
    return Bilingual("。".join(ja), "; ".join(en))(lang)


def _edges(listed: list[Class], scale: display.Scale) -> display.Scale:
    """The scale of the classes' edges: that of the figure, without digits that say nothing."""
    edges = [edge / scale.by for each in listed for edge in (each.low, each.high) if edge is not None]
    return replace(scale, digits=0 if all(abs(edge - round(edge)) < 1e-9 for edge in edges) else 1)


def _text(value: float, lang: str) -> str:
    scale = display.scale("s", [value])
    return f"{scale.text(value)}{'' if lang == 'ja' else ' '}{scale.word(lang)}"


def _marks(mean: float, points: dict[float, float], lang: str) -> list[tuple[str, float]]:
    """The lines of the chart: the mean, and the percentiles; those at one and the same place share a line."""
    held: dict[float, list[float]] = {}
    for p in MARKED:
        held.setdefault(points[p], []).append(p)
    said = {at: "・".join(_short(p, lang) for p in each) for at, each in held.items()}
    return [(_mark("平均", "mean", mean, lang), mean), *((f"{text} {_text(at, lang)}", at) for at, text in said.items())]


def _short(p: float, lang: str) -> str:
    return Bilingual("中央値", "median")(lang) if p == 0.5 else f"{p:.0%}"


def _mark(ja: str, en: str, value: float, lang: str) -> str:
    return f"{Bilingual(ja, en)(lang)} {_text(value, lang)}"


def _name(p: float, lang: str) -> str:
    return Bilingual("中央値", "Median")(lang) if p == 0.5 else Bilingual(f"{p:.0%}がこれ以下", f"{p:.0%} at most")(lang)
