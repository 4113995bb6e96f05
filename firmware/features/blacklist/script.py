"""The blacklist by telephone: `*76` the last caller, `*75` a number, `*075` takes a number off (F16-F19).

Not responsible for what becomes of the calls of those who are listed: `firmware.telephony.inbound`.
"""

from enum import Enum
from functools import partial

from msgspec.structs import replace

from firmware.calls.attempts import number_that_will_do
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session, SettingsStore
from firmware.features.blacklist.entry import entry, same_entry, without_prefix
from firmware.features.blacklist.last_callers import LastCaller, LastCallers
from firmware.telephony.blacklist import listed
from firmware.telephony.deeds import Act, Deed
from firmware.telephony.refusal import INVALID, Refusal
from firmware.telephony.site import Site

MOST = 2000  # as in the site file


class Listed(Enum):
    """What became of a number that somebody wants on the list. Values are what a caller of `*75` is told."""

    NOW = "blacklisted"
    BEFORE = "already-listed"
    FULL = "list-full"


class Blacklist:
    """The list of the site, which holds for all of it; the portal's is the same one, and its call log's `put_on`."""

    def __init__(self, settings: SettingsStore, callers: LastCallers) -> None:
        self._settings, self.callers = settings, callers

    async def add_last(self, session: Session) -> None:
        """`*76`."""
        who = await self._who(session)
        if who is None:
            return
        last = self.callers.of(who)
        if last is not None and not last.outside:
            session.call.note("blacklist", last.number, "called last: is an extension")
            await session.say("extension-refused")
        elif last is None or not any(sign.isdigit() for sign in last.number):
            session.call.note("blacklist", "the last caller", "is not known")
            await session.say("no-last-caller")
        elif refused := self._refused(session, last.number):
            session.call.note("blacklist", last.number, f"refused: {refused.reason}")
            await session.say(refused.prompt)
        else:
            await self._add(session, last.number)

    async def add(self, session: Session) -> None:
        """`*75`, with or without a number."""
        if await self._who(session) is None:
            return
        number = await number_that_will_do(session, "blacklist", partial(self._refused, session))
        if number is not None:
            await self._add(session, number)

    async def remove(self, session: Session) -> None:
        """`*075`, with or without a number."""
        if await self._who(session) is None:
            return
        number = await number_that_will_do(session, "blacklist", _no_digits)
        if number is None:
            return
        site, number = self._settings.site, without_prefix(number, session.exchange.plan)
        left = tuple(one for one in site.blacklist if not same_entry(one, number, site))
        if len(left) < len(site.blacklist):
            self._settings.replace(replace(site, blacklist=left))
            session.audit(Act.UNBLOCKED, number)
            session.call.note("blacklist", number, Act.UNBLOCKED.value)
        await session.say_digits(number)
        await session.say("removed" if len(left) < len(site.blacklist) else "not-listed")

    def put_on(self, exchange: Exchange, dialled: str, who: str) -> Listed | Refusal:
        """List a number in whatever spelling; `who` wants it, for the audit."""
        site, kept = self._settings.site, entry(dialled, exchange.plan)
        if isinstance(kept, Refusal):
            return kept
        number = without_prefix(dialled, exchange.plan)
        if kept in site.blacklist or listed(number, site.blacklist, site.site.country, site.blacklist_match):
            return Listed.BEFORE
        if len(site.blacklist) >= MOST:
            return Listed.FULL
        self._settings.replace(replace(site, blacklist=(*site.blacklist, kept)))
        exchange.audit(Deed(who, Act.BLOCKED, kept))
        return Listed.NOW

    async def _add(self, session: Session, dialled: str) -> None:
        how = self.put_on(session.exchange, dialled, session.leg.party.number)
        assert isinstance(how, Listed)
        number = without_prefix(dialled, session.exchange.plan)
        session.call.note("blacklist", number, how.value)
        if how is not Listed.FULL:
            await session.say_digits(number)
        await session.say(how.value)

    def _refused(self, session: Session, dialled: str) -> Refusal | None:
        found = entry(dialled, session.exchange.plan)
        return found if isinstance(found, Refusal) else None

    async def _who(self, session: Session) -> str | None:
        """Answer; the extension that may change the list, None once somebody else has been told so."""
        await session.answered()
        owner = session.owner
        if owner is not None and owner.may_block:
            return owner.number
        session.call.note("blacklist", owner.number if owner else "no extension", "may not change it")
        await session.say("feature-off" if owner else "no-extension")
        return None


def _no_digits(dialled: str) -> Refusal | None:
    return None if any(sign.isdigit() for sign in dialled) else INVALID


def install(resources: Resources) -> Features:
    callers = LastCallers(resources.keep("last_callers", LastCaller, lambda one: (one.extension,)))
    blacklist = Blacklist(resources.settings, callers)

    def site_changed(site: Site) -> None:
        callers.keep_only({one.number for one in site.extensions})

    def begin(exchange: Exchange) -> None:
        site_changed(resources.settings.site)
        resources.settings.watch(site_changed)
        exchange.watch(callers.on_call)

    return Features(
        codes={
            "blacklist-last": blacklist.add_last,
            "blacklist-add": blacklist.add,
            "blacklist-remove": blacklist.remove,
        },
        begin=(begin,),
        offers={"blacklist": blacklist},
    )
