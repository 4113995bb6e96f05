"""Audio of simulated telephones and exchange through the chips, in virtual time: caller ID, lamp, tones, recordings."""

from datetime import datetime

import numpy as np
import pytest

from firmware.lines.port import RingStarted
from firmware.simboard.ends import Recorder, Refusal, ignore
from firmware.simboard.office import Phase
from firmware.simboard.sound import RATE_HZ, Samples, level_dbm0, silence, sine
from firmware.simboard.sound.fsk import BIT, LEVEL_DBM0, TONES_HZ
from firmware.simboard.sound.keys import KeyDecoder
from firmware.simboard.sound.message import read_display
from firmware.simboard.sound.sources import CadencedTone, dtmf
from firmware.telephony.callerid import caller_id_bits, message_waiting_bits, waiting_caller_bits
from firmware.telephony.country import load_country
from tests.inprocess import Copper, copper
from tests.virtual import START, run_virtual

WHEN = datetime(2026, 7, 8, 9, 10)


def audio_of(bits: bytes, standard: str) -> Samples:
    """FSK of prepared line bits, as the media module makes it."""
    at = np.minimum((np.arange(int(len(bits) * BIT)) / BIT).astype(int), len(bits) - 1)
    mark, space = TONES_HZ[standard]
    hz = np.where(np.frombuffer(bits, np.uint8)[at] == 1, mark, space)
    return (sine(250, LEVEL_DBM0, 8).max() * np.sin(2 * np.pi / RATE_HZ * np.cumsum(hz))).astype(np.float32)


async def listen(box: Copper, seconds: float, play: dict[int, Samples] | None = None) -> Samples:
    """Let time and audio pass: what the box captures, samples x channels; `play`: what it plays by channel."""
    captured = []
    for n in range(round(seconds * 100)):
        playback = np.zeros((80, 8), dtype=np.int16)
        for channel, samples in (play or {}).items():
            part = samples[n * 80 : n * 80 + 80]
            playback[: part.size, channel] = part.astype(np.int16)
        await box.after(0.01)
        captured.append(box.board.audio.period(playback))
    return np.concatenate(captured).astype(np.float32)


@pytest.mark.parametrize("code", ["US", "DE", "FR"])
def test_telephone_shows_the_caller_between_two_rings(code: str) -> None:
    async def main() -> None:
        async with copper(code) as box:
            country = load_country(code)
            on_ms = country.ring.bursts_ms[0][0]
            box.lines.fxs["fxs1"].ring(country.ring)
            await listen(box, on_ms / 1000 + 0.5)
            standard = country.caller_id.standard
            sent = audio_of(caller_id_bits("0301234567", "Jürgen", WHEN, standard), standard)
            await listen(box, 1.6, {0: sent})
            state = box.telephone("fxs1").state()
            assert state["caller"] == {"number": "0301234567", "name": "Juergen"}
            assert state["caller_standard"] == standard
            assert box.telephone("fxs2").state()["caller"] is None
            box.telephone("fxs1").lift()
            await listen(box, 0.5)
            box.telephone("fxs1").hang_up()
            assert box.telephone("fxs1").state()["caller"] is None

    run_virtual(main)


def test_british_telephone_shows_the_caller_before_it_rings() -> None:
    async def main() -> None:
        async with copper("GB") as box:
            await box.lines.fxs["fxs1"].prepare_caller_id()
            alert = sine(2130, -16, 800) + sine(2750, -16, 800)
            sent = np.concatenate((alert, silence(800), audio_of(caller_id_bits("0207", "", WHEN, "v23"), "v23")))
            await listen(box, 2.0, {0: sent})
            box.lines.fxs["fxs1"].ring(load_country("GB").ring)
            await listen(box, 1.0)
            state = box.telephone("fxs1").state()
            assert state["ringing"]
            assert state["caller"] == {"number": "0207", "name": "unavailable"}

    run_virtual(main)


def test_caller_id_is_not_heard_while_the_bell_rings_or_off_hook() -> None:
    async def main() -> None:
        async with copper("US") as box:
            sent = audio_of(caller_id_bits("1", "", WHEN, "bell202"), "bell202")
            box.lines.fxs["fxs1"].ring(load_country("US").ring)
            await listen(box, 1.8, {0: sent})
            assert box.telephone("fxs1").state()["caller"] is None
            box.telephone("fxs1").lift()
            await listen(box, 2, {0: sent})
            assert box.telephone("fxs1").state()["caller"] is None

    run_virtual(main)


CAS = sine(2130, -16, 640) + sine(2750, -16, 640)  # 80 ms


def keys_in(samples: Samples) -> str:
    decoder = KeyDecoder()
    return "".join(decoder.feed(samples[n : n + 80]) for n in range(0, samples.size, 80))


@pytest.mark.parametrize("code", ["US", "DE", "FR", "GB"])
def test_telephone_shows_who_calls_during_a_call(code: str) -> None:
    """H6, type 2: it answers the alerting signal with D, and nothing of it reaches the ear."""

    async def main() -> None:
        async with copper(code) as box:
            box.telephone("fxs1").lift()
            await listen(box, 0.2)
            talk: list[Samples] = []
            box.telephone("fxs1").recorders.append(Recorder(RATE_HZ * 2, talk.append))
            answer = (await listen(box, 0.4, {0: np.concatenate((silence(800), CAS))}))[:, 0]
            assert keys_in(answer) == "D"
            assert np.flatnonzero(answer)[0] - (800 + CAS.size) < 0.1 * RATE_HZ  # TIA-777: within 100 ms
            standard = load_country(code).caller_id.standard
            await listen(box, 1.6, {0: audio_of(waiting_caller_bits("0301234567", "Anna", WHEN, standard), standard)})
            state = box.telephone("fxs1").state()
            assert state["caller"] == {"number": "0301234567", "name": "Anna"}
            assert state["caller_standard"] == standard
            assert not talk[0][800 + CAS.size + 80 :].any()
            box.telephone("fxs1").recorders.append(Recorder(1600, talk.append))
            assert level_dbm0((await listen(box, 0.2, {0: sine(500, -20, 1600)}))[:, 0]) == -99
            assert level_dbm0(talk[1]) == pytest.approx(-20, abs=0.1)  # the conversation goes on

    run_virtual(main)


