"""Ways to bring the files in: ``load(place, files)`` → number of rows that arrived."""
