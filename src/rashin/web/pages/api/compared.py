"""``/api/v1/related``, ``/api/v1/control``, ``/api/v1/fair``: what moves together, control charts, people or teams compared fairly."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

from django.http import HttpRequest, HttpResponse

from rashin.errors import Bilingual, QuestionError, nearest
from rashin.insight.chart import Control
from rashin.insight.chart import control as chart
from rashin.insight.correlation import Figure, Pair, Together, pairs
from rashin.insight.fair import ADJUST, Fair, Unit, compare
from rashin.web.centre import centre
from rashin.web.pages.api.door import endpoint, tagged
from rashin.web.pages.api.shapes import both
from rashin.web.pages.filters import Filters
from rashin.web.pages.names import check_names
from rashin.web.pages.related.choice import WESTERN

_COMMON = {"period"}


@endpoint("see_figures")
def related(request: HttpRequest) -> HttpResponse:
    """Answer which KPIs move together: those named by ``kpi``, or what moves with ``about``, or the usual ones."""
    filters = _read(request, {"kpi", "about", "grain", "lags"}, "latest 26 weeks")
    kpis, about = tuple(request.GET.getlist("kpi")), request.GET.get("about") or None
    for name in (*kpis, *([about] if about else [])):
        centre().catalogue.definition(name)
    lags = _whole(request, "lags", 28)

    def make() -> dict[str, Any]:
        own = centre()
        found = pairs(
            own.store,
            own.catalogue,
            kpis or None,
            filters.period,
            scope=filters.scope,
            grain=_grain(filters),
            lags=lags,
            filters=filters.question_filters,
            about=about,
        )
        return {**_together(found), **_seen()}

    return tagged(request, ("related", kpis, about, lags, *_tag(filters)), make)


@endpoint("see_figures")
def control(request: HttpRequest) -> HttpResponse:
    """Answer with the control chart of one KPI."""
    filters = _read(request, {"kpi", "grain", "rules", "drift"}, "latest 26 weeks")
    kpi, rules, drift = _kpi(request), request.GET.get("rules") == "1", request.GET.get("drift") == "1"

    def make() -> dict[str, Any]:
        own = centre()
        found = chart(
            own.store,
            own.catalogue,
            kpi,
            filters.period,
            scope=filters.scope,
            grain=_grain(filters),
            filters=filters.question_filters,
            rules=WESTERN if rules else WESTERN[:1],
            drift=drift,
        )
        return {**_control(found), **_seen()}

    return tagged(request, ("control", kpi, rules, drift, *_tag(filters)), make)


@endpoint("see_figures")
def fair(request: HttpRequest) -> HttpResponse:
    """Answer with people, teams … compared on one KPI."""
    filters = _read(request, {"kpi", "unit", "even"}, "latest 13 weeks")
    kpi, unit, even = _kpi(request), request.GET.get("unit", "team"), request.GET.get("even", "1") != "0"
    check_names(request.user, (unit,))

    def make() -> dict[str, Any]:
        own = centre()
        adjust = ADJUST if even else ()
        found = compare(
            own.store, own.catalogue, kpi, unit, filters.period, scope=filters.scope, adjust=adjust, filters=filters.question_filters
        )
        return {**_fair(found), **_seen()}

    return tagged(request, ("fair", kpi, unit, even, *_tag(filters)), make)


def _read(request: HttpRequest, own: set[str], period: str) -> Filters:
    """Read period and filters within the scope of the key; QuestionError for a parameter that does not exist."""
    known = own | _COMMON
    for name in request.GET:
        if name not in known and not name.startswith("w."):
            near = nearest(name, known)
            raise QuestionError(
                "parameter_unknown",
                Bilingual(f"「{name}」という指定はありません。", f"There is no parameter “{name}”."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
                if near
                else Bilingual(f"使えるもの: {'、'.join(sorted(known))}、w.<切り口>", f"Known: {', '.join(sorted(known))}, w.<dimension>"),
            )
    return replace(Filters.read(request, period=period, compare="none"), scope=request.scope)


def _kpi(request: HttpRequest) -> str:
    kpi = request.GET.get("kpi", "")
    if not kpi:
        raise QuestionError(
            "kpi_missing", Bilingual("KPIを指定してください。", "Name a KPI."), Bilingual("kpi=aht のように書きます。", "Write kpi=aht.")
        )
    centre().catalogue.definition(kpi)
    return kpi


def _grain(filters: Filters) -> Any:
    if filters.grain not in (None, "day", "week"):
        raise QuestionError(
            "grain_unknown", Bilingual(f"粒度「{filters.grain}」では見られません。", f"“{filters.grain}” is no grain here."), Bilingual("day か week です。", "Use day or week.")
        )  # fmt: skip
    return filters.grain or "day"


def _whole(request: HttpRequest, name: str, most: int) -> int | None:
    text = request.GET.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= most):
        raise QuestionError("number_expected", Bilingual(f"「{name}」は0〜{most}の整数です。", f"“{name}” is a whole number, 0–{most}."))
    return int(text)


def _tag(filters: Filters) -> tuple[Any, ...]:
    own = centre()
    return own.snapshot(), own.catalogue.version, filters.period, filters.grain, filters.question_filters, filters.scope


def _seen() -> dict[str, Any]:
    own = centre()
    return {"snapshot": own.snapshot(), "catalogue_version": own.catalogue.version}


def _together(found: Together) -> dict[str, Any]:
    return {
        "grain": found.grain,
        "period": [found.period.start.isoformat(), found.period.last.isoformat()],
        "steps": len(found.steps),
        "q": found.q,
        "text": both(found.text),
        "pairs": [_pair(pair) for pair in found.pairs],
        "left_out": [{**_figure(figure), "reason": both(reason)} for figure, reason in found.left_out],
        "notes": [both(note) for note in found.notes],
    }


def _pair(pair: Pair) -> dict[str, Any]:
    lagged = pair.lagged
    names = ("lag", "r", "low", "high", "p", "n", "n_effective", "stable", "partial", "partial_p")
    return {
        "kind": pair.kind,
        "first": _figure(pair.first),
        "second": _figure(pair.second),
        **({name: getattr(lagged, name) for name in names} if lagged else dict.fromkeys(names)),
        "p_adjusted": pair.p_adjusted,
        "halves": [_plain(half) for half in lagged.halves] if lagged else None,
        "profile": [{"lag": step, "r": _plain(float(r))} for step, r in zip(lagged.steps, lagged.profile, strict=True)] if lagged else None,
        "shares": both(pair.shares),
        "text": both(pair.text),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"kpi": figure.label, "name": both(figure.name), "unit": figure.unit}


def _control(found: Control) -> dict[str, Any]:
    return {
        "kpi": found.kpi,
        "name": both(found.name),
        "unit": found.unit,
        "grain": found.grain,
        "period": [found.period.start.isoformat(), found.period.last.isoformat()],
        "method": found.method,
        "rules": list(found.rules),
        "points": [{**asdict(point), "start": point.start.isoformat(), "rules": list(point.rules)} for point in found.points],
        "false_alarms": found.false_alarms,
        "per_week": found.per_week,
        "text": both(found.text),
    }


def _fair(found: Fair) -> dict[str, Any]:
    return {
        "kpi": found.kpi,
        "name": both(found.name),
        "unit": found.unit,
        "better": found.better,
        "by": found.by,
        "period": [found.period.start.isoformat(), found.period.last.isoformat()],
        "kind": found.kind,
        "units": [_unit(unit) for unit in found.units],
        "center": found.center,
        "limits": {name: list(values) for name, values in asdict(found.limits).items()},
        "phi": found.phi,
        "noise": found.noise,
        "between": found.between,
        "reliability": found.reliability,
        "n_needed": found.n_needed,
        "adjusted": list(found.adjusted),
        "unknown": found.unknown,
        "reported": [both(line) for line in found.reported],
        "notes": [both(note) for note in found.notes],
        "text": both(found.text),
    }


def _unit(unit: Unit) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(unit).items() if name not in ("label", "text", "against")}
    return {
        **plain,
        "label": both(unit.label),
        "against": [
            {"kpi": each.kpi, "name": both(each.name), "value": each.value, "center": each.center, "text": both(each.text)}
            for each in unit.against
        ],
        "text": both(unit.text),
    }


def _plain(value: float) -> float | None:
    return value if math.isfinite(value) else None
