"""Frames of JSON over a stream: how the checker and a candidate's process talk.

Promises: a frame is 4 bytes of little-endian length and that many bytes of compact
JSON in UTF-8, at most `MAX_FRAME` in either direction. Whatever else arrives is a
`FrameError`, and the end of the stream is `PeerGone`. Text with lone surrogates and the
floats NaN and Infinity cross unchanged (`surrogatepass`, and the literals of Python's
json module).

Does not cover: what a frame means (`values.py`, `link.py`), or waiting with a deadline:
whoever needs that feeds a `FrameBuffer` from its own loop.
"""

import json
import os
from typing import Any, Protocol

MAX_FRAME = 16 << 20  # bytes of JSON
MAX_CONTAINERS = 1_000_000  # brackets in a frame: each costs the reader some 60 bytes or more
READ_BYTES = 1 << 16
HEADER_BYTES = 4

_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode


class FrameError(Exception):
    """The bytes are no frame: too long, not JSON, nested too deep."""


class PeerGone(Exception):
    """The other end closed the stream, or its process ended."""


class Duplex(Protocol):
    """What a session needs of a channel. `recv` blocks; both raise `PeerGone`."""

    def send(self, message: Any) -> None:
        """Sends one frame."""
        ...

    def recv(self) -> Any:
        """Waits for one frame."""
        ...


def text(message: Any) -> str:
    """The compact JSON of plain data. Raises FrameError for anything else."""
    try:
        return _encode(message)
    except (TypeError, ValueError, RecursionError) as error:
        raise FrameError(f"not a message: {error}") from None


def pack(message: Any) -> bytes:
    """One frame, header included.

    Raises:
        FrameError: the message is not plain data or too large.
    """
    body = text(message).encode("utf-8", "surrogatepass")
    if len(body) > MAX_FRAME:
        raise FrameError(f"a frame of {len(body)} bytes, over {MAX_FRAME}")
    return len(body).to_bytes(HEADER_BYTES, "little") + body


def unpack(body: bytes | bytearray) -> Any:
    """The message in a frame's body.

    Raises:
        FrameError: the body is not JSON, or holds more containers than `MAX_CONTAINERS`.
    """
    if body.count(b"[") + body.count(b"{") > MAX_CONTAINERS:
        raise FrameError("a frame with too many containers")
    try:
        return _decode(body.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError, MemoryError) as error:
        raise FrameError(f"not JSON: {type(error).__name__}") from None


class FrameBuffer:
    """Cuts a stream of bytes into messages."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def feed(self, data: bytes) -> None:
        """Takes what arrived. The caller stops feeding when it should not wait for more."""
        self._waiting += data

    def next(self) -> tuple[Any] | None:
        """The next whole message, in a tuple of its own, or None when one is not complete.

        Raises:
            FrameError: the next frame is none.
        """
        if len(self._waiting) < HEADER_BYTES:
            return None
        end = HEADER_BYTES + int.from_bytes(self._waiting[:HEADER_BYTES], "little")
        if end > HEADER_BYTES + MAX_FRAME:
            raise FrameError(f"a frame of {end - HEADER_BYTES} bytes, over {MAX_FRAME}")
        if len(self._waiting) < end:
            return None
        body = self._waiting[HEADER_BYTES:end]
        del self._waiting[:end]
        return (unpack(body),)


class Channel:
    """A blocking channel over a connected stream socket's descriptor.

    Uses read and write alone: a contained child may not call send or recv.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._buffer = FrameBuffer()
        self._read = os.read
        self._write = os.write

    def send(self, message: Any) -> None:
        """Sends one frame.

        Raises:
            FrameError: the message is not plain data or too large; nothing was sent.
            PeerGone: nobody reads.
        """
        rest = memoryview(pack(message))
        try:
            while rest:
                rest = rest[self._write(self.descriptor, rest) :]
        except OSError as error:
            raise PeerGone(str(error)) from None

    def recv(self) -> Any:
        """Waits for one frame.

        Raises:
            FrameError: what came is no frame.
            PeerGone: the stream ended.
        """
        while True:
            message = self._buffer.next()
            if message is not None:
                return message[0]
            try:
                data = self._read(self.descriptor, READ_BYTES)
            except OSError as error:
                raise PeerGone(str(error)) from None
            if not data:
                raise PeerGone("end of stream")
            self._buffer.feed(data)
