"""A plan as the page shows it: a line for each group, the days of one of them with its shifts, one day by interval, ways to staff it, what it rests on."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin import charts_forecast, charts_staffing
from rashin.errors import Bilingual
from rashin.insight.staffing.workforce import MODELS
from rashin.web.pages.forecast.shown import count, fine, named, share
from rashin.web.pages.staffing.choice import Choice, called, ref_of

if TYPE_CHECKING:
    from rashin.insight.staffing.model import GroupPlan, Plan
    from rashin.insight.staffing.ways import Way

_QUANTILE = Bilingual("計画する件数({q}分位)", "Planned for (quantile {q})")


def make(plan: Plan, choice: Choice) -> dict[str, Any]:
    """Return what the page needs of a plan."""
    lang = choice.filters.lang
    context: dict[str, Any] = {
        "plan_text": plan.text(lang) if choice.force.money or not plan.groups else "",
        "skipped": [(name, why(lang)) for name, why in plan.skipped],
        "plan_notes": [note(lang) for note in plan.notes] if choice.force.written else [],
        "snapshot": plan.snapshot,
        "empty": not plan.groups,
    }
    if not plan.groups:
        return context
    one = choice.shown(plan)
    return context | {
        "groups": [line(each, choice, each is one) for each in plan.groups],
        "many": len(plan.groups) > 1,
        **of_group(one, choice),
    }


def line(each: GroupPlan, choice: Choice, on: bool) -> dict[str, Any]:
    """One group in the list of all."""
    lang = choice.filters.lang
    peak, when = each.peak
    return {
        "name": called(each.group, lang),
        "link": choice.query(g=ref_of(each.group), day=None),
        "on": on,
        "model": MODELS[each.group.model](lang),
        "contacts": count(each.contacts),
        "peak": peak,
        "when": when[5:] if when else "",
        "seat_hours": count(each.seat_hours),
        "rostered_hours": count(each.rostered_hours),
        "level": share(each.expected_level),
        "more": share(each.level_more),
        "abandon": share(each.expected_abandon),
        "occupancy": share(each.expected_occupancy),
        "yen": yen(each.cost.yen),
    }


def of_group(one: GroupPlan, choice: Choice) -> dict[str, Any]:
    """Return everything about one group."""
    from rashin.insight.staffing.ways import ways

    lang, found = choice.filters.lang, ways(one)
    return {
        "one": one,
        "name_of": called(one.group, lang),
        "text": words(one, choice),
        "notes": [note(lang) for note in one.notes if choice.force.money or "hourly_yen" not in note.en],
        "pile": one.group.model == "pile",
        "mode": one.group.model,
        **_ways(one, found, choice),
        **_basis(one, lang),
        **_days(one, choice),
        **_day(one, found, choice),
    }


def words(one: GroupPlan, choice: Choice) -> str:
    """Return what the plan says of the group, without its money where that is not for the reader's eyes."""
    from dataclasses import replace

    if choice.force.money:
        return one.text(choice.filters.lang)
    free = replace(one.cost, yen=0.0)
    return replace(one, cost=free, outside=None).text(choice.filters.lang)


def _ways(one: GroupPlan, found: tuple[Way, ...], choice: Choice) -> dict[str, Any]:
    lang = choice.filters.lang
    planned = next(each for each in found if each.name == "planned")
    rows = [
        {
            "name": each.label(lang) + (f"({one.group.quantile:g})" if each.name == "planned" else ""),
            "on": each.name == "planned",
            "peak": each.peak,
            "seat_hours": count(each.seat_hours),
            "hours_off": "" if each is planned else _signed(each.seat_hours - planned.seat_hours),
            "level": share(each.total),
            "more": share(each.more),
            "overloaded": int(each.overloaded.sum()),
            "overloaded_more": each.overloaded_more,
            "yen": yen(each.cost.yen),
            "per_contact": yen(each.cost.per_contact),
        }
        for each in found
    ]
    outside = one.outside
    return {
        "ways": rows,
        "outside": None if outside is None else {"yen": yen(outside.yen), "per_contact": yen(outside.per_contact), "gap": _gap(one, lang)},
        "overload": [said for each in found if (said := _overload(each, lang))],
        "shrinkage_said": _shrinkage(one, lang),
    }


