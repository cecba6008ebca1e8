"""The best SQL we could write by hand, on the very table that Rashin keeps: one scan, flags computed once, ratios of sums."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    import pyarrow as pa
    from questions import Question

TITLE = "hand-written SQL (DuckDB)"

FLAGS = """
    SELECT {keys}, wait_s, talk_s, hold_s, hold_count, acw_s, transfers, consults, handovers, resolved, resolution_s, first_response_s,
        bot_handled, complaint, thanks, outcome, live,
        live AND direction = 'inbound' AS inbound,
        live AND direction = 'inbound' AND channel NOT IN ('form', 'letter', 'mail', 'sms', 'social') AS line,
        live AND outcome = 'answered' AS handled
    FROM (SELECT *, NOT coalesce(is_test, false) AS live FROM contact)
    WHERE business_date >= $first AND business_date < $until {queue}"""

SUMS = """
    count(*) FILTER (inbound) AS inbound_n, count(*) FILTER (line) AS line_n,
    count(*) FILTER (line AND outcome = 'answered') AS answered_n, count(*) FILTER (line AND outcome = 'abandoned') AS abandoned_n,
    count(*) FILTER (line AND outcome = 'busy') AS busy_n, count(*) FILTER (line AND outcome = 'callback') AS callback_n,
    count(*) FILTER (line AND outcome = 'closed') AS closed_n,
    count(*) FILTER (line AND NOT (outcome = 'answered' AND wait_s IS NULL)) AS timed_n,
    count(*) FILTER (line AND outcome = 'answered' AND wait_s <= 20) AS in_time_n,
    sum(wait_s) FILTER (line AND outcome = 'answered') AS wait_sum,
    sum(wait_s) FILTER (inbound AND outcome = 'abandoned') AS gave_up_sum, count(wait_s) FILTER (inbound AND outcome = 'abandoned') AS gave_up_n,
    count(*) FILTER (handled) AS handled_n,
    sum(talk_s + coalesce(hold_s, 0) + coalesce(acw_s, 0)) FILTER (handled) AS handle_sum,
    sum(talk_s) FILTER (handled) AS talk_sum, count(talk_s) FILTER (handled) AS talk_n,
    sum(acw_s) FILTER (handled) AS acw_sum, count(acw_s) FILTER (handled) AS acw_n,
    sum(hold_s) FILTER (handled) AS hold_sum, count(hold_s) FILTER (handled) AS hold_n,
    sum(hold_count) FILTER (handled) AS holds_sum, count(hold_count) FILTER (handled) AS holds_n,
    count(*) FILTER (handled AND talk_s < 10) AS short_n,
    sum((transfers > 0)::INT) FILTER (handled) AS transferred, sum((consults > 0)::INT) FILTER (handled) AS consulted,
    sum((handovers > 0)::INT) FILTER (handled) AS handed_over, sum(complaint::INT) FILTER (handled) AS complaints,
    sum(thanks::INT) FILTER (live) AS thanked,
    count(*) FILTER (handled AND coalesce(consults, 0) = 0 AND coalesce(handovers, 0) = 0 AND NOT (consults IS NULL AND handovers IS NULL)) AS alone,
    count(*) FILTER (handled AND NOT (consults IS NULL AND handovers IS NULL)) AS known_help,
    sum(resolved::INT) FILTER (inbound) AS solved,
    sum(resolution_s) FILTER (inbound) AS resolution_sum, count(resolution_s) FILTER (inbound) AS resolution_n,
    sum(first_response_s) FILTER (inbound) AS response_sum, count(first_response_s) FILTER (inbound) AS response_n,
    sum(bot_handled::INT) FILTER (inbound) AS by_bot"""

VALUES = """
    inbound_n AS volume, answered_n / line_n AS answer_rate, abandoned_n / line_n AS abandon_rate, busy_n / line_n AS busy_rate,
    callback_n / line_n AS callback_rate, (line_n - closed_n) / line_n AS opening_coverage, in_time_n / timed_n AS service_level,
    wait_sum / timed_n AS asa, gave_up_sum / gave_up_n AS time_to_abandon, handle_sum / talk_n AS aht, talk_sum / talk_n AS att,
    acw_sum / acw_n AS acw, hold_sum / hold_n AS hold_time, holds_sum / holds_n AS hold_rate, short_n / talk_n AS short_call_rate,
    transferred / handled_n AS transfer_rate, consulted / handled_n AS escalation_rate, handed_over AS escalation_count,
    complaints / handled_n AS complaint_rate, thanked AS thanks_count, alone / known_help AS agent_self_resolution, solved / inbound_n AS resolution_rate,
    resolution_sum / resolution_n AS resolution_time, response_sum / response_n AS first_response_time, by_bot / inbound_n AS auto_response_rate"""


def prepare(place: Path) -> duckdb.DuckDBPyConnection:
    """Open the workspace's own file for reading."""
    return duckdb.connect(place / "workspace" / "rashin.duckdb", read_only=True)


def ask(connection: duckdb.DuckDBPyConnection, question: Question) -> pa.Table:
    """Answer with one statement."""
    keys = ", ".join(question.keys)
    flags = FLAGS.format(keys=keys, queue="AND queue = $queue" if question.queue else "")
    sql = f"SELECT {keys}, {VALUES} FROM (SELECT {keys}, {SUMS} FROM ({flags}) GROUP BY {keys})"
    values = {"first": question.first, "until": question.until} | ({"queue": question.queue} if question.queue else {})
    return connection.sql(sql, params=values).to_arrow_table()
