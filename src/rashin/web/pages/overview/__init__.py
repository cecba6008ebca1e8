"""The chosen KPIs at a glance."""
