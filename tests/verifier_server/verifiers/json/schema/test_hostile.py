"""Schemas and documents made to hang, to crash or to phone out.

Each runs in a child of its own, which dies when it has used CPU_S of CPU time or
MEMORY_BYTES beyond what it began with, and in which a socket cannot be made.
"""

import gc
import json
import multiprocessing
import resource
import signal
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from verifier_server.contract import TaskError
from verifier_server.verifiers.json.verifier import prepare

# What has no bound takes minutes; what has one takes well under a second on a quiet machine,
# and several times that in the child of a large process beside other work.
CPU_S = 8.0
MEMORY_BYTES = 1 << 30

INVALID = "INVALID_TASK invalid_schema"
BOMB = "a" * 50_000 + "!"


def limit() -> None:
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + MEMORY_BYTES,) * 2)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, CPU_S)


def refuse(*_: Any, **__: Any) -> None:
    raise AssertionError("a socket was made")


def judge(task: dict[str, Any], completion: str, sender: Any) -> None:
    socket.socket = refuse  # type: ignore[assignment, misc]
    socket.create_connection = socket.getaddrinfo = refuse  # type: ignore[assignment]
    gc.freeze()  # or the collector would copy the parent's heap, page by page
    limit()
    try:
        score = prepare(task)(completion)
    except TaskError as error:
        sender.send(f"{error.code} {error.reason}")
    else:
        sender.send(f"{score.verdict} {score.reason}")


def outcome(task: dict[str, Any], completion: str) -> str:
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=judge, args=(task, completion, sender))
    child.start()
    sender.close()
    try:
        return str(receiver.recv())
    except EOFError:
        child.join()
        return f"died: {child.exitcode}"
    finally:
        child.join()


def doubling(levels: int, keyword: str, leaf: Any) -> dict[str, Any]:
    steps = {str(n): {keyword: [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(levels)}
    return {"$ref": "#/$defs/0", "$defs": steps | {str(levels): leaf}}


def nested(levels: int, outer: Any, inner: Any) -> Any:
    for _ in range(levels):
        inner = outer(inner)
    return inner


def branching(target: int, keyword: str = "anyOf") -> dict[str, Any]:
    """Two branches that apply the same to one child."""
    child = {"properties": {"a": {"$ref": f"#/$defs/{target}"}}}
    return {keyword: [child | {"type": ["object", "integer"]}, child | {"type": "object"}]}


ENTITY = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]+$"},
        "tags": {"uniqueItems": True},
    },
    "required": ["name", "kind"],
    "additionalProperties": False,
}
OPTIONS = {"anyOf": [{"const": n} for n in range(-500, 0)]}

VALID = "CORRECT match"
VIOLATED = "INCORRECT schema_invalid"
RANGE = "MALFORMED number_out_of_range"

