"""``staffing.toml``: who takes what, how well, with which shifts and at which price. What is not written has a default that plans name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, DefinitionError, nearest

if TYPE_CHECKING:
    from rashin.catalogue.entry import Table
    from rashin.staffing import Rules, Shift, Terms

FILE = "staffing.toml"
#: How seats are reckoned: a queue of calls, chats several at a time, or a pile with a promise.
MODELS: dict[str, Bilingual] = {
    "calls": Bilingual("通話(待ち行列)", "calls (a queue)"),
    "chat": Bilingual("チャット(同時対応)", "chat (several at a time)"),
    "pile": Bilingual("メール・SNS(期限つきの残件)", "mail and social (a pile with a promise)"),
}
_BY_CHANNEL = {"voice": "calls", "chat": "chat"}
#: What a group takes over from the head of the file.
_COMMON = (
    "quantile",
    "occupancy",
    "shrinkage",
    "hourly_yen",
    "seat_yen",
    "night_premium",
    "least",
    "service_level",
    "target_s",
    "abandon",
    "asa_s",
    "patience_s",
    "handle_s",
    "answer_s",
    "concurrency",
    "within_hours",
    "opening",
    "redial",
    "shifts",
)
_GROUP = (*_COMMON, "title", "where", "staff", "model", "outsourced")


@dataclass(frozen=True)
class Group:
    """Contacts that the same people take. ``where``: which contacts; ``staff``: whose time at work is theirs (of agents' time; empty = not measured).

    ``service_level`` within ``target_s`` of all offered, ``abandon`` and ``asa_s`` at most; ``within_hours``: the promise of a pile in opening hours,
    ``opening``: its open items when the plan begins. ``quantile``: of the forecast that
    is planned for. ``shrinkage``: paid time away, without the breaks that stand in shifts. ``patience_s``, ``handle_s`` and ``answer_s`` (seconds until an answer even when nobody
    waits: ringing, announcement) None: from the group's own past.
    """

    name: str
    title: Bilingual
    where: Mapping[str, tuple[Any, ...]]
    staff: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    model: str = "calls"
    service_level: float = 0.8
    target_s: float = 20.0
    abandon: float = 1.0
    asa_s: float | None = None
    occupancy: float = 0.9
    quantile: float = 0.7
    patience_s: float | None = None
    handle_s: float | None = None
    answer_s: float | None = None
    concurrency: int = 1
    within_hours: float = 8.0
    opening: float = 0.0
    redial: float = 0.0
    shrinkage: Fraction = Fraction(3, 10)
    least: int = 1
    hourly_yen: float = 0.0
    seat_yen: float = 0.0
    night_premium: float = 0.25
    shifts: tuple[Shift, ...] = ()
    outsourced: Terms | None = None


@dataclass(frozen=True, slots=True)
class Worker:
    """What a roster must know of one person: days ``off`` and days rather not worked (``wishes``), names of ``shifts`` they can work (None: all), worked hours a week at most."""

    off: tuple[date, ...] = ()
    wishes: tuple[date, ...] = ()
    shifts: tuple[str, ...] | None = None
    hours_week: float | None = None


@dataclass(frozen=True)
class Workforce:
    """``groups`` by name, none where the file names none (then every queue is a group of its own, as ``head`` says). ``rules``: of labour, for rosters. ``people``: what a roster
    must know of them, by agent."""

    groups: Mapping[str, Group] = field(default_factory=dict)
    slot_minutes: int = 30
    head: Mapping[str, Any] = field(default_factory=dict)
    shifts: tuple[Shift, ...] = ()
    rules: Rules | None = None
    people: Mapping[str, Worker] = field(default_factory=dict)
    written: bool = False

    def alone(self, key: Mapping[str, Any]) -> Group:
        """Return the group of one queue and channel, with what the head of the file says."""
        queue, channel = key.get("queue"), key.get("channel")
        name = str(queue if queue is not None else channel or "all")
        model = _BY_CHANNEL.get(str(channel), "pile") if channel is not None else "calls"
        own = {**self.head, "shifts": self.shifts}
        return Group(name, Bilingual(name, name), {at: (value,) for at, value in key.items()}, model=model, **own)

    def chosen(self, names: Sequence[str]) -> tuple[Group, ...]:
        """Return groups by name, all for none. DefinitionError with the nearest name for one that there is not."""
        check_groups(names, self.groups)
        return tuple(self.groups[name] for name in names) if names else tuple(self.groups.values())


def check_groups(names: Sequence[str], known: Iterable[str]) -> None:
    """Refuse a group that there is not: DefinitionError with the nearest name."""
    have = list(known)
    for name in names:
        if name not in have:
            raise DefinitionError(
                "staffing_group_unknown",
                Bilingual(f"グループ「{name}」はありません。", f"There is no group “{name}”."),
                Bilingual(f"使えるもの: {'、'.join(have) or 'なし'}", f"Known: {', '.join(have) or 'none'}"),
                place=f"{FILE} › group",
                word=name,
                suggestion=nearest(name, have),
            )


def load(workspace: Path) -> Workforce:
    """Return what the workspace's ``staffing.toml`` says; defaults without one. DefinitionError with place, word and the nearest name at the first fault."""
    path = workspace / FILE
    if not path.exists():
        return Workforce()
    from rashin.catalogue.loader import read_toml

    return read(read_toml(path))


def read(data: Mapping[str, Any], place: str = FILE) -> Workforce:
    """Return a checked document."""
    from rashin.catalogue.entry import Table

    table = Table(data, place)
    table.keys((), ("slot_minutes", *_COMMON, "group", "shift", "rules", "people"))
    shifts = {name: _shift(name, each) for name, each in _named(table, "shift")}
    slot = table.integer("slot_minutes", 1) if "slot_minutes" in data else 30
    if slot not in (15, 30, 60):
        table.wrong("slot_minutes", "15・30・60のどれか", "15, 30 or 60")
    head = _values(table, shifts)
    chosen = head.pop("shifts", tuple(shifts.values()))
    groups = {name: _group(name, each, head, chosen, shifts) for name, each in _named(table, "group")}
    rules = _rules(table.table("rules")) if "rules" in data else None
    people = {name: _worker(each, shifts) for name, each in _named(table, "people")}
    return Workforce(groups, slot, head, chosen, rules, people, True)


def _named(table: Table, key: str) -> list[tuple[str, Table]]:
    whole = table.table(key)
    for name in whole.data:
        if not (name.isprintable() and 0 < len(name) <= 64):
            whole.wrong(name, "64字以内の名前", "a name of at most 64 letters")
    return [(name, whole.table(name)) for name in whole.data]


def _group(name: str, table: Table, head: Mapping[str, Any], shifts: tuple[Shift, ...], known: Mapping[str, Shift]) -> Group:
    table.keys(("where",), _GROUP)
    where = _filters(table, "where")
    channels = where.get("channel", ())
    model = table.choice("model", MODELS) if "model" in table.data else _BY_CHANNEL.get(str(channels[0]), "pile") if channels else "calls"
    title = table.data.get("title")
    if isinstance(title, str):
        called = Bilingual(table.text("title"), table.text("title"))
    else:
        called = table.bilingual("title") if title is not None else Bilingual(name, name)
    own = {**head, "shifts": shifts, **_values(table, known)}
    outside = _terms(table.table("outsourced")) if "outsourced" in table.data else None
    return Group(name, called, where, _filters(table, "staff"), model, outsourced=outside, **own)


def _filters(table: Table, key: str) -> dict[str, tuple[Any, ...]]:
    from rashin.errors import QuestionError
    from rashin.query.dimensions import check_filters

    own = table.table(key)
    try:
        return dict(check_filters(own.data))
    except QuestionError as error:
        raise DefinitionError(error.code, error.what, error.next_step, place=table.at(key), word=", ".join(own.data)) from None


def _values(table: Table, shifts: Mapping[str, Shift]) -> dict[str, Any]:
    """The keys that the head and each group share, where they are written."""
    found: dict[str, Any] = {}
    within: dict[str, Callable[[float], bool]] = {
        "quantile": lambda x: 0 < x < 1,
        "occupancy": lambda x: 0 < x <= 1,
        "service_level": lambda x: 0 < x < 1,
        "abandon": lambda x: 0 < x <= 1,
        "redial": lambda x: 0 <= x < 1,
        "night_premium": lambda x: 0 <= x <= 2,
        "target_s": lambda x: x >= 0,
        "asa_s": lambda x: x > 0,
        "patience_s": lambda x: x > 0,
        "handle_s": lambda x: x > 0,
        "answer_s": lambda x: x >= 0,
        "within_hours": lambda x: x > 0,
        "opening": lambda x: x >= 0,
        "hourly_yen": lambda x: x >= 0,
        "seat_yen": lambda x: x >= 0,
    }
    said = {
        "quantile": ("0〜1の間の数(0.7 = 10回に7回は足りる)", "a number between 0 and 1 (0.7 = enough seven times of ten)"),
        "occupancy": ("0〜1の割合(0.85 = 85%)", "a share up to 1 (0.85 = 85 %)"),
        "service_level": ("0〜1の割合(0.8 = 80%)", "a share below 1 (0.8 = 80 %)"),
        "abandon": ("0〜1の割合(0.05 = 5%)", "a share up to 1 (0.05 = 5 %)"),
        "redial": ("1未満の割合", "a share below 1"),
        "night_premium": ("0〜2の割増(0.25 = 25%)", "a premium of 0 to 2 (0.25 = 25 %)"),
    }
    for key, fits in within.items():
        value = table.number(key)
        if value is not None:
            if not fits(value):
                table.wrong(key, *said.get(key, ("正の数", "a positive number")))
            found[key] = float(value)
    for key, least in (("least", 0), ("concurrency", 1)):
        if key in table.data:
            found[key] = table.integer(key, least)
    if "shrinkage" in table.data:
        found["shrinkage"] = _shrinkage(table)
    if "shifts" in table.data:
        found["shifts"] = _some_shifts(table, shifts)
    return found


def _shrinkage(table: Table) -> Fraction:
    """One share, or several reasons that add up."""
    from rashin.staffing import together

    value = table.data["shrinkage"]
    parts = list(value.values()) if isinstance(value, dict) else [value]
    try:
        if any(isinstance(each, bool) or not isinstance(each, int | float | str) for each in parts):
            raise ValueError
        return together(*parts)
    except ValueError:
        table.wrong(
            "shrinkage",
            "0以上1未満の割合、または理由ごとの割合の表({ leave = 0.08, training = 0.05 })",
            "a share of at least 0 and below 1, or a table of reasons ({ leave = 0.08, training = 0.05 })",
        )


def _some_shifts(table: Table, known: Mapping[str, Shift]) -> tuple[Shift, ...]:
    names = table.texts("shifts")
    for name in names:
        if name not in known:
            table.refuse(
                "staffing_shift_unknown",
                "shifts",
                Bilingual(f"シフト「{name}」が [shift.…] にありません。", f"there is no [shift.{name}]."),
                word=name,
                known=known,
                next_step=Bilingual(f"使えるもの: {'、'.join(known) or 'なし'}", f"Known: {', '.join(known) or 'none'}"),
            )
    return tuple(known[name] for name in names)


def _worker(table: Table, shifts: Mapping[str, Shift]) -> Worker:
    table.keys((), ("off", "wishes", "shifts", "hours_week"))
    hours = table.number("hours_week")
    if hours is not None and hours <= 0:
        table.wrong("hours_week", "正の数", "a number above 0")
    own = tuple(each.name for each in _some_shifts(table, shifts)) if "shifts" in table.data else None
    return Worker(_dates(table, "off"), _dates(table, "wishes"), own, hours)


def _dates(table: Table, key: str) -> tuple[date, ...]:
    value = table.data.get(key, [])
    try:
        if not isinstance(value, list):
            raise TypeError
        return tuple(each if type(each) is date else date.fromisoformat(each) for each in value)
    except (TypeError, ValueError):
        table.wrong(key, '日付の並び(["2026-11-03"])', 'a list of dates (["2026-11-03"])')


def _shift(name: str, table: Table) -> Shift:
    from dataclasses import replace

    from rashin.staffing import shift

    table.keys(("start", "end"), ("breaks", "least", "most"))
    breaks = table.data.get("breaks", [])
    pairs = isinstance(breaks, list) and all(
        isinstance(each, list) and len(each) == 2 and all(isinstance(clock, str) for clock in each) for each in breaks
    )
    if not pairs:
        table.wrong("breaks", '[["12:00", "13:00"]] の形', 'of the form [["12:00", "13:00"]]')
    least = table.integer("least", 0) if "least" in table.data else 0
    most = table.integer("most", 0) if "most" in table.data else None
    try:
        made = shift(name, table.text("start"), table.text("end"), [(first, last) for first, last in breaks])
        return replace(made, least=least, most=most)
    except ValueError as error:
        table.refuse(
            "staffing_shift_wrong",
            "",
            Bilingual(
                'シフトの時刻が成り立ちません。開始・終了は "9:00" の形、休憩は勤務の中に重ならずに書きます。',
                f"the times of this shift do not fit together: {error}.",
            ),
            word=name,
        )


def _terms(table: Table) -> Terms:
    from rashin.staffing import Terms

    keys = ("fixed", "included", "per_contact", "per_seat_hour", "least", "most")
    table.keys((), keys)
    values = {key: float(number) for key in keys if (number := table.number(key)) is not None}
    try:
        return Terms(**values)
    except ValueError:
        table.wrong(
            "most" if values.get("most", math.inf) < values.get("least", 0.0) else next(iter(values)),
            "0以上(上限は下限以上)",
            "at least 0, and most not below least",
        )


def _rules(table: Table) -> Rules:
    from rashin.staffing import Rules

    table.keys((), ("rest_h", "days_in_7", "run", "hours_week"))
    found: dict[str, Any] = {key: table.integer(key, 1) for key in ("days_in_7", "run") if key in table.data}
    for key in ("rest_h", "hours_week"):
        value = table.number(key)
        if value is not None:
            if value < 0:
                table.wrong(key, "0以上の数", "a number of at least 0")
            found[key] = float(value)
    return Rules(**found)
