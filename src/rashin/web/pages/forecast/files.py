"""A forecast, a review, as tables of a file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.query import dimensions
from rashin.web.centre import centre
from rashin.web.pages.bookfile import Column, Line, Sheet
from rashin.web.pages.forecast.choice import Choice
from rashin.web.pages.forecast.shown import called

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast
    from rashin.insight.forecast.keep import Kept
    from rashin.insight.forecast.review import Review

_BANDS = (
    Column("mean", Bilingual("予測", "Forecast"), "fine"),
    Column("low80", Bilingual("80%下限", "80% low"), "count"),
    Column("high80", Bilingual("80%上限", "80% high"), "count"),
    Column("low95", Bilingual("95%下限", "95% low"), "count"),
    Column("high95", Bilingual("95%上限", "95% high"), "count"),
)
_NAMES = tuple(each.key for each in _BANDS)
_ERRORS = (
    Column("wape", Bilingual("誤差(WAPE)", "Error (WAPE)"), "share"),
    Column("naive", Bilingual("前週同曜日の誤差", "Naive error"), "share"),
    Column("floor", Bilingual("偶然だけ", "Chance alone"), "share"),
)
_START = Column("start", Bilingual("開始", "Start"), "moment")
_DAY = Column("day", Bilingual("日", "Day"), "day")


def sheets(found: tuple[Forecast, ...], lang: str) -> list[Sheet]:
    """Return intervals, days and methods as tables."""
    from rashin.stats.daytypes import KINDS

    keys = _keys(found[0].key)
    slots = [
        {
            **dict(each.key),
            "start": _moment(label),
            "day": each.days[row].item(),
            "minutes": each.slot_minutes,
            **{name: float(getattr(each, name)[row]) for name in _NAMES},
            "naive": float(each.naive_mean[row]),
        }
        for each in found
        for row, label in enumerate(each.labels)
    ]
    days = [
        {**dict(each.key), "day": total.day, "kind": KINDS[total.kind](lang), **{name: getattr(total, name) for name in _NAMES}}
        for each in found
        for total in each.by_day
    ]
    wholes = [
        {
            **dict(each.key),
            **{name: getattr(each.total, name) for name in _NAMES},
            "wape": each.wape,
            "naive": each.naive,
            "floor": each.floor,
            "last_year": each.last_year.wape if each.last_year else None,
            "method": each.method_label(lang),
            "learned_from": each.learned[0],
            "learned_to": each.learned[1],
            "left_out": " ".join(f"{out.day}: {out.text(lang)};" for out in each.left_out),
            "suspected": " ".join(f"{odd.text(lang)};" for odd in each.suspected),
        }
        for each in found
    ]
    minutes, naive = (
        Column("minutes", Bilingual("分", "Minutes"), "count"),
        Column("naive", Bilingual("前週と同じなら", "If as the week before"), "fine"),
    )
    more = [
        Column("last_year", Bilingual("前年同期の誤差", "Error last year"), "share"),
        Column("method", Bilingual("方法", "Method")),
        Column("learned_from", Bilingual("学習の始め", "Learned from"), "day"),
        Column("learned_to", Bilingual("学習の終わり", "Learned to"), "day"),
        Column("left_out", Bilingual("学習から外した日", "Left out")),
        Column("suspected", Bilingual("ふだんと違う日", "Not as usual")),
    ]
    return [
        Sheet(Bilingual("区間", "Intervals"), [*keys, _START, _DAY, minutes, *_BANDS, naive], slots),
        Sheet(Bilingual("日", "Days"), [*keys, _DAY, Column("kind", Bilingual("日の種類", "Kind of day")), *_BANDS], days),
        Sheet(Bilingual("方法と誤差", "Methods and errors"), [*keys, *_BANDS, *_ERRORS, *more], wholes),
    ]


def cover(found: tuple[Forecast, ...], choice: Choice, lang: str) -> list[Line]:
    """Return what a reader of the file must know."""
    own, one = centre().catalogue, found[0]
    definition = own.definition(one.kpi)
    lines: list[tuple[str, str, str]] = [
        ("予測する期間", "Days", f"{one.first} – {one.last}"),
        ("区間(分)", "Minutes of an interval", str(one.slot_minutes)),
        ("もとにした実績", "Learned from", f"{one.learned[0]} – {one.learned[1]}"),
        ("絞り込み", "Filters", filters_said(one.where, lang)),
        ("データ版", "Snapshot", str(one.snapshot)),
        ("カタログ版", "Catalogue version", own.version),
        ("KPI", "KPI", f"{definition.name(lang)} ({one.kpi})"),
        ("意味", "Meaning", definition.meaning(lang)),
        ("式", "Formula", definition.value.text),
    ]
    if choice.leave:
        lines.append(("学習", "Teaching", Bilingual("ふだんと違う日を除いた", "Days that look odd teach nothing")(lang)))
    told = [(Bilingual(ja, en)(lang), text) for ja, en, text in lines]
    for each in found:
        told.append((called(each.key, lang), each.text(lang)))
        told += [("", note(lang)) for note in each.notes]
    return told


def filters_said(where: Any, lang: str) -> str:
    """Return filters in words."""
    return (
        "; ".join(
            f"{dimensions.label(name)(lang)} = {', '.join('-' if each is None else str(each) for each in values)}"
            for name, values in where.items()
        )
        or "-"
    )


def review_sheets(kept: Kept, found: tuple[Review, ...], lang: str) -> list[Sheet]:
    """Return a kept forecast beside what came, interval by interval, and its errors."""
    keys = _keys(found[0].key)
    slots = [
        {
            **dict(series.key),
            "start": _moment(label),
            **{name: float(series.arrays[name][row]) for name in _NAMES},
            "came": float(each.actual[row]),
            "naive": float(series.arrays["naive_mean"][row]),
        }
        for series, each in zip(kept.series, found, strict=True)
        for row, label in enumerate(series.labels)
    ]
    wholes = [
        {
            **dict(each.key),
            **{name: getattr(each, name) for name in ("days", "forecast", "came", "bias", "wape", "naive", "floor", "held80", "held95")},
            "text": each.text(lang),
        }
        for each in found
    ]
    came = Column("came", Bilingual("実績", "Came"), "count")
    more = [
        Column("days", Bilingual("日数", "Days"), "count"),
        Column("forecast", Bilingual("予測", "Forecast"), "count"),
        came,
        Column("bias", Bilingual("偏り", "Bias"), "share"),
        *_ERRORS,
        Column("held80", Bilingual("80%の幅に入った", "Within 80 %"), "share"),
        Column("held95", Bilingual("95%の幅に入った", "Within 95 %"), "share"),
        Column("text", Bilingual("ことば", "In words")),
    ]
    naive = Column("naive", Bilingual("前週と同じなら", "If as the week before"), "fine")
    return [
        Sheet(Bilingual("区間", "Intervals"), [*keys, _START, *_BANDS, came, naive], slots),
        Sheet(Bilingual("誤差", "Errors"), [*keys, *more], wholes),
    ]


def _keys(key: Any) -> list[Column]:
    return [Column(name, dimensions.label(name)) for name in key]


def _moment(label: str) -> datetime:
    return datetime.fromisoformat(label[:16])
