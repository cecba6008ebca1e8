"""Row-level formulas on their own: derived columns, intake rules, exclusions."""

from __future__ import annotations

from collections.abc import Mapping

from rashin.formula import syntax
from rashin.formula.check import Checked, check
from rashin.formula.nodes import Node
from rashin.formula.normal import bind
from rashin.formula.printer import show
from rashin.formula.problems import Text
from rashin.formula.scope import ParamValue, Scope, labels


def parse_condition(text: str, fact: str, params: Mapping[str, ParamValue], place: str) -> Node:
    """Return a row condition, parameters bound. Raises :class:`rashin.errors.DefinitionError`."""
    return bind(condition_form(text, fact, params, place), params)


def condition_form(text: str, fact: str, params: Mapping[str, ParamValue], place: str) -> Node:
    """Return a row condition whose parameters are still open. Raises :class:`rashin.errors.DefinitionError`."""
    source = Text(text, place, labels(fact))
    raw = syntax.expression(source)
    found = check(source, raw, Scope(params, fact=fact))
    if found.kind != "bool":
        source.kind(raw.at, show(raw), found.kind, "bool")
    return found.node


def parse_expression(text: str, fact: str, params: Mapping[str, ParamValue], place: str) -> Node:
    """Return a row expression of any type, parameters bound. Raises :class:`rashin.errors.DefinitionError`."""
    return bind(checked_expression(text, fact, params, place).node, params)


def checked_expression(text: str, fact: str, params: Mapping[str, ParamValue], place: str) -> Checked:
    """Return a row expression with its type and unit, parameters still open. Raises :class:`rashin.errors.DefinitionError`."""
    source = Text(text, place, labels(fact))
    return check(source, syntax.expression(source), Scope(params, fact=fact))
