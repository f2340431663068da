"""Standard deviation, variance, covariance and correlation, as window functions.

Promises: sums are exact (rational), so the result does not depend on the order
of rows, and a window that moves on forgets exactly what leaves it.

Does not cover: infinities and texts, which are errors.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from verifier_server.verifiers.sql.dialects.callables.values import ArgumentError
from verifier_server.verifiers.sql.rows import Cell


@dataclass(slots=True)
class Moments:
    """Exact sums over the pairs (x, y) of which neither is NULL."""

    count: int = 0
    x: Fraction = Fraction(0)
    y: Fraction = Fraction(0)
    xx: Fraction = Fraction(0)
    yy: Fraction = Fraction(0)
    xy: Fraction = Fraction(0)

    def add(self, sign: int, first: Cell, second: Cell) -> None:
        """Take a pair in (sign 1) or out (sign -1)."""
        if first is None or second is None:
            return
        x, y = _exact(first), _exact(second)
        self.count += sign
        self.x += sign * x
        self.y += sign * y
        self.xx += sign * x * x
        self.yy += sign * y * y
        self.xy += sign * x * y

    @property
    def spread_x(self) -> Fraction:
        """Sum of squared deviations of x."""
        return self.xx - self.x * self.x / self.count

    @property
    def spread_y(self) -> Fraction:
        """Sum of squared deviations of y."""
        return self.yy - self.y * self.y / self.count

    @property
    def together(self) -> Fraction:
        """Sum of products of deviations."""
        return self.xy - self.x * self.y / self.count


def _exact(value: Cell) -> Fraction:
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return Fraction(value)
    raise ArgumentError("this aggregate takes finite numbers")


def _variance_sample(sums: Moments) -> float | None:
    return float(sums.spread_x / (sums.count - 1)) if sums.count > 1 else None


def _variance_population(sums: Moments) -> float | None:
    return float(sums.spread_x / sums.count) if sums.count else None


def _root(variance: float | None) -> float | None:
    return None if variance is None else math.sqrt(variance)


def _covariance_sample(sums: Moments) -> float | None:
    return float(sums.together / (sums.count - 1)) if sums.count > 1 else None


def _covariance_population(sums: Moments) -> float | None:
    return float(sums.together / sums.count) if sums.count else None


def _correlation(sums: Moments) -> float | None:
    if not sums.count or not sums.spread_x or not sums.spread_y:
        return None
    size = sums.together * sums.together / (sums.spread_x * sums.spread_y)
    return math.copysign(math.sqrt(size), sums.together)


# y is the dependent variable and comes first: postgresql.org/docs/current/functions-aggregate.html
def _slope(sums: Moments) -> float | None:
    return float(sums.together / sums.spread_y) if sums.count and sums.spread_y else None


def _intercept(sums: Moments) -> float | None:
    if not sums.count or not sums.spread_y:
        return None
    return float((sums.x - sums.y * sums.together / sums.spread_y) / sums.count)


STATISTICS: dict[str, tuple[int, Callable[[Moments], float | None]]] = {
    "var_samp": (1, _variance_sample),
    "var_pop": (1, _variance_population),
    "stddev_samp": (1, lambda sums: _root(_variance_sample(sums))),
    "stddev_pop": (1, lambda sums: _root(_variance_population(sums))),
    "covar_samp": (2, _covariance_sample),
    "covar_pop": (2, _covariance_population),
    "corr": (2, _correlation),
    "regr_slope": (2, _slope),
    "regr_intercept": (2, _intercept),
}
