"""Answers in words.

Promises: folds case, spaces, articles, a final stop, and a lead-in such as "the
function is ..."; lists of words have no order. A negation is never dropped, nor is anything
that could change the answer: what is not the same after that is different.

Does not cover: synonyms other than those named here, spelling, grammar, prose.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from math import gcd

from verifier_server.verifiers.math.comparing.decision import Compare, Decision
from verifier_server.verifiers.math.comparing.matching import matched
from verifier_server.verifiers.math.nodes import Call, Constant, Group, Node, Number, Symbol, Text

_SYNONYMS = {
    "empty set": "empty set; the null set; no solution; no solutions; no real solution; "
    "no real solutions; there is no solution; there are no solutions; none exist; "
    "there is no real solution; there are no real solutions; has no solution; "
    "has no solutions; has no real solutions; no such solution; no solution exists; "
    "no solutions exist; there are no real roots; no real roots; none; no such n; "
    "no such n exists; there is no such n",
    "does not exist": "does not exist; dne; doesn't exist; d n e",
    "infinity": "infinity; infinite; infinitely many; infinitely many solutions; "
    "there are infinitely many; there are infinitely many solutions; an infinite number; "
    "infinite number of solutions; infinite solutions; infinitely many numbers",
    "real numbers": "real numbers; all real numbers; all reals; reals; set of real numbers; "
    "set of all real numbers; any real number; every real number; all real values",
    "true": "true; yes",
    "false": "false; no",
}
# What is said of these is not said of the thing itself.
_OTHERS = frozenset(
    "opposite wrong incorrect negation denial converse contrary reverse complement inverse false "
    "non fails failing other contrapositive alternative antonym".split()
)
_ARTICLE = re.compile(r"\b(?:a|an|the)\b ?")
_NEGATIONS = frozenset("not no nor or if neither either never without unless cannot".split())
_LEAD_IN = re.compile(
    r"(?:(?:it|they|this|that|these|those)|(?P<subject>(?:the|this|these) [^.]*?)) "
    r"(?:is|are) (?P<rest>.+)"
)
_SUBJECT = re.compile(
    r"(?P<subject>)(?:the )?(?:final )?(?:answer|result|solution) ?(?:[:=]|is) ?(?P<rest>.+)"
)
_POINT = re.compile(r"-?\d{1,9}(?:/[1-9]\d{0,8})?", re.ASCII)
_WITHOUT = re.compile(
    r"(?:all )?(?:real numbers|reals) (?:except|excluding|other than)(?: for)? "
    rf"({_POINT.pattern}(?:(?:,|,? and|,? or) {_POINT.pattern}){{0,8}})",
    re.ASCII,
)
_RATIO = re.compile(r"(\d{1,4}):(\d{1,4})", re.ASCII)
# A minus sign or a factorial is no punctuation.
_HYPHEN = re.compile(r"(?<=[a-z]{2})-(?=[a-z]{2})")
_EMPHASIS = re.compile(r"(?<=[a-z]{2})!+$")
_CONDITION = re.compile(r" conditions?$")
_UN = re.compile(r"\b(?:un(?=necessary)|in(?=sufficient))")
# What the adjective before it says already: "isosceles triangle", "odd function".
_NOUN = re.compile(
    r"^((?:isosceles|equilateral|right|right angled|isosceles right|scalene|obtuse|acute)"
    r"(?= triangle$)|(?:odd|even)(?= function$)|(?:first|second|third|fourth)(?= quadrant$)).*"
)
# "all primes p"
_LETTER = re.compile(r"(?<=s) [a-z]$")
_ON = re.compile(r"^on (?=[a-z]+day$)")
_OPTIONS = frozenset("ABCDEFGH")
_OPINION = re.compile(r"(?P<word>yes|no)\b[,.;:] ?(?P<rest>[^,;]+)")
_RESERVED = re.compile(
    r"\b(?:if|only|but|unless|except|when|sometimes|or|maybe|depends|yes|true|false|answer|wrong"
    r"|incorrect|however|although|though|wait|actually)\b"
)
_JOIN = re.compile(r",? and |, ?|; ?")


def _folded(words: str) -> str:
    plain = _HYPHEN.sub(" ", words.casefold().replace("\u2019", "'"))
    plain = _EMPHASIS.sub("", plain.strip(" ."))
    plain = " ".join(_ARTICLE.sub("", plain).split())
    if "necessary" in plain or "sufficient" in plain:
        plain = _UN.sub("not ", _CONDITION.sub("", plain)).replace(" and not ", " but not ")
    if plain.startswith("all "):
        plain = _LETTER.sub("", plain).replace("prime numbers", "primes")
    return _NOUN.sub(r"\1", _ON.sub("", plain))


_NAMES = {
    _folded(name): meaning for meaning, names in _SYNONYMS.items() for name in names.split(";")
}
_VALUES: dict[str, Node] = {
    "empty set": Group("{", "}", ()),
    "infinity": Constant("oo"),
    "real numbers": Constant("R"),
}


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words for one thing, and of what they are said: "" where that is not told."""

    said: str
    subject: str = ""


