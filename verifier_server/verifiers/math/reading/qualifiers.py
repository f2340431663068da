r"""What stands behind an answer and says only which set a name is from.

Promises: ", k \in \mathbb{Z}", "(k \in Z)", "where k is an integer", "for all real x" are
dropped, if the name they are about is in the answer before them; nothing else is. The set
is all integers, all reals, or any set that the variable of a function is from; all
reals are said of k, m and n no more than integers are of others: k pi is not that for every
real k. Behind an inequality, which they would restrict, only the reals are: "0 < n < 5,
n \in Z" stays.

Does not cover: conditions that leave out values, such as "for x > 0".
"""

import re

from verifier_server.verifiers.math.reading.lex import Token
from verifier_server.verifiers.math.reading.names import SETS

_LEADS = frozenset(
    ("where", "for", "for all", "for any", "for every", "for each", "with", "for some", "where all",
     "for integer", "for integers", "for any integer", "for all integers", "for some integer",
     "for all real", "for all real numbers", "for any real number", "for real", "where the integer",
     "for an integer", "for every integer", "for each integer", "for some integers", "as", "here",
     "for any real", "for every real number", "for some real number", "for all integer",
     "for some constant", "for any constant", "for arbitrary constant", "for a constant",
     "for constant", "for some real constant", "for any real constant", "for all constants",
     "for some constants",
     "for all real constants", "for constants", "for real constants", "for any constants",
     "for all natural", "for all natural numbers",
     "for natural", "for positive integers", "for all positive integers",
     "for any positive integer",
     "for positive integer", "for every positive integer", "for all non-negative integers")
)  # fmt: skip
_NAMED_SET = re.compile(
    r"(?:is|are|being|be)? ?(?:an?|any|some|all|the)? ?(?:arbitrary )?"
    r"(?:(?:positive|non-?negative|real|natural|rational|complex|whole)? ?"
    r"(?:integers?|constants?|numbers?)|integers?|real|an arbitrary constant)"
)
_IN_WORDS = re.compile(
    rf"(?:where|with|and|for) (?P<names>[A-Za-z](?: [A-Za-z])?) {_NAMED_SET.pattern}"
)
# Letters that are integers where nothing is said of them.
_INTEGERS = frozenset("kmnl")
_TURNS = frozenset(("pi", r"\circ", "degree", "degrees"))
_SETS_OF_NUMBERS = frozenset((r"\R", r"\Q", r"\Z", r"\N", r"\C"))
_RESTRICTED = frozenset(("<", "<=", ">", ">=", "!=", r"\in"))
_BARE_MARKS = frozenset((r"\in", r"\mathbb", "{", "}", ")"))
_PARTIAL = re.compile(r"positive|negative|natural|rational|complex|whole|odd|even|prime")
_MAX_TOKENS = 24
# Of what: only the argument of a function needs no set.
_FOR_ALL = frozenset(("for all", "for any", "for every", "for each"))
_SAYS_A_SET = re.compile(r"integers?|real|constants?|numbers?")


def unqualified(tokens: list[Token]) -> list[Token]:
    """The tokens without a qualifier at their end; the stop stays."""
    if len(tokens) > 3 and tokens[-2].kind == "prose" and tokens[-2].text.casefold() == "only":
        tokens = [*tokens[:-2], tokens[-1]]
    shortest = tokens
    for start in range(len(tokens) - 2, max(0, len(tokens) - _MAX_TOKENS), -1):
        token = tokens[start]
        if token.kind == "prose" or token.text in (",", "(", ";"):
            names = _names(tokens, start)
            if names and _is_about(tokens, start, names):
                kept = tokens[:start]
                if kept[-1].text in (",", ";"):
                    kept.pop()
                # "where a, b are constants": as much as is one qualifier.
                shortest = [*kept, tokens[-1]]
    return shortest


