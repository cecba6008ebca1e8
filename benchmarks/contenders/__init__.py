"""Everybody who answers the questions of the benchmark, each the way its own users would write it.

A contender is a module with ``TITLE``, ``prepare(place)`` (not timed: opens files, reads data into memory where it works in memory) and
``ask(prepared, question)`` (timed) → an Arrow table with the question's keys and one column per KPI, in the order of ``questions.KPIS``.
"""

NAMES = ("rashin_facts", "rashin_rollups", "sql", "pandas_script", "polars_script", "ibis_script", "semantic_layer")
