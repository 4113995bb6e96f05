"""What a changed site means for the box that runs: each part is told at once of what concerns it. No call is dropped.

It is `api.box.Configuration` too: whole site files come in here. Not responsible for the rules of a site file
(`telephony.site`), for keeping it (`store.settings`), nor for features, which watch the settings themselves.
"""

import asyncio
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from firmware.api.box import NotPossible
from firmware.api.events import Events
from firmware.api.sessions import Sessions
from firmware.calls.exchange import Exchange
from firmware.contract.events import SettingsChanged
from firmware.contract.replies import SiteChecked
from firmware.devices import BoxDevices
from firmware.net.outbox import Outbox
from firmware.ports import Ports
from firmware.sip.endpoint import SipEndpoint
from firmware.sip.hook import SipHook
from firmware.sip.presence.presence import Presence
from firmware.sip.registrar import Registrar
from firmware.sip.site import accounts, codecs, rules
from firmware.sip.trunks import Trunks
from firmware.store.settings import Settings, portal_ha1
from firmware.telephony.deeds import Act, Deed
from firmware.telephony.emergency import emergency_numbers
from firmware.telephony.numbering import Plan
from firmware.telephony.site import SipTrunk, Site
from firmware.telephony.site.export import differences
from firmware.telephony.site.next_start import next_start
from firmware.telephony.site.outcome import in_words

NAME_MAX = 64  # of a file, in the audit

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """Those that take something from the site when it changes."""

    exchange: Exchange
    devices: BoxDevices
    endpoint: SipEndpoint
    hook: SipHook
    registrar: Registrar
    trunks: Trunks
    ports: Ports
    presence: Presence
    outbox: Outbox
    sessions: Sessions
    events: Events


class Reload:
    """`begin` before SIP listens."""

    def __init__(self, settings: Settings, parts: Parts, audit: Callable[[Deed], None], *, fixed_sip: bool) -> None:
        """`fixed_sip`: the command line says where SIP listens, whatever the site says."""
        self._settings, self._parts, self._audit = settings, parts, audit
        self._site = self._at_start = settings.site
        self._fixed_sip = fixed_sip

    def begin(self) -> None:
        """Tell the SIP side what the site says, and follow its changes from now on."""
        site, parts = self._site, self._parts
        parts.hook.set_limits(site.limits)
        self._set_accounts(site)
        self._end_sessions(None)
        self._settings.watch(self._changed)

    # -- a change -------------------------------------------------------------------------------------------------

    def _changed(self, site: Site) -> None:
        before, self._site, parts = self._site, site, self._parts
        plan = parts.exchange.plan = parts.devices.plan = Plan(site, emergency_numbers(site))
        self._change_sip(before, site)
        parts.ports.configure(plan)
        parts.presence.changed()
        if site.mail != before.mail:
            parts.outbox.hurry()
        self._end_sessions(before)
        if _shown(site) != _shown(before):
            parts.events.post(SettingsChanged())

    def _change_sip(self, before: Site, site: Site) -> None:
        parts = self._parts
        if site.sip.realm != before.sip.realm:
            parts.hook.set_realm(site.sip.realm or "")
        if site.limits != before.limits:
            parts.hook.set_limits(site.limits)
        if site.sip != before.sip or _log_ins(site) != _log_ins(before):
            self._set_accounts(site)
        if site.sip.codecs != before.sip.codecs:
            parts.endpoint.set_codecs(codecs(site))
        if site.trunks != before.trunks:
            parts.trunks.configure(trunk for trunk in site.trunks if isinstance(trunk, SipTrunk))

    def _set_accounts(self, site: Site) -> None:
        allowed = accounts(site)
        self._parts.hook.set_accounts(allowed)
        for extension in self._parts.registrar.configure(rules(site), allowed):
            self._parts.presence.end_all(extension)

    def _end_sessions(self, before: Site | None) -> None:
        """Users of the portal whose extension has gone, may not log in any more or has another password."""
        for extension in self._parts.sessions.extensions():
            key = portal_ha1(self._site, extension)
            if key is None or (before is not None and key != portal_ha1(before, extension)):
                self._parts.sessions.close_all(extension)

    # -- whole files ----------------------------------------------------------------------------------------------

    async def import_site(self, text: str, name: str, user: str) -> SiteChecked:
        before = self._settings.site
        outcome = await self._settings.import_live(text)
        if outcome.refused:
            return in_words(outcome)
        now = self._settings.site
        if changes := await asyncio.to_thread(differences, before, now):
            log.info("site file %s imported by %s", name[:NAME_MAX], user)
            self._audit(Deed(user, Act.IMPORTED, name[:NAME_MAX], f"{len(changes)} settings are others now"))
        await self.store()
        return in_words(outcome, next_start(self._at_start, now, fixed_sip=self._fixed_sip))

    async def store(self) -> None:
        try:
            await asyncio.wrap_future(self._settings.written())
        except OSError as error:
            raise NotPossible(f"the settings count, but could not be written and go with a restart: {error}") from error


def _log_ins(site: Site) -> tuple[object, ...]:
    """What accounts are made of; a change of one extension is found without looking into the others."""
    return tuple((one.number, one.sip) for one in site.extensions)


def _shown(site: Site) -> tuple[object, ...]:
    """What the whole status shows of the site."""
    return site.site.name, site.trunks, tuple(_shown_of(site))


def _shown_of(site: Site) -> Iterator[tuple[object, ...]]:
    return ((one.number, one.name, one.port, one.sip is None) for one in site.extensions)