@pytest.mark.parametrize(
    "sound",
    [
        sine(2130, -16, 640),
        CAS[:320],
        CAS + sine(500, -8, 640),
        sine(2130, -40, 640) + sine(2750, -40, 640),
    ],
    ids=["one tone", "too short", "under speech", "too faint"],
)
def test_telephone_is_not_deceived_by_what_is_no_alerting_signal(sound: Samples) -> None:
    async def main() -> None:
        async with copper() as box:
            box.telephone("fxs1").lift()
            await listen(box, 0.2)
            assert keys_in((await listen(box, 0.5, {0: sound}))[:, 0]) == ""

    run_virtual(main)


def test_telephone_that_was_alerted_in_vain_lets_people_talk_on() -> None:
    async def main() -> None:
        async with copper() as box:
            box.telephone("fxs1").lift()
            await listen(box, 0.2)
            await listen(box, 2.5, {0: CAS})
            box.telephone("fxs1").say(sine(500, -20, 1600), ignore)
            assert level_dbm0((await listen(box, 0.2))[:, 0]) == pytest.approx(-20, abs=0.1)

    run_virtual(main)


def test_message_lamp() -> None:
    async def main() -> None:
        async with copper("US") as box:
            for waiting in (True, False):
                box.lines.fxs["fxs1"].transmit()
                await listen(box, 1.5, {0: audio_of(message_waiting_bits(waiting), "bell202")})
                assert box.telephone("fxs1").state()["message_lamp"] is waiting
            assert box.telephone("fxs1").state()["caller"] is None

    run_virtual(main)


@pytest.mark.parametrize("code", ["US", "DE", "FR", "GB"])
def test_exchange_sends_the_caller(code: str) -> None:
    async def main() -> None:
        async with copper(code) as box:
            box.take("fxo1")
            box.office("fxo1").ring("0301234567", "Anna", START)
            heard = (await listen(box, 4.5))[:, 6]
            assert RingStarted() in box.take("fxo1")
            display = read_display(heard)
            assert display is not None
            assert (display.number, display.name) == ("0301234567", "Anna")
            assert display.standard == load_country(code).caller_id.standard

    run_virtual(main)


def test_exchange_hears_keys_and_gives_its_tones() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            box.lines.fxo["fxo1"].seize()
            dial = (await listen(box, 0.6))[-2400:, 6]
            assert level_dbm0(dial) == pytest.approx(-13, abs=0.2)
            digits = (await listen(box, 1.5, {6: dtmf("0301#")}))[-800:, 6]
            assert not digits.any()
            assert box.office("fxo1").state()["digits"] == "0301#"
            await listen(box, 2.5)
            assert box.office("fxo1").phase is Phase.RINGBACK
            box.office("fxo1").busy()
            busy = (await listen(box, 1.0))[:, 6]
            assert 0.4 < np.count_nonzero(np.abs(busy) > 10) / busy.size < 0.6
            with pytest.raises(Refusal, match="fxo1 is busy; that can be done while"):
                box.office("fxo1").hang_up("busy")
            box.lines.fxo["fxo1"].release()
            await listen(box, 0.5)
            assert box.office("fxo1").phase is Phase.IDLE
            assert not (await listen(box, 0.2)).any()

    run_virtual(main)


def test_far_end_talks_and_hears() -> None:
    async def main() -> None:
        async with copper("DE") as box:
            box.office("fxo2").ring("", "", START)
            await listen(box, 0.5)
            box.lines.fxo["fxo2"].seize()
            await listen(box, 0.1)
            heard: list[Samples] = []
            box.office("fxo2").recorders.append(Recorder(4000, heard.append))
            box.office("fxo2").say(sine(700, -12, 4000), ignore)
            captured = (await listen(box, 0.5, {7: sine(500, -20, 4000)}))[:, 7]
            assert level_dbm0(captured) == pytest.approx(-12, abs=0.1)
            assert level_dbm0(heard[0]) == pytest.approx(-20, abs=0.1)
            box.office("fxo2").hang_up("busy")
            busy = (await listen(box, 0.96))[:, 7]
            wanted = CadencedTone(load_country("DE").tones["busy"]).read(7680)
            assert wanted is not None
            assert float(np.corrcoef(busy, wanted)[0, 1]) > 0.99

    run_virtual(main)


def test_handset_down_cuts_what_is_said() -> None:
    async def main() -> None:
        async with copper() as box:
            ends: list[bool] = []
            box.telephone("fxs1").lift()
            await listen(box, 0.1)
            box.telephone("fxs1").dial("123456789", ends.append)
            with pytest.raises(Refusal, match="still speaking"):
                box.telephone("fxs1").dial("1", ends.append)
            await listen(box, 0.2)
            box.telephone("fxs1").hang_up()
            assert ends == [False]
            with pytest.raises(Refusal, match="E is no key"):
                box.telephone("fxs1").lift()
                box.telephone("fxs1").dial("1E", ignore)
            with pytest.raises(Refusal, match="# cannot be dialled with pulses"):
                box.telephone("fxs1").pulse("1#", ignore)

    run_virtual(main)
