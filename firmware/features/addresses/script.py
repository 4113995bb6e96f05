"""`**11` and `**12` (F40, F41): the box says its addresses, as the kernel has them now, twice."""

from firmware.calls.feature import Features, Resources, Session
from firmware.net.addresses import Ip

TIMES = 2  # product.md 2.13
MOST = 4  # a machine with many interfaces is not read out for minutes


async def wan(session: Session) -> None:
    await _announce(session, "wan-ip", session.exchange.addresses.wan())


async def lan(session: Session) -> None:
    await _announce(session, "lan-ip", session.exchange.addresses.lan())


async def _announce(session: Session, introduction: str, found: list[Ip]) -> None:
    await session.answered()
    spoken = [str(ip) for ip in found if ip.version == 4][:MOST]
    for _ in range(TIMES):
        if not spoken:
            await session.say("ipv6-only" if found else "no-address")
        for number, text in enumerate(spoken):
            await session.say("next-address" if number else introduction)
            await session.say_digits(text)


def install(_resources: Resources) -> Features:
    return Features(codes={"wan-address": wan, "lan-address": lan})
