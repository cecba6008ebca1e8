"""When and where the load and the waits are, who is behind the attempts, and what concentration costs in seats."""
