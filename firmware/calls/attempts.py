"""Getting a number that will do: the one dialled after the code, else one that is asked for, a few times over.

Not responsible for what will do: the caller's rules say that.
"""

from collections.abc import Callable

from firmware.calls.feature import Session
from firmware.telephony.refusal import INVALID, Refusal

ATTEMPTS = 3  # as for a transfer (Asterisk's transferdialattempts)


async def number_that_will_do(
    session: Session, what: str, refused: Callable[[str], Refusal | None], *, ask: str = "pls-enter-number"
) -> str | None:
    """A number that is not `refused`; None when there was none, which the error tone has said.

    `what` names the use in the call's trace, `ask` is the prompt. To be used once the session has been answered.
    """
    number: str | None = session.argument
    for attempt in range(ATTEMPTS):
        if attempt or not number:
            number = await session.ask(ask)
        refusal = refused(number) if number else INVALID
        if number and refusal is None:
            return number
        assert refusal is not None
        session.call.note(what, number or "nothing", f"refused: {refusal.reason}")
        await session.say(refusal.prompt)
    await session.beep_error()
    return None
