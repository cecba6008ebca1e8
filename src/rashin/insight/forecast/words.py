"""Sentences of a forecast, made from its figures and from nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.forecast.model import Forecast

#: From this floor on a manager is told that chance alone makes the error.
SMALL = 0.15
#: Less than this outside opening hours is not worth a word.
_OUTSIDE = 0.02
#: Data that end so long before the forecast was made are told.
_OLD = 7


def said(forecast: Forecast) -> Bilingual:
    """Return the total with its range, the method with its error beside the naive one's and chance's, and what a small queue must know."""
    total = forecast.total
    parts = [
        Bilingual(
            f"{forecast.first}〜{forecast.last}の予測は{total.mean:,.0f}件(80%の幅 {total.low80:,.0f}〜{total.high80:,.0f}件)。",
            f"{total.mean:,.0f} contacts are expected from {forecast.first} to {forecast.last} (80 % range {total.low80:,.0f} to {total.high80:,.0f}).",
        ),
        _error(forecast),
    ]
    small = _small(forecast)
    parts += [small] if small is not None else []
    year = forecast.last_year
    if year is not None:
        parts.append(
            Bilingual(
                f"前年の同じ時期({year.first}〜{year.last})を同じ方法で予測していたら、誤差は{_share(year.wape)}"
                f"(予測{year.forecast:,.0f}件、実績{year.actual:,.0f}件)でした。",
                f"The same days last year ({year.first} to {year.last}), forecast in the same way, would have been off by {_share(year.wape)} "
                f"({year.forecast:,.0f} foretold, {year.actual:,.0f} came).",
            )
        )
    if forecast.suspected:
        days = [str(each.day) for each in forecast.suspected[:3]]
        more = len(forecast.suspected) - len(days)
        parts.append(
            Bilingual(
                f"ふだんと違う日が{len(forecast.suspected)}日あります({'、'.join(days)}{'ほか' if more else ''})。学習から外すなら、理由を添えて印を付けてください(画面か marks.toml)。",
                f"{len(forecast.suspected)} days were not as usual ({', '.join(days)}{' and others' if more else ''}): mark them with the reason (on the site or in marks.toml) if they should not teach.",
            )
        )
    return Bilingual("".join(each.ja for each in parts), " ".join(each.en for each in parts))


def _error(forecast: Forecast) -> Bilingual:
    label, own, naive, floor = forecast.method_label, forecast.wape, forecast.naive, forecast.floor
    count = len(forecast.chosen.scores.origins)
    if own is None or naive is None or floor is None:
        return Bilingual(
            f"方法は「{label.ja}」。過去が短く、誤差はまだ測れません。幅は仮のものです。",
            f"Method: {label.en}. The past is too short to measure an error; the range is provisional.",
        )
    minutes = forecast.slot_minutes
    if forecast.method == "naive":
        return Bilingual(
            f"方法は「{label.ja}」(過去{count}回の試しで、これに勝つ方法がありませんでした)。{minutes}分ごとの誤差(WAPE)は{_share(own)}、偶然だけで{_share(floor)}です。",
            f"Method: {label.en} (nothing beat it in {count} trials on the past). Its error by {minutes} minutes (WAPE) is {_share(own)}; chance alone makes {_share(floor)}.",
        )
    return Bilingual(
        f"方法は「{label.ja}」。過去{count}回の試しで{minutes}分ごとの誤差(WAPE)は{_share(own)}、前週と同じとした場合は{_share(naive)}、偶然だけで{_share(floor)}です。",
        f"Method: {label.en}. In {count} trials on the past its error by {minutes} minutes (WAPE) was {_share(own)}; repeating the week before: {_share(naive)}; "
        f"chance alone: {_share(floor)}.",
    )


def _small(forecast: Forecast) -> Bilingual | None:
    floor = forecast.floor
    busy = forecast.mean[forecast.mean > 0]
    if floor is None or floor < SMALL or not busy.size:
        return None
    mean = float(busy.mean())
    if floor >= 0.8:
        return Bilingual(
            f"{forecast.slot_minutes}分あたり平均{mean:,.2g}件で、ほとんどの区間は0件か1件です。区間ごとの誤差の割合に意味はありません。日や月の合計で見てください。",
            f"With {mean:,.2g} contacts per {forecast.slot_minutes} minutes most intervals have none or one: an error in percent says nothing. Look at totals of days.",
        )
    return Bilingual(
        f"{forecast.slot_minutes}分あたり平均{mean:,.1f}件と少ないため、どんな方法でも{_share(floor)}は外れます。日ごとの合計で見てください。",
        f"With {mean:,.1f} contacts per {forecast.slot_minutes} minutes every method is off by {_share(floor)}: that is the floor. Look at the totals of days.",
    )


def unseen_note(kind: str, day: date) -> Bilingual:
    """Return that a kind of day has no history."""
    from rashin.stats.daytypes import KINDS

    called = KINDS[kind]
    return Bilingual(
        f"{called.ja}({day} など)の実績がまだないため、似た日から見込みました。",
        f"No {called.en} ({day} …) has been seen yet: it is expected to be like similar days.",
    )


def hours_note(outside: float) -> Bilingual | None:
    """Return that contacts came outside opening hours, which the forecast leaves out; None when hardly any did."""
    if outside <= _OUTSIDE:
        return None
    return Bilingual(
        f"これまでの{_share(outside)}は営業時間外に来ていて、予測に含めていません。カレンダーの営業時間を確かめてください。",
        f"{_share(outside)} of the past came outside opening hours and is not in the forecast: check the calendar's hours.",
    )


def newest_note(newest: date, today: date) -> Bilingual | None:
    """Return that the data end long before the forecast was made; None when they do not."""
    if today - newest <= timedelta(days=_OLD):
        return None
    return Bilingual(
        f"実績は{newest}までです。それより後は予測に反映されていません。", f"The data end on {newest}; the forecast knows nothing later."
    )


def _share(value: float) -> str:
    return f"{value:.1%}" if value < 0.0995 else f"{value:.0%}"
