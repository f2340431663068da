"""Bounds on one script or term, all checked before the work they bound."""

MAX_CHARACTERS = 100_000
MAX_TOKENS = 40_000
# Brackets within brackets, and definitions within definitions that use them.
MAX_DEPTH = 120
MAX_NAME = 200
# Expressions visited, definitions and bound Bools written out.
MAX_STEPS = 100_000
# Bool variables of one quantifier, of which every combination is written out.
MAX_BOUND_BOOLS = 6
# Nodes of a result, and names in a scope, that count as one more step.
NODES_OF_A_STEP = 32
NAMES_OF_A_STEP = 16
