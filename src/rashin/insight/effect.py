"""What an action did to a KPI: an estimate with its interval, against untouched units where there are any, and what cannot be known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from rashin.errors import Bilingual
from rashin.insight.action import Action, Weeks, weeks

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Scope
    from rashin.stats import Effect as Estimate
    from rashin.store import Store

Verdict: TypeAlias = Literal["evidence", "no evidence", "cannot be known"]
VERDICTS: dict[str, Bilingual] = {
    "evidence": Bilingual("効果の証拠あり", "evidence"),
    "no evidence": Bilingual("効果の証拠なし", "no evidence"),
    "cannot be known": Bilingual("判断できない", "cannot be known"),
}
METHODS: dict[str, Bilingual] = {
    "did": Bilingual("実施しなかったところとの差の差", "difference in differences against those that did not do it"),
    "its": Bilingual("中断時系列(前の傾向と比べる)", "interrupted time series, against the trend before"),
    "controlled its": Bilingual(
        "実施しなかったところとの差の中断時系列", "interrupted time series of the difference to those that did not do it"
    ),
    "none": Bilingual("推定できません", "no estimate"),
}
#: A step at a fake date as large as the actual one in more than one of ten: the estimate is not believed.
_PLACEBO = 0.10
#: Units on each side that a difference over units needs.
_SIDE = 2


@dataclass(frozen=True, eq=False)
class Effect:
    """``value``, ``low``, ``high`` (95 %): change of the KPI by the action in its ``unit``; None where it cannot be estimated. ``n``: units and weeks that counted.
    ``placebo_p``: share of fake dates with a step as large; None when too few could be tried. ``series``: week by week (first day, units, others). ``confounders``: what else
    may have moved the figure."""

    kpi: str
    unit: str
    method: str
    value: float | None
    low: float | None
    high: float | None
    p: float | None
    placebo_p: float | None
    verdict: Verdict
    n: dict[str, int]
    series: tuple[tuple[date, float | None, float | None], ...]
    confounders: tuple[Bilingual, ...]
    text: Bilingual

    @property
    def word(self) -> Bilingual:
        """The verdict in one word."""
        return VERDICTS[self.verdict]


def effect(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    action: Action,
    *,
    scope: Scope,
    today: date,
    cycles: Sequence[tuple[str, date, date | None]] = (),
) -> Effect:
    """Return what ``action`` did to ``kpi``, from the days before ``today``.

    Two units and two others at least: difference in differences over units. One unit, or one other: the difference of the two series as an interrupted series
    (of fewer than eight weeks before: over units, if there are three others). No
    others: the units' own series. Series are checked at fake dates. ``cycles``: other actions at that time (name, start, end), told among the confounders.
    The interval is what is given: "no evidence" says that it holds 0, not that nothing happened. QuestionError as :func:`rashin.insight.action.weeks`.
    """
    found = weeks(store, catalogue, kpi, action, scope=scope, today=today)
    method, estimate, placebo = _estimate(found)
    ours, others = found.pooled(found.treated), found.pooled(~found.treated)
    series = tuple((day, _plain(a), _plain(b)) for day, a, b in zip(found.starts, ours, others, strict=True))
    sound = estimate is not None and math.isfinite(estimate.low) and math.isfinite(estimate.high)
    verdict: Verdict = "cannot be known"
    if estimate is not None and sound:
        doubtful = placebo is not None and placebo > _PLACEBO
        verdict = "no evidence" if estimate.no_evidence else "cannot be known" if doubtful else "evidence"
    unit = found.definition.unit
    counted = {
        "units": int(found.treated.sum()),
        "others": int((~found.treated).sum()),
        "before": found.at,
        "after": len(found.starts) - found.at,
    }
    value, low, high = (estimate.estimate, estimate.low, estimate.high) if estimate is not None and sound else (None, None, None)
    return Effect(
        found.definition.label,
        unit,
        method if sound else "none",
        value,
        low,
        high,
        None if estimate is None else estimate.p,
        placebo,
        verdict,
        counted,
        series,
        tuple(_confounders(store, found, cycles)),
        _said(verdict, (value, low, high), unit, method if sound else "none", counted, placebo),
    )


def _estimate(found: Weeks) -> tuple[str, Estimate | None, float | None]:
    """Method, estimate and the placebo dates' p, by what there is to compare with."""
    from rashin.stats import difference_in_differences, interrupted_series, placebo_dates

    treated = found.treated
    if min(treated.sum(), (~treated).sum()) >= _SIDE:
        weights = np.where(np.isfinite(found.under), found.under, 0.0) if found.definition.value.ratio is not None else None
        return "did", difference_in_differences(found.values, treated, found.at, weights=weights), None
    control = found.pooled(~treated) if (~treated).any() else None
    ours = found.pooled(treated)
    series = interrupted_series(ours, found.at, control=control)
    if series is None and (~treated).sum() > _SIDE:  # too few weeks for a series: the others' own changes say what chance does
        return "did", difference_in_differences(found.values, treated, found.at), None
    fake = placebo_dates(ours, found.at, control=control)
    return "its" if control is None else "controlled its", None if series is None else series.effect, None if fake is None else fake.p


