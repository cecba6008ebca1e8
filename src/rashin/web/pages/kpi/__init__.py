"""One KPI: trend, breakdown, definition, rows."""
