"""From the texts of a source to typed values: fast in the engine for what is plain, careful in Python for each distinct text that is not."""
