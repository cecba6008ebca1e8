"""One module per form that a source writes its files in; each turns a month of the world into files."""
