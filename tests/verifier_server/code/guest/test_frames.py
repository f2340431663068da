import os
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier_server.verifiers.code.guest import frames

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(1 << 63), 1 << 63)
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=20,
)


@given(JSON)
def test_plain_messages_survive(message: object) -> None:
    packed = frames.pack(message)
    assert frames.unpack(packed[frames.HEADER_BYTES :]) == message


@given(JSON, st.integers(1, 7))
def test_a_stream_may_be_cut_anywhere(message: object, size: int) -> None:
    stream = frames.pack(message) * 2
    buffer = frames.FrameBuffer()
    found = []
    for start in range(0, len(stream), size):
        buffer.feed(stream[start : start + size])
        while (whole := buffer.next()) is not None:
            found.append(whole[0])
    assert found == [message, message]


@given(st.binary(max_size=200))
def test_garbage_is_a_frame_error(body: bytes) -> None:
    try:
        frames.unpack(body)
    except frames.FrameError:
        return


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[" * 100_000, b"1" * 5000, b"\xff\xfe", b"[" * 30 + b"]" * 29, b'{"a":1}x'],
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(frames.FrameError):
        frames.unpack(body)


def test_floods_of_containers_are_refused() -> None:
    body = b"[" + b"[]," * frames.MAX_CONTAINERS + b"1]"
    with pytest.raises(frames.FrameError, match="containers"):
        frames.unpack(body)


def test_an_announced_length_over_the_cap_is_refused_at_once() -> None:
    buffer = frames.FrameBuffer()
    buffer.feed((frames.MAX_FRAME + 1).to_bytes(4, "little"))
    with pytest.raises(frames.FrameError, match="over"):
        buffer.next()


def test_a_message_over_the_cap_is_not_sent() -> None:
    with pytest.raises(frames.FrameError, match="over"):
        frames.pack("x" * frames.MAX_FRAME)


@pytest.mark.parametrize("message", [object(), {1, 2}, b"x"])
def test_what_is_no_json_is_not_sent(message: object) -> None:
    with pytest.raises(frames.FrameError):
        frames.pack(message)


def test_channels_talk_and_notice_the_end() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        here, there = frames.Channel(ours.fileno()), frames.Channel(theirs.fileno())
        text = "\ud83d\ude00 \udcff é"  # lone surrogates, not a pair's character
        here.send([text, float("inf")])
        assert there.recv() == [text, float("inf")]
        os.close(ours.detach())
        with pytest.raises(frames.PeerGone):
            there.recv()
        with pytest.raises(frames.PeerGone):
            there.send(1)
