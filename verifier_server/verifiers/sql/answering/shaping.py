"""Optional partial credit for a wrong query that ran.

Promises: at most the task's cap, itself at most 0.3, and nothing for a query that
was refused, did not compile or ran into a limit, so that trying is worth
little and forging nothing. A query that reads nothing of what the accepted one reads
(`SELECT 1`) earns nothing either. Wrong is wrong: such a score has not passed, and a
group without a right query has none after shaping.

A third of the cap is for running, a third for reading the right columns (F1 of the
(table, column) pairs, as "schema linking" scores do), a third for cells that agree, as
bags, under a one-to-one assignment of columns (`comparing.measure`), so that one right
column repeated earns nothing more (BIRD's soft F1 pays 0.997 for it).

Does not cover: whether shaping helps training. Arctic-Text2SQL-R1 (arXiv 2505.20315)
argues that it does not; it is off unless a task asks for it.
"""

from collections.abc import Collection, Sequence

Reads = Collection[tuple[str, str]]
_PARTS = 3


def earned(cap: float, reads: Reads, gold_reads: Reads, cells: Sequence[float]) -> float:
    """What a wrong query earns.

    Args:
        cap: of the task, in [0, 0.3].
        reads: (table, column) pairs that the query reads.
        gold_reads: those that the accepted query reads.
        cells: agreement of the cells on each instance that was looked at, in [0, 1].

    Returns:
        A value in [0, cap].
    """
    linked = _f1(reads, gold_reads)
    if linked == 0.0:
        return 0.0
    agreement = sum(cells) / len(cells) if cells else 0.0
    return cap * (1.0 + linked + agreement) / _PARTS


def _f1(mine: Reads, theirs: Reads) -> float:
    both = len(set(mine) & set(theirs))
    return 2.0 * both / (len(mine) + len(theirs)) if both else 0.0
