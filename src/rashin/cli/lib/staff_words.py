"""Plans, back-tests, rosters and what-ifs as tables and pages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rashin.cli.lib.lang import say, told
from rashin.cli.lib.listing import Listing, column

if TYPE_CHECKING:
    from rashin.insight.staffing.model import BackTest, GroupPlan, Plan
    from rashin.insight.staffing.named_roster import NamedRoster
    from rashin.insight.whatif.model import WhatIf


def points(value: float | None) -> str:
    """Return a difference of shares in points; nothing where there is none."""
    if value is None:
        return ""
    text = f"{value * 100:+.1f}".replace("-", "−")
    return (text if any(digit in text for digit in "123456789") else f"±{text[1:]}") + say("ポイント", " pt")


def percent(value: float | None) -> str:
    """Return a share as people read it; nothing where there is none."""
    return "" if value is None else f"{value * 100:.1f}%"


def amount(value: float | None) -> str:
    """Return a number with one digit at most."""
    return "" if value is None else f"{value:,.1f}".removesuffix(".0")


def known(value: float) -> float | None:
    """Return None for what is not known."""
    return None if not math.isfinite(value) else round(value, 6)


def _notes(plan: Plan) -> list[str]:
    found = [told(plan.text), *(told(each.text) for each in plan.groups)]
    found += [f"{each.name}: {told(note)}" for each in plan.groups for note in each.notes]
    found += [f"{name}: {told(why)}" for name, why in plan.skipped] + [told(each) for each in plan.notes]
    return found


def by_group(plan: Plan) -> Listing:
    """Return one line a group."""
    records = [
        {
            "group": each.name,
            "contacts": round(each.contacts, 1),
            "peak": each.peak[0],
            "peak_at": each.peak[1],
            "seat_hours": each.seat_hours,
            "rostered_hours": each.rostered_hours,
            "service_level": known(each.expected_level),
            "if_more": known(each.level_more),
            "occupancy": known(each.expected_occupancy),
            "yen": round(each.cost.yen) or None,
        }
        for each in plan.groups
    ]
    return Listing(
        [
            column("group", "グループ", "Group"),
            column("contacts", "件数", "Contacts", amount, right=True),
            column("peak", "最大席数", "Most seats", right=True),
            column("peak_at", "いつ", "When"),
            column("seat_hours", "席時間", "Seat-hours", amount, right=True),
            column("rostered_hours", "配置時間", "Rostered", amount, right=True),
            column("service_level", "SL見込み", "Level", percent, right=True),
            column("if_more", "1割増なら", "If 10 % more", percent, right=True),
            column("occupancy", "占有率", "Occupancy", percent, right=True),
            column("yen", "費用(円)", "Cost (¥)", amount, right=True),
        ],
        records,
        notes=_notes(plan),
    )


def by_day(plan: Plan) -> Listing:
    """Return one line a group and day."""
    from rashin.insight.staffing.reckon import weighted

    records = []
    for each in plan.groups:
        hours = each.coming.slot_minutes / 60
        for at, day in enumerate(each.coming.days):
            records.append(
                {
                    "group": each.name,
                    "day": str(day),
                    "contacts": round(float(each.coming.mean[at].sum()), 1),
                    "peak": int(each.seats[at].max(initial=0)),
                    "seat_hours": float(each.seats[at].sum()) * hours,
                    "rostered_hours": float(each.rostered[at].sum()) * hours,
                    "service_level": known(weighted(each.level[at], each.coming.mean[at])),
                }
            )
    return Listing(
        [
            column("group", "グループ", "Group"),
            column("day", "日", "Day"),
            column("contacts", "件数", "Contacts", amount, right=True),
            column("peak", "最大席数", "Most seats", right=True),
            column("seat_hours", "席時間", "Seat-hours", amount, right=True),
            column("rostered_hours", "配置時間", "Rostered", amount, right=True),
            column("service_level", "SL見込み", "Level", percent, right=True),
        ],
        records,
    )


def by_slot(plan: Plan) -> Listing:
    """Return one line a group and slot that is open or in which something comes."""
    return Listing(
        [
            column("group", "グループ", "Group"),
            column("day", "日", "Day"),
            column("time", "時刻", "Time"),
            column("contacts", "件数", "Contacts", amount, right=True),
            column("planned", "計画件数", "Planned for", amount, right=True),
            column("seats", "席数", "Seats", right=True),
            column("rostered", "配置", "Rostered", right=True),
            column("staffed", "シフト", "By shifts", amount, right=True),
            column("service_level", "SL見込み", "Level", percent, right=True),
            column("occupancy", "占有率", "Occupancy", percent, right=True),
        ],
        [record for each in plan.groups for record in _slots(each)],
    )


def _slots(each: GroupPlan) -> Iterator[dict[str, Any]]:
    coming = each.coming
    for at, day in enumerate(coming.days):
        for slot in range(coming.mean.shape[1]):
            if not each.seats[at, slot] and not coming.mean[at, slot]:
                continue
            yield {
                "group": each.name,
                "day": str(day),
                "time": coming.clock(slot),
                "contacts": round(float(coming.mean[at, slot]), 2),
                "planned": round(float(coming.planned[at, slot]), 2),
                "seats": int(each.seats[at, slot]),
                "rostered": int(each.rostered[at, slot]),
                "staffed": None if each.cover is None else round(float(each.cover.staffed[at, slot]), 2),
                "service_level": known(float(each.level[at, slot])),
                "occupancy": known(float(each.occupancy[at, slot])),
            }


def by_shift(plan: Plan) -> Listing:
    """Return people on each shift, by day."""
    from rashin.staffing.shifts import clock

    records = [
        {
            "group": each.name,
            "day": str(day),
            "shift": shift.name,
            "start": clock(shift.start),
            "end": clock(shift.end),
            "people": int(each.cover.counts[at, place]),
        }
        for each in plan.groups
        if each.cover is not None
        for at, day in enumerate(each.coming.days)
        for place, shift in enumerate(each.cover.shifts)
        if each.cover.counts[at, place]
    ]
    notes = [] if records else [say("staffing.toml に [shift.名前] がありません。", "There is no [shift.NAME] in staffing.toml.")]
    return Listing(
        [
            column("group", "グループ", "Group"),
            column("day", "日", "Day"),
            column("shift", "シフト", "Shift"),
            column("start", "開始", "Start"),
            column("end", "終了", "End"),
            column("people", "人数", "People", right=True),
        ],
        records,
        notes=notes,
    )


def back_tested(found: BackTest) -> Listing:
    """Return one line a group, the worst slots as notes."""
    records = []
    notes = []
    for each in found.groups:
        records.append(
            {
                "group": each.group.name,
                "planned": round(each.planned, 1),
                "came": round(each.came, 1),
                "wape": known(each.wape),
                "bias": known(each.bias),
                "expected": known(each.expected),
                "actual": known(each.actual),
                "slot_error": known(each.slot_error),
                "model": known(each.model) if each.measured else None,
                "model_error": known(each.model_error) if each.measured else None,
                **{f"by_{name}": known(value) for name, value in each.parts.items()},
            }
        )
        notes.append(told(each.text))
        for miss in each.worst:
            seats = (
                say(f"実際{miss.staffed:.1f}席", f"{miss.staffed:.1f} at work")
                if math.isfinite(miss.staffed)
                else say("実際は不明", "at work not known")
            )
            notes.append(
                say(
                    f"  {miss.day} {miss.clock} 見込み{miss.planned:.0f}件→実績{miss.came:.0f}件、計画{miss.seats:.0f}席→{seats}、SL {percent(miss.expected)}→{percent(miss.level)}",
                    f"  {miss.day} {miss.clock}: contacts planned {miss.planned:.0f}, came {miss.came:.0f}; seats planned {miss.seats:.0f}, {seats}; level {percent(miss.expected)} → {percent(miss.level)}",
                )
            )
    notes += [f"{name}: {told(why)}" for name, why in found.skipped]
    return Listing(
        [
            column("group", "グループ", "Group"),
            column("planned", "計画件数", "Planned", amount, right=True),
            column("came", "実績件数", "Came", amount, right=True),
            column("wape", "区間誤差", "Error by slot", percent, right=True),
            column("expected", "計画SL", "Level planned", percent, right=True),
            column("actual", "実績SL", "Level reached", percent, right=True),
            column("slot_error", "SL差(区間)", "Apart by slot", percent, right=True),
            column("by_volume", "件数", "By volume", points, right=True),
            column("by_handling", "処理時間", "By handling", points, right=True),
            column("by_seats", "席数", "By seats", points, right=True),
            column("by_rest", "その他", "The rest", points, right=True),
            column("model_error", "モデル誤差", "Model's error", percent, right=True),
        ],
        records,
        notes=notes,
    )


def compared(rows: list[dict[str, Any]]) -> Listing:
    """Return what certainty costs, and in-house against outsourced."""
    note = say(
        "自社の費用は、必要な席にシュリンケージを加えた時間のものです。シフトに組むと増えます(`rashin staff plan`)。",
        "In-house is the cost of the seats needed with shrinkage; shifts that cover them cost more (`rashin staff plan`).",
    )
    return Listing(
        [
            column("group", "グループ", "Group"),
            column("plan", "計画の仕方", "Planned for"),
            column("seat_hours", "席時間", "Seat-hours", amount, right=True),
            column("service_level", "SL見込み", "Level", percent, right=True),
            column("if_more", "1割増なら", "If 10 % more", percent, right=True),
            column("yen", "自社(円)", "In-house (¥)", amount, right=True),
            column("per_contact", "1件(円)", "A contact (¥)", amount, right=True),
            column("outsourced", "委託(円)", "Outsourced (¥)", amount, right=True),
        ],
        rows,
        notes=[note],
    )


def rostered(found: NamedRoster) -> Listing:
    """Return one line a person and day of work."""
    from rashin.staffing.shifts import clock

    table = found.roster
    records = [
        {
            "day": str(day),
            "agent": person,
            "name": found.names[person],
            "shift": shift.name,
            "start": clock(shift.start),
            "end": clock(shift.end),
        }
        for at, day in enumerate(found.days)
        for row, person in enumerate(table.people)
        if table.assigned[row, at] >= 0
        for shift in (table.shifts[table.assigned[row, at]],)
    ]
    return Listing(
        [
            column("day", "日", "Day"),
            column("agent", "担当者", "Agent"),
            column("name", "氏名", "Name"),
            column("shift", "シフト", "Shift"),
            column("start", "開始", "Start"),
            column("end", "終了", "End"),
        ],
        records,
        notes=[told(found.text), *(told(each.text) for each in found.breaches)],
    )


def what_if(found: WhatIf) -> Listing:
    """Return one line a figure: measured, after the change, within what, by the change alone."""

    units = {"s": say("秒", " s"), "h": say("時間", " h")}

    def show(unit: str, value: float | None) -> str:
        if value is None:
            return ""
        if unit == "yen":
            return say(f"{value:,.0f}円", f"¥{value:,.0f}")
        return percent(value) if unit == "share" else amount(value) + units.get(unit, "")

    def moved(unit: str, value: float | None) -> str:
        if value is None or not value:
            return ""
        if unit == "yen":
            sign = "+" if value > 0 else "−"
            return say(f"{sign}{abs(value):,.0f}円", f"{sign}¥{abs(value):,.0f}")
        text = (
            f"{value * 100:+.1f}{say('ポイント', ' pt')}" if unit == "share" else f"{value:+,.1f}".removesuffix(".0") + units.get(unit, "")
        )
        return text.replace("-", "−")

    records: list[dict[str, Any]] = []
    for each in found.lines:
        start = each.actual if each.actual is not None else each.model
        if not math.isfinite(each.shown):
            continue
        records.append(
            {
                "figure": each.figure if _machine() else told(each.name),
                "unit": each.unit,
                "measured": each.actual is not None,
                "before": known(start),
                "after": known(each.shown),
                "low": known(each.low),
                "high": known(each.high),
                "moved": known(each.moved),
                "moved_low": known(each.moved_low),
                "moved_high": known(each.moved_high),
                "model_before": known(each.model),
            }
        )
    if not _machine():
        for record in records:
            for key in ("before", "after", "low", "high", "model_before"):
                record[key] = show(record["unit"], record[key])
            record["moved"] = moved(record["unit"], record["moved"])
    columns = [
        column("figure", "値", "Figure"),
        column("before", "変更前", "Before", right=True),
        column("after", "変更後", "After", right=True),
        column("low", "下", "Low", right=True),
        column("high", "上", "High", right=True),
        column("moved", "変化", "Moved", right=True),
        column("model_before", "変更前の計算", "Model before", right=True),
    ]
    if _machine():
        columns += [column(key, key, key) for key in ("unit", "measured", "moved_low", "moved_high")]
    return Listing(columns, records, notes=[told(found.text), *(told(each) for each in found.notes)])


def _machine() -> bool:
    from rashin.cli.lib.app import app

    return app().format != "table"
