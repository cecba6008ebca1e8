"""The formula language: a small, checked subset of SQL expressions that analysts write KPIs in.

Text is parsed when definitions are loaded (``parse_*``), checked against the fact's columns and units, bound to parameter values, and then
either rendered as SQL for an engine (``to_sql``, ``Measure.sql``) or evaluated by the reference evaluator (``rashin.formula.reference``).
"""

from __future__ import annotations

from collections.abc import Mapping

from rashin.formula.histogram import Histogram
from rashin.formula.histograms import Histograms
from rashin.formula.linear import Linear
from rashin.formula.measure import Measure, MeasureForm, parse_measure_form
from rashin.formula.nodes import Node
from rashin.formula.printer import show
from rashin.formula.render import DIALECTS, Dialect, to_sql
from rashin.formula.repeats import Repeat
from rashin.formula.rows import parse_condition, parse_expression
from rashin.formula.scope import MeasureInfo, ParamValue
from rashin.formula.value import Value, ValueForm, parse_value_form


def parse_measure(
    name: str, text: str, fact: str, params: Mapping[str, ParamValue], place: str, at: str = "counted_at", repeat: Repeat | None = None
) -> Measure:
    """Return the measure, parameters bound. Raises :class:`rashin.errors.DefinitionError`."""
    return parse_measure_form(name, text, fact, params, place, at).bind(params, repeat)


def parse_value(text: str, measures: Mapping[str, Measure], params: Mapping[str, ParamValue], place: str) -> Value:
    """Return the value over these measures, parameters bound. Raises :class:`rashin.errors.DefinitionError`."""
    known = {name: MeasureInfo(measure.unit, measure.kind == "histogram") for name, measure in measures.items()}
    return parse_value_form(text, known, params, place).bind(params)


__all__ = [
    "DIALECTS",
    "Dialect",
    "Histogram",
    "Histograms",
    "Linear",
    "Measure",
    "MeasureForm",
    "MeasureInfo",
    "Node",
    "ParamValue",
    "Repeat",
    "Value",
    "ValueForm",
    "parse_condition",
    "parse_expression",
    "parse_measure",
    "parse_measure_form",
    "parse_value",
    "parse_value_form",
    "show",
    "to_sql",
]
