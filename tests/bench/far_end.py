"""The audio of all called telephones: hears every call, plays a tone back, says what it heard.

A process of its own: `python -m tests.bench.far_end HOST PORT ...`. To each line on standard input it answers with one
line of JSON, `{"streams": [Heard, ...], "late_ms": N}`, and forgets what it has told; the end of the input ends it.
Times of arrival are the kernel's, so that a busy machine does not make gaps that were not there. `late_ms` is how late
this process itself was at worst: a gap of that size may be the machine's.
"""

import json
import select
import socket
import struct
import sys
import time
from dataclasses import asdict, dataclass, field

import numpy as np

from tests.bench.sipp import CALLER_HZ
from tests.system.rtp import DECODE, FRAME, PCMA, encoded, strength, tone

CALLEE_HZ = 1100.0  # a whole number of waves in 20 ms: every packet is the same
SO_TIMESTAMPNS = 35  # linux/socket.h; Python has no name for it
FRAME_S = 0.02
QUIET_S = 1.0  # without a packet for this long, a telephone stops playing
LOUD = 500  # amplitude of a frame that is no silence


@dataclass
class Stream:
    """What came from one source to one telephone."""

    port: int
    first_s: float
    last_s: float
    longest_gap_ms: float = 0.0
    lost: int = 0
    sequence: int | None = None
    payloads: list[bytes] = field(default_factory=list)

    def take(self, packet: bytes, at_s: float) -> None:
        sequence = struct.unpack_from("!H", packet, 2)[0]
        if self.sequence is not None:
            self.longest_gap_ms = max(self.longest_gap_ms, (at_s - self.last_s) * 1000)
            self.lost += (sequence - self.sequence - 1) & 0xFFFF
        self.sequence, self.last_s = sequence, at_s
        self.payloads.append(packet[12:])


@dataclass(frozen=True, slots=True)
class Heard:
    """Findings about a stream. Silence is the longest run of frames without the tone after it began, to its end."""

    port: int
    seconds: float
    packets: int
    lost: int
    longest_gap_ms: float
    tone: float  # share of the power at the caller's tone
    silence_ms: float

    @classmethod
    def of(cls, stream: Stream) -> "Heard":
        samples = DECODE[PCMA][np.frombuffer(b"".join(stream.payloads), np.uint8)]
        frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME)
        loud = np.flatnonzero(np.abs(frames.astype(int)).max(axis=1, initial=0) > LOUD)
        longest = int(np.diff(loud).max(initial=1)) - 1 if len(loud) else 0
        inside = frames[loud[0] : loud[-1] + 1].ravel() if len(loud) else samples
        return cls(
            stream.port, stream.last_s - stream.first_s, len(stream.payloads), stream.lost, stream.longest_gap_ms,
            strength(inside, CALLER_HZ), longest * FRAME_S * 1000,
        )  # fmt: skip


class Telephone:
    """One RTP port."""

    def __init__(self, host: str, port: int) -> None:
        self.port, self.socket = port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setblocking(False)
        self.socket.bind((host, port))
        self.to: tuple[str, int] | None = None
        self.heard_s = 0.0
        self.sequence = 0

    def play(self, payload: bytes) -> None:
        self.sequence += 1
        header = struct.pack("!BBHII", 0x80, PCMA, self.sequence & 0xFFFF, self.sequence * FRAME, self.port)
        assert self.to is not None
        self.socket.sendto(header + payload, self.to)


class FarEnd:
    """All telephones on one thread."""

    def __init__(self, host: str, ports: list[int]) -> None:
        self._poll, self._streams = select.epoll(), dict[tuple[int, int], Stream]()
        self._telephones = {one.socket.fileno(): one for one in (Telephone(host, port) for port in ports)}
        self._payload = encoded(tone((CALLEE_HZ,), FRAME), PCMA)
        self._late_s = 0.0
        for number in (*self._telephones, sys.stdin.fileno()):
            self._poll.register(number, select.EPOLLIN)

    def run(self) -> None:
        due_s = time.monotonic()
        while True:
            for number, _ in self._poll.poll(max(0.0, due_s - time.monotonic())):
                if number != sys.stdin.fileno():
                    self._receive(self._telephones[number])
                elif sys.stdin.readline():
                    print(json.dumps(self._report()), flush=True)
                    due_s = time.monotonic()  # finding out took longer than a frame
                else:
                    return
            late_s = time.monotonic() - due_s
            if late_s >= 0:
                self._late_s = max(self._late_s, late_s)
                due_s += FRAME_S
                self._play()

    def _receive(self, telephone: Telephone) -> None:
        packet, extra, _flags, source = telephone.socket.recvmsg(2048, 64)
        if len(packet) < 12 or packet[1] & 127 != PCMA:
            return
        seconds, nanoseconds = struct.unpack("qq", extra[0][2])
        at_s, ssrc = seconds + nanoseconds / 1e9, struct.unpack_from("!I", packet, 8)[0]
        telephone.to, telephone.heard_s = source, time.monotonic()
        stream = self._streams.get((telephone.port, ssrc))
        if stream is None:
            stream = self._streams[telephone.port, ssrc] = Stream(telephone.port, at_s, at_s)
        stream.take(packet, at_s)

    def _play(self) -> None:
        since_s = time.monotonic() - QUIET_S
        for telephone in self._telephones.values():
            if telephone.heard_s > since_s:
                telephone.play(self._payload)

    def _report(self) -> dict[str, object]:
        streams, late_s = self._streams, self._late_s
        self._streams, self._late_s = {}, 0.0
        return {"streams": [asdict(Heard.of(one)) for one in streams.values()], "late_ms": 1000 * late_s}


if __name__ == "__main__":
    print("ready", flush=True)
    FarEnd(sys.argv[1], [int(text) for text in sys.argv[2:]]).run()