def _overload(each: Way, lang: str) -> str:
    """Say where there is more work than seats; "" where there is not."""
    now, more = int(each.overloaded.sum()), each.overloaded_more
    if not now and not more:
        return ""
    if now:
        return Bilingual(
            f"「{each.label.ja}」では、{now}区間で席より仕事が多く、行列が伸び続けます(あふれ)。そこは応答0として数えています。",
            f"{each.label.en}: in {now} intervals there is more work than seats and the queue grows without end (overloaded); they count as 0 % there.",
        )(lang)
    return Bilingual(
        f"「{each.label.ja}」では、件数が1割多いと{more}区間で席より仕事が多くなり、行列が伸び続けます(あふれ)。",
        f"{each.label.en}: if a tenth more came, {more} intervals would be overloaded: more work than seats, and a queue without end.",
    )(lang)


def _gap(one: GroupPlan, lang: str) -> str:
    if one.outside is None:
        return ""
    gap = one.outside.yen - one.cost.yen
    return Bilingual(
        f"自社より{yen(abs(gap))}円{'高い' if gap > 0 else '安い'}",
        f"¥{yen(abs(gap))} {'more' if gap > 0 else 'less'} than in-house",
    )(lang)


def _shrinkage(one: GroupPlan, lang: str) -> str:
    from rashin.staffing import with_shrinkage

    peak, _ = one.peak
    away = one.group.shrinkage
    people = with_shrinkage(peak, away)
    return Bilingual(
        f"シュリンケージ {float(away) * 100:g}%: {peak}席 ÷ (1 − {float(away):g}) = {peak / float(1 - away):.2f} → {people}人を配置",
        f"Shrinkage {float(away) * 100:g} %: {peak} seats ÷ (1 − {float(away):g}) = {peak / float(1 - away):.2f} → {people} people to roster",
    )(lang)


def _basis(one: GroupPlan, lang: str) -> dict[str, Any]:
    """What the plan rests on, as pairs."""
    group, coming, found = one.group, one.coming, one.patience
    handle = one.handle_s[np.isfinite(one.handle_s)]
    ja_s, unit = ("秒", "") if lang == "ja" else (" s", " s")
    seconds = ja_s if lang == "ja" else unit
    pairs: list[tuple[str, str]] = []

    def add(ja: str, en: str, text: str) -> None:
        if text:
            pairs.append((Bilingual(ja, en)(lang), text))

    if group.model == "pile":
        hours = Bilingual(f"営業時間で{group.within_hours:g}時間以内", f"within {group.within_hours:g} opening hours")(lang)
        add("約束", "Promise", hours)
    else:
        target = Bilingual(
            f"{group.target_s:g}秒以内に{group.service_level:.0%}(着信を分母とする)",
            f"{group.service_level:.0%} of the offered within {group.target_s:g} s",
        )(lang)
        if group.abandon < 1:
            target += Bilingual(f"、放棄{group.abandon:.1%}まで", f", at most {group.abandon:.1%} give up")(lang)
        add("目標", "Target", target)
    sure = Bilingual(f"{group.quantile:g}分位", f"quantile {group.quantile:g}")(lang)
    add("計画する件数", "Planned for", sure)
    errors = [share(each) for each in (coming.wape, coming.naive, coming.floor)]
    if coming.wape is not None:
        add(
            "予測の誤差",
            "Error of the forecast",
            Bilingual(
                f"{errors[0]}(前週と同じなら{errors[1]}、偶然だけで{errors[2]})",
                f"{errors[0]} (week before {errors[1]}, chance alone {errors[2]})",
            )(lang),
        )
    if handle.size:
        low, high = float(handle.min()), float(handle.max())
        add("処理時間", "Handling time", f"{low:,.0f}{seconds}" if high - low < 1 else f"{low:,.0f}–{high:,.0f}{seconds}")
    if found is not None and math.isfinite(found.mean_s):
        ends = "" if not found.abandons else f" ({found.low_s:,.0f}–{found.high_s:,.0f}, n={found.abandons:,})"
        add("待てる時間", "Patience", f"{found.mean_s:,.0f}{seconds}{ends}")
    if group.answer_s:
        add("待ちがなくても応答まで", "Until an answer in calm hours", f"{group.answer_s:.0f}{seconds}")
    if group.model == "chat":
        add("同時対応", "At a time", str(group.concurrency))
    add("占有率の上限", "Occupancy at most", f"{group.occupancy:.0%}")
    return {"basis": pairs}


