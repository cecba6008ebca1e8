"""A pace in words: 77.4%。残り約2,310件で84.1%が必要。達成は6割前後 / 77.4%, needs 84.1% on the remaining 2,310 calls, about 6 in 10."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.judge.words import ends_text, noun, value_text

if TYPE_CHECKING:
    from rashin.judge.pace import Pace


def told(pace: Pace) -> Pace:
    """Return the pace with its text."""
    return replace(pace, text=text(pace))


def text(pace: Pace) -> Bilingual:
    """Return where the goal stands, in one line."""
    goal = pace.goal
    match pace.state:
        case "not_begun":
            first = goal.start or (pace.period.start if pace.period else None)
            return Bilingual(f"{first} から始まります", f"begins on {first}")
        case "ended":
            return Bilingual(f"{goal.end} に終わった目標です", f"the goal ended on {goal.end}")
        case "no_data":
            return Bilingual("この期間のデータはまだありません", "no data of this period yet")
        case "finished":
            return pace.judgement.text
    if pace.judgement.value is None:
        return pace.judgement.text
    now = value_text(pace.judgement.value, goal.unit, (goal.ends.low, goal.ends.high))
    if pace.state == "running" or (pace.state == "reachable" and pace.required is None):
        asked = ends_text(goal.ends, goal.unit)
        return Bilingual(
            f"{now.ja}(目標 {asked.ja})。残り{pace.days_left}日。見通しはこのKPIでは計算できません",
            f"{now.en} (goal: {asked.en}), {pace.days_left} day{'s' * (pace.days_left != 1)} left; no outlook can be worked out for this KPI",
        )
    rest = _rest(pace)
    if pace.state == "secured":
        return Bilingual(
            f"{now.ja}。残り{rest.ja}がどうなっても目標を達成します(達成確定)", f"{now.en}: secured, whatever the remaining {rest.en} bring"
        )
    if pace.state == "out_of_reach":
        asked = ends_text(goal.ends, goal.unit)
        return Bilingual(
            f"{now.ja}。残り{rest.ja}では目標 {asked.ja} に届きません(達成不可能)",
            f"{now.en}: {asked.en} is out of reach with the remaining {rest.en}",
        )
    chance, beyond = _chance(pace), _beyond(pace)
    if beyond == "enough":
        return Bilingual(
            f"{now.ja}。残り{rest.ja}が見込みどおりなら足りています。{chance.ja}",
            f"{now.en}, enough already if the remaining {rest.en} come as expected, {chance.en}",
        )
    if beyond == "too_much":
        return Bilingual(
            f"{now.ja}。見込みの残り{rest.ja}では届きません(件数が増えたときだけ)。{chance.ja}",
            f"{now.en}, not with the {rest.en} expected to remain, only if more come, {chance.en}",
        )
    need = _needed(pace)
    return Bilingual(
        f"{now.ja}。残り{rest.ja}で{need.ja}が必要。{chance.ja}", f"{now.en}, needs {need.en} on the remaining {rest.en}, {chance.en}"
    )


def _beyond(pace: Pace) -> str:
    """What is needed of the rest lies beyond what a value can be: "enough" below it, "too_much" above it; "" where it is something to reach for."""
    from rashin.judge.measured import kind_of, possible

    need = pace.required
    if need is None or kind_of(pace.goal.definition) in ("total", "percentile") or None not in (need.low, need.high):
        return ""
    least, most = possible(pace.goal.definition)
    if pace.goal.definition.interval == "wilson":
        most = min(most, 1.0)
    if need.low is not None:
        return "enough" if need.low <= least else "too_much" if need.low > most else ""
    assert need.high is not None
    return "enough" if need.high >= most else "too_much" if need.high < least else ""


def _rest(pace: Pace) -> Bilingual:
    from rashin.judge.measured import kind_of

    rest, days = pace.remaining, Bilingual(f"{pace.days_left}日", f"{pace.days_left} days" if pace.days_left != 1 else "day")
    kind = kind_of(pace.goal.definition)
    if rest is None or kind in ("total", "quotient"):
        return days
    word, count = noun(pace.goal), _rounded(rest.volume)
    return Bilingual(f"約{count}{word.ja}", f"{count} {word.en.removesuffix('s') if count == '1' else word.en}")


def _rounded(volume: float) -> str:
    """A volume that is an estimate: 2,313 → 2,310; 47 stays."""
    step = 10 ** max(int(math.log10(volume)) - 2, 0) if volume >= 1 else 1
    return f"{round(volume / step) * step:,.0f}"


def _needed(pace: Pace) -> Bilingual:
    from rashin.judge.goal import Ends
    from rashin.judge.measured import kind_of, possible

    goal, need = pace.goal, pace.required
    assert need is not None
    kind = kind_of(goal.definition)
    if kind == "percentile":
        share = value_text(need.low, "share")
        asked = ends_text(goal.ends, goal.unit)
        return Bilingual(f"{share.ja}が{asked.ja}であること", f"{share.en} of them {asked.en}")
    unit = goal.unit
    both = (goal.ends.low, goal.ends.high)
    least, most = possible(goal.definition)
    need = Ends(
        None if need.low is None or (need.low <= least and need.high is not None) else need.low,
        None if need.high is None or (need.high >= most and need.low is not None) else need.high,
    )
    if need.low is None and need.high is None:
        return Bilingual("特に条件なし", "nothing in particular")
    per = Bilingual("1日", "") if kind == "total" else Bilingual("", "")
    a_day = Bilingual("", " a day") if kind == "total" else Bilingual("", "")
    low, high = (None if each is None else value_text(_tidy(each, kind), unit, both) for each in (need.low, need.high))
    if high is None:
        assert low is not None
        return Bilingual(f"{per.ja}{low.ja}", f"{low.en}{a_day.en}")
    if low is None:
        return Bilingual(f"{per.ja}{high.ja}以下", f"at most {high.en}{a_day.en}")
    return Bilingual(f"{per.ja}{low.ja}〜{high.ja}", f"{low.en} to {high.en}{a_day.en}")


def _tidy(value: float, kind: str | None) -> float:
    """A count a day is told with one decimal."""
    return round(value, 1) if kind == "total" else value


def _chance(pace: Pace) -> Bilingual:
    from rashin.stats.chances import chance_in_words

    if pace.probability is None:
        return Bilingual("達成の見込みはまだ言えません", "the chance cannot be told yet")
    low, high = pace.probability_range or (None, None)
    words = chance_in_words(pace.probability, low, high)
    if words.ja.startswith("まだ"):
        return Bilingual("達成の見込みはまだ言えません", "the chance cannot be told yet")
    return Bilingual(f"達成は{words.ja}", words.en)
