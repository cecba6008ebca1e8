"""The answer of a what-if as the page shows it: each figure before and after, within its range, and how far the model was from what happened."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.http import urlencode

from rashin.errors import Bilingual
from rashin.insight.whatif.words import change_said
from rashin.web.centre import centre
from rashin.web.pages.staffing.choice import called
from rashin.web.pages.whatif.choice import Choice

if TYPE_CHECKING:
    from rashin.insight.whatif.model import Line, WhatIf

#: A model as far off as this share is told.
_GOOD_FIT = 0.01


def make(found: WhatIf, choice: Choice) -> dict[str, Any]:
    """Return what the page needs of an answer."""
    lang = choice.filters.lang
    free = without_money(found) if not choice.force.money else found
    rows = [
        _row(each, lang, bool(found.changes))
        for each in free.lines
        if math.isfinite(each.shown) and (choice.force.money or each.figure != "yen")
    ]
    return {
        "asked": [change_said(each)(lang) for each in found.changes],
        "text": free.text(lang) if found.changes else "",
        "rows": rows,
        "notes": [note(lang) for note in found.notes],
        "measured": found.measured,
        "first": found.first,
        "last": found.last,
        "name_of": called(found.group, lang),
        "fit": _fit(found, lang),
        "issue": _issue(found, free, choice) if found.changes else "",
    }


def without_money(found: WhatIf) -> WhatIf:
    """Return the answer as somebody reads it who sees no costs."""
    return replace(found, lines=tuple(replace(each, moved=0.0) if each.figure == "yen" else each for each in found.lines))


def _row(line: Line, lang: str, changed: bool) -> dict[str, Any]:
    start = line.actual if line.actual is not None else line.model
    moved = line.moved if math.isfinite(line.moved) else 0.0
    return {
        "name": line.name(lang),
        "before": value(start, line.unit, lang),
        "measured": line.actual is not None,
        "after": value(line.shown, line.unit, lang) if changed else "",
        "range": _between(value(line.low, line.unit, lang), value(line.high, line.unit, lang), lang) if math.isfinite(line.low) else "",
        "moved": change(moved, line.unit, lang) if changed else "",
        "moved_range": _between(change(line.moved_low, line.unit, lang), change(line.moved_high, line.unit, lang), lang)
        if changed and math.isfinite(line.moved_low) and _worth(line.moved_high - line.moved_low, line.unit)
        else "",
        "still": not _worth(moved, line.unit),
        "model": value(line.model, line.unit, lang),
        "off": change(line.off, line.unit, lang) if math.isfinite(line.off) else "–",
    }


def _between(low: str, high: str, lang: str) -> str:
    """A range in words; "" where both ends read alike."""
    return "" if low == high else Bilingual(f"{low}〜{high}", f"{low} to {high}")(lang)


def _worth(moved: float, unit: str) -> bool:
    """Whether a movement is large enough to be written."""
    return abs(moved) >= (0.0005 if unit == "share" else 0.05 if unit == "s" else 0.5)


def value(number: float, unit: str, lang: str) -> str:
    """A figure in its unit; a dash where there is none."""
    if not math.isfinite(number):
        return "–"
    if unit == "share":
        return f"{number:.1%}"
    if unit == "yen":
        return f"{number:,.0f}円" if lang == "ja" else f"¥{number:,.0f}"
    word = {"s": Bilingual("秒", " s"), "h": Bilingual("時間", " h")}[unit](lang)
    return f"{number:,.1f}{word}" if unit == "s" else f"{number:,.0f}{word}"


def change(number: float, unit: str, lang: str) -> str:
    """A difference in its unit, with its sign."""
    if not math.isfinite(number):
        return "–"
    if not _worth(number, unit):
        return "±0"
    if unit == "share":
        return f"{100 * number:+.1f}{Bilingual('ポイント', ' pt')(lang)}".replace("-", "−")
    text = value(abs(number), unit, lang)
    return f"{'+' if number > 0 else '−'}{text}"


def _fit(found: WhatIf, lang: str) -> str:
    """Say how far the model was from what happened before any change."""
    line = found.line("service_level")
    if not math.isfinite(line.off):
        return Bilingual(
            "変更前のサービスレベルは実績と比べられません(実績がないか、期限つきの残件です)。",
            "The level before the change cannot be compared: nothing was measured, or it is a pile.",
        )(lang)
    off = change(line.off, "share", lang)
    if abs(line.off) < _GOOD_FIT:
        return Bilingual(
            f"変更前の計算は実績と{off}の差で、よく合っています。", f"Before the change the model is {off} from what happened: a good fit."
        )(lang)
    return Bilingual(
        f"変更前の計算は実績から{off}ずれています。そのため、実績に変化分だけを足しています。",
        f"Before the change the model is {off} from what happened, so only the difference is added to the actual figures.",
    )(lang)


def _issue(found: WhatIf, free: WhatIf, choice: Choice) -> str:
    """Return where a cycle is opened with this answer as its issue."""
    lang, known = choice.filters.lang, centre().catalogue.kpis
    kpi = next(
        (
            each
            for each in (("service_level", "answer_rate") if found.group.model != "pile" else ("first_response_time", "answer_rate"))
            if each in known
        ),
        "",
    )
    said = (
        "、".join(change_said(each)(lang) for each in found.changes)
        if lang == "ja"
        else ", ".join(change_said(each)(lang) for each in found.changes)
    )
    title = Bilingual(f"{called(found.group, lang)}: {said}", f"{called(found.group, lang)}: {said}")(lang)
    pairs: list[tuple[str, str]] = [
        ("kpi", kpi),
        ("title", title[:200]),
        ("issue", free.text(lang)[:3000]),
        ("measure", said[:500]),
        ("period", f"{found.first}..{found.last}"),
    ]
    pairs += [(f"w.{name}", str(each)) for name, values in found.group.where.items() for each in values if each is not None]
    return f"{reverse('cycles-add')}?{urlencode([pair for pair in pairs if pair[1]])}"
