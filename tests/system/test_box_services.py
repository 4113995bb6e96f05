"""Codes of the user guide on a whole box: dialled on a copper telephone and over real SIP, heard by their audio."""

import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box, End, has_tone, read_wav, says
from tests.system.rtp import Audio, strength
from tests.system.services import PROVIDER_PORT, SITE, Calling, answered, dials, phrases, put_back
from tests.system.sipclient import Phone, Wire

BEEP_HZ = 425  # Germany's confirmation tone


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("services"), SITE) as running:
        yield running


@pytest.fixture(autouse=True)
def handsets_back(box: Box) -> Iterator[None]:
    """A test that fails leaves no telephone off the hook for the next one."""
    yield
    for name in ("fxs1", "fxs2"):
        box.end(name).do("hang-up")
    box.until(lambda: all(line["state"] == "Ready" for line in box.status()["lines"]), 30)


def test_do_not_disturb_from_a_copper_telephone(box: Box, anna: Phone) -> None:
    """F39."""
    reception = box.end("fxs1")
    dials(reception, "*74")
    heard = reception.hears(4)
    assert strength(heard[:3600], BEEP_HZ) > 0.8  # two beeps, then the words
    assert says(heard, phrases("dnd-on"))
    put_back(box, reception)
    assert Calling(anna, "101", 30000).dialog().answer.status == 486  # type: ignore[union-attr]
    reception.do("lift")
    assert has_tone(reception.hears(0.5), 425, 400)  # the special dial tone
    reception.do("dial", digits="*074")
    assert says(reception.hears(4), phrases("dnd-off"))
    put_back(box, reception)
    reception.do("lift")
    assert has_tone(reception.hears(0.5), 425)
    put_back(box, reception)


def test_a_forward_is_set_from_copper_and_takes_the_call(box: Box, anna: Phone, ben: Phone) -> None:
    """F33, F34."""
    reception = box.end("fxs1")
    dials(reception, "*71104#")
    assert says(reception.hears(6), phrases("fwd-always-on", "", digits="104"))
    put_back(box, reception)
    call = Calling(anna, "101", 30000)
    with Audio(0) as audio:
        dialog = answered(ben, audio)
        assert call.dialog().answer.status == 200  # type: ignore[union-attr]
        ben.bye(dialog)
    dials(reception, "*071")
    assert says(reception.hears(5), phrases("fwd-always-off"))
    put_back(box, reception)


def test_a_telephone_that_forwards_by_itself_is_followed(box: Box, anna: Phone, ben: Phone) -> None:
    """F33: 302; the box calls the target itself, with the extension's permission."""
    reception = box.end("fxs1")
    dials(reception, "103")
    dialog = anna.incoming(10)
    assert dialog.invite is not None
    moved = anna.reply_to(dialog.invite, 302, "Moved Temporarily", dialog.local)
    anna.wire.send(moved.replace(f"<{anna.contact}>", f"<sip:104@{box.sip[0]}:{box.sip[1]}>"))
    with Audio(1500) as audio:
        answered(ben, audio)
        time.sleep(0.5)
        assert has_tone(reception.hears(0.5), 1500)
    put_back(box, reception)


def test_an_intercom_asks_the_ip_phone_to_answer_by_itself(box: Box, anna: Phone) -> None:
    """F44."""
    workshop = box.end("fxs2")
    with Audio(1100) as audio:
        dials(workshop, "*50103#")
        dialog = answered(anna, audio)
        assert dialog.invite is not None
        assert dialog.invite.get("Call-Info").endswith(";answer-after=0")
        alerts = " ".join(dialog.invite.all("Alert-Info"))
        assert "info=alert-autoanswer" in alerts
        assert "ring-answer" in alerts
        workshop.begin_to_say(700, 1.5)
        time.sleep(0.8)
        assert strength(audio.heard(0.5), 700) > 0.8
        workshop.finish()
        assert has_tone(workshop.hears(0.5), 1100)
        put_back(box, workshop)


def test_a_page_is_heard_in_one_direction(box: Box, anna: Phone) -> None:
    """F45: by the spectrum on both ends."""
    workshop = box.end("fxs2")
    with Audio(1100) as audio:
        dials(workshop, "*51103#")
        answered(anna, audio)
        time.sleep(2)  # the beep
        workshop.begin_to_say(700, 2.0)
        time.sleep(1)
        assert strength(audio.heard(0.5), 700) > 0.8
        workshop.finish()
        assert strength(workshop.hears(0.5), 1100) == 0.0
        put_back(box, workshop)


