"""Into a mailbox: extension and password, three times at most (F1, F2). A wrong extension sounds like a wrong password.

Not responsible for what there is to do inside: `menu.py`.
"""

from firmware.calls.dialogue import Dialogue
from firmware.features.voicemail.attempts import Attempts
from firmware.features.voicemail.password import right
from firmware.telephony.site import Site

TRIES = 3


async def log_in(talk: Dialogue, site: Site, attempts: Attempts, mailbox: str | None) -> str | None:
    """Ask for the password of `mailbox`, or first for which one it is. Returns the mailbox, None: refused."""
    for _ in range(TRIES):
        wanted = await talk.ask("vm-enter-mailbox") if mailbox is None else mailbox
        password = await talk.ask("vm-enter-pin")
        if attempts.locked(wanted):
            talk.session.call.note("voicemail", wanted or "no mailbox", "locked after wrong passwords")
            await talk.session.say("vm-locked")
            break
        extension = site.extension(wanted)
        if right(password, extension.voicemail if extension is not None else None):
            attempts.passed(wanted)
            talk.session.call.note("voicemail", wanted, "password given")
            return wanted
        attempts.failed(wanted)
        talk.session.call.note("voicemail", wanted or "no mailbox", "wrong extension or password")
        await talk.session.say("vm-bad-login")
    await talk.session.say("goodbye")
    return None
