"""The names an answer may hold: functions, constants, Greek and Latin letters.

Promises: a run of up to three letters that is no known name is a product of
variables; a longer one is a word, and refused.

Does not cover: what a name's neighbours make of it (`grammar`).
"""

from verifier_server.verifiers.math.lex import Token, UnreadableError

TRIGONOMETRIC = ("sin", "cos", "tan", "cot", "sec", "csc")
INVERSE = ("arcsin", "arccos", "arctan")
FUNCTIONS = (*TRIGONOMETRIC, *INVERSE, "sinh", "cosh", "tanh", "ln", "log", "exp")

_GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta kappa lambda mu nu xi rho "
    "sigma tau phi varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega".split()
)
_COMMANDS = frozenset((*FUNCTIONS, "sqrt", "pi"))
_NAMES = _COMMANDS | {"abs", "infinity", "inf", "oo"}
FUNCTION_LETTERS = frozenset("fghFGH")
_MAX_LETTERS = 3


def letters_apart(tokens: list[Token]) -> list[Token]:
    """The tokens with every word a `name` or single `letter` tokens.

    Raises:
        UnreadableError: a word that is neither.
    """
    result: list[Token] = []
    for token in tokens:
        if token.kind == "command" and token.text[1:] in _COMMANDS:
            result.append(Token("name", token.text[1:], token.position, token.spaced))
        elif token.kind == "command" and token.text[1:] in _GREEK:
            result.append(Token("letter", token.text[1:], token.position, token.spaced))
        elif token.text == r"\infty":
            result.append(Token("name", "oo", token.position, token.spaced))
        elif token.kind == "word" and token.text in _NAMES:
            result.append(Token("name", token.text, token.position, token.spaced))
        elif token.kind == "word":
            if len(token.text) > _MAX_LETTERS:
                raise UnreadableError(f"unknown word {token.text[:40]!r}", token.position)
            result.extend(
                Token("letter", letter, token.position + index, token.spaced and index == 0)
                for index, letter in enumerate(token.text)
            )
        else:
            result.append(token)
    return result
