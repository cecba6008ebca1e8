"""The logic tree: KGI → KPIs → components → actions. Read from files, and checked against the catalogue: a tree that contradicts it is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from rashin.errors import Bilingual, QuestionError, RashinError, nearest
from rashin.store.versions import Named

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition
    from rashin.formula import Value

#: identity: exact, from the catalogue's formulas. model: through the staffing model, with what it does not explain named. statistical: measured on the past.
#: goal: the KGI's own word that a KPI serves it.
EdgeKind: TypeAlias = Literal["identity", "model", "statistical", "goal"]
EDGES: dict[str, Bilingual] = {
    "identity": Bilingual("式でつながる(厳密)", "by formula, exact"),
    "model": Bilingual("要員モデルを通して", "through the staffing model"),
    "statistical": Bilingual("統計的なつながり(測定値)", "statistical, measured"),
    "goal": Bilingual("目標とのつながり(宣言)", "serves the goal, as declared"),
}
#: The child that takes what the others of an identity leave over.
REST = "rest"
BUILT_IN = Path(__file__).parent / "ready"


@dataclass(frozen=True)
class Node:
    """One node. ``kpi``: a KPI's name, or ``measure``: one sum inside a KPI ("answer_rate.offered"). ``formula``: the identity over its ``parts``, in the order of its text;
    ``whole``: the identity holds whatever is recorded (else it has a part ``rest`` that takes what is left over). ``moved_by``: nodes whose link to it is measured.
    ``staffing``: its change is also taken apart through the staffing model. ``actions``: what people can do here."""

    name: str
    label: Bilingual
    kpi: str | None
    measure: str | None
    unit: str
    better: str
    formula: str = ""
    value: Value | None = None
    parts: tuple[str, ...] = ()
    whole: bool = True
    moved_by: tuple[str, ...] = ()
    staffing: bool = False
    actions: tuple[Bilingual, ...] = ()

    @property
    def asked(self) -> str | None:
        """The KPI whose answer gives this node's value."""
        return self.kpi if self.measure is None else self.measure.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class Edge:
    """``child`` belongs to ``parent``."""

    parent: str
    child: str
    kind: EdgeKind


@dataclass(frozen=True)
class Tree:
    """A checked tree. ``kgi``: the final goal in words, ``kgi_kpi``: the KPI that measures it, if one does. ``roots``: the KPIs that serve it. ``origin``: built_in | workspace."""

    name: str
    title: Bilingual
    purpose: Bilingual
    kgi: Bilingual | None
    kgi_kpi: str | None
    roots: tuple[str, ...]
    nodes: Mapping[str, Node]
    origin: Literal["built_in", "workspace"]
    version: int
    text: str

    @property
    def edges(self) -> tuple[Edge, ...]:
        """All edges, from the top down."""
        found = [Edge("", root, "goal") for root in self.roots]
        for node in self.nodes.values():
            found += [Edge(node.name, part, "identity") for part in node.parts]
            found += [Edge(node.name, child, "statistical") for child in node.moved_by]
        return tuple(found)

    @property
    def kpis(self) -> tuple[str, ...]:
        """Every KPI that must be asked for."""
        own = [node.asked for node in self.nodes.values()]
        return tuple(dict.fromkeys(name for name in (*own, self.kgi_kpi) if name))

    def node(self, name: str) -> Node:
        """Return a node. QuestionError with the nearest name when there is none."""
        if name in self.nodes:
            return self.nodes[name]
        near = nearest(name, self.nodes)
        raise QuestionError(
            "unknown_node",
            Bilingual(f"ツリー「{self.name}」に「{name}」はありません。", f"The tree “{self.name}” has no node “{name}”."),
            Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
        )

    def of_kpi(self, kpi: str) -> Node | None:
        """Return the first node that shows this KPI; None when there is none."""
        return next((node for node in self.nodes.values() if node.kpi == kpi), None)


@dataclass(frozen=True)
class Trees(Named[Tree]):
    """Trees by name."""

    unknown = "unknown_tree"
    noun = Bilingual("ツリー", "tree")
    listing = "rashin tree list"

    def tree(self, name: str) -> Tree:
        """Return a tree. Raises the refusal when its file is wrong, QuestionError with the nearest name when there is none."""
        return self.find(name)

    def with_kpi(self, kpi: str) -> tuple[Tree, Node] | None:
        """Return the first tree in which ``kpi`` is taken apart, own trees before ready ones, with its node; None when none does."""
        found = [
            (tree, node)
            for tree in self.by_name.values()
            for node in tree.nodes.values()
            if node.kpi == kpi and (node.parts or node.moved_by)
        ]
        found.sort(key=lambda pair: (pair[0].origin != "workspace", pair[1].name not in pair[0].roots))
        return found[0] if found else None


def ready(catalogue: Catalogue) -> dict[str, Tree]:
    """Return the ready trees, one per purpose. One that a workspace's own definitions contradict is left out; :func:`load` says why."""
    return {name: found for name, found in _built_in(catalogue).items() if isinstance(found, Tree)}


def load(folder: Path, catalogue: Catalogue) -> Trees:
    """Return the ready trees and those of a workspace's ``trees`` folder; an own tree hides the ready one of the same name. A wrong file hides no other."""
    from rashin.catalogue.loader import read_toml
    from rashin.insight.trees.file import check_name, read
    from rashin.insight.trees.shelf import version_of

    found: dict[str, Tree] = {}
    refused: dict[str, RashinError] = {}
    for name, each in _built_in(catalogue).items():
        if isinstance(each, Tree):
            found[name] = each
        else:
            refused[f"{name}.toml"] = each
    for path in sorted(folder.glob("*.toml")):
        if path.name.startswith("."):
            continue
        try:
            check_name(path.stem, path.name)
            text = path.read_text("utf-8-sig") if read_toml(path) is not None else ""
            data = tomllib.loads(text)
            found[path.stem] = read(
                path.stem, data, catalogue, place=f"trees/{path.name}", version=version_of(folder, path.stem), text=text
            )
            refused.pop(path.name, None)
        except RashinError as error:
            refused[path.name] = error
            found.pop(path.stem, None)
    own = {name: tree for name, tree in found.items() if tree.origin == "workspace"}
    return Trees({**own, **{name: tree for name, tree in found.items() if name not in own}}, refused)


#: Ready trees by the version of the catalogue that they were checked against; checking takes a moment.
_READY: dict[str, dict[str, Tree | RashinError]] = {}
_READY_MOST = 8


def _built_in(catalogue: Catalogue) -> dict[str, Tree | RashinError]:
    """The ready trees under one state of the catalogue, each as it is or why it cannot be taken."""
    from rashin.insight.trees.file import read

    if catalogue.version in _READY:
        return _READY[catalogue.version]
    found: dict[str, Tree | RashinError] = {}
    for path in sorted(BUILT_IN.glob("*.toml")):
        text = path.read_text("utf-8")
        try:
            found[path.stem] = read(path.stem, tomllib.loads(text), catalogue, place=path.name, version=0, text=text, origin="built_in")
        except RashinError as error:
            found[path.stem] = error
    while len(_READY) >= _READY_MOST:
        _READY.pop(next(iter(_READY)), None)
    _READY[catalogue.version] = found
    return found


def definition_of(node: Node, catalogue: Catalogue) -> Definition | None:
    """Return the definition behind a node; None for what only people know."""
    return catalogue.definition(node.asked) if node.asked else None
