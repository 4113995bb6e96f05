"""Wake-up calls by telephone (F30-F32): `*55` is the menu, `*55*` and a time sets one, `*055` cancels all of one's own.

What is set is read back. Not responsible for ringing: `alarm.py`.
"""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from firmware.calls.dialogue import Dialogue, dialogue
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources, Session
from firmware.clock import is_set
from firmware.features.wake_up.alarm import Alarm
from firmware.features.wake_up.book import Book, Full, WakeUp, naive
from firmware.features.wake_up.when import NoSuchTime, Wanted, shown, wanted
from firmware.telephony.site import Site

PATIENCE = 3
"""Times that the menu is said to someone who presses nothing."""


class WakeUpCalls:
    """The codes, and the book that they write into."""

    def __init__(self, resources: Resources) -> None:
        self._settings, self._clock = resources.settings, resources.clock
        kept = resources.keep("wake-ups", WakeUp, lambda one: one.key, synced=True)
        self.book = Book(kept, self._zone)

    def begin(self, exchange: Exchange) -> None:
        self._settings.watch(self._site_changed)
        self._site_changed(self._settings.site)
        exchange.start(Alarm(exchange, self.book).run(), "wake-up calls")

    def _site_changed(self, site: Site) -> None:
        self.book.keep_only({one.number for one in site.extensions})
        self.book.changed.set()  # the zone may be another one

    def _zone(self) -> ZoneInfo:
        return self._settings.site.site.zone

    # -- codes ----------------------------------------------------------------------------------------------------

    async def set_directly(self, session: Session) -> None:
        """`*55*MMDDHHMM`, or HHMM for the next time that it is so late."""
        if (owner := await self._owner(session)) is not None:
            with dialogue(session) as talk:
                await self._set(talk, owner, session.argument)

    async def cancel_all(self, session: Session) -> None:
        """`*055`."""
        if (owner := await self._owner(session)) is not None:
            await self._cancel_all(session, owner)

    async def menu(self, session: Session) -> None:
        """`*55`: 1 sets a call, 2 lists them, 3 cancels all."""
        owner = await self._owner(session)
        if owner is None:
            return
        patience = PATIENCE
        with dialogue(session) as talk:
            while patience:
                match await talk.choose("123*#", "wake-menu"):
                    case "1":
                        await self._set(talk, owner, await talk.ask("wake-enter-time", most=8))
                    case "2":
                        await self._list(talk, owner)
                    case "3":
                        await self._cancel_all(session, owner)
                    case "*" | "#":
                        break
                    case _:
                        patience -= 1
            await session.say("goodbye")

    # -- what they do ---------------------------------------------------------------------------------------------

    async def _owner(self, session: Session) -> str | None:
        """Answer; whose telephone it is. None once it has been said why nothing can be done."""
        await session.answered()
        if session.owner is None:
            await session.say("no-extension")
        elif not is_set(self._clock.now()):
            await session.say("wake-no-clock")
        else:
            return session.owner.number
        return None

    async def _set(self, talk: Dialogue, owner: str, digits: str) -> None:
        call = talk.session.call
        try:
            found = wanted(digits, naive(self._clock.now(), self._zone()))
            self.book.add(owner, found.local)
        except NoSuchTime as error:
            call.note("wake-up", owner, str(error))
            await talk.session.say("wake-invalid")
            await talk.session.beep_error()
        except Full as error:
            call.note("wake-up", owner, str(error))
            await talk.session.say("wake-full")
        else:
            call.note("wake-up", owner, f"set for {found.local}")
            await talk.say(*self._read_back(talk, found))

    def _read_back(self, talk: Dialogue, found: Wanted) -> list[str | list[Path]]:
        """The day that is meant, said aloud when it lies in another year."""
        warning: list[str | list[Path]] = ["wake-next-year"] if found.years_on == 1 else []
        return [*warning, "wake-set-for", self._said(talk, found.local, with_year=found.years_on > 0)]

    def _said(self, talk: Dialogue, local: datetime, *, with_year: bool = False) -> list[Path]:
        phrases, language = talk.session.exchange.phrases, talk.session.language
        at = shown(local, self._zone())
        return phrases.date(language, at.date(), with_year=with_year) + phrases.time(language, at.time())

    async def _list(self, talk: Dialogue, owner: str) -> None:
        """One by one: 1 cancels it, 2 goes on."""
        found = self.book.waiting(owner)
        if not found:
            await talk.say("wake-none")
        for one in found:
            match await talk.choose("12*#", "wake-set-for", self._said(talk, one.local), "wake-cancel-this"):
                case "1":
                    self.book.cancel(one)
                    talk.session.call.note("wake-up", owner, f"cancels {one.local}")
                    await talk.say("wake-cancelled")
                case "*" | "#":
                    return

    async def _cancel_all(self, session: Session, owner: str) -> None:
        cancelled = self.book.cancel_all(owner)
        session.call.note("wake-up", owner, f"cancels {cancelled}")
        await session.say("wake-all-cancelled" if cancelled else "wake-none")


def install(resources: Resources) -> Features:
    calls = WakeUpCalls(resources)
    codes = {"wake-up-menu": calls.menu, "wake-up-set": calls.set_directly, "wake-up-cancel": calls.cancel_all}
    return Features(codes=codes, begin=(calls.begin,), offers={"wake-up": calls.book})
