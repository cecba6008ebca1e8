"""Rashin with its roll-ups: the same questions, the same answers; a roll-up answers where it is proven to give the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contenders.rashin_facts import Opened, asked, prepare, table

if TYPE_CHECKING:
    import pyarrow as pa
    from questions import Question

TITLE = "**Rashin on roll-ups**"

__all__ = ["TITLE", "ask", "prepare"]


def ask(opened: Opened, question: Question) -> pa.Table:
    """Ask as any page or command does; that a roll-up answered is part of the benchmark."""
    answer = asked(opened, question)
    if any(line.relation == line.fact for line in answer.plan):
        raise SystemExit(f"{question.name}: the facts answered: {[line.refusals for line in answer.plan]}")
    return table(answer, question)
