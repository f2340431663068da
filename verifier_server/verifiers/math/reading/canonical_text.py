r"""A cheap form of an answer's text: equal forms mean the same answer.

Promises: only what never changes a meaning is taken out: space at the ends and beside
signs that need none, \left and \right before brackets, display sizes of fractions and
empty layout. A space between digits or letters stays, and so does one after a comma,
where it may part a list from a thousand.

Does not cover: anything that takes reading (`parse`).
"""

import re

# Tabs and newlines stay: either may be all that is left of a command (`damage`).
_SPACES = re.compile("  +")
_LAYOUT = re.compile(
    r"\\m?(?:left|right)(?= ?(?:[()\[\]]|\\[{}]))|\\(?:display|text)style(?![A-Za-z]) ?"
)
_FRACTION = re.compile(r"\\[dt]frac(?![A-Za-z])")
# Signs that no space changes. Plus and minus are not among them: "+ -" is no "+-".
_BESIDE = re.compile(
    r"(?<![=<>!:\\]) ?(?<![=<>!:\\])([=<>^_]) ?(?![ =<>])|(?<=[(\[]) (?! )|(?<!\\) (?=[)\]])"
)


def canonical(text: str) -> str:
    """The text without what its writer's habits put into it."""
    text = text.strip(" ")
    if "  " in text:
        text = _SPACES.sub(" ", text)
    if "\\" in text:
        text = _LAYOUT.sub("", text)
        text = _FRACTION.sub(r"\\frac", text)
    return _BESIDE.sub(r"\1", text) if " " in text else text
