"""A whole definition evaluated in plain Python on given rows: the second opinion that every engine is held against."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rashin.catalogue.model import Definition
from rashin.catalogue.recorded import Silence, silences, wanted, without
from rashin.formula import Histogram, Repeat
from rashin.formula.reference import evaluate_measure, evaluate_value
from rashin.formula.repeats import link

Rows = Sequence[Mapping[str, Any]]


def measures(definition: Definition, rows: Mapping[str, Rows]) -> dict[str, float | Histogram | None]:
    """Return each measure of the definition over ``rows`` (fact → rows; a fact that is missing has none)."""
    ready = {fact: with_virtual(fact, rows.get(fact, ()), definition.repeat) for fact in definition.facts}
    return {name: evaluate_measure(measure, ready[measure.fact]) for name, measure in definition.measures.items()}


def evaluate(definition: Definition, rows: Mapping[str, Rows], known: Mapping[str, Rows] | None = None) -> float | None:
    """Return the value of the definition over ``rows``, None when it has none.

    ``known``: all rows that there are, of any time and place; without the rows of sources that do not record what the definition needs.
    """
    if known is not None:
        definition = without(definition, unrecorded(definition, known))
    return evaluate_value(definition.value, measures(definition, rows))


def unrecorded(definition: Definition, known: Mapping[str, Rows]) -> list[Silence]:
    """Return which rows of ``known`` (fact → rows with source and business_date) the definition leaves out."""
    found: list[Silence] = []
    for fact, names in wanted(definition).items():
        rows = known.get(fact, ())
        for source in sorted({row["source"] for row in rows}):
            own = [row for row in rows if row["source"] == source]
            held = {name: [row["business_date"] for row in own if row.get(name) is not None] for name in names}
            spans = {name: (min(dates), max(dates)) if dates else None for name, dates in held.items()}
            dates = [row["business_date"] for row in own]
            found += silences(definition, fact, source, (min(dates), max(dates)), spans)
    return found


def with_virtual(fact: str, rows: Rows, repeat: Repeat | None) -> list[dict[str, Any]]:
    """Return copies of the rows with the virtual columns filled in: whole intervals for ``clipped_s``, linked repeats for contacts.

    Virtual columns that the rows bring with them stay as they are.
    """
    filled = [dict(row) for row in rows]
    if fact == "agent_time":
        for row in filled:
            start, end = row.get("start_at"), row.get("end_at")
            whole = None if start is None or end is None else (end - start).total_seconds()
            row.setdefault("clipped_s", whole)
    if fact == "contact" and repeat is not None and not any("repeat_of_earlier" in row for row in filled):
        for row, (earlier, later) in zip(filled, link(filled, repeat), strict=True):
            row["repeat_of_earlier"], row["repeated_later"] = earlier, later
    if fact == "account_day" and not any("opening_followers" in row for row in filled):
        _open_and_close(filled)
    return filled


def _open_and_close(rows: list[dict[str, Any]]) -> None:
    """Mark each account's first and last record: the rows given are one bucket, and nothing is known from before it."""
    accounts: dict[tuple[Any, Any], list[dict[str, Any]]] = {}
    for row in rows:
        row["opening_followers"] = row["closing_followers"] = None
        if row.get("followers") is not None:
            accounts.setdefault((row.get("network"), row.get("account")), []).append(row)
    for own in accounts.values():
        own.sort(key=lambda row: (str(row.get("business_date") or ""), str(row.get("source") or ""), str(row.get("native_id") or "")))
        own[0]["opening_followers"] = own[0]["followers"]
        own[-1]["closing_followers"] = own[-1]["followers"]
