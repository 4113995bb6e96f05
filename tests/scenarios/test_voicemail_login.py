"""Getting into a mailbox (F1, F2): told as the people at the telephones notice it."""

import asyncio

import pytest

from firmware.telephony.site import Voicemail
from tests.component.house import House
from tests.scenarios.mailbox import GREETING, SITE, leaves_message, logged_in, play, press


def test_any_mailbox_from_any_telephone() -> None:
    """F1: `*60`, extension, password, each ended by `#`."""

    async def story(here: House) -> None:
        await leaves_message(here)
        stranger = await logged_in(here, "102", "*60", "103#8215#")
        assert here.media.said[-1] == "vm-you-have+1+vm-new+vm-message+and+vm-no+vm-old+vm-messages"
        stranger.press("#")
        await here.settled()
        assert here.media.said[-1] == "goodbye"

    play(story)


@pytest.mark.parametrize(
    ("code", "asked", "login"), [("*60#", "vm-enter-mailbox", "103#8215#"), ("*61#", "vm-enter-pin", "260791#")]
)
@pytest.mark.parametrize("gap_s", [0.0, 0.2, 0.9, 2.0])
def test_from_an_analog_telephone_as_the_guide_prints_it(code: str, asked: str, login: str, gap_s: float) -> None:
    """F1, F2: the code is taken with its last digit; the `#` that follows is no answer to what it asks."""

    async def story(here: House) -> None:
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        await press(workshop, code, gap_s)
        assert here.media.said == [asked]
        await press(workshop, login, 0.2)
        await asyncio.sleep(0.5)
        assert here.media.said[-1].startswith("vm-you-have")
        assert "vm-bad-login" not in here.media.said
        workshop.leaves()

    play(story)


@pytest.mark.parametrize(
    ("code", "asked", "login"), [("*60", "vm-enter-mailbox", "103#8215#"), ("*61", "vm-enter-pin", "8215#")]
)
@pytest.mark.parametrize("gap_s", [0.1, 2.0])
def test_from_an_ip_telephone_that_sends_the_code_with_its_last_digit(
    code: str, asked: str, login: str, gap_s: float
) -> None:
    """F1, F2: the `#` that the guide prints then comes as a key of the call, and is no answer either."""

    async def story(here: House) -> None:
        anna = here.dials("103", code)
        await asyncio.sleep(gap_s)
        await press(anna, "#", 0.2)
        assert here.media.said == [asked]
        await press(anna, login, 0.2)
        await asyncio.sleep(0.5)
        assert here.media.said[-1].startswith("vm-you-have")
        assert "vm-bad-login" not in here.media.said
        anna.leaves()

    play(story)


def test_a_greeting_is_skipped_at_once_with_hash() -> None:
    """F3: what follows a code and its number is no end of it."""

    async def story(here: House) -> None:
        ben = here.dials("104", "*6*103")
        await asyncio.sleep(0.2)
        assert ben.hears == {GREETING}
        ben.press("#")
        await asyncio.sleep(0.2)
        assert ben.hears == {"beep"}
        ben.leaves()

    play(story)


def test_a_later_hash_is_an_answer() -> None:
    """F2: nobody waits that long with the `#` of a code."""

    async def story(here: House) -> None:
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        workshop.press("*61")
        await asyncio.sleep(4.5)
        workshop.press("#")
        await asyncio.sleep(0.5)
        assert here.media.said[-1] == "vm-bad-login"
        workshop.leaves()

    play(story)


def test_a_wrong_extension_and_a_wrong_password_sound_the_same_three_times() -> None:
    """F1: 3 tries, then good-bye."""

    async def story(here: House) -> None:
        heard = []
        for tries in ("103#0000#", "777#0000#", "104#8215#"):
            here.media.said.clear()
            stranger = here.dials("102", "*60")
            await asyncio.sleep(0.5)
            for _ in range(3):
                stranger.press(tries)
                await asyncio.sleep(1.5)
            await here.settled()
            heard.append(tuple(here.media.said))
        assert heard[0] == heard[1] == heard[2]
        assert heard[0].count("vm-bad-login") == 3
        assert heard[0][-1] == "goodbye"

    play(story)


def test_five_wrong_passwords_lock_a_mailbox_for_a_quarter_of_an_hour() -> None:
    """F1: 5 bad ones in 10 minutes; then the right one does not help either."""

    async def story(here: House) -> None:
        for _ in range(2):
            stranger = here.dials("102", "*60")
            await asyncio.sleep(0.5)
            for _ in range(3):
                stranger.press("103#0000#")
                await asyncio.sleep(1.5)
            await here.settled()
        assert here.media.said[-2:] == ["vm-locked", "goodbye"]
        await logged_in(here)
        await here.settled()
        assert here.media.said[-2:] == ["vm-locked", "goodbye"]
        await asyncio.sleep(900)
        anna = await logged_in(here)
        assert here.media.said[-1].startswith("vm-you-have")
        anna.leaves()

    play(story)


def test_the_lock_survives_a_restart() -> None:
    """F1: and so do the failures before it."""

    async def wrong(here: House, times: int) -> None:
        stranger = here.dials("102", "*60")
        await asyncio.sleep(0.5)
        for _ in range(times):
            stranger.press("103#0000#")
            await asyncio.sleep(1.5)
        stranger.leaves()
        await here.settled()

    async def then(here: House) -> None:
        await wrong(here, 2)

    async def after(here: House) -> None:
        await logged_in(here)
        await here.settled()
        assert here.media.said[-2:] == ["vm-locked", "goodbye"]

    first = play(lambda here: wrong(here, 3))
    play(after, before=play(then, before=first))


def test_nothing_pressed_ends_with_good_bye() -> None:
    """F1: neither extension nor password, and later no key in the menu."""

    async def story(here: House) -> None:
        here.dials("102", "*60")
        await here.settled()
        assert here.media.said[-1] == "goodbye"
        await logged_in(here)
        await here.settled()
        assert here.media.said[-4:] == ["vm-menu", "vm-menu", "vm-menu", "goodbye"]

    play(story)


def test_a_mailbox_without_a_password_gets_a_random_one() -> None:
    """F2, F4: never empty, never the extension; at start and when a mailbox is added."""
    text = SITE.replace(', voicemail: {pin: "8215"}', ", voicemail: {email: anna@example.test}")

    async def story(here: House) -> None:
        site = here.settings.site
        pin = site.extension("103").voicemail.pin  # type: ignore[union-attr]
        assert pin is not None and len(pin) == 6
        assert pin in here.post.letters[0].text
        here.settings.change_extension("104", voicemail=Voicemail())
        assert here.settings.site.extension("104").voicemail.pin  # type: ignore[union-attr]
        intruder = await logged_in(here, keys="##")  # the first one might be the code's
        assert here.media.said[-1] == "vm-bad-login"
        intruder.leaves()

    play(story, text)
