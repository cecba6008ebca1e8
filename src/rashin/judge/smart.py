"""Is a goal SMART? Each letter explained; what is missing is said once, as advice: a goal is never refused for it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from rashin.errors import Bilingual
from rashin.judge.goal import Ends, Goal
from rashin.judge.nobodys import hidden, nobodys
from rashin.judge.words import ends_text, value_text

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.query import Cell, Scope
    from rashin.store import Store

Letter: TypeAlias = Literal["S", "M", "A", "R", "T"]
LETTERS: dict[Letter, Bilingual] = {
    "S": Bilingual("具体的", "Specific"),
    "M": Bilingual("測定できる", "Measurable"),
    "A": Bilingual("達成できる", "Achievable"),
    "R": Bilingual("目的につながる", "Relevant"),
    "T": Bilingual("期限がある", "Time-bound"),
}
#: The second stage of adoption: more KPIs at once than these are collected and not acted on.
TOO_MANY = 12
#: A KPI is reviewed once or twice a year.
_REVIEW_DAYS = 366
#: How many past periods tell whether a target is realistic, and how many are needed to say so.
_PERIODS, _LEAST = 12, 3
_CAUTION = 0.01
_GRAIN = {"day": "day", "week": "week", "month": "month", "quarter": "fiscal_quarter", "year": "fiscal_year"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What there is to say of one letter. ``code`` is stable; ``level`` "ok" or "warn"."""

    letter: Letter
    code: str
    level: Literal["ok", "warn"]
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Realistic:
    """A target against history. ``met`` of the last ``of_periods`` periods reached it; ``values``: (period, value), oldest first. ``probability`` that the
    next one does, if it is like them, 0.01–0.99; ``range``: the least and most when any single period is left out; None below three periods."""

    probability: float | None
    range: tuple[float, float] | None
    met: int
    of_periods: int
    values: tuple[tuple[str, float], ...]
    text: Bilingual


def realistic(store: Store, catalogue: Catalogue, goal: Goal, today: date, *, scope: Scope) -> Realistic:
    """Return how often the periods before the current one met the goal, and the chance of the next. Periods before the goal's start count too."""
    values = tuple(
        (cell.bucket, cell.value)
        for cell in past(store, catalogue, goal, today, scope=scope)
        if cell.value is not None and cell.state in ("ok", "approximate")
    )
    return against(goal.ends, values, goal.unit)


def past(store: Store, catalogue: Catalogue, goal: Goal, today: date, *, scope: Scope) -> list[Cell]:
    """Return the cells of the whole periods before the current one, oldest first, those that the data covers only in part left out."""
    from rashin.query import ask

    span, grain = _span(goal, today)
    answer = ask(store, catalogue, goal.question(span, grain=grain), scope=scope)
    first = min((day for days in answer.completeness.sources if (day := days.first) is not None), default=None)
    untold = nobodys(store, catalogue, answer, scope=scope).get(answer.series[0].name)
    cells = answer.cells() if untold is None else (cell if cell.value is None else hidden(cell, untold) for cell in answer.cells())
    return [cell for cell in cells if not _begun_before(cell.bucket, first, goal, today)]


