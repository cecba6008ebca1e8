"""KPIs that move together, and control charts, as listings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.cli.lib.lang import say, told
from rashin.cli.lib.listing import Listing, column
from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.insight.chart import Control
    from rashin.insight.correlation import Together

KINDS: dict[str, Bilingual] = {
    "finding": Bilingual("一緒に動く", "moves together"),
    "none": Bilingual("偶然の範囲", "within chance"),
    "arithmetic": Bilingual("計算上", "arithmetic"),
}


def listing(found: Together, *, everything: bool) -> Listing:
    """Return the pairs, only those that stand out unless ``everything`` is wanted."""
    names = {figure.label: told(figure.name) for pair in found.pairs for figure in (pair.first, pair.second)}

    def name(label: str) -> str:
        return names.get(label, label)

    records = [
        {
            "kind": pair.kind,
            "first": pair.first.label,
            "second": pair.second.label,
            "lag": pair.lagged.lag if pair.lagged else None,
            "r": pair.lagged.r if pair.lagged else None,
            "low": pair.lagged.low if pair.lagged else None,
            "high": pair.lagged.high if pair.lagged else None,
            "n": pair.lagged.n if pair.lagged else None,
            "n_effective": pair.lagged.n_effective if pair.lagged else None,
            "p_adjusted": pair.p_adjusted,
            "first_half": pair.lagged.halves[0] if pair.lagged else None,
            "second_half": pair.lagged.halves[1] if pair.lagged else None,
            "stable": pair.lagged.stable if pair.lagged else None,
            "partial": pair.lagged.partial if pair.lagged else None,
            "text": told(pair.text),
        }
        for pair in found.pairs
        if everything or pair.kind == "finding"
    ]
    columns = [
        column("kind", "種別", "Kind", lambda kind: told(KINDS[kind])),
        column("first", "KPI", "KPI", name),
        column("second", "相手のKPI", "With", name),
        column("lag", "相手の遅れ", "Lag", right=True),
        column("r", "r", "r", _two, right=True),
        column("low", "下限", "Low", _two, right=True),
        column("high", "上限", "High", _two, right=True),
        column("n_effective", "有効n", "Effective n", _whole, right=True),
        column("p_adjusted", "補正後p", "Corrected p", _p, right=True),
        column("stable", "安定", "Stable", _yes),
        column("partial", "件数を揃えたr", "r, volume held", _two, right=True),
    ]
    notes = [told(found.text), *(told(pair.text) for pair in found.findings)]
    notes += [f"{told(figure.name)}: {told(reason)}" for figure, reason in found.left_out]
    return Listing(columns, records, notes=[*notes, *(told(note) for note in found.notes)])


def machine(found: Together) -> Listing:
    """Return every pair with all that is known of it, unrounded."""
    shown = listing(found, everything=True)
    keys = list(shown.records[0]) if shown.records else [each.key for each in shown.columns]
    return Listing([column(key, key, key) for key in keys], shown.records)


def points(found: Control) -> Listing:
    """Return a control chart as its points."""
    from rashin.insight.chart import METHODS, RULES
    from rashin.query import shown

    def figure(value: float | None) -> str:
        return "" if value is None else shown(value, found.unit, say("ja", "en"))

    records = [
        {
            "start": point.start.isoformat(),
            "value": point.value,
            "n": point.n,
            "center": point.center,
            "lower": point.lower,
            "upper": point.upper,
            "signals": " ".join(point.rules),
        }
        for point in found.points
        if any(each.value is not None for each in found.points)
    ]
    columns = [
        column("start", "日" if found.grain == "day" else "週", "Day" if found.grain == "day" else "Week"),
        column("value", "値", "Value", figure, right=True),
        column("n", "n", "n", _whole, right=True),
        column("center", "ふだん", "Usual", figure, right=True),
        column("lower", "下限", "Lower", figure, right=True),
        column("upper", "上限", "Upper", figure, right=True),
        column("signals", "合図", "Signals", lambda text: ", ".join(told(RULES[rule]) for rule in text.split())),
    ]
    notes = [told(found.text)] + ([told(METHODS[found.method])] if found.method else [])
    return Listing(columns, records, notes=notes)


def _two(value: float | None) -> str:
    return "" if value is None else f"{value:+.2f}".replace("-", "−")


def _whole(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"


def _p(value: float | None) -> str:
    return "" if value is None else "<0.001" if value < 0.001 else f"{value:.3f}"


def _yes(value: bool | None) -> str:
    return "" if value is None else say("はい", "yes") if value else say("いいえ", "no")
