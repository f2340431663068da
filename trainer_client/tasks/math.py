"""Linear equations with the working shown and the answer in \\boxed{}.

Promises: every equation `ax+b=c` has one integer solution; a spoiled completion
never ends in it.

Does not cover: wider algebra. A model of half a million weights has to learn the
arithmetic from about a thousand demonstrations.
"""

from random import Random

from trainer_client.tasks.sample import Family, Sample

_MIN_COEFFICIENT, _MAX_COEFFICIENT = 2, 9
_MAX_SOLUTION = 9
_MAX_CONSTANT = 9

# Shares of the ways to go wrong; the rest is a slip in the last figure.
_UNFINISHED = 0.35
_UNDIVIDED = 0.35


def _draw(rng: Random) -> Sample:
    a = rng.randint(_MIN_COEFFICIENT, _MAX_COEFFICIENT)
    x = rng.randint(1, _MAX_SOLUTION)
    b = rng.choice([n for n in range(-_MAX_CONSTANT, _MAX_CONSTANT + 1) if n])
    c = a * x + b
    solution = f"{a}x={c}{-b:+d}={c - b}\nx={c - b}/{a}={x}\n\\boxed{{{x}}}"
    return Sample(
        verifier="math",
        key=f"{a},{b},{x}",
        question=f"solve {a}x{b:+d}={c}",
        task={"answer": str(x)},
        solution=solution,
    )


def _spoil(sample: Sample, rng: Random) -> str:
    first, second, _ = sample.solution.split("\n")
    kind = rng.random()
    if kind < _UNFINISHED:
        return first
    if kind < _UNFINISHED + _UNDIVIDED:
        undivided = first.rpartition("=")[2]
        return f"{first}\n\\boxed{{{undivided}}}"
    slip = int(sample.task["answer"]) + rng.choice((-2, -1, 1, 2))
    return f"{first}\n{second}\n\\boxed{{{slip}}}"


FAMILY = Family(
    verifier="math",
    instruction=(
        "Solve the equation for x. Show the working and end with the value of x alone in \\boxed{}."
    ),
    draw=_draw,
    spoil=_spoil,
)
