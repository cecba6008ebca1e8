"""Peaks as the page shows them: maps of the week, the worst hours and intervals with the way to their rows, people behind attempts, seats."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rashin import charts, display
from rashin.errors import Bilingual
from rashin.web.pages.filters import UNKNOWN, Filters
from rashin.web.pages.forecast.shown import called, count
from rashin.web.pages.kpi.links import Links
from rashin.web.pages.wording import week_from, weekday_word

if TYPE_CHECKING:
    from rashin.insight.peaks import PeakCell, Peaks

#: Of fewer contacts a rate says little: it is drawn faintly.
FEW = 10
#: So many queues stand in the map of queues.
_QUEUES = 12
_GRAINS = {15: "15min", 30: "30min"}


def make(found: tuple[Peaks, Peaks], filters: Filters, may_see_rows: bool) -> dict[str, Any]:
    """Return what the page needs. ``found``: by queue, and all as one."""
    from rashin.insight.peaks.words import hour_of

    queues, whole = found
    lang = filters.lang
    grain = _GRAINS[queues.slot_minutes]
    reach = Links(filters, "answer_rate", may_see_rows)
    return {
        "text": queues.text(lang),
        "notes": [note(lang) for note in queues.notes],
        "snapshot": queues.snapshot,
        "maps": _maps(whole, filters, may_see_rows),
        "queue_map": _queue_map(queues, filters, may_see_rows),
        "queues": _queues(queues, filters),
        "worst_hours": [
            {
                "name": called(cell.key, lang),
                "at": hour_of(cell)(lang),
                "link": reach.rows(where={**_where(cell), **_key(cell.key)}),
                "volume": count(cell.volume),
                "lost": count(cell.lost),
                "rate": _share(cell.answer_rate),
                "level": _share(cell.service_level),
                "wait": _wait(cell.wait_s),
                "people": count(cell.people),
            }
            for cell in queues.worst_hours
        ],
        "worst": [
            {
                "name": called(each.key, lang),
                "at": each.label,
                "link": reach.rows(grain=grain, bucket=each.label, where=_key(each.key)),
                "volume": count(each.volume),
                "lost": count(each.lost),
                "usual": f"{each.usual:,.1f}",
                "wait": _wait(each.wait_s),
            }
            for each in queues.worst
        ],
        "people": [
            {
                "name": called(each.key, lang),
                "contacts": count(each.contacts),
                "people": count(each.people),
                "attempts": f"{each.attempts:.2f}",
                "reach_contacts": _share(each.reach_contacts),
                "reach_people": _share(each.reach_people),
                "known": _share(each.known),
            }
            for each in queues.people
        ],
        **_seats(queues, lang),
    }


def _maps(whole: Peaks, filters: Filters, may_see_rows: bool) -> list[dict[str, Any]]:
    """Volume, reach and wait by weekday and hour."""
    said: tuple[tuple[str, str, str, Bilingual, Bilingual, Callable[[PeakCell], float | None]], ...] = (
        ("volume", "count", "none", Bilingual("件数", "Volume"), Bilingual("1日あたりの件数。色が濃いほど多い", "Contacts a day; a stronger tone is more"), lambda cell: cell.per_day),
        ("answer_rate", "share", "higher", Bilingual("つながりやすさ(応答率)", "Reach: answer rate"), Bilingual(f"応答率(%)。色が濃いほど悪い。薄い数字は{FEW}件に満たない", f"Answer rate (%); a stronger tone is worse, faint: fewer than {FEW} contacts"), lambda cell: cell.answer_rate),
        ("asa:over_answered", "s", "lower", Bilingual("待ち(応答までの平均)", "Wait: mean to the answer"), Bilingual(f"応答された人の平均の待ち(秒)。色が濃いほど長い。薄い数字は{FEW}件に満たない", f"Mean wait of the answered (seconds); a stronger tone is longer, faint: fewer than {FEW} contacts"), lambda cell: cell.wait_s),
    )  # fmt: skip
    lang, week = filters.lang, week_from(filters.period.settings.week_start)
    hours = sorted({cell.hour for cell in whole.cells})
    made = []
    for kpi, unit, better, title, sentence, of in said:
        links = Links(filters, kpi, may_see_rows)
        known = [(cell, of(cell)) for cell in sorted(whole.cells, key=lambda each: (each.hour, each.weekday))]
        rows: list[dict[str, Any]] = [
            {
                "order": week.index(cell.weekday),
                "weekday": weekday_word(cell.weekday, lang),
                "hour": str(cell.hour),
                "value": value,
                "n": round(cell.volume),
                "few": unit != "count" and cell.volume < FEW,
                "hidden": False,
                "shown": "" if value is None else _short(value, unit),
                "link": links.rows(where=_where(cell)),
            }
            for cell, value in known
        ]
        told = [row for row in rows if row["value"] is not None]
        table = {(cell.weekday, cell.hour): row for (cell, _), row in zip(known, rows, strict=True)}
        chart = {"spec": charts.heat(told, unit, lang, sentence(lang), better), "description": sentence(lang)} if told else None
        lines = [(weekday_word(day, lang), [table.get((day, hour)) for hour in hours]) for day in week]
        made.append({"title": title(lang), "chart": chart, "hours": hours, "rows": lines})
    return made


def _queue_map(queues: Peaks, filters: Filters, may_see_rows: bool) -> dict[str, Any] | None:
    """Contacts by queue and hour, all weekdays together; None where there is one queue only."""
    lang, links = filters.lang, Links(filters, "volume", may_see_rows)
    sums: dict[str, float] = {}
    table: dict[tuple[str, int], float] = {}
    keys: dict[str, Mapping[str, Any]] = {}
    for cell in queues.cells:
        name = called(cell.key, lang)
        keys[name] = cell.key
        sums[name] = sums.get(name, 0.0) + cell.volume
        table[name, cell.hour] = table.get((name, cell.hour), 0.0) + cell.volume
    order = sorted(sums, key=lambda name: -sums[name])[:_QUEUES]
    if len(order) < 2:
        return None
    hours = sorted({hour for name, hour in table if name in order})
    rows: list[dict[str, Any]] = [
        {
            "order": order.index(name),
            "weekday": name,
            "hour": str(hour),
            "value": table[name, hour],
            "n": round(table[name, hour]),
            "few": False,
            "hidden": False,
            "shown": count(table[name, hour]),
            "link": links.rows(where={"hour": (str(hour),), **_key(keys[name])}),
        }
        for hour in hours
        for name in order
        if (name, hour) in table
    ]
    said = Bilingual(
        "窓口 × 時間帯の件数(期間の合計)。色が濃いほど多い", "Contacts by queue and hour (whole period); a stronger tone is more"
    )(lang)
    linked = {(row["weekday"], int(row["hour"])): row for row in rows}
    return {
        "chart": {"spec": charts.heat(rows, "count", lang, said), "description": said},
        "hours": hours,
        "rows": [(name, [linked.get((name, hour)) for hour in hours]) for name in order],
    }


def _queues(queues: Peaks, filters: Filters) -> list[tuple[str, str, bool]]:
    """(what it is called, query string, whether it is chosen) for all queues together and for each."""
    lang = filters.lang
    chosen = filters.where.get("queue", ())
    every = (Bilingual("全窓口", "All queues")(lang), filters.query(where={"queue": ()}), not chosen)
    return [every] + [
        (called(each.key, lang), filters.query(where=_key(each.key)), chosen == _key(each.key)["queue"]) for each in queues.concentration
    ]


def _seats(queues: Peaks, lang: str) -> dict[str, Any]:
    from rashin.insight.peaks.words import spread

    lines = [
        {
            "name": called(each.key, lang),
            "volume": count(each.volume),
            "top": _share(each.top_share),
            "chance": _share(each.by_chance),
            "ratio": f"{each.peak_ratio:.1f}",
            "seats": each.seats,
        }
        for each in queues.concentration
    ]
    return {"seats": lines, "spreads": [spread(each, queues.slot_minutes)(lang) for each in queues.concentration[:3]]}


def _where(cell: PeakCell) -> dict[str, tuple[str, ...]]:
    return {"weekday": (str(cell.weekday),), "hour": (str(cell.hour),)}


def _key(key: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {name: (UNKNOWN if value is None else str(value),) for name, value in key.items()}


def _short(value: float, unit: str) -> str:
    return f"{100 * value:.0f}" if unit == "share" else f"{value:,.1f}" if unit == "count" and value < 10 else f"{value:,.0f}"


def _share(value: float | None) -> str:
    return display.scale("share", [value]).text(value) if value is not None else "–"


def _wait(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def records(queues: Peaks) -> Sequence[dict[str, Any]]:
    """Return the hours of the week as plain rows."""
    names = ("weekday", "hour", "volume", "per_day", "lost", "answer_rate", "service_level", "wait_s", "contacts", "people")
    return [{**dict(cell.key), **{name: getattr(cell, name) for name in names}} for cell in queues.cells]
