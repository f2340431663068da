"""Z3-Python programs and formulas, read from Python's syntax tree; nothing is executed."""
