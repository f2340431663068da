"""The stream between host and worker: what goes in comes out, and nothing else gets in."""

import contextlib
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandboxes.wire import Channel, Decoder, ProtocolError, pack

plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters())  # lone surrogates too
    | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.lists(plain, max_size=5), st.integers(1, 64))
def test_any_plain_data_survives_any_cut(messages, step):
    stream = b"".join(pack(message) for message in messages)
    decoder = Decoder(1 << 20)
    out = []
    for start in range(0, len(stream), step):
        out += decoder.feed(stream[start : start + step])
    assert out == messages


@given(st.binary(max_size=200))
def test_garbage_is_an_error_or_plain_data(data):
    with contextlib.suppress(ProtocolError):
        list(Decoder(1 << 16).feed(data))


def test_more_than_the_cap_is_an_error():
    with pytest.raises(ProtocolError):
        list(Decoder(1024).feed(pack(b"x" * 4096)))


@pytest.mark.parametrize("thing", [object(), {1, 2}, 2**70, [lambda: None]])
def test_what_is_not_plain_cannot_be_sent(thing):
    with pytest.raises((TypeError, ValueError, OverflowError)):
        pack(thing)


def test_a_channel_reads_until_the_other_end_closes():
    read, write = os.pipe()
    os.write(write, pack([1, "zwei"]) + pack({"drei": 3.0}))
    os.close(write)
    channel = Channel(read)
    assert [channel.receive() for _ in range(3)] == [[1, "zwei"], {"drei": 3.0}, None]
    os.close(read)
