"""The shapes of plans and what-ifs, and their addresses, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rashin.web.pages.api.schemas import COUNT, NUMBER, TEXT, Schema, many, mapping, maybe, record, ref

_WHERE: Schema = mapping(many({"type": ["string", "integer", "null"]}))
_BOTH: Schema = ref("Bilingual")
_KNOWN: Schema = maybe(NUMBER)
_FLAG: Schema = {"type": "boolean"}
_SEEN: dict[str, Schema] = {"snapshot": COUNT, "catalogue_version": TEXT}
_SKIPPED: Schema = many(record(group=TEXT, text=_BOTH))


def shapes() -> dict[str, Schema]:
    """Return every shape by name."""
    return {
        "StaffingPlan": record(first=TEXT, last=TEXT, slot_minutes=COUNT, groups=many(_group()), skipped=_SKIPPED, **_SEEN),
        "KeptPlan": record(
            name=TEXT,
            by=TEXT,
            planned_on=TEXT,
            first=TEXT,
            last=TEXT,
            slot_minutes=COUNT,
            snapshot=COUNT,
            groups=many(TEXT),
            rostered_hours=NUMBER,
        ),
        "KeptPlanList": record(plans=many(ref("KeptPlan")), **_SEEN),
        "PlanReview": record(plan=ref("KeptPlan"), reviews=many(_review()), skipped=_SKIPPED, **_SEEN),
        "WhatIf": _whatif(),
    }


def _group() -> Schema:
    shares = dict.fromkeys(
        ("service_level", "service_level_if_more", "abandon", "occupancy", "wape", "yen", "yen_per_contact", "outsourced_yen"), _KNOWN
    )
    slot = record(
        day=TEXT,
        time=TEXT,
        contacts=NUMBER,
        planned=NUMBER,
        seats=COUNT,
        rostered=COUNT,
        service_level=_KNOWN,
        abandon=_KNOWN,
        occupancy=_KNOWN,
    )
    return record(
        group=TEXT,
        title=_BOTH,
        model=TEXT,
        where=_WHERE,
        contacts=NUMBER,
        peak=COUNT,
        peak_at=TEXT,
        seat_hours=NUMBER,
        rostered_hours=NUMBER,
        quantile=NUMBER,
        shrinkage=NUMBER,
        **shares,
        days=many(record(day=TEXT, contacts=NUMBER, peak=COUNT, shifts=maybe(mapping(COUNT)))),
        slots=maybe(many(slot)),
        notes=many(_BOTH),
    )


def _review() -> Schema:
    names = ("planned", "came", "wape", "bias", "expected", "actual", "slot_error", "model", "model_error", "seat_hours", "staffed_hours")
    miss = record(day=TEXT, time=TEXT, **dict.fromkeys(("planned", "came", "seats", "staffed", "expected", "level"), _KNOWN))
    return record(group=TEXT, **dict.fromkeys(names, _KNOWN), measured=_FLAG, parts=mapping(_KNOWN), worst=many(miss), text=_BOTH)


def _whatif() -> Schema:
    names = ("actual", "model", "shown", "low", "high", "moved", "moved_low", "moved_high")
    change = record(driver=TEXT, by=NUMBER, weekdays=many(COUNT), hours=maybe(many(NUMBER)))
    return record(
        group=TEXT,
        where=_WHERE,
        first=TEXT,
        last=TEXT,
        changes=many(change),
        measured=_FLAG,
        day_cv=NUMBER,
        figures=many(record(figure=TEXT, unit=TEXT, name=_BOTH, **dict.fromkeys(names, _KNOWN))),
        notes=many(_BOTH),
        text=_BOTH,
        **_SEEN,
    )


def paths(parameter: Any, get: Any) -> dict[str, Any]:
    """Return the addresses. ``parameter``, ``get``: how ``openapi`` writes a parameter and a reading address."""
    where = parameter(
        "w.<dimension>", {"type": "array", "items": TEXT}, "Only this value, where no groups are written; may be repeated.", many=True
    )
    group = parameter("g", TEXT, "A group of the staffing file, by name.")
    planned = [
        parameter("days", TEXT, "next_month (default), next_week, 2026-11, 2026-11-01..2026-11-14; what has gone of it is left away."),
        parameter("slot", {"type": "string", "enum": ["15", "30", "60"]}, "Minutes of an interval; as the staffing file says without it."),
        parameter(
            "quantile",
            {"type": "string", "enum": ["0.5", "0.6", "0.7", "0.8", "0.9"]},
            "Of the forecast, that is planned for; as written without it.",
        ),
        group,
        parameter("slots", {"type": "string", "enum": ["1"]}, "1: every interval as well."),
        where,
    ]
    turned = [
        parameter("period", TEXT, "The days to start from, as for /ask; the latest four weeks without it."),
        group,
        parameter("aht", TEXT, "Handling time by so many seconds, such as -20."),
        parameter("volume", TEXT, "Contacts by so many percent, such as 10."),
        parameter("seats", TEXT, "Seats by so many, such as 2."),
        parameter("on", {"type": "array", "items": TEXT}, "Weekdays of the seats: 1 (Monday) … 7; may be repeated.", many=True),
        parameter("from", TEXT, "First hour of the seats, such as 9."),
        parameter("to", TEXT, "Hour at which they end, such as 12."),
        parameter("away", TEXT, "Shrinkage becomes so many percent."),
        parameter("patience", TEXT, "Patience by so many seconds."),
        where,
    ]
    name = parameter("name", TEXT, "Its name.", where="path")
    return {
        "/staffing": {
            "get": get(
                "staffing", "Seats for what is to come, by group and interval, with shifts and cost", planned, "StaffingPlan", tagged=True
            )
        },
        "/staffing/plans": {"get": get("staffingPlans", "The kept plans of one's scope", [], "KeptPlanList")},
        "/staffing/plans/{name}": {"get": get("staffingReview", "One kept plan held to what happened", [name], "PlanReview", tagged=True)},
        "/whatif": {
            "get": get(
                "whatif", "What would move under other handling time, volume, seats, shrinkage or patience", turned, "WhatIf", tagged=True
            )
        },
    }
