"""A change as the page shows it: what moved, every way of slicing with its parts, which queue at which time of day, where each segment leads."""

from __future__ import annotations

import math
from typing import Any

from django.urls import reverse

from rashin import charts_why, display
from rashin.errors import Bilingual
from rashin.insight.change import Change
from rashin.insight.change.parts import Segment, Split
from rashin.insight.change.sides import SLOT
from rashin.insight.change.staffed import Staffed
from rashin.insight.change.ways import CROSSED
from rashin.web.pages.filters import UNKNOWN
from rashin.web.pages.kpi.links import Links
from rashin.web.pages.why.choice import Choice
from rashin.web.pages.why.written import moved

#: So many segments stand in a table; a file has them all.
LISTED = 60
#: So many segments stand in a waterfall, the largest first; the others go together.
DRAWN = 10
COLUMNS = ("by", "segment", "n0", "n1", "value0", "value1", "part", "rate", "mix", "low", "high", "share", "p", "within_chance")


def make(found: Change, choice: Choice, may_see_rows: bool) -> dict[str, Any]:
    """Return the change for the page."""
    lang = choice.sides.filters.lang
    scale = _scale(found)
    listed = [split(each, found, choice, may_see_rows) for each in found.splits]
    if choice.way and not any(set(each.by) == set(choice.way) for each in found.splits):
        asked = choice.by_way(choice.way)
        listed = [split(each, found, choice, may_see_rows) for each in asked.splits] + listed
        found_not = asked.not_split
    else:
        listed.sort(key=lambda each: set(each["by"]) != set(choice.way))
        found_not = ()
    crossed = next((each for each in found.splits if set(each.by) == set(CROSSED)), None)
    return {
        "found": found,
        "text": found.text(lang),
        "scale": scale,
        "head": head(found, lang),
        "splits": [each for each in listed if each["rows"] or choice.everything or set(each["by"]) == set(choice.way)],
        "quiet_splits": [each for each in listed if not (each["rows"] or choice.everything or set(each["by"]) == set(choice.way))],
        "hidden_count": sum(each["hidden"] for each in listed),
        "paradoxes": [each for each in listed if each["simpson"]],
        "cross": _cross(crossed, found, choice, may_see_rows) if crossed is not None else None,
        "not_split": [(way, reason(lang)) for way, reason in (*found.not_split, *found_not)],
        "notes": [note(lang) for note in found.notes],
        "toggle": choice.query(all=None if choice.everything else "1"),
    }


def _scale(found: Change) -> display.Scale:
    return display.scale(found.unit, [found.value0, found.value1])


def words(found: Change) -> tuple[Bilingual, Bilingual]:
    """What the two sides are called in a table: before and after, or the other group and this one."""
    if found.before.filters == found.after.filters:
        return Bilingual("前", "Before"), Bilingual("後", "After")
    return Bilingual("相手", "Other"), Bilingual("こちら", "This")


def head(found: Change, lang: str) -> dict[str, Any]:
    """Return both values and the change."""
    scale = _scale(found)
    ends = "" if found.low is None or found.high is None else f"{moved(scale, found.low, lang)} … {moved(scale, found.high, lang)}"
    tone = "" if found.good is None else "good" if found.good else "bad"
    word = (
        Bilingual("偶然の範囲", "within chance")
        if found.noise
        else {"good": Bilingual("改善", "better"), "bad": Bilingual("悪化", "worse")}.get(tone)
    )
    return {
        "before": found.before.label(lang),
        "after": found.after.label(lang),
        "value0": scale.text(found.value0),
        "value1": scale.text(found.value1),
        "change": moved(scale, found.total, lang),
        "ends": ends,
        "tone": tone,
        "word": word(lang) if word else "",
        "unit": "" if scale.mark else scale.word(lang),
        "words": [word(lang) for word in words(found)],
    }  # fmt: skip


def split(each: Split, found: Change, choice: Choice, may_see_rows: bool) -> dict[str, Any]:
    """Return one way of slicing."""
    lang, scale = choice.sides.filters.lang, _scale(found)
    name = "+".join(each.by)
    segments = each.segments if choice.everything else each.shown
    further = segments[LISTED:]
    segments = segments[:LISTED]
    return {
        "by": each.by,
        "label": each.label(lang),
        "text": each.text(lang),
        "rows": [row(one, each, found, choice, may_see_rows) for one in segments],
        "hidden": len(each.hidden),
        "further": len(further),
        "further_part": moved(scale, math.fsum(one.part for one in further), lang) if further else "",
        "has_mix": each.kind in ("share", "mean"),
        "total": moved(scale, each.total, lang),
        "mix": moved(scale, each.mix, lang),
        "rate": moved(scale, each.rate, lang),
        "coverage": f"{each.coverage:.0%}" if each.coverage is not None and 0 <= each.coverage <= 1.5 else None,
        "simpson": each.simpson,
        "withheld": each.withheld,
        "chart": _waterfall(each, found, choice, may_see_rows) if each.shown else None,
        "more": f"{reverse('why-segments')}?{choice.query(split=name, all='1')}",
        "anchor": "by-" + "-".join(each.by),
        "left": moved(scale, math.fsum(one.part for one in each.hidden), lang) if each.hidden and not choice.everything else "",
    }


