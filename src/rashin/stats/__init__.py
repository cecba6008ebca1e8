"""Statistics that a centre's figures need, in numpy alone. Pure functions over arrays; NaN is "not defined", never 0."""
