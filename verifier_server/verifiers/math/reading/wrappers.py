r"""What stands around an answer without being part of it.

Promises: math delimiters, bold type, a box, a final full stop or comma, and a \text round
all of it are taken off; dollar signs that enclose the formulas within an answer go, dollar
signs before amounts stay. "(A) 5" and "A. 5" are split into the letter and the rest.

Does not cover: lead-ins such as "Answer:" (`extract`).
"""

import re

from verifier_server.verifiers.math.reading.lex import UnreadableError

_TEXT = r"\\(?:text|textrm|textbf|textit|textsf|mathrm|mathbf|mbox|boldsymbol|bm|underline|emph)"
_WRAPPED = re.compile(_TEXT + r"\s*\{([^{}]*)\}")
_BOX = re.compile(r"\\f?box(?:ed)?\s*\{(.*)\}", re.DOTALL)
_DELIMITERS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"), ("**", "**"), ("`", "`"))
_LONGEST_DELIMITERS = 4
_QUOTES = ("``", '"')
_QUOTES_END = ("''", '"')
_TRAILING = (".", ",", ";", "\\", ":")
_SIGNS = (".", ",", ";", ":")
_LEADING_SIGNS = re.compile(r"(?:=|\\approx|\u2248)\s*(?=[^=\s])")
_DOLLAR = re.compile(r"(\\+)?\$")
_AMOUNT = re.compile(r"\s*-?\s*[\d.]")
_MAX_ROUNDS = 8

_OPTION = re.compile(
    r"""
    (?:\\(?:text|textbf|textrm|mathrm|mathbf)\s*\{\s*\(?(?P<marked>[A-J])\s*(?:\)|\.|\)\.|:|\):)?
        [\s~]*(?P<inner>[^{}]*)\}
      |\(\ ?(?P<bracketed>[A-J])\ ?\)[\s~.:]+
      |(?P<plain>[A-J])(?:\.|\ ?\)|\ ?\)\.)\s+
      |(?P<closed>[A-J])\ ?\))
    \s*(?P<content>\S.*)
    """,
    re.VERBOSE | re.DOTALL,
)
_OPERATOR = re.compile(r"(?:[-+*/^_=<>!,;:|)\]}&%']|\\(?:cdot|times|cup|cap|in|le|ge|ne|pm|to)\b)")


def unwrapped(text: str) -> str:
    """The answer itself: what is left when nothing more can be taken off."""
    for _ in range(_MAX_ROUNDS):
        before = text
        text = _trimmed(text.strip())
        for opening, closing in _DELIMITERS:
            if text.startswith(opening) and text.endswith(closing):
                inner = text[len(opening) : -len(closing)]
                if len(text) > len(opening) + len(closing) and closing not in inner:
                    text = inner.strip()
        wrapped = _WRAPPED.fullmatch(text)
        if wrapped:
            text = wrapped[1]
        if text.startswith(_QUOTES) and text.endswith(_QUOTES_END) and len(text) > len("``''"):
            text = text.strip("`'\"\u201c\u201d")
        boxed = _BOX.fullmatch(text)
        if boxed and _is_balanced(boxed[1]):
            text = boxed[1]
        sign = _LEADING_SIGNS.match(text)
        if sign:
            text = text[sign.end() :]
        if text == before:
            break
    return text


def _trimmed(text: str) -> str:
    """The text without a sign of a sentence at its end; an ellipsis stays."""
    if text.endswith("..") or not text.endswith(_TRAILING):
        return text
    # "\," and its kin at the end are space.
    if text[-2:-1] == "\\" and text[-1] != "\\":
        return text[:-2].rstrip()
    rest = text[:-1].rstrip()
    # Two of them end no sentence.
    return text if rest.endswith(_SIGNS) else rest


def _is_balanced(text: str) -> bool:
    depth = 0
    for sign in text:
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth < 0:
            return False
    return depth == 0


def without_inner_delimiters(text: str) -> str:
    r"""The text with the $ and \( that enclose formulas within it as spaces.

    Raises:
        UnreadableError: dollar signs that may be delimiters or money.
    """
    if r"\(" in text or r"\)" in text:
        text = text.replace(r"\(", " ").replace(r"\)", " ")
    if "$" not in text:
        return text
    text = text.replace("$$", "$")
    marks = [match.end() for match in _DOLLAR.finditer(text) if not match[1]]
    if not marks:
        return text
    if len(marks) % 2 == 0 and all(
        _encloses(text, start, end) for start, end in zip(marks[::2], marks[1::2], strict=True)
    ):
        for mark in reversed(marks):
            text = f"{text[: mark - 1]} {text[mark:]}"
        return text
    amounts = all(_AMOUNT.match(text, mark) for mark in marks)
    if amounts or (len(marks) == 1 and text.endswith("$") and text[-2:-1].isdecimal()):
        return text
    raise UnreadableError("dollar signs that enclose nothing", marks[0] - 1)


def _encloses(text: str, start: int, end: int) -> bool:
    """Whether two dollar signs enclose a formula, by the rule of Pandoc: tight on both sides."""
    inner = text[start : end - 1]
    tight = bool(inner) and inner[0] != " " and inner[-1] != " "
    loose = bool(inner) and inner[0] == inner[-1] == " "
    return (tight or loose) and not text[end : end + 1].isdecimal()


def option(text: str) -> tuple[str, str] | None:
    """The letter of an option of a multiple-choice question, and the text that goes with it."""
    match = _OPTION.fullmatch(text)
    if match is None:
        return None
    letter = match["marked"] or match["bracketed"] or match["plain"] or match["closed"]
    content = f"{match['inner'] or ''} {match['content']}".strip()
    if match["marked"] and not _is_marked(text, match):
        return None
    if match["closed"] and content.count("(") != content.count(")"):
        return None
    return None if _OPERATOR.match(content) and content[0] != "-" else (letter, content)


def _is_marked(text: str, match: re.Match[str]) -> bool:
    r"""Whether \text{A} looks like a label and no name: it has a bracket, a stop or a colon."""
    return text[match.end("marked") :].lstrip()[:1] in (")", ".", ":")
