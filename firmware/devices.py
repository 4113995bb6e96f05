"""The telephones and lines of this box as `calls.devices.Devices`: SIP bindings, trunks, analog ports together."""

from collections.abc import Callable, Iterable, Sequence

from firmware.calls.devices import Alert
from firmware.calls.leg import Leg, Party
from firmware.lines.outside_line import OutsideLine
from firmware.lines.switch import LineSignals
from firmware.lines.telephone import Telephone
from firmware.sip.endpoint import Known, SipEndpoint
from firmware.sip.invite import Invite
from firmware.sip.message import name_address
from firmware.sip.registrar import Registrar
from firmware.sip.trunks import Trunks
from firmware.telephony.decision import Live, Port, SipDevices, TrunkAttempt
from firmware.telephony.numbering import Plan, from_sip
from firmware.telephony.site import Extension, FxoTrunk, SipTrunk

RINGS = {Alert.INTERCOM: "dr4", Alert.URGENT: "dr3"}
"""Distinctive rings of analog telephones."""


class BoxDevices:
    """Filled by the composition root as lines come up; `plan` is replaced when the site changes."""

    def __init__(self, plan: Plan, endpoint: SipEndpoint, registrar: Registrar, trunks: Trunks) -> None:
        self.plan = plan
        self._endpoint, self._registrar, self._trunks = endpoint, registrar, trunks
        self.telephones: dict[str, Telephone] = {}  # by port
        self.outside: dict[str, OutsideLine] = {}  # by trunk

    # -- outgoing -------------------------------------------------------------------------------------------------

    def ring(
        self, extension: str, devices: Sequence[Port | SipDevices], caller: Party, alert: Alert = Alert.NORMAL
    ) -> list[Leg]:
        legs: list[Leg] = []
        if extension not in self.plan.extensions:  # removed since the call was decided
            return legs
        for device in devices:
            if isinstance(device, SipDevices):
                legs.extend(self._ring_sip(device.extension, caller, alert))
            elif (telephone := self.telephones.get(device.name)) is not None:
                legs.extend(self._ring_analog(extension, telephone, caller, alert))
        return legs

    def _ring_analog(self, extension: str, telephone: Telephone, caller: Party, alert: Alert) -> Iterable[Leg]:
        owner = self.plan.extensions[extension]
        waits = (owner.call_waiting and alert is Alert.NORMAL) or alert is Alert.URGENT
        if telephone.free or (waits and not owner.fax and telephone.may_wait):
            yield telephone.ring(caller, RINGS.get(alert))

    def _ring_sip(self, extension: str, caller: Party, alert: Alert) -> Iterable[Leg]:
        party = party_of(self.plan.extensions[extension])
        sender = name_address(caller.name, caller.number or "anonymous", self._endpoint.domain)
        headers = announced(alert, self._endpoint.domain)
        for binding in self._registrar.contacts(extension):
            yield self._endpoint.call(
                binding.target, party, extension, from_uri=sender, source=binding.source.ip, headers=headers
            )

    def call_out(self, attempt: TrunkAttempt, caller: Party) -> Leg | None:
        line = self.outside.get(attempt.trunk)
        if line is not None:
            takes_it = line.free or (attempt.anyway and line.rings_unheard)
            return line.call(attempt.digits) if takes_it else None
        return self._trunks.call(attempt.trunk, attempt.digits, caller, anyway=attempt.anyway)

    def live(self) -> Live:
        down = {name for name, line in self.outside.items() if not line.port.in_service or not line.port.line_present}
        return Live(
            registered=self._registrar.extensions,
            ports_down=frozenset(name for name, one in self.telephones.items() if not one.port.in_service),
            trunks_down=self._trunks.down() | down,
        )

    def light(self, extension: str, lamp: bool) -> None:
        """Show on the extension's analog telephones whether messages wait."""
        for telephone in self.telephones.values():
            if telephone.owner.extension == extension:
                telephone.light(lamp)

    def watch(self, watcher: Callable[[str], None]) -> Callable[[], None]:
        return self._registrar.watch(watcher)

    # -- incoming -------------------------------------------------------------------------------------------------

    def known(self, invite: Invite) -> Known | None:
        """Who sent an INVITE, by what the guard found out; its From counts only for a trunk's caller ID."""
        if invite.extension:
            extension = self.plan.extensions.get(invite.extension)
            return None if extension is None else Known(party_of(extension), from_sip(invite.user))
        trunk = next((one for one in self.plan.site.trunks if one.name == invite.trunk), None)
        if not isinstance(trunk, SipTrunk):
            return None
        did = from_sip(invite.to_user if trunk.did_from == "to" else invite.user)
        number = "" if invite.from_user.lower() in ("anonymous", "unknown") else from_sip(invite.from_user)
        return Known(Party(number, invite.from_name, trunk=trunk.name), did)


def announced(alert: Alert, domain: str) -> tuple[tuple[str, str], ...]:
    """Headers of an INVITE by which an IP telephone announces the call in that way."""
    match alert:
        case Alert.INTERCOM:
            return auto_answer(domain)
        case Alert.URGENT:
            return urgent(domain)
    return ()


def urgent(domain: str) -> tuple[tuple[str, str], ...]:
    """Headers for a ring of its own: RFC 3261 section 20.26, RFC 7462, then what the makers understand."""
    return (
        ("Priority", "emergency"),
        ("Alert-Info", "<urn:alert:priority:high>"),
        ("Alert-Info", f"<http://{domain}/Bellcore-dr3>;info=alert-emergency"),
    )


def auto_answer(domain: str) -> tuple[tuple[str, str], ...]:
    """Headers that make an IP telephone answer by itself: RFC 5373, then what the makers did before it (F44)."""
    return (
        ("Answer-Mode", "Auto"),
        ("Call-Info", f"<sip:{domain}>;answer-after=0"),
        ("Alert-Info", f"<http://{domain}>;info=alert-autoanswer;delay=0"),
        ("Alert-Info", f"<http://{domain}>;info=ring-answer"),
    )


def party_of(extension: Extension) -> Party:
    return Party(extension.number, extension.name, extension=extension.number)


def line_at(plan: Plan, port: str) -> tuple[Party, LineSignals]:
    """Whose telephone is plugged in at a port, nobody's if none is, and what its line signals."""
    owner = next((one for one in plan.site.extensions if one.port == port), None)
    if owner is None:
        return Party(""), LineSignals()
    signals = LineSignals("battery-removal" in owner.line_signals, "answer-reversal" in owner.line_signals)
    return party_of(owner), signals


def fxo_trunks(plan: Plan) -> dict[str, FxoTrunk]:
    """Analog trunks by the port that they are plugged into."""
    return {one.port: one for one in plan.site.trunks if isinstance(one, FxoTrunk)}
