r"""Evidence of the dialect of a text, where dialects read the same signs otherwise.

Promises: only what a text itself shows decides, so that a formula means the same
wherever it stands. Three questions depend on it:
- a chain of implications: NLTK groups `a -> b -> c` to the left
  (`nltk.sem.logic`: all its operators but application), all others to the right
  or not at all; a quantifier as NLTK writes it (`all x. ...`, a word and a full
  stop, that is not the text's last) is the evidence;
- `<=`: an implication from right to left in TPTP (`![X]:`, `?[X]:` are the
  evidence), at most in all others;
- variables that nothing binds: LADR, prover9's language, means all of them
  (`p(x) -> q(x).`: its connectives with a full stop at the end, or its quantifier
  without one, and nothing of another dialect are the evidence).

Does not cover: names of variables (`scope`) and TPTP's annotations
(`fof(name, role, ...)`), which bring premises of their own.
"""

import re

_NLTK = re.compile(r"\b(?:all|forall|exists|some)\s+\w+(?:\s+\w+){0,8}\s*\.\s*\S", re.IGNORECASE)
_TPTP = re.compile(r"[!?]\s*\[")
_LADR_QUANTIFIER = re.compile(r"\b(?:all|exists)\s+[a-z]\w*\s*(?=[(\-]|all\b|exists\b|[a-z]\w*\()")
_LADR_SIGNS = re.compile(r"[\w\s(),|&=.$'\"!+-]*(?:(?:<->|->|<-)[\w\s(),|&=.$'\"!+-]*)*", re.ASCII)
_LADR_CONNECTIVE = re.compile(r"[&|]|->|<-|(?<!\w)-")
_OTHER_WORDS = re.compile(r"\b(?:and|or|not|implies|iff|xor|forall|some)\b", re.IGNORECASE)
_WRAPPINGS = (("$$", "$$"), ("$", "$"), (r"\(", r"\)"), (r"\[", r"\]"))
_ENDS = " \t\r\n\u00a0\u3000"


def is_nltk(text: str) -> bool:
    """Whether a text quantifies as NLTK's logic does."""
    return _NLTK.search(text) is not None


def is_tptp(text: str) -> bool:
    """Whether a text quantifies as TPTP does."""
    return _TPTP.search(text) is not None


def is_ladr(text: str) -> bool:
    """Whether a text is written as for prover9."""
    if is_nltk(text) or _OTHER_WORDS.search(text) or not _LADR_SIGNS.fullmatch(text):
        return False
    if _LADR_QUANTIFIER.search(text):
        return True
    return text.rstrip().endswith(".") and _LADR_CONNECTIVE.search(text) is not None


def core(text: str) -> tuple[int, int]:
    """Where the formula lies in a text: without space, TeX's delimiters and a final stop."""
    start, stop = _trimmed(text, 0, len(text))
    if text[start : start + 1] not in ("$", "\\"):
        return start, stop
    inner = stop - 1 if text.endswith(".", start, stop) else stop
    inner = _trimmed(text, start, inner)[1]
    for opening, closing in _WRAPPINGS:
        wide = inner - start >= len(opening) + len(closing)
        if wide and text.startswith(opening, start) and text.endswith(closing, start, inner):
            return _trimmed(text, start + len(opening), inner - len(closing))
    return start, stop


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start] in _ENDS:
        start += 1
    while stop > start and text[stop - 1] in _ENDS:
        stop -= 1
    return start, stop
