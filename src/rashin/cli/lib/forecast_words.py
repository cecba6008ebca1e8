"""Forecasts as tables for people and as records for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.lang import lang, say, told
from rashin.cli.lib.listing import Column, Listing, column
from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast
    from rashin.insight.forecast.intraday import Update
    from rashin.insight.forecast.keep import Kept
    from rashin.insight.forecast.review import Review


def summary(found: Sequence[Forecast]) -> Listing:
    """Return one line for each forecast; below it what each says, what was left out and what looks odd."""
    records = [
        {
            **named(each.key),
            "mean": each.total.mean,
            "low80": each.total.low80,
            "high80": each.total.high80,
            "method": told(each.method_label),
            "wape": each.wape,
            "naive": each.naive,
            "floor": each.floor,
            "last_year": None if each.last_year is None else each.last_year.wape,
        }
        for each in found
    ]
    columns = [
        *keys_of(found[0].key),
        column("mean", "予測", "Forecast", _count, right=True),
        column("low80", "80%下限", "80% low", _count, right=True),
        column("high80", "80%上限", "80% high", _count, right=True),
        column("method", "方法", "Method"),
        column("wape", "誤差", "Error", _share, right=True),
        column("naive", "前週同曜日", "Naive", _share, right=True),
        column("floor", "偶然だけ", "Chance", _share, right=True),
        column("last_year", "前年同期", "Last year", _share, right=True),
    ]
    one = found[0]
    title = say(
        f"{one.first}〜{one.last} の予測({one.today} より前の実績から、誤差は{one.slot_minutes}分ごとのWAPE)",
        f"Forecast of {one.first} to {one.last}, from what came before {one.today}; errors: WAPE by {one.slot_minutes} minutes",
    )
    return Listing(columns, records, title, _notes(found))


def by_day(found: Sequence[Forecast]) -> Listing:
    """Return each day's total with its bands and what kind of day it is."""
    from rashin.stats.daytypes import KINDS

    records = [
        {
            **named(each.key),
            "day": total.day,
            "kind": told(KINDS[total.kind]),
            "mean": total.mean,
            "low80": total.low80,
            "high80": total.high80,
        }
        | {"low95": total.low95, "high95": total.high95}
        for each in found
        for total in each.by_day
    ]
    columns = [*keys_of(found[0].key), column("day", "日", "Day"), column("kind", "日の種類", "Kind of day"), *_bands("mean")]
    return Listing(columns, records, notes=_notes(found))


def by_slot(found: Sequence[Forecast]) -> Listing:
    """Return every interval of every forecast."""
    records = [
        {
            **dict(each.key),
            "start": label,
            "day": str(each.days[row]),
            "minutes": each.slot_minutes,
            **{name: float(getattr(each, name)[row]) for name in ("mean", "low80", "high80", "low95", "high95")},
            "naive": float(each.naive_mean[row]),
            "method": each.method,
        }
        for each in found
        for row, label in enumerate(each.labels)
    ]
    keys = [*found[0].key, "start", "day", "minutes", "mean", "low80", "high80", "low95", "high95", "naive", "method"]
    right = {"minutes", "mean", "low80", "high80", "low95", "high95", "naive"}
    show = {"mean": _fine, "naive": _fine, **dict.fromkeys(("low80", "high80", "low95", "high95"), _count)}
    return Listing([Column(key, Bilingual(key, key), key in right, show.get(key, _plain)) for key in keys], records)


def anew(found: Sequence[tuple[Forecast, Update]], *, slots: bool) -> Listing:
    """Return running days: one line each, or every interval."""
    if slots:
        records: list[dict[str, Any]] = [
            {
                **dict(made.key),
                "start": label,
                "before": float(each.before[row]),
                "seen": None if each.seen[row] != each.seen[row] else float(each.seen[row]),
                **{name: float(getattr(each, name)[row]) for name in ("mean", "low80", "high80", "low95", "high95")},
            }
            for made, each in found
            for row, label in enumerate(each.labels)
        ]
        keys = [*found[0][0].key, "start", "before", "seen", "mean", "low80", "high80", "low95", "high95"]
        return Listing([Column(key, Bilingual(key, key)) for key in keys], records)
    records = [
        {
            **named(made.key),
            "before": float(each.before.sum()),
            "seen": float(each.seen[each.seen == each.seen].sum()),
            "factor": each.factor,
            "mean": each.total[0],
            "low80": each.total[1],
            "high80": each.total[2],
        }
        for made, each in found
    ]
    columns = [
        *keys_of(found[0][0].key),
        column("before", "元の予測", "Foretold", _count, right=True),
        column("seen", "ここまで", "So far", _count, right=True),
        column("factor", "倍率", "Factor", lambda value: f"{value:.2f}", right=True),
        column("mean", "この日の見込み", "Day now", _count, right=True),
        column("low80", "80%下限", "80% low", _count, right=True),
        column("high80", "80%上限", "80% high", _count, right=True),
    ]
    return Listing(columns, records, notes=[head(made.key) + told(each.text) for made, each in found])


