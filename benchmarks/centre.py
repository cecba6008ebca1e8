"""A large, plain centre: files of contacts, one per month, the same bytes for the same arguments.

200 queues in five channels, 2,000 agents, three sites, a busy daytime and quiet nights. Written in batches, so memory stays flat whatever the size.
The files are what an export looks like: local time without a zone, seconds as numbers, empty where there is nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

FIRST, MONTHS = date(2025, 10, 1), 13
BATCH = 500_000
SEED = 20_261_101
QUEUES, AGENTS, TEAMS, SITES, CATEGORIES = 200, 2_000, 60, 3, 20
CHANNELS = ("voice", "mail", "chat", "social", "form")
#: Outcome → chance, by channel and direction.
OUTCOMES = {
    ("voice", "inbound"): {
        "answered": 0.82,
        "abandoned": 0.09,
        "busy": 0.03,
        "callback": 0.02,
        "voicemail": 0.01,
        "overflow": 0.01,
        "closed": 0.02,
    },
    ("voice", "outbound"): {"answered": 0.45, "unreached": 0.5, "abandoned": 0.05},
    ("chat", "inbound"): {"answered": 0.88, "abandoned": 0.12},
    ("mail", "inbound"): {"answered": 0.95, "open": 0.05},
}
#: Column → its type in the engine; the order of the columns in the files.
COLUMNS = {
    "id": "VARCHAR", "channel": "VARCHAR", "direction": "VARCHAR", "queue": "VARCHAR", "team": "VARCHAR", "agent": "VARCHAR", "site": "VARCHAR",
    "category": "VARCHAR", "customer_key": "VARCHAR", "outcome": "VARCHAR", "is_test": "BOOLEAN", "offered_at": "TIMESTAMP", "answered_at": "TIMESTAMP",
    "first_response_at": "TIMESTAMP", "resolved_at": "TIMESTAMP", "ended_at": "TIMESTAMP", "wait_s": "DOUBLE", "talk_s": "DOUBLE", "hold_s": "DOUBLE",
    "hold_count": "BIGINT", "acw_s": "DOUBLE", "transfers": "BIGINT", "consults": "BIGINT", "handovers": "BIGINT", "reopens": "BIGINT",
    "resolved": "BOOLEAN", "bot_handled": "BOOLEAN", "complaint": "BOOLEAN", "thanks": "BOOLEAN",
}  # fmt: skip


def months() -> list[tuple[date, date]]:
    """Return the months as half-open spans of local dates."""
    starts = [date(FIRST.year + (FIRST.month - 1 + step) // 12, (FIRST.month - 1 + step) % 12 + 1, 1) for step in range(MONTHS + 1)]
    return list(itertools.pairwise(starts))


def write(folder: Path, rows: int, form: str = "csv") -> list[Path]:
    """Write ``rows`` contacts in all as one file per month and return the files; a file that is there already is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    spans = months()
    days = [(until - first).days for first, until in spans]
    files = []
    for number, (first, until) in enumerate(spans):
        count = rows * sum(days[: number + 1]) // sum(days) - rows * sum(days[:number]) // sum(days)
        target = folder / f"contacts-{first:%Y-%m}-{rows}.{form}"
        files.append(target)
        if not target.exists():
            _write_one(target, form, batches(first, until, count, number))
    return files


def _write_one(target: Path, form: str, tables: Iterator[pa.Table]) -> None:
    part = target.with_suffix(".part")
    first = next(tables)
    if form == "csv":
        with pa.csv.CSVWriter(part, first.schema, write_options=pa.csv.WriteOptions(quoting_style="none")) as file:
            for table in (first, *tables):
                file.write_table(table)
    else:
        with pa.parquet.ParquetWriter(part, first.schema, compression="zstd") as file:
            for table in (first, *tables):
                file.write_table(table)
    part.rename(target)


def batches(first: date, until: date, count: int, month: int) -> Iterator[pa.Table]:
    """Yield the contacts of one month, in order of time."""
    done = 0
    span = np.timedelta64((until - first).days, "D")
    while done < count or done == 0:
        size = min(BATCH, count - done)
        share = (done / max(count, 1), (done + size) / max(count, 1))
        yield contacts(np.datetime64(first, "s"), span, share, size, np.random.default_rng([SEED, month, done]), f"{first:%y%m}-{done}")
        done += max(size, 1)


