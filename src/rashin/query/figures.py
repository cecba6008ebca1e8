"""Values as people read them. Rounding happens here only: what is computed, compared or exported stays as it is."""

from __future__ import annotations

from collections.abc import Callable

from rashin.errors import Bilingual

#: The states in words, the same on every face.
STATE_LABELS: dict[str, Bilingual] = {
    "ok": Bilingual("", ""),
    "no_data": Bilingual("データなし", "no data"),
    "not_applicable": Bilingual("該当なし", "not applicable"),
    "too_few": Bilingual("件数不足", "too few"),
    "withheld": Bilingual("非表示", "withheld"),
    "approximate": Bilingual("近似", "approximate"),
}


def _plain(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:,.2f}"


_FORMS: dict[str, tuple[Callable[[float], str], Bilingual]] = {
    "share": (lambda value: f"{value * 100:.1f}%", Bilingual("", "")),
    "s": (lambda value: f"{value:,.1f}", Bilingual("秒", " s")),
    "hours": (lambda value: f"{value:,.1f}", Bilingual("時間", " h")),
    "days": (lambda value: f"{value:,.1f}", Bilingual("日", " d")),
    "count": (_plain, Bilingual("", "")),
    "per_hour": (lambda value: f"{value:,.1f}", Bilingual("/時", "/h")),
    "per_day": (lambda value: f"{value:,.1f}", Bilingual("/日", "/day")),
    "yen": (lambda value: f"{value:,.0f}", Bilingual("円", " yen")),
    "yen_per_hour": (lambda value: f"{value:,.0f}", Bilingual("円/時", " yen/h")),
}
#: unit → number format of a spreadsheet cell.
SHEET_FORMATS = {
    "share": "0.0%",
    "s": "#,##0.0",
    "hours": "#,##0.0",
    "days": "#,##0.0",
    "count": "#,##0.##",
    "yen": "#,##0",
    "yen_per_hour": "#,##0",
}


def shown(value: float | None, unit: str, lang: str = "ja") -> str:
    """Return "70.0%", "12.0秒", "1,234" …; an empty text for None."""
    if value is None:
        return ""
    form, tail = _FORMS.get(unit, (_plain, Bilingual("", "")))
    return form(value) + tail(lang)


def change_shown(value: float | None, unit: str, lang: str = "ja") -> str:
    """Return a difference with its sign; of shares in points: "+3.1pt"."""
    if value is None:
        return ""
    if unit == "share":
        return f"{value * 100:+.1f}{'ポイント' if lang == 'ja' else ' pt'}"
    return ("+" if value > 0 else "") + shown(value, unit, lang)
