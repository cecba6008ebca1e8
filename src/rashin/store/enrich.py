"""What every fact carries beside what the source said: the instant it is counted at, its business date, and how far local time is from UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.records import FACTS
from rashin.store.config import Config

if TYPE_CHECKING:
    import pyarrow as pa


def enrich(config: Config, source: str, fact: str, rows: pa.Table) -> pa.Table:
    """Return ``rows`` with counted_at (the first anchor that is not null), utc_offset_s and business_date, by the zone and cut-over of ``source``."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    from rashin.calendars.zones import business_date, offsets_s

    anchors = [rows.column(name) for name in FACTS[fact].anchors if name in rows.column_names and name != "business_date"]
    if not anchors:
        return rows
    instant = pa.timestamp("us")
    counted = pc.coalesce(*(column.cast(instant) for column in anchors))
    utc = counted.to_numpy().astype("datetime64[us]")
    offsets = offsets_s(utc, config.zone(source))
    days = business_date(utc, config.zone(source), config.organisation.cutover)
    missing = np.isnat(utc)
    filled = {
        "counted_at": counted,
        "utc_offset_s": pa.array(np.where(missing, 0, offsets).astype("int64"), mask=missing),
        "business_date": pa.array(days.astype("datetime64[D]"), type=pa.date32()),
    }
    for name, column in filled.items():
        if name in rows.column_names:
            rows = rows.set_column(rows.column_names.index(name), name, pc.coalesce(rows.column(name).cast(column.type), column))
        else:
            rows = rows.append_column(name, column)
    return rows
