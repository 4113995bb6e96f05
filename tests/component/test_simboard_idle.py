"""A simulated board on which nothing happens costs next to nothing: it looks at samples only when somebody is heard."""

import asyncio
from pathlib import Path

import pytest

from firmware.lines.boardfile import load_board
from firmware.simboard.board import Board
from firmware.simboard.highway import Period
from firmware.simboard.pcm_server import PcmServer
from firmware.telephony.country import load_country
from tests.virtual import START


def test_silence_costs_no_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main() -> None:
        board = Board(load_board("sim"), load_country("DE"))
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
        assert periods(250) == pytest.approx(90, abs=20)  # the number after it, 0.7 s of it and the pause before
        assert periods(100) == 0

    asyncio.run(main())
