"""The closed lists of words that an entry may use."""

from __future__ import annotations

from typing import Literal, TypeAlias

from rashin.errors import Bilingual

FAMILIES: dict[str, Bilingual] = {
    "accessibility": Bilingual("接続品質", "Accessibility"),
    "courtesy": Bilingual("応対品質", "Service quality"),
    "productivity": Bilingual("生産品質", "Productivity"),
    "accuracy": Bilingual("処理品質", "Accuracy"),
    "outbound": Bilingual("アウトバウンド", "Outbound"),
    "people": Bilingual("人員", "People"),
    "cost": Bilingual("費用", "Cost"),
    "social": Bilingual("ソーシャル", "Social"),
    "business": Bilingual("事業", "Business"),
}
PRIORITIES: dict[str, Bilingual] = {
    "high": Bilingual("高", "High"),
    "middle": Bilingual("中", "Middle"),
    "low": Bilingual("低", "Low"),
}
#: unit of a KPI → its words, and the computed units that it may stand for (None: a bare number; see ``rashin.formula.units``).
UNITS: dict[str, Bilingual] = {
    "share": Bilingual("割合(0〜1)", "share (0–1)"),
    "ratio": Bilingual("比", "ratio"),
    "count": Bilingual("件", "count"),
    "s": Bilingual("秒", "seconds"),
    "hours": Bilingual("時間", "hours"),
    "days": Bilingual("日", "days"),
    "per_hour": Bilingual("件/時", "per hour"),
    "per_day": Bilingual("件/日", "per day"),
    "yen": Bilingual("円", "yen"),
    "yen_per_hour": Bilingual("円/時", "yen per hour"),
    "points": Bilingual("点", "points"),
    "amount": Bilingual("値", "amount"),
}
ACCEPTS: dict[str, frozenset[str]] = {
    "share": frozenset(("share",)),
    "ratio": frozenset(("share", "count", "points", "1/amount")),
    "count": frozenset(("count", "share")),
    "s": frozenset(("s",)),
    "hours": frozenset(("s",)),
    "days": frozenset(("s", "count", "share")),
    "per_hour": frozenset(("1/s", "share", "count")),
    "per_day": frozenset(("1/s", "share", "count")),
    "yen": frozenset(("yen",)),
    "yen_per_hour": frozenset(("yen/s", "yen")),
    "points": frozenset(("points", "share", "count")),
    "amount": frozenset(("amount", "share", "count", "points", "yen")),
}
Better: TypeAlias = Literal["higher", "lower", "band", "none"]
BETTER: tuple[Better, ...] = ("higher", "lower", "band", "none")
Interval: TypeAlias = Literal["wilson", "mean", "order", "nps", "poisson", "none"]
INTERVALS: tuple[Interval, ...] = ("wilson", "mean", "order", "nps", "poisson", "none")

MANDATORY = (
    "name",
    "family",
    "priority",
    "fact",
    "unit",
    "better",
    "purpose",
    "meaning",
    "measures",
    "value",
    "min_n",
    "source",
    "version",
    "since",
)
OPTIONAL = (
    "seed",
    "short",
    "at",
    "band",
    "params",
    "n",
    "interval",
    "bounds",
    "exclude",
    "repeat",
    "counter",
    "benchmark",
    "hints",
    "variants",
)
#: What a variant must say, and what it may say differently from its entry.
VARIANT_MANDATORY = ("name", "meaning", "source")
VARIANT_OPTIONAL = (
    "short",
    "equivalent",
    "fact",
    "at",
    "unit",
    "better",
    "band",
    "params",
    "measures",
    "value",
    "n",
    "interval",
    "min_n",
    "bounds",
    "exclude",
    "repeat",
    "benchmark",
)
