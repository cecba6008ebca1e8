"""What periods, slices and their values are called in a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from rashin.errors import Bilingual
from rashin.records import named

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.judge.goal import Goal

#: Dimension → value → what people call it, as ``org.csv`` says.
Names: TypeAlias = Mapping[str, Mapping[str, str]]

PERIODS: dict[str, Bilingual] = {
    "week": Bilingual("この週は", "this week"),
    "month": Bilingual("この月は", "this month"),
    "span": Bilingual("この期間は", "in this period"),
}
_BEFORE: dict[str, Bilingual] = {
    "day": Bilingual("前日", "the day before"),
    "week": Bilingual("前週", "the week before"),
    "month": Bilingual("前月", "the month before"),
}
FAMILIES: dict[str, Bilingual] = {
    "accessibility": Bilingual("接続品質", "Accessibility"),
    "courtesy": Bilingual("応対品質", "Courtesy"),
    "productivity": Bilingual("生産品質", "Productivity"),
    "accuracy": Bilingual("処理品質", "Accuracy"),
    "outbound": Bilingual("発信", "Outbound"),
    "social": Bilingual("SNS", "Social"),
    "people": Bilingual("人", "People"),
    "cost": Bilingual("費用", "Cost"),
    "business": Bilingual("業績", "Business"),
}
CHANNELS: dict[str, Bilingual] = {
    "voice": Bilingual("電話", "voice"),
    "chat": Bilingual("チャット", "chat"),
    "email": Bilingual("メール", "e-mail"),
    "social": Bilingual("SNS", "social"),
    "web": Bilingual("Web", "web"),
}
_WEEKDAYS = ("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
_NOT_KNOWN = Bilingual("不明", "not known")


_MONTHS_EN = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def period_text(period: Period, lang: str) -> str:
    """Return a period as a title says it: 2026年10月19日(月)〜10月25日(日)、第43週; Mon 19 October – Sun 25 October 2026, week 43."""
    if period.kind not in ("week", "span"):
        return period.label(lang)
    first, last = period.start, period.last
    names = _WEEKDAYS[lang != "ja"]
    one, other = names[first.weekday()], names[last.weekday()]
    week = first.isocalendar().week if period.kind == "week" and first.weekday() == 0 else None
    if lang == "ja":
        year = f"{last.year}年" if last.year != first.year else ""
        text = f"{first.year}年{first.month}月{first.day}日({one})〜{year}{last.month}月{last.day}日({other})"
        return f"{text} 第{week}週" if week else text
    began = f" {first.year}" if last.year != first.year else ""
    text = f"{one} {first.day} {_MONTHS_EN[first.month - 1]}{began} – {other} {last.day} {_MONTHS_EN[last.month - 1]} {last.year}"
    return f"{text}, week {week}" if week else text


def before_word(kind: str) -> Bilingual:
    """Return what the period before one of ``kind`` is called."""
    return _BEFORE.get(kind, Bilingual("前の期間", "the period before"))


def value_name(name: str, value: object, lang: str, names: Names) -> str:
    """Return what a dimension's value is called: its name of ``org.csv`` where the reader's language can show it, else the value itself."""
    if value is None:
        return _NOT_KNOWN(lang)
    if name == "channel" and value in CHANNELS:
        return CHANNELS[str(value)](lang)
    if name == "weekday" and isinstance(value, int) and 1 <= value <= 7:
        return _WEEKDAYS[lang != "ja"][value - 1]
    return named(names, name, str(value), lang)


def rows_text(where: Mapping[str, Sequence[Any]], lang: str, names: Names) -> str:
    """Return which rows filters leave: “チーム = 札幌第1チーム”; everything where there are none."""
    from rashin.query import dimensions

    if not where:
        return Bilingual("全体", "everything")(lang)
    mark = Bilingual("、", ", ")(lang)
    parts = [
        f"{dimensions.label(name)(lang)} = {mark.join(value_name(name, value, lang, names) for value in values)}"
        for name, values in where.items()
    ]
    return "; ".join(parts)


def rows_of(goal: Goal, names: Names) -> Bilingual:
    """Return which days, hours and rows a goal is about, in brackets: (平日、電話); nothing when it is about all."""
    from rashin.judge.words import days_text, hours_text

    limits = [each for each in (days_text(goal), hours_text(goal)) if each is not None]
    ja = [
        *(each.ja for each in limits),
        *("・".join(value_name(name, each, "ja", names) for each in values) for name, values in goal.where),
    ]
    en = [
        *(each.en for each in limits),
        *(", ".join(value_name(name, each, "en", names) for each in values) for name, values in goal.where),
    ]
    return Bilingual(f"({'、'.join(ja)})" if ja else "", f" ({', '.join(en)})" if en else "")
