r"""Relations and lists of them: chains, names in words, "or" and "and".

Promises: a chain turns one way; "or" between inequalities is a union and "and" an
intersection, of one name only; elsewhere both list values. What the words could mean
otherwise is refused: "x = 1 or y = 2", "1 < x < 2 and 3 < x < 4".

Does not cover: solving anything.
"""

from verifier_server.verifiers.math.limits import MAX_ITEMS
from verifier_server.verifiers.math.nodes import (
    Call,
    Constant,
    Group,
    Node,
    Number,
    Relation,
    Symbol,
    Text,
    walk,
)
from verifier_server.verifiers.math.reading.arithmetic import is_condition
from verifier_server.verifiers.math.reading.cursor import Cursor
from verifier_server.verifiers.math.reading.labels import stated_name
from verifier_server.verifiers.math.reading.names import SETS
from verifier_server.verifiers.math.reading.number_sets import marked
from verifier_server.verifiers.math.reading.symbols import defined, labelled

_OPERATORS = {
    "=": "=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "!=": "!=", r"\in": "in", "~=": "~",
    r"\equiv": "==",
}  # fmt: skip
_REVERSED = {">": "<", ">=": "<="}
_INEQUALITIES = frozenset(("<", "<=", "!=", "in"))
# Before a condition; the condition is one more item.
_CONDITION_LEADS = frozenset(("for", "where", "if", "when", "for all", "with", "provided"))
# Alternatives have no order, and are no coordinates.
_ALTERNATIVES = ("{", "}")
_ROW = "\\\\"
_OPENINGS = ("(", "[", "]")


def relation(cursor: Cursor) -> Node:
    """A value, or a chain of values.

    Raises:
        UnreadableError: a chain that turns round, or of equations and inequalities.
    """
    point = labelled(cursor)
    if point is not None:
        return point
    named = _name(cursor)
    sides: list[Node] = [cursor.rules.side(cursor) if named is None else named]
    operators: list[str] = []
    while True:
        token = cursor.token
        operator = _OPERATORS.get(token.text)
        if operator is None or token.kind not in ("sign", "command"):
            break
        if operator == ">" and cursor.in_angle:
            break
        operators.append(operator)
        cursor.index += 1
        if len(operators) > MAX_ITEMS:
            raise cursor.fail(f"a chain of more than {MAX_ITEMS} sides")
        sides.append(_members(cursor) if operator == "in" else cursor.rules.side(cursor))
    if not operators:
        return sides[0]
    if isinstance(named, Text) and len(operators) > 1 and _has_symbol(sides[1]):
        # "The equation is x + y = 3", "Solution: x > 3"
        del operators[0], sides[0]
    return _chain(cursor, operators, sides)


def _name(cursor: Cursor) -> Node | None:
    """What names the value that follows: T(n) =, Area =, Maximum:"""
    return defined(cursor) if cursor.kind == "letter" else stated_name(cursor)


def _has_symbol(node: Node) -> bool:
    return any(isinstance(part, Symbol) for part in walk(node))


def _members(cursor: Cursor) -> Node:
    """The right side of "in": a letter of a set of numbers is that set."""
    token = cursor.token
    if token.kind == "letter" and token.text in SETS:
        cursor.index += 1
        node = marked(cursor, token.text)
        if isinstance(node, Constant) and cursor.text in (r"\setminus", "-"):
            cursor.index -= 1
            raise cursor.fail("a set without its sign")
        return node
    return cursor.rules.side(cursor)


def _chain(cursor: Cursor, operators: list[str], sides: list[Node]) -> Node:
    kinds = set(operators)
    if any(isinstance(each, Relation) for each in sides):
        raise cursor.fail("a relation within a relation")
    if "==" in kinds:
        return _congruence(cursor, operators, sides)
    mixed = kinds & {"<", "<=", ">", ">="}
    if len(operators) > 1 and (kinds - {"=", "~"}) and kinds != mixed:
        raise cursor.fail("a chain of different relations")
    downward = [operator in _REVERSED for operator in operators]
    if any(downward):
        if not all(downward):
            raise cursor.fail("a chain that turns round")
        operators = [_REVERSED[operator] for operator in reversed(operators)]
        sides.reverse()
    return Relation(tuple(operators), tuple(sides))


