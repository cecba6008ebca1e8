"""File → facts: look, map, check, enrich, stage, commit; and the receipt that says what became of every row."""
