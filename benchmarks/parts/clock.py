"""What the parts share: medians of CPU and wall, and the question that the workspace is asked."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Answer
    from rashin.store import Store


class Timed(NamedTuple):
    """Medians in seconds, and what came back the last time."""

    cpu: float
    wall: float
    found: Any


def timed(action: Callable[[], Any], repeats: int = 5, warm: int = 1) -> Timed:
    """Run ``action`` and return the medians; the first ``warm`` runs do not count."""
    runs = []
    for _ in range(repeats + warm):
        wall, cpu = time.perf_counter(), time.process_time()
        found = action()
        runs.append((time.process_time() - cpu, time.perf_counter() - wall))
    return Timed(*(statistics.median(each) for each in zip(*runs[warm:], strict=True)), found)


class Opened(NamedTuple):
    """An opened workspace."""

    store: Store
    catalogue: Catalogue


def opened(place: Path) -> Opened:
    """Open the workspace of the run."""
    from rashin import catalogue
    from rashin.store import Store, Workspace

    return Opened(Store.open(Workspace.find(place / "workspace")), catalogue.load())


def ask(opened: Opened, question: Any, *, facts: bool = False) -> Answer:
    """Ask as any page does; ``facts``: as if there were no roll-ups."""
    from rashin import query

    if not facts:
        return query.ask(opened.store, opened.catalogue, question, scope=query.Scope.everything())
    held = opened.store.rollups
    opened.store.rollups = list  # type: ignore[method-assign,assignment]
    try:
        return query.ask(opened.store, opened.catalogue, question, scope=query.Scope.everything())
    finally:
        opened.store.rollups = held  # type: ignore[method-assign]
