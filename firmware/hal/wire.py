"""Packets on the simulated board's `bus.sock`: what `hal/sim.py` says and `simboard` answers. Codec only.

One SOCK_SEQPACKET packet is one message. Requests: `T` transfer (chip select, then each frame with its length),
`R` read a pin, `W` write a pin, `E` this connection takes edges. Replies: `+` and the bytes, or `-` and a reason.
Pushed to an edge connection: one packet a falling edge, the pin's name.
"""

from collections.abc import Iterator, Sequence

PACKET_MAX_BYTES = 4096
TRANSFER, READ, WRITE, EDGES = b"T", b"R", b"W", b"E"
OK, REFUSED = b"+", b"-"


def transfer_request(cs: int, frames: Sequence[bytes]) -> bytes:
    return TRANSFER + bytes((cs,)) + b"".join(bytes((len(frame),)) + frame for frame in frames)


def split_transfer(request: bytes) -> tuple[int, Iterator[bytes]]:
    """Chip select and frames of a transfer request."""
    return request[1], _frames(request)


def _frames(request: bytes) -> Iterator[bytes]:
    at = 2
    while at < len(request):
        end = at + 1 + request[at]
        yield request[at + 1 : end]
        at = end


def write_request(name: str, level: bool) -> bytes:
    return WRITE + bytes((level,)) + name.encode()


def read_request(name: str) -> bytes:
    return READ + name.encode()
