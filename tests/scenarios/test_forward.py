"""Call forwards by telephone (F33, F34) and what they do to calls: told as the people at the telephones notice it."""

import asyncio

import pytest

from firmware.telephony.forwards import ForwardType, forward_of, type_of
from firmware.telephony.site import Forward
from tests.component.house import House
from tests.component.story import heard
from tests.scenarios.forwarding import play


@pytest.mark.parametrize(
    ("code", "slot", "said"),
    [
        ("*71803", "always", "fwd-always-on"),
        ("*72803", "busy", "fwd-busy-on"),
        ("*73803", "no_answer", "fwd-no-answer-on"),
        ("*71855307096", "always", "fwd-always-on"),
    ],
)
def test_a_forward_is_set_and_read_back(code: str, slot: str, said: str) -> None:
    """F33: the guide's examples, extension 803 and outside number 855307096, which is kept as it was dialled (N7)."""

    async def story(here: House) -> None:
        assert await heard(here, "103", code) == ["confirmation", said, code[3:]]
        assert getattr(here.plan.extensions["103"].forward, slot) == code[3:]

    assert f"to {code[3:]}" in play(story).records[0].trace.as_text()


def test_an_analog_phone_sets_one_and_ends_it_with_hash() -> None:
    """F33: `*71803#`; from then on its dial tone stutters."""

    async def story(here: House) -> None:
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        workshop.press("*71803#")
        await here.settled()
        assert here.plan.extensions["102"].forward.always == "803"
        workshop = here.lifts("102")
        await asyncio.sleep(1)
        assert workshop.hears == {"stutter"}
        workshop.leaves()

    play(story)


@pytest.mark.parametrize(
    ("slot", "off", "said"),
    [
        ("always", "*071", "fwd-always-off"),
        ("busy", "*072", "fwd-busy-off"),
        ("no_answer", "*073", "fwd-no-answer-off"),
    ],
)
def test_a_code_clears_its_own_forward_only(slot: str, off: str, said: str) -> None:
    """F34."""

    async def story(here: House) -> None:
        for code in ("*71803", "*72803", "*73803"):
            await heard(here, "103", code)
        assert await heard(here, "103", off) == ["confirmation", said]
        forward = here.plan.extensions["103"].forward
        left = {name: getattr(forward, name) for name in ("always", "busy", "no_answer")}
        assert left.pop(slot) is None
        assert set(left.values()) == {"803"}

    play(story)


def test_a_missing_number_is_asked_for() -> None:
    """F33: `*71#`; the prompt stops at the first key."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*71")
        await asyncio.sleep(0.5)
        assert anna.hears == {"pls-enter-number"}
        anna.press("8")
        await asyncio.sleep(0.1)
        assert anna.hears == set()
        anna.press("03#")
        await here.settled()
        assert here.plan.extensions["103"].forward.always == "803"

    play(story)


@pytest.mark.parametrize(
    ("extension", "number", "said"),
    [
        ("103", "103", "fwd-refused"),  # itself
        ("103", "112", "fwd-refused"),  # an emergency number
        ("103", "41", "fwd-refused"),  # a parking slot
        ("103", "*74", "fwd-refused"),  # a code
        ("103", "777", "invalid"),  # nobody
        ("103", "9" * 32, "invalid"),
        ("104", "85530123", "not-allowed"),  # may not call outside
    ],
)
def test_a_bad_target_is_refused_and_asked_for_again(extension: str, number: str, said: str) -> None:
    """F33: bad input; after three attempts an error tone."""

    async def story(here: House) -> None:
        caller = here.dials(extension, f"*71{number}"[:32])
        await asyncio.sleep(1.5)
        assert here.media.said == [said, "pls-enter-number"]
        caller.press("##")
        await here.settled()
        assert here.media.said == [said, "pls-enter-number", "invalid", "pls-enter-number", "invalid"]
        assert here.plan.extensions[extension].forward.always is None

    play(story)


def test_nothing_dialled_ends_with_an_error_tone() -> None:
    """F33: bad input: nobody dials anything."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*72")
        await asyncio.sleep(31)
        assert anna.hears == {"error"}
        await here.settled()

    play(story)


def test_a_forward_that_leads_back_is_refused() -> None:
    """F33: a loop is not even set."""

    async def story(here: House) -> None:
        await heard(here, "803", "*71102")
        await heard(here, "102", "*71103")
        assert (await heard(here, "103", "*71803"))[0] == "fwd-refused"

    play(story)


def test_the_owner_is_written_to_of_a_forward_to_the_outside() -> None:
    """F33: whoever sits at somebody's telephone can set one (security.md 4)."""

    async def story(here: House) -> None:
        await heard(here, "103", "*71803")
        assert here.post.letters == []
        await heard(here, "103", "*7285530123")
        (letter,) = here.post.letters
        assert letter.to == "anna@example.test"
        assert "85530123" in letter.text
        here.post.ready = False
        await heard(here, "103", "*7385530123")
        assert len(here.post.letters) == 1

    play(story)


@pytest.mark.parametrize(
    ("kind", "forward"),
    [
        (ForwardType.ALL, Forward(always="803")),
        (ForwardType.BUSY, Forward(busy="803")),
        (ForwardType.NO_ANSWER, Forward(no_answer="803")),
        (ForwardType.NO_ANSWER_AND_BUSY, Forward(busy="803", no_answer="803")),
    ],
)
def test_a_type_of_the_portal_sets_its_forwards_and_clears_the_others(kind: ForwardType, forward: Forward) -> None:
    """F35: and is shown again as the same type."""
    assert forward_of(kind, "803") == forward
    assert type_of(forward) == (kind, "803")
    assert forward_of(kind, None) == Forward()


@pytest.mark.parametrize(
    "forward", [Forward(), Forward(busy="803", no_answer="102"), Forward(always="803", busy="803")]
)
def test_forwards_that_no_type_says_are_shown_one_by_one(forward: Forward) -> None:
    """F35: set by codes they may differ."""
    assert type_of(forward) is None


@pytest.mark.parametrize("after_s", [0.2, 0.9, 1.3, 8.7, 9.4, 29.5, 31.0])
def test_hanging_up_at_any_moment_leaves_nothing_over(after_s: float) -> None:
    """F33: during the prompt, while dialling, during the error tone."""

    async def story(here: House) -> None:
        anna = here.dials("103", "*71")
        await asyncio.sleep(after_s)
        anna.leaves()

    play(story)
