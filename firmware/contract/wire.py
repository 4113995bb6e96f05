"""The form of messages on a stream socket: four bytes of length (big-endian), then that many bytes of JSON.

Decoding is typed: an unknown type or field, a wrong value and a length over 256 kB are errors, never guesses
(security.md 2.2). Not responsible for what the messages mean.
"""

import os
import socket
import struct
from collections.abc import Collection
from typing import Final

import msgspec

from firmware.contract.events import Event, Message
from firmware.contract.replies import Reply
from firmware.contract.requests import Request

MAX_BYTES: Final = 256 * 1024
LENGTH: Final = struct.Struct(">I")
PEER_CREDENTIAL: Final = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid

_requests: Final[msgspec.json.Decoder[Request]] = msgspec.json.Decoder(Request)
_answers: Final[msgspec.json.Decoder[Reply | Event]] = msgspec.json.Decoder(Reply | Event)
_encoder: Final = msgspec.json.Encoder()


class WireError(Exception):
    """What came is not a message, or the far end is not who it must be. The connection is of no more use."""


def encode(message: Message) -> bytes:
    """The message with its length in front. Raises WireError when it is over 256 kB."""
    body = _encoder.encode(message)
    if len(body) > MAX_BYTES:
        raise WireError(f"{type(message).__name__} has {len(body)} bytes, at most {MAX_BYTES} are allowed")
    return LENGTH.pack(len(body)) + body


def length(header: bytes) -> int:
    """Bytes of the body that follows a header of four bytes."""
    count = int(LENGTH.unpack(header)[0])
    if count > MAX_BYTES:
        raise WireError(f"a message of {count} bytes, at most {MAX_BYTES} are allowed")
    return count


def decode_request(body: bytes) -> Request:
    try:
        return _requests.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not a request: {error}") from error


def decode_answer(body: bytes) -> Reply | Event:
    try:
        return _answers.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise WireError(f"not an answer: {error}") from error


def peer_uid(connection: socket.socket) -> int:
    """User id of the process at the far end, as the kernel recorded it at connect or listen."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, PEER_CREDENTIAL.size)
    return int(PEER_CREDENTIAL.unpack(raw)[1])


def own_uids() -> frozenset[int]:
    """The users whom a process trusts by default: root and itself."""
    return frozenset({0, os.getuid()})


def check_peer(connection: socket.socket, allowed: Collection[int]) -> int:
    """Return the far end's user id; raises WireError unless it is allowed."""
    uid = peer_uid(connection)
    if uid not in allowed:
        raise WireError(f"the far end runs as user id {uid}, allowed are {sorted(allowed)}")
    return uid
