"""Gains, mutes, loopbacks and echo between the box and the line, through both chips."""

import numpy as np
import pytest

from firmware.chips.si3050 import registers as daa
from firmware.chips.si3210 import registers as r
from firmware.simboard.faults import set_fault
from firmware.simboard.sound import level_dbm0
from tests.component.chip_talk import TONE, Talk, played, snr_db


def indirect(talk: Talk, number: int, value: int) -> None:
    """By the Si3215's number."""
    talk.set_slic((r.INDIRECT_LOW, value & 0xFF), (r.INDIRECT_HIGH, value >> 8), (r.INDIRECT_ADDRESS, number))


@pytest.mark.parametrize(
    ("gains", "to_line_db", "to_box_db"),
    [(0x01, -3.5, 0), (0x02, 3.5, 0), (0x04, 0, -3.5), (0x08, 0, 3.5), (0x03, -89, 0), (0x10, -89, 0), (0x0C, 0, -89)],
)
def test_analog_gains_of_the_slic(gains: int, to_line_db: float, to_box_db: float) -> None:
    """DR9; -89 stands for mute."""

    def test(talk: Talk) -> None:
        talk.set_slic((r.AUDIO_GAIN, gains))
        assert level_dbm0(talk.hears("fxs1", TONE, 0)) == pytest.approx(-10 + to_line_db, abs=0.1)
        assert level_dbm0(talk.says("fxs1")[:, 0].astype(np.float32)) == pytest.approx(-10 + to_box_db, abs=0.1)

    played(test)


def test_digital_gains_of_the_slic() -> None:
    """IR26 and IR27, which are 13 and 14 on the Si3215."""

    def test(talk: Talk) -> None:
        indirect(talk, 13, 0x2000)
        talk.box.board.advance(talk.box.board.timers.now_s + 1e-3)
        indirect(talk, 14, 0x1000)
        assert level_dbm0(talk.hears("fxs1", TONE, 0)) == pytest.approx(-16, abs=0.1)
        assert level_dbm0(talk.says("fxs1")[:, 0].astype(np.float32)) == pytest.approx(-22, abs=0.1)

    played(test)


@pytest.mark.parametrize(
    ("number", "value", "db"),
    [(daa.RX_GAIN, 0x06, 6), (daa.RX_GAIN, 0x16, -6), (daa.RX_GAIN_FINE, 0x05, 0.5), (daa.RX_GAIN_FINE, 0x1F, -1.5)],
)
def test_gains_of_the_daa(number: int, value: int, db: float) -> None:
    """R39 and R41 from the line, R38 and R40 to it."""

    def test(talk: Talk) -> None:
        talk.set_daa((number, value))
        assert level_dbm0(talk.says("fxo1")[:, 6].astype(np.float32)) == pytest.approx(-10 + db, abs=0.05)
        assert level_dbm0(talk.hears("fxo1", TONE, 6)) == pytest.approx(-10, abs=0.05)
        talk.set_daa((number, 0), (number - 1, value))
        assert level_dbm0(talk.says("fxo1")[:, 6].astype(np.float32)) == pytest.approx(-10, abs=0.05)
        assert level_dbm0(talk.hears("fxo1", TONE, 6)) == pytest.approx(-10 + db, abs=0.05)

    played(test)


def test_mutes_of_the_daa() -> None:
    def test(talk: Talk) -> None:
        talk.set_daa((daa.TX_RX_MUTE, 0x08))
        assert not talk.says("fxo1")[:, 6].any()
        talk.set_daa((daa.TX_RX_MUTE, 0x80))
        assert not talk.hears("fxo1", TONE, 6).any()

    played(test)


def test_digital_loopbacks() -> None:
    """DR8 DLM and R10 DDL: what the box plays comes back."""

    def test(talk: Talk) -> None:
        talk.set_slic((r.LOOPBACK, 0x02))
        talk.set_daa((daa.DAA_CONTROL_3, 0x01))
        assert snr_db(talk.play(TONE, 0)[:, 0], TONE) > 50
        assert snr_db(talk.play(TONE, 6)[:, 6], TONE) > 50

    played(test)


@pytest.mark.parametrize(("bit", "db"), [(0x01, -3.5), (0x04, -9.5)])
def test_analog_loopbacks_of_the_slic(bit: int, db: float) -> None:
    """ALM1 turns round at the converters, so that the analog gains count; ALM2 behind the digital ones."""

    def test(talk: Talk) -> None:
        indirect(talk, 13, 0x2000)
        talk.set_slic((r.AUDIO_GAIN, 0x04), (r.LOOPBACK, bit))
        assert level_dbm0(talk.hears("fxs1", None, 0, says=TONE)) == pytest.approx(-10 + db, abs=0.1)
        talk.set_slic((r.LOOPBACK, 0))
        assert not talk.hears("fxs1", None, 0, says=TONE).any()

    played(test)


@pytest.mark.parametrize(("port", "channel"), [("fxs1", 0), ("fxo1", 6)])
def test_hybrid_echo(port: str, channel: int) -> None:
    """What the box plays comes back 20 dB down, beside what is said."""

    def test(talk: Talk) -> None:
        set_fault(talk.box.board.ports[port], "echo", on=True)
        assert level_dbm0(talk.play(TONE, channel)[:, channel].astype(np.float32)) == pytest.approx(-30, abs=0.2)
        set_fault(talk.box.board.ports[port], "echo", on=False)
        assert not talk.play(TONE, channel)[:, channel].any()

    played(test)
