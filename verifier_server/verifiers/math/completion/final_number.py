r"""The numeric mode: the number of an answer's text, with its unit.

Promises: a text that is a number and no more is that number, after `name =` or a
calculation that gives it and `=` too; of any other text it is the last number, by position.
A number is written out: an integer, decimal, fraction, mixed number, percentage, scientific
notation or money. What has to be worked out is none (2 + 2, 2^5, 5!, twice 21, 2x = 42), nor
is a last number that a word near it denies or doubts (not 42, 41 or 42, more than 42), or one
of several numbers without words. Linear in the text's length.

Does not cover: comparing (`check`), and which text it is (`extract`).
"""

import re

from verifier_server.verifiers.math.comparing.check import same
from verifier_server.verifiers.math.comparing.named import is_name
from verifier_server.verifiers.math.completion.surroundings import (
    HEDGE_CHARS,
    follows_a_sign,
    is_changed,
    is_hedged,
)
from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES
from verifier_server.verifiers.math.nodes import (
    Call,
    Node,
    Number,
    Quantity,
    Relation,
    Symbol,
    walk,
)
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.reading.typography import normalised
from verifier_server.verifiers.math.reading.unit_names import UNIT_LETTERS

_MAX_UNIT_WORDS = 4

_DIGITS = r"(?:\d{1,3}(?:(?:,|\{,\}|\\,|,?\\!)\d{3})++(?!\d)|\d++)"
_DECIMAL = rf"(?:{_DIGITS}(?:\.\d++)?+|\.\d++)"
_FRACTION = r"\\[dtc]?frac\s*+(?:\{\s*+\d++\s*+\}|\d)\s*+(?:\{\s*+\d++\s*+\}|\d)"
_TEN_TO = r"(?:\\times|\\cdot|\*|x)\s*+10\s*+\^\s*+(?:\{\s*+[-+]?\d++\s*+\}|[-+]?\d++)"
_NUMBER = re.compile(
    rf"""
    (?<![\w.^_{{\\/+*-]) [-+]?+ (?:\\?\$)?+ (?:
        \d++\s++\d++/\d++
      | {_DIGITS}?\s*+{_FRACTION}
      | \d++\s*+/\s*+\d++
      | {_DECIMAL}[eE][-+]?\d++
      | {_DECIMAL} (?:\s*+{_TEN_TO})?+
    ) (?:\s*+\\?%)?+
    """,
    re.VERBOSE | re.ASCII,
)
_LAYOUT = re.compile(r"\\[()\[\]]|\\(?:quad|qquad)\b|[*`]{2}|\$(?!\d)")
_TEXT = re.compile(r"\\(?:text|textrm|textbf|mathrm|mbox)\s*\{([^{}]*)\}")
_MONEY = re.compile(r"\\(euro|pounds|yen)\b")
_SIGN_AFTER = re.compile(r"\s*(?:[-+*/^_!<>=?{]|\\[A-Za-z]+)|\.\d|\)\s*[_^]")
# 5 cm + C, 5 cm / 2
_SIGN_AFTER_UNIT = re.compile(r"\s*(?:[-+*^_<>=?]|\\[A-Za-z]+)")
_DIVIDED = re.compile(r"/\s*\d")
_APPLIED = re.compile(r"(?:(?<![A-Za-z])[A-Za-z]|\\[A-Za-z]+)\s*\(\s*$")
# -x = 42, 2x = 42, x + 1 = 42: the number is not what x is.
_UNSOLVED = re.compile(
    r"(?:(?:^|[\s=])-|\d)\s*[A-Za-z]\s*=\s*$|(?<![A-Za-z])[A-Za-z]\s*[-+*/^]\s*\d+\s*=\s*$"
)
_CHANGED_AFTER = frozenset(
    "dozen dozens hundred hundreds thousand thousands million millions billion billions trillion "
    "trillions squared cubed factorial halves thirds quarters fifths tenths hundredths "
    "thousandths half plus minus mod modulo choose base prime pi negative".split()
)
# Numbers and no word.
_LISTED = re.compile(r"\A[^A-Za-z=\d]*\d[^A-Za-z=]*\Z")
_WORDS = re.compile(r"[A-Za-z^{}\d/. ]*")


class NotANumberError(Exception):
    """The text holds no number that stands for itself."""


