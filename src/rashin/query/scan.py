"""One SELECT over one fact: which rows, in which buckets, under which keys, aggregated into which measures.

Texts are composed from checked trees, names of columns and numbered parameters only; every value that somebody typed is bound. ``compile_scan`` is cached by
the shape of the question, so that a screen that asks again for another day composes nothing.

Parameters, in this order: first date, last date, the filters' values, the scope's values.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import gcd

from rashin.formula.repeats import Repeat
from rashin.query import dimensions
from rashin.query.accounts import edges_sql
from rashin.query.dimensions import Filters
from rashin.query.grain import SECONDS, below_day, clock_sql, date_sql
from rashin.query.repeats import flagged_sql, margin_days
from rashin.query.settings import Settings
from rashin.query.zone import ZoneClock, again_sql, offset_sql, regimes_sql
from rashin.records import FACTS

#: (dimension, how many values are bound, whether unknown values pass) for each filter: a filter without its values.
Shape = tuple[tuple[str, int, bool], ...]

_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Scan:
    """``aggregates``: SQL of what to compute, selected as _m0, _m1 …. ``at``: the column that places a row in time.

    ``clipped``: intervals are cut at the edges of buckets and of the period (column clipped_s). ``repeat``: the flags of repeat contact are needed.
    ``histogram``: (argument, condition) of the one histogram that this scan counts; then there are no aggregates. ``counter``: how rows are counted. ``extra``: one more item
    to select beside a histogram. ``grouped``: False gives the rows as they are; then aggregates and counter are plain columns. ``layers``: columns that the aggregates are made of, each layer selected over the one before.
    """

    fact: str
    at: str = "counted_at"
    clipped: bool = False
    repeat: Repeat | None = None
    aggregates: tuple[str, ...] = ()
    histogram: tuple[str, str | None] | None = None
    counter: str = "COUNT(*)"
    extra: str = ""
    grouped: bool = True
    layers: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """What the question asks of every scan: keys, filters and scope (as shapes), and the clock."""

    by: tuple[str, ...]
    grain: str | None
    filters: Shape
    scope: Shape
    settings: Settings
    clock: ZoneClock
    clocks: tuple[ZoneClock, ...]


@dataclass(frozen=True, slots=True)
class Moments:
    """SQL of where a row lies in time: its business date, seconds on the local clock, and whether the clock shows that time again."""

    day: str
    local_s: str
    again: str
    known: str | None


def shape(filters: Filters) -> Shape:
    """Return the filters without their values."""
    return tuple((name, sum(value is not None for value in values), None in values) for name, values in filters)


def values(filters: Filters) -> list[object]:
    """Return the values to bind, in the order in which the text numbers them."""
    return [value for _, each in filters for value in each if value is not None]


@lru_cache(maxsize=1024)
def compile_scan(scan: Scan, frame: Frame, relation: str) -> str:
    """Return the SELECT of a scan over ``relation``: columns _k (bucket, when there is a grain), _d0 … (dimensions), _n (rows), _m0 … (aggregates).

    A histogram scan has _v (value) and _c (how often) instead of aggregates.
    """
    source, where, moments = rows_sql(scan, frame, relation)
    keys = key_columns(frame, moments)
    if moments.known and (below_day(frame.grain) or "hour" in frame.by):
        where = [*where, moments.known]
    if scan.histogram is not None:
        argument, condition = scan.histogram
        where = [*where, f"({argument}) IS NOT NULL", *([f"({condition})"] if condition else [])]
        outputs = [f"CAST({argument} AS DOUBLE) AS _v", f"CAST({scan.counter} AS BIGINT) AS _c", *([scan.extra] if scan.extra else [])]
        groups = len(keys) + 1 if scan.grouped else 0
    else:
        outputs = [f"CAST({scan.counter} AS BIGINT) AS _n", *(f"CAST({each} AS DOUBLE) AS _m{i}" for i, each in enumerate(scan.aggregates))]
        groups = len(keys) if scan.grouped else 0
    rows = f"{source} AS f WHERE {' AND '.join(where)}"
    for layer in scan.layers:
        rows = f"(SELECT f.*, {', '.join(layer)} FROM {rows}) AS f"
    text = f"SELECT {', '.join((*keys, *outputs))} FROM {rows}"
    return text + (f" GROUP BY {', '.join(str(i + 1) for i in range(groups))}" if groups else "")


def key_columns(frame: Frame, moments: Moments) -> tuple[str, ...]:
    """Return the SELECT items of the bucket and of the dimensions asked for."""
    keys = [f"{bucket_sql(frame, moments)} AS _k"] if frame.grain else []
    return (*keys, *(f"{_dimension(name, moments)} AS _d{i}" for i, name in enumerate(frame.by)))


def bucket_sql(frame: Frame, moments: Moments) -> str:
    """Return SQL for the key of the bucket."""
    grain = frame.grain or "day"
    return clock_sql(grain, moments.local_s, moments.again) if below_day(grain) else date_sql(grain, moments.day, frame.settings)


def rows_sql(scan: Scan, frame: Frame, relation: str) -> tuple[str, list[str], Moments]:
    """Return the FROM item of a scan, its conditions (period, filters, scope), and the moments of its rows, all on alias ``f``."""
    if scan.clipped:
        return _clipped(frame, relation)
    source, moments, within = relation, moments_of(scan, frame), []
    if scan.repeat is not None:
        margin = margin_days(scan.repeat)
        # placed in time by another instant, a contact of any age may count in the period
        edges = (f"CAST($1 AS DATE) - {margin}", f"CAST($2 AS DATE) + {margin}") if moments.day == "f.business_date" else (None, None)
        source = flagged_sql(scan.repeat, relation, *edges)
    if scan.fact == "account_day":
        bucket = [bucket_sql(frame, moments)] if frame.grain else []
        source = edges_sql(relation, [*bucket, *(_dimension(name, moments) for name in frame.by)])
    if moments.day != "f.business_date":
        # the exact date is computed; these bounds on the bare column let the engine skip blocks
        within = [f"f.{scan.at} >= CAST($1 AS TIMESTAMP) - INTERVAL 2 DAY", f"f.{scan.at} < CAST($2 AS TIMESTAMP) + INTERVAL 3 DAY"]
    elif scan.at != "counted_at" and not dimensions.date_only(FACTS[scan.fact]):
        within = [f"f.{scan.at} IS NOT NULL"]
    within.append(f"{moments.day} BETWEEN CAST($1 AS DATE) AND CAST($2 AS DATE)")
    return source, [*within, *limits_sql(frame, moments)], moments


def limits_sql(frame: Frame, moments: Moments) -> list[str]:
    """Return the conditions of filters and scope; their values are parameters from $3 on."""
    found, number = [], 3
    for name, count, unknown in (*frame.filters, *frame.scope):
        place = _dimension(name, moments)
        bound = "CAST(${} AS DATE)" if name == "day" else "${}"
        listed = ", ".join(bound.format(number + i) for i in range(count))
        parts = [f"{place} IN ({listed})"] * bool(count) + [f"{place} IS NULL"] * unknown
        found.append(f"({' OR '.join(parts)})" if parts else "FALSE")
        number += count
    return found


def _dimension(name: str, moments: Moments) -> str:
    if name == "hour":
        return f"CAST((({moments.local_s}) % 86400) // 3600 AS INTEGER)"
    if name == "weekday":
        return f"CAST(isodow({moments.day}) AS INTEGER)"
    if name == "day":
        return moments.day
    return f"f.{name}"


def moments_of(scan: Scan, frame: Frame) -> Moments:
    """Return where the rows of a scan lie in time: at their own ``counted_at``, or at the instant ``scan.at``."""
    fact = FACTS[scan.fact]
    if scan.at in ("counted_at", fact.anchors[0]):
        if dimensions.date_only(fact):
            return Moments("f.business_date", "NULL", "0", None)
        local = f"epoch_us(f.counted_at) // {_US} + f.utc_offset_s"
        return Moments("f.business_date", local, again_sql(frame.clocks, "f.counted_at", "f.utc_offset_s"), "f.counted_at IS NOT NULL")
    if fact.column(scan.at).type == "date":
        return Moments(f"f.{scan.at}", "NULL", "0", None)
    instant, offset = f"f.{scan.at}", "f.utc_offset_s"
    if frame.clock.changes:
        # the row's offset was true at counted_at; its zone may have moved the clock since
        offset = f"(CASE WHEN f.utc_offset_s = {offset_sql(frame.clock, 'f.counted_at')} THEN {offset_sql(frame.clock, instant)} ELSE f.utc_offset_s END)"
    local = f"epoch_us({instant}) // {_US} + {offset}"
    return Moments(_date_of(local, frame.settings), local, again_sql(frame.clocks, instant, offset), f"{instant} IS NOT NULL")


def _date_of(local_s: str, settings: Settings) -> str:
    return f"CAST(make_timestamp(({local_s} - {settings.cutover_s}) * {_US}) AS DATE)"


def _clipped(frame: Frame, relation: str) -> tuple[str, list[str], Moments]:
    local = f"f._t // {_US}"
    utc = f"make_timestamp(f._t - f._off * {_US})"
    moments = Moments(_date_of(local, frame.settings), local, again_sql(frame.clocks, utc, "f._off"), None)
    return clipped_sql(frame, relation), limits_sql(frame, moments) or ["TRUE"], moments


def clipped_sql(frame: Frame, relation: str) -> str:
    """Return a FROM item: the intervals [start_at, end_at) cut at the period's edges and at the edges of buckets, one row per piece, its length in clipped_s.

    Done on the local clock in microseconds. An interval during which the clock changes is first cut there.
    """
    cut = frame.settings.cutover_s * _US
    begin, stop = f"(epoch_us(CAST($1 AS TIMESTAMP)) + {cut})", f"(epoch_us(CAST($2 AS TIMESTAMP) + INTERVAL 1 DAY) + {cut})"
    low, high, offset, origin = "g.start_at", "g.end_at", "g.utc_offset_s", f"{relation} AS g"
    if frame.clock.changes:
        low, high = "greatest(g.start_at, r.low)", "least(g.end_at, r.high)"
        offset = f"(CASE WHEN g.utc_offset_s = {offset_sql(frame.clock, 'g.start_at')} THEN r.off ELSE g.utc_offset_s END)"
        origin += f" JOIN {regimes_sql(frame.clock)} AS r(low, high, off) ON g.start_at < r.high AND g.end_at > r.low"
    inner = (
        f"SELECT g.*, {offset} AS _off, greatest(epoch_us({low}) + {offset} * {_US}, {begin}) AS _a, "
        f"least(epoch_us({high}) + {offset} * {_US}, {stop}) AS _b FROM {origin} "
        "WHERE g.start_at < CAST($2 AS TIMESTAMP) + INTERVAL 3 DAY AND g.end_at > CAST($1 AS TIMESTAMP) - INTERVAL 2 DAY"
    )
    step, shift = _step(frame)
    if step is None:
        return f"(SELECT h.*, h._a AS _t, (h._b - h._a) / 1000000.0 AS clipped_s FROM ({inner}) AS h WHERE h._a < h._b)"
    pieces = f"unnest(range((h._a - {shift}) // {step}, (h._b - 1 - {shift}) // {step} + 1))"
    return (
        f"(SELECT p.*, greatest(p._a, p._i * {step} + {shift}) AS _t, "
        f"(least(p._b, (p._i + 1) * {step} + {shift}) - greatest(p._a, p._i * {step} + {shift})) / 1000000.0 AS clipped_s "
        f"FROM (SELECT h.*, {pieces} AS _i FROM ({inner}) AS h WHERE h._a < h._b) AS p)"
    )


def _step(frame: Frame) -> tuple[int | None, int]:
    """How long pieces may be at most and where they are counted from (microseconds): no shorter than the question needs."""
    asked = {*frame.by, *(name for name, *_ in frame.filters)}
    cut = frame.settings.cutover_s
    if below_day(frame.grain) or "hour" in asked:
        width = min(SECONDS.get(frame.grain or "", 3600), 3600)
        return (gcd(width, cut) if cut else width) * _US, 0
    if frame.grain is not None or {"weekday", "day"} & asked:
        return 86_400 * _US, cut * _US
    return None, 0
