"""Alerts: what to look into now, with its evidence; taken, given, left alone, closed; how many come by chance, and what is held back."""
