"""The same formula gives the same figure on every engine, nulls, quotes, empty sets and odd letters included."""

from datetime import datetime
from typing import Any

import pytest

from rashin.formula import Histogram, parse_measure
from rashin.formula.reference import evaluate_measure

NOON = datetime.fromisoformat("2026-10-01T12:00:00")
LATER = datetime.fromisoformat("2026-10-01T12:01:30.250000")
ROWS: list[dict[str, Any]] = [
    {"part": "a", "channel": "voice", "direction": "inbound", "outcome": "answered", "wait_s": 5.5, "talk_s": 60.0, "transfers": 2},
    {"part": "a", "channel": "voice", "direction": "inbound", "outcome": "abandoned", "wait_s": 40.0, "is_test": False},
    {"part": "a", "channel": "voice", "direction": "inbound", "outcome": None, "wait_s": None, "is_test": True, "transfers": 0},
    {"part": "a", "queue": "it's", "agent": "Ａya", "offered_at": NOON, "ended_at": LATER},
    {"part": "a", "queue": "back\\slash", "agent": "ÅSA", "offered_at": NOON, "ended_at": None, "resolved": True},
    {"part": "a", "queue": "${spark.app.name}", "agent": "山田", "resolved": False, "business_date": NOON.date(), "counted_at": NOON},
    {"part": "a", "queue": '"q"', "agent": "asa", "talk_s": 0.0, "hold_s": 3.0, "acw_s": None, "wait_s": 40.0},
    {"part": "b", "channel": "mail", "direction": "inbound", "outcome": "open"},
    {"part": "b", "repeat_of_earlier": True, "repeated_later": False, "talk_s": 9_007_199_254.5, "transfers": 3_000_000_000},
]
MEASURES = (
    "count(*)",
    "count(*) filter (where offered)",
    "count(*) filter (where not offered)",
    "count(*) filter (where outcome = 'answered' or wait_s > 30)",
    "count(*) filter (where not (outcome = 'answered' and wait_s > 30))",
    "count(*) filter (where outcome in ('answered', 'open'))",
    "count(*) filter (where outcome not in ('answered', 'open'))",
    "count(*) filter (where coalesce(outcome, '') <> 'answered')",
    "count(*) filter (where wait_s between 5.5 and 40)",
    "count(*) filter (where wait_s not between 6 and 40)",
    "count(*) filter (where wait_s in (40, 5.5))",
    "count(*) filter (where transfers in (2, 0.5))",
    "count(*) filter (where transfers > 1.5)",
    "count(*) filter (where transfers = 3000000000)",
    "count(*) filter (where queue = 'it''s')",
    "count(*) filter (where queue = 'back\\slash')",
    "count(*) filter (where queue = '${spark.app.name}')",
    "count(*) filter (where queue in ('\"q\"', 'it''s'))",
    "count(*) filter (where lower(agent) in ('ａya', 'åsa', '山田'))",
    "count(*) filter (where resolved)",
    "count(*) filter (where resolved = false)",
    "count(*) filter (where coalesce(resolved, false) = coalesce(is_test, false))",
    "count(*) filter (where case when wait_s > 30 then true when resolved then talk_s is null else is_test end)",
    "count(*) filter (where repeat_of_earlier)",
    "count(*) filter (where business_date = '2026-10-01' and counted_at >= '2026-10-01T12:00:00Z')",
    "count(*) filter (where business_date < '2026-10-01')",
    "count(wait_s)",
    "count(wait_s) filter (where outcome = 'abandoned')",
    "count(distinct queue)",
    "count(distinct wait_s) filter (where wait_s > 1)",
    "count(distinct lower(agent))",
    "sum(wait_s)",
    "sum(wait_s) filter (where outcome = 'open')",
    "sum(transfers)",
    "sum(1)",
    "sum(2000000000 * 3)",
    "sum(0.1 + 0.2)",
    "sum(handle_s)",
    "sum(talk_s - -3)",
    "sum(-(talk_s - 2) * 1.5 / 3600)",
    "sum(wait_s / (60 * 60))",
    "sum(transfers * 0.5) filter (where transfers is not null)",
    "sum(case when wait_s > 30 then 1 when resolved then 0.5 else 0 end)",
    "sum(case when wait_s > 30 then 1 end)",
    "sum(case when talk_s > 0 then null else 1 end)",
    "sum(coalesce(transfers, 0.5))",
    "sum(coalesce(wait_s, 0)) filter (where queue = 'nobody')",
    "sum(least(wait_s, 30))",
    "sum(least(wait_s, hold_s, 100))",
    "sum(greatest(hold_s, acw_s, wait_s))",
    "sum(greatest(transfers, 1))",
    "sum(abs(wait_s - 20))",
    "sum(abs(transfers))",
    "sum(floor(wait_s / 3) * 0.5 + ceil(talk_s / 7) / 4)",
    "sum(ceil(transfers * 0.4)) filter (where floor(transfers / 2) = 1 or ceil(wait_s) = 6)",
    "histogram(floor(-wait_s / 3))",
    "sum(ended_at - offered_at)",
    "sum(greatest(ended_at - offered_at, 100)) filter (where ended_at - offered_at > 90.2)",
    "min(wait_s)",
    "max(wait_s) filter (where wait_s < 40)",
    "min(transfers)",
    "max(wait_s) filter (where queue = 'nobody')",
    "histogram(wait_s)",
    "histogram(coalesce(transfers, 1)) filter (where part_is_whole)",
    "histogram(ended_at - offered_at)",
)


def compare(engine: Any, fact_table: Any, measured: Any) -> None:
    engine.load("contact", fact_table("contact", ROWS))
    texts = [text.replace("part_is_whole", "coalesce(wait_s, 0) < 40") for text in MEASURES]
    measures = [parse_measure(f"m{place}", text, "contact", {}, "test") for place, text in enumerate(texts)]
    found = measured(engine, "contact", measures, ["a", "b", "empty"])
    for part in ("a", "b", "empty"):
        rows = [row for row in ROWS if row["part"] == part]
        for text, each in zip(texts, measures, strict=True):
            expected, got = evaluate_measure(each, rows), found[part][each.key]
            if isinstance(expected, Histogram):
                assert got == expected, (part, text)
            elif expected is None:
                assert got is None, (part, text, each.sql(engine.dialect))
            else:
                assert got == pytest.approx(expected, rel=1e-12), (part, text, each.sql(engine.dialect))


def test_duckdb_agrees_with_the_reference(duckdb_engine: Any, fact_table: Any, measured: Any) -> None:
    compare(duckdb_engine, fact_table, measured)


@pytest.mark.engines
@pytest.mark.timeout(300)
def test_clickhouse_agrees_with_the_reference(clickhouse_engine: Any, fact_table: Any, measured: Any) -> None:
    compare(clickhouse_engine, fact_table, measured)


@pytest.mark.engines
@pytest.mark.timeout(300)
def test_spark_agrees_with_the_reference(spark_engine: Any, fact_table: Any, measured: Any) -> None:
    compare(spark_engine, fact_table, measured)
