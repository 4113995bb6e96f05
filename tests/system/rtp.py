"""The audio of a test telephone: sends a tone as G.711, keeps what comes, says what was heard.

Sequence numbers and time stamps are checked too: a gap is a fault that nobody hears in an average.
"""

import re
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

RATE = 8000
FRAME = 160
PCMU, PCMA = 0, 8

Samples = NDArray[np.int16]


def _alaw_table() -> Samples:
    """ITU-T G.711: the 16-bit value of each A-law byte."""
    table = np.zeros(256, np.int16)
    for byte in range(256):
        code = byte ^ 0x55
        exponent, mantissa = (code >> 4) & 7, code & 15
        value = (mantissa << 4) + 8 if exponent == 0 else ((mantissa << 4) + 0x108) << (exponent - 1)
        table[byte] = value if code & 0x80 else -value
    return table


def _ulaw_table() -> Samples:
    """ITU-T G.711: the 16-bit value of each µ-law byte."""
    table = np.zeros(256, np.int16)
    for byte in range(256):
        code = byte ^ 0xFF
        value = ((((code & 15) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
        table[byte] = -value if code & 0x80 else value
    return table


DECODE = {PCMA: _alaw_table(), PCMU: _ulaw_table()}
_ORDER = {law: np.argsort(table, kind="stable") for law, table in DECODE.items()}
_SORTED = {law: DECODE[law][order].astype(np.int32) for law, order in _ORDER.items()}


def encoded(samples: Samples, law: int) -> bytes:
    """Nearest byte of each sample."""
    ordered = _SORTED[law]
    at = np.clip(np.searchsorted(ordered, samples), 1, 255)
    left, right = ordered[at - 1], ordered[at]
    at = np.where(np.abs(samples - left) <= np.abs(right - samples), at - 1, at)
    return bytes(_ORDER[law][at].astype(np.uint8))


def tone(freqs_hz: tuple[float, ...], samples: int, level: int = 6000) -> Samples:
    t = np.arange(samples) / RATE
    return sum((level * np.sin(2 * np.pi * f * t) for f in freqs_hz), np.zeros(samples)).astype(np.int16)


def strength(samples: Samples, freq_hz: float) -> float:
    """Share of the power that lies within 15 Hz of a frequency, 0 to 1; 0 for silence."""
    if len(samples) < 400 or np.sqrt(np.mean(samples.astype(float) ** 2)) < 20:
        return 0.0
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    freqs = np.fft.rfftfreq(len(samples), 1 / RATE)
    return float(power[np.abs(freqs - freq_hz) <= 15].sum() / power.sum())


@dataclass
class Audio:
    """One RTP socket. Use as a context manager: it sends `freq_hz` (silence when 0) all the while."""

    freq_hz: float = 0.0
    ip: str = "127.0.0.1"
    event_type: int = 101
    law: int = PCMA
    frame: int = FRAME  # samples a packet that it sends
    heard_events: list[str] = field(default_factory=list)
    gaps: int = 0

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((self.ip, 0))
        self._socket.settimeout(0.2)
        self.port = self._socket.getsockname()[1]
        self.to: tuple[str, int] | None = None
        self._frames: list[bytes] = []
        self._said: Samples = np.zeros(0, np.int16)
        self._stop = threading.Event()
        self._next: int | None = None
        self._event_time: int | None = None
        self._sending = (int(time.monotonic() * 1000) & 0xFFFF, 0)
        self._ssrc = id(self) & 0xFFFFFFFF
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._receive, self._send)]

    def __enter__(self) -> "Audio":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._socket.close()

    def connect(self, sdp: str) -> None:
        """Send where this SDP says, keys as the payload type that it wants."""
        ip = next(line[9:].strip() for line in sdp.splitlines() if line.startswith("c=IN IP4 "))
        port = next(int(line.split()[1]) for line in sdp.splitlines() if line.startswith("m=audio "))
        keys = re.search(r"a=rtpmap:(\d+) telephone-event/8000", sdp)
        self.event_type = int(keys[1]) if keys else self.event_type
        self.to = (ip, port)

    def _receive(self) -> None:
        while not self._stop.is_set():
            try:
                packet = self._socket.recv(2048)
            except TimeoutError:
                continue
            kind, sequence, stamp = packet[1] & 127, *struct.unpack_from("!HI", packet, 2)
            if self._next is not None and sequence != self._next:
                self.gaps += 1
            self._next = (sequence + 1) & 0xFFFF
            if kind == self.law:
                with self._lock:
                    self._frames.append(packet[12:])
            elif kind not in (PCMU, PCMA, 13) and stamp != self._event_time:
                self._event_time = stamp
                self.heard_events.append("0123456789*#ABCD"[packet[12] & 15])

    def _send(self) -> None:
        due, at = time.monotonic(), 0
        while not self._stop.is_set():
            if self.to is not None:
                frame = self.frame
                with self._lock:
                    said, self._said = self._said[:frame], self._said[frame:]
                if len(said) == frame:
                    samples = said
                else:
                    samples = tone((self.freq_hz,), at + frame)[at:] if self.freq_hz else np.zeros(frame, np.int16)
                self._packet(self.law, encoded(samples, self.law), frame)
                at = (at + frame) % RATE  # whole numbers of Hz have a whole number of waves in a second
            due += self.frame / RATE
            time.sleep(max(0.0, due - time.monotonic()))

    def _packet(self, kind: int, payload: bytes, samples: int, marker: bool = False, advance: bool = True) -> None:
        with self._lock:
            sequence, stamp = self._sending
            header = struct.pack("!BBHII", 0x80, kind | (marker << 7), sequence, stamp, self._ssrc)
            self._sending = ((sequence + 1) & 0xFFFF, (stamp + samples) & 0xFFFFFFFF if advance else stamp)
            if self.to is not None:
                self._socket.sendto(header + payload, self.to)

    def say(self, freqs_hz: tuple[float, ...], seconds: float) -> None:
        """Send these frequencies instead, for whole packets."""
        with self._lock:
            self._said = tone(freqs_hz, int(seconds * RATE))
        time.sleep(seconds)

    def press(self, keys: str) -> None:
        """Send keys as RFC 4733 events, 100 ms each."""
        for key in keys:
            code = "0123456789*#ABCD".index(key)
            for step in range(8):
                ends = step >= 5
                payload = struct.pack("!BBH", code, (0x80 if ends else 0) | 10, min(step + 1, 6) * FRAME)
                self._packet(self.event_type, payload, 0, marker=step == 0, advance=False)
                time.sleep(0.015)
            with self._lock:
                sequence, stamp = self._sending
                self._sending = (sequence, (stamp + 8 * FRAME) & 0xFFFFFFFF)
            time.sleep(0.08)

    def heard(self, last_s: float | None = None) -> Samples:
        """What has come so far, or the last seconds of it."""
        with self._lock:
            data = b"".join(self._frames)
        samples = DECODE[self.law][np.frombuffer(data, np.uint8)]
        return samples if last_s is None else samples[-int(last_s * RATE) :]

    def forget(self) -> None:
        with self._lock:
            self._frames.clear()
