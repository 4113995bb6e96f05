"""The echo test: callers hear themselves. `#` ends it."""

from firmware.calls.audio import audio_of
from firmware.calls.feature import Features, Resources, Session
from firmware.calls.keys import keys_of


async def echo(session: Session) -> None:
    await session.answered()
    slot = await audio_of(session.leg)
    session.exchange.media.connect(slot, slot)
    try:
        with keys_of(session.leg) as keys:
            while await keys.get() != "#":
                pass
    finally:
        if not session.leg.signals.gone:
            session.exchange.media.disconnect(slot, slot)


def install(_resources: Resources) -> Features:
    return Features(codes={"echo-test": echo})
