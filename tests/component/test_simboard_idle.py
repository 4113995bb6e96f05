"""A simulated board on which nothing happens costs next to nothing: it looks at samples only when somebody is heard."""

import asyncio
from pathlib import Path

import pytest

from firmware.lines.boardfile import load_board
from firmware.simboard.board import Board
from firmware.simboard.highway import Period
from firmware.simboard.pcm_server import PcmServer
from firmware.simboard.sound import RATE_HZ
from firmware.simboard.sound.fsk import modulate
from firmware.simboard.sound.message import mdmf
from firmware.telephony.country import load_country
from tests.virtual import START


def test_silence_costs_no_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        country = load_country("DE")
        board = Board(load_board("sim"), country)
        server, looked = PcmServer(tmp_path / "pcm.sock", board), 0
        through = board.audio.period

        def period(playback: Period) -> Period:
            nonlocal looked
            looked += 1
            return through(playback)

        def periods(count: int) -> int:
            """How many of the next ones are looked at."""
            before = looked
            for _ in range(count):
                board.advance(board.timers.now_s + 0.01)
                server.tick()
            return looked - before

        monkeypatch.setattr(board.audio, "period", period)
        assert periods(100) == 0
        board.offices["fxo1"].ring("0301234567", "Anna", START)
        assert periods(95) == 0  # the first ring
        number = modulate(mdmf("0301234567", "Anna", START), country.caller_id.standard)
        speaking_s = country.caller_id.before_fsk_ms / 1000 + number.size / RATE_HZ
        assert periods(250) == pytest.approx(speaking_s * 100, abs=3)
        assert periods(100) == 0
        server.close()

    asyncio.run(main())
