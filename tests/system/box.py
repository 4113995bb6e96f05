"""A whole box for system tests: `fxbox run` on the simulated board, and a hand on its telephones and lines."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.system.rtp import RATE, Samples, strength, tone

FXBOX = str(Path(sys.executable).parent / "fxbox")
START_S = 60
ALIKE = 0.5


def free_port(kind: int = socket.SOCK_DGRAM) -> int:
    """A port of 127.0.0.1 that nobody uses now, neither by UDP nor by TCP."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            udp.bind(("127.0.0.1", 0))
            try:
                tcp.bind(udp.getsockname())
            except OSError:
                continue
            return int(udp.getsockname()[1])


class Box:
    """Starts on `with`, stops at its end. `log` is everything that the terminal of the box showed."""

    def __init__(self, folder: Path, site: str, ip: str = "127.0.0.1") -> None:
        self.folder, self.data = folder, folder / "data"
        self.sip, self.portal = (ip, free_port()), ("127.0.0.1", free_port())
        (folder / "site.yaml").write_text(site)
        self.log = folder / "terminal.log"
        self._ends: dict[tuple[str, int], End] = {}

    def __enter__(self) -> "Box":
        self.start("--site", str(self.folder / "site.yaml"))
        return self

    def start(self, *extra: str) -> None:
        argv = [FXBOX, "run", "--board", "sim", "--data", str(self.data), "--sip", "{}:{}".format(*self.sip),
                "--portal", "{}:{}".format(*self.portal), *extra]  # fmt: skip
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(argv, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)
        self.wait_for("ready:")
        self.until(lambda: all(line["state"] == "Ready" for line in self.status()["lines"]))

    def __exit__(self, *_: object) -> None:
        for end in self._ends.values():
            end.close()
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            raise

    def wait_for(self, text: str, since: int = 0) -> None:
        """Until the terminal has shown `text`, after the first `since` characters."""
        end = time.monotonic() + START_S
        while text not in self.log.read_text()[since:]:
            assert self._process.poll() is None, f"the box has ended:\n{self.log.read_text()}"
            assert time.monotonic() < end, f"{text!r} did not come within {START_S} s:\n{self.log.read_text()}"
            time.sleep(0.05)

    def until(self, condition: Any, within_s: float = 15.0) -> None:
        end = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < end, f"{condition} did not come true within {within_s} s"
            time.sleep(0.05)

    def fxbox(self, *words: str) -> str:
        """Run a command on this box as a person would."""
        done = subprocess.run([FXBOX, "--data", str(self.data), *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"fxbox {' '.join(words)}: {done.stderr}"
        return done.stdout

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.fxbox("status", "--json"))
        return found

    def core_pid(self) -> int:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in children:
            if b"firmware.app" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        raise AssertionError("the box has no core")

    def end(self, name: str, hand: int = 1) -> "End":
        """A telephone or line; a second hand acts on it while the first is busy."""
        if (name, hand) not in self._ends:
            self._ends[name, hand] = End(self, name)
        return self._ends[name, hand]


class End:
    """A simulated telephone (fxs1 …) or the exchange behind a line (fxo1 …)."""

    def __init__(self, box: Box, name: str) -> None:
        self._box, self.name = box, name
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(60)  # a board that hangs fails the test instead of stopping all of them
        self._socket.connect(str(box.data / "run" / "sim.sock"))
        self._stream = self._socket.makefile("rw")

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def do(self, verb: str, **words: Any) -> dict[str, Any]:
        """One command; returns when it is done."""
        self.begin(verb, **words)
        return self.finish()

    def begin(self, verb: str, **words: Any) -> None:
        self._stream.write(json.dumps({"port": self.name, "do": verb, **words}) + "\n")
        self._stream.flush()

    def finish(self) -> dict[str, Any]:
        reply: dict[str, Any] = json.loads(self._stream.readline())
        assert reply.pop("ok"), reply
        return reply

    def state(self) -> dict[str, Any]:
        return self.do("state")

    def until(self, **wanted: Any) -> dict[str, Any]:
        """Until its state has these values."""
        self._box.until(lambda: self.state().items() >= wanted.items())
        return self.state()

    def hears(self, seconds: float) -> Samples:
        """What it hears in the next seconds."""
        file = self._box.folder / f"{self.name}.wav"
        self.do("record", file=str(file), seconds=seconds)
        return read_wav(file)

    def hears_after(self, digits: str, seconds: float) -> Samples:
        """What a telephone hears in the next seconds, in which it presses these keys."""
        file, ear = self._box.folder / f"{self.name}-after.wav", self._box.end(self.name, 2)
        ear.begin("record", file=str(file), seconds=seconds)
        self.do("dial", digits=digits)
        ear.finish()
        return read_wav(file)

    def begin_to_say(self, freq_hz: float, seconds: float) -> None:
        """Play a tone; `finish` waits for its end."""
        file = self._box.folder / f"{self.name}-says.wav"
        with wave.open(str(file), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(tone((freq_hz,), int(seconds * RATE), 8000).tobytes())
        self.begin("play", file=str(file))


def read_wav(file: Path) -> Samples:
    with wave.open(str(file)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), np.int16)


def has_tone(samples: Samples, *freqs_hz: float) -> bool:
    """Whether these frequencies, and little else, are heard most of the time."""
    return sum(strength(samples, freq) for freq in freqs_hz) > 0.8


def says(samples: Samples, files: list[Path]) -> bool:
    """Whether these recordings are heard one after the other, whatever comes before: by likeness of the waveforms.

    Half alike is enough: on a busy machine a period may be late, which moves the rest of a recording against it. Two
    different words of one speaker are less than a quarter alike.
    """
    at = 0
    for file in files:
        wanted = read_wav(file).astype(float)
        alike = likeness(samples[at:].astype(float), wanted)
        there = np.flatnonzero(alike > ALIKE)
        if not there.size:
            return False
        first = int(there[0])
        at += first + int(np.argmax(alike[first : first + 400])) + len(wanted) * 9 // 10
    return True


def likeness(heard: NDArray[np.float64], wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlation of `wanted` with what is heard at each place, -1 to 1."""
    places = len(heard) - len(wanted) + 1
    if places <= 0:
        return np.zeros(0)
    size = len(heard) + len(wanted)
    product = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)[:places]
    energy = np.cumsum(np.concatenate(([0.0], heard**2)))
    there = np.sqrt(energy[len(wanted) :] - energy[:places])
    return product / (there * np.linalg.norm(wanted) + 1.0)
