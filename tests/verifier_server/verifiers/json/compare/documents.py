"""Random documents, random rules that suit them, and other documents near them."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from verifier_server.contract import TaskError
from verifier_server.verifiers.json.compare import Plan, plan

Rules = dict[str, dict[str, Any]]

NAMES = st.sampled_from(["a", "b", "c"])
TEXTS = ["x", " X", "y", "ﬁ", "FI", "1"]
DATES = ["2024-03-01", "01.03.2024", "2024-03-02"]
MOMENTS = ["2024-03-01T10:00:00Z", "2024-03-01T12:00:00+02:00", "2024-03-01T10:00:00"]
NUMBERS = [0, 1, 2, Decimal("1.0"), Decimal("1.5"), Decimal("1.4"), -1]
SCALARS = st.sampled_from([*TEXTS, *DATES, *MOMENTS, *NUMBERS, None, True, False])
WRONG = "a value that is nowhere right"
WEIGHTS = st.sampled_from([1, 2, Decimal("0.5"), Decimal("0.001"), 7])


def rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Lists of objects of equal names, with a key of their own."""
    cell = st.sampled_from([0, 1, Decimal("1.4"), "x", "X", "2024-03-01"])
    row = st.fixed_dictionaries({"b": cell}, optional={"c": cell})
    return st.lists(row, max_size=4).map(
        lambda found: [{"a": index, **each} for index, each in enumerate(found)]
    )


DOCUMENTS = st.recursive(
    SCALARS,
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(NAMES, inside, max_size=3)
        | rows()
        | st.lists(st.sampled_from([0, 1, 2, "x"]), max_size=4)
    ),
    max_leaves=12,
)


