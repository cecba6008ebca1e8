"""Improvement cycles: plan, do, check, act, and the library of what worked and what did not."""
