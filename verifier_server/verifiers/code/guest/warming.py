"""Runs the candidate's side once in the zygote, so that its children find everything hot.

Python rewrites the code of a function while it warms up (PEP 659). In a forked child each
such write copies a page, and an ordinary run has hundreds of them. After `warm` the code
is as it will stay.

Does not cover: preloading the modules that candidates import; that is the zygote's.
"""

from typing import Any

from . import frames, loading, stdio
from .serving import Serving

ROUNDS = 24  # the interpreter specialises code within 16 runs or so (PEP 659)
_SOURCE = """
from typing import List
def echo(value): return value
def fail(value): raise ValueError(value)
def sort(values: List[int]): values.sort()
class Point:
    def __init__(self, x): self.x = x
    def move(self, by): self.x += by; return self.x
"""
_VALUES: tuple[Any, ...] = (
    1,
    1.5,
    "text",
    None,
    True,
    [3, 1, 2],
    [1.5, "a", None, [True]],
    {"t": [1, "a"]},
    {"d": ["a", 1, "b", [1]]},
    {"s": [1, 2]},
)


class _Replay:
    """A channel that gives prepared requests and packs the answers for nobody."""

    def __init__(self) -> None:
        self.buffer = frames.FrameBuffer()
        self.last: Any = None

    def give(self, message: Any) -> None:
        self.buffer.feed(frames.pack(message))

    def send(self, message: Any) -> None:
        self.last = frames.unpack(frames.pack(message)[frames.HEADER_BYTES :])

    def recv(self) -> Any:
        found = self.buffer.next()
        if found is None:
            raise frames.PeerGone("nothing more")
        return found[0]


def _ask(serving: Serving, channel: _Replay, operation: str, *args: Any) -> Any:
    channel.give({"q": operation, "a": list(args)})
    serving.link.serve(channel.recv())
    return channel.last


def _converse() -> None:
    files = {"solution.py": _SOURCE}
    namespace: dict[str, Any] = {"__name__": "solution"}
    exec(loading.compile_files(files)["solution.py"], namespace)  # noqa: S102 (our own text)
    channel = _Replay()
    serving = Serving(channel, namespace)
    handles = {name: kind[1] for name, kind in serving.names().items() if type(kind) is list}
    channel.send({"ready": serving.names()})
    for value in _VALUES:
        _ask(serving, channel, "call", {"y": handles["echo"]}, value)
    _ask(serving, channel, "call", {"y": handles["sort"]}, [3, 1, 2])
    _ask(serving, channel, "call", {"y": handles["fail"]}, 1)
    point = _ask(serving, channel, "get", "Point")["v"]["h"]["c"]["i"]
    made = _ask(serving, channel, "new", {"y": point}, 1)["v"]["h"]["i"]
    _ask(serving, channel, "getattr", {"y": made}, "x")
    _ask(serving, channel, "method", {"y": made}, "move", 2)


def warm() -> None:
    """Runs everything that an ordinary candidate's process runs, several times over.

    Changes nothing that a child could see but the state of the interpreter itself.
    """
    for _ in range(ROUNDS):
        _converse()
        for stream in stdio.open_streams():
            stream.close()
    stdio.make_ahead()
