"""boring-semantic-layer over Ibis and DuckDB: the KPIs as its measures, asked by name."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
from boring_semantic_layer import to_semantic_table
from questions import KPIS

import contenders.ibis_script as plain
from contenders.ratios import RATIOS

if TYPE_CHECKING:
    import pyarrow as pa
    from questions import Question

TITLE = "boring-semantic-layer (Ibis, DuckDB)"


def prepare(place: Path) -> Any:
    """Define the model once: dimensions, sums, KPIs over sums."""
    contact = ibis.duckdb.connect(place / "workspace" / "rashin.duckdb", read_only=True).table("contact")
    sums = {name: (lambda t, name=name: plain.measures(t)[name]) for name in plain.measures(plain.flagged(contact))}
    model = (
        to_semantic_table(plain.flagged(contact), name="contact")
        .with_dimensions(business_date=lambda t: t.business_date, queue=lambda t: t.queue)
        .with_measures(**sums)
        .with_measures(open_n=lambda t: t.line_n - t.closed_n)
    )
    ratios = {name: (lambda t, pair=pair: t[pair[0]] if pair[1] is None else t[pair[0]] / t[pair[1]]) for name, pair in RATIOS.items()}
    return model.with_measures(**ratios)


def ask(model: Any, question: Question) -> pa.Table:
    """Ask by name of dimension and measure."""
    filters = [lambda t: t.business_date >= question.first, lambda t: t.business_date < question.until]
    if question.queue:
        filters.append(lambda t: t.queue == question.queue)
    return model.query(dimensions=list(question.keys), measures=list(KPIS), filters=filters).to_pyarrow()
