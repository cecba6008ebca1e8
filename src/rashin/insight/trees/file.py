"""A tree as text: TOML → checked :class:`rashin.insight.trees.Tree`. Every refusal says place, word and the nearest valid name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from rashin.catalogue.entry import Table
from rashin.errors import Bilingual, DefinitionError, QuestionError
from rashin.insight.trees.tree import REST, Node, Tree

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition

_NAME = re.compile(r"[a-z0-9_-]{1,64}")
_NODE = re.compile(r"[a-z_][a-z0-9_]{0,63}")
#: A tree that nobody can take in at a glance, or that would take minutes to compute, is no tree.
_MOST_NODES = 60
_MOST_PARTS = 6
#: Evaluations that the parts of one node may cost: they double with each sibling, at every level above.
_MOST_WORK = 16_384
_LONGEST = 400


def check_name(name: str, place: str) -> None:
    """Raise DefinitionError unless ``name`` may be the name of a tree, and so of a file."""
    if not _NAME.fullmatch(name):
        raise DefinitionError(
            "bad_tree_name",
            Bilingual(f"ツリーの名前「{name}」は使えません。", f"“{name}” cannot be the name of a tree."),
            Bilingual("英小文字・数字・_・- で64字までにしてください。", "Use up to 64 lower-case letters, digits, _ and -."),
            place=place,
            word=name,
        )


def read(
    name: str,
    data: Mapping[str, Any],
    catalogue: Catalogue,
    *,
    place: str,
    version: int,
    text: str = "",
    origin: Literal["built_in", "workspace"] = "workspace",
) -> Tree:
    """Return the checked tree. DefinitionError at the first fault: unknown keys and names, a node without a place in the tree or with two, a circle, and an identity
    that does not hold by the catalogue's definitions."""
    top = Table(data, place)
    top.keys(("name", "purpose", "roots", "nodes"), ("kgi", "kgi_kpi", "version"))
    entries = top.table("nodes")
    if len(entries.data) > _MOST_NODES:
        top.refuse("tree_too_large", "nodes", Bilingual(f"ノードは{_MOST_NODES}個までです。", f"a tree has at most {_MOST_NODES} nodes."))
    nodes = {each: _node(each, entries, catalogue) for each in entries.data}
    nodes = {each: _joined(node, nodes, entries, catalogue) for each, node in nodes.items()}
    nodes |= _rests(nodes)
    roots = top.texts("roots")
    for root in roots:
        if root not in nodes:
            top.refuse("unknown_node", "roots", _no_node(root), word=root, known=nodes)
    if not roots:
        top.refuse("tree_without_root", "roots", Bilingual("根となるKPIがありません。", "names no KPI to begin with."))
    kgi_kpi = top.optional_text("kgi_kpi")
    if kgi_kpi is not None:
        _definition(top, "kgi_kpi", kgi_kpi, catalogue)
    _shape(top, roots, nodes)
    title, purpose = _line(top, "name"), _line(top, "purpose")
    return Tree(name, title, purpose, _line(top, "kgi") if "kgi" in data else None, kgi_kpi, roots, nodes, origin, version, text)


def _no_node(word: str) -> Bilingual:
    return Bilingual(f"「{word}」というノードはありません。", f"there is no node “{word}”.")


def _line(table: Table, key: str) -> Bilingual:
    found = table.bilingual(key)
    if max(len(found.ja), len(found.en)) > _LONGEST:
        table.refuse("text_too_long", key, Bilingual(f"{_LONGEST}字までにしてください。", f"is longer than {_LONGEST} letters."))
    return found


def _definition(table: Table, key: str, word: str, catalogue: Catalogue) -> Definition:
    try:
        return catalogue.definition(word)
    except QuestionError as error:
        raise DefinitionError(error.code, error.what, error.next_step, place=table.at(key), word=word) from None


def _node(name: str, entries: Table, catalogue: Catalogue) -> Node:
    """A node by itself: what it is called and what measures it."""
    table = entries.table(name)
    if not _NODE.fullmatch(name) or name == REST:
        entries.refuse(
            "bad_node_name",
            name,
            Bilingual(f"「{name}」はノードの名前に使えません。", f"“{name}” cannot be the name of a node."),
            word=name,
            next_step=Bilingual(
                "英小文字・数字・_ にしてください(rest は残りの名前です)。",
                "Use lower-case letters, digits and _ (rest is the name of what is left over).",
            ),
        )
    table.keys((), ("kpi", "measure", "name", "is", "moved_by", "staffing", "actions"))
    if ("kpi" in table.data) == ("measure" in table.data):
        table.refuse(
            "node_without_figure",
            "",
            Bilingual("kpi か measure のどちらか一つを書いてください。", "names either a kpi or a measure."),
            word=name,
        )
    actions = tuple(
        _line(Table({"action": each}, table.at(f"actions[{at}]")), "action") for at, each in enumerate(table.data.get("actions", ()))
    )
    moved, staffing = table.texts("moved_by") if "moved_by" in table.data else (), table.flag("staffing", False)
    if "kpi" in table.data:
        kpi = table.text("kpi")
        definition = _definition(table, "kpi", kpi, catalogue)
        label = definition.name if definition.variant else definition.entry.name
        label = _line(table, "name") if "name" in table.data else label
        return Node(
            name, label, definition.label, None, definition.unit, definition.better, moved_by=moved, staffing=staffing, actions=actions
        )
    written = table.text("measure")
    kpi, _, measure = written.rpartition(".")
    definition = _definition(table, "measure", kpi, catalogue)
    if measure not in definition.measures:
        table.refuse(
            "unknown_measure",
            "measure",
            Bilingual(f"KPI「{kpi}」に集計値「{measure}」はありません。", f"the KPI “{kpi}” has no measure “{measure}”."),
            word=measure,
            known=definition.measures,
        )
    unit = definition.measures[measure].unit or "count"
    return Node(
        name, _line(table, "name"), None, f"{definition.label}.{measure}", unit, "none", moved_by=moved, staffing=staffing, actions=actions
    )


