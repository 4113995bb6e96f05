"""Values whose rightness a pattern cannot tell: zones, dates, networks, spans, schedules, digit maps.

Not responsible for references from one setting to another: `references.py`.
"""

import ipaddress
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from firmware.telephony.country import country_codes
from firmware.telephony.digitmap import digit_map
from firmware.telephony.hours import periods
from firmware.telephony.site.problem import Place, Problem
from firmware.telephony.site.root import Site
from firmware.telephony.span import span


def problems(site: Site) -> Iterator[Problem]:
    """All problems of single values."""
    yield from _place(site)
    yield from _numbering(site)
    yield from _sip(site)
    yield from _networks(site)
    yield from _patterns(site)
    for name, hours in site.hours.items():
        yield from _said(("hours", name, "weekdays"), periods, hours.weekdays)
        for index, day in enumerate(hours.holidays):
            yield from _said(("hours", name, "holidays", index), date.fromisoformat, day)


def _said(place: Place, read: Callable[[str], object], text: str) -> Iterator[Problem]:
    """The problem that reading the value raises, if it raises one."""
    try:
        read(text)
    except ValueError as error:
        reason = str(error)
        yield Problem(place, reason if text in reason else f'"{text}": {reason}')


def _place(site: Site) -> Iterator[Problem]:
    if site.site.country not in country_codes():
        known = ", ".join(country_codes())
        yield Problem(("site", "country"), f'"{site.site.country}" is not known (allowed: {known})')
    try:
        ZoneInfo(site.site.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield Problem(
            ("site", "timezone"), f'"{site.site.timezone}" is no time zone (allowed: such as Europe/Berlin, UTC)'
        )


def _numbering(site: Site) -> Iterator[Problem]:
    for key in ("extensions", "parking", "rooms"):
        yield from _said(("numbering", key), span, getattr(site.numbering, key))


def _sip(site: Site) -> Iterator[Problem]:
    sip = site.sip
    first, last = (int(port) for port in sip.rtp_ports.split("-"))
    if not 1024 <= first < last <= 65535 or last - first < 100:
        allowed = "allowed: 1024 to 65535, at least 100 ports"
        yield Problem(("sip", "rtp_ports"), f'"{sip.rtp_ports}" is no range of ports ({allowed})')
    if not sip.min_expires_s <= sip.default_expires_s <= sip.max_expires_s:
        yield Problem(
            ("sip", "default_expires_s"),
            f"{sip.default_expires_s} is out of range (allowed: {sip.min_expires_s} to {sip.max_expires_s}, "
            "as min_expires_s and max_expires_s say)",
        )
    for key in ("udp", "tcp", "tls"):
        for index, listen in enumerate(getattr(sip, key)):
            yield from _said(("sip", key, index), _listen, listen)


def _listen(text: str) -> None:
    address, _, port = text.rpartition(":")
    ipaddress.ip_address(address.strip("[]"))
    if not 1 <= int(port) <= 65535:
        raise ValueError(f"port {port} is out of range (allowed: 1 to 65535)")


def _networks(site: Site) -> Iterator[Problem]:
    for index, extension in enumerate(site.extensions):
        for entry, network in enumerate(extension.sip.permitted if extension.sip else ()):
            yield from _said(("extensions", index, "sip", "permitted", entry), ipaddress.ip_network, network)
    if site.alarms.webhook.url is not None:
        yield from _said(("alarms", "webhook", "url"), lambda text: urlsplit(text).port, site.alarms.webhook.url)
    for index, network in enumerate(site.alarms.webhook.allow):
        yield from _said(("alarms", "webhook", "allow", index), ipaddress.ip_network, network)
    for index, source in enumerate(site.limits.sources):
        yield from _said(("limits", "sources", index, "network"), ipaddress.ip_network, source.network)


def _patterns(site: Site) -> Iterator[Problem]:
    for index, rule in enumerate(site.outbound):
        if rule.match is not None:
            yield from _said(("outbound", index, "match"), digit_map, rule.match)
        elif rule.prefix is None:
            yield Problem(("outbound", index), "needs prefix or match: without both every number would go outside")
    for index, arrival in enumerate(site.inbound):
        for key in ("did", "caller"):
            if (pattern := getattr(arrival, key)) is not None:
                yield from _said(("inbound", index, key), digit_map, pattern)
