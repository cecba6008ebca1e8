"""Markdown pieces of the KPI reference: tables, and figures as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rashin.errors import Bilingual

NO_VALUE = Bilingual("値なし", "no value")
_TAILS = {
    "s": Bilingual("秒", " s"),
    "hours": Bilingual("時間", " h"),
    "days": Bilingual("日", " days"),
    "per_hour": Bilingual("件/時", " per hour"),
    "per_day": Bilingual("件/日", " per day"),
    "yen": Bilingual("円", " yen"),
    "yen_per_hour": Bilingual("円/時", " yen per hour"),
    "points": Bilingual("点", " points"),
}
#: seconds → (how many make one, its words): long durations are shown in these too.
_LONGER = ((86_400, Bilingual("日", " days")), (3_600, Bilingual("時間", " h")), (60, Bilingual("分", " min")))


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a Markdown table, a blank line before and after."""
    lines = ["", _row(header), _row(["---"] * len(header))]
    return [*lines, *(_row(row) for row in rows), ""]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def code(text: str) -> str:
    """Return text set as code."""
    return f"`{text}`"


def link(key: str, name: str) -> str:
    """Return a link to a KPI's section."""
    return f"[{name}](#{key})"


def figure(value: float | None, unit: str, lang: str) -> str:
    """Return "72.16%", "9,000秒(2.5時間)", "1,500円" …; the words for no value for None."""
    if value is None:
        return NO_VALUE(lang)
    if unit == "share":
        return f"{_plain(value * 100)}%" if lang == "ja" else f"{_plain(value * 100)} %"
    shown = _plain(value) + _TAILS[unit](lang) if unit in _TAILS else _plain(value)
    return shown + (_longer(value, lang) if unit == "s" else "")


def _longer(value: float, lang: str) -> str:
    for size, tail in _LONGER:
        if value >= 2 * size:
            text = _plain(value / size) + tail(lang)
            return f"({text})" if lang == "ja" else f" ({text})"
    return ""


def _plain(value: float) -> str:
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def span(low: float | None, high: float | None, unit: str, lang: str) -> str:
    """Return "80%〜90%", or one side of it."""
    if low is not None and high is not None:
        return f"{figure(low, unit, lang)}{'〜' if lang == 'ja' else ' – '}{figure(high, unit, lang)}"
    if low is not None:
        return f"{figure(low, unit, lang)}以上" if lang == "ja" else f"at least {figure(low, unit, lang)}"
    return f"{figure(high, unit, lang)}以下" if lang == "ja" else f"at most {figure(high, unit, lang)}"
