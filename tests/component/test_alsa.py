"""The sound card's back end on alsa-lib itself, whose plugins stand for the card: what is read, written and refused."""

import os

import alsaaudio
import pytest

from firmware.media.pcm import PcmGone
from firmware.media.pcm.alsa import PRIMED, AlsaPcm

CHANNELS, SAMPLES = 8, 80
PERIOD = CHANNELS * SAMPLES * 2  # bytes
CARD = """
pcm.microphones {{ type file; slave.pcm silence; infile "{folder}/captured"; file /dev/null; format raw }}
pcm.earpieces {{ type file; slave.pcm silence; file "{folder}/played"; format raw }}
pcm.silence {{ type null }}
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A card whose microphones give what is in `captured`; what it plays is found in `played`."""
    (tmp_path / "asound.conf").write_text(CARD.format(folder=tmp_path))
    (tmp_path / "captured").write_bytes(os.urandom(20 * PERIOD))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    return tmp_path


def never():
    raise AssertionError("no gap was expected")


def test_samples_come_and_go_unchanged_and_in_order(folder):
    card = AlsaPcm("microphones", "earpieces", CHANNELS, SAMPLES, never)
    card.open()
    came = b"".join(card.read() for _ in range(5))
    for number in range(1, 4):
        card.write(bytes([number]) * PERIOD)
    card.close()
    assert came == (folder / "captured").read_bytes()[: 5 * PERIOD]
    played = (folder / "played").read_bytes()
    assert played == bytes(PRIMED * PERIOD) + b"".join(bytes([number]) * PERIOD for number in range(1, 4))


def test_it_opens_again_after_it_was_closed(folder):
    card = AlsaPcm("microphones", "earpieces", CHANNELS, SAMPLES, never)
    for _ in range(2):
        card.open()
        assert card.read() == (folder / "captured").read_bytes()[:PERIOD]
        card.close()


def test_a_card_that_is_not_there_is_named(folder):
    with pytest.raises(PcmGone, match="sound card nowhere: No such file"):
        AlsaPcm("nowhere", "earpieces", CHANNELS, SAMPLES, never).open()


class Card:
    """Stands for `alsaaudio.PCM`: stops once in each direction, as a card does that was not served in time."""

    def __init__(self, **wanted):
        self._info = {"rate": wanted["rate"], "channels": wanted["channels"], "period_size": wanted["periodsize"]}
        self._stopped = False
        self.played = []

    def info(self):
        return self._info

    def read(self):
        if not self._stopped:
            self._stopped = True
            return -32, b""
        return SAMPLES, b"\x05" * PERIOD

    def write(self, period):
        if len(self.played) == PRIMED and not self._stopped:
            self._stopped = True
            return -32
        self.played.append(period)
        return SAMPLES

    def close(self):
        pass


def test_a_stop_of_the_card_is_told_and_no_period_is_lost_to_the_caller(monkeypatch):
    cards = []
    monkeypatch.setattr(alsaaudio, "PCM", lambda **wanted: cards.append(Card(**wanted)) or cards[-1])
    gaps = []
    card = AlsaPcm("in", "out", CHANNELS, SAMPLES, lambda: gaps.append("gap"))
    card.open()
    assert card.read() == b"\x05" * PERIOD and gaps == ["gap"]
    card.write(b"\x07" * PERIOD)
    assert gaps == ["gap", "gap"] and cards[0].played[-1] == b"\x07" * PERIOD


def test_a_card_that_runs_otherwise_is_refused(monkeypatch):
    def other(**wanted):
        return Card(**{**wanted, "rate": 48000})

    monkeypatch.setattr(alsaaudio, "PCM", other)
    with pytest.raises(PcmGone, match="sound card out gives rate 48000, the board needs 8000"):
        AlsaPcm("in", "out", CHANNELS, SAMPLES, never).open()
