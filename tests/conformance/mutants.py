"""HumanEval's solutions, broken a little: do we agree with the plain interpreter on each?

    python -m tests.conformance.mutants HumanEval.jsonl.gz [--each 8] [--server ADDR]

A mutant is a canonical solution with one change to the function that is tested. The
truth is what CPython says: prompt, solution, test and check(...) in one namespace of
a process of its own, passed when it ends without an exception (human-eval's rule).
Ours must say the same, both ways: a mutant that its tests cannot tell from the
original must pass here too. Besides wrong answers there are right ones in odd
clothes (a subclass of list, a Fraction), which decide whether results that cross
as plain data still mean what they meant.

Does not cover: mutants whose objects lie in `__eq__`; there we differ by intent
(`exploits.jsonl`).
"""

import ast
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from tests.conformance.cases import Row
from tests.conformance.code import fenced, humaneval_task
from tests.conformance.runner import read_rows
from trainer_client.client import VerifierClient
from trainer_client.results import CompletionResult, Group
from verifier_server.embedded import embedded_server

CPU_S = 3  # of a mutant, on both sides: many loop for ever
CALL_TIMEOUT_S = 900.0
GROUPS_A_CALL = 16
PLAIN_RUNNERS = 2

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Div,
    ast.Div: ast.FloorDiv,
    ast.Mod: ast.FloorDiv,
    ast.Pow: ast.Mult,
}
# What a result may come as, by expression of `value`. Some of these equal the original.
_CLOTHES = {
    "as_tuple": "tuple(value) if type(value) is list else value",
    "as_list": "list(value) if type(value) is tuple else [value]",
    "as_iterator": "iter(value) if type(value) is list else value",
    "as_float": "float(value) if type(value) is int else value",
    "as_int": "int(value) if type(value) is bool else value",
    "as_fraction": "__import__('fractions').Fraction(value) if type(value) is int else value",
    "as_subclass": (
        "type('Odd', (type(value),), {})(value) "
        "if type(value) in (int, float, str, list, tuple, dict) else value"
    ),
    "as_object": "type('Odd', (), {'value': value})()",
    "as_deque": "__import__('collections').deque(value) if type(value) is list else value",
    "as_keys": "dict.fromkeys(value).keys() if type(value) is list else value",
    "as_ordered": "__import__('collections').OrderedDict(value) if type(value) is dict else value",
    "as_none": "value or None",
    "as_text": "str(value)",
    "as_bytes": "value.encode() if type(value) is str else value",
    "as_function": "lambda: value",
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One changed solution: the problem's row, what was done, where, and the source."""

    row: Row
    operator: str
    line: int
    source: str


def _constant(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node, ast.Constant):
        return
    match node.value:
        case bool(value):
            yield "constant", ast.Constant(not value)
        case int(value) | float(value):
            yield "off_by_one", ast.Constant(value + 1)
            yield "off_by_one", ast.Constant(value - 1)
        case str(value):
            yield "constant", ast.Constant(value + "x" if value else "x")
        case _:
            return


def _expression(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.Compare(left, [operator, *others], comparators) if type(operator) in _COMPARISONS:
            swapped = _COMPARISONS[type(operator)]()
            yield "comparison", ast.Compare(left, [swapped, *others], comparators)
        case ast.BinOp(left, operator, right) if type(operator) in _OPERATORS:
            yield "operator", ast.BinOp(left, _OPERATORS[type(operator)](), right)
            yield "operands", ast.BinOp(right, operator, left)
        case ast.BoolOp(ast.And(), values):
            yield "boolean", ast.BoolOp(ast.Or(), values)
        case ast.BoolOp(ast.Or(), values):
            yield "boolean", ast.BoolOp(ast.And(), values)
        case ast.UnaryOp(_, operand):
            yield "unary", operand
        case ast.IfExp(test, body, orelse):
            yield "negated", ast.IfExp(ast.UnaryOp(ast.Not(), test), body, orelse)
        case _:
            yield from _constant(node)


def _statement(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    match node:
        case ast.If(test, body, orelse):
            yield "negated", ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.While(test, body, orelse):
            yield "negated", ast.While(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.AugAssign(target, operator, value):
            yield "dropped", ast.Pass()
            if type(operator) in _OPERATORS:
                yield "operator", ast.AugAssign(target, _OPERATORS[type(operator)](), value)
        case ast.Return(ast.expr() as value):
            yield "no_return", ast.Expr(value)
            yield "raises", ast.parse("raise ValueError('mutant')").body[0]
            for name, clothes in _CLOTHES.items():
                dressed = ast.parse(f"(lambda value: {clothes})(0)", mode="eval").body
                assert isinstance(dressed, ast.Call)
                dressed.args = [value]
                yield name, ast.Return(dressed)
        case ast.Assign() | ast.Expr(ast.Call()):
            yield "dropped", ast.Pass()
        case ast.Break():
            yield "dropped", ast.Continue()
        case _:
            return


_KINDS: Sequence[Callable[[ast.AST], Iterator[tuple[str, ast.AST]]]] = (_expression, _statement)


class _Replace(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self._new if node is self._old else self.generic_visit(node)


def mutants(row: Row) -> list[Mutant]:
    """Every mutant of a problem, in the order of its source."""
    tree = ast.parse(row["prompt"] + row["canonical_solution"])
    (function,) = (
        node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name == row["entry_point"]
    )
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:]
    places = [node for statement in function.body for node in ast.walk(statement)]
    found = {}
    for number in range(len(places)):
        for kind in _KINDS:
            for change, (operator, _) in enumerate(kind(places[number])):
                source = _mutated(tree, function, number, kind, change)
                if source is not None:
                    line = getattr(places[number], "lineno", 0)
                    found.setdefault(source, Mutant(row, operator, line, source))
    return list(found.values())


def _mutated(
    tree: ast.Module, function: ast.FunctionDef, number: int, kind: Any, change: int
) -> str | None:
    """The source with one change, made on a copy; None where it is no Python any more."""
    copy = deepcopy(tree)
    same = copy.body[tree.body.index(function)]
    assert isinstance(same, ast.FunctionDef)
    places = [node for statement in same.body for node in ast.walk(statement)]
    _, new = list(kind(places[number]))[change]
    source = ast.unparse(ast.fix_missing_locations(_Replace(places[number], new).visit(copy)))
    try:
        compile(source, "mutant", "exec")
    except SyntaxError:
        return None
    return source


def chosen(row: Row, each: int) -> list[Mutant]:
    """`each` mutants of a problem: as many operators as possible, by a fixed draw."""
    draw = random.Random(str(row["task_id"]))
    found = mutants(row)
    draw.shuffle(found)
    seen: Counter[str] = Counter()
    ranked = []
    for mutant in found:
        ranked.append((seen[mutant.operator], len(ranked), mutant))
        seen[mutant.operator] += 1
    return [mutant for _, _, mutant in sorted(ranked, key=lambda entry: entry[:2])[:each]]


_PLAIN = """
import json, os, resource, sys
out = os.dup(1)
null = os.open(os.devnull, os.O_RDWR)
for number in (1, 2):
    os.dup2(null, number)
for line in sys.stdin:
    program, cpu_s = json.loads(line)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.dup2(null, 0)
            resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
            resource.setrlimit(resource.RLIMIT_AS, (1 << 29, 1 << 29))
            exec(program, {})
            status = 0
        finally:
            os._exit(status)
    os.write(out, b"1" if os.waitpid(pid, 0)[1] == 0 else b"0")
"""


def _plainly(programs: Sequence[str]) -> list[bool]:
    lines = "".join(json.dumps((program, CPU_S)) + "\n" for program in programs)
    done = subprocess.run(
        [sys.executable, "-c", _PLAIN], input=lines, capture_output=True, text=True, check=True
    )
    assert len(done.stdout) == len(programs)
    return [each == "1" for each in done.stdout]


def truths(found: Sequence[Mutant]) -> list[bool]:
    """Whether each passes its tests in a plain interpreter."""
    programs = [
        f"{each.source}\n{each.row['test']}\ncheck({each.row['entry_point']})\n" for each in found
    ]
    with ThreadPoolExecutor(PLAIN_RUNNERS) as threads:
        shares = list(
            threads.map(
                _plainly, (programs[start::PLAIN_RUNNERS] for start in range(PLAIN_RUNNERS))
            )
        )
    answers = [iter(share) for share in shares]
    return [next(answers[index % PLAIN_RUNNERS]) for index in range(len(programs))]


def ours(found: Sequence[Mutant], client: VerifierClient) -> list[CompletionResult]:
    """What the server says of each."""
    by_task: dict[str, list[int]] = {}
    for index, each in enumerate(found):
        by_task.setdefault(each.row["task_id"], []).append(index)
    results: dict[int, CompletionResult] = {}
    members = list(by_task.values())
    for start in range(0, len(members), GROUPS_A_CALL):
        part = members[start : start + GROUPS_A_CALL]
        groups = []
        for indices in part:
            task = humaneval_task(found[indices[0]].row)
            task["limits"] = {**task["limits"], "cpu_s": CPU_S}
            groups.append(Group("code", task, [fenced(found[index].source) for index in indices]))
        for indices, group in zip(part, client.score(groups, CALL_TIMEOUT_S), strict=True):
            results |= dict(zip(indices, group.results, strict=True))
    return [results[index] for index in range(len(found))]


def differences(
    found: Sequence[Mutant], truth: Sequence[bool], said: Sequence[CompletionResult]
) -> list[str]:
    """A line for each mutant on which we and the interpreter disagree, or were not judged."""
    lines = []
    for mutant, right, result in zip(found, truth, said, strict=True):
        score = result.score
        if score is None or score.passed is not right or (score.value == 1.0) is not right:
            name = f"{mutant.row['task_id']} {mutant.operator} line {mutant.line}"
            lines.append(f"{name}: {'passes' if right else 'fails'} plainly, here {result.outcome}")
    return lines


@click.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--each", default=8, show_default=True, help="Mutants of a problem.")
@click.option("--server", help="Use this server in place of one of our own.")
@click.option("--show", is_flag=True, help="Print the source of mutants that are disagreed on.")
def main(path: Path, each: int, server: str | None, show: bool) -> None:
    """Compares our verdicts with the interpreter's on mutants of HumanEval's solutions."""
    found = [mutant for _, row in read_rows(path) for mutant in chosen(row, each)]
    truth = truths(found)
    with ExitStack() as stack:
        address = server or stack.enter_context(embedded_server(["--log-level", "warning"]))
        said = ours(found, stack.enter_context(VerifierClient(address)))
    for mutant, right, result in zip(found, truth, said, strict=True):
        for line in differences([mutant], [right], [result]):
            click.echo(line)
            if show:
                click.echo(mutant.source)
    passing = sum(truth)
    click.echo(f"{len(found)} mutants, {passing} pass and {len(found) - passing} fail plainly")
    click.echo(f"{len(differences(found, truth, said))} disagreements")
    click.echo(f"by operator: {dict(Counter(mutant.operator for mutant in found).most_common())}")


if __name__ == "__main__":
    main()
