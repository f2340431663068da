"""Bounds on one answer, all checked before the work they bound."""

MAX_ANSWER_BYTES = 4096
MAX_DEPTH = 40
MAX_NODES = 600
MAX_DIGITS = 1000
MAX_ITEMS = 64
# Signs of an answer as written: what brackets and commas add to its parts.
MAX_TOKENS = 1000
# Exact numbers: bits in a numerator or denominator. 2^20000 has 6021 digits.
MAX_BITS = 20_000
# Factorials and binomials of integers up to this.
MAX_COMBINATORIAL = 1000
# Numeric work: a power or exponential of more than this many bits, or the
# sine of a number above this, is not evaluated.
MAX_POWER_BITS = 100_000
MAX_ANGLE = 10**6
MAX_PRECISION = 2000
# Python functions that sympy may enter for one proof or one closed form: about 0.2 s.
MAX_STEPS = 300_000
# Work of careful evaluation for one pair of expressions, in parts times digits.
MAX_EVALUATION = 1_000_000


class TooBigError(Exception):
    """An expression is within the grammar but its value is out of bounds."""
