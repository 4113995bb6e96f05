"""Follow me (F36-F38): what is said to an outside number that answers, before it gets the call.

A mailbox or a line that cannot tell an answer would take every call: who answers must press 1. Not responsible for
the order of the numbers (`firmware.telephony.delivery`) or for calling them (`firmware.calls.delivery`).
"""

import asyncio
from contextlib import suppress

from firmware.calls.dialogue import dialogue
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.leg import Cause
from firmware.calls.scopes import HungUp, while_up

ASK_S = 15.0  # time to say the question, to think and to press a key
PAUSE_S = 3.0  # from one question to the next
TAKE, REFUSE = "1", "2"


async def confirm(session: Session) -> None:
    """Ask again and again until a key is pressed. The leg is hung up unless the call is taken."""
    call, line = session.call, session.leg
    key: str | None = None
    with suppress(HungUp):
        async with while_up(line):
            with suppress(TimeoutError):
                async with asyncio.timeout(_longest_s(session)):
                    key = await _asked(session)
    if key == TAKE:
        call.note("follow-me", line.party.number, "takes the call by key")
        return
    call.note("follow-me", line.party.number, "refuses the call by key" if key else "answers but presses no key")
    line.hang_up(Cause.NO_ANSWER)


async def _asked(session: Session) -> str:
    with dialogue(session) as talk:
        while True:
            key = await talk.choose(TAKE + REFUSE, "followme-call", wait_s=PAUSE_S)
            if key is not None:
                return key


def _longest_s(session: Session) -> float:
    """A line that cannot tell an answer may still be ringing: it gets its whole ring time."""
    return ASK_S + (float(session.argument) if session.leg.answer_assumed and session.argument else 0.0)


def install(_resources: Resources) -> Features:
    return Features(services={"follow-me": confirm})
