"""pjsua2 in this process: transports, codecs, accounts, and the legs that live in it.

One object, made before the loop runs (`loop.py` needs it). Not here: authentication (hook), bindings (registrar).
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import pjsua2 as pj

from firmware.calls.leg import Direction, Party
from firmware.media.bridge import Bridge
from firmware.sip.calls import Calls, Headers, NotDone, SipCall
from firmware.sip.invite import Invite
from firmware.sip.leg import SipLeg
from firmware.sip.loop import PjSelector, posts_errors
from firmware.sip.refer import NotReferable, Replaces, replaces

MAX_CALLS = 256  # legs; each takes 22 kB, used or not
FRAME_MS = 10
PTIME_MS = 20
KINDS = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP}

log = logging.getLogger(__name__)


class SipPortInUse(Exception):
    """A SIP address cannot be bound; the message names it."""


@dataclass(frozen=True, slots=True)
class Listen:
    """A transport at an address; host "0.0.0.0" is every address."""

    transport: str  # udp, tcp
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port} ({self.transport})"


@dataclass(frozen=True, slots=True)
class SipSettings:
    """What the endpoint needs of the site file and the command line."""

    listen: tuple[Listen, ...]
    domain: str  # host part of the box's own addresses in From
    rtp_ports: tuple[int, int] = (16384, 32767)
    codecs: tuple[str, ...] = ("PCMA", "PCMU", "G722", "opus")
    log_level: int = 1


@dataclass(frozen=True, slots=True)
class Known:
    """Who sent an INVITE and what it is to reach."""

    party: Party
    dialled: str


class TakesOver(Protocol):
    """`referrals.Referrals`."""

    def replaced(self, wanted: Replaces, extension: str | None) -> SipLeg: ...
    def replace(self, old: SipLeg, new: SipLeg) -> None: ...


class Account(pj.Account):  # type: ignore[misc]  # pjsua2 is not typed
    def __init__(self, changed: Callable[[int, str], None] = lambda _status, _reason: None) -> None:
        super().__init__()
        self._changed = changed

    @posts_errors
    def onRegState(self, prm: Any) -> None:
        self._changed(prm.code, prm.reason)


class SipEndpoint:
    """Start with `open`, run the loop that it makes, then `listen` and `serve`."""

    def __init__(self, settings: SipSettings) -> None:
        self._settings = settings
        self.pj = pj.Endpoint()
        self.pj.libCreate()
        self._incoming: Callable[[SipLeg], None] = lambda leg: leg.hang_up()
        self._known: Callable[[Invite], Known | None] = lambda _invite: None
        self._takes_over: TakesOver | None = None
        self._bridge: Bridge | None = None
        self._calls: Calls | None = None
        self._box: Account | None = None

    def open(self) -> int:
        """Initialise pjsua2 and bind the SIP ports. Returns the address of the bridge's master port."""
        self.pj.libInit(self._config())
        master = self.pj.audDevManager().setNoDev()
        self._one_channel("opus/48000/2")
        self.set_codecs(self._settings.codecs)
        return int(master)

    @property
    def domain(self) -> str:
        """Host part of the box's own addresses."""
        return self._settings.domain

    def _config(self) -> pj.EpConfig:
        config = pj.EpConfig()
        ua, media = config.uaConfig, config.medConfig
        ua.threadCnt, ua.mainThreadOnly, ua.maxCalls, ua.userAgent = 0, True, MAX_CALLS, "fxbox"
        for server in nameservers():
            ua.nameserver.append(server)
        config.logConfig.level = config.logConfig.consoleLevel = self._settings.log_level
        media.noVad, media.ecTailLen, media.threadCnt, media.hasIoqueue = True, 0, 1, True
        media.clockRate = media.sndClockRate = 8000
        media.audioFramePtime, media.ptime = FRAME_MS, PTIME_MS
        media.maxMediaPorts = 4 * MAX_CALLS
        media.sndAutoCloseTime = -1  # else the bridge stops a second after the last connection
        return config

    def _one_channel(self, opus: str) -> None:
        """Take Opus as mono, whatever comes: pjmedia adds the channels of stereo up, which is 6 dB too loud."""
        param, mono = self.pj.codecGetParam(opus), pj.CodecFmtp()
        mono.name, mono.val = "sprop-stereo", "0"
        param.setting.decFmtp.append(mono)
        self.pj.codecSetParam(opus, param)

    def set_codecs(self, names: tuple[str, ...]) -> None:
        """What calls offer and take from now on, in this order."""
        for codec in self.pj.codecEnum2():
            self.pj.codecSetPriority(codec.codecId, 0)
        for rank, name in enumerate(names):
            for codec in self.pj.codecEnum2():
                if codec.codecId.lower().startswith(f"{name.lower()}/"):
                    self.pj.codecSetPriority(codec.codecId, 250 - rank)

    def listen(self) -> None:
        """Bind UDP and TCP and create the box's own account. After the guard was installed."""
        self.pj.libStart()
        for place in self._settings.listen:
            config = pj.TransportConfig()
            config.port, config.boundAddress = place.port, place.host
            try:
                self.pj.transportCreate(KINDS[place.transport], config)
            except pj.Error as error:
                raise SipPortInUse(f"SIP address {place} cannot be opened: {error.reason}") from error
        self._box = Account()
        self._box.create(self._account_config(f"sip:fxbox@{self.domain}"))

    def _account_config(self, uri: str) -> pj.AccountConfig:
        config = pj.AccountConfig()
        config.idUri = uri
        rtp = config.mediaConfig.transportConfig
        hosts = {place.host for place in self._settings.listen}
        rtp.boundAddress = hosts.pop() if len(hosts) == 1 else ""
        rtp.port = self._settings.rtp_ports[0]
        rtp.portRange = self._settings.rtp_ports[1] - self._settings.rtp_ports[0]
        rtp.randomizePort = True
        config.mediaConfig.lockCodecEnabled = False  # else a second INVITE to each phone that answers with two codecs
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_OPTIONAL
        config.callConfig.prackUse = pj.PJSUA_100REL_NOT_USED
        return config

    def add_account(
        self, uri: str, configure: Callable[[pj.AccountConfig], None], changed: Callable[[int, str], None]
    ) -> Account:
        """An account for a trunk; `changed` gets status code and reason of each registration."""
        config = self._account_config(uri)
        configure(config)
        account = Account(changed)
        account.create(config)
        return account

    def serve(
        self,
        bridge: Bridge,
        known: Callable[[Invite], Known | None],
        incoming: Callable[[SipLeg], None],
        takes_over: TakesOver | None = None,
    ) -> None:
        """Hand incoming calls to `incoming`. `known` says who calls, None to refuse.

        `takes_over`: what becomes of those that want the place of another call; None refuses them.
        """
        self._bridge, self._known, self._incoming, self._takes_over = bridge, known, incoming, takes_over
        self._calls = Calls(bridge, self._on_invite)

    @property
    def legs(self) -> list[SipLeg]:
        """Those that are not gone."""
        calls = () if self._calls is None else self._calls.now()
        return [call.listener for call in calls if isinstance(call.listener, SipLeg)]

    def find(self, call_id: str) -> SipLeg | None:
        """The leg with this SIP Call-ID."""
        return next((leg for leg in self.legs if leg.sip_call_id == call_id), None)

    def _on_invite(self, call: SipCall, invite: Invite) -> None:
        known = self._known(invite)
        if known is None:
            call.hang_up(403)
            return
        old = None
        if invite.replaces:
            try:
                old = self._replaced(invite.replaces, known.party)
            except NotReferable as refused:
                log.info("call from %s in place of another one refused: %s", known.party.number, refused)
                call.hang_up(refused.args[0])
                return
        leg = self._leg(call, Direction.INCOMING, known.party, known.dialled)
        place = f", for {old.id}" if old else ""
        log.info("%s incoming from %s, dialled %s%s", leg.id, known.party.number, known.dialled, place)
        if old is not None and self._takes_over is not None:
            self._takes_over.replace(old, leg)
        else:
            self._incoming(leg)

    def _replaced(self, text: str, party: Party) -> SipLeg:
        """The leg whose place is wanted. Raises NotReferable."""
        wanted = replaces(text)
        if wanted is None:
            raise NotReferable(400)
        if self._takes_over is None:
            raise NotReferable(481)
        return self._takes_over.replaced(wanted, party.extension)

    def call(
        self, target: str, party: Party, dialled: str, *, from_uri: str, account: Account | None = None,
        source: str | None = None, headers: Headers = (),
    ) -> SipLeg:  # fmt: skip
        """Send an INVITE to `target` (a URI), from `from_uri`, for `party`. The leg starts NEW; a failure ends it.

        `source`: the address that the device's signalling comes from, if it differs from the target's.
        """
        assert self._calls is not None and self._box is not None
        call = self._calls.new()
        leg = self._leg(call, Direction.OUTGOING, party, dialled)
        try:
            call.make((account or self._box).getId(), target, from_uri, headers, source or "")
        except NotDone as reason:
            log.warning("%s: cannot call %s: %s", leg.id, target, reason)
            self._calls.forget(call)
            asyncio.get_running_loop().call_soon(leg.failed)
        return leg

    def _leg(self, call: SipCall, direction: Direction, party: Party, dialled: str) -> SipLeg:
        assert self._bridge is not None
        return SipLeg(call, self._bridge, direction, party, dialled, self.domain)

    @property
    def listening(self) -> tuple[Listen, ...]:
        return self._settings.listen

    def new_loop(self) -> asyncio.SelectorEventLoop:
        """The loop that everything of the core runs in."""
        self._selector = PjSelector(self.pj)
        return asyncio.SelectorEventLoop(self._selector)

    def turns(self) -> int:
        """How often the loop has turned: it stands still when something blocks it."""
        return self._selector.turns


def nameservers(path: Path = Path("/etc/resolv.conf")) -> list[str]:
    """The machine's resolvers: with them pjsip looks names up itself, without blocking the loop."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return []
    return [words[1] for words in map(str.split, lines) if len(words) > 1 and words[0] == "nameserver"]
