"""The core's parts, built in the order in which they need each other, connected, run and closed.

With `app.py` the one place that knows concrete classes. Not here: any decision about a call, a line or a message.
"""

import asyncio
import contextlib
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from firmware.media import native

native.load_pjsua2()  # before anything of firmware.sip imports pjsua2

# ruff: noqa: E402
from firmware.api.answers import Answers
from firmware.api.box import KeptSession
from firmware.api.events import Events
from firmware.api.login import Doorkeeper
from firmware.api.passwords import Passwords
from firmware.api.server import Server
from firmware.api.sessions import Sessions
from firmware.calls.exchange import Exchange
from firmware.calls.feature import Resources
from firmware.clock import SystemClock
from firmware.contract.events import (
    ChecksChanged,
)
from firmware.contract.heartbeat import EVERY_S, Heart
from firmware.devices import BoxDevices
from firmware.features import discover
from firmware.features.alarms.board import Board
from firmware.hal.open import open_hal
from firmware.lines.board import LineBoard
from firmware.lines.boardfile import load_board
from firmware.media import Closable
from firmware.media.bridge import Bridge
from firmware.media.pcm import Pcm
from firmware.media.pcm.alsa import AlsaPcm
from firmware.media.pcm.none import NoPcm
from firmware.media.pcm.sim import SimPcm
from firmware.media.prompts import Prompts
from firmware.media.pump import Pump
from firmware.net.addresses import KernelAddresses
from firmware.net.mail import Letter
from firmware.net.outbox import Outbox
from firmware.news import News
from firmware.ports import Ports
from firmware.reload import Parts, Reload
from firmware.sip.bans import Banned, Bans
from firmware.sip.bindings import Binding
from firmware.sip.endpoint import SipEndpoint
from firmware.sip.hook import SipHook
from firmware.sip.presence.presence import Presence
from firmware.sip.presence.subscription import Subscription
from firmware.sip.referrals import Referrals
from firmware.sip.registrar import Registrar
from firmware.sip.trunks import Trunks
from firmware.status import BoxStatus
from firmware.store.audit import Audit
from firmware.store.history import History
from firmware.store.kept import Kept
from firmware.store.settings import Settings
from firmware.telephony.country import load_country
from firmware.telephony.numbering import Plan
from firmware.telephony.site import SipTrunk

TIDY_S = 35.0  # SIP transactions live for 32 s
TRIM_S = 86_400.0
GOODBYE_S = 0.3  # time for the BYEs of a clean stop
SHARE = Path(sys.prefix) / "share" / "fxbox"

Value = TypeVar("Value")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """The command line, as the supervisor gives it."""

    data: Path
    board: str
    sip: str | None  # host:port, in place of the site's addresses
    heartbeat_fd: int | None


