r"""Brackets of all kinds: groups, intervals, sets, set builders, bars, floors, vectors.

Promises: (2,3) stays a pair in round brackets, a point or an interval; ]a,b[ is written
(a,b); a bar opens an absolute value where a value is expected, and closes one elsewhere.

Does not cover: what a group is worth.
"""

from verifier_server.verifiers.math.nodes import Call, Group, Node, SetBuilder
from verifier_server.verifiers.math.reading.arithmetic import scalar
from verifier_server.verifiers.math.reading.cursor import Cursor

# How an interval's end is written the usual way: ]a, b[ is (a, b).
_FLIPPED = {"[": ")", "]": "]", ")": ")"}
MAX_LOOKED_AT = 400
_FENCES = {
    "|": ("|", "abs"), r"\lvert": (r"\rvert", "abs"), r"\|": (r"\|", "abs"),
    r"\lfloor": (r"\rfloor", "floor"), r"\lceil": (r"\rceil", "ceil"),
    r"\llcorner": (r"\lrcorner", "floor"),
    r"\ulcorner": (r"\urcorner", "ceil"),
}  # fmt: skip
FENCES = frozenset(_FENCES)
OPENING = frozenset(("(", "[", "{", r"\{"))
_CLOSING = {"{": ("}",), r"\{": (r"\}",), "(": (")", "]", "["), "[": (")", "]", "[")}
_RELATED = frozenset(("=", "<", "<=", ">", ">=", "!=", r"\in"))


def fenced(cursor: Cursor, opening: str) -> Node:
    """An absolute value, norm, floor or ceiling, behind its opening sign."""
    closing, name = _FENCES[opening]
    flags = cursor.opened()
    cursor.in_bars = closing in ("|", r"\|")
    node = scalar(cursor, cursor.rules.sum(cursor))
    cursor.closed(flags)
    cursor.expect(closing)
    return Call(name, (node,))


def bracketed(cursor: Cursor, opening: str) -> Node:
    """What stands in round, square or curly brackets, behind the opening one.

    Raises:
        UnreadableError: brackets of different kinds, or values joined by a word.
    """
    if opening == r"\{" and cursor.take(r"\}"):
        return Group("{", "}", ())
    curly = opening in ("{", r"\{")
    flags = cursor.opened()
    cursor.in_builder = curly and _has_divider(cursor)
    if cursor.in_builder:
        node: Node = _builder(cursor)
        items, separators = [node], frozenset[str]()
    else:
        items, separators = cursor.rules.sequence(cursor)
    cursor.closed(flags)
    if opening == "{" and cursor.kind == "command" and cursor.text == r"\choose":
        return _choose(cursor, items)
    closing = cursor.text
    if cursor.kind not in ("sign", "command") or closing not in _CLOSING[opening]:
        raise cursor.fail("unbalanced brackets")
    cursor.index += 1
    if len(items) == 1 and isinstance(items[0], SetBuilder):
        return items[0]
    if separators & {"and", "or"}:
        raise cursor.fail("values in brackets joined by a word")
    if len(items) == 1 and (opening, closing) in (("(", ")"), ("{", "}")):
        return items[0]
    if curly:
        return Group("{", "}", tuple(items))
    if len(items) == 1 and (opening, closing) != ("[", "]"):
        raise cursor.fail("unbalanced brackets")
    closing = ")" if closing == "[" else closing
    return Group(opening, closing, tuple(items))


def reversed_interval(cursor: Cursor) -> Node:
    """]a, b[ behind its first bracket: a square bracket turned outwards is open."""
    flags = cursor.opened()
    items, separators = cursor.rules.sequence(cursor)
    cursor.closed(flags)
    closing = cursor.text
    if len(items) != 2 or separators - {",", ";"} or closing not in _FLIPPED:
        raise cursor.fail("unbalanced brackets")
    cursor.index += 1
    return Group("(", _FLIPPED[closing], tuple(items))


def angled(cursor: Cursor, closing: str) -> Node:
    r"""A vector <a, b> or \langle a, b \rangle, behind its first sign."""
    flags = cursor.opened()
    cursor.in_angle = True
    items = [scalar(cursor, cursor.rules.sum(cursor))]
    while cursor.take(","):
        items.append(scalar(cursor, cursor.rules.sum(cursor)))
    cursor.closed(flags)
    cursor.expect(closing)
    if len(items) < 2:
        raise cursor.fail("a vector of one value")
    return Group("<", ">", tuple(items))


def _has_divider(cursor: Cursor) -> bool:
    """Whether a bar or a colon parts what stands in these braces in two."""
    depth, bars, colon, related = 0, 0, 0, False
    for index in range(cursor.index, min(cursor.index + MAX_LOOKED_AT, len(cursor.tokens))):
        text = cursor.tokens[index].text
        if text in OPENING:
            depth += 1
        elif text in (")", "]", "}", r"\}"):
            depth -= 1
            if depth < 0:
                break
        elif depth == 0:
            bars += text == "|"
            colon += text == ":"
            related = related or (bool(bars or colon) and text in _RELATED)
    return related and (colon == 1 or bars % 2 == 1)


def _builder(cursor: Cursor) -> Node:
    element = cursor.rules.relation(cursor)
    cursor.in_builder = False
    if not cursor.take("|") and not cursor.take(":"):
        raise cursor.fail("expected the divider of a set")
    conditions, separators = cursor.rules.sequence(cursor)
    if "or" in separators:
        if len(separators) > 1:
            raise cursor.fail("conditions joined by different words")
        conditions = [Group("cup", "cup", tuple(conditions))]
    return SetBuilder(element, tuple(conditions))


def _choose(cursor: Cursor, items: list[Node]) -> Node:
    """{n \\choose k}"""
    cursor.index += 1
    lower = scalar(cursor, cursor.rules.sum(cursor))
    cursor.expect("}")
    if len(items) != 1:
        raise cursor.fail("a binomial of a list")
    return Call("binomial", (scalar(cursor, items[0]), lower))
