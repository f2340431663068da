r"""Repairs commands that lost their backslash on the way through JSON or a shell.

Promises: only damage with one possible origin is repaired: a control character
that no answer contains, before the rest of a TeX command (form feed and "rac" was
\frac); backslashes doubled before a command; "rac{" and "frac{" without any.

Does not cover: doubled backslashes beside a matrix, where two of them end a row,
unless \begin itself is doubled.
"""

import re

_CONTROLS = {
    "\a": ("a", "lpha pprox rcsin rccos rctan ngle".split()),
    "\b": ("b", "oxed eta egin inom ar mod oldsymbol mod ullet igcup".split()),
    "\f": ("f", "rac orall lat box".split()),
    "\t": ("t", "ext textcirc imes an anh o heta au riangle frac ilde herefore binom".split()),
    "\r": ("r", "ight angle ceil floor ho m vert Vert brace brack".split()),
    "\v": ("v", "ec ert arnothing arphi arepsilon ee".split()),
}
_RULES = [
    (re.compile(f"{re.escape(sign)}(?={'|'.join(rests)})"), rf"\\{letter}")
    for sign, (letter, rests) in _CONTROLS.items()
]
# A tab that ate the "t" of \text only: "^<tab>extcirc".
_TEXT_CIRCLE = re.compile(r"\\textcirc|\\textdegree")
_NEWLINE_EQ = re.compile(r"\n(?=eq(?![A-Za-z]))")
_DOUBLED = re.compile(r"\\\\(?=[A-Za-z%${}|,;!()\[\]])")
_BARE = re.compile(r"(?<![A-Za-z\\])(?:[dt]?f)?rac(?=\s*\{)")


def repaired(text: str) -> str:
    """The text with damaged commands restored; other text is returned as it is."""
    if not text.isprintable():
        for pattern, restored in _RULES:
            text = pattern.sub(restored, text)
        text = _NEWLINE_EQ.sub(r"\\n", text)
    if r"\\" in text:
        if r"\\begin" in text:
            text = text.replace(r"\\", "\\")
        elif r"\begin" not in text:
            text = _DOUBLED.sub(r"\\", text)
    if "rac" in text:
        text = _BARE.sub(r"\\frac", text)
    return _TEXT_CIRCLE.sub(r"\\circ ", text) if r"\text" in text else text