def row(one: Segment, each: Split, found: Change, choice: Choice, may_see_rows: bool) -> dict[str, Any]:
    """Return one segment as its line in a table."""
    lang, scale = choice.sides.filters.lang, _scale(found)
    ends = "" if one.low is None or one.high is None else f"{moved(scale, one.low, lang)} … {moved(scale, one.high, lang)}"
    closer, rows = links(one, each, choice, may_see_rows)
    return {
        "name": one.label(lang),
        "closer": closer,
        "rows": rows,
        "value0": "" if one.value0 is None else scale.text(one.value0),
        "value1": "" if one.value1 is None else scale.text(one.value1),
        "span0": scale.span(one.low0, one.high0),
        "span1": scale.span(one.low1, one.high1),
        "n0": _count(one.n0, found),
        "n1": _count(one.n1, found),
        "part": moved(scale, one.part, lang),
        "rate": moved(scale, one.rate, lang),
        "mix": moved(scale, one.mix, lang),
        "ends": ends,
        "share": "" if one.share is None or found.noise else f"{one.share:+.0%}".replace("-", "−"),
        "noise": one.noise,
        "tone": "" if one.noise else tone(one.part, found.better),
    }


def _count(number: float, found: Change) -> str:
    return "" if math.isnan(number) or found.unit == "yen" else f"{number:,.0f}"


def tone(part: float, better: str) -> str:
    """good, bad, or nothing where the KPI has no good side."""
    if better not in ("higher", "lower") or not part:
        return ""
    return "good" if (part > 0) == (better == "higher") else "bad"


def links(one: Segment, each: Split, choice: Choice, may_see_rows: bool) -> tuple[str, str]:
    """Return where a segment leads: the KPI's page limited to it, and its rows ("" for who may not see them); nothing for what is in no shown segment."""
    if not one.key:
        return "", ""
    where: dict[str, tuple[str, ...]] = {}
    for name, value in zip(each.by, one.key, strict=True):
        if name == SLOT:
            where["hour"] = (str(int(str(value)[:2]) % 24),)
        else:
            where[name] = (UNKNOWN if value is None else str(value),)
    to = Links(choice.sides.filters, choice.kpi, may_see_rows)
    compare = choice.sides.elsewhere
    return to.closer(where=where, compare=compare), to.rows(where=where, compare=compare)


def _waterfall(each: Split, found: Change, choice: Choice, may_see_rows: bool) -> dict[str, Any]:
    lang = choice.sides.filters.lang
    steps = [
        (one.label(lang), one.part, tone(one.part, found.better) or "even", links(one, each, choice, may_see_rows)[0]) for one in each.shown[:DRAWN]
    ]  # fmt: skip
    if len(each.shown) > DRAWN:
        rest = each.shown[DRAWN:]
        steps.append((Bilingual(f"ほか{len(rest)}区分", f"{len(rest)} more")(lang), math.fsum(one.part for one in rest), "rest", ""))
    if each.hidden:
        count = len(each.hidden)
        said = Bilingual(f"偶然の範囲({count})", f"within chance ({count})")(lang)
        steps.append((said, math.fsum(one.part for one in each.hidden), "rest", ""))
    told = Bilingual(
        f"{each.label.ja}ごとの寄与: {found.before.label.ja}から{found.after.label.ja}まで、足すと差になります。",
        f"What each {each.label.en} brought, from {found.before.label.en} to {found.after.label.en}; the steps add up to the change.",
    )
    return drawn(found, steps, told(lang), lang)


def drawn(found: Change, steps: list[tuple[str, float, str, str]], said: str, lang: str) -> dict[str, Any]:
    """Return a waterfall. ``steps``: name, part, kind, link."""
    return waterfall(found.value0, found.value1, steps, _scale(found), said, lang, words(found))