def _congruence(cursor: Cursor, operators: list[str], sides: list[Node]) -> Node:
    if len(operators) != 1:
        raise cursor.fail("a chain of congruences")
    right = sides[1]
    # Without a modulus the sign says that both sides are one.
    operator = "==" if isinstance(right, Call) and right.name == "mod" else "="
    return Relation((operator,), (sides[0], right))


def _item(cursor: Cursor) -> list[Node]:
    r"""An item; the several congruences of n \equiv 0, 1 \pmod 3.

    Raises:
        UnreadableError: \equiv without a modulus, beside other items.
    """
    start = cursor.index
    first = relation(cursor)
    texts = [token.text for token in cursor.tokens[start : cursor.index]]
    if r"\equiv" not in texts or not isinstance(first, Relation) or first.operators == ("==",):
        return [first]
    if cursor.kind == "stop":
        return [first]
    residues = [first.sides[1]]
    while cursor.take(",") or cursor.kind == "conjunction":
        cursor.index += cursor.kind == "conjunction"
        residue = cursor.rules.side(cursor)
        if isinstance(residue, Call) and residue.name == "mod":
            name, modulus = first.sides[0], residue.arguments[1]
            residues.append(residue.arguments[0])
            return [Relation(("==",), (name, Call("mod", (r, modulus)))) for r in residues]
        residues.append(residue)
    raise cursor.fail("a congruence without a modulus")


def sequence(cursor: Cursor) -> tuple[list[Node], frozenset[str]]:
    """Items, and what separates them: a comma, a semicolon, "and", "or".

    Raises:
        UnreadableError: too many items, or commas beside semicolons.
    """
    items = _item(cursor)
    separators: set[str] = set()
    while True:
        token = cursor.token
        if is_condition(cursor):
            if isinstance(items[-1], (Symbol, Number)):
                raise cursor.fail("a condition, or the argument of a function")
            cursor.index += 1
            items.append(relation(cursor))
            cursor.expect(")")
            separators.add(",")
            continue
        if token.kind == "prose" and token.text.casefold() in _CONDITION_LEADS:
            separators.add(",")
            cursor.index += 1
        elif token.kind == "conjunction":
            separators.add(token.text)
            cursor.index += 1
        elif token.kind == "sign" and token.text in (",", ";"):
            if cursor.ahead(1).kind == "end" or cursor.ahead(1).text == _ROW:
                # The comma at the end of a row of cases.
                break
            separators.add(token.text)
            cursor.index += 1
            if cursor.kind == "conjunction":
                separators.add(cursor.text)
                cursor.index += 1
            elif cursor.kind == "prose" and cursor.text.casefold() in _CONDITION_LEADS:
                cursor.index += 1
        else:
            break
        items.extend(_item(cursor))
        if len(items) > MAX_ITEMS:
            raise cursor.fail(f"more than {MAX_ITEMS} items")
    items = _without_values(items)
    if {",", ";"} <= separators:
        raise cursor.fail("commas beside semicolons")
    return items, frozenset(separators)


def answer(cursor: Cursor) -> Node:
    """A whole answer: one item, or the list that several are."""
    items, separators = sequence(cursor)
    if cursor.kind != "stop":
        raise cursor.fail(f"unexpected {cursor.text[:40]!r}")
    if len(items) == 1:
        return items[0]
    if (
        separators <= {","}
        and len({_excluded(item) for item in items}) == 1
        and _excluded(items[0])
    ):
        return Group("cap", "cap", tuple(items))
    words = separators & {"and", "or"}
    if len(words) > 1:
        raise cursor.fail("values joined by different words")
    members = items[-1]
    if isinstance(members, Relation) and members.operators == ("in",):
        # x, y \in S
        if all(isinstance(item, Symbol) for item in items[:-1]):
            within = members.sides[1]
            heads = [*items[:-1], members.sides[0]]
            return Group("", "", tuple(Relation(("in",), (each, within)) for each in heads))
        if "or" in words and len(items) > len("ab"):
            # What a parameter of the values is from is no value.
            joined = _joined(cursor, items[:-1], separators)
            return Group("", "", (joined, members))
    if words:
        return _joined(cursor, items, separators)
    return Group("", "", tuple(items))


