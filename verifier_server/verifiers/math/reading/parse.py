r"""Answer text to meaning: the whole way from a string to a node.

Promises: the same text always gives the same node, and a text outside the
grammar gives `UnreadableError`, never a part of it.

Does not cover: what the nodes are worth (`check`).
"""

import re

from verifier_server.verifiers.math.limits import MAX_ANSWER_BYTES
from verifier_server.verifiers.math.nodes import Choice, Group, Node, Symbol
from verifier_server.verifiers.math.reading import plain, words
from verifier_server.verifiers.math.reading.circled import uncircled
from verifier_server.verifiers.math.reading.damage import repaired
from verifier_server.verifiers.math.reading.grammar import read
from verifier_server.verifiers.math.reading.lex import UnreadableError, tokens
from verifier_server.verifiers.math.reading.names import resolved
from verifier_server.verifiers.math.reading.parts import parts
from verifier_server.verifiers.math.reading.qualifiers import unqualified
from verifier_server.verifiers.math.reading.renaming import with_unit_vectors
from verifier_server.verifiers.math.reading.typography import normalised
from verifier_server.verifiers.math.reading.unit_spelling import respelled
from verifier_server.verifiers.math.reading.wrappers import (
    option,
    unwrapped,
    without_inner_delimiters,
)

_OPTION_LETTER = re.compile(r"([A-J]) ?\)", re.ASCII)
_OPTION_LABEL = re.compile(r"\(([A-H])\)")
_SEVERAL_OPTIONS = re.compile(r"\([A-H]\)(?:\s*(?:,|;|,?\s*and)\s*\([A-H]\)){1,7}", re.ASCII)
# The complement of A = ..., a name.
_COMPLEMENT = re.compile(
    r"\s*\\complement\s*(?:_\s*(?:\w|\{\s*\w\s*\}))?\s*(?:\w|\((?:\w|\s|\\cup|\\cap)+\)|\{\s*\w\s*\})\s*="
)
_BLACKBOARD = re.compile(r"\\mathbb\s*\{?\s*([A-Z])\s*\}?")
_PRIME = re.compile(r"\^\s*(?:\\prime(?![A-Za-z])|'|\{\s*((?:\\prime\s*|')+)\})")
_BASED_TEXT = re.compile(r"\\(?:text|mathrm|mathbf)\s*\{\s*([\dA-F]{2,})\s*\}\s*(?=_)", re.ASCII)
_BOLD_VECTOR = re.compile(r"\\(?:mathbf|boldsymbol|bm|textbf)\s*(?:\{\s*([ijk])\s*\}|([ijk])\b)")
# Between vectors a cross is no dot.
_VECTORS = re.compile(r"\\(?:vec|overrightarrow|mathbf|boldsymbol|bm)(?![A-Za-z])")
_CROSS = re.compile(r"\\times(?![A-Za-z])")
# The letter x as a cross, before a power of ten.
_TIMES = re.compile(r"(?<=\d)\s?[xX]\s?(?=10\s?\^)")
# "3\sqrt{2} (approximately 4.24)"
_ABOUT = r"(?:or )?(?:approximately|approx\.?|about|roughly)"
_ROUNDED = re.compile(
    rf"\s*\(\s*(?:\\approx|\\text\s*\{{\s*{_ABOUT}\s*\}}|{_ABOUT})\s*(-?\d[\d,]*\.\d+)\s*\)$",
    re.ASCII,
)
# "a = 1 \quad b = 2": wide space between two equations is a comma.
_NEXT_EQUATION = re.compile(
    r"(?<=[\w})\]])\s*(?:\\q?quad\s*)+(?=[A-Za-z](?:_(?:\w|\{\w+\}))?\s*=[^=]*$)(?<!\{and\})"
)
_PLUS_OR_MINUS = re.compile(r"\+\s?/\s?-|\\text\s*\{\s*\+/-\s*\}")
_SPACED_THOUSANDS = re.compile(
    r"(?P<head>(?:[^\d]*[=$\s])?[-+]?)(?P<digits>\d{1,3}(?: \d{3})+)(?P<tail>(?:\.\d+)?"
    r"(?:\s*(?:\\text|\\mathrm|\\%|%|[A-Za-z]).*)?)",
    re.ASCII,
)


def parse(text: str) -> Node:
    r"""The meaning of an answer.

    Raises:
        UnreadableError: the text is not an answer this verifier reads.
    """
    return plain.number(text) or read_in_full(text)


def read_in_full(text: str) -> Node:
    """The meaning of an answer, without the short way for plain numbers.

    Raises:
        UnreadableError: the text is not an answer this verifier reads.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_ANSWER_BYTES:
        raise UnreadableError(f"longer than {MAX_ANSWER_BYTES} bytes", 0)
    return _read(normalised(repaired(text)), may_be_option=True)


def _read(text: str, may_be_option: bool) -> Node:
    bare = uncircled(unwrapped(text))
    if not bare:
        raise UnreadableError("empty", 0)
    node = words.phrase(bare)
    if node is not None:
        return node
    letter = _OPTION_LETTER.fullmatch(bare)
    if letter:
        return Symbol(letter[1])
    if _SEVERAL_OPTIONS.fullmatch(bare):
        return Group("", "", tuple(map(Symbol, _OPTION_LABEL.findall(bare))))
    if may_be_option:
        chosen = option(bare)
        if chosen is not None:
            label, content = chosen
            return Choice(label, _read(content, may_be_option=False))
    numbered = parts(bare) if ")" in bare else None
    if numbered is not None:
        # The parts have their places, as in a vector.
        return Group("<", ">", tuple(_read(part, may_be_option=False) for part in numbered))
    try:
        return _formula(bare)
    except UnreadableError:
        node = words.sentence(bare) or _statement(bare)
        if node is None:
            raise
        return node


def _statement(bare: str) -> Node | None:
    try:
        text = _BLACKBOARD.sub(r"\1", without_inner_delimiters(bare))
        return words.statement(resolved(tokens(text)))
    except UnreadableError:
        return None


def _formula(bare: str) -> Node:
    text = without_inner_delimiters(bare)
    if "mathbf" in text or "bm" in text or "bold" in text:
        text = _BOLD_VECTOR.sub(r"\\hat{\1\2}", text)
    if "prime" in text or "'" in text:
        text = _PRIME.sub(_primes, text)
    if "complement" in text:
        text = _COMPLEMENT.sub("", text, count=1)
    if "_" in text:
        text = _BASED_TEXT.sub(r"\1", text)
    if "10" in text:
        text = _TIMES.sub(r"\\times ", text)
    if "/" in text or "frac" in text or "^" in text:
        text = respelled(text)
    if text.endswith(")"):
        text = _ROUNDED.sub(r" \\approx \1", text)
    if "quad" in text:
        text = _NEXT_EQUATION.sub(", ", text)
    if r"\times" in text and _VECTORS.search(text):
        text = _CROSS.sub(r"\\cross", text)
    if "/" in text:
        text = _PLUS_OR_MINUS.sub(r"\\pm ", text)
    spaced = _SPACED_THOUSANDS.fullmatch(text)
    if spaced:
        text = spaced["head"] + spaced["digits"].replace(" ", "") + spaced["tail"]
    found = unqualified(resolved(tokens(text)))
    node = read(found)
    return with_unit_vectors(node) if "j" in text else node


def _primes(match: re.Match[str]) -> str:
    """The primes of a superscript, as signs of their own."""
    return "'" * ((match[1] or "'").count("prime") or len((match[1] or "'").replace(" ", "")))