def waterfall(
    before: float,
    after: float,
    steps: list[tuple[str, float, str, str]],
    scale: display.Scale,
    said: str,
    lang: str,
    ends: tuple[Bilingual, Bilingual] = (Bilingual("前", "before"), Bilingual("後", "after")),
) -> dict[str, Any]:
    """Return a waterfall from one value to the other."""
    # two steps of one name would fall onto each other: the second gets a blank more
    names: dict[str, int] = {}
    rows = []
    for name, part, kind, link in steps:
        names[name] = names.get(name, -1) + 1
        rows.append({"name": name + "\u200b" * names[name], "part": part, "kind": kind, "shown": moved(scale, part, lang), "link": link})
    first, last = (each(lang) for each in ends)
    return {"spec": charts_why.waterfall((first, before), rows, (last, after), scale, lang, said), "description": said, "small": False}


def through(found: Staffed, better: str, lang: str) -> dict[str, Any]:
    """Return the change through the staffing model; only the reason where there is none."""
    from rashin.insight.change import sayings

    if not found.drivers or found.value0 is None or found.value1 is None:
        return {"text": found.text(lang), "rows": [], "chart": None}
    scale = display.scale(found.unit, [found.value0, found.value1])
    steps = [
        (each.label(lang), each.part, "rest" if each.name == "unexplained" else tone(each.part, better) or "even", "")
        for each in found.drivers
    ]
    said = Bilingual(
        "要員モデルを通した寄与。足すと差になります。",
        "What each driver brought through the staffing model; the steps add up to the change.",
    )
    return {
        "text": found.text(lang),
        "rows": [
            {
                "name": each.label(lang),
                "before": "" if each.before is None else sayings.value(each.before, each.unit)(lang),
                "after": "" if each.after is None else sayings.value(each.after, each.unit)(lang),
                "part": moved(scale, each.part, lang),
                "tone": tone(each.part, better),
                "rest": each.name == "unexplained",
            }
            for each in found.drivers
        ],
        "chart": waterfall(found.value0, found.value1, steps, scale, said(lang), lang),
        "total": moved(scale, found.total, lang),
        "model": [None if each is None else scale.text(each) for each in (found.model0, found.model1)],
        "measured": [scale.text(found.value0), scale.text(found.value1)],
        "patience": None if found.patience_s is None else f"{found.patience_s:,.0f}",
    }  # fmt: skip


def _cross(each: Split, found: Change, choice: Choice, may_see_rows: bool) -> dict[str, Any]:
    lang, scale = choice.sides.filters.lang, _scale(found)
    at, queue = each.by.index(SLOT), 1 - each.by.index(SLOT)
    cells = []
    for one in sorted((one for one in each.segments if one.key), key=lambda one: -(one.n0 + one.n1)):
        pair = one.label(lang).split(" × ")
        cells.append(
            {
                "row": pair[queue] if len(pair) == 2 else one.label(lang),
                "column": str(one.key[at]),
                "kind": "rest" if one.noise else tone(one.part, found.better) or "even",
                "noise": one.noise,
                "sign": "+" if one.part > 0 else "−",
                "shown": moved(scale, one.part, lang),
                "n0": one.n0,
                "n1": one.n1,
                "link": links(one, each, choice, may_see_rows)[0],
            }
        )
    said = Bilingual(
        f"窓口 × 30分ごとの時間帯。色の付いた{len(each.shown)}か所が偶然を超えて動いた組、薄いところは偶然の範囲です。",
        f"Queue × half hour. {len(each.shown)} coloured cells moved beyond chance; the faint ones are within it.",
    )(lang)
    names = Bilingual("窓口", "Queue")(lang), Bilingual("時間帯", "Half hour")(lang)
    chart = {"spec": charts_why.cross(cells, lang, said, names), "description": said, "small": False} if cells and each.shown else None
    return {"chart": chart, "shown": len(each.shown), "hidden": len(each.hidden), "text": each.text(lang)}


def records(found: Change, lang: str) -> list[dict[str, Any]]:
    """Return the whole and every segment as rows of a file."""
    whole = {
        "by": "",
        "segment": found.name(lang),
        "n0": found.cell0.n,
        "n1": found.cell1.n,
        "value0": found.value0,
        "value1": found.value1,
    }
    listed: list[dict[str, Any]] = [whole | {"part": found.total, "low": found.low, "high": found.high, "within_chance": found.noise}]
    for each in found.splits:
        for one in each.segments:
            plain = {name: getattr(one, name) for name in ("value0", "value1", "part", "rate", "mix", "low", "high", "share", "p")}
            counts = {"n0": one.n0, "n1": one.n1} if one.key else {}
            listed.append({"by": "+".join(each.by), "segment": one.label(lang), **counts, **plain, "within_chance": one.noise})
    return listed
