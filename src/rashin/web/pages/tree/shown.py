"""A computed tree as rows of a table: how deep each node lies, how it hangs on the one above, its figures, and where it leads."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from rashin import display
from rashin.errors import Bilingual
from rashin.insight.trees import EDGES, REST, Node, Tree
from rashin.insight.trees.links import Strength
from rashin.insight.trees.values import Computed, ComputedTree
from rashin.web.pages.why.sides import Sides
from rashin.web.pages.why.written import moved
from rashin.web.people.models import Person

MARKS = {"identity": "=", "statistical": "~", "goal": "◎"}
#: Deeper than this rows are not indented further, so that a phone shows them too.
DEEPEST = 6


def make(found: ComputedTree, sides: Sides, person: Person) -> dict[str, Any]:
    """Return the tree for the page. Values of a node and its change are in its own unit, parts in the unit of the root above."""
    lang = sides.filters.lang
    cycles = person.may("write_cycles")
    rows: list[dict[str, Any]] = []

    def walk(each: Computed, depth: int, unit: str, above: str) -> None:
        rows.append(_row(each, found.tree, depth, unit, above, sides, cycles))
        for child in each.children:
            walk(child, depth + 1, unit if child.edge == "identity" else child.node.unit, each.node.label(lang))

    for root in found.roots:
        walk(root, 1, root.node.unit, "")
    return {
        "tree": found.tree,
        "text": found.text(lang),
        "rows": rows,
        "before": found.before.label(lang),
        "after": found.after.label(lang),
        "kgi": found.tree.kgi(lang) if found.tree.kgi else "",
        "kgi_kpi": found.tree.kgi_kpi,
        "kgi_values": [found.kgi0, found.kgi1] if found.tree.kgi_kpi else None,
        "staffed": [(each.node.label(lang), each.staffed, each.node.better) for each in found.walk() if each.staffed is not None],
        "off": f"{found.residual:.0e}" if found.residual else "0",
        "edges": [(MARKS[kind], EDGES[kind](lang)) for kind in ("identity", "statistical")],
    }


def _row(each: Computed, tree: Tree, depth: int, unit: str, above: str, sides: Sides, cycles: bool) -> dict[str, Any]:
    lang, node = sides.filters.lang, each.node
    scale = display.scale(node.unit, [each.before, each.after])
    parts = display.scale(unit, [each.part, *([each.before, each.after] if unit == node.unit else [])])
    return {
        "depth": min(depth, DEEPEST),
        "level": depth,
        "edge": each.edge,
        "mark": MARKS[each.edge],
        "edge_word": EDGES[each.edge](lang),
        "above": above,
        "name": node.label(lang),
        **_links(node, sides),
        "rest": node.asked is None,
        "before": _value(each.before, scale, lang),
        "after": _value(each.after, scale, lang),
        "change": "" if each.change is None else moved(scale, each.change, lang),
        "tone": _tone(each),
        "still": each.moved is False,
        "n0": _count(each.n0),
        "n1": _count(each.n1),
        "part": "" if each.part is None or each.edge != "identity" else moved(parts, each.part, lang),
        "share": "" if each.share is None or each.edge != "identity" else f"{each.share:+.0%}".replace("-", "−"),
        "formula": formula_of(node, tree, lang),
        "unsplit": not each.split,
        "strength": _strength(each.strength, lang) if each.strength is not None else None,
        "unmeasured": each.edge == "statistical" and each.strength is None,
        "actions": [_action(action(lang), node, sides, cycles) for action in node.actions],
    }


def formula_of(node: Node, tree: Tree, lang: str) -> str:
    """Return the formula of a node with its parts by the names people use."""

    def called(word: re.Match[str]) -> str:
        name = word.group(0)
        if name == REST:
            return Bilingual("残り", "rest")(lang)
        return tree.nodes[name].label(lang) if name in tree.nodes else name

    text = re.sub(r"[a-z_][a-z0-9_]*", called, node.formula)
    return text.replace("*", "×").replace("/", "÷")


def _value(value: float | None, scale: display.Scale, lang: str) -> str:
    word = "" if scale.mark or value is None else scale.word(lang)
    return "–" if value is None else f"{scale.text(value)}{' ' if word and lang == 'en' else ''}{word}".replace("-", "−")


def _count(number: float | None) -> str:
    return "" if number is None else f"{number:,.0f}"


def _tone(each: Computed) -> str:
    if each.change in (None, 0) or each.moved is False or each.node.better not in ("higher", "lower"):
        return ""
    return "good" if ((each.change or 0) > 0) == (each.node.better == "higher") else "bad"


def _links(node: Node, sides: Sides) -> dict[str, str]:
    """The KPI's own page, why it moved, and what else moves with it."""
    if node.asked is None:
        return {"kpi": "", "why": ""}
    name, _, variant = node.asked.partition(":")
    query = sides.away(**({"variant": variant} if variant else {}))
    return {"kpi": f"{reverse('kpi', args=[name])}?{query}", "why": f"{reverse('why')}?{sides.query(kpi=node.asked)}"}


def _action(text: str, node: Node, sides: Sides, cycles: bool) -> dict[str, str]:
    if not cycles or node.asked is None:
        return {"text": text, "cycle": ""}
    rows = [(f"w.{name}", value) for name, values in sides.filters.where.items() for value in values]
    asked = [("kpi", node.asked), ("period", sides.filters.period.text), ("measure", text), *rows]
    return {"text": text, "cycle": f"{reverse('cycles-add')}?{urlencode(asked)}"}


def _strength(found: Strength, lang: str) -> dict[str, Any]:
    lag = (
        Bilingual("同じ日", "same day")
        if found.lag == 0
        else (
            Bilingual(f"上の値が{found.lag}日遅れ", f"the figure above {found.lag} d later")
            if found.lag > 0
            else Bilingual(f"この値が{-found.lag}日遅れ", f"this figure {-found.lag} d later")
        )
    )
    steady = Bilingual("前半・後半で同じ", "halves agree") if found.stable else Bilingual("前半・後半で違う", "halves differ")
    word = (
        Bilingual("計算式で連動", "by arithmetic")
        if found.arithmetic
        else Bilingual("一緒に動く", "moves together")
        if found.found
        else Bilingual("偶然の範囲", "within chance")
    )
    return {
        "word": word(lang),
        "found": found.found and not found.arithmetic,
        "r": f"{found.r:+.2f}".replace("-", "−"),
        "ends": f"{found.low:+.2f} … {found.high:+.2f}".replace("-", "−"),
        "lag": lag(lang),
        "n": found.n,
        "worth": f"{found.n_effective:.0f}",
        "steady": steady(lang),
        "arithmetic": found.arithmetic,
        "text": found.text(lang),
    }


def outline(tree: Tree, lang: str) -> list[dict[str, Any]]:
    """Return a tree without figures: what hangs on what, and how."""
    rows: list[dict[str, Any]] = []

    def walk(node: Node, depth: int, kind: str) -> None:
        named = node.measure or node.kpi or ""
        actions = [action(lang) for action in node.actions]
        rows.append({"depth": min(depth, DEEPEST), "edge": kind, "mark": MARKS[kind], "edge_word": EDGES[kind](lang), "name": node.label(lang), "kpi": named,
                     "formula": formula_of(node, tree, lang), "whole": node.whole, "actions": actions, "rest": node.asked is None})  # fmt: skip
        for child in node.parts:
            walk(tree.nodes[child], depth + 1, "identity")
        for child in node.moved_by:
            walk(tree.nodes[child], depth + 1, "statistical")

    for root in tree.roots:
        walk(tree.nodes[root], 1, "goal")
    return rows
