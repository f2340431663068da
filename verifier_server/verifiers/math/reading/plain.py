r"""The short way for plain numbers: most answers are one.

Promises: the same node as the long way (`parse.read_in_full`), or none: integers,
decimals, thousands, \frac{a}{b} and a/b, with a sign and surrounding space or dollar signs.

Does not cover: units, percent, mixed numbers, repeating decimals.
"""

import re
from fractions import Fraction

from verifier_server.verifiers.math.nodes import Call, Node, Number

# Longer numerals take the long way, which bounds them.
_MAX_LENGTH = 100
_NUMBER = re.compile(
    r"""
    \s*(?P<dollar>\$)?\s*(?P<minus>-)?\s*
    (?: (?P<whole>\d{1,3}(?:,\d{3})+|\d+)(?:\.(?P<places>\d*))?
      | \.(?P<bare>\d+)
      | \\[dt]?frac\s*\{\s*(?P<top>\d+)\s*\}\s*\{\s*(?P<bottom>\d+)\s*\}
    )
    (?(dollar)\s*\$)\s*
    """,
    re.VERBOSE | re.ASCII,
)
_QUOTIENT = re.compile(r"\s*(-?)(\d+)\s*/\s*(\d+)\s*", re.ASCII)


def number(text: str) -> Node | None:
    """The node of a plain number; None for anything else."""
    if len(text) > _MAX_LENGTH:
        return None
    match = _NUMBER.fullmatch(text)
    if match is None:
        return _quotient(text)
    _, minus, whole, places, bare, top, bottom = match.groups()
    if whole is not None:
        if "," in whole:
            whole = whole.replace(",", "")
        if places:
            node: Node = Number(Fraction(int(whole + places), 10 ** len(places)), len(places))
        else:
            node = Number(Fraction(int(whole)))
    elif bare is not None:
        node = Number(Fraction(int(bare), 10 ** len(bare)), len(bare))
    else:
        node = Call("div", (Number(Fraction(int(top))), Number(Fraction(int(bottom)))))
    return Call("neg", (node,)) if minus else node


def _quotient(text: str) -> Node | None:
    match = _QUOTIENT.fullmatch(text)
    if match is None:
        return None
    minus, top, bottom = match.groups()
    node: Node = Call("div", (Number(Fraction(int(top))), Number(Fraction(int(bottom)))))
    return Call("neg", (node,)) if minus else node