def _without_values(items: list[Node]) -> list[Node]:
    r"""The items with x \ne 0, 1 as two relations."""
    result: list[Node] = []
    for item in items:
        name = _excluded(result[-1]) if result else None
        if name is not None and not isinstance(item, (Relation, Group, Text)):
            item = Relation(("!=",), (name, item))
        result.append(item)
    return result


def _excluded(item: Node) -> Node | None:
    r"""The x of x \ne v; None for anything else."""
    if isinstance(item, Relation) and item.operators == ("!=",):
        return item.sides[0] if isinstance(item.sides[0], Symbol) else None
    return None


def _joined(cursor: Cursor, items: list[Node], separators: frozenset[str]) -> Node:
    inequalities = [
        item for item in items if isinstance(item, Relation) and set(item.operators) & _INEQUALITIES
    ]
    if not inequalities:
        if "or" in separators and not _may_be_alternatives(items):
            raise cursor.fail("values of different names joined by or")
        if "or" in separators and all(map(_is_interval, items)):
            return Group("cup", "cup", tuple(items))
        opening, closing = _ALTERNATIVES if "or" in separators else ("", "")
        return Group(opening, closing, tuple(items))
    if not all(isinstance(item, Relation) for item in items):
        raise cursor.fail("values and inequalities joined by a word")
    names = {_subject(item) for item in items if isinstance(item, Relation)}
    if "or" in separators:
        if len(names) > 1 or None in names:
            raise cursor.fail("inequalities of different names joined by or")
        return Group("cup", "cup", tuple(items))
    if len(names) > 1:
        return Group("", "", tuple(items))
    bounded = [item for item in inequalities if len(item.sides) > len("ab")]
    if None in names or len(separators) > 1 or len(bounded) > 1:
        raise cursor.fail("inequalities joined by and")
    return Group("cap", "cap", tuple(items))


def _left_sides(items: list[Node]) -> set[Node]:
    return {item.sides[0] for item in items if isinstance(item, Relation)}


def _may_be_alternatives(items: list[Node]) -> bool:
    r"""Whether "or" may stand between: values of one name, x_1 = 1 or x_2 = 2, curves."""
    names = _left_sides(items)
    numbered = {
        side.name.partition("_")[0] if isinstance(side, Symbol) and "_" in side.name else ""
        for side in names
    }
    return len(names) < 2 or (len(numbered) == 1 and "" not in numbered) or _are_curves(items)


def _are_curves(items: list[Node]) -> bool:
    """Whether all are equations and one is of two unknowns: x = 2 or 3x - 4y + 10 = 0."""
    names = [{part for part in walk(item) if isinstance(part, Symbol)} for item in items]
    equations = all(isinstance(item, Relation) and item.operators == ("=",) for item in items)
    return equations and any(len(each) > 1 for each in names)


def _subject(item: Relation) -> Node | None:
    """The one name that a relation is about; None where there are several or none."""
    names = [side for side in item.sides if isinstance(side, Symbol)]
    return names[0] if len(names) == 1 else None


def _is_interval(node: Node) -> bool:
    """Whether a pair cannot be a point: an end is infinite or closed."""
    if not isinstance(node, Group) or node.opening not in _OPENINGS or len(node.items) != 2:
        return False
    infinite = (Constant("oo"), Call("neg", (Constant("oo"),)))
    half_open = (node.opening, node.closing) in (("[", ")"), ("(", "]"))
    return half_open or any(item in infinite for item in node.items)
