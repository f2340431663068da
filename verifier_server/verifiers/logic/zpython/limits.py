"""Bounds on one program, all checked before the work they bound."""

MAX_CHARACTERS = 50_000
MAX_TOKENS = 20_000
# Brackets within brackets, and signs or words before an operand (`- - -x`, `not not p`).
MAX_BRACKETS = 60
MAX_PREFIXES = 30
# Expressions within expressions, calls of the program's own functions included.
MAX_DEPTH = 80
# Expressions evaluated, loops written out.
MAX_STEPS = 100_000
MAX_ITEMS = 5_000
MAX_TEXT = 400
MAX_BITS = 128
# Bool variables of one quantifier, of which every combination is written out.
MAX_BOUND_BOOLS = 6
# Nodes of a formula, and items of a list, that count as one more step.
NODES_OF_A_STEP = 16
ITEMS_OF_A_STEP = 8
# Lists that itertools and zip go over side by side.
MAX_WIDTH = 10
