"""What the KPI layer costs on top of the engine: whole answers against the bare statements that they run, on facts and on roll-ups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from questions import KPIS, QUESTIONS

from parts.clock import Timed, ask, opened, timed


def measure(place: Path) -> dict[str, Any]:
    """For each question: whole answer and bare statements."""
    from rashin import query
    from rashin.calendars import Period

    centre = opened(place)
    found: dict[str, Any] = {}
    for name, asked in QUESTIONS.items():
        filters = {"queue": (asked.queue,)} if asked.queue else None
        question = query.Question(KPIS, Period(asked.first, asked.until), by=asked.by, grain="day", filters=filters, dense=False)
        for facts in (False, True):
            statements: list[tuple[str, Any]] = []
            read = centre.store.read
            ask(centre, question, facts=facts)

            def noted(sql: str, parameters: Any = (), read: Any = read, statements: list[tuple[str, Any]] = statements) -> Any:
                statements.append((sql, parameters))
                return read(sql, parameters)

            centre.store.read = noted  # type: ignore[method-assign]
            ask(centre, question, facts=facts)
            centre.store.read = read  # type: ignore[method-assign]
            repeats = 3 if facts and name != "small" else 15
            # whole and bare in turns, so that what the machine does meanwhile hits both
            whole: Timed = timed(lambda question=question, facts=facts: ask(centre, question, facts=facts), repeats)
            bare: Timed = timed(lambda statements=statements, read=read: [read(*each) for each in statements], repeats)
            found[f"{name}/{'facts' if facts else 'rollups'}"] = {"whole": whole[:2], "bare": bare[:2], "statements": len(statements)}
    return found


def text(found: dict[str, Any], results: dict[str, Any]) -> list[str]:
    """Return the section."""
    lines = [
        "## What the KPI layer adds",
        "",
        "The whole answer (definition, statement, cells with n, state and completeness) against running its very statements and nothing else.",
        "",
        "| question | statements | bare, CPU ms | whole, CPU ms | added, ms | ratio |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, each in found.items():
        question, source = name.split("/")
        bare, whole = each["bare"][0] * 1e3, each["whole"][0] * 1e3
        title = f"{QUESTIONS[question].title}, {'facts' if source == 'facts' else 'roll-ups'}"
        lines.append(f"| {title} | {each['statements']} | {bare:,.1f} | {whole:,.1f} | {whole - bare:,.1f} | {whole / bare:.2f} |")
    return [*lines, ""]