class Core:
    """All parts of the core, built in the order in which they need each other. Made within the running loop."""

    def __init__(self, options: Options, settings: Settings, endpoint: SipEndpoint, master: int) -> None:
        site = settings.site
        self._options, self._settings, self._endpoint = options, settings, endpoint
        self._clock, self._country = SystemClock(), load_country(site.site.country)
        plan = Plan(site, self._country.emergency)
        self._library = native.load()
        self._library.fx_clock_attach(master)
        self._bridge = Bridge(self._library)
        self._history = History(options.data)
        self._audit = Audit(options.data, self._clock)
        self._open_files: list[Closable] = [self._history, self._audit]
        bindings = self._keep("registrations", Binding, lambda one: (one.extension, one.contact))
        self._bans = Bans(self._keep("bans", Banned, lambda one: (one.ip,)), self._clock)
        self._hook = SipHook(lambda request: self._registrar.answer(request), self._bans.remember)
        self._registrar = Registrar(bindings, self._clock, self._hook)
        self._trunks = Trunks(endpoint, self._hook.set_trunks, lambda name: self._news.trunk(name))
        self._devices = BoxDevices(plan, endpoint, self._registrar, self._trunks)
        letters = self._keep("letters", Letter, lambda one: (one.id,), synced=True)
        self._outbox = Outbox(letters, self._clock, lambda: settings.site.mail, lambda: settings.site.site.name)
        resources = Resources(settings, self._keep, options.data / "media", self._clock, self._outbox)
        music = self._bridge.play(sorted((SHARE / "moh").glob("*.wav")), repeat=True)
        self._exchange = Exchange(
            media=self._bridge, music=music.slot, tones=self._country.tones, devices=self._devices, plan=plan,
            features=discover(resources), phrases=Prompts(SHARE / "prompts"), addresses=KernelAddresses(),
            clock=self._clock, record=self._history.add, audit=self._audit.add,
        )  # fmt: skip
        self._exchange.watch(lambda call: self._news.call(call))
        subscriptions = self._keep("subscriptions", Subscription, lambda one: one.key)
        place = f"{endpoint.domain}:{endpoint.listening[0].port}"
        self._presence = Presence(
            self._exchange, subscriptions, self._clock, self._hook.notify, place, self._registrar.contacts
        )
        hosts = {endpoint.domain, *(one.host for one in endpoint.listening)}
        self._referrals = Referrals(self._exchange, endpoint.find, self._hook.has_dialog, hosts)
        self._board = load_board(options.board)
        self._lines = LineBoard(self._board, open_hal(self._board, options.data / "run"), self._country)
        self._pump = Pump(self._library, self._pcm(), lambda: endpoint.pj.libRegisterThread("pump"))
        addresses = {"sip": ", ".join(str(place) for place in endpoint.listening)}
        alarms = self._exchange.features.offers["alarms"]
        assert isinstance(alarms, Board)
        alarms.watch(lambda: self._news.alarms())
        self._status = BoxStatus(
            exchange=self._exchange, devices=self._devices, registrar=self._registrar, trunks=self._trunks,
            alarms=alarms, clock=self._clock, addresses=addresses, counters=self._hook.counters,
            legs=lambda: len(endpoint.legs), audio_ports=endpoint.pj.mediaActivePorts,
            sip_version=endpoint.pj.libVersion().full,
        )  # fmt: skip
        self._passwords = Passwords()
        sessions = Sessions(self._clock, self._keep("sessions", KeptSession, lambda one: (one.key,)))
        self._door = Doorkeeper(settings, sessions, self._passwords, self._clock, self._audit.add)
        self._events = Events(int(self._clock.now().timestamp()))
        self._news = News(self._events, self._status, self._exchange)
        self._ports = Ports(
            self._lines, self._devices, self._exchange, self._bridge, self._country, self._clock, self._news
        )  # fmt: skip
        parts = Parts(
            self._exchange, self._devices, endpoint, self._hook, self._registrar, self._trunks, self._ports,
            self._presence, self._outbox, sessions, self._events,
        )  # fmt: skip
        self._reload = Reload(settings, parts, self._audit.add, fixed_sip=options.sip is not None)
        answers = Answers(self._status, self._events, sessions, self._door, self._reload, self._audit.add)
        self._server = Server(options.data / "run" / "core.sock", answers)
        self._stopped = asyncio.Event()

    def _keep(
        self, name: str, type_: type[Value], key: Callable[[Value], tuple[str, ...]], *, synced: bool = False
    ) -> Kept[Value]:
        kept = Kept(self._options.data / f"{name}.sqlite", type_, key, synced=synced)
        self._open_files.append(kept)
        return kept

    def _pcm(self) -> Pcm:
        pcm = self._board.pcm
        match pcm.backend:
            case "sim":
                return SimPcm(self._options.data / "run" / "pcm.sock", pcm.channels, pcm.period_samples)
            case "alsa" | "aloop":
                on_gap = partial(asyncio.get_running_loop().call_soon_threadsafe, self._lines.check_clocks)
                return AlsaPcm(pcm.capture, pcm.playback, pcm.channels, pcm.period_samples, on_gap)
            case _:
                return NoPcm(pcm.period_samples)

    async def run(self, heart: Heart | None, turns: Callable[[], int]) -> None:
        """Open everything, say ready, and beat until stopped."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopped.set)
        self._open_sip()
        self._pump.start()
        self._ports.open()
        await self._lines.start()
        for begin in self._exchange.features.begin:
            begin(self._exchange)
        self._exchange.start(self._outbox.run(), "outbox")
        self._exchange.start(self._tidy(), "tidy")
        self._exchange.start(self._trim(), "old rows of the audit")
        claim = await self._door.claim()
        await self._server.start()
        if heart is not None:
            heart.ready(self._status.status(self._events.position).addresses, claim)
            loop.add_reader(heart.fileno(), self._on_supervisor, heart)
        log.info("ready")
        while not self._stopped.is_set():
            if heart is not None:
                heart.beat(loop=turns(), media=self._library.fx_ticks(), lines=self._lines.scan_count)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), EVERY_S)
        await self._close()

    async def _tidy(self) -> None:
        """Give back the memory of a burst of calls, once it is over and its SIP transactions have ended."""
        seen = tidied = 0
        while True:
            await asyncio.sleep(TIDY_S)
            served = self._exchange.served
            if served == seen != tidied and not self._exchange.calls:
                await asyncio.to_thread(native.give_back_memory)
                tidied = served
            seen = served

    async def _trim(self) -> None:
        while True:
            self._audit.trim(self._settings.site.retention.audit_days)
            await asyncio.sleep(TRIM_S)

    def _open_sip(self) -> None:
        site = self._settings.site
        self._hook.install(self._settings.realm())
        self._bans.restore(self._hook.restore_bans)
        self._reload.begin()
        self._registrar.watch(self._news.registration)
        self._registrar.on_registered(self._presence.registered)
        self._hook.serve(self._presence.answer, self._referrals.answer)
        self._registrar.start()
        self._endpoint.listen()
        self._endpoint.serve(self._bridge, self._devices.known, self._exchange.incoming, self._referrals)
        self._presence.start()
        self._trunks.start(trunk for trunk in site.trunks if isinstance(trunk, SipTrunk))

    def _on_supervisor(self, heart: Heart) -> None:
        checked = heart.received()
        if checked is None:  # the supervisor has gone; the kernel ends this process with it
            asyncio.get_running_loop().remove_reader(heart.fileno())
            return
        if checked.checks != self._status.checks:
            self._status.checks = checked.checks
            self._events.post(ChecksChanged(checked.checks))

    async def _close(self) -> None:
        """End calls, tell the phones, write what is still in memory."""
        log.info("stopping")
        await self._exchange.close()
        await self._server.stop()
        await self._lines.close()
        self._trunks.close()
        await asyncio.sleep(GOODBYE_S)  # the loop sends the BYEs meanwhile
        self._pump.close()
        for file in self._open_files:
            file.close()
        self._settings.close()
        self._passwords.close()