TASKS: dict[str, tuple[Any, str, str]] = {
    "pattern that backtracks": ({"pattern": "^(a+)+$"}, json.dumps(BOMB), VIOLATED),
    "pattern of many ways": (
        {"pattern": "^(a|a|aa)*(b|c)$"},
        json.dumps(BOMB),
        VIOLATED,
    ),
    "pattern of a large automaton": (
        {"pattern": "(a|b)*a(a|b){50}c"},
        json.dumps("ab" * 250_000),
        VIOLATED,
    ),
    "name that backtracks": (
        {"patternProperties": {"^(a+)+$": False}},
        json.dumps({BOMB: 1}),
        VALID,
    ),
    "look-ahead": ({"pattern": "^(?=(a+)+$)"}, json.dumps(BOMB), INVALID),
    "back reference": ({"pattern": r"^(a+)\1+$"}, json.dumps(BOMB), INVALID),
    "pattern of many groups": ({"pattern": "(" * 100_000 + ")" * 100_000}, "1", INVALID),
    "pattern of many copies": ({"pattern": "((a{1,999}){1,999}){1,999}"}, '"a"', INVALID),
    "pattern of large classes": ({"pattern": r"(\p{L}{500}){500}"}, '"a"', INVALID),
    "format regex of groups": ({"format": "regex"}, json.dumps("(" * 20_000), VIOLATED),
    "format regex of closed groups": (
        {"format": "regex"},
        json.dumps("(" * 20_000 + ")" * 20_000),
        VALID,
    ),
    "format regex of copies": (
        {"format": "regex"},
        json.dumps("(" * 9 + "a" + "{1,999})" * 9),
        VALID,
    ),
    "format regex of a long class": (
        {"format": "regex"},
        json.dumps("[" + "a-b" * 100_000 + "]"),
        VALID,
    ),
    "reference to itself": ({"$ref": "#"}, "1", INVALID),
    "references to each other": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
        "1",
        INVALID,
    ),
    "dynamic reference to itself": ({"$dynamicAnchor": "a", "$dynamicRef": "#a"}, "1", INVALID),
    "dynamic references to each other": (
        {
            "$id": "http://a.b/1",
            "$dynamicAnchor": "a",
            "allOf": [{"$ref": "2"}],
            "$defs": {"x": {"$id": "2", "$dynamicAnchor": "a", "$dynamicRef": "#a"}},
        },
        "1",
        VALID,
    ),
    "remote reference": ({"$ref": "http://127.0.0.1:9/a"}, "1", INVALID),
    "remote metaschema": ({"$schema": "http://127.0.0.1:9/a"}, "1", INVALID),
    "file reference": ({"$ref": "file:///proc/self/environ"}, "1", INVALID),
    **{
        f"{keyword} 2^{levels}": (doubling(levels, keyword, {"type": "null"}), "1", INVALID)
        for keyword in ("anyOf", "allOf", "oneOf")
        for levels in (22, 26)
    },
    "expansion just below the bound": (
        {"items": {"$ref": "#/$defs/0"}, "$defs": doubling(11, "anyOf", {"type": "null"})["$defs"]},
        json.dumps([1] * 2_000),
        VIOLATED,
    ),
    "many branches, many items": (
        {"items": OPTIONS},
        json.dumps(list(range(20_000))),
        VIOLATED,
    ),
    "branches that multiply on the way down": (
        {"$ref": "#/$defs/0", "$defs": {str(n): branching(n + 1) for n in range(40)} | {"40": {}}},
        nested(40, lambda inner: '{"a":' + inner + "}", "1"),
        INVALID,
    ),
    "branches that multiply some": (
        {
            "$ref": "#/$defs/0",
            "$defs": {str(n): branching(n + 1) for n in range(12)} | {"12": False},
        },
        nested(12, lambda inner: '{"a":' + inner + "}", "1"),
        VIOLATED,
    ),
    **{
        f"recursion by two branches of {keyword}": (
            {"$ref": "#/$defs/0", "$defs": {"0": branching(0, keyword)}},
            nested(63, lambda inner: '{"a":' + inner + "}", "[]"),
            VIOLATED,
        )
        for keyword in ("anyOf", "allOf", "oneOf")
    },
    "400 nested schemas": (nested(400, lambda inner: {"not": inner}, {}), "1", INVALID),
    "10,000 nested schemas": (nested(10_000, lambda inner: {"items": inner}, {}), "1", INVALID),
    "long chain": (
        {
            "$ref": "#/$defs/0",
            "$defs": {str(n): {"$ref": f"#/$defs/{n + 1}"} for n in range(2000)} | {"2000": {}},
        },
        "1",
        INVALID,
    ),
    "chain at every level": (
        {
            "$ref": "#/$defs/0",
            "$defs": {str(n): {"$ref": f"#/$defs/{n + 1}"} for n in range(61)}
            | {"61": {"items": {"$ref": "#"}, "type": "array"}},
        },
        "[" * 64 + "]" * 64,
        VALID,
    ),
    "document of 100,000 levels": (
        {"items": {"$ref": "#"}},
        "[" * 100_000 + "]" * 100_000,
        "MALFORMED too_deep",
    ),
    "number without bound": ({"type": "number"}, "1e400", RANGE),
    "number of 10,000 digits": ({"multipleOf": 0.01}, "1" + "0" * 10_000, RANGE),
    "number of 900 digits": ({"multipleOf": 0.01}, "1" + "0" * 900, VALID),
    "number next to zero": ({"type": "number"}, "1e-999999999", RANGE),
    "divisor next to zero": ({"multipleOf": 1e-300}, "1" + "0" * 900, VALID),
    "1e5 numbers": ({"uniqueItems": True}, json.dumps(list(range(100_000))), VALID),
    "1e5 objects": (
        {"uniqueItems": True},
        json.dumps([{"a": n} for n in range(70_000)]),
        VALID,
    ),
    "1e5 equal lists": (
        {"uniqueItems": True},
        json.dumps([[1, []]] * 100_000),
        VIOLATED,
    ),
    "unevaluated 200x20": (
        {
            "allOf": [{"properties": {f"p{n}": {"type": "integer"}}} for n in range(20)],
            "anyOf": [{"properties": {f"q{n}": True}} for n in range(200)],
            "unevaluatedProperties": False,
        },
        json.dumps({f"q{n}": n for n in range(200)} | {f"x{n}": n for n in range(20)}),
        VIOLATED,
    ),
    "enum of 1e5": ({"enum": list(range(100_000))}, "1", INVALID),
    "enum of 3e4": (
        {"items": {"enum": list(range(30_000))}},
        json.dumps(list(range(30_000, 60_000))),
        VIOLATED,
    ),
    "schema of 256 KiB of schemas": (
        {"properties": {f"p{n}": {"$ref": "#/$defs/a"} for n in range(7_000)}, "$defs": {"a": {}}},
        json.dumps({f"p{n}": n for n in range(7_000)}),
        VALID,
    ),
    "1 MiB that fails everywhere": (
        {"items": ENTITY},
        json.dumps([{"name": "A", "x": 1}] * 45_000),
        VIOLATED,
    ),
    "1 MiB of one name": (
        {"allOf": [{"additionalProperties": False}] * 500},
        json.dumps({"x" * 1_000_000: 1}),
        VIOLATED,
    ),
    "1 MiB of one text": (
        {"allOf": [{"enum": ["x"]}] * 500},
        json.dumps("x" * 1_000_000),
        VIOLATED,
    ),
}