def contacts(
    first: np.datetime64, span: np.timedelta64, share: tuple[float, float], size: int, rng: np.random.Generator, prefix: str
) -> pa.Table:
    """Return ``size`` contacts in the given share of a month."""
    length = span / np.timedelta64(1, "s")
    at = np.sort(rng.uniform(share[0] * length, share[1] * length, size))
    quiet = (at % 86_400 < 8 * 3600) & (rng.random(size) < 0.9)
    at = np.where(quiet, at // 86_400 * 86_400 + 9 * 3600 + rng.uniform(0, 10 * 3600, size), at).astype(np.int64)
    offered = first + at.astype("timedelta64[s]")
    queue = (rng.beta(1, 2, size) * QUEUES).astype(np.int64)
    channel = np.array([0, 0, 0, 0, 0, 0, 1, 2, 3, 4])[queue % 10]
    outbound = (channel == 0) & (queue % 20 == 5)
    outcome = _outcomes(channel, outbound, rng)
    answered = outcome == "answered"
    agent = rng.integers(0, AGENTS, size)

    def seconds(mean: float, present: np.ndarray) -> pa.Array:
        return pa.array(np.round(rng.exponential(mean, size), 1), mask=~present)

    wait = np.round(rng.exponential(18, size) * np.where(rng.random(size) < 0.2, 6, 1), 0)
    waited = np.isin(outcome, ("answered", "abandoned")) & ~np.isin(channel, (1, 3, 4))
    talk = np.round(rng.gamma(2.2, 140, size), 1)
    slow = np.isin(channel, (1, 3, 4))
    response = offered + (np.where(slow, rng.exponential(4 * 3600, size), wait)).astype("timedelta64[s]")
    solved = answered & (rng.random(size) < 0.86)
    resolution = response + rng.exponential(9 * 3600, size).astype("timedelta64[s]")
    ended = np.where(answered, response + talk.astype("timedelta64[s]"), offered + wait.astype("timedelta64[s]"))
    test = rng.random(size) < 0.002
    return pa.table(
        {
            "id": pa.array(np.char.add(f"{prefix}-", np.arange(size).astype("U7"))),
            "channel": _words(CHANNELS, channel),
            "direction": _words(("inbound", "outbound"), outbound.astype(np.int64)),
            "queue": _words([f"queue-{number:03}" for number in range(QUEUES)], queue),
            "team": _words([f"team-{number:02}" for number in range(TEAMS)], agent % TEAMS),
            "agent": _words([f"agent-{number:04}" for number in range(AGENTS)], agent, ~answered),
            "site": _words([f"site-{number}" for number in range(SITES)], agent % SITES),
            "category": _words(
                [f"category-{number:02}" for number in range(CATEGORIES)], rng.integers(0, CATEGORIES, size), rng.random(size) < 0.05
            ),
            "customer_key": pa.array(np.char.add("c", rng.integers(0, 4_000_000, size).astype("U7")), mask=rng.random(size) < 0.08),
            "outcome": pa.array(outcome),
            "is_test": pa.array(test, mask=~test & (rng.random(size) < 0.5)),
            "offered_at": pa.array(offered),
            "answered_at": pa.array(response, mask=~answered | slow),
            "first_response_at": pa.array(response, mask=~answered),
            "resolved_at": pa.array(resolution, mask=~solved),
            "ended_at": pa.array(ended, mask=slow),
            "wait_s": pa.array(wait, mask=~waited),
            "talk_s": pa.array(talk, mask=~answered | slow),
            "hold_s": seconds(25, answered & (rng.random(size) < 0.3)),
            "hold_count": pa.array(rng.integers(0, 3, size), mask=~answered),
            "acw_s": seconds(60, answered & (rng.random(size) < 0.95)),
            "transfers": pa.array((rng.random(size) < 0.07).astype(np.int64), mask=~answered),
            "consults": pa.array((rng.random(size) < 0.05).astype(np.int64), mask=~answered),
            "handovers": pa.array((rng.random(size) < 0.03).astype(np.int64), mask=~answered),
            "reopens": pa.array((rng.random(size) < 0.04).astype(np.int64), mask=~solved),
            "resolved": pa.array(solved, mask=~answered),
            "bot_handled": pa.array(rng.random(size) < 0.1, mask=channel == 0),
            "complaint": pa.array(rng.random(size) < 0.01, mask=~answered),
            "thanks": pa.array(rng.random(size) < 0.04, mask=~answered),
        }
    )


def _words(words: list[str] | tuple[str, ...], codes: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    return pa.array(np.array(words)[codes], mask=missing)


def _outcomes(channel: np.ndarray, outbound: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    draw = rng.random(len(channel))
    outcome = np.full(len(channel), "answered", "U10")
    for number, name in enumerate(CHANNELS):
        for direction in ("inbound", "outbound"):
            chances = OUTCOMES.get((name, direction), OUTCOMES["mail", "inbound"])
            chosen = (channel == number) & (outbound == (direction == "outbound"))
            names = np.array(list(chances))
            edges = np.cumsum(list(chances.values()))
            at = np.minimum(np.searchsorted(edges, draw[chosen], "right"), len(names) - 1)
            outcome[chosen] = names[at]
    return outcome