def phrase(words: str) -> Phrase:
    """The words without what does not change their meaning."""
    plain = " ".join(words.casefold().split()).strip(" .")
    known = _NAMES.get(_folded(plain))
    # Neither what is dropped nor what stays may turn the meaning round.
    if known or _turns(plain):
        return Phrase(known or _folded(plain))
    subject = ""
    for pattern in (_SUBJECT, _LEAD_IN):
        match = pattern.fullmatch(plain)
        if match:
            plain, subject = match["rest"], _folded(match["subject"] or "")
    return Phrase(_NAMES.get(_folded(plain), _folded(plain)), subject)


def _agree(one: Phrase, two: Phrase) -> bool:
    # "The sum is odd" is "odd", but not "the product is odd".
    told = one.subject and two.subject
    return one.said == two.said and (not told or one.subject == two.subject)


def _turns(words: str) -> bool:
    parts = re.findall(r"[a-z']+", words)
    return any(part in _NEGATIONS or part in _OTHERS or part.endswith("n't") for part in parts)


def value_of(text: Text) -> Node | None:
    """What an answer in words stands for in formulas: the empty set, infinity, the reals, 7:32."""
    ratio = _RATIO.fullmatch(text.words)
    # A time of day too; 10:30 is nothing else, since a ratio is given in lowest terms.
    if ratio and gcd(int(ratio[1]), int(ratio[2])) == 1:
        return Call("div", (Number(Fraction(ratio[1])), Number(Fraction(ratio[2]))))
    without = _WITHOUT.fullmatch(_folded(text.words))
    if without:
        points = (Number(Fraction(each)) for each in _POINT.findall(without[1]))
        return Group("setminus", "setminus", (Constant("R"), Group("{", "}", tuple(points))))
    return _VALUES.get(phrase(text.words).said)


def compare_texts(left: Node, right: Node, compare: Compare) -> Decision:
    """Compares two answers of which one at least is in words."""
    ours, theirs = _letters(left), _letters(right)
    if ours and theirs:
        return Decision(ours == theirs, "items")
    one, two = (_phrases(node) for node in _opinions(left, right))
    if one is not None and two is not None:
        if len(one) != len(two):
            return Decision(False, "kind")

        def decide(i: int, j: int) -> Decision:
            return Decision(_agree(one[i], two[j]), "structure")

        return matched([range(len(two))] * len(one), decide)
    values = [value_of(node) if isinstance(node, Text) else node for node in (left, right)]
    if values[0] is None or values[1] is None:
        return Decision(False, "kind")
    return compare(values[0], values[1])


def _letters(node: Node) -> frozenset[str]:
    """The options of ABD, or of A, B, D; none for what is no choice of several."""
    if isinstance(node, Text):
        letters = node.words.upper()
        ascending = list(letters) == sorted(set(letters)) and len(letters) > 1
        return frozenset(letters if ascending and _OPTIONS.issuperset(letters) else "")
    if isinstance(node, Group) and node.opening in ("", "{"):
        names = [item.name if isinstance(item, Symbol) else "" for item in node.items]
        return frozenset(names if _OPTIONS.issuperset(names) else ())
    return frozenset()


def _opinions(left: Node, right: Node) -> tuple[Node, Node]:
    """Both answers, "Yes, it is possible" as "yes" beside a lone yes or no."""
    for one, two in ((left, right), (right, left)):
        if not (isinstance(one, Text) and isinstance(two, Text)):
            break
        match = _OPINION.fullmatch(" ".join(two.words.casefold().split()))
        lone = phrase(one.words).said in ("true", "false")
        if not lone or match is None or _RESERVED.search(match["rest"]):
            continue
        # "Yes, it is not" takes back what it says, and so does "no, it is".
        denied = _turns(match["rest"]) or "impossible" in match["rest"]
        if denied == (match["word"] == "no"):
            return Text(one.words), Text(match["word"])
    return left, right


def _phrases(node: Node) -> list[Phrase] | None:
    """The phrases of an answer that is all words."""
    if isinstance(node, Text):
        whole = phrase(node.words)
        numbers = any(letter.isdigit() for letter in whole.said)
        if whole.said in _SYNONYMS or _turns(whole.said) or numbers:
            return [whole]
        parts = [phrase(part).said for part in _JOIN.split(whole.said) if part]
        return [Phrase(part, whole.subject) for part in parts]
    if isinstance(node, Group) and node.opening in ("", "{") and node.items:
        found: list[Phrase] = []
        for item in node.items:
            inner = _phrases(item)
            if inner is None:
                return None
            found += inner
        return found
    return None
