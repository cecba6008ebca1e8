"""What a goal asks and where it stands, in words: values with their units, ends, days and what is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.judge.goal import Ends, Goal

#: What one thing that n counts is called, by fact.
_NOUNS: dict[str, Bilingual] = {
    "contact": Bilingual("件", "contacts"),
    "survey": Bilingual("件の回答", "answers"),
    "evaluation": Bilingual("件の評価", "evaluations"),
    "post": Bilingual("件の投稿", "posts"),
    "shift": Bilingual("件の勤務", "shifts"),
}
_DAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def value_text(value: float | None, unit: str, beside: tuple[float | None, ...] = ()) -> Bilingual:
    """Return a value as people read it, in the scale of the values ``beside`` it: 77.4%, 342.1秒 / 342.1 s."""
    from rashin.display import NOTHING, scale

    if value is None:
        return Bilingual(NOTHING, NOTHING)
    # only durations change their unit with what stands beside them; everything else is written as on its own, as on every page
    how = scale(unit, [each for each in beside if each is not None] or [value] if unit == "s" else [value])
    if how.mark or unit == "count":
        return Bilingual(how.text(value), how.text(value))
    return Bilingual(f"{how.text(value)}{how.word.ja}", f"{how.text(value)} {how.word.en}".rstrip())


def gap_text(gap: float, unit: str, beside: tuple[float | None, ...] = ()) -> Bilingual:
    """Return a distance without its sign; of shares in points: 2.6ポイント / 2.6 pt."""
    if unit == "share":
        return Bilingual(f"{abs(gap) * 100:.1f}ポイント", f"{abs(gap) * 100:.1f} pt")
    return value_text(abs(gap), unit, beside)


def ends_text(ends: Ends, unit: str) -> Bilingual:
    """Return what is asked: 80.0%以上 / at least 80.0%; 4.0分〜6.0分 / 4.0 min to 6.0 min."""
    both = (ends.low, ends.high)
    low, high = (value_text(each, unit, both) for each in both)
    if ends.high is None:
        return Bilingual(f"{low.ja}以上", f"at least {low.en}")
    if ends.low is None:
        return Bilingual(f"{high.ja}以下", f"at most {high.en}")
    return Bilingual(f"{low.ja}〜{high.ja}", f"{low.en} to {high.en}")


def heading(goal: Goal) -> Bilingual:
    """Return a title made of the KPI, what is asked, how often, and over which rows."""
    from rashin.judge.goal import EVERY

    asked, every = ends_text(goal.ends, goal.unit), EVERY[goal.every]
    name = goal.definition.entry.name
    limits = [each for each in (days_text(goal), hours_text(goal)) if each is not None]
    values = [(name, [None if value is None else str(value) for value in each]) for name, each in goal.where]
    ja = "、".join(
        (every.ja, *(each.ja for each in limits), *("・".join(called(goal, name, v, "ja") for v in each) for name, each in values))
    )
    en = ", ".join(
        (every.en, *(each.en for each in limits), *(", ".join(called(goal, name, v, "en") for v in each) for name, each in values))
    )
    return Bilingual(f"{name.ja} {asked.ja}({ja})", f"{name.en} {asked.en} ({en})")


def called(goal: Goal, dimension: str, value: str | None, lang: str) -> str:
    """Return what people call a value that a goal is limited to: 音声, the team's name of ``org.csv``, else the value itself."""
    from rashin.records import called as known
    from rashin.records import named

    if value is None:
        return Bilingual("不明", "not known")(lang)
    return known(dimension, value, lang) if value not in goal.names.get(dimension, {}) else named(goal.names, dimension, value, lang)


def days_text(goal: Goal) -> Bilingual | None:
    """Return which days count; None when all do."""
    found = None
    if goal.weekdays == (1, 2, 3, 4, 5):
        found = Bilingual("平日" if not goal.holidays else "月〜金", "weekdays" if not goal.holidays else "Mon–Fri")
    elif goal.weekdays:
        found = Bilingual(
            "".join("月火水木金土日"[day - 1] for day in goal.weekdays), ", ".join(_DAYS_EN[day - 1] for day in goal.weekdays)
        )
    if goal.holidays or goal.weekdays == (1, 2, 3, 4, 5):
        return found
    without = Bilingual("祝日を除く", "without public holidays")
    return without if found is None else Bilingual(f"{found.ja}、{without.ja}", f"{found.en}, {without.en}")


def hours_text(goal: Goal) -> Bilingual | None:
    """Return which hours count; None when all do."""
    if goal.hours is None:
        return None
    first, until = goal.hours
    return Bilingual(f"{first}〜{until}時", f"{first}:00–{until}:00")


def noun(goal: Goal) -> Bilingual:
    """Return what the n of the goal's KPI counts: 件 / calls."""
    fact = goal.definition.fact
    if fact == "contact" and dict(goal.where).get("channel") == ("voice",):
        return Bilingual("件", "calls")
    return _NOUNS.get(fact, Bilingual("件", "rows"))


def several(items: list[Bilingual]) -> Bilingual:
    """Return sentences one after the other."""
    return Bilingual("".join(each.ja for each in items), " ".join(each.en for each in items))
