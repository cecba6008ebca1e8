"""The declared roll-ups: by which dimensions and in which buckets measures are kept. Few and targeted: by all dimensions there would be one row a contact.

Sizes at ten million contacts and what they save: docs/decisions/0002-one-duckdb-file.md.
"""

from __future__ import annotations

from dataclasses import dataclass

#: From so many contacts on, roll-ups pay (``rollups = "auto"``); below, the facts answer as fast.
PAYS_FROM = 300_000
#: Rows of its fact that one row of a roll-up must stand for, on average: below, it is hardly smaller than the facts, and never asked (``rollups = "auto"``).
PAYS = 3
#: Grains below a day.
SLOTS = ("15min",)

#: Whole seconds up to here stand exactly in a histogram: thresholds of a service level live here.
EXACT_UP_TO = 900.0
#: Above, and between whole seconds, a value may be off by this share of itself at most.
RELATIVE_ERROR = 0.01


@dataclass(frozen=True, slots=True)
class Lattice:
    """One declared roll-up of a fact. ``histogram``: it keeps how often each value occurred, not measures."""

    name: str
    fact: str
    grain: str
    dimensions: tuple[str, ...]
    histogram: bool = False


LATTICES = (
    Lattice("contact_queue", "contact", "day", ("source", "channel", "direction", "queue")),
    Lattice("contact_slot", "contact", "15min", ("source", "channel", "direction", "queue", "vendor")),
    Lattice("contact_team", "contact", "day", ("source", "channel", "direction", "queue", "team", "site", "vendor")),
    Lattice("contact_agent", "contact", "day", ("source", "channel", "direction", "team", "agent", "site", "vendor")),
    Lattice("contact_category", "contact", "day", ("source", "channel", "direction", "queue", "category")),
    Lattice("contact_values", "contact", "day", ("source", "channel", "direction", "queue"), histogram=True),
    Lattice("contact_values_week", "contact", "week", ("source", "channel", "direction", "queue"), histogram=True),
    Lattice("contact_values_team", "contact", "day", ("source", "channel", "direction", "team", "site", "vendor"), histogram=True),
    Lattice("contact_values_team_week", "contact", "week", ("source", "channel", "direction", "team", "site", "vendor"), histogram=True),
    Lattice("agent_time_slot", "agent_time", "15min", ("channel", "queue", "team", "site", "vendor")),
    Lattice("agent_time_agent", "agent_time", "day", ("channel", "team", "agent", "site", "vendor")),
)


def binned_sql(value: str) -> tuple[str, str]:
    """Return SQL for (what a histogram keeps for ``value``, whether that is approximate); the same in DuckDB and Spark.

    Bucket k holds the values in (γ^(k-1), γ^k] with γ = (1+ε)/(1-ε) and stands for 2γ^k/(γ+1), which is nowhere off by more than ε.
    """
    gamma = (1 + RELATIVE_ERROR) / (1 - RELATIVE_ERROR)
    exact = f"({value} >= 0 AND {value} <= {EXACT_UP_TO!r} AND {value} = floor({value}))"
    bucket = f"ceil(ln(abs({value})) / CAST(ln(CAST({gamma!r} AS DOUBLE)) AS DOUBLE))"
    middle = f"round(sign({value}) * 2 * power(CAST({gamma!r} AS DOUBLE), {bucket}) / {gamma + 1!r}, 6)"
    return f"CASE WHEN {exact} THEN {value} ELSE {middle} END", f"NOT {exact}"
