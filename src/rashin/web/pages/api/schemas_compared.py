"""The shapes of what moves together, of control charts and of fair comparisons, for the OpenAPI document."""

from __future__ import annotations

from rashin.insight.fair import TIERS
from rashin.web.pages.api.schemas import COUNT, NUMBER, TEXT, Schema, many, maybe, record, ref

_BOTH = ref("Bilingual")
_PERIOD = many({"type": "string", "format": "date"})
_SEEN = {"snapshot": COUNT, "catalogue_version": TEXT}
_GRAIN: Schema = {"type": "string", "enum": ["day", "week"]}
_YES: Schema = {"type": "boolean"}
_WHOLE: Schema = {"type": "integer"}


def compared() -> dict[str, Schema]:
    """Values in the unit of the KPI, shares 0–1."""
    figure = {"kpi": TEXT, "name": _BOTH, "unit": TEXT}
    pair = record(
        kind={"type": "string", "enum": ["finding", "none", "arithmetic"]},
        first=record(**figure),
        second=record(**figure),
        lag=maybe(_WHOLE),
        r=maybe(NUMBER),
        low=maybe(NUMBER),
        high=maybe(NUMBER),
        p=maybe(NUMBER),
        p_adjusted=maybe(NUMBER),
        n=maybe(_WHOLE),
        n_effective=maybe(NUMBER),
        stable=maybe(_YES),
        halves=maybe(many(maybe(NUMBER))),
        partial=maybe(NUMBER),
        partial_p=maybe(NUMBER),
        profile=maybe(many(record(lag=_WHOLE, r=maybe(NUMBER)))),
        shares=maybe(_BOTH),
        text=_BOTH,
    )
    related = record(
        grain=_GRAIN,
        period=_PERIOD,
        steps=COUNT,
        q=NUMBER,
        text=_BOTH,
        pairs=many(ref("Pair")),
        left_out=many(record(**figure, reason=_BOTH)),
        notes=many(_BOTH),
        **_SEEN,
    )
    return {"Pair": pair, "Related": related, "Control": _control(), **_fair()}


def _control() -> Schema:
    ends = {name: maybe(NUMBER) for name in ("value", "n", "center", "lower", "upper")}
    return record(
        kpi=TEXT,
        name=_BOTH,
        unit=TEXT,
        grain=_GRAIN,
        period=_PERIOD,
        method=maybe(TEXT),
        rules=many(TEXT),
        points=many(record(start={"type": "string", "format": "date"}, **ends, rules=many(TEXT))),
        false_alarms=NUMBER,
        per_week=NUMBER,
        text=_BOTH,
        **_SEEN,
    )


def _fair() -> dict[str, Schema]:
    may = ("low", "high", "adjusted", "adjusted_low", "adjusted_high", "estimate", "estimate_low", "estimate_high", "reliability", "p")
    unit = record(
        name=TEXT,
        label=_BOTH,
        n=NUMBER,
        value=NUMBER,
        **{name: maybe(NUMBER) for name in may},
        shared=NUMBER,
        tier={"type": "string", "enum": list(TIERS)},
        unusual=_YES,
        against=many(record(kpi=TEXT, name=_BOTH, value=NUMBER, center=NUMBER, text=_BOTH)),
        text=_BOTH,
    )
    limits = record(**{name: many(NUMBER) for name in ("n", "lower", "upper", "inner_lower", "inner_upper")})
    fair = record(
        kpi=TEXT,
        name=_BOTH,
        unit=TEXT,
        better=TEXT,
        by=TEXT,
        period=_PERIOD,
        kind={"type": "string", "enum": ["share", "mean", "ratio"]},
        units=many(ref("Unit")),
        center=maybe(NUMBER),
        limits=limits,
        phi=NUMBER,
        noise=NUMBER,
        between=NUMBER,
        reliability=maybe(NUMBER),
        n_needed=maybe(COUNT),
        adjusted=many(TEXT),
        unknown=NUMBER,
        reported=many(_BOTH),
        notes=many(_BOTH),
        text=_BOTH,
        **_SEEN,
    )
    return {"Unit": unit, "Fair": fair}
