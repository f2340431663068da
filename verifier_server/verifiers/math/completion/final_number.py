r"""The numeric mode: the number of an answer's text, with its unit.

Promises: a text that is a number and no more is that number, after `name =` or a
calculation and `=` too; of any other text it is the last number, by position. A number is
written out: an integer, decimal, fraction, mixed number, percentage, scientific notation or
money. What has to be worked out is none (2 + 2, 2^5, 5!), nor is a last number that a word
near it denies or doubts (not 42, 41 or 42, more than 42). Linear in the text's length.

Does not cover: comparing (`check`), and which text it is (`extract`).
"""

import re

from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES
from verifier_server.verifiers.math.nodes import Call, Node, Number, Quantity, Relation
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse
from verifier_server.verifiers.math.reading.typography import normalised

_MAX_UNIT_WORDS = 4
_HEDGE_CHARS = 40

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
_SIGN_BEFORE = re.compile(r"(?:[-+*/^_<>!]|\\[A-Za-z]+)\s*$")
_SIGN_AFTER = re.compile(r"\s*(?:[-+*/^_!<>=]|\\[A-Za-z]+)")
_HEDGE = re.compile(
    r"n[o']t\b|n\u2019t\b|\b(?:no|or|and|if|never|neither|nor|either|between|than|least|most|except"
    r"|wrong|false|maybe|perhaps)\b",
    re.IGNORECASE,
)
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
        whole = whole.sides[-1]
    if whole is not None and is_number(whole) and not ("+" in text and _is_sum(whole)):
        return whole
    return _last_number(text, gold_unit)


def _last_number(text: str, gold_unit: str) -> Node:
    plain = _TEXT.sub(r" \1 ", _LAYOUT.sub(" ", normalised(text[-MAX_ANSWER_BYTES:])))
    plain = _MONEY.sub(r" \1 ", plain)
    last = next(iter(list(_NUMBER.finditer(plain))[-1:]), None)
    if last is None:
        raise NotANumberError("there is no number")
    before, after = plain[: last.start()], plain[last.end() :]
    if _SIGN_BEFORE.search(before) or _SIGN_AFTER.match(after):
        raise NotANumberError("the last number is a part of a formula")
    if _HEDGE.search(before[-_HEDGE_CHARS:]) or _HEDGE.search(after):
        raise NotANumberError("the last number is denied or doubted")
    return _with_unit(last[0], after, gold_unit)


def _with_unit(number: str, after: str, gold_unit: str) -> Node:
    value = _read(number)
    if value is None or not is_number(value):
        raise NotANumberError("the last number cannot be read alone")
    found = _WORDS.match(after)
    words = (found[0] if found else "").split()
    for count in range(min(len(words), _MAX_UNIT_WORDS), 0, -1):
        space = " " if after[:1] == " " else ""
        node = _read(f"{number}{space}{' '.join(words[:count]).rstrip('.')}")
        if isinstance(node, Quantity) and is_number(node):
            return node
    if words and not after.startswith((" ", ".", ")")):
        raise NotANumberError("the last number is a part of a word or formula")
    unit = " ".join(words).rstrip(".").casefold()
    if isinstance(value, Quantity) or not unit:
        return value
    named = gold_unit and set(gold_unit.casefold().split()) <= set(unit.split())
    return Quantity(value, gold_unit if named else unit)


def _is_sum(node: Node) -> bool:
    inner = node.value if isinstance(node, Quantity) else node
    return isinstance(inner, Call) and inner.name == "add"


def _read(text: str) -> Node | None:
    try:
        return parse(text)
    except UnreadableError:
        return None
