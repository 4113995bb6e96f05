"""A house whose extensions with a port have real `lines.Telephone`s, at whatever ports the test gives them."""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from firmware.calls.devices import Alert
from firmware.calls.leg import Leg, Party
from firmware.devices import BoxDevices
from firmware.lines.port import FxoPort, FxsPort
from firmware.ports import Ports
from firmware.telephony.decision import Port, SipDevices
from firmware.telephony.site import FxoTrunk, Site
from tests.component.house import House


class LineHouse(House):
    """`telephones` by extension, as the site began. Trunks with a port are lines at `outside`, if it has that port."""

    def __init__(self, site: Site, ports: Mapping[str, FxsPort], outside: Mapping[str, FxoPort] | None = None) -> None:
        super().__init__(site)
        for slot in self.analog.values():
            self.media.leave(slot)
        self.analog.clear()
        nothing: Any = None
        self.lines = BoxDevices(self.plan, nothing, nothing, nothing)
        plugs = {one.port: one.number for one in site.extensions if one.port}
        trunks = {one.port: one.name for one in site.trunks if isinstance(one, FxoTrunk) and outside is not None}
        board = SimpleNamespace(
            fxs={port: ports[port] for port in plugs}, fxo={port: (outside or {})[port] for port in trunks}
        )
        self.news: Any = SimpleNamespace(telephone=lambda _one: None, outside=lambda _line: None)
        news = SimpleNamespace(
            telephone=lambda one: self.news.telephone(one), outside=lambda line: self.news.outside(line)
        )
        self.ports = Ports(board, self.lines, self.exchange, self.media, self.country, self.clock, news)
        self.ports.open()
        self.telephones = {number: self.lines.telephones[port] for port, number in plugs.items()}
        for port, who in (plugs | trunks).items():
            self.analog[who] = self.media.lines[(board.fxs | board.fxo)[port].tdm_slot]
            self.media.labels[self.analog[who]] = who

    def _site_changed(self, site: Site) -> None:
        super()._site_changed(site)
        self.lines.plan = self.exchange.plan
        self.ports.configure(self.plan)

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
