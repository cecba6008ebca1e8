"""A kept report as the page shows it: its blocks as plain rows for templates. Nothing is computed; texts are those of the document."""

from __future__ import annotations

from typing import Any

from rashin.report import layout
from rashin.report.model import Chart, Figures, Heading, Note, Report, Sentence, Table

_TONES = {"kept": "good", "issue": "bad", "next": ""}


def parts(report: Report) -> list[dict[str, Any]]:
    """Return the runs of blocks, each with what its template needs."""
    found = []
    for number, (kind, blocks) in enumerate(layout.runs(report)):
        found.append({"kind": kind.__name__.lower(), "id": f"part-{number}", **_run(report, kind, blocks)})
    return found


def _run(report: Report, kind: type[Any], blocks: list[Any]) -> dict[str, Any]:
    if kind is Heading:
        return {"text": blocks[0].text, "level": blocks[0].level}
    if kind is Sentence:
        return {"lines": [(each.text, each.tone) for each in blocks]}
    if kind is Note:
        return {"lines": [(each.text, each.level, layout.LEVELS[each.level](report.lang)) for each in blocks]}
    if kind is Figures:
        return {"cards": [{"name": each.name, **layout.figure_lines(each, report.lang)} for block in blocks for each in block.figures]}
    if kind is Chart:
        return {"charts": [_chart(each) for each in blocks]}
    return _table(report, blocks[0])


def _chart(each: Chart) -> dict[str, Any]:
    return {"title": each.title, "chart": {"spec": dict(each.spec), "description": each.description, "small": each.half}}


def _table(report: Report, table: Table) -> dict[str, Any]:
    at = report.blocks.index(table)
    before = report.blocks[at - 1] if at else None
    same = isinstance(before, Heading) and before.text == table.title
    rows = []
    for row in table.rows:
        whole = len(row) == 1 and len(table.columns) > 1
        cells = [] if whole else [(each.text, each.tone, column) for each, column in zip(row, table.columns, strict=True)]
        rows.append({"whole": row[0].text if whole else "", "cells": cells, "of_all": row[0].tone == "group-figure"})
    return {"title": "" if same else table.title, "name": table.title, "columns": table.columns, "rows": rows, "legend": table.legend}


def contents(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return (anchor, text) of the sections."""
    return [(each["id"], each["text"]) for each in found if each["kind"] == "heading" and each["level"] == 1]
