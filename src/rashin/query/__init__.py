"""Question → Answer: any KPIs, sliced, over a period, from one snapshot, within what the asker may see.

Names are loaded when first used, so that importing this package does not wait for the engine.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rashin.query.answer import Answer, Cell, PlanLine
    from rashin.query.correction import Difference, difference
    from rashin.query.explanation import Explanation, explain
    from rashin.query.figures import change_shown, shown
    from rashin.query.listing import Rows, Spot, rows
    from rashin.query.notes import Completeness, Note
    from rashin.query.question import Question
    from rashin.query.reconciliation import Reconciliation, reconcile
    from rashin.query.run import ask
    from rashin.query.scope import Scope
    from rashin.query.unknown import mistyped
    from rashin.query.variants import compare_variants

_HOME = {
    "answer": ("Answer", "Cell", "PlanLine"),
    "correction": ("Difference", "difference"),
    "explanation": ("Explanation", "explain"),
    "notes": ("Completeness", "Note"),
    "question": ("Question",),
    "reconciliation": ("Reconciliation", "reconcile"),
    "figures": ("change_shown", "shown"),
    "listing": ("Rows", "Spot", "rows"),
    "run": ("ask",),
    "scope": ("Scope",),
    "unknown": ("mistyped",),
    "variants": ("compare_variants",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "Answer",
    "Cell",
    "Completeness",
    "Difference",
    "Explanation",
    "Note",
    "PlanLine",
    "Question",
    "Reconciliation",
    "Rows",
    "Scope",
    "Spot",
    "ask",
    "change_shown",
    "compare_variants",
    "difference",
    "explain",
    "mistyped",
    "reconcile",
    "rows",
    "shown",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
