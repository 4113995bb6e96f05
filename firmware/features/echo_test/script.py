"""The echo test: callers hear themselves. `#` ends it."""

from firmware.calls.audio import audio_of
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.keys import keys_of
from firmware.calls.wire import Wire


async def echo(session: Session) -> None:
    await session.answered()
    slot = await audio_of(session.leg)
    with Wire(session.exchange.media, slot, slot, session.leg), keys_of(session.leg) as keys:
        while await keys.get() != "#":
            pass


def install(_resources: Resources) -> Features:
    return Features(codes={"echo-test": echo})
