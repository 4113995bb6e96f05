"""Keys of a SIP telephone count once, whatever brings them (N12)."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from firmware.calls.leg import Digit, Direction, Party
from firmware.media import Heard, KeyHeard, ListenFor
from firmware.sip.leg import SipLeg
from tests.virtual import run_virtual

EVENT, INFO = 1, 2  # methods as pjsua numbers them; which is which does not matter


class Phone:
    """A leg whose far end is played by the test. `events`: RFC 4733 has been agreed on."""

    def __init__(self, *, events: bool) -> None:
        self._ears: list[Callable[[Heard], None]] = []
        self.keys = ""
        self.leg = SipLeg(SimpleNamespace(), self, Direction.INCOMING, Party("103"), "104", "box")  # type: ignore[arg-type]
        self.leg.signals.watch(self._on_event)
        self.agrees(events)

    def agrees(self, events: bool) -> None:
        self.leg.on_audio(7, held=False, key_events=events)

    def _on_event(self, event: Any) -> None:
        if isinstance(event, Digit):
            self.keys += event.digit

    def listen(self, _slot: int, _what: ListenFor, heard: Callable[[Heard], None]) -> Any:
        self._ears.append(heard)
        return SimpleNamespace(close=lambda: self._ears.remove(heard))

    def sounds(self, key: str) -> None:
        for ear in tuple(self._ears):
            ear(KeyHeard(key))

    def sends(self, key: str, method: int = INFO) -> None:
        self.leg.on_key(key, method)


def pressed(story: Callable[[Phone], Any], *, events: bool) -> str:
    async def main() -> str:
        phone = Phone(events=events)
        await story(phone)
        return phone.keys

    return run_virtual(main)


def test_keys_in_the_audio_are_not_listened_for_where_events_are_agreed_on() -> None:
    async def story(phone: Phone) -> None:
        phone.sounds("1")
        phone.sends("1", EVENT)

    assert pressed(story, events=True) == "1"


def test_keys_in_the_audio_count_where_there_is_nothing_else() -> None:
    async def story(phone: Phone) -> None:
        phone.sounds("1")
        phone.sounds("1")
        phone.agrees(True)  # a re-INVITE
        phone.sounds("2")
        phone.agrees(False)
        phone.sounds("3")

    assert pressed(story, events=False) == "113"


def test_events_and_info_of_one_telephone() -> None:
    async def story(phone: Phone) -> None:
        for key in "12":
            phone.sends(key, EVENT)
            phone.sends(key, INFO)

    assert pressed(story, events=True) == "12"


@pytest.mark.parametrize("order", ["sound first", "message first"])
def test_info_and_audio_of_one_telephone(order: str) -> None:
    async def story(phone: Phone) -> None:
        for key in "1123":
            first, second = (phone.sounds, phone.sends) if order == "sound first" else (phone.sends, phone.sounds)
            first(key)
            await asyncio.sleep(0.2)
            second(key)
            await asyncio.sleep(0.3)

    assert pressed(story, events=False) == "1123"


def test_a_key_pressed_again_by_message_counts() -> None:
    """What was heard long before is another key."""

    async def story(phone: Phone) -> None:
        phone.sounds("1")
        await asyncio.sleep(10)
        phone.sends("1")

    assert pressed(story, events=False) == "11"
