"""Three of SQLite's text functions again, in linear time.

Promises: the results of SQLite's own `instr(X,Y)`, `replace(X,Y,Z)` and the two-argument
`trim`, `ltrim` and `rtrim` (sqlite.org/lang_corefunc.html), on which the tests hold them. A
call on long texts counts as several steps. SQLite's take the product of their arguments'
lengths: a second for one call of `trim` on 64 KiB, during which nothing can interrupt it.

Does not cover: blobs that are not UTF-8 where a text is wanted (an error of the
query), or LIKE and GLOB (`likeness`).
"""

from collections.abc import Callable

import apsw

from verifier_server.verifiers.sql import limits
from verifier_server.verifiers.sql.rows import Cell

type Charge = Callable[[int], None]

# Characters of the arguments that count as a step, and what their product is divided by:
# each of a text's ends is looked up among the characters to trim.
LENGTH_OF_A_STEP = 64
PRODUCT_OF_A_STEP = 4096

_casting = apsw.Connection(":memory:")
_CAST = "SELECT CAST(? AS TEXT)"


def register(connection: apsw.Connection, charge: Charge) -> None:
    """Puts these in the place of SQLite's own on `connection`; `charge` is told of steps."""
    functions: tuple[tuple[str, Callable[..., Cell], int], ...] = (
        ("instr", instr, 2),
        ("replace", replace, 3),
        ("trim", trim, 2),
        ("ltrim", ltrim, 2),
        ("rtrim", rtrim, 2),
    )
    for name, function, count in functions:
        # Innocuous: views may call them although the schema is not trusted.
        connection.create_scalar_function(
            name,
            _charged(function, charge),
            count,
            deterministic=True,
            flags=apsw.SQLITE_INNOCUOUS,
        )


def _charged(function: Callable[..., Cell], charge: Charge) -> Callable[..., Cell]:
    def charged(value: Cell, part: Cell, *others: Cell) -> Cell:
        long, also = _length(value), _length(part)
        if long + also > LENGTH_OF_A_STEP:
            charge((long + also) // LENGTH_OF_A_STEP + long * also // PRODUCT_OF_A_STEP)
        return function(value, part, *others)

    return charged


def _length(value: Cell) -> int:
    return len(value) if isinstance(value, str | bytes) else 0


def instr(value: Cell, part: Cell) -> int | None:
    """The position of `part` in `value` from 1, or 0; of bytes if both are blobs."""
    if value is None or part is None:
        return None
    if isinstance(value, bytes) and isinstance(part, bytes):
        return value.find(part) + 1
    return as_text(value).find(as_text(part)) + 1


def replace(value: Cell, part: Cell, other: Cell) -> str | None:
    """`value` as a text with `other` for each `part`; as it is if `part` is empty."""
    if value is None or part is None:
        return None
    pattern = as_text(part)
    if pattern[:1] in ("", "\0"):
        return as_text(value)
    if other is None:
        return None
    text, by = as_text(value), as_text(other)
    if len(text) + text.count(pattern) * (len(by) - len(pattern)) > limits.MAX_STORED_VALUE_BYTES:
        raise apsw.TooBigError("string or blob too big")
    return text.replace(pattern, by)


def trim(value: Cell, characters: Cell) -> str | None:
    """`value` without any of `characters` at both ends."""
    if value is None or characters is None:
        return None
    return as_text(value).strip(_distinct(characters))


def ltrim(value: Cell, characters: Cell) -> str | None:
    """`value` without any of `characters` at its beginning."""
    if value is None or characters is None:
        return None
    return as_text(value).lstrip(_distinct(characters))


def rtrim(value: Cell, characters: Cell) -> str | None:
    """`value` without any of `characters` at its end."""
    if value is None or characters is None:
        return None
    return as_text(value).rstrip(_distinct(characters))


def _distinct(characters: Cell) -> str:
    """Each of the characters once; `str.strip` looks through all of them."""
    text = as_text(characters)
    return "".join(dict.fromkeys(text)) if len(text) > 1 else text


def as_text(value: Cell) -> str:
    """The text that SQLite converts `value` to."""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return value.decode()
    return str(_casting.execute(_CAST, (value,)).get)
