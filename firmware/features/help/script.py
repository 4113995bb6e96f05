"""`*411`: the box says which codes exist for this telephone, with the digits that they have on this box.

Any key goes on to the next code, `#` ends it. Not responsible for what the codes do.
"""

from collections.abc import Sequence
from pathlib import Path

from firmware.calls.dialogue import Dialogue, dialogue
from firmware.calls.feature import Features, Resources, Session
from firmware.features.help.offered import HELP, offered
from firmware.telephony.codes import Code, When

ANY_KEY = "0123456789*#"
PAUSE_S = 0.4


async def tell(session: Session) -> None:
    """Code by code, each as its name, its digits and what follows them."""
    await session.answered()
    owner, plan, features = session.owner, session.exchange.plan, session.exchange.features
    if owner is None:
        await session.say("no-extension")
        return
    codes = offered(plan.codes, {*features.codes, *features.in_call}, owner, plan.site)
    with dialogue(session) as talk:
        if await talk.choose(ANY_KEY, "help-intro", wait_s=PAUSE_S) == "#":
            return
        for code in codes:
            if await talk.choose(ANY_KEY, *_spoken(talk, code, codes), wait_s=PAUSE_S) == "#":
                return


def _spoken(talk: Dialogue, code: Code, codes: Sequence[Code]) -> list[str | list[Path]]:
    first_in_call = next((one for one in codes if one.when is When.CALL), None)
    said: list[str | list[Path]] = ["help-in-call"] if code is first_in_call else []
    said += [f"code-{code.id}", talk.digits(code.digits)]
    return said if code.argument == "none" else [*said, f"code-then-{code.argument}"]


def install(_resources: Resources) -> Features:
    return Features(codes={HELP: tell})