@pytest.mark.parametrize("name", TASKS)
def test_it_is_answered(name: str) -> None:
    schema, completion, expected = TASKS[name]
    assert outcome({"schema": schema}, completion) == expected


class Counting(BaseHTTPRequestHandler):
    asked: list[str] = []  # noqa: RUF012 -- of the class, whose instances live for one request

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def listening() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Counting)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/a"
    server.shutdown()
    thread.join()
    server.server_close()


def test_nobody_is_asked_for_a_schema(listening: str) -> None:
    """In this process, where a native engine could open a connection of its own."""
    for schema in (
        {"$ref": listening},
        {"$schema": listening},
        {"$id": listening, "$ref": "b"},
        {"items": {"$dynamicRef": listening}},
        {"$schema": "http://json-schema.org/draft-07/schema#", "items": {"$ref": listening}},
        {"$ref": "#/examples/0", "examples": [{"$ref": listening}]},
        {"properties": {"a": {"$schema": listening, "$id": listening}}},
    ):
        with pytest.raises(TaskError):
            prepare({"schema": schema})
    resources = {"http://a.b/c": {"$ref": listening}, "http://a.b/d": {"$schema": listening}}
    for uri in resources:
        with pytest.raises(TaskError):
            prepare({"schema": {"$ref": uri}, "resources": resources})
    assert prepare({"schema": {"default": {"$ref": listening}}, "resources": resources})("1").passed
    assert Counting.asked == []
