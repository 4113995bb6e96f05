"""What can be done about the caller of a message: 1 reply to the mailbox, 2 call back, 3 hear the envelope.

Nobody is called outside from a mailbox, and back only from the owner's own telephone (security.md 4).
"""

from firmware.calls.dialogue import Dialogue
from firmware.calls.leg import Party
from firmware.features.voicemail.hear import envelope
from firmware.features.voicemail.leave import take_message
from firmware.features.voicemail.message import Message
from firmware.features.voicemail.visit import Visit
from firmware.telephony.decision import FromExtension, Request


async def advanced(talk: Dialogue, visit: Visit) -> bool:
    """True: the call has been led elsewhere."""
    message = visit.message
    if message is None:
        await talk.say("vm-no-more")
        return False
    match await talk.choose("123*", "vm-advanced-menu"):
        case "1":
            await _reply(talk, visit, message)
        case "2":
            return await _call_back(talk, visit, message)
        case "3":
            await envelope(talk, message)
    return False


async def _reply(talk: Dialogue, visit: Visit, message: Message) -> None:
    """Leave a message in the caller's own mailbox."""
    exchange = talk.session.exchange
    caller, owner = (exchange.plan.site.extension(number) for number in (message.extension, visit.mailbox))
    if caller is None or owner is None or caller.voicemail is None or not caller.voicemail.enabled:
        await talk.say("vm-off" if caller is not None else "not-allowed")
    elif not visit.boxes.room_in(caller.number):
        await talk.say("vm-full")
    else:
        talk.session.call.note("voicemail", visit.mailbox, f"replies to {caller.number}")
        await talk.say("vm-intro")
        sender = Party(owner.number, owner.name, extension=owner.number)
        await take_message(talk.session, visit.boxes, caller.number, sender)
        talk.forget()


async def _call_back(talk: Dialogue, visit: Visit, message: Message) -> bool:
    """Call the extension that left the message, as if its owner had dialled it."""
    session = talk.session
    if not message.extension or session.leg.party.extension != visit.mailbox:
        session.call.note("voicemail", message.number or "unknown caller", "call back: not allowed")
        await talk.say("not-allowed")
        return False
    session.call.note("voicemail", message.extension, "call back")
    request = Request(FromExtension(visit.mailbox), message.extension, session.exchange.clock.now())
    session.call.service = False
    session.call.b = await session.exchange.courier.deliver(session.call, session.leg, request)
    return True
