"""Does an identity of a tree hold by the catalogue's definitions? Tried on invented records with the reference evaluator: figures cannot agree by accident there."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual
from rashin.insight.trees.tree import REST

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition
    from rashin.catalogue.entry import Table
    from rashin.formula import Value
    from rashin.insight.trees.tree import Node

#: Worlds in which everything is recorded, worlds with gaps, and the records of each fact in one.
_FULL, _GAPS, _ROWS = 3, 2, 60
_TOLERANCE = 1e-9
#: Columns that link contacts or place a record in time, whatever the formulas read.
_ALWAYS = frozenset(("offered_at", "start_at", "end_at", "customer_key", "contact_point", "category", "channel", "promised_callback"))
#: Facts hold instants in UTC without a zone mark.
_MORNING = datetime.fromisoformat("2026-10-01T09:00:00")


def prove(node: Node, parts: Mapping[str, Node], value: Value, catalogue: Catalogue, table: Table) -> bool:
    """Return True when the identity holds whatever is recorded. DefinitionError when the catalogue's definitions contradict it.

    An identity without ``rest`` must hold in every world, gaps included. One with ``rest`` must leave over nothing where everything is recorded, or never less than
    nothing (parts of a whole that do not overlap).
    """
    definitions = {each.name: catalogue.definition(each.asked) for each in (node, *parts.values()) if each.asked}
    words = frozenset(word for each in definitions.values() for word in _literals(each))
    facts = tuple(sorted({fact for each in definitions.values() for fact in each.facts}))
    used = frozenset(name for each in definitions.values() for measure in each.measures.values() for name in measure.columns)
    nodes = {node.name: node, **parts}
    full = [_figures(nodes, definitions, _world(facts, used, words, seed, 0.0)) for seed in range(_FULL)]
    gaps = [_figures(nodes, definitions, _world(facts, used, words, seed, 0.15)) for seed in range(_FULL, _FULL + _GAPS)]
    has_rest = REST in value.measures
    left = [_left(node.name, value, each) for each in full]
    known = [each for each in left if each is not None]
    if not known:
        table.refuse(
            "identity_unknown",
            "is",
            Bilingual("この式は定義から確かめられません。", "cannot be checked against the definitions."),
            word=value.text,
            next_step=Bilingual("統計的なつながり(moved_by)として書いてください。", "Write it as a measured link (moved_by)."),
        )
    holds = all(abs(over) <= _TOLERANCE * scale for over, scale in known)
    with_gaps = [each for each in (_left(node.name, value, figures) for figures in gaps) if each is not None]
    if has_rest:
        linear = _adds_rest(value)
        never_less = all(over >= -_TOLERANCE * scale for over, scale in (*known, *with_gaps))
        if not linear or not (holds or never_less):
            _contradicts(node, value, known, full, table)
        return False
    if not holds:
        _contradicts(node, value, known, full, table)
    if not all(abs(over) <= _TOLERANCE * scale for over, scale in with_gaps):
        table.refuse(
            "identity_with_gaps",
            "is",
            Bilingual(
                f"「{node.name} = {value.text}」は、記録に抜けがあると成り立ちません。",
                f"“{node.name} = {value.text}” does not hold where records have gaps.",
            ),
            word=value.text,
            next_step=Bilingual(
                "式に「+ rest」を足してください。抜けた分が残りとして示されます。",
                "Add “+ rest” to the formula: what gaps leave over is then shown.",
            ),
        )
    return True


def _contradicts(node: Node, value: Value, known: list[tuple[float, float]], full: list[dict[str, float | None]], table: Table) -> None:
    worst = max(known, key=lambda pair: abs(pair[0]))
    figures = next(each for each in full if _left(node.name, value, each) == worst)
    own, right = figures[node.name] or 0.0, (figures[node.name] or 0.0) - worst[0]
    table.refuse(
        "identity_false",
        "is",
        Bilingual(
            f"定義と矛盾します: 「{node.name} = {value.text}」は、例えば左が {own:.6g}、右が {right:.6g} になります。",
            f"contradicts the definitions: “{node.name} = {value.text}” gives, for instance, {own:.6g} on the left and {right:.6g} on the right.",
        ),
        word=value.text,
        next_step=Bilingual(
            "定義を `rashin explain` で確かめるか、統計的なつながり(moved_by)として書いてください。",
            "Look at the definitions with `rashin explain`, or write it as a measured link (moved_by).",
        ),
    )


def _adds_rest(value: Value) -> bool:
    """True when the formula is something + rest."""
    rng = np.random.default_rng(3)
    for _ in range(3):
        columns = {name: rng.uniform(1, 2, 1) for name in value.measures}
        with_, without = (value.evaluate({**columns, REST: np.array([rest])})[0] for rest in (1.0, 0.0))
        if not abs(with_ - without - 1.0) <= 1e-9:
            return False
    return True


def _left(name: str, value: Value, figures: Mapping[str, float | None]) -> tuple[float, float] | None:
    """(own value − formula without rest, its scale); None where one of them has no value."""
    columns = {each: np.array([0.0 if each == REST else _number(figures[each])]) for each in value.measures}
    found, own = float(value.evaluate(columns)[0]), _number(figures[name])
    if np.isnan(found) or np.isnan(own):
        return None
    return own - found, max(abs(own), abs(found), 1e-6)


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


def _figures(
    nodes: Mapping[str, Node], definitions: Mapping[str, Definition], rows: Mapping[str, list[dict[str, Any]]]
) -> dict[str, float | None]:
    from rashin.catalogue.reference import evaluate, measures
    from rashin.formula import Histogram

    found: dict[str, float | None] = {}
    for name, node in nodes.items():
        if node.measure is None:
            found[name] = evaluate(definitions[name], rows)
        else:
            held = measures(definitions[name], rows)[node.measure.rpartition(".")[2]]
            found[name] = held.size if isinstance(held, Histogram) else held
    return found


def _literals(definition: Definition) -> Iterable[str]:
    """Texts that the definition's conditions compare with: invented records must hold them, or nothing would be counted."""
    from rashin.formula import nodes

    for measure in definition.measures.values():
        for part in (measure.argument, measure.condition):
            for each in nodes.walk(part) if part is not None else ():
                if isinstance(each, nodes.Constant) and isinstance(each.value, str):
                    yield each.value


