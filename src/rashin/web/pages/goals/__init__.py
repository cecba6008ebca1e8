"""Goals: where each stands, what it still needs, what makes it SMART; made, changed and undone here."""
