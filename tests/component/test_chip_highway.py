"""The PCM highway between the box and both chips: 8-bit codes, slots, collisions."""

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware.chips.si3050 import registers as daa
from firmware.chips.si3210 import registers as r
from firmware.simboard.ends import ignore
from firmware.simboard.sound import Samples, level_dbm0, sine
from tests.component.chip_bytes import SlicBytes
from tests.component.chip_talk import PERIODS, TONE, Talk, played, snr_db


def g711(wire: NDArray[np.uint8], a_law: bool) -> Samples:
    """Decoded by the book (ITU-T G.711), apart from the simulator's tables."""
    out = []
    for code in wire.tolist():
        code ^= 0x55 if a_law else 0xFF
        sign, segment, step = code & 0x80, code >> 4 & 7, code & 15
        if a_law:
            size = (2 * step + 1 << 3) if segment == 0 else (2 * step + 33) << (segment + 2)
            out.append(size if sign else -size)
        else:
            size = (((2 * step + 33) << segment) - 33) << 2
            out.append(-size if sign else size)
    return np.array(out, dtype=np.float32)


@pytest.mark.parametrize("a_law", [True, False])
def test_slic_talks_in_8_bits(a_law: bool) -> None:
    """Two such chips share one 16-bit channel of the card: the first one has the upper byte."""

    def test(talk: Talk) -> None:
        law = 0x20 if a_law else 0x28
        talk.set_slic((r.PCM_MODE, law | 0x01), (r.TXS, 9))  # the lower byte of channel 0
        upper, lower = np.moveaxis(talk.says("fxs1")[:, :1].astype(">i2").view(np.uint8), 1, 0)
        assert not upper.any()
        assert snr_db(g711(lower, a_law), TONE) > 35
        silent = talk.play()[:, :1].astype(">i2").view(np.uint8)[:, 1]
        assert np.abs(g711(silent, a_law)).max() <= 8  # idle code, not zero bits

    played(test)


@pytest.mark.parametrize(("law", "silence"), [(0x20, 0xD5), (0x28, 0xFF)])
def test_slic_hears_8_bits(law: int, silence: int) -> None:
    def test(talk: Talk) -> None:
        talk.set_slic((r.PCM_MODE, law | 0x01))
        codes = talk.says("fxs1")[:, 0].astype(">i2").view(np.uint8).reshape(-1, 2)[:, 0]  # said, then played back
        playback = (codes.astype(np.uint16) << 8).astype(np.int16)
        assert snr_db(talk.hears("fxs1", playback, 0), TONE) > 35
        quiet = np.full(80 * PERIODS, silence << 8, dtype=np.uint16).astype(np.int16)
        assert np.abs(talk.hears("fxs1", quiet, 0)).max() <= 8

    played(test)


@pytest.mark.parametrize(("law", "a_law"), [(0x20, True), (0x28, False)])
def test_daa_talks_in_8_bits(law: int, a_law: bool) -> None:
    def test(talk: Talk) -> None:
        talk.set_daa((daa.PCM_MODE, law | 0x01))
        codes = talk.says("fxo1")[:, 6].astype(">i2").view(np.uint8).reshape(-1, 2)[:, 0]
        assert snr_db(g711(codes, a_law), TONE) > 35

    played(test)


def test_slot_beyond_the_frame_or_disabled_is_silent() -> None:
    def test(talk: Talk) -> None:
        talk.set_slic((r.TXS, 1), (r.TXS + 1, 1))  # 257
        assert not talk.says("fxs1").any()
        talk.set_slic((r.TXS + 1, 0), (r.PCM_MODE, 0x1D))  # PCME off
        assert not talk.says("fxs1").any()
        talk.set_slic((r.PCM_MODE, 0x3D))
        assert level_dbm0(talk.says("fxs1")[:, 0].astype(np.float32)) == pytest.approx(-10, abs=0.1)

    played(test)


def test_slot_across_two_channels_of_the_card() -> None:
    """Linear at bit 8: its upper byte is channel 0's lower one."""

    def test(talk: Talk) -> None:
        talk.set_slic((r.TXS, 9), (r.RXS, 9))
        captured = talk.says("fxs1")[:, :2]
        wire = captured.astype(">i2").view(np.uint8)
        assert snr_db(np.ascontiguousarray(wire[:, 1:3]).view(">i2")[:, 0], TONE) > 50
        assert snr_db(talk.hears("fxs1", captured, 0), TONE) > 50

    played(test)


def test_two_chips_on_one_slot_spoil_each_other() -> None:
    def test(talk: Talk) -> None:
        talk.set_daa((daa.PCM_TXS_LOW, 1))
        assert talk.box.board.audio.collisions() == ["bit 0: fxo1 and fxs1 talk at once"]
        talk.box.board.ports["fxo1"].end.say(sine(900, -10, 80 * PERIODS), ignore)
        assert snr_db(talk.says("fxs1")[:, 0], TONE) < 3

    played(test)


def test_overlapping_slots_are_noticed() -> None:
    def test(talk: Talk) -> None:
        talk.set_slic((r.TXS, 9))
        assert talk.box.board.audio.collisions() == ["bit 16: fxs1 and fxs2 talk at once"]

    played(test)


def test_chip_that_releases_late_spoils_its_neighbour() -> None:
    """TRI=0: the last bit is held half a clock longer, into the next slot's sign (S15 DR1)."""

    def test(talk: Talk) -> None:
        talk.box.telephone("fxs2").lift()
        odd = np.full(80 * PERIODS, 1001, dtype=np.float32)
        talk.box.board.ports["fxs2"].end.say(TONE, ignore)
        talk.set_slic((r.PCM_MODE, 0x3C))
        assert talk.box.board.audio.collisions() == ["bit 16: fxs1 (TRI=0) holds on into fxs2"]
        assert (talk.says("fxs1", odd)[:, 1] < 0).all()
        talk.set_slic((r.PCM_MODE, 0x3D))
        assert talk.box.board.audio.collisions() == []
        assert (talk.says("fxs1", odd)[:, 1] >= 0).any()

    played(test)


def test_a_chip_out_of_reset_is_off_the_highway() -> None:
    assert SlicBytes().chip.audio().slots.transmit is None
