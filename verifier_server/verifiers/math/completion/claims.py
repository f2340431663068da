r"""Several boxes: what a completion claims with all of them.

Promises: one claim, by position, the words between the boxes, and the boxes' own
contents; the right answer is never asked.
- A box behind a word of retraction (wait, actually, sorry, no, ...) replaces all before it.
- Boxes that nothing joins but punctuation, "and" or "or" are the items of one list.
- Claims that stay must be the same answer, or parts of the last one, which may list them.

Does not cover: finding boxes (`boxes`); the words after the last box.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from verifier_server.verifiers.math.comparing.check import Budget, same
from verifier_server.verifiers.math.completion.boxes import Box
from verifier_server.verifiers.math.nodes import Group, Node
from verifier_server.verifiers.math.policy import DEFAULT
from verifier_server.verifiers.math.reading.lex import UnreadableError
from verifier_server.verifiers.math.reading.parse import parse

# Boxes of different texts that are compared as answers; more of them are several answers.
MAX_COMPARED = 8
MAX_LISTED = 64
_MAX_JOINT_CHARS = 80

_RETRACTION = re.compile(
    r"\b(?:wait|actually|correction|corrected|sorry|no|nope|oops|hmm+|mistake|mistaken(?:ly)?"
    r"|instead|rather|hold on|scratch that|on second thought|(?:i|my) (?:made|error)"
    r"|let(?:'s| me| us) (?:re|double|fix|correct|check|try)\w*|re-?(?:check|calculat|comput"
    r"|consider|evaluat|examin|do)\w*)\b",
    re.IGNORECASE,
)
_LAYOUT = re.compile(
    r"\\(?:quad|qquad|text|textrm|textbf|mathrm|mbox)(?![A-Za-z])|\\[,;:! ()\[\]]|[${}*~&]"
)
_NAME = r"(?:[A-Za-z]|\\[a-z]+)(?:_\{?\w{1,8}\}?)?"
# At most three words, such as a unit, and then what joins: "3 cats and 5 dogs".
_JOINT = re.compile(
    rf"[\s,;.]*(?:(?:(?:[a-z]+|\([a-z\d]\))\s+){{0,3}}(?:and|or)\b[\s,;]*)?(?:{_NAME}\s*=\s*)?",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"(?<![\w\\]){_NAME}\s*=[\s$]*(?:\\[(\[])?\s*$")


class SeveralAnswersError(Exception):
    """The boxes hold different answers."""


class PartialBoxError(Exception):
    """A box is a part of a larger formula, which is not in it."""


def final_claim(text: str, boxes: Sequence[Box]) -> tuple[str, ...]:
    """The answer that the boxes of a text give together: its items, one unless it is a list.

    Args:
        text: the text of the boxes.
        boxes: at least one, in order.

    Raises:
        SeveralAnswersError: they give different answers.
        PartialBoxError: one of those that count is a part of a larger formula.
    """
    if len(boxes) == 1 and not boxes[0].is_part:
        return (boxes[0].content.strip(),)
    claims: list[list[Box]] = [[boxes[0]]]
    for before, box in pairwise(boxes):
        between = text[before.end : box.start]
        if _RETRACTION.search(between):
            claims = [[box]]
        elif _joins(between):
            claims[-1].append(box)
        else:
            claims.append([box])
    if any(box.is_part for claim in claims for box in claim):
        raise PartialBoxError
    budget = Budget()
    distinct = list(dict.fromkeys(_items(text, claim, budget) for claim in claims))
    last = _items(text, claims[-1], budget)
    if len(distinct) > MAX_COMPARED or len(last) > MAX_LISTED:
        raise SeveralAnswersError
    if not all(_agrees(claim, last, budget) for claim in distinct if claim != last):
        raise SeveralAnswersError
    return last


def _joins(between: str) -> bool:
    if len(between) > _MAX_JOINT_CHARS or "\n\n" in between:
        return False
    return _JOINT.fullmatch(_LAYOUT.sub(" ", between)) is not None


def _items(text: str, claim: Sequence[Box], budget: Budget) -> tuple[str, ...]:
    """The different contents of joined boxes, with the names before them if there are several."""
    contents = list(dict.fromkeys(_squeezed(box.content) for box in claim))
    if len(contents) == 1:
        return (claim[-1].content.strip(),)
    if len(contents) <= MAX_COMPARED and _all_alike(contents, budget):
        return (claim[-1].content.strip(),)
    named = {_squeezed(box.content): _named(text, box) for box in claim}
    return tuple(named.values())


def _named(text: str, box: Box) -> str:
    content = box.content.strip()
    name = _NAMED.search(text, max(0, box.start - _MAX_JOINT_CHARS), box.start)
    if name is None or "=" in content:
        return content
    return f"{name[0].partition('=')[0].strip()} = {content}"


def _all_alike(contents: Sequence[str], budget: Budget) -> bool:
    return all(_alike(contents[-1], each, budget) for each in contents[:-1])


def _agrees(claim: tuple[str, ...], last: tuple[str, ...], budget: Budget) -> bool:
    """Whether an earlier claim is the last one, or a part of the list that the last one is."""
    if len(claim) == len(last) == 1 and _alike(claim[0], last[0], budget):
        return True
    whole = _read(", ".join(last))
    if not isinstance(whole, Group) or len(whole.items) > MAX_COMPARED:
        return False
    parts = [_read(item) for item in claim]
    if len(parts) > MAX_COMPARED or None in parts:
        return False
    return all(
        any(same(part, item, DEFAULT, budget).equal for item in whole.items)
        for part in parts
        if part
    )


def _alike(one: str, other: str, budget: Budget) -> bool:
    if _squeezed(one) == _squeezed(other):
        return True
    left, right = _read(one), _read(other)
    return left is not None and right is not None and bool(same(left, right, DEFAULT, budget).equal)


def _read(text: str) -> Node | None:
    try:
        return parse(text)
    except UnreadableError:
        return None


def _squeezed(text: str) -> str:
    return " ".join(text.split())
