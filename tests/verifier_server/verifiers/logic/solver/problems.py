"""Sixty problems of all kinds: premises, a conclusion, and what is the case.

True and False: the conclusion follows or its negation does; None: neither; "open":
beyond the solver, which must say so.
"""

import random
from itertools import combinations

from tests.verifier_server.verifiers.logic.solver.by_hand import (
    X,
    Y,
    Z,
    both,
    c,
    either,
    every,
    fn,
    iff,
    implies,
    no,
    p,
    same,
    some,
)
from verifier_server.verifiers.logic.formulas import Formula

Problem = tuple[list[Formula], Formula, bool | str | None]

ASSOCIATIVE = every((X, Y, Z), same(fn("m", X, fn("m", Y, Z)), fn("m", fn("m", X, Y), Z)))
GROUP: list[Formula] = [
    ASSOCIATIVE,
    every(X, same(fn("m", c("e"), X), X)),
    every(X, same(fn("m", fn("i", X), X), c("e"))),
]
COMMUTES = every((X, Y), same(fn("m", X, Y), fn("m", Y, X)))
TRANSITIVE = every((X, Y, Z), implies(both(p("L", X, Y), p("L", Y, Z)), p("L", X, Z)))
DENSE: list[Formula] = [
    TRANSITIVE,
    every(X, no(p("L", X, X))),
    every((X, Y), implies(p("L", X, Y), some(Z, both(p("L", X, Z), p("L", Z, Y))))),
    some((X, Y), p("L", X, Y)),
]


def pigeons(holes: int) -> list[Formula]:
    """One pigeon more than there are holes, less the last pigeon's hole."""
    sits = [[p(f"P{i}_{j}") for j in range(holes)] for i in range(holes + 1)]
    found: list[Formula] = [either(*row) if holes > 1 else row[0] for row in sits[:-1]]
    for j in range(holes):
        found += [no(both(a[j], b[j])) for a, b in combinations(sits, 2)]
    return found


def pigeons_meet(holes: int) -> Formula:
    """The last pigeon sits nowhere."""
    return both(*(no(p(f"P{holes}_{j}")) for j in range(holes)))


def chain(length: int) -> list[Formula]:
    """Parents in a row, and ancestors."""
    return [
        every((X, Y), implies(p("Parent", X, Y), p("L", X, Y))),
        TRANSITIVE,
        *(p("Parent", c(f"a{at}"), c(f"a{at + 1}")) for at in range(length)),
    ]


def random_rules(seed: int) -> Problem:
    """Rules and facts about three things; the truth is left to be computed."""
    draw = random.Random(seed)
    names, things = "ABCDE", [c("u"), c("v"), c("w")]
    premises: list[Formula] = []
    for _ in range(draw.randint(2, 7)):
        first, second = draw.choice(names), draw.choice(names)
        body: Formula = p(second, X)
        body = no(body) if draw.random() < 0.4 else body
        if draw.random() < 0.3:
            body = either(body, some(Y, both(p("R", X, Y), p(draw.choice(names), Y))))
        premises.append(every(X, implies(p(first, X), body)))
    for _ in range(draw.randint(1, 4)):
        premises.append(p(draw.choice(names), draw.choice(things)))
        if draw.random() < 0.4:
            premises.append(p("R", draw.choice(things), draw.choice(things)))
    conclusion: Formula = p(draw.choice(names), draw.choice(things))
    if draw.random() < 0.3:
        conclusion = some(X, both(p(draw.choice(names), X), no(p(draw.choice(names), X))))
    return premises, conclusion, "computed"


_NAMED: dict[str, Problem] = {
    "syllogism": ([every(X, implies(p("A", X), p("B", X))), p("A", c("u"))], p("B", c("u")), True),
    "refuted": (
        [every(X, implies(p("A", X), no(p("B", X)))), p("A", c("u"))],
        p("B", c("u")),
        False,
    ),
    "neither": ([every(X, implies(p("A", X), p("B", X))), p("B", c("u"))], p("A", c("u")), None),
    "drinker": ([], some(X, implies(p("D", X), every(Y, p("D", Y)))), True),
    "swap": ([some(X, every(Y, p("R", X, Y)))], every(Y, some(X, p("R", X, Y))), True),
    "no_swap": ([every(Y, some(X, p("R", X, Y)))], some(X, every(Y, p("R", X, Y))), None),
    "los": (
        [
            TRANSITIVE,
            every((X, Y, Z), implies(both(p("Q", X, Y), p("Q", Y, Z)), p("Q", X, Z))),
            every((X, Y), implies(p("Q", X, Y), p("Q", Y, X))),
            every((X, Y), either(p("L", X, Y), p("Q", X, Y))),
        ],
        either(every((X, Y), p("L", X, Y)), every((X, Y), p("Q", X, Y))),
        True,
    ),
    "squares": ([*GROUP, every(X, same(fn("m", X, X), c("e")))], COMMUTES, True),
    "groups": (GROUP, COMMUTES, None),
    "right_identity": (GROUP, every(X, same(fn("m", X, c("e")), X)), "open"),
    "dense": (DENSE, p("Q", c("u")), "open"),
    "serial": (
        [every(X, some(Y, p("L", X, Y))), TRANSITIVE],
        some(X, p("L", X, X)),
        "open",
    ),
    "parents": (
        [
            every(X, implies(p("H", X), some(Y, both(p("H", Y), p("L", Y, X))))),
            p("H", c("u")),
            every((X, Y), implies(p("L", X, Y), no(p("L", Y, X)))),
        ],
        some((X, Y), both(p("L", X, Y), p("L", Y, X))),
        False,
    ),
    "union": (
        [
            every(
                (X, Y, Z),
                iff(p("In", Z, fn("u", X, Y)), either(p("In", Z, X), p("In", Z, Y))),
            ),
            every((X, Y), iff(same(X, Y), every(Z, iff(p("In", Z, X), p("In", Z, Y))))),
        ],
        every((X, Y), same(fn("u", X, Y), fn("u", Y, X))),
        True,
    ),
    "chain": (chain(5), p("L", c("a0"), c("a5")), True),
    "chain_back": (chain(5), p("L", c("a5"), c("a0")), None),
    **{f"pigeons{n}": (pigeons(n), pigeons_meet(n), True) for n in (2, 3, 4, 5, 6)},
}

PROBLEMS: dict[str, Problem] = _NAMED | {
    f"random{seed}": random_rules(seed) for seed in range(60 - len(_NAMED))
}
