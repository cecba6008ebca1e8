"""Why a KPI moved between two periods or groups."""
