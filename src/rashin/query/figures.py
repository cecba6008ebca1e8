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


def _count(value: float) -> str:
    return f"{value:,.{0 if float(value).is_integer() else 1}f}"


def _amount(value: float) -> str:
    return f"{value:,.{0 if float(value).is_integer() or abs(value) >= 1_000 else 2}f}"


def _yen(value: float) -> str:
    return f"{value:,.{0 if abs(value) >= 100 else 1}f}"


#: As :func:`rashin.display.scale` writes a figure that stands alone (durations apart: these stay in seconds here); a test holds the two together.
_FORMS: dict[str, tuple[Callable[[float], str], Bilingual]] = {
    "share": (lambda value: f"{value * 100:.1f}%", Bilingual("", "")),
    "s": (lambda value: f"{value:,.1f}", Bilingual("秒", " s")),
    "hours": (lambda value: f"{value:,.1f}", Bilingual("時間", " h")),
    "days": (lambda value: f"{value:,.2f}", Bilingual("日", " days")),
    "count": (_count, Bilingual("", "")),
    "points": (lambda value: f"{value:,.2f}", Bilingual("点", " points")),
    "ratio": (lambda value: f"{value:,.2f}", Bilingual("倍", " ×")),
    "amount": (_amount, Bilingual("", "")),
    "per_hour": (lambda value: f"{value:,.2f}", Bilingual("件/時", " per h")),
    "per_day": (lambda value: f"{value:,.1f}", Bilingual("/日", "/day")),
    "yen": (_yen, Bilingual("円", " yen")),
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


#: Seconds → the words of limits in whole days, hours or minutes; a day alone is 24 hours, as people say.
_WHOLE = ((86_400, 2, Bilingual("日", " days")), (3_600, 1, Bilingual("時間", " h")), (60, 2, Bilingual("分", " min")))


def limit_shown(value: float, unit: str, lang: str = "ja") -> str:
    """Return a target or limit as people say it: "80%", "24時間", "20秒"; never rounded to something else."""
    if unit == "share":
        return f"{_bare(value * 100)}%"
    if unit == "s":
        for size, least, tail in _WHOLE:
            if value >= least * size and value % size == 0:
                return f"{value // size:,.0f}{tail(lang)}"
    _, tail = _FORMS.get(unit, (_plain, Bilingual("", "")))
    return _bare(value) + tail(lang)


def _bare(value: float) -> str:
    text = f"{value:,.4f}"
    return text.rstrip("0").rstrip(".")


def limits_shown(low: float | None, high: float | None, unit: str, lang: str = "ja") -> str:
    """Return "80%以上", "24時間以下", "80%〜90%", one figure when both ends are the same; "" when there is none."""
    if low is None and high is None:
        return ""
    if low is not None and high is not None:
        ends = (limit_shown(low, unit, lang), limit_shown(high, unit, lang))
        return ends[0] if low == high else f"{ends[0]}{'〜' if lang == 'ja' else '–'}{ends[1]}"
    if low is not None:
        text = limit_shown(low, unit, lang)
        return f"{text}以上" if lang == "ja" else f"at least {text}"
    assert high is not None
    text = limit_shown(high, unit, lang)
    return f"{text}以下" if lang == "ja" else f"at most {text}"


def parameter_shown(name: str, value: object, lang: str = "ja") -> str:
    """Return a parameter as it is typed, and in brackets how long it is where seconds are many: "target_s = 86400 (24時間)"."""
    said = f"{name} = {value}"
    if name.endswith("_s") and isinstance(value, int | float) and not isinstance(value, bool) and value >= 120:
        return f"{said} ({limit_shown(float(value), 's', lang)})"
    return said