def _places(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    found = [(path, value)]
    if isinstance(value, dict):
        for name, item in value.items():
            found += _places(item, (*path, name))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            found += _places(item, (*path, str(index)))
    return found


@st.composite
def rule_for(draw: DrawFn, value: Any) -> dict[str, Any]:
    """A rule that suits a value."""
    rule: dict[str, Any] = {}
    choices = ["exact", "exact", "ignore"]
    if isinstance(value, list):
        modes = ["unordered", "unordered", "set", "set", "ordered"]
        modes += ["keyed", "keyed"] if any(isinstance(row, dict) for row in value) else []
        rule["list"] = draw(st.sampled_from(modes))
        if rule["list"] == "keyed":
            rule["key"] = draw(st.sampled_from(["a", ["a"], ["a", "b"]]))
        choices = ["exact"]
    elif isinstance(value, str):
        choices += ["text", "text", "one_of"]
        choices += ["date"] * (3 * (value in DATES)) + ["datetime"] * (3 * (value in MOMENTS))
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        choices += ["number", "number", "one_of"]
    kind = draw(st.sampled_from(choices))
    if kind == "ignore":
        return {"type": "ignore"}
    if kind != "exact":
        rule["type"] = kind
    if kind == "number":
        rule |= draw(st.sampled_from([{"abs": Decimal("0.5")}, {"rel": Decimal("0.1")}, {}]))
    elif kind == "date":
        rule["formats"] = ["%Y-%m-%d", "%d.%m.%Y"]
    elif kind == "one_of":
        rule["values"] = draw(st.lists(st.sampled_from(["x", "y", 1, 2, None]), min_size=1))
    if draw(st.booleans()):
        rule["weight"] = draw(WEIGHTS)
    return rule


@st.composite
def mixed_tasks(draw: DrawFn) -> tuple[Any, Rules, Plan]:
    """Any expected document, with rules for places of it and below."""
    expected = draw(DOCUMENTS)
    places = _places(expected)
    rules: Rules = {}
    for _ in range(draw(st.integers(0, 5))):
        path, value = draw(st.sampled_from(places))
        rule = draw(rule_for(value))
        if draw(st.integers(0, 3)) == 0:  # optional fields that the document lacks
            path = (*path, *draw(st.lists(st.sampled_from(["a", "z", "*"]), max_size=2)))
            rule = draw(st.sampled_from([{"type": "ignore"}, {"weight": draw(WEIGHTS)}]))
        starred = [
            "*" if segment.isdigit() or draw(st.integers(0, 3)) == 0 else segment
            for segment in path
        ]
        if path and path[-1].isdigit() and draw(st.integers(0, 3)) == 0:
            starred[-1] = path[-1]
        _add(rules, expected, "".join("/" + segment for segment in starred), rule)
    return expected, rules, plan(expected, rules)


CELLS: dict[str, tuple[st.SearchStrategy[Any], list[dict[str, Any]]]] = {
    "b": (
        st.sampled_from([0, 1, 2, Decimal("1.4"), Decimal("1.5")]),
        [{"type": "number", "abs": Decimal("0.5")}, {"type": "number"}, {"weight": 3}],
    ),
    "c": (
        st.sampled_from(["x", " X", "y", "z"]),
        [{"type": "text"}, {"type": "one_of", "values": ["z"]}, {"type": "ignore"}],
    ),
    "d": (
        st.sampled_from(DATES),
        [{"type": "date", "formats": ["%Y-%m-%d", "%d.%m.%Y"], "weight": 2}],
    ),
    "e": (
        st.lists(
            st.sampled_from(["x", "X", "y", 1, {"f": 1, "g": 2}, {"f": 1, "g": 3}]), max_size=4
        ),
        [{"list": "unordered"}, {"list": "set"}, {"list": "keyed", "key": "f"}],
    ),
}
MODES: list[dict[str, Any]] = [
    {"list": "unordered"},
    {"list": "set"},
    {"list": "keyed", "key": "a"},
    {"list": "keyed", "key": ["a", "c"]},
]


@st.composite
def tables(draw: DrawFn) -> tuple[Any, Rules, Plan]:
    """Lists of rows that are brought together, with rules for their cells."""
    row = st.fixed_dictionaries(
        {"a": st.integers(0, 3)}, optional={name: cell for name, (cell, _) in CELLS.items()}
    )
    expected = {"rows": draw(st.lists(row, max_size=4))}
    rules: Rules = {}
    _add(rules, expected, "/rows", draw(st.sampled_from(MODES)))
    if draw(st.integers(0, 3)) == 0:
        _add(rules, expected, "/rows/*/*", {"weight": draw(WEIGHTS)})
    for name, (_, known) in CELLS.items():
        if draw(st.booleans()):
            _add(rules, expected, f"/rows/*/{name}", draw(st.sampled_from(known)))
    return expected, rules, plan(expected, rules)


def tasks() -> st.SearchStrategy[tuple[Any, Rules, Plan]]:
    """An expected document, rules, and the plan that they make."""
    return st.one_of(tables(), mixed_tasks())


def _add(rules: Rules, expected: Any, pattern: str, rule: dict[str, Any]) -> None:
    """Adds a rule, unless it does not go with the others."""
    try:
        plan(expected, {**rules, pattern: rule})
    except TaskError:
        return
    rules[pattern] = rule


def alike(value: Any) -> st.SearchStrategy[Any]:
    """Scalars of a kind with another."""
    if value in DATES:
        return st.sampled_from(DATES)
    if isinstance(value, str):
        return st.sampled_from([*TEXTS, "z"])
    return st.sampled_from(NUMBERS)


@st.composite
def near(draw: DrawFn, value: Any) -> Any:
    """A document that differs from another in some places, or has nothing to do with it."""
    chance = draw(st.integers(0, 19))
    if chance == 0:
        return draw(DOCUMENTS)
    if isinstance(value, dict):
        found = {name: draw(near(item)) for name, item in value.items() if draw(st.integers(0, 9))}
        if chance == 1:
            found[draw(NAMES)] = draw(DOCUMENTS)
        return found
    if isinstance(value, list):
        items = [draw(near(item)) for item in value if draw(st.integers(0, 9))]
        if items and chance < 5:
            items.append(draw(near(draw(st.sampled_from(items)))))
        return draw(st.permutations(items)) if chance < 12 else items
    return draw(alike(value)) if chance < 5 else value
