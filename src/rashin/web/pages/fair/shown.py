"""A comparison as the page shows it: the funnel and its table, tier by tier."""

from __future__ import annotations

from typing import Any

from rashin import charts_compare, display
from rashin.errors import Bilingual, ForbiddenError, QuestionError
from rashin.insight.fair import TIERS, Fair, Unit
from rashin.insight.fair.words import counted, word
from rashin.query import dimensions
from rashin.web.pages.fair.choice import Choice

COLUMNS = (
    "tier", "unit", "n", "value", "low", "high", "adjusted", "adjusted_low", "adjusted_high", "estimate", "estimate_low", "estimate_high", "reliability",
    "shared", "p_adjusted", "unusual", "against",
)  # fmt: skip
#: So many names stand in the chart.
NAMED = 12
#: Among no more than this everybody has a name in it.
ALL_NAMED = 6


def make(choice: Choice) -> dict[str, Any]:
    """Return the comparison for the page; ``refused`` with the reason where it cannot be made."""
    try:
        found = choice.compared()
    except (QuestionError, ForbiddenError) as error:
        if isinstance(error, QuestionError) and not error.code.startswith("fair_"):
            raise
        return {"refused": error.what, "next_step": error.next_step}
    lang = choice.filters.lang
    scale = display.scale(found.unit, [unit.value for unit in found.units])
    judged = [unit for unit in found.units if unit.adjusted is not None]
    return {
        "found": found,
        "scale": scale,
        "by_label": dimensions.label(found.by)(lang),
        "adjusted": [dimensions.label(name)(lang) for name in found.adjusted],
        "chart": _chart(found, judged, lang) if len(judged) > 1 and found.center is not None else None,
        "tiers": [(tier, word(tier, found.unit)(lang), _units(found, tier, choice)) for tier in TIERS if found.tiers[tier]],
        "n_needed": found.n_needed,
        "reliable": found.reliability is not None and found.reliability >= 0.7,
        "reliability": f"{found.reliability:.0%}" if found.reliability is not None else "",
        "standing_out": [unit.text(lang) for unit in found.units if unit.unusual or unit.against],
        "reported": [line(lang) for line in found.reported],
        "notes": [note(lang) for note in found.notes],
        "counter": counted(found.by)[0 if lang == "ja" else 1],
    }


def _units(found: Fair, tier: str, choice: Choice) -> list[tuple[Unit, str, str]]:
    """Units of a tier, each with what it is called and where its own page of the KPI is."""
    from django.urls import reverse

    listed = []
    for unit in found.units:
        if unit.tier == tier:
            name, _, variant = found.kpi.partition(":")
            query = choice.filters.query(where={found.by: (unit.name or "-",)}, **({"variant": variant} if variant else {}))
            listed.append((unit, unit.label(choice.filters.lang), f"{reverse('kpi', args=[name])}?{query}"))
    return listed


def _chart(found: Fair, judged: list[Unit], lang: str) -> dict[str, Any]:
    outstanding = sorted(
        (unit for unit in judged if unit.tier != "alike" or unit.unusual), key=lambda unit: (not unit.unusual, unit.p or 0.0)
    )
    named = {unit.name for unit in outstanding[:NAMED]} if len(judged) > ALL_NAMED else {unit.name for unit in judged}
    scale = display.scale(found.unit, [unit.value for unit in judged])
    rows = [
        {
            "name": unit.label(lang),
            "n": unit.n,
            "value": unit.adjusted,
            "shown": f"{scale.text(unit.adjusted)}{'' if scale.mark else scale.word(lang)}",
            "tier": unit.tier,
            "word": word(unit.tier, found.unit)(lang),
            "said": unit.label(lang) if unit.name in named else "",
        }
        for unit in judged
    ]
    limits = found.limits
    curve = [
        dict(zip(("n", "lower", "upper", "inner_lower", "inner_upper"), each, strict=True))
        for each in zip(limits.n, limits.lower, limits.upper, limits.inner_lower, limits.inner_upper, strict=True)
    ]
    said = _said(found, lang)
    assert found.center is not None  # checked by who calls
    return {"spec": charts_compare.funnel(rows, curve, found.unit, lang, said, center=found.center), "description": said}


def _said(found: Fair, lang: str) -> str:
    even = bool(found.adjusted)
    wide = found.phi > 1
    ja = ("仕事の構成を揃えた値" if even else "値") + "と件数。破線(横)は基準、実線は99.8%、細い破線は95%の限界"
    ja += f"(ばらつきが偶然の{found.phi:.1f}倍あるため広げています)" if wide else ""
    ja += "。三角は偶然を超えて違う、丸は差があるとは言えない"
    en = (
        "Figure at the common mix of work" if even else "Figure"
    ) + " against the number of contacts. Dashed across: the common figure; solid: 99.8 % limits, dashed: 95 %"
    en += f" (widened: figures vary {found.phi:.1f} times as much as chance has it)" if wide else ""
    en += ". Triangles differ beyond chance; circles: no difference to tell"
    return Bilingual(ja, en)(lang)
