"""Ring groups: a number that rings several extensions, at once or one by one.

Members' forwards, follow-me and mailboxes do not take part; who does not want to be disturbed is spared.
"""

import random

from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Cause, Leg
from firmware.features.groups.order import rounds
from firmware.telephony.decision import Live, Outcome
from firmware.telephony.delivery import reachable
from firmware.telephony.site import Extension, RingGroup


class Groups:
    """What the groups remember: who took the last call."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._last: dict[str, str] = {}

    async def ring(self, session: Session) -> None:
        """Service "group"."""
        exchange, call = session.exchange, session.call
        group = next(one for one in exchange.plan.site.ring_groups if one.number == session.argument)
        call.leads_on()
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
        member, live = exchange.plan.extensions.get(number), exchange.live()
        why = "is no extension" if member is None else _spared(member, session.leg.party.extension, live)
        if why is not None or member is None:
            session.call.note(f"group {group.number}", number, f"{why}: spared")
            return []
        return exchange.devices.ring(number, reachable(member, live), session.leg.party)

    async def _nobody(self, session: Session, group: RingGroup) -> None:
        call = session.call
        call.note(f"group {group.number}", group.name, "nobody has answered")
        if group.otherwise is None:
            call.declined, call.cause = True, Cause.NO_ANSWER
            return
        request = session.exchange.request(session.leg, group.number)
        call.b = await session.exchange.courier.send(call, session.leg, request, group.otherwise)


def _spared(member: Extension, caller: str | None, live: Live) -> str | None:
    calls = live.calls.get(member.number, 0)
    if member.number == caller:
        return "is the caller"
    if member.dnd:
        return "do not disturb is on"
    if calls > 1 or (calls and (not member.call_waiting or member.fax)):
        return "is in a call"
    return None if reachable(member, live) else "no device can be reached"


def install(_resources: Resources) -> Features:
    return Features(services={"group": Groups(random.Random()).ring})  # noqa: S311  # whose telephone rings is no secret
