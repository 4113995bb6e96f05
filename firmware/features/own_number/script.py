"""`**13` (F42): the box says the caller's own extension number, digit by digit, twice."""

from firmware.calls.feature import Features, Resources, Session

TIMES = 2  # product.md 2.13


async def own_number(session: Session) -> None:
    await session.answered()
    for _ in range(TIMES):
        await session.say("your-ext-is")
        await session.say_digits(session.leg.party.number)


def install(_resources: Resources) -> Features:
    return Features(codes={"own-number": own_number})