def test_the_intercom_rings_a_copper_telephone_in_its_own_way(box: Box, anna: Phone) -> None:
    """F44."""
    workshop = box.end("fxs2")
    call = Calling(anna, "*50102", 30000)
    workshop.until(ringing=True)
    box.until(lambda: workshop.state().get("cadence", {}).get("distinctive") == "dr4" or "dr4" in str(workshop.state()))
    workshop.do("lift")
    assert call.dialog().answer.status == 200  # type: ignore[union-attr]
    anna.bye(call.dialog())
    put_back(box, workshop)


def test_the_last_caller_is_blacklisted_and_told_so(box: Box) -> None:
    """F16."""
    reception, line = box.end("fxs1"), box.end("fxo1")
    line.until(phase="idle")
    line.do("ring", **{"from": "03055501234"})
    reception.until(ringing=True)
    line.do("hang-up", by="polarity")
    reception.until(ringing=False)
    box.until(lambda: not box.status()["calls"])
    dials(reception, "*76")
    assert says(reception.hears(14), phrases("", "blacklisted", digits="01234"))  # the end of what is read back
    put_back(box, reception)
    line.until(phase="idle")
    ear = box.end("fxo1", 2)
    ear.begin("record", file=str(box.folder / "refused.wav"), seconds=16)
    line.do("ring", **{"from": "03055501234"})
    ear.finish()
    assert says(read_wav(box.folder / "refused.wav"), phrases("not-in-service"))
    assert not reception.state()["ringing"]
    line.until(state="idle")


def test_a_whisper_is_heard_by_the_target_alone(box: Box, anna: Phone, ben: Phone) -> None:
    """F20-F22: by the spectrum of what each of the three hears."""
    workshop = box.end("fxs2")
    with Audio(1100) as annas, Audio(1500) as bens:
        call = Calling(ben, "103", bens.port)
        answered(anna, annas)
        answer = call.dialog().answer
        assert answer is not None
        bens.connect(answer.body)
        dials(workshop, "*90103#")
        time.sleep(1)
        both = workshop.hears(0.5)
        assert min(strength(both, 1100), strength(both, 1500)) > 0.2
        shares = {key: _shares(box, workshop, key, annas, bens) for key in "456"}
        put_back(box, workshop)
        ben.bye(call.dialog())
    assert max(shares["4"]) < 0.001
    assert shares["5"][0] > 0.2
    assert shares["5"][1] < 0.001
    assert min(shares["6"]) > 0.2


def _shares(box: Box, spy: End, key: str, annas: Audio, bens: Audio) -> tuple[float, float]:
    """What Anna and Ben hear of a listener who has pressed `key` and speaks at 700 Hz."""
    spy.do("dial", digits=key)
    time.sleep(0.3)
    spy.begin_to_say(700, 2.0)
    time.sleep(0.8)
    shares = strength(annas.heard(0.5), 700), strength(bens.heard(0.5), 700)
    spy.finish()
    return shares


def test_follow_me_asks_outside_and_one_takes_the_call(box: Box, ben: Phone) -> None:
    """F38: key 1 by RFC 4733."""
    far = Phone(Wire(box.sip, "127.0.0.9", port=PROVIDER_PORT), "branch", "", domain="127.0.0.9")
    with Audio(1700, "127.0.0.9") as mobile, Audio(1500) as bens:
        call = Calling(ben, "105", bens.port)
        dialog = answered(far, mobile)
        time.sleep(6)
        assert says(mobile.heard(), phrases("followme-call"))
        mobile.press("1")
        answer = call.dialog().answer
        assert answer is not None
        assert answer.status == 200
        bens.connect(answer.body)
        time.sleep(0.5)
        assert strength(bens.heard(0.5), 1700) > 0.8
        far.bye(dialog)
    far.wire.close()


def test_the_spoken_help(box: Box) -> None:
    """N1."""
    reception = box.end("fxs1")
    dials(reception, "*411")
    time.sleep(1)
    ear = box.end("fxs1", 2)
    ear.begin("record", file=str(box.folder / "help.wav"), seconds=6)
    reception.do("dial", digits="1")  # on to the first code
    ear.finish()
    assert says(read_wav(box.folder / "help.wav"), phrases("code-voicemail", "", digits="*60"))
    put_back(box, reception)
