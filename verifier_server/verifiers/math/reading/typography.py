r"""One ASCII or LaTeX spelling for typographic characters.

Promises: unicode minus, full-width digits, superscripts, subscripts, vulgar fractions
and the signs of mathematics become what a TeX author types; Greek letters become
their commands; white space becomes single spaces; characters of no width vanish.

Does not cover: what is left. Letters of other scripts and direction marks look like
what they are not: the tokenizer refuses them.
"""

import re
import unicodedata

_SPELLING = {
    "\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-", "\u2012": "-", "\ufe63": "-",
    "\u00d7": r"\times ", "\u22c5": r"\cdot ", "\u00b7": r"\cdot ", "\u2219": r"\cdot ",
    "\u2217": "*", "\u00f7": r"\div ", "\u2044": "/", "\u2215": "/",
    "\u221a": r"\sqrt ", "\u221b": r"\sqrt[3]", "\u221c": r"\sqrt[4]",
    "\u03c0": r"\pi ", "\u221e": r"\infty ", "\u00b0": r"^\circ ", "\u00ba": r"^\circ ",
    "\u2103": r"^\circ\text{C}", "\u2109": r"^\circ\text{F}",
    "\u2264": r"\le ", "\u2265": r"\ge ", "\u2a7d": r"\le ", "\u2a7e": r"\ge ",
    "\u2266": r"\le ", "\u2267": r"\ge ", "\u2260": r"\ne ", "\u2248": r"\approx ",
    "\u2261": r"\equiv ", "\u222a": r"\cup ", "\u2229": r"\cap ", "\u2208": r"\in ",
    "\u2216": r"\setminus ", "\u2205": r"\emptyset ", "\u2300": r"\emptyset ",
    "\u00b1": r"\pm ", "\u2213": r"\mp ", "\u2211": r"\sum ", "\u220f": r"\prod ",
    "\u222b": r"\int ", "\u2220": r"\angle ", "\u25b3": r"\triangle ", "\u2223": r"\mid ",
    "\u2225": r"\|", "\u2016": r"\|", "\u27e8": r"\langle ", "\u27e9": r"\rangle ",
    "\u2308": r"\lceil ", "\u2309": r"\rceil ", "\u230a": r"\lfloor ", "\u230b": r"\rfloor ",
    "\u211d": r"\mathbb{R}", "\u211a": r"\mathbb{Q}", "\u2124": r"\mathbb{Z}",
    "\u2115": r"\mathbb{N}", "\u2102": r"\mathbb{C}", "\u2026": r"\ldots ", "\u22ef": r"\cdots ",
    "\u2032": "'", "\u2033": "''", "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"',
    "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2002": " ", "\u2003": " ", "\u3000": " ",
    "\u200b": "", "\u200c": "", "\u200d": "", "\u2060": "", "\ufeff": "",
    "\u00a2": r"\text{ cents}", "\u20b9": r"\rupee ",
    "\u20ac": r"\euro ", "\u00a3": r"\pounds ", "\u00a5": r"\yen ", "\uffe5": r"\yen ",
    "\u2200": r"\forall ", "\u2203": r"\exists ", "\u2201": r"\complement ",
    "\u3001": ",", "\u3002": ".", "\u2113": r"\ell ", "\u2202": r"\partial ",
}  # fmt: skip
_GREEK = dict(
    zip(
        "αβγδεζηθκλμνξρστφχψωΓΔΘΛΞΣΦΨΩ",
        "alpha beta gamma delta varepsilon zeta eta theta kappa lambda mu nu xi rho sigma tau "
        "varphi chi psi omega Gamma Delta Theta Lambda Xi Sigma Phi Psi Omega".split(),
        strict=True,
    )
)
_GREEK["µ"] = "mu"
_TABLE = str.maketrans(_SPELLING | {letter: f"\\{name} " for letter, name in _GREEK.items()})
_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ⁿⁱˣ", "0123456789-+()nix")
_SUPERSCRIPT_RUN = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺⁽⁾ⁿⁱˣ]+")
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₋₊ₙₓᵢⱼₖ", "0123456789-+nxijk")
_SUBSCRIPT_RUN = re.compile("[₀₁₂₃₄₅₆₇₈₉₋₊ₙₓᵢⱼₖ]+")
# The sign reaches over the whole number after it, where TeX's \sqrt takes one digit.
_ROOT = re.compile("\u221a ?(\\d+(?:\\.\\d+)?)", re.ASCII)
_SPACE = re.compile(r"\s+")
_SAME_LETTER = ("<wide>", "<narrow>", "<font>")


def normalised(text: str) -> str:
    """The text with typographic look-alikes respelled. Other characters stay."""
    if not text.isprintable() or "  " in text:
        text = _SPACE.sub(" ", text)
    if text.isascii():
        return text
    text = _ROOT.sub(r"\\sqrt{\1}", text)
    text = _SUPERSCRIPT_RUN.sub(lambda run: f"^{{{run[0].translate(_SUPERSCRIPTS)}}}", text)
    text = _SUBSCRIPT_RUN.sub(lambda run: f"_{{{run[0].translate(_SUBSCRIPTS)}}}", text)
    text = text.translate(_TABLE)
    return text if text.isascii() else "".join(map(_respelled, text))


def _respelled(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) == "Nd":
        return str(unicodedata.decimal(character))
    decomposed = unicodedata.decomposition(character)
    if decomposed.startswith(_SAME_LETTER):
        same = unicodedata.normalize("NFKC", character)
        return same.translate(_TABLE) if not same.isascii() else same
    if decomposed.startswith("<fraction>"):
        top, _, bottom = unicodedata.normalize("NFKC", character).partition("\u2044")
        return rf"\frac{{{top}}}{{{bottom}}}" if bottom else character
    if decomposed.startswith("<circle>"):
        number = unicodedata.normalize("NFKC", character)
        return rf"\circled{{{number}}}" if number.isascii() and number.isdecimal() else character
    return character