@lru_cache(maxsize=64)
def _world(facts: tuple[str, ...], used: frozenset[str], words: frozenset[str], seed: int, gaps: float) -> dict[str, list[dict[str, Any]]]:
    return {fact: _rows(fact, used, words, random.Random(f"{fact} {seed}"), gaps) for fact in facts}  # noqa: S311  records made up to try a formula on


def _rows(fact: str, used: frozenset[str], words: frozenset[str], rng: random.Random, gaps: float) -> list[dict[str, Any]]:
    from rashin.formula import parse_condition
    from rashin.formula.reference import evaluate_row
    from rashin.records import FACTS

    known = FACTS[fact]
    rules = [parse_condition(rule.expression, fact, {}, rule.code) for rule in known.rules]
    columns = [column for column in known.columns if column.name in used or column.name in _ALWAYS or column.name in known.required]
    found: list[dict[str, Any]] = []
    for number in range(_ROWS * 40):
        row = {column.name: _value(column, words, rng, gaps, column.name in known.required) for column in columns}
        row |= {
            "source": "s",
            "native_id": str(number),
            "revision": 1,
            "business_date": date(2026, 10, 1 + rng.randrange(3)),
            "utc_offset_s": 32400,
        }
        row["counted_at"] = next((row[anchor] for anchor in known.anchors if isinstance(row.get(anchor), datetime)), None)
        if all(evaluate_row(rule, row) is not False for rule in rules):
            found.append(row)
        if len(found) == _ROWS:
            break
    return found


def _value(column: Any, words: frozenset[str], rng: random.Random, gaps: float, required: bool) -> Any:
    if not required and rng.random() < gaps:
        return None
    if column.type == "text":
        # half the contacts are calls that came in: the rest would seldom meet two conditions at once
        usual = {"channel": "voice", "direction": "inbound", "outcome": "answered"}.get(column.name)
        if usual is not None and rng.random() < 0.5:
            return usual
        return rng.choice(column.choices or (*sorted(words), "a", "b"))
    if column.type == "bool":
        return rng.random() < (0.05 if column.name == "is_test" else 0.5)
    if column.type == "instant":
        return _MORNING + timedelta(seconds=rng.randrange(36_000))
    if column.type == "date":
        return date(2026, 10, 1 + rng.randrange(3))
    if column.unit == "share":
        return rng.randrange(9) / 8
    low, high = int(column.minimum or 0), int(column.maximum if column.maximum is not None else 9)
    return rng.randint(low, min(high, low + 9)) if column.type == "integer" else float(rng.randint(low, min(high, low + 60)))
