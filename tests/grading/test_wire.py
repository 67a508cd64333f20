"""The wire: messages arrive as they were sent, and whatever else comes is refused without harm."""

import socket
import struct
import threading
import time

import pytest

from hbcourse.grading.running import wire


@pytest.fixture
def ends():
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def soon():
    return time.monotonic() + 0.2


def test_messages_arrive_with_their_arrays_in_order(ends):
    blobs = [b"", b"abc", bytes(300_000)]
    sender = threading.Thread(target=lambda: [wire.send(ends[0], {"n": n}, blobs) for n in range(3)])
    sender.start()
    assert [wire.receive(ends[1]) for _ in range(3)] == [({"n": n}, blobs) for n in range(3)]
    sender.join()


def frame(text, blobs=b"", size=None):
    return struct.pack("!II", len(text) if size is None else size, len(blobs)) + text + blobs


@pytest.mark.parametrize(
    "content",
    [
        frame(b"", size=wire.MAX_JSON + 1),
        struct.pack("!II", 2, wire.MAX_BYTES + 1),
        frame(b"{"),
        frame(b"\xff\xfe"),
        frame(b"[]"),
        frame(b"{}"),
        frame(b'{"blobs": [NaN]}'),
        frame(b'{"blobs": [3]}', b"ab"),
        frame(b'{"blobs": [-1, 3]}', b"ab"),
        frame(b'{"blobs": [true]}', b"a"),
        frame(b'{"blobs": {}}'),
        frame(b'{"blobs": [], "a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"),
    ],
    ids=lambda content: repr(content[:40]),
)
def test_what_is_no_message_is_refused(ends, content):
    ends[0].sendall(content)
    with pytest.raises(wire.WireError):
        wire.receive(ends[1], soon())


def test_who_says_nothing_is_late_and_who_drips_is_late_too(ends):
    with pytest.raises(wire.Late):
        wire.receive(ends[1], soon())
    stop = threading.Event()

    def drip():
        while not stop.wait(0.02):
            ends[0].sendall(b"\0")

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        ends[0].sendall(struct.pack("!II", 1000, 0))
        with pytest.raises(wire.Late):
            wire.receive(ends[1], soon())
    finally:
        stop.set()
        dripping.join()


def test_who_does_not_listen_is_late(ends):
    with pytest.raises(wire.Late):
        wire.send(ends[0], {}, [bytes(10_000_000)], soon())


def test_who_is_gone_is_noticed_by_both_ends(ends):
    ends[0].sendall(b"\0\0")
    ends[0].close()
    with pytest.raises(wire.Closed):
        wire.receive(ends[1])
    with pytest.raises(wire.Closed):
        wire.send(ends[1], {}, [bytes(10_000_000)])
