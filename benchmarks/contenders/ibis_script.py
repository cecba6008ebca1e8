"""Ibis on the same DuckDB file: expressions compiled to SQL at each question, as Ibis users work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import ibis
from ibis import _

from contenders.ratios import RATIOS

if TYPE_CHECKING:
    import pyarrow as pa
    from ibis.expr.types import Table
    from questions import Question

TITLE = "Ibis (DuckDB)"


def prepare(place: Path) -> Table:
    """Open the workspace's own file for reading."""
    return ibis.duckdb.connect(place / "workspace" / "rashin.duckdb", read_only=True).table("contact")


def flagged(contact: Table) -> Table:
    """The facts with the conditions that several KPIs share."""
    live = ~contact.is_test.fill_null(False)
    inbound = live & (contact.direction == "inbound")
    return contact.mutate(
        live=live,
        inbound=inbound,
        line=inbound & contact.channel.notin(["form", "letter", "mail", "sms", "social"]),
        handled=live & (contact.outcome == "answered"),
        known_help=live & (contact.outcome == "answered") & (contact.consults.notnull() | contact.handovers.notnull()),
    )


def measures(t: Table) -> dict[str, object]:
    """The sums that the 25 KPIs are made of; also the measures of the semantic layer."""
    answered, abandoned = t.outcome == "answered", t.outcome == "abandoned"
    return {
        "inbound_n": t.count(where=t.inbound),
        "line_n": t.count(where=t.line),
        "answered_n": t.count(where=t.line & answered),
        "abandoned_n": t.count(where=t.line & abandoned),
        "busy_n": t.count(where=t.line & (t.outcome == "busy")),
        "callback_n": t.count(where=t.line & (t.outcome == "callback")),
        "closed_n": t.count(where=t.line & (t.outcome == "closed")),
        "timed_n": t.count(where=t.line & ~(answered & t.wait_s.isnull())),
        "in_time_n": t.count(where=t.line & answered & (t.wait_s <= 20)),
        "wait_sum": t.wait_s.sum(where=t.line & answered),
        "gave_up_sum": t.wait_s.sum(where=t.inbound & abandoned),
        "gave_up_n": t.wait_s.count(where=t.inbound & abandoned),
        "handled_n": t.count(where=t.handled),
        "handle_sum": (t.talk_s + t.hold_s.fill_null(0) + t.acw_s.fill_null(0)).sum(where=t.handled),
        "talk_sum": t.talk_s.sum(where=t.handled),
        "talk_n": t.talk_s.count(where=t.handled),
        "acw_sum": t.acw_s.sum(where=t.handled),
        "acw_n": t.acw_s.count(where=t.handled),
        "hold_sum": t.hold_s.sum(where=t.handled),
        "hold_n": t.hold_s.count(where=t.handled),
        "holds_sum": t.hold_count.sum(where=t.handled),
        "holds_n": t.hold_count.count(where=t.handled),
        "short_n": t.count(where=t.handled & (t.talk_s < 10)),
        "transferred": (t.transfers > 0).cast("int64").sum(where=t.handled),
        "consulted": (t.consults > 0).cast("int64").sum(where=t.handled),
        "handed_over": (t.handovers > 0).cast("int64").sum(where=t.handled),
        "complaints": t.complaint.cast("int64").sum(where=t.handled),
        "thanked": t.thanks.cast("int64").sum(where=t.live),
        "alone": t.count(where=t.known_help & (t.consults.fill_null(0) == 0) & (t.handovers.fill_null(0) == 0)),
        "known_help_n": t.count(where=t.known_help),
        "solved": t.resolved.cast("int64").sum(where=t.inbound),
        "resolution_sum": t.resolution_s.sum(where=t.inbound),
        "resolution_n": t.resolution_s.count(where=t.inbound),
        "response_sum": t.first_response_s.sum(where=t.inbound),
        "response_n": t.first_response_s.count(where=t.inbound),
        "by_bot": t.bot_handled.cast("int64").sum(where=t.inbound),
    }


def ask(contact: Table, question: Question) -> pa.Table:
    """Filter, aggregate, divide."""
    chosen = contact.filter(contact.business_date >= question.first, contact.business_date < question.until)
    if question.queue:
        chosen = chosen.filter(chosen.queue == question.queue)
    t = flagged(chosen)
    sums = t.group_by(list(question.keys)).aggregate(**measures(t)).mutate(open_n=_.line_n - _.closed_n)
    values = {name: sums[above] if below is None else sums[above] / sums[below] for name, (above, below) in RATIOS.items()}
    return sums.select(*question.keys, **values).to_pyarrow()
