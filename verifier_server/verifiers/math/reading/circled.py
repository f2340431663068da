r"""Numbered statements: \circled numbers, as typed in Chinese texts.

Promises: one is its number, several side by side are the list of their numbers.
"""

import re

_RUN = re.compile(r"\\circled\{\d{1,2}\}(?:[\s,]*\\circled\{\d{1,2}\})*", re.ASCII)
_ONE = re.compile(r"\\circled\{(\d{1,2})\}", re.ASCII)


def uncircled(text: str) -> str:
    """The text with circled numbers as plain ones, if it is made of nothing else."""
    if r"\circled" not in text or not _RUN.fullmatch(text):
        return text
    return ", ".join(_ONE.findall(text))
