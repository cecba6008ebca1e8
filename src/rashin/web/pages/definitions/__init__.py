"""What every KPI means."""
