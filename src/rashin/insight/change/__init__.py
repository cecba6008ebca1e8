"""Why a KPI moved between two periods or groups: sides, ways of slicing, their parts, the staffing model, and the sentences."""

from rashin.insight.change.explained import Change, along_tree, explain

__all__ = ["Change", "along_tree", "explain"]
