"""The simulated board as a process, end to end over its sockets, in real time: clock, audio, bus, commands, loss."""

import asyncio
import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from firmware import cli
from firmware.hal.open import open_hal
from firmware.hal.simcontrol import NoBoard, Refused, ask
from firmware.lines.board import LineBoard
from firmware.lines.boardfile import load_board
from firmware.lines.port import InService, OffHook, OutOfService
from firmware.media.pcm import PcmGone
from firmware.media.pcm.sim import SimPcm
from firmware.simboard.sound import level_dbm0, sine
from firmware.simboard.sound.keys import KeyDecoder
from firmware.simboard.sound.wav import read_wav, write_wav
from firmware.telephony.country import load_country

US = load_country("US")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    with running(tmp_path):
        yield tmp_path


@contextlib.contextmanager
def running(data: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The board's process with its sockets in DATA/run."""
    command = (sys.executable, "-m", "firmware.simboard", "--data", str(data), "--board", "sim", "--country", "US")
    with subprocess.Popen(command) as process:
        try:
            wait_for(data, process)
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(5)


def wait_for(data: Path, process: "subprocess.Popen[bytes]") -> None:
    deadline_s = time.monotonic() + 10
    while True:
        try:
            ask(data, "fxs1", "state")
            return
        except NoBoard:
            assert process.poll() is None
            assert time.monotonic() < deadline_s
            time.sleep(0.05)


class Card:
    """The sound card's user: plays a tone into every channel and keeps what it captures."""

    def __init__(self, data: Path, playing: bytes) -> None:
        self._pcm = SimPcm(data / "run" / "pcm.sock", 8, 80)
        self._playing, self._stop = playing, threading.Event()
        self.captured: list[bytes] = []
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Card":
        self._pcm.open()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self._pcm.close()

    def _run(self) -> None:
        with contextlib.suppress(PcmGone):
            while not self._stop.is_set():
                self.captured.append(self._pcm.read())
                self._pcm.write(self._playing)

    def channel(self, number: int) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
        return np.frombuffer(b"".join(self.captured), "<i2").reshape(-1, 8)[:, number].astype(np.float32)


def tone(hz: float = 400, dbm0: float = -10) -> bytes:
    """A period of a tone on all channels that joins itself (400 Hz: four waves in 80 samples)."""
    return np.repeat(np.rint(sine(hz, dbm0, 80)).astype("<i2"), 8).tobytes()


@contextlib.asynccontextmanager
async def lines(data: Path):  # type: ignore[no-untyped-def]
    board = load_board("sim")
    made = LineBoard(board, open_hal(board, data / "run"), US)
    await made.start()
    try:
        yield made
    finally:
        await made.close()


async def do(data: Path, port: str, verb: str, **more: object) -> dict[str, object]:
    return await asyncio.to_thread(ask, data, port, verb, 10.0, **more)


def test_clock_audio_hook_and_keys(data: Path, tmp_path: Path) -> None:
    async def main() -> None:
        with Card(data, tone()) as card:
            async with lines(data) as box:
                events: list[object] = []
                box.fxs["fxs1"].watch(events.append)
                await do(data, "fxs1", "lift")
                await asyncio.sleep(0.1)
                assert events == [OffHook()]
                assert (await do(data, "fxs1", "state"))["loop_current_ma"] == 20
                before, started_s = len(card.captured), time.monotonic()
                await do(data, "fxs1", "dial", digits="159#")
                await do(data, "fxs1", "record", file=str(tmp_path / "ear.wav"), seconds=0.5)
                elapsed_s = time.monotonic() - started_s
                assert len(card.captured) - before == pytest.approx(elapsed_s * 100, abs=5)
                write_wav(tmp_path / "mouth.wav", sine(800, -10, 4000))
                at = len(card.captured)
                await do(data, "fxs1", "play", file=str(tmp_path / "mouth.wav"))
                await asyncio.sleep(0.1)
        assert level_dbm0(read_wav(tmp_path / "ear.wav")[800:]) == pytest.approx(-10, abs=0.1)
        heard, decoder = card.channel(0), KeyDecoder()
        assert "".join(decoder.feed(heard[n : n + 80]) for n in range(0, at * 80, 80)) == "159#"
        assert level_dbm0(heard[(at + 10) * 80 : (at + 40) * 80]) == pytest.approx(-10, abs=0.2)
        assert not card.channel(1).any()

    asyncio.run(main())


def test_exchange_takes_a_call_and_gives_tones(data: Path, tmp_path: Path) -> None:
    async def main() -> None:
        with Card(data, bytes(1280)) as card:
            async with lines(data) as box:
                box.fxo["fxo1"].seize()
                await asyncio.sleep(0.6)
                loud = card.channel(6)[-2400:]
                assert level_dbm0(loud) == pytest.approx(-10, abs=0.5)  # two tones of -13 dBm0 each
                assert (await do(data, "fxo1", "state"))["phase"] == "dial tone"
                with pytest.raises(Refused, match="fxo1 is dial tone; that can be done while dialling, ringback"):
                    await do(data, "fxo1", "answer")
                await box.fxo["fxo1"].dial_pulses("12")
                state = await do(data, "fxo1", "state")
                assert (state["state"], state["digits"]) == ("seized", "12")

    asyncio.run(main())


def test_board_dies_and_comes_back(tmp_path: Path) -> None:
    async def main() -> None:
        with running(tmp_path) as process, Card(tmp_path, tone()):
            async with lines(tmp_path) as box:
                events: list[object] = []
                back = asyncio.Event()
                box.fxs["fxs1"].watch(events.append)
                box.fxs["fxs1"].watch(lambda event: back.set() if event == InService() else None)
                process.kill()
                process.wait()
                await asyncio.sleep(0.6)
                assert isinstance(events[0], OutOfService)
                assert "simulated board" in events[0].reason
                assert not box.fxo["fxo1"].in_service
                with running(tmp_path), Card(tmp_path, tone()):
                    await asyncio.wait_for(back.wait(), 8)
                    await do(tmp_path, "fxs1", "lift")
                    await asyncio.sleep(0.2)
                    assert events[-1] == OffHook()

    asyncio.run(main())


def test_command_line(data: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def fxbox(*words: str) -> int:
        return cli.main(["--data", str(data), *words])

    assert fxbox("phone", "fxs1", "dial", "1") == 1
    assert "fxs1 is on-hook: lift the handset before dial" in capsys.readouterr().err
    assert fxbox("phone", "fxs1", "lift") == 0
    assert fxbox("phone", "fxs1", "state", "--json") == 0
    assert '"hook": "off"' in capsys.readouterr().out
    assert fxbox("phone", "fxs9", "lift") == 1
    assert "the board has fxs1, fxs2" in capsys.readouterr().err
    assert fxbox("phone", "fxs1", "play", str(tmp_path / "none.wav")) == 1
    assert fxbox("line", "fxo1", "ring", "--from", "0301", "--name", "Anna") == 0
    assert fxbox("line", "fxo1", "ring") == 1
    assert "fxo1 is ringing: only an idle line can be rung" in capsys.readouterr().err
    assert fxbox("line", "fxo1", "state") == 0
    assert "state    ringing" in capsys.readouterr().out
    assert fxbox("line", "fxo1", "hang-up") == 0
    assert fxbox("phone", "fxs1", "hang-up") == 0
    with pytest.raises(SystemExit) as wrong:
        fxbox("phone", "fxs1", "record", "x.wav", "--seconds", "0")
    assert wrong.value.code == 2


def test_no_board(tmp_path: Path) -> None:
    with pytest.raises(NoBoard, match="no simulated board runs with data folder"):
        ask(tmp_path, "fxs1", "lift")