def _days(one: GroupPlan, choice: Choice) -> dict[str, Any]:
    """One line a day, with the people of each shift."""
    from rashin.insight.staffing.reckon import weighted

    lang, cover, hours = choice.filters.lang, one.cover, one.coming.slot_minutes / 60
    rows = []
    for at, day in enumerate(one.coming.days):
        row: dict[str, Any] = {
            "day": named(day, lang),
            "link": choice.query(g=ref_of(one.group), day=day),
            "contacts": count(float(one.coming.mean[at].sum())),
            "peak": int(one.seats[at].max(initial=0)),
            "seat_hours": count(float(one.seats[at].sum()) * hours),
            "rostered_hours": count(float(one.rostered[at].sum()) * hours),
            "level": share(weighted(one.level[at], one.coming.mean[at])),
        }
        if cover is not None:
            short, over = float(cover.short[at].sum()) * hours, float(cover.over[at].sum()) * hours
            row |= {
                "shifts": [int(each) for each in cover.counts[at]],
                "short": f"{short:,.1f}",
                "over": f"{over:,.1f}",
                "lacks": short > 0.01,
            }
        rows.append(row)
    return {"days_table": rows, **_shifts(one, lang)}


def _shifts(one: GroupPlan, lang: str) -> dict[str, Any]:
    """The shifts of the cover, and what it is worth; why there is none where there is none."""
    from rashin.insight.staffing import COVER_DAYS
    from rashin.staffing.shifts import clock

    cover = one.cover
    if cover is None:
        long = len(one.coming.days) > COVER_DAYS
        why = (
            Bilingual(f"{COVER_DAYS}日を超える計画にはシフトを組みません。", f"No shifts are made for more than {COVER_DAYS} days.")
            if long
            else Bilingual("シフトが書かれていません。", "No shifts are written.")
        )
        return {"shifts": None, "no_shifts": why(lang), "shifts_long": long}
    hours = one.coming.slot_minutes / 60
    good = (
        Bilingual("これ以上減らせないことを確かめてあります", "proven to be the fewest hours")
        if cover.optimal
        else Bilingual(f"最善との差は{cover.gap:.1%}以内", f"within {cover.gap:.1%} of the best")
    )
    total = int(cover.counts.sum())
    short, over = (float(each.sum()) * hours for each in (cover.short, cover.over))
    return {
        "shifts": [
            (each.name, f"{clock(each.start)}–{clock(each.end)}", int(cover.counts[:, at].sum())) for at, each in enumerate(cover.shifts)
        ],
        "shifts_said": Bilingual(
            f"のべ{total:,}人回、{cover.cost:,.0f}時間({good.ja})。足りない{short:,.1f}人時、余る{over:,.1f}人時。",
            f"{total:,} turns, {cover.cost:,.0f} hours ({good.en}); {short:,.1f} person-hours short, {over:,.1f} over.",
        )(lang),
    }


