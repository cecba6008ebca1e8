"""Row conditions in words: why a row does not count, as a person would say it."""

from __future__ import annotations

from functools import lru_cache

from rashin.errors import Bilingual
from rashin.formula import nodes, show
from rashin.formula.check import expanded
from rashin.formula.nodes import Node
from rashin.records import FACTS, called

_OPPOSITE = {"=": "≠", "<>": "=", "<": "≥", "<=": ">", ">": "≤", ">=": "<"}
_SIGN = {"=": "=", "<>": "≠", "<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def parts(condition: Node | None) -> tuple[Node, ...]:
    """Return the conditions that must all hold."""
    if condition is None:
        return ()
    return condition.operands if isinstance(condition, nodes.Logic) and condition.op == "and" else (condition,)


def unmet(node: Node, fact: str) -> Bilingual:
    """Return what is the case when ``node`` does not hold: "待ち時間 > 20" for ``wait_s <= 20``."""
    match node:
        case nodes.Compare(op, nodes.Column() as column, nodes.Constant() as constant):
            return _compared(column, _OPPOSITE[op], constant, fact)
        case nodes.Not(operand):
            return holds(operand, fact)
    said = holds(node, fact)
    return Bilingual(f"「{said.ja}」に当たらない", f"not: {said.en}")


def unknown(node: Node, fact: str) -> Bilingual:
    """Return what is the case when nobody can say whether ``node`` holds: the columns it reads are null."""
    names = sorted({part.name for part in nodes.walk(node) if isinstance(part, nodes.Column) and not part.virtual})
    labels = [FACTS[fact].column(name).label for name in names]
    return Bilingual(
        f"「{'」「'.join(label.ja for label in labels)}」の記録がない", f"not recorded: {', '.join(label.en for label in labels)}"
    )


def holds(node: Node, fact: str) -> Bilingual:
    """Return the condition in words."""
    derived = _derived(fact).get(node)
    if derived is not None:
        return derived
    match node:
        case nodes.Column():
            return _label(node, fact)
        case nodes.Call(name="coalesce", args=(inner, nodes.Constant(value=False))):
            return holds(inner, fact)
        case nodes.Not(nodes.IsNull(operand)):
            said = holds(operand, fact)
            return Bilingual(f"{said.ja}が記録されている", f"{said.en} is recorded")
        case nodes.IsNull(operand):
            said = holds(operand, fact)
            return Bilingual(f"{said.ja}の記録がない", f"{said.en} is not recorded")
        case nodes.Not(operand):
            said = holds(operand, fact)
            return Bilingual(f"{said.ja}でない", f"not {said.en}")
        case nodes.Compare(op, nodes.Column() as column, nodes.Constant() as constant):
            return _compared(column, _SIGN[op], constant, fact)
        case nodes.In(nodes.Column() as column, items) if all(isinstance(item, nodes.Constant) for item in items):
            label, listed = _label(column, fact), [_constant(column, item) for item in items]  # type: ignore[arg-type]
            ja, en = "・".join(each.ja for each in listed), ", ".join(each.en for each in listed)
            return Bilingual(f"{label.ja}が {ja} のいずれか", f"{label.en} is one of {en}")
        case nodes.Logic(op, operands):
            said_all = [holds(each, fact) for each in operands]
            ja, en = (" かつ ", " and ") if op == "and" else (" または ", " or ")
            return Bilingual(ja.join(each.ja for each in said_all), en.join(each.en for each in said_all))
    return Bilingual(show(node), show(node))


def _compared(column: nodes.Column, sign: str, constant: nodes.Constant, fact: str) -> Bilingual:
    label, value = _label(column, fact), _constant(column, constant)
    return Bilingual(f"{label.ja} {sign} {value.ja}", f"{label.en} {sign} {value.en}")


def _constant(column: nodes.Column, node: nodes.Constant) -> Bilingual:
    """A constant as people call it beside that column: "inbound" is 着信."""
    if isinstance(node.value, str):
        return Bilingual(called(column.name, node.value, "ja"), called(column.name, node.value, "en"))
    return Bilingual(show(node), show(node))


_VIRTUAL = {
    "clipped_s": Bilingual("区間内の時間", "time inside the bucket"),
    "repeat_of_earlier": Bilingual("以前の問い合わせの繰り返し", "repeats an earlier contact"),
    "repeated_later": Bilingual("後に再度の問い合わせあり", "was repeated later"),
}


def _label(column: nodes.Column, fact: str) -> Bilingual:
    return _VIRTUAL[column.name] if column.virtual else FACTS[fact].column(column.name).label


@lru_cache(maxsize=32)
def _derived(fact: str) -> dict[Node, Bilingual]:
    """What derived conditions are called, by what they are written out as."""
    return {expanded(fact, each.name).node: each.label for each in FACTS[fact].derived if each.type == "bool"}
