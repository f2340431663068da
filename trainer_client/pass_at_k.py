"""pass@k: the chance that at least one of k sampled completions passes.

Promises: the unbiased estimator of Chen et al. 2021, "Evaluating Large Language
Models Trained on Code", equation 1.

Does not cover: which completions are counted; a completion without a judgement
belongs neither to `n` nor to `c`.
"""

import math


def pass_at_k(n: int, c: int, k: int) -> float:
    """1 - C(n-c, k) / C(n, k), for c of n samples passing.

    Raises:
        ValueError: not 0 <= c <= n, or not 1 <= k <= n.
    """
    if not 0 <= c <= n:
        raise ValueError(f"{c} of {n} samples cannot pass")
    if not 1 <= k <= n:
        raise ValueError(f"pass@{k} cannot be estimated from {n} samples")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)
