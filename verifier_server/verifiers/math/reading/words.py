r"""Answers that are words: one phrase, a list of phrases, a time of day, a sentence.

Promises: case is ignored, except within short capitals and formulas, which name something
(AB is not BA, and X is not x). Nothing is dropped: not a number, nor a negation.

Does not cover: which phrases mean the same (`check`).
"""

import re
import unicodedata

from verifier_server.verifiers.math.nodes import Constant, Group, Node, Text
from verifier_server.verifiers.math.reading.canonical_text import canonical
from verifier_server.verifiers.math.reading.lex import Token
from verifier_server.verifiers.math.reading.names import FUNCTIONS

MAX_LISTED_WORDS = 3
MAX_LISTED = 64
MAX_WORDS = 100

_TEXT = re.compile(r"\\(?:text|textrm|textbf|textit|mathrm|mbox|operatorname)\s*\{([^{}]*)\}")
_LAYOUT = re.compile(r"\\[,;:! ]|\\q?quad(?![A-Za-z])|~")
_WORDS = re.compile(r"[A-Za-z]{2,}(?:[ '-]+[A-Za-z]+)*")
_CLOCK = re.compile(r"(\d{1,2})(:\d\d)?(?: ?([ap])\.? ?m\.?)?", re.IGNORECASE | re.ASCII)
_DATE = re.compile(
    r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.? \d{1,2}(?:st|nd|rd|th)?"
    r"(?:,? \d{4})?",
    re.IGNORECASE | re.ASCII,
)
_DAY_ENDING = re.compile(r"(?<=\d)(?:st|nd|rd|th)")
_ORDINAL = re.compile(r"\d+ ?(?:st|nd|rd|th)", re.ASCII)
_SEPARATOR = re.compile(r"\s*(?:,\s*(?:and\s+)?|\s+and\s+)")
_LETTERS = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[\w\s.,;:'\"()?!%/=+*<>^{}\\|\[\]-]+")
# No bracket follows a word directly: that is a function.
_PLAIN_SENTENCE = re.compile(r"(?:[^\W_]|[\s.,;:'\")?!%/-]|(?<![^\W_])\()+")
_IN_MATH = re.compile(r"\$[^$]*\$|\\\((?:(?!\\[()]).)*+\\\)")
_MAX_SHORT_WORD = 3
# What else is as short is a product of letters: xy, abc.
_SHORT_WORDS = frozenset(
    "yes no all any not and or odd one two six ten tie win red dne am pm day zip fly dog cat "
    "sat sun mon tue wed thu fri jan feb mar apr may jun jul aug sep oct nov dec "
    "up in out on off he she it we us the if is".split()
)
# A list of names has none of these: they make a sentence, which is one answer.
_SENTENCE_WORDS = frozenset(
    "is are was were be been the a an not no does do did can cannot will it they this that if "
    "then than but or neither nor either both only has have when where of to for with by".split()
)
_QUANTIFIERS = (r"\forall", r"\exists")
_STATED = frozenset(("=", "<", "<=", ">", ">=", "!="))
_FIGURES = (r"\triangle", r"\angle")
# Words of a statement about numbers or figures.
_STATING = frozenset(
    "all every any odd even prime integer integers number numbers is are such that exists where "
    "triangle divisible multiple multiples primes square squares".split()
)
_NAMED = {
    "infinity": Constant("oo"),
    "oo": Constant("oo"),
    "inf": Constant("oo"),
    "pi": Constant("pi"),
}
_REALS = (
    "all real numbers", "all reals", "real numbers", "any real number", "all real", "the reals",
    "the set of all real numbers", "the real numbers", "the set of real numbers",
    "every real number",
)  # fmt: skip
_NAMED |= dict.fromkeys(_REALS, Constant("R"))
_INTEGERS = ("all integers", "the integers", "any integer", "the set of all integers")
_NAMED |= dict.fromkeys(_INTEGERS, Constant("Z"))
_GREEK = frozenset(
    "alpha beta gamma delta epsilon theta lambda sigma omega phi psi rho tau".split()
)


def phrase(text: str) -> Node | None:
    """The meaning of an answer in nothing but words, or of a time of day; None for others."""
    if not text[0].isalpha() and not text[0].isdecimal():
        return None
    clock = _clock(text)
    if clock is not None:
        return clock
    if _DATE.fullmatch(text) or _ORDINAL.fullmatch(text):
        return Text(_DAY_ENDING.sub("", text.casefold()) if text[0].isalpha() else text.casefold())
    if not _WORDS.fullmatch(text):
        return _listed(text) if "," in text else None
    if _is_formula(text):
        return None
    folded = " ".join(text.split())
    if len(folded) <= _MAX_SHORT_WORD and folded.lower() not in _SHORT_WORDS:
        return _NAMED.get(folded) or Text(folded)
    lower = folded.casefold()
    return _NAMED.get(lower) or (_listed(folded) if " and " in lower else None) or Text(lower)


def _clock(text: str) -> Node | None:
    if not text[0].isdecimal():
        return None
    if "m" in text[-5:].lower():
        text = _LAYOUT.sub(" ", _TEXT.sub(r"\1", text)).strip()
    match = _CLOCK.fullmatch(" ".join(text.split()))
    if match is None or not (match[2] or match[3]):
        return None
    half = f"{match[3].lower()}m" if match[3] else ""
    return Text(f"{match[1]}{match[2] or ':00'}{half}")


def _listed(text: str) -> Node | None:
    """A list of names: line segment, circle and point."""
    parts = [part.strip() for part in _SEPARATOR.split(text)]
    if not 1 < len(parts) <= MAX_LISTED:
        return None
    items: list[Node] = []
    for part in parts:
        words = part.casefold().split()
        if not _WORDS.fullmatch(part) or len(words) > MAX_LISTED_WORDS:
            return None
        if _SENTENCE_WORDS.intersection(words):
            return None
        # Capitalised words are names: Bob, Ann.
        item = Text(part.casefold()) if part.istitle() else phrase(part)
        if not isinstance(item, Text):
            return None
        items.append(item)
    return Group("", "", tuple(items))


def _is_formula(text: str) -> bool:
    parts = re.findall(r"[A-Za-z]+", text)
    if parts[0] in FUNCTIONS and (len(parts) > 1 or len(text) > _MAX_SHORT_WORD):
        return True
    if len(parts) == 1 and text in _GREEK:
        return True
    if "'" in text or (len(parts) > 1 and "-" not in text):
        # "x or y" lists variables.
        return all(len(part) == 1 or part in ("or", "and") for part in parts)
    short = all(len(part) <= _MAX_SHORT_WORD for part in parts)
    capitals = len(parts) == 1 and text.isupper()
    return short and not capitals and not any(part.lower() in _SHORT_WORDS for part in parts)


def sentence(text: str) -> Node | None:
    r"""A sentence, with the formulas in it as they are written; None for what is no prose.

    It is prose if most of its signs are letters of words, of which it has two at least.
    """
    plain = _TEXT.sub(r" \1 ", text)
    plain = _LAYOUT.sub(" ", plain).replace("$", " ").replace(r"\(", " ").replace(r"\)", " ")
    # Formulas stand between dollar signs, or outside of \text.
    prose = plain if "\\text" in text else _IN_MATH.sub(" ", text)
    pattern = _SENTENCE if "\\text" in text else _PLAIN_SENTENCE
    if not pattern.fullmatch(prose) or not _is_latin(plain):
        return None
    plain = canonical(" ".join(plain.split()))
    found = _LETTERS.findall(plain)
    words = [word for word in found if len(word) > _MAX_SHORT_WORD]
    joining = [word for word in found if word.lower() in _SENTENCE_WORDS | _SHORT_WORDS]
    letters = sum(map(len, words)) + sum(map(len, joining))
    starts = plain.lstrip(" (")[:1].isalpha()
    if not words or len(words) + len(joining) < len("ab") or not starts:
        return None
    if len(found) > MAX_WORDS or 2 * letters < len("".join(plain.split())) or "\\" in plain:
        return None
    folded = " ".join(_folded(word) for word in plain.split())
    return Text(folded.strip(" .,;:"))


def _folded(word: str) -> str:
    # A single letter or a run with digits is part of a formula.
    core = word.strip(".,;:()'\"?!")
    if len(core) == 1 and core not in ("A", "I"):
        return word
    return word.casefold() if core.isalpha() or _LETTERS.fullmatch(core) else word


def _is_latin(text: str) -> bool:
    return text.isascii() or all(
        letter.isascii() or unicodedata.name(letter, "").startswith("LATIN ")
        for letter in text
        if letter.isalpha()
    )


def statement(tokens: list[Token]) -> Node | None:
    """A statement that is partly formulas, by its signs one by one; None for anything else.

    It begins with a quantifier, or with words or a name and holds a word that is no unit.
    Two statements are the same if their signs are.
    """
    first = tokens[0]
    quantified = first.text in _QUANTIFIERS
    prose = [token for token in tokens if token.kind == "prose"]
    words = " ".join(token.text for token in prose).casefold().split()
    named = first.kind in ("prose", "letter") or first.text in _FIGURES
    if not quantified and not (named and _STATING.intersection(words)):
        return None
    if len(tokens) > MAX_WORDS or (quantified and _STATED.isdisjoint(t.text for t in tokens)):
        return None
    if any(
        token.text == "_" and "prose" in (before.kind, after.kind)
        for before, token, after in zip(tokens, tokens[1:], tokens[2:], strict=False)
    ):
        return None
    said = (token.text.casefold() if token.kind == "prose" else token.text for token in tokens[:-1])
    return Text(" ".join(said).strip(" .,;:"))
