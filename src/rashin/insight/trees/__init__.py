"""The logic tree: files, proof against the catalogue, shelf of versions, values, strengths of statistical edges, and the sentences."""

from rashin.insight.trees.tree import EDGES, REST, EdgeKind, Node, Tree, Trees, definition_of, load, ready

__all__ = ["EDGES", "REST", "EdgeKind", "Node", "Tree", "Trees", "definition_of", "load", "ready"]
