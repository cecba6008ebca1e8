"""Logic trees: their figures, their files, their history."""
