"""What the API gives, as plain values. ``openapi.py`` describes the same; a test holds the two together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.query.export import description
from rashin.query.listing import Rows
from rashin.web.pages.kpi.listing import HIDDEN

if TYPE_CHECKING:
    from rashin.catalogue import Kpi
    from rashin.catalogue.model import Benchmark, Reading
    from rashin.query.answer import Answer, Cell
    from rashin.store import LoadRecord


def both(text: Bilingual | None) -> dict[str, str] | None:
    """A two-language text; None stays None."""
    return {"ja": text.ja, "en": text.en} if text else None


def paging(page: int, size: int, total: int) -> dict[str, int | None]:
    """Where a page stands: ``next`` and ``previous`` are page numbers or None."""
    last = max(1, -(-total // size))
    return {
        "page": page,
        "size": size,
        "total": total,
        "next": page + 1 if page < last else None,
        "previous": page - 1 if page > 1 else None,
    }


def part(items: Sequence[Any], page: int, size: int) -> list[Any]:
    """One page of ``items``."""
    return list(items[(page - 1) * size : page * size])


def kpi_line(kpi: Kpi) -> dict[str, Any]:
    """One KPI in the list."""
    return {
        "key": kpi.key,
        "name": both(kpi.name),
        "family": kpi.family,
        "priority": kpi.priority,
        "unit": kpi.unit,
        "better": kpi.better,
        "fact": kpi.fact,
        "meaning": both(kpi.meaning),
        "variants": list(kpi.variants),
    }


def kpi_full(kpi: Kpi) -> dict[str, Any]:
    """One KPI with everything that defines it."""
    band = kpi.default.band
    return kpi_line(kpi) | {
        "purpose": both(kpi.purpose),
        "counter": list(kpi.counter),
        "hints": [both(hint) for hint in kpi.hints],
        "version": kpi.version,
        "since": kpi.since.isoformat(),
        "digest": kpi.digest,
        "band": {"low": band.low, "high": band.high, "origin": both(band.origin)} if band else None,
        "benchmark": [_benchmark(each) for each in kpi.benchmark],
        "readings": {name: _reading(reading) for name, reading in kpi.readings.items()},
    }


def _benchmark(each: Benchmark) -> dict[str, Any]:
    return {"low": each.low, "high": each.high, "value": each.value, "origin": both(each.origin)}


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "name": both(reading.name),
        "meaning": both(reading.meaning),
        "source": both(reading.source),
        "equivalent": reading.equivalent,
        "fact": reading.fact,
        "at": reading.at,
        "unit": reading.unit,
        "better": reading.better,
        "params": {name: list(value) if isinstance(value, tuple) else value for name, value in reading.params.items()},
        "measures": dict(reading.measure_texts),
        "value": reading.value_text,
        "n": reading.n,
        "min_n": reading.min_n,
        "exclude": [{"when": each.text, "reason": both(each.reason)} for each in reading.exclude],
    }


def answer(made: Answer, page: int, size: int) -> dict[str, Any]:
    """An answer: what was asked, under which versions, what the input lacks, and a page of cells."""
    first = (page - 1) * size
    cells = [cell(each) for each in islice(made.cells(), first, first + size)]
    return description(made) | {"cells": cells, "paging": paging(page, size, len(made))}


def cell(each: Cell) -> dict[str, Any]:
    """One cell; null where there is no value."""
    return {
        "kpi": each.kpi,
        "variant": each.variant,
        "unit": each.unit,
        "bucket": each.bucket,
        "dimensions": dict(each.dimensions),
        "value": each.value,
        "n": each.n,
        "low": each.low,
        "high": each.high,
        "state": each.state,
        "reason": both(each.reason),
        "numerator": each.numerator,
        "denominator": each.denominator,
        "compare_value": each.compare_value,
        "change": each.change,
    }


def rows(found: Rows, page: int, size: int, snapshot: int, catalogue: str) -> dict[str, Any]:
    """A page of rows behind a cell; personal columns are masked unless the scope shows them."""
    inner = {"_contribution", "_reason_ja", "_reason_en", "_file"} | (
        HIDDEN - {"source", "revision", "business_date", "utc_offset_s", "load_id"}
    )
    lines = []
    for row in found.to_list():
        line: dict[str, Any] = {
            "values": {name: _plain(value) for name, value in row.items() if name not in inner and not name.startswith("_")}
        }
        line["contribution"] = _plain(row.get("_contribution"))
        line["reason"] = {"ja": row["_reason_ja"], "en": row["_reason_en"]} if "_reason_ja" in row else None
        line["file"] = row.get("_file")
        lines.append(line)
    return {
        "kpi": found.kpi,
        "fact": found.fact,
        "part": found.part,
        "snapshot": snapshot,
        "catalogue_version": catalogue,
        "reasons": [{"reason": both(reason), "count": count} for reason, count in found.reasons],
        "rows": lines,
        "paging": paging(page, size, found.total),
    }


def _plain(value: Any) -> Any:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def load(record: LoadRecord) -> dict[str, Any]:
    """One load with its receipt: rows in = accepted + rejected + duplicate + ignored, by fact."""
    return {
        "load_id": record.load_id,
        "source": record.source,
        "file_name": record.file_name,
        "file_hash": record.file_hash,
        "by": record.by,
        "started_at": record.started_at.isoformat(),
        "committed_at": record.committed_at.isoformat(),
        "withdrawn_at": record.withdrawn_at.isoformat() if record.withdrawn_at else None,
        "counts": {fact: _counts(counts) for fact, counts in record.counts.items()},
    }


def _counts(counts: Any) -> dict[str, int]:
    from dataclasses import asdict

    return {name: int(value) for name, value in asdict(counts).items()}