def kept_listing(found: Sequence[Kept]) -> Listing:
    """Return the kept forecasts."""
    records = [
        {
            "name": each.name,
            "made": each.made,
            "first": each.first,
            "last": each.last,
            "slot": each.slot_minutes,
            "series": len(each.series),
        }
        for each in found
    ]
    columns = [
        column("name", "名前", "Name"),
        column("made", "作成日", "Made on"),
        column("first", "始め", "First"),
        column("last", "終わり", "Last"),
        column("slot", "区間(分)", "Minutes", right=True),
        column("series", "系列", "Series", right=True),
    ]
    notes = (
        []
        if found
        else [
            say(
                "残した予測はまだありません。`rashin forecast --keep` で残します。",
                "No forecast is kept yet: `rashin forecast --keep` keeps one.",
            )
        ]
    )
    return Listing(columns, records, notes=notes)


def reviewed(found: Sequence[Review]) -> Listing:
    """Return how a kept forecast came out, one line for each series."""
    records = [
        {
            **named(each.key),
            "until": each.until,
            "days": each.days,
            "forecast": each.forecast,
            "came": each.came,
            "bias": each.bias,
            "wape": each.wape,
            "naive": each.naive,
            "floor": each.floor,
            "held80": each.held80,
            "held95": each.held95,
        }
        for each in found
    ]
    columns = [
        *keys_of(found[0].key),
        column("days", "日数", "Days", right=True),
        column("forecast", "予測", "Foretold", _count, right=True),
        column("came", "実績", "Came", _count, right=True),
        column("bias", "偏り", "Bias", lambda value: "" if value is None else f"{value:+.1%}".replace("-", "−"), right=True),
        column("wape", "誤差", "Error", _share, right=True),
        column("naive", "前週同曜日", "Naive", _share, right=True),
        column("floor", "偶然だけ", "Chance", _share, right=True),
        column("held80", "80%の幅", "80% band", _share, right=True),
        column("held95", "95%の幅", "95% band", _share, right=True),
    ]
    return Listing(columns, records, notes=[head(each.key) + told(each.text) for each in found])


#: So many odd days are listed for each.
_ODD = 10


def _notes(found: Sequence[Forecast]) -> list[str]:
    lines = []
    for each in found:
        before = head(each.key)
        lines.append(before + told(each.text))
        lines += [before + told(note) for note in each.notes]
        if each.left_out:
            shown = [told(out.text) if out.kind == "suspected" else f"{out.day} {told(out.text)}" for out in each.left_out[:5]]
            more = len(each.left_out) - len(shown)
            rest = say(f" ほか{more}日", f" and {more} more day{'' if more == 1 else 's'}") if more > 0 else ""
            lines.append(before + say("学習から外した日: ", "Left out of teaching: ") + say("、", ", ").join(shown) + rest)
        lines += [before + told(odd.text) for odd in each.suspected[:_ODD]]
        if (more := len(each.suspected) - _ODD) > 0:
            lines.append(before + say(f"ほかにふだんと違う日が{more}日", f"and {more} more day{'' if more == 1 else 's'} not as usual"))
    return lines


def head(key: Mapping[str, Any]) -> str:
    """Return what a line is about, before it: ``[order / Voice]``; nothing for everything as one."""
    return "" if not key else f"[{' / '.join(str(value) for value in named(key).values())}] "


def named(key: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a key as people call them."""
    from rashin.records.called import called

    return {name: say("不明", "not known") if value is None else called(name, str(value), lang()) for name, value in key.items()}


def keys_of(key: Mapping[str, Any]) -> list[Column]:
    """Return the columns of a key."""
    from rashin.records import FACTS

    contact = FACTS["contact"]
    return [Column(name, contact.column(name).label if name in contact.names else Bilingual(name, name)) for name in key]


def _bands(first: str) -> list[Column]:
    return [
        column(first, "予測", "Forecast", _count, right=True),
        column("low80", "80%下限", "80% low", _count, right=True),
        column("high80", "80%上限", "80% high", _count, right=True),
        column("low95", "95%下限", "95% low", _count, right=True),
        column("high95", "95%上限", "95% high", _count, right=True),
    ]


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _count(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _fine(value: float | None) -> str:
    return "" if value is None else f"{value:,.1f}"


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.1%}"
