"""Random numbers in tests: the same draws for every item.

Does not cover: generators that tests make and seed themselves.
"""

import sys


def seed() -> None:
    """The same draws in each item, where anything draws: Python seeds afresh after a fork."""
    if "random" in sys.modules:
        sys.modules["random"].seed(0)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(0)
