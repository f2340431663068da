"""The Unicode properties that ECMA-262 knows by name.

Promises: `classes` gives, for what stands in `\\p{...}`, a class in the syntax
that Rust's regex and RE2 share. Names are matched to the letter, as ECMA-262
section 22.2.1.1 asks, and not loosely as Unicode's own rules would.

Does not cover: properties of strings, which need the v flag; that a script of
the right form of name exists, which compiling the pattern shows; and which
version of Unicode the engine has.
"""

import re

# ECMA-262 table 69, "Value Aliases and Canonical Values for General_Category".
_CATEGORIES = """
LC Cased_Letter|Pe Close_Punctuation|Pc Connector_Punctuation|Cc Control cntrl
Sc Currency_Symbol|Pd Dash_Punctuation|Nd Decimal_Number digit|Me Enclosing_Mark
Pf Final_Punctuation|Cf Format|Pi Initial_Punctuation|L Letter|Nl Letter_Number
Zl Line_Separator|Ll Lowercase_Letter|M Mark Combining_Mark|Sm Math_Symbol
Lm Modifier_Letter|Sk Modifier_Symbol|Mn Nonspacing_Mark|N Number|Ps Open_Punctuation
C Other|Lo Other_Letter|No Other_Number|Po Other_Punctuation|So Other_Symbol
Zp Paragraph_Separator|Co Private_Use|P Punctuation punct|Z Separator|Zs Space_Separator
Mc Spacing_Mark|Cs Surrogate|S Symbol|Lt Titlecase_Letter|Cn Unassigned|Lu Uppercase_Letter
"""
_CATEGORY = {
    name: entry.split()[0] for entry in _CATEGORIES.replace("\n", "|").split("|") if entry
    for name in entry.split()
}  # fmt: skip
# ECMA-262 table 68, "Binary Unicode property aliases and their canonical property names".
_BINARY = frozenset(
    """
    ASCII_Hex_Digit AHex Alphabetic Alpha Bidi_Control Bidi_C Bidi_Mirrored Bidi_M
    Case_Ignorable CI Cased Changes_When_Casefolded CWCF Changes_When_Casemapped CWCM
    Changes_When_Lowercased CWL Changes_When_NFKC_Casefolded CWKCF Changes_When_Titlecased CWT
    Changes_When_Uppercased CWU Dash Default_Ignorable_Code_Point DI Deprecated Dep
    Diacritic Dia Emoji Emoji_Component EComp Emoji_Modifier EMod Emoji_Modifier_Base EBase
    Emoji_Presentation EPres Extended_Pictographic ExtPict Extender Ext Grapheme_Base Gr_Base
    Grapheme_Extend Gr_Ext Hex_Digit Hex IDS_Binary_Operator IDSB IDS_Trinary_Operator IDST
    ID_Continue IDC ID_Start IDS Ideographic Ideo Join_Control Join_C
    Logical_Order_Exception LOE Lowercase Lower Math Noncharacter_Code_Point NChar
    Pattern_Syntax Pat_Syn Pattern_White_Space Pat_WS Quotation_Mark QMark Radical
    Regional_Indicator RI Sentence_Terminal STerm Soft_Dotted SD Terminal_Punctuation Term
    Unified_Ideograph UIdeo Uppercase Upper Variation_Selector VS White_Space space
    XID_Continue XIDC XID_Start XIDS
    """.split()
)
_SPECIAL = {"Any": r"\u{0}-\u{10ffff}", "ASCII": r"\u{0}-\u{7f}", "Assigned": r"\P{Cn}"}
_SPECIAL_NEGATED = {"Any": "", "ASCII": r"\u{80}-\u{10ffff}", "Assigned": r"\p{Cn}"}
# The form of the names and aliases of scripts in Unicode's PropertyValueAliases.txt.
_SCRIPT = re.compile("[A-Z][A-Za-z]*(?:_[A-Z][a-z]+)*")


def members(expression: str, *, negated: bool) -> str | None:
    """What stands for `\\p{expression}`, or `\\P{expression}`, inside a class in brackets.

    Returns:
        Members of a class, "" for none; None where ECMA-262 has no such property.
    """
    name, equals, value = expression.partition("=")
    letter = "P" if negated else "p"
    if not equals:
        if name in _SPECIAL:
            return (_SPECIAL_NEGATED if negated else _SPECIAL)[name]
        found = _CATEGORY.get(name) or (name if name in _BINARY else None)
    elif name in ("General_Category", "gc"):
        found = _CATEGORY.get(value)
    elif name in ("Script", "sc"):
        found = value if _SCRIPT.fullmatch(value) else None
    elif name in ("Script_Extensions", "scx"):
        found = f"scx={value}" if _SCRIPT.fullmatch(value) else None
    else:
        found = None
    if found == "Cs":  # no text has one, and engines have no class of them
        return (_SPECIAL if negated else _SPECIAL_NEGATED)["Any"]
    return None if found is None else rf"\{letter}{{{found}}}"
