"""Peaks as tables of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.web.centre import centre
from rashin.web.pages.bookfile import Column, Line, Sheet
from rashin.web.pages.filters import Filters
from rashin.web.pages.forecast.files import filters_said
from rashin.web.pages.peaks import shown

if TYPE_CHECKING:
    from rashin.insight.peaks import Peaks

_KPIS = ("volume", "answer_rate", "service_level", "asa:over_answered", "caller_reach:ever_answered")
_QUEUE = Column("queue", Bilingual("窓口", "Queue"))
_VOLUME = Column("volume", Bilingual("件数", "Contacts"), "count")
_LOST = Column("lost", Bilingual("応答できず", "Lost"), "count")
_WAIT = Column("wait_s", Bilingual("応答の待ち(秒)", "Wait (s)"), "s")
_HOURS = (
    _QUEUE,
    Column("weekday", Bilingual("曜日(1=月)", "Weekday (1 = Monday)"), "count"),
    Column("hour", Bilingual("時", "Hour"), "count"),
    _VOLUME,
    Column("per_day", Bilingual("1日あたり", "A day"), "fine"),
    _LOST,
    Column("answer_rate", Bilingual("応答率", "Answer rate"), "share"),
    Column("service_level", Bilingual("サービスレベル", "Service level"), "share"),
    _WAIT,
    Column("contacts", Bilingual("顧客の分かる件数", "Contacts of known customers"), "count"),
    Column("people", Bilingual("人数", "People"), "count"),
)
_WORST = (
    _QUEUE,
    Column("interval", Bilingual("区間", "Interval")),
    _VOLUME,
    _LOST,
    Column("usual", Bilingual("ふだん", "Usual"), "fine"),
    _WAIT,
)
_PEOPLE = (
    _QUEUE,
    Column("contacts", Bilingual("件数", "Contacts"), "count"),
    Column("people", Bilingual("人数", "People"), "count"),
    Column("attempts", Bilingual("1人あたり", "Each"), "fine"),
    Column("reach_contacts", Bilingual("件数での応答率", "Answered, contacts"), "share"),
    Column("reach_people", Bilingual("つながった人", "Answered, people"), "share"),
    Column("known", Bilingual("顧客の分かる割合", "Customer known"), "share"),
)
_SEATS = (
    _QUEUE,
    _VOLUME,
    Column("top_share", Bilingual("上位1割の区間の割合", "Share of the top tenth"), "share"),
    Column("by_chance", Bilingual("偶然だけ", "By chance"), "share"),
    Column("peak_ratio", Bilingual("ピーク÷平均", "Peak ÷ mean"), "fine"),
    Column("aht_s", Bilingual("平均処理時間(秒)", "AHT (s)"), "s"),
    Column("peak", Bilingual("最大席数", "Seats at most"), "count"),
    Column("hours", Bilingual("席時間/週", "Seat-hours a week"), "fine"),
    Column("even_peak", Bilingual("均等なら(席)", "Seats if even"), "count"),
    Column("even_hours", Bilingual("均等なら(席時間)", "Seat-hours if even"), "fine"),
)


def sheets(queues: Peaks) -> list[Sheet]:
    """Return hours of the week, worst intervals, people and seats as tables."""
    worst = [
        {**dict(each.key), "interval": each.label, **{name: getattr(each, name) for name in ("volume", "lost", "usual", "wait_s")}}
        for each in queues.worst
    ]
    people = [
        {
            **dict(each.key),
            **{name: getattr(each, name) for name in ("contacts", "people", "attempts", "reach_contacts", "reach_people", "known")},
        }
        for each in queues.people
    ]
    seats = [
        {
            **dict(each.key),
            **{name: getattr(each, name) for name in ("volume", "top_share", "by_chance", "peak_ratio")},
            **({name: getattr(each.seats, name) for name in ("aht_s", "peak", "hours", "even_peak", "even_hours")} if each.seats else {}),
        }
        for each in queues.concentration
    ]
    return [
        Sheet(Bilingual("曜日×時間帯", "Hours of the week"), _HOURS, shown.records(queues)),
        Sheet(Bilingual("悪かった区間", "Worst intervals"), _WORST, worst),
        Sheet(Bilingual("人", "People"), _PEOPLE, people),
        Sheet(Bilingual("集中と席数", "Concentration, seats"), _SEATS, seats),
    ]


def cover(queues: Peaks, filters: Filters) -> list[Line]:
    """Return what a reader of the file must know."""
    own, lang = centre().catalogue, filters.lang
    told = [
        (Bilingual("期間", "Period")(lang), f"{queues.period.start} – {queues.period.last}"),
        (Bilingual("区間(分)", "Minutes of an interval")(lang), str(queues.slot_minutes)),
        (Bilingual("絞り込み", "Filters")(lang), filters_said(filters.question_filters, lang)),
        (Bilingual("データ版", "Snapshot")(lang), str(queues.snapshot)),
        (Bilingual("カタログ版", "Catalogue version")(lang), own.version),
        (Bilingual("要点", "In words")(lang), queues.text(lang)),
        *(("", note(lang)) for note in queues.notes),
    ]
    for name in _KPIS:
        definition = own.definition(name)
        told.append((f"{definition.name(lang)} ({name})", f"{definition.meaning(lang)} {definition.value.text}"))
    return told