def _day(one: GroupPlan, found: tuple[Way, ...], choice: Choice) -> dict[str, Any]:
    """One day by interval: the day that the address names, else the one with most seats."""
    lang, coming = choice.filters.lang, one.coming
    known = [day.isoformat() for day in coming.days]
    at = known.index(choice.day) if choice.day in known else int(np.argmax(one.seats.sum(axis=1)))
    day = coming.days[at]
    by_name = {each.name: each for each in found}
    open_ = np.flatnonzero((one.seats[at] > 0) | (coming.mean[at] > 0))
    slots = range(int(open_[0]), int(open_[-1]) + 1) if open_.size else range(0)
    rows = [_slot(one, by_name, at, slot, day) for slot in slots]
    q = f"{one.group.quantile:g}"
    ways = [known[place] if 0 <= place < len(known) else None for place in (at - 1, at + 1)]
    seats_said = Bilingual(
        f"{named(day, lang)}の{coming.slot_minutes}分ごとの席数。塗りは必要な席数、破線は平均で計画した場合"
        + ("、もう一本はシフトで席につく人数" if one.cover is not None else ""),
        f"Seats by {coming.slot_minutes} minutes, {named(day, lang)}; filled: needed, dashed: for the mean"
        + ("; other line: at work by the shifts" if one.cover is not None else ""),
    )(lang)
    calls_said = Bilingual(
        f"来る件数。線は平均、帯は80%の幅、破線は計画する件数({q}分位)",
        f"Contacts to come; line: mean, band: 80 %, dashed: planned for (quantile {q})",
    )(lang)
    other = Bilingual(_QUANTILE.ja.format(q=q), _QUANTILE.en.format(q=q))
    return {
        "day": named(day, lang),
        "day_iso": day.isoformat(),
        "day_ways": [(named(date.fromisoformat(way), lang), choice.query(g=ref_of(one.group), day=way)) if way else None for way in ways],
        "seats_chart": {"spec": charts_staffing.seats(_closed(rows, coming.slot_minutes), lang, seats_said), "description": seats_said}
        if rows
        else None,
        "calls_chart": {
            "spec": charts_forecast.course([row["calls"] for row in rows], lang, calls_said, other=other, height=150),
            "description": calls_said,
        }
        if rows
        else None,
        "slots_table": [row["cells"] for row in rows],
        "has_shifts": one.cover is not None,
    }


def _closed(rows: list[dict[str, Any]], minutes: int) -> list[dict[str, Any]]:
    """The rows of a chart, with the end of the last interval: a step needs both its ends."""
    fields = ("t", "label", "seats", "mean", "shifts")
    end = datetime.fromisoformat(rows[-1]["t"]) + timedelta(minutes=minutes)
    return [{name: row[name] for name in fields} for row in (*rows, {**rows[-1], "t": end.isoformat(timespec="minutes")})]


def _slot(one: GroupPlan, found: dict[str, Way], at: int, slot: int, day: date) -> dict[str, Any]:
    coming, shifts = one.coming, found.get("shifts")
    minute = coming.first_minute + slot * coming.slot_minutes
    start = f"{day + timedelta(days=minute // 1440)}T{minute % 1440 // 60:02d}:{minute % 60:02d}"
    end = minute + coming.slot_minutes
    label = f"{coming.clock(slot)}–{end // 60:02d}:{end % 60:02d}"
    value = {name: float(getattr(coming, name)[at, slot]) for name in ("mean", "planned", "low80", "high80")}
    staffed = float(one.cover.staffed[at, slot]) if one.cover is not None else None
    lacks = staffed is not None and bool(staffed < one.rostered[at, slot] - 1e-9)
    planned = found["planned"]
    return {
        "t": start,
        "label": label,
        "seats": int(one.seats[at, slot]),
        "mean": float(found["mean"].seats[at, slot]),
        "shifts": None if shifts is None else float(shifts.seats[at, slot]),
        "calls": {
            "t": start,
            "label": label,
            "mean": value["mean"],
            "low80": value["low80"],
            "high80": value["high80"],
            "other": value["planned"],
        },
        "cells": {
            "label": label,
            "mean": fine(value["mean"]),
            "band": f"{count(value['low80'])}–{count(value['high80'])}",
            "planned": count(value["planned"]),
            "seats": int(one.seats[at, slot]),
            "for_mean": int(found["mean"].seats[at, slot]),
            "rostered": int(one.rostered[at, slot]),
            "staffed": "" if staffed is None else f"{staffed:g}",
            "lacks": lacks,
            "level": share(float(one.level[at, slot])),
            "abandon": share(float(one.abandon[at, slot])),
            "occupancy": share(float(one.occupancy[at, slot])),
            "overloaded": bool(planned.overloaded[at, slot]),
            "overloaded_shifts": shifts is not None and bool(shifts.overloaded[at, slot]),
        },
    }


def yen(value: float) -> str:
    """An amount of money, whole."""
    return f"{value:,.0f}" if math.isfinite(value) else "–"


def _signed(value: float) -> str:
    return f"{value:+,.0f}".replace("-", "−")
