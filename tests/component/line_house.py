"""A house whose extensions with a port have real `lines.Telephone`s, at whatever ports the test gives them."""

from collections.abc import Mapping, Sequence
from typing import Any

from firmware.calls.devices import Alert
from firmware.calls.leg import Leg, Party
from firmware.devices import BoxDevices, line_at
from firmware.lines.port import FxsPort
from firmware.lines.telephone import Telephone
from firmware.telephony.decision import Port, SipDevices
from firmware.telephony.site import Site
from tests.component.house import House


class LineHouse(House):
    """`telephones` by extension."""

    def __init__(self, site: Site, ports: Mapping[str, FxsPort]) -> None:
        super().__init__(site)
        for slot in self.analog.values():
            self.media.leave(slot)
        self.analog.clear()
        nothing: Any = None
        self.lines = BoxDevices(self.plan, nothing, nothing, nothing, nothing)
        self.telephones = {one.number: self._telephone(one.number, ports[one.port])
                           for one in site.extensions if one.port}  # fmt: skip

    def _telephone(self, extension: str, port: FxsPort) -> Telephone:
        line = line_at(self.plan, port.name)
        telephone = Telephone(port, self.media, self.country, self.clock, *line, self.exchange)
        self.lines.telephones[port.name] = telephone
        self.analog[extension] = self.media.lines[port.tdm_slot]
        self.media.labels[self.analog[extension]] = extension
        return telephone

    def _site_changed(self, site: Site) -> None:
        super()._site_changed(site)
        self.lines.plan = self.exchange.plan
        self.lines.configure_telephones()

    def ring(
        self, extension: str, devices: Sequence[Port | SipDevices], caller: Party, alert: Alert = Alert.NORMAL
    ) -> list[Leg]:
        legs = self.lines.ring(extension, [one for one in devices if isinstance(one, Port)], caller, alert)
        if any(isinstance(one, SipDevices) for one in devices):
            legs += super().ring(extension, devices, caller, alert)
        return legs

    def nothing_left(self) -> None:
        super().nothing_left()
        assert all(one.leg is None for one in self.telephones.values())
        assert not self.media.ears
