"""Voice menus: a greeting, keys that lead somewhere, extensions dialled directly, hours.

A menu leads to places of the box only, never to outside numbers (security.md section 4).
"""

from contextlib import suppress

from firmware.calls.dialogue import Dialogue, dialogue
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.greetings import Greetings
from firmware.calls.race import within
from firmware.features.menus.choice import Choice, Verdict, chosen, ended
from firmware.telephony.decision import FromExtension
from firmware.telephony.hours import open_at, schedule
from firmware.telephony.site import Menu

ATTEMPTS = 3
NEXT_S = 3.0  # for a longer number
REST_S = 1.0


class Menus:
    """All menus."""

    def __init__(self, greetings: Greetings) -> None:
        self._greetings = greetings

    async def serve(self, session: Session) -> None:
        """Service "menu"."""
        exchange = session.exchange
        menu = next(one for one in exchange.plan.site.menus if one.number == session.argument)
        if not self._open(session, menu):
            session.call.note(f"menu {menu.number}", menu.name, f"{menu.hours} is closed")
            await self._send(session, menu, menu.closed or menu.otherwise)
            return
        await session.answered()
        choice = Choice(Verdict.INVALID)
        with dialogue(session) as keys:
            for _attempt in range(ATTEMPTS):
                await keys.say(self._greetings.of(session, menu))
                pressed, choice = await self._choice(session, menu, keys)
                if choice.verdict is Verdict.CHOSEN:
                    break
                session.call.note(f"menu {menu.number}", pressed or "nothing", choice.verdict.value)
                if pressed:
                    await _rest_of(keys)
                    await keys.say("invalid")
        if choice.verdict is Verdict.CHOSEN:
            session.call.note(f"menu {menu.number}", pressed, f"leads to {choice.destination}")
            await self._send(session, menu, choice.destination)
        else:
            await self._send(session, menu, (menu.invalid if pressed else None) or menu.otherwise)

    def _open(self, session: Session, menu: Menu) -> bool:
        if menu.hours is None:
            return True
        exchange = session.exchange
        hours = schedule(exchange.plan.site.hours[menu.hours])
        return open_at(hours, exchange.clock.now(), exchange.snapshot().zone)

    async def _choice(self, session: Session, menu: Menu, keys: Dialogue) -> tuple[str, Choice]:
        """What is pressed, and what it means."""
        direct = session.exchange.plan.extensions if menu.direct_dial else {}
        extensions = [one for one in direct if session.call.source != FromExtension(one)]
        pressed = ""
        while True:
            try:
                key = await within(NEXT_S if pressed else menu.timeout_s, keys.take())
            except TimeoutError:
                return pressed, ended(pressed, menu.keys, extensions)
            if key == "#" and pressed:
                return pressed, ended(pressed, menu.keys, extensions)
            pressed += key
            choice = chosen(pressed, menu.keys, extensions)
            if choice.verdict is not Verdict.MORE:
                return pressed, choice

    async def _send(self, session: Session, menu: Menu, destination: str | None) -> None:
        call = session.call
        call.leads_on()
        if destination is None:
            call.declined = True
            await session.say("goodbye")
            return
        request = session.exchange.request(session.leg, menu.number)
        call.b = await session.exchange.courier.send(call, session.leg, request, destination)


async def _rest_of(keys: Dialogue) -> None:
    """Pass over the rest of a number that leads nowhere: its digits are no choices of their own."""
    with suppress(TimeoutError):
        while True:
            await within(REST_S, keys.take())


def install(resources: Resources) -> Features:
    return Features(services={"menu": Menus(Greetings(resources)).serve})
