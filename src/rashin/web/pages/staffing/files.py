"""A plan, a back-test, a roster as tables of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.web.centre import centre
from rashin.web.pages.bookfile import Column, Line, Sheet
from rashin.web.pages.staffing.choice import Choice, called
from rashin.web.pages.staffing.shown import words

if TYPE_CHECKING:
    from rashin.insight.staffing.model import BackTest, GroupPlan, Plan
    from rashin.insight.staffing.named_roster import NamedRoster

_GROUP = Column("group", Bilingual("グループ", "Group"))
_DAY = Column("day", Bilingual("日", "Day"), "day")
_TIME = Column("time", Bilingual("時刻", "Time"))
_LEVEL = Column("service_level", Bilingual("SL見込み", "Level expected"), "share")
_OCCUPANCY = Column("occupancy", Bilingual("占有率", "Occupancy"), "share")
_ABANDON = Column("abandon", Bilingual("放棄", "Abandon"), "share")


def sheets(plan: Plan, choice: Choice) -> list[Sheet]:
    """Return intervals, days, shifts and groups as tables."""
    slots = [row for each in plan.groups for row in _slots(each)]
    days = [row for each in plan.groups for row in _days(each)]
    shifts = [row for each in plan.groups for row in _shifts(each)]
    wholes = [_whole(each, choice) for each in plan.groups]
    counted = [
        Column("contacts", Bilingual("件数", "Contacts"), "fine"),
        Column("planned", Bilingual("計画件数", "Planned for"), "count"),
        Column("seats", Bilingual("席数", "Seats"), "count"),
        Column("rostered", Bilingual("配置", "Rostered"), "count"),
        Column("staffed", Bilingual("シフト", "By shifts"), "fine"),
    ]
    hours = [
        Column("peak", Bilingual("最大席数", "Most seats"), "count"),
        Column("seat_hours", Bilingual("席時間", "Seat-hours"), "fine"),
        Column("rostered_hours", Bilingual("配置時間", "Rostered hours"), "fine"),
    ]
    turns = [
        Column("shift", Bilingual("シフト", "Shift")),
        Column("start", Bilingual("開始", "Start")),
        Column("end", Bilingual("終了", "End")),
        Column("people", Bilingual("人数", "People"), "count"),
    ]
    money = [
        Column("yen", Bilingual("費用(円)", "Cost (¥)"), "count"),
        Column("per_contact", Bilingual("1件(円)", "A contact (¥)"), "fine"),
        Column("outsourced_yen", Bilingual("委託(円)", "Outsourced (¥)"), "count"),
    ]
    contacts = Column("contacts", Bilingual("件数", "Contacts"), "fine")
    more = Column("if_more", Bilingual("1割増なら", "If a tenth more"), "share")
    found = [
        Sheet(Bilingual("区間", "Intervals"), [_GROUP, _DAY, _TIME, *counted, _LEVEL, _ABANDON, _OCCUPANCY], slots),
        Sheet(Bilingual("日", "Days"), [_GROUP, _DAY, contacts, *hours, _LEVEL], days),
        Sheet(
            Bilingual("グループ", "Groups"),
            [
                _GROUP,
                contacts,
                *hours,
                _LEVEL,
                more,
                _ABANDON,
                _OCCUPANCY,
                *(money if choice.force.money else ()),
                Column("text", Bilingual("ことば", "In words")),
            ],
            wholes,
        ),
    ]
    return [*found, Sheet(Bilingual("シフト", "Shifts"), [_GROUP, _DAY, *turns], shifts)] if shifts else found


def cover(plan: Plan, choice: Choice) -> list[Line]:
    """Return what a reader of the file must know."""
    lang = choice.filters.lang
    told = [
        (Bilingual("計画する期間", "Days")(lang), f"{plan.first} – {plan.last}"),
        (Bilingual("もとにした実績", "Learned from what came before")(lang), str(plan.today)),
        (Bilingual("区間(分)", "Minutes of an interval")(lang), str(plan.slot_minutes)),
        (Bilingual("データ版", "Snapshot")(lang), str(plan.snapshot)),
        (Bilingual("カタログ版", "Catalogue version")(lang), centre().catalogue.version),
    ]
    for each in plan.groups:
        limits = "; ".join(f"{name} = {', '.join(map(str, values))}" for name, values in each.group.where.items())
        told += [(called(each.group, lang), words(each, choice)), ("", limits or "-")]
    return told + [(name, why(lang)) for name, why in plan.skipped]


def back_sheets(found: BackTest, lang: str) -> list[Sheet]:
    """Return a back-test as tables: intervals, and errors of each group."""
    slots = [
        {
            "group": each.group.name,
            "day": day,
            "time": _clock(found, slot),
            "came": float(each.volume_actual[at, slot]),
            "planned": float(each.level_planned[at, slot]),
            "reached": float(each.level_actual[at, slot]),
        }
        for each in found.groups
        for at, day in enumerate(each.days)
        for slot in range(each.volume_actual.shape[1])
        if each.volume_actual[at, slot]
    ]
    names = ("planned", "came", "wape", "bias", "expected", "actual", "slot_error", "model", "model_error")
    wholes = [
        {
            "group": each.group.name,
            **{name: float(getattr(each, name)) for name in names},
            **{f"by_{name}": value for name, value in each.parts.items()},
            "text": each.text(lang),
        }
        for each in found.groups
    ]
    came = Column("came", Bilingual("実績件数", "Came"), "count")
    levels = [
        Column("planned", Bilingual("計画SL", "Level planned"), "share"),
        Column("reached", Bilingual("実績SL", "Level reached"), "share"),
    ]
    errors = [
        Column("planned", Bilingual("計画件数", "Planned"), "count"),
        came,
        Column("wape", Bilingual("区間誤差", "Error by slot"), "share"),
        Column("bias", Bilingual("偏り", "Bias"), "share"),
        Column("expected", Bilingual("計画SL", "Level planned"), "share"),
        Column("actual", Bilingual("実績SL", "Level reached"), "share"),
        Column("slot_error", Bilingual("SL差(区間)", "Apart by slot"), "share"),
        Column("by_volume", Bilingual("件数による", "By volume"), "share"),
        Column("by_handling", Bilingual("処理時間による", "By handling"), "share"),
        Column("by_seats", Bilingual("席数による", "By seats"), "share"),
        Column("by_rest", Bilingual("その他", "The rest"), "share"),
        Column("model", Bilingual("実績を入れた計算", "Model with actuals"), "share"),
        Column("model_error", Bilingual("モデル誤差", "Model's error"), "share"),
        Column("text", Bilingual("ことば", "In words")),
    ]
    return [
        Sheet(Bilingual("区間", "Intervals"), [_GROUP, _DAY, _TIME, came, *levels], slots),
        Sheet(Bilingual("誤差", "Errors"), [_GROUP, *errors], wholes),
    ]


def _clock(found: BackTest, slot: int) -> str:
    """When a slot begins: alike in every group of a plan."""
    return found.plan.groups[0].coming.clock(slot)


def roster_sheets(found: NamedRoster) -> list[Sheet]:
    """Return who works what, a line for each person and day; and what is broken."""
    from rashin.staffing.shifts import clock

    table = found.roster
    rows = [
        {
            "day": day,
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
    columns = [
        _DAY,
        Column("agent", Bilingual("担当者", "Agent")),
        Column("name", Bilingual("氏名", "Name")),
        Column("shift", Bilingual("シフト", "Shift")),
        Column("start", Bilingual("開始", "Start")),
        Column("end", Bilingual("終了", "End")),
    ]
    return [Sheet(Bilingual("勤務表", "Roster"), columns, rows)]


def _slots(each: GroupPlan) -> list[dict[str, Any]]:
    coming, cover = each.coming, each.cover
    return [
        {
            "group": each.name,
            "day": day,
            "time": coming.clock(slot),
            "contacts": float(coming.mean[at, slot]),
            "planned": float(coming.planned[at, slot]),
            "seats": int(each.seats[at, slot]),
            "rostered": int(each.rostered[at, slot]),
            "staffed": None if cover is None else float(cover.staffed[at, slot]),
            "service_level": float(each.level[at, slot]),
            "abandon": float(each.abandon[at, slot]),
            "occupancy": float(each.occupancy[at, slot]),
        }
        for at, day in enumerate(coming.days)
        for slot in range(coming.mean.shape[1])
        if each.seats[at, slot] or coming.mean[at, slot]
    ]


def _days(each: GroupPlan) -> list[dict[str, Any]]:
    from rashin.insight.staffing.reckon import weighted

    hours = each.coming.slot_minutes / 60
    return [
        {
            "group": each.name,
            "day": day,
            "contacts": float(each.coming.mean[at].sum()),
            "peak": int(each.seats[at].max(initial=0)),
            "seat_hours": float(each.seats[at].sum()) * hours,
            "rostered_hours": float(each.rostered[at].sum()) * hours,
            "service_level": weighted(each.level[at], each.coming.mean[at]),
        }
        for at, day in enumerate(each.coming.days)
    ]


def _shifts(each: GroupPlan) -> list[dict[str, Any]]:
    from rashin.staffing.shifts import clock

    return [
        {
            "group": each.name,
            "day": day,
            "shift": shift.name,
            "start": clock(shift.start),
            "end": clock(shift.end),
            "people": int(each.cover.counts[at, place]),
        }
        for at, day in enumerate(each.coming.days)
        if each.cover is not None
        for place, shift in enumerate(each.cover.shifts)
        if each.cover.counts[at, place]
    ]


def _whole(each: GroupPlan, choice: Choice) -> dict[str, Any]:
    return {
        "group": each.name,
        "contacts": each.contacts,
        "peak": each.peak[0],
        "seat_hours": each.seat_hours,
        "rostered_hours": each.rostered_hours,
        "service_level": each.expected_level,
        "if_more": each.level_more,
        "abandon": each.expected_abandon,
        "occupancy": each.expected_occupancy,
        "yen": each.cost.yen,
        "per_contact": each.cost.per_contact,
        "outsourced_yen": None if each.outside is None else each.outside.yen,
        "text": words(each, choice),
    }
