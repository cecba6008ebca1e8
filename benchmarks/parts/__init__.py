"""Further parts of the run, each in a process of its own: ``measure(place)`` → JSON, ``text(found, results)`` → lines of the page."""
