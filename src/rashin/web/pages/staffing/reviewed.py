"""A plan beside what happened: contacts and service level planned and reached, what moved the level, the intervals in which it was wrong."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin import charts_staffing
from rashin.errors import Bilingual
from rashin.insight.staffing.reckon import weighted
from rashin.web.pages.forecast.shown import count, named, share
from rashin.web.pages.staffing.choice import called, ref_of

if TYPE_CHECKING:
    from rashin.insight.staffing.model import BackTest, GroupBackTest

PARTS = {
    "volume": Bilingual("件数の違い", "Contacts"),
    "handling": Bilingual("処理時間の違い", "Handling time"),
    "seats": Bilingual("席数の違い", "Seats at work"),
    "rest": Bilingual("その他(モデルで説明できない分)", "The rest (not explained by the model)"),
}


def make(found: BackTest, group: str, day: str, lang: str, query: Any) -> dict[str, Any]:
    """Return what the page needs. ``group``, ``day``: of the address; ``query(g=…, day=…)``: the address with another of them."""
    skipped = [(name, why(lang)) for name, why in found.skipped]
    if not found.groups:
        return {"tests": [], "skipped": skipped, "empty": True}
    one = next((each for each in found.groups if ref_of(each.group) == group), max(found.groups, key=lambda each: each.came))
    return {
        "tests": [_line(each, each is one, lang, query) for each in found.groups],
        "many": len(found.groups) > 1,
        "skipped": skipped,
        "one": one,
        "name_of": called(one.group, lang),
        "text": one.text(lang),
        "measured": one.measured,
        "pile": one.group.model == "pile",
        "parts": _parts(one, lang),
        "worst": [_miss(each, lang, query(g=ref_of(one.group), day=each.day)) for each in one.worst],
        **_days(one, lang, query),
        **_day(found, one, day, lang, query),
    }


def _line(each: GroupBackTest, on: bool, lang: str, query: Any) -> dict[str, Any]:
    return {
        "name": called(each.group, lang),
        "link": query(g=ref_of(each.group), day=None),
        "on": on,
        "planned": count(each.planned),
        "came": count(each.came),
        "bias": signed(each.bias) + "%" if math.isfinite(each.bias) else "–",
        "wape": share(each.wape),
        "expected": share(each.expected),
        "actual": share(each.actual),
        "off": points(each.actual - each.expected, lang),
        "slot_error": points(each.slot_error, lang, plus=False),
        "model_error": points(each.model_error, lang, plus=False) if each.measured else "–",
        "handle": f"{each.handle_planned_s:,.0f} → {each.handle_s:,.0f}" if math.isfinite(each.handle_s) else "–",
        "seats": f"{each.seat_hours:,.0f} → {each.staffed_hours:,.0f}" if each.measured else "–",
    }


def _parts(one: GroupBackTest, lang: str) -> list[tuple[str, str]]:
    """What the level was planned as, what moved it, and what it became; the parts add up."""
    if not (math.isfinite(one.expected) and math.isfinite(one.actual)):
        return []
    rows = [(Bilingual("計画したサービスレベル", "Planned level")(lang), share(one.expected))]
    rows += [(PARTS[name](lang), points(value, lang)) for name, value in one.parts.items() if math.isfinite(value)]
    return [*rows, (Bilingual("実績のサービスレベル", "Level reached")(lang), share(one.actual))]


def _miss(each: Any, lang: str, link: str) -> dict[str, Any]:
    staffed = f"{each.staffed:.1f}" if math.isfinite(each.staffed) else "–"
    return {
        "when": f"{named(each.day, lang)} {each.clock}",
        "link": link,
        "planned": f"{each.planned:.1f}",
        "came": count(each.came),
        "seats": f"{each.seats:.0f}",
        "staffed": staffed,
        "expected": share(each.expected),
        "level": share(each.level),
    }


def _days(one: GroupBackTest, lang: str, query: Any) -> dict[str, Any]:
    rows, table = [], []
    for at, day in enumerate(one.days):
        weight = one.volume_actual[at]
        planned, reached = weighted(one.level_planned[at], weight), weighted(one.level_actual[at], weight)
        link = query(g=ref_of(one.group), day=day)
        rows.append({"t": str(day), "label": named(day, lang), "planned": _known(planned), "reached": _known(reached)})
        table.append(
            {
                "day": named(day, lang),
                "link": link,
                "came": count(float(weight.sum())),
                "planned": share(planned),
                "reached": share(reached),
                "off": points(reached - planned, lang),
            }
        )
    said = Bilingual(
        f"日ごとのサービスレベル。破線は計画、点と実線は実績、細い点線は目標{one.group.service_level:.0%}",
        f"Service level by day; dashed: planned, points: reached, dotted: the target of {one.group.service_level:.0%}",
    )(lang)
    some = any(row["reached"] is not None for row in rows)
    return {
        "days_chart": {"spec": charts_staffing.levels(rows, lang, said, target=one.group.service_level), "description": said}
        if some
        else None,
        "days_table": table,
    }


def _day(found: BackTest, one: GroupBackTest, text: str, lang: str, query: Any) -> dict[str, Any]:
    """One day by interval: that of the address, else the one of the worst interval."""
    known = [each.isoformat() for each in one.days]
    worst = one.worst[0].day.isoformat() if one.worst else known[0]
    at = known.index(text if text in known else worst)
    day, plan = (
        one.days[at],
        next(each for each in found.plan.groups if each.group.name == one.group.name and each.group.where == one.group.where),
    )
    rows, table = [], []
    for slot in np.flatnonzero((one.volume_actual[at] > 0) | (plan.coming.mean[at] > 0)).tolist():
        minute = plan.coming.first_minute + slot * plan.coming.slot_minutes
        start = f"{day + timedelta(days=minute // 1440)}T{minute % 1440 // 60:02d}:{minute % 60:02d}"
        planned, reached = float(one.level_planned[at, slot]), float(one.level_actual[at, slot])
        label = plan.coming.clock(slot)
        rows.append({"t": start, "label": label, "planned": _known(planned), "reached": _known(reached)})
        table.append(
            {
                "label": label,
                "foretold": f"{float(plan.coming.mean[at, slot]):,.1f}",
                "came": count(float(one.volume_actual[at, slot])),
                "seats": int(plan.seats[at, slot]),
                "planned": share(planned),
                "reached": share(reached),
                "off": points(reached - planned, lang),
            }
        )
    said = Bilingual(
        f"{named(day, lang)}の区間ごとのサービスレベル。破線は計画、点と実線は実績",
        f"Service level by interval, {named(day, lang)}; dashed: planned, points: reached",
    )(lang)
    some = any(row["reached"] is not None for row in rows)
    ways = [known[place] if 0 <= place < len(known) else None for place in (at - 1, at + 1)]
    return {
        "day": named(day, lang),
        "day_ways": [query(g=ref_of(one.group), day=way) if way else None for way in ways],
        "day_chart": {"spec": charts_staffing.levels(rows, lang, said, target=one.group.service_level), "description": said}
        if some
        else None,
        "slots_table": table,
    }


def points(value: float, lang: str, *, plus: bool = True) -> str:
    """A difference of shares in points; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    word = Bilingual("ポイント", " pt")(lang)
    return (signed(value) if plus else f"{100 * value:.1f}") + word


def signed(value: float) -> str:
    """A share as signed percent or points."""
    return f"{100 * value:+.1f}".replace("-", "−")


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
