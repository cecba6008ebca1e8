"""The shapes of forecasts and peaks, and their addresses, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rashin.web.pages.api.schemas import COUNT, NUMBER, TEXT, Schema, many, mapping, maybe, record, ref

_KEY: Schema = mapping({"type": ["string", "integer", "null"]})
_WHERE: Schema = mapping(many({"type": ["string", "integer", "null"]}))
_BOTH: Schema = ref("Bilingual")
_SHARE: Schema = maybe(NUMBER)
_BANDS: dict[str, Schema] = dict.fromkeys(("mean", "low80", "high80", "low95", "high95"), NUMBER)
_SEEN: dict[str, Schema] = {"snapshot": COUNT, "catalogue_version": TEXT}


def shapes() -> dict[str, Schema]:
    """Return every shape by name."""
    return {
        "Forecast": _forecast(),
        "ForecastList": record(forecasts=many(ref("Forecast")), **_SEEN),
        "KeptForecast": record(name=TEXT, made=TEXT, by=TEXT, first=TEXT, last=TEXT, slot_minutes=COUNT, kpi=TEXT, snapshot=COUNT, where=_WHERE, series=many(_KEY)),
        "KeptForecastList": record(forecasts=many(ref("KeptForecast")), **_SEEN),
        "ForecastReview": record(forecast=ref("KeptForecast"), reviews=many(_review()), **_SEEN),
        "Peaks": _peaks(),
    }  # fmt: skip


def _forecast() -> Schema:
    year = record(first=TEXT, last=TEXT, actual=NUMBER, forecast=NUMBER, wape=NUMBER)
    return record(
        key=_KEY,
        where=_WHERE,
        kpi=TEXT,
        first=TEXT,
        last=TEXT,
        slot_minutes=COUNT,
        method=TEXT,
        method_label=_BOTH,
        wape=_SHARE,
        naive=_SHARE,
        floor=_SHARE,
        methods=mapping(_SHARE),
        last_year=maybe(year),
        total=record(**_BANDS),
        days=many(record(day=TEXT, kind=TEXT, **_BANDS)),
        slots=maybe(many(record(start=TEXT, local=TEXT, **_BANDS, naive=NUMBER))),
        learned=many(TEXT),
        left_out=many(record(day=TEXT, kind=TEXT, text=_BOTH)),
        suspected=many(record(day=TEXT, kind=TEXT, start=TEXT, end=TEXT, observed=NUMBER, usual=NUMBER, text=_BOTH)),
        notes=many(_BOTH),
        text=_BOTH,
    )


def _review() -> Schema:
    shares = dict.fromkeys(("wape", "naive", "floor", "bias", "held80", "held95"), _SHARE)
    misses = many(record(label=_BOTH, forecast=NUMBER, came=NUMBER))
    return record(key=_KEY, until=TEXT, days=COUNT, forecast=NUMBER, came=NUMBER, **shares, misses=misses, text=_BOTH)


def _peaks() -> Schema:
    rates = dict.fromkeys(("lost", "answer_rate", "service_level", "wait_s", "contacts", "people"), _SHARE)
    seats = record(aht_s=NUMBER, peak=COUNT, hours=NUMBER, even_peak=COUNT, even_hours=NUMBER)
    return record(
        period=many(TEXT),
        slot_minutes=COUNT,
        cells=many(record(weekday=COUNT, hour=COUNT, key=_KEY, volume=NUMBER, per_day=NUMBER, **rates)),
        worst=many(record(label=TEXT, key=_KEY, volume=NUMBER, lost=NUMBER, usual=NUMBER, wait_s=_SHARE)),
        people=many(record(key=_KEY, contacts=NUMBER, people=NUMBER, reach_contacts=_SHARE, reach_people=_SHARE, known=NUMBER, attempts=NUMBER)),
        concentration=many(record(key=_KEY, volume=NUMBER, intervals=COUNT, top_share=NUMBER, by_chance=NUMBER, peak_ratio=NUMBER, seats=maybe(seats))),
        notes=many(_BOTH),
        text=_BOTH,
        **_SEEN,
    )  # fmt: skip


def paths(parameter: Any, get: Any) -> dict[str, Any]:
    """Return the addresses. ``parameter``, ``get``: how ``openapi`` writes a parameter and a reading address."""
    slot = parameter("slot", {"type": "string", "enum": ["15", "30"]}, "Minutes of an interval; 30 without it.")
    where = parameter("w.<dimension>", {"type": "array", "items": TEXT}, "Only this value of the dimension; may be repeated.", many=True)
    asked = [
        parameter("days", TEXT, "next_month (default), next_week, 2026-11, 2026-11-01..2026-11-14; what has gone of it is left away."),
        slot,
        parameter(
            "unit",
            {"type": "string", "enum": ["each", "channel", "all"]},
            "One forecast for each queue and channel (default), each channel, or one.",
        ),
        parameter("leave", {"type": "string", "enum": ["1"]}, "1: days that look odd teach nothing."),
        parameter("slots", {"type": "string", "enum": ["1"]}, "1: every interval as well."),
        where,
    ]
    period = parameter("period", TEXT, "As for /ask; the latest month without it.")
    name = parameter("name", TEXT, "Its name.", where="path")
    return {
        "/forecast": {"get": get("forecast", "Volumes to come, with bands and the errors of the past", asked, "ForecastList", tagged=True)},
        "/forecasts": {"get": get("forecasts", "The kept forecasts of one's scope", [], "KeptForecastList")},
        "/forecasts/{name}": {"get": get("forecastReview", "One kept forecast held to what came", [name], "ForecastReview", tagged=True)},
        "/peaks": {
            "get": get(
                "peaks", "Load, reach and waits of the week; worst intervals; people; seats", [period, slot, where], "Peaks", tagged=True
            )
        },
    }