def is_number(node: Node) -> bool:
    """Whether a node is a number written out, with or without a unit."""
    match node:
        case Quantity(value, _):
            return is_number(value)
        case Number():
            return True
        case Call("neg" | "percent" | "degree", (part,)):
            return is_number(part)
        case Call("div", (Number(), Number())):
            return True
        # A mixed number, and a number in scientific notation.
        case Call("add", (Number(), Call("div", (Number(), Number())))):
            return True
        case Call("mul", (Number(), Call("pow", (Number(base), power)))):
            return base == 10 and is_number(power)
        case _:
            return False


def final_number(text: str, gold_unit: str) -> Node:
    """The number that a text gives as its answer.

    Args:
        text: the text that holds the answer.
        gold_unit: the unit of the right answer, "" for none: it is looked for among the
            words behind the number where those begin with no unit that is known.

    Raises:
        NotANumberError: there is none, or it is a part of a formula or doubted.
    """
    whole = _read(text)
    if isinstance(whole, Relation) and set(whole.operators) <= {"=", "~"}:
        whole = _right_side(whole)
    if whole is not None and is_number(whole) and not ("+" in text and _is_sum(whole)):
        return whole
    return _last_number(text, gold_unit)


def _right_side(relation: Relation) -> Node:
    """The last side, where the others name or calculate it."""
    *others, last = relation.sides
    calculated = [side for side in others if not is_name(side)]
    if any(isinstance(part, Symbol) for side in calculated for part in walk(side)):
        raise NotANumberError("an equation to be solved")
    if "~" not in relation.operators and any(same(s, last).equal is False for s in calculated):
        raise NotANumberError("a calculation that does not give the number")
    return last


def _last_number(text: str, gold_unit: str) -> Node:
    plain = _TEXT.sub(r" \1 ", _LAYOUT.sub(" ", normalised(text[-MAX_ANSWER_BYTES:])))
    plain = _MONEY.sub(r" \1 ", plain)
    last = next(iter(list(_NUMBER.finditer(plain))[-1:]), None)
    if last is None:
        raise NotANumberError("there is no number")
    before, after = plain[: last.start()], plain[last.end() :]
    if follows_a_sign(before) or _SIGN_AFTER.match(after):
        raise NotANumberError("the last number is a part of a formula")
    if _UNSOLVED.search(before[-HEDGE_CHARS:]):
        raise NotANumberError("an equation to be solved")
    if _APPLIED.search(before[-HEDGE_CHARS:]):
        raise NotANumberError("the argument of a function")
    if _LISTED.search(before):
        raise NotANumberError("several numbers")
    if is_changed(before):
        raise NotANumberError("a word changes the last number")
    if is_hedged(before, after):
        raise NotANumberError("the last number is denied or doubted")
    return _with_unit(last[0], after, gold_unit)


def _with_unit(number: str, after: str, gold_unit: str) -> Node:
    value = _read(number)
    if value is None or not is_number(value):
        raise NotANumberError("the last number cannot be read alone")
    found = _WORDS.match(after)
    words = (found[0] if found else "").split()
    rest = after[found.end() :] if found else after
    if _SIGN_AFTER_UNIT.match(rest) or (found and _DIVIDED.search(found[0])):
        raise NotANumberError("the last number is a part of a formula")
    if any(map(_changes, words[1:2])):
        raise NotANumberError("a word changes the last number")
    for count in range(min(len(words), _MAX_UNIT_WORDS), 0, -1):
        space = " " if after[:1] == " " else ""
        node = _read(f"{number}{space}{' '.join(words[:count]).rstrip('.')}")
        if isinstance(node, Quantity) and is_number(node):
            return node
        if count == 1 and node is not None and is_number(node):
            # 42 million, 42 percent
            return node
    if words and _changes(words[0]):
        raise NotANumberError("a word changes the last number")
    if words and not after.startswith((" ", ".", ")")):
        raise NotANumberError("the last number is a part of a word or formula")
    unit = " ".join(words).rstrip(".").casefold()
    if isinstance(value, Quantity) or not unit:
        return value
    named = gold_unit and set(gold_unit.casefold().split()) <= set(unit.split())
    return Quantity(value, gold_unit if named else unit)


def _changes(word: str) -> bool:
    bare = word.rstrip(".").casefold()
    letter = len(word) == 1 and word.islower() and word != "a" and word not in UNIT_LETTERS
    return letter or bare in _CHANGED_AFTER


def _is_sum(node: Node) -> bool:
    inner = node.value if isinstance(node, Quantity) else node
    return isinstance(inner, Call) and inner.name == "add"


def _read(text: str) -> Node | None:
    try:
        return parse(text)
    except UnreadableError:
        return None