def _confounders(store: Store, found: Weeks, cycles: Sequence[tuple[str, date, date | None]]) -> list[Bilingual]:
    """What else may have moved the figure: missing data, a definition that changed, holidays, other actions, nobody to compare with."""
    last = found.starts[-1] + timedelta(days=6)
    told = [
        note.text
        for note in found.answer.completeness.notes
        if note.kind in ("missing_days", "before_first", "immature", "rejected", "not_yet")
    ]
    changed = found.definition.entry.since
    if found.definition.entry.version > 1 and found.starts[0] <= changed <= last:
        told.append(
            Bilingual(
                f"定義が {changed} に変わりました(どちらの期間も今の定義で計算)",
                f"the definition changed on {changed}; both times are computed by today's",
            )
        )
    calendar = _holidays(store, found, last)
    told += [calendar] if calendar is not None else []
    for name, start, end in cycles:
        if start <= last and (end is None or end >= found.starts[0]):
            told.append(Bilingual(f"同じ時期の別の取り組み: {name}({start}〜)", f"another action at the time: {name} (from {start})"))
    if not (~found.treated).any():
        told.append(
            Bilingual(
                "比べる相手がいないため、同じ時期に変わったほかのことと区別できません",
                "nobody to compare with: other changes of the same time cannot be told apart",
            )
        )
    return told


def _holidays(store: Store, found: Weeks, last: date) -> Bilingual | None:
    """Public holidays fall unevenly on the weeks before and after; where others are compared, they have the same ones."""
    from rashin.calendars import load_calendars, public_holidays

    calendar = load_calendars(store.workspace.folder("calendars")).for_queue(None)
    if (~found.treated).any() or calendar is None or not calendar.holidays:
        return None
    days = public_holidays(calendar.holidays, found.starts[0], last + timedelta(days=1))
    start = found.starts[found.at]
    before, after = (sum((day < start) == early for day in days) for early in (True, False))
    if before / found.at == after / max(len(found.starts) - found.at, 1):
        return None
    return Bilingual(f"祝日が前に{before}日、後に{after}日あります", f"{before} public holidays before, {after} after")


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _said(
    verdict: Verdict,
    ends: tuple[float | None, float | None, float | None],
    unit: str,
    method: str,
    counted: dict[str, int],
    placebo: float | None,
) -> Bilingual:
    word, how = VERDICTS[verdict], METHODS[method]
    value, low, high = ends
    if value is None or low is None or high is None:
        return Bilingual(
            f"{word.ja}。前{counted['before']}週・後{counted['after']}週、実施{counted['units']}・比較{counted['others']}では推定できません。",
            f"{word.en}: {counted['before']} weeks before, {counted['after']} after, {counted['units']} units and {counted['others']} others allow no estimate.",
        )
    own, least, most = (_signed(each, unit) for each in (value, low, high))
    end_ja, end_en = "。", "."
    if verdict == "no evidence":
        end_ja, end_en = (
            "。区間は0を含みます。効果がなかったという意味ではありません。",
            ". The interval holds 0; that does not say nothing happened.",
        )
    elif verdict == "cannot be known" and placebo is not None:
        end_ja = f"。何もしていない日でも同じほどの変化が{placebo:.0%}の割合で出るため、効果とは言えません。"
        end_en = f". On dates at which nothing was done {placebo:.0%} of the steps are as large: it cannot be called an effect."
    return Bilingual(
        f"{word.ja}: {own.ja}(95%区間 {least.ja}〜{most.ja}、{how.ja}){end_ja}",
        f"{word.en}: {own.en} (95 % interval {least.en} to {most.en}; {how.en}){end_en}",
    )


def _signed(value: float, unit: str) -> Bilingual:
    from rashin.query import change_shown

    return Bilingual(change_shown(value, unit, "ja"), change_shown(value, unit, "en"))
