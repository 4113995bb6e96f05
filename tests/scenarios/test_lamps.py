"""Lamps of IP telephones (F10, F1, F33, F39): what they show while people telephone, park, confer and register."""

import asyncio
import copy
import random
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from firmware.sip.bindings import Binding, Source
from firmware.sip.message import Notify, Subscribe
from firmware.sip.presence.presence import CSEQ_STEP, Presence
from firmware.sip.presence.subscription import Subscription
from tests.component.house import House, house
from tests.component.story import answers
from tests.virtual import run_virtual

SITE = """
version: 1
site: {country: DE, language: en}
numbering: {operator: "101"}
extensions:
  - {number: "101", name: Reception, port: fxs1}
  - {number: "102", name: Workshop, port: fxs2}
  - {number: "103", name: Anna, sip: {secret: anna-secret-103}, voicemail: {pin: "8215"}}
  - {number: "104", name: Ben, sip: {secret: ben-secret-104}}
"""
DEVICE = Binding(
    extension="103", contact="sip:103@192.0.2.9", target="sip:103@192.0.2.9", source=Source("192.0.2.9", 5060, "udp"),
    user_agent="", instance="", call_id="r", cseq=1, granted_s=120, since=datetime(2026, 1, 5, tzinfo=UTC),
    expires_at=datetime(2026, 1, 5, tzinfo=UTC) + timedelta(days=1),
)  # fmt: skip


class Lamps:
    """Anna's telephone: subscribes, and keeps what each NOTIFY said."""

    def __init__(self, here: House, status: int = 200) -> None:
        self.sent: list[Notify] = []
        self.status = status  # with which it answers
        kept = here._keep("subscriptions", Subscription, lambda one: one.key)
        self.presence = Presence(here.exchange, kept, here.clock, self._send, "192.0.2.1:5060", lambda _one: [DEVICE])
        self.presence.start()
        here.settings.watch(lambda _site: self.presence.changed())

    def _send(self, message: Notify, ended: Callable[[int], None]) -> None:
        self.sent.append(message)
        asyncio.get_running_loop().call_soon(ended, self.status)

    async def watch(self, entity: str, event: str = "dialog", expires_s: int = 3600) -> int:
        request = Subscribe(
            username="103", user=entity, to_uri=f"sip:{entity}@box", from_uri="sip:103@box", to_tag="", from_tag="t",
            branch=f"b-{event}-{entity}", call_id=f"{event}-{entity}", cseq=1, event=event, contact=DEVICE.contact,
            source=DEVICE.source, local="192.0.2.1:5060", expires_s=expires_s,
        )  # fmt: skip
        status = self.presence.answer(request).status
        await asyncio.sleep(0.1)
        return status

    def shown(self, entity: str) -> list[str]:
        """The states that the lamp has shown, in order."""
        bodies = [one.body for one in self.sent if one.call_id == f"dialog-{entity}"]
        return [found.group(1) for body in bodies if (found := re.search(r"<state>(\w+)<", body))]


def play(story: Callable[[House, Lamps], Awaitable[None]], *entities: str) -> None:
    async def main() -> None:
        async with house(SITE) as here:
            lamps = Lamps(here)
            for entity in entities:
                assert await lamps.watch(entity) == 200
            await story(here, lamps)
            await here.settled()
            await asyncio.sleep(1)
            for entity in entities:
                assert lamps.shown(entity)[-1] == "terminated", entity

    run_virtual(main)


def test_a_call_lights_both_who_talk() -> None:
    async def story(here: House, lamps: Lamps) -> None:
        ben = here.dials("104", "102")
        workshop = await here.telephone("102")
        workshop.rings()
        await asyncio.sleep(1)
        workshop.pick_up()
        await asyncio.sleep(1)
        ben.leaves()
        await asyncio.sleep(1)
        assert lamps.shown("104") == ["terminated", "confirmed", "terminated"]
        assert lamps.shown("102") == ["terminated", "early", "confirmed", "terminated"]

    play(story, "104", "102")


