"""How much one verdict may cost where the data could ask for anything.

Promises: work is counted, never timed, so that the same rows meet the limit on
every machine and under any load; what the counter sees does not depend on the order of rows.

Does not cover: passes over the rows that happen once whatever they hold.
"""

# Cells looked at, for one answer on all instances; the largest result has
# `limits.MAX_CELLS` = 400,000 of them. About 0.1 us each.
CELLS = 8_000_000


class ExhaustedError(Exception):
    """The work has run out before there was an answer; never a reason to accept."""


class Effort:
    """What is left of the work that one answer may cost, in cells."""

    __slots__ = ("left",)

    def __init__(self, cells: int = CELLS) -> None:
        self.left = cells

    def spend(self, cells: int) -> None:
        """Count `cells` that are about to be looked at.

        Raises:
            ExhaustedError: there was less left.
        """
        self.left -= cells
        if self.left < 0:
            raise ExhaustedError
