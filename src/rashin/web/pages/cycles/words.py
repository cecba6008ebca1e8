"""What stages, decisions and verdicts are called, with a mark beside each colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rashin.errors import Bilingual
from rashin.insight.effect import METHODS, VERDICTS
from rashin.query import change_shown, dimensions
from rashin.web.pages.filters import called_value

STAGES: dict[str, Bilingual] = {
    "plan": Bilingual("計画", "Plan"),
    "do": Bilingual("実行", "Do"),
    "check": Bilingual("検証", "Check"),
    "act": Bilingual("判断", "Act"),
    "closed": Bilingual("完了", "Closed"),
}
DECISIONS: dict[str, Bilingual] = {
    "keep": Bilingual("継続", "Keep"),
    "change": Bilingual("修正", "Change"),
    "drop": Bilingual("中止", "Drop"),
    "roll_out": Bilingual("横展開", "Roll out"),
}
MEANT: dict[str, Bilingual] = {
    "keep": Bilingual("この実施先で続ける", "go on where it is done"),
    "change": Bilingual("やり方を変えて、もう一巡する", "do it differently, one more turn"),
    "drop": Bilingual("やめる。理由は台帳に残る", "stop; the reason stays in the ledger"),
    "roll_out": Bilingual("ほかのチームにも広げる(次のサイクルを開く)", "take it to other teams (opens the next cycle)"),
}
HOW: dict[str, Bilingual] = {
    "random": Bilingual("くじで決めた", "by lot"),
    "volunteers": Bilingual("希望したところ", "those who wanted to"),
    "worst": Bilingual("成績の悪いところ", "the worst"),
    "all": Bilingual("全部", "all of them"),
    "other": Bilingual("そのほか(都合など)", "otherwise (convenience …)"),
}
#: Verdict → (mark, tone): “no evidence” is neither good nor bad.
MARKS: dict[str, tuple[str, str]] = {"evidence": ("◆", "good"), "no evidence": ("◇", ""), "cannot be known": ("?", "near")}
#: Dimensions by which units are chosen.
SIDES = ("team", "queue", "site", "vendor", "channel")


def verdict(name: str, lang: str) -> str:
    """Return a verdict in words."""
    return VERDICTS[name](lang) if name in VERDICTS else ""


def method(name: str, lang: str) -> str:
    """Return a method in words."""
    return METHODS[name](lang) if name in METHODS else ""


def where(given: Mapping[str, Sequence[str]], lang: str) -> str:
    """Return rows in words: チーム 札幌1 / 札幌2; everything where nothing limits them."""
    parts = [f"{dimensions.label(name)(lang)} {values_text(name, values, lang)}" for name, values in given.items()]
    return ("、" if lang == "ja" else ", ").join(parts) or Bilingual("全体", "everything")(lang)


def values_text(name: str, values: Sequence[str], lang: str) -> str:
    """Return the values of a dimension as people call them."""
    return " / ".join(called_value(name, value, lang) for value in values)


def weeks(number: int) -> str:
    """Return a number of weeks in English: 1 week, 3 weeks."""
    return f"{number} week{'s' * (number != 1)}"


def change(value: float | None, unit: str, lang: str) -> str:
    """Return a change with its sign and unit."""
    return "" if value is None else change_shown(value, unit, lang)