def test_a_lifted_telephone_is_in_use() -> None:
    async def story(here: House, lamps: Lamps) -> None:
        reception = here.lifts("101")
        await asyncio.sleep(1)
        assert lamps.shown("101")[-1] == "confirmed"
        reception.leaves()

    play(story, "101")


def test_a_second_call_that_rings_does_not_hide_the_first() -> None:
    async def story(here: House, lamps: Lamps) -> None:
        first = here.dials("104", "103")
        await answers(here, "103")
        second = here.dials("101", "103")
        await asyncio.sleep(1)
        assert lamps.shown("103") == ["terminated", "confirmed"]
        first.leaves()
        second.leaves()

    play(story, "103")


def test_a_parked_call_lights_its_slot_and_darkens_the_parker() -> None:
    """F10: on while parked, off when fetched; the other slots stay dark."""

    async def story(here: House, lamps: Lamps) -> None:
        here.dials("104", "103")
        anna = await answers(here, "103")
        anna.press("*4")
        await asyncio.sleep(8)
        assert lamps.shown("41") == ["terminated", "confirmed"]
        assert lamps.shown("103")[-1] == "terminated"
        workshop = here.dials("102", "41")
        await asyncio.sleep(1)
        assert lamps.shown("41")[-1] == "terminated"
        workshop.leaves()
        assert lamps.shown("42") == ["terminated"]

    play(story, "41", "42", "103")


@pytest.mark.parametrize("ends", ["the caller leaves", "the parker takes it back"])
def test_a_slot_is_lit_until_the_call_has_left_it(ends: str) -> None:
    """F10: also while the parker is rung back."""

    async def story(here: House, lamps: Lamps) -> None:
        ben = here.dials("104", "103")
        anna = await answers(here, "103")
        anna.press("*4")
        if ends == "the caller leaves":
            await asyncio.sleep(8)
            ben.leaves()
        else:
            back = await here.telephone("103", 1)
            back.rings()
            await asyncio.sleep(5)
            assert lamps.shown("41") == ["terminated", "confirmed"]
            back.pick_up()
        await asyncio.sleep(1)
        assert lamps.shown("41") == ["terminated", "confirmed", "terminated"]
        ben.leaves()

    play(story, "41")


def test_a_room_is_lit_while_somebody_is_in_it() -> None:
    async def story(here: House, lamps: Lamps) -> None:
        ben = here.dials("104", "91")
        await asyncio.sleep(5)
        assert lamps.shown("91")[-1] == "confirmed"
        ben.leaves()

    play(story, "91")


def test_do_not_disturb_and_forwards_of_the_watcher() -> None:
    """F39, F33: those of others do not show."""

    async def story(here: House, lamps: Lamps) -> None:
        for code, entity in (("*74", "*74"), ("*71102", "*71"), ("*72102", "*72"), ("*73102", "*73")):
            here.dials("103", code)
            here.dials("104", code)
            await here.settled()
            await asyncio.sleep(1)
            assert lamps.shown(entity) == ["terminated", "confirmed"]
        for code in ("*074", "*071", "*072", "*073"):
            here.dials("103", code)
            await here.settled()

    play(story, "*74", "*71", "*72", "*73")


def test_the_message_lamp() -> None:
    """F1: at each change, unasked or within a subscription, and again when the telephone registers."""

    async def story(here: House, lamps: Lamps) -> None:
        here.exchange.lamps.message_lamp("103", 2, 1)
        await asyncio.sleep(1)
        assert "Voice-Message: 2/1" in lamps.sent[-1].body
        assert lamps.sent[-1].to_tag == ""  # nobody asked
        assert await lamps.watch("103", "message-summary") == 200
        told = len(lamps.sent)
        here.exchange.lamps.message_lamp("103", 0, 3)
        await asyncio.sleep(1)
        assert [one.to_tag for one in lamps.sent[told:]] == ["t"]  # once
        lamps.presence.registered(DEVICE)
        await asyncio.sleep(1)
        assert [one.body.splitlines()[0] for one in lamps.sent[told:]] == ["Messages-Waiting: no"] * 2
        assert await lamps.watch("104", "message-summary") == 403

    play(story)