def against(ends: Ends, values: tuple[tuple[str, float], ...], unit: str = "") -> Realistic:
    """Return a target against past values; pure."""
    numbers = [value for _, value in values]
    met, count = sum(ends.met(value) for value in numbers), len(numbers)
    if count < _LEAST:
        text = Bilingual(
            f"比べられる過去の期間が{count}つしかなく、現実的かどうかはまだ言えません",
            f"only {count} past periods to compare with: whether it is realistic cannot be told yet",
        )
        return Realistic(None, None, met, count, values, text)
    chance = _next(ends, numbers)
    without = [_next(ends, numbers[:index] + numbers[index + 1 :]) for index in range(count)] if count > _LEAST else [chance]
    ends_of = (min(chance, *without), max(chance, *without))
    from rashin.stats.chances import chance_in_words

    words, middle = chance_in_words(chance, *ends_of), value_text(sorted(numbers)[count // 2], unit)
    text = Bilingual(
        f"過去{count}期間のうち{met}期間で達成(中ほどの値は{middle.ja})。同じ調子なら次の達成は{words.ja}",
        f"met in {met} of the last {count} period{'s' * (count != 1)} (the middle one had {middle.en}); if the next is like them, {words.en}",
    )
    return Realistic(chance, ends_of, met, count, values, text)


def check(
    goal: Goal, *, history: Realistic | None, goals: Mapping[str, Goal], today: date, catalogue: Catalogue | None = None
) -> list[Finding]:
    """Return what there is to say of each letter, S to T, each at least once. ``goals``: all of the workspace, for how many KPIs are active.
    ``catalogue``: for what counter-metrics are called; without it they stand by their keys."""
    found = [
        *_specific(goal),
        *_measurable(goal, history),
        *_achievable(goal, history, goals, today),
        *_relevant(goal, catalogue),
        *_timed(goal, today),
    ]
    return sorted(found, key=lambda each: "SMART".index(each.letter))


def _specific(goal: Goal) -> list[Finding]:
    found = []
    low, high = goal.definition.bounds or (None, None)
    if (goal.ends.low is None or (low is not None and goal.ends.low <= low)) and (
        goal.ends.high is None or (high is not None and goal.ends.high >= high)
    ):
        found.append(
            _warn(
                "S",
                "vague_target",
                "どんな値でも達成になる目標です。数値を絞ってください。",
                "Any value would meet this target: make it narrower.",
            )
        )
    if not goal.owner:
        found.append(_warn("S", "no_owner", "責任者(owner)が決まっていません。", "Nobody answers for it: name an owner."))
    asked, title = ends_text(goal.ends, goal.unit), goal.heading
    if goal.title is not None:
        title = Bilingual(f"{title.ja}({asked.ja})", f"{title.en} ({asked.en})")
    return found or [_ok("S", "specific", f"何をどこまで: {title.ja}。", f"What, and how far: {title.en}.")]


def _measurable(goal: Goal, history: Realistic | None) -> list[Finding]:
    if history is not None and not history.of_periods:
        return [
            _warn(
                "M",
                "not_measured",
                "この条件で判定できる実績がまだありません。データの取込と絞り込みを確かめてください。",
                "No past period can be judged under these conditions: check what is loaded, and the filters.",
            )
        ]
    formula = goal.definition.value.text
    return [_ok("M", "measured", f"同じ式で毎回測れます: {formula}", f"Measured the same way each time: {formula}")]


def _achievable(goal: Goal, history: Realistic | None, goals: Mapping[str, Goal], today: date) -> list[Finding]:
    found = []
    active = {each.kpi for each in goals.values() if each.period_at(today) is not None} | {goal.kpi}
    if len(active) > TOO_MANY:
        found.append(
            _warn(
                "A",
                "too_many",
                f"同時に追うKPIが{len(active)}あります。多すぎると集計だけで終わります。目的に近いものに絞ってください({TOO_MANY}まで)。",
                f"{len(active)} KPIs are pursued at once, which leaves time for counting only: keep those nearest to the purpose (up to {TOO_MANY}).",
            )
        )
    if history is not None and history.probability is not None:
        if history.met == 0 and history.probability < 0.1:
            text = Bilingual(f"これまでの実績からは難しい目標です。{history.text.ja}。", f"Hard, going by the past: {history.text.en}.")
            found.append(Finding("A", "unrealistic", "warn", text))
        else:
            found.append(Finding("A", "realistic", "ok", Bilingual(f"{history.text.ja}。", f"{history.text.en}.")))
    elif not found:
        text = history.text if history is not None else Bilingual("過去の実績とはまだ比べていません", "not compared with the past yet")
        found.append(Finding("A", "unknown", "ok", Bilingual(f"{text.ja}。", f"{text.en}.")))
    return found


def _relevant(goal: Goal, catalogue: Catalogue | None) -> list[Finding]:
    found = []
    if goal.purpose is None and not goal.kgi:
        found.append(
            _warn(
                "R",
                "no_purpose",
                "目的(purpose)もKGIも書かれていません。何のための数字かを書いてください。",
                "Neither a purpose nor a KGI is written: say what the figure is for.",
            )
        )
    if goal.plan is None and not goal.cycle:
        found.append(
            _warn(
                "R",
                "no_plan",
                "行動計画(plan)がありません。集計するだけでは数字は動きません。",
                "There is no action plan: counting alone moves no figure.",
            )
        )
    if goal.consequence is None:
        found.append(
            _warn(
                "R",
                "no_consequence",
                "届かなかったとき何が起きるか(consequence)が書かれていません。",
                "What follows when it is missed is not written.",
            )
        )
    if not goal.counters:
        found.append(
            _warn(
                "R",
                "no_counter",
                "一緒に見張る対抗指標がありません。この数字だけを良くする動きに気づけません。",
                "No counter-metric is watched: nobody would notice the figure being improved at the cost of another.",
            )
        )
    called = [Bilingual(each, each) if catalogue is None else catalogue.definition(each).name for each in goal.counters]
    counters = "、".join(each.ja for each in called), ", ".join(each.en for each in called)
    are = "is" if len(called) == 1 else "are"
    return found or [
        _ok(
            "R",
            "relevant",
            f"目的と計画があり、{counters[0]} を一緒に見張ります。",
            f"It has a purpose and a plan; {counters[1]} {are} watched beside it.",
        )
    ]


def _timed(goal: Goal, today: date) -> list[Finding]:
    found = []
    if goal.end is None:
        found.append(_warn("T", "no_deadline", "期限(end)がありません。", "It has no deadline: set an end."))
    elif goal.end < today:
        found.append(
            _warn(
                "T",
                "ended",
                f"{goal.end} に期限が過ぎています。続けるか、やめるか、見直すかを決めてください。",
                f"It ended on {goal.end}: keep it, drop it, or set it anew.",
            )
        )
    if goal.reviewed is None:
        found.append(
            _warn(
                "T",
                "never_reviewed",
                "このKPIと目標を見直した記録(reviewed)がありません。年に1〜2回見直してください。",
                "Goal and KPI were never reviewed: do so once or twice a year.",
            )
        )
    elif today - goal.reviewed > timedelta(days=_REVIEW_DAYS):
        found.append(
            _warn(
                "T",
                "review_due",
                f"最後の見直しは {goal.reviewed} です。今の事業に合っているかを確かめてください。",
                f"Last reviewed on {goal.reviewed}: does it still fit the business?",
            )
        )
    return found or [
        _ok(
            "T",
            "timed",
            f"期限は {goal.end}、最後の見直しは {goal.reviewed} です。",
            f"It ends on {goal.end} and was last reviewed on {goal.reviewed}.",
        )
    ]


def _warn(letter: Letter, code: str, ja: str, en: str) -> Finding:
    return Finding(letter, code, "warn", Bilingual(ja, en))


def _ok(letter: Letter, code: str, ja: str, en: str) -> Finding:
    return Finding(letter, code, "ok", Bilingual(ja, en))


def _next(ends: Ends, numbers: list[float]) -> float:
    """The chance that the next value lies within the ends, if it comes from where these did (Student's t, one more value)."""
    from rashin.stats.tails import student_below

    count = len(numbers)
    middle = math.fsum(numbers) / count
    spread = math.sqrt(math.fsum((each - middle) ** 2 for each in numbers) / (count - 1) * (1 + 1 / count)) if count > 1 else 0.0
    if spread <= 1e-9 * max(abs(middle), 1e-9):
        return 1 - _CAUTION if ends.met(middle) else _CAUTION
    below = [float(student_below((end - middle) / spread, count - 1)) for end in (ends.low, ends.high) if end is not None]
    chance = (below.pop() if ends.high is not None else 1.0) - (below.pop() if ends.low is not None else 0.0)
    return min(max(chance, _CAUTION), 1 - _CAUTION)


def _span(goal: Goal, today: date) -> tuple[Period, str | None]:
    """The last periods before the current one, and the grain that cuts them. One period of many days is compared with months."""
    from rashin.calendars import Period
    from rashin.calendars.period import around

    kind = _GRAIN.get(goal.every, "month")
    current = around(today, kind, goal.settings.time)
    first = current
    for _ in range(_PERIODS):
        first = first.previous()
    return Period(first.start, current.start, settings=goal.settings.time), kind


def _begun_before(bucket: str, first: date | None, goal: Goal, today: date) -> bool:
    """True for a period of which the data covers only the end."""
    from rashin.calendars import Period

    return first is not None and Period.parse(bucket, today, goal.settings.time).start < first and goal.every != "day"
