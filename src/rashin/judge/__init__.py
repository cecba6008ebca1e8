"""Goals and where they stand: reading and keeping them, judging a figure against one, the pace, and the causes to look at."""
