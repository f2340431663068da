"""Framing between the host and a worker: a stream of MessagePack objects.

Promises: plain data only (None, bool, int, float, str, bytes, list, dict),
capped on the way in, so that what a worker answers can neither run code in the
host nor fill its memory. MessagePack frames itself, so there is no length
prefix. Text that is not valid Unicode crosses unchanged (`surrogatepass`).

Does not cover: the control socket of the zygote (`zygote.py`), or what the
messages mean (`worker.py`).
"""

import os
from collections import deque
from collections.abc import Iterator
from typing import Any

import msgpack

MAX_TO_WORKER = 128 << 20  # bytes; a group is far below it
MAX_FROM_WORKER = 4 << 20  # bytes buffered from a worker before it is a fault
READ_BYTES = 1 << 16


class ProtocolError(Exception):
    """The other end sent something that is not a capped stream of plain data."""


def pack(message: object) -> bytes:
    """Encodes one message. Raises TypeError for anything that is not plain data."""
    return bytes(msgpack.packb(message, use_bin_type=True, unicode_errors="surrogatepass"))


class Decoder:
    """Decodes a stream, piece by piece, with at most `limit` bytes waiting."""

    def __init__(self, limit: int) -> None:
        self._unpacker = msgpack.Unpacker(
            raw=False, strict_map_key=True, max_buffer_size=limit, unicode_errors="surrogatepass"
        )

    def feed(self, data: bytes) -> Iterator[Any]:
        """Yields the messages that `data` completes.

        Raises:
            ProtocolError: the bytes are not MessagePack, nest too deep, or exceed the cap.
        """
        try:
            self._unpacker.feed(data)
            yield from self._unpacker
        except (msgpack.UnpackException, ValueError, RecursionError) as error:
            raise ProtocolError(f"not a message: {error!r}") from error


class Channel:
    """A worker's blocking end, over a connected stream socket's descriptor.

    Uses read and write alone: a contained worker may not call send or recv.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._decoder = Decoder(MAX_TO_WORKER)
        self._waiting: deque[Any] = deque()

    def receive(self) -> Any:
        """The next message of the host, None when it has closed."""
        while not self._waiting:
            data = os.read(self._descriptor, READ_BYTES)
            if not data:
                return None
            self._waiting.extend(self._decoder.feed(data))
        return self._waiting.popleft()

    def send(self, message: object) -> None:
        """Sends one message whole."""
        rest = memoryview(pack(message))
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]
