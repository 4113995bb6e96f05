"""Limits of outside calls (security.md 4), on by default. Nothing is dialled: the exchange asks the meter."""

from firmware.calls.exchange import Exchange
from firmware.calls.feature import Features, Resources
from firmware.features.limits.meter import Brake, Meter
from firmware.telephony.tally import Tally


def install(resources: Resources) -> Features:
    tallies = resources.keep("outside-calls", Tally, lambda one: (one.extension,), synced=True)
    brakes = resources.keep("outside-brake", Brake, lambda _one: ("site",), synced=True)
    meter = Meter(tallies, brakes)

    def begin(exchange: Exchange) -> None:
        meter.begin(exchange)
        resources.settings.watch(lambda _site: meter.site_changed())

    return Features(begin=(begin,))
