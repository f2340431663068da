"""What words and commands name: functions, constants, letters, joining words, prose.

Promises: a run of up to three letters that is no known name is a product of
variables, unless it is a unit after a number; a longer one is prose, which only few
places of the grammar take.

Does not cover: what a name's neighbours make of it (`grammar`).
"""

from verifier_server.verifiers.math.reading.lex import Token
from verifier_server.verifiers.math.reading.unit_names import (
    PLAIN_UNIT_LETTERS,
    UNIT_LETTERS,
    is_length,
    is_plain_unit,
    is_short_unit,
)

TRIGONOMETRIC = ("sin", "cos", "tan", "cot", "sec", "csc")
HYPERBOLIC = tuple(f"{name}h" for name in TRIGONOMETRIC)
CIRCULAR = (*TRIGONOMETRIC, *HYPERBOLIC)
INVERSE = tuple(f"arc{name}" for name in CIRCULAR)
# Functions of one argument, which they take with or without brackets.
FUNCTIONS = (*CIRCULAR, *INVERSE, "ln", "log", "lg", "exp", "cis")
# Functions that need brackets, and take one or more arguments.
BRACKETED = frozenset(
    "abs floor ceil gcd lcm max min sign re im arg det conjugate choose cbrt sqrt".split()
)

_SPELLINGS = {
    "tg": "tan", "ctg": "cot", "cotg": "cot", "cosec": "csc", "arctg": "arctan",
    "arcctg": "arccot", "sh": "sinh", "ch": "cosh", "th": "tanh", "cth": "coth",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "acot": "arccot", "asec": "arcsec",
    "acsc": "arccsc", "arccosec": "arccsc", "sgn": "sign", "ceiling": "ceil", "Re": "re",
    "Im": "im", "infinity": "oo", "infty": "oo", "inf": "oo", "HCF": "gcd", "hcf": "gcd",
    "LCM": "lcm", "GCD": "gcd", "signum": "sign", "Arg": "arg", "modulo": "mod", "bmod": "mod",
    "pmod": "mod", "union": "cup",
}  # fmt: skip
for _name in HYPERBOLIC:
    for _prefix in ("arc", "ar", "a"):
        _SPELLINGS[_prefix + _name] = f"arc{_name}"
_SPELLINGS["arcosh"] = _SPELLINGS["arccosh"] = "arccosh"
_ALL = frozenset((*FUNCTIONS, *BRACKETED, "pi", "oo", "mod", "lim"))
# Of these, what is no name without a backslash or \text: as likely letters or words.
_NEEDS_MARKUP = frozenset("tg sh ch th re im arg sign cth choose conjugate lim Re Im Arg".split())
# These are commands to the grammar: TeX reads their arguments its own way.
_AS_COMMANDS = frozenset(("choose", "sqrt"))

_GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa lambda mu nu xi "
    "rho varrho sigma varsigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi "
    "Sigma Upsilon Phi Psi Omega ell hbar partial".split()
)
_GREEK_WORDS = _GREEK - frozenset("eta chi mu nu xi ell hbar Xi partial".split())
SETS = frozenset("RQZNC")
FUNCTION_LETTERS = frozenset("fghFGH")
_CONJUNCTIONS = ("and", "or")
# Short words of prose; other words as short are products of variables.
_SHORT_PROSE = frozenset(
    "if for is are the of in no not to at all any per mod but so one two six ten".split()
)
# Numbers of statements: "I and III". IV and VI are as likely products.
_ROMAN = frozenset("II III VII VIII ii iii vii viii".split())
_SET_ENDS = frozenset((")", "]", r"\}", "}"))
_MAX_LETTERS = 3
_MAX_CAPITALS = 6
_NAME_ENDS = frozenset(("=", "~=", ":"))
_NAME_STARTS = frozenset(("", ",", ";", ":", "="))
_VALUE_END = frozenset((")", "]", "}", r"\}", "%", r"\circ"))

STOP = Token("stop", "", 0, False)


def resolved(tokens: list[Token]) -> list[Token]:
    """The tokens with every word a name, letters, a joining word or prose; then a stop."""
    result: list[Token] = []
    for index, token in enumerate(tokens):
        kind = token.kind
        if kind == "command":
            result.append(_command(token, result))
        elif kind == "word":
            following = tokens[index + 1] if index + 1 < len(tokens) else STOP
            _word(token, following, result)
        elif kind == "prose":
            _prose(token, result)
        else:
            result.append(token)
    result.append(STOP._replace(position=tokens[-1].position + 1 if tokens else 0))
    return result


def _as(token: Token, kind: str, text: str) -> Token:
    return Token(kind, text, token.position, token.spaced)


def _is_measure(result: list[Token]) -> bool:
    """Whether an m before an angle says its measure, which is what the angle stands for."""
    return result[-1].text == "m" and (len(result) == 1 or result[-2].text in _NAME_STARTS)


def _command(token: Token, result: list[Token]) -> Token:
    name = token.text[1:]
    if name in _GREEK:
        return _as(token, "letter", name)
    if name == "angle" and result and _is_measure(result):
        result.pop()
    known = _SPELLINGS.get(name, name)
    if known in _ALL and name not in _AS_COMMANDS:
        return _as(token, "name", known)
    if known == "cup":
        return _as(token, "command", r"\cup")
    return token


