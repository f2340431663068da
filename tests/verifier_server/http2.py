"""A bare HTTP/2 client, for what a gRPC client would hide: settings of the connection."""

import asyncio
import struct
from dataclasses import dataclass
from typing import Self

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, PING, GOAWAY = 4, 6, 7
ENHANCE_YOUR_CALM = 11


@dataclass(frozen=True)
class Frame:
    kind: int
    flags: int
    payload: bytes

    @property
    def error(self) -> int:
        """Of a GOAWAY."""
        return int.from_bytes(self.payload[4:8])


@dataclass
class Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, address: str, *, greet: bool = True) -> Self:
        host, port = address.rsplit(":", 1)
        connection = cls(*await asyncio.open_connection(host, int(port)))
        if greet:
            connection.writer.write(PREFACE)
            connection.send(SETTINGS)
        return connection

    def send(self, kind: int, flags: int = 0, payload: bytes = b"") -> None:
        header = struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + bytes(4)
        self.writer.write(header + payload)

    async def frame(self) -> Frame | None:
        """The next frame, None when the server closed the connection."""
        try:
            header = await self.reader.readexactly(9)
            payload = await self.reader.readexactly(int.from_bytes(header[:3]))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return Frame(header[3], header[4], payload)

    async def until(self, kind: int) -> Frame | None:
        """The next frame of a kind; other frames are passed over."""
        while (frame := await self.frame()) is not None and frame.kind != kind:
            pass
        return frame
