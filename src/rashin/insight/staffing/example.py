"""A first ``staffing.toml`` made from what has arrived: which queues the same teams take, when contacts come, where no handling time is known."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.store import Store

#: So many weeks before ``today`` are looked at.
_WEEKS = 8
#: A team that takes a smaller part of a queue helps out only; a queue with a smaller part of all contacts needs no group of its own yet.
_PART, _WORTH = 0.1, 0.005
_SHIFT_H = 9
#: An hour with less of the busiest hour's contacts is not one to staff.
_QUIET = 0.05
_PROMISE = {"mail": 8, "social": 4}
_GUESS_S = {"chat": 600, "mail": 480, "social": 300}
_HEAD = Bilingual(
    """# 実績から作ったひな形です。目標・シュリンケージ・時給・シフトは、自分のセンターの値に直してください。
slot_minutes = 30
quantile     = 0.7            # 予測のどの分位で計画するか(0.7 = 10回に7回は足りる)
shrinkage    = { leave = 0.08, training = 0.05, absence = 0.04 }   # 有給・研修・欠勤。シフトの休憩は含めません
hourly_yen   = 0              # 時給。0のままでは費用が出ません
seat_yen     = 0              # 席1時間の費用(場所・回線)
""",
    """# A first version made from what has arrived. Put in your own targets, shrinkage, wages and shifts.
slot_minutes = 30
quantile     = 0.7            # of the forecast, that is planned for (0.7 = enough seven times of ten)
shrinkage    = { leave = 0.08, training = 0.05, absence = 0.04 }   # paid time away; breaks stand in the shifts
hourly_yen   = 0              # wage; with 0 there is no cost
seat_yen     = 0              # an hour of a seat (room, lines)
""",
)


@dataclass(frozen=True)
class _Pool:
    """Queues of one channel that the same teams take."""

    channel: str
    queues: tuple[str, ...]
    teams: tuple[str, ...]


def example(store: Store, catalogue: Catalogue, *, today: date, lang: str = "ja") -> str:
    """Return the text of a ``staffing.toml`` that can be saved as it is, from the eight weeks before ``today``. Without contacts: its head, with no groups."""
    volumes = _volumes(store, catalogue, today)
    pools = _pools(volumes)
    busy = {team: sum(team in each.teams for each in pools) for each in pools for team in each.teams}
    handled = _handled(store, catalogue, today)
    blocks = [_HEAD(lang), *_shifts(_hours(store, catalogue, today))]
    names: set[str] = set()
    for each in pools:
        alone = sum(other.channel == each.channel for other in pools) == 1
        name = each.channel if alone or not each.queues else each.queues[0]
        name = name if name not in names else f"{name}-{each.channel}"
        names.add(name)
        blocks.append(_group(name, each, alone, busy, handled, lang))
    return "\n".join(blocks)


def _ask(store: Store, catalogue: Catalogue, kpi: str, by: Sequence[str], today: date) -> list[tuple[tuple[object, ...], float]]:
    from rashin.calendars import Period
    from rashin.query import Question, Scope, ask
    from rashin.query.settings import Settings

    period = Period(today - timedelta(weeks=_WEEKS), today, settings=Settings.of(store).time)
    answer = ask(store, catalogue, Question((kpi,), period, tuple(by)), scope=Scope.everything())
    values = answer.series[0].value
    keys = zip(*(answer.keys.values(name) for name in by), strict=True)
    return [(key, float(value)) for key, value in zip(keys, values, strict=True) if math.isfinite(value)]


def _volumes(store: Store, catalogue: Catalogue, today: date) -> dict[tuple[str, str], dict[str, float]]:
    """(channel, queue) → team → contacts; "" = nobody's yet."""
    found: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for (channel, queue, team), value in _ask(store, catalogue, "volume", ("channel", "queue", "team"), today):
        if channel is not None and queue is not None:
            found[str(channel), str(queue)][str(team) if team is not None else ""] += value
    whole = sum(sum(teams.values()) for teams in found.values())
    return {key: teams for key, teams in found.items() if sum(teams.values()) > _WORTH * whole}


