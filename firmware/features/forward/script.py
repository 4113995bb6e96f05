"""Call forwards by telephone: `*71`, `*72`, `*73` and a number set one, `*071`, `*072`, `*073` clear it (F33, F34).

A number that was left out is asked for; what is set is read back after a beep. Each code touches one of the three
forwards. Not responsible for forwarding: `firmware.telephony.delivery`.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

from msgspec.structs import replace

from firmware.calls.attempts import number_that_will_do
from firmware.calls.feature import Features, Post, Resources, Session, SettingsStore
from firmware.features.forward.letters import tell_owner
from firmware.features.forward.target import refusal
from firmware.telephony.numbering import ToOutside
from firmware.telephony.site import Extension

Slot = Literal["always", "busy", "no_answer"]


class Forwards:
    """The forwards of every extension; the portal's are the same ones."""

    def __init__(self, settings: SettingsStore, post: Post) -> None:
        self._settings, self._post = settings, post

    async def activate(self, slot: Slot, session: Session) -> None:
        """Set the forward to what was dialled, or to what the caller is asked for."""
        owner = await _owner(session)
        if owner is None:
            return
        plan = session.exchange.plan
        number = await number_that_will_do(session, f"forward {slot}", lambda one: refusal(one, owner, plan))
        if number is not None:
            self._set(session, owner.number, slot, number)
            if isinstance(plan.resolve(number), ToOutside):
                tell_owner(self._post, plan.site, owner, number)
            await session.beep()
            await session.say(f"fwd-{_named(slot)}-on")
            await session.say_digits(number)

    async def deactivate(self, slot: Slot, session: Session) -> None:
        owner = await _owner(session)
        if owner is not None:
            self._set(session, owner.number, slot, None)
            await session.beep()
            await session.say(f"fwd-{_named(slot)}-off")

    def _set(self, session: Session, owner: str, slot: Slot, number: str | None) -> None:
        """The portal may have changed the other forwards meanwhile: they stay as they are now."""
        extension = self._settings.site.extension(owner)
        assert extension is not None
        self._settings.change_extension(owner, forward=replace(extension.forward, **{slot: number}))
        session.call.note(f"forward {slot}", owner, f"to {number}" if number else "off")

    def reminds(self, number: str) -> bool:
        """The dial tone stutters while every call is forwarded (product.md 2.10)."""
        extension = self._settings.site.extension(number)
        return extension is not None and extension.forward.always is not None


async def _owner(session: Session) -> Extension | None:
    """Answer; whose telephone it is, None once that has been said to be nobody's."""
    await session.answered()
    if session.owner is None:
        await session.say("no-extension")
    return session.owner


def _named(slot: Slot) -> str:
    """As in the ids of codes and prompts."""
    return slot.replace("_", "-")


def install(resources: Resources) -> Features:
    forwards = Forwards(resources.settings, resources.post)
    codes: dict[str, Callable[[Session], Awaitable[None]]] = {}
    slots: tuple[Slot, ...] = ("always", "busy", "no_answer")
    for slot in slots:
        codes[f"forward-{_named(slot)}-on"] = partial(forwards.activate, slot)
        codes[f"forward-{_named(slot)}-off"] = partial(forwards.deactivate, slot)
    return Features(codes=codes, reminders=(forwards.reminds,))
