"""An agent's own figures."""
