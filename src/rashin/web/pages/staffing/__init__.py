"""Seats for what is to come: plans by group and interval, shifts, cost; kept plans held to what happened; rosters; who takes what (staffing.toml)."""
