"""The same questions as JSON."""
