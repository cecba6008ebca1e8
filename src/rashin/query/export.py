"""Answers as files for other programs: CSV, JSON, Parquet. (Workbooks: :mod:`rashin.query.workbook`.)"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.query.table import long_table

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.errors import Bilingual
    from rashin.query.answer import Answer

#: What makes a spreadsheet program take a text for a formula, also in the full width of Japanese input.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def guarded(text: str) -> str:
    """Return ``text`` so that no spreadsheet program runs it: with a quote in front where it begins like a formula."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def to_csv(answer: Answer, path: str | Path | None, lang: str) -> str | None:
    """Write the long table as CSV, UTF-8 with BOM; texts guarded, numbers in full, instants as ISO 8601 on the local clock."""
    table = long_table(answer, lang)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.column_names)
    for batch in table.to_batches():
        writer.writerows(zip(*([_field(value) for value in column.to_pylist()] for column in batch.columns), strict=True))
    if path is None:
        return out.getvalue()
    Path(path).write_text(out.getvalue(), "utf-8-sig", newline="")
    return None


def _field(value: Any) -> Any:
    if isinstance(value, str):
        return guarded(value)
    if hasattr(value, "isoformat"):
        return value.isoformat(sep=" ", timespec="seconds")
    return value


def description(answer: Answer) -> dict[str, Any]:
    """Return everything about an answer but its cells, as plain values; texts in both languages."""
    question, other = answer.question, answer.question.compare_period
    return {
        "question": {
            "kpis": list(question.kpis),
            "period": [question.period.start.isoformat(), question.period.last.isoformat()],
            "by": list(question.by),
            "grain": question.grain,
            "filters": {name: list(values) for name, values in question.filters},
            "compare": [other.start.isoformat(), other.last.isoformat()] if other else None,
            "params": dict(question.params),
        },
        "snapshot": answer.snapshot,
        "catalogue_version": answer.catalogue_version,
        "definitions": [_definition(each) for each in answer.definitions],
        "completeness": [
            {
                "kind": note.kind,
                "fact": note.fact,
                "source": note.source,
                "days": [day.isoformat() for day in note.days],
                "count": note.count,
                **_both(note.text),
            }
            for note in answer.completeness.notes
        ],
    }


def _definition(definition: Definition) -> dict[str, Any]:
    return {
        "kpi": definition.kpi,
        "variant": definition.variant,
        "version": definition.version,
        "unit": definition.unit,
        "value": definition.value.text,
        "measures": {name: f"{measure.fact}: {measure.text}" for name, measure in definition.measures.items()},
        "params": {name: list(value) if isinstance(value, tuple) else value for name, value in definition.params.items()},
        "name": _both(definition.name),
        "meaning": _both(definition.meaning),
        "source": _both(definition.source),
    }


def _both(text: Bilingual) -> dict[str, str]:
    return {"ja": text.ja, "en": text.en}


def to_json(answer: Answer, path: str | Path | None, lang: str) -> str | None:
    """Write question, versions, definitions, completeness and cells as JSON; null where there is no value. ``lang`` is that of the cells' reasons."""
    content = description(answer) | {"cells": long_table(answer, lang).to_pylist()}
    text = json.dumps(content, ensure_ascii=False, indent=1, default=lambda value: value.isoformat())
    if path is None:
        return text
    Path(path).write_text(text, "utf-8")
    return None


def to_parquet(answer: Answer, path: str | Path) -> None:
    """Write the long table as Parquet with the description in its metadata under "rashin"."""
    import pyarrow.parquet as pq

    table = long_table(answer, answer.lang)
    metadata = {b"rashin": json.dumps(description(answer), ensure_ascii=False).encode()}
    pq.write_table(table.replace_schema_metadata(metadata), str(path))
