"""One's own account, and coming in by an invitation."""
