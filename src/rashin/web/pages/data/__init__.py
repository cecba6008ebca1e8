"""Loads, receipts, rejects, completeness, snapshots."""
