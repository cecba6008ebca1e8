"""Which rows of a fact make up the numerator and the denominator of a definition, and why another row makes up neither; as SQL over alias ``f``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.formula import Measure, nodes, to_sql
from rashin.formula.blind import counts_rows
from rashin.formula.nodes import Node
from rashin.query import words

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query.work import Place

_OTHER = Bilingual("どの集計値にも数えられない", "counted by none of the measures")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the quotient in one fact. ``contribution``: what a row adds to it. ``contains``: whether the row is in it at all."""

    measures: tuple[str, ...]
    contribution: str
    contains: str


@dataclass(frozen=True, slots=True)
class Share:
    """The part that one fact has in a definition. ``counts``: the row is in either side. ``reason_code``: a number that ``reasons`` explains."""

    fact: str
    place: Place
    numerator: Side
    denominator: Side
    counts: str
    reason_code: str
    reasons: Mapping[int, Bilingual]


def shares(definition: Definition) -> tuple[Share, ...]:
    """Return one share for each fact and time anchor, the definition's own fact first."""
    sides = _coefficients(definition)
    groups: dict[tuple[str, str, bool], dict[str, Measure]] = {}
    for name, measure in definition.measures.items():
        groups.setdefault((measure.fact, measure.at, "clipped_s" in measure.virtual), {})[name] = measure
    ordered = sorted(groups.items(), key=lambda each: (each[0][0] != definition.fact, each[0]))
    return tuple(_share(definition, place, own, sides) for place, own in ordered)


def counting(definition: Definition, fact: str, column: str) -> str:
    """Return SQL over alias ``f``: the row would count below the line (above it, where nothing of the fact stands below) if ``column`` were recorded.

    TRUE where only the query's own columns could tell.
    """
    above, below = _coefficients(definition)
    own = {name: measure for name, measure in definition.measures.items() if measure.fact == fact}
    names = [name for name in below if name in own] or [name for name in above if name in own] or list(own)
    if any(own[name].virtual for name in names):
        return "TRUE"
    return f"({' OR '.join(_inside(_as_if_recorded(own[name], column)) for name in names)})"


def _as_if_recorded(measure: Measure, column: str) -> Measure:
    """The measure with some value in the place of ``column``."""

    def filled(node: Node) -> Node:
        if isinstance(node, nodes.Column) and node.name == column and node.type in ("number", "integer", "bool"):
            return nodes.Constant(True if node.type == "bool" else 0)
        return nodes.rebuild(node, filled)

    argument, condition = (None if tree is None else filled(tree) for tree in (measure.argument, measure.condition))
    return replace(measure, argument=argument, condition=condition)


def _coefficients(definition: Definition) -> tuple[dict[str, float], dict[str, float]]:
    """How often each measure counts above and below the line; a value without a line has the same measures on both sides."""
    ratio = definition.value.ratio
    if ratio is not None:
        return dict(ratio[0]), dict(ratio[1])
    above = dict.fromkeys(definition.value.measures, 1.0)
    return above, {definition.n: 1.0} if definition.n else above


def _share(
    definition: Definition, where: tuple[str, str, bool], own: dict[str, Measure], sides: tuple[dict[str, float], dict[str, float]]
) -> Share:
    numerator, denominator = (_side({name: each for name, each in side.items() if name in own}, own) for side in sides)
    below = [own[name] for name in denominator.measures or numerator.measures or own]
    code, reasons = _reasons(definition, where[0], below)
    flagged = next((measure.repeat for measure in own.values() if measure.repeat), None)
    counts = f"({numerator.contains} OR {denominator.contains})"
    return Share(where[0], (*where, flagged), numerator, denominator, counts, code, reasons)


def _side(coefficients: Mapping[str, float], measures: Mapping[str, Measure]) -> Side:
    if not coefficients:
        return Side((), "CAST(0 AS DOUBLE)", "FALSE")
    added = [
        f"{coefficient!r} * CASE WHEN {_inside(measures[name])} THEN {_amount(measures[name])} ELSE 0 END"
        for name, coefficient in coefficients.items()
    ]
    contribution = f"CAST({' + '.join(added)} AS DOUBLE)"
    if all(counts_rows(measures[name]) for name in coefficients):
        # handled − escalated: a row that is in both is in neither; one that was judged and found wanting adds nothing above the line
        return Side(tuple(coefficients), contribution, f"({contribution} <> 0)")
    return Side(tuple(coefficients), contribution, f"({' OR '.join(_inside(measures[name]) for name in coefficients)})")


def _inside(measure: Measure) -> str:
    condition = measure.sql_condition(table="f")
    argument = measure.sql_argument(table="f")
    parts = [f"coalesce({condition}, FALSE)"] * bool(condition) + [f"({argument}) IS NOT NULL"] * bool(argument)
    return f"({' AND '.join(parts) or 'TRUE'})"


def _amount(measure: Measure) -> str:
    return (measure.sql_argument(table="f") or "1") if measure.kind not in ("count", "distinct") else "1"


def _reasons(definition: Definition, fact: str, below: list[Measure]) -> tuple[str, dict[int, Bilingual]]:
    """The first thing that keeps a row out: an exclusion of the entry, else the first condition of the denominator that it does not meet.

    With several measures below the line the conditions common to all of them come first; a row that meets those is in none of them.
    """
    arms: list[str] = []
    reasons: dict[int, Bilingual] = {}

    def arm(condition: str, reason: Bilingual) -> None:
        reasons[len(arms)] = reason
        arms.append(f"WHEN {condition} THEN {len(arms)}")

    excluded: set[Node] = set()
    for each in definition.exclude:
        if each.fact == fact:
            excluded.update(_written_as(each.condition))
            arm(f"coalesce({to_sql(each.condition, table='f')}, FALSE)", each.reason)
    conditions = [words.parts(measure.condition) for measure in below]
    shared = [part for part in conditions[0] if all(part in each for each in conditions[1:])] if conditions else []
    for part in shared:
        if part in excluded:
            continue
        text = to_sql(part, table="f")
        arm(f"({text}) IS NULL", words.unknown(part, fact))
        arm(f"NOT ({text})", words.unmet(part, fact))
    if len(below) == 1 and below[0].argument is not None:
        arm(f"({below[0].sql_argument(table='f')}) IS NULL", words.unknown(below[0].argument, fact))
    reasons[len(arms)] = _none_of(below, conditions, shared, fact)
    return f"(CASE {' '.join(arms)} ELSE {len(arms)} END)" if arms else "0", reasons


def _written_as(condition: Node) -> tuple[Node, ...]:
    """How the catalogue writes "and does not meet this exclusion" into a measure."""
    from rashin.formula.normal import normal

    return words.parts(normal(nodes.Not(nodes.Call("coalesce", (condition, nodes.Constant(False))))))


def _none_of(below: list[Measure], conditions: list[tuple[Node, ...]], shared: list[Node], fact: str) -> Bilingual:
    said = []
    for parts in conditions:
        own = [part for part in parts if part not in shared]
        if own:
            said.append(words.holds(nodes.logic("and", own), fact))
    if len(below) < 2 or not said:
        return _OTHER
    return Bilingual(f"次のどれでもない: {'、'.join(each.ja for each in said)}", f"none of: {', '.join(each.en for each in said)}")
