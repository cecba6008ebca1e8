"""Review meetings (kept high → issue → next action), the calendar of reviews of the KPIs themselves, and praise."""
