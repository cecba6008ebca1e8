"""What to look into where a figure is not as it should be: the catalogue's hints as a checklist, each linked to the figures that would confirm or refute it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.judge.causes import Cause
    from rashin.web.pages.filters import Filters

SPEAKS: dict[str, tuple[str, Bilingual]] = {
    "for": ("▲", Bilingual("疑わしい", "suspect")),
    "open": ("?", Bilingual("未確認", "open")),
    "against": ("＝", Bilingual("動いていない", "did not move")),
}


def shown(causes: list[Cause], filters: Filters | None, lang: str) -> list[tuple[str, str, str, str, list[tuple[str, str, str]]]]:
    """Return each hint: (sign, word, how its figures speak, the hint, [(address, name, figure against the period before)]).

    ``filters``: under which the figures' pages open; None = as those pages open by themselves.
    """
    return [
        (
            SPEAKS[each.speaks][0],
            SPEAKS[each.speaks][1](lang),
            each.speaks,
            each.hint(lang),
            [(address(one.kpi, filters), one.name(lang), one.text(lang)) for one in each.evidence],
        )
        for each in causes
    ]


def address(label: str, filters: Filters | None) -> str:
    """Return the page of a KPI or of one of its readings."""
    kpi, _, variant = label.partition(":")
    more: dict[str, Any] = {"variant": variant} if variant else {}
    query = filters.query(**more) if filters is not None else f"variant={variant}" if variant else ""
    return reverse("kpi", args=[kpi]) + (f"?{query}" if query else "")