def _is_about(tokens: list[Token], start: int, names: set[str]) -> bool:
    answer, said = tokens[:start], tokens[start:-1]
    letters = {token.text for token in answer if token.kind == "letter"}
    if not answer or not names <= letters or answer[-1].text in ("(", "=", "<", ">", "+"):
        return False
    if any(token.text in _RESTRICTED for token in answer):
        return _holds(said, "R", "real")
    if _holds(said, "Z", "integer"):
        return True
    if not names & _INTEGERS and _holds(said, "R", "real"):
        return True
    turns = any(token.text in _TURNS for token in answer)
    if not (turns and names & _INTEGERS) and _holds(said, "", "constant"):
        return True
    # The argument of a function that is defined, or the place in a sequence: the domain is
    # where it is defined.
    return len(answer) > 3 and (
        (answer[1].text == "(" and {answer[2].text} == names) or _index(answer) in names
    )


def _index(answer: list[Token]) -> str:
    """The n of a_n = ...; "" where no term of a sequence is defined."""
    texts = [token.text for token in answer[:6]]
    match texts:
        case [_, "_", index, "=", *_] | [_, "_", "{", index, "}", "=", *_] if index.isalpha():
            return index
        case _:
            return ""


def _holds(said: list[Token], letter: str, word: str) -> bool:
    """Whether the set is all of the numbers of that letter or word, and no part of them."""
    texts = [token.text for token in said]
    prose = " ".join(token.text.casefold() for token in said if token.kind == "prose")
    if r"\in" in texts:
        behind = [text for text in texts[texts.index(r"\in") :] if text not in _BARE_MARKS]
        return behind in ([letter], [f"\\{letter}"])
    return word in prose and not _PARTIAL.search(prose)


def _names(tokens: list[Token], start: int) -> set[str]:
    """The names that the tokens from `start` say a set of; none if they say anything else."""
    index, end = start, len(tokens) - 1
    bracket = False
    said = ""
    if tokens[index].text in (",", ";"):
        index += 1
    if tokens[index].text == "(" and tokens[end - 1].text == ")":
        bracket, index, end = True, index + 1, end - 1
    if tokens[index].kind == "conjunction":
        index += 1
    if tokens[index].kind == "prose" and index == end - 1:
        match = _IN_WORDS.fullmatch(tokens[index].text)
        return set(re.findall(r"\b[A-Za-z]\b", match["names"])) if match else set()
    if tokens[index].kind == "prose":
        said = tokens[index].text.casefold()
        if said not in _LEADS:
            return set()
        index += 1
    elif index == start and not bracket:
        return set()
    names: set[str] = set()
    while index < end and tokens[index].kind == "letter":
        names.add(tokens[index].text)
        index += 1
        if tokens[index].text == "," or tokens[index].kind == "conjunction":
            index += 1
    if not names:
        return set()
    rest = tokens[index:end]
    if not rest:
        # "for all integers n"
        return names if _SAYS_A_SET.search(said) or said in _FOR_ALL else set()
    if len(rest) == 1 and rest[0].kind == "prose":
        return names if _NAMED_SET.fullmatch(rest[0].text.casefold()) else set()
    return names if _is_membership(rest) else set()


def _is_membership(rest: list[Token]) -> bool:
    if rest[0].text != r"\in" or len(rest) < 2:
        return False
    head, marks = rest[1], rest[2:]
    if head.text == r"\mathbb" and len(rest) > 2:
        marks = rest[5:] if rest[2].text == "{" else rest[3:]
    elif not (head.text in _SETS_OF_NUMBERS or (head.kind == "letter" and head.text in SETS)):
        return False
    # Signs above, below and behind the set: \mathbb{Z}^+, \mathbb{Q}_{>0}, N*.
    return [mark.text for mark in marks] in ([], ["*"], ["+"]) or (
        marks[0].text in ("^", "_")
        and all(
            mark.text in ("^", "_", "{", "}", "+", "-", "*", ">", ">=", "0", "1") for mark in marks
        )
    )
