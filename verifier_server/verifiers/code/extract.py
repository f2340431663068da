r"""Completion to source files: which part of a completion is the program.

Promises: one reading, chosen by position and markup alone, never by trying what
compiles or passes. Linear in the completion's length. The rule:

1. Reasoning ends with the last `</think>`. Inside a fence a tag is text, unless
   it closes and stands alone on its line. A `<think>` after it means that the
   reasoning never ended.
2. Fences are those of CommonMark (4.5): three or more backticks or tildes,
   indented by at most three spaces, closed by at least as many of the same. The
   language is the first word after the opening. Empty blocks do not count.
3. The last block tagged with the task's language is the program. Blocks without
   a tag count only where none has it, and then there must be just one. Blocks of
   other languages never count.
4. A fence that is never closed runs to the end where it is the only block that
   counts (a stop sequence may have eaten its end); beside others it makes the
   answer unclear. A lone untagged fence at the end of a text closes what the
   prompt opened: the text before it is the program. With text on both sides it
   may be either, so it is ambiguous.
5. Without any fence the whole text is the program, provided that some line of it
   begins as code does.

With several `solution_files` every block names its file, after the language
("lib.py", title="lib.py", filename=, file=, name=, path=) or in a comment on its
first line; the name decides, not the language, and the last block of a name wins.

With `completion_style: continuation` none of this applies: the program is the
prompt and the completion, as they stand.

Line ends become "\n" and one leading byte order mark is dropped.

Does not cover: whether the program compiles; fences inside quotes or lists that
are indented by more; file names in headings.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier_server.contract import Verdict
from verifier_server.verifiers.code.task import Language, Task

MAX_BYTES = 1 << 20

_BOM = "\ufeff"
# Possessive throughout: no completion makes these backtrack.
_MARK = re.compile(
    r"^[ \t]*+(?P<alone></think>)[ \t]*+$"
    r"|(?P<close></think>)"
    r"|(?P<open><think>)"
    r"|(?:^|(?<=think>))(?P<indent>\ {0,3}+)(?P<fence>`{3,}+|~{3,}+)"
    r"(?P<info>(?:(?!</?think>)[^\n])*+)",
    re.MULTILINE,
)
_TAGS = {
    Language.PYTHON: re.compile(r"py(?:thon)?(?:[23](?:\.\d{1,2})?)?"),
    Language.CPP: re.compile(r"(?:c\+\+|cpp|cxx|cc)(?:\d\d)?"),
}
_TAG = re.compile(r"[\s{.]*+([^\s{}:,]*+)")
_NAME_IN_INFO = re.compile(
    r"(?:(?<=[\s{,])|^)(?:title|filename|file|name|path)\s{0,9}+=\s{0,9}+[\"']?([^\s\"'{},]++)"
)
_NAME_WORD = re.compile(r"[^\s\"'{},:=]++")
_NAME_IN_COMMENT = re.compile(
    r"\s*+(?:\#|//)[ \t]*+(?:(?:file(?:name)?|path)[ \t]*+:[ \t]*+)?+([^\s]++)[ \t]*+$",
    re.IGNORECASE | re.MULTILINE,
)
# How a line at the outermost level of a program may begin. Prose that passes is no
# loss: it does not compile. So this leans towards code.
_CODE_LINE = {
    Language.PYTHON: re.compile(
        r"^(?:(?:async[ \t]++)?+(?:def|class)[ \t]++\w++[ \t]*+[(:\[]"
        r"|import[ \t]++\w|from[ \t]++[\w.]++[ \t]++import\b"
        r"|(?:async|for|if|match|try|while|with)\b[^\n:]*+:|@\w|[\[({]"
        r"|[\w.]++[(\[]|[\w.]++(?:[ \t]*+,[ \t]*+[\w.]++)*+[ \t]*+(?::[^\n=]*+)?+"
        r"(?:[-+*/%&|^@<>]{1,2}+)?+=)",
        re.MULTILINE,
    ),
    Language.CPP: re.compile(
        r"^[ \t]*+(?:\#[ \t]*+include\b|(?:using|template|struct|class|namespace)\b[^\n;{<]*+[;{<]"
        r"|[\w:<>*&][\w:<>*& \t]*+\()",
        re.MULTILINE,
    ),
}


class NoCodeError(Exception):
    """No single program.

    NO_ANSWER: `empty`, `no_code`, `ambiguous`, `unclosed_fence`, `unclosed_think`,
    `missing_file`. MALFORMED: `too_large`, `nul_character`, `not_utf8`.
    """

    def __init__(self, verdict: Verdict, reason: str, message: str) -> None:
        super().__init__(message)
        self.verdict = verdict
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Block:
    """A fence: where its line is, its info string, where its content lies.

    `blank`: there is nothing but white space in it. `closed`: it ends.
    """

    line: int
    info: str
    start: int
    end: int
    indent: int
    blank: bool
    closed: bool

    @property
    def tag(self) -> str:
        """The language, in small letters; "" for none."""
        found = _TAG.match(self.info)
        return found[1].casefold() if found else ""


def extract(completion: str, task: Task) -> Mapping[str, str]:
    """The text of each of the task's `solution.files`.

    Raises:
        NoCodeError: there is no single program, or one that is no text.
    """
    too_long = len(completion) > MAX_BYTES
    if too_long or len(completion.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        message = f"the completion is larger than {MAX_BYTES} bytes"
        raise NoCodeError(Verdict.MALFORMED, "too_large", message)
    text = completion.replace("\r\n", "\n").replace("\r", "\n")
    if task.prompt is not None:
        if not text.strip():
            raise _no_answer("empty", "the completion adds nothing to the prompt")
        return {task.solution.main: _checked(task.prompt + text)}
    begin, blocks = _blocks(text)
    if not text[begin:].strip(" \t\n" + _BOM):
        raise _no_answer("empty", "there is no text after the reasoning")
    if task.solution.named:
        return _named_files(text, blocks, task.solution.files)
    return {task.solution.main: _checked(_program(text, begin, blocks, task.language))}


def _no_answer(reason: str, message: str) -> NoCodeError:
    return NoCodeError(Verdict.NO_ANSWER, reason, message)


def _blocks(text: str) -> tuple[int, list[_Block]]:
    """Where the answer begins, and the fences in it.

    Raises:
        NoCodeError: `unclosed_think`.
    """
    begin = after_tag = 0
    blocks: list[_Block] = []
    fence: re.Match[str] | None = None
    thinking = False
    for mark in _MARK.finditer(text):
        if mark["alone"] or (mark["close"] and fence is None):
            begin, blocks, fence, thinking = mark.end(), [], None, False
            after_tag = begin
        elif mark["open"] and fence is None:
            thinking, after_tag = True, mark.end()
        elif mark["fence"] and (mark.start() == after_tag or _at_line_start(text, mark)):
            if fence is None:
                fence = mark if _opens(text, mark) else None
            elif _closes(mark, fence):
                blocks.append(_block(text, fence, mark.start(), closed=True))
                fence = None
    if thinking:
        raise _no_answer("unclosed_think", "the reasoning is never closed")
    if fence is not None:
        blocks.append(_block(text, fence, len(text), closed=False))
    return begin, blocks


def _at_line_start(text: str, mark: re.Match[str]) -> bool:
    return mark.start() == 0 or text[mark.start() - 1] == "\n"


def _opens(text: str, mark: re.Match[str]) -> bool:
    # CommonMark: `` ```code``` `` on one line is no fence. And no info string ends in a tag.
    inline = mark["fence"][0] == "`" and "`" in mark["info"]
    return not inline and not text.startswith("</think>", mark.end())


def _closes(mark: re.Match[str], fence: re.Match[str]) -> bool:
    same = mark["fence"][0] == fence["fence"][0]
    return same and len(mark["fence"]) >= len(fence["fence"]) and not mark["info"].strip(" \t")


def _block(text: str, fence: re.Match[str], end: int, *, closed: bool) -> _Block:
    start = min(fence.end() + 1, end)
    blank = not text[start:end].strip()
    indent = len(fence["indent"])
    return _Block(fence.start(), fence["info"].strip(), start, end, indent, blank, closed)


def _content(text: str, block: _Block) -> str:
    """What stands in a fence, without the indent of the fence (CommonMark 4.5)."""
    content = text[block.start : block.end]
    if not block.indent:
        return content
    return re.sub(rf"^ {{1,{block.indent}}}+", "", content, flags=re.MULTILINE)


def _program(text: str, begin: int, blocks: Sequence[_Block], language: Language) -> str:
    if not blocks:
        return _bare(text[begin:], language)
    tagged = [block for block in blocks if _TAGS[language].fullmatch(block.tag)]
    if not all(block.blank for block in tagged):
        return _content(text, _last([each for each in tagged if not (each.blank and each.closed)]))
    untagged = [block for block in blocks if not (block.info or block.blank)]
    if len(untagged) > 1:
        raise _no_answer("ambiguous", f"{len(untagged)} blocks, and none says its language")
    first = blocks[0]
    lone = len(blocks) == 1 and not (first.info or first.closed)
    before = text[begin : first.line] if lone else ""
    if untagged and before.strip():
        message = "one fence without a language and without an end: what is the program?"
        raise _no_answer("ambiguous", message)
    if untagged:
        return _content(text, untagged[0])
    if before:
        return _bare(before, language)
    raise _no_answer("no_code", f"no block of the language {language}")


def _bare(text: str, language: Language) -> str:
    """Text without fences, as a program.

    Raises:
        NoCodeError: `no_code`, it is prose.
    """
    bare = text.lstrip("\n" + _BOM)
    if not _CODE_LINE[language].search(bare):
        raise _no_answer("no_code", "there is no fence, and no line that begins as code")
    return bare


def _last(blocks: Sequence[_Block]) -> _Block:
    """The last block, which must end where there are others.

    Raises:
        NoCodeError: `unclosed_fence`.
    """
    if len(blocks) > 1 and not blocks[-1].closed:
        message = "the last block never ends, and there are others before it"
        raise _no_answer("unclosed_fence", message)
    return blocks[-1]


def _named_files(text: str, blocks: Sequence[_Block], names: Sequence[str]) -> dict[str, str]:
    found: dict[str, list[_Block]] = {name: [] for name in names}
    for block in blocks:
        name = _name(text, block, found)
        if name is not None:
            found[name].append(block)
    missing = [name for name, its_blocks in found.items() if not its_blocks]
    if missing:
        message = f"no block is named {', '.join(missing)}"
        raise _no_answer("missing_file", message)
    return {name: _checked(_content(text, _last(each))) for name, each in found.items()}


def _name(text: str, block: _Block, names: Mapping[str, object]) -> str | None:
    """Which of the task's files a block says that it is: by its info string, else by comment."""
    keyed = [found[1] for found in _NAME_IN_INFO.finditer(block.info)]
    for word in keyed or _NAME_WORD.findall(block.info):
        if word.removeprefix("./") in names:
            return str(word.removeprefix("./"))
    first_line = text[block.start : block.end].lstrip().partition("\n")[0]
    comment = _NAME_IN_COMMENT.match(first_line)
    name = comment[1].removeprefix("./") if comment else ""
    return name if name in names else None


def _checked(program: str) -> str:
    """The program, if a compiler can be given it.

    Raises:
        NoCodeError: MALFORMED.
    """
    program = program.removeprefix(_BOM)
    if "\0" in program:
        raise NoCodeError(Verdict.MALFORMED, "nul_character", "the program holds a NUL character")
    try:
        program.encode()
    except UnicodeEncodeError as error:
        message = f"character {error.start} of the program is not UTF-8"
        raise NoCodeError(Verdict.MALFORMED, "not_utf8", message) from None
    return program
