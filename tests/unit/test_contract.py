"""The messages between processes: every one survives the wire, nothing else gets through."""

import contextlib
import json
import socket
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.contract import heartbeat, wire
from firmware.contract.events import CallChanged, CallEnded, Event, LineChanged, Resync
from firmware.contract.replies import Metrics, Reason, Refusal, Session, Status, Welcome
from firmware.contract.requests import Explain, GetStatus, Hello, LogIn, Peer, Subscribe
from firmware.contract.status import Call, CallState, Line, LineKind, LineState, Position
from firmware.contract.status import Status as BoxStatus

AT = datetime(2026, 12, 24, 18, 0, tzinfo=UTC)
CALL = Call("c1", "104", "107", CallState.RINGING, AT)
REQUESTS = [
    Hello(1, Peer.PORTAL),
    LogIn("admin", "päss", "192.0.2.1"),
    GetStatus(),
    GetStatus("cookie"),
    Explain("104", "107", AT),
    Subscribe("cookie", Position(5, 7)),
]
ANSWERS = [
    Welcome(1, "0.1.0"),
    Refusal(Reason.BUSY, "wait", 2.0),
    Status(BoxStatus("Office", AT, Position(1, 0), lines=(Line("fxs1", LineKind.FXS, LineState.READY),))),
    Metrics({"calls_total": 3}, {"calls": 1.0}),
    Event(Position(1, 2), CallChanged(CALL)),
    Event(Position(1, 3), CallEnded("c1", ("104",))),
    Event(Position(1, 4), LineChanged(Line("fxo1", LineKind.FXO, LineState.NO_LINE))),
    Event(Position(1, 9), Resync()),
]


@pytest.mark.parametrize("message", REQUESTS, ids=lambda m: type(m).__name__)
def test_requests_survive(message):
    data = wire.encode(message)
    assert wire.length(data[:4]) == len(data) - 4
    assert wire.decode_request(data[4:]) == message


@pytest.mark.parametrize("message", ANSWERS, ids=lambda m: type(m).__name__)
def test_answers_survive(message):
    assert wire.decode_answer(wire.encode(message)[4:]) == message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"type":"Hello"}',
        b'{"type":"Hello","version":"1","peer":"portal"}',
        b'{"type":"Hello","version":1,"peer":"guest"}',
        b'{"type":"Hello","version":1,"peer":"portal","more":0}',
        b'{"type":"Format"}',
        b'{"type":"Welcome","version":1,"product":"x"}',
    ],
)
def test_what_is_no_request_is_an_error(body):
    with pytest.raises(wire.WireError):
        wire.decode_request(body)


def test_too_long_both_ways():
    with pytest.raises(wire.WireError, match="at most 262144"):
        wire.encode(LogIn("a", "b" * wire.MAX_BYTES, "c"))
    with pytest.raises(wire.WireError, match="at most 262144"):
        wire.length(b"\xff\xff\xff\xff")


@given(st.binary(max_size=200) | st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5).map(
    lambda value: json.dumps({"type": "GetStatus", "cookie": value}).encode()
))  # fmt: skip
def test_any_bytes_are_a_message_or_a_wire_error(body):
    with contextlib.suppress(wire.WireError):
        assert wire.decode_request(body)


def test_a_status_with_a_hundred_extensions_fits():
    line = Line("fxs1", LineKind.FXS, LineState.READY, "101 Reception of the whole house", "")
    status = BoxStatus("Office", AT, Position(1, 0), lines=(line,) * 200, calls=(CALL,) * 200)
    assert len(wire.encode(Status(status))) < wire.MAX_BYTES


def test_facts_cannot_change():
    with pytest.raises(AttributeError):
        CALL.id = "c2"
    assert msgspec.structs.replace(CALL, id="c2").id == "c2"
    assert Session("a", "admin", AT) == Session("a", "admin", AT)


def test_heartbeat_packets():
    parent, child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    heart = heartbeat.Heart(child.detach())
    heart.ready({"sip": "127.0.0.1:5060"}, claim="secret")
    heart.beat(loop=1, media=2)
    heart.failed("no")
    assert heartbeat.decode(parent.recv(4096)) == heartbeat.Ready({"sip": "127.0.0.1:5060"}, "secret")
    assert heartbeat.decode(parent.recv(4096)) == heartbeat.Beat({"loop": 1, "media": 2})
    assert heartbeat.decode(parent.recv(4096)) == heartbeat.Failed("no")
    parent.close()
    heart.beat(loop=2)  # the supervisor has gone: nothing happens
    heart.close()
    assert heartbeat.decode(b"junk") is None