def test_a_subscription_ends_by_itself_and_with_its_telephone() -> None:
    async def main() -> None:
        async with house(SITE) as here:
            lamps = Lamps(here)
            assert await lamps.watch("41", expires_s=60) == 200
            await asyncio.sleep(61)
            assert ("Subscription-State", "terminated;reason=timeout") in lamps.sent[-1].headers
            lamps.status = 481  # it has forgotten
            assert await lamps.watch("42") == 200
            told = len(lamps.sent)
            here.exchange.lamps.place_lamp("42", True)
            await asyncio.sleep(1)
            here.exchange.lamps.place_lamp("42", False)
            await asyncio.sleep(1)
            assert len(lamps.sent) == told
            assert not here.kept["subscriptions"]

    run_virtual(main)


def test_lamps_end_with_a_password_and_with_an_extension() -> None:
    """Who watched with the old password is told nothing more; the box says that the subscription is over."""

    async def story(here: House, lamps: Lamps) -> None:
        lamps.presence.end_all("104")
        await asyncio.sleep(1)
        assert len(lamps.sent) == 2
        lamps.presence.end_all("103")
        await asyncio.sleep(1)
        states = [dict(one.headers)["Subscription-State"] for one in lamps.sent[2:]]
        assert states == ["terminated;reason=deactivated"] * 2
        assert not here.kept["subscriptions"]
        assert await lamps.watch("104") == 200
        extensions = here.settings.site.extensions
        here.settings.replace(replace(here.settings.site, extensions=extensions[:2]))
        await asyncio.sleep(1)
        assert dict(lamps.sent[-1].headers)["Subscription-State"] == "terminated;reason=noresource"

    play(story, "102", "104")


def test_lamps_go_on_after_a_restart() -> None:
    """Kept over a restart of the core: told anew, with numbers that only rise; what is over is forgotten."""

    async def main() -> None:
        async with house(SITE) as first:
            before = Lamps(first)
            assert await before.watch("*74") == 200
            assert await before.watch("41", expires_s=60) == 200
            kept = copy.deepcopy(first.kept)
            await asyncio.sleep(61)
        first.kept.update(kept)
        async with house(SITE, before=first) as second:
            after = Lamps(second)
            await asyncio.sleep(1)
            assert [one.call_id for one in after.sent] == ["dialog-*74"]
            assert after.sent[0].cseq > CSEQ_STEP
            second.dials("103", "*74")
            await second.settled()
            assert after.shown("*74") == ["terminated", "confirmed"]

    run_virtual(main)


def test_every_lamp_is_dark_after_a_storm() -> None:
    """People call, park, fetch and hang up at any moment."""

    async def somebody(here: House, chance: random.Random) -> None:
        await asyncio.sleep(chance.random() * 3)
        leg = here.dials(chance.choice(("101", "102", "104")), chance.choice(("103", "104", "41", "42", "90", "**103")))
        for _ in range(4):
            await asyncio.sleep(chance.random() * 2)
            for phone in (one for phones in here.rung.values() for one in phones):
                if chance.random() < 0.4:
                    phone.pick_up()
                elif chance.random() < 0.3:
                    phone.press("*4")
                elif chance.random() < 0.1:
                    phone.leaves()
        await asyncio.sleep(chance.random() * 5)
        leg.leaves()

    for seed in range(100):

        async def story(here: House, lamps: Lamps, chance: random.Random = random.Random(seed)) -> None:  # noqa: B008
            await asyncio.gather(*(somebody(here, chance) for _ in range(6)))
            await asyncio.sleep(10)
            for phone in (one for phones in tuple(here.rung.values()) for one in phones):
                phone.leaves()

        play(story, "101", "102", "103", "104", "41", "42", "90")
