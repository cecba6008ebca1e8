"""Workbooks that people keep by hand: the attendance sheet (a title above the header) and the monitoring sheet (dates in the Reiwa era)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable, Sequence

import numpy as np

from rashin.demo import days, line
from rashin.demo.book import Book
from rashin.demo.centre import CENTRE_JA, TEAMS
from rashin.demo.ids import contact_ids
from rashin.demo.world import Month, World

ATTENDANCE = "attendance"
MONITORING = "monitoring"
_ABSENT = {"paid leave": ("有休", "有給休暇"), "illness": ("欠勤", "病気"), "family": ("欠勤", "家庭の事情")}
_ITEMS = ("正確性", "迅速性", "柔軟性", "共感性", "安心感", "好印象")
_CHANNEL_JA = {"sapporo": "電話", "naha": "電話", "vendor_day": "電話", "vendor_night": "電話", "mail": "メール", "chat": "チャット"}


_ATTENDANCE_HEADER = (
    "担当者ID",
    "氏名",
    "チーム",
    "日付",
    "区分",
    "予定開始",
    "予定終了",
    "出勤",
    "退勤",
    "所定時間",
    "実働時間",
    "欠勤時間",
    "欠勤理由",
    "遵守時間",
)
_MONITORING_HEADER = (
    *("評価日", "評価時刻", "評価者", "担当者ID", "チャネル", "応対番号"),
    *_ITEMS,
    *("合計", "満点", "重大ミス", "ミス件数", "評価項目数", "評価表の版"),
)

Row = tuple[object, ...]


class Sheets:
    """Gathers months; writes both workbooks of a quarter when it is over."""

    def __init__(self, book: Book, world: World) -> None:
        self._book, self._world = book, world
        self._attendance: list[Row] = []
        self._reviews: list[Row] = []

    def add(self, month: Month) -> None:
        """Take one month."""
        self._attendance += _attendance(self._world, month)
        self._reviews += _reviews(self._world, month)
        if month.last == self._world.quarter_end(month):
            self._write(self._world.quarter(month))
            self._attendance, self._reviews = [], []

    def _write(self, label: str) -> None:
        first = self._world.people[0]
        times = ("9:00", "18:00", "8:55", "18:05", "8:00", "8:00", "0:00", "", "7:40")
        bad: Row = (first.id, first.name, "", "2026/02/30", "出勤", *times)
        data = _workbook("勤怠", [(f"{CENTRE_JA} 勤怠表 {label}",), (), _ATTENDANCE_HEADER, *self._attendance, bad])
        entry = self._book.write(ATTENDANCE, f"勤怠表_{label}.xlsx", data)
        entry.rows, entry.bad["unreadable_date"], entry.ignored["title"] = len(self._attendance) + 2, 1, 1
        if self._reviews:
            spoilt = list(self._reviews[0])
            spoilt[5], spoilt[12] = "S0000-000000", 48
            data = _workbook("モニタリング", [_MONITORING_HEADER, *self._reviews, spoilt])
            entry = self._book.write(MONITORING, f"モニタリング評価_{label}.xlsx", data)
            entry.rows, entry.bad["score_above_max"] = len(self._reviews) + 1, 1


def _workbook(sheet: str, rows: Iterable[Sequence[object]]) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        workbook.set_properties({"created": dt.datetime(2026, 1, 1)})  # noqa: DTZ001 - a workbook's property has no zone
        page = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return buffer.getvalue()


def _attendance(world: World, month: Month) -> Iterable[tuple[object, ...]]:
    """One row for each person and planned day of our own sites (the outsourcer keeps its own)."""
    rng = world.rng("adherence", month.first)
    own = {team.pool for team in TEAMS if not team.vendor}
    for day in days.span(month.first, month.last):
        for pool in sorted(own):
            for turn in world.rota.turns(pool, day):
                agent = world.people[turn.agent]
                planned = turn.end_s - turn.start_s - 3600
                start = (agent.id, agent.name, agent.team.ja, f"{day.year}/{day.month}/{day.day}")
                if turn.absent:
                    kind, reason = _ABSENT[turn.absent]
                    away = planned if kind == "欠勤" else 0
                    yield (*start, kind, _hm(turn.start_s), _hm(turn.end_s), "", "", _hm(planned), "0:00", _hm(away), reason, "0:00")
                    continue
                worked = sum(until - begin for begin, until in turn.spans) + 900 * turn.pauses.count(0) + 3600 * turn.pauses.count(2)
                late = max(0, turn.in_s - turn.start_s)
                kept = int(min(worked, planned) * rng.uniform(0.90, 0.985))
                kind = "遅刻" if late else "出勤"
                plan = (_hm(turn.start_s), _hm(turn.end_s), _hm(turn.in_s), _hm(turn.out_s))
                yield (*start, kind, *plan, _hm(planned), _hm(worked), _hm(late), "遅刻" if late else "", _hm(kept))


def _hm(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}"


def _reviews(world: World, month: Month) -> Iterable[tuple[object, ...]]:
    """About four reviews a person and month, each of a contact that the person really handled."""
    rng = world.rng("monitoring", month.first)
    midnight = days.local_s(month.last)
    for pool, channel in _CHANNEL_JA.items():
        calls = month.contacts.get(pool) or {}
        if not calls:
            continue
        ids = contact_ids(world, month, pool)
        taken = np.flatnonzero((calls["outcome"] == line.ANSWERED) & (calls["agent"] >= 0))
        for agent in world.people:
            mine = taken[calls["agent"][taken] == agent.index] if agent.team.pool == pool else taken[:0]
            for row in np.sort(rng.choice(mine, min(4, len(mine)), replace=False)).tolist() if len(mine) else ():
                hurried = agent.index == world.gamer and month.first >= world.stories.gaming
                level = 4.0 + agent.warmth * 1.5 - 0.5 * bool(calls["unsolved"][row]) - 0.5 * hurried
                points = np.clip(np.round(rng.normal(level, 0.7, 6)), 1, 5).astype(int).tolist()
                when = min(int(calls["start"][row]) // 86400 * 86400 + int(rng.integers(1, 4)) * 86400, midnight) + int(
                    rng.integers(36000, 64800)
                )
                day = days.EPOCH + dt.timedelta(days=when // 86400)
                critical = rng.random() < 0.025
                mistakes = int(rng.poisson(0.35))
                date = f"令和{day.year - 2018}年{day.month}月{day.day}日"
                scores = (*points, sum(points), 30, "×" if critical else "○", mistakes, 12, "2026-1")
                yield (date, _hm(when % 86400), f"sv.{agent.team.id}", agent.id, channel, ids[row].as_py(), *scores)
