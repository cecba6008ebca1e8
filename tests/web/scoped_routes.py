"""Which addresses take filters: every route whose answer depends on whose data one asks for."""

from __future__ import annotations

#: With a month that has data, so that there is something that could leak.
SCOPED = (
    "/?period=2026-10",
    "/kpi/volume/?period=2026-10",
    "/kpi/volume/slices/?period=2026-10",
    "/kpi/volume/hours/?period=2026-10",
    "/kpi/volume/variants/?period=2026-10",
    "/kpi/service_level/causes/?period=2026-10",
    "/kpi/aht/spread/?period=2026-10",
    "/kpi/volume/rows/?period=2026-10",
    "/explore/?kpi=volume&period=2026-10",
    "/explore/download/csv/?kpi=volume&period=2026-10",
    "/explore/download/xlsx/?kpi=volume&period=2026-10",
    "/explore/download/svg/?kpi=volume&period=2026-10",
    "/related/?kpi=volume&period=2026-10",
    "/related/chart/?kpi=volume&period=2026-10",
    "/fair/?kpi=aht&unit=team&period=2026-10",
    "/fair/download/csv/?kpi=aht&unit=team&period=2026-10",
    "/forecast/?days=2026-11-02..2026-11-08",
    "/forecast/download/csv/?days=2026-11-02..2026-11-08",
    "/forecast/today/?on=2026-10-30&upto=12:00",
    "/peaks/?period=2026-10",
    "/peaks/download/csv/?period=2026-10",
    "/api/v1/forecast?days=2026-11-02..2026-11-08",
    "/api/v1/peaks?period=2026-10",
    "/cycles/-/new/?kpi=volume&period=2026-10",
    "/talk/thread/?about=kpi&thing=volume&period=2026-10",
    "/mine/?period=2026-10",
    "/mine/aht/rows/?period=2026-10",
    "/alerts/",
    "/api/v1/ask?kpi=volume&period=2026-10",
    "/api/v1/compare?kpi=volume&period=2026-10",
    "/api/v1/rows?kpi=volume&period=2026-10",
    "/api/v1/fair?kpi=aht&period=2026-10",
)
