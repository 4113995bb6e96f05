"""What is heard of a call before it is answered, from a trunk and from an IP telephone."""

import time
from collections.abc import Iterator

import pytest

from tests.system.box import Box, has_tone
from tests.system.negotiation import progress
from tests.system.rtp import Audio, strength
from tests.system.services import ANNA_HZ, PROVIDER_PORT, SITE, Calling, connected, dials, put_back
from tests.system.sipclient import Phone, Wire

EARLY_HZ, LATE_HZ, RINGBACK_HZ = 1700, 1900, 425


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Box]:
    with Box(tmp_path_factory.mktemp("box"), SITE) as running:
        yield running


@pytest.fixture
def provider(box: Box) -> Iterator[Phone]:
    far = Phone(Wire(box.sip, "127.0.0.9", port=PROVIDER_PORT), "branch", "", domain="127.0.0.9")
    yield far
    far.wire.close()


@pytest.mark.parametrize("moves", [False, True], ids=["same place", "answers from elsewhere"])
def test_an_ip_phone_hears_the_announcement_of_a_trunk(box: Box, anna: Phone, provider: Phone, moves: bool) -> None:
    """and then the one who answers, whose audio may come from another place"""
    with Audio(EARLY_HZ, "127.0.0.9") as early, Audio(LATE_HZ, "127.0.0.9") as late, Audio(ANNA_HZ) as annas:
        call = Calling(anna, "755", annas.port)
        called = provider.incoming(10)
        assert called.invite is not None
        progress(provider, called, 183, early.port)
        early.connect(called.invite.body)
        time.sleep(1)
        assert strength(annas.heard(0.5), EARLY_HZ) > 0.8
        answering = late if moves else early
        if moves:
            early.to = None
            late.connect(called.invite.body)
        provider.reply(called, 200, "OK", answering.port)
        connected(call.dialog(), annas)
        time.sleep(1)
        assert strength(annas.heard(0.5), answering.freq_hz) > 0.8
        assert strength(answering.heard(0.5), ANNA_HZ) > 0.8
        anna.bye(call.dialog())


def test_copper_hears_the_announcement_of_a_trunk(box: Box, provider: Phone) -> None:
    """and no ringback of our own beside it"""
    workshop = box.end("fxs2")
    with Audio(EARLY_HZ, "127.0.0.9") as early:
        dials(workshop, "755")
        called = provider.incoming(10)
        assert called.invite is not None
        progress(provider, called, 183, early.port)
        early.connect(called.invite.body)
        time.sleep(1)
        assert has_tone(workshop.hears(5), EARLY_HZ)  # a period of ringback
        put_back(box, workshop)


def test_a_telephone_that_rings_first_and_speaks_then(box: Box, anna: Phone) -> None:
    """180, 183 with audio, 180 again, 200"""
    workshop = box.end("fxs2")
    with Audio(ANNA_HZ) as annas:
        dials(workshop, "103")
        called = anna.incoming()
        assert called.invite is not None
        anna.reply(called, 180)
        time.sleep(0.3)
        assert has_tone(workshop.hears(0.5), RINGBACK_HZ)
        progress(anna, called, 183, annas.port)
        annas.connect(called.invite.body)
        time.sleep(0.7)
        assert has_tone(workshop.hears(0.5), ANNA_HZ)
        anna.reply(called, 180)
        assert has_tone(workshop.hears(5), ANNA_HZ)
        anna.reply(called, 200, "OK", annas.port)
        time.sleep(0.7)
        assert has_tone(workshop.hears(0.5), ANNA_HZ)
        put_back(box, workshop)