def _pools(volumes: Mapping[tuple[str, str], Mapping[str, float]]) -> list[_Pool]:
    """Queues of a channel whose teams overlap belong together, the largest first."""
    pools: list[tuple[str, list[str], set[str]]] = []
    for (channel, queue), teams in sorted(volumes.items(), key=lambda each: -sum(each[1].values())):
        known = {team: value for team, value in teams.items() if team}
        mine = {team for team, value in known.items() if value >= _PART * sum(known.values())}
        same = [each for each in pools if each[0] == channel and each[2] & mine]
        joined = (channel, [*(name for each in same for name in each[1]), queue], mine.union(*(each[2] for each in same)))
        pools = [each for each in pools if each not in same] + [joined]
    return [_Pool(channel, tuple(queues), tuple(sorted(teams))) for channel, queues, teams in pools]


def _handled(store: Store, catalogue: Catalogue, today: date) -> set[str]:
    """Channels whose handling time is known."""
    return {str(key[0]) for kpi in ("aht", "aht:agent_work") for key, _ in _ask(store, catalogue, kpi, ("channel",), today)}


def _hours(store: Store, catalogue: Catalogue, today: date) -> tuple[int, int]:
    """From which hour to which contacts come, of calls where there are some."""
    by_hour: dict[str, dict[int, float]] = defaultdict(dict)
    for (channel, hour), value in _ask(store, catalogue, "volume", ("channel", "hour"), today):
        if hour is not None:
            by_hour[str(channel)][int(str(hour))] = value
    hours = by_hour.get("voice") or next(iter(by_hour.values()), {})
    open_ = [hour for hour, value in hours.items() if value >= _QUIET * max(hours.values())]
    return (min(open_), max(open_) + 1) if open_ else (9, 18)


def _shifts(hours: tuple[int, int]) -> list[str]:
    """Turns of nine hours with one of rest, spread evenly over the hours."""
    first, last = hours
    many = max(1, math.ceil((last - first) / _SHIFT_H))
    starts = [first] if many == 1 else [round(first + at * (last - _SHIFT_H - first) / (many - 1)) for at in range(many)]
    names = ("early", "late") if many == 2 else ("early", "middle", "late") if many == 3 else ("day",)
    blocks = []
    for name, start in zip(names, starts, strict=False):
        end = start + _SHIFT_H if many > 1 else max(last, start + 2)
        rest = start + min(4, max((end - start) // 2, 1))
        breaks = f'[["{rest}:00", "{rest + 1}:00"]]' if end - start >= 6 else "[]"
        blocks.append(f'[shift.{name}]\nstart  = "{start}:00"\nend    = "{end}:00"\nbreaks = {breaks}\n')
    return blocks


def _group(name: str, pool: _Pool, alone: bool, busy: Mapping[str, int], handled: set[str], lang: str) -> str:
    where = f"channel = {_text(pool.channel)}" + ("" if alone else f", queue = {_list(pool.queues)}")
    lines = [f"[group.{_text(name)}]", f"where = {{ {where} }}"]
    if pool.teams:
        staff = f"staff = {{ team = {_list(pool.teams)} }}"
        if all(busy[team] == 1 for team in pool.teams):
            said = Bilingual("この人たちの稼働時間を席数とみなします", "whose time at work counts as seats")
            lines.append(f"{staff}   # {said(lang)}")
        else:
            said = Bilingual(
                "ほかの窓口も受けるチームです。専任なら # を外してください", "also take other contacts; take the # away if they do not"
            )
            lines.append(f"# {staff}   # {said(lang)}")
    if pool.channel in ("voice", "chat"):
        said = Bilingual(
            "目標: この秒数以内に、この割合に応答(着信を分母とする)", "target: this share of the offered answered within this time"
        )
        lines += [f"service_level = 0.8   # {said(lang)}", f"target_s = {30 if pool.channel == 'chat' else 20}"]
    else:
        said = Bilingual("約束: 営業時間でこの時間以内に終える", "promise: done within so many opening hours")
        lines.append(f"within_hours = {_PROMISE.get(pool.channel, 8)}   # {said(lang)}")
    if pool.channel == "chat":
        lines.append("concurrency = 2   # " + Bilingual("一人が同時に受ける件数", "chats that one person takes at a time")(lang))
    if pool.channel not in handled:
        said = Bilingual("実績に処理時間がないための仮の秒数", "seconds to start with: no handling time has arrived")
        lines.append(f"handle_s = {_GUESS_S.get(pool.channel, 300)}   # {said(lang)}")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    import tomlkit

    return str(tomlkit.string(text[:64]).as_string())


def _list(values: Sequence[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"