def _word(token: Token, following: Token, result: list[Token]) -> None:
    word, previous = token.text, result[-1] if result else STOP
    known = _SPELLINGS.get(word, word)
    if len(word) == 1:
        unit = word in PLAIN_UNIT_LETTERS and token.spaced and previous.kind in _NUMBERS
        alone = unit and len(result) == 1 and following.text in ("", "/", "^", ",")
        below = word in UNIT_LETTERS and previous.text == "/" and _is_prose(result, -2)
        alone = alone or below
        result.append(_as(token, "prose" if alone else "letter", word))
    elif _is_unit(word, token, following, previous, result):
        _append_prose(_as(token, "prose", word), result)
    elif known in _ALL and word not in _NEEDS_MARKUP:
        result.append(_as(token, "name", known))
    elif word in _GREEK_WORDS:
        result.append(_as(token, "letter", word))
    elif known == "cup" and previous.text in _SET_ENDS:
        result.append(_as(token, "command", r"\cup"))
    elif word in _ROMAN:
        result.append(_as(token, "letter", word))
    elif word.lower() in _CONJUNCTIONS:
        result.append(_as(token, "conjunction", word.lower()))
    elif word.isupper() and len(word) <= _MAX_CAPITALS and _is_named(following, previous):
        result.append(_as(token, "letter", word))
    elif len(word) > _MAX_LETTERS or word in _SHORT_PROSE or previous.kind == "prose":
        _append_prose(_as(token, "prose", word), result)
    else:
        result.extend(
            Token("letter", letter, token.position + index, token.spaced and index == 0)
            for index, letter in enumerate(word)
        )


def _is_named(following: Token, previous: Token) -> bool:
    """Whether capitals stand where a name does: AB = 4, AB:CD."""
    named = following.text in _NAME_ENDS or previous.text in ("=", ":")
    joined = previous.kind == "conjunction" or previous.text in _NAME_STARTS
    ended = following.text in _NAME_ENDS or following.text in _NAME_STARTS
    return named and joined and ended


_NUMBERS = frozenset(("number", "thousands", "scientific", "repeating"))


def _is_unit(
    word: str, token: Token, following: Token, previous: Token, result: list[Token]
) -> bool:
    """Whether a plain short word after a value is a unit: 5 cm, 5 min, 2\\pi cm^2."""
    known = is_short_unit(word) or word == "pct"
    if len(word) > _MAX_LETTERS + 1 or following.text == "(" or not known:
        return False
    if previous.kind in _NUMBERS:
        # "2 ml^2" is no volume but m l^2.
        lengthy = following.text != "^" or is_plain_unit(word) or is_length(word)
        return lengthy and not (len(result) > 1 and result[-2].text in ("^", "_"))
    if previous.text == "(" and following.text == ")":
        # 5 (cm)
        return len(result) > 1 and result[-2].kind in _NUMBERS
    if previous.kind == "prose" or previous.text == "/":
        return previous.kind == "prose" or _is_prose(result, -2)
    ended = previous.kind in ("letter", "name") or previous.text in _VALUE_END
    return ended and token.spaced and is_plain_unit(word)


def _is_prose(result: list[Token], index: int) -> bool:
    return len(result) >= -index and result[index].kind == "prose"


def _prose(token: Token, result: list[Token]) -> None:
    """The words of a \\text: a name, a joining word, a letter, or prose."""
    words = " ".join(token.text.split())
    known = _SPELLINGS.get(words, words)
    if words.lower() in _CONJUNCTIONS:
        result.append(_as(token, "conjunction", words.lower()))
    elif known in _ALL and not (is_short_unit(words) and result and _ends_value(result)):
        result.append(_as(token, "name", known))
    elif len(words) == 1:
        is_unit = words in UNIT_LETTERS and bool(result) and _ends_value(result)
        result.append(_as(token, "prose" if is_unit else "letter", words))
    else:
        _joined_prose(token, words, result)


def _joined_prose(token: Token, words: str, result: list[Token]) -> None:
    """Words around "and" and "or": hours and, or if."""
    waiting: list[str] = []
    for word in words.split(" "):
        if word.lower() not in _CONJUNCTIONS:
            waiting.append(word)
            continue
        if waiting:
            _append_prose(_as(token, "prose", " ".join(waiting)), result)
            waiting = []
        result.append(_as(token, "conjunction", word.lower()))
    if waiting:
        _append_prose(_as(token, "prose", " ".join(waiting)), result)


def _ends_value(result: list[Token]) -> bool:
    last = result[-1]
    if last.text in ("/", "*"):
        return _is_prose(result, -2)
    return last.kind in (*_NUMBERS, "letter", "prose") or last.text in _VALUE_END


def _append_prose(token: Token, result: list[Token]) -> None:
    """Words that follow words belong to them."""
    if result and result[-1].kind == "prose":
        last = result.pop()
        token = Token("prose", f"{last.text} {token.text}", last.position, last.spaced)
    result.append(token)
