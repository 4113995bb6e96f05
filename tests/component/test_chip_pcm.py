"""Audio between the PCM highway and the line through both chips: codes, slots, gains, loopbacks, echo."""

import numpy as np
import pytest

from firmware.chips.si3050 import registers as daa
from firmware.chips.si3210 import registers as r
from firmware.hal import ChipSelect
from firmware.simboard.ends import Recorder, ignore
from firmware.simboard.faults import set_fault
from firmware.simboard.sound import Samples, level_dbm0, sine
from tests.component.chip_bytes import SlicBytes
from tests.inprocess import Copper, copper
from tests.virtual import START, run_virtual

PERIODS = 40
TONE = sine(400, -10, 80 * PERIODS)


class Talk:
    """fxs1 is off the hook, somebody talks on fxo1; bytes go to the chips past the drivers."""

    def __init__(self, box: Copper) -> None:
        self.box, self.slic, self.daa = box, ChipSelect(box.bus, 0), ChipSelect(box.bus, 6)

    async def begin(self) -> "Talk":
        self.box.telephone("fxs1").lift()
        self.box.office("fxo1").ring("", "", START)
        await self.box.after(0.5)
        self.box.lines.fxo["fxo1"].seize()
        await self.box.after(0.5)
        return self

    def set_slic(self, *registers: tuple[int, int]) -> None:
        self.slic.exchange(*map(bytes, registers))

    def set_daa(self, *registers: tuple[int, int]) -> None:
        self.daa.exchange(*(bytes((0x20, *one)) for one in registers))

    def play(
        self, samples: Samples | None = None, channel: int = 0
    ) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
        """What the box captures while it plays this into a channel."""
        playback = np.zeros((80 * PERIODS, 8), dtype=np.int16)
        if samples is not None:
            playback[:, channel] = samples
        audio = self.box.board.audio
        return np.concatenate([audio.period(playback[n : n + 80]) for n in range(0, 80 * PERIODS, 80)])

    def says(self, port: str, samples: Samples = TONE) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
        """What the box captures while somebody speaks at that port."""
        self.box.board.ports[port].end.say(samples, ignore)
        captured = self.play()
        self.play()
        return captured

    def hears(self, port: str, samples: Samples | None, channel: int, says: Samples | None = None) -> Samples:
        """What comes to that port's end while the box plays, or while somebody speaks there."""
        heard: list[Samples] = []
        end = self.box.board.ports[port].end
        end.recorders.append(Recorder(80 * PERIODS, heard.append))
        if says is not None:
            end.say(says, ignore)
        self.play(samples, channel)
        self.play()
        return heard[0]


def played(test) -> None:  # type: ignore[no-untyped-def]
    async def main() -> None:
        async with copper() as box:
            test(await Talk(box).begin())

    run_virtual(main)


def snr_db(heard: Samples, sent: Samples) -> float:
    return 20 * float(np.log10(np.linalg.norm(sent) / np.linalg.norm(heard.astype(np.float64) - sent)))


def g711(wire: "np.ndarray[tuple[int], np.dtype[np.uint8]]", a_law: bool) -> Samples:
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


def test_a_chip_out_of_reset_is_off_the_highway() -> None:
    assert SlicBytes().chip.audio().slots.transmit is None
