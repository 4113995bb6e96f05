"""Ring groups: a number that rings several extensions, at once or one by one.

Members' forwards, follow-me and mailboxes do not take part; who does not want to be disturbed is spared. Callers hear
the group's greeting first, if somebody can be rung; who only asks for somebody else (`*2`) does not.
"""

import random

from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.greetings import Greetings
from firmware.calls.leg import Cause, Leg
from firmware.features.groups.order import rounds
from firmware.telephony.decision import Outcome
from firmware.telephony.delivery import reachable
from firmware.telephony.site import RingGroup


class Groups:
    """What the groups remember: who took the last call."""

    def __init__(self, chance: random.Random, greetings: Greetings) -> None:
        self._chance, self._greetings = chance, greetings
        self._last: dict[str, str] = {}

    async def ring(self, session: Session) -> None:
        """Service "group"."""
        exchange, call = session.exchange, session.call
        group = next(one for one in exchange.plan.site.ring_groups if one.number == session.argument)
        call.leads_on()
        greets = group.greeting is not None and session.leg in call.legs
        if greets and any(_spared(exchange, session.leg, one) is None for one in group.members):
            await self._greetings.play(session, group)
        for members in rounds(group, self._last.get(group.number), self._chance):
            legs = [leg for member in members for leg in self._called(session, group, member)]
            if not legs:
                continue
            answer = await exchange.courier.ring(call, session.leg, legs, group.ring_s, None)
            if not isinstance(answer, Outcome):
                self._last[group.number] = answer.party.number
                call.b = answer
                return
        await self._nobody(session, group)

    def _called(self, session: Session, group: RingGroup, number: str) -> list[Leg]:
        """The member's telephones, on their way; none if it is spared."""
        exchange = session.exchange
        why = _spared(exchange, session.leg, number)
        if why is not None:
            session.call.note(f"group {group.number}", number, f"{why}: spared")
            return []
        devices = reachable(exchange.plan.extensions[number], exchange.live())
        return exchange.devices.ring(number, devices, session.leg.party)

    async def _nobody(self, session: Session, group: RingGroup) -> None:
        call = session.call
        call.note(f"group {group.number}", group.name, "nobody has answered")
        if group.otherwise is None:
            call.declined, call.cause = True, Cause.NO_ANSWER
            return
        request = session.exchange.request(session.leg, group.number)
        call.b = await session.exchange.courier.send(call, session.leg, request, group.otherwise)


def _spared(exchange: Exchange, caller: Leg, number: str) -> str | None:
    """Why the member does not ring now; None: it does."""
    member, live = exchange.plan.extensions.get(number), exchange.live()
    if member is None:
        return "is no extension"
    calls = live.calls.get(number, 0)
    if number == caller.party.extension:
        return "is the caller"
    if member.dnd:
        return "do not disturb is on"
    if calls > 1 or (calls and (not member.call_waiting or member.fax)):
        return "is in a call"
    return None if reachable(member, live) else "no device can be reached"


def install(resources: Resources) -> Features:
    groups = Groups(random.Random(), Greetings(resources))  # noqa: S311  # whose telephone rings is no secret
    return Features(services={"group": groups.ring})