def _joined(node: Node, nodes: Mapping[str, Node], entries: Table, catalogue: Catalogue) -> Node:
    """The node with its formula, checked against the catalogue, and with links that exist."""
    from dataclasses import replace

    from rashin.formula import MeasureInfo, ValueForm, parse_value_form
    from rashin.insight.trees.proof import prove

    table = entries.table(node.name)
    for child in node.moved_by:
        if child not in nodes:
            table.refuse("unknown_node", "moved_by", _no_node(child), word=child, known=nodes)
    if node.staffing:
        from rashin.insight.change.staffed import FIGURES

        if node.kpi not in FIGURES:
            table.refuse(
                "not_of_the_model",
                "staffing",
                Bilingual(
                    f"要員モデルで説明できるのは {'、'.join(FIGURES)} です。", f"the staffing model explains {', '.join(FIGURES)} only."
                ),
                word=node.kpi or node.name,
                known=FIGURES,
            )
    if "is" not in table.data:
        return node
    known = {name: MeasureInfo(_unit(each.unit), False) for name, each in nodes.items() if name != node.name} | {
        REST: MeasureInfo(None, False)
    }
    form: ValueForm = parse_value_form(table.text("is"), known, {}, table.at("is"))
    if len(form.measures) > _MOST_PARTS:
        table.refuse(
            "too_many_parts", "is", Bilingual(f"一つの式は{_MOST_PARTS}項までです。", f"one identity has at most {_MOST_PARTS} parts.")
        )
    value = form.bind({})
    whole = prove(node, {name: nodes[name] for name in form.measures if name != REST}, value, catalogue, table)
    return replace(
        node, formula=table.text("is"), value=value, parts=tuple(REST if name == REST else name for name in form.measures), whole=whole
    )


def _unit(unit: str) -> str | None:
    return None if unit in ("amount", "per_hour", "per_day", "points") else unit


def rest_of(name: str) -> str:
    """Return the name under which the rest of an identity is kept among the nodes."""
    return f"{name}.{REST}"


def _rests(nodes: dict[str, Node]) -> dict[str, Node]:
    """The rest of each identity that has one is a node of its own: "unanswered.rest"; the parents then name it so."""
    from dataclasses import replace

    found: dict[str, Node] = {}
    for name, node in nodes.items():
        if REST in node.parts:
            label = Bilingual(f"{node.label.ja}の残り", f"{node.label.en}: what is left over")
            found[rest_of(name)] = Node(rest_of(name), label, None, None, node.unit, node.better)
            found[name] = replace(node, parts=tuple(rest_of(name) if part == REST else part for part in node.parts))
    return found


def _shape(top: Table, roots: tuple[str, ...], nodes: Mapping[str, Node]) -> None:
    """Every node has one place: below a root, once, and never below itself."""
    entries = Table(top.data["nodes"], top.at("nodes"))
    parent: dict[str, str] = dict.fromkeys(roots, "")

    def walk(name: str, above: tuple[str, ...], work: int) -> None:
        node = nodes[name]
        own = work * 2 ** len(node.parts)
        if own > _MOST_WORK:
            Table(entries.data.get(name, {}), entries.at(name)).refuse(
                "tree_too_deep",
                "is",
                Bilingual(f"「{name}」まで式が深く重なりすぎています。", f"formulas above “{name}” are nested too deep."),
                word=name,
                next_step=Bilingual("この下を別のツリーに分けてください。", "Make what lies below a tree of its own."),
            )
        for key, children in (("is", node.parts), ("moved_by", node.moved_by)):
            for child in children:
                if child in above or child == name:
                    Table(entries.data.get(name, {}), entries.at(name)).refuse(
                        "tree_circle",
                        key,
                        Bilingual(f"「{child}」が自分の下に入っています。", f"“{child}” would stand below itself."),
                        word=child,
                    )
                if child in parent:
                    other = parent[child] or "roots"
                    Table(entries.data.get(name, {}), entries.at(name)).refuse(
                        "node_twice",
                        key,
                        Bilingual(f"「{child}」は「{other}」にもあります。", f"“{child}” already stands below “{other}”."),
                        word=child,
                        next_step=Bilingual(
                            "同じKPIを別の名前のノードにしてください。", "Give the same KPI a second node with another name."
                        ),
                    )
                parent[child] = name
                walk(child, (*above, name), max(own // 2, 1) if key == "is" else 1)

    for root in roots:
        walk(root, (), 1)
    lost = [name for name in nodes if name not in parent]
    if lost:
        entries.refuse(
            "node_without_place",
            lost[0],
            Bilingual(f"「{lost[0]}」がどこにもつながっていません。", f"“{lost[0]}” hangs on nothing."),
            word=lost[0],
            next_step=Bilingual(
                "roots、式(is)、moved_by のいずれかに書いてください。", "Name it in roots, in a formula (is) or in moved_by."
            ),
        )
