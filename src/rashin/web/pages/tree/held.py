"""The logic trees that hold now: the ready ones and the workspace's own, read anew when a file or the catalogue changes."""

from __future__ import annotations

from pathlib import Path

from rashin.insight.trees import Trees, load
from rashin.web import kept
from rashin.web.centre import centre


def folder() -> Path:
    """Where the own trees lie."""
    return centre().workspace.folder("trees")


def state() -> tuple[tuple[str, int, int], ...]:
    """Return what tells one state of the folder from another."""
    found = []
    for path in sorted(folder().glob("*.toml")):
        try:
            seen = path.stat()
        except OSError:
            continue  # gone since it was listed
        found.append((path.name, seen.st_mtime_ns, seen.st_size))
    return tuple(found)


def known() -> Trees:
    """Return the trees by name."""
    return kept.of_definitions(("trees", state()), lambda: load(folder(), centre().catalogue))
