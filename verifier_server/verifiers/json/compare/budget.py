"""How much one comparison may cost, in steps, not seconds.

Promises: the same documents cost the same steps on any host, and a comparison
that would need more is refused whole: no cheaper metric takes its place.

Does not cover: parsing and the schema.
"""

MAX_STEPS = 400_000


class TooManyComparisonsError(Exception):
    """The predicted document would need more than the budget's steps."""


class Budget:
    """The steps that are left of one comparison."""

    __slots__ = ("left",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Takes steps away.

        Raises:
            TooManyComparisonsError: fewer are left.
        """
        self.left -= steps
        if self.left < 0:
            raise TooManyComparisonsError
