"""Polars: the facts in memory, one lazy group-by with filtered aggregates."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import pyarrow as pa
    from questions import Question

TITLE = "Polars (facts in memory)"


def prepare(place: Path) -> pl.DataFrame:
    """Read the facts; words become categories."""
    return pl.read_parquet(place / "facts.parquet").with_columns(pl.col("channel", "direction", "queue", "outcome").cast(pl.Categorical))


def ask(frame: pl.DataFrame, question: Question) -> pa.Table:
    """Aggregate with filters, then divide."""
    c = pl.col
    chosen = (c("business_date") >= question.first) & (c("business_date") < question.until)
    if question.queue:
        chosen &= c("queue") == question.queue
    live = ~c("is_test").fill_null(value=False)
    flags = frame.lazy().filter(chosen).with_columns(
        live=live,
        inbound=live & (c("direction") == "inbound"),
        line=live & (c("direction") == "inbound") & ~c("channel").cast(pl.String).is_in(["form", "letter", "mail", "sms", "social"]),
        handled=live & (c("outcome") == "answered"),
        known_help=live & (c("outcome") == "answered") & (c("consults").is_not_null() | c("handovers").is_not_null()),
    )  # fmt: skip
    line, handled, inbound, known_help = c("line"), c("handled"), c("inbound"), c("known_help")

    def total(value: pl.Expr, where: pl.Expr) -> pl.Expr:
        """Sum where the condition holds; null where there is no value at all."""
        kept = pl.when(where).then(value)
        return pl.when(kept.count() > 0).then(kept.sum())

    def present(name: str, where: pl.Expr) -> pl.Expr:
        return (where & c(name).is_not_null()).sum()

    sums = flags.group_by(question.keys).agg(
        inbound_n=inbound.sum(),
        line_n=line.sum(),
        answered_n=(line & (c("outcome") == "answered")).sum(),
        abandoned_n=(line & (c("outcome") == "abandoned")).sum(),
        busy_n=(line & (c("outcome") == "busy")).sum(),
        callback_n=(line & (c("outcome") == "callback")).sum(),
        closed_n=(line & (c("outcome") == "closed")).sum(),
        timed_n=(line & ~((c("outcome") == "answered") & c("wait_s").is_null())).sum(),
        in_time_n=(line & (c("outcome") == "answered") & (c("wait_s") <= 20)).sum(),
        wait_sum=total(c("wait_s"), line & (c("outcome") == "answered")),
        gave_up_sum=total(c("wait_s"), inbound & (c("outcome") == "abandoned")),
        gave_up_n=present("wait_s", inbound & (c("outcome") == "abandoned")),
        handled_n=handled.sum(),
        handle_sum=total(c("talk_s") + c("hold_s").fill_null(0) + c("acw_s").fill_null(0), handled),
        talk_sum=total(c("talk_s"), handled),
        talk_n=present("talk_s", handled),
        acw_sum=total(c("acw_s"), handled),
        acw_n=present("acw_s", handled),
        hold_sum=total(c("hold_s"), handled),
        hold_n=present("hold_s", handled),
        holds_sum=total(c("hold_count"), handled),
        holds_n=present("hold_count", handled),
        short_n=(handled & (c("talk_s") < 10)).sum(),
        transferred=total((c("transfers") > 0).cast(pl.Int64), handled),
        consulted=total((c("consults") > 0).cast(pl.Int64), handled),
        handed_over=total((c("handovers") > 0).cast(pl.Int64), handled),
        complaints=total(c("complaint").cast(pl.Int64), handled),
        thanked=total(c("thanks").cast(pl.Int64), c("live")),
        alone=(known_help & (c("consults").fill_null(0) == 0) & (c("handovers").fill_null(0) == 0)).sum(),
        known_help=known_help.sum(),
        solved=total(c("resolved").cast(pl.Int64), inbound),
        resolution_sum=total(c("resolution_s"), inbound),
        resolution_n=present("resolution_s", inbound),
        response_sum=total(c("first_response_s"), inbound),
        response_n=present("first_response_s", inbound),
        by_bot=total(c("bot_handled").cast(pl.Int64), inbound),
    )
    values = sums.select(
        *question.keys,
        volume=c("inbound_n"),
        answer_rate=c("answered_n") / c("line_n"),
        abandon_rate=c("abandoned_n") / c("line_n"),
        busy_rate=c("busy_n") / c("line_n"),
        callback_rate=c("callback_n") / c("line_n"),
        opening_coverage=(c("line_n") - c("closed_n")) / c("line_n"),
        service_level=c("in_time_n") / c("timed_n"),
        asa=c("wait_sum") / c("timed_n"),
        time_to_abandon=c("gave_up_sum") / c("gave_up_n"),
        aht=c("handle_sum") / c("talk_n"),
        att=c("talk_sum") / c("talk_n"),
        acw=c("acw_sum") / c("acw_n"),
        hold_time=c("hold_sum") / c("hold_n"),
        hold_rate=c("holds_sum") / c("holds_n"),
        short_call_rate=c("short_n") / c("talk_n"),
        transfer_rate=c("transferred") / c("handled_n"),
        escalation_rate=c("consulted") / c("handled_n"),
        escalation_count=c("handed_over"),
        complaint_rate=c("complaints") / c("handled_n"),
        thanks_count=c("thanked"),
        agent_self_resolution=c("alone") / c("known_help"),
        resolution_rate=c("solved") / c("inbound_n"),
        resolution_time=c("resolution_sum") / c("resolution_n"),
        first_response_time=c("response_sum") / c("response_n"),
        auto_response_rate=c("by_bot") / c("inbound_n"),
    )
    return values.collect().to_arrow()
