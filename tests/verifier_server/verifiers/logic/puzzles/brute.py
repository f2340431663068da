"""Small random puzzles, and what they mean: written apart from the package, by enumeration."""

from itertools import product

from hypothesis import strategies as st

NUMBERS = ["1", "2", "3", "4"]
DAYS = ["mon", "tue", "wed", "thu"]
NAMES = ["ann", "ben", "cem", "dan"]


def truth(node, values, ranks):
    """Whether a constraint, as JSON, holds with the values of an assignment."""
    word, *parts = node
    if word in ("not", "and", "or", "xor", "implies", "iff"):
        held = [truth(part, values, ranks) for part in parts]
        if word == "not":
            return not held[0]
        if word == "implies":
            return not (held[0] and not held[1])
        if word in ("xor", "iff"):
            return (held[0] != held[1]) == (word == "xor")
        return False not in held if word == "and" else True in held
    if word in ("exactly", "at_least", "at_most"):
        count = [truth(part, values, ranks) for part in parts[1]].count(True)
        return {"exactly": count == parts[0], "at_least": count >= parts[0]}.get(
            word, count <= parts[0]
        )
    if word == "diff":
        texts = [values[name] for name in parts[0]]
        return all(texts.count(text) == 1 for text in texts)
    if word == "in":
        return values[parts[0]] in [str(value) for value in parts[1]]
    texts = [values.get(str(part), str(part)) for part in parts[:2]]
    if word in ("eq", "ne"):
        return (texts[0] == texts[1]) == (word == "eq")
    distance = parts.pop() if word == "apart" else 0
    places = [ranks[values.get(part, part)] for part in parts]
    if word == "between":
        return places[1] in range(min(places[0], places[2]) + 1, max(places[0], places[2]))
    gap = places[1] - places[0]
    if word == "apart":
        return abs(gap) == distance
    return {
        "lt": gap > 0,
        "le": gap >= 0,
        "gt": gap < 0,
        "ge": gap <= 0,
        "next": gap in (-1, 1),
        "succ": gap == 1,
    }[word]


def solutions(task):
    """Every solution, in the order of the domains, as tuples of values."""
    ranks = {text: int(text) for text in NUMBERS} | {text: place for place, text in enumerate(DAYS)}
    found = []
    for texts in product(*task["domains"].values()):
        values = dict(zip(task["domains"], texts, strict=True))
        if all(truth(each, values, ranks) for each in task["constraints"]):
            found.append(texts)
    return found


@st.composite
def tasks(draw, least_constraints=0):
    """A puzzle of up to four variables; its constraints are all that the language has."""
    names = NAMES[: draw(st.integers(2, 4))]
    values = draw(st.sampled_from([NUMBERS, DAYS]))
    domain = st.lists(st.sampled_from(values), min_size=1, max_size=4, unique=True)
    domains = {name: draw(domain) for name in names}
    constraints = draw(st.lists(constraint(names, domains), min_size=least_constraints, max_size=5))
    days = [DAYS] if values is DAYS else []
    return {"domains": domains, "ordered": days, "constraints": constraints}


def constraint(names, domains):
    """One constraint."""
    variable = st.sampled_from(names)
    relation = st.one_of(
        st.tuples(st.sampled_from(["lt", "le", "gt", "ge", "next", "succ"]), variable, variable),
        st.tuples(st.sampled_from(["eq", "ne"]), variable, variable),
        st.tuples(st.just("between"), variable, variable, variable),
        st.tuples(st.just("apart"), variable, variable, st.integers(1, 3)),
        variable.flatmap(
            lambda name: st.tuples(
                st.sampled_from(["eq", "ne", "lt", "succ"]),
                st.just(name),
                st.sampled_from(domains[name]),
            )
        ),
        variable.flatmap(
            lambda name: st.tuples(
                st.just("in"),
                st.just(name),
                st.lists(st.sampled_from(domains[name]), min_size=1, max_size=2),
            )
        ),
        st.tuples(st.just("diff"), st.lists(variable, min_size=2, max_size=4, unique=True)),
    ).map(list)
    return st.recursive(
        relation,
        lambda parts: st.one_of(
            st.tuples(st.just("not"), parts).map(list),
            st.tuples(st.sampled_from(["xor", "implies", "iff"]), parts, parts).map(list),
            st.tuples(st.sampled_from(["and", "or"]), st.lists(parts, min_size=1, max_size=3)).map(
                lambda both: [both[0], *both[1]]
            ),
            st.lists(parts, min_size=1, max_size=3).flatmap(
                lambda listed: st.tuples(
                    st.sampled_from(["exactly", "at_least", "at_most"]),
                    st.integers(0, len(listed)),
                    st.just(listed),
                ).map(list)
            ),
        ),
        max_leaves=5,
    )
