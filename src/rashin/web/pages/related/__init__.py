"""KPIs that move together, and the control chart of one."""
