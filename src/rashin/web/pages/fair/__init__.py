"""People, teams or vendors compared fairly on one KPI."""
